"""Watts at the wall for a watt of heat at a cold stage."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import above
from qubudget.errors import OutOfRangeError

ROOM_TEMPERATURE = 300.0
"""Where the heat is rejected, K (the value in both published formulas)."""


def specific_power(
    temperature: ArrayLike, model: Literal["carnot", "small-system"]
) -> NDArray[np.float64]:
    """Wall power per watt of heat at a stage, W/W.

    "carnot": (300 - T)/T, the least that thermodynamics allows. "small-system":
    3.2e5 (1 - T/300)/T^2, the efficiency of small cryogenic plants used by Fellous-Asiani et
    al., PRX Quantum 4, 040319 (2023) (read in their code, not in the paper).

    Parameters
    ----------
    temperature : T, K, above 0 and up to 300, broadcasts.

    Raises
    ------
    OutOfRangeError: a temperature outside that range.

    >>> float(specific_power(4.0, "carnot")), round(float(specific_power(4.0, "small-system")))
    (74.0, 19733)
    """
    temperature = above(0, "temperature (K)", temperature)
    if np.any(temperature > ROOM_TEMPERATURE):
        raise OutOfRangeError(f"wall power is for stages below 300 K, given {temperature} K")
    if model == "carnot":
        return (ROOM_TEMPERATURE - temperature) / temperature
    return 3.2e5 * (1 - temperature / ROOM_TEMPERATURE) / temperature**2
