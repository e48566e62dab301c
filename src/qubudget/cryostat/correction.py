"""The stage of a design that takes the heat of correcting, as a corrected stage."""

from __future__ import annotations

import math
from collections.abc import Mapping

from qubudget.cryostat.loads import HeatSource, heat_sources
from qubudget.cryostat.passive import ROOM
from qubudget.cryostat.runaway import CorrectedStage, Curve
from qubudget.cryostat.stage_cooling import StageCooling, capacity, stage_cooling
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError


def correction_cooling(design: DesignModel) -> StageCooling:
    """Cooling of the design's correction stage.

    Raises
    ------
    OutOfRangeError: its cooling does not depend on its own temperature alone, so that no
        balance can be lost: fixed cooling is a capacity, a measured response knows all stages
        together only.
    """
    stage = design.stage(design.workload.correction_stage)
    if design.cryostat.response != "none" or stage.cooling == "response":
        raise OutOfRangeError(
            f"{stage.name}: a measured response gives all temperatures together and no stage a "
            "cooling power by itself"
        )
    cooling = stage_cooling(stage)
    if cooling is None:
        raise OutOfRangeError(
            f"{stage.name}: fixed cooling, {capacity(stage):.3g} W at any temperature, is a "
            "capacity: no temperature follows the heat of correcting, so nothing feeds back"
        )
    return cooling


def corrected_stage(
    design: DesignModel,
    error_rate: Curve,
    *,
    high: float,
    temperatures: Mapping[str, float | None] | None = None,
) -> CorrectedStage:
    """The correction stage of a design, whose load grows with the errors of the qubits.

    What lines and electronics bring is per qubit, without counts stated for the machine as
    built and without rounding to whole groups; energy per correction and cycle are the
    workload's.

    Parameters
    ----------
    error_rate : p(T), corrections per qubit and cycle where the stage has the temperature T.
    high : hottest temperature to consider, K; a cooling curve may end before.
    temperatures : of the stages, K, at which the loads are taken; where one is missing, rated.

    Raises
    ------
    OutOfRangeError: as ``correction_cooling``; too cold a ``high``.
    """
    cooling = correction_cooling(design)
    rated = {stage.name: stage.rated_temperature for stage in design.stages}
    known = {name: value for name, value in (temperatures or {}).items() if value is not None}
    at = {ROOM: ROOM_TEMPERATURE, **rated, **known}
    place = design.workload.correction_stage
    sources = [source for source in heat_sources(design) if source.stage == place]

    def watts(source: HeatSource) -> float:
        """Of one piece, W."""
        if source.law is None:
            return source.watts_each
        return float(source.law(at[source.warm], at[place]))

    return CorrectedStage(
        cooling=cooling.power,
        error_rate=error_rate,
        low=cooling.base,
        high=min(high, cooling.warmest),
        fixed=math.fsum(watts(s) * s.pieces(0) for s in sources),
        per_qubit=math.fsum(watts(s) * s.per_group for s in sources) / design.machine.group_size,
        cycle_rate=1 / design.workload.cycle_time,
        energy=design.workload.correction_energy,
    )
