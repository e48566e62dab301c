"""What bursts add to the failures of a patch.

A burst is cut into steady cells (:mod:`.history`), each is seen through a short window
(:mod:`.window`) of a patch that may stand in for a larger one (:mod:`.standin`), and the decay is
composed of them (:mod:`.course`), P = (1 - exp(-sum_k f_k H_k))/2 with H_k the hazard of a cell and
f_k the factor of the stand-in. Where a stand-in is overwhelmed, a larger one is taken, up to the
effort's limit.

First, cells are seen alone, which shows too small a hazard, and from the worst on: a burst that is
fatal so needs few shots. Then steady cells are seen from inside, and shots go where, for their
cost, they make the composed failure most certain, until it is certain enough. The cost of a shot
is reckoned by its detection events, not by the clock, so counts do not depend on the machine's
speed. Intervals come from the windows' Jeffreys posteriors and the interval of Lambda, carried
through the composition. Samples of a window do not depend on the decoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qubudget.qec.course import (
    DRAWS,
    Composed,
    Course,
    Stretch,
    composed,
    edges,
    either,
    interval,
    stretches,
    whole_rounds,
)
from qubudget.qec.decoders import Knowledge, Matching, flagged
from qubudget.qec.history import BurstHistory, Cell, Decay
from qubudget.qec.layout import Basis, build
from qubudget.qec.placement import Placement
from qubudget.qec.sampling import stream
from qubudget.qec.scaling import Z95
from qubudget.qec.standin import Site, StandIn, smallest_distance, stand_in
from qubudget.qec.window import Workshop, alone, compare, steady

Array = NDArray[np.float64]
FIRST_SHOTS = 64
SATURATED = 2e-3
"""Remaining 1 - 2 P below which a burst counts as fatal and no more cells are needed."""
OVERWHELMED = 0.42
"""Excess failure of a window from which a stand-in says nothing about a larger patch."""
ENOUGH = 30
"""Failures by the excess that all windows together must have shown before they can suffice."""
LOST = 0.47
"""Excess failure of a window alone from which too little is left to be seen from inside."""
COURSE_SHARE = 0.6
"""Detection events of the three decoders' course, relative to those of all bursts."""
PLUGIN_COST = 250
"""By how much fewer detection events a plug-in decodes, which takes so much longer for each."""
MOST_SHOTS = 200_000
"""Shots of a window of a course at most."""
BurstEffort = Literal["sketch", "quick", "standard", "full"]
KNOWLEDGE: tuple[Knowledge, ...] = ("unaware", "aware", "erasure")


@dataclass(frozen=True)
class BurstPlan:
    """Cells per burst, detection events that all decoding may take, largest surface-code patch
    simulated, and the width of the interval, relative to its middle, that is enough."""

    cells: int
    events: float
    largest: int
    relative_width: float


# One core decodes some 4e5 events a second (1.5 to 3 us each; taking 300 detectors as one more).
PLANS: Mapping[BurstEffort, BurstPlan] = {
    "sketch": BurstPlan(4, 2.5e5, 11, 0.5),  # one step of a search
    "quick": BurstPlan(6, 1.2e6, 15, 0.2),
    "standard": BurstPlan(8, 1.5e7, 21, 0.1),
    "full": BurstPlan(12, 2e8, 29, 0.05),
}


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


@dataclass(frozen=True)
class ClassFailure:
    """Excess failure of a patch by one class of bursts.

    ``rate`` per second and patch; ``value``, ``low``, ``high`` the probability that at least one
    basis fails, 1 - (1 - P_X)(1 - P_Z); ``draws`` its posterior, see
    :meth:`qubudget.qec.window.Window.excess_draws`; ``simulated_distance`` of the
    largest patch that was simulated (None where nothing is hit). ``times`` (s, from the impact)
    and ``failure`` at them are its course, beginning with 0; what is simulated in one stretch
    counts from the stretch's beginning.
    """

    name: str
    energy: float
    rate: float
    value: float
    low: float
    high: float
    draws: Array = field(repr=False)
    simulated_distance: int | None
    qubits_hit: int
    cycles: float
    shots: int
    truncated: bool
    times: Array = field(repr=False)
    failure: Array = field(repr=False)


