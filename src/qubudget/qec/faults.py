"""The faults of a detector error model, and sets of them.

A detector error model lists faults that happen independently of one another, each flipping some
detectors and perhaps the observable. A set of faults causes the exclusive or of what its members
do. Sets are kept as lists of faults beside the detection events they cause, so that putting a fault
in or out costs one exclusive or of some bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy.sparse
import stim
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Faults:
    """The independent faults of a detector error model.

    ``odds`` (faults,); ``events`` (faults, bytes) the detectors that each flips, bit-packed;
    ``flips`` (faults,) whether it flips observable 0; ``near`` the faults that share a detector
    with fault i, and i itself, at ``near[first[i]:first[i] + degree[i]]``.
    """

    odds: Floats
    events: Bytes
    flips: Bytes
    first: Index
    degree: Index
    near: Index

    @classmethod
    def of(cls, model: stim.DetectorErrorModel) -> Faults:
        """Read a detector error model, leaving out faults of probability 0."""
        errors = [e for e in model.flattened() if e.type == "error" and e.args_copy()[0] > 0]
        p = np.array([e.args_copy()[0] for e in errors])
        if (p >= 1).any():
            raise OutOfRangeError("a fault of probability 1 is not rare: its odds are infinite")
        seen = [
            _odd(t.val for t in e.targets_copy() if t.is_relative_detector_id()) for e in errors
        ]
        flips = [
            0 in _odd(t.val for t in e.targets_copy() if t.is_logical_observable_id())
            for e in errors
        ]
        fault = np.repeat(np.arange(len(errors)), [len(detectors) for detectors in seen])
        detector = np.array([d for detectors in seen for d in sorted(detectors)], np.intp)
        events = np.zeros((len(errors), -(-model.num_detectors // 8)), np.uint8)
        np.bitwise_or.at(events, (fault, detector // 8), (1 << detector % 8).astype(np.uint8))
        shape = (len(errors), model.num_detectors)
        meets = scipy.sparse.csr_array((np.ones(len(fault)), (fault, detector)), shape=shape)
        itself = scipy.sparse.eye_array(len(errors), format="csr")
        near = scipy.sparse.csr_array(meets @ meets.T + itself)
        near.sort_indices()
        first = near.indptr.astype(np.intp)
        return cls(
            p / (1 - p),
            events,
            np.array(flips, np.uint8),
            first[:-1],
            np.diff(first),
            near.indices.astype(np.intp),
        )

    def log_partition(self, strength: float) -> float:
        """ln Z(s)."""
        return float(np.log1p(strength * self.odds).sum())

    def sample(self, strength: float, shots: int, rng: np.random.Generator) -> Members:
        """``shots`` independent fault sets."""
        p = strength * self.odds / (1 + strength * self.odds)
        shot, fault = np.nonzero(rng.random((shots, len(p))) < p)
        weight = np.bincount(shot, minlength=shots)
        held = np.full((shots, int(weight.max(initial=0)) + 1), -1, np.intp)
        held[shot, np.arange(len(shot)) - np.repeat(np.cumsum(weight) - weight, weight)] = fault
        events = np.zeros((shots, self.events.shape[1]), np.uint8)
        flips = np.zeros(shots, np.uint8)
        np.bitwise_xor.at(events, shot, self.events[fault])
        np.bitwise_xor.at(flips, shot, self.flips[fault])
        return Members(held, weight, events, flips)


def _odd(names: Iterable[int]) -> set[int]:
    """What occurs an odd number of times."""
    odd: set[int] = set()
    for name in names:
        odd ^= {name}
    return odd


@dataclass(eq=False)
class Members:
    """Fault sets: ``held`` (sets, room) the faults of each, -1 where empty, ``weight`` their
    number, and the detection events (bit-packed) and the flip of the observable they cause."""

    held: Index
    weight: Index
    events: Bytes
    flips: Bytes

    def take(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Members:
        """The chosen sets, copied."""
        return Members(self.held[which], self.weight[which], self.events[which], self.flips[which])

    @classmethod
    def join(cls, parts: list[Members]) -> Members:
        """All sets of all parts."""
        room = max(part.held.shape[1] for part in parts)
        held = [
            np.pad(m.held, ((0, 0), (0, room - m.held.shape[1])), constant_values=-1) for m in parts
        ]
        return cls(
            np.concatenate(held),
            np.concatenate([m.weight for m in parts]),
            np.concatenate([m.events for m in parts]),
            np.concatenate([m.flips for m in parts]),
        )

    def exchange(self, which: Index, slot: Index, new: Index) -> None:
        """In the sets ``which``, put fault ``new`` (sets,) in the place of that in ``slot``."""
        self.held[which, slot[which]] = new[which]

    def append(self, which: Index, new: Index) -> None:
        """Add fault ``new`` (sets,) to the sets ``which``."""
        if which.size and self.weight[which].max() == self.held.shape[1]:
            self.held = np.pad(self.held, ((0, 0), (0, 8)), constant_values=-1)
        self.held[which, self.weight[which]] = new[which]
        self.weight[which] += 1

    def remove(self, which: Index, slot: Index) -> None:
        """Take the fault in ``slot`` (sets,) out of the sets ``which``."""
        self.weight[which] -= 1
        last = self.weight[which]
        self.held[which, slot[which]] = self.held[which, last]
        self.held[which, last] = -1
