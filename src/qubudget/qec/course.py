"""The course of a burst: from hazards in its cells to the failure up to any time.

With the hazard h = -ln(1 - 2 delta)/n of a window of n rounds, failures compose over the cycles of
a burst as P = (1 - exp(-integral h))/2. Between the middles of cells, which are equal steps of the
logarithm of the excess error, ln h is taken as linear: the hazard falls so steeply (as the third or
fourth power of the excess) that the value at the middle, times the length, would miss a good part.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qec.cycle import Decoherence
from qubudget.qec.history import Cell
from qubudget.qec.layout import Basis
from qubudget.qec.standin import StandIn
from qubudget.qec.window import Window

Array = NDArray[np.float64]
DRAWS = 4000
"""Draws of every posterior."""
LONGEST = 6
"""Code distances that a stretch simulated as it is may last."""
STEEPEST = 10.0
"""Largest ratio by which the hazard is continued beyond the outermost middles."""


@dataclass(frozen=True, eq=False)
class Course:
    """Logical error per cycle through a burst, mean of the bases, as one decoder sees it.

    ``times`` (s, from the impact); ``error``, ``low`` and ``high`` at them, quiet errors included.
    """

    name: str
    decoder: str
    times: Array
    error: Array
    low: Array
    high: Array

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names."""
        return {
            "class": self.name,
            "decoder": self.decoder,
            "time_s": self.times.tolist(),
            "error_per_cycle": self.error.tolist(),
            "low": self.low.tolist(),
            "high": self.high.tolist(),
        }


def interval(draws: Array) -> tuple[float, float]:
    """95 % interval of posterior draws (2, n): low end of the first row, high of the second."""
    return float(np.quantile(draws[0], 0.025)), float(np.quantile(draws[1], 0.975))


def composed(exponent: ArrayLike) -> Array:
    """P = (1 - exp(-H))/2 of the integrated hazard H, exact for tiny ones too.

    >>> float(composed(1e-19))
    5e-20
    >>> float(composed(np.inf))
    0.5
    """
    return np.asarray(-0.5 * np.expm1(-np.asarray(exponent, float)))


def either(first: ArrayLike, second: ArrayLike) -> Array:
    """Probability of at least one of two independent failures."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    return np.asarray(first + second * (1 - first))


def edges(cells: Sequence[Cell], cycle_time: float) -> Array:
    """Times (s, from the impact) between cells in the order of time, shape (cells + 1,).

    As early as the cells' middles allow, but not before the impact.
    """
    steps = np.concatenate([[0.0], np.cumsum([cell.cycles for cell in cells])]) * cycle_time
    middles = np.array([cell.time for cell in cells])
    first, last = (middles - steps[1:]).max(), (middles - steps[:-1]).min()
    return np.asarray(steps + (np.clip(0.0, first, last) if first <= last else middles[0]))


def stretches(cells: Sequence[Cell], distance: int) -> list[list[int]]:
    """Cells, by their place in time, that are seen through one window each.

    A cell of 2 d cycles or more stands alone. Shorter neighbours go together, up to 6 d cycles.
    """
    found: list[list[int]] = []
    room = 0.0
    for number, cell in enumerate(cells):
        if found and cell.cycles < 2 * distance and room >= cell.cycles:
            found[-1].append(number)
            room -= cell.cycles
        else:
            found.append([number])
            short = cell.cycles < 2 * distance
            room = LONGEST * distance - cell.cycles if short else 0.0
    return found


def whole_rounds(cells: Sequence[Cell]) -> list[int]:
    """Rounds of each cell in a row of them, at least one in all."""
    steps = np.round(np.cumsum([cell.cycles for cell in cells])).astype(int)
    rounds = np.diff(steps, prepend=0)
    if steps[-1] == 0:
        rounds[0] = 1
    return [int(n) for n in rounds]


def exponents(
    hazards: Sequence[ArrayLike | None], early: Array, late: Array, jumps: Collection[int] = ()
) -> list[Array]:
    """Integral of the hazard over every cell.

    Parameters
    ----------
    hazards : per cycle at the middles of cells in the order of time, each of shape (...); None
        where a cell is not known, whose integral is then 0.
    early, late : cycles before and after the middles, shape (cells,).
    jumps : numbers of cells at whose beginning the hazard is not continuous.

    A hazard that falls by a factor e over two cells of 10 cycles each:

    >>> early = late = np.array([5.0, 5.0])
    >>> parts = exponents([np.exp(-0.25), np.exp(-0.75)], early, late)
    >>> bool(np.isclose(sum(parts), 20 * (1 - np.exp(-1))))
    True
    """
    known = [None if hazard is None else np.asarray(hazard, float) for hazard in hazards]
    found = []
    for i, here in enumerate(known):
        if here is None:
            found.append(np.zeros(()))
            continue
        before = known[i - 1] if i and i not in jumps else None
        after = known[i + 1] if i + 1 < len(known) and i + 1 not in jumps else None
        sides = ((early[i], before, after), (late[i], after, before))
        found.append(sum((n * _mean(here, near, far) for n, near, far in sides), np.zeros(())))
    return found


def _mean(here: Array, near: Array | None, far: Array | None) -> Array:
    """Mean hazard from a cell's middle to its edge, with ln h linear towards the ``near``
    neighbour or, without one, as from the ``far`` one; the middle's where that has no meaning."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if near is not None:
            ratio = np.sqrt(near / here)
        elif far is not None:
            ratio = np.sqrt(here / far)
            ratio = np.where(np.isinf(ratio), 0.0, np.clip(ratio, 1 / STEEPEST, STEEPEST))
        else:
            return here
        usable = np.isfinite(ratio) & (ratio > 0) & np.isfinite(here)
        turn = np.log(np.where(usable, ratio, 1.0))
        factor = np.where(np.abs(turn) > 1e-9, np.expm1(turn) / np.where(turn, turn, 1.0), 1.0)
    return np.asarray(np.where(np.isinf(here), here, np.where(usable, factor, 1.0) * here))


