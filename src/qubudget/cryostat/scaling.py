"""Exponential qubits against polynomial cooling? What the published years can tell.

The table (``materials/data/history.csv``) holds the qubits of superconducting processors and the
cooling power of mixing chambers at 20 mK, as published. Growth is fitted in the logarithm;
whether it is exponential (straight against the year) or a power of time (straight against the
logarithm of the years since the origin) is decided by Akaike's criterion, or left open.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from qubudget.errors import OutOfRangeError

Shape: TypeAlias = Literal["exponential", "polynomial", "not determined"]

QUBITS, COOLING = "qubits", "mixing chamber at 20 mK"
ORIGIN = 1998.0
"""Year from which a power of time counts: the one before the first superconducting qubit."""
DECISIVE = 2 * math.log(20)
"""Difference of AICc that decides: one shape 20 times as likely as the other."""


@dataclass(frozen=True)
class Milestone:
    """One published number.

    Attributes
    ----------
    series : ``QUBITS`` or ``COOLING``. year : published. value : qubits, or W.
    record : larger than all before it. name, source, status, note : what, from where, how well
        checked.
    """

    series: str
    year: float
    value: float
    name: str
    record: bool
    source: str
    status: str
    note: str


@cache
def history(series: str, *, records: bool = False) -> tuple[Milestone, ...]:
    """The published numbers of a series by year, all or the records only.

    Raises
    ------
    OutOfRangeError: no such series.
    """
    text = files("qubudget.materials").joinpath("data/history.csv").read_text("utf-8")
    found = tuple(
        Milestone(
            series=row["series"],
            year=float(row["year"]),
            value=float(row["value"]),
            name=row["name"],
            record=row["record"] == "yes",
            source=row["source"],
            status=row["status"],
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
        if row["series"] == series
    )
    if not found:
        raise OutOfRangeError(f"no series {series!r}; there are {QUBITS!r} and {COOLING!r}")
    return tuple(point for point in found if point.record or not records)


@dataclass(frozen=True)
class Growth:
    """Growth of a series.

    Attributes
    ----------
    points : numbers fitted. rate : of the logarithm, 1/year, with its 95 % interval (low, high)
        from Student's t; infinite with two points.
    shape : what the numbers can tell, decided by all of them and by all but any one.
    aicc_difference : AICc of the power of time minus that
        of the exponential, positive where the exponential is likelier; None with fewer than
        five points.
    """

    points: int
    rate: float
    low: float
    high: float
    shape: Shape
    aicc_difference: float | None

    @property
    def doubling_time(self) -> tuple[float | None, float | None, float | None]:
        """Years in which it doubles: best, shortest, longest; None for no growth."""
        best, short, long = (
            math.log(2) / r if 0 < r < math.inf else None for r in (self.rate, self.high, self.low)
        )
        return best, short, long

    def to_dict(self) -> dict[str, Any]:
        """Plain values, units in the names."""
        best, short, long = self.doubling_time
        return {
            "points": self.points,
            "rate_per_year": self.rate,
            "rate_low_per_year": self.low if math.isfinite(self.low) else None,
            "rate_high_per_year": self.high if math.isfinite(self.high) else None,
            "doubling_time_years": best,
            "doubling_time_low_years": short,
            "doubling_time_high_years": long,
            "shape": self.shape,
            "aicc_difference": self.aicc_difference,
        }


def growth(year: ArrayLike, value: ArrayLike, *, origin: float = ORIGIN) -> Growth:
    """Log-linear growth of values over years, and whether its shape is determined.

    Parameters
    ----------
    year : shape (n,), n >= 2, above ``origin``, not all the same. value : above 0, shape (n,).
    origin : year from which a power of time counts.

    Raises
    ------
    OutOfRangeError: too few or unusable numbers.
    """
    t, y = np.asarray(year, dtype=np.float64), np.asarray(value, dtype=np.float64)
    if t.ndim != 1 or t.shape != y.shape or len(t) < 2 or np.ptp(t) == 0:
        raise OutOfRangeError("growth needs one value for each of two or more years")
    if not (np.all(y > 0) and np.all(t > origin)):
        raise OutOfRangeError(f"values must be above 0 and years after {origin:g}")
    fit = stats.linregress(t, np.log(y))
    freedom = len(t) - 2
    half = float(stats.t.ppf(0.975, freedom) * fit.stderr) if freedom else math.inf
    difference = _aicc_difference(t, np.log(y), origin)
    rate = float(fit.slope)
    shape = _shape(t, np.log(y), origin)
    return Growth(len(t), rate, rate - half, rate + half, shape, difference)


def _shape(year: NDArray[np.float64], log_value: NDArray[np.float64], origin: float) -> Shape:
    """The shape that all points decide, and still do without any one of them."""
    differences = [_aicc_difference(year, log_value, origin)]
    for index in range(len(year)):
        rest = np.arange(len(year)) != index
        differences.append(_aicc_difference(year[rest], log_value[rest], origin))
    known = [difference for difference in differences if difference is not None]
    if len(known) < len(differences):
        return "not determined"
    if min(known) > DECISIVE:
        return "exponential"
    return "polynomial" if max(known) < -DECISIVE else "not determined"


def _aicc_difference(
    year: NDArray[np.float64], log_value: NDArray[np.float64], origin: float
) -> float | None:
    """Power of time minus exponential; both have slope, offset and scatter, so that the
    corrections for few points cancel, but do not exist below five."""
    if len(year) < 5:
        return None
    exponential, power = (
        float(np.sum((log_value - fit.intercept - fit.slope * x) ** 2))
        for x in (year, np.log(year - origin))
        for fit in [stats.linregress(x, log_value)]
    )
    if exponential == 0 or power == 0:
        return math.inf if exponential < power else -math.inf
    return len(year) * math.log(power / exponential)


@dataclass(frozen=True)
class ScalingVerdict:
    """ "Exponential qubits against polynomial cooling", judged.

    Attributes
    ----------
    records, since_2019, all_processors : growth of the largest processors, of the largest
        ones in the years for which cooling is known, and of all processors of those years.
    cooling : growth of the cooling power at 20 mK.
    verdict, reason : whether the claim follows.
    """

    records: Growth
    since_2019: Growth
    all_processors: Growth
    cooling: Growth
    verdict: Literal["follows", "does-not-follow", "not-computable"]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, units in the names."""
        return {
            "records": self.records.to_dict(),
            "since_2019": self.since_2019.to_dict(),
            "all_processors_since_2019": self.all_processors.to_dict(),
            "cooling": self.cooling.to_dict(),
            "verdict": self.verdict,
            "reason": self.reason,
        }