@dataclass(eq=False)
class BurstStudy:
    """All bursts of one design; one budget is spent over them.

    ``suppression`` is None where the background shows no gain from distance; then nothing is
    scaled and the largest affordable patch stands for the whole as it is. ``plugin`` replaces
    matching; see :mod:`qubudget.qec.decoders`.

    Raises
    ------
    OutOfRangeError: a decoder that is unknown or not installed.
    """

    site: Site
    knowledge: Knowledge
    suppression: Suppression | None
    effort: BurstEffort
    seed: int
    matching: Matching = "plain"
    plugin: str | None = None
    _workshop: Workshop = field(init=False)

    def __post_init__(self) -> None:
        self._workshop = Workshop(
            self.site.family, self.site.noise, self.knowledge, self.matching, self.plugin
        )

    @property
    def largest(self) -> int:
        """Largest distance that is simulated."""
        if self.site.family == "repetition":
            return self.site.distance
        return min(self.site.distance, PLANS[self.effort].largest)

    @cached_property
    def _suppression_draws(self) -> Array:
        """One set for all cells, bases and classes: they share the uncertainty."""
        assert self.suppression is not None
        return self.suppression.draws(np.random.default_rng(stream(self.seed, "suppression")))

    def run(
        self,
        bursts: Sequence[BurstHistory],
        rate_scale: float,
        placements: Sequence[Placement] | None = None,
    ) -> list[ClassFailure]:
        """Excess failure of every class, in the order given; rates per chip times the scale.

        ``placements`` : of the patch that each of them meets, where not that of the site.
        """
        plan = PLANS[self.effort]
        layout = build(self.site.family, self.site.distance)
        wholes = placements or [self.site.place(layout)] * len(bursts)
        histories = [
            self.site.decay(burst, layout, whole, plan.cells)
            for burst, whole in zip(bursts, wholes, strict=True)
        ]
        tasks = sum(bool(history.cells) for history in histories) * len(layout.bases)
        budget = plan.events / (PLUGIN_COST if self.plugin else 1)
        results = []
        for burst, whole, history in zip(bursts, wholes, histories, strict=True):
            draws, found = np.zeros((2, DRAWS)), []
            for basis in layout.bases if history.cells else ():
                rng = np.random.default_rng(stream(self.seed, "posterior", burst.name, basis))
                part = self._compose(burst, whole, history, basis, budget / tasks, rng)
                draws = either(draws, part.draws(rng))
                budget, tasks = max(budget - part.spent, 0.0), tasks - 1
                found.append(part)
            times, failure = _course(found)
            low, high = interval(draws)
            value = float(failure[-1])
            results.append(
                ClassFailure(
                    burst.name,
                    burst.energy,
                    burst.rate * rate_scale * whole.chips,
                    value,
                    min(low, value),
                    max(high, value),
                    draws,
                    max((part.patch.layout.distance for part in found), default=None),
                    history.hit,
                    sum(cell.cycles for cell in history.cells),
                    sum(part.dropped + sum(w.shots for w in part.windows) for part in found),
                    history.truncated,
                    times,
                    failure,
                )
            )
        return results

    def courses(self, burst: BurstHistory, quiet: tuple[float, float, float]) -> list[Course]:
        """Logical error per cycle through a burst, of an unaware, an aware and an erasure decoder
        on the same samples.

        Parameters
        ----------
        quiet : (value, low, high) of the logical error per cycle in quiet times, mean of the
            bases.

        Every cell is taken as if it lasted. With quick effort, and where it loses the state within
        2 d cycles, the error is that of a window alone, up to a third too low. An empty list where
        nothing is hit.
        """
        layout = build(self.site.family, self.site.distance)
        whole = self.site.place(layout)
        history = self.site.decay(burst, layout, whole, PLANS[self.effort].cells)
        if not history.cells:
            return []
        shops = {k: self._workshop.knowing(k) for k in KNOWLEDGE}
        patch = self._stand_in(burst, whole, history, self._wanted(whole, history))
        view = self._view(patch, 0.0)
        d, bases = patch.layout.distance, patch.layout.bases
        share = COURSE_SHARE * PLANS[self.effort].events / len(view.cells) / len(bases)
        rng = np.random.default_rng(stream(self.seed, "course", burst.name))
        total = {k: np.zeros((3, len(view.cells), DRAWS)) for k in KNOWLEDGE}
        for place, cell in enumerate(view.cells):
            factor, factors = self._factor(patch, patch.history.cells.index(cell))
            for basis in bases:
                sequence = stream(self.seed, "course", burst.name, basis, d, place)
                for inside in (False,) if self.effort in ("sketch", "quick") else (False, True):
                    parts = steady(d, cell.excess, inside=inside)
                    seen = {k: shop.window(d, basis, parts, sequence) for k, shop in shops.items()}
                    compare(seen, FIRST_SHOTS)
                    if any(w.excess() >= LOST for w in seen.values()):
                        break
                spent = sum(w.events for w in seen.values())
                affordable = int(min(FIRST_SHOTS * share / spent, MOST_SHOTS)) - FIRST_SHOTS
                compare(seen, max(affordable, 0))
                for knowledge, window in seen.items():
                    rows = np.stack(
                        [
                            np.full(DRAWS, float(window.excess())),
                            *window.excess_draws(rng, DRAWS),
                        ]
                    )
                    with np.errstate(divide="ignore"):
                        hazard = -np.log1p(-2 * rows) / window.rounds
                    hazard = hazard * np.stack([np.full(DRAWS, factor), factors, factors])
                    total[knowledge][:, place] += composed(hazard) / len(bases)
        return [
            _with_quiet(burst.name, knowledge, np.array([c.time for c in view.cells]), rows, quiet)
            for knowledge, rows in total.items()
        ]

    def _wanted(self, whole: Placement, history: Decay) -> int:
        """Distance of the first stand-in."""
        wanted = self.largest
        if self.suppression and self.site.family == "surface":
            wanted = smallest_distance(self.site, whole, history)
        return min(wanted, self.largest)

    def _stand_in(
        self, burst: BurstHistory, whole: Placement, history: Decay, distance: int
    ) -> StandIn:
        return stand_in(self.site, burst, whole, history, distance, PLANS[self.effort].cells)

    def _factor(self, patch: StandIn, number: int) -> tuple[float, Array]:
        """Hazard of the whole patch over that of the stand-in in one of its cells."""
        if patch.layout.distance == self.site.distance or not self.suppression:
            return 1.0, np.ones(DRAWS)
        best = float(patch.hazard(self.suppression.value, self.site.distance, number))
        return best, patch.hazard(self._suppression_draws, self.site.distance, number)

    def _view(self, patch: StandIn, spent: float) -> Composed:
        """The stretches of a stand-in's history, worst first."""
        d, history = patch.layout.distance, patch.history.cells
        order = sorted(range(len(history)), key=lambda number: history[number].time)
        cells = [history[number] for number in order]
        found = []
        for places in stretches(cells, d):
            # The factor of the cell that the stand-in tells least of.
            factor = max((self._factor(patch, order[p]) for p in places), key=lambda f: f[0])
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
        return Composed(patch, cells, found, (early, lengths - early), jumps, times, spent)

    def _told(self, cell: Cell) -> bytes:
        """The qubits that an erasure decoder is told of."""
        if self.knowledge != "erasure":
            return b""
        return flagged(cell.excess, self.site.noise.schedule).tobytes()

    def _compose(
        self,
        burst: BurstHistory,
        whole: Placement,
        history: Decay,
        basis: Basis,
        budget: float,
        rng: np.random.Generator,
    ) -> Composed:
        """Stretches from the worst on until the burst is known to be fatal, then refinement."""
        distance, spent = self._wanted(whole, history), 0.0
        while True:
            found = self._view(self._stand_in(burst, whole, history, distance), spent)
            self._extend(found, burst.name, basis)
            if found.windows[0].excess() < OVERWHELMED or distance >= self.largest:
                break
            distance, spent = min(distance + 4, self.largest), found.spent
        while (fatal := self._fatal(found, rng)) is False:
            if len(found.windows) == len(found.stretches):
                break
            self._extend(found, burst.name, basis)
        if fatal:
            return found
        self._go_inside(found, burst.name, basis)
        while found.spent < budget and not self._settled(found, rng):
            target = found.most_wanted()
            affordable = (budget - found.spent) * target.shots / max(target.events, 1.0)
            shots = int(min(target.shots, affordable))
            if shots < 1:
                break
            found.spent += target.run(shots)
        return found

    @staticmethod
    def _fatal(found: Composed, rng: np.random.Generator) -> bool:
        return bool(1 - 2 * interval(found.draws(rng))[0] < SATURATED)

    def _settled(self, found: Composed, rng: np.random.Generator) -> bool:
        # A long burst looks fatal, and certain to be so, by the priors of its windows alone.
        if 0 < sum(window.worse for window in found.windows) < ENOUGH:
            return False
        low, high = interval(found.draws(rng, counts_only=True))
        return high - low < PLANS[self.effort].relative_width * (low + high) / 2 or high < 1e-6

    def _extend(self, found: Composed, name: str, basis: Basis) -> None:
        """See the next stretch alone, with its first shots."""
        d, stretch = found.patch.layout.distance, found.stretches[len(found.windows)]
        cells = [found.cells[p] for p in stretch.places]
        if stretch.steady:
            parts = steady(d, cells[0].excess, inside=False)
        else:
            row = zip(whole_rounds(cells), cells, strict=True)
            parts = alone(d, [(rounds, cell.excess) for rounds, cell in row if rounds])
        sequence = stream(self.seed, "burst", name, basis, d, stretch.number)
        window = self._workshop.window(d, basis, parts, sequence)
        found.spent += window.run(FIRST_SHOTS)
        found.windows.append(window)

    def _go_inside(self, found: Composed, name: str, basis: Basis) -> None:
        """See steady stretches from inside, where that leaves something to be seen."""
        d = found.patch.layout.distance
        for i, (stretch, window) in enumerate(zip(found.stretches, found.windows, strict=True)):
            if not stretch.steady or window.excess() >= LOST:
                continue
            found.dropped += window.shots
            sequence = stream(self.seed, "inside", name, basis, d, stretch.number)
            parts = steady(d, found.cells[stretch.places[0]].excess, inside=True)
            found.windows[i] = self._workshop.window(d, basis, parts, sequence)
            found.spent += found.windows[i].run(FIRST_SHOTS)


def _course(found: Sequence[Composed]) -> tuple[Array, Array]:
    """Times and the failure of at least one basis up to them, on the first basis' edges."""
    if not found:
        return np.zeros(1), np.zeros(1)
    times, failure = found[0].times, np.zeros(len(found[0].times))
    for part in found:
        failure = either(failure, np.interp(times, part.times, part.course()))
    return times, failure


def _with_quiet(
    name: str, decoder: str, times: Array, rows: Array, quiet: tuple[float, float, float]
) -> Course:
    """The course of excess errors (value, low and high rows; cells; draws), with quiet errors."""
    ends = (rows[0, :, 0], np.quantile(rows[1], 0.025, axis=1), np.quantile(rows[2], 0.975, axis=1))
    value, low, high = (
        excess + error - 2 * excess * error for excess, error in zip(ends, quiet, strict=True)
    )
    return Course(name, decoder, times, value, np.minimum(low, value), np.maximum(high, value))
