"""The sweep of temperature and loss tangent in both models."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.assembly import coherence
from qubudget.qubit.budget import Channel
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.gap import gap_at
from qubudget.qubit.published import VARIANTS, published_fidelity, published_t2_star
from qubudget.qubit.quasiparticles import (
    equilibrium_suppression,
    quasiparticle_rates,
    thermal_fraction,
)
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.stress import (
    LOSS_TANGENTS,
    TEMPERATURES,
    physical_stress,
    published_stress,
    stress_map,
)
from qubudget.qubit.stressed import StagePhotons, StressedQubit, effective_loss

NIOBIUM = StressedQubit.of_metal("Nb")
ALUMINIUM = StressedQubit.of_metal("Al")
NOISY = replace(
    ALUMINIUM,
    others=(
        Channel("drive", "relaxation", 500.0),
        Channel("shot", "dephasing", 3e3, decay="exponential"),
        Channel("flux", "dephasing", 5e3, decay="gaussian"),
        Channel("charge", "dephasing", 1.2e4, decay="gaussian"),
    ),
)
PHOTONS = StagePhotons(0.03, 1e4, 7e9, 2 * math.pi * 5e6, 2 * math.pi * 1e6, 2e-3)


def solve(name: str) -> CoherenceResult:
    design = load(name)
    return coherence(design, {s.name: s.rated_temperature for s in design.stages})


@pytest.mark.parametrize(
    ("metal", "temperature", "t1", "rel"),
    [  # T1 of thermal quasiparticles at 5 GHz: Catelani 2011 with Delta = 1.764 k Tc
        ("Al", 0.1, 67.6e-3, 1e-3),
        ("Al", 0.3, 24.1e-9, 1e-2),  # the gap is 0.02 % smaller than at zero temperature
        ("Nb", 1.0, 0.123e-3, 5e-3),
    ],
)
def test_quasiparticles_alone(metal: str, temperature: float, t1: float, rel: float) -> None:
    found = physical_stress(StressedQubit.of_metal(metal), temperature, 0.0)
    assert float(found.t1) == pytest.approx(t1, rel=rel)
    assert float(found.t2) == pytest.approx(2 * t1, rel=rel)


def test_two_level_bath_is_flat_and_oscillator_bath_grows_with_coth() -> None:
    cold = np.array([0.001, 0.02, 0.05])
    flat = physical_stress(NIOBIUM, cold, 3e-7)
    # 1/(2 pi 5 GHz 3e-7) = 106.1 us
    np.testing.assert_allclose(flat.t1, 106.103e-6, rtol=1e-5)
    # At 1 K (quasiparticles of a metal with a tenfold gap are frozen out): coth(hf/2kT) = 8.374
    hard = replace(NIOBIUM.junction, critical_temperature=92.0)
    warm = replace(NIOBIUM, junction=hard, film=hard, bath="oscillator")
    assert float(physical_stress(warm, 1.0, 3e-7).t1) == pytest.approx(106.103e-6 / 8.374, rel=1e-3)


@pytest.mark.parametrize(
    "qubit",
    [
        NIOBIUM,
        replace(NOISY, bath="oscillator"),
        replace(NOISY, bath="published"),
        replace(NOISY, saturation=3.0, exponent=0.8),
        replace(NOISY, gap_difference=12e9, frequency=6e9),
    ],
    ids=["plain", "oscillator", "published", "saturated", "two gaps"],
)
@pytest.mark.parametrize("temperature", [0.001, 0.05, 0.2, 1.1])
@pytest.mark.parametrize("loss", [1e-10, 3e-7, 1e-3])
def test_same_as_the_scalar_functions(
    qubit: StressedQubit, temperature: float, loss: float
) -> None:
    metal = qubit.junction
    gap = float(gap_at(metal.gap, metal.critical_temperature, temperature))
    x = thermal_fraction(temperature, gap)
    tunnelling = float(sum(quasiparticle_rates(x, qubit.frequency, temperature, gap)))
    if qubit.gap_difference:
        tunnelling *= float(
            equilibrium_suppression(qubit.frequency, temperature, gap, qubit.gap_difference)
        )
    dielectric = dielectric_rates(
        qubit.bath, loss, qubit.frequency, temperature,
        saturation=qubit.saturation, exponent=qubit.exponent,
    )  # fmt: skip
    noisy = bool(qubit.others)
    rate = float(sum(dielectric)) + tunnelling + (500.0 if noisy else 0.0)
    exponential, gaussian = (3e3, 1.3e4) if noisy else (0.0, 0.0)  # 5, 12, 13
    a = rate / 2 + exponential
    left = math.exp(-20e-9 * a - (20e-9 * gaussian) ** 2)
    grid = physical_stress(qubit, np.array([[temperature], [0.3]]), np.array([loss, 1e-5]))
    assert grid.t1[0, 0] == pytest.approx(1 / rate, rel=1e-10)
    assert grid.t2[0, 0] == pytest.approx(2 / (a + math.hypot(a, 2 * gaussian)), rel=1e-10)
    fidelity = 0.5 + math.exp(-20e-9 * rate) / 6 + left / 3
    assert grid.fidelity[0, 0] == pytest.approx(fidelity, rel=1e-10)


@pytest.mark.parametrize("variant", VARIANTS)
def test_published_model_is_the_published_model(variant: str) -> None:
    t, loss = np.geomspace(*TEMPERATURES, 13)[:, None], np.geomspace(*LOSS_TANGENTS, 8)
    t2, fidelity = published_stress(t, loss, variant)
    expected = published_t2_star(loss, t, variant)
    np.testing.assert_allclose(t2, expected, rtol=1e-12)
    np.testing.assert_allclose(fidelity, published_fidelity(expected), rtol=1e-12)


def test_published_model_without_loss_has_its_floor_or_nothing() -> None:
    assert float(published_stress(4.0, 0.0)[0]) == pytest.approx(1 / 3.5e3)
    t2, fidelity = published_stress(4.0, 0.0, "published-table")
    assert (float(t2), float(fidelity)) == (math.inf, 1.0)


@pytest.mark.parametrize("shape", ["grid", "points"])
@pytest.mark.parametrize("qubit", [NIOBIUM, replace(NOISY, photons=PHOTONS)], ids=["Nb", "noisy"])
def test_a_million_points(qubit: StressedQubit, shape: str) -> None:
    t, loss = np.geomspace(*TEMPERATURES, 1000)[:, None], np.geomspace(*LOSS_TANGENTS, 1000)
    if shape == "points":
        rng = np.random.default_rng(1)
        t = np.exp(rng.uniform(*np.log(TEMPERATURES), 10**6))
        loss = np.exp(rng.uniform(*np.log(LOSS_TANGENTS), 10**6))
    physical_stress(qubit, 0.1, 1e-6)  # the gap's spline
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        physical = physical_stress(qubit, t, loss)
        t2, fidelity = published_stress(t, loss)
    assert physical.t1.size == t2.size == 10**6
    assert np.all(np.isfinite(t2) & np.isfinite(fidelity))
    edge = qubit.junction.critical_temperature
    assert np.array_equal(physical.normal, np.broadcast_to(t >= edge, physical.normal.shape))
    for values in (physical.t1, physical.t2, physical.fidelity):
        assert np.array_equal(np.isnan(values), physical.normal)
        assert np.all(np.isfinite(values[~physical.normal]))
    cold = ~physical.normal
    assert np.all(physical.t2[cold] <= 2 * physical.t1[cold])


def test_up_to_the_critical_temperature_without_a_warning() -> None:
    edge = superconductor("Nb").critical_temperature
    t = edge * (1 - np.array([1e-3, 1e-6, 1e-9, 1e-12, 0.0, -1e-12]))
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        found = physical_stress(NIOBIUM, t, 1e-7)
    assert found.normal.tolist()[-2:] == [True, True]
    assert not found.normal[:3].any()
    # (2 omega/pi) exp(-Delta/kT) cosh(z) K0(z) 2 stays finite where the gap closes
    assert np.all((found.t1[:3] > 1e-12) & (found.t1[:3] < 1e-10))


def test_the_first_part_to_turn_normal_counts() -> None:
    mixed = replace(NIOBIUM, film=superconductor("Al"))
    assert mixed.first_normal.name == "Al"
    found = physical_stress(mixed, [1.0, 1.3], 1e-7)
    assert found.normal.tolist() == [False, True]
    # the junction's gap sets the quasiparticles whatever the film
    assert found.t1[0] == float(physical_stress(NIOBIUM, 1.0, 1e-7).t1)


@given(
    temperature=st.floats(1e-3, 10.0),
    loss=st.floats(1e-10, 1e-3),
    factor=st.floats(1.01, 100.0),
    metal=st.sampled_from(["Al", "Nb", "Ta"]),
    bath=st.sampled_from(["tls", "oscillator", "published"]),
)
def test_t2_bounded_and_everything_falls_with_loss_and_temperature(
    temperature: float, loss: float, factor: float, metal: str, bath: str
) -> None:
    qubit = replace(StressedQubit.of_metal(metal), bath=bath, photons=PHOTONS, others=NOISY.others)
    found = physical_stress(
        qubit, [temperature, temperature, factor * temperature], [loss, factor * loss, loss]
    )
    assert found.normal[0] == (temperature >= qubit.junction.critical_temperature)
    if found.normal[0]:
        return
    assert found.t2[0] <= 2 * found.t1[0]
    assert 0.5 <= found.fidelity[0] <= 1.0
    for values in (found.t1, found.t2, found.fidelity):
        assert values[1] <= values[0]
        assert found.normal[2] or values[2] <= values[0] * (1 + 1e-12)


def test_photons_follow_the_stage() -> None:
    quiet = replace(NIOBIUM, photons=PHOTONS)
    found = physical_stress(quiet, [0.01, 1.03], 0.0)
    # Below the excess of 30 mK the stage is at zero: spontaneous decay, photons of the lines.
    assert found.t1[0] == pytest.approx(1e-4, rel=1e-12)
    occupation = 1 / math.expm1(PLANCK * 7e9 / (BOLTZMANN * 1.0)) + 2e-3
    coth = 1 / math.tanh(PLANCK * 5e9 / (2 * BOLTZMANN * 1.0))
    bare = physical_stress(NIOBIUM, 1.03, 0.0)
    assert 1 / found.t1[1] - 1 / float(bare.t1) == pytest.approx(1e4 * coth, rel=1e-9)
    kappa, ratio = 2 * math.pi * 5e6, 0.2  # Clerk and Utami 2007, as physics texts write it
    root = np.sqrt((1 + 2j * ratio) ** 2 + 8j * ratio * occupation)
    dephasing = 1 / found.t2[1] - 0.5 / found.t1[1]
    assert dephasing == pytest.approx(kappa / 2 * (root.real - 1), rel=1e-9)


@pytest.mark.parametrize("name", ["willow-like", "krinner-xld400", "inverted-4k-qubits"])
def test_at_its_own_point_a_design_has_the_budget_s_t1_and_t2(name: str) -> None:
    design, found = load(name), solve(name)
    qubit = StressedQubit.of_design(design, found)
    own = physical_stress(qubit, found.chip_temperature_K, effective_loss(design))
    assert float(own.t1) == pytest.approx(found.t1_modelled_s, rel=1e-9)
    assert float(own.t2) == pytest.approx(found.t2_modelled_s, rel=1e-9)
    follows = {"drive-line", "purcell", "photon-shot-noise", "thermal-quasiparticles"}
    assert follows <= {c.name for c in found.channels}
    assert not follows & {c.name for c in qubit.others}


def test_the_map_is_plain_and_empty_above_tc() -> None:
    design = load("willow-like")
    found = json.loads(json.dumps(stress_map(design, solve("willow-like")), allow_nan=False))
    t, errors = found["temperature_K"], found["physical"]["error"]
    assert (t[0], t[-1]) == TEMPERATURES
    assert (found["tan_delta"][0], found["tan_delta"][-1]) == LOSS_TANGENTS
    assert len(errors) == len(t) == 60
    assert {len(row) for row in errors + found["published"]["error"]} == {50}
    for temperature, row in zip(t, errors, strict=True):
        assert (row[0] is None) == (temperature >= found["normal_above_K"])
    assert found["normal_above_K"] == 1.2
    assert found["others"] is True
    last = found["published"]["error"][-1][-1]  # 6e9 x 1e-3 x coth at 300 K: nothing is left
    assert last == pytest.approx(1.0)
    expected = 1 - math.exp(-20e-9 * (3.5e3 + 0.6))  # 1 mK, 1e-10: the floor
    assert found["published"]["error"][0][0] == pytest.approx(expected, rel=1e-3)


def test_a_chip_without_coherence_still_has_a_map() -> None:
    design = load("krinner-xld400")
    rated = {s.name: s.rated_temperature for s in design.stages}
    for found in (
        coherence(design, rated | {"mxc": 4.0}),
        coherence(design, rated, stable=False),
    ):
        result = stress_map(design, found, temperatures=12, losses=10)
        assert result["others"] is False
        assert result["design"]["temperature_K"] == found.chip_temperature_K
        assert result["physical"]["error"][0][0] < 1e-6


@pytest.mark.parametrize(
    ("temperature", "loss"), [(0.0, 1e-7), (-1.0, 1e-7), (math.nan, 1e-7), (0.1, -1e-7)]
)
def test_refuses(temperature: float, loss: float) -> None:
    with pytest.raises(OutOfRangeError):
        physical_stress(NIOBIUM, temperature, loss)
    with pytest.raises(OutOfRangeError):
        published_stress(temperature, loss)


def test_refuses_what_the_theory_does_not_cover() -> None:
    with pytest.raises(OutOfRangeError, match="diverges"):
        physical_stress(replace(ALUMINIUM, gap_difference=5e9), 0.1, 1e-7)
    with pytest.raises(OutOfRangeError, match="known"):
        StressedQubit.of_metal("unobtainium")
