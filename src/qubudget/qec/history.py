"""A burst as the code sees it: excess noise of every qubit over the time of the decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RegularGridInterpolator

from qubudget.errors import OutOfRangeError
from qubudget.qec.cycle import Decoherence
from qubudget.qec.noise import combine, detuning_flip, independent_flips
from qubudget.qec.placement import Placement

Array = NDArray[np.float64]
MAX_CYCLES = 25_000
"""Cycles of a burst that are followed at most."""
NEGLIGIBLE = 0.01
"""Excess error per cycle, relative to the quiet one, below which a burst is over."""


class BurstLike(Protocol):
    """What a class of bursts must tell; see :class:`BurstHistory`."""

    @property
    def name(self) -> str: ...
    @property
    def rate(self) -> float: ...
    @property
    def energy(self) -> float: ...
    @property
    def x(self) -> Array: ...
    @property
    def y(self) -> Array: ...
    @property
    def times(self) -> Array: ...
    @property
    def excess_relaxation(self) -> Array: ...
    @property
    def detuning(self) -> Array: ...


@dataclass(frozen=True, eq=False)
class BurstHistory:
    """One class of bursts on one chip.

    Attributes
    ----------
    name : of the class. rate : events per second and chip. energy : deposited (J).
    x, y : ascending cell centres from the chip's centre (m), shapes (nx,) and (ny,).
    times : ascending, from the impact (s), shape (nt,), at least two.
    excess_relaxation : 1/T1 above the quiet one (1/s), shape (nt, nx, ny).
    detuning : frequency shift (Hz), shape (nt, nx, ny).

    Raises
    ------
    OutOfRangeError: shapes that do not fit, coordinates that do not ascend, a negative or
        non-finite rate.
    """

    name: str
    rate: float
    energy: float
    x: Array
    y: Array
    times: Array
    excess_relaxation: Array
    detuning: Array

    def __post_init__(self) -> None:
        shape = (len(self.times), len(self.x), len(self.y))
        for axis in (self.x, self.y, self.times):
            if len(axis) < 2 or not np.all(np.diff(axis) > 0):
                raise OutOfRangeError(f"burst {self.name!r}: x, y and times must ascend")
        for field in (self.excess_relaxation, self.detuning):
            if np.shape(field) != shape or not np.all(np.isfinite(field)):
                raise OutOfRangeError(f"burst {self.name!r}: fields must be finite, shape {shape}")
        if self.rate < 0 or np.any(np.asarray(self.excess_relaxation) < 0):
            raise OutOfRangeError(f"burst {self.name!r}: rates must not be negative")

    @classmethod
    def of(cls, burst: BurstLike) -> BurstHistory:
        """A checked copy of anything that has these attributes."""
        return cls(
            burst.name,
            float(burst.rate),
            float(burst.energy),
            *(
                np.asarray(a, float)
                for a in (burst.x, burst.y, burst.times, burst.excess_relaxation, burst.detuning)
            ),
        )


@dataclass(frozen=True, eq=False)
class Cell:
    """A stretch of the decay taken as steady: its time (s), its cycles, its excess noise."""

    time: float
    cycles: float
    excess: Decoherence


@dataclass(frozen=True, eq=False)
class Decay:
    """A burst cut into cells, worst first; no cells where it touches no qubit of the patch.

    ``hit`` counts the qubits that at some time err at least twice as often as in quiet times;
    ``focus`` (qubits,) are these, or, where there are none, those with at least half the worst
    excess; ``worst`` is the qubit with the largest.
    """

    cells: tuple[Cell, ...]
    hit: int
    focus: NDArray[np.bool_]
    worst: int
    truncated: bool


def decay(
    burst: BurstHistory,
    placement: Placement,
    quiet: Decoherence,
    cycle_time: float,
    unechoed: float,
    count: int,
) -> Decay:
    """Cut a burst's history on a patch into at most ``count`` steady cells.

    The cells are equal steps of the logarithm of the worst qubit's excess error per cycle. The
    burst is over where that falls below 1 % of the quiet error, after 25,000 cycles, or where the
    history ends. Rates are interpolated linearly in place and time; off the chip and outside the
    history's grid they are zero.
    """
    relaxation, detuning = (
        at_qubits(burst, field, placement) for field in (burst.excess_relaxation, burst.detuning)
    )
    last = min(burst.times[-1], burst.times[0] + MAX_CYCLES * cycle_time)
    times = _refined(burst.times, last)

    def at(time: Array | float, values: Array) -> Array:
        return _at_time(burst.times, values, time)

    # A large patch has many qubits that nothing happens to.
    struck = np.flatnonzero(relaxation.any(axis=0) | detuning.any(axis=0))
    if struck.size == 0:
        return Decay((), 0, np.zeros(len(placement.positions), bool), 0, False)
    error = cycle_error(
        at(times, relaxation[:, struck]), at(times, detuning[:, struck]), cycle_time, unechoed
    )
    still = quiet_error(quiet, cycle_time)
    floor = max(NEGLIGIBLE * still, 1e-12)
    severity = error.max(axis=1)
    active = np.flatnonzero(severity > floor)
    if active.size == 0:
        return Decay((), 0, np.zeros(len(placement.positions), bool), 0, False)
    # One sample more than the active ones, where there is one, so that the end is not cut short.
    first, end = max(active[0] - 1, 0), min(active[-1] + 1, len(times) - 1)
    times, severity = times[first : end + 1], np.maximum(severity[first : end + 1], floor)
    path = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(np.log(severity))))])
    # The small share of plain time keeps the map invertible where the severity stands still.
    span = times[-1] - times[0]
    path = path + (1e-3 * path[-1] + 1e-9) * (times - times[0]) / span
    edges = np.interp(np.linspace(0, path[-1], count + 1), path, times)
    middles = np.interp((np.arange(count) + 0.5) * path[-1] / count, path, times)
    cells = [
        Cell(
            float(middle),
            float(stop - start) / cycle_time,
            Decoherence(
                at(middle, relaxation), np.zeros(relaxation.shape[1]), at(middle, detuning)
            ),
        )
        for start, stop, middle in zip(edges[:-1], edges[1:], middles, strict=True)
    ]
    order = np.argsort(-np.interp(middles, times, severity), kind="stable")
    peak = np.zeros(len(placement.positions))
    peak[struck] = error.max(axis=0)
    focus = peak >= min(still, peak.max() / 2)
    hit = int((peak >= still).sum())
    truncated = bool(active[-1] == len(error) - 1 and last < burst.times[-1])
    return Decay(tuple(cells[i] for i in order), hit, focus, int(peak.argmax()), truncated)


def at_qubits(burst: BurstHistory, field: Array, placement: Placement) -> Array:
    """Field (nt, nx, ny) at the qubits: (nt, qubits); zero off the chip and off the grid.

    Coordinates are cell centres, so the outermost half cell takes the outermost value.
    """
    axes = (burst.x, burst.y)
    low = np.array([axis[0] - (axis[1] - axis[0]) / 2 for axis in axes])
    high = np.array([axis[-1] + (axis[-1] - axis[-2]) / 2 for axis in axes])
    spots = placement.positions
    covered = np.all((spots >= low) & (spots <= high), axis=1) & placement.on_chip
    ends = np.array([[axis[0], axis[-1]] for axis in axes])
    look_up = RegularGridInterpolator(axes, np.moveaxis(field, 0, -1))
    return np.asarray(look_up(np.clip(spots, ends[:, 0], ends[:, 1])).T * covered)


def error_at(
    burst: BurstHistory, placement: Placement, time: float, cycle_time: float, unechoed: float
) -> Array:
    """Excess error per cycle of every qubit at one time (s); shape (qubits,)."""
    relaxation, detuning = (
        _at_time(burst.times, at_qubits(burst, field, placement), time)
        for field in (burst.excess_relaxation, burst.detuning)
    )
    return cycle_error(relaxation, detuning, cycle_time, unechoed)


def cycle_error(relaxation: Array, detuning: Array, cycle_time: float, unechoed: float) -> Array:
    """Error probability per cycle; beyond half a turn a phase counts as fully lost."""
    flip = 2 * independent_flips(cycle_time, relaxation, 0.0)[0]
    turn = np.minimum(np.abs(detuning), 0.5 / unechoed)
    return combine(flip, detuning_flip(turn, unechoed))


def quiet_error(quiet: Decoherence, cycle_time: float) -> float:
    """Error probability per cycle from decoherence in quiet times, of the worst qubit."""
    flip, _, phase = independent_flips(cycle_time, quiet.relaxation, quiet.dephasing)
    return float(combine(2 * flip, phase).max())


def _at_time(times: Array, values: Array, time: Array | float) -> Array:
    """Linear interpolation of values (nt, qubits) at one or many times."""
    i = np.clip(np.searchsorted(times, time, side="right") - 1, 0, len(times) - 2)
    share = (np.asarray(time) - times[i]) / (times[i + 1] - times[i])
    return np.asarray(values[i] + share[..., None] * (values[i + 1] - values[i]))


def _refined(times: Array, last: float) -> Array:
    """Times with 16 steps between neighbours, up to ``last``."""
    steps = np.interp(np.arange(16 * (len(times) - 1) + 1) / 16, np.arange(len(times)), times)
    return np.append(steps[steps < last], last)
