"""From a point that passes to the least that passes: changes dropped, numbers moved to the edge.

A search proposes; this disposes. Every change that is not needed is set back, the dearest first;
then SciPy's COBYLA slides the numbers along the edge of what passes (only where a look is cheap),
and bisection brings each as near to today's value as still passes.

Where passing is a matter of simulations, only the best is worth that. Others are trimmed lightly:
bisection asks the cheap look alone, and one simulation confirms each change that it allows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from qubudget.study.optimization.levers import Number, Value, Values
from qubudget.study.optimization.points import Judge, Point

ROUNDS = 4
"""Rounds of dropping and moving; one that changes nothing is the last."""
FINE = 1e-3
"""Share of a lever's range to which an edge is found where a look is cheap."""
COARSE = 0.03
"""The same where every look is a simulation."""
SLIDES = 40
"""Trials of COBYLA per number that is moved."""


def with_value(values: Values, index: int, value: Value | None) -> Values:
    """The same point with one lever set otherwise."""
    return (*values[:index], value, *values[index + 1 :])


def no_worse(new: Point, old: Point, only: int | None = None) -> bool:
    """Whether a point passes and no objective of it (or ``only`` this one) is worse."""
    pairs = zip(new.goals, old.goals, strict=True)
    return new.passed and all(
        a <= b + 1e-9 * abs(b) for k, (a, b) in enumerate(pairs) if only in (None, k)
    )


def trimmed(judge: Judge, point: Point, *, only: int | None = None) -> Point:
    """The point without what is not needed; no objective (or not ``only`` this one) gets worse.

    With one objective in view and cheap looks, the mixture of changes is bettered, too.
    """
    single = only is not None or len(judge.objectives) == 1
    for _ in range(ROUNDS):
        before = point
        point = _dropped(judge, point, only)
        if single and judge.looks == 1:
            point = _slid(judge, point, only or 0)
        point = _moved(judge, point, only)
        if point.values == before.values:
            break
    return point


def lightly_trimmed(judge: Judge, point: Point, most_deep: int) -> tuple[Point, bool]:
    """The point trimmed with at most so many dear looks in all; whether that was enough.

    Changes that are not needed are dropped, and each number goes to where the cheap look begins to
    fail, if all passes there. A number that dearer looks hold is left where it is.
    """
    enough = True
    for index in _dearest(judge, point):
        for values in _nearer(judge, point, index):
            seen = judge(values, 1)
            if seen.open and judge.deep >= most_deep:
                enough = False
                continue
            tried = judge(values)
            if no_worse(tried, point):
                point = tried
                break
    return point, enough


def _nearer(judge: Judge, point: Point, index: int) -> Iterator[Values]:
    """Without one change; else with it as small as the cheap look allows."""
    without = with_value(point.values, index, None)
    yield without
    lever, value = judge.levers[index], point.values[index]
    if not isinstance(lever, Number) or value is None or lever.anchor is None:
        return
    good, bad = lever.share(value), lever.anchor
    if judge(with_value(point.values, index, lever.at(bad)), 1).maybe:
        return
    edge = value
    while abs(good - bad) > FINE:
        share = (good + bad) / 2
        found = lever.at(share)
        if judge(with_value(point.values, index, found), 1).maybe and found is not None:
            good, edge = share, found
        else:
            bad = share
    if edge != value:
        yield with_value(point.values, index, edge)


def _dearest(judge: Judge, point: Point) -> list[int]:
    """Changed levers, the dearest change first."""
    prices = [lever.price(value) for lever, value in zip(judge.levers, point.values, strict=True)]
    changed = [index for index, value in enumerate(point.values) if value is not None]
    return sorted(changed, key=lambda index: -prices[index])


def _dropped(judge: Judge, point: Point, only: int | None) -> Point:
    """Changes set back to the design's value, as long as the point passes."""
    for index in _dearest(judge, point):
        tried = judge(with_value(point.values, index, None))
        if no_worse(tried, point, only):
            point = tried
    return point


def _moved(judge: Judge, point: Point, only: int | None) -> Point:
    """Every number as near to today's as passes."""
    for index in _dearest(judge, point):
        lever, value = judge.levers[index], point.values[index]
        if isinstance(lever, Number) and value is not None and lever.anchor is not None:
            point = _edge(judge, point, index, lever, value, only)
    return point


def _edge(
    judge: Judge, point: Point, index: int, lever: Number, value: Value, only: int | None
) -> Point:
    """Bisection between a value that passes and the one nearest to today's."""
    assert lever.anchor is not None
    good, bad = lever.share(value), lever.anchor
    width = FINE if judge.looks == 1 else COARSE
    share = bad
    while True:
        tried = judge(with_value(point.values, index, lever.at(share)))
        if no_worse(tried, point, only):
            point, good = tried, share
        else:
            bad = share
        if abs(good - bad) <= width:
            return point
        share = (good + bad) / 2


def _slid(judge: Judge, point: Point, goal: int) -> Point:
    """COBYLA over the changed numbers, whole ones and choices as they are; the best that passed."""
    from scipy.optimize import minimize

    free = [
        (index, lever)
        for index, lever in enumerate(judge.levers)
        if isinstance(lever, Number) and not lever.whole and point.values[index] is not None
    ]
    if len(free) < 2:
        return point
    best = point
    scale = abs(point.goals[goal]) or 1.0

    def at(shares: NDArray[np.float64]) -> Point:
        nonlocal best
        values = point.values
        for (index, lever), share in zip(free, shares.tolist(), strict=True):
            values = with_value(values, index, lever.at(min(max(share, 0.0), 1.0)))
        found = judge(values)
        if no_worse(found, best, goal):
            best = found
        return found

    def objective(shares: NDArray[np.float64]) -> float:
        found = at(shares).goals[goal]
        return found / scale if math.isfinite(found) else 1e3

    def margins(shares: NDArray[np.float64]) -> NDArray[np.float64]:
        found = at(shares)
        inside = np.concatenate([shares, 1 - shares])
        if found.refused is not None or len(found.checks) != len(point.checks):
            return np.concatenate([np.full(len(point.checks), -1.0), inside])
        held = [-1.0 if check.margin is None else check.margin for check in found.checks]
        return np.concatenate([np.clip(held, -10.0, 1.0), inside])

    start = np.array([lever.share(point.values[index] or 0.0) for index, lever in free])
    minimize(  # type: ignore[call-overload]
        objective,
        start,
        method="COBYLA",
        constraints={"type": "ineq", "fun": margins},
        options={"rhobeg": 0.1, "tol": FINE, "maxiter": SLIDES * len(free)},
    )
    return best
