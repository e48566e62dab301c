"""The BCS gap as a function of temperature."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from qubudget.qubit.ranges import at_least

_EXACT_RATIO = np.pi / np.exp(np.euler_gamma)  # Delta(0)/(k Tc) of weak coupling, 1.76388
_LOWEST = 0.1  # of Tc; Delta differs from Delta(0) by less than 2e-8 below


@cache
def _squared_gap() -> CubicSpline:
    """Spline of (Delta/Delta(0))^2 against T/Tc, from the gap equation in Matsubara form.

    ln(Tc/T) = sum over n >= 0 of [1/(n+1/2) - 1/sqrt((n+1/2)^2 + y^2)], y = Delta/(2 pi k T):
    T/Tc and Delta both follow from y without iteration. The sum's tail beyond n = N is its
    midpoint integral, whose error is of order y^2/N^4. The square is smooth up to Tc, where
    the gap itself has a root.
    """
    y = np.concatenate([[0.0], np.geomspace(1e-3, 3.2, 400)])
    count = 500
    n = np.arange(count)[:, None] + 0.5
    head = np.sum(1.0 / n - 1.0 / np.hypot(n, y), axis=0)
    tail = np.log((count + np.hypot(count, y)) / (2 * count))
    t = np.exp(-(head + tail))
    delta = 2 * np.pi * y * t / _EXACT_RATIO
    return CubicSpline(t[::-1], delta[::-1] ** 2)


def reduced_gap(reduced_temperature: ArrayLike) -> NDArray[np.float64]:
    """Delta(T)/Delta(0) of weak-coupling BCS theory.

    reduced_temperature : T/Tc >= 0. Accurate to 1e-5 below 0.999 Tc. NaN at and above Tc: the
    metal is normal there and has no gap.

    The table of B. Muehlschlegel, Z. Phys. 155, 313 (1959), has 0.9569 at Tc/2:

    >>> round(float(reduced_gap(0.5)), 4)
    0.9569
    """
    t = at_least("reduced_temperature", reduced_temperature)
    superconducting = t < 1.0
    inside = np.clip(t, _LOWEST, 1.0)  # the gap is flat below; above Tc the value is discarded
    squared = np.where(t < _LOWEST, 1.0, np.maximum(_squared_gap()(inside), 0.0))
    return np.where(superconducting, np.sqrt(squared), np.nan)


def gap_at(
    gap: ArrayLike, critical_temperature: ArrayLike, temperature: ArrayLike
) -> NDArray[np.float64]:
    """Delta(T), J, of a superconductor whose gap is ``gap`` (J) at T = 0; NaN above Tc.

    critical_temperature, temperature : K.

    >>> bool(np.isnan(gap_at(1.0, 1.2, 4.0)))
    True
    """
    tc = at_least("critical_temperature", critical_temperature, above=True)
    return at_least("gap", gap, above=True) * reduced_gap(at_least("temperature", temperature) / tc)
