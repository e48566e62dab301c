"""The chain: feedback closed, measured beats computed, remedies that really pass."""

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qubudget import evaluate, load, loads
from qubudget.errors import DesignError
from qubudget.pipeline import Chain, correction_power
from qubudget.search import edge, smallest
from qubudget.verdict import Constraint, coherence_constraints, thermal_constraints

Document = Callable[[str], dict[str, Any]]
BEARABLE = {
    "targets.logical_errors_per_day": 1e12, "code.distance": 3, "chip.transport": "hot-spot",
}  # fmt: skip
"""Where heat and gates are the matter: few logical qubits to simulate, and nothing to mend."""


def test_the_heat_of_correction_is_a_fixed_point() -> None:
    design = load("inverted-4k-controllers").replace({"workload.correction_energy": "50 nJ"})
    thermal, coherence, feedback = Chain("quick", 1).cold(design)
    assert feedback.passes > 1
    assert feedback.residual <= 1e-9
    assert correction_power(design, coherence) == pytest.approx(feedback.power, rel=1e-8)
    booked = [load for load in thermal.loads if load.kind not in ("passive", "signal")]
    assert any(math.isclose(load.watts, feedback.power, rel_tol=1e-8) for load in booked)


def test_without_energy_per_correction_there_is_no_feedback() -> None:
    _, _, feedback = Chain("quick", 1).cold(load("krinner-xld400"))
    assert (feedback.power, feedback.passes) == (0.0, 1)


def test_the_heat_of_correction_counts_errors_by_hand() -> None:
    """E x groups x (n1 e1 + n2 e2 + nr er) / t, with the numbers of the preset."""
    design = load("krinner-xld400").replace(
        {"workload.correction_energy": "1 nJ", "measured.one_qubit_error": 1e-3,
         "measured.two_qubit_error": 1e-2, "measured.readout_error": 2e-2}
    )  # fmt: skip
    _, coherence, feedback = Chain("quick", 1).cold(design)
    assert feedback.power == pytest.approx(1e-9 * 7 * (16e-3 + 0.16 + 0.08) / 1.1e-6)
    assert coherence.gate.two_qubit_error == 1e-2


def test_measured_beats_computed_and_both_are_shown(document: Document) -> None:
    coherence = document("willow-like")["coherence"]
    assert coherence["t1_s"] == pytest.approx(68e-6)
    assert coherence["t1_modelled_s"] != coherence["t1_s"]
    thermal = load("krinner-xld400").replace({"measured.temperature.mxc": "14 mK"})
    stage = evaluate(thermal, wings=("thermal",)).to_dict()["thermal"]["stages"][-1]
    assert stage["temperature_K"] == 0.014
    assert 0.011 < stage["modelled_temperature_K"] < 0.012


def test_a_colder_stage_means_fewer_photons_in_the_qubit() -> None:
    chain = Chain("quick", 1)
    base = load("krinner-xld400")
    warm = base.replace({"measured.temperature.mxc": "60 mK"})
    (_, cold, _), (_, hot, _) = chain.cold(base), chain.cold(warm)
    assert cold.thermal_population is not None
    assert hot.thermal_population is not None
    assert hot.thermal_population > cold.thermal_population


def test_above_the_critical_temperature_no_t1_is_invented() -> None:
    design = load("inverted-4k-qubits").replace({"qubit.junction": "Al"})
    report = evaluate(design).to_dict()
    assert report["coherence"]["t1_s"] is None
    assert report["impact"]["t1_min_s"] is None
    assert report["qec"]["logical_errors_per_day"] is None
    assert report["verdict"]["binding_constraint"] == "superconducting.junction"
    constraint = next(c for c in report["verdict"]["constraints"]
                      if c["name"] == "superconducting.junction")  # fmt: skip
    assert not constraint["passed"]
    assert any(change["value"] == "Nb" for change in constraint["would_pass"])


def passes(design: Any, name: str) -> bool:
    thermal, coherence, _ = Chain("quick", 1).cold(design)
    found = [*thermal_constraints(thermal), *coherence_constraints(design, coherence)]
    return next(c for c in found if c.name == name).passed


def remedy(report: dict[str, Any], name: str, key: str) -> float:
    constraint = next(c for c in report["verdict"]["constraints"] if c["name"] == name)
    change = next(c for c in constraint["would_pass"] if c["key"] == key)
    value: float = change["value"]
    return value


