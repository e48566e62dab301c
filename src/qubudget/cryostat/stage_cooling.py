"""The cooling of one stage of a design: its model, through its own numbers, all units together."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.cooling import (
    ENTHALPY_WARMEST,
    enthalpy_base,
    enthalpy_cooling,
    enthalpy_temperature,
    linear_coefficient,
    linear_cooling,
    linear_temperature,
    quadratic_coefficient,
    quadratic_cooling,
    quadratic_temperature,
    table_cooling,
    table_temperature,
)
from qubudget.design.fridge import Stage
from qubudget.errors import DesignError, OutOfRangeError, Problem

Curve: TypeAlias = Callable[[ArrayLike], NDArray[np.float64]]


@dataclass(frozen=True)
class StageCooling:
    """Cooling power that rises with temperature.

    Attributes
    ----------
    base : coldest temperature of the model, K. least : power there, W (0 but for a table).
    warmest, most : the same at its warm end; infinite but for a table.
    trusted : power up to which the model was rated or measured, W.
    power : cooling power at a temperature, W. temperature : at which it takes a load, K.
    """

    base: float
    least: float
    warmest: float
    most: float
    trusted: float
    power: Curve
    temperature: Curve


def capacity(stage: Stage) -> float:
    """Cooling power of all units of a stage at its rated temperature, W."""
    return stage.rated_power * stage.units


def stage_cooling(stage: Stage) -> StageCooling | None:
    """The cooling of a stage; None where it has none of its own (fixed, measured response).

    Raises
    ------
    DesignError: numbers that the stage's model needs are missing, or make no sense.
    """
    try:
        return _cooling(stage)
    except OutOfRangeError as error:
        key = f"stages.{stage.name}.{'curve' if stage.cooling == 'table' else 'base_temperature'}"
        raise DesignError(
            "stages", [Problem(key, str(error), "numbers that rise with temperature")]
        ) from error


def _cooling(stage: Stage) -> StageCooling | None:
    units = stage.units
    if stage.cooling == "table":
        return _table(stage)
    if stage.cooling == "enthalpy":
        flow = units * _required(stage, "circulation", stage.circulation, "(mol/s)")
        exchange = _required(stage, "exchange_temperature", stage.exchange_temperature, "(K)")
        return _formula(
            float(enthalpy_base(exchange)),
            float(enthalpy_cooling(max(ENTHALPY_WARMEST, exchange), flow, exchange)),
            lambda t: enthalpy_cooling(t, flow, exchange),
            lambda q: enthalpy_temperature(q, flow, exchange),
        )
    if stage.cooling not in ("linear", "quadratic"):
        return None
    base = _required(stage, "base_temperature", stage.base_temperature, "(K)")
    point = (base, stage.rated_temperature, capacity(stage))
    if stage.cooling == "linear":
        slope = linear_coefficient(*point)
        return _formula(
            base,
            capacity(stage),
            lambda t: linear_cooling(t, slope, base),
            lambda q: linear_temperature(q, slope, base),
        )
    bend = quadratic_coefficient(*point)
    return _formula(
        base,
        capacity(stage),
        lambda t: quadratic_cooling(t, bend, base),
        lambda q: quadratic_temperature(q, bend, base),
    )


def _table(stage: Stage) -> StageCooling:
    if len(stage.curve) < 2:
        problem = Problem(
            f"stages.{stage.name}.curve",
            f"{len(stage.curve)} points",
            "at least two points of temperature (K) and power (W), cold to warm",
        )
        raise DesignError("stages", [problem])
    at = [point.temperature for point in stage.curve]
    take = [stage.units * point.power for point in stage.curve]
    table_cooling(at[0], at, take)  # refuses points that do not rise
    return StageCooling(
        base=at[0],
        least=take[0],
        warmest=at[-1],
        most=take[-1],
        trusted=take[-1],
        power=lambda t: table_cooling(t, at, take),
        temperature=lambda q: table_temperature(q, at, take),
    )


def _formula(base: float, trusted: float, power: Curve, temperature: Curve) -> StageCooling:
    return StageCooling(base, 0.0, math.inf, math.inf, trusted, power, temperature)


def _required(stage: Stage, name: str, value: float | None, unit: str) -> float:
    if value is None:
        key = f"stages.{stage.name}.{name}"
        problem = Problem(key, "", f"required for {stage.cooling} cooling {unit}")
        raise DesignError("stages", [problem])
    return value
