"""Quasiparticles on patterned films: diffusion, recombination, traps, live phonons, islands.

    dx/dt = div(D (grad x + x grad(Delta)/kT)) - r x^2 - s(x, y) x + 2 p/tau_pb + g(x, y, t)
    dp/dt = r x^2/2 - p/tau_pb - p/tau_esc                        (Rothwarf and Taylor, 1967)

x = n/(2 N0 Delta) and p = N_ph/(2 N0 Delta), the pair-breaking phonons in the film. Cells of a
rectangle exchange flux with their four neighbours (finite volumes; across a gap profile after
Scharfetter and Gummel, IEEE Trans. Electron Devices 16, 64 (1969), so that x ~ exp(-Delta/kT)
carries none). There is none through the edges, into bare cells and between islands.

Time: TR-BDF2 with error control (`.trbdf2`), each stage solved by multigrid. Traps
may be stiff (1e9/s beside slow diffusion): nothing is split. A film without losses conserves its
quasiparticles to rounding, and x is never negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.impact.kinetics import multigrid, trbdf2
from qubudget.impact.kinetics.patterned import Arrival, Deposits, Film
from qubudget.impact.kinetics.uniform import Grid

Array = NDArray[np.float64]

_FLOOR = 1e-6  # of the largest mean x so far: below it, errors count relative to this
_MOST_STEPS = 20_000


@dataclass(frozen=True)
class Evolution:
    """Quasiparticles over time and place.

    Attributes
    ----------
    times : s, shape (nt,).
    field : x, shape (nt, nx, ny); 0 where there is no film.
    mean, least, most : over the film's cells, shape (nt,).
    phonons : p, shape (nt, nx, ny); None without live phonons.
    steps, rejected, cycles : time steps taken and refused, and V-cycles, for the record.
    """

    times: Array
    field: Array
    mean: Array
    least: Array
    most: Array
    phonons: Array | None
    steps: int
    rejected: int
    cycles: int


def evolve(
    start: Array,
    times: Array,
    grid: Grid,
    film: Film,
    source: Arrival | Deposits | None = None,
    tolerance: float = 2e-3,
) -> Evolution:
    """x at ``times`` from ``start`` at time zero.

    Parameters
    ----------
    start : x, shape (nx, ny), >= 0, 0 where there is no film.
    times : rising, > 0, s; a step ends at each of them.
    grid, film : where, and the rates.
    source : what phonons bring.
    tolerance : largest error of one step in any cell, relative to the sum of its x and the
        film's mean x (or 1e-6 of the largest mean so far, if that is more).

    Raises
    ------
    OutOfRangeError: shapes or times that do not fit, negative x, x where there is no film.
    ConvergenceError: more than 20,000 steps, or steps without end.
    """
    x0, stops = np.asarray(start, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if stops.ndim != 1 or not len(stops) or stops[0] <= 0 or np.any(np.diff(stops) <= 0):
        raise OutOfRangeError("times must rise and be > 0")
    if not 0 < tolerance < 0.1:
        raise OutOfRangeError("the kinetics' tolerance lies between 0 and 0.1")
    march = _March(grid, film, source, tolerance, x0, float(stops[0]))
    fields, phonons = np.zeros((2, len(stops), grid.nx, grid.ny))
    breaks = np.empty(0) if source is None else source.breaks
    for index, stop in enumerate(stops):
        inner = breaks[(breaks > march.time) & (breaks < stop)]
        for target in (*inner, stop):
            march.to(float(target))
        fields[index][march.cells], phonons[index][march.cells] = march.state.x, march.state.p
    inside = fields[:, *march.cells]
    return Evolution(
        stops,
        fields,
        inside.mean(axis=1),
        inside.min(axis=1),
        inside.max(axis=1),
        None if film.phonons is None else phonons,
        march.steps,
        march.rejected,
        march.cycles,
    )


def _field(values: ArrayLike, grid: Grid, name: str) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in ((), (grid.nx, grid.ny)):
        raise OutOfRangeError(f"{name} has shape {array.shape}, the grid ({grid.nx}, {grid.ny})")
    if not np.all(np.isfinite(array)):
        raise OutOfRangeError(f"{name} must be finite")
    return np.broadcast_to(array, (grid.nx, grid.ny))


def _bernoulli(z: Array) -> Array:
    """z/(exp(z) - 1)."""
    small = np.abs(z) < 1e-8
    safe = np.where(small, 1.0, z)
    return np.where(small, 1 - z / 2, safe / np.expm1(safe))


def _edges(grid: Grid, film: Film, number: NDArray[np.int64], axis: int) -> multigrid.Edges:
    """Exchange of neighbours along an axis, acting on x exp(Delta/kT)."""
    spacing = (grid.length / grid.nx, grid.width / grid.ny)[axis]
    near = (slice(None, -1), slice(None)) if axis == 0 else (slice(None), slice(None, -1))
    far = (slice(1, None), slice(None)) if axis == 0 else (slice(None), slice(1, None))
    d = _field(film.diffusivity, grid, "diffusivity")
    both = d[near] * d[far] > 0
    weight = 2 / (1 / np.where(both, d[near], 1) + 1 / np.where(both, d[far], 1)) / spacing**2
    joined = both & (number[near] >= 0) & (number[far] >= 0)
    if film.islands is not None:
        joined &= film.islands[near] == film.islands[far]
    if film.gap is not None:
        level = film.gap - film.gap.min()
        weight = weight * _bernoulli(level[far] - level[near]) * np.exp(-level[near])
    return multigrid.Edges(number[near][joined], number[far][joined], weight[joined])


class _March:
    """One run: the film's cells in a row, the state, and what a step needs."""

    def __init__(
        self,
        grid: Grid,
        film: Film,
        source: Arrival | Deposits | None,
        tolerance: float,
        x: Array,
        first: float,
    ) -> None:
        shape = (grid.nx, grid.ny)
        if film.islands is not None and film.islands.shape != shape:
            raise OutOfRangeError(f"islands have shape {film.islands.shape}, the grid {shape}")
        covered = np.ones(shape, dtype=bool) if film.islands is None else film.islands != 0
        if not covered.any():
            raise OutOfRangeError("there is no film on the grid")
        x = _field(x, grid, "start")
        brought = 0.0 if source is None else source.delivered(np.inf)
        if np.any(x < 0) or np.any(np.asarray(brought) < 0):
            raise OutOfRangeError("x is never negative")
        if np.any(x[~covered] > 0) or np.any(_field(brought, grid, "source")[~covered] > 0):
            raise OutOfRangeError("quasiparticles where there is no film")
        column, row = np.nonzero(covered)
        order = multigrid.diagonal_order(column, row)
        self.cells = column[order], row[order]
        self.film, self.tolerance = film, tolerance
        n = len(column)
        number = np.full(shape, -1, dtype=np.int64)
        number[self.cells] = np.arange(n)
        trapping = _field(film.trapping, grid, "trapping")[self.cells]
        gap = _field(0.0 if film.gap is None else film.gap, grid, "gap")
        weight = np.exp(gap.min() - gap)[self.cells]
        self.levels = multigrid.build(
            *self.cells,
            _edges(grid, film, number, 0),
            _edges(grid, film, number, 1),
            trapping * weight,
        )
        phonons = film.phonons
        breaking = 0.0 if phonons is None else 1 / phonons.pair_breaking_time
        leaving = 0.0 if phonons is None else breaking + 1 / phonons.escape_time
        self.rates = trbdf2.Rates(weight, trapping, float(film.recombination), breaking, leaving)
        self.state = trbdf2.State(x[self.cells], np.zeros(n), np.empty(n), np.empty(n))
        self.spare = trbdf2.State(*np.empty((4, n)))
        self.work = np.zeros((11, len(self.levels.parent)))
        trbdf2.slopes(self.levels, self.rates, self._slowing(0.0), self.state)
        self.source = Arrival(np.zeros(n), 1.0) if source is None else source.at(self.cells, shape)
        self.time, self.steps, self.rejected, self.cycles = 0.0, 0, 0, 0
        self.largest = float(self.state.x.mean())
        self.next = self._first(first)

    def _first(self, stop: float) -> float:
        """Length of a first step within which x changes little."""
        mean = trbdf2.scale_of(self.state.x + self.source.delivered(stop), 0.0)
        change = np.abs(self.state.slope + self.source.rate(0.0, 0.0)) / (self.state.x + mean)
        steepest = float(change.max())
        return sqrt(self.tolerance) / steepest if steepest > 0 else stop

    def _slowing(self, time: float) -> float:
        return 1.0 if self.film.slowing is None else self.film.slowing.at(time)

    def to(self, stop: float) -> None:
        """Steps until ``stop``, s."""
        while self.time < stop:
            left = stop - self.time
            step = left / ceil(max(1.0, left / self.next - 1e-9))
            error = self._step(step, stop if step == left else self.time + step)
            change = min(5.0, max(0.1, 0.85 * max(error, 1e-6) ** (-1 / 3)))
            # A step cut short to end at a stop says little about longer ones.
            self.next = max(step * change, self.next) if change > 1 else step * change
            if self.steps + self.rejected > _MOST_STEPS or self.next < 1e-15 * stop:
                raise ConvergenceError(
                    f"quasiparticle kinetics: steps of {self.next:.1e} s at {self.time:.3e} s "
                    f"after {self.steps} of them"
                )

    def _step(self, step: float, end: float) -> float:
        """One step, kept if its error over the tolerated one, which it returns, is at most 1."""
        middle = self.time + trbdf2.GAMMA * step
        supply = trbdf2.Supply(
            self.source.rate(self.time, middle),
            self.source.rate(middle, middle),
            self.source.rate(end, middle),
            self.source.delivered(end) - self.source.delivered(self.time),
        )
        error, cycles = trbdf2.advance(
            self.levels,
            self.rates,
            self.state,
            self.spare,
            step,
            (self._slowing(middle), self._slowing(end)),
            supply,
            self.tolerance,
            _FLOOR * self.largest,
            self.work,
        )
        self.cycles += cycles
        if not error <= 1:
            self.rejected += 1
            return error
        self.state, self.spare = self.spare, self.state
        self.time = end
        self.steps += 1
        self.largest = max(self.largest, float(self.state.x.mean()))
        return error
