"""A sweep as arrays gives the numbers of the sweep point by point."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qubudget.design import load
from qubudget.study.arrays.evaluator import ArrayEvaluator
from qubudget.study.sweeping.sweep import sweep

AXES = ["stages.mxc.rated_power=10 uW..30 uW:3", "lines.drive.attenuation.mxc=10 dB,20 dB"]


def test_arrays_agree_with_the_chain(tmp_path: Path) -> None:
    design = load("krinner-xld400")
    one_by_one = sweep(design, AXES, wings=("thermal", "coherence"))
    found = sweep(design, AXES, output=tmp_path / "out.zarr", evaluator=ArrayEvaluator())
    assert not np.any(found["error"].values != "")
    shared = [n for n in found.data_vars if n in one_by_one and found[n].dtype.kind == "f"]
    assert len(shared) > 60
    for name in shared:
        if name.startswith("coherence.channels.charge-noise"):
            continue  # the scalar's own rounding; see the tests of the arrays
        assert found[name].values == pytest.approx(
            one_by_one[name].values, rel=1e-9, abs=1e-30, nan_ok=True
        ), name
    # More cooling power makes the mixing chamber colder, whatever the attenuation.
    cold = found["thermal.stages.mxc.temperature_K"]
    assert np.all(np.diff(cold.values, axis=0) < 0)


def test_a_point_that_cannot_be_has_its_reason() -> None:
    design = load("krinner-xld400")
    found = sweep(design, ["machine.qubits=48,96"], evaluator=ArrayEvaluator())
    assert found["error"].values[0] == ""
    assert "total_qubits" in found["error"].values[1]  # the design has 50 in all
