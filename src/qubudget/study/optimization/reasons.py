"""Why nothing passes, as far as the points that were tried can say."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qubudget.study.optimization.answers import each_change
from qubudget.study.optimization.points import Judge, Point
from qubudget.study.optimization.result import Reach


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
        changes = tuple(each_change(judge.levers, point.values))
        found.append(Reach(check, changes, count[name]))
    return tuple(found)


def reason_of(judge: Judge, found: Sequence[Reach], all_corners: bool, exhaustive: bool) -> str:
    """Why nothing passes, as far as the points tried can say."""
    if exhaustive:
        tried = f"none of all {judge.tried} points passes"
    else:
        with_corners = "all corners included" if all_corners else "corners included"
        tried = f"no point of {judge.tried} tried, {with_corners}, passes"
    never = [reach for reach in found if not reach.best.passed]
    if never:
        said = [_distance(reach) for reach in never]
        return f"{tried}: none meets " + "; ".join(said)
    refused = {point.refused for point in judge.seen.values() if point.refused is not None}
    if not found:
        return f"{tried}: " + "; ".join(sorted(refused)[:3])
    closest: Point = min(judge.seen.values(), key=lambda p: p.violation)
    failing = ", ".join(check.name for check in closest.checks if not check.passed)
    return (
        f"{tried}: each requirement is met somewhere, never all at once; nearest: {failing} fails"
    )


def _distance(reach: Reach) -> str:
    best = reach.best
    if best.value is None or not math.isfinite(best.value):
        return f"{best.name} ({best.reason or 'no value'})"
    side = "at most" if best.upper else "at least"
    unit = "" if best.unit == "1" else f" {best.unit}"
    seen = f"best of {reach.points}: {best.value:.4g}{unit}"
    return f"{best.name} ({seen}, {side} {best.limit:g}{unit} wanted)"
