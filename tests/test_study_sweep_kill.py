"""The driver of a sweep is killed at random moments; the outcome is the same, bit for bit."""

import multiprocessing
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest

from qubudget.study.sweeping.store import Store
from qubudget.study.sweeping.sweep import sweep

sys.path.insert(0, str(Path(__file__).parent))

from sweep_driver import DESIGN, VARY, drive
from sweep_toys import Walkers

KILLS = 10


def test_a_driver_killed_ten_times_ends_with_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, log = tmp_path / "out.zarr", tmp_path / "log"
    log.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    processes = multiprocessing.get_context("forkserver")  # imports once, forks a clean process
    processes.set_forkserver_preload(["sweep_driver"])
    moments, finished = random.Random(2026), [0]
    for _ in range(KILLS):
        before, start = set(log.iterdir()), time.monotonic()
        driver = processes.Process(target=drive, args=(str(path), str(log)))
        driver.start()
        while set(log.iterdir()) == before and driver.is_alive():  # until its first point
            assert time.monotonic() - start < 60
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.2))
        driver.kill()
        driver.join()
        assert driver.exitcode == -signal.SIGKILL
        if (path / "zarr.json").exists():
            finished.append(int(Store.open(path).done().sum()))
    assert finished == sorted(finished)  # what is finished once stays finished
    assert 0 < finished[-1] < 240
    resumed = sweep(DESIGN, VARY, output=path, resume=True, evaluator=Walkers(log=str(log)))
    computed = sum(len(file.read_text().split()) for file in log.iterdir())
    assert 240 <= computed <= 240 + KILLS * 10  # 0.05 s of points, while the disk is slow some more
    whole = sweep(DESIGN, VARY, output=tmp_path / "whole.zarr", evaluator=Walkers())
    assert resumed.identical(whole)
    files = [
        {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}
        for root in (path, tmp_path / "whole.zarr")
    ]
    assert files[0] == files[1]
