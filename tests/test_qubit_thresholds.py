"""Where each model reaches a fidelity, the dual mandate, and shots that tell errors apart."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import kv

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.qubit.assembly import coherence
from qubudget.qubit.budget import Channel
from qubudget.qubit.gap import gap_at
from qubudget.qubit.mandate import mandate
from qubudget.qubit.shots import benchmarking_shots, distinguishable, samples_to_distinguish
from qubudget.qubit.stressed import StressedQubit
from qubudget.qubit.thresholds import (
    design_thresholds,
    fidelity_of,
    loss_limit,
    temperature_limit,
)

NIOBIUM = StressedQubit.of_metal("Nb")
HALF_QUANTUM = PLANCK * 5e9 / (2 * BOLTZMANN)  # hf/2k, K


def needed_rate(fidelity: float) -> float:
    """1/T1 that gives a 20 ns gate its fidelity without dephasing: c^2 + 2c = 6F - 3, r = c^2."""
    return -2 * math.log(-1 + math.sqrt(6 * fidelity - 2)) / 20e-9


@pytest.mark.parametrize("fidelity", [0.99, 0.999, 0.9999])
@pytest.mark.parametrize("temperature", [0.01, 1.0, 4.0])
def test_published_loss_limit_is_its_formula_inverted(fidelity: float, temperature: float) -> None:
    coth = 1 / math.tanh(HALF_QUANTUM / temperature)
    expected = (-math.log(fidelity) / 20e-9 - 3.5e3) / (6e9 * coth)
    found = loss_limit("published-code", fidelity, temperature)
    assert found.value == pytest.approx(expected, rel=3e-6)
    assert found.reason == ""


def test_published_table_s_loss_limit_solves_its_quadratic() -> None:
    # K coth s^2 + (100/sqrt(1e-9)) s = -ln(F)/t with s = sqrt(tan_delta)
    a, b, c = 6e9 / math.tanh(HALF_QUANTUM / 4), 100 / math.sqrt(1e-9), math.log(0.999) / 20e-9
    expected = ((-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)) ** 2
    assert loss_limit("published-table", 0.999, 4.0).value == pytest.approx(expected, rel=3e-6)


def test_published_temperature_limit_is_its_formula_inverted() -> None:
    share = 6e9 * 3e-7 / (-math.log(0.999) / 20e-9 - 3.5e3)
    found = temperature_limit("published-code", 0.999, 3e-7)
    assert found.value == pytest.approx(HALF_QUANTUM / math.atanh(share), rel=3e-6)


@pytest.mark.parametrize("fidelity", [0.999, 0.9999])
def test_physical_loss_limit_of_a_cold_two_level_bath(fidelity: float) -> None:
    expected = needed_rate(fidelity) / (2 * math.pi * 5e9)
    for temperature in (0.01, 0.4):  # niobium's quasiparticles are frozen out at both
        assert loss_limit(NIOBIUM, fidelity, temperature).value == pytest.approx(expected, rel=3e-6)


def test_physical_temperature_limit_is_where_quasiparticles_take_the_rest() -> None:
    limit = temperature_limit(NIOBIUM, 0.999, 1e-7).value
    assert limit is not None
    assert limit == pytest.approx(1.21, abs=0.005)
    z = HALF_QUANTUM / limit
    gap = float(gap_at(NIOBIUM.junction.gap, 9.2, limit))
    tunnelling = 4 * 2 * 5e9 * math.exp(-gap / (BOLTZMANN * limit)) * math.cosh(z) * kv(0, z)
    dielectric = 2 * math.pi * 5e9 * 1e-7
    assert tunnelling + dielectric == pytest.approx(needed_rate(0.999), rel=1e-4)


@settings(max_examples=15)
@given(
    fidelity=st.floats(0.9, 0.99999),
    temperature=st.floats(2e-3, 5.0),
    model=st.sampled_from([NIOBIUM, "published-code", "published-table"]),
)
def test_a_limit_passes_and_a_little_more_fails(
    fidelity: float, temperature: float, model: StressedQubit
) -> None:
    limit = loss_limit(model, fidelity, temperature)
    if limit.value is None:
        assert "alone" in limit.reason
        return
    at, beyond = (fidelity_of(model, temperature, f * limit.value) for f in (1.0, 1.00001))
    assert at is not None
    assert beyond is not None
    assert at >= fidelity > beyond
    hot = temperature_limit(model, fidelity, limit.value)
    # At the limit's loss the temperature limit is this temperature, or above in a flat bath.
    assert hot.value is not None
    assert hot.value >= temperature * (1 - 1e-4)


def test_reasons_name_the_channel_that_alone_exceeds() -> None:
    assert loss_limit("published-code", 0.99999, 0.01).reason.count("its floor 7e-05 alone") == 1
    hot = loss_limit(NIOBIUM, 0.999, 4.0)
    assert hot.value is None
    assert "thermal-quasiparticles 0.5 alone, 0.001 allowed" in hot.reason
    assert loss_limit(NIOBIUM, 0.999, 10.0).reason == "Nb is normal at 10 K"
    lossy = temperature_limit(NIOBIUM, 0.999, 1e-4)
    assert lossy.value is None
    assert "dielectric loss" in lossy.reason
    # 1/T1 alone errs by t/(3 T1), 1/Tphi alone by t/(3 Tphi): each 0.67 of the 1e-3 allowed
    pair = (
        Channel("purcell", "relaxation", 1e5),
        Channel("flux-noise", "dephasing", 1e5, decay="exponential"),
    )
    both = loss_limit(replace(NIOBIUM, others=pair), 0.999, 0.01)
    assert both.value is None
    assert "no channel alone exceeds 0.001" in both.reason
    assert "purcell 0.00067 alone" in loss_limit(
        replace(NIOBIUM, others=pair[:1]), 0.9999, 0.01
    ).reason  # fmt: skip


def test_the_end_of_the_search_is_said() -> None:
    found = temperature_limit("published-code", 0.999, 1e-10)
    assert found.value == 300.0
    assert "end of the search" in found.reason
    gentle = replace(NIOBIUM, gate_time=1e-13)
    assert loss_limit(gentle, 0.99, 0.01).reason == "reached with any loss tangent"


@pytest.mark.parametrize("fidelity", [0.5, 1.0, 99.9, math.nan])
def test_refuses_what_is_no_fidelity(fidelity: float) -> None:
    with pytest.raises(OutOfRangeError, match="fidelity"):
        loss_limit(NIOBIUM, fidelity, 0.01)
    with pytest.raises(OutOfRangeError, match="fidelity"):
        temperature_limit("published-code", fidelity, 1e-7)


def test_thresholds_of_designs() -> None:
    design = load("krinner-xld400")
    rated = {s.name: s.rated_temperature for s in design.stages}
    cold = [t.to_dict() for t in design_thresholds(design, coherence(design, rated))]
    json.dumps(cold, allow_nan=False)
    assert [(t["model"], t["fidelity"]) for t in cold] == [
        ("physical", 0.999), ("physical", 0.9999),
        ("published-code", 0.999), ("published-code", 0.9999),
    ]  # fmt: skip
    losses = [t["tan_delta_max"] for t in cold]
    assert losses[0] > losses[1] > 0
    assert losses[2] > losses[3] > 0
    assert 0.02 < cold[0]["temperature_max_K"] < 0.3 < cold[2]["temperature_max_K"]
    hot = design_thresholds(design, coherence(design, rated | {"mxc": 4.0}))
    assert hot[0].loss.value is None
    assert hot[0].loss.reason == "Al is normal at 4 K"
    assert hot[2].loss.value is not None
    lost = design_thresholds(design, coherence(design, rated, stable=False))
    assert {t.loss.value for t in lost} == {None}
    assert {t.loss.reason for t in lost} == {"the chip has no temperature"}


def test_mandate_at_the_papers_threshold() -> None:
    judged = mandate(NIOBIUM)
    physical, code, table = judged.materials
    assert (physical.model, code.model, table.model) == (
        "physical", "published-code", "published-table",
    )  # fmt: skip
    assert not physical.sufficient
    assert physical.necessary is None
    assert physical.temperature.value == pytest.approx(1.21, abs=0.005)
    # exp(-20 ns (3.5e3 + 6e9 1e-7 33.35)/s) = 0.99953; 99.9 % bears a loss of 2.3e-7
    assert code.fidelity_at_bound == pytest.approx(0.99953, abs=1e-5)
    assert code.loss.value == pytest.approx(2.325e-7, rel=1e-3)
    assert (code.sufficient, code.necessary) == (True, False)
    assert (table.sufficient, table.necessary) == (True, False)
    # 1 W over 1 mW; a million in 1 W take 1 uW each
    assert (judged.qubits_in_budget, judged.power_needed) == (1000.0, 1e-6)
    assert (judged.power_sufficient, judged.power_necessary) == (False, True)
    json.dumps(judged.to_dict(), allow_nan=False)


def test_mandate_at_its_own_99_96_percent() -> None:
    _, code, table = mandate(NIOBIUM, fidelity=0.9996).materials
    assert (code.sufficient, code.necessary) == (False, True)
    assert (table.sufficient, table.necessary) == (False, True)
    cold = mandate(NIOBIUM, fidelity=0.9996, temperature=0.01, qubits=500)
    assert all(verdict.sufficient for verdict in cold.materials)
    assert (cold.power_sufficient, cold.power_necessary) == (True, False)


def test_two_proportions_as_r_has_them() -> None:
    # R's documentation of power.prop.test: n = 50 gives power 0.740, power .90 gives n = 76.7
    assert samples_to_distinguish(0.5, 0.75, power=0.7401659) == pytest.approx(50, abs=0.05)
    assert samples_to_distinguish(0.5, 0.75, power=0.9) == pytest.approx(76.7, abs=0.05)
    assert samples_to_distinguish(0.75, 0.5) == samples_to_distinguish(0.5, 0.75)
    assert samples_to_distinguish(0.3, 0.3) == math.inf


def test_false_alarms_and_power_are_as_asked() -> None:
    # z test at the computed size, 20,000 trials: standard errors 0.0015 and 0.003, so that the
    # tolerances (with 0.01 for discreteness) leave a false alarm below 1e-6.
    length, shots = benchmarking_shots(1e-3, 2e-3)
    size = math.ceil(shots)
    equal, other = (0.5 + 0.5 * (1 - 2 * r) ** length for r in (1e-3, 2e-3))
    rng = np.random.default_rng(7)
    for truth, expected, tolerance in ((equal, 0.05, 0.018), (other, 0.8, 0.025)):
        first, second = (rng.binomial(size, p, 20_000) / size for p in (equal, truth))
        mean = (first + second) / 2
        z = (first - second) / np.sqrt(2 * mean * (1 - mean) / size)
        assert np.mean(np.abs(z) > 1.959964) == pytest.approx(expected, abs=tolerance)
    assert distinguishable(1e-3, 2e-3, size)
    assert not distinguishable(1e-3, 2e-3, size - 1)
    assert not distinguishable(1e-3, 1e-3, 1e12)
    assert not distinguishable(1e-3, 2e-3, size, power=0.99)


@pytest.mark.parametrize(
    ("first", "second"), [(0.0, 1e-3), (1e-3, 0.6), (-1e-3, 1e-3), (math.nan, 1e-3)]
)
def test_shots_refuse_what_is_no_error(first: float, second: float) -> None:
    with pytest.raises(OutOfRangeError):
        benchmarking_shots(first, second)
    with pytest.raises(OutOfRangeError):
        samples_to_distinguish(1.5, 0.5)
    with pytest.raises(OutOfRangeError, match="power"):
        samples_to_distinguish(0.5, 0.6, power=1.0)
