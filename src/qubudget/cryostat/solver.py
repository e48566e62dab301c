"""All stage temperatures of many designs at once.

A stage takes heat from the stage above and gives it to its cooler; what it sends down, the
coolers above it take already as load of their own. So stage i balances
cooling_i(T_i) = loading_i(T_(i-1), T_i), a triangular system: from warm to cold, each stage is
one equation in one unknown, which a bracket solves without a start value and without
diverging. A stage that finds no stable balance below the stage above is in runaway, and so are
the stages below it, which have nothing to lean on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import above
from qubudget.errors import ConvergenceError, OutOfRangeError

Floats: TypeAlias = NDArray[np.float64]
Cooling: TypeAlias = Callable[[Floats], ArrayLike]
Loading: TypeAlias = Callable[[Floats, Floats], ArrayLike]

RELATIVE_TOLERANCE = 1e-12
"""Width of the final bracket over the temperature."""
_MOST_STEPS = 300


@dataclass(frozen=True)
class SolvedStages:
    """Stage temperatures of many designs; the first axis is the stage, warm to cold.

    Attributes
    ----------
    temperature : K; NaN from the stage in runaway downwards.
    runaway : the stage has no stable balance, or a stage above it has none.
    at_base : even at the base temperature cooling takes more than the load; the temperature
        given is then the base.
    """

    temperature: Floats
    runaway: NDArray[np.bool_]
    at_base: NDArray[np.bool_]

    @property
    def lost_stage(self) -> NDArray[np.int64]:
        """Index of the warmest stage in runaway of each design; -1 where all stages balance."""
        first = np.argmax(self.runaway, axis=0)
        return np.asarray(np.where(self.runaway.any(axis=0), first, -1), dtype=np.int64)


@dataclass(frozen=True)
class StableRoot:
    """Stable balance of one stage in many designs.

    Attributes
    ----------
    temperature : K; NaN without a stable balance.
    at_base : the net cooling is not negative at the low end already.
    """

    temperature: Floats
    at_base: NDArray[np.bool_]


def solve_stages(
    base: Sequence[ArrayLike],
    ceiling: ArrayLike,
    cooling: Sequence[Cooling],
    loading: Sequence[Loading],
    *,
    shape: tuple[int, ...],
    samples: int = 2,
) -> SolvedStages:
    """Temperatures of all stages of all designs, warm to cold.

    Parameters
    ----------
    base : of each stage, the temperature from which its cooling model holds, K, above 0.
    ceiling : temperature of what is above the first stage (300 K), K.
    cooling : of each stage, power taken away at T, W; a function of an array of ``shape``.
    loading : of each stage, heat at (T of the stage above, T), W; of two such arrays.
    shape : of the designs; () for one. ``base`` and ``ceiling`` broadcast to it.
    samples : as ``stable_root``.

    The functions see whole arrays at every step. Where a design is lost already they see
    placeholders between base and ceiling, whose answers do not count.

    Raises
    ------
    OutOfRangeError: lists of different lengths, a temperature that is not above 0 K, powers
        that are not finite. ConvergenceError: as ``stable_root``.

    A stage that takes 3 W/K above 35 K, loaded by 6 W, carries one of 0.5 W/K above 3 K that
    takes 1 % of what is between the two:

    >>> solved = solve_stages(
    ...     [35, 3], 300, [lambda t: 3 * (t - 35), lambda t: 0.5 * (t - 3)],
    ...     [lambda hot, t: 6 + 0 * t, lambda hot, t: 0.01 * (hot - t)], shape=())
    >>> [round(float(t), 6) for t in solved.temperature]
    [37.0, 3.666667]
    """
    if not len(base) == len(cooling) == len(loading) > 0:
        raise OutOfRangeError("one base, one cooling and one loading for each stage")
    hot = np.broadcast_to(above(0, "ceiling (K)", ceiling), shape)
    lost = np.zeros(shape, dtype=np.bool_)
    temperatures, runaways, bases = [], [], []
    for low, takes, gets in zip(base, cooling, loading, strict=True):
        # Below a lost stage the ceiling stays what it was: a placeholder in range.
        root = stable_root(
            _net(takes, gets, hot), np.broadcast_to(low, shape), hot, samples=samples
        )
        lost = lost | np.isnan(root.temperature)
        temperatures.append(np.where(lost, np.nan, root.temperature))
        runaways.append(lost)
        bases.append(root.at_base & ~lost)
        hot = np.where(lost, hot, root.temperature)
    return SolvedStages(np.stack(temperatures), np.stack(runaways), np.stack(bases))


def _net(takes: Cooling, gets: Loading, hot: Floats) -> Callable[[Floats], Floats]:
    def net(temperature: Floats) -> Floats:
        power = np.asarray(takes(temperature), dtype=np.float64)
        return power - np.asarray(gets(hot, temperature), dtype=np.float64)

    return net


def stable_root(
    net: Callable[[Floats], Floats], low: ArrayLike, high: ArrayLike, *, samples: int = 2
) -> StableRoot:
    """The coldest stable zero of the net cooling power between two temperatures.

    Stable: net cooling changes from negative to positive with T, so that a small excursion
    dies. Warming up from ``low``, a stage stops at the first such crossing.

    Parameters
    ----------
    net : cooling minus load at T, W, of whole arrays.
    low, high : K, above 0, broadcast. An empty range has no balance.
    samples : points of a logarithmic scan for the first change of sign, from 2 (the ends: enough
        where net cooling rises throughout). Crossings closer together than one step can be
        missed, always a stable with an unstable one; what is returned is a stable crossing
        for any ``samples``, the coldest one for enough.

    Raises
    ------
    OutOfRangeError: fewer than 2 samples, a temperature that is not above 0 K, a net power that
        is not finite. ConvergenceError: the bracket did not close, which no finite function
        should bring about.

    Of the balances at 1, 2 and 3 K the middle one is unstable; the scan finds the coldest:

    >>> root = stable_root(lambda t: (t - 1) * (t - 2) * (t - 3), 0.5, 9, samples=30)
    >>> round(float(root.temperature), 9)
    1.0
    """
    if samples < 2:
        raise OutOfRangeError(f"samples: from 2, given {samples}")
    low, high = np.broadcast_arrays(above(0, "low (K)", low), above(0, "high (K)", high))
    room = high > low
    start = np.minimum(low, high)
    left = right = start
    behind = ahead = _finite(net, start)
    at_base = (ahead >= 0) & room
    found = at_base
    for share in np.linspace(0, 1, samples)[1:].tolist():
        point = high if share == 1 else start * (high / start) ** share
        value = _finite(net, point)
        # The bracket follows the scan until net cooling turns positive; there it stays.
        left, behind = np.where(found, left, right), np.where(found, behind, ahead)
        right, ahead = np.where(found, right, point), np.where(found, ahead, value)
        found = found | ((value > 0) & room)
    crossing = found & ~at_base
    root = _chandrupatla(net, left, right, behind, ahead, crossing)
    return StableRoot(np.where(crossing, root, np.where(at_base, low, np.nan)), at_base)


def _finite(net: Callable[[Floats], Floats], temperature: Floats) -> Floats:
    value = np.broadcast_to(np.asarray(net(temperature), dtype=np.float64), temperature.shape)
    if not np.all(np.isfinite(value)):
        raise OutOfRangeError("cooling or load is not finite at a temperature of the bracket")
    return value


def _chandrupatla(
    net: Callable[[Floats], Floats],
    low: Floats,
    high: Floats,
    net_low: Floats,
    net_high: Floats,
    wanted: NDArray[np.bool_],
) -> Floats:
    """Zeros by inverse quadratic interpolation where it is safe, else by bisection.

    T. R. Chandrupatla, Adv. Eng. Softw. 28, 145 (1997), on whole arrays. The end at which
    net cooling is negative stays the colder one, so that the zero is a stable crossing.
    """
    new, new_net, old, old_net = high, net_high, low, net_low
    third, third_net = old, old_net
    share = np.full(low.shape, 0.5)
    for _ in range(_MOST_STEPS):
        nearer = np.abs(new_net) < np.abs(old_net)
        best = np.where(nearer, new, old)
        width = np.abs(old - new)
        tolerance = 0.5 * RELATIVE_TOLERANCE * best
        active = wanted & (width > 2 * tolerance)
        if not active.any():
            return best
        least = tolerance / np.where(active, width, 1)
        # A finished design stands still and keeps its last value.
        point = np.where(active, new + np.clip(share, least, 1 - least) * (old - new), new)
        value = _finite(net, point)
        # An exact zero counts as positive: where it is unstable the bracket goes on below it.
        same = (value >= 0) == (new_net >= 0)
        third, third_net = np.where(same, new, old), np.where(same, new_net, old_net)
        old, old_net = (
            np.where(active & ~same, new, old),
            np.where(active & ~same, new_net, old_net),
        )
        new, new_net = np.where(active, point, new), np.where(active, value, new_net)
        share = _next_share(new, new_net, old, old_net, third, third_net)
    raise ConvergenceError(f"a stage's temperature did not converge in {_MOST_STEPS} steps")


def _next_share(
    new: Floats, new_net: Floats, old: Floats, old_net: Floats, third: Floats, third_net: Floats
) -> Floats:
    """Where between new and old the next point lies: interpolated, or the middle."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        along = (new - old) / (third - old)
        across = (new_net - old_net) / (third_net - old_net)
        safe = (across**2 < along) & ((1 - across) ** 2 < 1 - along)
        share = new_net / (old_net - new_net) * third_net / (old_net - third_net) + (
            third - new
        ) / (old - new) * new_net / (third_net - new_net) * old_net / (third_net - old_net)
    return np.where(safe & np.isfinite(share), share, 0.5)
