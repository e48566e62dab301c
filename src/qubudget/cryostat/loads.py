"""The heat sources of a design: so many watts each, so many pieces per group of qubits.

Sources do not depend on the number of qubits; ``stage_loads`` and ``stage_heat`` multiply.
What is conducted or radiated depends on the temperatures of both ends: such a source has a law
beside its heat at the rated temperatures.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.active import active_heat
from qubudget.cryostat.heat import switching_power
from qubudget.cryostat.passive import ROOM, passive_heat, rated_temperature
from qubudget.cryostat.radiation import radiated_heat
from qubudget.design.fridge import Electronics, Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, Problem

Law: TypeAlias = Callable[[ArrayLike, ArrayLike], NDArray[np.float64]]


@dataclass(frozen=True)
class HeatSource:
    """One kind of heat that one part of the design brings to one stage.

    Attributes
    ----------
    stage, item : where, and the part's name in the design.
    kind : "passive", "passive (modelled)", "attenuator", "cable", "bias", "pulse",
        "photodiode", "electronics", "radiation" or "fixed".
    watts_each : mean heat of one piece, W; at the rated temperatures where it depends on them.
    per_group : pieces per group of qubits; 0: their number does not follow the qubits.
    count : pieces in the machine as built, where stated.
    warm : stage at the warm end of what depends on temperature, or "300k".
    law : heat of one piece, W, between the temperatures of the warm end and the stage, K; None
        where it does not depend on them.
    """

    stage: str
    item: str
    kind: str
    watts_each: float
    per_group: int
    count: int | None
    warm: str = ROOM
    law: Law | None = None

    def pieces(self, groups: int, *, as_built: bool = False) -> int:
        """Pieces in a machine of so many whole groups; as built, a stated count wins."""
        if as_built and self.count is not None:
            return self.count
        return self.per_group * groups if self.per_group else self.count or 0

    def watts(self, groups: int) -> float:
        """Heat in a machine of so many whole groups, W."""
        return self.watts_each * self.pieces(groups)

    def watts_as_built(self, groups: int) -> float:
        """Heat in the design's own machine, where a stated count wins, W."""
        return self.watts_each * self.pieces(groups, as_built=True)


@dataclass(frozen=True)
class Flow:
    """Heat that one source's pieces together bring along from a warmer stage."""

    warm: str
    law: Law
    pieces: int


@dataclass(frozen=True)
class StageHeat:
    """All heat on one stage: ``fixed`` W at any temperature, and ``flows`` from warmer ones."""

    fixed: float
    flows: tuple[Flow, ...] = ()

    def watts(self, warm: Mapping[str, float], temperature: ArrayLike) -> NDArray[np.float64]:
        """Heat at the stage's own temperature, K, and those of the warmer ones, K; in W."""
        total = np.full(np.shape(temperature), self.fixed)
        for flow in self.flows:
            total = total + flow.pieces * flow.law(warm[flow.warm], temperature)
        return total


def heat_sources(design: DesignModel) -> tuple[HeatSource, ...]:
    """Every heat source of a design, in its order of lines, electronics, shields and loads.

    Raises
    ------
    DesignError: a line would be on for more than all of the time; a number that a part's heat
        needs is missing. OutOfRangeError: a cable outside its range.
    """
    order = [ROOM, *(stage.name for stage in design.stages)]
    found: list[HeatSource] = []
    for line in design.lines:
        places = order[order.index(line.starts_at) : order.index(line.ends_at) + 1]
        found.extend(
            HeatSource(
                piece.stage,
                line.name,
                piece.kind,
                piece.watts,
                line.per_group,
                line.count,
                piece.warm,
                piece.law,
            )
            for piece in passive_heat(design, line, places)
            if piece.watts > 0
        )
        watts: dict[tuple[str, str], float] = defaultdict(float)
        for stage, kind, heat in active_heat(design, line, places):
            watts[stage, kind] += heat
        found.extend(
            HeatSource(stage, line.name, kind, heat, line.per_group, line.count)
            for (stage, kind), heat in watts.items()
            if heat > 0 and stage != ROOM
        )
    for part in design.electronics:
        power = electronics_power(design, part)
        found.append(
            HeatSource(part.stage, part.name, "electronics", power, part.per_group, part.count)
        )
    found.extend(_shields(design))
    for load in design.loads:
        found.append(HeatSource(load.stage, load.name, "fixed", load.power, 0, 1))
    return tuple(found)


def electronics_power(design: DesignModel, part: Electronics) -> float:
    """Power of one piece, stated or C V^2 f, W.

    Raises
    ------
    DesignError: not exactly one of the two.
    """
    switching = {name: getattr(part, name) for name in ("capacitance", "voltage", "clock")}
    given = [name for name, value in switching.items() if value is not None]
    key = f"electronics.{part.name}"
    if part.power is not None:
        if given:
            problem = Problem(f"{key}.{given[0]}", "", "nothing beside electronics' power")
            raise DesignError(design.name, [problem])
        return part.power
    missing = [name for name in switching if name not in given]
    if missing:
        name = missing[0] if given else "power"
        allowed = "power, or all of capacitance, voltage and clock"
        raise DesignError(design.name, [Problem(f"{key}.{name}", "", allowed)])
    return float(switching_power(*switching.values()))


def stage_loads(
    sources: Iterable[HeatSource], stages: Iterable[str], groups: int, *, as_built: bool = False
) -> dict[str, float]:
    """Heat on each stage at the rated temperatures in a machine of so many groups, W."""
    loads = dict.fromkeys(stages, 0.0)
    for source in sources:
        loads[source.stage] += source.watts_each * source.pieces(groups, as_built=as_built)
    return loads


def stage_heat(
    sources: Iterable[HeatSource],
    stages: Iterable[str],
    groups: int,
    extra: Mapping[str, float],
    *,
    as_built: bool = False,
) -> dict[str, StageHeat]:
    """Heat on each stage in a machine of so many groups, with what depends on temperature.

    Parameters
    ----------
    extra : further fixed loads by stage, W.
    """
    fixed = dict.fromkeys(stages, 0.0)
    flows: dict[str, list[Flow]] = {stage: [] for stage in fixed}
    for stage, watts in extra.items():
        fixed[stage] += watts
    for source in sources:
        pieces = source.pieces(groups, as_built=as_built)
        if source.law is None:
            fixed[source.stage] += source.watts_each * pieces
        elif pieces:
            flows[source.stage].append(Flow(source.warm, source.law, pieces))
    return {stage: StageHeat(fixed[stage], tuple(flows[stage])) for stage in fixed}


def _shields(design: DesignModel) -> Iterator[HeatSource]:
    warm = ROOM
    for stage in design.stages:
        if stage.shield_area > 0 and stage.emissivity > 0:
            law = _shield(stage)
            ends = (rated_temperature(design, warm), stage.rated_temperature)
            watts = float(law(*ends))
            yield HeatSource(stage.name, "shield", "radiation", watts, 0, 1, warm, law)
        warm = stage.name


def _shield(stage: Stage) -> Law:
    return lambda hot, cold: radiated_heat(hot, cold, stage.shield_area, stage.emissivity)
