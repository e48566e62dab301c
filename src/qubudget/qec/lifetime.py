"""Failures per day and mean time to failure."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import DAY
from qubudget.qec.layout import Family, physical_qubits


def failures_per_day(
    logical_error: ArrayLike,
    cycle_time: ArrayLike,
    burst_rate: ArrayLike = 0.0,
    burst_failure: ArrayLike = 0.0,
) -> NDArray[np.float64]:
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


def mean_time_to_failure(per_day: float) -> float | None:
    """Mean time between failures (s); None where there are none.

    >>> mean_time_to_failure(24.0)
    3600.0
    """
    return DAY / per_day if per_day > 0 else None


def patches(total_qubits: int, family: Family, distance: int) -> int:
    """Whole logical patches that so many physical qubits make.

    >>> patches(1_000_000, "surface", 27)
    686
    """
    return total_qubits // physical_qubits(family, distance)
