"""From the points of a search to answers in a reader's terms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from qubudget.study.optimization.levers import Lever, Number, Value, Values, changes_of
from qubudget.study.optimization.points import Judge, Point, violation
from qubudget.study.optimization.result import Answer, Change, Step, Trim
from qubudget.study.optimization.trim import lightly_trimmed, trimmed, with_value

SHOWN = 5
"""Answers to one objective: the best and its runners-up."""
LOOKED = 10
"""Sets of changes that are trimmed in the hope of a better one or a runner-up."""
FRONT = 24
"""Most points of a front that are trimmed and shown."""
FRONT_ROUNDS = 2
"""Rounds of trimming what the round before brought to the front."""

Trimmed: TypeAlias = tuple[Point, Trim]


def answer_of(judge: Judge, point: Point, trim: Trim = "none") -> Answer:
    """A point as an answer; ``trim`` is how far it was trimmed."""
    named = zip(judge.objectives, point.objectives, strict=True)
    return Answer(
        tuple(each_change(judge.levers, point.values)),
        changes_of(judge.levers, point.values),
        point.cost,
        {o.name: None if v is None else o.signed(v) for o, v in named},
        point.checks,
        point.passed,
        trim,
    )


def each_change(levers: Sequence[Lever], values: Values) -> Iterator[Change]:
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


def ranked(judge: Judge, spare: int) -> list[Trimmed]:
    """The best set of changes that passes, trimmed, and the next best distinct ones.

    Where a look is dear, only the best is trimmed in full; ``spare`` such looks go to the others.
    """
    kinds: dict[object, Point] = {}
    for point in _passing(judge):
        kinds.setdefault(kind_of(judge, point), point)
    found: dict[object, Trimmed] = {}
    most_deep: int | None = None
    for index, point in enumerate(list(kinds.values())[:LOOKED]):
        if most_deep is None and index > 0:
            most_deep = judge.deep + spare
        least = _trim(judge, point, most_deep)
        kind = kind_of(judge, least[0])
        if kind not in found or least[0].goals < found[kind][0].goals:
            found[kind] = least
    return sorted(found.values(), key=lambda pair: _order(pair[0]))[:SHOWN]


def front(judge: Judge, spare: int) -> list[Trimmed]:
    """The Pareto front of all passing points, by the first objective; its ends are sought.

    Where a look is dear, ``spare`` such looks go to trimming it.
    """
    most_deep = judge.deep + spare
    known: dict[Values, Trim] = {}
    for _ in range(FRONT_ROUNDS):
        points = _spread(_unbeaten(_passing(judge)))
        if all(point.values in known for point in points):
            break
        for point in points:
            if point.values not in known:
                least, how = _trim(judge, point, most_deep)
                known[point.values] = known[least.values] = how
        if judge.looks == 1:
            for goal in range(len(judge.objectives)):
                end = trimmed(judge, min(_passing(judge), key=lambda p: p.goals[goal]), only=goal)
                known[end.values] = "full"
    return [(p, known.get(p.values, "none")) for p in _spread(_unbeaten(_passing(judge)))]


def _trim(judge: Judge, point: Point, most_deep: int | None) -> Trimmed:
    """In full where looks are cheap or there is no limit to them."""
    if judge.looks == 1 or most_deep is None:
        return trimmed(judge, point), "full"
    least, enough = lightly_trimmed(judge, point, most_deep)
    return least, "light" if enough else "none"


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
        there_by = {i: with_value(here.values, i, goal.values[i]) for i in left}
        judge.ahead(list(there_by.values()), judge.looks)
        tried = {i: judge(values) for i, values in there_by.items()}
        chosen = min(left, key=lambda i: (tried[i].violation, i))
        there = tried[chosen]
        failing = {check.name for check in here.checks if not check.passed}
        mended = tuple(c.name for c in there.checks if c.passed and c.name in failing)
        alone = with_value(judge.today, chosen, goal.values[chosen])
        change = next(each_change(judge.levers, alone))
        steps.append(Step(change, _shortfall(here), _shortfall(there), mended))
        left.remove(chosen)
        here = there
    return tuple(steps)


def _shortfall(point: Point) -> float:
    return violation(point.checks) if point.refused is None else point.violation
