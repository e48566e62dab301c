"""What bursts add to the failures of a patch.

A burst is cut into steady cells (:mod:`.history`), each is seen through a short window
(:mod:`.window`) of a patch that may stand in for a larger one (:mod:`.standin`, :mod:`.sight`), and
the decay is composed of them (:mod:`.course`), P = (1 - exp(-sum_k f_k H_k))/2 with H_k the hazard
of a cell and f_k the factor of the stand-in. Where a stand-in is overwhelmed, a larger one is
taken, up to the effort's limit.

First, cells are seen alone, which shows too small a hazard, and from the worst on: a burst that is
fatal so needs few shots. Then steady cells are seen from inside, and shots go where, for their
cost, they make the composed failure of both bases most certain, until it is certain enough. A
sketch leaves out all cells that are milder than one without any failure. The cost of a shot is
reckoned by its detection events, not by the clock, so counts do not depend on the machine's speed.
Intervals come from the windows' Jeffreys posteriors and the interval of Lambda, carried through the
composition; where a window shows next to no failures, its high end comes from stronger bursts and
quiet times (:mod:`.ceiling`). Samples of a window do not depend on the decoder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qubudget.qec import refine
from qubudget.qec.course import Composed, Course, either, interval, whole_rounds
from qubudget.qec.courses import courses
from qubudget.qec.decoders import Knowledge, Matching
from qubudget.qec.history import BurstHistory, Decay
from qubudget.qec.layout import Basis
from qubudget.qec.placement import Placement
from qubudget.qec.sampling import stream
from qubudget.qec.sight import BurstPlan, Sight, Suppression
from qubudget.qec.standin import Site
from qubudget.qec.window import Workshop, alone, steady

Array = NDArray[np.float64]
SATURATED = 2e-3
"""Remaining 1 - 2 P below which a burst counts as fatal and no more cells are needed."""
OVERWHELMED = 0.42
"""Excess failure of a window from which a stand-in says nothing about a larger patch."""
LOST = 0.47
"""Excess failure of a window alone from which too little is left to be seen from inside."""
PLUGIN_COST = 250
"""By how much fewer detection events a plug-in decodes, which takes so much longer for each."""
BurstEffort = Literal["sketch", "quick", "standard", "full"]

# One core decodes some 4e5 events a second (1.5 to 3 us each; taking 300 detectors as one more).
PLANS: Mapping[BurstEffort, BurstPlan] = {
    "sketch": BurstPlan(4, 64, 3e4, 11, 0.5),  # of one class, in one step of a search
    "quick": BurstPlan(6, 32, 1.2e6, 15, 0.2),
    "standard": BurstPlan(8, 64, 1.5e7, 21, 0.1),
    "full": BurstPlan(12, 64, 2e8, 29, 0.05),
}


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
    _sight: Sight = field(init=False)

    def __post_init__(self) -> None:
        self._workshop = Workshop(
            self.site.family, self.site.noise, self.knowledge, self.matching, self.plugin
        )
        self._sight = Sight(
            self.site, self.knowledge, self.suppression, PLANS[self.effort], self.seed
        )

    def run(
        self,
        bursts: Sequence[BurstHistory],
        rate_scale: float,
        placements: Sequence[Placement] | None = None,
    ) -> list[ClassFailure]:
        """Excess failure of every class, in the order given; rates per chip times the scale.

        ``placements`` : of the patch that each of them meets, where not that of the site.
        """
        sight, layout = self._sight, self._sight.layout
        wholes = placements or [self.site.place(layout)] * len(bursts)
        histories = [sight.decay(burst, whole) for burst, whole in zip(bursts, wholes, strict=True)]
        tasks = sum(bool(history.cells) for history in histories)
        budget = sight.plan.events / (PLUGIN_COST if self.plugin else 1)
        results = []
        for burst, whole, history in zip(bursts, wholes, histories, strict=True):
            rng = np.random.default_rng(stream(self.seed, "posterior", burst.name))
            found: list[Composed] = []
            if history.cells:
                found = self._compose(burst, whole, history, budget / tasks, rng)
                spent = sum(part.spent for part in found)
                budget, tasks = max(budget - spent, 0.0), tasks - 1
            draws = refine.failure(found, rng)
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
        """Logical error per cycle through a burst for three decoders; see :mod:`.courses`.

        With quick effort, and where it loses the state within 2 d cycles, the error is that of a
        window alone, up to a third too low.
        """
        inside = self.effort not in ("sketch", "quick")
        return courses(self._sight, self._workshop, burst, quiet, inside=inside)

    def _compose(
        self,
        burst: BurstHistory,
        whole: Placement,
        history: Decay,
        budget: float,
        rng: np.random.Generator,
    ) -> list[Composed]:
        """Every basis seen until it is known to be fatal; what is not, refined."""
        bases = self._sight.layout.bases
        found = [self._see(burst, whole, history, basis, rng) for basis in bases]
        left = [part for part in found if not part.fatal]
        for part in left:
            self._go_inside(part, burst.name)
            if self.effort in ("standard", "full") and not self.plugin:
                share = budget / len(bases)
                refine.amplify(part, self._sight, self._workshop, (burst.name,), share)
        if left:
            refine.refine(found, self._sight, budget, rng)
        return found

    def _see(
        self,
        burst: BurstHistory,
        whole: Placement,
        history: Decay,
        basis: Basis,
        rng: np.random.Generator,
    ) -> Composed:
        """Stretches of one basis alone, from the worst on until the burst is known to be fatal."""
        sight = self._sight
        distance, spent = sight.wanted(whole, history), 0.0
        while True:
            found = sight.view(sight.patch(burst, whole, history, distance), basis, spent)
            self._extend(found, burst.name)
            if found.windows[0].excess() < OVERWHELMED or distance >= sight.largest:
                break
            distance, spent = min(distance + 4, sight.largest), found.spent
        while not self._fatal(found, rng) and not self._seen_enough(found):
            self._extend(found, burst.name)
        return found

    def _seen_enough(self, found: Composed) -> bool:
        """Whether all stretches are seen; in a sketch, all but those that are milder than one
        without any excess."""
        quiet = self.effort == "sketch" and not found.windows[-1].excess()
        return quiet or len(found.windows) == len(found.stretches)

    @staticmethod
    def _fatal(found: Composed, rng: np.random.Generator) -> bool:
        found.fatal = bool(1 - 2 * interval(found.draws(rng))[0] < SATURATED)
        return found.fatal

    def _extend(self, found: Composed, name: str) -> None:
        """See the next stretch alone, with its first shots."""
        d, stretch = found.patch.layout.distance, found.stretches[len(found.windows)]
        cells = [found.cells[p] for p in stretch.places]
        if stretch.steady:
            parts = steady(d, cells[0].excess, inside=False)
        else:
            row = zip(whole_rounds(cells), cells, strict=True)
            parts = alone(d, [(rounds, cell.excess) for rounds, cell in row if rounds])
        sequence = stream(self.seed, "burst", name, found.basis, d, stretch.number)
        window = self._workshop.window(d, found.basis, parts, sequence)
        found.spent += window.run(self._sight.plan.shots)
        found.windows.append(window)

    def _go_inside(self, found: Composed, name: str) -> None:
        """See steady stretches from inside, where that leaves something to be seen."""
        d, sketch = found.patch.layout.distance, self.effort == "sketch"
        for i, (stretch, window) in enumerate(zip(found.stretches, found.windows, strict=False)):
            excess = window.excess()
            if not stretch.steady or excess >= LOST or (sketch and not excess):
                continue
            found.dropped += window.shots
            sequence = stream(self.seed, "inside", name, found.basis, d, stretch.number)
            parts = steady(d, found.cells[stretch.places[0]].excess, inside=True)
            found.windows[i] = self._workshop.window(d, found.basis, parts, sequence)
            found.spent += found.windows[i].run(self._sight.plan.shots)


def _course(found: Sequence[Composed]) -> tuple[Array, Array]:
    """Times and the failure of at least one basis up to them, on the first basis' edges."""
    if not found:
        return np.zeros(1), np.zeros(1)
    times, failure = found[0].times, np.zeros(len(found[0].times))
    for part in found:
        failure = either(failure, np.interp(times, part.times, part.course()))
    return times, failure