def test_the_controller_power_that_would_pass_is_the_edge() -> None:
    hot = {"electronics.controller.power": "23 mW", **BEARABLE}
    design = load("inverted-4k-controllers").replace(hot)
    key, name = "electronics.controller.power", "heat.4k"
    found = remedy(evaluate(design).to_dict(), name, key)
    assert passes(design.with_si({key: found}), name)
    assert not passes(design.with_si({key: found * 1.001}), name)
    # By hand: (1.5 W - everything else at 4k) / 104 controllers.
    others = evaluate(design, wings=("thermal",)).thermal
    rest = sum(w.watts for w in others.loads if w.stage == "4k" and w.item != "controller")
    assert found == pytest.approx((1.5 - rest) / 104, rel=2e-3)


def test_the_loss_tangent_that_would_pass_is_the_edge() -> None:
    design = load("transmon-2010").replace(BEARABLE)
    found = remedy(evaluate(design).to_dict(), "one_qubit_error", "dielectrics.tan_delta")
    key = "dielectrics.effective.tan_delta"
    assert found < 2e-5
    assert passes(design.with_si({key: found}), "one_qubit_error")
    assert not passes(design.with_si({key: found * 1.001}), "one_qubit_error")


def test_more_qubits_than_the_fridge_holds_are_named() -> None:
    design = load("willow-like").replace(
        {"machine.qubits": 800, "machine.total_qubits": 800, **BEARABLE}
    )
    report = evaluate(design).to_dict()
    limit = report["thermal"]["max_qubits"]["by_stage"]["cp"]
    assert remedy(report, "heat.cp", "machine.qubits") == limit


@pytest.mark.parametrize(
    ("arguments", "key"),
    [({"effort": "huge"}, "effort"), ({"seed": -1}, "seed"), ({"seed": 1.5}, "seed"),
     ({"wings": ("cryostat",)}, "wings"), ({"wings": ()}, "wings")],
)  # fmt: skip
def test_wrong_arguments_are_refused(arguments: dict[str, Any], key: str) -> None:
    with pytest.raises(DesignError) as caught:
        evaluate(load("krinner-xld400"), **arguments)
    assert [problem.key for problem in caught.value.problems] == [key]


def test_the_steps_are_announced_in_order() -> None:
    said: list[str] = []
    evaluate(load("sota-2024"), wings=("impact",), progress=said.append)
    assert said == ["thermal", "impact"]


@pytest.mark.parametrize(
    ("value", "limit", "strict", "passed", "margin"),
    [(1.0, 2.0, False, True, 0.5), (2.0, 2.0, False, True, 0.0), (2.0, 2.0, True, False, 0.0),
     (3.0, 2.0, False, False, -0.5), (None, 2.0, False, False, None),
     (0.0, 0.0, False, True, None)],
)  # fmt: skip
def test_margins(
    value: float | None, limit: float, strict: bool, passed: bool, margin: float | None
) -> None:
    constraint = Constraint("x", value, limit, "W", strict=strict)
    assert constraint.passed == passed
    assert constraint.to_dict()["margin"] == margin


@given(st.floats(min_value=1e-3, max_value=1e3))
def test_bisection_finds_a_known_edge(root: float) -> None:
    found = edge(lambda x: x <= root, 1e4, 1e-4)
    assert found is not None
    assert found <= root
    assert found == pytest.approx(root, rel=1.1e-4)


def test_bisection_says_when_nothing_passes() -> None:
    assert edge(lambda x: False, 1.0, 1e-6) is None
    assert smallest(lambda n: False, 3, 61, 2) is None


@given(st.integers(min_value=3, max_value=61))
def test_the_smallest_that_passes(root: int) -> None:
    found = smallest(lambda n: n >= root, 3, 61, 2)
    assert found == root + (root + 1) % 2


def test_an_empty_burst_adds_nothing() -> None:
    """No event, no recovery: the lifetime is the background's alone."""
    quiet = loads(
        'base = "willow-like"\nname = "quiet"\n[radiation]\nmuon_intensity = "0 1/(m^2 s)"\n'
        'gamma_rate = "0 1/g/s"\nhadron_rate = "0 1/g/s"\n[code]\ndistance = 3\n'
    )
    report = evaluate(quiet, wings=("qec",)).to_dict()
    qec = report["qec"]
    per_cycle = qec["background"]["logical_error_per_cycle"]
    assert report["impact"]["rate_per_s"]["total"] == 0
    assert qec["logical_errors_per_day"] == pytest.approx(2 * per_cycle * 86400 / 1.1e-6, rel=1e-9)
