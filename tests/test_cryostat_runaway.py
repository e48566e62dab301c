"""Runaway by error correction: against closed forms of the fixed points, their loops and times."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from qubudget.cryostat.correction import corrected_stage
from qubudget.cryostat.runaway import (
    CorrectedStage,
    hysteresis,
    phase_boundary,
    phase_diagram,
    phases,
)
from qubudget.cryostat.stability import fixed_points
from qubudget.cryostat.threshold import correction_heats, judge_threshold, tabulated_errors
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


def test_fixed_points_of_the_scan_lie_on_the_curve_of_qubits() -> None:
    stage = quartic()
    for qubits in (100.0, 700.0):
        points = fixed_points(
            lambda t, n=qubits: float(stage.heating(t, n)),
            lambda t: float(stage.cooling(np.asarray(t))),
            stage.low,
            stage.high,
        )
        assert [p.stable for p in points] == [True, False]
        for point in points:
            assert float(stage.capacity(point.temperature)) == pytest.approx(qubits, rel=1e-9)


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
    points = fixed_points(
        lambda t: float(stage.heating(t, 1000)), lambda t: COOLING * t**2, 0.001, 1.0
    )
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
    with pytest.raises(OutOfRangeError, match=r"6\.89 K"):
        mole(8.0)


# Corrections per qubit and cycle of the willow-like preset by this package's qubit model, its
# measured values left out, at mixing-chamber temperatures from 8 to 120 mK (see docs/runaway.md).
TEMPERATURE = [0.008, 0.01, 0.014, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12]
ERRORS = [
    0.009217, 0.009217, 0.009217, 0.009217, 0.009235, 0.009514, 0.010808, 0.014088, 0.028972,
    0.055056, 0.089979,
]  # fmt: skip


@pytest.mark.parametrize("index", [1, 5, 8])
def test_the_stated_errors_are_those_of_the_qubit_model(index: int) -> None:
    """Gates and read-outs of a cycle times their errors, per qubit, at three of the temperatures.

    A fifth of play: the qubit model may be refined without changing what is said here.
    """
    design = load("willow-like").replace({"measured": {}})
    cold = TEMPERATURE[index]
    stages = {s.name: max(cold, s.rated_temperature) for s in design.stages} | {"mxc": cold}
    gate, work = coherence(design, stages).gate, design.workload
    events = (
        work.one_qubit_gates * gate.one_qubit_error
        + work.two_qubit_gates * gate.two_qubit_error
        + work.readouts * gate.readout_error
    )
    assert events / design.machine.group_size == pytest.approx(ERRORS[index], rel=0.2)


def test_the_papers_threshold_needs_heat_in_every_cycle_at_the_coldest_stage() -> None:
    judged = judge_threshold(tabulated_errors(TEMPERATURE, ERRORS), hottest=0.08)
    by = {(j.fridge, j.heat, j.spent): j for j in judged}
    paper, xld400 = "fixed 50 uW at 10 mK", "XLD400"
    # By hand: 50 uW over 18 nW per cell (Pauka 2021), every cycle: a few thousand qubits.
    cell = by[paper, "charge-locking CMOS", "per cycle"]
    assert cell.qubits == pytest.approx(50e-6 / 18e-9)
    assert cell.holds
    assert not cell.runs_away
    # The same cell only when there is something to correct: a hundred times more.
    assert by[paper, "charge-locking CMOS", "per error"].qubits == pytest.approx(
        50e-6 / 18e-9 / ERRORS[1]
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
    warm = corrected_stage(design, lambda t: 0 * t, high=4.2, stage="4k", extra={"4k": 0.5})
    assert warm.fixed == pytest.approx(0.5)


def test_a_fixed_stage_has_the_papers_cooling_and_a_response_none() -> None:
    trap = corrected_stage(load("entropy-trap"), lambda t: 0 * t, high=1.0, stage="mxc")
    # Model 08: 100 uW against 50 uW, no qubits counted: unbounded at any number.
    assert trap.fixed == pytest.approx(100e-6)
    assert float(trap.cooling(np.asarray(0.5))) == pytest.approx(50e-6)
    assert phases(trap, [0, 1]).tolist() == ["unbounded", "unbounded"]
    with pytest.raises(OutOfRangeError, match="response"):
        corrected_stage(load("uts-fridge"), lambda t: 0 * t, high=1.0)
