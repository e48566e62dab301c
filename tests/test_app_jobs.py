"""Worker processes of the dashboard: order, sharing, cancelling, crashes, clean ends."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qubudget.app.jobs import Jobs
from qubudget.app.queueing import Answers, Job, Queue

HERE = str(Path(__file__).parent)
sys.path.insert(0, HERE)  # a spawned process gets this path, and finds the toys by name
from app_toys import Toy, toy  # noqa: E402

PATIENCE = 60.0
"""Seconds: far more than any of these jobs takes, even on a busy machine."""


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with Jobs(evaluator="app_toys:compute", grace=0.3) as found:
        yield found


def done(job: Job) -> dict[str, Any]:
    assert job.wait(PATIENCE)
    assert job.state == "done", job.error
    return job.parts


def alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_a_job_says_what_it_does_and_gives_its_parts(jobs: Jobs) -> None:
    heard = []
    job = jobs.submit("a", toy("plain"), lambda j: heard.append((j.progress, sorted(j.parts))))
    parts = done(job)
    assert parts["first"]["order"] == "plain"
    assert parts["second"]["pid"] != os.getpid()
    assert heard == [
        ("starting", []),
        ("first", []),
        ("first", ["first"]),
        ("second", ["first"]),
        ("second", ["first", "second"]),
        (None, ["first", "second"]),
    ]


def test_equal_keys_share_answers_between_users(jobs: Jobs) -> None:
    first = done(jobs.submit("a", toy("shared")))
    again = jobs.submit("b", toy("other", "shared-1", "shared-2"))
    assert done(again) == first
    half = done(jobs.submit("c", toy("half", "shared-1", "half-2")))
    assert half["first"] == first["first"]
    assert half["second"]["known"] == ["first"]
    assert half["second"]["order"] == "half"


def test_a_cancelled_job_stops_between_steps_and_its_process_lives(jobs: Jobs) -> None:
    heard: list[str | None] = []
    job = jobs.submit("a", toy("steps"), lambda j: heard.append(j.progress))
    until(lambda: "again" in heard)
    pids = jobs.pids
    job.cancel()
    told = len(heard)
    assert job.state == "cancelled"
    assert job.progress is None
    done(jobs.submit("a", toy("after-steps")))
    assert jobs.pids == pids
    assert len(heard) == told


def test_a_stuck_job_is_killed_and_the_next_one_runs(jobs: Jobs) -> None:
    heard: list[str | None] = []
    job = jobs.submit("a", toy("stuck"), lambda j: heard.append(j.progress))
    until(lambda: "second" in heard)
    (old,) = jobs.pids
    job.cancel()
    assert done(jobs.submit("b", toy("after-stuck")))["second"]["order"] == "after-stuck"
    assert not alive(old)


def test_a_process_that_dies_fails_one_job_only(jobs: Jobs) -> None:
    job = jobs.submit("a", toy("kill"))
    waiting = jobs.submit("b", toy("after-kill"))
    assert job.wait(PATIENCE)
    assert job.state == "failed"
    assert job.error == "the process that computed it ended early (signal 9)"
    assert job.parts["first"]["order"] == "kill"
    assert done(waiting)["second"]["order"] == "after-kill"


def test_a_process_killed_from_outside_while_idle_is_replaced(jobs: Jobs) -> None:
    done(jobs.submit("a", toy("before-outside")))
    (pid,) = jobs.pids
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(pid) or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2])
    assert done(jobs.submit("a", toy("after-outside")))["second"]["pid"] != pid


def test_an_error_in_the_work_is_a_message(jobs: Jobs) -> None:
    job = jobs.submit("a", toy("raise"))
    assert job.wait(PATIENCE)
    assert (job.state, job.error) == ("failed", "internal error: ZeroDivisionError: a toy broke")
    unsendable = Toy("plain", {"first": "x", "second": "y"})
    object.__setattr__(unsendable, "order", threading.Lock())
    job = jobs.submit("a", unsendable)
    assert job.wait(PATIENCE)
    assert job.state == "failed"
    assert "TypeError" in str(job.error)
    done(jobs.submit("a", toy("after-raise")))


def test_a_worker_computes_on_one_core(jobs: Jobs) -> None:
    assert done(jobs.submit("a", toy("threads")))["second"] == {"OMP_NUM_THREADS": "1"}


def test_an_evaluator_that_cannot_be_imported_is_a_message(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with Jobs(evaluator="no_such_module:compute") as broken:
        for order in ("one", "two"):
            job = broken.submit("a", toy(order))
            assert job.wait(PATIENCE)
            assert job.error == "the process that computed it ended early (exit code 1)"
    assert "no_such_module" in capfd.readouterr().err


def test_close_leaves_no_process_and_ends_every_job() -> None:
    jobs = Jobs(workers=2, evaluator="app_toys:compute")
    running = [jobs.submit(owner, toy("stuck", owner)) for owner in ("a", "b")]
    waiting = jobs.submit("c", toy("never"))
    until(lambda: len(jobs.pids) == 2)
    pids = jobs.pids
    jobs.close()
    assert not any(map(alive, pids))
    assert [job.state for job in (*running, waiting)] == ["cancelled"] * 3
    assert jobs.submit("a", toy("late")).state == "cancelled"
    jobs.close()


def test_a_server_that_forgets_to_close_leaves_no_process() -> None:
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from app_toys import toy\n"
        "from qubudget.app.jobs import Jobs\n"
        "jobs = Jobs(evaluator='app_toys:compute')\n"
        "job = jobs.submit('a', toy('plain'))\n"
        "assert job.wait(60)\n"
        "print(job.parts['second']['pid'])\n"
    )
    command = [sys.executable, "-W", "error", "-c", script, HERE]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    until(lambda: not alive(int(ran.stdout)))


def test_the_newest_job_of_an_owner_takes_the_place_of_the_older_one() -> None:
    queue = Queue()
    made = [Job(owner, toy(owner), None, 0.0) for owner in ("a", "b", "a", "c", "a")]
    for job in made:
        queue.put(job)
    assert len(queue) == 3
    assert [queue.take() for _ in range(3)] == [made[4], made[1], made[3]]
    assert [job.state for job in made] == [
        "cancelled", "waiting", "cancelled", "waiting", "waiting",
    ]  # fmt: skip


def test_a_job_that_is_not_due_lets_others_pass() -> None:
    queue = Queue()
    late = Job("a", toy("a"), None, time.monotonic() + 0.2)
    early = Job("b", toy("b"), None, 0.0)
    queue.put(late)
    queue.put(early)
    assert queue.take() is early
    assert queue.take() is late
    assert time.monotonic() >= late.due


def test_cancelled_jobs_are_not_taken_and_a_closed_queue_gives_none() -> None:
    queue = Queue()
    job = Job("a", toy("a"), None, 0.0)
    queue.put(job)
    job.cancel()
    threading.Timer(0.05, queue.close).start()
    assert queue.take() is None
    assert len(queue) == 0


def test_answers_keep_within_their_memory() -> None:
    answers = Answers(100)
    for number in range(50):
        answers.put(str(number), number, 30)
    assert [answers.get(str(n)) for n in (46, 47, 48, 49)] == [None, 47, 48, 49]
    answers.get("47")
    answers.put("50", 50, 30)
    assert (answers.get("47"), answers.get("48")) == (47, None)
    answers.put("large", 1, 101)
    assert answers.get("large") is None


def test_a_listener_that_fails_does_not_end_the_worker(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(job: Job) -> None:
        raise RuntimeError("a listener broke")

    done(jobs.submit("a", toy("listened"), broken))
    done(jobs.submit("a", toy("after-listened")))
    assert "a listener of a job failed" in caplog.text


def until(condition: Any) -> None:
    """Wait for a condition that must come."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)
