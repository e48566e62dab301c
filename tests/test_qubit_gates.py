"""Gate errors, read-out errors and Purcell decay."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.qubit.gates import (
    coherence_factor,
    coherence_time,
    combine_errors,
    heating_leakage,
    one_qubit_decoherence_error,
    two_qubit_decoherence_error,
)
from qubudget.qubit.purcell import coupling_squared, purcell_rate
from qubudget.qubit.readout import (
    measurement_efficiency,
    overlap_error,
    relaxation_error,
    signal_to_noise,
)

Kraus = list[NDArray[np.complex128]]


def thermal_kraus(r: float, c: float, population: float) -> Kraus:
    """Generalised amplitude damping, then dephasing; decay of populations r, coherence c."""
    g, root = 1 - r, np.sqrt(r)
    q0, q1 = np.sqrt(1 - population), np.sqrt(population)
    damping = [
        q0 * np.array([[1, 0], [0, root]]),
        q0 * np.array([[0, np.sqrt(g)], [0, 0]]),
        q1 * np.array([[root, 0], [0, 1]]),
        q1 * np.array([[0, 0], [np.sqrt(g), 0]]),
    ]
    flip = (1 - c / root) / 2
    z = np.diag([1.0, -1.0])
    return [m @ k for k in damping for m in (np.sqrt(1 - flip) * np.eye(2), np.sqrt(flip) * z)]


def average_infidelity(kraus: Kraus) -> float:
    """1 - F_avg by Nielsen's formula from Kraus operators."""
    d = kraus[0].shape[0]
    entanglement = sum(abs(np.trace(k)) ** 2 for k in kraus) / d**2
    return float(1 - (d * entanglement + 1) / (d + 1))


@pytest.mark.parametrize("population", [0.0, 0.02, 0.485])
def test_gate_errors_against_kraus_operators(population: float) -> None:
    r, c = np.exp(-0.3), np.exp(-0.2)
    single = thermal_kraus(r, c, population)
    assert float(one_qubit_decoherence_error(r, c)) == pytest.approx(average_infidelity(single))
    pair = [np.kron(a, b) for a in single for b in single]
    assert float(two_qubit_decoherence_error(r, c)) == pytest.approx(average_infidelity(pair))


def test_idle_formula() -> None:
    t, t1, t2 = 40e-9, 30e-6, 25e-6
    expected = 0.5 - np.exp(-t / t1) / 6 - np.exp(-t / t2) / 3
    computed = one_qubit_decoherence_error(np.exp(-t / t1), np.exp(-t / t2))
    assert float(computed) == pytest.approx(expected, rel=1e-9)


def test_complete_decoherence() -> None:
    assert float(one_qubit_decoherence_error(0.0, 0.0)) == pytest.approx(1 / 2)
    assert float(two_qubit_decoherence_error(0.0, 0.0)) == pytest.approx(3 / 4)
    assert float(one_qubit_decoherence_error(1.0, 1.0)) == 0.0
    with pytest.raises(OutOfRangeError):
        one_qubit_decoherence_error(1.1, 0.5)


rates = st.floats(0, 1e9)


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-3, 1e10), rates, rates)
def test_t2_never_exceeds_twice_t1(relaxation: float, flat: float, gaussian: float) -> None:
    t2 = float(coherence_time(relaxation, flat, gaussian))
    assert 0 < t2 <= 2 / relaxation * (1 + 1e-12)
    left = float(coherence_factor(t2, relaxation, flat, gaussian))
    assert left == pytest.approx(np.exp(-1), rel=1e-9)


def test_coherence_time_of_a_single_cause() -> None:
    assert float(coherence_time(0.0, 5.0, 0.0)) == pytest.approx(1 / 5)
    assert float(coherence_time(0.0, 0.0, 5.0)) == pytest.approx(1 / 5)
    assert np.isinf(coherence_time(0.0, 0.0, 0.0))


def test_heating_leakage() -> None:
    assert float(heating_leakage(1e3, 40e-9)) == pytest.approx(4e-5, rel=1e-4)
    assert float(heating_leakage(0.0, 40e-9)) == 0.0


def test_errors_of_depolarising_channels_compose() -> None:
    # depolarising strengths multiply: 1 - 4e/3 for two qubits
    assert float(combine_errors(0.01, 0.02, ceiling=0.75)) == pytest.approx(
        0.75 * (1 - (1 - 0.04 / 3) * (1 - 0.08 / 3))
    )
    assert float(combine_errors(0.5, 0.1, ceiling=0.5)) == pytest.approx(0.5)
    assert float(combine_errors(ceiling=0.5)) == 0.0
    with pytest.raises(OutOfRangeError):
        combine_errors(1.2, ceiling=0.5)


def test_snr_and_measurement_dephasing() -> None:
    # SNR^2 = 4 eta x dephasing (Bultink et al. 2018), with the dephasing rate
    # 2 chi Im(alpha_g alpha_e*) of Gambetta et al. 2006 from the steady-state fields
    kappa, chi, drive, time, eta = 3e7, 9e6, 5e7, 2e-7, 0.4
    ground, excited = (drive / (kappa / 2 + 1j * s * chi) for s in (1, -1))
    photons = abs(ground) ** 2
    dephasing = abs(2 * chi * np.imag(ground * np.conj(excited)))
    snr = float(signal_to_noise(eta, kappa, kappa, chi, photons, time))
    assert snr**2 == pytest.approx(4 * eta * dephasing * time, rel=1e-12)


