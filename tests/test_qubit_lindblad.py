"""DRAG pulse, Lindblad equation and its batched path, against QuTiP and closed forms."""

import math

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st
from qutip.core.environment import DrudeLorentzEnvironment
from qutip.solver.heom import HEOMSolver

from qubudget.constants import BOLTZMANN, HBAR, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.qubit.dynamics import idle, one_qubit_gate
from qubudget.qubit.fidelity import (
    average_gate_error,
    choi,
    leakage,
    seepage,
    unitary_error,
)
from qubudget.qubit.gates import one_qubit_decoherence_error
from qubudget.qubit.lindblad import (
    Hamiltonian,
    bath_memory,
    reference_superoperator,
    transmon_jumps,
    transmon_rates,
)
from qubudget.qubit.pulse import (
    PI_ROTATION,
    DragPulse,
    calibrated_pulse,
    duffing,
    envelope,
    envelope_slope,
    resonant_pulse,
)
from qubudget.qubit.superoperator import Process, propagator, unitary_superoperator

ANHARMONICITY = 2 * math.pi * 300e6
GATE = {
    "frequency": 6e9,
    "anharmonicity": 300e6,
    "time": 25e-9,
    "rise": 5e-9,
    "drag": 1.0,
    "levels": 3,
}


def pulse_of(levels: int, drag: float = 1.0) -> DragPulse:
    return calibrated_pulse(25e-9, 5e-9, drag, *duffing(ANHARMONICITY, levels))


PROCESSES = {
    levels: Process(pulse_of(levels).hamiltonian(), transmon_jumps(levels)) for levels in (3, 4)
}


def waiting(levels: int, duration: float) -> Process:
    """Nothing but the jumps."""
    nothing = np.zeros((levels, levels), dtype=np.complex128)
    return Process(Hamiltonian(nothing, (), (0.0, duration)), transmon_jumps(levels))


def thermal(levels: int, t1: float, dephasing: float, temperature: float) -> np.ndarray:
    """Rates in detailed balance at each transition of a 6 GHz transmon; 1/T1 is their 0-1 sum."""
    k = np.arange(levels - 1)
    ratio = np.exp(-PLANCK * (6e9 - 300e6 * k) / (BOLTZMANN * temperature))
    down = (k + 1) / t1 / (1 + ratio[0])
    return transmon_rates(down, down * ratio, dephasing, levels=levels, anharmonicity=ANHARMONICITY)


# --- the pulse


def test_the_envelope_has_the_area_and_the_slope_of_raised_cosines():
    t = np.linspace(0, 25e-9, 20001)
    shape = envelope(t, 25e-9, 5e-9)
    assert np.trapezoid(shape, t) == pytest.approx(20e-9, rel=1e-9)
    slope = envelope_slope(t, 25e-9, 5e-9)
    assert slope[1:-1] == pytest.approx((shape[2:] - shape[:-2]) / (t[2] - t[0]), abs=1e-3 / 5e-9)


def test_two_levels_on_resonance_turn_by_pi():
    """The drive commutes with itself at all times, so the angle is the area."""
    energies, elements = duffing(ANHARMONICITY, 2)
    unitary = propagator(resonant_pulse(25e-9, 5e-9, 0.0, energies, elements).hamiltonian())
    assert np.max(np.abs(unitary - PI_ROTATION)) < 1e-12


def test_the_quadrature_has_the_sign_that_lowers_leakage():
    """Motzoi et al. 2009: first-order DRAG removes leakage to leading order in 1/anharmonicity."""

    def lost(drag: float) -> float:
        pulse = resonant_pulse(25e-9, 5e-9, drag, *duffing(ANHARMONICITY, 3))
        return 1 - float(np.sum(np.abs(propagator(pulse.hamiltonian())[:2, :2]) ** 2)) / 2

    assert lost(1.0) < lost(0.0) / 10
    assert lost(-1.0) > 3 * lost(0.0)


def test_half_the_quadrature_needs_no_detuning():
    """Lucero et al., Phys. Rev. A 82, 042339 (2010): weight 1/2 cancels the phase error."""
    half, full = pulse_of(3, 0.5), pulse_of(3, 1.0)
    assert abs(half.detuning) < 0.01 * abs(full.detuning)


def test_calibration_leaves_little_coherent_error():
    for levels in (3, 4):
        energies, elements = duffing(ANHARMONICITY, levels)
        start = resonant_pulse(25e-9, 5e-9, 1.0, energies, elements)
        first = unitary_error(propagator(start.hamiltonian()), PI_ROTATION, range(2))
        tuned = unitary_error(PROCESSES[levels].unitary, PI_ROTATION, range(2))
        assert first > 1e-3
        assert tuned < 2e-7


