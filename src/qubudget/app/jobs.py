"""Monte Carlo wings in worker processes: one fair queue for all users.

Each worker is a spawned process with a thread here that feeds it. A job is stopped between two
steps of its work; where that takes too long its process is killed and another one started.
"""

from __future__ import annotations

import multiprocessing
import pickle
import threading
import time
from collections.abc import Callable, Hashable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Any

from qubudget.app.queueing import Answers, Job, Keyed, Queue
from qubudget.app.worker import serve_jobs

MEMORY = 256_000_000
"""Bytes of answers that are kept for later jobs."""
GRACE = 5.0
"""Seconds that a stopped job has to come to the end of a step: as long as a new process takes."""
LISTENING = 0.05
"""Seconds between two looks at whether a running job is still wanted."""
_CONTEXT = multiprocessing.get_context("spawn")


class Worker(threading.Thread):
    """A process, and the thread that hands it one job after another."""

    def __init__(self, queue: Queue, answers: Answers, evaluator: str, grace: float) -> None:
        super().__init__(daemon=True, name="qubudget-worker")
        self._queue, self._answers = queue, answers
        self._evaluator, self._grace = evaluator, grace
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._ready = False

    @property
    def pid(self) -> int | None:
        """Number of the process that is there now."""
        process = self._process
        return None if process is None else process.pid

    def run(self) -> None:
        """Take jobs until the queue closes."""
        self._start()
        while (job := self._queue.take()) is not None:
            if not job.begin():
                continue
            try:
                self._run_job(job)
            except (EOFError, OSError):
                if self._process is not None:
                    self._process.join(1.0)  # it closes its end before it has ended
                code = self._stop()
                how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
                job.end("failed", f"the process that computed it ended early ({how})")
            except Exception as error:  # work that cannot be sent; the next job is served
                self._stop()
                job.end("failed", f"internal error: {type(error).__name__}: {error}")
        self._stop()

    def _start(self) -> Connection:
        self._connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(
            target=serve_jobs, args=(theirs, self._evaluator), daemon=True
        )
        self._ready = False
        self._process.start()
        theirs.close()
        return self._connection

    def _stop(self) -> int | None:
        """Kill the process; returns its exit code."""
        if self._process is None or self._connection is None:
            return None
        process, connection = self._process, self._connection
        self._process = self._connection = None
        connection.close()
        process.kill()
        process.join()
        code = process.exitcode
        process.close()
        return code

    def _run_job(self, job: Job) -> None:
        """One job from its first message to its last.

        Raises
        ------
        EOFError, OSError: the process has ended.
        """
        known = {}
        for name, key in job.work.keys.items():
            answer = self._answers.get(key)
            if answer is not None:
                known[name] = answer
                job.add(name, answer)
        if len(known) == len(job.work.keys):
            job.end("done")
            return
        if self._process is None or not self._process.is_alive():
            self._stop()
            self._start()
        assert self._connection is not None
        connection = self._connection
        while not self._ready:  # the chain is being imported, which nothing interrupts
            if self._queue.closed:
                job.cancel()
            if job.ended:
                return
            if wait([connection], LISTENING):
                self._ready = connection.recv() == ("ready",)
        connection.send((job.work, known))
        if not self._listen(job, connection):
            self._stop()
            if not self._queue.closed:
                self._start()

    def _listen(self, job: Job, connection: Connection) -> bool:
        """Pass on what the process says until the job's end; False where it must be killed.

        Raises
        ------
        EOFError, OSError: the process has ended.
        """
        patience: float | None = None
        while True:
            if self._queue.closed:
                job.cancel()
                return False
            if job.ended and patience is None:
                patience = time.monotonic() + self._grace
                connection.send(None)
            if patience is not None and time.monotonic() > patience:
                return False
            if not wait([connection], LISTENING):
                continue
            content = connection.recv_bytes()
            message = pickle.loads(content)
            match message:
                case ("say", text):
                    job.say(text)
                case ("part", name, answer):
                    self._answers.put(job.work.keys[name], answer, len(content))
                    job.add(name, answer)
                case ("failed", text):
                    job.end("failed", text)
                    return True
                case ("done",):
                    job.end("done")
                    return True
                case ("stopped",):
                    return True


class Jobs:
    """Worker processes and their queue; a context manager, or call `close` at the end.

    Parameters
    ----------
    workers : processes. evaluator : "module:name" of what computes work, see `qubudget.app.work`.
    memory : bytes of answers kept for later jobs. grace : seconds until a stopped job's process
    is killed.
    """

    def __init__(
        self,
        workers: int = 1,
        evaluator: str = "qubudget.app.work:compute",
        memory: int = MEMORY,
        grace: float = GRACE,
    ) -> None:
        self._queue, self._answers = Queue(), Answers(memory)
        self._workers = [
            Worker(self._queue, self._answers, evaluator, grace) for _ in range(workers)
        ]
        for worker in self._workers:
            worker.start()

    @property
    def pids(self) -> tuple[int, ...]:
        """Numbers of the processes that are there now."""
        return tuple(pid for worker in self._workers if (pid := worker.pid) is not None)

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._queue)

    def known(self, key: str) -> Any | None:
        """The answer of this key where it is kept, or None."""
        return self._answers.get(key)

    def submit(
        self,
        owner: Hashable,
        work: Keyed,
        told: Callable[[Job], None] | None = None,
        delay: float = 0.0,
    ) -> Job:
        """Let work wait for a process, in place of the owner's work that waits already.

        Parameters
        ----------
        told : called from a thread after every change of the job, until it is cancelled.
        delay : seconds until the job may start.
        """
        job = Job(owner, work, told, time.monotonic() + delay)
        self._queue.put(job)
        if self._queue.closed:
            job.cancel()
        return job

    def close(self) -> None:
        """Give up all jobs and end the processes; waits until they have ended."""
        self._queue.close()
        for worker in self._workers:
            worker.join()

    def __enter__(self) -> Jobs:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
