"""The commands of studies: folders with results and figures, merged sweeps, chips compared."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qubudget.commands import explore
from qubudget.commands.common import app
from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.pipeline import Chain
from qubudget.study.optimization.optimize import grown
from qubudget.study.sizes.chips import with_chip

KRINNER = ["optimize", "krinner-xld400", "--quiet", "--json", "--require", "thermal"]
UNITS = "stages.50k.units+stages.4k.units=1..4:10"
COLD = "stages.still.units+stages.cp.units+stages.mxc.units=1..4:10"


def run(*arguments: str) -> Any:
    found = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert found.exit_code == 0
    return found


def is_png(path: Path) -> bool:
    """The signature, and more than a few dots in both directions."""
    head = path.read_bytes()[:24]
    width, height = struct.unpack(">II", head[16:24])
    return head.startswith(b"\x89PNG\r\n\x1a\n") and width > 500 and height > 300


def test_500_qubits_from_the_command_line_and_their_figures(tmp_path: Path) -> None:
    out = tmp_path / "out"
    options = ["--qubits", "500", "--change", UNITS, "--change", COLD, "-o", str(out)]
    shown = json.loads(run(*KRINNER, *options).stdout)
    assert shown["feasible"]
    assert json.loads((out / "optimize.json").read_text()) == shown
    for name in ("pareto", "waterfall"):
        assert is_png(out / f"{name}.png")
        assert "<svg" in (out / f"{name}.svg").read_text()
    # What it says of 500 qubits is what the chain says of them.
    design = grown(load("krinner-xld400"), 500).replace(shown["answers"][0]["set"])
    thermal, _, _ = Chain("quick", 1).cold(design)
    heat = {check["name"]: check["value"] for check in shown["answers"][0]["checks"]}
    assert heat["heat.4k"] == pytest.approx(thermal.stage("4k").load, rel=1e-12)
    # 50 qubits as built would pass without a change.
    assert shown["answers"][0]["changes"]
    with pytest.raises(DesignError, match="--resume"):
        run(*KRINNER, *options)
    again = json.loads(run(*KRINNER, *options, "--resume").stdout)
    assert again["answers"] == shown["answers"]


SWEEP = ["sweep", "krinner-xld400", "--quiet", "--json", "--set", "machine.total_qubits=200"]


def swept(path: Path, *axes: str) -> None:
    vary = [part for axis in axes for part in ("--vary", axis)]
    run(*SWEEP, "--wing", "thermal", "-o", str(path), *vary)


def test_two_sweeps_merge_into_one_grid(tmp_path: Path) -> None:
    a, b, both, whole = (tmp_path / f"{name}.zarr" for name in ("a", "b", "both", "whole"))
    swept(a, "machine.qubits=50,100")
    swept(b, "machine.qubits=100,150,200")
    swept(whole, "machine.qubits=50,100,150,200")
    document = json.loads(run("merge", str(a), str(b), "-o", str(both), "--json").stdout)
    assert (document["points"], document["failed"]) == (4, 0)
    from qubudget.study.sweeping.store import Store

    assert Store.open(both).read().identical(Store.open(whole).read())


def test_what_does_not_merge_is_named_at_once(tmp_path: Path) -> None:
    a, b, c = (tmp_path / f"{name}.zarr" for name in "abc")
    swept(a, "machine.qubits=50,100")
    run("sweep", "willow-like", "--quiet", "--json", "--wing", "thermal", "-o", str(b),
        "--seed", "2", "--vary", "qubit.frequency=5 GHz,6 GHz")  # fmt: skip
    with pytest.raises(DesignError) as caught:
        run("merge", str(a), str(b), "-o", str(a))
    text = str(caught.value)
    for wanted in ("krinner-xld400 (", "willow-like (", "seed: given 1 and 2", "machine.qubits and "
                   "qubit.frequency", f"--output: given {a}; allowed: a new name"):  # fmt: skip
        assert wanted in text
    (tmp_path / "folder").mkdir()
    with pytest.raises(DesignError) as caught:
        run("merge", str(tmp_path / "none.zarr"), str(tmp_path / "folder"), "-o", str(c))
    assert str(caught.value).count("the output of a sweep") == 2
    assert not c.exists()


def test_the_map_of_a_sweep_of_two_axes(tmp_path: Path) -> None:
    out, figure = tmp_path / "out.zarr", tmp_path / "figures" / "map.png"
    run(*SWEEP, "--wing", "thermal", "-o", str(out), "--vary", "machine.qubits=50,200",
        "--vary", "stages.4k.units=1,2", "--figure", str(figure))  # fmt: skip
    assert is_png(figure)
    with pytest.raises(DesignError, match=r"\.svg, \.png, \.pdf"):
        run(*SWEEP, "-o", str(tmp_path / "b.zarr"), "--vary", "machine.qubits=50,100",
            "--figure", "map.jpg")  # fmt: skip
    assert not (tmp_path / "b.zarr").exists()


def test_chips_compared_in_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which chips a machine of a million qubits would have; errors are not simulated here."""
    from qubudget.study.sizes import scale as sizes
    from qubudget.study.sizes.result import Scale

    asked = []

    def composed(design: Any, numbers: Any, **options: Any) -> Scale:
        asked.append(design)
        return Scale(design, (), 1, "quick", 1, 0.0)

    monkeypatch.setattr(sizes, "scale", composed)
    out = tmp_path / "out"
    chips = [part for name in ("present", "improved") for part in ("--chip", f"martinis-{name}")]
    run("scale", "million-qubit", *chips, "--quiet", "-o", str(out))
    assert [design.chip.trap_fraction > 0 for design in asked] == [False, True]
    assert all(design.machine.total_qubits == 1_000_000 for design in asked)
    assert all(design.code.distance == 25 for design in asked)
    document = json.loads((out / "scale.json").read_text())
    names = [design["name"] for design in document["designs"]]
    assert names == ["million-qubit-martinis-present", "million-qubit-martinis-improved"]
    assert is_png(out / "scale.png")


def test_a_chip_replaces_the_whole_section() -> None:
    """Krinner's design states nothing of bonds or traps; with its chip none of them is left."""
    willow, other = load("willow-like"), load("martinis-improved")
    there = with_chip(willow, other)
    assert there.chip == other.chip
    assert there.qubit == willow.qubit
    assert with_chip(there, willow).chip == willow.chip
    assert with_chip(load("martinis-improved"), load("krinner-xld400")).chip.trap_fraction == 0


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DesignError, match="a folder that can be written"):
        explore.write_results("scale", {}, {}, tmp_path / "file" / "out")
    assert explore.write_results("scale", {}, {}, None) == []