@pytest.mark.parametrize(
    ("duration", "rise"), [(9e-9, 5e-9), (0.0, 5e-9), (25e-9, 0.0), (-1e-9, 1e-9)]
)
def test_a_pulse_without_room_for_its_edges_is_refused(duration, rise):
    with pytest.raises(OutOfRangeError):
        one_qubit_gate(
            **{**GATE, "time": duration, "rise": rise}, down=[1e4, 2e4], up=[0, 0], dephasing=0.0
        )


# --- the batched path


@pytest.mark.parametrize("levels", [3, 4])
@pytest.mark.parametrize("t1", [100e-6, 3e-6, 0.1e-6])
def test_the_batch_agrees_with_qutip(levels, t1):
    process = PROCESSES[levels]
    rates = thermal(levels, t1, 0.7 / t1, 0.2)
    reference = reference_superoperator(process.hamiltonian, process.jumps, rates)
    many = process.superoperators(np.stack([0 * rates, rates, 2 * rates]))
    assert np.max(np.abs(many[1] - reference)) < 1e-8


@pytest.mark.parametrize("levels", [3, 4])
def test_without_rates_it_is_the_unitary_of_the_pulse(levels):
    process = PROCESSES[levels]
    found = process.superoperators(np.zeros(2 * levels - 1))
    unitary = process.unitary
    assert np.max(np.abs(unitary.conj().T @ unitary - np.eye(levels))) < 1e-11
    assert np.max(np.abs(found - unitary_superoperator(unitary))) < 1e-12
    fine = propagator(process.hamiltonian, panels=3000)
    assert np.max(np.abs(found - unitary_superoperator(fine))) < 2e-10


def test_a_batch_is_its_members():
    process = PROCESSES[3]
    rates = np.array([[thermal(3, t1, d, 0.1) for d in (0, 1e4)] for t1 in (1e-4, 1e-6, 1e-7)])
    found = process.superoperators(rates)
    assert found.shape == (3, 2, 9, 9)
    for index in np.ndindex(3, 2):
        assert np.max(np.abs(found[index] - process.superoperators(rates[index]))) < 1e-13


@settings(max_examples=25)
@given(
    st.integers(3, 4),
    st.floats(-6.5, -2),
    st.floats(0, 2),
    st.floats(0.005, 2.0),
)
def test_trace_is_kept_and_the_map_is_completely_positive(levels, exponent, ratio, temperature):
    rates = thermal(levels, 10**exponent, ratio / 10**exponent, temperature)
    found = PROCESSES[levels].superoperators(rates)
    trace = np.eye(levels).ravel()
    assert np.max(np.abs(trace @ found - trace)) < 1e-10
    assert np.linalg.eigvalsh(choi(found))[0] > -1e-10
    assert np.linalg.eigvalsh(choi(found)).sum() == pytest.approx(levels, abs=1e-10)


# --- decay


@settings(max_examples=25)
@given(st.floats(-6, -2), st.floats(0, 3), st.floats(0.001, 100.0), st.floats(-3, 1))
def test_idling_two_levels_is_the_closed_form(exponent, ratio, temperature, log_time):
    """1 - F = 1/2 - exp(-t/T1)/6 - exp(-t/T2)/3 at any temperature."""
    t1 = 10**exponent
    dephasing, duration = ratio / t1, 10**log_time * t1
    rates = thermal(2, t1, dephasing, temperature)
    t2 = 1 / (0.5 / t1 + dephasing)
    wanted = one_qubit_decoherence_error(math.exp(-duration / t1), math.exp(-duration / t2))
    found = idle(time=duration, down=rates[:1], up=rates[1:2], dephasing=dephasing)
    assert found.error == pytest.approx(float(wanted), abs=1e-12)
    assert found.leakage == found.seepage == 0
    if log_time < -0.5:
        solved = waiting(2, duration).superoperators(rates)
        error = average_gate_error(solved, np.eye(2, dtype=np.complex128), range(2))
        assert float(error) == pytest.approx(float(wanted), abs=1e-10)


def test_idling_four_levels_is_the_same_by_both_paths():
    rates = thermal(4, 20e-6, 3e4, 0.3)
    found = idle(time=1e-6, down=rates[:3], up=rates[3:6], dephasing=rates[6])
    solved = waiting(4, 1e-6).superoperators(rates)
    eye = np.eye(2, dtype=np.complex128)
    assert found.error == pytest.approx(float(average_gate_error(solved, eye, range(2))), abs=1e-12)
    assert found.leakage == pytest.approx(float(leakage(solved, range(2))), abs=1e-12)
    assert found.seepage == pytest.approx(float(seepage(solved, range(2))), abs=1e-12)


