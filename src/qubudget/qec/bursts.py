"""What a burst adds to the failures of a patch.

A burst is cut into steady cells (:mod:`.history`). Each cell is represented by a window of
d quiet, d burst and d quiet rounds, and the whole decay is composed of them as
P = (1 - prod_k (1 - 2 delta_k)^(n_k / d))/2 (:mod:`.window`).

Large patches are not simulated whole. Around the place that is hit a smaller patch is, large enough
to hold the hit qubits and a margin; a logical error of the whole patch has to cross the quiet rest
too, so the hazard is multiplied by Lambda^(-(d - d_s)/2) with the background's Lambda, reduced in
proportion to the excess error that reaches beyond the small patch. The uncertainty of Lambda is
carried along. Where the small patch is overwhelmed, a larger one is taken, up to the effort's limit;
what is overwhelmed there counts as fatal.

Shots go where the composed failure is least certain, and stop when it is certain (a fatal burst
needs few); the cost of a shot is reckoned by its detection events, not by the clock, so counts do
not depend on the machine's speed. Intervals come from the cells' Jeffreys posteriors carried
through the composition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log, sqrt
from typing import Literal

import numpy as np
import pymatching
import stim
from numpy.typing import NDArray

from qubudget.qec.background import Effort, QuietNoise
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import RoundNoise
from qubudget.qec.history import (
    BurstHistory,
    Cell,
    Decay,
    Placement,
    decay,
    error_at,
    place,
    quiet_error,
)
from qubudget.qec.layout import Basis, Family, Layout, build
from qubudget.qec.sampling import matcher, stream
from qubudget.qec.scaling import Z95
from qubudget.qec.window import Window

Array = NDArray[np.float64]
Decoder = Literal["unaware", "aware"]
DRAWS = 4000
FIRST_SHOTS = 64
SATURATED = 2e-3
"""Remaining 1 - 2 P below which a burst counts as fatal and no more cells are needed."""
OVERWHELMED = 0.3
"""Excess failure of the worst window from which a small patch says nothing about a larger one."""
MARGIN = 6
"""Quiet sites, as code distance, around the qubits hit in the small patch."""


@dataclass(frozen=True)
class BurstPlan:
    """Cells per burst, detection events that all decoding may take, largest patch simulated, and
    the width of the interval, relative to its middle, that is enough."""

    cells: int
    events: float
    largest: int
    relative_width: float


# One core decodes some 4e5 events a second (1.5 to 3 us each).
PLANS: Mapping[Effort, BurstPlan] = {
    "quick": BurstPlan(6, 1.2e6, 15, 0.2),
    "standard": BurstPlan(8, 1.5e7, 21, 0.1),
    "full": BurstPlan(12, 4e8, 29, 0.05),
}


@dataclass(frozen=True)
class Suppression:
    """Lambda of the quiet patch with its 95 % interval."""

    value: float
    low: float
    high: float

    def draws(self, rng: np.random.Generator, size: int) -> Array:
        """Log-normal draws of the interval's width."""
        deviation = log(self.high / self.low) / (2 * Z95)
        return np.asarray(np.exp(rng.normal(log(self.value), deviation, size)))


