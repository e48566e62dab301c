"""Many impacts: how many qubits, how bad, how long, and which of them together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.impact.answers import Library

Array = NDArray[np.float64]

SHIFTED = 2e5
"""Detuning from which a qubit counts as shifted, Hz (V. D. Kurilovich et al., arXiv:2506.18228)."""
RESAMPLES = 400
_CHUNK = 256
_PERCENTILES = (10, 50, 90)
_SHOWN = (0, 1, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 100)


@dataclass(frozen=True)
class Spread:
    """Distribution of one quantity over impacts.

    Attributes
    ----------
    mean : with ``low`` and ``high`` of its 95 % interval, from resampled events.
    percentiles : 10th, median and 90th.
    median_low, median_high : 95 % interval of the median.
    """

    mean: float
    low: float
    high: float
    percentiles: tuple[float, float, float]
    median_low: float
    median_high: float

    def to_dict(self, unit: str = "") -> dict[str, float]:
        """By the JSON's keys; ``unit`` is appended to each."""
        values = {
            "mean": self.mean, "mean_low": self.low, "mean_high": self.high,
            "p10": self.percentiles[0], "median": self.percentiles[1], "p90": self.percentiles[2],
            "median_low": self.median_low, "median_high": self.median_high,
        }  # fmt: skip
        return {f"{name}{unit}": value for name, value in values.items()}


@dataclass(frozen=True)
class Statistics:
    """What a chip's impacts do, over their energies and places.

    A qubit is hit where its T1 falls below half its quiet value.

    Attributes
    ----------
    events : how many were drawn.
    footprint : qubits hit at the worst time.
    shifted : qubits shifted by more than `SHIFTED` at the worst time.
    t1_min : shortest T1 of any qubit, s.
    duration : from the impact until the last qubit is no longer hit, s (exponential between the
        library's times, and its last one where a qubit still is); 0 where none is.
    peak_shift : largest shift of any qubit, Hz.
    distances : of pairs, middle of each bin, shape (nd,), m.
    together : share of impacts on one qubit of a pair that hit the other one too, at these
        distances, shape (nd,); NaN where none was hit.
    footprints : of every event, for the figure, shape (events,).
    durations : the same, s.
    """

    events: int
    footprint: Spread
    shifted: Spread
    t1_min: Spread
    duration: Spread
    peak_shift: Spread
    distances: Array
    together: Array
    footprints: Array
    durations: Array

    def to_dict(self) -> dict[str, Any]:
        """The report's ``impact.statistics``."""
        return {
            "events": self.events,
            "hit": "T1 below half of its quiet value",
            "footprint_qubits": self.footprint.to_dict(),
            "shifted_above_Hz": SHIFTED,
            "shifted_qubits": self.shifted.to_dict(),
            "t1_min": self.t1_min.to_dict("_s"),
            "duration": self.duration.to_dict("_s"),
            "peak_shift": self.peak_shift.to_dict("_Hz"),
            "pairs": [
                {"distance_m": float(d), "together": None if np.isnan(s) else float(s)}
                for d, s in zip(self.distances, self.together, strict=True)
            ],
            "percentiles": list(_SHOWN),
            "footprint_at_percentiles": np.percentile(self.footprints, _SHOWN).tolist(),
            "duration_at_percentiles_s": np.percentile(self.durations, _SHOWN).tolist(),
        }


