"""Dephasing by resonator photons and by 1/f noise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from qubudget.errors import OutOfRangeError
from qubudget.qubit.fluctuators import fluctuator_amplitude
from qubudget.qubit.low_frequency import (
    ECHO_LOG_FACTOR,
    charge_sensitivity,
    critical_current_sensitivity,
    one_over_f_dephasing,
)
from qubudget.qubit.photons import shot_noise_dephasing, shot_noise_dephasing_low

KAPPA = 2 * np.pi * 1e6


def slowest_decay(photons: float, kappa: float, chi: float, levels: int = 80) -> float:
    """Dephasing rate from the master equation of the coherence's block.

    With H = chi sigma_z a^dag a the part of rho_01 that is diagonal in Fock states obeys
    dp_m/dt = -2i chi m p_m + kappa (n+1) [(m+1) p_(m+1) - m p_m]
              + kappa n [m p_(m-1) - (m+1) p_m].
    """
    m = np.arange(levels)
    up, down = kappa * photons * (m + 1), kappa * (photons + 1) * m
    matrix = np.diag(-2j * chi * m - up - down) + np.diag(up[:-1], -1) + np.diag(down[1:], 1)
    return -np.linalg.eigvals(matrix).real.max()


@pytest.mark.parametrize("photons", [1e-3, 0.05, 1.0])
@pytest.mark.parametrize("ratio", [0.05, 0.5, 3.0])
def test_shot_noise_against_the_master_equation(photons: float, ratio: float) -> None:
    expected = slowest_decay(photons, KAPPA, ratio * KAPPA)
    computed = float(shot_noise_dephasing(photons, KAPPA, ratio * KAPPA))
    assert computed == pytest.approx(expected, rel=1e-6)


def test_wrong_convention_of_chi_is_two_and_a_half_times_off() -> None:
    # at 2 chi = kappa, taking chi for the full shift in n kappa chi^2/(kappa^2 + chi^2)
    right = float(shot_noise_dephasing(1e-6, KAPPA, KAPPA / 2))
    wrong = 1e-6 * KAPPA * (KAPPA / 2) ** 2 / (KAPPA**2 + (KAPPA / 2) ** 2)
    assert right / wrong == pytest.approx(2.5, rel=1e-4)


def test_no_digits_are_lost_at_few_photons() -> None:
    for photons in (1e-9, 1e-15, 1e-30):
        exact = float(shot_noise_dephasing(photons, KAPPA, 0.3 * KAPPA))
        low = float(shot_noise_dephasing_low(photons, KAPPA, 0.3 * KAPPA))
        assert exact == pytest.approx(low, rel=1e-6)
    assert float(shot_noise_dephasing(0.0, KAPPA, KAPPA)) == 0.0
    assert float(shot_noise_dephasing(1.0, KAPPA, 0.0)) == 0.0


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 100), st.floats(1.001, 10), st.floats(-10, 10))
def test_more_photons_dephase_more(photons: float, factor: float, ratio: float) -> None:
    low = float(shot_noise_dephasing(photons, KAPPA, ratio * KAPPA))
    assert 0 <= low <= float(shot_noise_dephasing(photons * factor, KAPPA, ratio * KAPPA))
    assert low == float(shot_noise_dephasing(photons, KAPPA, -ratio * KAPPA))


def test_shot_noise_refuses() -> None:
    with pytest.raises(OutOfRangeError):
        shot_noise_dephasing(-0.1, KAPPA, KAPPA)
    with pytest.raises(OutOfRangeError):
        shot_noise_dephasing(0.1, 0.0, KAPPA)


def test_ramsey_rate_is_the_filter_integral() -> None:
    # <phi^2>/2 = D^2 A^2 t^2 int_{f_low} sinc^2(pi f t) df/f for a two-sided A^2/|f|;
    # the integral is L + 3/2 - gamma with L = ln(1/(2 pi f_low t)), so G is right to O(1) in L
    amplitude, slope, low, time = 2e-6, 5e8, 1.0, 10e-6
    integral = sum(
        quad(lambda u: np.sinc(np.exp(u) * time) ** 2, np.log(a), np.log(b), limit=500)[0]
        for a, b in ((low, 1 / time), (1 / time, 10 / time), (10 / time, 100 / time))
    )
    log_factor = np.log(1 / (2 * np.pi * low * time))
    assert integral == pytest.approx(log_factor + 1.5 - np.euler_gamma, abs=2e-3)
    rate = float(one_over_f_dephasing(amplitude, slope, log_factor))
    filtered = 2 * np.pi * slope * amplitude * np.sqrt(integral)
    assert rate == pytest.approx(filtered, rel=0.06)


def test_echo_rate_is_the_filter_integral() -> None:
    # int sin^4(x/2)/(x/2)^2 dx/x = ln 2 (Ithier 2005)
    integral = sum(
        quad(lambda x: np.sin(x / 2) ** 4 / (x / 2) ** 2 / x, a, b, limit=800)[0]
        for a, b in ((1e-9, 20.0), (20.0, 400.0))
    )
    assert integral == pytest.approx(ECHO_LOG_FACTOR, abs=1e-4)


def test_charge_sensitivity_is_the_steepest_slope() -> None:
    charge = np.linspace(0, 2, 20001)  # electrons; n_g = charge/2
    frequency = 0.5 * 3e3 * np.cos(2 * np.pi * charge / 2)
    slope = np.abs(np.gradient(frequency, charge)).max()
    assert float(charge_sensitivity(3e3)) == pytest.approx(slope, rel=1e-6)


def test_critical_current_sensitivity_by_difference() -> None:
    ec, ej = 0.25e9, 15e9

    def frequency(scale: float) -> float:
        return np.sqrt(8 * ej * scale * ec) - ec

    slope = (frequency(1 + 1e-6) - frequency(1 - 1e-6)) / 2e-6
    assert float(critical_current_sensitivity(frequency(1.0), ec)) == pytest.approx(slope, rel=1e-6)


def test_one_over_f_refuses() -> None:
    with pytest.raises(OutOfRangeError):
        one_over_f_dephasing(1e-6, 1e9, -1.0)
    with pytest.raises(OutOfRangeError):
        one_over_f_dephasing(-1e-6, 1e9, 1.0)


def test_fluctuators_spectrum_grows_with_the_square_of_temperature() -> None:
    # the law that J. Goetz et al., arXiv:1609.07351, confirm for non-interacting two-level states
    temperatures = np.array([0.02, 0.06, 0.2])
    amplitude = fluctuator_amplitude(500.0, temperatures)
    assert amplitude[0] == pytest.approx(500.0)  # as stated at 20 mK
    exponents = np.diff(np.log(amplitude**2)) / np.diff(np.log(temperatures))
    assert exponents == pytest.approx([2.0, 2.0])
    assert fluctuator_amplitude(500.0, 0.0) == 0.0
    # frequency noise itself: 500 Hz at 1 Hz, 2 pi 500 sqrt(9.67) = 9.77e3 /s over 10 us
    assert one_over_f_dephasing(500.0, 1.0, 9.675) == pytest.approx(9.77e3, rel=1e-3)


@pytest.mark.parametrize("arguments", [(-1.0, 0.02), (1.0, -0.02), (np.nan, 0.02)])
def test_fluctuators_refuse(arguments: tuple[float, float]) -> None:
    with pytest.raises(OutOfRangeError):
        fluctuator_amplitude(*arguments)
