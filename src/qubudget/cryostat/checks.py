"""Refusal of numbers that have no physical meaning."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError


def at_least(low: float, what: str, value: ArrayLike) -> NDArray[np.float64]:
    """``value`` as an array of floats, all finite and not below ``low``.

    Raises
    ------
    OutOfRangeError: a value is below ``low``, infinite or not a number.
    """
    array = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(array) & (array >= low)):
        raise OutOfRangeError(f"{what}: finite numbers from {low:g}, given {value!r}")
    return array


def above(low: float, what: str, value: ArrayLike) -> NDArray[np.float64]:
    """``value`` as an array of floats, all finite and above ``low``.

    Raises
    ------
    OutOfRangeError: a value is ``low`` or below, infinite or not a number.
    """
    array = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(array) & (array > low)):
        raise OutOfRangeError(f"{what}: finite numbers above {low:g}, given {value!r}")
    return array
