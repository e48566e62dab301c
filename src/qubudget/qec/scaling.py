"""Logical error against code distance, eps = A Lambda^(-(d+1)/2).

Fits over distance are biased as well as noisy. At uniform circuit noise p = 0.002, fits on d = 3,
5, 7 and on 5, 7, 9 predict 4.5e-11 and 2.2e-11 for d = 25, and their statistical intervals do not
overlap. So d = 3 is dropped where two larger distances remain, and the interval given is the
envelope of the 95 % intervals of all windows of the largest distances. Which distances were
simulated stays with the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

Z95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""


@dataclass(frozen=True)
class Point:
    """Logical error per cycle at one distance, with the standard deviation of its logarithm."""

    distance: int
    error: float
    log_deviation: float


@dataclass(frozen=True)
class Fit:
    """A log-linear fit: Lambda and the error at the wanted distance, with 95 % intervals.

    ``distances`` made the fit, ``simulated`` all that bound its intervals.
    """

    distances: tuple[int, ...]
    suppression: float
    suppression_low: float
    suppression_high: float
    error: float
    low: float
    high: float
    simulated: tuple[int, ...] = ()


def log_linear(points: Sequence[Point], distance: int) -> Fit:
    """Weighted least squares of ln eps against (d + 1)/2, read off at ``distance``.

    Parameters
    ----------
    points : at least two distances, errors positive.

    Notes
    -----
    The covariance is that of the points' own deviations; the misfit does not rescale it.
    """
    x = np.array([(p.distance + 1) / 2 for p in points])
    y = np.log([p.error for p in points])
    weight = np.array([p.log_deviation for p in points]) ** -2.0
    design = np.stack([np.ones_like(x), x], axis=1)
    covariance = np.linalg.inv(design.T @ (weight[:, None] * design))
    offset, slope = covariance @ (design.T @ (weight * y))
    at = np.array([1.0, (distance + 1) / 2])
    middle = float(offset + slope * at[1])
    spread = Z95 * sqrt(float(at @ covariance @ at))
    turn = Z95 * sqrt(float(covariance[1, 1]))
    distances = tuple(p.distance for p in points)
    return Fit(
        distances,
        exp(-slope),
        exp(-slope - turn),
        exp(-slope + turn),
        exp(middle),
        exp(middle - spread),
        exp(middle + spread),
        distances,
    )


def envelope(points: Sequence[Point], distance: int) -> Fit:
    """The fit without d = 3, where possible, and the envelope over all fit windows.

    Windows are the two or more largest distances. Nothing holds the error below its bound 1/2
    here; that is the caller's to judge.
    """
    ordered = sorted(points, key=lambda p: p.distance)
    fits = [log_linear(ordered[i:], distance) for i in range(len(ordered) - 1)]
    best = fits[1] if len(fits) > 1 and ordered[0].distance == 3 else fits[0]
    return Fit(
        best.distances,
        best.suppression,
        min(f.suppression_low for f in fits),
        max(f.suppression_high for f in fits),
        best.error,
        min(f.low for f in fits),
        max(f.high for f in fits),
        fits[0].distances,
    )


def extrapolate(point: Point, suppression: float, distance: int) -> tuple[float, float, float]:
    """(error, low, high) at ``distance`` from one point and a known Lambda."""
    middle = log(point.error) - (distance - point.distance) / 2 * log(suppression)
    spread = Z95 * point.log_deviation
    return exp(middle), exp(middle - spread), exp(middle + spread)
