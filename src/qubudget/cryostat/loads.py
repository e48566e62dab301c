"""The heat sources of a design: so many watts each, so many pieces per group of qubits.

Sources do not depend on the number of qubits; ``stage_loads`` multiplies. Loads of cables are
the catalogue's, whatever the temperatures of the stages turn out to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qubudget.cryostat.heat import (
    attenuator_heat,
    cable_heat_cold_share,
    joule_heat,
    shorted_attenuator_heat,
    signal_powers,
    upstream_current,
)
from qubudget.cryostat.workload import gate_duty, readout_duty
from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem
from qubudget.materials.cables import ANCHORS, passive_load

ROOM = "300k"


@dataclass(frozen=True)
class HeatSource:
    """One kind of heat that one part of the design brings to one stage.

    Attributes
    ----------
    stage, item : where, and the part's name in the design.
    kind : "passive", "attenuator", "cable", "bias", "pulse", "electronics", "fixed" or
        "feedback".
    watts_each : mean heat of one piece, W.
    per_group : pieces per group of qubits; 0: their number does not follow the qubits.
    count : pieces in the machine as built, where stated.
    """

    stage: str
    item: str
    kind: str
    watts_each: float
    per_group: int
    count: int | None

    def watts(self, groups: int) -> float:
        """Heat in a machine of so many whole groups, W."""
        return self.watts_each * (self.per_group * groups if self.per_group else self.count or 0)

    def watts_as_built(self, groups: int) -> float:
        """Heat in the design's own machine, where a stated count wins, W."""
        return self.watts(groups) if self.count is None else self.watts_each * self.count


def heat_sources(design: DesignModel) -> tuple[HeatSource, ...]:
    """Every heat source of a design, in its order of lines, electronics and loads.

    Raises
    ------
    DesignError: a line would be on for more than all of the time.
    OutOfRangeError: the catalogue has no load for a piece of cable.
    """
    found: list[HeatSource] = []
    for line in design.lines:
        watts: dict[tuple[str, str], float] = defaultdict(float)
        for stage, kind, heat in _line_heat(design, line):
            watts[stage, kind] += heat
        found.extend(
            HeatSource(stage, line.name, kind, heat, line.per_group, line.count)
            for (stage, kind), heat in watts.items()
            if heat > 0 and stage != ROOM
        )
    for part in design.electronics:
        found.append(
            HeatSource(part.stage, part.name, "electronics", part.power, part.per_group, part.count)
        )
    for load in design.loads:
        found.append(HeatSource(load.stage, load.name, "fixed", load.power, 0, 1))
    return tuple(found)


def stage_loads(
    sources: Iterable[HeatSource], stages: Iterable[str], groups: int, *, as_built: bool = False
) -> dict[str, float]:
    """Sum of all heat on each stage in a machine of so many groups, W."""
    loads = dict.fromkeys(stages, 0.0)
    for source in sources:
        loads[source.stage] += source.watts_as_built(groups) if as_built else source.watts(groups)
    return loads


def duty(design: DesignModel, line: Line) -> float:
    """Share of the time that a line's signal, or its current pulses, are on.

    Drive lines carry one-qubit gates, flux and coupler lines two-qubit gates, all others
    read-out.

    Raises
    ------
    DesignError: a share above 1, or gates without lines per group to carry them.
    """
    work, gates, lines = design.workload, design.gates, line.per_group
    try:
        if line.kind == "drive":
            share = gate_duty(work.one_qubit_gates, gates.one_qubit_time, lines, work.cycle_time)
        elif line.kind in ("flux", "coupler"):
            share = gate_duty(work.two_qubit_gates, gates.two_qubit_time, lines, work.cycle_time)
        else:
            size = design.machine.group_size
            share = readout_duty(work.readouts, size, gates.readout_time, work.cycle_time)
    except OutOfRangeError as error:
        problem = Problem(
            f"lines.{line.name}.per_group",
            f"{lines} with the operations of [workload]: {error}",
            "enough lines, or few enough operations in a cycle, that each line is on for at "
            "most the whole cycle",
        )
        raise DesignError(design.name, [problem]) from error
    return float(share)


def _line_heat(design: DesignModel, line: Line) -> Iterator[tuple[str, str, float]]:
    order = [ROOM, *(stage.name for stage in design.stages)]
    places = order[order.index(line.starts_at) : order.index(line.ends_at) + 1]
    yield from _passive(line, places)
    if not line.per_group and not line.count:
        return  # no such line in any machine: it needs no duty
    if line.power_at_chip:
        yield from _signal(line, places, line.power_at_chip, duty(design, line))
    if line.bias_current:
        yield from _current(line, places, "bias", line.bias_current, 1.0)
    if line.pulse_current:
        yield from _current(line, places, "pulse", line.pulse_current, duty(design, line))


def _passive(line: Line, places: list[str]) -> Iterator[tuple[str, str, float]]:
    for warmer, stage in pairwise(places):
        if stage in line.load:
            yield stage, "passive", line.load[stage]
            continue
        cable = line.cable if isinstance(line.cable, str) else line.cable[stage]
        load = passive_load(cable, stage)
        if ANCHORS[ANCHORS.index(stage) - 1] != warmer:
            raise OutOfRangeError(
                f"lines.{line.name}: the catalogue's load of {cable!r} at {stage} is for a cable "
                f"anchored at {ANCHORS[ANCHORS.index(stage) - 1]}, here at {warmer}; "
                f"state lines.{line.name}.load.{stage}"
            )
        yield stage, "passive", load


def _signal(
    line: Line, places: list[str], power: float, share: float
) -> Iterator[tuple[str, str, float]]:
    attenuation = np.array([line.attenuation.get(place, 1.0) for place in places])
    loss = np.array([line.cable_loss.get(place, 1.0) for place in places])
    into_attenuator, into_cable = signal_powers(power, attenuation, loss)
    heat = share * attenuator_heat(into_attenuator, attenuation, line.attenuator_heat)
    yield from _booked(line, places, "attenuator", heat)
    if line.attenuator_heat == "incident":
        return  # all that enters the first attenuator is booked there already
    in_cable = share * (into_cable - into_attenuator)
    to_cold = in_cable * cable_heat_cold_share(loss)
    for index, (warmer, stage) in enumerate(pairwise(places), start=1):
        yield stage, "cable", float(to_cold[index])
        yield warmer, "cable", float(in_cable[index] - to_cold[index])


def _current(
    line: Line, places: list[str], kind: str, current: float, share: float
) -> Iterator[tuple[str, str, float]]:
    attenuation = np.array([line.attenuation.get(place, 1.0) for place in places])
    resistance = np.array([line.resistance.get(place, 0.0) for place in places])
    from_here = np.cumprod(attenuation[::-1])[::-1]
    heat = share * shorted_attenuator_heat(current, attenuation, from_here / attenuation)
    yield from _booked(line, places, kind, heat)
    # The resistance is that of the piece which ends at the stage, before its attenuator.
    joule = share * joule_heat(upstream_current(current, from_here), resistance)
    yield from ((place, kind, float(watts)) for place, watts in zip(places, joule, strict=True))


def _booked(
    line: Line, places: list[str], kind: str, heat: NDArray[np.float64]
) -> Iterator[tuple[str, str, float]]:
    """Heat of attenuators where they sit, the coldest one's at the termination."""
    fitted = [place for place in places if line.attenuation.get(place, 1.0) > 1]
    for place, watts in zip(places, heat, strict=True):
        ends = line.termination is not None and fitted and place == fitted[-1]
        yield (str(line.termination) if ends else place), kind, float(watts)
