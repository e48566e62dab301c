"""Heat sources of many designs: the cryostat's own, with arrays for counts and watts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qubudget.cryostat.active import heat_while_on
from qubudget.cryostat.heat import switching_power
from qubudget.cryostat.loads import Law
from qubudget.cryostat.passive import ROOM, passive_heat, rated_temperature
from qubudget.cryostat.radiation import radiated_heat
from qubudget.cryostat.workload import (
    IDLE,
    ONE_QUBIT,
    TWO_QUBIT,
    gate_duty,
    operation_of,
    readout_duty,
)
from qubudget.design.fridge import Electronics, Line, Stage
from qubudget.design.schema import DesignModel
from qubudget.study.arrays.inputs import Floats, Points, laid


@dataclass(frozen=True)
class Source:
    """As ``loads.HeatSource``, with arrays along the points."""

    stage: str
    item: str
    kind: str
    watts: ArrayLike
    per_group: ArrayLike
    count: ArrayLike | None
    warm: str = ROOM
    law: Law | None = None

    def pieces(self, groups: ArrayLike, *, as_built: bool) -> Floats:
        """Pieces in a machine of so many groups."""
        if as_built and self.count is not None:
            return along(self.count)
        alone = 0.0 if self.count is None else self.count
        grows = np.greater(self.per_group, 0)
        return along(np.where(grows, np.multiply(self.per_group, groups), alone))


def along(value: ArrayLike) -> Floats:
    """At least one axis, along the points."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64))


def none_as_zero(value: ArrayLike | None) -> ArrayLike:
    return 0 if value is None else value


def groups_of(design: DesignModel) -> Floats:
    """Groups of qubits in one fridge."""
    return np.ceil(along(design.machine.qubits) / design.machine.group_size)


def heat_sources(points: Points) -> Iterator[Source]:
    """Every heat source, as ``loads.heat_sources``."""
    design = points.design
    order = [ROOM, *(stage.name for stage in design.stages)]
    loads = {key: 1.0 for key in points.values if ".load." in key and key.startswith("lines.")}
    plain = laid(points.first, loads)
    for line, like in zip(design.lines, plain.lines, strict=True):
        places = order[order.index(line.starts_at) : order.index(line.ends_at) + 1]
        counted = (line.per_group, line.count)
        for piece in passive_heat(plain, like, places):
            times = points.values.get(f"lines.{line.name}.load.{piece.stage}")
            if times is not None:
                watts, law = along(times), piece.law and _times(along(times), piece.law)
            elif piece.watts > 0:
                watts, law = along(piece.watts), piece.law
            else:
                continue
            yield Source(piece.stage, line.name, piece.kind, watts, *counted, piece.warm, law)
        if not np.any(line.per_group) and not np.any(none_as_zero(line.count)):
            continue
        for place, kind, operation, heat in heat_while_on(design, line, places):
            if place != ROOM and np.any(heat > 0):
                mean = heat if operation == IDLE else heat * duty(design, line)
                yield Source(place, line.name, kind, along(mean), *counted)
    for part in design.electronics:
        power = electronics_power(part)
        yield Source(part.stage, part.name, "electronics", power, part.per_group, part.count)
    warm = ROOM
    for stage in design.stages:
        if np.any(stage.shield_area) and np.any(stage.emissivity):
            shield = _shield(stage)
            rated = shield(rated_temperature(design, warm), stage.rated_temperature)
            yield Source(stage.name, "shield", "radiation", rated, 0, 1, warm, shield)
        warm = stage.name
    for load in design.loads:
        yield Source(load.stage, load.name, "fixed", load.power, 0, 1)


def _times(factor: Floats, law: Law) -> Law:
    return lambda hot, cold: factor * law(hot, cold)


def _shield(stage: Stage) -> Law:
    area, share = stage.shield_area, stage.emissivity
    return lambda hot, cold: radiated_heat(hot, cold, area, share)


def electronics_power(part: Electronics) -> Floats:
    """Power of one piece, W."""
    if part.power is not None:
        return along(part.power)
    return along(switching_power(part.capacitance, part.voltage, part.clock))  # type: ignore[arg-type]


def duty(design: DesignModel, line: Line) -> Floats:
    """Share of the time that a line is on, as ``active.duty``."""
    work, gates, operation = design.workload, design.gates, operation_of(line.kind)
    if operation in (ONE_QUBIT, TWO_QUBIT):
        one = operation == ONE_QUBIT
        count = work.one_qubit_gates if one else work.two_qubit_gates
        time = gates.one_qubit_time if one else gates.two_qubit_time
        # Where there is no such line it needs no duty; a stated count needs one.
        none = np.equal(line.per_group, 0) & np.equal(none_as_zero(line.count), 0)
        lines = np.where(none, 1e9, line.per_group)
        return along(gate_duty(count, time, lines, work.cycle_time))
    size = design.machine.group_size
    return along(readout_duty(work.readouts, size, gates.readout_time, work.cycle_time))