def judge_scaling() -> ScalingVerdict:
    """Judge the claim with the published years.

    It follows if the records' growth is determined to be exponential and that of cooling
    polynomial; it does not if either is determined to be the other. Otherwise the years do
    not tell.
    """
    records = history(QUBITS, records=True)
    every = [point for point in history(QUBITS) if point.year >= 2019]
    largest = _of(records)
    recent, processors = _of(tuple(p for p in records if p.year >= 2019)), _of(tuple(every))
    cooling = _of(history(COOLING))
    verdict: Literal["follows", "does-not-follow", "not-computable"] = "not-computable"
    if largest.shape == "exponential" and cooling.shape == "polynomial":
        verdict = "follows"
    elif largest.shape == "polynomial" or cooling.shape == "exponential":
        verdict = "does-not-follow"
    best, _, _ = largest.doubling_time
    years = f"{records[0].year:.0f} to {records[-1].year:.0f}"
    reason = (
        f"largest processors {years}: doubling in {best:.2g} years, shape {largest.shape}; none "
        f"larger was found since. Cooling at 20 mK has {cooling.points} published years: "
        f"{cooling.rate:.2g} per year ({cooling.low:.2g} to {cooling.high:.2g}), "
        f"shape {cooling.shape}; units add up in one cryostat, so no law of helium fixes the sum"
    )
    return ScalingVerdict(largest, recent, processors, cooling, verdict, reason)


def _of(points: tuple[Milestone, ...]) -> Growth:
    return growth([p.year for p in points], [p.value for p in points])
