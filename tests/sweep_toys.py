"""Cheap evaluators for the tests of sweeps, importable in every worker."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qubudget.study.sweeping.blocks import Block, from_rows
from qubudget.study.sweeping.evaluator import in_words
from qubudget.study.sweeping.points import Points


@dataclass(frozen=True)
class Walkers:
    """A Monte Carlo task per point: mean square distance of random walkers after some steps.

    The stream of a point is its own. ``kill`` names a file: the first worker that finds none
    writes it (not a ``stubborn`` one) and kills itself in the middle of the point ``victim``.
    ``log`` names a folder that gets a line for each computed point.
    """

    seconds: float = 0.0
    log: str = ""
    kill: str = ""
    victim: int = -1
    stubborn: bool = False
    fails: int = -1
    name: str = "walkers"
    block: int = 1

    def __call__(self, points: Points) -> Block:
        rows = []
        for index in points.indices.tolist():
            if self.log:
                with open(Path(self.log) / f"{os.getpid()}.txt", "a", encoding="utf-8") as log:
                    log.write(f"{index}\n")
            time.sleep(self.seconds)
            if index == self.victim and self.kill and not Path(self.kill).exists():
                if not self.stubborn:
                    Path(self.kill).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                rows.append(self._row(index))
            except ArithmeticError as error:
                rows.append({"error": in_words(error)})
        return from_rows(points.indices, rows)

    def _row(self, index: int) -> dict[str, float | str | None]:
        if index == self.fails:
            raise ZeroDivisionError("no walkers")
        random = np.random.Generator(np.random.Philox(key=index))
        ends = random.normal(size=(100, 50)).sum(axis=1)
        return {
            "walk.spread_m": float((ends**2).mean()),
            "walk.steps": 50.0 if index % 3 else None,
            "walk.side": "right" if ends[0] > 0 else None,
            "error": "",
        }


@dataclass(frozen=True)
class Squares:
    """An evaluator of whole arrays: no design is built."""

    name: str = "squares"
    block: int = 64

    def __call__(self, points: Points) -> Block:
        first = points.axes[0].si.astype(np.float64)
        errors = np.full(len(points), "", dtype=object)
        runs = np.full(len(points), float(len(points)))
        return Block(points.indices, {"first.square_W": first**2, "run": runs}, {"error": errors})


@dataclass(frozen=True)
class Threads:
    """How many threads a worker would use, and in which process it is."""

    name: str = "threads"
    block: int = 1

    def __call__(self, points: Points) -> Block:
        import numba

        time.sleep(0.02)
        keys = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
        row: dict[str, float | str | None] = {
            "numba": float(numba.get_num_threads()),
            "blas": " ".join(os.environ[key] for key in keys),
            "process": float(os.getpid()),
            "error": "",
        }
        return from_rows(points.indices, [row for _ in points.indices])
