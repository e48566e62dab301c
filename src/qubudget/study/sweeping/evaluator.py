"""What computes points: wings that sample, one point after another, or arrays of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from qubudget.errors import DesignError, QubudgetError
from qubudget.pipeline import Effort, evaluate
from qubudget.study.sweeping.blocks import ERROR, KEY, Block, from_rows
from qubudget.study.sweeping.points import Points, point_key
from qubudget.study.sweeping.scalars import Scalar, scalars


class Evaluator(Protocol):
    """Computes some points of a sweep; is pickled to workers.

    A point's result depends on the point alone. ``name`` is part of a sweep's identity: two
    evaluators whose results differ in any bit have different names. Points go to it in runs of
    ``block`` that start at multiples of ``block`` (less at the end, or where some are finished):
    1 for what samples, tens of thousands for what runs as arrays.
    """

    @property
    def name(self) -> str: ...

    @property
    def block(self) -> int: ...

    def __call__(self, points: Points) -> Block:
        """The results; a point that fails has its reason in the column `ERROR`."""
        ...


@dataclass(frozen=True)
class ReportEvaluator:
    """The whole chain up to the last of ``wings``, point by point, as ``qubudget run`` does."""

    effort: Effort
    seed: int
    wings: tuple[str, ...]
    name: str = "report"
    block: int = 1

    def __call__(self, points: Points) -> Block:
        """Every scalar of each point's report, its key, and its error where it failed."""
        return from_rows(points.indices, [self._row(points, k) for k in range(len(points))])

    def _row(self, points: Points, position: int) -> dict[str, Scalar]:
        key = ""
        try:
            design = points.design_at(position)
            key = point_key(design, self.effort, self.seed, self.wings)
            report = evaluate(design, effort=self.effort, seed=self.seed, wings=self.wings)
            return scalars(report.to_dict()) | {KEY: key, ERROR: ""}
        except Exception as error:  # whatever a point dies of, the sweep goes on
            return {KEY: key, ERROR: in_words(error)}


def in_words(error: Exception) -> str:
    """An error on one line, with its kind where it was not raised on purpose."""
    if isinstance(error, DesignError):
        return "; ".join(str(problem) for problem in error.problems)
    text = " ".join(str(error).split())
    return text if isinstance(error, QubudgetError) else f"{type(error).__name__}: {text}"
