"""The largest machine that one fridge can cool, in whole groups of qubits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.cryostat.balance import balances
from qubudget.cryostat.loads import HeatSource, stage_loads
from qubudget.design.fridge import Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError

BASIS = (
    "by_stage, total: whole groups whose load fits the stage's rated cooling power, after the "
    "loads that do not grow with qubits; at_limit: whole groups at which every solved "
    "temperature is within its max_temperature; stated counts and measured loads are not used"
)
# Loads are sums of rounded numbers: a stage that is full to the last digit counts as full.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class LargestMachine:
    """How many qubits fit.

    Attributes
    ----------
    by_stage : qubits per stage at its rated power; None where no load grows with the qubits.
    total, binding_stage : the smallest of them and its stage; None where there is none.
    at_limit : qubits at which the solved temperatures still are within the design's limits;
        None where they never leave them.
    reason : why a number is missing; None where all are there.
    """

    by_stage: dict[str, int | None]
    total: int | None
    binding_stage: str | None
    at_limit: int | None
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``max_qubits``."""
        return {
            "total": self.total,
            "binding_stage": self.binding_stage,
            "by_stage": dict(self.by_stage),
            "at_limit": self.at_limit,
            "basis": BASIS,
            "reason": self.reason,
        }


def largest_machine(
    design: DesignModel, sources: Sequence[HeatSource], extra: Mapping[str, float]
) -> LargestMachine:
    """The largest machine at rated powers, and the largest within the design's temperatures.

    Parameters
    ----------
    sources : heat sources of the design. extra : further fixed loads by stage, W.
    """
    names = [stage.name for stage in design.stages]
    still = stage_loads(sources, names, 0)
    fixed = {name: still[name] + extra.get(name, 0.0) for name in names}
    slope = {
        name: math.fsum(s.watts_each * s.per_group for s in sources if s.stage == name)
        for name in names
    }
    size = design.machine.group_size
    groups = {
        stage.name: whole_groups(stage, fixed[stage.name], slope[stage.name])
        for stage in design.stages
    }
    by_stage = {name: None if n is None else n * size for name, n in groups.items()}
    bounded = {name: n for name, n in by_stage.items() if n is not None}
    unbounded = [name for name, n in by_stage.items() if n is None]
    reason = f"no load grows with the qubits at {', '.join(unbounded)}" if unbounded else None
    if not bounded:
        return LargestMachine(by_stage, None, None, None, reason)
    binding = min(bounded, key=lambda name: bounded[name])
    limit = _groups_at_limit(design, fixed, slope, bounded[binding] // size)
    return LargestMachine(by_stage, bounded[binding], binding, limit * size, reason)


def whole_groups(stage: Stage, fixed: float, per_group: float) -> int | None:
    """Groups that a stage's rated power holds beside its fixed load; None without end.

    A ``fixed`` stage must stay below its power, the others may reach it.

    Parameters
    ----------
    fixed : load without qubits, W. per_group : load of one group, W.
    """
    if per_group == 0:
        return None
    room = (stage.rated_power - fixed) / per_group
    if room < 0:
        return 0
    groups = math.floor(room * (1 + _ROUNDING))
    full = groups > 0 and abs(room - groups) <= _ROUNDING * groups
    return groups - 1 if full and stage.cooling == "fixed" else groups


def _groups_at_limit(
    design: DesignModel, fixed: Mapping[str, float], slope: Mapping[str, float], rated: int
) -> int:
    """Most groups with every solved temperature within its limit."""

    def within(groups: int) -> bool:
        loads = {name: fixed[name] + groups * slope[name] for name in fixed}
        try:
            found = balances(design, loads)
        except OutOfRangeError:
            return False  # a measured response that has no value for such small loads
        return all(
            (temperature := found[stage.name].temperature) is not None
            and temperature <= stage.max_temperature * (1 + _ROUNDING)
            for stage in design.stages
        )

    if design.cryostat.response != "none":
        # Not monotone: more heat on the still cools the mixing chamber. Beyond the rated
        # powers the response is an extrapolation and is not asked.
        return next((n for n in range(rated, 0, -1) if within(n)), 0)
    if not within(1):
        return 0
    low, high = 1, 2
    while within(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if within(middle) else (low, middle)
    return low
