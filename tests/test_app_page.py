"""One user's page without a browser: what messages do, what they must not do."""

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bokeh.document import Document

from qubudget.app import compare, widgets
from qubudget.app.controls import MAIN, controls
from qubudget.app.inbox import MOST_WAITING
from qubudget.app.jobs import Job, Jobs
from qubudget.app.page import Page
from qubudget.app.session import Session
from qubudget.app.widgets import KEPT
from qubudget.design import load
from qubudget.design.reading import MAX_BYTES
from qubudget.report.comparison import results

DESIGN = load("krinner-xld400")
KEY = "lines.drive.attenuation.mxc"


class NoJobs(Jobs):
    """Jobs that nobody takes: the slow wings never come."""

    def __init__(self) -> None:
        self.submitted = 0

    def known(self, key: str) -> None:
        return None

    def submit(self, owner: Any, work: Any, told: Any = None, delay: float = 0.0) -> Job:
        self.submitted += 1
        return Job(owner, work, told, delay)

    def close(self) -> None:
        pass


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """All messages to browsers."""
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(widgets.Part, "send", lambda self, message: found.append(message))
    return found


@pytest.fixture
def page(sent: list[dict[str, Any]]) -> Iterator[Page]:
    made = Page(DESIGN, NoJobs())
    yield made
    made.close()


def change(page: Page, *values: Any, count: int = 1) -> None:
    page.hear({"type": "change", "count": count, "values": [list(pair) for pair in values]})


def written(page: Page, key: str) -> Any:
    return next(v.text for v in page.session.design.effective() if v.key == key)


def test_the_form_has_every_control_of_the_design_those_most_used_first(page: Page) -> None:
    rows = page.form.rows
    assert [row["key"] for row in rows] == [control.key for control in controls(DESIGN)]
    first = [row["key"] for row in rows if row["group"] == widgets.FIRST]
    assert first == [key for key in MAIN if key in first]
    assert len(first) > 8
    state = page.headline.state
    assert re.fullmatch(r"Fridge and qubit: all \d+ constraints hold\.", state["headline"])
    assert state["details"] == "Error correction of this design is being computed."
    assert (state["feasible"], state["usually"]) == (None, "usually 10 to 30 s in all")
    assert {tile["label"] for tile in page.headline.state["tiles"]} >= {"T1", "Thermal status"}


def test_a_change_moves_design_numbers_figure_and_row(
    page: Page, sent: list[dict[str, Any]]
) -> None:
    before, heat = page.headline.state["tiles"], _data(page.views["heat"].model)
    change(page, (KEY, 3.0), ("machine.qubits", 100), count=7)
    assert written(page, KEY) == "3.0 dB"
    assert page.session.design.machine.qubits == 100
    assert page.headline.state["tiles"] != before
    assert _data(page.views["heat"].model) != heat
    rows = {
        row["key"]: row for message in sent if message["type"] == "rows" for row in message["rows"]
    }
    assert (rows[KEY]["value"], rows[KEY]["origin"]) == (3.0, "set")
    assert sent[-1] == {"type": "done", "count": 7}


def _data(model: Any) -> list[Any]:
    from bokeh.models import ColumnDataSource

    return [str(source.data) for source in model.select({"type": ColumnDataSource})]


def test_a_refused_value_stands_beside_its_field_and_changes_nothing(page: Page) -> None:
    before = page.session.design
    change(page, ("qubit.frequency", -5.0))
    assert page.session.design is before
    assert set(page.form.problems) == {"qubit.frequency"}
    assert "allowed" in page.form.problems["qubit.frequency"]
    # It stays beside its field while other values move, files are asked for, results come.
    change(page, (KEY, 19.0))
    page.hear({"type": "text"})
    page.draw()
    assert set(page.form.problems) == {"qubit.frequency"}
    change(page, ("qubit.frequency", 5.5))
    assert page.form.problems == {}
    change(page, ("qubit.frequency", -5.0))
    page.hear({"type": "forget", "key": "qubit.frequency"})
    assert page.form.problems == {}
    assert page.session.design.qubit.frequency == pytest.approx(5.5e9)


