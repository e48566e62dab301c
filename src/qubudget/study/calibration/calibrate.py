"""Fit parameters of a model to measured T1 and T2, and say how well they are determined.

Residuals are ln(modelled/measured) over the relative error: times span decades and their errors
are shares of them, and a fit of the logarithm is the same whether one thinks of times or of
rates. Parameters are positive and fitted in their logarithm too, so that no rate or loss turns
negative and an interval is a factor. Errors of different points are taken as independent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lmfit
import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qubudget.design import Design
from qubudget.design.paths import nearest
from qubudget.errors import ConvergenceError, DesignError, Problem
from qubudget.study.calibration.data import MeasuredTimes, read_times, usable
from qubudget.study.calibration.intervals import intervals_of
from qubudget.study.calibration.models import Model, PhysicalModel, PublishedModel
from qubudget.study.calibration.problem import (
    FitProblem,
    check_count,
    check_effect,
    check_limits,
    check_rank,
)
from qubudget.study.calibration.result import (
    CalibrationResult,
    FittedParameter,
    Interval,
    Residual,
)

MODELS = ("physical", "published-code", "published-table")
_Fit = tuple[NDArray[np.float64], Any, Any]


def calibrate(
    data: str | Path | MeasuredTimes,
    *,
    model: str,
    fit: Sequence[str],
    design: Design | None = None,
    errors_unknown: bool = False,
) -> CalibrationResult:
    """Fit the parameters ``fit`` of a model to measured times.

    Parameters
    ----------
    data : a CSV file, a shipped data set's name, or times read before.
    model : "physical" (keys of ``design``), "published-code" or "published-table" (``K_TLS``,
        ``G_intrinsic``).
    fit : the keys to fit; all others keep their values.
    design : for the physical model alone.
    errors_unknown : the data state no errors: all points weigh the same, and intervals come
        from the scatter about the fit.

    Raises
    ------
    DesignError: bad data or keys, or parameters that the data do not determine.
    OutOfRangeError: the model has no T1 where a point was measured.
    ConvergenceError: the minimiser did not converge.
    """
    chosen = _model(model, tuple(fit), design)
    parameters = chosen.parameters
    times = (
        data if isinstance(data, MeasuredTimes) else read_times(data, errors_unknown=errors_unknown)
    )
    times = usable(times, chosen.quantities, chosen.conditions, chosen.name)
    check_count(times, parameters)
    problem = FitProblem(chosen, parameters, times, errors_unknown)
    start = np.log([p.start for p in parameters])
    check_effect(problem.jacobian(start), parameters, start, "at its start")
    best, minimizer, outcome = _minimised(problem, start)
    check_limits(best, parameters)
    jacobian = problem.jacobian(best)
    check_effect(jacobian, parameters, best, "at the best fit")
    check_rank(jacobian, parameters)
    return _result(problem, best, jacobian, minimizer, outcome)


def _model(name: str, keys: tuple[str, ...], design: Design | None) -> Model:
    problems = []
    if name not in MODELS:
        problems.append(
            Problem("--model", name, "one of " + ", ".join(MODELS), nearest(name, MODELS))
        )
    if not keys or not all(keys):
        problems.append(Problem("--fit", ",".join(keys), "at least one key"))
    twice = sorted({key for key in keys if keys.count(key) > 1})
    problems += [Problem("--fit", f"{key} twice", "each key once") for key in twice]
    if name == "physical" and design is None:
        problems.append(Problem("--design", "", "a design, whose keys are fitted"))
    if name in MODELS and name != "physical" and design is not None:
        allowed = "none: the published models read nothing of a design"
        problems.append(Problem("--design", design.name, allowed))
    if problems:
        raise DesignError("calibrate", problems)
    if name == "physical":
        assert design is not None
        return PhysicalModel(design, keys)
    return PublishedModel(name, keys)


def _minimised(problem: FitProblem, start: NDArray[np.float64]) -> _Fit:
    names = [f"p{index}" for index in range(len(start))]
    free = lmfit.Parameters()
    for name, log, p in zip(names, start.tolist(), problem.parameters, strict=True):
        free.add(name, value=log, min=math.log(p.low), max=math.log(p.high))

    def residuals(values: Any) -> NDArray[np.float64]:
        return problem(np.array([values[name].value for name in names]))

    minimizer = lmfit.Minimizer(
        residuals, free, scale_covar=problem.errors_unknown and problem.dof > 0
    )
    outcome = minimizer.minimize(method="leastsq", ftol=1e-12, xtol=1e-12)
    if not outcome.success:
        raise ConvergenceError(f"the fit did not converge: {outcome.message}")
    best = np.array([outcome.params[name].value for name in names])
    return best, minimizer, outcome


def _result(
    problem: FitProblem,
    best: NDArray[np.float64],
    jacobian: NDArray[np.float64],
    minimizer: Any,
    outcome: Any,
) -> CalibrationResult:
    dof, unknown = problem.dof, problem.errors_unknown
    modelled, log_ratios = problem.modelled(best), problem.log_ratios(best)
    pulls = log_ratios / problem.relative_errors
    squares = float(pulls @ pulls)
    covariance = np.asarray(np.linalg.inv(jacobian.T @ jacobian), dtype=np.float64)
    deviations: list[float | None] = [None] * len(best)
    reasons = []
    if dof == 0:
        reasons.append(
            "as many parameters as values: the fit is exact and its goodness cannot be judged"
        )
    if unknown:
        reasons.append("the data state no errors: no chi-square")
    if unknown and dof == 0:
        intervals: list[tuple[Interval, str | None, str | None]] = [
            ((None, None), None, "no errors stated and no degree of freedom to take them from")
        ] * len(best)
    else:
        scale = math.sqrt(squares / dof) if unknown else 1.0
        known = (scale * np.sqrt(np.diag(covariance))).tolist()
        intervals = intervals_of(problem, best, known, minimizer, outcome)
        deviations = known
    design = problem.model.design if isinstance(problem.model, PhysicalModel) else None
    return CalibrationResult(
        model=problem.model.name,
        design=design.name if design else None,
        design_sha256=design.sha256() if design else None,
        data=problem.times.name,
        data_sha256=problem.times.sha256,
        parameters=tuple(
            FittedParameter(p.key, p.unit, p.start, math.exp(log), *found, deviation)
            for p, log, found, deviation in zip(
                problem.parameters, best.tolist(), intervals, deviations, strict=True
            )
        ),
        correlations=tuple(map(tuple, _correlations(covariance).tolist())),
        points=len(pulls),
        dof=dof,
        chi2=None if unknown else squares,
        reduced_chi2=None if unknown or dof == 0 else squares / dof,
        p_value=None if unknown or dof == 0 else float(stats.chi2.sf(squares, dof)),
        relative_scatter=math.sqrt(squares / dof) if unknown and dof > 0 else None,
        residuals=tuple(
            Residual(
                p.row, p.label, p.quantity, p.temperature, p.frequency, p.tan_delta, p.value,
                p.error, time, ratio, None if unknown else pull,
            )
            for p, time, ratio, pull in zip(
                problem.times.points, modelled.tolist(), log_ratios.tolist(), pulls.tolist(),
                strict=True,
            )
        ),
        reason="; ".join(reasons) or None,
        notices=problem.times.notices,
    )  # fmt: skip


def _correlations(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    deviations = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(deviations, deviations), dtype=np.float64)
