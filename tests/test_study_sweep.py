"""Sweeps: what comes out, what is kept, what is refused, and what outlives a failure."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray
import zarr

from qubudget import DesignError, evaluate, load
from qubudget.study.sweeping import journal
from qubudget.study.sweeping.axes import parse_axes
from qubudget.study.sweeping.journal import StoreError
from qubudget.study.sweeping.merging import merge
from qubudget.study.sweeping.points import point_key
from qubudget.study.sweeping.scalars import scalars, unit_of
from qubudget.study.sweeping.store import Store
from qubudget.study.sweeping.sweep import sweep

sys.path.insert(0, str(Path(__file__).parent))

from sweep_toys import Squares, Walkers

DESIGN = load("sota-2024")
LOSS = "dielectrics.effective.tan_delta"
GRID = ["stages.mxc.rated_power=10 uW..60 uW:6", "code.decoder=unaware,aware"]


def tree(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in path.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "out.zarr"
    sweep(DESIGN, GRID, output=path, evaluator=Walkers())
    return path


def test_a_sweep_equals_single_runs(tmp_path: Path) -> None:
    vary = [f"{LOSS}=3e-7,3e-5", "loads.load.power=10 uW,70 uW"]
    found = sweep(DESIGN, vary, wings=["coherence"], output=tmp_path / "out.zarr", arrays=False)
    assert found.sizes == {LOSS: 2, "loads.load.power": 2}
    for loss in (3e-7, 3e-5):
        for power in (1e-5, 7e-5):
            design = DESIGN.replace({LOSS: loss, "loads.load.power": f"{power} W"})
            report = evaluate(design, wings=("coherence",)).to_dict()
            point = found.sel({LOSS: loss, "loads.load.power": power})
            assert point["error"] == ""
            assert point["key"] == point_key(design, "quick", 1, ("thermal", "coherence"))
            for name, value in scalars(report).items():
                if name in found and isinstance(value, float):
                    assert float(point[name]) == value, name
                elif isinstance(value, str):
                    assert str(point[name].values) == value, name
                elif found[name].dtype == np.float64:
                    assert np.isnan(point[name]), name
    assert found["thermal.status"].values[0].tolist() == ["STABLE", "RUNAWAY"]
    assert found["thermal.stages.mxc.load_W"].attrs["units"] == "W"
    assert found["coherence.t1_s"].attrs["units"] == "s"
    assert found["loads.load.power"].attrs["units"] == "W"
    assert np.isnan(found["coherence.published.t2_star_s"].values[0, 1])
    assert found.attrs["design_sha256"] == DESIGN.sha256()
    assert found.attrs["complete"] == 1
    with xarray.open_zarr(tmp_path / "out.zarr") as opened:
        assert opened.load().identical(found)


def test_scalars_are_the_report_without_series() -> None:
    document = evaluate(DESIGN, wings=("coherence",)).to_dict()
    found = scalars(document)
    assert found["thermal.stages.mxc.temperature_K"] == pytest.approx(0.01)
    assert found["coherence.channels.dielectric.effective.rate_per_s"] is not None
    assert not any(name.startswith("provenance") for name in found)
    held = json.dumps(document)
    for name in found:
        assert f'"{name.split(".")[-1].replace("%2F", "/")}"' in held
    assert scalars({"a": {"b/c": True, "n": None, "xs": [1, 2], "rows": [{"x": 1}, {"x": 2}]}}) == {
        "a.b%2Fc": 1.0,
        "a.n": None,
    }
    assert [unit_of(x) for x in ("a.x_per_day", "a.t1_s", "a.pairs", "a.shift_Hz")] == [
        "1/day", "s", "1", "Hz",
    ]  # fmt: skip


def test_constraints_carry_the_unit_that_they_name(tmp_path: Path) -> None:
    @_evaluating({"verdict.constraints.heat.unit": "W", "verdict.constraints.heat.value": 2.0})
    def toy(index: int) -> None: ...

    found = sweep(DESIGN, GRID[:1], evaluator=toy)
    assert found["verdict.constraints.heat.value"].attrs["units"] == "W"


def _evaluating(row: dict[str, Any]) -> Callable[[Callable[[int], None]], Any]:
    """A decorator: an evaluator that lets a function look at each point, then gives ``row``."""

    def made(look: Callable[[int], None]) -> Any:
        from qubudget.study.sweeping.blocks import from_rows

        class Toy:
            name, block = "toy", 1

            def __call__(self, points: Any) -> Any:
                for index in points.indices.tolist():
                    look(index)
                return from_rows(points.indices, [row | {"error": ""} for _ in points.indices])

        return Toy()

    return made


def test_a_failing_point_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    found = sweep(DESIGN, GRID, output=tmp_path / "o.zarr", evaluator=Walkers(fails=3))
    errors = found["error"].values.ravel().tolist()
    assert [k for k, error in enumerate(errors) if error] == [3]
    assert errors[3] == "ZeroDivisionError: no walkers"
    assert np.isnan(found["walk.spread_m"].values.ravel()[3])
    assert np.isfinite(np.delete(found["walk.spread_m"].values.ravel(), 3)).all()


def test_an_inconsistent_design_fails_alone() -> None:
    found = sweep(DESIGN, ["machine.qubits=1,5"], wings=["thermal"], arrays=False)
    assert found["error"].values[0] == ""
    assert "machine.total_qubits" in found["error"].values[1]
    assert found["key"].values[1] == ""


def test_arrays_run_in_whole_blocks(tmp_path: Path) -> None:
    vary = ["stages.mxc.rated_power=10 uW..60 uW:50", "loads.load.power=1 uW..2 uW:3"]
    found = sweep(DESIGN, vary, output=tmp_path / "o.zarr", evaluator=Squares())
    power = found["stages.mxc.rated_power"].values
    np.testing.assert_array_equal(found["first.square_W"].values, np.tile(power**2, (3, 1)).T)
    assert found["run"].values.ravel().tolist() == [64.0] * 128 + [22.0] * 22


def test_an_output_is_not_overwritten(whole: Path, tmp_path: Path) -> None:
    before = tree(whole)
    with pytest.raises(DesignError, match="--resume"):
        sweep(DESIGN, GRID, output=whole, evaluator=Walkers())
    other = load("transmon-2010")
    changes: list[tuple[Any, list[str], dict[str, Any], str]] = [
        (other, GRID, {}, "design"),
        (DESIGN, GRID[:1], {}, "keys"),
        (DESIGN, ["stages.mxc.rated_power=10 uW..61 uW:6", GRID[1]], {}, "axes_sha256"),
        (DESIGN, GRID, {"seed": 2}, "seed: 1, now 2"),
        (DESIGN, GRID, {"effort": "full"}, "effort: quick, now full"),
        (DESIGN, GRID, {"wings": ["thermal"]}, "wings"),
        (DESIGN, GRID, {"evaluator": Squares()}, "evaluator: walkers, now squares"),
    ]
    for design, axes, more, said in changes:
        for resume in (False, True):
            arguments = {"evaluator": Walkers()} | more
            with pytest.raises(DesignError, match="another sweep") as caught:
                sweep(design, axes, output=whole, resume=resume, **arguments)
            assert said in str(caught.value)
    file, folder = tmp_path / "file", tmp_path / "folder"
    file.write_text("mine")
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    for path in (file, folder):
        with pytest.raises(DesignError, match="a new name"):
            sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers())
    assert (folder / "mine.txt").read_text() == file.read_text() == "mine"
    assert tree(whole) == before


def test_bad_arguments_come_at_once() -> None:
    with pytest.raises(DesignError) as caught:
        sweep(
            DESIGN, GRID, effort="huge", seed=-1, wings=["thermo"], workers=2,  # type: ignore[arg-type]
            scheduler="nowhere", resume=True,
        )  # fmt: skip
    assert len(caught.value.problems) == 6


def test_resume_of_a_complete_sweep_computes_nothing(whole: Path, tmp_path: Path) -> None:
    found = sweep(DESIGN, GRID, output=whole, resume=True, evaluator=Walkers(log=str(tmp_path)))
    assert found.sizes == {"stages.mxc.rated_power": 6, "code.decoder": 2}
    assert not list(tmp_path.iterdir())


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("call", ["replace", "rename", "fsync", "unlink", "mkdir"])
def test_a_crash_at_any_step_of_storing_loses_nothing(
    call: str, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """End the driver at the k-th system call of a kind, for many k, and go on."""
    monkeypatch.setattr("qubudget.study.sweeping.engine.STORE_SECONDS", 0.0)
    monkeypatch.setattr("qubudget.study.sweeping.engine.STORE_SHARE", 1e9)
    path, log = tmp_path / "out.zarr", tmp_path / "log"
    log.mkdir()
    real, step, crashes = getattr(os, call), 1, 0
    while True:
        left = step

        def dying(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                raise Crash
            return real(*arguments, **named)

        try:
            with monkeypatch.context() as patch:
                patch.setattr(os, call, dying)
                sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers(log=str(log)))
            break
        except Crash:
            crashes += 1
            if path.is_dir() and (path / "zarr.json").exists():
                with xarray.open_zarr(path, chunks=None) as seen:
                    assert len(seen.data_vars) == (4 if seen.attrs["complete"] else 0)
        step += 4
    assert crashes >= (2 if call != "unlink" else 0)
    assert tree(path) == tree(whole)
    lines = [line for file in log.iterdir() for line in file.read_text().split()]
    assert len(lines) <= 12 + crashes  # at most the point in hand is computed again


def test_a_damaged_block_is_computed_again(whole: Path, tmp_path: Path) -> None:
    path = _begun(tmp_path / "out.zarr", stop=7)
    blocks = sorted((path / "journal").glob("0*.zip"))
    content = bytearray(blocks[2].read_bytes())
    content[len(content) // 2] ^= 0xFF
    blocks[2].write_bytes(content)
    blocks[4].write_bytes(blocks[4].read_bytes()[:100])
    (path / "journal" / "00000011-aaaaaaaaaaaa.zip.part").write_bytes(b"half")
    assert Store.open(path).missing().tolist() == [2, 4, 7, 8, 9, 10, 11]
    sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers())
    assert tree(path) == tree(whole)


def _begun(path: Path, stop: int, vary: list[str] = GRID) -> Path:
    """A sweep that was ended at a point, each point before it in a block of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("qubudget.study.sweeping.engine.STORE_SECONDS", 0.0)
        patch.setattr("qubudget.study.sweeping.engine.STORE_SHARE", 1e9)
        calls = 0
        real = Walkers.__call__

        def ending(self: Walkers, points: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls > stop:
                raise Crash
            return real(self, points)

        patch.setattr(Walkers, "__call__", ending)
        with pytest.raises(Crash):
            sweep(DESIGN, vary, output=path, evaluator=Walkers())
    return path


def test_two_writers_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qubudget.study.sweeping.store.LOCK_SECONDS", 0.2)
    path = _begun(tmp_path / "out.zarr", stop=3)
    with Store.open(path).writing(), pytest.raises(StoreError, match="another sweep is writing"):
        sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers())


