"""Who computes the points: this process, local ones, or a Dask cluster that runs already.

Local workers are Dask's too, so that there is one way in which a lost worker's points are given
to another. Points travel in batches of about `TASK_SECONDS`, sized by how long the ones before
took: what a task costs besides its points, some milliseconds, stays far below 5 %.
"""

from __future__ import annotations

import asyncio
import math
import os
import pickle
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np

from qubudget import __version__
from qubudget.design import Design
from qubudget.errors import QubudgetError
from qubudget.study.sweeping.blocks import Block, joined
from qubudget.study.sweeping.evaluator import Evaluator
from qubudget.study.sweeping.points import Axis, Indices, Points

TASK_SECONDS = 1.0
"""How long a batch sent to a worker should take."""
LEAST_SECONDS = 0.5
"""... and at least, where the points run out."""
ASK_SECONDS = 2.0
"""How often to ask a scheduler for the number of its workers."""
TOGETHER = 64
"""Runs whose points are looked up together in this process."""
STORE_SECONDS = 1.0
"""Points of this process are stored together when they have taken this long."""
STORE_SHARE = 0.03
"""... and when storing the ones before took less than this share of that time."""
ANSWER_SECONDS = 5.0
"""How long a scheduler may take to answer."""
AHEAD = 2
"""Batches in flight per worker, so that none waits for the driver."""
LOSSES = 3
"""Workers that a single point may take down before it is given up."""
GONE = "the Dask scheduler went away; finished points are stored, --resume goes on with them"
THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS",
)  # fmt: skip
"""What tells libraries how many threads to start: one in each worker, and a worker per core."""

QUIET = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.scheduler.work-stealing": False,
}
"""Dask watches itself many times a second, in each of its processes: nobody looks here."""
MakePoints = Callable[[Indices], Points]
_computing = threading.Lock()


class EngineError(QubudgetError):
    """The scheduler does not answer, or workers were lost with their points."""


