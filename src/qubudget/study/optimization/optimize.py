"""The cheapest set of changes with which a design passes, or the constraint that forbids any.

A genetic search over all levers (see `optimize_search` for why this one) looks at the cryostat
and the qubit of every point, at error correction only where these pass, at bursts only where the
quiet errors pass, and at neither where a cheaper point has passed already. What it finds is
trimmed: changes that are not needed are dropped, numbers brought to the edge of passing.

Two questions that designers ask (minutes each)::

    optimize(grown(load("krinner-xld400"), 500),
             ["stages.50k.units+stages.4k.units=1..6:10",
              "stages.still.units+stages.cp.units+stages.mxc.units=1..8:10",
              "lines.drive.cable=SC-086/50-SCN-CN Bluefors HDW,Delft Cri/oFlex Ag:5",
              "lines.drive.attenuation.mxc=10 dB..30 dB:0.2",
              "electronics.hemt.power=1 mW..10.5 mW:3",
              "lines.flux.bias_current=0.05 mA..0.57 mA:1", "code.distance=5..25:1"],
             ["verdict.feasible"], ["cost"])

    optimize(load("million-qubit"),
             ["stages.50k.units+stages.4k.units=1..4:10", "machine.qubits=100..1000:1",
              "electronics.hemt.power=1 mW..10.5 mW:3", "code.distance=25..51:1"],
             ["verdict.feasible"], ["cost", "wall_power"])
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.pipeline import Effort
from qubudget.study.optimization.answers import answer_of, front, ranked, reaches, steps_to
from qubudget.study.optimization.goals import (
    COST,
    Objective,
    Requirement,
    parse_objectives,
    parse_requirements,
    unknown_names,
)
from qubudget.study.optimization.levers import Lever, Number
from qubudget.study.optimization.looks import ChainEvaluator, Evaluator
from qubudget.study.optimization.parse import parse_levers
from qubudget.study.optimization.points import Judge, Point
from qubudget.study.optimization.result import OptimizeResult, Reach
from qubudget.study.optimization.search import climb, corners, every_point, evolve

TRIALS = {"quick": 400, "standard": 1500, "full": 5000}
"""Points of the search for each objective, by effort."""
DEEP_SHARE = 20
"""One in so many trials may be looked at beyond the cryostat and the qubit."""


def grown(design: Design, qubits: int) -> Design:
    """A design with more (or fewer) qubits in one fridge, its lines and electronics with them.

    Counts "as built" of what comes in groups are left out, since they belong to the machine that
    was built; the whole machine is at least as large as one fridge.
    """
    changes: dict[str, Any] = {
        "machine.qubits": qubits,
        "machine.total_qubits": max(design.machine.total_qubits, qubits),
    }
    for section, parts in (("lines", design.lines), ("electronics", design.electronics)):
        for part in parts:
            if part.count is not None and part.per_group:
                changes[f"{section}.{part.name}.count"] = None
    return design.replace(changes)


def optimize(
    design: Design,
    changes: Sequence[str | Lever],
    require: Sequence[str] = ("verdict.feasible",),
    minimize: Sequence[str] = (COST,),
    *,
    effort: Effort = "quick",
    seed: int = 1,
    trials: int | None = None,
    progress: Callable[[str], None] | None = None,
    evaluator: Evaluator | None = None,
) -> OptimizeResult:
    """Find the best changes of a design that make it pass.

    Parameters
    ----------
    changes : what may be changed, as `optimize_parse.parse_levers` reads it.
    require : what must hold, as in `optimize_goals`. minimize : scalars of the report, "cost",
        "wall_power" (of the whole machine) or "qubits_per_fridge"; "-" or "max:" before a name
        maximises; several give a Pareto front.
    effort, seed : of every simulation; the seed is also the search's.
    trials : points of the search; by the effort without.
    evaluator : what looks at a design, in place of the chain.

    Raises
    ------
    DesignError: every problem of levers, requirements and objectives at once.
    """
    started, say = time.perf_counter(), progress or (lambda step: None)
    judge, notes = _judge(design, changes, require, minimize, effort, seed, trials, evaluator)
    count = TRIALS[effort] * len(judge.objectives) if trials is None else trials
    say("search: today's design")
    judge(judge.today)
    all_points = every_point(judge.levers, count)
    all_corners = True
    if all_points is not None and judge.looks == 1:
        for values in all_points:
            judge(values)
    else:
        all_points = None
        all_corners = _search(judge, count, seed, say)
    say("search: trimming what passes")
    single = len(judge.objectives) == 1
    points = ranked(judge) if single else front(judge)
    found = () if points else reaches(judge)
    forbidden = tuple(reach.best.name for reach in found if not reach.best.passed)
    return OptimizeResult(
        design=design,
        require=tuple(require),
        objectives=judge.objectives,
        levers=tuple(lever.name for lever in judge.levers),
        answers=tuple(answer_of(judge, point) for point in points),
        today=answer_of(judge, judge(judge.today)),
        steps=steps_to(judge, points[0]) if points else (),
        forbidden=forbidden,
        reaches=found,
        reason=None if points else _reason(judge, found, all_corners, all_points is not None),
        tried=judge.tried,
        looks=tuple(judge.taken),
        corners="all" if all_corners else "some",
        exhaustive=all_points is not None,
        effort=effort,
        seed=seed,
        trials=count,
        seconds=time.perf_counter() - started,
        notes=notes,
    )  # fmt: skip


def _judge(
    design: Design,
    changes: Sequence[str | Lever],
    require: Sequence[str],
    minimize: Sequence[str],
    effort: Effort,
    seed: int,
    trials: int | None,
    evaluator: Evaluator | None,
) -> tuple[Judge, tuple[str, ...]]:
    problems: list[Problem] = []
    levers: tuple[Lever, ...] = ()
    try:
        levers = parse_levers(design, changes)
    except DesignError as error:
        problems += error.problems
    requirements = parse_requirements(require, problems)
    objectives = parse_objectives(minimize, problems)
    if trials is not None and trials < 1:
        problems.append(Problem("--trials", str(trials), "at least 1"))
    judged_by = evaluator or ChainEvaluator(effort, seed, _steps(requirements, objectives))
    # What the design's own report holds is what can be asked for; constraints are known without.
    asked = [goal.late for goal in requirements if goal.sign] + [goal.late for goal in objectives]
    today = judged_by(design, judged_by.looks - 1 if any(asked) else 0)
    names = [check.name for check in today.checks]
    names += _late_constraints(design)
    if today.refused is None:
        scalars = {COST: 0.0, **today.scalars}
        problems += unknown_names(requirements, objectives, names, scalars)
    if problems:
        raise DesignError(design.name, problems)
    return Judge(design, levers, requirements, objectives, judged_by), tuple(_notes(design, levers))


def _steps(requirements: Sequence[Requirement], objectives: Sequence[Objective]) -> tuple[str, ...]:
    """The looks that the goals need; quiet errors bound only what the verdict says of them."""
    late = [goal.late for goal in requirements] + [goal.late for goal in objectives]
    if not any(late):
        return ("cold",)
    bounded = any(goal.late and not goal.sign for goal in requirements)
    return ("cold", "quiet", "whole") if bounded else ("cold", "whole")


def _late_constraints(design: Design) -> list[str]:
    """The verdict's constraints beyond the qubit that this design has."""
    found = ["logical_errors_per_day"]
    if design.code.decoding_time is not None:
        found.append("decoder_utilisation")
    if design.targets.algorithm_qubits is not None:
        found.append("algorithm_failure")
    return found


