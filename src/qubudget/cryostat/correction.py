"""The stage of a design that takes the heat of correcting, as a corrected stage."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from qubudget.cryostat.loads import heat_sources
from qubudget.cryostat.runaway import CorrectedStage, Curve
from qubudget.cryostat.stage_cooling import capacity, stage_cooling
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError


def corrected_stage(
    design: DesignModel,
    error_rate: Curve,
    *,
    high: float,
    stage: str | None = None,
    extra: Mapping[str, float] | None = None,
) -> CorrectedStage:
    """A stage of a design whose load grows with the errors of the qubits.

    Loads are those at the rated temperatures, without a count stated for the machine as built;
    the energy per correction and the cycle are the workload's.

    Parameters
    ----------
    error_rate : p(T), corrections per qubit and cycle where the stage has the temperature T.
    high : hottest temperature to consider, K; a cooling curve may end before.
    stage : where not the workload's ``correction_stage``. extra : further fixed loads by stage, W.

    Raises
    ------
    OutOfRangeError: a stage without cooling of its own (measured response), or too cold a
        ``high``.
    """
    place = design.stage(design.workload.correction_stage if stage is None else stage)
    if place.cooling == "response" or design.cryostat.response != "none":
        raise OutOfRangeError(f"{place.name}: a measured response has no cooling power by itself")
    sources = [source for source in heat_sources(design) if source.stage == place.name]
    cooling = stage_cooling(place)
    power: Curve
    if cooling is None:
        power, low, warmest = (
            lambda t: np.full_like(t, capacity(place)),
            place.rated_temperature,
            math.inf,
        )
    else:
        power, low, warmest = cooling.power, cooling.base, cooling.warmest
    return CorrectedStage(
        cooling=power,
        error_rate=error_rate,
        low=low,
        high=min(high, warmest),
        fixed=math.fsum(s.watts(0) for s in sources) + (extra or {}).get(place.name, 0.0),
        per_qubit=math.fsum(s.watts_each * s.per_group for s in sources)
        / design.machine.group_size,
        cycle_rate=1 / design.workload.cycle_time,
        energy=design.workload.correction_energy,
    )
