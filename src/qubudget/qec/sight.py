"""A burst as the patch that stands in for a design's own one shows it.

The decay is cut into stretches that are seen through one window each, worst first, and each has
the factor by which the hazard of the whole patch differs from that of the stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from qubudget.qec.course import DRAWS, Composed, Stretch, edges, stretches
from qubudget.qec.decoders import Knowledge, flagged
from qubudget.qec.history import BurstHistory, Cell, Decay
from qubudget.qec.layout import Basis, Layout, build
from qubudget.qec.placement import Placement
from qubudget.qec.sampling import stream
from qubudget.qec.scaling import Z95
from qubudget.qec.standin import Site, StandIn, smallest_distance, stand_in

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BurstPlan:
    """Cells per burst, first shots of a window, detection events that all decoding may take,
    largest surface-code patch simulated, and the width of the interval, relative to its middle,
    that is enough."""

    cells: int
    shots: int
    events: float
    largest: int
    relative_width: float


@dataclass(frozen=True)
class Suppression:
    """Lambda of the quiet patch with its 95 % interval; above 1."""

    value: float
    low: float
    high: float

    def draws(self, rng: np.random.Generator) -> Array:
        """Log-normal draws of the interval's width."""
        deviation = log(self.high / self.low) / (2 * Z95)
        return np.asarray(np.exp(rng.normal(log(self.value), deviation, DRAWS)))


@dataclass(eq=False)
class Sight:
    """What of a design decides how its bursts are seen.

    ``suppression`` is None where the background shows no gain from distance; then nothing is
    scaled and the largest affordable patch stands for the whole as it is.
    """

    site: Site
    knowledge: Knowledge
    suppression: Suppression | None
    plan: BurstPlan
    seed: int

    @property
    def largest(self) -> int:
        """Largest distance that is simulated."""
        if self.site.family == "repetition":
            return self.site.distance
        return min(self.site.distance, self.plan.largest)

    @cached_property
    def layout(self) -> Layout:
        """Of the whole patch."""
        return build(self.site.family, self.site.distance)

    @cached_property
    def _suppression_draws(self) -> Array:
        """One set for all cells, bases and classes: they share the uncertainty."""
        assert self.suppression is not None
        return self.suppression.draws(np.random.default_rng(stream(self.seed, "suppression")))

    def decay(self, burst: BurstHistory, whole: Placement) -> Decay:
        """The burst as the whole patch sees it."""
        return self.site.decay(burst, self.layout, whole, self.plan.cells)

    def wanted(self, whole: Placement, history: Decay) -> int:
        """Distance of the first stand-in."""
        wanted = self.largest
        if self.suppression and self.site.family == "surface":
            wanted = smallest_distance(self.site, whole, history)
        return min(wanted, self.largest)

    def patch(
        self, burst: BurstHistory, whole: Placement, history: Decay, distance: int
    ) -> StandIn:
        """The stand-in of a distance."""
        return stand_in(self.site, burst, whole, history, distance, self.plan.cells)

    def factor(self, patch: StandIn, number: int) -> tuple[float, Array]:
        """Hazard of the whole patch over that of the stand-in in one of its cells: the best value,
        and draws."""
        if patch.layout.distance == self.site.distance or not self.suppression:
            return 1.0, np.ones(DRAWS)
        best = float(patch.hazard(self.suppression.value, self.site.distance, number))
        return best, patch.hazard(self._suppression_draws, self.site.distance, number)

    def view(self, patch: StandIn, basis: Basis, spent: float = 0.0) -> Composed:
        """The stretches of a stand-in's history, worst first."""
        d, history = patch.layout.distance, patch.history.cells
        order = sorted(range(len(history)), key=lambda number: history[number].time)
        cells = [history[number] for number in order]
        found = []
        for places in stretches(cells, d):
            # The factor of the cell that the stand-in tells least of.
            factor = max((self.factor(patch, order[p]) for p in places), key=lambda f: f[0])
            cycles = sum(cells[p].cycles for p in places)
            alike = len(places) == 1 and cycles >= 2 * d
            found.append(Stretch(min(order[p] for p in places), places, cycles, alike, factor))
        times = edges(cells, self.site.noise.schedule.cycle_time)
        lengths = np.array([cell.cycles for cell in cells])
        shares = (np.array([cell.time for cell in cells]) - times[:-1]) / np.diff(times)
        early = lengths * np.where((shares > 0) & (shares < 1), shares, 0.5)
        found.sort(key=lambda stretch: stretch.number)
        # A decoder that is told other qubits all of a sudden fails more or less all of a sudden.
        told = [self._told(cell) for cell in cells]
        jumps = {i for i in range(1, len(cells)) if told[i] != told[i - 1]}
        return Composed(patch, basis, cells, found, (early, lengths - early), jumps, times, spent)

    def _told(self, cell: Cell) -> bytes:
        """The qubits that an erasure decoder is told of."""
        if self.knowledge != "erasure":
            return b""
        return flagged(cell.excess, self.site.noise.schedule).tobytes()
