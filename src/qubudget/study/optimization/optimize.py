"""The cheapest set of changes with which a design passes, or the constraint that forbids any.

A genetic search over all levers (see `search` for why this one) looks at the cryostat and the
qubit of every point, at error correction only where these pass, at bursts only where the quiet
errors pass, and at neither where a cheaper point has passed already. What it finds is trimmed:
changes that are not needed are dropped, numbers brought to the edge of passing.

The search is decided by its seed: neither the number of workers nor a kill and a resumption
change a bit of what it finds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.pipeline import Effort
from qubudget.study.optimization.answers import answer_of, front, ranked, steps_to
from qubudget.study.optimization.goals import (
    COST,
    Objective,
    Requirement,
    parse_objectives,
    parse_requirements,
    unknown_names,
)
from qubudget.study.optimization.journal import opened
from qubudget.study.optimization.levers import Lever, Number
from qubudget.study.optimization.looker import looker
from qubudget.study.optimization.looks import ChainEvaluator, Evaluator
from qubudget.study.optimization.parse import parse_levers
from qubudget.study.optimization.points import Judge
from qubudget.study.optimization.reasons import reaches, reason_of
from qubudget.study.optimization.result import OptimizeResult
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
    workers: int = 0,
    output: str | Path | None = None,
    resume: bool = False,
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
    workers : local processes that look side by side; 0 looks in this one.
    output : a folder in which every look is kept as it comes; ``resume`` goes on with one that
        was begun, and takes no look again.

    Raises
    ------
    DesignError: every problem of levers, requirements and objectives at once; a folder that
        belongs to something else.
    StoreError: the disk is full; what is finished stays. EngineError: workers were lost.
    """
    started, say = time.perf_counter(), progress or (lambda step: None)
    problems = _bad_arguments(trials, workers, resume and output is None)
    levers, requirements, objectives = _read(design, changes, require, minimize, problems)
    chosen = evaluator or ChainEvaluator(effort, seed, _steps(requirements, objectives))
    problems += _unknown_names(design, requirements, objectives, chosen)
    if problems:
        raise DesignError(design.name, problems)
    count = TRIALS[effort] * len(objectives) if trials is None else trials
    with ExitStack() as stack:
        kept = None
        if output is not None:
            kept = stack.enter_context(opened(Path(output), design, effort, seed, resume=resume))
        looks = stack.enter_context(looker(chosen, kept, workers))
        judge = Judge(design, levers, requirements, objectives, looks)
        all_corners, exhaustive = _search(judge, count, seed, say)
        say("search: trimming what passes")
        spare = max(count // DEEP_SHARE, 1)
        points = (ranked if len(objectives) == 1 else front)(judge, spare)
        found = () if points else reaches(judge)
        return OptimizeResult(
            design=design,
            require=tuple(require),
            objectives=objectives,
            levers=tuple(lever.name for lever in levers),
            answers=tuple(answer_of(judge, point, trim) for point, trim in points),
            today=answer_of(judge, judge(judge.today)),
            steps=steps_to(judge, points[0][0]) if points else (),
            forbidden=tuple(reach.best.name for reach in found if not reach.best.passed),
            reaches=found,
            reason=None if points else reason_of(judge, found, all_corners, exhaustive),
            tried=judge.tried,
            looks=tuple(judge.taken),
            corners="all" if all_corners else "some",
            exhaustive=exhaustive,
            effort=effort,
            seed=seed,
            trials=count,
            seconds=time.perf_counter() - started,
            notes=tuple(_notes(design, levers)),
        )


def _bad_arguments(trials: int | None, workers: int, resumes_nothing: bool) -> list[Problem]:
    problems = []
    if trials is not None and trials < 1:
        problems.append(Problem("--trials", str(trials), "at least 1"))
    if isinstance(workers, bool) or not isinstance(workers, int) or not 0 <= workers <= 4096:
        problems.append(Problem("--workers", repr(workers), "a whole number from 0 to 4096"))
    if resumes_nothing:
        problems.append(Problem("--resume", "no output", "together with --output"))
    return problems


def _read(
    design: Design,
    changes: Sequence[str | Lever],
    require: Sequence[str],
    minimize: Sequence[str],
    problems: list[Problem],
) -> tuple[tuple[Lever, ...], tuple[Requirement, ...], tuple[Objective, ...]]:
    levers: tuple[Lever, ...] = ()
    try:
        levers = parse_levers(design, changes)
    except DesignError as error:
        problems += error.problems
    return levers, parse_requirements(require, problems), parse_objectives(minimize, problems)


def _unknown_names(
    design: Design,
    requirements: Sequence[Requirement],
    objectives: Sequence[Objective],
    evaluator: Evaluator,
) -> Iterator[Problem]:
    """What the design's own report holds can be asked for; constraints are known without."""
    asked = [goal.late for goal in requirements if goal.sign] + [goal.late for goal in objectives]
    today = evaluator(design, evaluator.looks - 1 if any(asked) else 0)
    names = [check.name for check in today.checks]
    names += _late_constraints(design)
    if today.refused is None:
        scalars = {COST: 0.0, **today.scalars}
        yield from unknown_names(requirements, objectives, names, scalars)


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


def _search(judge: Judge, trials: int, seed: int, say: Callable[[str], None]) -> tuple[bool, bool]:
    """Today's design, corners and the genetic search, the cheap looks first.

    Returned are whether all corners were seen, and whether all points there are.
    """
    say("search: today's design")
    judge(judge.today)
    points = every_point(judge.levers, trials) if judge.looks == 1 else None
    if points is not None:
        judge.ahead(points)
        for values in points:
            judge(values)
        return True, True
    say("search: corners")
    whole = corners(judge)
    evolve(judge, _best(judge), looks=1, trials=trials, seed=seed, say=say)
    if judge.looks == 1:
        return whole, False
    budget = judge.deep + max(trials // DEEP_SHARE, 1)
    for start in _best(judge)[:1]:
        climb(judge, start, looks=judge.looks, most_deep=judge.deep + (budget - judge.deep) // 2)
    evolve(
        judge, _best(judge), looks=judge.looks, trials=trials, seed=seed, most_deep=budget, say=say
    )
    return False, False


def _best(judge: Judge) -> list[tuple[Any, ...]]:
    """The points to breed from: passing, then promising, then least violating."""
    points = sorted(
        judge.seen.values(),
        key=lambda p: (p.violation, p.open, p.goals, p.cost, repr(p.values)),
    )
    return [point.values for point in points]
