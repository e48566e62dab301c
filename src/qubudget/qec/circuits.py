"""Memory experiments as Stim circuits, with noise given qubit by qubit and round by round.

Decoherence follows time, not gates: every qubit collects the durations of the layers that pass,
and what it has collected is put in as one Pauli channel just before the next operation on it and
at the end of the round. So each qubit decoheres for exactly one cycle time per round whatever the
lengths of the gates around it. A measurement stands in the middle of its read-out, so that decay
in the first half shows as a wrong assignment; a reset stands at its end.

Two gate sets: ``cx`` is the textbook circuit, with Hadamards on X ancillas only (Stim's own
generated circuits; for comparison with published tables). ``cz`` puts every ancilla between two
Hadamards, as hardware with controlled-phase gates does, so that dephasing and detuning of any
ancilla flip its outcome; the Hadamards that would turn the X checks' gates on their data qubits
are taken as part of the two-qubit gate.

By default only the checks of the memory's own basis give detectors. The others see the other kind
of error, which cannot flip the observable, and plain matching does not use the correlation between
the two; leaving them out changes no decision, halves the work, and leaves no error with more than
two detectors. Correlated matching does use it and needs ``checks="all"``; errors of more than two
detectors are then to be decomposed.

The text is built once and parsed (some 25 times faster than appending instructions); equal rounds
share one REPEAT block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import stim
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.cycle import Decoherence, RoundNoise, Schedule
from qubudget.qec.floors import Floors
from qubudget.qec.layout import Basis, Layout
from qubudget.qec.noise import channel, detuning_flip, independent_flips
from qubudget.qec.noise_history import NoiseHistory

GateSet = Literal["cx", "cz"]
Checks = Literal["own", "all"]
Segment = tuple[int, RoundNoise]


def memory_circuit(
    layout: Layout,
    basis: Basis,
    noise: Sequence[Segment] | NoiseHistory,
    schedule: Schedule | None = None,
    gate_set: GateSet = "cz",
    checks: Checks = "own",
) -> stim.Circuit:
    """A logical memory experiment: prepare ``basis``, run all rounds, measure the data.

    Parameters
    ----------
    layout : the patch; ``basis`` must be one that it protects.
    noise : a history of every qubit and round; or segments (rounds, noise) in the order of time,
        at least one round in all, of which preparation takes the first noise and the final
        measurement the last.
    schedule : durations; needed where there is decoherence.
    gate_set, checks : see the module.

    Returns
    -------
    circuit with a detector per comparison of outcomes and logical observable 0.

    Raises
    ------
    OutOfRangeError: a history of another number of qubits.
    """
    runs = runs_of(layout, noise, schedule)
    return circuit_of(layout, basis, runs, schedule, gate_set, checks)


def runs_of(
    layout: Layout, noise: Sequence[Segment] | NoiseHistory, schedule: Schedule | None
) -> list[Run]:
    """(rounds, clock, floors) of a history or of segments; see ``memory_circuit``."""
    if isinstance(noise, NoiseHistory):
        if noise.qubits != layout.qubits:
            raise OutOfRangeError(
                f"the noise history has {noise.qubits} qubits, the patch {layout.qubits}"
            )
        return [
            (
                rounds,
                _PauliClock(layout.qubits, None if rates.is_zero() else rates, schedule),
                noise.floors,
            )
            for rounds, rates in noise.segments()
        ]
    return [
        (
            rounds,
            _PauliClock(layout.qubits, part.decoherence, schedule),
            Floors.of(layout.qubits, part.gates),
        )
        for rounds, part in noise
        if rounds > 0
    ]


def circuit_of(
    layout: Layout,
    basis: Basis,
    runs: Sequence[Run],
    schedule: Schedule | None = None,
    gate_set: GateSet = "cz",
    checks: Checks = "own",
) -> stim.Circuit:
    """The memory experiment of ``memory_circuit`` whose clocks write the decoherence.

    runs : (rounds, clock, floors) in the order of time.
    """
    seen = {basis} if checks == "own" else {check.basis for check in layout.checks}
    return experiment(
        layout,
        basis,
        runs,
        schedule,
        gate_set,
        first=_first_detectors(layout, basis),
        further=detectors(layout, seen),
        last=_last_detectors(layout, basis),
    )


def experiment(
    layout: Layout,
    basis: Basis,
    runs: Sequence[Run],
    schedule: Schedule | None,
    gate_set: GateSet,
    *,
    first: Sequence[str],
    further: Sequence[str],
    last: Sequence[str],
) -> stim.Circuit:
    """Prepare and measure the data in ``basis``, with all rounds between.

    ``first``, ``further`` and ``last`` are the lines of detectors after the first round, after
    every further one, and after the final measurement (which may include an observable).
    """
    reset, measure, flip = ("R", "M", "X_ERROR") if basis == "Z" else ("RX", "MX", "Z_ERROR")
    ancillas = [check.ancilla for check in layout.checks]
    lines = [f"QUBIT_COORDS({x:.6g}, {y:.6g}) {q}" for q, (x, y) in enumerate(layout.coordinates)]
    start, end = runs[0][2], runs[-1][2]
    lines += [_line(reset, layout.data), _line("R", ancillas)]
    lines += _noise_lines(flip, start.reset, layout.data)
    lines += _noise_lines("X_ERROR", start.reset, ancillas)
    opening = True
    for rounds, clock, floors in runs:
        body = _round(layout, clock, floors, schedule, gate_set)
        if opening:
            lines += [*body, *first]
            rounds, opening = rounds - 1, False
        if rounds > 0:
            lines += [f"REPEAT {rounds} {{", *body, *further, "}"]
    lines += _noise_lines(flip, end.measure, layout.data)
    lines += [_line(measure, layout.data), *last]
    return stim.Circuit("\n".join(lines))


def _round(
    layout: Layout, clock: Clock, floors: Floors, schedule: Schedule | None, gate_set: GateSet
) -> list[str]:
    ancillas = [check.ancilla for check in layout.checks]
    turned = [c.ancilla for c in layout.checks if gate_set == "cz" or c.basis == "X"]
    lines = _noise_lines("DEPOLARIZE1", floors.data, layout.data)
    one = 0.0 if schedule is None else schedule.one_qubit
    two = 0.0 if schedule is None else schedule.two_qubit

    def hadamards() -> list[str]:
        # Where no check is turned (a repetition code of CX gates) the layer's time still passes.
        found = clock.flush(turned)
        clock.wait(one)
        noisy = _noise_lines("DEPOLARIZE1", floors.one_qubit, turned)
        return [*found, _line("H", turned), *noisy] if turned else found

    lines += hadamards()
    for layer in range(layout.layers):
        pairs: dict[str, list[int]] = {"CX": [], "CZ": []}
        for check in layout.checks:
            partner = check.data[layer]
            if partner is None:
                continue
            if check.basis == "X":
                pairs["CX"] += [check.ancilla, partner]
            elif gate_set == "cz":
                pairs["CZ"] += [check.ancilla, partner]
            else:
                pairs["CX"] += [partner, check.ancilla]
        touched = pairs["CX"] + pairs["CZ"]
        if layer == layout.layers // 2:
            lines += clock.detune()
        lines += clock.flush(touched)
        lines += [_line(name, targets) for name, targets in pairs.items() if targets]
        lines += _noise_lines("DEPOLARIZE2", floors.two_qubit, touched, 2)
        clock.wait(two)
    lines += hadamards()
    if schedule is not None:
        clock.wait(schedule.readout / 2)
    lines += clock.flush(ancillas)
    lines += _noise_lines("X_ERROR", floors.measure, ancillas)
    lines.append(_line("M", ancillas))
    if schedule is not None:
        clock.wait(schedule.readout / 2 + schedule.idle + schedule.reset)
    lines += clock.flush(range(layout.qubits))
    lines.append(_line("R", ancillas))
    lines += _noise_lines("X_ERROR", floors.reset, ancillas)
    lines.append("TICK")
    return lines


class Clock:
    """Collects the time that every qubit of a round has waited; this one writes no noise."""

    def __init__(self, qubits: int) -> None:
        self.waited = np.zeros(qubits)

    def wait(self, duration: float) -> None:
        """Let a layer's duration (s) pass on all qubits."""
        self.waited += duration

    def collect(self, qubits: Iterable[int]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """These qubits and the time (s) of each since it was last collected."""
        chosen = np.fromiter(qubits, np.intp)
        waited = self.waited[chosen]
        self.waited[chosen] = 0.0
        return chosen, waited

    def flush(self, qubits: Iterable[int]) -> list[str]:
        """The noise of all the time since the last on these qubits."""
        self.collect(qubits)
        return []

    def detune(self) -> list[str]:
        """The phase flip of the whole interval without an echo, put at its middle."""
        return []


Run = tuple[int, Clock, Floors]


class _PauliClock(Clock):
    """Turns the time of each qubit into a Pauli channel."""

    def __init__(self, qubits: int, rates: Decoherence | None, schedule: Schedule | None) -> None:
        super().__init__(qubits)
        self.rates = rates
        self.schedule = schedule
        if self.rates is not None and schedule is None:
            raise ValueError("decoherence needs a schedule")

    def flush(self, qubits: Iterable[int]) -> list[str]:
        if self.rates is None:
            return []
        chosen, waited = self.collect(qubits)
        rates = self.rates
        flips = independent_flips(waited, rates.relaxation[chosen], rates.dephasing[chosen])
        return _channels(chosen, channel(*flips))

    def detune(self) -> list[str]:
        if self.rates is None or self.schedule is None or not self.rates.detuning.any():
            return []
        flip = detuning_flip(self.rates.detuning, self.schedule.unechoed)
        none = np.zeros_like(flip)
        return _channels(np.arange(len(flip)), (none, none, flip))


def _channels(
    qubits: NDArray[np.intp], probabilities: tuple[NDArray[np.float64], ...]
) -> list[str]:
    groups: dict[str, list[int]] = defaultdict(list)
    for q, p_x, p_y, p_z in zip(qubits.tolist(), *(p.tolist() for p in probabilities), strict=True):
        if p_x or p_y or p_z:
            groups[f"PAULI_CHANNEL_1({p_x:.12g}, {p_y:.12g}, {p_z:.12g})"].append(q)
    return [_line(name, members) for name, members in groups.items()]


def _noise_lines(
    name: str, floor: NDArray[np.float64], targets: Sequence[int], together: int = 1
) -> list[str]:
    """One line per probability; ``together`` targets in a row share the mean of theirs."""
    if not targets:
        return []
    shared = floor[np.asarray(targets)].reshape(-1, together).mean(axis=1)
    groups: dict[float, list[int]] = defaultdict(list)
    for i, p in enumerate(shared.tolist()):
        groups[p] += targets[together * i : together * (i + 1)]
    return [_line(f"{name}({p:.12g})", members) for p, members in groups.items() if p > 0]


def _line(name: str, targets: Iterable[int]) -> str:
    return f"{name} {' '.join(map(str, targets))}"


def _first_detectors(layout: Layout, basis: Basis) -> list[str]:
    count = len(layout.checks)
    return [f"DETECTOR rec[{i - count}]" for i, c in enumerate(layout.checks) if c.basis == basis]


def detectors(layout: Layout, seen: set[Basis]) -> list[str]:
    """Comparisons of the checks of these bases with the round before."""
    count = len(layout.checks)
    return [
        f"DETECTOR rec[{i - count}] rec[{i - 2 * count}]"
        for i, c in enumerate(layout.checks)
        if c.basis in seen
    ]


def _last_detectors(layout: Layout, basis: Basis) -> list[str]:
    record = {q: i - len(layout.data) for i, q in enumerate(layout.data)}
    before = -len(layout.data) - len(layout.checks)
    lines = []
    for i, check in enumerate(layout.checks):
        if check.basis == basis:
            partners = " ".join(f"rec[{record[q]}]" for q in check.data if q is not None)
            lines.append(f"DETECTOR {partners} rec[{before + i}]")
    logical = " ".join(f"rec[{record[q]}]" for q in layout.logical[basis])
    return [*lines, f"OBSERVABLE_INCLUDE(0) {logical}"]
