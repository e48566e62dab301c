"""What bursts and code must be for a target of logical errors to hold.

A typed-in burst (:func:`disc_burst`) has a radius, a T1 dip, a recovery time and a rate. A supplied
function says how many logical errors a day a code of some distance has under it; the edge of each
variable, with the others held, is found by bisection in the logarithm. Every try is a simulation,
so the tolerance is coarse. In the rate failures are linear, and no search is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import DAY
from qubudget.errors import OutOfRangeError
from qubudget.qec.history import BurstHistory
from qubudget.search import edge, smallest

Array = NDArray[np.float64]
Quantity = Literal["distance", "t1_dip", "recovery", "radius", "rate"]
UNITS: Mapping[Quantity, str] = {
    "distance": "1",
    "t1_dip": "s",
    "recovery": "s",
    "radius": "m",
    "rate": "1/s",
}
COARSE = 0.1
"""Width of a bracket, in the logarithm, at which a search stops."""
OVER = 1e-3
"""Excess 1/T1, relative to the quiet 1/T1, at which a typed-in burst ends."""
STEP = 0.2
"""Steps of time over the recovery time: linear between them is within 0.5 % of the exponential."""


@dataclass(frozen=True)
class Burst:
    """Code and bursts for which logical errors are asked.

    ``distance`` of the code; of the bursts ``t1_dip`` (s, at the impact within the footprint),
    ``recovery`` (s, to 1/e of the excess 1/T1), ``radius`` of the footprint (m), and ``rate``
    (1/s and chip).
    """

    distance: int
    t1_dip: float
    recovery: float
    radius: float
    rate: float


class PerDay(Protocol):
    """Logical errors per day, (value, low, high), of a code under bursts (rate 0: none)."""

    def __call__(
        self, *, distance: int, t1_dip: float, recovery: float, radius: float, rate: float
    ) -> tuple[float, float, float]: ...


def disc_burst(
    t1_dip: float,
    radius: float,
    recovery: float,
    rate: float,
    *,
    quiet_t1: float,
    length: float,
    width: float,
    step: float,
    centre: tuple[float, float] = (0.0, 0.0),
) -> BurstHistory:
    """Bursts of one kind: T1 falls to ``t1_dip`` within a disc, the excess decays exponentially.

    Parameters
    ----------
    t1_dip, quiet_t1 : s. radius : m. recovery : s. rate : per second and chip.
    length, width : of the chip, m. step : of the map, m; the disc's rim is as wide, so it should
        be well below the pitch. centre : of the disc, m from the chip's centre.

    It ends where the excess is 0.1 % of the quiet 1/T1. No energy belongs to it (0 J).

    Raises
    ------
    OutOfRangeError: a dip that is not below the quiet T1, a size or a time that is not positive.
    """
    sizes = {"T1": t1_dip, "radius": radius, "recovery time": recovery, "step": step}
    for name, value in sizes.items():
        if not 0 < value < math.inf:
            raise OutOfRangeError(f"a burst's {name} must be positive, not {value:g}")
    if t1_dip >= quiet_t1:
        raise OutOfRangeError(f"T1 = {t1_dip:g} s in a burst is not below {quiet_t1:g} s else")
    excess = 1 / t1_dip - 1 / quiet_t1
    lifetimes = max(math.log(excess * quiet_t1 / OVER), STEP)
    times = recovery * np.linspace(0, lifetimes, math.ceil(lifetimes / STEP) + 1)
    x, y = (_centres(size, step) for size in (length, width))
    inside = np.hypot(x[:, None] - centre[0], y - centre[1]) <= radius
    field = excess * np.exp(-times / recovery)[:, None, None] * inside
    return BurstHistory("typed in", rate, 0.0, x, y, times, field, np.zeros_like(field))


def _centres(size: float, step: float) -> Array:
    count = max(math.ceil(size / step), 2)
    return (np.arange(count) + 0.5) * size / count - size / 2


@dataclass(frozen=True)
class Requirement:
    """The edge of one variable at which the target still holds, with the others held.

    ``value`` in SI ``unit``, None with a ``reason`` where no value tried is the edge;
    ``passing`` and ``failing`` are the nearest tries on its two sides (for the rate, its 95 %
    interval from that of the errors: safe and hopeful end). ``errors`` per day (value, low, high)
    at ``value``; where the interval holds the target, the edge is no better known than that.
    """

    quantity: Quantity
    value: float | None
    unit: str
    held: Mapping[str, float]
    passing: float | None
    failing: float | None
    errors: tuple[float, float, float] | None
    tries: int
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def requirement(
    per_day: PerDay,
    quantity: Quantity,
    at: Burst,
    target: float,
    easy: float,
    hard: float,
    tolerance: float = COARSE,
) -> Requirement:
    """Smallest distance, deepest T1 dip, longest recovery or largest footprint that holds.

    Parameters
    ----------
    per_day : logical errors per day, growing from ``easy`` to ``hard``.
    at : the values held (that of ``quantity`` is not used). target : logical errors per day.
    easy, hard : ends of the search; for the distance the largest and the smallest, both odd.
    tolerance : width of the bracket in the logarithm.

    For the rate see :func:`largest_rate`.
    """
    tried: dict[float, tuple[float, float, float]] = {}

    def passes(value: float) -> bool:
        if value not in tried:
            tried[value] = per_day(**(asdict(at) | {quantity: value}))
        return tried[value][0] <= target

    reason = None
    if quantity == "distance":
        found: float | None = smallest(passes, int(hard), int(easy), 2)
        if found == hard:
            reason = f"holds at {hard:g} already, the smallest tried"
    elif passes(hard):
        found = hard
        reason = f"holds up to {hard:g} {UNITS[quantity]}, the end of what was tried"
    else:
        found = edge(passes, hard, easy, tolerance)
    if found is None:
        reason = (
            f"fails even at {easy:g} {UNITS[quantity]}: {tried[easy][0]:.3g} logical errors a day, "
            f"{target:g} wanted"
        )
    passing = failing = None
    if found is not None:
        passing = min(tried, key=lambda v: abs(math.log(v / found)))
    if passing != hard:
        failing = min(
            (v for v, errors in tried.items() if errors[0] > target and _between(v, passing, hard)),
            key=lambda v: abs(math.log(v / (passing or easy))),
            default=None,
        )
    held = {name: value for name, value in asdict(at).items() if name != quantity}
    errors = None if passing is None else tried[passing]
    return Requirement(
        quantity, passing, UNITS[quantity], held, passing, failing, errors, len(tried), reason
    )


def _between(value: float, first: float | None, last: float) -> bool:
    return first is None or min(first, last) <= value <= max(first, last)


def largest_rate(per_day: PerDay, at: Burst, target: float) -> Requirement:
    """Highest burst rate at which the target holds: (target - quiet)/(failures per burst).

    ``at.rate`` (above 0) is that of the one simulation with bursts; the other has none.

    Raises
    ------
    OutOfRangeError: a rate that is not positive.
    """
    if at.rate <= 0:
        raise OutOfRangeError("failures per burst need a rate above 0")
    hit, quiet = per_day(**asdict(at)), per_day(**asdict(replace(at, rate=0.0)))
    held = {name: value for name, value in asdict(at).items() if name != "rate"}
    slopes = [(one - none) / at.rate for one, none in zip(hit, quiet, strict=True)]
    if quiet[0] > target:
        reason = f"fails without bursts: {quiet[0]:.3g} logical errors a day, {target:g} wanted"
        return Requirement("rate", None, UNITS["rate"], held, None, None, None, 2, reason)
    if slopes[0] <= 0:
        reason = "such bursts cause no logical errors, at any rate"
        return Requirement("rate", None, UNITS["rate"], held, None, None, None, 2, reason)
    value = (target - quiet[0]) / slopes[0]
    # The low end of the errors gives the hopeful end of the rate; without a slope it has none.
    hopeful = (target - quiet[1]) / slopes[1] if slopes[1] > 0 else None
    safe = max((target - quiet[2]) / slopes[2], 0.0)
    low, high = (none + value * slope for none, slope in zip(quiet[1:], slopes[1:], strict=True))
    return Requirement("rate", value, UNITS["rate"], held, safe, hopeful, (target, low, high), 2)


def algorithm_success(
    qubits: ArrayLike,
    cycles: ArrayLike,
    logical_error: ArrayLike,
    cycle_time: ArrayLike = 0.0,
    burst_rate: ArrayLike = 0.0,
    burst_failure: ArrayLike = 0.0,
) -> Array:
    """Probability that no logical error spoils an algorithm, exp(-n (N eps + N t_cycle lambda P)).

    Parameters
    ----------
    qubits : logical, n. cycles : error-correction cycles, N. logical_error : of all bases together,
        per logical qubit and cycle, eps. cycle_time : s. burst_rate : per second and patch;
    burst_failure : excess failure per burst. All broadcast.

    Failures of different patches are taken as independent and every one as fatal: where one burst
    strikes several patches at once this is a lower bound.

    2,000 logical qubits for 1e10 cycles at 1e-15:

    >>> round(float(algorithm_success(2000, 1e10, 1e-15)), 3)
    0.98
    """
    n, count = np.asarray(qubits, float), np.asarray(cycles, float)
    bursts = np.asarray(burst_rate, float) * np.asarray(burst_failure, float)
    each = np.asarray(logical_error, float) + np.asarray(cycle_time, float) * bursts
    return np.asarray(np.exp(-n * count * each))


def success_from_per_day(
    qubits: ArrayLike, cycles: ArrayLike, cycle_time: ArrayLike, per_day: ArrayLike
) -> Array:
    """As :func:`algorithm_success`, from logical errors per day of one logical qubit."""
    each = np.asarray(per_day, float) / DAY * np.asarray(cycle_time, float)
    return algorithm_success(qubits, cycles, each)


def allowed_per_day(qubits: float, cycles: float, cycle_time: float, success: float) -> float:
    """Logical errors per day and logical qubit that an algorithm may have, -ln(success)/(n T/day).

    A hundred logical qubits for a day, half of the runs right:

    >>> round(allowed_per_day(100, 8.64e10, 1e-6, 0.5), 5)
    0.00693

    Raises
    ------
    OutOfRangeError: a success of 0 or 1 or outside, or no qubits or cycles.
    """
    if not 0 < success < 1:
        raise OutOfRangeError(f"a success probability is between 0 and 1, not {success:g}")
    if not qubits * cycles * cycle_time > 0:
        raise OutOfRangeError("an algorithm needs logical qubits and cycles")
    return -math.log(success) * DAY / (qubits * cycles * cycle_time)
