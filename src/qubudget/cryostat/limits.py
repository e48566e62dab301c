"""The largest machine that one fridge can cool, in whole groups of qubits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.cryostat.balance import balances
from qubudget.cryostat.loads import HeatSource, stage_heat, stage_loads
from qubudget.cryostat.shape import LargestByShape
from qubudget.cryostat.stage_cooling import capacity
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
_MOST_GROUPS = 2**40


@dataclass(frozen=True)
class Component:
    """What one part of the design takes of a stage as the machine grows.

    Attributes
    ----------
    item, kind : as of the heat source. share : of the heat per group at this stage.
    max_qubits : qubits that the stage would hold if nothing else grew with them.
    """

    item: str
    kind: str
    share: float
    max_qubits: int

    def to_dict(self) -> dict[str, Any]:
        """An entry of ``max_qubits.by_component``."""
        return {
            "item": self.item,
            "kind": self.kind,
            "share": self.share,
            "max_qubits": self.max_qubits,
        }


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
    by_component : what grows with the qubits at each stage, largest first.
    by_shape : how many fit by cross-section, feed-throughs and volume.
    """

    by_stage: dict[str, int | None]
    total: int | None
    binding_stage: str | None
    at_limit: int | None
    reason: str | None
    by_component: dict[str, tuple[Component, ...]]
    by_shape: LargestByShape

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``max_qubits``."""
        return {
            "total": self.total,
            "binding_stage": self.binding_stage,
            "by_stage": dict(self.by_stage),
            "at_limit": self.at_limit,
            "basis": BASIS,
            "reason": self.reason,
            "by_component": {
                stage: [part.to_dict() for part in parts]
                for stage, parts in self.by_component.items()
            },
            "by_shape": self.by_shape.to_dict(),
        }


def largest_machine(
    design: DesignModel,
    sources: Sequence[HeatSource],
    extra: Mapping[str, float],
    by_shape: LargestByShape,
) -> LargestMachine:
    """The largest machine at rated powers, and the largest within the design's temperatures.

    Parameters
    ----------
    sources : heat sources of the design. extra : further fixed loads by stage, W.
    by_shape : how many qubits fit by shape.
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
    parts = {
        stage.name: _components(stage, sources, fixed[stage.name], slope[stage.name], size)
        for stage in design.stages
    }
    by_stage = {name: None if n is None else n * size for name, n in groups.items()}
    bounded = {name: n for name, n in by_stage.items() if n is not None}
    unbounded = [name for name, n in by_stage.items() if n is None]
    reason = f"no load grows with the qubits at {', '.join(unbounded)}" if unbounded else None
    if not bounded:
        return LargestMachine(by_stage, None, None, None, reason, parts, by_shape)
    binding = min(bounded, key=lambda name: bounded[name])
    limit = _groups_at_limit(design, sources, extra, bounded[binding] // size)
    return LargestMachine(
        by_stage, bounded[binding], binding, limit * size, reason, parts, by_shape
    )


def whole_groups(stage: Stage, fixed: float, per_group: float) -> int | None:
    """Groups that a stage's rated power holds beside its fixed load; None without end.

    A ``fixed`` stage must stay below its power, the others may reach it.

    Parameters
    ----------
    fixed : load without qubits, W. per_group : load of one group, W.
    """
    if per_group == 0:
        return None
    room = (capacity(stage) - fixed) / per_group
    if room < 0:
        return 0
    groups = math.floor(room * (1 + _ROUNDING))
    full = groups > 0 and abs(room - groups) <= _ROUNDING * groups
    return groups - 1 if full and stage.cooling == "fixed" else groups


def _components(
    stage: Stage, sources: Sequence[HeatSource], fixed: float, slope: float, size: int
) -> tuple[Component, ...]:
    found = []
    for source in sources:
        watts = source.watts_each * source.per_group
        groups = whole_groups(stage, fixed, watts) if source.stage == stage.name else None
        if groups is not None:
            found.append(Component(source.item, source.kind, watts / slope, groups * size))
    return tuple(sorted(found, key=lambda part: -part.share))


def _groups_at_limit(
    design: DesignModel, sources: Sequence[HeatSource], extra: Mapping[str, float], rated: int
) -> int:
    """Most groups with every solved temperature within its limit."""
    names = [stage.name for stage in design.stages]

    def within(groups: int) -> bool | None:
        """None: a measured response or curve that has no value for such small loads."""
        try:
            found = balances(design, stage_heat(sources, names, groups, extra))
        except OutOfRangeError:
            return None
        return all(
            (temperature := found[stage.name].temperature) is not None
            and temperature <= stage.max_temperature * (1 + _ROUNDING)
            for stage in design.stages
        )

    if design.cryostat.response != "none":
        # Not monotone: more heat on the still cools the mixing chamber. Beyond the rated
        # powers the response is an extrapolation and is not asked.
        return next((n for n in range(rated, 0, -1) if within(n)), 0)
    if within(1) is False:
        return 0
    low, high = 1, 2
    while within(high) is not False and high < _MOST_GROUPS:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if within(middle) is False else (middle, high)
    return low if within(low) else 0