def runs_of(indices: Indices, block: int) -> list[Indices]:
    """The points cut at multiples of ``block``: the runs in which an evaluator gets them."""
    if len(indices) == 0:
        return []
    cuts = np.flatnonzero(np.diff(indices // block)) + 1
    return np.split(indices, cuts)


def in_this_process(
    evaluator: Evaluator, runs: Sequence[Indices], points: MakePoints
) -> Iterator[list[Block]]:
    """Groups of blocks to be stored together, computed one after another."""
    waiting: list[Block] = []
    storing, began = 0.0, time.perf_counter()
    for start in range(0, len(runs), TOGETHER):
        for part in _parts(runs[start : start + TOGETHER], points):
            waiting.append(evaluator(part))
            taken = time.perf_counter() - began
            if taken >= max(STORE_SECONDS, storing / STORE_SHARE):
                began = time.perf_counter()
                yield waiting
                waiting = []
                storing, began = time.perf_counter() - began, time.perf_counter()
    if waiting:
        yield waiting


def _parts(runs: Sequence[Indices], points: MakePoints) -> Iterator[Points]:
    """The points of some runs, of each run by itself."""
    return points(np.concatenate(runs)).split([len(run) for run in runs])


@contextmanager
def local_workers(count: int) -> Iterator[Any]:
    """Processes of this machine, started afresh (not forked), restarted when they die."""
    import dask

    distributed = _distributed()
    with ExitStack() as stack:
        stack.enter_context(_environment_kept())
        stack.enter_context(
            dask.config.set(
                {"distributed.nanny.pre-spawn-environ": dict.fromkeys(THREADS, "1"), **QUIET}
            )
        )
        cluster = stack.enter_context(
            distributed.LocalCluster(
                n_workers=count, threads_per_worker=1, processes=True, memory_limit=0,
                host="127.0.0.1", silence_logs=50, dashboard_address=None,
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
            )
        )  # fmt: skip
        yield stack.enter_context(distributed.Client(cluster))


@contextmanager
def _environment_kept() -> Iterator[None]:
    """Undo what Dask writes for its workers into the environment of this process."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def _answer(address: str) -> None:
    """Shake hands with a scheduler; a Client would wait for ever for one that stays silent."""
    asked = _distributed().comm.connect(address, timeout=ANSWER_SECONDS)
    comm = await asyncio.wait_for(asked, ANSWER_SECONDS + 1)
    comm.abort()


@contextmanager
def running_cluster(address: str) -> Iterator[Any]:
    """The Dask cluster whose scheduler is at ``address`` ("tcp://host:8786").

    Raises
    ------
    EngineError: it does not answer within seconds.
    """
    try:
        with ThreadPoolExecutor(1) as aside:  # a notebook's thread has a loop of its own
            aside.submit(asyncio.run, _answer(address)).result()
        client = _distributed().Client(address, timeout=ANSWER_SECONDS)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise EngineError(
            f"no Dask scheduler answers at {address} within {ANSWER_SECONDS:g} s: "
            f"{str(error).splitlines()[0] if str(error) else type(error).__name__}"
        ) from error
    with client:
        yield client


def on_workers(
    client: Any, evaluator: Evaluator, runs: Sequence[Indices], points: MakePoints
) -> Iterator[list[Block]]:
    """Groups of blocks to be stored together, as workers finish them, in any order.

    A batch whose workers die `LOSSES` times is cut into its points, which are tried at the end,
    one at a time; a point that still takes its worker down is left out.

    Raises
    ------
    EngineError: at the end, points that were left out; at once, a failure of the engine itself.
    """
    queue = _Queue(runs)
    running: dict[Any, list[Indices]] = {}
    lost: list[Indices] = []
    finished = _distributed().as_completed(loop=client.loop, with_results=True, raise_errors=False)
    slots, asked, job = 0, -np.inf, _Job(evaluator)

    def fill() -> None:
        nonlocal slots, asked
        if time.monotonic() > asked + ASK_SECONDS:
            try:
                slots, asked = AHEAD * max(1, len(client.nthreads())), time.monotonic()
            except OSError as error:
                raise EngineError(GONE) from error
        while len(running) < slots and (batch := queue.next(slots, len(running))):
            part = points(np.concatenate(batch))
            future = client.submit(
                _compute, job.packed(part), part.indices, part.axes, [len(run) for run in batch],
                __version__, key=f"qubudget-sweep-{uuid.uuid4().hex}", pure=False,
            )  # fmt: skip
            running[future] = batch
            finished.add(future)

    fill()
    for group in finished.batches():
        blocks: list[Block] = []
        for future, result in group:
            batch = running.pop(future)
            if future.status == "lost" and client.status == "running":
                # Its result died with a worker before it was fetched; Dask computes it again.
                running[future] = batch
                finished.add(future)
                continue
            if future.status not in ("finished", "error"):
                raise EngineError(GONE)
            error = future.exception() if future.status == "error" else None
            if error is None:
                found, seconds = result
                blocks.append(found)
                queue.learn(len(batch), seconds)
            elif type(error).__name__ != "KilledWorker":
                raise EngineError(f"a worker failed: {type(error).__name__}: {error}") from error
            elif not queue.again(batch):
                lost += batch
        if blocks:
            yield blocks
        fill()
    if lost:
        numbers = ", ".join(str(run[0]) for run in lost[:10])
        raise EngineError(
            f"{len(lost)} batches were given up, at points {numbers}: each took {LOSSES} workers "
            "down (out of memory?); all others are stored, --resume tries these again"
        )


class _Job:
    """What all batches share, packed once: it is a part of each, as workers come and go."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._design: Design | None = None
        self._packed = b""

    def packed(self, points: Points) -> bytes:
        if self._design is not points.design:
            self._design = points.design
            self._packed = pickle.dumps((self._evaluator, points.design))
        return self._packed


@lru_cache(maxsize=4)
def _unpacked(job: bytes) -> tuple[Evaluator, Design]:
    found: tuple[Evaluator, Design] = pickle.loads(job)
    return found


class _Queue:
    """Runs that wait for a worker, and how many of them make a batch."""

    def __init__(self, runs: Sequence[Indices]) -> None:
        self._runs = list(reversed(runs))
        self._suspects: list[Indices] = []
        self._alone: set[int] = set()
        self._seconds: float | None = None

    def next(self, slots: int, running: int) -> list[Indices]:
        """The next batch; towards the end smaller ones, so that workers finish together.

        Runs of batches that took workers down come last and each alone: a worker that dies
        takes down all that it was given.
        """
        if not self._runs:
            if running or not self._suspects:
                return []
            run = self._suspects.pop()
            self._alone.add(int(run[0]))
            return [run]
        wanted = least = 1
        if self._seconds is not None:
            wanted, least = (
                max(1, round(seconds / max(self._seconds, 1e-9)))
                for seconds in (TASK_SECONDS, LEAST_SECONDS)
            )
        fair = max(least, math.ceil(len(self._runs) / slots))
        return [self._runs.pop() for _ in range(min(wanted, fair, len(self._runs)))]

    def learn(self, runs: int, seconds: float) -> None:
        """Follow how long a run takes; a slow one counts at once, a fast one little by little."""
        each = seconds / runs
        before = each if self._seconds is None else self._seconds
        self._seconds = max(each, (before + each) / 2)

    def again(self, batch: Sequence[Indices]) -> bool:
        """Try the runs of a batch that took its workers down alone; False for one that was."""
        if int(batch[0][0]) in self._alone:
            return False
        self._suspects += batch
        return True


def _compute(
    job: bytes, indices: Indices, axes: tuple[Axis, ...], lengths: Sequence[int], version: str
) -> tuple[Block, float]:
    """What a worker does: a batch on one thread, one batch at a time in each process.

    Numba's simplest threading layer ends the process when two threads enter it at once.
    """
    if version != __version__:
        raise EngineError(f"the worker runs qubudget {__version__}, the driver {version}")
    import numba

    evaluator, design = _unpacked(job)
    with _computing:
        began = time.perf_counter()
        numba.set_num_threads(1)
        parts = Points(design, indices, axes).split(lengths)
        block = joined([evaluator(part) for part in parts])
        return block, time.perf_counter() - began


def _distributed() -> Any:
    """Dask's package, imported when first needed; it carries no types."""
    return import_module("distributed")