@dataclass(frozen=True)
class ClassFailure:
    """Excess failure of a patch by one class of bursts.

    ``rate`` per second and patch; ``value``, ``low``, ``high`` the probability that at least one
    basis fails, 1 - (1 - P_X)(1 - P_Z); ``draws`` its posterior; ``simulated_distance`` of the
    patch that was simulated (None where nothing is hit).
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


@dataclass(frozen=True, eq=False)
class _Patch:
    """The small patch that is simulated for one burst, and how the hazard scales from it.

    ``reduction`` per cell: factor on Lambda by excess error outside the small patch.
    """

    layout: Layout
    history: Decay
    reduction: Array


@dataclass(eq=False)
class BurstStudy:
    """Everything that the bursts of one design share; spends one budget over all of them.

    ``pitch``, ``length``, ``width`` in m; ``suppression`` None where the background shows no
    gain from distance.
    """

    family: Family
    distance: int
    pitch: float
    length: float
    width: float
    noise: QuietNoise
    decoder: Decoder
    suppression: Suppression | None
    effort: Effort
    seed: int
    _made: dict[tuple[int, Basis], tuple[stim.Circuit, pymatching.Matching]] = field(
        default_factory=dict, init=False
    )

    def run(self, bursts: Sequence[BurstHistory], rate_scale: float) -> list[ClassFailure]:
        """Excess failure of every class, in the order given; rates per chip times the scale."""
        whole = self._place(build(self.family, self.distance))
        histories = [self._decay(burst, whole) for burst in bursts]
        bases = build(self.family, 3).bases
        tasks = sum(bool(history.cells) for history in histories) * len(bases)
        budget, results = PLANS[self.effort].events, []
        for burst, history in zip(bursts, histories, strict=True):
            survive, value, shots, size = np.ones(DRAWS), 1.0, 0, None
            for basis in bases if history.cells else ():
                windows, spent, draws, failure = self._basis(
                    burst, whole, history, basis, budget / tasks
                )
                survive, value = survive * (1 - draws), value * (1 - failure)
                shots += sum(window.shots for window in windows)
                size = max(size or 0, windows[0].rounds)
                budget, tasks = max(budget - spent, 0.0), tasks - 1
            low, high = np.quantile(1 - survive, (0.025, 0.975)).tolist()
            value = 1 - value
            results.append(
                ClassFailure(
                    burst.name,
                    burst.energy,
                    burst.rate * rate_scale * whole.chips,
                    value,
                    min(low, value),
                    max(high, value),
                    1 - survive,
                    size,
                    int(history.hit.sum()),
                    sum(cell.cycles for cell in history.cells),
                    shots,
                    history.truncated,
                )
            )
        return results

    def _basis(
        self, burst: BurstHistory, whole: Placement, history: Decay, basis: Basis, budget: float
    ) -> tuple[list[Window], float, Array, float]:
        """Windows, events spent, posterior draws and value of one basis's excess failure."""
        rng = np.random.default_rng(stream(self.seed, "posterior", burst.name, basis))
        spent = 0.0
        patch = self._patch(burst, whole, history, self._smallest(whole, history))
        while True:
            windows = [self._window(burst.name, 0, patch, basis)]
            spent += windows[0].run(FIRST_SHOTS)
            size = patch.layout.distance
            if windows[0].excess() < OVERWHELMED or size >= self._largest():
                break
            patch = self._patch(burst, whole, history, min(size + 4, self._largest()))
        powers = [self._powers(patch, 0, rng)]
        left = float(np.quantile(windows[0].kept_draws(powers[0], rng), 0.975))
        for number in range(1, len(patch.history.cells)):
            if left < SATURATED:
                break
            window, power = self._window(burst.name, number, patch, basis), self._powers(
                patch, number, rng
            )
            spent += window.run(FIRST_SHOTS)
            windows.append(window)
            powers.append(power)
            left *= float(np.quantile(window.kept_draws(power, rng), 0.975))
        while left >= SATURATED and spent < budget:
            if self._settled(self._failure(windows, powers, rng)):
                break
            weights = [
                np.median(power) * sqrt(window.discordant + 1) / window.shots
                for window, power in zip(windows, powers, strict=True)
            ]
            target = windows[int(np.argmax(weights))]
            affordable = (budget - spent) * target.shots / max(target.events, 1.0)
            shots = int(min(target.shots, affordable))
            if shots < 1:
                break
            spent += target.run(shots)
        kept = [w.kept(float(np.median(p))) for w, p in zip(windows, powers, strict=True)]
        value = 0.5 * (1 - float(np.prod(kept)))
        return windows, spent, self._failure(windows, powers, rng), value

    @staticmethod
    def _failure(windows: list[Window], powers: list[Array], rng: np.random.Generator) -> Array:
        kept = [w.kept_draws(p, rng) for w, p in zip(windows, powers, strict=True)]
        return np.asarray(0.5 * (1 - np.prod(kept, axis=0)))

    def _settled(self, draws: Array) -> bool:
        low, middle, high = np.quantile(draws, (0.025, 0.5, 0.975))
        return bool(high - low < PLANS[self.effort].relative_width * middle or high < 1e-6)

    def _largest(self) -> int:
        return min(self.distance, PLANS[self.effort].largest)

    def _smallest(self, whole: Placement, history: Decay) -> int:
        """Distance of the small patch that holds what is hit, and a margin."""
        if self.suppression is None or self.family == "repetition":
            return self._largest()
        spots = whole.positions[history.hit]
        reach = np.ptp(spots, axis=0).max() / self.pitch if len(spots) else 0.0
        # A patch of distance d is sqrt(2) d neighbour distances wide.
        distance = ceil(reach / sqrt(2)) + MARGIN
        return min(distance + 1 - distance % 2, self._largest())

    def _patch(
        self, burst: BurstHistory, whole: Placement, history: Decay, distance: int
    ) -> _Patch:
        layout = build(self.family, distance)
        spots = whole.positions[history.hit]
        wanted = (spots.max(axis=0) + spots.min(axis=0)) / 2 if len(spots) else np.zeros(2)
        room = (np.ptp(whole.positions, axis=0) - np.ptp(layout.coordinates, axis=0) * self.pitch) / 2
        room = np.maximum(room, 0.0)
        x, y = np.clip(wanted, -room, room).tolist()
        place = self._place(layout, (x, y))
        local = self._decay(burst, place)
        schedule = self.noise.schedule
        still = quiet_error(self._decoherence(1), schedule.cycle_time)
        half = np.ptp(place.positions, axis=0) / 2 + 1e-9
        outside = np.any(np.abs(whole.positions - [x, y]) > half, axis=1)
        beyond = [
            error_at(burst, whole, cell.time, schedule.cycle_time, schedule.unechoed)[outside]
            for cell in local.cells
        ]
        reduction = [1 / (1 + float(e.max(initial=0.0)) / still) for e in beyond]
        return _Patch(layout, local, np.array(reduction))