@pytest.mark.skipif(sys.platform == "win32", reason="no locks there")
def test_a_killed_writer_may_take_its_time_to_die(whole: Path, tmp_path: Path) -> None:
    """A process in the middle of a flush holds its lock until the disk answers."""
    import fcntl

    path = _begun(tmp_path / "out.zarr", stop=3)
    dying = open(path / "journal" / "lock", "a", encoding="utf-8")  # noqa: SIM115
    fcntl.flock(dying, fcntl.LOCK_EX)
    end = threading.Timer(0.5, dying.close)
    end.start()
    sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers())
    end.join()
    assert tree(path) == tree(whole)


def test_a_sweep_that_another_writer_finishes_meanwhile(whole: Path, tmp_path: Path) -> None:
    path = _begun(tmp_path / "out.zarr", stop=3)
    store = Store.open(path)
    found = sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers())
    with store.writing():
        assert len(store.missing()) == 0
        assert store.publish().identical(found)
    assert tree(path) == tree(whole)


def test_columns_are_cut_into_chunks_that_any_reader_joins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vary = ["loads.load.power=1 uW..60 uW:5", *GRID]
    kept = sweep(DESIGN, vary, output=tmp_path / "a.zarr", evaluator=Walkers())
    monkeypatch.setattr("qubudget.study.sweeping.layout.CHUNK", 9)
    found = sweep(DESIGN, vary, output=tmp_path / "b.zarr", evaluator=Walkers())
    assert found.identical(kept)
    array = zarr.open_group(tmp_path / "b.zarr", mode="r")["walk.spread_m"]
    assert isinstance(array, zarr.Array)
    assert array.chunks == (1, 4, 2)
    assert len(list((tmp_path / "b.zarr" / "walk.spread_m" / "c").glob("*/*/0"))) == 10
    np.testing.assert_array_equal(array[...], kept["walk.spread_m"].values)


