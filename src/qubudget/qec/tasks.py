"""Statistics that add up, survive a kill, and do not depend on who computes them.

A task is a circuit, the circuit whose noise its decoder believes, and the decoder's name; its
strong id is a hash of all that, as in sinter. It is sampled in numbered batches of a size that the
circuit fixes, and the seed of a batch comes from the run's seed, the task's id and the batch's
number. So one worker or several, in one run or after a kill, count the same. Batches are kept in
their order (:mod:`.ledger`); those of different seeds merge.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

import stim

from qubudget.qec.decoders import MATCHING, Decoder, decoder, require_decoder
from qubudget.qec.ledger import Batch, Ledger, append, repair
from qubudget.qec.sampling import Counts, batch_size, failures, sample, stim_seed, stream

Job = tuple["Task", int, int]
Timed = tuple[Counts, float]
Runner = Callable[[Iterable[Job]], Generator[Timed, None, None]]


@dataclass(frozen=True)
class Task:
    """What is sampled, and how it is decoded; all text, so that it is small and hashable.

    ``circuit`` and ``believed`` are Stim circuits of the same detectors, ``metadata`` is JSON.
    """

    circuit: str
    believed: str
    decoder: str
    metadata: str

    @classmethod
    def of(
        cls,
        circuit: stim.Circuit,
        believed: stim.Circuit | None = None,
        decoder: str = MATCHING["plain"],
        metadata: object = None,
    ) -> Task:
        """A task of circuits; the decoder believes the circuit's own noise if not told other."""
        text = str(circuit)
        return cls(
            text,
            text if believed is None else str(believed),
            decoder,
            json.dumps(metadata, sort_keys=True),
        )

    @cached_property
    def strong_id(self) -> str:
        """Hash of everything in the task."""
        parts = [self.circuit, self.believed, self.decoder, self.metadata]
        return sha256(json.dumps(parts).encode()).hexdigest()

    def batch_seed(self, seed: int, number: int) -> int:
        """Stim's seed of one batch of the run with this seed."""
        return stim_seed(stream(seed, self.strong_id), number)


def run_batch(task: Task, shots: int, seed: int) -> Counts:
    """Sample and decode ``shots`` of a task with one seed of Stim.

    It depends on nothing else; circuit and decoder are kept for the next batch of the same task.
    """
    circuit, decodes = _prepared(task)
    wrong = failures(decodes, *sample(circuit, shots, seed))
    return Counts(shots, int(wrong.sum()))


def collect(
    tasks: Sequence[Task],
    shots: int,
    seed: int,
    *,
    path: Path | None = None,
    workers: int = 1,
    max_errors: int | None = None,
) -> list[Counts]:
    """Counts of every task, from the file as far as it goes and computed beyond.

    Parameters
    ----------
    shots : of each task at least; whole batches are taken.
    seed : of the run.
    path : CSV that is read first and appended to; none is kept by default.
    workers : processes; with one, this process does the work itself. A script that asks for more
        must guard its main part, as always with spawned processes.
    max_errors : end a task with the batch in which so many errors are reached.

    Raises
    ------
    OutOfRangeError: a file that is not of such statistics; a decoder that is not installed.
    """
    for task in tasks:
        require_decoder(task.decoder)
    ledger = {} if path is None else repair(path)
    with _runner(workers) as run:
        return [_collect(task, shots, seed, ledger, path, run, max_errors) for task in tasks]


@lru_cache(maxsize=8)
def _prepared(task: Task) -> tuple[stim.Circuit, Decoder]:
    return stim.Circuit(task.circuit), decoder(stim.Circuit(task.believed), task.decoder)


def _timed(task: Task, shots: int, seed: int) -> Timed:
    start = time.perf_counter()
    return run_batch(task, shots, seed), time.perf_counter() - start


def _collect(
    task: Task,
    shots: int,
    seed: int,
    ledger: Ledger,
    path: Path | None,
    run: Runner,
    max_errors: int | None,
) -> Counts:
    size = batch_size(stim.Circuit(task.circuit))
    numbers = range(-(-shots // size))
    missing = (n for n in numbers if (task.strong_id, seed, n) not in ledger)
    total = Counts()
    with closing(run((task, size, task.batch_seed(seed, n)) for n in missing)) as computed:
        for number in numbers:
            batch = ledger.get((task.strong_id, seed, number))
            if batch is None:
                found = next(computed)
                batch = Batch(task.strong_id, task.decoder, task.metadata, seed, number, *found)
                if path is not None:
                    append(path, batch.line())
            total += batch.counts
            if max_errors is not None and total.errors >= max_errors:
                break
    return total


@contextmanager
def _runner(workers: int) -> Iterator[Runner]:
    """What runs jobs and gives their results in their order: this process, or fresh ones of one
    thread each."""
    if workers == 1:
        yield lambda jobs: (_timed(*job) for job in jobs)
        return
    # Numerical libraries read these when they are imported, which is before any code of ours.
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        with ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=_end_with_parent
        ) as pool:
            yield lambda jobs: _in_order(pool, 2 * workers, jobs)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _in_order(
    pool: ProcessPoolExecutor, ahead: int, jobs: Iterable[Job]
) -> Generator[Timed, None, None]:
    """Results of jobs of which so many are begun ahead; those are dropped when this is closed."""
    begun: deque[Future[Timed]] = deque()
    try:
        for job in jobs:
            begun.append(pool.submit(_timed, *job))
            if len(begun) > ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()


def _end_with_parent() -> None:
    """End this worker when its parent is gone, which a killed parent can not ask for."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
