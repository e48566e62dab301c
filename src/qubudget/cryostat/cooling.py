"""Cooling power of one stage as a function of its temperature.

Linear, Q = K (T - T0), for pulse tubes, stills and cold plates near their rated point;
quadratic, Q = C (T^2 - T0^2), for the mixing chamber of a dilution refrigerator, where T0
stands for the heat that the returning mixture brings. Both pass through the datasheet's point
and hold from the base temperature T0 to about the rated one; above it they are extrapolations.
Enthalpy, Q = n3 (95 T^2 - 11 Tex^2), for a mixing chamber whose circulation is known; a table,
for a measured curve.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

from qubudget.cryostat.checks import above, at_least
from qubudget.errors import OutOfRangeError

DILUTE_ENTHALPY = 95.0
"""Molar enthalpy of 3He in saturated dilute solution over T^2, J/(mol K^2), below about 40 mK
(Pobell, Matter and Methods at Low Temperatures, eq. 7.30; 94.7 to 96 in the literature)."""
CONCENTRATED_ENTHALPY = 11.0
"""The same of pure liquid 3He (Pobell, eq. 7.30; 11 to 12 in the literature)."""

ENTHALPY_WARMEST = 0.04
"""Temperature up to which both enthalpies go with T^2, K (Pobell, section 7.1)."""
_ROUNDING = 1e-12


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


def enthalpy_cooling(
    temperature: ArrayLike, circulation: ArrayLike, exchange: ArrayLike
) -> NDArray[np.float64]:
    """Cooling power of a mixing chamber, Q = n3 (95 T^2 - 11 Tex^2), W.

    Valid below about 40 mK, where the enthalpies go with T^2 (Pobell, eq. 7.30).

    Parameters
    ----------
    temperature : T of the mixing chamber, K. circulation : n3 of 3He, mol/s.
    exchange : Tex, of the concentrated 3He that leaves the last heat exchanger, K.
        All broadcast.

    Raises
    ------
    OutOfRangeError: a temperature below ``enthalpy_base``.

    With perfect exchangers (Tex = T) this is the textbook 84 n3 T^2; 19 uW at 20 mK then
    needs 565 umol/s:

    >>> round(1e6 * float(enthalpy_cooling(20e-3, 565e-6, 20e-3)), 1)
    19.0
    """
    exchange = at_least(0, "exchange temperature (K)", exchange)
    temperature, _ = _temperatures(temperature, enthalpy_base(exchange))
    flow = above(0, "circulation (mol/s)", circulation)
    return flow * (DILUTE_ENTHALPY * temperature**2 - CONCENTRATED_ENTHALPY * exchange**2)


def enthalpy_base(exchange: ArrayLike) -> NDArray[np.float64]:
    """Temperature of a mixing chamber without load, Tex sqrt(11/95), K.

    Parameters
    ----------
    exchange : Tex, K, any shape.

    Raises
    ------
    OutOfRangeError: a negative temperature.
    """
    exchange = at_least(0, "exchange temperature (K)", exchange)
    return np.sqrt(CONCENTRATED_ENTHALPY / DILUTE_ENTHALPY * exchange**2)


def enthalpy_temperature(
    load: ArrayLike, circulation: ArrayLike, exchange: ArrayLike
) -> NDArray[np.float64]:
    """Temperature at which a mixing chamber takes ``load``, K.

    Parameters
    ----------
    load : Q, W. circulation : n3, mol/s. exchange : Tex, K. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative load.
    """
    load = at_least(0, "load (W)", load)
    coefficient = DILUTE_ENTHALPY * above(0, "circulation (mol/s)", circulation)
    return np.sqrt(enthalpy_base(exchange) ** 2 + load / coefficient)


def table_cooling(
    temperature: ArrayLike, temperatures: ArrayLike, powers: ArrayLike
) -> NDArray[np.float64]:
    """Cooling power through the points of a measured curve, W.

    Interpolated monotonically (PCHIP, Fritsch and Butland 1984) in the logarithms of both, so
    that a power law stays one between its points.

    Parameters
    ----------
    temperature : K, any shape. temperatures : of the points, K, rising, shape (n,), n >= 2.
    powers : of the points, W, rising, shape (n,).

    Raises
    ------
    OutOfRangeError: a temperature outside the points, or points that do not rise.

    Between two points a square law, here that of Bluefors' LD450 near 100 mK:

    >>> round(1e6 * float(table_cooling(0.05, [0.01, 0.1], [4.5e-6, 450e-6])), 3)
    112.5
    """
    first, last, curve = _curve(temperatures, powers)
    temperature = above(0, "temperature (K)", temperature)
    if _outside(temperature, first[0], last[0]):
        raise OutOfRangeError(
            f"the cooling curve has points from {first[0]:g} to {last[0]:g} K, asked at "
            f"{temperature} K"
        )
    inner = np.clip(np.log(temperature), *np.log([first[0], last[0]]))
    return np.asarray(np.exp(curve(inner)), dtype=np.float64)


def table_temperature(
    load: ArrayLike, temperatures: ArrayLike, powers: ArrayLike
) -> NDArray[np.float64]:
    """Temperature at which a measured curve takes ``load``, K.

    Parameters
    ----------
    load : W, any shape. temperatures, powers : as for ``table_cooling``.

    Raises
    ------
    OutOfRangeError: a load outside the powers of the points, or points that do not rise.
    """
    first, last, curve = _curve(temperatures, powers)
    load = above(0, "load (W)", load)
    if _outside(load, first[1], last[1]):
        raise OutOfRangeError(
            f"the cooling curve has points from {first[1]:g} to {last[1]:g} W, asked at {load} W"
        )
    # A root at the very end may be lost to rounding.
    inner = np.clip(load, first[1] * (1 + _ROUNDING), last[1] * (1 - _ROUNDING))
    found = [curve.solve(float(np.log(watts)), extrapolate=False)[0] for watts in inner.ravel()]
    return np.exp(np.reshape(found, load.shape))


def _outside(value: NDArray[np.float64], low: float, high: float) -> bool:
    return bool(np.any((value < low * (1 - _ROUNDING)) | (value > high * (1 + _ROUNDING))))


def _curve(
    temperatures: ArrayLike, powers: ArrayLike
) -> tuple[tuple[float, float], tuple[float, float], PchipInterpolator]:
    """First and last point, and the interpolator of the logarithms."""
    at = above(0, "temperatures of the cooling curve (K)", temperatures)
    take = above(0, "powers of the cooling curve (W)", powers)
    if at.ndim != 1 or at.shape != take.shape or at.size < 2:
        raise OutOfRangeError(f"a cooling curve of at least 2 points, given {at.size}")
    if np.any(np.diff(at) <= 0) or np.any(np.diff(take) <= 0):
        raise OutOfRangeError("a cooling curve whose temperatures and powers both rise")
    curve = PchipInterpolator(np.log(at), np.log(take))
    return (float(at[0]), float(take[0])), (float(at[-1]), float(take[-1])), curve


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
