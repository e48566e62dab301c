"""Labelled arrays: they reload whole, and the same arrays give the same bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import xarray as xr

from qubudget.report.arrays import read_netcdf, write_netcdf


def datasets() -> dict[str, xr.Dataset]:
    generator = np.random.default_rng(1)
    times, x, y = np.geomspace(1e-6, 0.1, 5), np.linspace(-5e-3, 5e-3, 4), np.linspace(0, 1e-3, 3)
    field = generator.random((5, 4, 3))
    field[0, 0, 0] = np.nan
    event = xr.Dataset(
        {"x_qp": (("time", "x", "y"), field, {"units": "1"})},
        coords={"time": ("time", times, {"units": "s"}), "x": x, "y": y},
        attrs={"design": "krinner-xld400", "seed": 1},
    )
    stages = xr.Dataset(
        {"load": ("stage", [12.6, 9.3e-6], {"units": "W"})}, coords={"stage": ["50k", "mxc"]}
    )
    return {"impact": event, "thermal": stages}


def test_arrays_reload_whole(tmp_path: Path) -> None:
    written = write_netcdf(datasets(), tmp_path / "new" / "folder")
    assert [path.name for path in written] == ["impact.nc", "thermal.nc"]
    reloaded = read_netcdf(tmp_path / "new" / "folder")
    assert set(reloaded) == {"impact", "thermal"}
    for name, dataset in datasets().items():
        xr.testing.assert_identical(reloaded[name].load(), dataset)


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_netcdf(datasets(), tmp_path / "first")
    second = write_netcdf(datasets(), tmp_path / "second")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_no_arrays_write_no_file(tmp_path: Path) -> None:
    assert write_netcdf({}, tmp_path) == []
    assert read_netcdf(tmp_path) == {}
