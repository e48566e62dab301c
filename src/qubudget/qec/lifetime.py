"""Failures per day, where they come from, survival and mean time to failure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import DAY

Array = NDArray[np.float64]


def failures_per_day(
    logical_error: ArrayLike,
    cycle_time: ArrayLike,
    burst_rate: ArrayLike = 0.0,
    burst_failure: ArrayLike = 0.0,
) -> Array:
    """Logical failures per day, (86400/t_cycle) eps + 86400 sum(rate P).

    Parameters
    ----------
    logical_error : of all bases together, per cycle. cycle_time : s; both broadcast.
    burst_rate : events per second and patch, and burst_failure : *excess* failure probability per
        event; their last axis counts the classes of bursts and is summed.

    With Google's cycle of 1.1 us (arXiv:2408.13687) one error per day is one in 7.85e10 cycles:

    >>> round(float(failures_per_day(1 / 7.85e10, 1.1e-6)), 2)
    1.0
    """
    quiet = DAY / np.asarray(cycle_time, float) * np.asarray(logical_error, float)
    hits = np.asarray(burst_rate, float) * np.asarray(burst_failure, float)
    return np.asarray(quiet + DAY * np.atleast_1d(hits).sum(axis=-1))


def survival(time: ArrayLike, per_day: ArrayLike) -> Array:
    """Probability of no logical failure within ``time`` (s), exp(-t failures/day / 86400).

    Quiet failures come cycle by cycle and bursts at random, so both are Poisson; both arguments
    broadcast. A burst's failure counts from its impact on, so within one burst's length of the
    impact the curve is a little too low.
    """
    return np.asarray(np.exp(-np.asarray(time, float) / DAY * np.asarray(per_day, float)))


def mean_time_to_failure(per_day: float) -> float | None:
    """Mean time between failures (s); None where there are none.

    >>> mean_time_to_failure(24.0)
    3600.0
    """
    return DAY / per_day if per_day > 0 else None