@pytest.mark.parametrize("value", [0.0, -0.0, np.nan, np.inf, -np.inf, 0.1, 7e-310])
def test_a_column_of_one_value_keeps_its_bits(value: float, tmp_path: Path) -> None:
    @_evaluating({"same": value, "word": "häß\n"})
    def toy(index: int) -> None: ...

    found = sweep(DESIGN, GRID, output=tmp_path / "o.zarr", evaluator=toy)
    bits = found["same"].values.ravel().view(np.int64)
    assert set(bits.tolist()) == {int(np.array([value]).view(np.int64)[0])}
    assert set(found["word"].values.ravel().tolist()) == {"häß\n"}
    assert not (tmp_path / "o.zarr" / "same" / "c").exists()


def test_what_is_finished_can_be_read_meanwhile(whole: Path, tmp_path: Path) -> None:
    found = Store.open(_begun(tmp_path / "out.zarr", stop=5)).read()
    errors = found["error"].values.ravel().tolist()
    assert errors == [""] * 5 + ["not computed"] * 7
    complete = Store.open(whole).read()["walk.spread_m"].values.ravel()
    np.testing.assert_array_equal(found["walk.spread_m"].values.ravel()[:5], complete[:5])


def test_a_full_disk_is_named_and_finished_points_survive(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qubudget.study.sweeping.engine.STORE_SECONDS", 0.0)
    monkeypatch.setattr("qubudget.study.sweeping.engine.STORE_SHARE", 1e9)
    path = tmp_path / "out.zarr"
    real, room = journal.write_flushed, 8

    def filling(target: Path, content: bytes) -> None:
        nonlocal room
        room -= 1
        if room < 0:
            target.write_bytes(content[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(target, content)

    with monkeypatch.context() as patch:
        patch.setattr(journal, "write_flushed", filling)
        with pytest.raises(StoreError, match="no space left on device") as caught:
            sweep(DESIGN, GRID, output=path, evaluator=Walkers())
    assert str(path) in str(caught.value)
    assert "--resume" in str(caught.value)
    assert Store.open(path).missing().tolist() == [6, 7, 8, 9, 10, 11]
    assert not list(path.rglob("*.part"))
    sweep(DESIGN, GRID, output=path, resume=True, evaluator=Walkers())
    assert tree(path) == tree(whole)


FILLING = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from sweep_toys import Walkers
from qubudget import load
from qubudget.study.sweeping import engine
from qubudget.study.sweeping.journal import StoreError
from qubudget.study.sweeping.sweep import sweep
engine.STORE_SECONDS, engine.STORE_SHARE = 0.0, 1e9
folder = Path({folder!r})
(folder / "ballast").write_bytes(b"x" * 800_000)
try:
    sweep(load("sota-2024"), ["loads.load.power=1 uW..60 uW:60"], output=folder / "out.zarr",
          evaluator=Walkers())
except StoreError as error:
    print(error)
else:
    raise SystemExit("the disk was not full")
(folder / "ballast").unlink()
found = sweep(load("sota-2024"), ["loads.load.power=1 uW..60 uW:60"], output=folder / "out.zarr",
              evaluator=Walkers(log={log!r}), resume=True)
print("points", int((found["error"] == "").sum()))
"""


def _own_mounts() -> list[str]:
    """How this machine lets a test mount something that nobody else sees."""
    ways = (["unshare", "--map-root-user", "--mount"], ["sudo", "-nE", "unshare", "--mount"])
    for way in ways:
        tried = subprocess.run([*way, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return way
    pytest.skip("this machine lets no test mount a file system (a full disk is also injected)")


def test_a_small_file_system_that_fills(tmp_path: Path) -> None:
    """A real one of a megabyte, mounted in a name space of its own."""
    folder, log = tmp_path / "disk", tmp_path / "log"
    folder.mkdir()
    log.mkdir()
    script = FILLING.format(tests=str(Path(__file__).parent), folder=str(folder), log=str(log))
    mount = f'mount -t tmpfs -o size=900k tmpfs {folder} && exec {sys.executable} -c "$SCRIPT"'
    done = subprocess.run(
        [*_own_mounts(), "sh", "-c", mount],
        env=os.environ | {"SCRIPT": script}, capture_output=True, text=True, timeout=100,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, points = done.stdout.strip().splitlines()
    assert "no space left on device" in said
    assert points == "points 60"
    again = sum(len(file.read_text().split()) for file in log.iterdir())
    assert 10 < again < 59


def test_halves_merge_to_the_whole(whole: Path, tmp_path: Path) -> None:
    vary = [f"{LOSS}=1e-7..4e-7:4", "code.decoder=unaware,aware"]
    parts = [[f"{LOSS}=1e-7,3e-7", vary[1]], [f"{LOSS}=2e-7,3e-7,4e-7", vary[1]]]
    for name, axes in zip("wab", [vary, *parts], strict=True):
        sweep(DESIGN, axes, wings=["thermal"], output=tmp_path / name)
    merged = merge(tmp_path / "a", tmp_path / "b", tmp_path / "out")
    assert merged.identical(Store.open(tmp_path / "w").read())
    assert tree(tmp_path / "out") == tree(tmp_path / "w")
    with pytest.raises(DesignError, match="a new name"):
        merge(tmp_path / "a", tmp_path / "b", tmp_path / "out")
    with pytest.raises(DesignError, match="evaluator"):
        merge(whole, tmp_path / "b", tmp_path / "other")


def test_a_merged_grid_with_holes_can_be_filled(tmp_path: Path) -> None:
    axes = [["1e-7,2e-7", "unaware"], ["3e-7", "aware"], ["1e-7,2e-7,3e-7", "unaware,aware"]]
    vary = [[f"{LOSS}={a}", f"code.decoder={b}"] for a, b in axes]
    for name, part in zip("abw", vary, strict=True):
        sweep(DESIGN, part, wings=["thermal"], output=tmp_path / name)
    merged = merge(tmp_path / "a", tmp_path / "b", tmp_path / "out")
    assert merged.attrs["complete"] == 0
    assert merged["error"].values.tolist() == [["", "not computed"]] * 2 + [["not computed", ""]]
    filled = sweep(DESIGN, vary[2], wings=["thermal"], output=tmp_path / "out", resume=True)
    assert filled.identical(Store.open(tmp_path / "w").read())
    assert tree(tmp_path / "out") == tree(tmp_path / "w")


def test_samples_merge_by_their_points(tmp_path: Path) -> None:
    vary = ["stages.mxc.rated_power=10 uW..60 uW", "loads.load.power=1 uW..2 uW"]
    found = []
    for seed in (1, 2):
        space = parse_axes(DESIGN, vary, sample="lhs:9", seed=seed)
        path = tmp_path / str(seed)
        found.append(sweep(DESIGN, space, wings=["thermal"], output=path, arrays=False))
    merged = merge(tmp_path / "1", tmp_path / "2", tmp_path / "out")
    joined = xarray.concat(found, "point", combine_attrs="override")
    for name in ("thermal.stages.mxc.margin", "loads.load.power", "key"):
        np.testing.assert_array_equal(merged[name].values, joined[name].values)
    assert merge(tmp_path / "1", tmp_path / "out", tmp_path / "more").sizes == {"point": 18}


def test_sweeps_that_disagree_do_not_merge(tmp_path: Path) -> None:
    for name, value in (("a", 1.0), ("b", 2.0)):

        @_evaluating({"value": value})
        def toy(index: int) -> None: ...

        sweep(DESIGN, GRID, output=tmp_path / name, evaluator=toy)
    with pytest.raises(StoreError, match="differ in value"):
        merge(tmp_path / "a", tmp_path / "b", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_swept_target_is_a_coordinate() -> None:
    found = sweep(DESIGN, ["targets.one_qubit_fidelity=0.9,0.999"], wings=["thermal"])
    assert found["targets.one_qubit_fidelity"].values.tolist() == [0.9, 0.999]
