"""Statistics: addable, resumable, the same for any number of workers, readable by sinter."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import sinter
import stim
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise
from qubudget.qec.layout import build
from qubudget.qec.ledger import Batch, append, merge, read, repair, totals
from qubudget.qec.sampling import Counts, batch_size, count_errors, stream
from qubudget.qec.tasks import Task, collect, run_batch

SIZE = 8192  # shots of a batch of small circuits


def circuit(p=0.01, rounds=3, distance=3):
    noise = RoundNoise(GateNoise.uniform(p))
    return memory_circuit(build("surface", distance), "Z", [(rounds, noise)])


TASK = Task.of(circuit(), metadata={"d": 3, "p": 0.01})


def batch(number=0, seed=1, errors=7, task="a" * 64, metadata='{"d": 3}'):
    return Batch(task, "pymatching", metadata, seed, number, Counts(100, errors), 0.5)


def ledger(*batches):
    return {b.key: b for b in batches}


def written(path, *batches):
    repair(path)
    for each in batches:
        append(path, each.line())
    return path


def test_a_batch_depends_on_its_seed_alone():
    first = run_batch(TASK, 2000, 5)
    run_batch(Task.of(circuit(0.02)), 2000, 6)
    assert run_batch(TASK, 2000, 5) == first
    assert run_batch(TASK, 2000, 6) != first
    assert first.shots == 2000


def test_counts_agree_with_those_of_another_stream():
    """Four sigma of both, false alarm 6e-5."""
    (found,) = collect([TASK], 8 * SIZE, 3)
    other = count_errors(circuit(), 8 * SIZE, stream(4))
    assert found.shots == other.shots
    assert abs(found.errors - other.errors) < 4 * np.sqrt(found.errors + other.errors)


def test_the_decoder_believes_what_it_is_told():
    """Three bits, two checks, the first bit the observable. With true flips of 0.2, 0.01, 0.01 an
    event of the first check alone is the first bit's; who believes in 0.01, 0.3, 0.3 blames the
    two others and never the first. By hand (sums over the eight errors): failures of 4.06e-3 and
    0.2, to four sigma, false alarm 2e-4."""
    text = (
        "R 0 1 2\nX_ERROR({}) 0\nX_ERROR({}) 1\nX_ERROR({}) 2\nM 0 1 2\n"
        "DETECTOR rec[-3] rec[-2]\nDETECTOR rec[-2] rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-3]"
    )
    true, false = (stim.Circuit(text.format(*p)) for p in ((0.2, 0.01, 0.01), (0.01, 0.3, 0.3)))
    right, wrong = collect([Task.of(true), Task.of(true, false)], 8 * SIZE, 1)
    for found, expected in ((right, 4.06e-3), (wrong, 0.2)):
        spread = np.sqrt(expected * (1 - expected) / found.shots)
        assert abs(found.rate - expected) < 4 * spread


def test_ids_tell_all_that_matters():
    tasks = [
        TASK,
        Task.of(circuit(), metadata={"d": 3, "p": 0.02}),
        Task.of(circuit(), circuit(0.02), metadata={"d": 3, "p": 0.01}),
        Task.of(circuit(), decoder="pymatching-correlated", metadata={"d": 3, "p": 0.01}),
        Task.of(circuit(0.02), metadata={"d": 3, "p": 0.01}),
    ]
    assert len({task.strong_id for task in tasks}) == len(tasks)
    assert Task.of(circuit(), circuit(), metadata={"p": 0.01, "d": 3}) == TASK
    seeds = {t.batch_seed(s, n) for t in tasks for s in (1, 2) for n in range(10)}
    assert len(seeds) == 100


def test_one_worker_and_two_count_the_same(tmp_path):
    tasks = [TASK, Task.of(circuit(0.005), metadata={"d": 3, "p": 0.005})]
    found = {}
    for workers in (1, 2):
        path = tmp_path / f"{workers}.csv"
        found[workers] = collect(tasks, 6 * SIZE, 9, path=path, workers=workers, max_errors=800)
    assert found[1] == found[2]
    # The first task stops early, and no batch beyond its end is in the file.
    assert found[1][0].shots < 6 * SIZE == found[1][1].shots
    counts = [{key: b.counts for key, b in read(tmp_path / f"{w}.csv").items()} for w in (1, 2)]
    assert counts[0] == counts[1]
    assert list(totals(read(tmp_path / "1.csv")).values()) == found[1]


def test_the_environment_is_as_before(monkeypatch):
    """Worker processes have one thread each; this one keeps what it had."""
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ)
    collect([TASK], 1, 1, workers=2)
    assert dict(os.environ) == before


def test_sinter_reads_the_file_and_sums_alike(tmp_path):
    path = tmp_path / "statistics.csv"
    (found,) = collect([TASK], 3 * SIZE, 1, path=path)
    (theirs,) = sinter.read_stats_from_csv_files(path)
    assert (theirs.shots, theirs.errors) == (found.shots, found.errors) == (3 * SIZE, found.errors)
    assert theirs.strong_id == TASK.strong_id
    assert theirs.decoder == "pymatching"
    assert theirs.json_metadata == {"d": 3, "p": 0.01}
    assert theirs.custom_counts == {"1:0": 1, "1:1": 1, "1:2": 1}


def test_more_shots_continue_and_fewer_take_a_part(tmp_path):
    path = tmp_path / "statistics.csv"
    (short,) = collect([TASK], 2 * SIZE, 1, path=path)
    (long,) = collect([TASK], 4 * SIZE, 1, path=path)
    assert collect([TASK], 4 * SIZE, 1) == [long]
    assert collect([TASK], 1, 1, path=path) == collect([TASK], 1, 1)
    assert collect([TASK], 2 * SIZE, 1, path=path) == [short]
    assert len(read(path)) == 4


def test_finished_batches_are_not_computed_again(tmp_path):
    """A file that claims other counts is believed."""
    claim = Batch(TASK.strong_id, TASK.decoder, TASK.metadata, 1, 1, Counts(SIZE, 5000), 1.0)
    path = written(tmp_path / "statistics.csv", claim)
    (found,) = collect([TASK], 2 * SIZE, 1, path=path)
    assert found == collect([TASK], 1, 1)[0] + claim.counts


def test_two_seeds_merge_and_one_seed_does_not_count_twice(tmp_path):
    runs = {}
    for name, seed in (("a", 1), ("b", 2), ("c", 1)):
        runs[name] = collect([TASK], 2 * SIZE, seed, path=tmp_path / f"{name}.csv")[0]
    files = {name: read(tmp_path / f"{name}.csv") for name in runs}
    assert totals(merge(files["a"], files["b"])) == {TASK.strong_id: runs["a"] + runs["b"]}
    assert totals(merge(files["a"], files["c"])) == {TASK.strong_id: runs["a"]}
    assert runs["a"] != runs["b"]


def test_the_same_batch_twice_in_one_file_counts_once(tmp_path):
    path = written(tmp_path / "x.csv", batch(0), batch(0), batch(1), batch(0, seed=2))
    assert totals(read(path)) == {"a" * 64: Counts(300, 21)}


def test_a_batch_of_two_counts_is_refused(tmp_path):
    with pytest.raises(OutOfRangeError, match="twice with different counts"):
        merge(ledger(batch(errors=7)), ledger(batch(errors=8)))
    with pytest.raises(OutOfRangeError, match="twice with different counts"):
        read(written(tmp_path / "x.csv", batch(errors=7), batch(errors=8)))


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.integers(0, 4)), max_size=12),
    st.integers(0, 12),
)
def test_merging_is_a_union(keys, cut):
    """Whatever the order, the parts, and what they share."""
    batches = [batch(n, s, (n + s) % 5, task) for task, s, n in keys]
    whole = merge(ledger(*batches))
    assert merge(ledger(*batches[cut:]), ledger(*batches[: cut + 2])) == whole
    assert sum((c for c in totals(whole).values()), Counts()).shots == 100 * len(set(keys))


def test_a_torn_line_is_dropped_wherever_it_is_torn(tmp_path):
    """Every length that a kill can leave, the header's included."""
    path = tmp_path / "torn.csv"
    text = json.dumps({"text": 'a, "b"\n'})
    batches = [batch(n, metadata=text) for n in range(2)]
    content = written(tmp_path / "whole.csv", *batches).read_bytes()
    first = content.index(b"\n") + 1
    second = content.index(b"\n", first) + 1
    for length in range(len(content) + 1):
        path.write_bytes(content[:length])
        expected = batches[: (length >= second) + (length == len(content))]
        assert repair(path) == ledger(*expected)
        append(path, batch(9, metadata=text).line())
        assert read(path) == ledger(*expected, batch(9, metadata=text))
        sinter.read_stats_from_csv_files(path)


