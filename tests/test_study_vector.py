"""Designs as arrays: every answer is that of the chain, point by point."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qubudget import evaluate
from qubudget.design import Design, load
from qubudget.errors import DesignError, OutOfRangeError, QubudgetError
from qubudget.impact.falling import deposits
from qubudget.pipeline import Chain
from qubudget.study.arrays.inputs import supported
from qubudget.study.arrays.table import ERROR, flat, unit_of
from qubudget.study.arrays.vector import vectorised
from qubudget.verdict import Verdict, cold_constraints

PRESETS = (
    "krinner-xld400",
    "willow-like",
    "thermal-wall",
    "inverted-4k-qubits",
    "uts-fridge",
    "million-qubit",
)
CHAIN = Chain("quick", 1)
ELECTRONVOLT = 1.602176634e-19  # J; SI definition
CHARGE = "coherence.channels.charge-noise.rate_per_s"

RANGES: dict[str, tuple[float, float]] = {
    "qubit.frequency": (4.5e9, 6.6e9),
    "qubit.anharmonicity": (1.8e8, 3.2e8),
    "qubit.excess_temperature": (0.0, 0.05),
    "qubit.gap_difference": (0.0, 2e10),
    "qubit.residual_quasiparticles": (0.0, 1e-7),
    "qubit.flux_bias": (0.0, 0.3),
    "qubit.saturation": (0.0, 2.0),
    "readout.shift": (2e5, 2e6),
    "readout.photons": (1.0, 50.0),
    "gates.two_qubit_time": (3e-8, 6e-8),
    "gates.readout_time": (2e-7, 5e-7),
    "workload.correction_energy": (0.0, 1e-11),
    "workload.one_qubit_gates": (4.0, 16.0),
    "radiation.gamma_reduction": (1.0, 100.0),
    "radiation.muon_intensity": (30.0, 120.0),
    "radiation.altitude": (0.0, 3000.0),
    "radiation.overburden": (0.0, 1e5),
    "stages.mxc.rated_power": (1e-5, 1e-3),
    "stages.4k.rated_power": (0.5, 4.0),
    "lines.drive.attenuation.mxc": (1.5, 1e3),
    "lines.drive.attenuation.cp": (1.0, 1e2),
    "lines.drive.cable_loss.4k": (1.0, 2.0),
    "lines.drive.load.mxc": (1e-9, 3e-8),
    "lines.drive.power_at_chip": (1e-11, 1e-9),
    "lines.flux.bias_current": (0.0, 1e-3),
    "lines.pump.attenuation.4k": (10.0, 1e3),
    "electronics.hemt.power": (1e-3, 1e-2),
    "measured.burst_rate": (0.01, 1.0),
}
LOGARITHMIC = ("stages.", "electronics.", "lines.")


def _has(design: Design, key: str, value: float) -> bool:
    """Whether a line of the design reaches the stage that a key names."""
    try:
        design.with_si({key: value})
    except DesignError:
        return False
    return True


def _values(design: Design, rng: np.random.Generator, keys: list[str], size: int) -> dict[str, Any]:
    """Random values of the keys that a design has."""
    members = ("stages", "lines", "electronics")
    parts = {f"{section}.{part.name}" for section in members for part in getattr(design, section)}
    found: dict[str, Any] = {}
    for key in keys:
        low, high = RANGES[key]
        section, name, *_ = key.split(".")
        if section in members and f"{section}.{name}" not in parts:
            continue
        if section == "lines" and not _has(design, key, low):
            continue
        if key.startswith(LOGARITHMIC) and low > 0:
            found[key] = np.exp(rng.uniform(np.log(low), np.log(high), size))
        else:
            found[key] = rng.uniform(low, high, size)
    material = design.dielectrics[0]
    found[f"dielectrics.{material.name}.tan_delta"] = material.tan_delta * rng.uniform(0.2, 5, size)
    found["machine.qubits"] = rng.integers(1, 2 * design.machine.qubits + 2, size)
    found["machine.total_qubits"] = np.full(size, 3 * design.machine.qubits + 10)
    return found


def _point(design: Design, values: dict[str, Any], index: int) -> Design:
    point = {key: np.asarray(value)[index].item() for key, value in values.items()}
    whole = {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in point.items()}
    return design.with_si(whole)


def _report(design: Design, whole: bool = False) -> dict[str, Any]:
    """What the chain says of one design, by dotted names; ``whole``: with all that a report has."""
    thermal, coherence, feedback = CHAIN.cold(design)
    if whole:
        document = evaluate(design, wings=("coherence",)).to_dict()
    else:
        document = {
            "thermal": thermal.to_dict(),
            "coherence": coherence.to_dict(),
            "feedback": feedback.to_dict(),
        }
    found = dict(flat(document))
    verdict = Verdict(cold_constraints(design, thermal, coherence), ())
    found["cold.feasible"] = verdict.feasible
    found["cold.binding_constraint"] = verdict.binding.name
    fallen = deposits(design)
    for name in ("total", "muon", "gamma", "hadron", "phonon_burst"):
        found[f"impact.rate_per_s.{name}"] = getattr(fallen.rates, name)
    found["impact.modelled.rate_per_s"] = fallen.rates.modelled
    found["impact.mean_deposit_eV"] = fallen.all.power / fallen.all.total / ELECTRONVOLT
    return found


def _assert_same(found: dict[str, NDArray[Any]], index: int, wanted: dict[str, Any]) -> None:
    for name, column in found.items():
        if name == ERROR:
            continue
        value, expected = column[index], wanted.get(name)
        if isinstance(value, str):
            assert value == (expected or ""), name
        elif expected is None:
            assert np.isnan(value), name
        elif name == CHARGE:
            # The diagonalisation of one design rounds the dispersion by about 1e-4 Hz, its own
            # statement; 1e-4 Hz at 1e-4 electrons is 3e-7 1/s.
            assert value == pytest.approx(expected, rel=1e-9, abs=1e-5), name
        else:
            assert value == pytest.approx(float(expected), rel=1e-9, abs=0), name


def _compare(
    design: Design, values: dict[str, Any], whole: bool = False
) -> dict[str, NDArray[Any]]:
    found = vectorised(design, values)
    for index in range(len(next(iter(values.values())))):
        try:
            wanted = _report(_point(design, values, index), whole)
        except QubudgetError:
            assert found[ERROR][index], f"point {index} is refused by the chain"
            t1 = found.get("coherence.t1_s")
            assert t1 is None or np.isnan(t1[index])
            continue
        assert not found[ERROR][index], found[ERROR][index]
        _assert_same(found, index, wanted)
    return found


@pytest.mark.parametrize("preset", PRESETS)
@settings(max_examples=3, phases=[Phase.generate])
@given(seed=st.integers(0, 10**6))
def test_random_designs_equal_the_loop(preset: str, seed: int) -> None:
    design = load(preset).replace({"cryostat.samples": 0})
    rng = np.random.default_rng(seed)
    keys = rng.permutation(sorted(RANGES)).tolist()[:14]
    _compare(design, _values(design, rng, keys, 3))


@pytest.mark.parametrize("preset", PRESETS[:-1])
def test_a_random_design_equals_the_whole_report(preset: str) -> None:
    design = load(preset).replace({"cryostat.samples": 0})
    keys = sorted(set(RANGES) - {"qubit.gap_difference", "workload.one_qubit_gates"})
    values = _values(design, np.random.default_rng(2), keys, 1)
    assert len(values) >= 12
    _compare(design, values, whole=True)


def test_everything_at_once_equals_the_loop() -> None:
    design = load("krinner-xld400").replace({"cryostat.samples": 0})
    values = _values(design, np.random.default_rng(5), sorted(RANGES), 4)
    assert len(values) > 25
    found = _compare(design, values)
    assert (found[ERROR] == "").any()


def test_runaway_and_normal_metal() -> None:
    design = load("krinner-xld400").replace({"cryostat.samples": 0})
    values = {
        "machine.qubits": np.array([8, 20, 8, 8]),
        "machine.total_qubits": np.full(4, 1000),
        "electronics.hemt.power": np.array([1e-3, 100.0, 1e-3, 1e-3]),
        "qubit.excess_temperature": np.array([0.0, 0.0, 2.0, 0.02]),
        "measured.t1": np.array([5e-5, 5e-5, 5e-5, 5e-5]),
    }
    found = _compare(design, values)
    assert found["thermal.status"].tolist() == ["STABLE", "RUNAWAY", "STABLE", "STABLE"]
    assert np.isnan(found["coherence.t1_s"][1])
    # Aluminium is normal at 2 K: the measured T1 stands, the model has none.
    assert found["coherence.t1_s"][2] == 5e-5
    assert np.isnan(found["coherence.t1_modelled_s"][2])


def test_refused_points_say_why_and_leave_the_others_alone() -> None:
    design = load("krinner-xld400").replace({"cryostat.samples": 0})
    resonator = design.readout.frequency
    values = {
        "qubit.frequency": np.array([5e9, resonator, 5e9, 5e9, 5e9, 5e9]),
        "stages.mxc.base_temperature": np.array([6e-3, 6e-3, 0.5, 6e-3, 6e-3, 6e-3]),
        "lines.drive.power_at_chip": np.array([1e-10, 1e-10, 1e-10, -1.0, 1e-10, 1e-10]),
        "workload.one_qubit_gates": np.array([16.0, 16.0, 16.0, 16.0, 1e4, 16.0]),
        "machine.qubits": np.array([10, 10, 10, 10, 10, 10.5]),
    }
    found = vectorised(design, values)
    reasons = found[ERROR].tolist()
    assert reasons[0] == ""
    parts = ["too close", "base_temperature", "power_at_chip", "per_group", "whole numbers"]
    for reason, part in zip(reasons[1:], parts, strict=True):
        assert part in reason
    assert np.isnan(found["coherence.t1_s"][1:]).all()
    assert np.isnan(found["impact.rate_per_s.total"][1:]).all()
    _assert_same(found, 0, _report(_point(design, values, 0)))


def test_choices_and_lengths_are_grouped() -> None:
    design = load("krinner-xld400").replace({"cryostat.samples": 0})
    values = {
        "qubit.bath": np.array(["tls", "oscillator", "tls"]),
        "chip.thickness": np.array([4e-4, 4e-4, 5e-4]),
        "cryostat.loads": np.array(["fixed", "solved", "solved"]),
        "stages.still.rated_power": np.array([0.03, 0.04, 0.05]),
        "stages.cp.shield_area": np.array([0.1, 0.2, 0.0]),
        "stages.cp.emissivity": np.array([0.1, 0.01, 0.1]),
        "lines.drive.attenuation.cp": np.array([1.0, 100.0, 10.0]),
        "qubit.film": np.array(["Nb", "Al", "Ta"]),
    }
    assert [supported(key) for key in values] == [False] * 3 + [True] * 4 + [False]
    _compare(design, values)


def test_a_measured_t2_that_no_qubit_has_is_refused() -> None:
    design = load("krinner-xld400").replace({"cryostat.samples": 0})
    values = {
        "measured.t2": np.array([2e-5, 1.0, 3e-5]),
        "dielectrics.everything.tan_delta": np.array([1e-6, 1e-6, 2e-6]),
    }
    values = {k.replace("everything", design.dielectrics[0].name): v for k, v in values.items()}
    found = _compare(design, values)
    assert "measured.t2" in found[ERROR][1]
    assert np.isnan(found["impact.rate_per_s.total"]).tolist() == [False, True, False]


def test_no_number_is_no_choice() -> None:
    values = {"chip.thickness": np.array([4e-4, np.nan]), "qubit.frequency": np.full(2, 5e9)}
    found = vectorised(load("krinner-xld400"), values)
    assert [bool(reason) for reason in found[ERROR]] == [False, True]


def test_a_measured_response_in_and_beyond_its_range() -> None:
    # The published heater runs put 3 to 70 uW on the mixing chamber, rated for 20 uW.
    fridge = load("uts-fridge").replace({"cryostat.samples": 0})
    found = _compare(fridge, {"lines.drive.load.mxc": np.array([1e-9, 3e-7, 3e-6])})
    assert found["thermal.stages.mxc.extrapolated"].tolist() == [1, 0, 1]
    assert np.all(np.diff(found["thermal.stages.mxc.temperature_K"]) > 0)
    measured = fridge.replace({"measured.load": {"still": "35 mW"}})
    _compare(measured, {"qubit.tls_noise": np.array([10.0, 90.0])})


def test_designs_that_are_no_arrays_are_computed_one_by_one() -> None:
    master = load("krinner-xld400").replace({"cryostat.samples": 0, "gates.model": "lindblad"})
    _compare(master, {"qubit.tls_noise": np.array([10.0, 90.0])})


def test_answers_depend_on_the_point_alone() -> None:
    design = load("willow-like")
    rng = np.random.default_rng(3)
    values = _values(design, rng, sorted(set(RANGES) - {"measured.burst_rate"}), 400)
    whole = vectorised(design, values)
    parts = vectorised(design, values, chunk=37)
    order = rng.permutation(400)
    shuffled = vectorised(design, {key: value[order] for key, value in values.items()})
    for name, column in whole.items():
        np.testing.assert_array_equal(parts[name], column, err_msg=name)
        np.testing.assert_array_equal(shuffled[name], column[order], err_msg=name)


def test_feedback_of_correction_is_iterated_for_every_point() -> None:
    design = load("inverted-4k-qubits").replace({"cryostat.samples": 0})
    energies = np.array([0.0, 1e-12, 1e-10, 1e-9, 1e-8])
    found = _compare(design, {"workload.correction_energy": energies})
    assert found["feedback.passes"][0] == 1
    assert found["feedback.passes"].max() > 2
    # Its heat is energy times a rate that falls only with the errors: never below that of a
    # machine as cold as without.
    assert np.all(np.diff(found["feedback.correction_power_W"]) > 0)


def test_unknown_keys_and_uneven_columns() -> None:
    design = load("krinner-xld400")
    with pytest.raises(DesignError, match=re.escape("lines.drvie.count")):
        vectorised(design, {"lines.drvie.count": [1, 2]})
    with pytest.raises(DesignError, match=re.escape("qubit.frequncy")):
        vectorised(design, {"qubit.frequncy": [5e9]})
    with pytest.raises(OutOfRangeError, match="one value"):
        vectorised(design, {"machine.qubits": [1, 2], "qubit.frequency": [5e9]})
    with pytest.raises(OutOfRangeError, match="one value"):
        vectorised(design, {})


def test_units_of_all_columns() -> None:
    found = vectorised(load("krinner-xld400"), {"machine.qubits": [49]})
    units = {name: unit_of(name) for name in found}
    assert units["thermal.stages.mxc.load_W"] == "W"
    assert units["coherence.gate.readout_error"] == "1"
    assert units["impact.mean_deposit_eV"] == "eV"
    assert units["thermal.status"] == ""
    assert set(units.values()) == {"", "1", "K", "W", "s", "1/s", "eV"}
