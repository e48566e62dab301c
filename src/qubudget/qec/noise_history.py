"""Noise of every qubit in every round.

Rates are steady within a round and taken at its middle. Relaxation and dephasing become Pauli
flips by the twirl of :mod:`qubudget.qec.noise`, which drops the asymmetry of decay; a detuning
becomes one phase flip per round, its phase added up over the whole interval without an echo before
it is squared. Gates, read-out and reset keep floors of their own, which may differ from qubit to
qubit but not in time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.cycle import Decoherence
from qubudget.qec.floors import Floors
from qubudget.qec.history import BurstHistory, at_qubits
from qubudget.qec.noise import pure_dephasing_rate
from qubudget.qec.placement import Placement
from qubudget.qec.sampling import stream

Array = NDArray[np.float64]
Course = ArrayLike | Callable[[Array], ArrayLike]
"""Values that broadcast to (qubits, rounds), or a function of the rounds' middle times (s)."""


@dataclass(frozen=True, eq=False)
class NoiseHistory:
    """Noise of a patch over an experiment.

    Attributes
    ----------
    relaxation : 1/T1 (1/s). dephasing : 1/Tphi (1/s). detuning : frequency shift (Hz). All of
        shape (qubits, rounds).
    floors : errors of the operations themselves.

    Raises
    ------
    OutOfRangeError: shapes that differ or are not (qubits, rounds), no rounds, a negative rate, a
        value that is not finite.
    """

    relaxation: Array
    dephasing: Array
    detuning: Array
    floors: Floors

    def __post_init__(self) -> None:
        shape = self.relaxation.shape
        if len(shape) != 2 or 0 in shape:
            raise OutOfRangeError(f"relaxation: given shape {shape}; needs (qubits, rounds)")
        for field in fields(self)[:3]:
            values = getattr(self, field.name)
            if values.shape != shape:
                raise OutOfRangeError(
                    f"{field.name}: given shape {values.shape}; relaxation has {shape}"
                )
            bad = ~np.isfinite(values)
            if field.name != "detuning":
                bad |= values < 0
            if bad.any():
                qubit, number = np.argwhere(bad)[0]
                raise OutOfRangeError(
                    f"{field.name}: {values[qubit, number]:g} at qubit {qubit}, round {number}; "
                    "rates must be finite and not negative"
                )
        if self.floors.measure.shape != shape[:1]:
            raise OutOfRangeError(
                f"floors: given for {len(self.floors.measure)} qubits; relaxation has {shape[0]}"
            )

    @property
    def qubits(self) -> int:
        """Number of qubits."""
        return int(self.relaxation.shape[0])

    @property
    def rounds(self) -> int:
        """Number of rounds."""
        return int(self.relaxation.shape[1])

    def segments(self) -> list[tuple[int, Decoherence]]:
        """Runs of equal rounds: (how many, their decoherence), in the order of time."""
        parts = (self.relaxation, self.dephasing, self.detuning)
        changes = np.zeros(self.rounds - 1, bool)
        for values in parts:
            changes |= np.any(values[:, 1:] != values[:, :-1], axis=0)
        starts = [0, *(np.flatnonzero(changes) + 1).tolist()]
        lengths = np.diff([*starts, self.rounds]).tolist()
        return [
            (length, Decoherence(*(values[:, start] for values in parts)))
            for start, length in zip(starts, lengths, strict=True)
        ]

    @classmethod
    def steady(
        cls, decoherence: Decoherence, rounds: int, floors: Floors | None = None
    ) -> NoiseHistory:
        """The same decoherence in every round."""
        relaxation, dephasing, detuning = (
            np.repeat(np.asarray(values, float)[:, None], rounds, axis=1)
            for values in (decoherence.relaxation, decoherence.dephasing, decoherence.detuning)
        )
        return cls(
            relaxation, dephasing, detuning, floors or Floors.of(len(decoherence.relaxation))
        )

    @classmethod
    def typed(
        cls,
        t1: Course,
        t2: Course,
        detuning: Course = 0.0,
        *,
        qubits: int,
        rounds: int,
        cycle_time: float | None = None,
        floors: Floors | None = None,
    ) -> NoiseHistory:
        """A history typed in, or measured, as times.

        Parameters
        ----------
        t1, t2 : relaxation and coherence time (s); infinite where there is none.
        detuning : frequency shift (Hz). Each of the three is a number, an array of shape
            (qubits, 1), (1, rounds) or (qubits, rounds), or a function that is given the middle
            times (s) of all rounds, shape (rounds,), and returns one of these.
        cycle_time : duration of a round (s); needed where a function is given.

        Raises
        ------
        OutOfRangeError: a wrong shape, a time that is not positive, T2 above 2 T1.
        """

        def values(name: str, course: Course) -> Array:
            if callable(course):
                if cycle_time is None or not cycle_time > 0:
                    raise OutOfRangeError(
                        f"{name} as a function of time needs a cycle time above 0"
                    )
                course = course(_middles(rounds, cycle_time))
            return _spread_out(name, course, qubits, rounds)

        first, second = values("T1", t1), values("T2", t2)
        dephasing = pure_dephasing_rate(first, second)
        return cls(
            np.asarray(1 / first, np.float64),
            dephasing,
            values("detuning", detuning),
            floors or Floors.of(qubits),
        )

    @classmethod
    def of_channels(
        cls,
        p_x: ArrayLike,
        p_y: ArrayLike,
        p_z: ArrayLike,
        cycle_time: float,
        *,
        qubits: int,
        rounds: int,
        floors: Floors | None = None,
    ) -> NoiseHistory:
        """Rates of which a whole cycle makes these Pauli channels; shapes as in ``typed``.

        The inverse of :func:`qubudget.qec.noise.pauli_twirl`: exp(-t/T1) = 1 - 2 (p_x + p_y) and
        exp(-t/2T1 - t/Tphi) = 1 - 2 (p_y + p_z).

        Raises
        ------
        OutOfRangeError: a probability outside [0, 1] or a sum above 1; a channel that relaxation
            and dephasing do not give: p_x unlike p_y, p_x + p_y or p_y + p_z of 1/2 and more, or
            p_z so small that T2 would exceed 2 T1.
        """
        p_x, p_y, p_z = (
            _spread_out(name, p, qubits, rounds)
            for name, p in (("p_x", p_x), ("p_y", p_y), ("p_z", p_z))
        )
        for name, p in (("p_x", p_x), ("p_y", p_y), ("p_z", p_z), ("sum", p_x + p_y + p_z)):
            if not np.all((p >= 0) & (p <= 1)):
                raise OutOfRangeError(f"Pauli channel: {name} outside 0 to 1")
        if not np.allclose(p_x, p_y, rtol=1e-9, atol=0):
            raise OutOfRangeError("Pauli channel: relaxation gives p_x = p_y, which these are not")
        if np.any(p_x + p_y >= 0.5) or np.any(p_y + p_z >= 0.5):
            raise OutOfRangeError("Pauli channel: no decoherence time flips that often")
        if not cycle_time > 0:
            raise OutOfRangeError("cycle_time must be above 0")
        decay = -np.log1p(-2 * (p_x + p_y))
        phase = -np.log1p(-2 * (p_y + p_z)) - decay / 2
        if np.any(phase < -1e-9 * decay):
            raise OutOfRangeError("Pauli channel: p_z too small; T2 would exceed 2 T1")
        return cls(
            decay / cycle_time,
            np.maximum(phase, 0.0) / cycle_time,
            np.zeros((qubits, rounds)),
            floors or Floors.of(qubits),
        )

    @classmethod
    def quiet(
        cls,
        qubits: int,
        rounds: int,
        relaxation: float,
        dephasing: float,
        cycle_time: float,
        *,
        device_spread: float,
        time_spread: float,
        switching_rate: float,
        seed: int,
        floors: Floors | None = None,
    ) -> NoiseHistory:
        """Quiet times of a device whose qubits differ and drift.

        1/T1 of each qubit is the mean one times a log-normal factor of mean 1, its own for good,
        and times 1 + v or 1 - v of a symmetric random telegraph: one two-level system near the
        qubit's frequency that comes and goes. Burnett et al., npj Quantum Inf. 5, 54 (2019), find
        T1 fluctuating locally to each qubit with the Lorentzian noise of such a switching, at
        rates below 1 mHz. Dephasing does not vary.

        Parameters
        ----------
        relaxation, dephasing : mean 1/T1 and 1/Tphi (1/s). cycle_time : of a round (s).
        device_spread, time_spread : relative standard deviations of 1/T1 over qubits, and of one
            qubit in time (v).
        switching_rate : of the telegraph, from either state to the other (1/s).
        seed : of the run. A longer history with the same seed begins like a shorter one.

        Raises
        ------
        OutOfRangeError: a negative spread or rate; a time spread above 1, which would make rates
            negative.
        """
        if device_spread < 0 or not 0 <= time_spread <= 1:
            raise OutOfRangeError("device_spread must not be negative, time_spread lies in 0 to 1")
        if switching_rate < 0 or not cycle_time > 0:
            raise OutOfRangeError("switching_rate must not be negative, cycle_time above 0")
        width = np.sqrt(np.log1p(device_spread**2))
        device = np.random.default_rng(stream(seed, "device spread"))
        own = np.exp(width * device.standard_normal(qubits) - width**2 / 2)
        drift = np.random.default_rng(stream(seed, "time spread"))
        turns = np.full(rounds, -0.5 * np.expm1(-2 * switching_rate * cycle_time))
        turns[0] = 0.5
        switched = np.cumsum(drift.random((rounds, qubits)) < turns[:, None], axis=0)
        telegraph = 1 + time_spread * (1 - 2 * (switched % 2))
        return cls(
            relaxation * own[:, None] * telegraph.T,
            np.full((qubits, rounds), float(dephasing)),
            np.zeros((qubits, rounds)),
            floors or Floors.of(qubits),
        )

    def with_burst(
        self, burst: BurstHistory, placement: Placement, cycle_time: float, start: float = 0.0
    ) -> NoiseHistory:
        """This history with a burst on top: rates and detunings add.

        Parameters
        ----------
        placement : of the same qubits on the chip.
        cycle_time : duration of a round (s).
        start : time (s) from the impact to the first round's begin; negative where quiet rounds
            go before. Rounds whose middle lies before the impact have no excess. Between the
            burst's times values are interpolated linearly; up to its first time the first holds.

        Raises
        ------
        OutOfRangeError: another number of qubits, a cycle time that is not positive, rounds
            beyond the end of the burst's history.
        """
        if len(placement.positions) != self.qubits:
            raise OutOfRangeError(
                f"the placement has {len(placement.positions)} qubits, the history {self.qubits}"
            )
        if not cycle_time > 0:
            raise OutOfRangeError("cycle_time must be above 0")
        times = start + _middles(self.rounds, cycle_time)
        if times[-1] > burst.times[-1]:
            raise OutOfRangeError(
                f"burst {burst.name!r} is known up to {burst.times[-1]:.4g} s after the impact; "
                f"the last round lies at {times[-1]:.4g} s"
            )
        seen = np.clip(times, burst.times[0], None)
        before = np.clip(np.searchsorted(burst.times, seen, "right") - 1, 0, len(burst.times) - 2)
        share = (seen - burst.times[before]) / np.diff(burst.times)[before]

        def excess(field: Array) -> Array:
            values = at_qubits(burst, field, placement)
            between = values[before] * (1 - share[:, None]) + values[before + 1] * share[:, None]
            return np.asarray((between * (times >= 0)[:, None]).T)

        return NoiseHistory(
            self.relaxation + excess(burst.excess_relaxation),
            self.dephasing,
            self.detuning + excess(burst.detuning),
            self.floors,
        )


def _middles(rounds: int, cycle_time: float) -> Array:
    return np.asarray((np.arange(rounds) + 0.5) * cycle_time, np.float64)


def _spread_out(name: str, given: ArrayLike, qubits: int, rounds: int) -> Array:
    """Values of shape (qubits, rounds); one axis alone would not tell which it is."""
    values = np.asarray(given, float)
    whole = (qubits, rounds)
    fits = values.ndim == 2 and all(n in (1, m) for n, m in zip(values.shape, whole, strict=True))
    if values.ndim and not fits:
        raise OutOfRangeError(
            f"{name}: given shape {values.shape}; allowed: one number, ({qubits}, 1), "
            f"(1, {rounds}) or {whole}"
        )
    return np.broadcast_to(values, whole).copy()