def _notes(design: Design, levers: Sequence[Lever]) -> Iterator[str]:
    keys = {key for lever in levers if isinstance(lever, Number) for key in lever.keys}
    if "machine.qubits" not in keys:
        return
    stated = [line.name for line in design.lines if line.count and line.per_group]
    stated += [part.name for part in design.electronics if part.count and part.per_group]
    if stated:
        yield (
            f"the stated counts of {', '.join(stated)} do not follow machine.qubits: leave them "
            "out to let lines and electronics grow with the machine"
        )


def _search(judge: Judge, trials: int, seed: int, say: Callable[[str], None]) -> bool:
    """Corners and the genetic search, the cheap looks first; whether all corners were seen."""
    say("search: corners")
    whole = corners(judge)
    evolve(judge, _best(judge), looks=1, trials=trials, seed=seed, say=say)
    if judge.looks == 1:
        return whole
    budget = judge.deep + max(trials // DEEP_SHARE, 1)
    for start in _best(judge)[:1]:
        climb(judge, start, looks=judge.looks, most_deep=judge.deep + (budget - judge.deep) // 2)
    evolve(
        judge, _best(judge), looks=judge.looks, trials=trials, seed=seed, most_deep=budget, say=say
    )
    return False


def _best(judge: Judge) -> list[tuple[Any, ...]]:
    """The points to breed from: passing, then promising, then least violating."""
    points = sorted(
        judge.seen.values(),
        key=lambda p: (p.violation, p.open, p.goals, p.cost, repr(p.values)),
    )
    return [point.values for point in points]


def _reason(judge: Judge, found: Sequence[Reach], all_corners: bool, exhaustive: bool) -> str:
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
    return f"{best.name} (best {best.value:.4g}{unit}, {side} {best.limit:g}{unit} wanted)"
