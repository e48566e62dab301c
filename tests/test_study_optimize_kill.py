"""A search on many workers, and one that is killed and resumed: the same bits."""

from __future__ import annotations

import multiprocessing
import random
import signal
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.study.optimization.journal import NAME, opened
from qubudget.study.optimization.looks import ChainEvaluator, Look
from qubudget.study.optimization.optimize import optimize
from qubudget.study.sweeping.journal import StoreError

sys.path.insert(0, str(Path(__file__).parent))

from optimize_driver import DESIGN, Slow, drive, search

KILLS = 6


@pytest.fixture
def own_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another cluster on this machine may have Dask's usual port, which makes it warn."""
    import distributed

    cluster = partial(
        distributed.LocalCluster, scheduler_kwargs={"dashboard_address": "127.0.0.1:0"}
    )
    monkeypatch.setattr(distributed, "LocalCluster", cluster)


def looks_in(log: Path) -> int:
    return sum(len(file.read_text().split()) for file in log.iterdir())


def test_a_search_killed_at_random_moments_ends_with_the_same_bits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, log = tmp_path / "out", tmp_path / "log"
    log.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["optimize_driver"])
    moments = random.Random(2026)
    for _ in range(KILLS):
        before, start = set(log.iterdir()), time.monotonic()
        driver = processes.Process(target=drive, args=(str(path), str(log)))
        driver.start()
        while set(log.iterdir()) == before and driver.is_alive():
            assert time.monotonic() - start < 60
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.25))
        driver.kill()
        driver.join()
        assert driver.exitcode == -signal.SIGKILL
    resumed = search(str(path), evaluator=Slow(log=str(log)), resume=True)
    whole_log = tmp_path / "whole"
    whole_log.mkdir()
    whole = search(None, evaluator=Slow(log=str(whole_log)))
    assert resumed == whole
    assert resumed["feasible"]
    # Beside the looks of a whole search: of each start the one that tells the names, and the one
    # that a kill interrupted.
    assert looks_in(whole_log) <= looks_in(log) <= looks_in(whole_log) + 2 * KILLS + 1
    # A second resumption finds every look.
    count = looks_in(log)
    assert search(str(path), evaluator=Slow(log=str(log)), resume=True) == whole
    assert looks_in(log) == count + 1


@pytest.mark.usefixtures("own_port")
def test_workers_and_journal_change_no_bit_of_the_answer(tmp_path: Path) -> None:
    """The real chain, whose balance and roots are iterated, in two processes and in this one."""
    changes = [
        "stages.50k.units+stages.4k.units=1..3:10", "electronics.hemt.power=1 mW..10.5 mW:3",
        "lines.drive.attenuation.mxc=10 dB..30 dB:0.2",
    ]  # fmt: skip

    def found(**options: object) -> dict[str, object]:
        result = optimize(
            load("krinner-xld400"), changes, ["thermal.margin>=0.8", "coherence"],
            trials=10, **options,
        ).to_dict()  # fmt: skip
        result["provenance"].pop("seconds")
        return result

    alone = found()
    assert found(workers=2, output=tmp_path / "out") == alone
    assert alone["answers"] or alone["reaches"]
    assert found(output=tmp_path / "out", resume=True) == alone


@pytest.mark.usefixtures("own_port")
def test_deep_looks_side_by_side_are_those_of_one_after_another() -> None:
    alone = search(None, evaluator=Slow(), trials=40)
    assert search(None, evaluator=Slow(), trials=40, workers=2) == alone


def test_a_look_survives_its_journal_to_the_last_bit(tmp_path: Path) -> None:
    look = ChainEvaluator("quick", 1, ("cold",))(DESIGN, 0)
    odd = Look((), {"a": 0.1 + 0.2, "b": None, "c": 7, "d": "text", "e": True, "f": 5e-324}, "no")
    with opened(tmp_path / "out", DESIGN, "quick", 1, resume=False) as journal:
        journal.add("first", look)
        journal.add("second", odd)
        assert journal.get("second") == odd
    file = tmp_path / "out" / NAME
    whole = file.read_bytes()
    for cut in (1, 40, 90):  # killed in the middle of the last line
        file.write_bytes(whole[:-cut])
        with opened(tmp_path / "out", DESIGN, "quick", 1, resume=True) as journal:
            assert journal.get("first") == look
            assert "second" not in journal
            journal.add("third", odd)
        with opened(tmp_path / "out", DESIGN, "quick", 1, resume=True) as journal:
            assert journal.get("third") == odd
            assert len(journal) == 2
    damaged = bytearray(whole)
    damaged[len(whole) // 2] ^= 1  # a bit of the first look; the second is sound
    file.write_bytes(damaged)
    with opened(tmp_path / "out", DESIGN, "quick", 1, resume=True) as journal:
        assert "first" not in journal
        assert journal.get("second") == odd


def test_folders_that_belong_to_something_else(tmp_path: Path) -> None:
    path = tmp_path / "out"
    options = {"output": path, "trials": 5, "evaluator": Slow()}
    changes = ["stages.50k.rated_power=30 W..100 W"]
    optimize(DESIGN, changes, ["sum"], **options)
    with pytest.raises(DesignError, match="--resume"):
        optimize(DESIGN, changes, ["sum"], **options)
    with pytest.raises(DesignError, match="seed: 1, now 2"):
        optimize(DESIGN, changes, ["sum"], **options, seed=2, resume=True)
    with pytest.raises(DesignError, match="willow-like"):
        optimize(load("willow-like"), changes, ["sum"], **options, resume=True)
    with pytest.raises(DesignError, match="together with --output"):
        optimize(DESIGN, changes, ["sum"], trials=5, resume=True, evaluator=Slow())
    with pytest.raises(DesignError, match="--workers"):
        optimize(DESIGN, changes, ["sum"], trials=5, workers=-1, evaluator=Slow())
    # Another question about the same design finds the looks of the first.
    optimize(DESIGN, changes, ["sum"], ["x"], **options, resume=True)
    (path / NAME).write_bytes(b"something else\n")
    with pytest.raises(DesignError, match="folder of a search"):
        optimize(DESIGN, changes, ["sum"], **options, resume=True)
    with (
        opened(tmp_path / "busy", DESIGN, "quick", 1, resume=False),
        pytest.raises(StoreError, match="another search"),
        opened(tmp_path / "busy", DESIGN, "quick", 1, resume=True),
    ):
        pass


def test_bad_questions_make_no_folder(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="nosuch"):
        optimize(DESIGN, ["nosuch.key=1..2"], ["sum"], evaluator=Slow(), output=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_full_disk_is_named_and_what_is_finished_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    from qubudget.study.optimization import journal

    kept, count = journal._line, [0]

    def line(content: object) -> bytes:
        count[0] += 1
        if count[0] > 10:
            raise OSError(errno.ENOSPC, "No space left on device")
        return kept(content)

    monkeypatch.setattr(journal, "_line", line)
    with pytest.raises(StoreError, match=r"no space left.*--resume"):
        search(str(tmp_path / "out"), evaluator=Slow())
    monkeypatch.undo()
    resumed = search(str(tmp_path / "out"), evaluator=Slow(), resume=True)
    assert resumed == search(None, evaluator=Slow())
