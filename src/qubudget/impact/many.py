"""Many impacts on a design's chip: drawn from its radiation, answered by a library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.impact.answers import Library, build
from qubudget.impact.chip.event import TIMES, Effort, chip_of
from qubudget.impact.falling import deposits, falling_on, target_of
from qubudget.impact.kinetics.cooling import Relaxing
from qubudget.impact.response import qubit_sites
from qubudget.impact.source.events import generate
from qubudget.impact.statistics import Statistics, statistics
from qubudget.materials.substrates import environment
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]

_VARIOUS = 3
_MOST_CELLS = 96  # along a side
_FIRST, _LAST = 9e-7, 1.0  # s: a cycle averages what is faster; nothing in print lasts longer


@dataclass(frozen=True)
class Plan:
    """Places along a side of the lattice, energies, cells, packets from each place, and events."""

    lattice: int
    energies: int
    cells: int
    packets: int
    events: int


PLANS: Mapping[Effort, Plan] = {
    "quick": Plan(5, 4, 16, 5_000, 2_000),
    "standard": Plan(9, 6, 24, 20_000, 10_000),
    "full": Plan(15, 8, 32, 50_000, 40_000),
}


@dataclass(frozen=True)
class Impacts:
    """Drawn impacts, and the library that answers them.

    Attributes
    ----------
    answers : the library of the chip. energy, x, y : of the impacts, J and m, shape (n,).
    rate : of all of them, 1/s.
    """

    answers: Library
    energy: Array
    x: Array
    y: Array
    rate: float

    def largest(self, rate: float) -> Impacts:
        """The most energetic ones, which come ``rate`` times a second (all, if that is more)."""
        count = min(len(self.energy), max(1, round(len(self.energy) * rate / self.rate)))
        chosen = np.argsort(-self.energy, kind="stable")[:count]
        return Impacts(
            self.answers, self.energy[chosen], self.x[chosen], self.y[chosen],
            min(rate, self.rate),
        )  # fmt: skip


def impacts(
    design: DesignModel, effort: Effort, seed: int, cell: float | None = None
) -> Impacts | None:
    """Impacts by radiation on the design's chip; None where none falls on it.

    A track counts as a deposit at its middle: it is no longer than the chip is thick, or little
    more, where phonons spread ten times as far.

    Parameters
    ----------
    design : reads chip, radiation, machine.qubits_per_chip, qubit.
    effort, seed : how finely, and which impacts are drawn.
    cell : side of the kinetics' cells, m; None: `cell_side`.
    """
    plan, size = PLANS[effort], design.chip
    falling, rate = falling_on(design), deposits(design).all.total
    if rate == 0:
        return None
    events = generate(target_of(design), falling, environment(), plan.events, seed)
    energy, middle = events.energy, (events.start + events.end) / 2
    sites = qubit_sites(size.length, size.width, size.pitch, design.machine.qubits_per_chip)
    energies = np.geomspace(energy.min(), energy.max(), plan.energies)
    times = TIMES if effort != "quick" else TIMES[::2]
    side = cell_side(design, effort) if cell is None else cell
    library = build(
        chip_of(design, plan.packets, seed), sites, energies,
        times[(times > _FIRST) & (times < _LAST)],
        lattice(size.length / size.pitch, size.width / size.pitch, plan.lattice),
        max(2, round(max(size.length, size.width) / side)),
    )  # fmt: skip
    return Impacts(library, energy, middle[:, 0], middle[:, 1], rate)


def cell_side(design: DesignModel, effort: Effort) -> float:
    """Side of the kinetics' cells, m: no wider than the wafer is thick, within which the first
    phonons arrive; but no finer than `_MOST_CELLS` to a side."""
    size = design.chip
    longer = max(size.length, size.width)
    return max(min(longer / PLANS[effort].cells, size.thickness), longer / _MOST_CELLS)


def lattice(columns: float, rows: float, fewest: int) -> int:
    """Places a side, from ``fewest`` on, the first that lie variously between the qubits.

    Parameters
    ----------
    columns, rows : sides of the chip in pitches of the qubits.

    On a chip of ten pitches five places are all as far from any qubit as can be, and ten would
    all hit one; six lie at three distances:

    >>> lattice(10.0, 10.0, 5), lattice(12.0, 12.0, 5)
    (6, 5)
    """

    def various(count: int, side: float) -> int:
        middle = (np.arange(count) + 0.5) / count - 0.5
        return len(np.unique(np.round(middle * side % 1.0, 6) % 1.0))

    found = (n for n in range(fewest, 2 * fewest) if min(
        various(n, columns), various(n, rows)) >= min(_VARIOUS, n))  # fmt: skip
    return next(found, fewest)


def relaxation_per_x(design: DesignModel, relaxing: Relaxing, times: Array) -> Array:
    """1/T1 per x at times (s) after an impact, as the design's film lets it cool, (nt,), 1/s."""
    cools = design.chip.cooling == "kaplan"
    return relaxing.at(times, superconductor(design.qubit.film) if cools else None)


def many_impacts(
    design: DesignModel,
    quiet_relaxation: float,
    relaxing: Relaxing,
    effort: Effort,
    seed: int,
) -> Statistics | None:
    """Statistics of a design's impacts by radiation; None where there are none.

    Parameters
    ----------
    design, effort, seed : see `impacts`.
    quiet_relaxation, relaxing : see `qubudget.impact.assembly.respond`.
    """
    drawn = impacts(design, effort, seed)
    if drawn is None:
        return None
    return statistics(
        drawn.answers, drawn.energy, drawn.x, drawn.y,
        quiet_relaxation=quiet_relaxation,
        relaxation_per_x=relaxation_per_x(design, relaxing, drawn.answers.times),
        shift_per_x=design.chip.frequency_shift * design.qubit.frequency,
        seed=seed,
    )  # fmt: skip
