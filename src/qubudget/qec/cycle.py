"""What one error-correction cycle lasts, and the noise of its gates and of its waiting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class Schedule:
    """Durations (s) of the layers of one cycle; what is left over, ``idle``, is waited.

    Two one-qubit layers, ``layers`` two-qubit layers, then read-out, waiting and reset of the
    ancillas. Detuning acts without an echo for ``free`` in each cycle, or from its first to its
    last gate where that is None; while data qubits wait for read-out and reset, dynamical
    decoupling is taken to refocus it.
    """

    one_qubit: float
    two_qubit: float
    readout: float
    reset: float
    idle: float
    layers: int
    free: float | None = None

    @classmethod
    def of_cycle(
        cls,
        cycle_time: float,
        layers: int,
        *,
        one_qubit: float,
        two_qubit: float,
        readout: float,
        reset: float,
        free: float | None = None,
    ) -> Schedule:
        """The schedule that fills ``cycle_time`` (s).

        Raises
        ------
        OutOfRangeError: the gates alone take longer than the cycle, or ``free`` than the gates.
        """
        busy = 2 * one_qubit + layers * two_qubit + readout + reset
        if busy > cycle_time * (1 + 1e-9):
            raise OutOfRangeError(
                f"the operations of one cycle take {busy:.4g} s, longer than the cycle time "
                f"{cycle_time:.4g} s"
            )
        gates = 2 * one_qubit + layers * two_qubit
        if free is not None and not 0 < free <= gates * (1 + 1e-9):
            raise OutOfRangeError(
                f"a detuning acts without an echo for more than 0 and at most the {gates:.4g} s of "
                f"a cycle's gates, not {free:.4g} s"
            )
        return cls(one_qubit, two_qubit, readout, reset, max(cycle_time - busy, 0.0), layers, free)

    @property
    def gates(self) -> float:
        """From the first gate of a cycle to its last, s."""
        return 2 * self.one_qubit + self.layers * self.two_qubit

    @property
    def unechoed(self) -> float:
        """Interval (s) over which a detuning acts coherently."""
        return self.gates if self.free is None else self.free

    @property
    def cycle_time(self) -> float:
        """Duration of the whole cycle (s)."""
        return self.gates + self.readout + self.reset + self.idle


@dataclass(frozen=True)
class GateNoise:
    """Probabilities of the errors that operations bring beside decoherence.

    ``one_qubit`` and ``two_qubit`` are depolarising probabilities, ``measure`` and ``reset`` flips,
    ``data`` depolarises every data qubit once at the start of a round (uniform model only).
    """

    one_qubit: float = 0.0
    two_qubit: float = 0.0
    measure: float = 0.0
    reset: float = 0.0
    data: float = 0.0

    @classmethod
    def uniform(cls, p: float) -> GateNoise:
        """Stim's circuit-level model with all four noise arguments equal to ``p``."""
        return cls(p, p, p, p, p)

    def scaled(self, factor: float) -> GateNoise:
        """All probabilities times ``factor``."""
        return GateNoise(
            *(
                factor * p
                for p in (self.one_qubit, self.two_qubit, self.measure, self.reset, self.data)
            )
        )


@dataclass(frozen=True, eq=False)
class Decoherence:
    """Rates of every qubit during one round: arrays of shape (qubits,).

    ``relaxation`` 1/T1 and ``dephasing`` 1/Tphi in 1/s, ``detuning`` in Hz.
    """

    relaxation: NDArray[np.float64]
    dephasing: NDArray[np.float64]
    detuning: NDArray[np.float64]

    @classmethod
    def equal(cls, qubits: int, relaxation: float, dephasing: float) -> Decoherence:
        """The same rates on all ``qubits``, and no detuning."""
        return cls(np.full(qubits, relaxation), np.full(qubits, dephasing), np.zeros(qubits))

    def plus(self, other: Decoherence) -> Decoherence:
        """Both at once: rates and detunings add."""
        return Decoherence(
            self.relaxation + other.relaxation,
            self.dephasing + other.dephasing,
            self.detuning + other.detuning,
        )

    def is_zero(self) -> bool:
        """Whether nothing happens to any qubit."""
        return not (self.relaxation.any() or self.dephasing.any() or self.detuning.any())


@dataclass(frozen=True, eq=False)
class RoundNoise:
    """All the noise of one round."""

    gates: GateNoise = GateNoise()
    decoherence: Decoherence | None = None

    def with_excess(self, excess: Decoherence) -> RoundNoise:
        """This noise with more decoherence on top."""
        present = self.decoherence
        return replace(self, decoherence=excess if present is None else present.plus(excess))
