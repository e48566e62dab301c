"""95 % intervals of fitted parameters: the profile of chi-square, else the covariance."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import lmfit
import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from qubudget.errors import QubudgetError
from qubudget.study.calibration.problem import FitProblem
from qubudget.study.calibration.result import Interval

LEVEL = 0.95


def intervals_of(
    problem: FitProblem,
    best: NDArray[np.float64],
    deviations: Sequence[float],
    minimizer: Any,
    outcome: Any,
) -> list[tuple[Interval, str | None, str | None]]:
    """95 % intervals, by the profile of chi-square where that can be followed."""
    found: list[tuple[Interval, str | None, str | None]] = []
    for index, (log, deviation) in enumerate(zip(best.tolist(), deviations, strict=True)):
        try:
            if len(best) == 1:
                ends = _profile_of_one(problem, log, deviation)
            else:
                ends = _profile(problem, minimizer, outcome, f"p{index}")
        except (lmfit.MinimizerException, QubudgetError, ValueError) as error:
            half = _quantile(problem) * deviation
            why = f"the profile could not be followed: {error}"
            found.append(((math.exp(log - half), math.exp(log + half)), "covariance", why))
            continue
        interval = tuple(math.exp(e) if math.isfinite(e) else None for e in ends)
        sides = [w for w, e in zip(("below", "above"), interval, strict=True) if e is None]
        why_open = f"the data do not bound it from {' or '.join(sides)}" if sides else None
        found.append(((interval[0], interval[1]), "profile likelihood", why_open))
    return found


def _quantile(problem: FitProblem) -> float:
    """Half a 95 % interval in standard deviations: normal, or Student's with unknown errors."""
    tail = (1 + LEVEL) / 2
    return float(stats.t.ppf(tail, problem.dof) if problem.errors_unknown else stats.norm.ppf(tail))


def _profile(problem: FitProblem, minimizer: Any, outcome: Any, name: str) -> tuple[float, float]:
    def known(best: Any, new: Any) -> float:
        return float(stats.chi2.cdf(max(new.chisqr - best.chisqr, 0.0), 1))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # an open end comes back as infinity
        traced = lmfit.conf_interval(
            minimizer, outcome, p_names=[name], sigmas=[LEVEL],
            prob_func=None if problem.errors_unknown else known,
        )[name]  # fmt: skip
    return float(traced[0][1]), float(traced[-1][1])


def _profile_of_one(problem: FitProblem, best: float, deviation: float) -> tuple[float, float]:
    """Where the squares of a one-parameter fit exceed their minimum by the 95 % threshold.

    lmfit's search wants two parameters: with one there is nothing to minimise again.
    """
    least = float(np.sum(problem(np.array([best])) ** 2))
    scale = least / problem.dof if problem.errors_unknown else 1.0
    threshold = least + _quantile(problem) ** 2 * scale
    parameter = problem.parameters[0]

    def excess(log: float) -> float:
        return float(np.sum(problem(np.array([log])) ** 2)) - threshold

    ends = []
    for sign, limit in ((-1.0, parameter.low), (1.0, parameter.high)):
        wall = math.log(limit)
        reach = deviation
        while True:
            far = best + sign * reach
            far = max(far, wall) if sign < 0 else min(far, wall)
            if excess(far) > 0:
                ends.append(
                    float(optimize.brentq(excess, min(best, far), max(best, far), xtol=1e-8))
                )
                break
            if far == wall:
                ends.append(sign * math.inf)
                break
            reach *= 2
    return ends[0], ends[1]
