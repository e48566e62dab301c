"""What bursts add to the failures of a patch.

A burst is cut into steady cells (:mod:`.history`), each is represented by a short window
(:mod:`.window`) of a patch that may stand in for a larger one (:mod:`.standin`), and the decay is
composed of them: P = (1 - prod_k (1 - 2 delta_k)^(f_k n_k / d))/2 with n_k the cycles of the cell
and f_k the factor of the stand-in. Where a stand-in is overwhelmed, a larger one is taken, up to
the effort's limit; what is overwhelmed even there counts as fatal.

Shots go where the composed failure is least certain, and stop when it is certain (a fatal burst
needs few). The cost of a shot is reckoned by its detection events, not by the clock, so counts do
not depend on the machine's speed. Intervals come from the windows' Jeffreys posteriors and the
interval of Lambda, carried through the composition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log, sqrt
from typing import Literal

import numpy as np
import pymatching
import stim
from numpy.typing import ArrayLike, NDArray

from qubudget.qec.background import Effort
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import RoundNoise
from qubudget.qec.history import BurstHistory, Decay, Placement
from qubudget.qec.layout import Basis, build
from qubudget.qec.sampling import matcher, stream
from qubudget.qec.scaling import Z95
from qubudget.qec.standin import Site, StandIn, smallest_distance, stand_in
from qubudget.qec.window import Window

Array = NDArray[np.float64]
Decoder = Literal["unaware", "aware"]
DRAWS = 4000
FIRST_SHOTS = 64
SATURATED = 2e-3
"""Remaining 1 - 2 P below which a burst counts as fatal and no more cells are needed."""
OVERWHELMED = 0.3
"""Excess failure of the worst window from which a stand-in says nothing about a larger patch."""


@dataclass(frozen=True)
class BurstPlan:
    """Cells per burst, detection events that all decoding may take, largest surface-code patch
    simulated, and the width of the interval, relative to its middle, that is enough."""

    cells: int
    events: float
    largest: int
    relative_width: float


# One core decodes some 4e5 events a second (1.5 to 3 us each; taking 300 detectors as one more).
PLANS: Mapping[Effort, BurstPlan] = {
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


def interval(draws: Array) -> tuple[float, float]:
    """95 % interval of posterior draws (2, n): low end of the first row, high of the second."""
    return float(np.quantile(draws[0], 0.025)), float(np.quantile(draws[1], 0.975))


@dataclass(frozen=True)
class ClassFailure:
    """Excess failure of a patch by one class of bursts.

    ``rate`` per second and patch; ``value``, ``low``, ``high`` the probability that at least one
    basis fails, 1 - (1 - P_X)(1 - P_Z); ``draws`` its posterior, see
    :meth:`qubudget.qec.window.Window.excess_draws`; ``simulated_distance`` of the
    largest patch that was simulated (None where nothing is hit).
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


def composed(parts: Sequence[tuple[ArrayLike, ArrayLike]]) -> Array:
    """P = (1 - prod (1 - 2 delta)^n)/2 of (delta, n) pairs, exact for tiny delta too.

    >>> float(composed([(1e-20, 3.0), (2e-20, 1.0)]))
    5e-20
    >>> float(composed([(0.5, 0.1)]))
    0.5
    """
    with np.errstate(divide="ignore"):
        exponent = sum(np.asarray(n) * np.log1p(-2 * np.asarray(delta)) for delta, n in parts)
    return np.asarray(-0.5 * np.expm1(exponent))


def either(first: ArrayLike, second: ArrayLike) -> Array:
    """Probability of at least one of two independent failures."""
    first, second = np.asarray(first, float), np.asarray(second, float)
    return np.asarray(first + second * (1 - first))


@dataclass(eq=False)
class _Composed:
    """Windows of one basis with, for each, how many windows its cell is worth.

    ``powers`` are f_k n_k / d: the best value, and draws over the uncertainty of Lambda.
    """

    patch: StandIn
    windows: list[Window]
    powers: list[tuple[float, Array]]
    spent: float = 0.0

    def value(self) -> float:
        """Excess failure as counted."""
        return float(composed([(w.excess(), p) for w, (p, _) in self._pairs()]))

    def draws(self, rng: np.random.Generator, *, counts_only: bool = False) -> Array:
        """Posterior of the excess failure, (2, DRAWS) for low and high ends; of the counts alone,
        with Lambda held, if so wanted."""
        return composed(
            [
                (window.excess_draws(rng, DRAWS), best if counts_only else power)
                for window, (best, power) in self._pairs()
            ]
        )

    def _pairs(self) -> zip[tuple[Window, tuple[float, Array]]]:
        return zip(self.windows, self.powers, strict=True)

    def least_certain(self) -> Window:
        """The window whose count spreads the composed exponent most."""
        spread = [
            power * sqrt(window.worse + window.better + 1) / window.shots
            for window, (power, _) in self._pairs()
        ]
        return self.windows[int(np.argmax(spread))]


