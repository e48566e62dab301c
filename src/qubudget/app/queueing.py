"""Jobs of the dashboard's users, the answers that are kept, and the queue between them."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, Literal, Protocol

State = Literal["waiting", "running", "done", "failed", "cancelled"]
_LOG = logging.getLogger(__name__)


class Keyed(Protocol):
    """Work of several parts; equal keys have equal answers, whoever asks."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The key of each part's answer, by the part's name."""


class Job:
    """One owner's work: its state, and the parts that are known.

    Attributes
    ----------
    progress : "waiting", the step that is running, or None when the job has ended.
    error : why it failed, or None. parts : answers by name, in the order in which they come.
    """

    def __init__(
        self, owner: Hashable, work: Keyed, told: Callable[[Job], None] | None, due: float
    ) -> None:
        self.owner, self.work, self.due = owner, work, due
        self.state: State = "waiting"
        self.progress: str | None = "waiting"
        self.error: str | None = None
        self.parts: dict[str, Any] = {}
        self._told = told
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self._ended.is_set()

    def wait(self, timeout: float) -> bool:
        """Whether the job has ended within a time, s."""
        return self._ended.wait(timeout)

    def cancel(self) -> None:
        """Give the job up; nothing more is told of it."""
        self.end("cancelled", tell=False)

    def begin(self) -> bool:
        """Whether a worker may start it."""
        with self._lock:
            if self.state == "waiting":
                self.state, self.progress = "running", "starting"
            running = self.state == "running"
        if running:
            self._tell()
        return running

    def say(self, progress: str) -> None:
        """Its worker has come to a step."""
        with self._lock:
            if self.ended:
                return
            self.progress = progress
        self._tell()

    def add(self, name: str, answer: Any) -> None:
        """A part's answer is there."""
        with self._lock:
            if self.ended:
                return
            self.parts[name] = answer
        self._tell()

    def end(self, state: State, error: str | None = None, tell: bool = True) -> None:
        """Nothing more will come; what comes all the same is dropped."""
        with self._lock:
            if self.ended:
                return
            self.state, self.error, self.progress = state, error, None
            self._ended.set()
        if tell:
            self._tell()

    def _tell(self) -> None:
        if self._told is None:
            return
        try:
            self._told(self)
        except Exception:  # a listener's fault must not end the thread that serves all
            _LOG.exception("a listener of a job failed")


class Answers:
    """The answers used last, up to a number of bytes."""

    def __init__(self, memory: int) -> None:
        self._memory, self._used = memory, 0
        self._kept: OrderedDict[str, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> Any | None:
        """The answer of this key, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: str, answer: Any, size: int) -> None:
        """Keep an answer of so many bytes; those used longest ago make room."""
        with self._lock:
            self._used += size - self._kept.pop(key, (None, 0))[1]
            self._kept[key] = answer, size
            while self._used > self._memory:
                self._used -= self._kept.popitem(last=False)[1][1]


class Queue:
    """Jobs in the order in which their owners came; at most one waiting job of each."""

    def __init__(self) -> None:
        self._waiting: list[Job] = []
        self._changed = threading.Condition()
        self.closed = False

    def put(self, job: Job) -> None:
        """Let a job wait; the owner's older one gives up its place to it."""
        with self._changed:
            owners = [other.owner for other in self._waiting]
            if job.owner in owners:
                at = owners.index(job.owner)
                self._waiting[at].cancel()
                self._waiting[at] = job
            else:
                self._waiting.append(job)
            self._changed.notify_all()

    def take(self) -> Job | None:
        """The first job that is due, when there is one; None once the queue is closed."""
        with self._changed:
            while not self.closed:
                now = time.monotonic()
                self._waiting = [job for job in self._waiting if not job.ended]
                for job in self._waiting:
                    if job.due <= now:
                        self._waiting.remove(job)
                        return job
                due = min((job.due for job in self._waiting), default=None)
                self._changed.wait(None if due is None else due - now)
            return None

    def close(self) -> None:
        """Give up every waiting job, and send those home who take them."""
        with self._changed:
            self.closed = True
            for job in self._waiting:
                job.cancel()
            self._waiting.clear()
            self._changed.notify_all()

    def __len__(self) -> int:
        with self._changed:
            return sum(not job.ended for job in self._waiting)
