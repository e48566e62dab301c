"""The search over levers: corners first, then pymoo's NSGA-II over numbers and choices together.

NSGA-II (Deb et al., IEEE Trans. Evol. Comput. 6, 182 (2002)) ranks feasible points before others
and these by their violation, takes several objectives as they are, and asks for whole populations.
On ``krinner-xld400`` grown to 500 qubits (ten levers, three seeds) 600 points of pymoo 0.6.2 with
20 in a population cost 36.2 to 37.9, 400 points of Optuna 5.0.0's TPE 36.1 to 38.9, 600 of
Optuna's NSGA-II 35.9 to 45.7, each in 10 to 20 s; after trimming both of the first came to 35.5 to
35.6. pymoo needs no database and gives the Pareto front directly.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from qubudget.progress import tell
from qubudget.study.optimization.levers import Lever, Number, Value, Values
from qubudget.study.optimization.points import Judge, Point
from qubudget.study.optimization.trim import with_value

POPULATION = 20
FRONT_POPULATION = 40
"""With several objectives, which need room for their front."""
AS_IT_IS = 0.15
"""Share of a number's range, added below it, that means "as it is"."""
MOST_CORNERS = 256
CLIMBS = 2
"""Rounds over all levers of the walk from corner to corner."""
BEYOND = 1e30
"""An objective without a value, for the ranking."""

Say = Callable[[str], None]


def every_point(levers: Sequence[Lever], most: int) -> list[Values] | None:
    """All points, where there are at most so many; None where a number is not whole."""
    choices: list[list[Value | None]] = []
    for lever in levers:
        if not isinstance(lever, Number):
            choices.append(list(lever.corners))
        elif lever.whole and lever.high - lever.low <= most:
            span = range(int(lever.low), int(lever.high) + 1)
            choices.append(list(dict.fromkeys([None, *map(lever.tidy, span)])))
        else:
            return None
    if math.prod(map(len, choices)) > most:
        return None
    return list(itertools.product(*choices))


def corners(judge: Judge) -> bool:
    """Look at the corners of the space; whether that was all of them.

    With too many, those on a walk that gives one lever after another its best end, from today's
    design and from both extremes.
    """
    ends = [lever.corners for lever in judge.levers]
    if math.prod(map(len, ends)) <= MOST_CORNERS:
        points = list(itertools.product(*ends))
        judge.ahead(points)
        for values in points:
            judge(values, 1)
        return True
    for start in (judge.today, tuple(e[0] for e in ends), tuple(e[-1] for e in ends)):
        climb(judge, start, looks=1)
    return False


def climb(judge: Judge, start: Values, *, looks: int, most_deep: int | None = None) -> Point:
    """The corner of least violation on a walk that changes one lever at a time.

    With few dear looks to spend, levers that the cheap look does not see come first: they can only
    be for what it leaves open.
    """
    best = judge(start, looks)
    order = list(range(len(judge.levers)))
    if looks > 1:
        order.sort(key=lambda index: _seen_at_once(judge, start, index))
    for _ in range(CLIMBS):
        before = best
        for index in order:
            ends = dict.fromkeys((None, *judge.levers[index].corners))
            tried = [with_value(best.values, index, value) for value in ends]
            judge.ahead(tried, looks)
            for values in tried:
                if most_deep is not None and judge.deep >= most_deep:
                    return best
                found = judge(values, looks)
                if found.violation < best.violation:
                    best = found
            if best.violation == 0:
                return best
        if best is before:
            break
    return best


def _seen_at_once(judge: Judge, start: Values, index: int) -> bool:
    """Whether the first look sees anything of a lever."""
    corners = judge.levers[index].corners
    tried = [start, *(with_value(start, index, value) for value in corners)]
    judge.ahead(tried)
    first, *others = ({c.name: c.value for c in judge(values, 1).checks} for values in tried)
    return any(first.get(name) != value for other in others for name, value in other.items())


