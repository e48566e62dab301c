"""Decoherence and control errors as Pauli noise.

Amplitude damping and dephasing are Pauli-twirled. The twirl keeps the average gate fidelity
exactly but drops the asymmetry of decay: a qubit resting in its ground state is given an X or Y
error with probability (1 - exp(-t/T1))/2 although it can not decay, and an excited one only half
of its true decay probability 1 - exp(-t/T1). Averaged over both states the two are equal, so the
per-qubit flip probability is right to the extent that a code keeps its qubits half excited; for a
single qubit in a known state the twirl is wrong by at most that factor of two.

Thermal excitation needs no term of its own: with T1 the total rate 1/T1 = up + down, relaxation
towards any thermal population has the same twirl, since its coherence and population transfer
elements depend on the total rate only.

Sources: Ghosh, Fowler, Geller, Phys. Rev. A 86, 062318 (2012), Eqs. 10-13 (twirl); Horodecki et
al., Phys. Rev. A 60, 1888 (1999), and Nielsen, Phys. Lett. A 303, 249 (2002) (average fidelity).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]


def pure_dephasing_rate(t1: ArrayLike, t2: ArrayLike) -> Array:
    """Pure dephasing rate 1/Tphi = 1/T2 - 1/(2 T1), in 1/s.

    Parameters
    ----------
    t1, t2 : relaxation and coherence time (s), positive; broadcast.

    Raises
    ------
    OutOfRangeError: T2 above 2 T1, or a time that is not positive.

    >>> round(float(pure_dephasing_rate(68e-6, 89e-6)))
    3883
    """
    t1, t2 = np.asarray(t1, float), np.asarray(t2, float)
    if not (np.all(t1 > 0) and np.all(t2 > 0)):
        raise OutOfRangeError("T1 and T2 must be positive")
    if np.any(t2 > 2 * t1 * (1 + 1e-9)):
        raise OutOfRangeError("T2 exceeds 2 T1, which no physical decoherence does")
    return np.asarray(np.maximum(1 / t2 - 0.5 / t1, 0.0))


def independent_flips(
    duration: ArrayLike, relaxation: ArrayLike, dephasing: ArrayLike
) -> tuple[Array, Array, Array]:
    """Probabilities (q_x, q_y, q_z) of independent Pauli flips that make the twirled channel.

    q_x = q_y = (1 - exp(-t/(2 T1)))/2 and q_z = (1 - exp(-t/Tphi))/2, exactly; the exponents of
    successive intervals add.

    Parameters
    ----------
    duration : t (s); relaxation : 1/T1 (1/s); dephasing : 1/Tphi (1/s); broadcast.
    """
    duration = np.asarray(duration, float)
    q_xy = -0.5 * np.expm1(-0.5 * duration * np.asarray(relaxation, float))
    q_z = -0.5 * np.expm1(-duration * np.asarray(dephasing, float))
    q_xy, q_z = np.broadcast_arrays(q_xy, q_z)
    return q_xy, q_xy, q_z


def combine(first: ArrayLike, second: ArrayLike) -> Array:
    """Probability that exactly one of two independent flips happens, a + b - 2 a b."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    return np.asarray(first * (1 - second) + second * (1 - first))


def channel(q_x: ArrayLike, q_y: ArrayLike, q_z: ArrayLike) -> tuple[Array, Array, Array]:
    """Disjoint probabilities (p_x, p_y, p_z) of one Pauli channel from independent flips.

    X and Y together make Z, and so on round; written without differences of near numbers.
    """
    q_x, q_y, q_z = (np.asarray(q, float) for q in (q_x, q_y, q_z))
    r_x, r_y, r_z = 1 - q_x, 1 - q_y, 1 - q_z
    return (
        q_x * r_y * r_z + r_x * q_y * q_z,
        q_y * r_x * r_z + r_y * q_x * q_z,
        q_z * r_x * r_y + r_z * q_x * q_y,
    )


def pauli_twirl(duration: ArrayLike, t1: ArrayLike, t2: ArrayLike) -> tuple[Array, Array, Array]:
    """Twirl (p_x, p_y, p_z) of amplitude damping and dephasing over ``duration`` (s).

    p_x = p_y = (1 - exp(-t/T1))/4 and p_z = (1 - exp(-t/T2))/2 - (1 - exp(-t/T1))/4
    (Ghosh et al. 2012, Eq. 10 f.). T1, T2 in s.

    Raises
    ------
    OutOfRangeError: T2 above 2 T1.

    >>> p_x, p_y, p_z = pauli_twirl(1.1e-6, 68e-6, 89e-6)
    >>> round(float(p_x), 6), round(float(p_z), 6)
    (0.004012, 0.00213)
    """
    dephasing = pure_dephasing_rate(t1, t2)
    return channel(*independent_flips(duration, 1 / np.asarray(t1, float), dephasing))


def detuning_flip(detuning: ArrayLike, interval: ArrayLike) -> Array:
    """Probability sin^2(pi df t) of a phase flip after a detuning ``df`` (Hz) over ``t`` (s).

    The phase is coherent: it adds up over the whole interval without an echo before it is
    squared, and the probability may exceed 1/2. Treating the result as a flip that is
    independent of all others is this package's first model of it.

    >>> round(float(detuning_flip(1e6, 2 * 0.4e-6)), 2)
    0.35
    """
    phase = np.pi * np.asarray(detuning, float) * np.asarray(interval, float)
    return np.asarray(np.sin(phase) ** 2)


def depolarizing_probability(average_error: ArrayLike, qubits: int) -> Array:
    """Probability that a uniformly random non-identity Pauli follows a gate.

    With D = 2^qubits, the average fidelity is F = (D F_e + 1)/(D + 1) and F_e = 1 - p, so
    p = (D + 1)/D times the average error: 3/2 for one qubit, 5/4 for two.

    Raises
    ------
    OutOfRangeError: p outside [0, 1 - 1/D^2]; beyond it the gate is worse than fully depolarised.

    >>> float(depolarizing_probability(0.002, 1)), float(depolarizing_probability(0.004, 2))
    (0.003, 0.005)
    """
    size = 2**qubits
    p = np.asarray(average_error, float) * (size + 1) / size
    if not np.all((p >= 0) & (p <= 1 - size**-2.0)):
        raise OutOfRangeError(
            f"average error of a {qubits}-qubit gate outside 0 to {1 - 1 / size:g}"
        )
    return np.asarray(p)


def decoherence_error(duration: ArrayLike, t1: ArrayLike, t2: ArrayLike, qubits: int) -> Array:
    """Average gate error that decoherence alone causes over ``duration`` (s) on equal qubits.

    D/(D + 1) (1 - F_e) with F_e = (1 - p_x - p_y - p_z)^qubits; T1, T2 in s. To first order
    (1/3)(1/T1 + 1/Tphi) t for one qubit.
    """
    size = 2**qubits
    kept = 1 - sum(pauli_twirl(duration, t1, t2))
    return np.asarray(size / (size + 1) * (1 - kept**qubits))


def readout_decay_flip(readout_time: ArrayLike, t1: ArrayLike) -> Array:
    """Assignment error, mean of both states, from decay before the middle of the read-out (s)."""
    return np.asarray(-0.5 * np.expm1(-0.5 * np.asarray(readout_time, float) / np.asarray(t1)))
