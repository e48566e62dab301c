"""Finished blocks of a running sweep on disk: each appears whole or not at all.

A block is one small Zarr store in a ZIP file. It is written beside its place, flushed to the
disk, and only then given its name; every part of it carries a checksum. So whatever kills the
writer at any moment leaves whole blocks and, at worst, a nameless rest that is swept away.
"""

from __future__ import annotations

import errno
import io
import json
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import QubudgetError
from qubudget.study.sweeping.blocks import Block
from qubudget.study.sweeping.layout import ROOT, constant, decoded, document, encoded
from qubudget.study.sweeping.points import Axis, Indices, Space

SPACE = "space.zip"
Rows = Sequence[NDArray[Any]]
AXIS = "axis"
PLAIN = ("indices", "constants")
"""Arrays of one dimension, as the axes are; the others have a row for each column."""
TALL = 1000
"""Points from which on every column of a block is a chunk of its own."""
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


def write_whole(path: Path, content: bytes | memoryview) -> None:
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


def write_flushed(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until its content is on the disk."""
    with open(path, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def settle(folders: Sequence[Path]) -> None:
    """Wait until all files in these folders are on the disk, and their names."""
    if sys.platform == "linux":
        os.sync()  # waits for all of them at once; elsewhere it may only begin
        return
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                with open(path, "rb+") as stream:
                    os.fsync(stream.fileno())
            else:
                _flush_folder(path)
        _flush_folder(folder)
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder last through a loss of power."""
    if os.name == "nt":
        return  # Windows has no handle of a folder to flush
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass
class Contents:
    """The sound blocks of a journal: where they are, which points and columns they hold."""

    paths: list[Path] = field(default_factory=list)
    indices: list[Indices] = field(default_factory=list)
    numbers: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def include(
        self, path: Path, indices: Indices, numbers: Iterable[str], texts: Iterable[str]
    ) -> None:
        """Another block."""
        self.paths.append(path)
        self.indices.append(indices)
        self.numbers.update(numbers)
        self.texts.update(texts)


def write_block(folder: Path, block: Block) -> Path:
    """Add a block to the journal in ``folder``; returns its file.

    A column of one value is kept as that value.
    """
    same: dict[str, float] = {}
    numbers: dict[str, NDArray[Any]] = {}
    said: dict[str, str] = {}
    texts: dict[str, NDArray[Any]] = {}
    for name, column in block.numbers.items():
        value = constant(column)
        if value is None:
            numbers[name] = column
        else:
            same[name] = value
    for name, column in block.texts.items():
        value = constant(column)
        if value is None:
            texts[name] = column
        else:
            said[name] = value
    arrays: dict[str, Rows] = {"indices": [block.indices]}
    if same:
        arrays["constants"] = [np.array(list(same.values()))]
    if numbers:
        arrays["numbers"] = list(numbers.values())
    if texts:
        arrays["texts"] = list(texts.values())
    attributes = {
        "constants": list(same), "numbers": list(numbers), "said": said, "texts": list(texts),
    }  # fmt: skip
    name = f"{block.indices.min():08d}-{sha256(block.indices.tobytes()).hexdigest()[:12]}.zip"
    write_whole(folder / name, _packed(arrays, attributes))
    return folder / name


def read_block(path: Path, names: frozenset[str] | None = None) -> Block:
    """A block of the journal, or only its columns of these names."""
    with zipfile.ZipFile(path) as archive:
        held = _attributes(archive)
        indices = _array(archive, "indices", np.int64)
        count = len(indices)
        numbers: dict[str, NDArray[Any]] = {}
        if held["constants"]:
            pairs = zip(held["constants"], _array(archive, "constants", np.float64), strict=True)
            for name, value in pairs:
                if names is None or name in names:
                    numbers[name] = np.broadcast_to(value, count)
        texts: dict[str, NDArray[Any]] = {
            name: np.broadcast_to(np.array(text, object), count)
            for name, text in held["said"].items()
            if names is None or name in names
        }
        numbers |= _rows(archive, "numbers", np.float64, held["numbers"], names, count)
        texts |= _rows(archive, "texts", object, held["texts"], names, count)
        return Block(indices, numbers, texts)


def _rows(
    archive: zipfile.ZipFile,
    array: str,
    dtype: Any,
    held: list[str],
    names: frozenset[str] | None,
    count: int,
) -> dict[str, NDArray[Any]]:
    wanted = [k for k, name in enumerate(held) if names is None or name in names]
    if not wanted:
        return {}
    if count > TALL:
        return {held[k]: _array(archive, array, dtype, f"{k}/0") for k in wanted}
    table = _array(archive, array, dtype, "0/0").reshape(len(held), count)
    return {held[k]: table[k] for k in wanted}


def contents(folder: Path) -> Contents:
    """The journal's blocks in order of their first point; a damaged one is swept away.

    A block can only be damaged by the disk itself; its points are then computed again.
    """
    found = Contents()
    for path in sorted(folder.glob("*.zip")):
        if path.name == SPACE:
            continue
        try:
            with zipfile.ZipFile(path) as archive:
                if archive.testzip() is not None:
                    raise zipfile.BadZipFile
                held = _attributes(archive)
                found.include(
                    path,
                    _array(archive, "indices", np.int64),
                    held["constants"] + held["numbers"],
                    [*held["said"], *held["texts"]],
                )
        except (zipfile.BadZipFile, EOFError, KeyError, ValueError, NotImplementedError):
            path.unlink()
    return found


def write_space(folder: Path, space: Space) -> None:
    """Keep the axes of a sweep beside its blocks."""
    arrays: dict[str, Rows] = {f"{AXIS}{k}": [axis.values] for k, axis in enumerate(space.axes)}
    attributes = {
        "keys": [axis.key for axis in space.axes],
        "units": [axis.unit for axis in space.axes],
        "kinds": [_kind(axis.values) for axis in space.axes],
        "paired": space.paired,
    }
    write_whole(folder / SPACE, _packed(arrays, attributes))


def _kind(values: NDArray[Any]) -> str:
    return "object" if values.dtype == object else values.dtype.name


def read_space(folder: Path) -> Space:
    """The axes of a sweep that is not complete."""
    with zipfile.ZipFile(folder / SPACE) as archive:
        held = _attributes(archive)
        axes = []
        for k, (key, unit, kind) in enumerate(
            zip(held["keys"], held["units"], held["kinds"], strict=True)
        ):
            values = _array(archive, f"{AXIS}{k}", object if kind == "object" else kind)
            axes.append(Axis(key, unit, values))
        return Space(tuple(axes), bool(held["paired"]))


def _packed(arrays: Mapping[str, Rows], attributes: dict[str, Any]) -> memoryview:
    """A Zarr store of some arrays in a ZIP file; its own checksums cover every part."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        root = {"zarr_format": 3, "node_type": "group", "attributes": attributes}
        archive.writestr(ROOT, json.dumps(root))
        for name, rows in arrays.items():
            plain = name in PLAIN or name.startswith(AXIS)
            # A long row is a chunk of its own, so that it can be read without the others.
            tall = not plain and len(rows[0]) > TALL
            shape = rows[0].shape if plain else (len(rows), len(rows[0]))
            chunk = (1, *shape[1:]) if tall else shape
            archive.writestr(f"{name}/{ROOT}", json.dumps(document(rows[0], shape, chunk)))
            for k, part in enumerate(rows if tall else [np.concatenate(rows)]):
                place = f"{k}" if plain else f"{k}/0"
                archive.writestr(f"{name}/c/{place}", encoded(part))
    return packed.getbuffer()


def _attributes(archive: zipfile.ZipFile) -> Any:
    return json.loads(archive.read(ROOT))["attributes"]


def _array(archive: zipfile.ZipFile, name: str, dtype: Any, place: str = "0") -> NDArray[Any]:
    return decoded(archive.read(f"{name}/c/{place}"), dtype)
