"""How long a logical qubit survives, and what ends it.

Quiet failures come cycle by cycle and bursts at random, so no failure up to t has the probability
S = exp(-t r) with r = n_bases eps/t_cycle + sum of rate times P over the classes of bursts. S is
the probability that *no* logical failure has happened, of either basis, and falls to 0; eps and a
burst's P of one basis are chances that the state is wrong, and saturate at 1/2, P of both at 3/4.

Ends of intervals add, low with low and high with high, which is wider than 95 %: classes share the
uncertainty of Lambda.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import DAY
from qubudget.qec.lifetime import mean_time_to_failure, survival

Array = NDArray[np.float64]
TIMES = 60
LEAST_LOSS, MOST_LOSS = 1e-2, 10.0
"""Exponents at which a curve begins, with bursts, and ends, without them."""


@dataclass(frozen=True)
class Cause:
    """What fails, and how often per day: value and 95 % interval."""

    name: str
    per_day: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Survival:
    """Probability of no logical failure up to ``times`` (s): in quiet times alone, and with
    bursts, with its interval. ``causes`` are those of the failures, the background first."""

    times: Array
    quiet: Array
    with_bursts: Array
    low: Array
    high: Array
    causes: tuple[Cause, ...]

    @property
    def mean_time_to_failure(self) -> float | None:
        """Mean time between failures (s); None where nothing fails."""
        return mean_time_to_failure(sum(cause.per_day for cause in self.causes))

    def to_dict(self) -> dict[str, Any]:
        """The JSON keys ``survival`` and ``budget``."""
        total = sum(cause.per_day for cause in self.causes)
        return {
            "survival": {
                "time_s": self.times.tolist(),
                "quiet": self.quiet.tolist(),
                "with_bursts": self.with_bursts.tolist(),
                "low": self.low.tolist(),
                "high": self.high.tolist(),
            },
            "budget": [
                {
                    "cause": cause.name,
                    "per_day": cause.per_day,
                    "low": cause.low,
                    "high": cause.high,
                    "share": cause.per_day / total if total > 0 else None,
                }
                for cause in self.causes
            ],
        }


def background_cause(
    error: ArrayLike, cycle_time: float, bases: int, name: str = "background"
) -> Cause:
    """Quiet failures of (value, low, high) of the logical error per cycle, mean of the bases.

    Google's 1e-10 per cycle of 1.1 us (arXiv:2408.13687, a repetition code: one basis):

    >>> round(background_cause((1e-10, 1e-10, 1e-10), 1.1e-6, 1).per_day, 2)
    7.85
    """
    value, low, high = (DAY / cycle_time * bases * np.asarray(error, float)).tolist()
    return Cause(name, value, low, high)


def burst_cause(name: str, rate: float, failure: ArrayLike) -> Cause:
    """A class of bursts, ``rate`` per second, of (value, low, high) of their excess failure."""
    value, low, high = (DAY * rate * np.asarray(failure, float)).tolist()
    return Cause(name, value, low, high)


def survive(quiet: Cause, bursts: Sequence[Cause]) -> Survival | None:
    """Survival at 60 times, equally spaced in their logarithm; None where nothing fails.

    From 1 % lost with bursts to nothing (exp(-10)) left without them, or, where quiet times are
    faultless, with them.
    """
    causes = (quiet, *bursts)
    total = sum(cause.per_day for cause in causes)
    if not total > 0:
        return None
    slowest = quiet.per_day if quiet.per_day > 0 else total
    times = DAY * np.geomspace(LEAST_LOSS / total, MOST_LOSS / slowest, TIMES)
    return Survival(
        times,
        survival(times, quiet.per_day),
        survival(times, total),
        survival(times, sum(cause.high for cause in causes)),
        survival(times, sum(cause.low for cause in causes)),
        causes,
    )
