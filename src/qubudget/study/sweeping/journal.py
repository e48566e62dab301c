"""Finished blocks of a running sweep on disk: each appears whole or not at all.

A block is one small Zarr store in a ZIP file. It is written beside its place, flushed to the
disk, and only then given its name; every part of it carries a checksum. So whatever kills the
writer at any moment leaves whole blocks and, at worst, a nameless rest that is swept away.
"""

from __future__ import annotations

import errno
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.storage import MemoryStore, ZipStore

from qubudget.errors import QubudgetError
from qubudget.study.sweeping.blocks import Block
from qubudget.study.sweeping.points import Axis, Indices, Space

SPACE = "space.zip"
REST = ".part"
"""Ending of a file that is not whole yet."""
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StoreError(QubudgetError):
    """The disk refused, or holds something that it should not."""


@contextmanager
def naming_cause(path: Path) -> Iterator[None]:
    """Turn what the operating system says into an error that names the path and the cause."""
    try:
        yield
    except OSError as error:
        cause = (error.strerror or str(error)).lower()
        remedy = (
            "; what is finished stays: make room and go on with --resume"
            if error.errno in FULL
            else ""
        )
        raise StoreError(f"cannot write {path}: {cause}{remedy}") from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that its name only ever stands for all of ``content``, on the disk."""
    rest = path.with_name(path.name + REST)
    try:
        write_flushed(rest, content)
        os.replace(rest, path)
    except OSError:
        with suppress(OSError):
            rest.unlink()
        raise
    _flush_folder(path.parent)


def write_flushed(path: Path, content: bytes) -> None:
    """Write a file and wait until its content is on the disk."""
    with open(path, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    if os.name == "nt":
        return  # Windows has no handle of a folder to flush
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_block(folder: Path, block: Block) -> None:
    """Add a block to the journal in ``folder``."""
    numbers, texts = list(block.numbers), list(block.texts)
    arrays: dict[str, Any] = {"indices": block.indices}
    if numbers:
        arrays["numbers"] = np.array([block.numbers[name] for name in numbers], np.float64)
    if texts:
        arrays["texts"] = np.array([block.texts[name] for name in texts], object)
    name = f"{block.indices.min():08d}-{sha256(block.indices.tobytes()).hexdigest()[:12]}.zip"
    write_whole(folder / name, _packed(arrays, {"numbers": numbers, "texts": texts}))


def read_block(path: Path, names: frozenset[str] | None = None) -> Block:
    """A block of the journal, or only its columns of these names."""
    with _opened(path) as group:
        columns: dict[str, dict[str, Any]] = {}
        for kind in ("numbers", "texts"):
            held: Any = group.attrs[kind]
            wanted = [k for k, name in enumerate(held) if names is None or name in names]
            rows = group[kind].oindex[wanted, slice(None)] if wanted else []
            columns[kind] = {held[k]: row for k, row in zip(wanted, rows, strict=True)}
        texts = {name: row.astype(object) for name, row in columns["texts"].items()}
        return Block(np.asarray(group["indices"][...]), columns["numbers"], texts)


def block_indices(path: Path) -> Indices:
    """The points of a block."""
    with _opened(path) as group:
        return np.asarray(group["indices"][...])


def block_columns(path: Path) -> tuple[list[str], list[str]]:
    """Names of a block's numbers and of its texts."""
    with _opened(path) as group:
        attributes: Any = group.attrs
        return list(attributes["numbers"]), list(attributes["texts"])


def sound_blocks(folder: Path) -> Iterator[Path]:
    """The journal's blocks in order of their first point; a damaged one is swept away.

    A block can only be damaged by the disk itself; its points are then computed again.
    """
    for path in sorted(folder.glob("*.zip")):
        if path.name == SPACE:
            continue
        if _sound(path):
            yield path
        else:
            path.unlink()


def _sound(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except (zipfile.BadZipFile, EOFError):
        return False


def write_space(folder: Path, space: Space) -> None:
    """Keep the axes of a sweep beside its blocks."""
    arrays = {f"axis{k}": axis.values for k, axis in enumerate(space.axes)}
    attributes = {
        "keys": [axis.key for axis in space.axes],
        "units": [axis.unit for axis in space.axes],
        "paired": space.paired,
    }
    write_whole(folder / SPACE, _packed(arrays, attributes))


def read_space(folder: Path) -> Space:
    """The axes of a sweep that is not complete."""
    with _opened(folder / SPACE) as group:
        attributes: Any = group.attrs
        pairs = zip(attributes["keys"], attributes["units"], strict=True)
        axes = []
        for k, (key, unit) in enumerate(pairs):
            values = np.asarray(group[f"axis{k}"][...])
            kept = values if values.dtype.kind in "fib" else values.astype(object)
            axes.append(Axis(key, unit, kept))
        return Space(tuple(axes), bool(attributes["paired"]))


def _packed(arrays: dict[str, Any], attributes: dict[str, Any]) -> bytes:
    kept: dict[str, Any] = {}
    group = zarr.create_group(MemoryStore(kept), attributes=attributes)
    for name, values in arrays.items():
        # A long column is a chunk of its own, so that it can be read without the others.
        tall = values.ndim == 2 and values.shape[1] > 1000
        chunks = (1, values.shape[1]) if tall else values.shape
        dtype: Any = "str" if values.dtype == object else values.dtype
        group.create_array(name, shape=values.shape, dtype=dtype, chunks=chunks)[...] = values
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in kept.items():
            archive.writestr(name, content.to_bytes())
    return packed.getvalue()


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    store = ZipStore(path, mode="r")
    try:
        yield zarr.open_group(store, mode="r")
    finally:
        store.close()
