"""The BCS gap and quasiparticle relaxation."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import k1

from qubudget.constants import BCS_GAP_RATIO, BOLTZMANN, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.qubit.gap import gap_at, reduced_gap
from qubudget.qubit.quasiparticles import (
    cold_rate,
    equilibrium_suppression,
    gap_suppression,
    quasiparticle_rates,
    thermal_fraction,
)

AL = BCS_GAP_RATIO * BOLTZMANN * 1.2
NB = BCS_GAP_RATIO * BOLTZMANN * 9.2


def thermal_t1(gap: float, temperature: float) -> float:
    x = thermal_fraction(temperature, gap)
    return 1 / float(sum(quasiparticle_rates(x, 5e9, temperature, gap)))


def gap_by_integration(t: float) -> float:
    """Root of the gap equation ln t = int (tanh(E/2t)/E - tanh(e/2)/e) de, by plain quadrature."""

    def imbalance(delta: float) -> float:
        def integrand(e: float) -> float:
            energy = np.hypot(e, delta)
            return np.tanh(energy / (2 * t)) / energy - np.tanh(e / 2) / e

        return quad(integrand, 1e-9, 5.0, limit=300)[0] + quad(integrand, 5.0, np.inf)[0]

    return brentq(imbalance, 1e-6, 2.0, xtol=1e-10) / 1.763876988


@pytest.mark.parametrize("t", [0.15, 0.3, 0.435, 0.7, 0.9, 0.99])
def test_gap_solves_the_gap_equation(t: float) -> None:
    assert float(reduced_gap(t)) == pytest.approx(gap_by_integration(t), rel=2e-5)


@pytest.mark.parametrize(
    ("t", "value"), [(0.3, 0.9971), (0.5, 0.9569), (0.7, 0.8288), (0.9, 0.5263)]
)
def test_gap_against_muehlschlegels_table(t: float, value: float) -> None:
    assert float(reduced_gap(t)) == pytest.approx(value, abs=1e-4)


def test_gap_near_tc_and_beyond() -> None:
    # Delta/Delta(0) = 1.7367 sqrt(1 - t) close to Tc (Tinkham)
    assert float(reduced_gap(0.9999)) == pytest.approx(1.7367 * 0.01, rel=1e-3)
    assert float(reduced_gap(0.0)) == 1.0
    assert np.isnan(reduced_gap(1.0))
    assert np.isnan(gap_at(AL, 1.2, 4.0))


def test_gap_falls_and_is_smooth_across_the_flat_part() -> None:
    t = np.linspace(0, 0.9999, 2000)
    gap = reduced_gap(t)
    assert np.all(np.diff(gap) <= 1e-9)
    assert gap[t < 0.12].min() > 1 - 1e-6


def test_published_lifetimes() -> None:
    # 5 GHz, Delta = 1.764 k Tc: Al 0.1 K, Al 0.3 K, Nb 1 K, Nb 4 K
    assert thermal_t1(AL, 0.1) == pytest.approx(67.6e-3, rel=1e-3)
    assert thermal_t1(AL, 0.3) == pytest.approx(24.1e-9, rel=3e-3)
    assert thermal_t1(NB, 1.0) == pytest.approx(0.123e-3, rel=5e-3)
    assert thermal_t1(NB, 4.0) == pytest.approx(0.399e-9, rel=2e-3)


def test_five_percent_of_tc_is_a_factor_of_three() -> None:
    ratio = thermal_t1(1.05 * AL, 0.1) / thermal_t1(AL, 0.1)
    assert ratio == pytest.approx(2.9, abs=0.05)


def test_cold_limit() -> None:
    for temperature, excess in ((0.02, 0.02), (0.05, 0.04)):
        full = sum(quasiparticle_rates(1e-6, 5e9, temperature, AL))
        assert float(cold_rate(1e-6, 5e9, AL) / full) == pytest.approx(1 + excess, abs=0.01)
    full = sum(quasiparticle_rates(1e-6, 5e9, 1e-3, AL))
    assert float(cold_rate(1e-6, 5e9, AL) / full) == pytest.approx(1, abs=2e-3)


def test_thermal_fraction_is_the_leading_term() -> None:
    # exact: x = 2 sum over k of (-1)^(k+1) K1(k Delta/kT), at fixed Delta
    for temperature in (0.1, 0.2, 0.3):
        y = AL / (BOLTZMANN * temperature)
        exact = 2 * sum((-1) ** (k + 1) * k1(k * y) for k in range(1, 6))
        assert float(thermal_fraction(temperature, AL)) / exact == pytest.approx(
            1 - 3 / (8 * y), abs=0.3 / y**2
        )


def test_limits() -> None:
    assert float(thermal_fraction(0.0, AL)) == 0.0
    assert float(thermal_fraction(1e-3, AL)) == 0.0
    assert float(sum(quasiparticle_rates(0.0, 5e9, 0.1, AL))) == 0.0
    assert np.isnan(sum(quasiparticle_rates(1e-6, 5e9, 0.1, np.nan)))
    for temperature in (1e-3, 300.0):
        assert np.isfinite(sum(quasiparticle_rates(1e-6, 5e9, temperature, AL)))


def test_detailed_balance_of_equal_gaps() -> None:
    down, up = quasiparticle_rates(1e-7, 5e9, 0.1, AL)
    assert float(up / down) == pytest.approx(np.exp(-PLANCK * 5e9 / (BOLTZMANN * 0.1)), rel=1e-12)


def test_x_convention_against_the_second_papers_rule() -> None:
    # its Eq. for T1: 1/T1 = sqrt(2 omega Delta/(pi^2 hbar)) x, the cold limit
    hbar = PLANCK / (2 * np.pi)
    rate = np.sqrt(2 * 2 * np.pi * 6e9 * AL / (np.pi**2 * hbar)) * 1e-6
    assert float(cold_rate(1e-6, 6e9, AL)) == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize(("temperature", "factor"), [(0.02, 6.3e-7), (0.1, 6.3e-2), (0.2, 0.27)])
def test_gap_engineering_full_integral(temperature: float, factor: float) -> None:
    assert float(gap_suppression("down", 6e9, temperature, AL, 12e9)) == pytest.approx(
        factor, rel=0.02
    )


def tunnelling_by_quadrature(transfer: float, temperature: float, low: float, high: float) -> float:
    """The tunnelling integral in units of kT, by plain quadrature in v, E = threshold + v^2."""
    kt = BOLTZMANN * temperature
    start = max(low, high - transfer)

    def integrand(v: float) -> float:
        e = (start + v * v * kt) / kt
        other = e + transfer / kt
        a, b = low / kt, high / kt
        below = (v * v if start == low else e - a) * (e + a)
        above = (v * v if start != low else other - b) * (other + b)
        weight = np.exp(-(e - a)) * (e * other + a * b)
        return 2 * v * weight / np.sqrt(below * above)

    return quad(integrand, 1e-12, 7.0, limit=400, epsrel=1e-10)[0]


@pytest.mark.parametrize("difference", [3e9, 9e9, 25e9])
@pytest.mark.parametrize("direction", ["down", "up"])
def test_gap_suppression_against_quadrature(difference: float, direction: str) -> None:
    step, quantum = PLANCK * difference, PLANCK * 6e9 * (1 if direction == "down" else -1)
    expected = tunnelling_by_quadrature(quantum, 0.1, AL, AL + step) / tunnelling_by_quadrature(
        quantum, 0.1, AL, AL
    )
    computed = gap_suppression(direction, 6e9, 0.1, AL, difference)  # type: ignore[arg-type]
    assert float(computed) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("detuning", [-3e8, -3e5, 3e2, 3e6])
def test_gap_suppression_near_the_resonance(detuning: float) -> None:
    # The rate down diverges as the logarithm of the distance of the singularities; SciPy's
    # adaptive quadrature takes the integral in v = ln of the way from the threshold.
    quantum, kt = PLANCK * 6e9, BOLTZMANN * 0.1
    step = PLANCK * (6e9 + detuning)
    low, high, lift = AL, AL + step, max(step - quantum, 0.0)

    def integrand(v: float) -> float:
        rise = np.exp(v)
        e, other = low + lift + rise, low + lift + rise + quantum
        below = (lift + rise) * (e + low)
        above = (rise + max(quantum - step, 0.0)) * (other + high)
        return rise * np.exp(-rise / kt) * (e * other + low * high) / np.sqrt(below * above)

    ends = np.log(1e-9 * PLANCK), np.log(39 * kt)
    expected = quad(integrand, *ends, limit=800, epsabs=0, epsrel=1e-11)[0]
    equal = tunnelling_by_quadrature(quantum, 0.1, AL, AL) * kt
    computed = float(gap_suppression("down", 6e9, 0.1, AL, 6e9 + detuning))
    assert computed == pytest.approx(np.exp(-lift / kt) * expected / equal, rel=2e-6)


def test_gap_suppression_follows_the_exponential_rule() -> None:
    for difference in (10e9, 15e9, 20e9):
        rule = np.exp(-PLANCK * (difference - 6e9) / (BOLTZMANN * 0.05))
        computed = float(gap_suppression("down", 6e9, 0.05, AL, difference))
        assert 0.3 < computed / rule < 2.5


def test_no_protection_below_the_qubits_energy() -> None:
    assert float(gap_suppression("down", 6e9, 0.05, AL, 0.0)) == 1.0
    assert float(gap_suppression("down", 6e9, 0.05, AL, 3e9)) > 0.9


def test_suppression_is_stronger_when_colder_and_for_larger_gaps() -> None:
    temperatures = np.array([0.02, 0.05, 0.1, 0.3])
    assert np.all(np.diff(gap_suppression("down", 6e9, temperatures, AL, 12e9)) > 0)
    gaps = np.array([7e9, 12e9, 20e9, 40e9])
    assert np.all(np.diff(gap_suppression("down", 6e9, 0.1, AL, gaps)) < 0)


def test_equilibrium_over_unequal_gaps_obeys_detailed_balance() -> None:
    # The rate up from one side is the time-reversed rate down from the other: the sum over both
    # directions of the quadratures, each with its own side's weight, is in balance, and the
    # factor on the rate up is therefore that on the rate down.
    step, quantum, kt = PLANCK * 12e9, PLANCK * 6e9, BOLTZMANN * 0.1

    def both(transfer: float, difference: float) -> float:
        high = AL + difference
        outward = tunnelling_by_quadrature(transfer, 0.1, AL, high)
        inward = tunnelling_by_quadrature(transfer, 0.1, high, AL)
        return outward + np.exp(-difference / kt) * inward

    assert both(-quantum, step) / both(quantum, step) == pytest.approx(np.exp(-quantum / kt))
    factor = both(quantum, step) / both(quantum, 0.0)
    assert float(equilibrium_suppression(6e9, 0.1, AL, 12e9)) == pytest.approx(factor, rel=1e-6)
    assert float(equilibrium_suppression(6e9, 0.1, AL, 0.0)) == 1.0


def test_suppression_in_the_deep_cold_and_the_heat() -> None:
    # neither 0/0 where all weights underflow, nor an overflow
    cold = [gap_suppression(d, 72e9, 1e-3, AL, 80e9) for d in ("down", "up")]
    assert np.all(np.isfinite(cold))
    assert np.all(np.asarray(cold) < 1e-100)
    hot = [gap_suppression(d, 72e9, 300.0, AL, 80e9) for d in ("down", "up")]
    assert np.all(np.isfinite(hot))
    for temperature in (1e-3, 300.0):
        assert np.isfinite(equilibrium_suppression(72e9, temperature, AL, 80e9))


def test_divergence_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="diverges"):
        gap_suppression("down", 6e9, 0.1, AL, 6e9)
    with pytest.raises(OutOfRangeError):
        gap_suppression("down", 6e9, 0.1, AL, -1e9)


@pytest.mark.parametrize("tc", [0.0, -1.2, np.nan, None])
def test_a_gap_without_a_critical_temperature_is_refused(tc: float) -> None:
    with pytest.raises(OutOfRangeError, match="critical_temperature"):
        gap_at(AL, tc, 0.02)
