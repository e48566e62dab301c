"""Cooling power of one stage as a function of its temperature, through the datasheet's point.

Linear, Q = K (T - T0), for pulse tubes, stills and cold plates near their rated point;
quadratic, Q = C (T^2 - T0^2), for the mixing chamber of a dilution refrigerator, where T0
stands for the heat that the returning mixture brings. Both hold from the base temperature T0
to about the rated one; above it they are extrapolations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import above, at_least
from qubudget.errors import OutOfRangeError


def linear_coefficient(
    base: ArrayLike, rated_temperature: ArrayLike, rated_power: ArrayLike
) -> NDArray[np.float64]:
    """K of Q = K (T - T0), W/K.

    Parameters
    ----------
    base : T0, K. rated_temperature : K. rated_power : W. All broadcast.

    Raises
    ------
    OutOfRangeError: a base temperature that is not below the rated one, or no rated power.

    Krinner's 50 K stage, 30 W at 45 K and 35 K when empty:

    >>> float(linear_coefficient(35, 45, 30))
    3.0
    """
    base, rated_temperature, rated_power = _point(base, rated_temperature, rated_power)
    return rated_power / (rated_temperature - base)


def linear_cooling(
    temperature: ArrayLike, coefficient: ArrayLike, base: ArrayLike
) -> NDArray[np.float64]:
    """Q = K (T - T0), W.

    Parameters
    ----------
    temperature : T, K. coefficient : K, W/K. base : T0, K. All broadcast.

    Raises
    ------
    OutOfRangeError: a temperature below the base.
    """
    temperature, base = _temperatures(temperature, base)
    return above(0, "coefficient (W/K)", coefficient) * (temperature - base)


def linear_temperature(
    load: ArrayLike, coefficient: ArrayLike, base: ArrayLike
) -> NDArray[np.float64]:
    """Temperature at which linear cooling takes ``load``, T = T0 + Q/K, K.

    Parameters
    ----------
    load : Q, W. coefficient : K, W/K. base : T0, K. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative load.
    """
    load = at_least(0, "load (W)", load)
    return at_least(0, "base (K)", base) + load / above(0, "coefficient (W/K)", coefficient)


def quadratic_coefficient(
    base: ArrayLike, rated_temperature: ArrayLike, rated_power: ArrayLike
) -> NDArray[np.float64]:
    """C of Q = C (T^2 - T0^2), W/K^2.

    Parameters
    ----------
    base : T0, K. rated_temperature : K. rated_power : W. All broadcast.

    Raises
    ------
    OutOfRangeError: a base temperature that is not below the rated one, or no rated power.

    Bluefors XLD400 (19 uW at 20 mK, 6 mK when empty; Krinner et al. 2019, Table 1):

    >>> round(float(quadratic_coefficient(6e-3, 20e-3, 19e-6)), 4)
    0.0522
    """
    base, rated_temperature, rated_power = _point(base, rated_temperature, rated_power)
    return rated_power / (rated_temperature**2 - base**2)


def quadratic_cooling(
    temperature: ArrayLike, coefficient: ArrayLike, base: ArrayLike
) -> NDArray[np.float64]:
    """Q = C (T^2 - T0^2), W.

    Parameters
    ----------
    temperature : T, K. coefficient : C, W/K^2. base : T0, K. All broadcast.

    Raises
    ------
    OutOfRangeError: a temperature below the base.

    >>> round(float(quadratic_cooling(10e-3, 0.0522, 6e-3)) * 1e6, 2)
    3.34
    """
    temperature, base = _temperatures(temperature, base)
    return above(0, "coefficient (W/K^2)", coefficient) * (temperature**2 - base**2)


def quadratic_temperature(
    load: ArrayLike, coefficient: ArrayLike, base: ArrayLike
) -> NDArray[np.float64]:
    """Temperature at which quadratic cooling takes ``load``, T = sqrt(T0^2 + Q/C), K.

    Parameters
    ----------
    load : Q, W. coefficient : C, W/K^2. base : T0, K. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative load.
    """
    load = at_least(0, "load (W)", load)
    base = at_least(0, "base (K)", base)
    return np.sqrt(base**2 + load / above(0, "coefficient (W/K^2)", coefficient))


def _point(
    base: ArrayLike, rated_temperature: ArrayLike, rated_power: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    base = at_least(0, "base temperature (K)", base)
    rated_temperature = above(0, "rated temperature (K)", rated_temperature)
    if np.any(base >= rated_temperature):
        raise OutOfRangeError(f"base temperature {base} K is not below {rated_temperature} K")
    return base, rated_temperature, above(0, "rated power (W)", rated_power)


def _temperatures(
    temperature: ArrayLike, base: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    base = at_least(0, "base temperature (K)", base)
    temperature = at_least(0, "temperature (K)", temperature)
    if np.any(temperature < base):
        raise OutOfRangeError(f"no cooling power at {temperature} K, below the base of {base} K")
    return temperature, base
