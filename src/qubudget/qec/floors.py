"""What operations err beside decoherence, qubit by qubit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.cycle import GateNoise

Array = NDArray[np.float64]

# Where a depolarising channel has become the fully mixing one (Stim refuses more).
_LARGEST = {"one_qubit": 3 / 4, "two_qubit": 15 / 16, "measure": 1.0, "reset": 1.0, "data": 3 / 4}


@dataclass(frozen=True, eq=False)
class Floors:
    """Error probabilities of operations: arrays of shape (qubits,).

    The probabilities of :class:`qubudget.qec.cycle.GateNoise`. The error of a two-qubit gate is
    not that of one qubit alone: a pair takes the mean of its two.

    Raises
    ------
    OutOfRangeError: a probability outside [0, 1], or beyond full depolarisation (3/4, or 15/16
        for two qubits); shapes that differ.
    """

    one_qubit: Array
    two_qubit: Array
    measure: Array
    reset: Array
    data: Array

    def __post_init__(self) -> None:
        for name, largest in _LARGEST.items():
            values = getattr(self, name)
            if values.ndim != 1 or values.shape != self.one_qubit.shape:
                raise OutOfRangeError(
                    f"{name}: given shape {values.shape}; floors are arrays of shape (qubits,)"
                )
            if not np.all((values >= 0) & (values <= largest)):
                raise OutOfRangeError(f"{name}: probability outside 0 to {largest:g}")

    @classmethod
    def of(cls, qubits: int, gates: GateNoise | None = None, **own: ArrayLike) -> Floors:
        """The floors of ``gates`` (none by default) on all ``qubits``.

        own : values, or arrays (qubits,), that replace those of ``gates`` under the same name.
        """
        gates = gates or GateNoise()
        unknown = own.keys() - _LARGEST.keys()
        if unknown:
            raise TypeError(f"no such floor: {', '.join(sorted(unknown))}")
        found = {}
        for name in _LARGEST:
            given = np.asarray(own.get(name, getattr(gates, name)), float)
            if given.shape not in ((), (qubits,)):
                raise OutOfRangeError(
                    f"{name}: given shape {given.shape}; allowed: one number or ({qubits},)"
                )
            found[name] = np.full(qubits, given)
        return cls(**found)

    def same_as(self, other: Floors) -> bool:
        """Whether all probabilities are equal."""
        return all(np.array_equal(getattr(self, n), getattr(other, n)) for n in _LARGEST)
