"""Labelled arrays on disk: one NetCDF file per wing."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray


def write_netcdf(
    datasets: Mapping[str, xarray.Dataset], directory: str | PathLike[str]
) -> list[Path]:
    """Write every dataset to ``directory/NAME.nc`` (NetCDF 4); returns the paths in order.

    The same datasets give the same bytes: HDF5 keeps no time of writing here.
    """
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, dataset in datasets.items():
        path = folder / f"{name}.nc"
        dataset.to_netcdf(path, engine="h5netcdf")
        paths.append(path)
    return paths


def read_netcdf(directory: str | PathLike[str]) -> dict[str, xarray.Dataset]:
    """Every dataset of a directory that `write_netcdf` wrote, in memory, by name."""
    import xarray

    return {
        path.stem: xarray.load_dataset(path, engine="h5netcdf")
        for path in sorted(Path(directory).glob("*.nc"))
    }
