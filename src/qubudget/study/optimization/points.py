"""Points of a search, judged look by look and remembered: no design is computed twice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from qubudget.design import Design
from qubudget.errors import QubudgetError
from qubudget.study.optimization.goals import COST, Check, Objective, Requirement
from qubudget.study.optimization.levers import Lever, Values, changes_of, cost_of
from qubudget.study.optimization.looker import Looker
from qubudget.study.optimization.looks import NOTHING, Look

MISSING = 30.0
"""Violation of a check without a value, and of a refused design: beyond any ratio of numbers."""
LEVEL = 1e6
"""A point that fails at an earlier look is worse than any that fails later."""
TINY = 1e-9
"""Violation of a strict limit that is exactly met."""


@dataclass(frozen=True)
class Point:
    """One point of a search and what is known of it.

    Attributes
    ----------
    values : of the levers. cost : of all changes.
    looked : how many looks were taken; ``complete`` where no further one is needed to judge.
    checks : what is required, as far as it is known. objectives : signed, to be small; None
        where one has no value (yet).
    refused : why the design could not be computed.
    """

    values: Values
    cost: float
    looked: int
    complete: bool
    checks: tuple[Check, ...]
    objectives: tuple[float | None, ...]
    violation: float
    refused: str | None = None

    @property
    def passed(self) -> bool:
        """Whether all that is required holds, and every objective has a value."""
        return self.complete and self.violation == 0

    @property
    def open(self) -> bool:
        """Whether nothing failed at the looks taken, and more are needed."""
        return not self.complete

    @property
    def maybe(self) -> bool:
        """Whether it passes as far as it was looked at."""
        return self.open or self.passed

    @property
    def goals(self) -> tuple[float, ...]:
        """The objectives, infinite without a value."""
        return tuple(math.inf if value is None else value for value in self.objectives)


def violation(checks: Sequence[Check]) -> float:
    """Sum of log(1 - margin) over the checks that fail; 0 where all pass.

    The logarithm lets a check that fails by a factor of 1e8 be heard beside one that fails by
    two, and grows with either.
    """
    total = 0.0
    for check in checks:
        if check.passed:
            continue
        margin = check.margin
        finite = margin is not None and math.isfinite(margin)
        total += max(math.log1p(-min(margin or 0.0, 0.0)), TINY) if finite else MISSING
    return total


class Judge:
    """Judges points; remembers what it has seen, and counts what it has computed."""

    def __init__(
        self,
        design: Design,
        levers: Sequence[Lever],
        requirements: Sequence[Requirement],
        objectives: Sequence[Objective],
        looker: Looker,
    ) -> None:
        self.design, self.levers = design, tuple(levers)
        self.requirements, self.objectives = tuple(requirements), tuple(objectives)
        self._looker = looker
        late = [goal.late for goal in requirements] + [goal.late for goal in objectives]
        self.looks = looker.looks if any(late) else 1
        self.seen: dict[Values, Point] = {}
        self.taken = [0] * looker.looks

    @property
    def today(self) -> Values:
        """The point where nothing is changed."""
        return (None,) * len(self.levers)

    @property
    def tried(self) -> int:
        """Different points that were looked at."""
        return len(self.seen)

    @property
    def deep(self) -> int:
        """Looks beyond the first."""
        return sum(self.taken[1:])

    def __call__(self, values: Values, looks: int | None = None) -> Point:
        """A point after so many looks (all that are needed without), or fewer if one fails."""
        wanted = self.looks if looks is None else looks
        point = self.seen.get(values)
        while point is None or (point.open and point.looked < wanted):
            point = self._further(values, point)
            self.seen[values] = point
        return point

    @property
    def slots(self) -> int:
        """Looks that are taken side by side."""
        return self._looker.slots

    def ahead(self, asked: Sequence[Values], looks: int = 1) -> None:
        """Have looks taken side by side that calls will ask for: so many, while a point is open.

        No point is judged by it: it changes how long calls take, and nothing else.
        """
        if self.slots < 2:
            return
        points = {values: self.seen.get(values) for values in asked}
        while True:
            designs = {}
            for values, point in points.items():
                if point is None or (point.open and point.looked < looks):
                    with suppress(QubudgetError):  # refused without a look
                        designs[values] = self._design(values), point.looked if point else 0
            if not designs:
                return
            found = self._looker.ahead(list(designs.values()))
            points = {
                values: self._after(values, points[values], look)
                for values, look in zip(designs, found, strict=True)
            }

    def _design(self, values: Values) -> Design:
        return self.design.replace(changes_of(self.levers, values))

    def _further(self, values: Values, before: Point | None) -> Point:
        number = 0 if before is None else before.looked
        self.taken[number] += 1
        try:
            design = self._design(values)
        except QubudgetError as error:
            return self._after(values, before, Look(refused=" ".join(str(error).split())))
        return self._after(values, before, self._looker(design, number))

    def _after(self, values: Values, before: Point | None, look: Look) -> Point:
        """A point after one more look."""
        number = 0 if before is None else before.looked
        cost = cost_of(self.levers, values)
        last = number == self.looks - 1
        known = {check.name: check for check in (before.checks if before else ())}
        scalars = look.scalars or NOTHING
        for requirement in self.requirements:
            known |= {c.name: c for c in requirement.checks(look.checks, scalars)}
        goals: list[float | None] = [None] * len(self.objectives)
        if before is not None:
            goals = list(before.objectives)
        for index, objective in enumerate(self.objectives):
            value = cost if objective.name == COST else scalars.get(objective.scalar)
            if isinstance(value, int | float):
                goals[index] = objective.signed(float(value))
        checks = tuple(known.values())
        worse = violation(checks) + (MISSING if look.refused is not None else 0.0)
        if last:
            silent = (r for r in self.requirements if not any(r.checks(look.checks, scalars)))
            worse += MISSING * (sum(1 for _ in silent) + goals.count(None))
        complete = last or worse > 0
        if worse > 0:
            worse += LEVEL * (self.looks - 1 - number)
        return Point(values, cost, number + 1, complete, checks, tuple(goals), worse, look.refused)
