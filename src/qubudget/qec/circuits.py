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

Only the checks of the memory's own basis give detectors. The others see the other kind of error,
which cannot flip the observable, and plain matching does not use the correlation between the two;
leaving them out changes no decision, halves the work, and leaves no error with more than two
detectors.

The text is built once and parsed (some 25 times faster than appending instructions); equal rounds
share one REPEAT block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
import stim

from qubudget.qec.cycle import RoundNoise, Schedule
from qubudget.qec.layout import Basis, Layout
from qubudget.qec.noise import channel, combine, detuning_flip, independent_flips

GateSet = Literal["cx", "cz"]
Segment = tuple[int, RoundNoise]


def memory_circuit(
    layout: Layout,
    basis: Basis,
    segments: Sequence[Segment],
    schedule: Schedule | None = None,
    gate_set: GateSet = "cz",
) -> stim.Circuit:
    """A logical memory experiment: prepare ``basis``, run all rounds, measure the data.

    Parameters
    ----------
    layout : the patch; ``basis`` must be one that it protects.
    segments : (rounds, noise) in the order of time, at least one round in all; preparation takes
        the first noise, the final measurement the last.
    schedule : durations; needed where a noise has decoherence.
    gate_set : see the module.

    Returns
    -------
    circuit with a detector per comparison of outcomes and logical observable 0.
    """
    runs = [(rounds, noise) for rounds, noise in segments if rounds > 0]
    reset, measure, flip = ("R", "M", "X_ERROR") if basis == "Z" else ("RX", "MX", "Z_ERROR")
    ancillas = [check.ancilla for check in layout.checks]
    lines = [f"QUBIT_COORDS({x:.6g}, {y:.6g}) {q}" for q, (x, y) in enumerate(layout.coordinates)]
    start, end = runs[0][1].gates, runs[-1][1].gates
    lines += [_line(reset, layout.data), _line("R", ancillas)]
    lines += _noise_line(flip, start.reset, layout.data)
    lines += _noise_line("X_ERROR", start.reset, ancillas)
    first = True
    for rounds, noise in runs:
        body = _round(layout, noise, schedule, gate_set)
        if first:
            lines += body + _first_detectors(layout, basis)
            rounds, first = rounds - 1, False
        if rounds > 0:
            lines += [f"REPEAT {rounds} {{", *body, *_detectors(layout, basis), "}"]
    lines += _noise_line(flip, end.measure, layout.data)
    lines += [_line(measure, layout.data), *_last_detectors(layout, basis)]
    return stim.Circuit("\n".join(lines))


def _round(
    layout: Layout, noise: RoundNoise, schedule: Schedule | None, gate_set: GateSet
) -> list[str]:
    gates = noise.gates
    clock = _Clock(layout.qubits, noise, schedule)
    ancillas = [check.ancilla for check in layout.checks]
    turned = [c.ancilla for c in layout.checks if gate_set == "cz" or c.basis == "X"]
    lines = _noise_line("DEPOLARIZE1", gates.data, layout.data)
    one = 0.0 if schedule is None else schedule.one_qubit
    two = 0.0 if schedule is None else schedule.two_qubit

    def hadamards() -> list[str]:
        # Where no check is turned (a repetition code of CX gates) the layer's time still passes.
        found = clock.flush(turned)
        clock.wait(one)
        noisy = _noise_line("DEPOLARIZE1", gates.one_qubit, turned)
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
        lines += _noise_line("DEPOLARIZE2", gates.two_qubit, touched)
        clock.wait(two)
    lines += hadamards()
    if schedule is not None:
        clock.wait(schedule.readout / 2)
    lines += clock.flush(ancillas)
    lines += _noise_line("X_ERROR", gates.measure, ancillas)
    lines.append(_line("M", ancillas))
    if schedule is not None:
        clock.wait(schedule.readout / 2 + schedule.idle + schedule.reset)
    lines += clock.flush(range(layout.qubits))
    lines.append(_line("R", ancillas))
    lines += _noise_line("X_ERROR", gates.reset, ancillas)
    lines.append("TICK")
    return lines


class _Clock:
    """Collects each qubit's time and turns it into Pauli channels."""

    def __init__(self, qubits: int, noise: RoundNoise, schedule: Schedule | None) -> None:
        self.rates = noise.decoherence
        self.schedule = schedule
        if self.rates is not None and schedule is None:
            raise ValueError("decoherence needs a schedule")
        self.waited = np.zeros(qubits)

    def wait(self, duration: float) -> None:
        self.waited += duration

    def flush(self, qubits: Iterable[int]) -> list[str]:
        """One channel for all the time since the last, for these qubits."""
        if self.rates is None:
            return []
        chosen = np.fromiter(qubits, int)
        rates = self.rates
        flips = independent_flips(
            self.waited[chosen], rates.relaxation[chosen], rates.dephasing[chosen]
        )
        self.waited[chosen] = 0.0
        return _channels(chosen, channel(*flips))

    def detune(self) -> list[str]:
        """The phase flip of the whole interval without an echo, put at its middle."""
        if self.rates is None or self.schedule is None or not self.rates.detuning.any():
            return []
        flip = detuning_flip(self.rates.detuning, self.schedule.unechoed)
        none = np.zeros_like(flip)
        return _channels(np.arange(len(flip)), (none, none, combine(none, flip)))


def _channels(qubits: np.ndarray, probabilities: tuple[np.ndarray, ...]) -> list[str]:
    groups: dict[str, list[int]] = defaultdict(list)
    for q, p_x, p_y, p_z in zip(qubits.tolist(), *(p.tolist() for p in probabilities), strict=True):
        if p_x or p_y or p_z:
            groups[f"PAULI_CHANNEL_1({p_x:.12g}, {p_y:.12g}, {p_z:.12g})"].append(q)
    return [_line(name, members) for name, members in groups.items()]


def _line(name: str, targets: Iterable[int]) -> str:
    return f"{name} {' '.join(map(str, targets))}"


def _noise_line(name: str, p: float, targets: Sequence[int]) -> list[str]:
    return [_line(f"{name}({p:.12g})", targets)] if p > 0 and targets else []


def _first_detectors(layout: Layout, basis: Basis) -> list[str]:
    count = len(layout.checks)
    return [f"DETECTOR rec[{i - count}]" for i, c in enumerate(layout.checks) if c.basis == basis]


def _detectors(layout: Layout, basis: Basis) -> list[str]:
    count = len(layout.checks)
    return [
        f"DETECTOR rec[{i - count}] rec[{i - 2 * count}]"
        for i, c in enumerate(layout.checks)
        if c.basis == basis
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
