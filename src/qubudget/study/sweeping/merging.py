"""Two sweeps of the same design and axes as one: the union of their points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from qubudget.errors import DesignError, Problem
from qubudget.study.sweeping.blocks import ERROR, Block
from qubudget.study.sweeping.dataset import MISSING
from qubudget.study.sweeping.journal import StoreError
from qubudget.study.sweeping.manifest import identity, with_space
from qubudget.study.sweeping.points import Axis, Indices, Space
from qubudget.study.sweeping.store import Store, prepared


def merge(a: str | Path, b: str | Path, out: str | Path) -> xarray.Dataset:
    """Write the union of two sweeps to a new store ``out``, and return it.

    The sweeps, complete or begun, share design, effort, seed, wings, version and keys. Grids
    give the grid of all values of each axis, samples all their points; a point that neither has
    finished gets the error "not computed", and a sweep over the same points computes it with
    ``resume``.

    Raises
    ------
    DesignError: one is no output of a sweep, the sweeps differ in more than their points (each
        difference is named), or ``out`` exists.
    StoreError: a point of both has two results; the disk is full.
    """
    problems: list[Problem] = []
    stores = [store for path in (a, b) if (store := _opened(Path(path), problems)) is not None]
    if len(stores) == 2:
        problems += _differences(*stores)
    if Path(out).exists():
        problems.append(Problem("--output", str(out), "a new name"))
    if problems:
        raise DesignError(f"merge {a} {b}", problems)
    space = _union(stores[0].space, stores[1].space)
    places = [_places(store.space, space) for store in stores]
    blocks = [_block(store, at) for store, at in zip(stores, places, strict=True)]
    _check_agreement(*blocks)
    both = np.isin(blocks[1].indices, blocks[0].indices)
    manifest = with_space(dict(stores[0].manifest), space)
    target = prepared(Path(out), manifest, space, resume=False)
    with target.writing():
        for block, keep in ((blocks[0], slice(None)), (blocks[1], ~both)):
            part = _taken(block, keep)
            if len(part):
                target.add(part)
        return target.publish()


def _opened(path: Path, problems: list[Problem]) -> Store | None:
    try:
        return Store.open(path)
    except DesignError:
        problems.append(Problem("merge", str(path), "the output of a sweep"))
        return None


def _differences(a: Store, b: Store) -> Iterator[Problem]:
    """What two sweeps must share and do not; a design by its name where that tells them apart."""
    first, second = (identity(dict(store.manifest)) for store in (a, b))
    for name in first:
        if first[name] != second[name]:
            pair = [_shown(name, store.manifest) for store in (a, b)]
            yield Problem(name.removesuffix("_sha256"), " and ".join(pair), "two that share it")


def _shown(name: str, manifest: Mapping[str, Any]) -> str:
    value = manifest[name]
    if name == "design_sha256":
        return f"{manifest['design']} ({value[:12]})"
    if name == "paired":
        return "a sample" if value else "a grid"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _union(a: Space, b: Space) -> Space:
    if a.paired:
        rows = dict.fromkeys([*_rows(a), *_rows(b)])
        columns = list(zip(*rows, strict=True))
        axes = [
            Axis(axis.key, axis.unit, np.array(column, axis.values.dtype))
            for axis, column in zip(a.axes, columns, strict=True)
        ]
        return Space(tuple(axes), paired=True)
    return Space(tuple(_joined(x, y) for x, y in zip(a.axes, b.axes, strict=True)))


def _joined(a: Axis, b: Axis) -> Axis:
    """All values of both: numbers in ascending order, names in the order given."""
    if a.values.dtype == object:
        texts = list(dict.fromkeys([*a.values.tolist(), *b.values.tolist()]))
        return Axis(a.key, a.unit, np.array(texts, object))
    return Axis(a.key, a.unit, np.union1d(a.values, b.values))


def _rows(space: Space) -> list[tuple[Any, ...]]:
    return list(zip(*(axis.values.tolist() for axis in space.axes), strict=True))


def _places(part: Space, whole: Space) -> Indices:
    """Which points of the whole the points of a part are."""
    if part.paired:
        number = {row: k for k, row in enumerate(_rows(whole))}
        return np.array([number[row] for row in _rows(part)], np.int64)
    along = []
    for inner, outer in zip(part.axes, whole.axes, strict=True):
        number = {value: k for k, value in enumerate(outer.values.tolist())}
        along.append(np.array([number[value] for value in inner.values.tolist()]))
    grid = np.meshgrid(*along, indexing="ij")
    return np.asarray(np.ravel_multi_index(tuple(grid), whole.shape).ravel(), np.int64)


def _block(store: Store, places: Indices) -> Block:
    """What a store has finished, as points of the union."""
    dataset = store.read()
    flat = {str(name): variable.values.ravel() for name, variable in dataset.data_vars.items()}
    texts = {k: v.astype(object) for k, v in flat.items() if v.dtype.kind not in "fib"}
    numbers = {k: v for k, v in flat.items() if k not in texts}
    return _taken(Block(places, numbers, texts), texts[ERROR] != MISSING)


def _taken(block: Block, keep: NDArray[np.bool_] | slice) -> Block:
    return Block(
        block.indices[keep],
        {name: column[keep] for name, column in block.numbers.items()},
        {name: column[keep] for name, column in block.texts.items()},
    )


def _check_agreement(a: Block, b: Block) -> None:
    """The same point has the same result, whoever computed it; else one of them is wrong."""
    common, in_a, in_b = np.intersect1d(a.indices, b.indices, return_indices=True)
    if len(common) == 0:
        return
    for name in a.numbers.keys() & b.numbers.keys():
        x, y = a.numbers[name][in_a], b.numbers[name][in_b]
        if not np.array_equal(x, y, equal_nan=True):
            raise StoreError(f"the sweeps differ in {name} where both have a point")
    for name in a.texts.keys() & b.texts.keys():
        if not np.array_equal(a.texts[name][in_a], b.texts[name][in_b]):
            raise StoreError(f"the sweeps differ in {name} where both have a point")
