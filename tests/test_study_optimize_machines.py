"""Optimisation of whole machines: 500 qubits in one refrigerator, a million in many."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import pytest

from qubudget.design import Design, load
from qubudget.pipeline import Chain
from qubudget.study.optimization.optimize import grown, optimize
from qubudget.study.optimization.result import OptimizeResult
from qubudget.verdict import coherence_constraints, thermal_constraints


@cache
def krinner() -> Design:
    return load("krinner-xld400")


def test_a_design_that_passes_needs_nothing() -> None:
    found = optimize(krinner(), CHANGES, ["thermal", "coherence"], trials=30)
    assert found.answers[0].changes == ()
    assert found.answers[0].cost == 0
    assert found.steps == ()


def test_grown_leaves_no_count_of_the_machine_as_built() -> None:
    """Krinner's 8 amplifiers for 50 qubits; 500 qubits are 63 groups of two each."""
    larger = grown(krinner(), 500)
    assert larger.machine.total_qubits == 500
    assert all(line.count is None for line in larger.lines)
    thermal, _, _ = Chain("quick", 1).cold(larger)
    hemt = next(load for load in thermal.loads if load.item == "hemt")
    assert hemt.watts == pytest.approx(126 * 10.5e-3)


CHANGES = [
    "stages.50k.units+stages.4k.units=1..6:10",
    "stages.still.units+stages.cp.units+stages.mxc.units=1..8:10",
    "lines.drive.cable=SC-086/50-SCN-CN Bluefors HDW,Delft Cri/oFlex Ag:5",
    "lines.drive.attenuation.mxc=10 dB..30 dB:0.2",
    "electronics.hemt.power=1 mW..10.5 mW:3",
    "lines.flux.bias_current=0.05 mA..0.57 mA:1",
]


@pytest.fixture(scope="module")
def five_hundred() -> OptimizeResult:
    return optimize(grown(krinner(), 500), CHANGES, ["thermal", "coherence"], trials=150)


def test_500_qubits_in_one_fridge_pass_with_more_coolers(five_hundred: OptimizeResult) -> None:
    """Each pulse tube unit is 30 W at 45 K; 70 W of cables need at least two of them."""
    best = five_hundred.answers[0]
    design = grown(krinner(), 500).replace(best.written)
    thermal, coherence, _ = Chain("quick", 1).cold(design)
    constraints = [*thermal_constraints(thermal), *coherence_constraints(design, coherence)]
    assert all(constraint.passed for constraint in constraints)
    assert design.stage("50k").units >= 2
    assert best.cost < 40  # two coolers more of each kind, by hand, cost 60
    assert best.cost == pytest.approx(math.fsum(change.cost for change in best.changes))


def test_no_change_of_the_answer_can_be_left_out(five_hundred: OptimizeResult) -> None:
    best = five_hundred.answers[0]
    for change in best.changes:
        keys = change.name.split("+")
        fewer = {key: value for key, value in best.written.items() if key not in keys}
        design = grown(krinner(), 500).replace(fewer)
        thermal, coherence, _ = Chain("quick", 1).cold(design)
        constraints = [*thermal_constraints(thermal), *coherence_constraints(design, coherence)]
        assert not all(constraint.passed for constraint in constraints)


def test_the_waterfall_ends_at_nothing_lacking(five_hundred: OptimizeResult) -> None:
    steps = five_hundred.steps
    assert len(steps) == len(five_hundred.answers[0].changes)
    assert steps[0].before > 1
    assert steps[-1].after == 0
    for one, following in pairwise(steps):
        assert following.before == one.after
    failing = {c.name for c in five_hundred.today.checks if not c.passed}
    assert {name for step in steps for name in step.mended} == failing


def test_500_qubits_at_distance_five_are_forbidden_by_logical_errors() -> None:
    """No refrigerator helps: gates of 0.3 % cannot reach one error a day at d = 5."""
    found = optimize(grown(krinner(), 500), CHANGES, ["verdict.feasible"], trials=40, seed=2)
    assert not found.feasible
    assert found.forbidden == ("logical_errors_per_day",)
    assert found.reaches[0].best.value > 1e6
    assert 1 <= found.looks[1] <= 4
    assert found.looks[2] == 0  # quiet errors fail, so bursts are never simulated


def test_a_million_qubits_are_forbidden_by_logical_errors_not_by_the_refrigerator() -> None:
    """A second pulse tube mends the 4 K stage; d = 25 stays above one error a day."""
    changes = [
        "stages.50k.units+stages.4k.units=1..2:10", "electronics.controller.power=1 mW..2 mW:1",
    ]  # fmt: skip
    design = load("million-qubit")
    cold = optimize(design, changes, ["thermal", "coherence"], trials=40)
    assert cold.feasible
    assert [c.name for c in cold.today.checks if not c.passed] == ["heat.4k", "temperature.4k"]
    whole = optimize(design, changes, trials=20)
    assert whole.forbidden == ("logical_errors_per_day",)
    assert "quiet" in whole.reaches[0].best.reason


def test_requirements_as_comparisons_and_short_names() -> None:
    """Half of every stage's cooling left at 500 qubits; watts at the wall below a limit."""
    design = grown(krinner(), 500)
    found = optimize(
        design, CHANGES, ["thermal", "thermal.margin>=0.2", "wall_power<2e5"],
        ["wall_power", "cost"], trials=150,
    )  # fmt: skip
    assert found.feasible
    for answer in found.answers:
        margins = {c.name: c for c in answer.checks}
        assert margins["thermal.margin>=0.2"].value >= 0.2
        heat = [c.margin for c in answer.checks if c.name.startswith("heat.")]
        assert min(heat) == pytest.approx(margins["thermal.margin>=0.2"].value)
        assert answer.objectives["wall_power"] < 2e5
    one = found.answers[0]
    thermal, _, _ = Chain("quick", 1).cold(design.replace(one.written))
    assert thermal.machine_wall_power == pytest.approx(one.objectives["wall_power"])


def test_points_out_of_range_and_runaways_are_violations_not_errors() -> None:
    """A stage held at its temperature whose load is too large runs away; a gate too short for
    its pulse is refused."""
    design = grown(krinner(), 500).replace(
        {"stages.mxc.cooling": "fixed", "stages.mxc.base_temperature": None}
    )
    changes = [
        "stages.mxc.units=1..4:1", "stages.cp.units=1..4:1", "gates.one_qubit_time=1 ns..25 ns:1",
        "stages.50k.units+stages.4k.units=1..3:1",
    ]  # fmt: skip
    found = optimize(design, changes, ["thermal", "coherence"], trials=120)
    assert found.feasible
    assert "gates.one_qubit_time" not in found.answers[0].written
    assert any(check.reason for check in found.today.checks)
