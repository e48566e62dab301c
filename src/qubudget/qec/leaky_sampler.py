"""Shots of a memory circuit with leakage (:mod:`.leakage`).

The circuit without leakage is sampled as ever, with the same random numbers. A Pauli error at a
given place always flips the same detectors, so what leakage does is added on top: the detectors of
each of its errors, read once from a detector error model, are turned over in the shots it hits.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

import numpy as np
import stim
from numpy.typing import ArrayLike, NDArray

from qubudget.qec.decoders import Decoder, matcher
from qubudget.qec.layout import Layout
from qubudget.qec.leakage import Leakage, balance
from qubudget.qec.sampling import Counts, batch_size, failures, sample, stim_seed

Bits = NDArray[np.uint8]
Index = NDArray[np.intp]

_GIVEN = {"CX": ("Z", "X"), "CZ": ("Z", "Z")}
"""What a leaked partner does to the first and to the second qubit of a gate."""
_OUTCOME = {"M": "X", "MX": "Z"}
"""What turns the outcome of a measurement."""


class LeakySample(NamedTuple):
    """Shots of a circuit with leakage.

    ``events`` bit-packed (shots, bytes), ``flips`` of observable 0 (shots,), and ``leaked``
    (rounds, qubits), the share of shots in which a qubit was leaked after the last gate of a
    round, before anything is removed.
    """

    events: Bits
    flips: Bits
    leaked: NDArray[np.float64]


class _Place(NamedTuple):
    """A place of the circuit where leakage acts.

    ``partner`` (qubits,) of a gate, -1 where there is none; ``rows`` (n, qubits), in the table of
    what errors flip, of the Pauli errors that are coin tosses here.
    """

    action: Literal["gate", "measure", "round"]
    rows: Index
    partner: Index


class LeakySampler:
    """Samples one memory circuit with leakage.

    Parameters
    ----------
    circuit : of :mod:`.circuits`, with the noise that is not leakage; a TICK ends each round.
    layout : its patch. leakage : see :class:`Leakage`.
    returning : probability (qubits,), or one for all, that a leaked qubit relaxes within a cycle.
    """

    def __init__(
        self, circuit: stim.Circuit, layout: Layout, leakage: Leakage, returning: ArrayLike
    ) -> None:
        self.circuit = circuit
        self.leakage = leakage
        self.returning = np.broadcast_to(np.asarray(returning, float), layout.qubits)
        self.ancilla = np.zeros(layout.qubits, bool)
        self.ancilla[[check.ancilla for check in layout.checks]] = True
        self.reset = self.ancilla & (leakage.removal != "stays")
        self.reset |= leakage.removal == "reset-all"
        gates = np.bincount(
            [q for c in layout.checks for d in c.data if d is not None for q in (c.ancilla, d)],
            minlength=layout.qubits,
        )
        injection = 1 - (1 - leakage.per_qubit) ** gates
        self.steady = balance(injection, np.where(self.reset, 1.0, self.returning))
        self.places, self.table = _places(circuit, layout.qubits)

    def sample(self, shots: int, seed: int) -> LeakySample:
        """So many shots; equal seeds give equal samples."""
        events, flips = sample(self.circuit, shots, seed)
        course = _Course(self, events, flips, seed)
        for place in self.places:
            getattr(course, place.action)(place)
        return LeakySample(
            np.ascontiguousarray(course.turned[:, :-1]),
            course.turned[:, -1].copy(),
            np.array(course.leaked),
        )

    def count_errors(
        self,
        shots: int,
        sequence: np.random.SeedSequence,
        *,
        max_errors: int | None = None,
        matching: Decoder | None = None,
    ) -> Counts:
        """Logical errors; as :func:`qubudget.qec.sampling.count_errors`, with leakage."""
        matching = matcher(self.circuit) if matching is None else matching
        size = batch_size(self.circuit)
        total = Counts()
        for batch in range(-(-shots // size)):
            taken = min(size, shots - total.shots)
            found = self.sample(taken, stim_seed(sequence, batch))
            total += Counts(taken, int(failures(matching, found.events, found.flips).sum()))
            if max_errors is not None and total.errors >= max_errors:
                break
        return total


class _Course:
    """Flags and detection events of a batch of shots, from place to place."""

    def __init__(self, sampler: LeakySampler, events: Bits, flips: Bits, seed: int) -> None:
        self.sampler = sampler
        self.turned = np.column_stack([events, flips])
        self.rng = np.random.default_rng(seed)
        self.shots = len(flips)
        steady = sampler.steady[:, np.newaxis]
        self.flags = self.rng.random((len(steady), self.shots)) < steady
        self.leaked: list[NDArray[np.float64]] = []

    def gate(self, place: _Place) -> None:
        """Partners of leaked qubits are hit; others leak."""
        qubit, shot = self._flagged()
        victim = place.partner[qubit]
        self._toss(place, victim[victim >= 0], shot[victim >= 0])
        pairs = np.flatnonzero(place.partner >= 0)
        chance = self.sampler.leakage.per_qubit
        for fresh in _successes(self.rng, len(pairs) * self.shots, chance):
            self.flags[pairs[fresh // self.shots], fresh % self.shots] = True

    def measure(self, place: _Place) -> None:
        """Outcomes of leaked qubits are coin tosses."""
        self._toss(place, *self._flagged())

    def round(self, place: _Place) -> None:
        """Relaxation and removal."""
        qubit, shot = self._flagged()
        self.leaked.append(np.bincount(qubit, minlength=len(self.flags)) / self.shots)
        reset = self.sampler.reset[qubit]
        back = reset | (self.rng.random(len(qubit)) < self.sampler.returning[qubit])
        mixed = back & ~(reset & self.sampler.ancilla[qubit])
        self._toss(place, qubit[mixed], shot[mixed])
        self.flags[qubit[back], shot[back]] = False

    def _flagged(self) -> tuple[Index, Index]:
        """Qubit and shot of every flag."""
        return np.divmod(np.flatnonzero(self.flags), self.shots)

    def _toss(self, place: _Place, qubit: Index, shot: Index) -> None:
        """Each error of the place with probability 1/2 on these qubits."""
        for rows in place.rows:
            chosen = self.rng.random(len(qubit)) < 0.5
            row, hit = rows[qubit[chosen]], shot[chosen]
            if not hit.size:
                continue
            order = np.argsort(hit, kind="stable")
            hit, first = np.unique(hit[order], return_index=True)
            self.turned[hit] ^= np.bitwise_xor.reduceat(self.sampler.table[row[order]], first)


def _successes(rng: np.random.Generator, trials: int, probability: float) -> Iterator[Index]:
    """Which of independent trials succeed, in blocks, by their geometric gaps."""
    last = -1 if probability > 0 else trials
    size = int(trials * probability + 5 * np.sqrt(trials * probability)) + 10
    while last < trials:
        block = last + np.cumsum(rng.geometric(probability, size))
        last = int(block[-1])
        yield block[block < trials]


def _places(circuit: stim.Circuit, qubits: int) -> tuple[list[_Place], Bits]:
    """Where leakage acts, in order, and what each of its errors flips.

    The table has one row per error, its detectors bit-packed and the observable in a last byte.
    Row 0 flips nothing.
    """
    places: list[_Place] = []
    lines: list[str] = []
    count = 0

    def mark(paulis: Iterator[tuple[str, int]]) -> Index:
        nonlocal count
        rows = np.zeros(qubits, np.intp)
        for pauli, qubit in paulis:
            count += 1
            rows[qubit] = count
            lines.append(f"{pauli}_ERROR[{count}](0.1) {qubit}")
        return rows

    for instruction in circuit.without_noise().flattened():
        name = instruction.name
        if name in _GIVEN:
            for pairs in _layers(instruction):
                lines.append(f"{name} {' '.join(map(str, pairs))}")
                partner = np.full(qubits, -1)
                partner[pairs[::2]], partner[pairs[1::2]] = pairs[1::2], pairs[::2]
                rows = mark((_GIVEN[name][i % 2], q) for i, q in enumerate(pairs))
                places.append(_Place("gate", rows[None], partner))
            continue
        if name in _OUTCOME:
            measured = (target.value for target in instruction.targets_copy())
            rows = mark((_OUTCOME[name], q) for q in measured)
            places.append(_Place("measure", rows[None], np.empty(0, np.intp)))
        lines.append(str(instruction))
        if name == "TICK":
            both = np.stack([mark((pauli, q) for q in range(qubits)) for pauli in "XZ"])
            places.append(_Place("round", both, np.empty(0, np.intp)))
    return places, _table(stim.Circuit("\n".join(lines)), count)


def _layers(gates: stim.CircuitInstruction) -> list[list[int]]:
    """The pairs of one instruction, cut where a qubit comes again: Stim joins layers that have
    nothing between them."""
    layers: list[list[int]] = [[]]
    for pair in gates.target_groups():
        found = [target.value for target in pair]
        if set(found) & set(layers[-1]):
            layers.append([])
        layers[-1] += found
    return layers


def _table(marked: stim.Circuit, count: int) -> Bits:
    detectors = -(-marked.num_detectors // 8)
    table = np.zeros((count + 1, detectors + 1), np.uint8)
    for error in marked.detector_error_model():
        if error.type != "error":
            continue
        row = table[int(error.tag)]
        for target in error.targets_copy():
            if target.is_relative_detector_id():
                row[target.val >> 3] ^= 1 << (target.val & 7)
            else:
                row[-1] ^= 1
    return table