def statistics(
    library: Library,
    energy: Array,
    x: Array,
    y: Array,
    *,
    quiet_relaxation: float,
    relaxation_per_x: Array,
    shift_per_x: float,
    seed: int,
) -> Statistics:
    """Statistics of given impacts.

    Parameters
    ----------
    library : of the chip.
    energy, x, y : of the impacts, J and m, shape (n,); n >= 1.
    quiet_relaxation : 1/T1 in quiet times, 1/s.
    relaxation_per_x : 1/T1 per x at the library's times, shape (nt,), 1/s.
    shift_per_x : detuning per x, Hz (its sign does not matter).
    seed : of the resampling behind the intervals.
    """
    nq, distance = len(library.x), np.hypot(
        library.x[:, None] - library.x, library.y[:, None] - library.y
    )  # fmt: skip
    hit_count, shifted, lowest, last, shift = np.zeros((5, len(energy)))
    both = np.zeros((nq, nq))
    for start in range(0, len(energy), _CHUNK):
        part = slice(start, start + _CHUNK)
        found = library.response(energy[part], x[part], y[part])
        excess = relaxation_per_x[:, None] * found
        hit = np.asarray(excess > quiet_relaxation)  # so T1 is below half
        hit_count[part] = hit.sum(axis=2).max(axis=1)
        away = np.abs(shift_per_x) * found
        shifted[part] = (away > SHIFTED).sum(axis=2).max(axis=1)
        shift[part] = away.max(axis=(1, 2))
        lowest[part] = 1 / (quiet_relaxation + excess.max(axis=(1, 2)))
        last[part] = last_above(library.times, excess.max(axis=2), quiet_relaxation)
        ever = hit.any(axis=1).astype(np.float64)
        both += np.einsum("eq,er->qr", ever, ever)  # no BLAS: its sums depend on threads
    distances, together = _together(distance, both)
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, len(energy), (RESAMPLES, len(energy)))
    spread = _spread_of(chosen)
    return Statistics(
        len(energy), spread(hit_count), spread(shifted), spread(lowest), spread(last),
        spread(shift), distances, together, hit_count, last,
    )  # fmt: skip


def _together(distance: Array, both: Array) -> tuple[Array, Array]:
    """Share of hits of one that hit the other too, by distance in steps of the least one."""
    apart = distance[~np.eye(len(distance), dtype=bool)]
    if not apart.size:
        return np.empty(0), np.empty(0)
    step = float(apart.min())
    number = np.rint(distance / step).astype(np.intp)
    single = np.broadcast_to(np.diag(both)[:, None], both.shape)
    pairs = np.bincount(number.ravel(), both.ravel())[1:]
    alone = np.bincount(number.ravel(), single.ravel())[1:]
    with np.errstate(invalid="ignore"):
        share = np.where(alone > 0, pairs / np.maximum(alone, 1e-300), np.nan)
    present = np.bincount(number.ravel())[1:] > 0
    middle = step * np.arange(1.0, len(present) + 1)
    return middle[present], np.asarray(share[present])


def _spread_of(chosen: NDArray[np.int64]) -> Callable[[Array], Spread]:
    def spread(values: Array) -> Spread:
        drawn = values[chosen]
        means, medians = drawn.mean(axis=1), np.median(drawn, axis=1)
        low, high = np.percentile(means, [2.5, 97.5])
        least, most = np.percentile(medians, [2.5, 97.5])
        p10, p50, p90 = np.percentile(values, _PERCENTILES)
        return Spread(
            float(values.mean()), float(low), float(high),
            (float(p10), float(p50), float(p90)), float(least), float(most),
        )  # fmt: skip

    return spread


def last_above(times: Array, values: Array, threshold: float) -> Array:
    """When each row of ``values`` (n, nt) falls below a threshold for good; 0 if never above.

    Exponential between the times (s, rising); a row that ends above it gets the last time.

    >>> last_above(np.array([1.0, 10.0, 100.0]), np.array([[8.0, 4.0, 1.0]]), 2.0).round(2)
    array([55.])
    """
    above = values > threshold
    last = values.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
    after = np.minimum(last + 1, values.shape[1] - 1)
    rows = np.arange(len(values))
    level = np.log(np.maximum(values, np.finfo(np.float64).tiny))
    fallen = level[rows, last] - np.log(threshold)
    whole = level[rows, last] - level[rows, after]
    share = np.divide(fallen, whole, out=np.zeros(len(values)), where=whole > 0)
    found = times[last] + np.clip(share, 0, 1) * (times[after] - times[last])
    return np.asarray(np.where(above.any(axis=1), found, 0.0))
