"""The residuals of a calibration, and whether the data determine its parameters."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import DesignError, Problem
from qubudget.study.calibration.data import MeasuredTimes
from qubudget.study.calibration.models import Model, Parameter

STEP = 1e-4
"""Step of central differences in a parameter's logarithm."""
SINGULAR = 1e-6
"""Ratio of singular values below which the data do not determine a combination."""
NO_EFFECT = 1e-9
"""Change of a residual per unit of a parameter's logarithm that counts as none."""
BESIDE_LIMIT = 1e-3
"""Distance (in the logarithm) from a limit at which a fit has stopped there."""


@dataclass(frozen=True)
class FitProblem:
    """A model, its free parameters and the data: residuals as a function of ln(parameters)."""

    model: Model
    parameters: tuple[Parameter, ...]
    times: MeasuredTimes
    errors_unknown: bool
    known: dict[bytes, NDArray[np.float64]] = field(default_factory=dict)

    @property
    def dof(self) -> int:
        """Degrees of freedom: points less parameters."""
        return len(self.times.points) - len(self.parameters)

    @property
    def relative_errors(self) -> NDArray[np.float64]:
        """Relative errors; ones where they are unknown."""
        return np.array([(p.error or p.value) / p.value for p in self.times.points])

    def modelled(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Modelled times, s; kept, since minimisers ask for the same place again and again."""
        place = logs.tobytes()
        if place not in self.known:
            keys = (p.key for p in self.parameters)
            values = dict(zip(keys, np.exp(logs).tolist(), strict=True))
            self.known[place] = self.model.predict(values, self.times.points)
        return self.known[place]

    def log_ratios(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """ln(modelled/measured) of every point."""
        measured = np.array([p.value for p in self.times.points])
        return np.asarray(np.log(self.modelled(logs) / measured), dtype=np.float64)

    def __call__(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self.log_ratios(logs) / self.relative_errors, dtype=np.float64)

    def jacobian(self, logs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Change of each residual with each parameter's logarithm, by central differences."""
        columns = []
        for index in range(len(logs)):
            step = np.zeros_like(logs)
            step[index] = STEP
            columns.append((self(logs + step) - self(logs - step)) / (2 * STEP))
        return np.stack(columns, axis=1)


def check_count(times: MeasuredTimes, parameters: Sequence[Parameter]) -> None:
    """Refuse fewer points than parameters."""
    points, count = len(times.points), len(parameters)
    if points < count:
        given = f"{count} parameters, {points} usable measured values"
        allowed = "at most as many parameters as values"
        raise DesignError(times.name, [Problem("--fit", given, allowed)])


def check_effect(
    jacobian: NDArray[np.float64],
    parameters: Sequence[Parameter],
    logs: NDArray[np.float64],
    where: str,
) -> None:
    """Refuse parameters that move no datum from the place ``logs``."""
    effect = np.max(np.abs(jacobian), axis=0)
    problems = [
        Problem(
            "--fit",
            p.key,
            f"a parameter that moves the data ({where}, {math.exp(log):.3g}, it moves none)",
        )
        for p, size, log in zip(parameters, effect.tolist(), logs.tolist(), strict=True)
        if size < NO_EFFECT
    ]
    if problems:
        raise DesignError("calibrate", problems)


def check_limits(best: NDArray[np.float64], parameters: Sequence[Parameter]) -> None:
    """Refuse parameters that ran to an end of their range."""
    problems = []
    for parameter, log in zip(parameters, best.tolist(), strict=True):
        key = f"--fit {parameter.key}"
        if log - math.log(parameter.low) < BESIDE_LIMIT:
            given = f"the fit drives it down to {parameter.low:g}"
            allowed = "data that need it; these are explained without it, so leave it out"
            problems.append(Problem(key, given, allowed))
        elif math.log(parameter.high) - log < BESIDE_LIMIT:
            given = f"the fit drives it up to {parameter.high:g}"
            problems.append(Problem(key, given, "data that the model can reach below that"))
    if problems:
        raise DesignError("calibrate", problems)


def check_rank(jacobian: NDArray[np.float64], parameters: Sequence[Parameter]) -> None:
    """Refuse parameters of which the data fix only combinations; name what is left open."""
    scale = np.linalg.norm(jacobian, axis=0)
    _, singular, directions = np.linalg.svd(jacobian / scale)
    problems = []
    for size, direction in zip(singular, directions, strict=True):
        if size > SINGULAR * singular[0]:
            continue
        powers = direction / scale
        powers = powers / powers[np.argmax(np.abs(powers))]
        moves = " and ".join(
            f"{p.key} by {power:+.2g} %"
            for p, power in zip(parameters, powers.tolist(), strict=True)
            if abs(power) > 1e-3
        )
        given = f"a combination that the data do not determine: moving {moves} changes none"
        allowed = "parameters that the data tell apart: leave one of these out"
        problems.append(Problem("--fit", given, allowed))
    if problems:
        raise DesignError("calibrate", problems)
