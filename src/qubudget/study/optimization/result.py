"""What an optimisation found: the cheapest sets of changes, or what forbids any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from qubudget import __version__
from qubudget.design import Design
from qubudget.study.optimization.goals import Check, Objective

Trim: TypeAlias = Literal["full", "light", "none"]
"""How far a set of changes was trimmed: in full; as far as the cryostat and the qubit alone can
tell, with what they allow confirmed; not, or not to the end."""


@dataclass(frozen=True)
class Change:
    """One lever that is moved: from today's value to another, in ``unit`` (SI or dB)."""

    name: str
    today: float | str | None
    value: float | int | str | bool
    unit: str | None
    cost: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "key": self.name,
            "from": self.today,
            "to": self.value,
            "unit": self.unit or "",
            "cost": self.cost,
        }


@dataclass(frozen=True)
class Answer:
    """One set of changes and what it leads to.

    Attributes
    ----------
    written : the changes as ``Design.replace`` takes them. objectives : by name, as stated (not
        negated), None without a value. checks : all that is required, as far as it was looked at.
    trim : how far it was trimmed.
    """

    changes: tuple[Change, ...]
    written: Mapping[str, Any]
    cost: float
    objectives: Mapping[str, float | None]
    checks: tuple[Check, ...]
    passed: bool
    trim: Trim = "none"

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "changes": [change.to_dict() for change in self.changes],
            "set": dict(self.written),
            "cost": self.cost,
            "objectives": dict(self.objectives),
            "checks": [check.to_dict() for check in self.checks],
            "passed": self.passed,
            "trimmed": self.trim,
        }


@dataclass(frozen=True)
class Step:
    """One change on the way from today's design to the passing one.

    ``before`` and ``after`` are the sums, over what fails, of ln(1 - margin): of ln(value/limit)
    for upper limits. ``mended`` names what passes from here on.
    """

    change: Change
    before: float
    after: float
    mended: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            **self.change.to_dict(),
            "before": self.before,
            "after": self.after,
            "mended": list(self.mended),
        }


@dataclass(frozen=True)
class Reach:
    """The best that any point tried made of one requirement, and with which changes.

    ``points`` is how many were looked at so far as to know it.
    """

    best: Check
    changes: tuple[Change, ...]
    points: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            **self.best.to_dict(),
            "changes": [change.to_dict() for change in self.changes],
            "points": self.points,
        }


@dataclass(frozen=True)
class OptimizeResult:
    """The answers, best first, or why there is none.

    Attributes
    ----------
    answers : one objective: the best set and other sets, best first; several: the Pareto front.
    today : the unchanged design. steps : from today to the first answer.
    forbidden : requirements that no point tried met. reaches : the best of every requirement,
        the worst first; only where nothing passes. reason : why nothing passes, in words.
    tried : different points. looks : computations of each depth (cryostat and qubit; quiet
        errors; everything). corners : whether "all" or "some" corners were among the points.
    exhaustive : whether the points were all that there are.
    """

    design: Design
    require: tuple[str, ...]
    objectives: tuple[Objective, ...]
    levers: tuple[str, ...]
    answers: tuple[Answer, ...]
    today: Answer
    steps: tuple[Step, ...]
    forbidden: tuple[str, ...]
    reaches: tuple[Reach, ...]
    reason: str | None
    tried: int
    looks: tuple[int, ...]
    corners: str
    exhaustive: bool
    effort: str
    seed: int
    trials: int
    seconds: float
    notes: tuple[str, ...] = ()

    @property
    def feasible(self) -> bool:
        """Whether some set of changes passes."""
        return bool(self.answers)

    def to_dict(self) -> dict[str, Any]:
        """The document of ``qubudget optimize``."""
        return {
            "name": self.design.name,
            "feasible": self.feasible,
            "require": list(self.require),
            "minimize": [objective.to_dict() for objective in self.objectives],
            "change": list(self.levers),
            "answers": [answer.to_dict() for answer in self.answers],
            "front": len(self.objectives) > 1,
            "today": self.today.to_dict(),
            "waterfall": [step.to_dict() for step in self.steps],
            "forbidden": list(self.forbidden),
            "reaches": [reach.to_dict() for reach in self.reaches],
            "reason": self.reason,
            "search": {
                "points": self.tried,
                "looks": list(self.looks),
                "corners": self.corners,
                "exhaustive": self.exhaustive,
                "trials": self.trials,
            },
            "notes": list(self.notes),
            "provenance": {
                "version": __version__,
                "design_sha256": self.design.sha256(),
                "seed": self.seed,
                "effort": self.effort,
                "seconds": self.seconds,
            },
        }