@dataclass(eq=False)
class BurstStudy:
    """All bursts of one design; one budget is spent over them.

    ``suppression`` is None where the background shows no gain from distance; then nothing is
    scaled and the largest affordable patch stands for the whole as it is.
    """

    site: Site
    decoder: Decoder
    suppression: Suppression | None
    effort: Effort
    seed: int
    _quiet: dict[tuple[int, Basis], tuple[stim.Circuit, pymatching.Matching]] = field(
        default_factory=dict, init=False
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

    def run(self, bursts: Sequence[BurstHistory], rate_scale: float) -> list[ClassFailure]:
        """Excess failure of every class, in the order given; rates per chip times the scale."""
        plan = PLANS[self.effort]
        layout = build(self.site.family, self.site.distance)
        whole = self.site.place(layout)
        histories = [self.site.decay(burst, layout, whole, plan.cells) for burst in bursts]
        tasks = sum(bool(history.cells) for history in histories) * len(layout.bases)
        budget, results = plan.events, []
        for burst, history in zip(bursts, histories, strict=True):
            draws, value, parts = np.zeros((2, DRAWS)), 0.0, []
            for basis in layout.bases if history.cells else ():
                rng = np.random.default_rng(stream(self.seed, "posterior", burst.name, basis))
                part = self._compose(burst, whole, history, basis, budget / tasks, rng)
                draws, value = either(draws, part.draws(rng)), float(either(value, part.value()))
                budget, tasks = max(budget - part.spent, 0.0), tasks - 1
                parts.append(part)
            low, high = interval(draws)
            results.append(
                ClassFailure(
                    burst.name,
                    burst.energy,
                    burst.rate * rate_scale * whole.chips,
                    value,
                    min(low, value),
                    max(high, value),
                    draws,
                    max((part.patch.layout.distance for part in parts), default=None),
                    history.hit,
                    sum(cell.cycles for cell in history.cells),
                    sum(window.shots for part in parts for window in part.windows),
                    history.truncated,
                )
            )
        return results

    def _compose(
        self,
        burst: BurstHistory,
        whole: Placement,
        history: Decay,
        basis: Basis,
        budget: float,
        rng: np.random.Generator,
    ) -> _Composed:
        """Cells from the worst on until the burst is known to be fatal, then refinement."""
        plan = PLANS[self.effort]
        wanted = self.largest
        if self.suppression and self.site.family == "surface":
            wanted = smallest_distance(self.site, whole, history)
        distance, spent = min(wanted, self.largest), 0.0
        while True:
            patch = stand_in(self.site, burst, whole, history, distance, plan.cells)
            found = _Composed(patch, [], [], spent)
            self._extend(found, burst.name, basis)
            if found.windows[0].excess() < OVERWHELMED or distance >= self.largest:
                break
            distance, spent = min(distance + 4, self.largest), found.spent
        while (fatal := self._fatal(found, rng)) is False:
            if len(found.windows) == len(patch.history.cells):
                break
            self._extend(found, burst.name, basis)
        while not fatal and found.spent < budget and not self._settled(found, rng):
            target = found.least_certain()
            affordable = (budget - found.spent) * target.shots / max(target.events, 1.0)
            shots = int(min(target.shots, affordable))
            if shots < 1:
                break
            found.spent += target.run(shots)
        return found

    @staticmethod
    def _fatal(found: _Composed, rng: np.random.Generator) -> bool:
        return bool(1 - 2 * interval(found.draws(rng))[0] < SATURATED)

    def _settled(self, found: _Composed, rng: np.random.Generator) -> bool:
        low, high = interval(found.draws(rng, counts_only=True))
        return high - low < PLANS[self.effort].relative_width * (low + high) / 2 or high < 1e-6

    def _extend(self, found: _Composed, name: str, basis: Basis) -> None:
        """Add the next cell of the stand-in, with its first shots."""
        number, patch, noise = len(found.windows), found.patch, self.site.noise
        cell, layout = patch.history.cells[number], patch.layout
        d, empty = layout.distance, RoundNoise()
        quiet, calm = self._quiet_window(d, basis)
        only = [(d, empty), (d, RoundNoise(decoherence=cell.excess)), (d, empty)]
        added = memory_circuit(layout, basis, only, noise.schedule)
        decoder = calm
        if self.decoder == "aware":
            still = noise.on(layout.qubits)
            true = [(d, still), (d, still.with_excess(cell.excess)), (d, still)]
            decoder = matcher(memory_circuit(layout, basis, true, noise.schedule))
        window = Window(
            quiet, added, calm, decoder, stream(self.seed, "burst", name, basis, d, number), d
        )
        found.spent += window.run(FIRST_SHOTS)
        found.windows.append(window)
        best, draws = cell.cycles / d, np.full(DRAWS, cell.cycles / d)
        more = (self.site.distance - d) / 2
        if more and self.suppression:
            lower = patch.reduction[number]
            # Where so much is hit beyond the stand-in that distance gains nothing, nothing is
            # taken off.
            best *= max(self.suppression.value * lower, 1.0) ** -more
            draws *= np.maximum(self._suppression_draws * lower, 1.0) ** -more
        found.powers.append((best, draws))

    def _quiet_window(
        self, distance: int, basis: Basis
    ) -> tuple[stim.Circuit, pymatching.Matching]:
        """Quiet window and its decoder, made once per distance and basis."""
        if (distance, basis) not in self._quiet:
            layout, noise = build(self.site.family, distance), self.site.noise
            circuit = memory_circuit(
                layout, basis, [(3 * distance, noise.on(layout.qubits))], noise.schedule
            )
            self._quiet[distance, basis] = circuit, matcher(circuit)
        return self._quiet[distance, basis]
