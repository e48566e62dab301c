"""Temperatures at which every stage's cooling takes its load.

A stage's load depends on its own temperature and on warmer stages', its cooling on its own
alone: from warm to cold, each stage is one equation. Cooling rises with temperature and
conducted or radiated heat falls, so a balance is unique and stable; where nothing depends on
temperature it has a closed form. A fridge with a measured response gives all its temperatures
at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qubudget.cryostat.loads import StageHeat
from qubudget.cryostat.passive import ROOM
from qubudget.cryostat.response import RESPONSE_STAGES, response_temperatures, uts_response
from qubudget.cryostat.solver import stable_root
from qubudget.cryostat.stage_cooling import StageCooling, capacity, stage_cooling
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.fridge import Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem

PASSES = 60
"""Passes in which a measured response and the heat along its temperatures have to agree."""
SETTLED = 1e-12
"""Relative change of every temperature at which they do."""


@dataclass(frozen=True)
class Balance:
    """The balance of one stage.

    Attributes
    ----------
    temperature : K; None where there is no balance.
    extrapolated : found outside the range in which the cooling model was measured or rated.
    reason : why there is no balance; None where there is one.
    """

    temperature: float | None
    extrapolated: bool
    reason: str | None


def balances(
    design: DesignModel, heat: Mapping[str, StageHeat], known: Mapping[str, float] | None = None
) -> dict[str, Balance]:
    """The balance of every stage under the given heat.

    A stage's balance must lie below the temperature of the next warmer stage that has one
    (300 K for the first), or heat would flow the other way.

    Parameters
    ----------
    heat : on every stage.
    known : temperatures of stages that were measured, K; they bound and heat the colder ones.

    Raises
    ------
    DesignError: a measured response for other stages than the design's; a stage without the
        numbers of its cooling model.
    OutOfRangeError: the response or a cooling curve has no value for so small a load; a cable
        outside its range.
    """
    if design.cryostat.response == "uts":
        return _from_response(design, heat)
    result: dict[str, Balance] = {}
    warm = {ROOM: ROOM_TEMPERATURE}
    ceiling = ROOM_TEMPERATURE
    for stage in design.stages:
        found = _single(stage, heat[stage.name], warm, ceiling)
        result[stage.name] = found
        temperature = (known or {}).get(stage.name, found.temperature)
        if temperature is not None:
            warm[stage.name] = ceiling = temperature
    return result


def _single(stage: Stage, heat: StageHeat, warm: Mapping[str, float], ceiling: float) -> Balance:
    name = stage.name
    lost = [flow.warm for flow in heat.flows if flow.warm not in warm]
    if lost:
        return _none(f"{name}: takes heat from {lost[0]}, which has no temperature")
    cooling = stage_cooling(stage)
    if cooling is None:
        return _fixed(stage, heat, warm, ceiling)
    if not heat.flows:
        return _closed(stage, cooling, heat.fixed, ceiling)

    def net(temperature: NDArray[np.float64]) -> NDArray[np.float64]:
        return cooling.power(temperature) - heat.watts(warm, temperature)

    root = stable_root(net, cooling.base, min(ceiling, cooling.warmest))
    temperature = float(root.temperature)
    if root.at_base:
        _not_below(stage, cooling, float(heat.watts(warm, cooling.base)))
    if np.isnan(temperature):
        return _too_warm(stage, cooling, float(heat.watts(warm, stage.rated_temperature)), ceiling)
    return Balance(temperature, float(cooling.power(temperature)) > cooling.trusted, None)


def _closed(stage: Stage, cooling: StageCooling, load: float, ceiling: float) -> Balance:
    _not_below(stage, cooling, load)
    if load > cooling.most:
        return _too_warm(stage, cooling, load, ceiling)
    temperature = float(cooling.temperature(load))
    if temperature >= ceiling:
        return _too_warm(stage, cooling, load, ceiling)
    return Balance(temperature, load > cooling.trusted, None)


def _fixed(stage: Stage, heat: StageHeat, warm: Mapping[str, float], ceiling: float) -> Balance:
    load, most = float(heat.watts(warm, stage.rated_temperature)), capacity(stage)
    if load >= most:
        return _none(
            f"{stage.name}: load {load:.4g} W is not below the fixed cooling power, {most:.4g} W"
        )
    if stage.rated_temperature >= ceiling:
        return _none(
            f"{stage.name}: held at {stage.rated_temperature:.4g} K, but the next warmer stage "
            f"is at {ceiling:.4g} K"
        )
    return Balance(stage.rated_temperature, False, None)


def _not_below(stage: Stage, cooling: StageCooling, load: float) -> None:
    if load < cooling.least:
        raise OutOfRangeError(
            f"stages.{stage.name}.curve: its coldest point takes {cooling.least:.4g} W, more than "
            f"the load of {load:.4g} W; add colder points"
        )


def _too_warm(stage: Stage, cooling: StageCooling, load: float, ceiling: float) -> Balance:
    if cooling.warmest < ceiling:
        return _none(
            f"{stage.name}: load {load:.4g} W is more than the {cooling.most:.4g} W at the "
            f"warmest point of its cooling curve, {cooling.warmest:.4g} K"
        )
    return _none(
        f"{stage.name}: load {load:.4g} W finds no balance below the next warmer stage, "
        f"{ceiling:.4g} K"
    )


def _none(reason: str) -> Balance:
    return Balance(None, False, reason)


def _from_response(design: DesignModel, heat: Mapping[str, StageHeat]) -> dict[str, Balance]:
    names = tuple(stage.name for stage in design.stages)
    if names != RESPONSE_STAGES:
        problem = Problem(
            "cryostat.response",
            f"'uts' with stages {', '.join(names)}",
            f"the stages of the measured fridge, {', '.join(RESPONSE_STAGES)}",
        )
        raise DesignError(design.name, [problem])
    response = uts_response()
    units = np.array([stage.units for stage in design.stages])
    temperatures = [stage.rated_temperature for stage in design.stages]
    for _ in range(PASSES):
        warm = {ROOM: ROOM_TEMPERATURE, **dict(zip(names, temperatures, strict=True))}
        watts = [float(heat[name].watts(warm, warm[name])) for name in names]
        # Equal fridges share the load of every stage.
        power = np.maximum(watts, 0.0) / units
        before, temperatures = temperatures, response_temperatures(power, response).tolist()
        if np.allclose(temperatures, before, rtol=SETTLED, atol=0):
            break
        if not any(heat[name].flows for name in names):
            break
    else:
        return dict.fromkeys(
            names, _none("the measured response and the conducted heat find no common balance")
        )
    rated = np.array([stage.rated_power for stage in design.stages])
    most = np.minimum(response.most_power, rated)
    outside = bool(np.any((power < response.least_power) | (power > most)))
    warmer = [ROOM_TEMPERATURE, *temperatures[:-1]]
    return {
        name: Balance(temperature, outside or temperature >= above, None)
        for name, temperature, above in zip(names, temperatures, warmer, strict=True)
    }
