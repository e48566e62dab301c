"""The errors that qubudget raises on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class QubudgetError(Exception):
    """Base of every error that qubudget raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a design file.

    Attributes
    ----------
    key : dotted path into the file (``lines.drive.attenuation.mxc``).
    given : what stands there, as written; empty when nothing does.
    allowed : what may stand there.
    nearest : the nearest valid name, or empty.
    words : the problem as a sentence, where "given ...; allowed: ..." would be none.
    """

    key: str
    given: str
    allowed: str
    nearest: str = ""
    words: str = ""

    def __str__(self) -> str:
        if self.words:
            return f"{self.key}: {self.words}"
        wanted = f"given {self.given}; allowed: {self.allowed}" if self.given else self.allowed
        hint = f"; did you mean {self.nearest!r}?" if self.nearest else ""
        return f"{self.key}: {wanted}{hint}"


WHOLE_FILE = "design"
"""Key of a problem with the file as such, which its name alone precedes."""


class DesignError(QubudgetError):
    """A design file is wrong; carries every problem found in it."""

    def __init__(self, origin: str, problems: Sequence[Problem]) -> None:
        self.origin = origin
        self.problems = tuple(problems)
        super().__init__(self._text())

    def _text(self) -> str:
        count = len(self.problems)
        if count == 1 and self.problems[0].words:
            (problem,) = self.problems
            said = problem.words if problem.key == WHOLE_FILE else str(problem)
            return f"{self.origin}: {said}"
        head = f"{self.origin}: {count} problem{'s' if count != 1 else ''}"
        return "\n".join([head, *(f"  {p}" for p in self.problems)])

    def __reduce__(self) -> tuple[type[DesignError], tuple[str, tuple[Problem, ...]]]:
        return DesignError, (self.origin, self.problems)


class OutOfRangeError(QubudgetError):
    """Physics was asked outside the range in which it is valid."""


class ConvergenceError(QubudgetError):
    """A solver did not reach its tolerance."""
