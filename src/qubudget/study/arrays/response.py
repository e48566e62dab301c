"""A fridge with a measured response at many points: all temperatures at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from qubudget.cryostat.balance import PASSES, SETTLED
from qubudget.cryostat.passive import ROOM
from qubudget.cryostat.response import RESPONSE_STAGES, response_temperatures, uts_response
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.study.arrays.inputs import Floats, Mask

Watts = Callable[[Mapping[str, Floats]], list[Floats]]
"""Heat on every stage at the temperatures of all."""


def coupled(design: DesignModel, size: int, watts: Watts) -> tuple[dict[str, Floats], Mask]:
    """Temperatures, K, NaN without a common balance, and which are extrapolated.

    As ``cryostat.balance``: a point keeps the temperatures at which it settles.

    Raises
    ------
    OutOfRangeError: other stages than the measured fridge's; as ``response_temperatures``.
    """
    names = tuple(stage.name for stage in design.stages)
    if names != RESPONSE_STAGES:
        raise OutOfRangeError("a measured response for other stages than the design's")
    response = uts_response()
    units = np.array([stage.units for stage in design.stages])
    rated = np.array([float(stage.rated_temperature) for stage in design.stages])
    temperature = np.tile(rated, (size, 1))
    power = np.zeros_like(temperature)
    moving = np.ones(size, dtype=bool)
    for _ in range(PASSES):
        warm = {ROOM: np.full(1, ROOM_TEMPERATURE)}
        warm |= {name: temperature[:, k] for k, name in enumerate(names)}
        heat = np.stack([np.broadcast_to(w, size) for w in watts(warm)], axis=-1)
        power[moving] = np.maximum(heat[moving], 0.0) / units
        found = response_temperatures(power[moving], response)
        before = temperature[moving]
        temperature = temperature.copy()
        temperature[moving] = found
        moving[moving] = ~np.all(np.abs(found - before) <= SETTLED * before, axis=-1)
        if not moving.any():
            break
    most = np.stack(
        [
            np.broadcast_to(np.minimum(limit, stage.rated_power), size)
            for limit, stage in zip(response.most_power, design.stages, strict=True)
        ],
        axis=-1,
    )
    outside = np.any((power < response.least_power) | (power > most), axis=-1)
    above = np.column_stack([np.full(size, ROOM_TEMPERATURE), temperature[:, :-1]])
    beyond = (outside[:, None] | (temperature >= above)) & ~moving[:, None]
    temperature[moving] = np.nan
    return {name: temperature[:, k] for k, name in enumerate(names)}, beyond
