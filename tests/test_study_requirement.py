"""What targets ask of code and bursts: closed forms, edges that hold and fail, and the command."""

import io
import json
import math
import sys
from dataclasses import asdict, replace

import pytest
from rich.console import Console

from qubudget import cli
from qubudget.constants import DAY
from qubudget.design import load
from qubudget.pipeline import Chain
from qubudget.qec.requirement import Burst
from qubudget.report.study_tables import print_requirement, requirement_tables
from qubudget.study.requirement import requirement as study
from qubudget.study.requirement.requirement import (
    Steps,
    _distance,
    _edges,
    _largest_that_fits,
    reference_burst,
    requirement,
    targets_of,
)

# Off the middle, so that only d = 3 and 5 fit on the chip: each step takes little time. Qubits so
# good that at d = 5 bursts are a fiftieth of the errors.
CHANGES = {
    "code.distance": 3,
    "code.offset_x": "1.5 mm",
    "measured.t1": "1 ms",
    "measured.t2": "1 ms",
    "measured.one_qubit_error": 2e-5,
    "measured.two_qubit_error": 1e-4,
    "measured.readout_error": 1e-3,
    "measured.recovery_time": "100 us",
    "radiation.event_energy": "20 keV",  # a stronger burst is fatal within one cycle
    "targets.algorithm_qubits": 10,
    "targets.algorithm_cycles": 1e9,
    "targets.algorithm_success": 0.9,
}


@pytest.fixture(scope="module")
def design():
    return load("willow-like").replace(CHANGES)


@pytest.fixture(scope="module")
def steps(design):
    chain = Chain("quick", 1)
    _, coherence, _ = chain.cold(design)
    return Steps(chain, design, coherence, chain.impact(design, coherence), lambda step: None)


@pytest.fixture(scope="module")
def whole(design, steps):
    """With a target that leaves 0.3 of the failures by the reference burst at d = 5."""
    reference, _ = reference_burst(design, steps.impact)
    quiet = steps.quiet(distance=5)[0]
    hits = steps.disc(**{**asdict(reference), "distance": 5})[0] - quiet
    target = {"targets.logical_errors_per_day": quiet + 0.3 * hits}
    said = []
    found = requirement(design.replace(target), progress=said.append)
    assert said[:2] == ["thermal", "impact"]
    assert len(said) == len(set(said))  # nothing is computed twice
    return found


def smooth(steps):
    """Steps with errors of a known form: quiet 1, and rate recovery radius^2 / T1 by bursts."""

    class Smooth(Steps):
        def disc(self, *, distance, t1_dip, recovery, radius, rate):
            hits = rate * recovery * radius**2 / t1_dip
            return 1 + hits, 1 + 0.5 * hits, 1 + 2 * hits

    return Smooth(steps.chain, steps.design, steps.coherence, steps.impact, steps.say)


# --- distance --------------------------------------------------------------------------------


def test_the_distance_without_bursts_is_that_of_lambda(steps):
    """Google 2024 (arXiv:2408.13687): Lambda = 2.14; each step of two divides the errors by it.

    The steps are counted from the chain's own errors at d = 13, which lie on the extrapolation.
    """
    google = steps.design.replace(
        {"measured.suppression": 2.14, "code.offset_x": "0 mm"}
    )  # the middle: any distance fits
    own = Steps(steps.chain, google, steps.coherence, steps.impact, steps.say)
    at = Burst(3, math.nan, math.nan, math.nan, 0.0)
    start = own.quiet(distance=13)[0]
    found = _distance(own.quiet, at, 1.0, 101, 3)
    expected = 13 + 2 * math.ceil(math.log(start) / math.log(2.14))
    assert found.value == expected
    assert found.failing == expected - 2
    assert found.reason is None
    assert found.errors[0] == pytest.approx(start * 2.14 ** (-(expected - 13) / 2), rel=1e-6)


def test_only_distances_that_fit_on_the_chip_are_tried(steps, whole):
    """1.5 mm off the middle of a 12 mm chip 9 mm are left in x. Data qubits are sqrt(2) mm apart
    and half checks stand half as far beyond them: d sqrt(2) mm, 7.1 for d = 5 and 9.9 for d = 7."""
    assert 5 * math.sqrt(2) < 9 < 7 * math.sqrt(2)
    assert _largest_that_fits(steps.design) == 5
    assert _largest_that_fits(load("willow-like")) == 101  # a large patch covers further chips
    algorithm = whole.targets[1]
    assert algorithm.distance_quiet.value is None
    assert "the largest tried" in algorithm.distance_quiet.reason
    assert algorithm.working_distance is None
    assert all("quiet errors alone" in edge.reason for edge in algorithm.bursts)


def test_an_algorithm_bears_what_its_success_leaves(design):
    """exp(-n N t_cycle per_day / day) = success."""
    found = targets_of(design)
    time = 1e9 * design.workload.cycle_time
    assert found["logical_errors_per_day"] == 1.0
    assert math.exp(-10 * time * found["algorithm"] / DAY) == pytest.approx(0.9)
    assert targets_of(load("willow-like")) == {"logical_errors_per_day": 1.0}


# --- bursts ----------------------------------------------------------------------------------

HERE = Burst(distance=3, t1_dip=2e-5, recovery=1e-2, radius=4e-3, rate=0.1)
CYCLE = 1.1e-6
HITS = 0.1 * 1e-2 * 4e-3**2 / 2e-5


