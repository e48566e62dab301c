"""T1 of a qubit picked from a chip at a random time.

1/T1 fluctuates in time and from qubit to qubit, because few two-level systems make it. Both are
taken as independent log-normal factors of mean 1 on the rate: the mean rate is the model's (or
that of the measured T1), the median is below it. A. P. M. Place et al., Nat. Commun. 12, 1779
(2021), saw 7 % in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qubit.gate_errors import Decay, gate_decoherence
from qubudget.qubit.levels import LevelRates
from qubudget.qubit.ranges import at_least

PERCENTILES = (5, 50, 95)

Triple = tuple[float | None, float | None, float | None]
_NONE: Triple = (None, None, None)


@dataclass(frozen=True)
class Population:
    """Percentiles 5, 50 and 95 over qubits and time; None without a T1.

    Attributes
    ----------
    t1_s : T1; the mean rate of the population is 1/T1 of the design's qubit.
    one_qubit_error, two_qubit_error : of the gates by the model, floors included; a qubit and
        its partner have the same T1.
    """

    t1_s: Triple = _NONE
    one_qubit_error: Triple = _NONE
    two_qubit_error: Triple = _NONE

    def to_dict(self) -> dict[str, Any]:
        """Keys such as ``t1_p05_s`` and ``one_qubit_error_p95``."""
        values: dict[str, Any] = {}
        for index, percent in enumerate(PERCENTILES):
            values[f"t1_p{percent:02d}_s"] = self.t1_s[index]
            values[f"one_qubit_error_p{percent:02d}"] = self.one_qubit_error[index]
            values[f"two_qubit_error_p{percent:02d}"] = self.two_qubit_error[index]
        return values


def log_normal_width(*relative_deviations: ArrayLike) -> NDArray[np.float64]:
    """Standard deviation of ln(rate) for independent relative deviations v: ln(1 + v^2) add.

    >>> round(float(log_normal_width(0.07)), 4)
    0.0699
    """
    variance = np.zeros(())
    for deviation in relative_deviations:
        variance = variance + np.log1p(at_least("relative deviation", deviation) ** 2)
    return np.sqrt(variance)


def rate_percentile(mean: ArrayLike, width: ArrayLike, percent: ArrayLike) -> NDArray[np.float64]:
    """Percentile of a log-normal rate, in the unit of ``mean``.

    mean : mean rate. width : standard deviation of its logarithm. percent : above 0, below 100.

    Raises
    ------
    OutOfRangeError: an argument outside its range.

    >>> float(rate_percentile(1e4, 0.0, 95))
    10000.0
    """
    share = np.asarray(percent, dtype=np.float64) / 100
    if not np.all((share > 0) & (share < 1)):
        raise OutOfRangeError(f"percent must lie between 0 and 100, got {percent!r}")
    sigma = at_least("width", width)
    return at_least("mean", mean) * np.exp(sigma * ndtri(share) - sigma**2 / 2)


def population(design: DesignModel, decay: Decay, levels: LevelRates) -> Population:
    """Spread of the design's qubits around a mean ``decay``; only relaxation varies.

    levels : rates of the levels, of which those upwards vary alike. Nothing where there is no
    relaxation.
    """
    if decay.relaxation == 0:
        return Population()
    width = log_normal_width(design.qubit.time_spread, design.qubit.device_spread)
    rates = rate_percentile(decay.relaxation, width, PERCENTILES).tolist()
    errors = [
        gate_decoherence(design, replace(decay, relaxation=rate), levels.scaled_to(rate))
        for rate in rates
    ]
    low, median, high = errors
    slowest, middle, fastest = rates
    return Population(
        (1 / fastest, 1 / middle, 1 / slowest),
        (low.one_qubit_error, median.one_qubit_error, high.one_qubit_error),
        (low.two_qubit_error, median.two_qubit_error, high.two_qubit_error),
    )
