"""Sampling and decoding with counts that add up and seeds that belong to tasks.

A task's stream of random numbers comes from the run's seed and the task's own identity, and each
batch of it from the batch's number; so counts depend neither on the order of tasks nor on how
many threads or processes share them. (Stim promises equal samples for equal seeds only on
processors of the same vector width.)
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import stim
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

from qubudget.qec.decoders import Decoder, matcher

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Counts:
    """Shots taken and logical errors among them."""

    shots: int = 0
    errors: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.shots + other.shots, self.errors + other.errors)

    @property
    def rate(self) -> float:
        """Errors per shot."""
        return self.errors / self.shots

    def interval(self) -> tuple[float, float]:
        """Jeffreys 95 % interval of the error probability per shot.

        Brown, Cai, DasGupta, Statist. Sci. 16, 101 (2001), Sec. 4.3; the end at no errors is 0,
        the end at nothing but errors is 1.

        >>> low, high = Counts(100, 0).interval()
        >>> low, round(high, 4)
        (0.0, 0.0247)
        """
        tail = (1 - CONFIDENCE) / 2
        posterior = beta(self.errors + 0.5, self.shots - self.errors + 0.5)
        low = 0.0 if self.errors == 0 else float(posterior.ppf(tail))
        high = 1.0 if self.errors == self.shots else float(posterior.ppf(1 - tail))
        return low, high


def per_round(failure: ArrayLike, rounds: ArrayLike) -> NDArray[np.float64]:
    """Logical error per round, eps = (1 - (1 - 2 P)^(1/n))/2, of failure P after n rounds.

    The inverse of ``over_rounds``. From P = 1/2 on, nothing is left of the memory: 1/2.

    >>> round(float(per_round(0.5 * (1 - 0.8**10), 10)), 12)
    0.1
    """
    kept = np.maximum(1 - 2 * np.asarray(failure, float), 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(-0.5 * np.expm1(np.log(kept) / np.asarray(rounds, float)))


def over_rounds(error: ArrayLike, rounds: ArrayLike) -> NDArray[np.float64]:
    """Failure P = (1 - (1 - 2 eps)^n)/2 after n rounds of logical error ``eps`` each."""
    kept = 1 - 2 * np.asarray(error, float)
    return np.asarray(0.5 * (1 - kept ** np.asarray(rounds, float)))


def stream(seed: int, *identity: object) -> np.random.SeedSequence:
    """The random stream of the task that ``identity`` (of plain values) names."""
    digest = blake2b(repr(identity).encode(), digest_size=16).digest()
    return np.random.SeedSequence(seed, spawn_key=tuple(np.frombuffer(digest, "<u4").tolist()))


def stim_seed(sequence: np.random.SeedSequence, batch: int) -> int:
    """Seed of one batch of a stream, as Stim takes it."""
    child = np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, batch))
    return int(child.generate_state(1, np.uint64)[0] >> np.uint64(1))


def sample(circuit: stim.Circuit, shots: int, seed: int) -> tuple[NDArray[np.uint8], ...]:
    """Detection events, bit-packed (shots, bytes), and flips of the observable (shots,)."""
    events, flips = circuit.compile_detector_sampler(seed=seed).sample(
        shots, separate_observables=True, bit_packed=True
    )
    return events, flips[:, 0]


def failures(
    matching: Decoder, events: NDArray[np.uint8], flips: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """In which shots the decoder misjudges the observable; shape (shots,).

    Shots without any event are all judged alike, so one of them is decoded for all. (Where an
    error is likelier than not, the judgement need not be that nothing happened.)
    """
    wrong = flips.astype(bool)
    busy = events.any(axis=1)
    rows = np.flatnonzero(busy)
    still = np.flatnonzero(~busy)
    chosen = np.concatenate([rows, still[:1]])
    if chosen.size:
        guess = matching.decode_shots_bit_packed(bit_packed_detection_event_data=events[chosen])
        verdict = guess[:, 0].astype(bool)
        wrong[rows] ^= verdict[: rows.size]
        wrong[still] ^= verdict[rows.size :]
    return wrong


def batch_size(circuit: stim.Circuit) -> int:
    """Shots of one batch: some megabytes of detection events."""
    return int(np.clip(2**26 // max(circuit.num_detectors, 1), 64, 8192))


def count_errors(
    circuit: stim.Circuit,
    shots: int,
    sequence: np.random.SeedSequence,
    *,
    max_errors: int | None = None,
    matching: Decoder | None = None,
) -> Counts:
    """Logical errors of a memory circuit.

    Parameters
    ----------
    circuit : what is sampled; ``shots`` at most.
    sequence : the task's stream.
    max_errors : stop after the batch in which so many errors are reached.
    matching : decoder; by default one that knows the circuit's own noise. One made from another
        circuit of the same detectors decodes with that circuit's weights.
    """
    matching = matcher(circuit) if matching is None else matching
    size = batch_size(circuit)
    total = Counts()
    for batch in range(-(-shots // size)):
        taken = min(size, shots - total.shots)
        wrong = failures(matching, *sample(circuit, taken, stim_seed(sequence, batch)))
        total += Counts(taken, int(wrong.sum()))
        if max_errors is not None and total.errors >= max_errors:
            break
    return total
