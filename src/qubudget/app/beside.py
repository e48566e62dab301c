"""The second design of a comparison: its session, the tables and the figures of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qubudget.app import compare
from qubudget.app.jobs import Jobs
from qubudget.app.pairs import Pairs
from qubudget.app.session import Session
from qubudget.app.widgets import CompareTables, Say
from qubudget.design import Design
from qubudget.pipeline import Effort


class Beside:
    """Design B beside design A.

    Attributes
    ----------
    second : session of B, None while nothing is compared. tables, pairs : what is shown.
    other : which design is B, as of `CompareTables`. kept : the design that was kept last.
    """

    def __init__(self, hear: Say, presets: Sequence[str], changed: Callable[[], None]) -> None:
        self.tables = CompareTables(hear, presets=list(presets))
        self.pairs = Pairs()
        self.second: Session | None = None
        self.other = ""
        self.kept: Design | None = None
        self._changed = changed

    def begin(self, design: Design, jobs: Jobs, effort: Effort) -> None:
        """Let B be this design; its session shares the jobs' answers."""
        before, self.second = self.second, Session(design, jobs, effort)
        self.second.on_change(self._changed)
        if before is not None:
            before.close()

    def end(self) -> None:
        """Compare no more."""
        before, self.second = self.second, None
        if before is not None:
            before.close()

    def draw(self, first: Session) -> None:
        """Show both results, if there are two."""
        second = self.second
        self.tables.param.update(other=self.other, kept=self.kept is not None)
        if second is not None:
            self.tables.state = compare.state(first, second)
            self.pairs.update(first, second)
