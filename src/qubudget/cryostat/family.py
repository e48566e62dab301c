"""The usual family of stages, compiled: sweeps over many fridges without Python per design.

A stage cools with a power law through its base temperature, Q = C (T^n - T0^n) (n = 1 linear,
2 quadratic); it is loaded by a constant and by conduction from the stage above that was
measured between two reference temperatures and scales as T_above^p - T^p (p = 2 for a normal
metal's k ~ T, more for dielectrics and superconductors).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numba import njit
from numpy.typing import ArrayLike

from qubudget.cryostat.checks import above, at_least
from qubudget.cryostat.solver import RELATIVE_TOLERANCE, Floats, SolvedStages
from qubudget.errors import ConvergenceError, OutOfRangeError

_MOST_STEPS = 100


@dataclass(frozen=True)
class Family:
    """Stages of many designs; every array has the stage as its first axis, warm to cold.

    Attributes
    ----------
    base : T0, K. coefficient : C, W/K^n. exponent : n of the cooling.
    active : load that does not depend on temperature, W.
    passive : conducted load at the reference temperatures, W.
    reference_hot, reference_cold : the reference, K. conduction : p of the conducted load.
    All broadcast against one another.
    """

    base: ArrayLike
    coefficient: ArrayLike
    exponent: ArrayLike
    active: ArrayLike
    passive: ArrayLike
    reference_hot: ArrayLike
    reference_cold: ArrayLike
    conduction: ArrayLike


def balance_family(family: Family, ceiling: ArrayLike = 300.0) -> SolvedStages:
    """Temperatures of all stages of all designs of a family.

    Cooling rises and the load falls with T, so a balance is the only one, and stable; it
    exists where the constant load is below the cooling power at the temperature of the stage
    above. Each is found by Newton's method inside a bracket that falls back on bisection.

    Parameters
    ----------
    family : arrays with the stage first; those of one number per stage have shape
        (stages, 1, ...). ceiling : of what is above the first stage, K; broadcasts over designs.

    Raises
    ------
    OutOfRangeError: a coefficient, exponent or temperature that is not above 0; a negative
        load; a reference that is not hotter at its hot end. ConvergenceError: no convergence.

    Krinner's 50 K stage (3 W/K above 35 K) under 6 W and his 19 uW mixing chamber at 20 mK:

    >>> stages = Family([35, 6e-3], [3, 0.0522], [1, 2], [6, 0.0522 * (0.02**2 - 0.006**2)],
    ...                 [0, 0], [300, 0.1], [35, 0.006], [2, 2])
    >>> [round(float(t), 9) for t in balance_family(stages).temperature]
    [37.0, 0.02]
    """
    names = [field.name for field in fields(family)]
    arrays = np.broadcast_arrays(*(_checked(name, getattr(family, name)) for name in names))
    stages, *rest = arrays[0].shape
    values = dict(
        zip(names, (np.ascontiguousarray(a.reshape(stages, -1)) for a in arrays), strict=True)
    )
    span = (
        values["reference_hot"] ** values["conduction"]
        - values["reference_cold"] ** values["conduction"]
    )
    if not np.all(span > 0):
        raise OutOfRangeError("reference_hot (K) must be above reference_cold (K)")
    top = np.ascontiguousarray(np.broadcast_to(above(0, "ceiling (K)", ceiling), rest).reshape(-1))
    temperature = _solve(
        values["base"],
        values["coefficient"],
        values["exponent"],
        values["active"],
        values["passive"] / span,
        values["conduction"],
        top,
    )
    if np.any(temperature < 0):
        raise ConvergenceError(f"a stage's temperature did not converge in {_MOST_STEPS} steps")
    temperature = temperature.reshape(stages, *rest)
    return SolvedStages(temperature, np.isnan(temperature), temperature == arrays[0])


def _checked(name: str, value: ArrayLike) -> Floats:
    check = at_least if name in ("active", "passive") else above
    array = check(0, name, value)
    if array.ndim == 0:
        raise OutOfRangeError(f"{name}: an array whose first axis is the stage")
    return array


@njit(cache=True)
def _solve(base, coefficient, exponent, active, conducted, power, ceiling):  # type: ignore[no-untyped-def]
    stages, designs = base.shape
    temperature = np.empty((stages, designs))
    for stage in range(stages):
        for design in range(designs):
            temperature[stage, design] = _root(
                base[stage, design],
                temperature[stage - 1, design] if stage else ceiling[design],
                coefficient[stage, design],
                exponent[stage, design],
                active[stage, design],
                conducted[stage, design],
                power[stage, design],
            )
    return temperature


@njit(cache=True)
def _raised(value, exponent):  # type: ignore[no-untyped-def]
    # The usual exponents without a logarithm.
    if exponent == 1.0:
        return value
    if exponent == 2.0:
        return value * value
    return value**exponent


@njit(cache=True)
def _root(low, high, coefficient, exponent, active, conducted, power):  # type: ignore[no-untyped-def]
    """Balance between low and high; NaN where there is none (or no high); -1: not converged."""
    if not low < high:
        return np.nan
    from_base = coefficient * _raised(low, exponent)
    from_above = conducted * _raised(high, power)
    if coefficient * _raised(high, exponent) - from_base <= active:
        return np.nan
    # The load at the base temperature is the most there can be: no balance is warmer than its.
    most = active + from_above - conducted * _raised(low, power)
    if most <= 0:
        return low
    point = (from_base + most) / coefficient
    if exponent == 2.0:
        point = np.sqrt(point)
    elif exponent != 1.0:
        point = point ** (1 / exponent)
    point = min(point, high)
    # f'' T / f' < max(n, p) here, so that a Newton step of relative size s leaves an error
    # below max(n, p) s^2 / 2.
    small = np.sqrt(RELATIVE_TOLERANCE / max(exponent, power))
    for _ in range(_MOST_STEPS):
        cooled, leaked = coefficient * _raised(point, exponent), conducted * _raised(point, power)
        net = cooled - from_base + leaked - active - from_above
        if net > 0:
            high = point
        else:
            low = point
        step = net * point / (exponent * cooled + power * leaked)
        new = point - step
        if low <= new <= high:
            if abs(step) <= small * point:
                return new
        else:
            new = 0.5 * (low + high)
            if high - low <= RELATIVE_TOLERANCE * new:
                return new
        point = new
    return -1.0
