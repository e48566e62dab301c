"""One stretch of a burst as a short memory experiment, paired with its twin without the excess.

The excess is zero by construction where nothing is hit: independent Pauli channels compose, so
burst noise is quiet noise *and* excess noise, and detection events are linear, so the events of
the two add. The same sample is decoded with and without the excess events, and only the difference
counts, delta = (P_with - P_without)/(1 - 2 P_without). Shots without excess events contribute
exactly nothing, however noisy the background.

Quiet rounds before and after a stretch help its decoder: a window of d rounds of T1 = 1 us on nine
qubits of a d = 7 patch shows 0.6 of the hazard per round of a long burst. So a steady stretch is
seen from inside: the burst is already there in ``lead`` rounds of the twin, and the excess of 2 d
further rounds is added; the ends are the same in both and cancel, to about 2 %. Short stretches
are simulated as they are, between quiet rounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TypeVar

import numpy as np
import stim
from numpy.typing import ArrayLike, NDArray

from qubudget.qec.background import QuietNoise
from qubudget.qec.circuits import Checks, Segment, memory_circuit
from qubudget.qec.cycle import Decoherence, RoundNoise
from qubudget.qec.decoders import (
    MATCHING,
    Decoder,
    Knowledge,
    Matching,
    MatchingDecoder,
    believed,
    decoder,
    require_decoder,
)
from qubudget.qec.floors import Floors
from qubudget.qec.layout import Basis, Family, Layout, build
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.sampling import batch_size, failures, sample, stim_seed
from qubudget.qec.template import Template

Array = NDArray[np.float64]
Bits = NDArray[np.uint8]
Name = TypeVar("Name")
DETECTORS_PER_EVENT = 300
"""Detectors that are sampled in the time in which one detection event is decoded, roughly."""
WORTHWHILE = 24
"""Decoders of one kind of window from which a template is made: making it takes as long as 18 to 31
of them do from circuits with REPEAT blocks (d = 7 to 15), and each from then on 1/10."""


@dataclass(frozen=True, eq=False)
class Part:
    """So many rounds of a window: the excess that both twins have, and what the burst adds."""

    rounds: int
    shared: Decoherence | None = None
    added: Decoherence | None = None


def lead(distance: int) -> int:
    """Rounds after which a steady burst has forgotten its beginning: 3 d/2."""
    return (3 * distance + 1) // 2


def steady(distance: int, excess: Decoherence, *, inside: bool) -> list[Part]:
    """2 d rounds of an excess, in the middle of as steady a burst or (not ``inside``) alone."""
    before = Part(lead(distance), excess if inside else None)
    return [before, Part(2 * distance, None, excess), Part(distance)]


def alone(distance: int, stretch: Sequence[tuple[int, Decoherence]]) -> list[Part]:
    """(rounds, excess) in the order of time, d quiet rounds before and after."""
    burst = [Part(rounds, None, excess) for rounds, excess in stretch]
    return [Part(distance), *burst, Part(distance)]


@dataclass(eq=False)
class Window:
    """Counts of one window; ``run`` takes more shots.

    ``quiet`` and ``added`` are the circuits of the twin without, and of the excess alone; ``calm``
    decodes the twin, ``decoder`` (the same object where it is unaware of the burst) decodes the
    burst. ``rounds`` is the number of rounds with an added excess. ``worse`` and ``better`` count
    the shots that fail only with, and only without, the excess; ``quiet_failures`` those of the
    twin. Windows of the same circuits and sequence take the same samples, whatever decodes them,
    if they are asked for the same numbers of shots.
    """

    quiet: stim.Circuit
    added: stim.Circuit
    calm: Decoder
    decoder: Decoder
    sequence: np.random.SeedSequence
    rounds: int
    shots: int = 0
    batches: int = 0
    worse: int = 0
    better: int = 0
    quiet_failures: int = 0
    events: float = 0.0

    def run(self, shots: int) -> float:
        """Take more shots; returns their cost in detection events, sampling included."""
        before = self.events
        for taken in _batches(shots, batch_size(self.quiet)):
            self._judge(*self._sample(taken))
        return self.events - before

    def _sample(self, shots: int) -> tuple[Bits, Bits, Bits, Bits]:
        """Events and flips of the twin, and those that the excess adds."""
        base = sample(self.quiet, shots, stim_seed(self.sequence, 2 * self.batches))
        more = sample(self.added, shots, stim_seed(self.sequence, 2 * self.batches + 1))
        return base[0], base[1], more[0], more[1]

    def _judge(
        self,
        base: Bits,
        base_flips: Bits,
        more: Bits,
        more_flips: Bits,
        known: dict[tuple[int, bool], NDArray[np.bool_]] | None = None,
    ) -> NDArray[np.bool_]:
        """Count one batch; which shots fail with the excess. What another window's decoder, the
        same object, has found in this batch is in ``known``."""
        known = {} if known is None else known
        before = known.get((id(self.calm), False))
        if before is None:
            before = failures(self.calm, base, base_flips)
            self.events += float(np.bitwise_count(base).sum())
        after = known.get((id(self.decoder), True))
        if after is None:
            after = before.copy()
            # With the same weights, shots that the excess leaves alone are decided alike.
            rows = np.arange(len(base))
            if self.decoder is self.calm:
                rows = np.flatnonzero(more.any(axis=1) | more_flips.astype(bool))
            joint = base[rows] ^ more[rows]
            after[rows] = failures(self.decoder, joint, base_flips[rows] ^ more_flips[rows])
            self.events += float(np.bitwise_count(joint).sum())
        known[id(self.calm), False], known[id(self.decoder), True] = before, after
        self.events += len(base) * self.quiet.num_detectors / DETECTORS_PER_EVENT
        self.worse += int((after & ~before).sum())
        self.better += int((before & ~after).sum())
        self.quiet_failures += int(before.sum())
        self.shots += len(base)
        self.batches += 1
        return after

    def excess(
        self,
        worse: ArrayLike | None = None,
        better: ArrayLike | None = None,
        twin: ArrayLike | None = None,
    ) -> Array:
        """delta of the window, for given shares of discordant shots and of the twin's failures
        (default: as counted).

        An excess cannot help, nor take more than the twin leaves.
        """
        more = self.worse / self.shots if worse is None else np.asarray(worse, float)
        less = self.better / self.shots if better is None else np.asarray(better, float)
        lost = self.quiet_failures / self.shots if twin is None else np.asarray(twin, float)
        left = np.asarray(1 - 2 * np.asarray(lost))
        found = np.asarray(more - less) / np.where(left > 0, left, 1.0)
        return np.asarray(np.where(left > 0, np.clip(found, 0.0, 0.5), 0.5))

    def excess_draws(self, rng: np.random.Generator, size: int) -> Array:
        """Draws of delta, shape (2, size), from Jeffreys posteriors of the counts.

        Where none were seen, the first row takes the probability as zero and the second does not:
        the first is for low ends, the second for high ends (as an interval of no counts at all
        begins at zero).
        """
        worse, better, twin = (
            rng.beta(count + 0.5, self.shots - count + 0.5, size)
            for count in (self.worse, self.better, self.quiet_failures)
        )
        better = better * (self.better > 0)
        low = self.excess(worse * (self.worse > 0), better, twin)
        return np.stack([low, self.excess(worse, better, twin)])


def compare(windows: Mapping[Name, Window], shots: int) -> dict[tuple[Name, Name], tuple[int, int]]:
    """Take ``shots`` more of windows that differ only in their decoders, all on the same samples.

    Returns for every pair of names how often only the first, and only the second, fails under the
    burst.
    """
    first = next(iter(windows.values()))
    found = dict.fromkeys(combinations(windows, 2), (0, 0))
    for taken in _batches(shots, batch_size(first.quiet)):
        drawn = first._sample(taken)
        known: dict[tuple[int, bool], NDArray[np.bool_]] = {}
        after = {name: window._judge(*drawn, known) for name, window in windows.items()}
        for (one, other), (left, right) in found.items():
            apart = after[one] != after[other]
            only = int((apart & after[one]).sum())
            found[one, other] = left + only, right + int(apart.sum()) - only
    return found


def _batches(shots: int, size: int) -> list[int]:
    """Sizes of the batches that make so many shots."""
    return [min(size, shots - start) for start in range(0, shots, size)]


@dataclass(eq=False)
class Workshop:
    """Makes the windows of one code, chip noise and decoder, with what they have in common."""

    family: Family
    noise: QuietNoise
    knowledge: Knowledge
    matching: Matching = "plain"
    plugin: str | None = None
    _calm: dict[tuple[int, Basis, int], Decoder] = field(default_factory=dict, init=False)
    _still: dict[tuple[int, Basis, int], stim.Circuit] = field(default_factory=dict, init=False)
    _templates: dict[tuple[int, Basis, int], Template] = field(default_factory=dict, init=False)
    _made: Counter[tuple[int, Basis, int]] = field(default_factory=Counter, init=False)

    def __post_init__(self) -> None:
        require_decoder(self.decoder)

    def knowing(self, knowledge: Knowledge) -> Workshop:
        """One for other knowledge that shares the decoders of quiet times."""
        other = replace(self, knowledge=knowledge)
        other._calm = self._calm
        return other

    @property
    def decoder(self) -> str:
        """Name of what decodes."""
        return self.plugin or MATCHING[self.matching]

    @property
    def checks(self) -> Checks:
        """Which detectors the circuits have: plain matching needs those of its basis alone."""
        return "own" if self.decoder == MATCHING["plain"] else "all"

    def window(
        self, distance: int, basis: Basis, parts: Sequence[Part], sequence: np.random.SeedSequence
    ) -> Window:
        """The window of these parts."""
        layout = build(self.family, distance)
        still = self.noise.on(layout.qubits)
        twin = [(p.rounds, still.with_excess(p.shared) if p.shared else still) for p in parts]
        added = [(p.rounds, RoundNoise(decoherence=p.added)) for p in parts]
        key = distance, basis, sum(p.rounds for p in parts)
        if any(p.shared for p in parts):
            without = self._circuit(layout, basis, twin)
        else:
            # Most twins are all quiet, and the same.
            if key not in self._still:
                self._still[key] = self._circuit(layout, basis, [(key[2], still)])
            without = self._still[key]
        return Window(
            without,
            self._circuit(layout, basis, added),
            self._believing(layout, basis, [(p.rounds, p.shared) for p in parts]),
            self._believing(layout, basis, [(p.rounds, p.added or p.shared) for p in parts]),
            sequence,
            sum(part.rounds for part in parts if part.added),
        )

    def _circuit(self, layout: Layout, basis: Basis, noise: Sequence[Segment]) -> stim.Circuit:
        return memory_circuit(layout, basis, noise, self.noise.schedule, checks=self.checks)

    def _believing(
        self, layout: Layout, basis: Basis, excess: Sequence[tuple[int, Decoherence | None]]
    ) -> Decoder:
        """The decoder of what its knowledge makes of a burst on top of the quiet noise."""
        schedule, still = self.noise.schedule, self.noise.on(layout.qubits)
        beliefs = [(n, e and believed(self.knowledge, e, schedule)) for n, e in excess]
        beliefs = [(n, None if e is None or e.is_zero() else e) for n, e in beliefs]
        rounds = sum(n for n, _ in beliefs)
        key = layout.distance, basis, rounds
        if not any(e for _, e in beliefs):
            if key not in self._calm:
                quiet = self._circuit(layout, basis, [(rounds, still)])
                self._calm[key] = decoder(quiet, self.decoder)
            return self._calm[key]
        self._made[key] += 1
        # A model for other decoders takes as long from a template as from a circuit.
        if self.checks == "all" or self._made[key] <= WORTHWHILE:
            noise = [(n, still.with_excess(e) if e else still) for n, e in beliefs]
            return decoder(self._circuit(layout, basis, noise), self.decoder)
        floors = Floors.of(layout.qubits, still.gates)
        if key not in self._templates:
            self._templates[key] = Template.build(layout, basis, rounds, schedule, floors)
        quiet = still.decoherence or Decoherence.equal(layout.qubits, 0.0, 0.0)
        rates = [(n, quiet.plus(e) if e else quiet) for n, e in beliefs]

        def row(name: str) -> Array:
            parts = [np.repeat(getattr(r, name)[:, None], n, axis=1) for n, r in rates]
            return np.concatenate(parts, axis=1)

        history = NoiseHistory(row("relaxation"), row("dephasing"), row("detuning"), floors)
        return MatchingDecoder(self._templates[key].matching(history))
