"""What a sweep costs besides its points: CPU time of the engine over that of the evaluator.

    python benchmarks/bench_sweep.py [--seconds 5] [--workers 2]

Points that burn 50 ms or 1 ms of CPU time each, and the arrays of the chain, in this process and
(but for the arrays) on local workers, all into a store on the disk. CPU time is counted, not wall
time, so that other programs on the machine change little. The engine's share is what is not
inside the evaluator: of the driver from its first to its last result, and of every worker between
its points. What comes once is told apart: laying out the dataset at the end, a file for each of
its columns. Start-up of workers (imports, some seconds each) is left out.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from qubudget.design import load  # noqa: E402
from qubudget.study.arrays.evaluator import ArrayEvaluator  # noqa: E402
from qubudget.study.sweeping.blocks import Block, from_rows  # noqa: E402
from qubudget.study.sweeping.evaluator import Evaluator  # noqa: E402
from qubudget.study.sweeping.points import Points  # noqa: E402
from qubudget.study.sweeping.scalars import Scalar  # noqa: E402
from qubudget.study.sweeping.sweep import sweep  # noqa: E402

COLUMNS = 300
"""As many numbers as a report up to coherence."""


@dataclass(frozen=True)
class Burn:
    """Points that take so much CPU time each, s, and say when in the life of their process."""

    seconds: float
    name: str = "burn"
    block: int = 1

    def __call__(self, points: Points) -> Block:
        rows = []
        for index in points.indices.tolist():
            began = time.process_time()
            while time.process_time() < began + self.seconds:
                pass
            row: dict[str, Scalar] = {f"number{k}": index + 0.1 * k for k in range(COLUMNS)}
            row |= {"error": "", "process": float(os.getpid()), "began": began}
            row["ended"] = time.process_time()
            rows.append(row)
        return from_rows(points.indices, rows)  # the engine's: what all points go through


@dataclass(frozen=True)
class Timed:
    """The arrays, with their CPU time."""

    inner: ArrayEvaluator
    spent: list[float]
    name: str = "arrays"
    block: int = ArrayEvaluator.block

    def __call__(self, points: Points) -> Block:
        began = time.process_time()
        found = self.inner(points)
        self.spent.append(time.process_time() - began)
        return found


def burning(seconds: float, points: int, workers: int) -> tuple[float, float, float]:
    """CPU time of the evaluator, of the engine, and of the dataset's layout, s."""
    heard: list[float] = []

    def note(step: str) -> None:
        if not (workers and step.startswith("0 of")):
            heard.append(time.process_time())

    evaluator: Evaluator = Burn(seconds)
    axis = f"stages.mxc.rated_power=10 uW..60 uW:{points}"
    with tempfile.TemporaryDirectory() as folder:
        found = sweep(
            load("sota-2024"), [axis], output=Path(folder) / "out.zarr", workers=workers,
            evaluator=evaluator, progress=note,
        )  # fmt: skip
        end = time.process_time()
    spans = defaultdict(list)
    for process, began, ended in zip(
        *(found[name].values.tolist() for name in ("process", "began", "ended")), strict=True
    ):
        spans[process].append((began, ended))
    inside = sum(ended - began for span in spans.values() for began, ended in span)
    driver, once = heard[-1] - heard[0], end - heard[-1]
    if not workers:
        return inside, driver - inside, once
    alive = sum(max(span)[1] - min(span)[0] for span in spans.values())
    return inside, driver + alive - inside, once


def arrays(points: int) -> tuple[float, float]:
    """CPU time of the evaluator and of the engine, s."""
    spent: list[float] = []
    design = load("krinner-xld400")
    side = round(points**0.5)
    axes = [
        f"stages.mxc.rated_power=10 uW..60 uW:{side}",
        f"lines.drive.attenuation.mxc=10 dB..30 dB:{side}",
    ]
    sweep(design, [f"{axis[: axis.rindex(':')]}:2" for axis in axes], wings=("coherence",))
    start = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        evaluator = Timed(ArrayEvaluator(), spent)
        sweep(design, axes, output=Path(folder) / "out.zarr", evaluator=evaluator)
        end = time.process_time()
    return sum(spent), end - start - sum(spent)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=5.0, help="CPU time of each case")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--points", type=int, default=1_000_000, help="points of the arrays")
    options = parser.parse_args()
    burning(0.001, 10, 0)  # imports
    for workers in (0, options.workers):
        where = f"{workers} workers" if workers else "this process"
        for each in (0.05, 0.001):
            count = round(options.seconds / each)
            inside, engine, once = burning(each, count, workers)
            print(f"{where:12} {count:8} points of {1e3 * each:4.0f} ms", end=": ")
            print(
                f"evaluator {inside:6.2f} s, engine {engine:6.2f} s, {engine / inside:6.1%}", end=""
            )
            print(f"; once {once:.2f} s")
    inside, engine = arrays(options.points)
    print(f"this process {options.points:8} points as arrays", end=": ")
    print(f"evaluator {inside:6.2f} s, journal and dataset {engine:6.2f} s")


if __name__ == "__main__":
    main()