@dataclass(frozen=True, eq=False)
class Stretch:
    """Cells, by their place in time, seen through one window, and the factor of the stand-in: the
    best value, and draws over the uncertainty of Lambda."""

    number: int
    places: list[int]
    cycles: float
    steady: bool
    factor: tuple[float, Array]


@dataclass(eq=False)
class Composed:
    """A patch's view of a burst in one basis; the windows of the first stretches, worst first.

    ``ceilings`` : draws of the largest excess hazard per cycle of some of the windows, by number.
    ``amplified`` : windows of a burst stronger than any of its cells, with its excess.
    """

    patch: StandIn
    basis: Basis
    cells: list[Cell]
    stretches: list[Stretch]
    halves: tuple[Array, Array]
    jumps: Collection[int]
    times: Array
    spent: float
    dropped: int = 0
    fatal: bool = False
    windows: list[Window] = field(default_factory=list)
    ceilings: dict[int, Array] = field(default_factory=dict)
    amplified: list[tuple[Decoherence, Window]] = field(default_factory=list)

    def parts(self, deltas: Sequence[Array], factors: Sequence[ArrayLike]) -> list[Array]:
        """Integrated hazard of every cell in the order of time."""
        hazards: list[Array | None] = [None] * len(self.cells)
        added = [np.zeros(())] * len(self.cells)
        for stretch, window, delta, factor in zip(
            self.stretches, self.windows, deltas, factors, strict=False
        ):
            with np.errstate(divide="ignore"):
                hazard = -np.log1p(-2 * delta) * np.asarray(factor) / window.rounds
            if stretch.steady:
                hazards[stretch.places[0]] = hazard
            else:
                added[stretch.places[0]] = hazard * stretch.cycles
        return [
            a + b for a, b in zip(exponents(hazards, *self.halves, self.jumps), added, strict=True)
        ]

    def course(self) -> Array:
        """Excess failure as counted up to the edges of cells, beginning with 0."""
        deltas = [window.excess() for window in self.windows]
        parts = self.parts(deltas, [stretch.factor[0] for stretch in self.stretches])
        return np.concatenate([[0.0], composed(np.cumsum([float(part) for part in parts]))])

    def draws(self, rng: np.random.Generator, *, counts_only: bool = False) -> Array:
        """Posterior of the excess failure, (2, DRAWS) for low and high ends; of the counts alone,
        with Lambda held, if so wanted. A stretch that was not seen is no worse than the last one
        that was."""
        deltas = [window.excess_draws(rng, DRAWS) for window in self.windows]
        for i, most in self.ceilings.items():
            limit = composed(most * self.windows[i].rounds)
            deltas[i][1] = np.maximum(deltas[i][0], np.minimum(deltas[i][1], limit))
        factors = [s.factor[0] if counts_only else s.factor[1] for s in self.stretches]
        total = sum(self.parts(deltas, factors), np.zeros(()))
        unseen = range(len(self.windows), len(self.stretches))
        if unseen:
            with np.errstate(divide="ignore"):
                last = -np.log1p(-2 * deltas[-1][1]) / self.windows[-1].rounds
            more = sum(last * np.asarray(factors[i]) * self.stretches[i].cycles for i in unseen)
            total = total + np.stack([np.zeros_like(more), more])
        return np.broadcast_to(composed(total), (2, DRAWS))

    def most_wanted(self) -> tuple[float, Window]:
        """The window whose next shots take most of the exponent's variance off for their cost, and
        how much, in units of its own."""
        gains = []
        for stretch, window in zip(self.stretches, self.windows, strict=False):
            left = max(1 - 2 * window.quiet_failures / window.shots, 1e-3)
            left *= max(1 - 2 * float(window.excess()), 1e-3)
            weight = stretch.factor[0] * stretch.cycles / (window.rounds * left * window.shots)
            gains.append(weight**2 * (window.worse + window.better + 1) / window.events)
        best = int(np.argmax(gains))
        return gains[best], self.windows[best]