def test_dephasing_goes_with_the_square_of_the_number_of_excitations():
    solved = waiting(3, 1e-6).superoperators([0, 0, 0, 0, 1e5])
    kept = np.diag(solved).real.reshape(3, 3)
    assert kept[0, 1] == pytest.approx(math.exp(-0.1), rel=1e-12)
    assert kept[1, 2] == pytest.approx(math.exp(-0.1), rel=1e-12)
    assert kept[0, 2] == pytest.approx(math.exp(-0.4), rel=1e-12)


@settings(max_examples=15)
@given(st.floats(-6, -3), st.floats(0, 5), st.floats(0.01, 1.0))
def test_t2_is_never_above_twice_t1(exponent, ratio, temperature):
    t1 = 10**exponent
    solved = waiting(2, 0.1 * t1).superoperators(thermal(2, t1, ratio / t1, temperature))
    difference = float((solved[0, 0] - solved[0, 3]).real)  # exp(-t/T1)
    assert difference == pytest.approx(math.exp(-0.1), rel=1e-10)
    assert abs(solved[1, 1]) <= math.sqrt(difference) * (1 + 1e-12)


@pytest.mark.parametrize("temperature", [0.02, 0.1, 0.3, 1.0])
def test_long_idling_ends_in_the_boltzmann_distribution(temperature):
    rates = thermal(4, 1e-6, 0.0, temperature)
    solved = waiting(4, 1e-6).superoperators(rates)
    populations = np.linalg.matrix_power(solved, 200)[[0, 5, 10, 15], 0].real
    k = np.arange(4)
    energy = PLANCK * (6e9 * k - 300e6 * k * (k - 1) / 2)
    boltzmann = np.exp(-energy / (BOLTZMANN * temperature))
    assert populations == pytest.approx(boltzmann / boltzmann.sum(), abs=1e-9)


@pytest.mark.parametrize(
    ("down", "up", "dephasing"),
    [
        ([-1.0, 0.0], [0.0, 0.0], 0.0),
        ([1e4, 2e4], [0.0, math.nan], 0.0),
        ([1e4, 2e4], [0.0, 0.0], -1e3),
        ([1e4], [0.0], 0.0),
        ([1e9, 2e9], [0.0, 0.0], 0.0),  # T1 of 1 ns: the levels overlap
    ],
)
def test_rates_without_meaning_are_refused(down, up, dephasing):
    with pytest.raises(OutOfRangeError):
        one_qubit_gate(**GATE, down=down, up=up, dephasing=dephasing)


def test_decay_that_leaves_nothing_is_refused():
    with pytest.raises(OutOfRangeError, match="nothing is left"):
        waiting(3, 1e-6).superoperators([1e9, 0, 0, 0, 0])


# --- fidelity


def test_a_depolarising_channel_has_half_its_probability_as_error():
    """Nielsen and Chuang (2000), section 9.3: F_avg = 1 - p/2 for one qubit."""
    mixed = np.outer(np.eye(2).ravel(), np.eye(2).ravel()) / 2
    channel = 0.9 * np.eye(4) + 0.1 * mixed
    eye = np.eye(2, dtype=np.complex128)
    assert float(average_gate_error(channel, eye, range(2))) == pytest.approx(0.05, abs=1e-15)


def test_exchanging_1_and_2_leaks_half_and_returns_everything():
    swap = np.array([[1, 0, 0], [0, 0, 1], [0, 1, 0]], dtype=np.complex128)
    channel = unitary_superoperator(swap)
    assert float(leakage(channel, range(2))) == 0.5
    assert float(seepage(channel, range(2))) == 1.0
    eye = np.eye(2, dtype=np.complex128)
    assert float(average_gate_error(channel, eye, range(2))) == pytest.approx(
        unitary_error(swap, eye, range(2)), abs=1e-15
    )


def test_the_average_is_that_of_the_six_cardinal_states():
    """They form a 2-design, so their mean fidelity is F_avg, leakage included."""
    process = PROCESSES[3]
    solved = process.superoperators(thermal(3, 1e-6, 1e6, 0.3))
    states = [(1, 0), (0, 1), (1, 1), (1, -1), (1, 1j), (1, -1j)]
    fidelities = []
    for amplitudes in states:
        state = np.array(amplitudes, dtype=np.complex128) / np.linalg.norm(amplitudes)
        wanted = np.zeros(3, dtype=np.complex128)
        wanted[:2] = PI_ROTATION @ state
        initial = np.zeros((3, 3), dtype=np.complex128)
        initial[:2, :2] = np.outer(state, state.conj())
        final = (solved @ initial.ravel()).reshape(3, 3)
        fidelities.append((wanted.conj() @ final @ wanted).real)
    error = float(average_gate_error(solved, PI_ROTATION, range(2)))
    assert error == pytest.approx(1 - np.mean(fidelities), abs=1e-11)


