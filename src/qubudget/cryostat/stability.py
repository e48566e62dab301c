"""Where heating and cooling of one stage balance, and whether the balance holds.

C dT/dt = heating(T) - cooling(T), where heating may rise with temperature because warmer
qubits make more errors and correcting them costs energy. A heat capacity C sets how fast this
goes (``transient``), not where it ends. How many qubits a stage carries is in ``runaway``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class FixedPoint:
    """A temperature at which heating equals cooling.

    Attributes
    ----------
    temperature : K.
    stable : the net heat changes from heating to cooling on the way up through this point.
    """

    temperature: float
    stable: bool


@dataclass(frozen=True)
class Fate:
    """What becomes of a stage that starts at some temperature.

    Attributes
    ----------
    fixed_points : all balances in the scanned range, cold to warm.
    settles_at : the stable one that is reached from the start, K; None if the stage leaves
        the scanned range instead.
    bounded : a stable balance is reached.
    """

    fixed_points: tuple[FixedPoint, ...]
    settles_at: float | None

    @property
    def bounded(self) -> bool:
        return self.settles_at is not None


def correction_heating(
    passive: float,
    cycle_rate: float,
    energy: Callable[[float], float],
) -> Callable[[float], float]:
    """Heating of a stage that also takes the heat of error correction, P + r E(T), W.

    Parameters
    ----------
    passive : load without correction, W. cycle_rate : r, correction cycles per second, 1/s.
    energy : energy of one cycle's corrections when the qubits are at T (K), J.
    """
    return lambda temperature: passive + cycle_rate * energy(temperature)


def fixed_points(
    heating: Callable[[float], float],
    cooling: Callable[[float], float],
    low: float,
    high: float,
    samples: int = 400,
) -> tuple[FixedPoint, ...]:
    """All balances between two temperatures, by a scan with brackets refined to rounding.

    Two balances closer together than one step of the logarithmic scan can be missed, always
    both: the number of crossings between ends of given sign stays even or odd.

    Parameters
    ----------
    heating, cooling : W, of a temperature in K.
    low, high : range, K. samples : points of the scan.

    Raises
    ------
    OutOfRangeError: the range is empty or not above 0 K, or a power is not finite.
    """
    if not 0 < low < high < np.inf or samples < 2:
        raise OutOfRangeError(f"a range above 0 K, low to high, given {low} to {high}")

    def net(temperature: float) -> float:
        value = heating(temperature) - cooling(temperature)
        if not np.isfinite(value):
            raise OutOfRangeError(f"heating or cooling at {temperature:g} K is not finite")
        return float(value)

    grid = np.geomspace(low, high, samples)
    grid[0], grid[-1] = low, high
    # A point that sits exactly on a balance takes the sign of the side it came from, so
    # that the crossing is found once, in the next step.
    signs = [np.sign(net(float(temperature))) for temperature in grid]
    found: list[FixedPoint] = []
    side = next((sign for sign in signs if sign), 0.0)
    left = float(grid[0])
    for temperature, sign in zip(grid.tolist(), signs, strict=True):
        if sign and sign != side:
            root = float(brentq(net, left, temperature, xtol=1e-15, rtol=1e-14))
            found.append(FixedPoint(root, stable=bool(side > 0)))
            side = sign
        if sign:
            left = temperature
    return tuple(found)


def fate(
    heating: Callable[[float], float],
    cooling: Callable[[float], float],
    *,
    start: float,
    low: float,
    high: float,
) -> Fate:
    """Where a stage ends that starts at ``start``: at a stable balance or out of range.

    In one dimension the temperature moves one way until the next balance, so the sign of the
    net heat at the start decides.

    Parameters
    ----------
    heating, cooling : W, of a temperature in K. start, low, high : K, low <= start <= high.

    Raises
    ------
    OutOfRangeError: ``start`` is outside the range, or as ``fixed_points``.
    """
    if not low <= start <= high:
        raise OutOfRangeError(f"start at {start} K is outside {low} to {high} K")
    points = fixed_points(heating, cooling, low, high)
    net = heating(start) - cooling(start)
    if net == 0:
        return Fate(points, start)
    ahead = (
        [point for point in points if point.temperature > start]
        if net > 0
        else [point for point in reversed(points) if point.temperature < start]
    )
    return Fate(points, ahead[0].temperature if ahead else None)
