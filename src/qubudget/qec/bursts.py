"""What a burst adds to the failures of a patch.

A burst is cut into steady cells (:mod:`.history`). Each cell is represented by a window of
d quiet, d burst and d quiet rounds, and the whole decay is composed of them as
P = (1 - prod_k (1 - 2 delta_k)^(n_k / d))/2.

The excess is zero by construction where nothing is hit. Independent Pauli channels compose, so
burst noise is quiet noise *and* excess noise; and detection events are linear, so the events of the
two add. The same quiet sample is decoded with and without the excess events, and only the
difference counts: delta = (P_burst - P_quiet)/(1 - 2 P_quiet) per window. A window without excess
events contributes exactly nothing, however noisy its background.

Shots go where the composed failure is least certain, and stop when it is certain (a fatal burst
needs few); the cost of a shot is reckoned by its detection events, not by the clock, so counts do
not depend on the machine's speed. Intervals come from the cells' Jeffreys posteriors carried
through the composition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import sqrt
from typing import Literal

import numpy as np
import pymatching
import stim
from numpy.typing import NDArray

from qubudget.qec.background import Effort, QuietNoise
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import RoundNoise
from qubudget.qec.history import BurstHistory, Cell, Decay, Placement, decay
from qubudget.qec.layout import Basis, Layout
from qubudget.qec.sampling import (
    batch_size,
    failures,
    matcher,
    sample,
    stim_seed,
    stream,
)

Array = NDArray[np.float64]
Decoder = Literal["unaware", "aware"]
LARGEST_DISTANCE = 29
"""Largest patch whose bursts are simulated; its central part stands for a larger one."""
DRAWS = 4000
FIRST_SHOTS = 32
SATURATED = 2e-3
"""Remaining 1 - 2 P below which a burst counts as fatal and no more cells are needed."""


@dataclass(frozen=True)
class BurstPlan:
    """Cells per burst, and the detection events that all decoding together may take."""

    cells: int
    events: float
    relative_width: float


# One core decodes about 4e5 events a second (1.5 to 3 us each).
PLANS: Mapping[Effort, BurstPlan] = {
    "quick": BurstPlan(6, 8e5, 0.2),
    "standard": BurstPlan(8, 1.2e7, 0.1),
    "full": BurstPlan(12, 4e8, 0.05),
}


@dataclass
class _Window:
    """One cell in one basis: its sampler, its decoder, and what has been counted."""

    cell: Cell
    quiet: stim.Circuit
    excess: stim.Circuit
    unburdened: pymatching.Matching
    decoder: pymatching.Matching
    sequence: np.random.SeedSequence
    rounds: int
    shots: int = 0
    batches: int = 0
    worse: int = 0
    better: int = 0
    quiet_failures: int = 0
    events: float = 0.0

    def run(self, shots: int) -> float:
        """Take more shots; returns the detection events decoded."""
        size = batch_size(self.quiet)
        spent = 0.0
        while shots > 0:
            taken = min(size, shots)
            seed = stim_seed(self.sequence, self.batches)
            calm, calm_flips = sample(self.quiet, taken, seed)
            extra, extra_flips = sample(self.excess, taken, seed ^ 1)
            before = failures(self.unburdened, calm, calm_flips)
            after = before.copy()
            # With the same weights, shots that the excess leaves alone are decided alike.
            same = self.decoder is self.unburdened
            touched = (
                extra.any(axis=1) | extra_flips.astype(bool) if same else np.ones(taken, bool)
            )
            rows = np.flatnonzero(touched)
            joint = calm[rows] ^ extra[rows]
            after[rows] = failures(self.decoder, joint, calm_flips[rows] ^ extra_flips[rows])
            spent += float(np.bitwise_count(calm).sum() + np.bitwise_count(joint).sum())
            self.worse += int((after & ~before).sum())
            self.better += int((before & ~after).sum())
            self.quiet_failures += int(before.sum())
            self.shots += taken
            self.batches += 1
            shots -= taken
        self.events += spent
        return spent

    @property
    def power(self) -> float:
        """How many windows the cell lasts."""
        return self.cell.cycles / self.rounds

    def kept(self, worse: Array | float, better: Array | float) -> Array:
        """(1 - 2 delta)^(n/d): the cell's factor of 1 - 2 P, for shares of discordant shots."""
        calm = 1 - 2 * self.quiet_failures / self.shots
        # The excess cannot help, nor take more than all that the quiet window leaves.
        factor = 1 - 2 * (np.asarray(worse) - better) / calm
        return np.asarray(np.clip(factor, 0.0, 1.0) ** self.power)

    def best(self) -> float:
        return float(self.kept(self.worse / self.shots, self.better / self.shots))

    def draws(self, rng: np.random.Generator, size: int = DRAWS) -> Array:
        """Jeffreys posterior of the cell's factor."""
        worse, better = (
            rng.beta(k + 0.5, self.shots - k + 0.5, size) for k in (self.worse, self.better)
        )
        return self.kept(worse, np.where(self.better > 0, better, 0.0))

    def weight(self) -> float:
        """Standard deviation of the cell's exponent, roughly."""
        return self.power * sqrt(self.worse + self.better + 1) / self.shots


@dataclass(frozen=True)
class BasisFailure:
    """Excess failure of one basis: value, posterior draws, shots."""

    basis: Basis
    value: float
    draws: Array = field(repr=False)
    shots: int