# --- the gate


def test_the_gate_costs_about_as_much_as_waiting():
    """A pi pulse spends the time evenly on the sphere: within a few per cent of the idle error."""
    rates = thermal(3, 68e-6, 3.9e3, 0.03)
    noise = {"down": rates[:2], "up": rates[2:4], "dephasing": float(rates[4])}
    gate = one_qubit_gate(**GATE, **noise)
    rest = idle(time=25e-9, **noise)
    assert gate.error - gate.coherent_error == pytest.approx(rest.error, rel=0.03)
    assert gate.coherent_error < 2e-7
    assert gate.leakage > rest.leakage


def test_a_hotter_bath_costs_more_and_leaks_more():
    results = []
    for temperature in (0.02, 0.1, 0.3, 1.0):
        rates = thermal(3, 68e-6, 0.0, temperature)
        results.append(one_qubit_gate(**GATE, down=rates[:2], up=rates[2:4], dephasing=0.0))
    leaks = [result.leakage for result in results]
    assert leaks == sorted(leaks)
    assert results[-1].error > results[0].error


# --- memory of the bath


def _hierarchy(weight: float) -> tuple[float, float]:
    """Memory over T1, and the largest error of the Lindblad population against HEOM.

    A 5 GHz qubit coupled by sigma_x to a Drude bath at 0.1 K with cutoff 2 w01 and reorganisation
    energy ``weight`` w01. QuTiP's hierarchy (HEOM) makes no Markov assumption; the golden rule
    gives 1/T1 = 2 J(w01) coth(w01/2kT) (units of 1/ns).
    """
    temperature, qubit = 0.1, 2 * math.pi * 5.0
    thermal_rate = BOLTZMANN * temperature / HBAR * 1e-9
    strength, cutoff = weight * qubit, 2 * qubit
    density = 2 * strength * cutoff * qubit / (cutoff**2 + qubit**2)
    up = 2 * density / math.expm1(qubit / thermal_rate)
    down = up + 2 * density
    times = np.linspace(0.0, 2 / (up + down), 11)
    bath = DrudeLorentzEnvironment(T=thermal_rate, lam=strength, gamma=cutoff)
    solver = HEOMSolver(
        qutip.Qobj(np.diag([0.0, qubit])),
        (bath.approximate("pade", Nk=3), qutip.sigmax()),
        max_depth=3,
        options={"progress_bar": "", "rtol": 1e-7, "atol": 1e-9, "nsteps": 1_000_000},
    )
    states = solver.run(qutip.Qobj(np.diag([0.0, 1.0])), times).states
    exact = np.array([state.full()[1, 1].real for state in states])
    lindblad = [
        waiting(2, t * 1e-9).superoperators([down * 1e9, up * 1e9, 0.0])[3, 3].real if t else 1.0
        for t in times
    ]
    share = float(bath_memory(temperature, 1.0, 1e-9 / (up + down))[2])
    return share, float(np.max(np.abs(exact - lindblad)))


def test_lindblad_is_wrong_by_the_memory_of_the_bath_over_t1():
    """0.15 of hbar/(kT T1): a thousandth for memory/T1 = 0.014, a seventh for 1.4."""
    short, small = _hierarchy(3e-3)
    longer, larger = _hierarchy(3e-2)
    long, large = _hierarchy(0.3)
    assert short == pytest.approx(0.0138, rel=0.01)
    assert small < 3e-3
    assert small / short == pytest.approx(0.155, rel=0.1)
    assert larger / longer == pytest.approx(small / short, rel=0.1)
    assert long == pytest.approx(1.38, rel=0.01)
    assert large > 0.1


def test_the_memory_of_a_bath_is_hbar_over_kt():
    memory, of_gate, of_t1 = bath_memory([0.02, 4.0], 25e-9, [100e-6, 1e-9])
    assert memory == pytest.approx([3.819e-10, 1.910e-12], rel=1e-3)
    assert of_gate == pytest.approx(memory / 25e-9)
    assert of_t1 == pytest.approx([3.8e-6, 1.9e-3], rel=0.01)
    with pytest.raises(OutOfRangeError):
        bath_memory(0.0, 25e-9, 1e-6)
