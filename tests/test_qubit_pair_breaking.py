"""Quasiparticles from the radiation of warmer stages."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.assembly import coherence
from qubudget.qubit.pair_breaking import excess_fraction, generation_rate, pair_breaking_photons

AL = superconductor("Al")
KRINNER = load("krinner-xld400")
RATED = {s.name: s.rated_temperature for s in KRINNER.stages}
VOLUME, TRAPPING, RECOMBINATION = 500e-18, 40.0, 1.14e7


def fraction(temperature: float, attenuation: float, volume: float = VOLUME) -> float:
    photons = pair_breaking_photons(temperature, AL.gap, attenuation)
    generation = generation_rate(photons, AL.gap, AL.density_of_states, volume)
    return float(excess_fraction(generation, TRAPPING, RECOMBINATION))


@pytest.mark.parametrize("temperature", [0.05, 0.35, 2.85, 45.0, 300.0])
def test_flux_is_the_integral_of_the_bose_function(temperature: float) -> None:
    scale = BOLTZMANN * temperature / PLANCK
    low = 2 * AL.gap / PLANCK / scale
    expected, _ = quad(lambda x: 1 / math.expm1(x), low, low + 60, epsabs=0, epsrel=1e-11)
    found = pair_breaking_photons(temperature, AL.gap, 10.0)
    assert found == pytest.approx(scale * expected / 10, rel=1e-9)


def test_limits_of_the_flux() -> None:
    assert pair_breaking_photons(0.0, AL.gap, 1.0) == 0.0
    assert pair_breaking_photons(1e-3, AL.gap, 1.0) == 0.0
    x = 2 * AL.gap / (BOLTZMANN * 0.1)  # exp(-42): Wien's tail, (kT/h) exp(-2 Delta/kT)
    wien = BOLTZMANN * 0.1 / PLANCK * math.exp(-x)
    assert pair_breaking_photons(0.1, AL.gap, 1.0) == pytest.approx(wien, rel=1e-12)
    # 2 Delta << kT: (kT/h) ln(kT/2 Delta), Rayleigh-Jeans to leading logarithm
    hot = BOLTZMANN * 300 / PLANCK * math.log(BOLTZMANN * 300 / (2 * AL.gap))
    assert pair_breaking_photons(300.0, AL.gap, 1.0) == pytest.approx(hot, rel=2e-3)
    ladder = pair_breaking_photons(np.geomspace(0.02, 300, 400), AL.gap, 1.0)
    assert np.all(np.diff(ladder) > 0)  # also where the two forms meet


@pytest.mark.parametrize(("temperature", "decibel"), [(0.3, 10), (0.35, 10), (0.35, 20), (0.4, 20)])
def test_effective_black_bodies_of_recent_fits_give_the_measured_floor(
    temperature: float, decibel: float
) -> None:
    # 350 mK fits charge-parity rates (arXiv:2503.10975); a junction absorbs 1 to 10 % of a mode;
    # quiet x of 1e-9 to 1e-7 is what qubits show
    assert 1e-9 < fraction(temperature, 10 ** (decibel / 10)) < 1e-7


def test_a_bare_4_kelvin_stage_would_be_fatal() -> None:
    assert fraction(4.0, 1.0) > 1e-5
    assert fraction(4.0, 1e10) < 1e-10


def test_generation_counts_two_quasiparticles_per_photon() -> None:
    # Al has 2 N0 Delta = 6.28e6 /um^3 (N0 = 1.72e10 /eV/um^3, Delta = 182.4 ueV)
    assert generation_rate(1.0, AL.gap, AL.density_of_states, 1e-18) == pytest.approx(
        2 / 6.28e6, rel=0.01
    )


def test_steady_state_is_where_the_rate_equation_ends() -> None:
    g, s, r = 3e-6, 40.0, 1.14e7
    path = solve_ivp(
        lambda _, x: g - s * x - r * x**2, (0, 2.0), [0.0], rtol=1e-11, atol=1e-20, method="LSODA"
    )
    assert excess_fraction(g, s, r) == pytest.approx(path.y[0, -1], rel=1e-8)


def test_excess_and_background_make_the_whole_steady_state() -> None:
    g0, g, s, r = 5e-6, 2e-6, 30.0, 1e7
    background = excess_fraction(g0, s, r)
    whole = brentq(lambda x: g0 + g - s * x - r * x**2, 0, 1, xtol=1e-20)
    assert background + excess_fraction(g, s, r, background) == pytest.approx(whole, rel=1e-9)
    assert excess_fraction(0.0, 0.0, 0.0) == 0.0


@given(
    st.floats(0.2, 300.0),
    st.floats(1.0, 1e12),
    st.floats(1.01, 1e3),
)
def test_monotone(temperature: float, attenuation: float, factor: float) -> None:
    x = fraction(temperature, attenuation)
    assert fraction(temperature, attenuation * factor) < x
    assert fraction(temperature * factor, attenuation) > x
    assert fraction(temperature, attenuation, VOLUME * factor) < x
    g = 1e-6
    assert excess_fraction(g, 40 * factor, 1e7) < excess_fraction(g, 40, 1e7)
    assert excess_fraction(g, 40, 1e7 * factor) < excess_fraction(g, 40, 1e7)
    assert excess_fraction(g, 40, 1e7, 1e-6 * factor) < excess_fraction(g, 40, 1e7, 1e-6)


@pytest.mark.parametrize(
    "arguments", [(-1.0, AL.gap, 1.0), (4.0, 0.0, 1.0), (4.0, math.nan, 1.0), (4.0, AL.gap, 0.5)]
)
def test_flux_refuses(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(OutOfRangeError):
        pair_breaking_photons(*arguments)


def test_no_steady_state_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="neither trapping nor recombination"):
        excess_fraction(1e-9, 0.0, 0.0)
    with pytest.raises(OutOfRangeError, match="every pair"):
        excess_fraction(1e9, 1.0, 1.0)
    with pytest.raises(OutOfRangeError, match="trapping"):
        excess_fraction(1e-9, -1.0, 1.0)


def rate(changes: dict[str, object]) -> float:
    result = coherence(KRINNER.replace(changes), RATED)
    return next(c.rate_per_s for c in result.channels if c.name == "pair-breaking-photons")


def test_channel_of_a_design() -> None:
    base = rate({})
    assert base > 0
    # below the linear regime's end, rate and photons are proportional
    assert rate({"qubit.radiation_attenuation": "110 dB"}) == pytest.approx(base / 10, rel=1e-3)
    assert rate({"qubit.electrode_volume": "5000 um^3"}) == pytest.approx(base / 10, rel=1e-3)
    assert rate({"qubit.radiation_stage": "mxc"}) < 1e-50
    assert rate({"qubit.radiation_stage": "300k"}) > 100 * base
    assert rate({"chip.trapping": "400 1/s"}) == pytest.approx(base / 10, rel=0.01)
    # the same quasiparticles as the residual ones: gap engineering protects from both alike
    engineered = rate({"qubit.gap_difference": "12 GHz"})
    assert engineered < 0.5 * base


def test_radiation_stage_that_is_no_stage_is_refused() -> None:
    qubit = KRINNER.qubit.model_copy(update={"radiation_stage": "attic"})
    with pytest.raises(OutOfRangeError, match="attic"):
        coherence(KRINNER.model_copy(update={"qubit": qubit}), RATED)
