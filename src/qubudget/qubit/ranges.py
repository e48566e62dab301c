"""Arguments as float arrays, refused outside their range."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError


def at_least(
    name: str, value: ArrayLike, low: float = 0.0, *, above: bool = False
) -> NDArray[np.float64]:
    """``value`` as a float array whose members are all finite and >= ``low`` (> if ``above``).

    Raises
    ------
    OutOfRangeError: some member is not.
    """
    array = np.asarray(value, dtype=np.float64)
    if array.ndim == 0:  # an order of magnitude faster than the reductions below
        number = array.item()
        inside = number < np.inf and (number > low or (number == low and not above))
    else:
        edge = array > low if above else array >= low
        inside = bool(np.all(edge & (array < np.inf)))
    if not inside:
        sign = ">" if above else ">="
        raise OutOfRangeError(f"{name} must be finite and {sign} {low:g}, got {value!r}")
    return array


def between(name: str, value: ArrayLike, low: float, high: float) -> NDArray[np.float64]:
    """``value`` as a float array whose members all lie in [``low``, ``high``].

    Raises
    ------
    OutOfRangeError: some member does not.
    """
    array = np.asarray(value, dtype=np.float64)
    if not np.all((array >= low) & (array <= high)):
        raise OutOfRangeError(f"{name} must lie in [{low:g}, {high:g}], got {value!r}")
    return array
