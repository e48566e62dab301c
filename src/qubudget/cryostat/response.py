"""Measured coupled response of a fridge: temperatures of all stages from the heat on all of them.

T_i = T0_i + sum_j [s_ij dP_j + a_ij (sqrt(dP_j + b_ij) - sqrt(b_ij))], dP_j = P_j - P0_j, fitted
to the UTS fridge with heaters on every stage (CirQuS-UTS/CryowalaCore, BSD-3; see Manifold, Long
and Burnett, arXiv:2503.10775). P_j counts the heat put on the stage beside the fridge's own, so
the still's heater belongs to it.

The same repository publishes heater runs of 2022, which the fit meets only in part: within 4 %
for 50k, 3 % for 4k and still, and 12 % for mxc, but its cold plate is 1.3 to 2 times too warm,
and more still power cools its mixing chamber too well (1.4 mK from 30 to 45 mW at 20 uW, where
0.24 mK was measured). Its temperatures carry at least that uncertainty.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import at_least
from qubudget.errors import OutOfRangeError

RESPONSE_STAGES = ("50k", "4k", "still", "cp", "mxc")
"""Order of the stages in the arrays here."""


@dataclass(frozen=True)
class Response:
    """Coefficients of the response; rows i: stage whose temperature, columns j: stage heated.

    Attributes
    ----------
    reference_temperature : T0, K, shape (5,). reference_power : P0, W, shape (5,).
    least_power, most_power : range of the heaters in published runs of this fridge, W,
        shape (5,).
    unit : the power in which each column is expressed, W, shape (5,).
    slope : s, K per unit. root_scale : a, K per square root of a unit. root_offset : b, units.
    """

    reference_temperature: NDArray[np.float64]
    reference_power: NDArray[np.float64]
    least_power: NDArray[np.float64]
    most_power: NDArray[np.float64]
    unit: NDArray[np.float64]
    slope: NDArray[np.float64]
    root_scale: NDArray[np.float64]
    root_offset: NDArray[np.float64]


@cache
def uts_response() -> Response:
    """The measured response of the UTS fridge, as shipped with the materials' data."""
    path = resources.files("qubudget.materials") / "data" / "fridge_response_uts.csv"
    rows = {
        (row["temperature_of"], row["power_at"]): row
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    }

    def table(column: str) -> NDArray[np.float64]:
        values = [[float(rows[i, j][column]) for j in RESPONSE_STAGES] for i in RESPONSE_STAGES]
        array = np.array(values)
        array.setflags(write=False)
        return array

    unit = table("unit_W")[0]
    return Response(
        reference_temperature=table("reference_temperature_K")[:, 0],
        reference_power=table("reference_power_unit")[0] * unit,
        least_power=table("least_measured_unit")[0] * unit,
        most_power=table("most_measured_unit")[0] * unit,
        unit=unit,
        slope=table("slope_K_per_unit"),
        root_scale=table("sqrt_a_K_per_root_unit"),
        root_offset=table("sqrt_b_unit"),
    )


def response_temperatures(power: ArrayLike, response: Response) -> NDArray[np.float64]:
    """Temperatures of all stages of a fridge with a measured response, K.

    Parameters
    ----------
    power : heat on each stage, W, shape (..., 5) in the order of ``RESPONSE_STAGES``.
    response : the fridge.

    Returns
    -------
    Temperatures, K, shape (..., 5).

    Raises
    ------
    OutOfRangeError: a negative power; or powers so far below the measured ones that the
        response has no value (a root of a negative number) or none above 0 K.

    Raising the still's power from 30 to 50 mW cools the mixing chamber from 16.48 to 14.72 mK:

    >>> uts = uts_response()
    >>> more = uts.reference_power + [0, 0, 20e-3, 0, 0]
    >>> cold = response_temperatures([uts.reference_power, more], uts)[:, 4]
    >>> [round(1e3 * float(temperature), 2) for temperature in cold]
    [16.48, 14.72]
    """
    power = at_least(0, "stage loads (W)", power)
    change = ((power - response.reference_power) / response.unit)[..., np.newaxis, :]
    used = response.root_scale != 0
    inside = np.where(used, change + response.root_offset, 0.0)
    if np.any(inside < 0):
        raise OutOfRangeError(
            "the measured response has no value for such small loads: "
            + _least(response)
            + "; the still's heater counts as its load"
        )
    root = response.root_scale * (np.sqrt(inside) - np.sqrt(response.root_offset))
    temperature = response.reference_temperature + np.sum(response.slope * change + root, axis=-1)
    if np.any(temperature <= 0):
        raise OutOfRangeError("the measured response, extrapolated to these loads, falls below 0 K")
    return np.asarray(temperature, dtype=np.float64)


def _least(response: Response) -> str:
    """The least load of every stage for which the response has a value, in words."""
    offset = np.where(response.root_scale != 0, response.root_offset, np.inf).min(axis=0)
    least = response.reference_power - offset * response.unit
    named = zip(RESPONSE_STAGES, least, strict=True)
    return ", ".join(f"{stage} from {power:.3g} W" for stage, power in named if power > 0)
