"""Decoder graphs of new noise histories without a new detector error model.

Independent flips compose by multiplying 1 - 2 p. So for every fault of a detector error model, and
for every edge of the matching graph made of it,

    -ln|1 - 2 p| = b + sum_{q,r} (A1 / T1 + Aphi / Tphi) + sum_{q,r} D (-ln|cos 2 phi|),

with (q, r) a qubit in a round, b the floors of the operations, A1 and Aphi the times (s) during
which relaxation and dephasing of that qubit cause it, and D whether a phase flip at the middle of
the gates does. Detuning is exact too: with the phase phi = pi df t, p = sin^2 phi and
1 - 2 p = cos 2 phi. Where that is negative, signs multiply, and an edge that is likelier flipped
than not gets the negative weight that PyMatching would give it.

b, A1, Aphi and D are made once, from the detector error model of a circuit whose noise carries
tags; a new history is then one sparse product. Each tagged channel is a PAULI_CHANNEL_1 whose X, Y
and Z have probabilities 1:2:4, so that the probability of a fault in the model tells which of the
three make it. (Separate lines of X, Y and Z errors would make Stim decompose faults of more than
two detectors in another way.)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pymatching
import stim
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_array, hstack

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import Checks, Clock, GateSet, circuit_of
from qubudget.qec.cycle import Schedule
from qubudget.qec.floors import Floors
from qubudget.qec.layout import Basis, Layout
from qubudget.qec.noise_history import NoiseHistory

Array = NDArray[np.float64]
_UNIT = 1e-6
"""Probability of X in a tagged channel; small, so that X, Y and Z add up without cross terms."""


@dataclass(frozen=True, eq=False)
class Exponents:
    """1 - 2 p of n faults or edges as a function of a history.

    ``floor`` b and ``negative``, the number of factors below zero in it, of shape (n,); ``decay``
    A1 beside Aphi (s), shape (n, 2 qubits rounds); ``turns`` D, shape (n, qubits rounds);
    ``unechoed`` the interval (s) of a detuning.
    """

    floor: Array
    negative: Array
    decay: csr_array
    turns: csr_array
    unechoed: float

    def of(self, history: NoiseHistory) -> tuple[Array, Array]:
        """-ln|1 - 2 p| and the sign of 1 - 2 p, shapes (n,)."""
        rates = np.concatenate([history.relaxation.ravel(), history.dephasing.ravel()])
        exponent, negative = self.floor + self.decay @ rates, self.negative
        if history.detuning.any():
            kept = np.cos(2 * np.pi * self.unechoed * history.detuning.ravel())
            with np.errstate(divide="ignore"):
                exponent = exponent + self.turns @ -np.log(np.abs(kept))
            negative = negative + self.turns @ (kept < 0).astype(float)
        return np.asarray(exponent), 1 - 2 * (negative % 2)

    def joined(self, members: csr_array) -> Exponents:
        """Those of sets whose members are 1 in ``members``, shape (sets, n)."""
        return Exponents(
            members @ self.floor,
            members @ self.negative,
            csr_array(members @ self.decay),
            csr_array(members @ self.turns),
            self.unechoed,
        )


@dataclass(frozen=True, eq=False)
class Template:
    """Decoder of one memory experiment for any history of decoherence; made by ``build``.

    Attributes
    ----------
    qubits, rounds, floors : what a history must have. detectors : of the experiment.
    symptoms : detectors and observables of every fault, as Stim writes them; of ``faults``.
    ends : detectors that an edge joins, shape (edges, 2), -1 for the boundary; of ``edges``.
    flips : whether an edge flips the observable, shape (edges,).
    """

    qubits: int
    rounds: int
    floors: Floors
    detectors: int
    symptoms: tuple[str, ...]
    faults: Exponents
    ends: NDArray[np.intp]
    flips: NDArray[np.bool_]
    edges: Exponents

    @classmethod
    def build(
        cls,
        layout: Layout,
        basis: Basis,
        rounds: int,
        schedule: Schedule,
        floors: Floors | None = None,
        gate_set: GateSet = "cz",
        checks: Checks = "own",
    ) -> Template:
        """For ``memory_circuit`` with these arguments and any history of ``rounds``.

        floors : of the operations, none by default; a history must have the same.
        """
        floors = floors or Floors.of(layout.qubits)
        sources = _Sources()
        clocks = [_TaggedClock(layout.qubits, number, rounds, sources) for number in range(rounds)]
        runs = [(1, clock, floors) for clock in clocks]
        circuit = circuit_of(layout, basis, runs, schedule, gate_set, checks)
        model = circuit.detector_error_model(
            approximate_disjoint_errors=True, decompose_errors=checks == "all"
        )
        number: dict[str, int] = {}
        fixed, found = [], []
        for line in str(model).splitlines():
            # error[tag](p) symptom
            start, _, symptom = line.partition(") ")
            name, _, p = start.partition("(")
            if not name.startswith("error"):
                continue
            index = number.setdefault(symptom, len(number))
            if name == "error":
                fixed.append((index, float(p)))
            else:
                found.append((index, int(name[6:-1]), round(float(p) / _UNIT)))
        fault, odds = np.array(fixed).reshape(-1, 2).T
        floor, negative = np.zeros(len(number)), np.zeros(len(number))
        with np.errstate(divide="ignore"):
            np.add.at(floor, fault.astype(int), -np.log(np.abs(1 - 2 * odds)))
        np.add.at(negative, fault.astype(int), odds > 0.5)
        decay, turns = sources.matrices(found, len(number), layout.qubits * rounds)
        faults = Exponents(floor, negative, decay, turns, schedule.unechoed)
        symptoms = tuple(number)
        ends, flips, members = _graph(symptoms)
        return cls(
            layout.qubits,
            rounds,
            floors,
            model.num_detectors,
            symptoms,
            faults,
            ends,
            flips,
            faults.joined(members),
        )

    def weights(self, history: NoiseHistory) -> Array:
        """ln((1 - p)/p) of every edge, shape (edges,); infinite where nothing flips it.

        Raises
        ------
        OutOfRangeError: a history of other qubits, rounds or floors; an edge that is flipped with
            certainty, which no decoder can weigh.
        """
        self._require(history)
        exponent, sign = self.edges.of(history)
        with np.errstate(divide="ignore"):
            weights = sign * (np.log1p(np.exp(-exponent)) - np.log(-np.expm1(-exponent)))
        if np.any(weights == -np.inf):
            raise OutOfRangeError("an edge of the decoder graph is flipped with certainty")
        return np.asarray(weights)

    def matching(self, history: NoiseHistory) -> pymatching.Matching:
        """Minimum-weight matching with the weights of this history.

        Raises
        ------
        OutOfRangeError: as ``weights``.
        """
        weights = self.weights(history)
        checks, flips = self._checks, self._flips
        there = np.isfinite(weights)
        if not there.all():
            checks, flips, weights = checks[:, there], flips[:, there], weights[there]
        return pymatching.Matching.from_check_matrix(
            checks,
            weights,
            faults_matrix=flips,
            merge_strategy="disallow",
            use_virtual_boundary_node=True,
        )

    def model(self, history: NoiseHistory) -> stim.DetectorErrorModel:
        """Detector error model of this history, for decoders that take no graph.

        It has neither coordinates nor tags. Slower than ``matching``, but still faster than a
        circuit's own.

        Raises
        ------
        OutOfRangeError: a history of other qubits, rounds or floors.
        """
        self._require(history)
        exponent, sign = self.faults.of(history)
        odd = np.where(sign > 0, -np.expm1(-exponent) / 2, (1 + np.exp(-exponent)) / 2)
        lines = [
            f"error({p}) {symptom}"
            for p, symptom in zip(odd.tolist(), self.symptoms, strict=True)
            if p > 0
        ]
        lines += [f"detector D{self.detectors - 1}", "logical_observable L0"]
        return stim.DetectorErrorModel("\n".join(lines))

    @cached_property
    def _checks(self) -> csc_matrix:
        real = self.ends >= 0
        return csc_matrix(
            (np.ones(real.sum(), np.uint8), (self.ends[real], np.nonzero(real)[0])),
            shape=(self.detectors, len(self.ends)),
        )

    @cached_property
    def _flips(self) -> csc_matrix:
        return csc_matrix(self.flips[None].astype(np.uint8))

    def _require(self, history: NoiseHistory) -> None:
        if (history.qubits, history.rounds) != (self.qubits, self.rounds):
            raise OutOfRangeError(
                f"the history has {history.qubits} qubits and {history.rounds} rounds, the "
                f"template {self.qubits} and {self.rounds}"
            )
        if history.floors is not self.floors and not history.floors.same_as(self.floors):
            raise OutOfRangeError("the history's floors are not those of the template")


def _graph(
    symptoms: Sequence[str],
) -> tuple[NDArray[np.intp], NDArray[np.bool_], csr_array]:
    """Ends and observable of the edges of which faults are made, and which faults make which."""
    known: dict[tuple[int, int], tuple[int, bool]] = {}
    rows, columns = [], []
    for fault, symptom in enumerate(symptoms):
        for part in symptom.split(" ^ "):
            targets = part.split()
            detectors = sorted(int(target[1:]) for target in targets if target[0] == "D")
            flips = len(detectors) < len(targets)
            if not 1 <= len(detectors) <= 2:
                raise OutOfRangeError(f"an error of {len(detectors)} detectors makes no edge")
            first, second = (*detectors, -1)[:2]
            edge, flips_it = known.setdefault((first, second), (len(known), flips))
            if flips_it != flips:
                raise OutOfRangeError("errors of the same detectors differ in the observable")
            rows.append(edge)
            columns.append(fault)
    ends = np.array(list(known), np.intp).reshape(-1, 2)
    observable = np.array([flips for _, flips in known.values()], bool)
    shape = (len(known), len(symptoms))
    return ends, observable, csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)


class _Sources:
    """What the tags stand for: a place (qubit and round) and a time, or a detuning's flip."""

    def __init__(self) -> None:
        self.place: list[int] = []
        self.time: list[float] = []

    def add(self, place: int, time: float) -> int:
        """The tag of a new source; the time (s) of a detuning's flip is zero."""
        self.place.append(place)
        self.time.append(time)
        return len(self.place) - 1

    def matrices(
        self, found: list[tuple[int, int, int]], faults: int, places: int
    ) -> tuple[csr_array, csr_array]:
        """A1 beside Aphi, and D, from rows (fault, tag, bits of X, Y and Z)."""
        fault, tag, bits = np.array(found, int).reshape(-1, 3).T
        place, time = np.array(self.place, int)[tag], np.array(self.time)[tag]
        # X and Y flip with t/(2 T1) each, Z with t/Tphi.
        parts = (time / 2 * ((bits & 1) + (bits >> 1 & 1)), time * (bits >> 2), 1.0 * (time == 0))
        decay, phase, turns = (
            csr_array((part[part > 0], (fault[part > 0], place[part > 0])), shape=(faults, places))
            for part in parts
        )
        return csr_array(hstack([decay, phase])), turns


class _TaggedClock(Clock):
    """Writes each qubit's time as a channel of its own tag."""

    def __init__(self, qubits: int, number: int, rounds: int, sources: _Sources) -> None:
        super().__init__(qubits)
        self.number, self.rounds, self.sources = number, rounds, sources

    def flush(self, qubits: Iterable[int]) -> list[str]:
        name = "PAULI_CHANNEL_1[{}]" + f"({_UNIT}, {2 * _UNIT}, {4 * _UNIT})"
        return [
            f"{name.format(self._tag(q, waited))} {q}"
            for q, waited in zip(*(a.tolist() for a in self.collect(qubits)), strict=True)
            if waited > 0
        ]

    def detune(self) -> list[str]:
        return [f"Z_ERROR[{self._tag(q, 0.0)}]({_UNIT}) {q}" for q in range(len(self.waited))]

    def _tag(self, qubit: int, time: float) -> int:
        return self.sources.add(qubit * self.rounds + self.number, time)
