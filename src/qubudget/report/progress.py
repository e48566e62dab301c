"""Which step is running and how long it will take, on standard error.

A bar where a person watches a terminal; lines with times where they are asked for; else nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from qubudget.progress import tell

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

WORDS = {
    "thermal": "cryostat and qubit",
    "impact": "radiation on the chip",
    "qec": "error correction",
    "verdict": "what would pass",
}
SHARES = {"thermal": 0.03, "impact": 0.25, "qec": 0.37, "verdict": 0.35}
"""About what share of a whole chain's time each of its steps takes at quick effort."""


class Steps:
    """A listener to long work: called with a step's name, told how much is done by ``at``."""

    def at(self, done: float, total: float) -> None:
        """``done`` of ``total`` is finished, counting from 0; of the next step that is said."""

    def __call__(self, step: str) -> None:
        """A step begins."""

    def end(self) -> None:
        """The work is over."""


class Bar(Steps):
    """One line of a terminal: the step, a bar and the time left where they are known."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            ProgressColumn,
            SpinnerColumn,
            Task,
            TextColumn,
            TimeElapsedColumn,
        )
        from rich.text import Text

        class Left(ProgressColumn):
            """Time left at the pace so far."""

            def render(self, task: Task) -> Text:
                return Text(str(task.fields["left"](task.elapsed or 0.0)), "cyan")

        class Share(BarColumn):
            """The bar, where the end is known."""

            def render(self, task: Task) -> Text:  # type: ignore[override]
                return super().render(task) if task.total else Text("")  # type: ignore[return-value]

        self._pace: tuple[float, float] | None = None
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            Share(bar_width=24),
            TimeElapsedColumn(),
            Left(),
        )
        self._bar: Progress = Progress(*columns, console=Console(file=stream), transient=True)
        self._task: TaskID = self._bar.add_task("starting", total=None, left=self._left)
        self._counted = False
        self._started = time.monotonic()
        self._bar.start()

    def at(self, done: float, total: float) -> None:
        """See :class:`Steps`."""
        self._counted = total > 0
        if self._counted:
            elapsed, share = time.monotonic() - self._started, done / total
            self._pace = (elapsed, share) if share > 0 else None
            self._bar.update(self._task, completed=done, total=total)

    def __call__(self, step: str) -> None:
        """See :class:`Steps`."""
        if not self._counted:  # other work than what was counted before
            self._bar.update(self._task, total=None)
            self._pace = None
        self._counted = False
        self._bar.update(self._task, description=WORDS.get(step, step))

    def end(self) -> None:
        """See :class:`Steps`."""
        self._bar.stop()

    def _left(self, elapsed: float) -> str:
        if self._pace is None:
            return ""
        at, share = self._pace
        return time_left(elapsed, at, share)


class Lines(Steps):
    """A log: every step as it begins, with the time since the start, and how long it took."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._started = self._since = clock()
        self._step: str | None = None
        self._share = ""

    def at(self, done: float, total: float) -> None:
        """See :class:`Steps`."""
        self._share = f" ({done / total:.0%} done)" if total > 0 else ""

    def __call__(self, step: str) -> None:
        """See :class:`Steps`."""
        self._close()
        self._step, self._since = WORDS.get(step, step), self._clock()
        self._say(f"{self._step}{self._share}")
        self._share = ""

    def end(self) -> None:
        """See :class:`Steps`."""
        self._close()
        self._say("end")

    def _close(self) -> None:
        if self._step is not None:
            self._say(f"{self._step}: took {self._clock() - self._since:.2f} s")
        self._step = None

    def _say(self, text: str) -> None:
        print(f"{self._clock() - self._started:9.2f} s  {text}", file=self._stream, flush=True)


class Chain(Steps):
    """Steps of the chain's own names, counted by the share of time that each usually takes.

    ``runs`` designs one after another; ``last`` is the last wing that is computed.
    """

    def __init__(self, steps: Steps, last: str = "verdict", runs: int = 1) -> None:
        names = list(SHARES)
        wanted = names[: names.index(last) + 1] if last in names else names[:1]
        self._steps, self._run = steps, -1
        self._shares: Mapping[str, float] = {name: SHARES[name] for name in wanted}
        self._total = runs * sum(self._shares.values())

    def __call__(self, step: str) -> None:
        """See :class:`Steps`."""
        if step not in self._shares:
            self._steps(step)
            return
        names = list(self._shares)
        self._run += step == names[0]
        before = names[: names.index(step)]
        done = self._run * sum(self._shares.values()) + sum(self._shares[name] for name in before)
        tell(self._steps, step, done, self._total)


def time_left(elapsed: float, at: float, share: float) -> str:
    """The time left in words, s: ``share`` was done ``at`` that time; empty when it has run out.

    >>> time_left(10.0, 10.0, 0.25), time_left(100.0, 90.0, 0.5), time_left(7300.0, 7200.0, 0.5)
    ('about 30 s left', 'about 1:20 left', 'about 1:58:20 left')
    """
    left = round(at * (1 - share) / share - (elapsed - at))
    if left <= 0:
        return ""
    if left < 60:
        return f"about {left} s left"
    hours, minutes = divmod(left // 60, 60)
    clock = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"about {clock}:{left % 60:02} left"


@contextmanager
def progress(quiet: bool, verbose: bool = False) -> Iterator[Steps]:
    """A listener that shows steps on standard error.

    ``quiet``: nothing. ``verbose``: lines with times, on a terminal or not. Else a bar, and
    only where standard error is a terminal.
    """
    if quiet:
        steps = Steps()
    elif verbose:
        steps = Lines(sys.stderr)
    elif sys.stderr.isatty():
        steps = Bar(sys.stderr)
    else:
        steps = Steps()
    try:
        yield steps
    finally:
        steps.end()
