"""The labelled dataset of a sweep, gathered from the journal column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from qubudget.study.sweeping import journal
from qubudget.study.sweeping.blocks import ERROR, numbers_of, texts_of
from qubudget.study.sweeping.points import POINT, Axis, Indices, Space
from qubudget.study.sweeping.scalars import unit_of

Attributes = dict[str, str]
MISSING = "not computed"
"""Error of a point that is not finished."""
OF_VALUE = ("value", "limit")
"""Columns of a constraint that are in the unit which its column ``unit`` names."""


class Columns:
    """All columns of a journal, in alphabetical order, over a whole space."""

    def __init__(self, space: Space, contents: journal.Contents) -> None:
        self.space, self.contents = space, contents
        self.texts = contents.texts | {ERROR}
        # A swept key that a report repeats (a target) is the coordinate already.
        self.names = sorted((contents.numbers | self.texts) - {axis.key for axis in space.axes})

    def gather(self, names: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Flat arrays of these columns; NaN or empty where a point lacks one."""
        found: dict[str, NDArray[Any]] = {}
        if not names:
            return found
        for name in names:
            empty: Any = MISSING if name == ERROR else "" if name in self.texts else np.nan
            dtype: Any = object if name in self.texts else np.float64
            found[name] = np.full(self.space.size, empty, dtype=dtype)
        wanted = frozenset(names)
        for path in self.contents.paths:
            block = journal.read_block(path, wanted)
            places = _places(block.indices)
            for name, column in found.items():
                read = texts_of if name in self.texts else numbers_of
                column[places] = read(block, name)
        return found

    def described(self, names: Sequence[str]) -> Iterator[tuple[str, NDArray[Any], Attributes]]:
        """Columns, flat, with their units as attributes."""
        gathered = self.gather(names)
        told = self.gather([u for n in names if (u := _unit_column(n)) in self.texts])
        for name, values in gathered.items():
            yield name, values, _units(name, values, told)


def _places(indices: Indices) -> Indices | slice:
    """The same places; most blocks are runs of points, whose places are a slice."""
    first, last = int(indices[0]), int(indices[-1])
    if last - first == len(indices) - 1 and (np.diff(indices) == 1).all():
        return slice(first, last + 1)
    return indices


def dataset_of(columns: Columns, attributes: Mapping[str, Any]) -> xarray.Dataset:
    """All columns over the dimensions of the space, with units as attributes."""
    space = columns.space
    variables = {
        name: (space.dims, values.reshape(space.shape), units)
        for name, values, units in columns.described(columns.names)
    }
    return xarray.Dataset(variables, coordinates_of(space), dict(attributes))


def coordinates_of(space: Space) -> dict[str, Any]:
    """The axes as coordinates of a dataset."""
    return {
        axis.key: (
            POINT if space.paired else axis.key,
            axis.values,
            {} if axis.unit is None else {"units": axis.unit},
        )
        for axis in space.axes
    }


def loaded(path: Path, keys: Sequence[str]) -> xarray.Dataset:
    """The published dataset of a store, in memory."""
    with xarray.open_zarr(path, chunks=None, consolidated=True) as opened:
        found: xarray.Dataset = opened.load()
    return found.set_coords([key for key in keys if key in found])


def space_of(dataset: xarray.Dataset) -> Space:
    """The space of a complete dataset, from its coordinates."""
    keys: list[str] = dataset.attrs["keys"]
    axes = []
    for key in keys:
        values = dataset[key].values
        kept = values if values.dtype.kind in "fib" else values.astype(object)
        axes.append(Axis(key, dataset[key].attrs.get("units"), kept))
    return Space(tuple(axes), dataset.sizes.keys() == {POINT})


def _unit_column(name: str) -> str:
    head, _, last = name.rpartition(".")
    return f"{head}.unit" if last in OF_VALUE else ""


def _units(name: str, values: NDArray[Any], told: Mapping[str, NDArray[Any]]) -> dict[str, str]:
    if values.dtype == object:
        return {}
    said = set(told.get(_unit_column(name), np.array([], object)).tolist()) - {""}
    return {"units": said.pop() if len(said) == 1 else unit_of(name)}