@dataclass(frozen=True)
class ClassFailure:
    """Excess failure of a patch by one class of bursts.

    ``rate`` per second and patch; ``value``, ``low``, ``high`` the probability that at least one
    basis fails, 1 - (1 - P_X)(1 - P_Z); ``draws`` its posterior.
    """

    name: str
    energy: float
    rate: float
    value: float
    low: float
    high: float
    draws: Array = field(repr=False)
    qubits_hit: int
    cycles: float
    shots: int
    truncated: bool


@dataclass(eq=False)
class BurstStudy:
    """Everything that the bursts of one patch share; spends one budget over all of them."""

    layout: Layout
    placement: Placement
    noise: QuietNoise
    decoder: Decoder
    effort: Effort
    seed: int

    @cached_property
    def quiet(self) -> RoundNoise:
        """Noise of a quiet round."""
        return self.noise.on(self.layout.qubits)

    def run(self, bursts: Sequence[BurstHistory], rate_scale: float) -> list[ClassFailure]:
        """Excess failure of every class, in the order given."""
        plan, schedule = PLANS[self.effort], self.noise.schedule
        assert self.quiet.decoherence is not None
        decays = [
            decay(
                burst,
                self.placement,
                self.quiet.decoherence,
                schedule.cycle_time,
                schedule.unechoed,
                plan.cells,
            )
            for burst in bursts
        ]
        tasks = sum(bool(d.cells) for d in decays) * len(self.layout.bases)
        budget = plan.events
        results = []
        for burst, history in zip(bursts, decays, strict=True):
            parts = []
            for basis in self.layout.bases if history.cells else ():
                part, spent = self._basis(burst.name, history, basis, budget / tasks)
                parts.append(part)
                budget, tasks = max(budget - spent, 0.0), tasks - 1
            results.append(self._join(burst, history, parts, rate_scale))
        return results

    def _basis(
        self, name: str, history: Decay, basis: Basis, budget: float
    ) -> tuple[BasisFailure, float]:
        """Cells from the worst on until the burst is known to be fatal, then refine."""
        plan = PLANS[self.effort]
        rng = np.random.default_rng(stream(self.seed, "posterior", name, basis))
        windows: list[_Window] = []
        left, spent = 1.0, 0.0
        for number, cell in enumerate(history.cells):
            window = self._window(name, number, cell, basis)
            spent += window.run(FIRST_SHOTS)
            windows.append(window)
            left *= float(np.quantile(window.draws(rng), 0.975))
            if left < SATURATED:
                break
        else:
            while spent < budget and not self._settled(windows, rng, plan.relative_width):
                target = max(windows, key=_Window.weight)
                affordable = (budget - spent) * target.shots / max(target.events, 1.0)
                shots = int(min(target.shots, affordable))
                if shots < 1:
                    break
                spent += target.run(shots)
        draws = 0.5 * (1 - np.prod([w.draws(rng) for w in windows], axis=0))
        value = 0.5 * (1 - float(np.prod([w.best() for w in windows])))
        return BasisFailure(basis, value, draws, sum(w.shots for w in windows)), spent

    @staticmethod
    def _settled(windows: list[_Window], rng: np.random.Generator, width: float) -> bool:
        draws = 0.5 * (1 - np.prod([w.draws(rng, 500) for w in windows], axis=0))
        low, middle, high = np.quantile(draws, (0.025, 0.5, 0.975))
        return bool(high - low < width * middle or high < 1e-6)

    def _window(self, name: str, number: int, cell: Cell, basis: Basis) -> _Window:
        d, schedule = self.layout.distance, self.noise.schedule
        quiet, matching = self._quiet(basis)
        empty = RoundNoise()
        excess = memory_circuit(
            self.layout,
            basis,
            [(d, empty), (d, RoundNoise(decoherence=cell.excess)), (d, empty)],
            schedule,
        )
        decoder = matching
        if self.decoder == "aware":
            true = self.quiet.with_excess(cell.excess)
            both = [(d, self.quiet), (d, true), (d, self.quiet)]
            decoder = matcher(memory_circuit(self.layout, basis, both, schedule))
        sequence = stream(self.seed, "burst", name, number, basis, d)
        return _Window(cell, quiet, excess, matching, decoder, sequence, d)

    def _quiet(self, basis: Basis) -> tuple[stim.Circuit, pymatching.Matching]:
        """Quiet window and its decoder, made once per basis."""
        if basis not in self._made:
            rounds = 3 * self.layout.distance
            circuit = memory_circuit(
                self.layout, basis, [(rounds, self.quiet)], self.noise.schedule
            )
            self._made[basis] = circuit, matcher(circuit)
        return self._made[basis]

    @cached_property
    def _made(self) -> dict[Basis, tuple[stim.Circuit, pymatching.Matching]]:
        return {}

    def _join(
        self, burst: BurstHistory, history: Decay, parts: list[BasisFailure], rate_scale: float
    ) -> ClassFailure:
        """All bases together; exactly zero where the burst hits nothing."""
        survive = np.ones(DRAWS)
        value = 1.0
        for part in parts:
            survive = survive * (1 - part.draws)
            value *= 1 - part.value
        draws = 1 - survive
        low, high = np.quantile(draws, (0.025, 0.975)).tolist()
        value = 1 - value
        return ClassFailure(
            burst.name,
            burst.energy,
            burst.rate * rate_scale * self.placement.chips,
            value,
            min(low, value),
            max(high, value),
            draws,
            history.qubits_hit,
            sum(cell.cycles for cell in history.cells),
            sum(part.shots for part in parts),
            history.truncated,
        )