@pytest.mark.parametrize(
    "content",
    [
        b"no line's end",
        b"a,b,c\n1,2,3\n",
        (sinter.CSV_HEADER + "\n1,2\n").encode(),
        (sinter.CSV_HEADER + '\n10,1,0,0.1,pymatching,abc,"{}",\n').encode(),
        (sinter.CSV_HEADER + '\n10,1,0,0.1,pymatching,abc,"{}","[1]"\n').encode(),
        (sinter.CSV_HEADER + '\n10,1,0,0.1,pymatching,abc,"{}","{""x"":1}"\n').encode(),
        b"\xff\xfe\x00",
    ],
)
def test_other_files_are_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    with pytest.raises(OutOfRangeError, match=r"notes\.txt"):
        collect([TASK], 1, 1, path=path)
    assert path.read_bytes() == content


def test_a_decoder_that_is_not_there_is_refused_before_any_work(tmp_path):
    path = tmp_path / "x.csv"
    with pytest.raises(OutOfRangeError, match="oracle"):
        collect([TASK, Task.of(circuit(), decoder="oracle")], 1, 1, path=path)
    assert not path.exists()


SCRIPT = """
import sys
from pathlib import Path
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise
from qubudget.qec.layout import build
from qubudget.qec.tasks import Task, collect

def task():
    noise = RoundNoise(GateNoise.uniform(0.01))
    return Task.of(memory_circuit(build("surface", 3), "Z", [(9, noise)]), metadata=3)

if __name__ == "__main__":
    print("ready", flush=True)
    found = collect([task()], 120 * 8192, 7, path=Path(sys.argv[1]), workers=int(sys.argv[2]))
    print(found[0].shots, found[0].errors)
"""


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    """What the script prints with one worker that nobody kills, and its file."""
    folder = tmp_path_factory.mktemp("unbroken")
    script, path = folder / "run.py", folder / "whole.csv"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(path), "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout, path


