"""From the points of a search to answers in a reader's terms."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from qubudget.study.optimization.levers import Lever, Number, Value, Values, changes_of
from qubudget.study.optimization.points import Judge, Point, violation
from qubudget.study.optimization.result import Answer, Change, Reach, Step
from qubudget.study.optimization.trim import trimmed, with_value

SHOWN = 5
"""Answers to one objective: the best and its runners-up."""
LOOKED = 10
"""Sets of changes that are trimmed in the hope of a better one or a runner-up."""
FRONT = 24
"""Most points of a front that are trimmed and shown."""


def answer_of(judge: Judge, point: Point) -> Answer:
    """A point as an answer."""
    named = zip(judge.objectives, point.objectives, strict=True)
    return Answer(
        tuple(_changes(judge.levers, point.values)),
        changes_of(judge.levers, point.values),
        point.cost,
        {o.name: None if v is None else o.signed(v) for o, v in named},
        point.checks,
        point.passed,
    )


def _changes(levers: Sequence[Lever], values: Values) -> Iterator[Change]:
    for lever, value in zip(levers, values, strict=True):
        if value is not None:
            unit = lever.unit if isinstance(lever, Number) else None
            yield Change(lever.name, lever.today, value, unit, lever.price(value))


def kind_of(judge: Judge, point: Point) -> tuple[Value | bool | None, ...]:
    """What makes two sets of changes distinct: which numbers are changed, and each choice."""
    return tuple(
        value is not None if isinstance(lever, Number) else value
        for lever, value in zip(judge.levers, point.values, strict=True)
    )


def ranked(judge: Judge) -> list[Point]:
    """The best set of changes that passes, trimmed, and the next best distinct ones."""
    kinds: dict[object, Point] = {}
    for point in _passing(judge):
        kinds.setdefault(kind_of(judge, point), point)
    cheap = judge.looks == 1
    found: dict[object, Point] = {}
    for index, point in enumerate(list(kinds.values())[:LOOKED]):
        least = trimmed(judge, point) if cheap or index < 1 else point
        kind = kind_of(judge, least)
        if kind not in found or least.goals < found[kind].goals:
            found[kind] = least
    return sorted(found.values(), key=_order)[:SHOWN]


def front(judge: Judge) -> list[Point]:
    """The Pareto front of all passing points, by the first objective; its ends are sought."""
    points = _spread(_unbeaten(_passing(judge)))
    if judge.looks == 1 and points:
        for point in points:
            trimmed(judge, point)
        for goal in range(len(judge.objectives)):
            trimmed(judge, min(_passing(judge), key=lambda p: p.goals[goal]), only=goal)
    return _spread(_unbeaten(_passing(judge)))


def _spread(points: list[Point]) -> list[Point]:
    """So many of the points, evenly, as are shown; both ends among them."""
    if len(points) <= FRONT:
        return points
    return [points[round(k * (len(points) - 1) / (FRONT - 1))] for k in range(FRONT)]


def _passing(judge: Judge) -> list[Point]:
    return sorted((point for point in judge.seen.values() if point.passed), key=_order)


def _order(point: Point) -> tuple[object, ...]:
    return (point.goals, point.cost, sum(v is not None for v in point.values), repr(point.values))


def _unbeaten(points: Sequence[Point]) -> list[Point]:
    """Of points sorted by the first objective, those that no other beats; equals once."""
    found: list[Point] = []
    for point in points:
        if not any(
            all(a <= b for a, b in zip(other.goals, point.goals, strict=True)) for other in found
        ):
            found.append(point)
    return found


def steps_to(judge: Judge, goal: Point) -> tuple[Step, ...]:
    """From today to a point, change by change, whichever mends most next.

    What today's design was not looked at for, since it failed before, enters with the first point
    that was: what lacks may then grow.
    """
    here = judge(judge.today)
    left = [index for index, value in enumerate(goal.values) if value is not None]
    steps = []
    while left:
        tried = {i: judge(with_value(here.values, i, goal.values[i])) for i in left}
        chosen = min(left, key=lambda i: (tried[i].violation, i))
        there = tried[chosen]
        failing = {check.name for check in here.checks if not check.passed}
        mended = tuple(c.name for c in there.checks if c.passed and c.name in failing)
        alone = with_value(judge.today, chosen, goal.values[chosen])
        change = next(_changes(judge.levers, alone))
        steps.append(Step(change, _shortfall(here), _shortfall(there), mended))
        left.remove(chosen)
        here = there
    return tuple(steps)


def _shortfall(point: Point) -> float:
    return violation(point.checks) if point.refused is None else point.violation


def reaches(judge: Judge) -> tuple[Reach, ...]:
    """The best that any point made of each requirement, the one farthest from passing first."""
    best: dict[str, tuple[float, Point]] = {}
    count: dict[str, int] = {}
    for point in judge.seen.values():
        for check in point.checks:
            count[check.name] = count.get(check.name, 0) + 1
            rank = -math.inf if check.margin is None else check.margin
            if check.passed:
                rank += 1e-12  # a strict limit exactly met is behind one that passes
            if check.name not in best or rank > best[check.name][0]:
                best[check.name] = (rank, point)
    found = []
    for name, (_, point) in sorted(best.items(), key=lambda item: item[1][0]):
        check = next(check for check in point.checks if check.name == name)
        changes = tuple(_changes(judge.levers, point.values))
        found.append(Reach(check, changes, count[name]))
    return tuple(found)
