"""Runaway by error correction: against closed forms of the fixed points, their loops and times."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import lambertw

from qubudget.cryostat.assembly import solve
from qubudget.cryostat.cooling import quadratic_temperature
from qubudget.cryostat.correction import corrected_stage
from qubudget.cryostat.hysteresis import hysteresis
from qubudget.cryostat.runaway import (
    CorrectedStage,
    bistable_qubits,
    critical_energy,
    fixed_points,
    phase_boundary,
    phase_diagram,
    phases,
)
from qubudget.cryostat.threshold import (
    STATED_ERRORS,
    STATED_HOTTEST,
    STATED_TEMPERATURES,
    correction_heats,
    judge_threshold,
    stated_errors,
    tabulated_errors,
)
from qubudget.cryostat.transient import copper_heat_capacity, course
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.qubit.assembly import coherence

# Cooling C T^2 against N (a + r E B T^4): R(T) = C T^2/(a + r E B T^4) is largest where
# T^4 = a/(r E B), and there C/(2 sqrt(a r E B)).
COOLING, STEEPNESS = 0.05, 400.0


def quartic(energy: float = 1e-12, fixed: float = 0.0, high: float = 5.0) -> CorrectedStage:
    return CorrectedStage(
        cooling=lambda t: COOLING * t**2,
        error_rate=lambda t: STEEPNESS * t**4,
        low=1e-3,
        high=high,
        fixed=fixed,
        per_qubit=1e-9,
        cycle_rate=1e6,
        energy=energy,
    )


@settings(max_examples=20, deadline=None)
@given(energy=st.floats(1e-14, 1e-9))
def test_the_phase_boundary_is_the_closed_form(energy: float) -> None:
    found = phase_boundary(quartic(energy))
    feedback = 1e6 * energy * STEEPNESS
    assert found.qubits == pytest.approx(COOLING / (2 * math.sqrt(1e-9 * feedback)), rel=1e-9)
    assert found.temperature == pytest.approx((1e-9 / feedback) ** 0.25, rel=1e-4)
    assert found.limited_by == "feedback"


@settings(max_examples=30, deadline=None)
@given(qubits=st.floats(10, 1e9), fixed=st.floats(1e-7, 1e-3))
def test_phases_count_the_roots_of_the_polynomial(qubits: float, fixed: float) -> None:
    """With x = T^2 the balance is N r E B x^2 - C x + (P + N a) = 0; cold root stable, hot not."""
    stage = quartic(fixed=fixed)
    curve = qubits * 1e6 * 1e-12 * STEEPNESS
    constant = fixed + qubits * 1e-9
    roots = np.roots([curve, -COOLING, constant])
    discriminant = COOLING**2 - 4 * curve * constant
    if abs(discriminant) < 1e-3 * COOLING**2:
        return  # closer than the scan tells apart
    inside = [
        r.real for r in roots if abs(r.imag) < 1e-12 and stage.low**2 < r.real < stage.high**2
    ]
    expected = {0: "unbounded", 1: "bounded", 2: "bistable"}[len(inside)]
    if len(inside) == 1 and not np.isclose(inside[0], min(r.real for r in roots)):
        expected = "bistable"  # only the hot, unstable root: cold stays at the low end
    assert phases(stage, qubits) == expected


@settings(max_examples=15, deadline=None)
@given(qubits=st.floats(1, 1e6), energy=st.floats(1e-14, 1e-10), fixed=st.floats(0, 1e-4))
def test_fixed_points_are_roots_of_the_heat_balance(
    qubits: float, energy: float, fixed: float
) -> None:
    stage = quartic(energy, fixed)
    points = fixed_points(stage, qubits)
    for point in points:
        heat, cold = float(stage.heating(point.temperature, qubits)), COOLING * point.temperature**2
        assert heat == pytest.approx(cold, rel=1e-9)
        rises = float(stage.capacity(point.temperature * (1 + 1e-6))) > qubits
        assert point.stable == rises
    # Stable and unstable take turns, from cold to warm.
    assert all(a.stable != b.stable for a, b in itertools.pairwise(points))


def test_exponential_errors_make_a_stable_and_an_unstable_balance() -> None:
    """exp(T) = k T has roots -W0(-1/k) (stable) and -W-1(-1/k) (unstable) for k > e."""
    k = 4.0
    stage = CorrectedStage(lambda t: k * t, np.exp, 0.01, 20.0, 0.0, 0.0, 1.0, 1.0)
    cold, warm = (float(-lambertw(-1 / k, branch).real) for branch in (0, -1))
    points = fixed_points(stage, 1)
    assert [p.temperature for p in points] == pytest.approx([cold, warm], rel=1e-12)
    assert [p.stable for p in points] == [True, False]
    # exp(T) lies above 2.7 T < e T everywhere.
    steep = CorrectedStage(lambda t: 2.7 * t, np.exp, 0.01, 20.0, 0.0, 0.0, 1.0, 1.0)
    assert fixed_points(steep, 1) == ()
    assert phases(steep, 1) == "unbounded"
    assert critical_energy(steep, 1) == pytest.approx(2.7 / math.e)


def test_constant_heat_settles_at_the_closed_form() -> None:
    stage = CorrectedStage(
        lambda t: 0.0522 * (t**2 - 6e-3**2), np.zeros_like, 1e-3, 1.0, 1e-6, 0.0, 0.0, 0.0
    )
    (point,) = fixed_points(stage, 1)
    assert point.temperature == pytest.approx(float(quadratic_temperature(1e-6, 0.0522, 6e-3)))
    assert point.stable


@settings(max_examples=15, deadline=None)
@given(
    fixed=st.floats(0, 1e-4), each=st.floats(1e-10, 1e-7), energy=st.floats(0, 1e-11),
    hot=st.floats(0.02, 0.2),
)  # fmt: skip
def test_constant_errors_and_quadratic_cooling_are_limited_at_the_hot_end(
    fixed: float, each: float, energy: float, hot: float
) -> None:
    """N = (C (Th^2 - T0^2) - P)/(a + r E p)."""
    base, errors, rate = 6e-3, 0.01, 9e5
    stage = CorrectedStage(
        lambda t: COOLING * (t**2 - base**2), lambda t: np.full_like(t, errors), base, hot, fixed,
        each, rate, energy,
    )  # fmt: skip
    exact = (COOLING * (hot**2 - base**2) - fixed) / (each + rate * energy * errors)
    found = phase_boundary(stage)
    if exact > 0:
        assert found.limited_by == "range"
        assert found.qubits == pytest.approx(exact, rel=1e-12)
        assert critical_energy(stage, found.qubits) == pytest.approx(energy, rel=1e-6, abs=1e-22)
    assert bistable_qubits(stage) is None


@settings(max_examples=15, deadline=None)
@given(energy=st.floats(1e-14, 1e-9), more=st.floats(1.01, 100))
def test_more_heat_per_correction_carries_fewer_qubits(energy: float, more: float) -> None:
    less, most = phase_boundary(quartic(energy * more)), phase_boundary(quartic(energy))
    assert less.qubits < most.qubits
    assert critical_energy(quartic(), most.qubits) == pytest.approx(energy, rel=1e-6)
    # With no heat of correcting, only the load without it limits.
    free = phase_boundary(quartic(0.0))
    assert free.limited_by == "range"
    assert free.qubits == pytest.approx(COOLING * 5.0**2 / 1e-9)
    assert phases(quartic(0.0), [1, 0.999 * free.qubits]).tolist() == ["bounded"] * 2


def test_the_start_decides_between_the_hot_end_and_the_peak() -> None:
    stage = quartic(1e-9)
    least, most = bistable_qubits(stage) or (math.nan, math.nan)
    assert least == pytest.approx(float(stage.capacity(stage.high)))
    assert most == pytest.approx(phase_boundary(stage).qubits, rel=1e-4)
    asked = [0.99 * least, 1.01 * least, 0.99 * most, 1.01 * most]
    assert phases(stage, asked).tolist() == ["bounded", "bistable", "bistable", "unbounded"]
    folded_least, folded_most = bistable_qubits(folded()) or (math.nan, math.nan)
    assert (folded_least, folded_most) == (pytest.approx(1, rel=1e-3), pytest.approx(5, rel=1e-3))


def test_without_feedback_quadratic_cooling_bounds_every_machine() -> None:
    """Q ~ T^2 takes any constant load at some temperature: the range alone limits."""
    stage = CorrectedStage(
        lambda t: COOLING * t**2, lambda t: np.full_like(t, 0.01), 1e-3, 0.1, 0.0, 1e-9, 1e6, 1e-12
    )
    found = phase_boundary(stage)
    assert found.limited_by == "range"
    assert found.qubits == pytest.approx(COOLING * 0.1**2 / (1e-9 + 1e6 * 1e-12 * 0.01))
    assert phases(stage, [1.0, 0.99 * found.qubits, 1.01 * found.qubits]).tolist() == [
        "bounded",
        "bounded",
        "unbounded",
    ]


def test_constant_cooling_follows_the_papers_rule() -> None:
    """Load below 50 uW at the cold end: stays; above: runs away (the first paper, section 4)."""
    stage = CorrectedStage(
        lambda t: np.full_like(t, 50e-6), lambda t: t, 10e-3, 1.0, 0.0, 1e-6, 0.0, 0.0
    )
    assert phase_boundary(stage).qubits == pytest.approx(50)
    assert phases(stage, [49.0, 51.0]).tolist() == ["bounded", "unbounded"]


def folded() -> CorrectedStage:
    """R(T) = 1 + T (T - 3)^2, maximum 5 at 1 K (again at 4 K), minimum 1 at 3 K (again at 0)."""
    return CorrectedStage(
        cooling=lambda t: np.full_like(t, 1.0),
        error_rate=lambda t: 1 / (1 + t * (t - 3) ** 2),
        low=1e-3,
        high=6.0,
        fixed=0.0,
        per_qubit=0.0,
        cycle_rate=1.0,
        energy=1.0,
        samples=20_000,
    )


def test_hysteresis_jumps_where_the_curve_turns() -> None:
    counts = np.array([1.5, 3.0, 4.99, 5.01, 10.0, 54.0, 56.0])
    loop = hysteresis(folded(), counts)
    # Growing: the cold branch to N = 5, then from 1 K on to 4 K; beyond R(6 K) = 55 nothing.
    assert (loop.growing[:3] < 1).all()
    assert loop.growing[3] == pytest.approx(4.0, rel=1e-3)
    assert math.isnan(loop.growing[-1])
    # Shrinking: the hot branch stays down to its minimum at 3 K.
    assert loop.shrinking[0] > 3
    assert loop.differs.tolist() == [True, True, True, False, False, False, False]
    both = np.concatenate([loop.growing[:-1], loop.shrinking[:-1]])
    assert 1 + both * (both - 3) ** 2 == pytest.approx(np.tile(counts[:-1], 2), rel=1e-5)
    assert phases(folded(), counts).tolist() == [
        *["bistable"] * 3,
        *["bounded"] * 3,
        "unbounded",
    ]


def test_phase_diagram_labels_and_boundary_agree() -> None:
    qubits, energy = np.geomspace(10, 1e6, 30), np.geomspace(1e-14, 1e-9, 12)
    diagram = phase_diagram(quartic(), qubits, energy)
    assert diagram.label.shape == (30, 12)
    within = qubits[:, None] <= diagram.boundary
    assert ((diagram.label != "unbounded") == within).all()
    assert (np.diff(diagram.boundary) < 0).all()  # more heat per correction, fewer qubits
    assert {"bounded", "bistable", "unbounded"} >= set(diagram.label.ravel().tolist())
    json.dumps(diagram.to_dict(), allow_nan=False)


def test_no_heat_per_qubit_has_no_boundary() -> None:
    stage = CorrectedStage(lambda t: t, lambda t: t, 0.1, 1, 0, 0, 1e6, 0)
    assert math.isinf(phase_boundary(stage).qubits)
    assert phase_diagram(stage, [1e9], [0.0]).to_dict()["boundary_qubits"] == [None]


def test_time_to_runaway_is_the_integral_of_heat_capacity_over_net_heat() -> None:
    """Constant net heat P and C = g T: t = g (T1^2 - T0^2)/(2 P). Then a near-critical machine."""
    stage = CorrectedStage(
        lambda t: np.full_like(t, 1e-6), lambda t: t, 0.01, 0.1, 3e-6, 0.0, 0.0, 0.0
    )
    found = course(stage, 1, lambda t: 0.01 * np.asarray(t), start=0.02, duration=1e4)
    exact = 0.01 * (0.1**2 - 0.02**2) / (2 * 2e-6)
    assert found.runaway_time == pytest.approx(exact, rel=1e-6)
    stage, copper = quartic(high=1.0), copper_heat_capacity(5.0)
    beyond = 1.05 * phase_boundary(stage).qubits
    found = course(stage, beyond, copper, start=0.01, duration=1e5)

    def slowness(t: float) -> float:
        net = float(stage.heating(t, beyond)) - COOLING * t**2
        return float(copper(t)) / net

    exact = quad(slowness, 0.01, 1.0, limit=200)[0]
    assert found.runaway_time == pytest.approx(exact, rel=1e-5)


def test_a_bounded_machine_settles_at_its_balance() -> None:
    stage = quartic(high=1.0)
    found = course(stage, 1000, copper_heat_capacity(1.0), start=0.01, duration=1e4)
    assert found.runaway_time is None
    points = fixed_points(stage, 1000)
    assert found.temperature[-1] == pytest.approx(points[0].temperature, rel=1e-6)
    # And from just above the unstable balance the same machine runs away.
    hot = course(
        stage, 1000, copper_heat_capacity(1.0), start=1.01 * points[1].temperature, duration=1e4
    )
    assert hot.runaway_time is not None


def test_copper_at_low_temperature() -> None:
    """Martin 1973: gamma 0.691 mJ/(mol K^2), theta 344.3 K; equal shares then at 3.8 K."""
    mole = copper_heat_capacity(63.546e-3)
    equal = math.sqrt(0.691e-3 / (12 * math.pi**4 / 5 * 8.314463 / 344.3**3))
    assert equal == pytest.approx(3.81, abs=0.01)
    assert float(mole(equal)) == pytest.approx(2 * 0.691e-3 * equal, rel=1e-6)
    with pytest.raises(OutOfRangeError, match="300 K"):
        mole(301.0)


def test_copper_at_higher_temperatures() -> None:
    """24.44 J/(mol K) at 298.15 K (CODATA key values, 1989); Martin's law still holds to 10 %
    at 10 K (theta/34), and goes over into the fit without a step."""
    kilogram = copper_heat_capacity(1.0)
    assert float(kilogram(298.15)) == pytest.approx(24.44 / 63.546e-3, rel=0.02)
    cold = (0.691e-3 * 10 + 12 * math.pi**4 / 5 * 8.314463 * (10 / 344.3) ** 3) / 63.546e-3
    assert float(kilogram(10.0)) == pytest.approx(cold, rel=0.1)
    joined = np.asarray(kilogram(np.geomspace(1, 20, 400)))
    assert (np.diff(np.log(joined)) < 4 * math.log(20) / 399).all()
    assert (np.diff(joined) > 0).all()


@pytest.mark.parametrize("index", [1, 5, 8])
def test_the_stated_errors_are_those_of_the_qubit_model(index: int) -> None:
    """Gates and read-outs of a cycle times their errors, per qubit, at three of the temperatures.

    A fifth of play: the qubit model may be refined without changing what is said here.
    """
    design = load("willow-like").replace({"measured": {}})
    cold = STATED_TEMPERATURES[index]
    stages = {s.name: max(cold, s.rated_temperature) for s in design.stages} | {"mxc": cold}
    gate, work = coherence(design, stages).gate, design.workload
    events = (
        work.one_qubit_gates * gate.one_qubit_error
        + work.two_qubit_gates * gate.two_qubit_error
        + work.readouts * gate.readout_error
    )
    assert events / design.machine.group_size == pytest.approx(STATED_ERRORS[index], rel=0.2)


def test_the_papers_threshold_needs_heat_in_every_cycle_at_the_coldest_stage() -> None:
    judged = judge_threshold(stated_errors(), hottest=STATED_HOTTEST)
    by = {(j.fridge, j.heat, j.spent): j for j in judged}
    paper, xld400 = "fixed 50 uW at 10 mK", "XLD400"
    # By hand: 50 uW over 18 nW per cell (Pauka 2021), every cycle: a few thousand qubits.
    cell = by[paper, "charge-locking CMOS", "per cycle"]
    assert cell.qubits == pytest.approx(50e-6 / 18e-9)
    assert cell.holds
    assert not cell.runs_away
    # The same cell only when there is something to correct: a hundred times more.
    assert by[paper, "charge-locking CMOS", "per error"].qubits == pytest.approx(
        50e-6 / 18e-9 / STATED_ERRORS[1]
    )
    # 0.0522 W/K^2 (T^2 - (6 mK)^2) is 3.3 uW at 10 mK: a fifteenth of the paper's capacity.
    ratio = cell.cold / by[xld400, "charge-locking CMOS", "per cycle"].cold
    assert ratio == pytest.approx(50e-6 / (19e-6 / (20e-3**2 - 6e-3**2) * (10e-3**2 - 6e-3**2)))
    # Feedback exists with real cooling, and costs qubits; Landauer's bound binds nothing.
    for judgement in judged:
        assert judgement.qubits <= judgement.without_feedback * (1 + 1e-12)
        assert judgement.cold <= judgement.qubits * (1 + 1e-12)
    assert by[xld400, "mK-CMOS pulse", "per error"].runs_away
    assert by[xld400, "Landauer", "per error"].qubits > 1e16
    assert not any(j.runs_away for j in judged if j.fridge == paper)
    json.dumps([j.to_dict() for j in judged], allow_nan=False)


def test_correction_heats_have_sources_and_rise() -> None:
    heats = correction_heats()
    assert all(heat.source and heat.status for heat in heats)
    assert [h.energy for h in heats] == sorted(h.energy for h in heats)
    pulse = next(h for h in heats if h.name == "drive pulse")
    assert pulse.energy == pytest.approx(1e-3 * 10 ** (-7.1) * 100 * 25e-9, rel=1e-3)


def test_bad_input_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="range"):
        quartic(high=1e-4)
    with pytest.raises(OutOfRangeError, match="rise"):
        hysteresis(quartic(), [2, 1])
    with pytest.raises(OutOfRangeError, match="start"):
        course(quartic(), 1, copper_heat_capacity(1), start=9.0, duration=1)
    with pytest.raises(OutOfRangeError, match="asked at"):
        tabulated_errors([0.01, 0.02], [0.1, 0.2])(np.asarray(0.03))
    with pytest.raises(OutOfRangeError, match="rising"):
        tabulated_errors([0.02, 0.01], [0.1, 0.2])
    negative = CorrectedStage(lambda t: t, lambda t: -t, 0.1, 1, 0, 1, 1, 1)
    with pytest.raises(OutOfRangeError, match="error rate"):
        phase_boundary(negative)


def test_a_design_becomes_a_corrected_stage() -> None:
    """Krinner's mixing chamber: 19 uW at 20 mK hold the 168 qubits of its rated limit, and more."""
    design = load("krinner-xld400").replace(
        {"workload.correction_energy": "2e-14 J", "workload.correction_stage": "mxc"}
    )
    stage = corrected_stage(design, lambda t: np.full_like(t, 0.01), high=0.02)
    each = 19e-6 / float(stage.capacity(0.02))
    assert each == pytest.approx(stage.per_qubit + 1 / 1.1e-6 * 2e-14 * 0.01)
    # Whole groups of 8 at rated power, as solved: 168 of 173 (arXiv:2608.00990).
    assert 168 <= 19e-6 / stage.per_qubit < 176
    assert phase_boundary(stage).limited_by == "range"
    assert stage.low == pytest.approx(6e-3)
    # At the solved temperatures of a machine of whole groups the balance is the solver's own.
    design = load("inverted-4k-controllers").replace({"workload.correction_energy": "0 J"})
    solved = solve(design)
    stage = corrected_stage(design, np.zeros_like, high=30, temperatures=solved.temperatures)
    (point,) = fixed_points(stage, design.machine.qubits)
    assert point.temperature == pytest.approx(solved.stage("4k").temperature, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "why"), [("entropy-trap", "capacity"), ("uts-fridge", "response")]
)
def test_cooling_that_no_temperature_follows_is_refused(name: str, why: str) -> None:
    with pytest.raises(OutOfRangeError, match=why):
        corrected_stage(load(name), lambda t: 0 * t, high=5.0)


def test_constant_cooling_below_the_load_is_unbounded_at_any_number() -> None:
    """Model 08: 100 uW against 50 uW, no qubits counted."""
    trap = CorrectedStage(
        lambda t: np.full_like(t, 50e-6), np.zeros_like, 0.01, 1.0, 100e-6, 0.0, 0.0, 0.0
    )
    assert phases(trap, [0, 1]).tolist() == ["unbounded", "unbounded"]