def evolve(
    judge: Judge,
    start: Sequence[Values],
    *,
    looks: int,
    trials: int,
    seed: int,
    most_deep: int | None = None,
    say: Say,
) -> None:
    """Look at up to so many more points, bred from the best of those before.

    Parameters
    ----------
    start : points of the first generation; random ones fill it up. looks : how deep to look at a
        point that passes before. most_deep : looks beyond the first after which to stop. A point
        that a passing one beats in every objective is not looked at further.
    """
    several = len(judge.objectives) > 1
    breeder = _Breeder(judge, list(start), FRONT_POPULATION if several else POPULATION, seed)
    limit = judge.tried + trials
    for _ in range(1 + trials // breeder.size * 4):
        asked = breeder.ask()
        if not asked:
            return
        judge.ahead(asked)
        for values in asked:
            judge(values, 1)
        if looks > 1:
            _look_deeper(judge, asked, looks, most_deep)
        breeder.tell([judge.seen[values] for values in asked])
        tell(say, f"search: {judge.tried} designs, {_so_far(judge)}", judge.tried, limit)
        if judge.tried >= limit or (most_deep is not None and judge.deep >= most_deep):
            return


def _look_deeper(judge: Judge, asked: Sequence[Values], looks: int, most_deep: int | None) -> None:
    """Take the dear looks at the points that passed the cheap one, where nothing beats them."""
    best = [point for point in judge.seen.values() if point.passed]

    def worth(values: Values) -> bool:
        affordable = most_deep is None or judge.deep < most_deep
        point = judge.seen[values]
        return point.open and affordable and not _beaten(point, best)

    waiting = [values for values in asked if judge.seen[values].open]
    for start in range(0, len(waiting), judge.slots):
        some = waiting[start : start + judge.slots]
        judge.ahead([values for values in some if worth(values)], looks)
        for values in some:
            if worth(values):
                point = judge(values, looks)
                best += [point] if point.passed else []


def _beaten(point: Point, best: Sequence[Point]) -> bool:
    if None in point.objectives:
        return False
    return any(all(a <= b for a, b in zip(other.goals, point.goals, strict=True)) for other in best)


def _so_far(judge: Judge) -> str:
    passing = sum(point.passed for point in judge.seen.values())
    if passing:
        return f"{passing} pass"
    return f"none passes, least violation {min(p.violation for p in judge.seen.values()):.3g}"


class _Breeder:
    """pymoo's NSGA-II with variables of mixed kind, asked for points and told their ranks."""

    def __init__(self, judge: Judge, start: list[Values], size: int, seed: int) -> None:
        from pymoo.algorithms.moo.nsga2 import NSGA2  # type: ignore[import-untyped]
        from pymoo.core.mixed import (  # type: ignore[import-untyped]
            MixedVariableDuplicateElimination,
            MixedVariableMating,
        )
        from pymoo.core.population import Population  # type: ignore[import-untyped]
        from pymoo.core.problem import Problem  # type: ignore[import-untyped]
        from pymoo.core.variable import Choice, Real  # type: ignore[import-untyped]

        self.size, self._levers = size, judge.levers
        kinds = {
            str(index): Real(bounds=(-AS_IT_IS, 1.0))
            if isinstance(lever, Number)
            else Choice(options=list(range(len(lever.corners))))
            for index, lever in enumerate(judge.levers)
        }
        self._problem = Problem(vars=kinds, n_obj=len(judge.objectives), n_ieq_constr=1)
        first = [self._genes(values) for values in start[: size // 2]]
        first += self._random(size - len(first), np.random.default_rng(seed))
        duplicates = MixedVariableDuplicateElimination()
        self._algorithm = NSGA2(
            pop_size=size,
            sampling=Population.new(X=np.array(first, dtype=object)),
            mating=MixedVariableMating(eliminate_duplicates=duplicates),
            eliminate_duplicates=duplicates,
        )
        self._algorithm.setup(self._problem, seed=seed, verbose=False)
        self._asked: Any = None

    def ask(self) -> list[Values]:
        """The next generation; empty where no new point could be bred."""
        self._asked = self._algorithm.ask()
        if self._asked is None or len(self._asked) == 0:
            return []
        return [self._values(genes) for genes in self._asked.get("X")]

    def tell(self, points: Sequence[Point]) -> None:
        """What became of the generation."""
        from pymoo.core.evaluator import Evaluator  # type: ignore[import-untyped]
        from pymoo.problems.static import StaticProblem  # type: ignore[import-untyped]

        goals = np.array([[min(goal, BEYOND) for goal in point.goals] for point in points])
        excess = np.array([[point.violation] for point in points])
        Evaluator().eval(StaticProblem(self._problem, F=goals, G=excess), self._asked)
        self._algorithm.tell(infills=self._asked)

    def _values(self, genes: dict[str, Any]) -> Values:
        return tuple(
            (None if genes[str(k)] < 0 else lever.at(float(genes[str(k)])))
            if isinstance(lever, Number)
            else lever.corners[int(genes[str(k)])]
            for k, lever in enumerate(self._levers)
        )

    def _genes(self, values: Values) -> dict[str, Any]:
        return {str(k): gene for k, gene in enumerate(self._each_gene(values))}

    def _each_gene(self, values: Values) -> Iterator[float | int]:
        for lever, value in zip(self._levers, values, strict=True):
            if not isinstance(lever, Number):
                yield lever.corners.index(value)
            else:
                yield -AS_IT_IS / 2 if value is None else lever.share(value)

    def _random(self, count: int, rng: np.random.Generator) -> list[dict[str, Any]]:
        return [
            {
                str(k): float(rng.uniform(-AS_IT_IS, 1.0))
                if isinstance(lever, Number)
                else int(rng.integers(len(lever.corners)))
                for k, lever in enumerate(self._levers)
            }
            for _ in range(count)
        ]
