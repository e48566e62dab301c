"""What a machine of some size is made of, and how often it fails: ``qubudget scale``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from qubudget import __version__
from qubudget.constants import DAY
from qubudget.design import Design
from qubudget.pipeline import Effort

Errors = tuple[float, float, float]
"""Per day: value, low and high of 95 %."""


def added(first: Errors | None, second: Errors | None) -> Errors | None:
    """Sum; the ends are those of one model, common to all its parts, so they add."""
    if first is None or second is None:
        return None
    return first[0] + second[0], first[1] + second[1], first[2] + second[2]


@dataclass(frozen=True)
class MachineOfSize:
    """One machine.

    Attributes
    ----------
    qubits : physical. fridges, chips, lines : how many; the last fridge and chip may be part full.
    wall_power : of all fridges, W. heat : on all stages of a name together, W; None where a fridge
        has no balance.
    patches, logical_qubits : fewer of these where an outer code spreads one over several patches.
    chips_per_patch : more than 1 where a patch does not fit on one.
    bursts_per_day : on all chips. errors : logical errors per day of all logical qubits together,
        of which ``quiet`` without bursts and ``bursts`` by them.
    failing_bursts, correlated_bursts : bursts a day in which at least one patch fails, and at least
        two on one chip; None where bursts are mitigated or not simulated.
    reason : why something is missing.
    """

    qubits: int
    fridges: int
    chips: int
    lines: int
    wall_power: float | None
    heat: dict[str, float | None]
    physical_qubits_per_patch: int
    patches: int
    logical_qubits: int
    chips_per_patch: int
    bursts_per_day: float
    errors: Errors | None
    quiet: Errors | None
    bursts: Errors | None
    failing_bursts: Errors | None
    correlated_bursts: Errors | None
    reason: str | None

    @property
    def failures(self) -> Errors | None:
        """Occasions a day on which anything fails: quiet errors, and each burst once."""
        if self.failing_bursts is None:
            return self.errors
        return added(self.quiet, self.failing_bursts)

    def __add__(self, other: MachineOfSize) -> MachineOfSize:
        """Both machines side by side."""
        names = dict.fromkeys((*self.heat, *other.heat))
        heat = {name: _sum(self.heat.get(name, 0.0), other.heat.get(name, 0.0)) for name in names}
        reasons = dict.fromkeys(r for r in (self.reason, other.reason) if r)

        def errors(name: str) -> Errors | None:
            """Only of what carries logical qubits; with one number missing the sum is."""
            own: Errors | None = getattr(self, name)
            others: Errors | None = getattr(other, name)
            if not self.logical_qubits or not other.logical_qubits:
                return others if other.logical_qubits else own
            return added(own, others)

        return MachineOfSize(
            qubits=self.qubits + other.qubits,
            fridges=self.fridges + other.fridges,
            chips=self.chips + other.chips,
            lines=self.lines + other.lines,
            wall_power=_sum(self.wall_power, other.wall_power),
            heat=heat,
            physical_qubits_per_patch=max(
                self.physical_qubits_per_patch, other.physical_qubits_per_patch
            ),
            patches=self.patches + other.patches,
            logical_qubits=self.logical_qubits + other.logical_qubits,
            chips_per_patch=max(self.chips_per_patch, other.chips_per_patch),
            bursts_per_day=self.bursts_per_day + other.bursts_per_day,
            errors=errors("errors"),
            quiet=errors("quiet"),
            bursts=errors("bursts"),
            failing_bursts=errors("failing_bursts"),
            correlated_bursts=errors("correlated_bursts"),
            reason="; ".join(reasons) or None,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        failures = self.failures
        return {
            "physical_qubits": self.qubits,
            "fridges": self.fridges,
            "chips": self.chips,
            "lines": self.lines,
            "wall_power_W": self.wall_power,
            "heat_W": dict(self.heat),
            "physical_qubits_per_patch": self.physical_qubits_per_patch,
            "patches": self.patches,
            "logical_qubits": self.logical_qubits,
            "chips_per_patch": self.chips_per_patch,
            "bursts_per_day": self.bursts_per_day,
            "logical_errors_per_day": _ends(self.errors),
            "quiet_errors_per_day": _ends(self.quiet),
            "burst_errors_per_day": _ends(self.bursts),
            "failing_bursts_per_day": _ends(self.failing_bursts),
            "correlated_bursts_per_day": _ends(self.correlated_bursts),
            "failures_per_day": _ends(failures),
            "mean_time_to_failure_s": DAY / failures[0] if failures and failures[0] > 0 else None,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Scale:
    """Machines of one design at several sizes; ``distinct_fridges`` that had to be solved."""

    design: Design
    machines: tuple[MachineOfSize, ...]
    distinct_fridges: int
    effort: Effort
    seed: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        machine = self.design.machine
        return {
            "name": self.design.name,
            "title": self.design.title,
            "qubits_per_fridge": machine.qubits,
            "qubits_per_chip": machine.qubits_per_chip,
            "code_distance": self.design.code.distance,
            "distinct_fridges": self.distinct_fridges,
            "machines": [found.to_dict() for found in self.machines],
            "provenance": {
                "version": __version__,
                "design_sha256": self.design.sha256(),
                "seed": self.seed,
                "effort": self.effort,
                "seconds": self.seconds,
            },
        }


def figure_data(scales: Sequence[Scale]) -> dict[str, Any]:
    """Several designs over size, as ``report.scale_figure`` draws them."""
    first = scales[0].to_dict()
    return {
        "name": ", ".join(found.design.name for found in scales),
        "designs": [found.to_dict() for found in scales],
        "provenance": {key: first["provenance"][key] for key in ("version", "seed", "effort")},
    }


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else first + second


def _ends(errors: Errors | None) -> dict[str, float | None]:
    value, low, high = errors or (None, None, None)
    return {"value": value, "low": low, "high": high}
