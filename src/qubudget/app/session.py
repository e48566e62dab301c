"""One user's state: a design, what the chain found for it, and what is out of date."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qubudget.app.answers import Answers
from qubudget.app.cold import Cold
from qubudget.app.controls import coupled
from qubudget.app.document import Documents
from qubudget.app.jobs import Jobs
from qubudget.app.parts import DETAILS, Work
from qubudget.app.queueing import Job
from qubudget.design import Design
from qubudget.errors import DesignError, QubudgetError
from qubudget.pipeline import Chain, Effort

if TYPE_CHECKING:
    import xarray

DELAY = 0.3
"""Seconds without a change after which the slow wings are computed."""
_LOG = logging.getLogger(__name__)


class Session:
    """A design and its answers; safe to call from several threads.

    Every answer of a slow wing carries the fingerprint of all that it depends on; it is out of
    date while the present design asks for another one. Of several changes at once the last one
    is computed.
    """

    def __init__(
        self,
        design: Design,
        jobs: Jobs,
        effort: Effort = "quick",
        seed: int = 1,
        delay: float = DELAY,
    ) -> None:
        self._jobs, self._chain, self._delay = jobs, Chain(effort, seed), delay
        self._state = threading.Condition(threading.RLock())
        self._computing = threading.Lock()
        self._listeners: dict[object, Callable[[], None]] = {}
        self._closed = False
        self._job: Job | None = None
        self._wished = self._computed = 0
        self._begin(design)
        self._refresh(self._wished)

    def _begin(self, design: Design) -> None:
        """Forget every answer."""
        self._design = self._opened = design
        self._wished += 1
        self._drop_job()
        self._cold: Cold | None = None
        self._slow = Answers()
        self._documents = Documents()
        self._document: dict[str, Any] = {"name": design.name, "title": design.title}
        self._error: str | None = None
        self._seconds = 0.0

    # --- what is shown --------------------------------------------------------------------

    @property
    def design(self) -> Design:
        """The present design."""
        return self._design

    @property
    def document(self) -> dict[str, Any]:
        """What is known, by the keys of ``Report.to_dict()``; not to be changed.

        A wing not computed yet is absent. An entry is the same object as before where it has
        not changed. The verdict has the quick constraints at once; ``feasible`` is None until
        error correction of this design is simulated, unless one of them fails.
        """
        return self._document

    def finished(self) -> dict[str, Any]:
        """The document without what is of an older design: what may leave the page as a file.

        The verdict, while it is awaited, is left out as a whole.
        """
        with self._state:
            old = set(self.stale)
            if "thermal" in old:
                old |= {"line_noise", "feedback"}
            found = {key: part for key, part in self._document.items() if key not in old}
        if "details" in old:
            found.pop("line_noise", None)
            for key in DETAILS.keys() & found.keys():
                found[key] = {k: v for k, v in found[key].items() if k not in DETAILS[key]}
        return found

    @property
    def stale(self) -> frozenset[str]:
        """Wings whose shown answer is of an older design.

        "impact", "qec", "verdict", and "details" (of thermal: intervals, trades, runaway; of
        coherence: thresholds); also "thermal" and "coherence" where the model has no answer for
        the present design (see ``error``).
        """
        with self._state:
            old = self._slow.old()
            if self._cold is not None and not self._slow.is_fresh("verdict"):
                old.add("verdict")
            if self._cold is not None and not self._slow.wanted:
                old |= {"thermal", "coherence"}
            return frozenset(old)

    @property
    def awaited(self) -> frozenset[str]:
        """Names of the verdict's constraints whose shown value is of an older design."""
        with self._state:
            if self._cold is None or self._slow.is_fresh("qec"):
                return frozenset()
            shown = {entry["name"] for entry in self._document["verdict"]["constraints"]}
            quick = {constraint.name for constraint in self._cold.constraints}
            return frozenset(shown - quick if self._slow.wanted else shown)

    @property
    def progress(self) -> str | None:
        """ "waiting", "starting" or the part that is being computed; None when nothing is."""
        with self._state:
            return None if self._job is None else self._job.progress

    @property
    def error(self) -> str | None:
        """Why there is no answer to the present design, or only a part of one; else None."""
        return self._error

    @property
    def closed(self) -> bool:
        """Whether it computes nothing any more."""
        return self._closed

    def dataset(self) -> xarray.Dataset | None:
        """The reference event of the last impact: x_qp and t1 over time, x, y (SI units)."""
        with self._state:
            return self._slow.film()

    # --- what a user does -----------------------------------------------------------------

    def change(self, key: str, value: Any) -> frozenset[str]:
        """Set one key, as ``Design.replace`` does, and compute at once what is quick.

        Returns the wings that were computed again, of "thermal", "coherence", "impact" (its
        rates) and "verdict" (its quick constraints); the slow ones follow from a worker. Empty
        where a later change is computed already.

        Raises
        ------
        DesignError: an unknown key, or a value that the file or the chain refuses; the design
        is again the one that was answered last.
        """
        with self._state:
            self._design = self._design.replace(coupled(self._design, key, value))
            self._wished += 1
            mine = self._wished
        return self._refresh(mine, refuse=True)

    def open(self, design: Design) -> None:
        """Another design in place of the present one; `reset` comes back to this one."""
        with self._state:
            self._begin(design)
            mine = self._wished
        self._refresh(mine)

    def reset(self) -> None:
        """The design as it was opened."""
        with self._state:
            self._design = self._opened
            self._wished += 1
            mine = self._wished
        self._refresh(mine)

    def cancel(self) -> None:
        """Stop computing the slow wings; what is shown stays, and stays out of date."""
        with self._state:
            self._drop_job()
            self._state.notify_all()
        self._tell()

    def resume(self) -> None:
        """Compute what is out of date, after `cancel` or an error."""
        with self._state:
            self._request(0.0)
        self._tell()

    def wait(self, timeout: float) -> bool:
        """Wait, at most ``timeout`` seconds, until nothing runs; whether all is up to date."""
        with self._state:
            settled = self._state.wait_for(
                lambda: self._job is None and self._computed == self._wished, timeout
            )
            return settled and bool(self._slow.wanted) and not self._slow.missing()

    def on_change(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` after every change, from any thread; returns what unsubscribes it."""
        token = object()
        with self._state:
            self._listeners[token] = callback

        def unsubscribe() -> None:
            with self._state:
                self._listeners.pop(token, None)

        return unsubscribe

    def close(self) -> None:
        """Drop the job and the subscribers; the session computes nothing any more."""
        with self._state:
            self._closed = True
            self._drop_job()
            self._listeners.clear()
            self._state.notify_all()

    # --- how it follows -------------------------------------------------------------------

    def _refresh(self, mine: int, refuse: bool = False) -> frozenset[str]:
        """Compute what is quick, unless that was done for a later change.

        Raises
        ------
        DesignError: where ``refuse``, if the chain finds the design inconsistent.
        """
        with self._computing:
            with self._state:
                if self._computed >= mine or self._closed:
                    return frozenset()
                design, number, before = self._design, self._wished, self._cold
            started = time.perf_counter()
            try:
                found: Cold | QubudgetError = Cold.of(design, self._chain, before)
            except QubudgetError as error:
                found = error
            with self._state:
                self._computed = number
                if refuse and before is not None and isinstance(found, DesignError):
                    if self._wished == number:
                        self._design = before.design
                    self._state.notify_all()
                    raise found
                moved = self._follow(found, time.perf_counter() - started)
                self._state.notify_all()
        self._tell()
        return moved

    def _follow(self, found: Cold | QubudgetError, seconds: float) -> frozenset[str]:
        before, document = self._cold, self._document
        if isinstance(found, QubudgetError):
            self._error, self._slow.wanted = str(found), {}
            self._drop_job()
            return frozenset()
        self._cold, self._slow.wanted, self._error = found, found.wanted, None
        self._seconds = seconds
        known = {name: self._jobs.known(found.wanted[name]) for name in self._slow.missing()}
        self._slow.take(known, found.wanted)
        self._write()
        self._request(self._delay)
        moved = set()
        if before is None or before.solved is not found.solved:
            moved |= {"thermal", "coherence"}
        if before is None or before.rates is not found.rates:
            moved.add("impact")
        if document.get("verdict") is not self._document["verdict"]:
            moved.add("verdict")
        return frozenset(moved)

    def _write(self) -> None:
        assert self._cold is not None
        self._document = self._documents.of(
            self._cold, self._slow.parts, self._chain, self._seconds,
            fresh_details=self._slow.is_fresh("details"),
            fresh_errors=self._slow.is_fresh("qec"),
        )  # fmt: skip

    def _request(self, delay: float) -> None:
        """Have a job for what is out of date; one whose present step is still wanted goes on."""
        if self._closed or self._computed != self._wished:
            return  # a later change asks for it
        if not self._slow.missing():
            self._drop_job()
            return
        if self._job is not None and self._useful(self._job):
            return
        self._drop_job()
        work = Work(self._design, self._chain.effort, self._chain.seed, self._slow.wanted)
        self._job = self._jobs.submit(self, work, self._hear, delay)

    def _useful(self, job: Job) -> bool:
        keys, step = job.work.keys, job.progress
        if job.ended:
            return False
        if step is not None and step in keys:
            return keys[step] == self._slow.wanted[step]
        return job.state == "running" and keys == self._slow.wanted

    def _hear(self, job: Job) -> None:
        """Take what a job has found; called by the thread of its worker."""
        with self._state:
            if job is not self._job:
                return
            if self._slow.take(job.parts, job.work.keys):
                self._write()
            if job.ended:
                self._job = None
            if job.state == "failed":
                self._error = job.error
            elif not (job.state == "done" and job.work.keys == self._slow.wanted):
                self._request(0.0)
            self._state.notify_all()
        self._tell()

    def _drop_job(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _tell(self) -> None:
        with self._state:
            listeners = list(self._listeners.values())
        for listener in listeners:
            try:
                listener()
            except Exception:  # one listener's fault is not another's
                _LOG.exception("a listener of a session failed")