def test_a_range_stands_still_while_its_slider_moves(page: Page) -> None:
    ends = {row["key"]: (row["low"], row["high"]) for row in page.form.rows}
    for value in (21.0, 25.0, 18.0):
        change(page, (KEY, value))
        control = next(control for control in page.controls if control.key == KEY)
        assert (control.low, control.high) == ends[KEY]
        assert control.value == value


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": None},
        {"type": "close"},
        {"type": "__init__"},
        {"type": "change"},
        {"type": "change", "values": "x", "count": 1},
        {"type": "change", "values": [["no.such.key", 1], [KEY], KEY, None, [[KEY], 2]]},
        {"type": "change", "values": [[KEY, 1]] * 1000, "count": "many"},
        {"type": "change", "values": [[KEY, None]], "count": 1},
        {"type": "change", "values": [[KEY, [1, 2]]], "count": 1},
        {"type": "change", "values": [[KEY, {"a": 1}]], "count": 1},
        {"type": "change", "values": [[KEY, "20 dB; x"]], "count": 1},
        {"type": "change", "values": [[KEY, "1e999"]], "count": "x"},
        {"type": "change", "values": [[KEY, float("nan")]], "count": 1},
        {"type": "change", "values": [["machine.qubits", 1e300]], "count": 1},
        {"type": "change", "values": [["chip.substrate", "x" * 100_000]], "count": 1},
        {"type": "preset", "name": "../../../../etc/passwd"},
        {"type": "preset", "name": "/etc/passwd"},
        {"type": "open"},
        {"type": "open", "text": 5, "name": []},
        {"type": "open", "text": "#" * (MAX_BYTES + 1), "name": "../../x"},
        {"type": "open", "text": "\x00\ud800", "name": None},
        {"type": "effort", "value": "endless"},
        {"type": "export", "what": "../../etc/passwd", "kind": "nc"},
        {"type": "with", "name": "../x"},
        {"type": "theme", "dark": "perhaps"},
    ],
    ids=lambda message: str(message)[:60],
)
def test_messages_that_no_form_sends_do_no_harm(page: Page, message: dict[str, Any]) -> None:
    before = page.session.design.sha256()
    page.hear(message)
    assert page.session.design.sha256() == before
    change(page, (KEY, 19.0))
    assert written(page, KEY) == "19.0 dB"


