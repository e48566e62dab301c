"""One user's session: what is computed at once, what is out of date, and who sees what."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest

from qubudget import evaluate
from qubudget.app.cold import Rates, Solved
from qubudget.app.controls import controls
from qubudget.app.jobs import Jobs
from qubudget.app.parts import SLOW, Part
from qubudget.app.queueing import Answers, Job
from qubudget.app.reads import COLD, RATES, READS, fingerprint, read_by, values
from qubudget.app.session import Session
from qubudget.design import Design, load
from qubudget.design.fields import Section
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError
from qubudget.pipeline import Chain

SPOT = {"chip.transport": "hot-spot"}
"""Without packets of phonons, which take seconds."""
KRINNER = load("krinner-xld400").replace(SPOT)
CHAIN = Chain("quick", 1)


@dataclass(frozen=True)
class Errors:
    """A result of error correction for the verdict: ``value`` logical errors per day."""

    value: float
    reason: str | None = None
    latency: None = None
    qubits_per_patch: int = 17

    def per_day(self) -> tuple[float, float, float]:
        return self.value, self.value, self.value


class Desk:
    """Stands in for the worker processes: keeps what was submitted, answers when told to."""

    def __init__(self) -> None:
        self.submitted: list[Job] = []
        self.kept = Answers(10_000)

    def known(self, key: str) -> Any:
        return self.kept.get(key)

    def submit(
        self, owner: Hashable, work: Any, told: Callable[[Job], None], delay: float = 0.0
    ) -> Job:
        self.submitted.append(Job(owner, work, told, delay))
        return self.submitted[-1]

    @property
    def open(self) -> list[Job]:
        return [job for job in self.submitted if not job.ended]

    def answer(self, *names: str, job: Job | None = None) -> None:
        """The worker finds some parts of the open job, and ends it after the last one."""
        job = job or self.open[-1]
        job.begin()
        for name in names:
            job.say(name)
            key = job.work.keys[name]
            document = {"constraints": []} if name == "verdict" else {"key": key}
            if name == "details":
                thermal = {"runaway": key, "intervals": key}
                more = {"coherence": {"thresholds": []}, "line_noise": {"key": key}}
                document = {"thermal": thermal, **more}
            part = Part(document, Errors(0.5) if name == "qec" else None)
            self.kept.put(key, part, 100)
            job.add(name, part)
        if names[-1] == SLOW[-1]:
            job.end("done")


@contextmanager
def session(design: Design, desk: Desk) -> Iterator[Session]:
    found = Session(design, cast(Jobs, desk))
    yield found
    found.close()


def test_a_change_is_answered_at_once_with_what_the_chain_says() -> None:
    with session(KRINNER, Desk()) as user:
        moved = user.change("lines.drive.attenuation.mxc", "3 dB")
        assert moved == {"thermal", "coherence", "verdict"}
        chain = evaluate(user.design, wings=("coherence",)).to_dict()
        for wing, later in (
            ("thermal", ("intervals", "trades", "runaway", "operations")),
            ("coherence", ("thresholds",)),
        ):
            expected = {key: value for key, value in chain[wing].items() if key not in later}
            now = {key: value for key, value in user.document[wing].items() if key not in later}
            assert now == expected
        assert user.document["thermal"]["intervals"] is None
        for key in ("name", "title", "feedback", "targets"):
            assert user.document[key] == chain[key]
        assert user.document["provenance"] | {"seconds": 0} == chain["provenance"] | {"seconds": 0}
        assert "impact" not in user.document
        assert user.document["verdict"]["feasible"] is None
        assert user.stale == {"verdict"}


def test_a_failed_quick_constraint_already_says_no() -> None:
    with session(KRINNER, Desk()) as user:
        user.change("electronics.hemt.power", "1 W")
        assert user.document["verdict"]["feasible"] is False
        assert user.document["verdict"]["binding_constraint"] == "heat.4k"
        user.change("machine.qubits", 80)
        assert user.design.machine.total_qubits == 80


def test_a_refused_value_changes_nothing() -> None:
    with session(KRINNER, Desk()) as user:
        before = user.design, user.document, user.stale
        refused = {"qubit.frequency": "6 K", "qubit.colour": "red", "code": 7}
        refused["lines.drive.per_group"] = 0  # with gates: only the chain sees that
        for key, value in refused.items():
            with pytest.raises(DesignError):
                user.change(key, value)
        assert (user.design, user.document, user.stale) == before
        assert user.error is None


def test_only_what_depends_on_a_key_is_asked_for_again() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        assert user.stale == frozenset()
        assert user.wait(0)
        fresh = dict(desk.submitted[-1].work.keys)
        cases = {
            ("targets.one_qubit_fidelity", 0.9991): {"verdict"},
            ("code.distance", 7): {"qec", "verdict"},
            ("radiation.gamma_reduction", 2): {"impact", "qec", "verdict"},
            ("chip.pitch", "1.4 mm"): {"impact", "qec", "verdict"},
            ("stages.50k.spread", 2): {"details", "verdict"},
            ("dielectrics.substrate.tan_delta", 7e-8): set(SLOW),
        }
        for (key, value), expected in cases.items():
            user.change(key, value)
            assert user.stale == expected, key
            asked = desk.open[-1].work.keys
            assert {name for name in SLOW if asked[name] != fresh[name]} == expected, key
            user.reset()
            assert user.stale == frozenset(), key
            assert desk.open == []


def test_the_last_answer_stays_shown_until_the_new_one_comes() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        old = user.document
        written_power = next(
            v.text for v in KRINNER.effective() if v.key == "electronics.hemt.power"
        )
        assert user.awaited == frozenset()
        user.change("code.distance", 7)
        for wing in ("thermal", "coherence", "impact", "qec"):
            assert user.document[wing] is old[wing]
        assert user.awaited == {"logical_errors_per_day", "physical_qubits"}
        verdict = user.document["verdict"]
        assert (verdict["feasible"], verdict["binding_constraint"]) == (None, None)
        assert {c["name"] for c in verdict["constraints"] if c.get("awaited")} == user.awaited
        user.change("electronics.hemt.power", "1 W")
        verdict = user.document["verdict"]
        assert (verdict["feasible"], verdict["binding_constraint"]) == (False, "heat.4k")
        user.change("electronics.hemt.power", written_power)
        desk.answer("details", "impact", "qec")
        assert user.document["impact"] is old["impact"]
        assert user.document["verdict"]["feasible"] is True
        assert not any("awaited" in c for c in user.document["verdict"]["constraints"])
        assert user.document["qec"] != old["qec"]
        assert user.stale == {"verdict"}
        assert user.awaited == frozenset()
        assert user.progress == "qec"
        desk.answer("verdict")
        assert user.stale == frozenset()
        assert user.progress is None


def test_intervals_of_an_older_design_are_not_shown_around_new_values() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        assert user.document["thermal"]["intervals"]
        before = user.document["thermal"]["runaway"]
        user.change("stages.mxc.rated_power", "25 uW")
        assert "details" in user.stale
        assert user.document["thermal"]["intervals"] is None
        assert user.document["thermal"]["runaway"] == before


def test_rates_of_radiation_are_new_at_once() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        before = user.document["impact"]["rate_per_s"]
        assert user.change("radiation.gamma_reduction", 2) == {"impact", "verdict"}
        after = user.document["impact"]["rate_per_s"]
        assert after["gamma"] == pytest.approx(before["gamma"] / 2, rel=1e-9)
        assert after["muon"] == before["muon"]
        assert "impact" in user.stale


def test_a_thousand_quick_changes_leave_the_answer_of_the_last() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        for number in range(1000):
            user.change("code.distance", 3 + 2 * (number % 40))
        for number in range(40):
            user.change("qubit.frequency", f"{5 + number / 100} GHz")
        assert len(desk.open) == 1
        assert desk.open[0].owner == desk.submitted[0].owner
        desk.submitted = desk.open
        desk.answer(*SLOW)
        with session(user.design, Desk()) as other:
            cast(Desk, other._jobs).answer(*SLOW)
            assert without_seconds(user.document) == without_seconds(other.document)
        assert user.document["provenance"]["design_sha256"] == user.design.sha256()


def test_changes_from_many_threads_settle_on_one_design() -> None:
    with session(KRINNER, Desk()) as user:
        solved: list[int] = []
        user.on_change(lambda: solved.append(1))

        def move(number: int) -> None:
            for step in range(10):
                user.change("qubit.frequency", f"{5 + number / 10 + step / 100} GHz")

        together(move, 8)
        assert user.document["provenance"]["design_sha256"] == user.design.sha256()
        with session(user.design, Desk()) as other:
            assert without_seconds(user.document) == without_seconds(other.document)
        assert len(solved) <= 80


def test_ten_users_do_not_see_one_another() -> None:
    desk = Desk()
    users = [Session(KRINNER, cast(Jobs, desk)) for _ in range(10)]

    def move(number: int) -> None:
        for step in range(5):
            users[number].change("qubit.frequency", f"{5 + number / 10 + step / 100} GHz")
            users[number].change("code.distance", 3 + 2 * number)

    together(move, 10)
    for job in desk.open:
        desk.answer(*SLOW, job=job)
    for number, user in enumerate(users):
        assert user.design.qubit.frequency == pytest.approx((5.04 + number / 10) * 1e9)
        assert user.design.code.distance == 3 + 2 * number
        assert user.document["provenance"]["design_sha256"] == user.design.sha256()
        assert user.stale == frozenset()
        assert user.document["qec"]["key"] == user._slow.wanted["qec"]
        user.close()
    assert len({user.document["qec"]["key"] for user in users}) == 10
    assert max(Counter(job.owner for job in desk.submitted).values()) <= 11


def test_a_job_goes_on_while_its_present_step_is_still_wanted() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        job = desk.open[0]
        job.begin()
        desk.answer("details", job=job)
        job.say("impact")
        user.change("code.distance", 7)
        assert desk.open == [job]
        desk.answer("impact", job=job)
        job.say("qec")
        assert job.state == "cancelled"
        assert "impact" in user.document
        desk.answer("qec", "verdict")
        assert user.stale == frozenset()


def test_nothing_of_an_older_design_leaves_the_page_as_a_file() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        whole = user.finished()
        assert whole.keys() >= {"impact", "qec", "verdict", "line_noise"}
        assert "runaway" in whole["thermal"]
        user.change("lines.drive.attenuation.mxc", "7 dB")
        found = user.finished()
        assert not {"qec", "verdict", "line_noise"} & found.keys()
        assert not {"runaway", "intervals"} & found["thermal"].keys()
        assert "thresholds" not in found["coherence"]
        assert found["thermal"]["stages"] != whole["thermal"]["stages"]
        assert found["provenance"]["design_sha256"] == user.design.sha256()


def test_cancel_leaves_what_is_shown_and_resume_takes_it_up_again() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        user.change("code.distance", 7)
        late = desk.open[0]
        user.cancel()
        assert late.state == "cancelled"
        assert user.progress is None
        assert user.stale == {"qec", "verdict"}
        desk.answer("qec", job=late)
        assert user.stale == {"qec", "verdict"}
        assert not user.wait(0)
        user.resume()
        desk.answer("qec", "verdict")
        assert user.wait(0)


def test_a_failed_job_says_why_until_something_changes() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer("details", "impact")
        desk.open[0].end("failed", "the kinetics does not settle")
        assert user.error == "the kinetics does not settle"
        assert desk.open == []
        assert user.stale == {"verdict"}
        assert "qec" not in user.document
        user.change("code.distance", 7)
        assert user.error is None
        assert len(desk.open) == 1


def test_a_design_without_an_answer_keeps_the_last_one_and_says_why() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        before = user.document
        assert user.change("lines.drive.cable", "UT-085-NbTi") == frozenset()
        assert "thermal conductivity of NbTi" in str(user.error)
        assert user.document is before
        assert user.stale == {"thermal", "coherence", *SLOW}
        assert not user.wait(0)
        user.reset()
        assert user.error is None
        assert user.stale == frozenset()


def test_another_design_takes_over_and_reset_comes_back_to_it() -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        desk.answer(*SLOW)
        user.open(load("uts-fridge"))
        assert "impact" not in user.document
        assert user.document["name"] == "uts-fridge"
        user.change("code.distance", 3)
        user.reset()
        assert user.design.sha256() == load("uts-fridge").sha256()


def test_listeners_hear_every_change_until_they_leave(caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk()
    with session(KRINNER, desk) as user:
        heard: list[frozenset[str]] = []

        def broken() -> None:
            raise RuntimeError("a listener broke")

        user.on_change(broken)
        leave = user.on_change(lambda: heard.append(user.stale))
        user.change("code.distance", 7)
        desk.answer(*SLOW)
        leave()
        user.change("code.distance", 9)
        assert heard[0] == {"verdict"}
        assert heard[-1] == frozenset()
        assert "a listener of a session failed" in caplog.text


def test_a_closed_session_asks_for_nothing() -> None:
    desk = Desk()
    user = Session(KRINNER, cast(Jobs, desk))
    user.close()
    user.change("code.distance", 7)
    user.resume()
    assert desk.open == []


def test_worker_and_session_together_say_what_the_chain_says() -> None:
    lenient = {"targets.logical_errors_per_day": 1e9, "cryostat.samples": 200}
    design = KRINNER.replace({"code.family": "repetition", "code.distance": 3, **lenient})
    with Jobs() as jobs:
        user = Session(design, jobs, delay=0.0)
        assert user.wait(200), user.error
        expected = evaluate(design).to_dict()
        assert without_seconds(user.document) == without_seconds(expected)
        assert expected["qec"]["burst"]["failure_probability"] is not None
        data = user.dataset()
        assert data is not None
        assert data["t1"].dims == ("time", "x", "y")
        user.close()


# --- which wing reads what --------------------------------------------------------------------


def sections() -> dict[str, str]:
    """Name of a section of the file, by the name of its model."""
    found = {}
    for name, field in DesignModel.model_fields.items():
        for model in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(model, type) and issubclass(model, Section):
                found[model.__name__] = name
    return found


@contextmanager
def recorded() -> Iterator[set[str]]:
    """Fields of sections that are read inside, as "section.field"."""
    found: set[str] = set()
    names = sections()

    def reading(self: Section, name: str) -> Any:
        section = names.get(type(self).__name__)
        if section is not None and name in type(self).__pydantic_fields__:
            found.add(f"{section}.{name}")
        return object.__getattribute__(self, name)

    Section.__getattribute__ = reading  # type: ignore[method-assign]
    try:
        yield found
    finally:
        del Section.__getattribute__


@pytest.mark.parametrize(
    ("preset", "changes"),
    [
        ("krinner-xld400", {**SPOT, "qubit.island_radius": "70 um", "chip.substrate": "Si",
                            "chip.trap_temperature": "0.5 K", "chip.trap_fraction": 0.05,
                            "chip.residual_field": "1 uT", "radiation.lead_thickness": "1 cm"}),
        ("inverted-4k-controllers", {**SPOT, "code.decoding_time": "0.5 us",
                                     "mitigation.strategy": "move"}),
    ],
)  # fmt: skip
def test_a_wing_reads_only_what_is_said(preset: str, changes: dict[str, Any]) -> None:
    from qubudget.cryostat import assembly as cryostat
    from qubudget.impact.falling import deposits
    from qubudget.qubit import assembly as qubit
    from qubudget.verdict import cycle_constraint

    design = load(preset).replace({**changes, "code.distance": 3})
    reads: dict[str, set[str]] = {}
    with recorded() as reads["thermal"]:
        cryostat.solve(design, extra={design.workload.correction_stage: 0.0})
    thermal, coherence, _ = CHAIN.cold(design)
    with recorded() as reads["coherence"]:
        qubit.coherence(design, thermal.temperatures, stable=True, rises=thermal.rises)
    with recorded() as rates:
        deposits(design)
    with recorded() as reads["impact"]:
        impact = CHAIN.impact(design, coherence)
    with recorded() as reads["qec"]:
        CHAIN.errors(design, coherence, impact)
    with recorded() as reads["verdict"]:
        cycle_constraint(design)
    for wing, keys in reads.items():
        assert keys, wing
        assert {key for key in keys if not read_by(wing, key)} == set(), wing
    assert {key for key in rates if fingerprint_moves(key, RATES)} == rates


def fingerprint_moves(key: str, places: tuple[str, ...]) -> bool:
    return key in places or key.partition(".")[0] in places


def test_a_field_that_a_wing_does_not_read_does_not_move_it() -> None:
    design = KRINNER
    solved, rates = Solved.of(CHAIN, design, ""), Rates.of(design, "")
    held = values(design)
    marks = {"cold": fingerprint(held, COLD), "rates": fingerprint(held, RATES)}
    walked: Counter[str] = Counter()
    for control in controls(design):
        changed = nudged(design, control.key, control.kind, control.written, control.value)
        if changed is None:
            continue
        now = values(changed)
        if fingerprint(now, COLD) == marks["cold"]:
            walked["cold"] += 1
            assert Solved.of(CHAIN, changed, "").parts == solved.parts, control.key
        if fingerprint(now, RATES) == marks["rates"] and read_by("impact", control.key):
            walked["rates"] += 1
            assert Rates.of(changed, "").parts == rates.parts, control.key
    assert walked["cold"] > 20
    assert walked["rates"] > 10


def nudged(
    design: Design, key: str, kind: str, written: Callable[[Any], Any], value: Any
) -> Design | None:
    """The design with one value moved; None where the file refuses that alone."""
    moved = {"number": lambda: 1.05 * value, "integer": lambda: value + 2, "switch": lambda: True}
    if kind not in moved or (kind == "number" and value == 0):
        return None
    try:
        return design.replace({key: written(moved[kind]())})
    except DesignError:
        return None


def test_the_table_names_what_exists() -> None:
    for places in (*READS.values(), RATES):
        for place in places:
            section, _, field = place.partition(".")
            assert section in DesignModel.model_fields
            assert not field or field in values(KRINNER)[section], place


# --- helpers ----------------------------------------------------------------------------------


def without_seconds(document: dict[str, Any]) -> Any:
    plain = json.loads(json.dumps(document))
    plain["provenance"]["seconds"] = None
    return plain


def together(work: Callable[[int], None], count: int) -> None:
    """Run ``work`` in so many threads; their errors are errors of the test."""
    wrong: list[BaseException] = []

    def run(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
