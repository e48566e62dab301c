"""Failures too rare to count, by splitting in noise strength.

Bravyi and Vargo, Phys. Rev. A 88, 062308 (2013): write a rare failure probability as one that can
be counted, at stronger noise, times ratios between neighbouring noise strengths, each measured on
fault sets that make the decoder fail. Here the fault sets form populations that are re-weighted,
resampled and moved from strength to strength (a sequential Monte Carlo sampler: Del Moral, Doucet
and Jasra, J. R. Stat. Soc. B 68, 411 (2006)). The product of ratios is then unbiased however
slowly the moves mix, and the scatter of islands, populations that never exchange members, gives
the interval.

The noise is that of the circuit's detector error model: independent faults i of odds
o_i = p_i/(1 - p_i). Strength s multiplies all odds, so a set of w faults has the probability
s^w prod(o_i) / Z(s) with Z(s) = prod(1 + s o_i), and the ratio of the failure probabilities at two
strengths is the mean of (s'/s)^w over failing sets times Z(s)/Z(s'). The decoder keeps its weights,
those of s = 1, throughout.

Choosing each next strength by the members themselves leaves a bias of the order of one member's
weight, far below the interval. Sampling by the number of faults instead (strata of w
faults with their exact probabilities, best allocation) would take 9e5 shots at d = 7 and 9e7 at
d = 9 for 10 % (p = 2e-4, d rounds): of the sets of five faults, only 5e-7 fail at d = 9. Splitting
decodes 3e5 for 9 % and 7e5 for 12-20 %, which is 4e-9 and 6e-11 per round in some 4 and 20 s.

A move adds a fault (i with probability o_i/sum(o)), removes one, or puts one in the place of
another with which it shares a detector. All populations move at once: one batch of decoding a step.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
import pymatching
import stim
from numpy.typing import NDArray
from scipy.stats import t as student

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.qec.decoders import matcher
from qubudget.qec.faults import Bytes, Faults, Floats, Index, Members
from qubudget.qec.sampling import CONFIDENCE, Counts, failures, per_round

ISLANDS = 16
COUNTED = 0.03
"""Failure probability per shot from which failures are counted."""
KEPT = 0.5
"""Effective share of the members that a change of strength leaves."""
PILOT_SHOTS = 1024
CHUNK = 512
"""Fault sets drawn at once."""


@dataclass(frozen=True)
class RareEstimate:
    """Failure probability per shot, with its 95 % interval.

    ``method`` is "exact" (no failure is possible), "counting" or "splitting"; ``shots`` counts all
    fault sets decoded; ``ladder`` is the (noise strength, failure probability) passed on the way
    down to strength 1.
    """

    value: float
    low: float
    high: float
    rounds: int
    method: str
    shots: int
    ladder: tuple[tuple[float, float], ...]
    note: str

    @property
    def per_round(self) -> tuple[float, float, float]:
        """(value, low, high) of the logical error per round."""
        value, low, high = per_round([self.value, self.low, self.high], self.rounds).tolist()
        return value, low, high


class Splitting:
    """Draws, decodes and moves fault sets of one circuit; counts what it decodes."""

    def __init__(
        self, faults: Faults, matching: pymatching.Matching, rng: np.random.Generator
    ) -> None:
        self.faults = faults
        self.matching = matching
        self.rng = rng
        self.shots = 0
        self._steps = np.cumsum(faults.odds)
        self._total = float(self._steps[-1])

    def wrong(self, events: Bytes, flips: Bytes) -> NDArray[np.bool_]:
        """Which sets make the decoder fail."""
        self.shots += len(flips)
        return failures(self.matching, events, flips)

    def draw(self, strength: float, shots: int) -> Members:
        """The failing ones among ``shots`` independent sets."""
        parts = []
        for start in range(0, shots, CHUNK):
            members = self.faults.sample(strength, min(CHUNK, shots - start), self.rng)
            parts.append(members.take(self.wrong(members.events, members.flips)))
        return Members.join(parts)

    def move(self, members: Members, strength: float) -> None:
        """One Metropolis step of every set, in place, within the failing sets."""
        faults, rng, count = self.faults, self.rng, len(members.weight)
        kind = rng.integers(3, size=count)
        adds, removes, shifts = kind != 1, kind != 0, kind == 2
        slot = (rng.random(count) * members.weight).astype(np.intp)
        old = members.held[np.arange(count), slot]
        step = (rng.random(count) * faults.degree[old]).astype(np.intp)
        beside = faults.near[faults.first[old] + step]
        free = np.searchsorted(self._steps, rng.random(count) * self._total, side="right")
        new = np.where(shifts, beside, np.minimum(free, len(faults.odds) - 1))
        ratio = np.select(
            [kind == 0, kind == 1],
            [
                strength * self._total / (members.weight + 1),
                members.weight / (strength * self._total),
            ],
            faults.odds[new] * faults.degree[old] / (faults.odds[old] * faults.degree[new]),
        )
        there = adds & (members.held == new[:, None]).any(axis=1)
        tried = np.flatnonzero((rng.random(count) < ratio) & ~there)
        events, flips = members.events[tried], members.flips[tried]
        for part, fault in ((adds, new), (removes, old)):
            chosen = part[tried]
            events[chosen] ^= faults.events[fault[tried][chosen]]
            flips[chosen] ^= faults.flips[fault[tried][chosen]]
        fails = self.wrong(events, flips)
        moved = tried[fails]
        members.events[moved], members.flips[moved] = events[fails], flips[fails]
        members.exchange(moved[kind[moved] == 2], slot, new)
        members.append(moved[kind[moved] == 0], new)
        members.remove(moved[kind[moved] == 1], slot)


def estimate(
    circuit: stim.Circuit,
    rounds: int,
    sequence: np.random.SeedSequence,
    *,
    matching: pymatching.Matching | None = None,
    members: int = 2048,
    sweeps: float = 3.0,
) -> RareEstimate:
    """Failure probability of a memory circuit, however rare.

    Parameters
    ----------
    circuit : any circuit with a detector error model that ``matching`` decodes; observable 0.
    rounds : its rounds, for the error per round. Memories of d rounds come out 10 to 20 % below
        those of 3 d, since the ends are quieter.
    sequence : the task's stream; equal streams give equal results.
    matching : by default one with the circuit's own weights.
    members : failing fault sets in all islands together, at least two an island. With the
        default the standard deviation is 4 to 20 % and falls as their square root; with half of it
        some intervals of the rarest failures are a third too narrow.
    sweeps : moves of a set per noise strength, in units of its mean number of faults.

    Raises
    ------
    ConvergenceError: no failures even where every fault is as likely as not.
    OutOfRangeError: a fault is certain, or too few members.
    """
    each = members // ISLANDS
    if each < 2:
        raise OutOfRangeError(f"splitting takes at least {2 * ISLANDS} members, given {members}")
    model = circuit.detector_error_model(approximate_disjoint_errors=True)
    faults = Faults.of(model)
    if not faults.odds.size or (matching is None and not faults.flips.any()):
        note = "no fault flips the observable" if faults.odds.size else "no noise at all"
        return RareEstimate(0.0, 0.0, 0.0, rounds, "exact", 0, (), note)
    rng = np.random.Generator(np.random.PCG64(sequence))
    work = Splitting(faults, matcher(circuit) if matching is None else matching, rng)
    strength, rate = _start(work)
    taken = int(each / rate) + 1
    drawn = [work.draw(strength, taken) for _ in range(ISLANDS)]
    found = np.array([len(m.weight) for m in drawn])
    if strength == 1:
        counts = Counts(ISLANDS * taken, int(found.sum()))
        low, high = counts.interval()
        return RareEstimate(
            counts.rate, low, high, rounds, "counting", work.shots, ((1.0, counts.rate),), ""
        )
    if not found.all():
        raise ConvergenceError(f"an island found no failure at {strength:.3g} times the noise")
    logs = np.log(found / taken)
    ladder = [(strength, float(found.sum() / (ISLANDS * taken)))]
    state = Members.join([m.take(_choose(len(m.weight), each, rng)) for m in drawn])
    while True:
        below = _next_strength(state.weight, strength)
        weights = np.power(below / strength, state.weight.reshape(ISLANDS, each), dtype=np.float64)
        change = faults.log_partition(strength) - faults.log_partition(below)
        logs += np.log(weights.mean(axis=1)) + change
        strength = below
        ladder.append((strength, float(np.exp(logs).mean())))
        if strength == 1:
            break
        state = state.take(_resample(weights, rng))
        for _ in range(int(sweeps * float(state.weight.mean())) + 1):
            work.move(state, strength)
    values = np.exp(logs)
    value = float(values.mean())
    spread = float(values.std(ddof=1)) / sqrt(ISLANDS) / value
    factor = exp(float(student.ppf((1 + CONFIDENCE) / 2, ISLANDS - 1)) * spread)
    note = (
        f"from {ladder[0][0]:.3g} times the noise in {len(ladder) - 1} steps; interval from the "
        f"scatter of {ISLANDS} islands of {each} fault sets"
    )
    return RareEstimate(
        value, value / factor, value * factor, rounds, "splitting", work.shots, tuple(ladder), note
    )


def _start(work: Splitting) -> tuple[float, float]:
    """The first noise strength at which failures are easily counted, and their rate there."""
    strength, smallest = 1.0, float(work.faults.odds.min())
    while True:
        found = len(work.draw(strength, PILOT_SHOTS).weight)
        if found >= COUNTED * PILOT_SHOTS:
            return strength, found / PILOT_SHOTS
        if strength * smallest >= 1:
            raise ConvergenceError("no failures even where every fault is as likely as not")
        strength *= 2 if found < 4 else 1.4


def _next_strength(weight: Index, strength: float) -> float:
    """The lowest strength that leaves ``KEPT`` effective members; at most halved, at least 1."""

    def kept(below: float) -> float:
        weights = np.exp((weight - weight.min()) * log(below / strength))
        return float(weights.sum() ** 2 / (weights**2).sum() / len(weights))

    low, high = max(1.0, strength / 2), strength
    if kept(low) >= KEPT:
        return low
    for _ in range(20):
        middle = sqrt(low * high)
        low, high = (low, middle) if kept(middle) >= KEPT else (middle, high)
    return high


def _choose(found: int, wanted: int, rng: np.random.Generator) -> Index:
    """``wanted`` of the independent sets found: without repetition where there are enough."""
    return rng.permutation(np.resize(rng.permutation(found), max(found, wanted)))[:wanted]


def _resample(weights: Floats, rng: np.random.Generator) -> Index:
    """Systematic resampling within each island (row); indices into all members in a row."""
    each = weights.shape[1]
    parents = []
    for island, row in enumerate(weights):
        marks = (np.arange(each) + rng.random()) / each * row.sum()
        chosen = np.searchsorted(np.cumsum(row), marks, side="right")
        parents.append(island * each + np.minimum(chosen, each - 1))
    return np.concatenate(parents)