class Ticks:
    """Stands in for a served document: its next ticks are run by the test."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], Any]] = []

    def add_next_tick_callback(self, callback: Callable[[], Any]) -> None:
        self.waiting.append(callback)

    def run(self) -> None:
        while self.waiting:
            done = self.waiting.pop(0)()
            if done is not None:
                asyncio.run(done)


def served(page: Page) -> Ticks:
    """Lets a page be served: what it is asked waits until the test runs the ticks."""
    ticks = Ticks()
    page.document = page.inbox.document = ticks  # type: ignore[assignment]
    return ticks


def test_a_thousand_quick_moves_are_taken_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks, taken = served(page), []
    monkeypatch.setattr(page.session, "change", lambda key, value: taken.append((key, value)))
    for move in range(1000):
        change(page, (KEY, 10.0 + move / 128), ("qubit.frequency", 5.0 + move / 1024), count=move)
    assert len(ticks.waiting) == 1
    ticks.run()
    assert taken == [(KEY, "17.8046875 dB"), ("qubit.frequency", "5.9755859375 GHz")]


def test_what_is_saved_has_every_move_that_was_made_before(
    page: Page, sent: list[dict[str, Any]]
) -> None:
    ticks = served(page)
    change(page, (KEY, 19.0))
    page.hear({"type": "text", "whole": False})
    change(page, (KEY, 18.0))
    ticks.run()
    assert [KEY in str(m) for m in sent if m["type"] == "rows"] == [True]
    (saved,) = (message["text"] for message in sent if message["type"] == "text")
    assert 'mxc = "19.0 dB"' in saved
    assert written(page, KEY) == "18.0 dB"


def test_a_flood_of_requests_is_cut_off(page: Page, sent: list[dict[str, Any]]) -> None:
    ticks = served(page)
    for _ in range(1000):
        page.hear({"type": "text"})
        page.hear({"type": "compare", "on": True})
    change(page, (KEY, 19.0))
    ticks.run()
    assert len([message for message in sent if message["type"] == "text"]) == MOST_WAITING / 2
    page.hear({"type": "text"})
    ticks.run()
    assert len([message for message in sent if message["type"] == "text"]) == MOST_WAITING / 2 + 1


def test_a_session_begun_while_the_page_closes_is_closed_too(page: Page) -> None:
    ticks = served(page)
    page.hear({"type": "compare", "on": True})
    page.close()
    ticks.run()
    assert page.beside.second is None
    page.begin(DESIGN, "standard")
    page.compare_with(DESIGN)
    assert page.session.closed
    assert page.beside.second is None


def test_ten_users_at_once_do_not_see_one_another(sent: list[dict[str, Any]]) -> None:
    pages = [Page(DESIGN, NoJobs()) for _ in range(10)]
    start = threading.Barrier(10)

    def use(user: int) -> list[Any]:
        start.wait()
        seen = []
        for value in (user, user + 10, user + 20):
            change(pages[user], (KEY, float(value)))
            seen.append((written(pages[user], KEY), pages[user].session.document["provenance"]))
        return seen

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(use, range(10)))
    for user, seen in enumerate(found):
        for step, (text, made) in enumerate(seen):
            value = float(user + 10 * step)
            assert text == f"{value} dB"
            assert made["design_sha256"] == DESIGN.replace({KEY: text}).sha256()
    for page in pages:
        page.close()


def test_a_bad_upload_shows_every_problem_and_changes_nothing(
    page: Page, sent: list[dict[str, Any]]
) -> None:
    before = page.session.design
    text = '[machine]\nqubits = -3\n[qubit]\nfrequency = "6 m"\nfrequenzy = 1\n'
    page.hear({"type": "open", "name": "../<b>.toml", "text": f'base = "willow-like"\n{text}'})
    assert page.session.design is before
    assert page.form.problems == {}  # the fields show the present design, which is sound
    assert set(page.form.filed) == {"machine.qubits", "qubit.frequency", "qubit.frequenzy"}
    assert page.form.filed["machine.qubits"].startswith("in the file: -3; allowed: ")
    assert page.form.refusal.startswith("b-.toml was not opened: 3 problems.")
    assert page.toolbar.refusal == page.form.refusal
    assert {p["key"] for p in page.toolbar.refused} == set(page.form.filed)
    assert "did you mean" in page.form.filed["qubit.frequenzy"]
    assert {"type": "opened"} not in sent
    change(page, (KEY, 19.0))
    assert (page.form.filed, page.form.refusal) == ({}, "")
    page.hear({"type": "open", "name": "", "text": text})
    assert page.form.refusal.startswith("The pasted text was not opened: ")


def test_opening_saving_and_resetting(page: Page, sent: list[dict[str, Any]]) -> None:
    change(page, (KEY, 19.0))
    page.hear({"type": "text", "whole": False})
    saved = sent[-1]["text"]
    page.hear({"type": "preset", "name": "thermal-wall"})
    assert (page.session.design.name, page.toolbar.name_) == ("thermal-wall", "thermal-wall")
    page.hear({"type": "open", "name": "mine.toml", "text": saved})
    assert page.session.design.sha256() == DESIGN.replace({KEY: "19 dB"}).sha256()
    change(page, (KEY, 18.0))
    page.hear({"type": "reset"})
    assert page.session.design.sha256() == DESIGN.replace({KEY: "19 dB"}).sha256()


def test_two_designs_side_by_side(page: Page) -> None:
    page.hear({"type": "compare", "on": True})
    tables = page.beside.tables
    assert tables.state["inputs"] == []
    assert (tables.state["same"], tables.other, tables.kept) == (True, "", False)
    change(page, (KEY, 10.0))
    assert not tables.state["same"]
    state = page.beside.tables.state
    assert [(i["key"], i["first"], i["second"]) for i in state["inputs"]] == [
        (KEY, "10.0 dB", "20 dB")
    ]
    loads = {line["key"]: line for line in state["results"]}
    assert loads["thermal.stages.mxc.load_W"]["ratio"].endswith("×")
    assert (state["first"]["name"], state["second"]["name"]) == ("krinner-xld400", "krinner-xld400")
    page.hear({"type": "keep"})
    assert (tables.state["same"], tables.other, tables.kept) == (True, KEPT, True)
    change(page, (KEY, 12.0))
    page.hear({"type": "with", "name": ""})
    assert [i["second"] for i in tables.state["inputs"]] == ["20 dB"]
    page.hear({"type": "with", "name": KEPT})
    assert [(i["first"], i["second"]) for i in tables.state["inputs"]] == [("12.0 dB", "10.0 dB")]
    page.hear({"type": "with", "name": "thermal-wall"})
    assert page.beside.tables.state["second"]["name"] == "thermal-wall"
    second = page.beside.second
    assert second is not None
    page.hear({"type": "compare", "on": False})
    assert page.beside.second is None
    assert page.beside.tables.state["second"]["name"] == "thermal-wall"
    page.hear({"type": "compare", "on": True})
    assert (tables.other, tables.state["second"]["name"]) == ("thermal-wall", "thermal-wall")


def test_the_comparison_lists_what_the_terminal_lists(page: Page) -> None:
    page.hear({"type": "compare", "on": True})
    page.hear({"type": "with", "name": "willow-like"})
    state = page.beside.tables.state
    inputs = {line["key"]: (line["first"], line["second"]) for line in state["inputs"]}
    assert inputs["stages.cp.rated_power"] == ("200 µW", "1 mW")
    main = [line for line in state["results"] if not line["minor"]]
    assert main
    # Rates that no qubit feels, which have the largest ratios of all, are listed on request only.
    rates = {channel["name"]: channel["rate_per_s"] for channel in
             page.session.document["coherence"]["channels"]}  # fmt: skip
    thermal = "coherence.channels.thermal-quasiparticles.rate_per_s"
    assert rates["thermal-quasiparticles"] < 1e-9 * max(rates.values())
    assert thermal in {line["key"] for line in state["results"] if line["minor"]}
    assert thermal not in {line["key"] for line in main}
    assert {line["key"] for line in main} <= {
        row["key"] for row in results(
            page.session.document, page.beside.second.document  # type: ignore[union-attr]
        )
    }  # fmt: skip
    loads = {line["key"]: line for line in state["results"]}
    assert loads["thermal.loads.4k.pump.attenuator.watts"]["first"] == "432 µW"
    assert state["numbers"][1] == {
        "key": "thermal.max_qubits.total", "label": "Most qubits per fridge",
        "first": "144 qubits", "second": "120 qubits", "ratio": "0.833 ×", "size": "less",
        "differs": True,
    }  # fmt: skip


def test_what_sampling_does_not_resolve_is_said_to_be_so(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.hear({"type": "compare", "on": True})
    change(page, (KEY, 10.0))
    second = page.beside.second
    assert second is not None

    def sampled(session: Session) -> dict[str, Any]:
        errors = 40.0 if session is second else 30.0
        part = {"logical_errors_per_day": errors, "low": errors - 20, "high": errors + 20}
        return {"qec": part}

    monkeypatch.setattr(compare, "_fresh", sampled)
    state = compare.state(page.session, second)
    line = next(n for n in state["numbers"] if n["key"] == "qec.logical_errors_per_day")
    assert (line["ratio"], line["size"], line["differs"]) == ("not resolved", "", False)
    listed = {line["key"]: line for line in state["results"]}
    assert listed["qec.logical_errors_per_day"]["minor"]


def test_figures_of_a_pair_have_the_same_axes(page: Page) -> None:
    page.hear({"type": "compare", "on": True})
    page.hear({"type": "with", "name": "thermal-wall"})
    for wing, one, other in page.beside.pairs._views:
        for plot, same in zip(one.figures, other.figures, strict=True):  # type: ignore[attr-defined]
            ends = [(p.x_range.start, p.x_range.end) for p in (plot, same)]
            assert ends[0] == ends[1], wing


def test_more_sampling_keeps_the_design(page: Page) -> None:
    change(page, (KEY, 19.0))
    page.hear({"type": "effort", "value": "standard"})
    assert written(page, KEY) == "19.0 dB"
    assert page.session.document["provenance"]["effort"] == "standard"
    assert page.toolbar.effort == "standard"
    page.hear({"type": "reset"})
    assert page.session.design.sha256() == DESIGN.sha256()


def test_what_came_before_anybody_looked_is_shown(page: Page) -> None:
    waits = page.headline.state["progress"]
    page.session.cancel()
    assert page.headline.state["progress"] == waits != "stopped"
    page.attach(Document())
    assert page.headline.state["progress"] == "stopped"


def test_figures_are_sound(page: Page, caplog: pytest.LogCaptureFixture) -> None:
    document = Document()
    for view in page.views.values():
        document.add_root(view.model)
    document.validate()
    assert not caplog.records
    page.views["heat"].figures[0].renderers[0].glyph.right = "no such column"
    document.validate()
    assert "no such column" in caplog.text


def test_a_closed_page_draws_no_more(page: Page) -> None:
    ticks = served(page)
    page.close()
    page._changed()
    page.session.change(KEY, "19 dB")
    assert ticks.waiting == []
