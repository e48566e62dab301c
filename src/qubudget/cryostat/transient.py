"""How a stage's temperature moves in time, and how long a runaway takes."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

from qubudget.constants import BOLTZMANN
from qubudget.cryostat.checks import above
from qubudget.cryostat.runaway import CorrectedStage, Floats
from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.materials.normal_metals import AVOGADRO, normal_metal

_DEBYE_RANGE = 50.0  # the T^3 law holds below about theta/50


@cache
def _fit() -> dict[str, Any]:
    """The fit of copper's specific heat, with its range."""
    text = files("qubudget.materials").joinpath("data/copper_heat.toml").read_text("utf-8")
    return dict(tomllib.loads(text)["specific_heat"])


def copper_heat_capacity(mass: float) -> Callable[[ArrayLike], Floats]:
    """Heat capacity of copper, J/K, as a function of T.

    To theta/50 (6.9 K) n (gamma T + (12 pi^4/5) R (T/theta)^3), gamma and the Debye temperature
    theta of D. L. Martin, Phys. Rev. B 8, 5357 (1973); from 4 to 300 K the fit of NIST (5 %,
    ``materials/data/copper_heat.toml``), joined linearly in ln T between.

    Parameters
    ----------
    mass : kg.

    The function raises OutOfRangeError above 300 K. The mixture in a mixing chamber has more
    heat capacity than its copper (not included).

    A kilogram at 10 mK (0.691 mJ/(mol K^2) x 15.7 mol x 10 mK):

    >>> round(1e3 * float(copper_heat_capacity(1.0)(10e-3)), 4)
    0.1087
    """
    metal, fit = normal_metal("Cu"), _fit()
    kilograms = float(above(0, "mass (kg)", mass))
    moles = kilograms / metal.molar_mass
    lattice = 12 * math.pi**4 / 5 * BOLTZMANN * AVOGADRO / metal.debye_temperature**3
    join = np.log([fit["low_K"], metal.debye_temperature / _DEBYE_RANGE])

    def capacity(temperature: ArrayLike) -> Floats:
        t = above(0, "temperature (K)", temperature)
        if np.any(t > fit["high_K"]):
            raise OutOfRangeError(
                f"copper's heat capacity is known to {fit['high_K']:g} K, not {t}"
            )
        cold = moles * (metal.electron_heat_capacity * t + lattice * t**3)
        # Below its range the fit has no weight: it is asked at its end.
        decade = np.log10(np.maximum(t, fit["low_K"]))
        warm = kilograms * 10 ** np.polynomial.polynomial.polyval(decade, fit["coefficients"])
        share = np.interp(np.log(t), join, (0.0, 1.0))
        return np.asarray((1 - share) * cold + share * warm)

    return capacity


@dataclass(frozen=True)
class Course:
    """Temperature of a stage in time.

    Attributes
    ----------
    time : s. temperature : K. runaway_time : when it passed the stage's ``high``, s; None
        where it did not within the time given.
    """

    time: Floats
    temperature: Floats
    runaway_time: float | None


def course(
    stage: CorrectedStage,
    qubits: float,
    heat_capacity: Callable[[ArrayLike], ArrayLike],
    *,
    start: float,
    duration: float,
) -> Course:
    """Temperature from a start, until it leaves the range or the time is over.

    Parameters
    ----------
    qubits : N. heat_capacity : C(T), J/K. start : K, from low to below high. duration : s.

    Raises
    ------
    OutOfRangeError: a start outside the range. ConvergenceError: the integration failed.
    """
    if not stage.low <= start < stage.high or not duration > 0:
        raise OutOfRangeError(f"start within {stage.low} to {stage.high} K, given {start} K")

    def slope(_time: float, state: Floats) -> Floats:
        # Just outside the range the model's ends stand for it: the event stops there.
        t = np.clip(np.exp(state), stage.low, stage.high)
        net = stage.heating(t, qubits) - np.asarray(stage.cooling(t))
        rate = net / (np.asarray(heat_capacity(t)) * t)
        # Below its base temperature the cooling model says nothing: the stage stays there.
        return np.where((np.exp(state) <= stage.low) & (rate < 0), 0.0, rate)

    def leaves(_time: float, state: Floats) -> float:
        return float(state[0] - math.log(stage.high))

    leaves.terminal = True  # type: ignore[attr-defined]
    solved = solve_ivp(
        slope,
        (0.0, duration),
        [math.log(start)],
        method="LSODA",
        events=leaves,
        rtol=1e-8,
        atol=1e-10,
    )
    if not solved.success:
        raise ConvergenceError(f"the temperature could not be integrated: {solved.message}")
    left = solved.status == 1  # ended by the event, at its last point
    return Course(solved.t, np.exp(solved.y[0]), float(solved.t[-1]) if left else None)