@pytest.mark.parametrize("share", [0.5, 3.0])  # the reference burst fails, or holds
def test_edges_of_a_known_form_are_found_from_either_side(steps, share):
    dip, recovery, radius, rate = _edges(smooth(steps), HERE, 1 + share * HITS)
    assert dip.value == pytest.approx(2e-5 / share, rel=0.11)
    assert recovery.value == pytest.approx(min(1e-2 * share, 25_000 * CYCLE), rel=0.11)
    assert radius.value == pytest.approx(4e-3 * share**0.5, rel=0.11)
    assert rate.value == pytest.approx(0.1 * share, rel=1e-9)
    for edge in (dip, recovery, radius):
        assert edge.errors[0] <= 1 + share * HITS


def test_an_outer_code_s_rate_is_searched(steps):
    outer = {"mitigation.strategy": "outer", "mitigation.outer_chips": 7,
             "mitigation.outer_losses": 2}  # fmt: skip
    other = smooth(steps)
    other.design = steps.design.replace(outer)
    rate = _edges(other, HERE, 1 + 50 * HITS)[-1]
    assert rate.tries > 2
    assert rate.value == pytest.approx(5.0, rel=0.11)


def test_the_reference_burst_is_the_design_s_own(steps):
    burst, _ = reference_burst(steps.design, steps.impact)
    impact = steps.impact
    assert (burst.t1_dip, burst.recovery, burst.radius, burst.rate) == (
        impact.t1_min, impact.recovery_time, impact.affected_radius, impact.rates.total,
    )  # fmt: skip
    small, note = reference_burst(steps.design, replace(impact, affected_radius=0.0))
    assert small.radius == pytest.approx(math.hypot(6e-3, 6e-3))
    assert "whole chip" in note
    assert reference_burst(steps.design, replace(impact, bursts=()))[0] is None


def test_simulated_bursts_are_linear_in_their_rate_and_cost_nothing_anew(steps):
    at = {"distance": 3, "t1_dip": 5e-6, "recovery": 1e-3, "radius": 3e-3}
    once, thrice = (steps.disc(**at, rate=rate) for rate in (0.1, 0.3))
    quiet = steps.quiet(distance=3)
    known = len(steps._found)
    assert steps.disc(**at, rate=0.0) == quiet
    assert thrice[0] - quiet[0] == pytest.approx(3 * (once[0] - quiet[0]), rel=1e-5)
    assert once[0] > quiet[0]
    steps.disc(**at, rate=1.0)
    assert len(steps._found) == known


def test_requirements_hold_on_one_side_and_fail_on_the_other(whole):
    target, reference = whole.targets[0], whole.reference
    assert target.distance_quiet.value == target.working_distance == 5
    assert target.distance_quiet.failing == 3
    assert whole.own[0] > target.target  # d = 3 is too small
    assert target.reference[0] > target.target
    dip, recovery, radius, rate = target.bursts
    for edge in (dip, recovery, radius):
        assert edge.errors[0] <= target.target
        assert edge.reason is None
        assert abs(math.log(edge.failing / edge.value)) <= 0.1
    assert reference.t1_dip < dip.value < 1e-3
    assert recovery.value < reference.recovery
    assert radius.value < reference.radius
    # The target leaves 0.3 of the reference's failures, and these are linear in the rate.
    assert rate.value == pytest.approx(0.3 * reference.rate, rel=1e-6)
    assert rate.passing <= rate.value


# --- documents and the command ---------------------------------------------------------------


def test_the_table_fits_a_terminal_and_gives_reasons(whole):
    document = whole.to_dict()
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    console = Console(width=80, record=True, file=io.StringIO())
    print_requirement(document, console)
    text = console.export_text()
    assert max(map(len, text.splitlines())) <= 80
    for words in ("smallest distance", "lowest T1 in a burst", "quiet errors alone", "seed 1"):
        assert words in text
    assert len(requirement_tables(document)) == 2


def test_a_design_without_coherence_has_a_reason_and_no_requirement():
    found = requirement(load("entropy-trap"))
    document = found.to_dict()
    assert found.targets == ()
    assert found.reason
    console = Console(width=80, record=True, file=io.StringIO())
    print_requirement(document, console)
    assert "no requirement" in console.export_text()


def command(*arguments, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["qubudget", *arguments])
    try:
        cli.main()
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    return status, *capsys.readouterr()


def test_the_command_prints_a_table_or_one_document(whole, capsys, monkeypatch):
    asked = []
    monkeypatch.setattr(
        study, "requirement", lambda design, **options: asked.append((design, options)) or whole
    )
    settings = ("willow-like", "--set", "code.distance=3", "--effort", "standard")
    status, out, err = command("requirement", *settings, "--json", capsys=capsys,
                               monkeypatch=monkeypatch)  # fmt: skip
    assert (status, err) == (0, "")
    assert json.loads(out) == whole.to_dict()
    design, options = asked[0]
    assert design.code.distance == 3
    assert (options["effort"], options["seed"]) == ("standard", 1)
    status, out, _ = command("requirement", *settings, capsys=capsys, monkeypatch=monkeypatch)
    assert status == 0
    assert "what holds the target" in out


@pytest.mark.parametrize(
    "arguments", [("no-such-design",), ("willow-like", "--set", "targets.algorithm_qubits=3")]
)
def test_a_bad_design_ends_with_status_2(arguments, capsys, monkeypatch):
    status, out, err = command("requirement", *arguments, capsys=capsys, monkeypatch=monkeypatch)
    assert (status, out) == (2, "")
    assert err
    assert "Traceback" not in err
