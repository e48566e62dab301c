"""A sweep as arrays gives the numbers of the sweep point by point."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from qubudget.design import load
from qubudget.errors import DesignError
from qubudget.report.sweep_tables import print_sweep, sweep_document
from qubudget.study.sweeping.sweep import sweep

AXES = ["stages.mxc.rated_power=10 uW..30 uW:3", "lines.drive.attenuation.mxc=10 dB,20 dB"]


def test_arrays_agree_with_the_chain(tmp_path: Path) -> None:
    design = load("krinner-xld400")
    one_by_one = sweep(design, AXES, wings=("coherence",), arrays=False)
    found = sweep(design, AXES, wings=("coherence",), output=tmp_path / "out.zarr")
    assert found.attrs["evaluator"] == "arrays"
    assert found.attrs["wings"] == one_by_one.attrs["wings"] == ["thermal", "coherence"]
    assert "intervals" in found.attrs["left_out"]
    assert "left_out" not in one_by_one.attrs
    for swept, told in ((found, True), (one_by_one, False)):
        said = io.StringIO()
        console = Console(file=said, width=400)
        print_sweep(sweep_document(swept, tmp_path / "out.zarr"), console)
        assert ("computed as arrays, without intervals" in said.getvalue()) == told
    assert "thermal.intervals.samples" in one_by_one
    assert not np.any(found["error"].values != "")
    shared = [n for n in found.data_vars if n in one_by_one and found[n].dtype.kind == "f"]
    assert len(shared) > 60
    for name in shared:
        if name.startswith("coherence.channels.charge-noise"):
            continue  # the scalar's own rounding; see the tests of the arrays
        assert found[name].attrs == one_by_one[name].attrs
        assert found[name].values == pytest.approx(
            one_by_one[name].values, rel=1e-9, abs=1e-30, nan_ok=True
        ), name
    # More cooling power makes the mixing chamber colder, whatever the attenuation.
    cold = found["thermal.stages.mxc.temperature_K"]
    assert np.all(np.diff(cold.values, axis=0) < 0)


def test_a_point_that_cannot_be_has_its_reason() -> None:
    design = load("krinner-xld400")
    found = sweep(design, ["machine.qubits=48,96"], wings=("thermal",))
    assert found["error"].values[0] == ""
    assert "total_qubits" in found["error"].values[1]  # the design has 50 in all
    assert not [name for name in found if not name.startswith(("thermal.", "feedback.", "error"))]


def test_arrays_leave_later_wings_out_when_asked() -> None:
    found = sweep(load("krinner-xld400"), ["machine.qubits=48,49"], arrays=True)
    assert found.attrs["wings"] == ["thermal", "coherence"]
    assert np.all(found["impact.rate_per_s.total"] > 0)


def test_choices_group_the_points() -> None:
    vary = ["cryostat.wall_power=carnot,small-system"]
    found = sweep(load("krinner-xld400"), vary, wings=("thermal",))
    assert found["cryostat.wall_power"].values.tolist() == ["carnot", "small-system"]
    ideal, real = found["thermal.wall_power_W"].values
    assert 0 < ideal < real


def test_an_output_of_arrays_is_not_continued_by_the_chain(tmp_path: Path) -> None:
    design, vary = load("krinner-xld400"), ["machine.qubits=48,49"]
    sweep(design, vary, wings=("thermal",), output=tmp_path / "out")
    with pytest.raises(DesignError, match="evaluator: arrays, now report"):
        sweep(design, vary, wings=("thermal",), output=tmp_path / "out", resume=True, arrays=False)
