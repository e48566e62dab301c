"""CZ of two transmons: calibration, decoherence, refusals."""

import math

import numpy as np
import pytest
import qutip
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qubit.circuit import ladder
from qubudget.qubit.cz import (
    COMPUTATIONAL,
    FluxPulse,
    calibrated_cz,
    conditional_phase,
    cz_jumps,
    cz_target,
    round_trip_time,
)
from qubudget.qubit.dynamics import cz_gate, cz_process
from qubudget.qubit.fidelity import average_gate_error, choi, leakage
from qubudget.qubit.gates import two_qubit_decoherence_error
from qubudget.qubit.lindblad import Hamiltonian
from qubudget.qubit.superoperator import Process, propagator, unitary_superoperator

GATE = {
    "frequency": 6e9,
    "anharmonicity": 300e6,
    "coupling": 10e6,
    "time": 42e-9,
    "rise": 5e-9,
}
RATES = np.array([1e4, 1.9e4, 5e2, 9e2, 7e3, 2e4, 3.8e4, 8e2, 1.3e3, 5e3])


def test_the_round_trip_of_11_on_resonance():
    """Two levels coupled by sqrt(2) g: sin^2 of the full period, phase pi on return."""
    g = 2 * math.pi * 8e6
    pair = math.sqrt(2) * g * np.array([[0, 1], [1, 0]], dtype=np.complex128)
    duration = round_trip_time(g)
    assert duration == pytest.approx(1 / (2 * math.sqrt(2) * 8e6), rel=1e-12)
    back = propagator(Hamiltonian(pair, (), (0.0, duration)))
    assert back[0, 0] == pytest.approx(-1, abs=1e-10)


@pytest.mark.parametrize(("coupling", "rise"), [(10e6, 5e-9), (12e6, 3e-9), (25e6, 8e-9)])
def test_the_calibrated_gate_is_a_cz(coupling, rise):
    gate = cz_process(6e9, 300e6, coupling, 42e-9, rise)
    unitary = gate.process.unitary
    assert math.remainder(conditional_phase(unitary) - math.pi, 2 * math.pi) == pytest.approx(
        0, abs=1e-4
    )
    assert abs(unitary[2, 4]) ** 2 < 1e-8  # nothing left in |02>
    assert gate.coherent_error < 1e-4
    ones = np.exp(-1j * np.angle(np.diag(gate.target)))
    bare = np.diag(gate.target) * np.array([1, ones[1], ones[2], ones[1] * ones[2] / ones[0]])
    assert bare[3] == pytest.approx(-bare[0], abs=1e-12)


def test_the_pulse_lasts_as_long_as_its_area_needs():
    """On resonance the envelope's area, pulse - rise, is the round trip; |20> shifts it."""
    element = float(ladder(6e9, 300e6, 3)[1][1])
    g = 2 * math.pi * 10e6
    pulse = calibrated_cz(60e-9, 5e-9, g, 2 * math.pi * 300e6, element)
    assert pulse.pulse - 5e-9 == pytest.approx(round_trip_time(g, element), rel=3e-3)
    assert abs(pulse.detuning) < 0.1 * g


def test_gentler_edges_swap_less():
    """|01> and |10> are an anharmonicity apart: edges short against its inverse swap them."""
    errors = [cz_process(6e9, 210e6, 12e6, 60e-9, rise).coherent_error for rise in (3e-9, 8e-9)]
    assert errors[1] < errors[0] / 10
    unitary = cz_process(6e9, 210e6, 12e6, 60e-9, 3e-9).process.unitary
    swapped = abs(unitary[1, 3]) ** 2
    assert 0.4 * swapped < errors[0] < 0.6 * swapped  # tr U loses one swap of four, F 2/5 of it


def test_excitations_are_conserved_without_decay():
    unitary = cz_process(*GATE.values()).process.unitary
    number = np.array([j + k for j in range(3) for k in range(3)])
    assert np.max(np.abs(unitary[number[:, None] != number])) < 1e-12
    assert np.max(np.abs(unitary.conj().T @ unitary - np.eye(9))) < 1e-10


def test_a_gate_too_short_for_its_coupling_names_the_time_that_it_needs():
    with pytest.raises(OutOfRangeError, match=r"needs 4\.129e-08 s; the gate has 3\.2e-08 s"):
        cz_gate(**{**GATE, "time": 32e-9}, down=[0, 0], up=[0, 0], dephasing=0.0)


def test_edges_longer_than_the_round_trip_are_refused():
    with pytest.raises(OutOfRangeError, match="less than the"):
        cz_gate(**{**GATE, "coupling": 100e6}, down=[0, 0], up=[0, 0], dephasing=0.0)


@pytest.mark.parametrize(
    "change", [{"time": 0.0}, {"rise": 30e-9}, {"rise": 0.0}, {"coupling": 0.0}]
)
def test_shapes_without_meaning_are_refused(change):
    with pytest.raises(OutOfRangeError):
        cz_gate(**{**GATE, **change}, down=[0, 0], up=[0, 0], dephasing=0.0)


@pytest.mark.parametrize("down", [[-1.0, 0.0], [math.inf, 0.0], [1.0], [1e9, 2e9]])
def test_rates_without_meaning_are_refused(down):
    with pytest.raises(OutOfRangeError):
        cz_gate(**GATE, down=down, up=[0.0] * len(down), dephasing=0.0)


