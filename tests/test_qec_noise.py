"""Pauli noise against channels written as Kraus operators and against published relations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec import noise

PAULIS = {
    "I": np.eye(2),
    "X": np.array([[0, 1], [1, 0]]),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]),
}


def damping(t, t1, t2, excited=0.0):
    """Kraus operators of generalised amplitude damping followed by dephasing (Nielsen, Chuang)."""
    g = 1 - np.exp(-t / t1)
    down = [np.diag([1, np.sqrt(1 - g)]), np.array([[0, np.sqrt(g)], [0, 0]])]
    up = [np.diag([np.sqrt(1 - g), 1]), np.array([[0, 0], [np.sqrt(g), 0]])]
    decay = [np.sqrt(1 - excited) * k for k in down] + [np.sqrt(excited) * k for k in up]
    flip = (1 - np.exp(-t * (1 / t2 - 1 / (2 * t1)))) / 2
    phase = [np.sqrt(1 - flip) * PAULIS["I"], np.sqrt(flip) * PAULIS["Z"]]
    return [a @ b for a in phase for b in decay]


def twirled(kraus, pauli):
    """Diagonal of the process matrix: what the Pauli twirl keeps."""
    return sum(abs(np.trace(PAULIS[pauli] @ k) / 2) ** 2 for k in kraus)


@given(
    t=st.floats(1e-9, 1e-4),
    t1=st.floats(1e-6, 1e-3),
    ratio=st.floats(0.01, 2.0),
    excited=st.floats(0, 0.5),
)
@settings(max_examples=40, deadline=None)
def test_twirl_of_kraus_operators_at_any_temperature(t, t1, ratio, excited):
    t2 = ratio * t1
    kraus = damping(t, t1, t2, excited)
    computed = noise.pauli_twirl(t, t1, t2)
    for p, name in zip(computed, "XYZ", strict=True):
        assert p == pytest.approx(twirled(kraus, name), rel=1e-6, abs=1e-13)


def test_closed_form_of_the_twirl():
    """Ghosh, Fowler, Geller, PRA 86, 062318 (2012), Eq. 10 f."""
    t, t1, t2 = np.array([1e-8, 1e-6, 1e-4]), 70e-6, 90e-6
    p_x, p_y, p_z = noise.pauli_twirl(t, t1, t2)
    np.testing.assert_allclose(p_x, (1 - np.exp(-t / t1)) / 4, rtol=1e-12)
    np.testing.assert_allclose(p_y, p_x, rtol=1e-12)
    np.testing.assert_allclose(
        p_z, (1 - np.exp(-t / t2)) / 2 - (1 - np.exp(-t / t1)) / 4, rtol=1e-7
    )


def test_exponents_of_successive_intervals_add():
    whole = noise.independent_flips(3e-6, 1e5, 4e4)
    first, second = noise.independent_flips(1e-6, 1e5, 4e4), noise.independent_flips(2e-6, 1e5, 4e4)
    for q, a, b in zip(whole, first, second, strict=True):
        assert noise.combine(a, b) == pytest.approx(q, rel=1e-12)


def test_coherence_time_above_twice_the_relaxation_time_is_refused():
    with pytest.raises(OutOfRangeError, match="2 T1"):
        noise.pauli_twirl(1e-6, 1e-5, 2.1e-5)
    with pytest.raises(OutOfRangeError, match="positive"):
        noise.pure_dephasing_rate(0.0, 1e-5)
    assert noise.pure_dephasing_rate(1e-5, 2e-5) == 0


def test_detuning_is_coherent_over_its_interval():
    """1 MHz over 2 x 0.4 us: 0.35 when the phases add, 0.17 when the two flips are independent."""
    single = noise.detuning_flip(1e6, 0.4e-6)
    assert noise.detuning_flip(1e6, 0.8e-6) == pytest.approx(0.345, abs=5e-4)
    assert noise.combine(single, single) == pytest.approx(0.173, abs=5e-4)
    assert single > 0.5


@pytest.mark.parametrize("qubits", [1, 2])
def test_depolarising_probability_from_the_entanglement_fidelity(qubits):
    """Nielsen, Phys. Lett. A 303, 249 (2002): F = (D + sum |tr K|^2) / (D + D^2)."""
    size, error = 2**qubits, 0.01
    p = float(noise.depolarizing_probability(error, qubits))
    traces = (1 - p) * size**2  # the identity's; all other Paulis are traceless
    assert 1 - (size + traces) / (size + size**2) == pytest.approx(error)


def test_worse_than_fully_depolarised_is_refused():
    assert noise.depolarizing_probability(0.5, 1) == 0.75
    assert noise.depolarizing_probability(0.75, 2) == pytest.approx(15 / 16)
    for error, qubits in ((0.51, 1), (0.76, 2), (-1e-3, 1)):
        with pytest.raises(OutOfRangeError):
            noise.depolarizing_probability(error, qubits)


def test_average_gate_error_of_decoherence():
    """First order: (1/3)(1/T1 + 1/Tphi) t; exactly, over the six Pauli eigenstates (a 2-design)."""
    t, t1, t2 = 2e-6, 30e-6, 20e-6
    states = [
        np.array(s) / np.linalg.norm(s)
        for s in ([1, 0], [0, 1], [1, 1], [1, -1], [1, 1j], [1, -1j])
    ]
    kraus = damping(t, t1, t2)
    fidelity = np.mean([sum(abs(s.conj() @ k @ s) ** 2 for k in kraus) for s in states])
    assert noise.decoherence_error(t, t1, t2, 1) == pytest.approx(1 - fidelity, rel=1e-9)
    small = noise.decoherence_error(1e-10, t1, t2, 1)
    assert small == pytest.approx((1 / t1 + 1 / t2 - 0.5 / t1) / 3 * 1e-10, rel=1e-4)
    assert noise.decoherence_error(1e-10, t1, t2, 2) == pytest.approx(12 / 5 * small, rel=1e-4)


def test_decay_in_the_first_half_of_the_read_out():
    """Mean assignment error t / (4 T1) to first order: an excited qubit decays before t/2."""
    assert noise.readout_decay_flip(1e-9, 1e-4) == pytest.approx(1e-9 / 4e-4, rel=1e-4)
