"""The verdict: every constraint with its value, limit and margin, and the binding one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qubudget.design.checking import cycle_operations
from qubudget.materials.superconductors import superconductor

if TYPE_CHECKING:
    from qubudget.cryostat.result import ThermalResult
    from qubudget.design import Design
    from qubudget.qec.result import QecResult
    from qubudget.qubit.result import CoherenceResult


@dataclass(frozen=True)
class Change:
    """A change of one key (or of a named factor) with which a constraint passes.

    ``value`` is in the SI ``unit``, or None where no value of this key passes; ``text`` says
    it in words.
    """

    key: str
    value: float | str | None
    unit: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``would_pass``."""
        return {"key": self.key, "value": self.value, "unit": self.unit, "text": self.text}


@dataclass(frozen=True)
class Constraint:
    """One thing that the design must satisfy: an upper limit on a value.

    ``strict`` excludes the limit itself. ``value`` None fails, for the ``reason``. ``low`` and
    ``high`` are the ends of a sampled value's 95 % interval.
    """

    name: str
    value: float | None
    limit: float
    unit: str
    strict: bool = False
    reason: str | None = None
    would_pass: tuple[Change, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def margin(self) -> float | None:
        """(limit - value) / limit; negative fails; None without a value."""
        if self.value is None:
            return None
        return (self.limit - self.value) / self.limit if self.limit else -math.inf

    @property
    def passed(self) -> bool:
        """Whether the constraint holds."""
        if self.value is None:
            return False
        return self.value < self.limit if self.strict else self.value <= self.limit

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``constraints``."""
        margin = self.margin
        return {
            "name": self.name,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "limit": self.limit,
            "unit": self.unit,
            "margin": margin if margin is None or math.isfinite(margin) else None,
            "passed": self.passed,
            "reason": self.reason,
            "would_pass": [change.to_dict() for change in self.would_pass] or None,
        }


@dataclass(frozen=True)
class Verdict:
    """Feasible or not, and why."""

    constraints: tuple[Constraint, ...]
    published_claims: tuple[dict[str, str], ...]

    @property
    def feasible(self) -> bool:
        """Whether every constraint holds."""
        return all(constraint.passed for constraint in self.constraints)

    @property
    def binding(self) -> Constraint:
        """The first failed constraint along the chain, else the one of least margin."""
        failed = [constraint for constraint in self.constraints if not constraint.passed]
        if failed:
            return failed[0]
        return min(self.constraints, key=lambda c: math.inf if c.margin is None else c.margin)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``verdict``."""
        return {
            "feasible": self.feasible,
            "binding_constraint": self.binding.name,
            "constraints": [constraint.to_dict() for constraint in self.constraints],
            "published_claims": list(self.published_claims),
        }


def thermal_constraints(thermal: ThermalResult) -> Iterator[Constraint]:
    """Each stage's load below its rated cooling power, its temperature within the design's."""
    for stage in thermal.stages:
        reason = thermal.reason if stage.temperature is None else None
        yield Constraint(
            f"heat.{stage.name}", stage.load, stage.capacity, "W", strict=True, reason=reason
        )
        yield Constraint(
            f"temperature.{stage.name}", stage.temperature, stage.max_temperature, "K",
            reason=reason,
        )  # fmt: skip


def coherence_constraints(design: Design, coherence: CoherenceResult) -> Iterator[Constraint]:
    """Film and junction superconduct; gate errors are within the targets."""
    chip = coherence.chip_temperature_K
    for part in ("film", "junction"):
        material = superconductor(getattr(design.qubit, part))
        yield Constraint(
            f"superconducting.{part}", chip, material.critical_temperature, "K", strict=True,
            reason=None if chip is not None else coherence.reason,
        )  # fmt: skip
    gate, targets = coherence.gate, design.targets
    for name, value, fidelity in (
        ("one_qubit_error", gate.one_qubit_error, targets.one_qubit_fidelity),
        ("two_qubit_error", gate.two_qubit_error, targets.two_qubit_fidelity),
    ):
        yield Constraint(name, value, round(1 - fidelity, 15), "1", reason=coherence.reason)


def cycle_constraint(design: Design) -> Constraint:
    """The operations of one cycle fit into its duration."""
    return Constraint("cycle_time", cycle_operations(design), design.workload.cycle_time, "s")


def cold_constraints(
    design: Design, thermal: ThermalResult, coherence: CoherenceResult
) -> tuple[Constraint, ...]:
    """All that need no simulation: those of cryostat, qubit and cycle, along the chain."""
    return (
        *thermal_constraints(thermal),
        *coherence_constraints(design, coherence),
        cycle_constraint(design),
    )


def logical_constraint(design: Design, qec: QecResult) -> Constraint:
    """Logical errors of one logical qubit per day within the target."""
    value, low, high = qec.per_day()
    return Constraint(
        "logical_errors_per_day", value, design.targets.logical_errors_per_day, "1/day",
        reason=qec.reason, low=low, high=high,
    )  # fmt: skip


def decoder_constraint(qec: QecResult) -> Constraint:
    """The decoder keeps up with the cycles in the long run, bursts included."""
    latency = qec.latency
    busy = None if latency is None else latency.mean_utilisation
    return Constraint(
        "decoder_utilisation", busy, 1.0, "1", strict=True,
        reason=qec.reason if latency is None else latency.reason,
    )  # fmt: skip


def algorithm_constraint(design: Design, qec: QecResult) -> Constraint:
    """The probability that a logical error spoils the stated algorithm.

    Logical qubits that one burst hits count as independent: an upper bound.
    """
    from qubudget.qec.requirement import success_from_per_day

    targets, cycle = design.targets, design.workload.cycle_time
    count, cycles = targets.algorithm_qubits, targets.algorithm_cycles
    assert count is not None
    assert cycles is not None
    assert targets.algorithm_success is not None
    spoilt, low, high = (
        None if per_day is None else 1 - float(success_from_per_day(count, cycles, cycle, per_day))
        for per_day in qec.per_day()
    )
    limit = round(1 - targets.algorithm_success, 15)
    return Constraint(
        "algorithm_failure", spoilt, limit, "1", reason=qec.reason, low=low, high=high
    )


def size_constraint(design: Design, qec: QecResult) -> Constraint:
    """One patch of the code has no more qubits than the whole machine."""
    return Constraint("physical_qubits", qec.qubits_per_patch, design.machine.total_qubits, "1")


def error_constraints(design: Design, qec: QecResult) -> Iterator[Constraint]:
    """Those of error correction; of decoder and algorithm where the design states them."""
    yield logical_constraint(design, qec)
    if design.code.decoding_time is not None:
        yield decoder_constraint(qec)
    if design.targets.algorithm_qubits is not None:
        yield algorithm_constraint(design, qec)
    yield size_constraint(design, qec)


def judge(
    design: Design,
    thermal: ThermalResult,
    coherence: CoherenceResult,
    qec: QecResult,
    remedies: Callable[[Constraint], tuple[Change, ...]],
    published_claims: tuple[dict[str, str], ...],
) -> Verdict:
    """Every constraint of a design, along the chain, with remedies for those that fail."""
    constraints = [
        *cold_constraints(design, thermal, coherence),
        *error_constraints(design, qec),
    ]
    judged = [
        constraint if constraint.passed else replace(constraint, would_pass=remedies(constraint))
        for constraint in constraints
    ]
    return Verdict(tuple(judged), published_claims)