@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_the_batch_agrees_with_mesolve(scale):
    process = cz_process(*GATE.values()).process
    solved = process.superoperators(scale * RATES)
    ((exchange, coefficient),) = process.hamiltonian.terms
    evolution = qutip.QobjEvo(
        [
            qutip.Qobj(process.hamiltonian.static * 1e-9),
            [qutip.Qobj(exchange * 1e-9), lambda t: float(coefficient(np.asarray(t * 1e-9)))],
        ]
    )
    collapses = [
        qutip.Qobj(jump * math.sqrt(scale * rate * 1e-9))
        for jump, rate in zip(process.jumps, RATES, strict=True)
    ]
    options = {
        "method": "vern9",
        "rtol": 1e-11,
        "atol": 1e-13,
        "nsteps": 1_000_000,
        "max_step": 0.5,  # ns; |11> would else be carried over the pulse in one step
        "progress_bar": "",
    }
    spread = np.exp(1j * np.arange(9) ** 2) / 3  # overlaps every level, without symmetry
    eleven = np.eye(9)[4]
    for vector in (spread, eleven):
        state = np.outer(vector, vector.conj())
        times = [t * 1e9 for t in process.hamiltonian.breaks]
        final = qutip.mesolve(evolution, qutip.Qobj(state), times, collapses, options=options)
        found = (solved @ state.ravel()).reshape(9, 9)
        assert np.max(np.abs(found - final.states[-1].full())) < 1e-8


def test_without_rates_it_is_the_unitary_of_the_pulse():
    process = cz_process(*GATE.values()).process
    fine = propagator(process.hamiltonian, panels=2000)
    solved = process.superoperators(np.zeros(10))
    assert np.max(np.abs(solved - unitary_superoperator(fine))) < 1e-10


@settings(max_examples=10)
@given(st.floats(2, 6), st.floats(0, 2), st.floats(0, 0.9))
def test_trace_is_kept_and_the_map_is_completely_positive(exponent, ratio, heat):
    rate = 10.0**exponent
    single = np.array([rate, 2 * rate, heat * rate, 2 * heat * rate, ratio * rate])
    process = cz_process(*GATE.values()).process
    solved = process.superoperators(np.concatenate([single, 0.7 * single]))
    trace = np.eye(9).ravel()
    assert np.max(np.abs(trace @ solved - trace)) < 1e-10
    assert np.linalg.eigvalsh(choi(solved))[0] > -1e-10


def test_no_coupling_is_two_qubits_that_wait():
    """The closed form of two independent qubits, exact if level 2 is never entered."""
    pulse = FluxPulse(42e-9, 42e-9, 5e-9, 0.0, 0.0, 2 * math.pi * 300e6, math.sqrt(2))
    process = Process(pulse.hamiltonian(), cz_jumps())
    t1, dephasing = 68e-6, 5e3
    single = [1 / t1, 2 / t1, 0.0, 0.0, dephasing]
    solved = process.superoperators(single + single)
    block = np.diag(np.diag(process.unitary)[list(COMPUTATIONAL)])
    error = float(average_gate_error(solved, block, COMPUTATIONAL))
    wanted = two_qubit_decoherence_error(
        math.exp(-42e-9 / t1), math.exp(-42e-9 * (0.5 / t1 + dephasing))
    )
    assert error == pytest.approx(float(wanted), abs=1e-11)
    assert float(leakage(solved, COMPUTATIONAL)) == pytest.approx(0, abs=1e-12)


def test_decoherence_of_the_gate_is_near_that_of_waiting_and_more():
    """|11> spends half the gate as |02>, which decays twice as fast and dephases four times."""
    t1, dephasing = 68e-6, 4e3
    gate = cz_gate(**GATE, down=[1 / t1, 2 / t1], up=[0.0, 0.0], dephasing=dephasing)
    idle = float(
        two_qubit_decoherence_error(
            math.exp(-42e-9 / t1), math.exp(-42e-9 * (0.5 / t1 + dephasing))
        )
    )
    assert idle < gate.error - gate.coherent_error < 1.35 * idle
    assert 0 < gate.leakage < 0.1 * gate.error


def test_heating_leaks_as_first_order_perturbation_says():
    """First order in up[1], averaged over the four states.

    |00> cannot; |10> goes to |20>, one; |01> goes to |02>, of which the gate takes half back to
    |11>; |11> is itself for half of the time, and both transmons can go: 5/8 in all, and a little
    more because the exchange is off at the ends.
    """
    quiet = cz_gate(**GATE, down=[0.0, 0.0], up=[0.0, 0.0], dephasing=0.0)
    hot = cz_gate(**GATE, down=[0.0, 0.0], up=[0.0, 1e3], dephasing=0.0)
    assert hot.leakage - quiet.leakage == pytest.approx(0.65 * 42e-9 * 1e3, rel=0.06)


def test_the_two_transmons_may_differ():
    both = cz_gate(**GATE, down=[1e4, 2e4], up=[0.0, 0.0], dephasing=3e3)
    each = [
        cz_gate(
            **GATE,
            down=np.outer(np.eye(2)[k], [1e4, 2e4]),
            up=np.zeros((2, 2)),
            dephasing=3e3 * np.eye(2)[k],
        )
        for k in (0, 1)
    ]
    quiet = both.coherent_error
    added = sum(gate.error - quiet for gate in each)
    assert both.error - quiet == pytest.approx(added, rel=1e-3)
    assert each[1].error > each[0].error  # the upper transmon visits its level 2


def test_the_target_keeps_the_gates_own_single_qubit_phases():
    unitary = cz_process(*GATE.values()).process.unitary
    block = unitary[np.ix_(COMPUTATIONAL, COMPUTATIONAL)]
    overlap = abs(np.trace(cz_target(unitary).conj().T @ block)) / 4
    assert overlap == pytest.approx(1, abs=1e-5)
