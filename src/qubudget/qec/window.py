"""One steady stretch of a burst as a short memory experiment, paired with its quiet twin.

The window is d quiet, d burst and d quiet rounds. The excess is zero by construction where nothing
is hit: independent Pauli channels compose, so burst noise is quiet noise *and* excess noise, and
detection events are linear, so the events of the two add. The same quiet sample is decoded with
and without the excess events, and only the difference counts,
delta = (P_burst - P_quiet)/(1 - 2 P_quiet). Shots without excess events contribute exactly nothing,
however noisy the background.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymatching
import stim
from numpy.typing import ArrayLike, NDArray

from qubudget.qec.sampling import batch_size, failures, sample, stim_seed

Array = NDArray[np.float64]
DETECTORS_PER_EVENT = 300
"""Detectors that are sampled in the time in which one detection event is decoded, roughly."""


@dataclass(eq=False)
class Window:
    """Counts of one window; ``run`` takes more shots.

    ``quiet`` and ``added`` are the circuits of the quiet noise and of the excess alone; ``calm``
    decodes with quiet weights, ``decoder`` (the same object where it is unaware of the burst)
    decodes the burst. ``rounds`` is d. ``worse`` and ``better`` count the shots that fail only
    with, and only without, the excess.
    """

    quiet: stim.Circuit
    added: stim.Circuit
    calm: pymatching.Matching
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
        """Take more shots; returns their cost in detection events, sampling included."""
        size = batch_size(self.quiet)
        spent = 0.0
        while shots > 0:
            taken = min(size, shots)
            base, base_flips = sample(self.quiet, taken, stim_seed(self.sequence, 2 * self.batches))
            more, more_flips = sample(
                self.added, taken, stim_seed(self.sequence, 2 * self.batches + 1)
            )
            before = failures(self.calm, base, base_flips)
            after = before.copy()
            # With the same weights, shots that the excess leaves alone are decided alike.
            rows = np.arange(taken)
            if self.decoder is self.calm:
                rows = np.flatnonzero(more.any(axis=1) | more_flips.astype(bool))
            joint = base[rows] ^ more[rows]
            after[rows] = failures(self.decoder, joint, base_flips[rows] ^ more_flips[rows])
            spent += float(np.bitwise_count(base).sum() + np.bitwise_count(joint).sum())
            spent += taken * self.quiet.num_detectors / DETECTORS_PER_EVENT
            self.worse += int((after & ~before).sum())
            self.better += int((before & ~after).sum())
            self.quiet_failures += int(before.sum())
            self.shots += taken
            self.batches += 1
            shots -= taken
        self.events += spent
        return spent

    def excess(self, worse: ArrayLike | None = None, better: ArrayLike | None = None) -> Array:
        """delta of the window, for given shares of discordant shots (default: as counted).

        An excess cannot help, nor take more than the quiet window leaves.
        """
        more = self.worse / self.shots if worse is None else np.asarray(worse, float)
        less = self.better / self.shots if better is None else np.asarray(better, float)
        left = 1 - 2 * self.quiet_failures / self.shots
        if left <= 0:
            return np.full(np.broadcast(more, less).shape, 0.5)
        return np.asarray(np.clip((more - less) / left, 0.0, 0.5))

    def excess_draws(self, rng: np.random.Generator, size: int) -> Array:
        """Draws of delta, shape (2, size), from Jeffreys posteriors of the discordant shots.

        Where none were seen, the first row takes the probability as zero and the second does not:
        the first is for low ends, the second for high ends (as an interval of no counts at all
        begins at zero).
        """
        worse, better = (
            rng.beta(count + 0.5, self.shots - count + 0.5, size)
            for count in (self.worse, self.better)
        )
        better = better * (self.better > 0)
        return np.stack([self.excess(worse * (self.worse > 0), better), self.excess(worse, better)])
