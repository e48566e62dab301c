"""Electron-phonon rates against published limits and an independent quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy import kaplan


def test_pair_breaking_is_one_at_twice_the_gap() -> None:
    """Martinis 2021, below Eq. 10: Eq. 8 approaches 1/tau0ph at 2 Delta (the integral is pi)."""
    assert kaplan.pair_breaking_rate(2.0) == pytest.approx(1.0, abs=1e-9)
    assert kaplan.pair_breaking_rate(2.0 + 1e-9) == pytest.approx(1.0, abs=1e-8)


def test_nothing_breaks_below_twice_the_gap() -> None:
    assert kaplan.pair_breaking_rate([0.0, 1.0, 1.999999]).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("energy", [2.001, 2.7, 4.0, 11.0, 60.0])
def test_pair_breaking_against_weighted_quadrature(energy: float) -> None:
    """Eq. 8 with the end points' inverse square roots as QUADPACK's algebraic weight."""

    def regular(x: float) -> float:
        y = energy - x
        return (x * y + 1) / np.sqrt((x + 1) * (y + 1))

    integral, _ = quad(regular, 1, energy - 1, weight="alg", wvar=(-0.5, -0.5), epsrel=1e-11)
    assert kaplan.pair_breaking_rate(energy) == pytest.approx(integral / np.pi, rel=1e-9)


@pytest.mark.parametrize("energy", [1.0001, 1.3, 2.0, 5.0, 40.0])
def test_scattering_against_weighted_quadrature(energy: float) -> None:
    """Eq. 4 with 1/sqrt(x - 1) as QUADPACK's algebraic weight, (Delta/kTc)^3 left out."""

    def regular(x: float) -> float:
        return (energy - x) ** 2 * (x - 1 / energy) / np.sqrt(x + 1)

    integral, _ = quad(
        regular, 1, energy, weight="alg", wvar=(-0.5, 0), epsrel=1e-10, epsabs=1e-300
    )
    assert kaplan.scattering_rate(energy, gap_ratio=1.0) == pytest.approx(integral, rel=1e-8)


def test_printed_lifetimes() -> None:
    """Kaplan et al. 1976, Eqs. 8 and 27 recomputed independently: tau0/tau_s at 1.5, 2, 3 Delta
    and tau0ph/tau_B at 3, 4, 10 Delta, for Delta = 1.764 kTc."""
    scattering = kaplan.scattering_rate([1.5, 2.0, 3.0], gap_ratio=1.764)
    np.testing.assert_allclose(scattering, [0.290, 2.553, 20.55], rtol=1e-3)
    np.testing.assert_allclose(
        kaplan.pair_breaking_rate([3, 4, 10]), [1.2625, 1.5420, 3.3439], rtol=1e-4
    )


def test_recombination_constant() -> None:
    """Martinis 2021, Eq. 7: 22, which is 4 x 1.76^3 = 21.8."""
    assert kaplan.recombination_rate(1.0, gap_ratio=1.76) == pytest.approx(4 * 1.76**3)
    assert round(float(kaplan.recombination_rate(1.0, gap_ratio=1.76)), 1) == 21.8


def test_the_papers_fits() -> None:
    """Martinis 2021: Eq. 9 is within 1.3 % of Eq. 8; Eq. 5 is 20-30 % low in the middle of Fig. 2;
    Eq. 10 is right only near 2.5 Delta."""
    energy = np.linspace(2, 60, 2000)
    ratio = kaplan.pair_breaking_rate_fit(energy) / kaplan.pair_breaking_rate(energy)
    assert 0.012 < np.max(np.abs(ratio - 1)) < 0.0135
    middle = np.array([1.5, 2.0, 3.0, 4.0])
    low = 1 - kaplan.scattering_rate_fit(middle) / kaplan.scattering_rate(middle)
    assert np.all((low > 0.2) & (low < 0.31))
    linear = kaplan.pair_breaking_rate_linear([2.5, 20]) / kaplan.pair_breaking_rate([2.5, 20])
    np.testing.assert_allclose(linear, [0.987, 1.378], atol=2e-3)


def test_high_energies_see_a_normal_metal() -> None:
    """The gap drops out far above it: Eqs. 4 and 8 with Delta = 0 are e^3/3 and E/pi."""
    quasi = kaplan.scattering_rate(2000.0) / kaplan.electron_scattering_rate(2000.0)
    phonon = kaplan.pair_breaking_rate(20000.0) / kaplan.normal_phonon_rate(20000.0)
    assert quasi == pytest.approx(1, rel=1e-2)
    assert phonon == pytest.approx(1, rel=1e-3)


def test_phonon_share_tends_to_three_quarters() -> None:
    """3/4 is the mean of a density Omega^2 on [0, e]; 5/6 that of Eq. 4 at the gap.

    At the gap, with y = (x - 1)/(e - 1), Eq. 4's density is (1 - y)^2 (1 + y) y^-1/2; the mean of
    1 - y is B(1/2, 4) + B(3/2, 4) over B(1/2, 3) + B(3/2, 3) = (320/315)/(128/105) = 5/6.
    """
    assert kaplan.phonon_share(1e4) == pytest.approx(0.75, abs=1e-3)
    assert kaplan.phonon_share(1 + 1e-6) == pytest.approx(5 / 6, abs=1e-5)


@given(st.floats(1.0, 1e4), st.floats(1.0, 1e4))
@settings(max_examples=50, deadline=None)
def test_rates_rise_with_energy(first: float, second: float) -> None:
    low, high = sorted((first, second))
    assert kaplan.scattering_rate(low) <= kaplan.scattering_rate(high) * (1 + 1e-12)
    assert kaplan.pair_breaking_rate(2 * low) <= kaplan.pair_breaking_rate(2 * high) * (1 + 1e-12)


def test_functions_broadcast() -> None:
    assert kaplan.scattering_rate(np.full((2, 3), 2.0)).shape == (2, 3)
    assert kaplan.pair_breaking_rate(np.full((2, 1), 3.0)).shape == (2, 1)


def test_bad_energies_are_refused() -> None:
    for call in (kaplan.scattering_rate, kaplan.recombination_rate, kaplan.scattering_rate_fit):
        with pytest.raises(OutOfRangeError):
            call(0.99)
    with pytest.raises(OutOfRangeError):
        kaplan.pair_breaking_rate(-1.0)
    with pytest.raises(OutOfRangeError):
        kaplan.pair_breaking_rate(float("nan"))
    with pytest.raises(OutOfRangeError):
        kaplan.phonon_share(1.0)