def test_overlap_is_that_of_two_gaussians() -> None:
    # vacuum noise: the measured quadrature of a coherent state has variance 1/4
    rng = np.random.default_rng(7)
    distance = 2.0  # |d beta| of the two output fields
    record = rng.normal(distance / 2, 0.5, 400_000)
    error = float(overlap_error(np.sqrt(2.0) * distance))
    # five standard deviations: false alarm below 1e-6
    assert np.mean(record < 0) == pytest.approx(error, abs=5 * np.sqrt(error / 400_000))


def test_efficiency_of_the_chain() -> None:
    quantum = PLANCK * 7e9 / (2 * BOLTZMANN)
    assert float(measurement_efficiency(7e9, 1.0, 0.01, 0.0, 1.0, 0.0)) == pytest.approx(1.0)
    assert float(measurement_efficiency(7e9, 2.0, 0.01, 0.0, 1.0, 0.0)) == pytest.approx(0.5)
    # Friis: a 4 K amplifier behind 20 dB adds 40 mK
    one = measurement_efficiency(7e9, 1.0, 0.01, quantum, 100.0, 4.0)
    two = measurement_efficiency(7e9, 1.0, 0.01, quantum + 0.04, 1.0, 0.0)
    assert float(one) == pytest.approx(float(two), rel=1e-12)
    # Simbierowicz 2021: 0.68 K system noise near 5.7 GHz is an efficiency of 0.17 to 0.21,
    # with the vacuum's half quantum (0.14 K) in the system noise or beside it
    measured = float(measurement_efficiency(5.7e9, 1.0, 0.01, 0.68, 1.0, 0.0))
    assert 0.15 < measured < 0.21


def test_relaxation_error() -> None:
    # half of the jumps in half of the records
    assert float(relaxation_error(500e-9, 1 / 50e-6)) == pytest.approx(0.0025, rel=5e-3)
    assert float(relaxation_error(1.0, 1e6)) == pytest.approx(0.5)


def test_more_photons_and_time_read_out_better() -> None:
    base = float(signal_to_noise(0.3, 2e7, 3e7, 9e6, 2.0, 3e-7))
    assert float(signal_to_noise(0.3, 2e7, 3e7, 9e6, 8.0, 3e-7)) == pytest.approx(2 * base)
    assert float(signal_to_noise(0.3, 2e7, 3e7, 9e6, 2.0, 12e-7)) == pytest.approx(2 * base)


def dispersive_shift(f_q: float, f_r: float, alpha: float, g: float, levels: int = 5) -> float:
    """chi from the dressed energies of a transmon and a resonator (exchange coupling), Hz."""
    a = np.diag(np.sqrt(np.arange(1, levels)), 1)
    eye = np.eye(levels)
    n = a.T @ a
    bare = f_q * n - alpha / 2 * n @ (n - eye)
    h = np.kron(bare, eye) + f_r * np.kron(eye, n)
    h = h + g * (np.kron(a, a.T) + np.kron(a.T, a))
    energies, states = np.linalg.eigh(h)

    def dressed(q: int, r: int) -> float:
        return float(energies[np.argmax(np.abs(states[q * levels + r]))])

    return (dressed(1, 1) - dressed(1, 0) - dressed(0, 1) + dressed(0, 0)) / 2


@pytest.mark.parametrize(("f_q", "f_r"), [(5e9, 7e9), (6e9, 4.5e9)])
def test_coupling_from_chi_against_diagonalisation(f_q: float, f_r: float) -> None:
    g = 40e6
    chi = dispersive_shift(f_q, f_r, 0.25e9, g)
    assert float(np.sqrt(coupling_squared(f_q, f_r, 0.25e9, chi))) == pytest.approx(g, rel=5e-3)


def test_purcell_rate() -> None:
    # kappa (g/Delta)^2 with g = 95 MHz, Delta = 1.5 GHz, kappa/2pi = 1 MHz
    rate = float(purcell_rate(5e9, 6.5e9, 0.3e9, 1e6, 1e6))
    assert rate == pytest.approx(2 * np.pi * 1e6 * (94.87e6 / 1.5e9) ** 2, rel=1e-3)
    assert float(purcell_rate(5e9, 6.5e9, 0.3e9, 1e6, 1e6, 50.0)) == pytest.approx(rate / 50)
    assert float(purcell_rate(5e9, 6.5e9, 0.3e9, 0.0, 1e6)) == 0.0


@pytest.mark.parametrize("f_r", [5e9, 5.005e9])
def test_purcell_refuses_a_resonant_qubit(f_r: float) -> None:
    with pytest.raises(OutOfRangeError, match="dispersive"):
        purcell_rate(5e9, f_r, 0.3e9, 1e6, 1e6)
