"""The largest machine by shape: whether the lines and parts fit, whatever they heat."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from qubudget.cryostat.passive import ROOM, cable_at, geometry
from qubudget.design.fridge import Line, Stage
from qubudget.design.schema import DesignModel
from qubudget.materials.cable_sections import cable_section

Kind = Literal["cross-section", "feed-throughs", "volume"]
UNITS: dict[Kind, str] = {"cross-section": "m^2", "feed-throughs": "1", "volume": "m^3"}
_ROUNDING = 1e-12


@dataclass(frozen=True)
class ShapeLimit:
    """Room for one kind of thing at one stage.

    Attributes
    ----------
    used : by the machine as it is; None where a cross-section is not known.
    available : as the design states. max_qubits : in whole groups; None without end, or where
        ``used`` is not known. reason : why a number is missing.
    """

    stage: str
    kind: Kind
    used: float | None
    available: float
    max_qubits: int | None
    reason: str | None

    def to_dict(self) -> dict[str, Any]:
        """An entry of ``thermal.shape``."""
        return {
            "stage": self.stage,
            "kind": self.kind,
            "used": self.used,
            "available": self.available,
            "unit": UNITS[self.kind],
            "max_qubits": self.max_qubits,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class LargestByShape:
    """How many qubits fit by shape.

    Attributes
    ----------
    limits : for every stage and kind of room that the design states.
    """

    limits: tuple[ShapeLimit, ...]

    @property
    def binding(self) -> ShapeLimit | None:
        """The limit that the fewest qubits reach; None where nothing limits them."""
        bounded = [limit for limit in self.limits if limit.max_qubits is not None]
        return min(bounded, key=lambda limit: limit.max_qubits or 0, default=None)

    def to_dict(self) -> dict[str, Any]:
        """``max_qubits.by_shape``."""
        binding = self.binding
        by_stage: dict[str, dict[str, int | None]] = {}
        for limit in self.limits:
            by_stage.setdefault(limit.stage, {})[limit.kind] = limit.max_qubits
        return {
            "total": None if binding is None else binding.max_qubits,
            "binding_stage": None if binding is None else binding.stage,
            "binding_kind": None if binding is None else binding.kind,
            "by_stage": by_stage,
        }


@dataclass(frozen=True)
class _Part:
    """Room that one piece takes; None where it is not known, with the name of what lacks it."""

    name: str
    room: float | None
    per_group: int
    count: int | None


def largest_by_shape(design: DesignModel, groups: int, *, as_built: bool) -> LargestByShape:
    """Room taken and left at every stage whose room the design states.

    A line takes a feed-through and its cable's cross-section at every stage that it reaches;
    electronics their footprint at their own stage.

    Parameters
    ----------
    groups : of the machine as it is. as_built : stated counts win in it.
    """
    found = []
    for stage in design.stages:
        for kind, available in _rooms(stage):
            parts = list(_parts(design, stage.name, kind))
            found.append(_limit(design, stage, kind, available, parts, groups, as_built))
    return LargestByShape(tuple(found))


def _rooms(stage: Stage) -> Iterator[tuple[Kind, float]]:
    if stage.line_area is not None:
        yield "cross-section", stage.line_area
    if stage.feedthroughs is not None:
        yield "feed-throughs", float(stage.feedthroughs)
    if stage.volume is not None:
        yield "volume", stage.volume


def _parts(design: DesignModel, stage: str, kind: Kind) -> Iterator[_Part]:
    if kind == "volume":
        for piece in design.electronics:
            if piece.stage == stage:
                yield _Part(piece.name, piece.footprint, piece.per_group, piece.count)
        return
    order = [ROOM, *(member.name for member in design.stages)]
    here = order.index(stage)
    for line in design.lines:
        if order.index(line.starts_at) < here <= order.index(line.ends_at):
            room = 1.0 if kind == "feed-throughs" else _section(design, line, stage)
            yield _Part(line.name, room, line.per_group, line.count)


def _section(design: DesignModel, line: Line, stage: str) -> float | None:
    name = cable_at(line, stage)
    cable = geometry(design, name)
    return cable_section(name) if cable is None else math.pi / 4 * cable.outer_diameter**2


def _limit(
    design: DesignModel,
    stage: Stage,
    kind: Kind,
    available: float,
    parts: list[_Part],
    groups: int,
    as_built: bool,
) -> ShapeLimit:
    unknown = [part.name for part in parts if part.room is None]
    if unknown:
        reason = f"no cross-section is known of the cable of {', '.join(unknown)}"
        return ShapeLimit(stage.name, kind, None, available, None, reason)
    used = still = per_group = 0.0
    for part in parts:
        room = part.room or 0.0
        alone = 0 if part.per_group else part.count or 0
        stated = part.count if as_built and part.count is not None else None
        used += room * (part.per_group * groups + alone if stated is None else stated)
        still += room * alone
        per_group += room * part.per_group
    if per_group == 0:
        reason = "nothing here grows with the qubits"
        return ShapeLimit(stage.name, kind, used, available, None, reason)
    most = math.floor((available - still) / per_group * (1 + _ROUNDING))
    qubits = max(most, 0) * design.machine.group_size
    return ShapeLimit(stage.name, kind, used, available, qubits, None)
