"""Heat while the whole machine does one thing: nothing, gates, read-out, or its cycle."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from qubudget.cryostat.active import ActiveHeat, carried_heat
from qubudget.cryostat.passive import ROOM
from qubudget.cryostat.result import ThermalResult
from qubudget.cryostat.workload import IDLE, ONE_QUBIT, READOUT, TWO_QUBIT
from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel

CYCLE = "cycle"
"""The workload's cycle: what the design's loads are."""


@dataclass(frozen=True)
class Operation:
    """What the machine does all the time, and the heat on every stage meanwhile, W."""

    name: str
    load: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``operations``."""
        return {"name": self.name, "load_W": dict(self.load)}


def operation_loads(design: DesignModel, thermal: ThermalResult) -> tuple[Operation, ...]:
    """Modelled heat per stage of each operation, at the temperatures of the design's balance.

    "idle": what does not depend on the work: conduction, radiation, static bias, electronics.
    "one-qubit gates", "two-qubit gates", "read-out": idle, and all lines that serve it on all
    the time. "cycle": every line on for its share of the workload's cycle, and the heat of
    correcting errors, which no other operation has; the sum of ``thermal.loads``.

    Temperatures are those of the cycle throughout: a machine that did one thing for long
    would settle at others.

    Parameters
    ----------
    thermal : of the same design, at its own number of qubits.

    Raises
    ------
    DesignError: a line on for more than all of the time, or without the numbers of its kind.
    """
    names = [stage.name for stage in design.stages]
    groups = math.ceil(design.machine.qubits / design.machine.group_size)
    switched: dict[str, list[tuple[str, float]]] = {IDLE: [], **{name: [] for name in _WORK}}
    by_duty = set()
    for line in design.lines:
        pieces = _pieces(line, groups)
        for heat in _switched(design, line, [ROOM, *names]):
            switched[heat.operation].append((heat.stage, pieces * heat.watts))
            by_duty.add((heat.stage, line.name, heat.kind))
    always = [
        (load.stage, load.watts)
        for load in thermal.loads
        if (load.stage, load.item, load.kind) not in by_duty and load.kind != "feedback"
    ]
    single = (Operation(name, _sums(names, always + more)) for name, more in switched.items())
    cycle = _sums(names, [(load.stage, load.watts) for load in thermal.loads])
    return (*single, Operation(CYCLE, cycle))


_WORK = (ONE_QUBIT, TWO_QUBIT, READOUT)


def _pieces(line: Line, groups: int) -> int:
    return line.per_group * groups if line.count is None else line.count


def _switched(design: DesignModel, line: Line, order: list[str]) -> list[ActiveHeat]:
    """What the line brings to stages while on, of all that is not always on."""
    places = order[order.index(line.starts_at) : order.index(line.ends_at) + 1]
    return [
        heat
        for heat in carried_heat(design, line, places)
        if heat.operation != IDLE and heat.stage != ROOM
    ]


def _sums(stages: list[str], heats: list[tuple[str, float]]) -> dict[str, float]:
    return {name: math.fsum(watts for stage, watts in heats if stage == name) for name in stages}
