"""Leakage: qubits outside their two computational states, shot by shot.

Every qubit of every shot carries a flag. It is set by two-qubit gates and taken back by relaxation
and by reset; what a leaked qubit does to its neighbours are Pauli errors drawn anew each time. So
the correlation in time that makes leakage worse than its probability is kept: a leaked data qubit
spoils the checks around it round after round, a leaked ancilla all of its data qubits at once.
The model is the stochastic one of Fowler, Phys. Rev. A 88, 042308 (2013), and Suchara, Cross and
Gambetta, Quantum Inf. Comput. 15, 997 (2015), with the phase flips of controlled-phase gates in
place of full depolarising (Varbanov et al., npj Quantum Inf. 6, 102 (2020): a leaked qubit turns
its partner by a phase, and the checks beside a leaked data qubit fire half of the time):

- *Injection.* A gate's leakage L is the population that leaves the computational states of the
  pair, averaged over them. Which of the two left is not stated, so both leak alike and
  independently, each with l = 1 - sqrt(1 - L), after the gate, without a kick to the partner.
- *While leaked*, each gate with the qubit gives the partner, with probability 1/2, the Pauli that
  the gate would have put there: Z by a controlled phase and on a control, X on a target. The
  qubit's own outcome is a coin toss, final read-out of the data included. (On hardware |2> is
  mostly assigned as 1; comparisons of a leaked ancilla's outcomes then stay silent.)
- *Relaxation* |2> -> |1> at 2/T1: the squared matrix element of a weakly anharmonic oscillator
  (Koch et al., Phys. Rev. A 76, 042319 (2007); measured by Peterer et al., Phys. Rev. Lett. 114,
  010501 (2015)). The whole cycle's share is taken at the end of the cycle; the qubit that returns
  is fully mixed.
- *Start*: with the population at which injection and removal balance, as in any late cycle. From a
  clean start it grows for some T1/2, longer than a simulated memory lasts.
- *Removal*, after each cycle: nothing ("stays": the plain reset of an ancilla does not reach |2>);
  ancillas alone ("reset-ancilla": multi-level reset, McEwen et al., Nat. Commun. 12, 1761 (2021));
  or data qubits as well ("reset-all": Miao et al., Nat. Phys. 19, 1780 (2023)). Removal is
  complete; ancillas come back in their ground state, data qubits fully mixed.

Left out: transport of leakage to a partner, leakage by one-qubit gates, by read-out and by heating
of idle qubits, and states above |2>. The decoder knows nothing of leakage: its weights are those
of the circuit without it.

One leaked ancilla can flip two data qubits along a logical operator, which halves the distance for
such faults: some (d+1)/4 of them suffice (compare Brown, Cross and Brown, arXiv:2003.05843).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError

Removal = Literal["stays", "reset-ancilla", "reset-all"]


@dataclass(frozen=True)
class Leakage:
    """``rate``: leakage L per two-qubit gate, of the pair; ``removal``: what ends it (module).

    Raises
    ------
    OutOfRangeError: a rate outside [0, 1].
    """

    rate: float
    removal: Removal

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise OutOfRangeError(f"leakage per two-qubit gate, {self.rate:.3g}, outside 0 to 1")

    def scaled(self, factor: float) -> Leakage:
        """With ``factor`` times the rate."""
        return Leakage(factor * self.rate, self.removal)

    @property
    def per_qubit(self) -> float:
        """Probability l that a given qubit of the pair leaks in one gate: 1 - (1 - l)^2 = L.

        >>> Leakage(0.19, "stays").per_qubit
        0.1
        """
        return float(-np.expm1(0.5 * np.log1p(-self.rate))) if self.rate < 1 else 1.0


def return_probability(relaxation: ArrayLike, duration: ArrayLike) -> NDArray[np.float64]:
    """Probability 1 - exp(-2 t/T1) that |2> decays to |1> within ``duration`` t (s).

    relaxation : 1/T1 of the qubit's computational states (1/s).
    """
    decay = 2 * np.asarray(relaxation, float) * np.asarray(duration, float)
    return np.asarray(-np.expm1(-decay))


def balance(injection: ArrayLike, returning: ArrayLike) -> NDArray[np.float64]:
    """Steady leaked population at the begin of a cycle, p = (p + (1 - p) i)(1 - r).

    injection : probability i that an unleaked qubit leaks within a cycle; returning : r, that a
    leaked one comes back at its end. Broadcast; 0 where neither happens.

    >>> round(float(balance(1e-3, 0.1)), 5)
    0.00892
    """
    i, r = np.asarray(injection, float), np.asarray(returning, float)
    kept = i * (1 - r)
    # The denominator i + r - i r, kept from 0 / 0.
    return np.asarray(kept / np.where(kept > 0, i + r - i * r, 1.0))
