"""Temperatures at which every stage's cooling takes its load.

Loads do not depend on temperature, so each stage with a cooling power of its own balances in
closed form, and uniquely: cooling rises with temperature. A fridge with a measured response
gives all its temperatures at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qubudget.cryostat.cooling import (
    linear_coefficient,
    linear_temperature,
    quadratic_coefficient,
    quadratic_temperature,
)
from qubudget.cryostat.response import RESPONSE_STAGES, response_temperatures, uts_response
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.fridge import Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, Problem


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
    design: DesignModel, loads: Mapping[str, float], known: Mapping[str, float] | None = None
) -> dict[str, Balance]:
    """The balance of every stage under the given loads.

    A stage's balance must lie below the temperature of the next warmer stage that has one
    (300 K for the first), or heat would flow the other way.

    Parameters
    ----------
    loads : heat on every stage, W.
    known : temperatures of stages that were measured, K; they bound the colder stages.

    Raises
    ------
    DesignError: a measured response for other stages than the design's.
    OutOfRangeError: the response has no value for these loads; or a rated point without
        meaning.
    """
    if design.cryostat.response == "uts":
        return _from_response(design, loads)
    result: dict[str, Balance] = {}
    ceiling = ROOM_TEMPERATURE
    for stage in design.stages:
        found = _single(design, stage, loads[stage.name], ceiling)
        result[stage.name] = found
        warmer = (known or {}).get(stage.name, found.temperature)
        ceiling = ceiling if warmer is None else warmer
    return result


def _single(design: DesignModel, stage: Stage, load: float, ceiling: float) -> Balance:
    if stage.cooling == "fixed":
        if load >= stage.rated_power:
            return Balance(
                None,
                False,
                f"{stage.name}: load {load:.4g} W is not below the fixed cooling power, "
                f"{stage.rated_power:.4g} W",
            )
        return Balance(stage.rated_temperature, False, None)
    if stage.base_temperature is None:
        key = f"stages.{stage.name}.base_temperature"
        problem = Problem(key, "", f"required for {stage.cooling} cooling (K)")
        raise DesignError(design.name, [problem])
    point = (stage.base_temperature, stage.rated_temperature, stage.rated_power)
    if stage.cooling == "linear":
        found = linear_temperature(load, linear_coefficient(*point), stage.base_temperature)
    else:
        found = quadratic_temperature(load, quadratic_coefficient(*point), stage.base_temperature)
    temperature = float(found)
    if temperature >= ceiling:
        return Balance(
            None,
            False,
            f"{stage.name}: load {load:.4g} W finds no balance below the next warmer stage, "
            f"{ceiling:.4g} K",
        )
    return Balance(temperature, load > stage.rated_power, None)


def _from_response(design: DesignModel, loads: Mapping[str, float]) -> dict[str, Balance]:
    names = tuple(stage.name for stage in design.stages)
    if names != RESPONSE_STAGES:
        problem = Problem(
            "cryostat.response",
            f"'uts' with stages {', '.join(names)}",
            f"the stages of the measured fridge, {', '.join(RESPONSE_STAGES)}",
        )
        raise DesignError(design.name, [problem])
    response = uts_response()
    power = np.array([loads[name] for name in names])
    temperatures = response_temperatures(power, response).tolist()
    rated = np.array([stage.rated_power for stage in design.stages])
    most = np.minimum(response.most_power, rated)
    outside = bool(np.any((power < response.least_power) | (power > most)))
    warmer = [ROOM_TEMPERATURE, *temperatures[:-1]]
    return {
        name: Balance(temperature, outside or temperature >= above, None)
        for name, temperature, above in zip(names, temperatures, warmer, strict=True)
    }
