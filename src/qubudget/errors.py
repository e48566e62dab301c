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
    """

    key: str
    given: str
    allowed: str
    nearest: str = ""

    def __str__(self) -> str:
        text = self.key
        if self.given:
            text += f": given {self.given}"
        text += f"; allowed: {self.allowed}"
        if self.nearest:
            text += f"; did you mean {self.nearest!r}?"
        return text


class DesignError(QubudgetError):
    """A design file is wrong; carries every problem found in it."""

    def __init__(self, origin: str, problems: Sequence[Problem]) -> None:
        self.origin = origin
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"{origin}: {count} problem{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {p}" for p in self.problems)]))

    def __reduce__(self) -> tuple[type[DesignError], tuple[str, tuple[Problem, ...]]]:
        return DesignError, (self.origin, self.problems)


class OutOfRangeError(QubudgetError):
    """Physics was asked outside the range in which it is valid."""


class ConvergenceError(QubudgetError):
    """A solver did not reach its tolerance."""
