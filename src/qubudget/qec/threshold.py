"""The threshold of a code from how the failure of finite patches scales.

Near the threshold the failure probability P of a memory of d rounds depends on the noise strength
p and the distance d through x = (p - p_th) d^(1/nu) alone; to second order P = A + B x + C x^2
(Wang, Harrington and Preskill, Ann. Phys. 303, 31 (2003)). Distances below 7 do not yet
scale like that: with d = 3 to 7 the curves cross below the threshold.

d = 7, 9, 11 and 13 at six strengths from 0.0065 to 0.009, 200,000 shots each, give 0.00765(2) and
nu = 1.12 for uniform circuit noise (``benchmarks/check_threshold.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import curve_fit
from scipy.stats import chi2

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.qec.circuits import GateSet, memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise
from qubudget.qec.layout import Basis, build
from qubudget.qec.sampling import Counts, count_errors, stream
from qubudget.qec.scaling import Z95

Floats = NDArray[np.float64]
PARAMETERS = 5


@dataclass(frozen=True)
class Observed:
    """Failures of a memory of ``distance`` rounds at uniform noise of strength ``p``."""

    distance: int
    p: float
    counts: Counts


@dataclass(frozen=True, eq=False)
class Threshold:
    """The fit: p_th, nu, (A, B, C), the covariance of (p_th, nu, A, B, C), and how well it fits."""

    p: float
    nu: float
    shape: tuple[float, float, float]
    covariance: Floats
    chi_squared: float
    freedom: int

    @property
    def deviation(self) -> float:
        """Standard deviation of p_th."""
        return sqrt(float(self.covariance[0, 0]))

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of p_th, from the counts' statistics alone."""
        return self.p - Z95 * self.deviation, self.p + Z95 * self.deviation

    @property
    def fits(self) -> float:
        """Probability of a misfit at least as large, if the ansatz holds."""
        return float(chi2.sf(self.chi_squared, self.freedom))


def scaling_ansatz(
    p: ArrayLike,
    distance: ArrayLike,
    threshold: float,
    nu: float,
    a: float,
    b: float,
    c: float,
) -> Floats:
    """Failure probability A + B x + C x^2, x = (p - p_th) d^(1/nu).

    At the threshold all distances fail alike:

    >>> scaling_ansatz(0.0077, [7, 13], 0.0077, 1.5, 0.1, 20.0, 500.0).tolist()
    [0.1, 0.1]
    """
    x = (np.asarray(p, float) - threshold) * np.asarray(distance, float) ** (1 / nu)
    return np.asarray(a + b * x + c * x**2)


def observe(
    distances: Sequence[int],
    strengths: Sequence[float],
    shots: int,
    seed: int,
    basis: Basis = "Z",
    gate_set: GateSet = "cx",
) -> tuple[Observed, ...]:
    """Surface-code memories of d rounds under uniform circuit noise, all distances and strengths.

    ``gate_set`` "cx" is the circuit for which thresholds are published.
    """
    found = []
    for distance in distances:
        layout = build("surface", distance)
        for p in strengths:
            noise = RoundNoise(GateNoise.uniform(p))
            circuit = memory_circuit(layout, basis, [(distance, noise)], gate_set=gate_set)
            sequence = stream(seed, "threshold", distance, p, basis, gate_set)
            found.append(Observed(distance, p, count_errors(circuit, shots, sequence)))
    return tuple(found)


def fit_threshold(points: Sequence[Observed]) -> Threshold:
    """Weighted least squares of the ansatz.

    Parameters
    ----------
    points : six or more, of two or more distances and three or more noise strengths on both sides
        of the threshold, each with failures.

    Raises
    ------
    OutOfRangeError: too few points, or points without failures.
    ConvergenceError: no fit, or a threshold outside the strengths simulated.
    """
    p = np.array([point.p for point in points])
    distance = np.array([point.distance for point in points], float)
    if len(points) <= PARAMETERS or len(set(distance)) < 2 or len(set(p)) < 3:
        raise OutOfRangeError(
            "a threshold takes six points or more, of two distances and three noise strengths"
        )
    if any(not 0 < point.counts.errors < point.counts.shots for point in points):
        raise OutOfRangeError("every point of a threshold fit needs failures and successes")
    rate = np.array([point.counts.rate for point in points])
    sigma = np.sqrt(rate * (1 - rate) / [point.counts.shots for point in points])
    # In the middle of the strengths, with the slope of the largest distance; nu is near 1 for noisy
    # checks (Wang, Harrington and Preskill).
    middle = float(np.median(p))
    largest = distance == distance.max()
    slope, level = np.polyfit(p[largest] - middle, rate[largest], 1)
    start = [middle, 1.0, level, slope / distance.max(), 0.0]
    where = np.stack([p, distance])

    def ansatz(at: Floats, *parameters: float) -> Floats:
        threshold, nu, a, b, c = parameters
        return scaling_ansatz(at[0], at[1], threshold, nu, a, b, c)

    try:
        best, covariance = curve_fit(
            ansatz,
            where,
            rate,
            start,
            sigma,
            absolute_sigma=True,
            x_scale=np.abs(start) + 1e-3,
            method="trf",
        )
    except RuntimeError as error:
        raise ConvergenceError(f"the threshold fit does not converge: {error}") from error
    if not p.min() < best[0] < p.max() or not np.isfinite(covariance).all():
        raise ConvergenceError(
            f"the curves do not cross between the strengths {p.min():.4g} and {p.max():.4g}"
        )
    misfit = float((((rate - ansatz(where, *best)) / sigma) ** 2).sum())
    threshold, nu, a, b, c = best.tolist()
    return Threshold(threshold, nu, (a, b, c), covariance, misfit, len(points) - PARAMETERS)
