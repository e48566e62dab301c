"""Sweeps on workers: a real Dask scheduler over TCP, workers that die, one thread in each."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import distributed
import numpy as np
import pytest

from qubudget import DesignError, load
from qubudget.study.sweeping import engine
from qubudget.study.sweeping.axes import parse_axes
from qubudget.study.sweeping.engine import EngineError
from qubudget.study.sweeping.points import Points
from qubudget.study.sweeping.store import Store
from qubudget.study.sweeping.sweep import sweep

sys.path.insert(0, str(Path(__file__).parent))

from sweep_toys import Threads, Walkers

DESIGN = load("sota-2024")
VARY = ["stages.mxc.rated_power=10 uW..60 uW:50", "loads.load.power=1 uW,2 uW,3 uW,4 uW"]
TESTS = str(Path(__file__).parent)


@pytest.fixture(autouse=True)
def _workers_find_the_toys_and_no_limit_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", TESTS, prepend=os.pathsep)
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)  # the workers' own setting counts
    monkeypatch.setattr(engine, "TASK_SECONDS", 0.1)


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """`dask scheduler` and `dask worker` as processes of their own; gives the address."""
    file = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    with ExitStack() as stack:

        def end(process: subprocess.Popen[bytes]) -> None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:  # it waits for a scheduler that is gone
                process.kill()
                process.wait()

        def start(*arguments: str) -> int:
            process = subprocess.Popen(
                [*dask, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            stack.callback(end, process)
            return process.pid

        pid = start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
              "--scheduler-file", str(file))  # fmt: skip
        (folder / "scheduler.pid").write_text(str(pid))
        for _ in range(workers):
            start("worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-dashboard")
        until = time.monotonic() + 120
        while not (file.exists() and file.read_text().strip()):
            assert time.monotonic() < until
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        await_workers(address, workers)
        yield address


def await_workers(address: str, count: int) -> None:
    """Until a scheduler knows so many workers: a busy machine starts them one by one."""
    with distributed.Client(address, timeout=60) as client:
        client.wait_for_workers(count, timeout=120)


def tree(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


def test_a_cluster_that_loses_a_worker_gives_what_serial_gives(tmp_path: Path) -> None:
    log, killed = tmp_path / "log", tmp_path / "killed"
    log.mkdir()
    toy = Walkers(seconds=0.01, log=str(log), kill=str(killed), victim=100)
    steps: list[str] = []
    with cluster(tmp_path, workers=2) as address:
        assert address.startswith("tcp://127.0.0.1:")
        found = sweep(
            DESIGN, VARY, output=tmp_path / "a.zarr", scheduler=address, evaluator=toy,
            progress=steps.append,
        )  # fmt: skip
        await_workers(address, 2)  # the dead one's place is taken
    assert killed.exists()
    assert steps[0] == "0 of 200 points"
    assert steps[-1] == "200 of 200 points"
    computed = {file: file.read_text().split() for file in log.iterdir()}
    assert len(computed) >= 2
    tries = [file for file, points in computed.items() if "100" in points]
    assert len(tries) == 2  # by the one that died of it, and by another
    serial = sweep(DESIGN, VARY, output=tmp_path / "b.zarr", evaluator=Walkers())
    assert (found["error"] == "").all()
    assert found.identical(serial)
    assert tree(tmp_path / "a.zarr") == tree(tmp_path / "b.zarr")


def test_local_workers_have_one_thread_and_give_what_serial_gives(tmp_path: Path) -> None:
    vary = VARY[:1]
    toy, environment = Threads(), dict(os.environ)
    with engine.local_workers(2) as client:
        space = parse_axes(DESIGN, vary)
        runs = engine.runs_of(np.arange(50), 1)
        groups = engine.on_workers(
            client, toy, runs, lambda run: Points(DESIGN, run, space.part(run))
        )
        blocks = [block for group in groups for block in group]
    assert dict(os.environ) == environment  # else the caller's own threads are one, too
    assert sorted(int(i) for block in blocks for i in block.indices) == list(range(50))
    assert {float(x) for block in blocks for x in block.numbers["numba"]} == {1.0}
    assert {str(x) for block in blocks for x in block.texts["blas"]} == {"1 1 1"}
    assert len({float(x) for block in blocks for x in block.numbers["process"]}) == 2
    assert os.getpid() not in {float(x) for block in blocks for x in block.numbers["process"]}


def test_a_point_that_takes_every_worker_down_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "out.zarr"
    vary = ["stages.mxc.rated_power=10 uW..60 uW:8"]
    toy = Walkers(kill=str(tmp_path / "nowhere" / "never"), victim=5, stubborn=True)
    with pytest.raises(EngineError, match=r"at points 5: .* --resume"):
        sweep(DESIGN, vary, output=path, workers=2, evaluator=toy)
    assert Store.open(path).missing().tolist() == [5]
    found = sweep(DESIGN, vary, output=path, resume=True, evaluator=Walkers())
    assert found.identical(sweep(DESIGN, vary, evaluator=Walkers()))


def test_a_scheduler_that_goes_away_is_named_and_finished_points_stay(tmp_path: Path) -> None:
    path, log = tmp_path / "out.zarr", tmp_path / "log"
    log.mkdir()
    with cluster(tmp_path, workers=1) as address:
        pid = json.loads((tmp_path / "scheduler.pid").read_text())

        def ending(step: str) -> None:
            if int(step.split()[0]) >= 20:
                os.kill(pid, signal.SIGKILL)

        with pytest.raises(EngineError, match="the Dask scheduler went away"):
            sweep(
                DESIGN, VARY, output=path, scheduler=address, progress=ending,
                evaluator=Walkers(seconds=0.01),
            )  # fmt: skip
    assert len(Store.open(path).missing()) <= 180
    found = sweep(DESIGN, VARY, output=path, resume=True, evaluator=Walkers())
    assert found.identical(sweep(DESIGN, VARY, evaluator=Walkers()))


@pytest.mark.parametrize("silent", [False, True])
def test_a_scheduler_that_does_not_answer(silent: bool, tmp_path: Path) -> None:
    """Nobody listens; or somebody does who never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if silent:
            listener.listen()
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        assert distributed.__version__  # imported before the clock runs
        began = time.monotonic()
        with pytest.raises(EngineError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1"):
            sweep(DESIGN, VARY, output=tmp_path / "o.zarr", scheduler=address, evaluator=Walkers())
        assert time.monotonic() - began < 10
    found = sweep(DESIGN, VARY, output=tmp_path / "o.zarr", resume=True, evaluator=Walkers())
    assert found.attrs["complete"] == 1


@pytest.mark.parametrize("address", ["nowhere", "http://x:1", "tcp://", "tcp://h", "tcp://h:x"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(DesignError, match="tcp://HOST:PORT"):
        sweep(DESIGN, VARY, scheduler=address)


def test_what_may_have_taken_workers_down_is_tried_alone_at_the_end() -> None:
    """A worker that dies takes down all that it was given, so others' points look guilty too."""
    queue = engine._Queue(engine.runs_of(np.arange(4), 1))
    first, second = queue.next(4, 0), queue.next(4, 1)
    assert [[int(run[0]) for run in batch] for batch in (first, second)] == [[0], [1]]
    assert queue.again(first)
    assert queue.again(second)
    queue.learn(1, 1.0)
    assert int(queue.next(4, 0)[0][0]) == 2
    assert int(queue.next(4, 1)[0][0]) == 3
    assert queue.next(4, 1) == []  # others are still running
    alone = queue.next(4, 0)
    assert int(alone[0][0]) in (0, 1)
    assert queue.next(4, 1) == []
    assert not queue.again(alone)
    assert len(queue.next(4, 0)) == 1
    assert queue.next(4, 0) == []