@pytest.mark.parametrize(("workers", "kills"), [(1, 2), (2, 1)])
def test_a_killed_run_resumes_to_the_counts_of_an_unbroken_one(tmp_path, unbroken, workers, kills):
    """Killed at some moment after its start, then left to finish."""
    script, path = tmp_path / "run.py", tmp_path / "killed.csv"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(path), str(workers)]
    chance, grown = random.Random(workers), [0]
    for _ in range(kills):
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            process.stdout.readline()
            deadline = time.monotonic() + 30
            while (not path.exists() or len(read(path)) <= grown[-1]) and process.poll() is None:
                assert time.monotonic() < deadline
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.15))
            process.send_signal(signal.SIGKILL)
            # Its output ends only when its workers are gone too.
            process.communicate(timeout=30)
        assert process.returncode == -signal.SIGKILL
        grown.append(len(read(path)))
    assert grown[-1] < 120
    before = {key: batch.seconds for key, batch in read(path).items()}
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    printed, whole = unbroken
    assert ended.stdout == printed
    counts = [[(b.key, b.counts) for b in read(p).values()] for p in (path, whole)]
    assert counts[0] == counts[1]
    # What was finished was not computed again: its times are those of before.
    assert {key: read(path)[key].seconds for key in before} == before
    (theirs,) = sinter.read_stats_from_csv_files(path)
    assert f"{theirs.shots} {theirs.errors}" == printed.split("\n")[1]
    assert set(theirs.custom_counts.values()) == {1}


def test_batches_are_of_one_size():
    assert batch_size(circuit()) == SIZE
    assert batch_size(circuit(distance=5, rounds=2000)) == 2**26 // (12 * 2001)
