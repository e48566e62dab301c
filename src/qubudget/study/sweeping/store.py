"""A sweep on disk: a Zarr store that grows by whole blocks and becomes one labelled dataset.

``OUT.zarr/journal`` holds what is finished while the sweep runs. Once every point is there, the
dataset is laid out beside it and made visible by replacing ``OUT.zarr/zarr.json``, which lists
every array: until that moment a reader sees an empty store marked ``complete: 0``, never a part.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from zarr.storage import MemoryStore

from qubudget.errors import DesignError, Problem
from qubudget.study.sweeping import journal
from qubudget.study.sweeping.blocks import Block
from qubudget.study.sweeping.dataset import (
    Columns,
    coordinates_of,
    dataset_of,
    loaded,
    space_of,
)
from qubudget.study.sweeping.journal import StoreError, naming_cause, settle, write_whole
from qubudget.study.sweeping.layout import ROOT, chunk_of, chunks, constant, document
from qubudget.study.sweeping.points import Indices, Space

Manifest = Mapping[str, Any]
"""What a sweep's results depend on, and what they were called: the dataset's attributes."""
JOURNAL = "journal"
LOCK_SECONDS = 10.0
"""How long to wait for the writer before to let go."""
GROUP_BYTES = 256_000_000
"""Columns are gathered from the journal in groups of about this size."""


class Store:
    """The output of one sweep."""

    def __init__(self, path: Path, manifest: Manifest, space: Space, complete: bool) -> None:
        self.path, self.manifest, self.space = path, manifest, space
        self.complete = complete
        self.journal = path / JOURNAL
        self._held: journal.Contents | None = None

    @classmethod
    def create(cls, path: Path, manifest: Manifest, space: Space) -> Store:
        """A new store without results."""
        with naming_cause(path):
            (path / JOURNAL).mkdir(parents=True, exist_ok=True)
        with only_writer(path / JOURNAL), naming_cause(path):
            if (path / ROOT).exists():
                return cls.open(path)  # another writer was faster
            store = cls(path, manifest, space, complete=False)
            journal.write_space(store.journal, space)
            store._commit({})
        return store

    @classmethod
    def open(cls, path: Path) -> Store:
        """A store that `create` made; DesignError where there is none."""
        manifest, complete = _root(path)
        if not complete:
            try:
                return cls(path, manifest, journal.read_space(path / JOURNAL), complete)
            except FileNotFoundError:  # its writer has finished it at this very moment
                manifest, complete = _root(path)
                if not complete:
                    raise
        return cls(path, manifest, space_of(loaded(path, manifest["keys"])), complete)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other writer out, and sweep away what a killed one left half-written."""
        with ExitStack() as stack:
            with suppress(FileNotFoundError):  # the writer before is done, and the journal gone
                stack.enter_context(only_writer(self.journal))
            self.complete = _root(self.path)[1]
            if self.complete:
                shutil.rmtree(self.journal, ignore_errors=True)
                yield
                return
            for rest in self.journal.glob(f"*{journal.REST}"):
                rest.unlink()
            self._held = journal.contents(self.journal)
            try:
                yield
            finally:
                self._held = None

    def contents(self) -> journal.Contents:
        """What the journal holds; a writer looks once and then knows what it adds."""
        return journal.contents(self.journal) if self._held is None else self._held

    def done(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which points are finished, failed ones among them."""
        if self.complete:
            return np.ones(self.space.size, dtype=np.bool_)
        return self._done(self.contents())

    def _done(self, contents: journal.Contents) -> np.ndarray[Any, np.dtype[np.bool_]]:
        found = np.zeros(self.space.size, dtype=np.bool_)
        for indices in contents.indices:
            found[indices] = True
        return found

    def missing(self) -> Indices:
        """The points that are still to be computed, in order."""
        return np.flatnonzero(~self.done())

    def add(self, block: Block) -> None:
        """Keep the results of some points; they outlive whatever happens next.

        Raises
        ------
        StoreError: the disk is full, or refuses for another reason.
        """
        with naming_cause(self.path):
            path = journal.write_block(self.journal, block)
        if self._held is not None:
            self._held.include(path, block.indices, block.numbers, block.texts)

    def read(self) -> xarray.Dataset:
        """All results so far; a point that is not finished has the error "not computed"."""
        if self.complete:
            return loaded(self.path, self.manifest["keys"])
        return dataset_of(Columns(self.space, self.contents()), self._attributes(complete=False))

    def publish(self) -> xarray.Dataset:
        """Lay out the dataset, make it visible, and return it as any reader would get it.

        With points missing the journal stays, so that the sweep can go on.
        """
        if self.complete:
            return self.read()
        contents = self.contents()
        complete = bool(self._done(contents).all())
        with naming_cause(self.path):
            self._commit({})
            arrays = self._laid_out(Columns(self.space, contents))
            for old in self.path.iterdir():
                if old.is_dir() and old.name != JOURNAL:
                    shutil.rmtree(old)
            for name in arrays:
                os.rename(self._stage / name, self.path / name)
            settle([self.path / name for name in arrays])
            self._commit(arrays, complete=complete)
            if complete:
                shutil.rmtree(self.journal)
                self.complete = True
        return loaded(self.path, self.manifest["keys"])

    @property
    def _stage(self) -> Path:
        return self.journal / "dataset"

    def _laid_out(self, columns: Columns) -> dict[str, Any]:
        """Write every array of the dataset into the stage; returns their documents by name."""
        if self._stage.exists():
            shutil.rmtree(self._stage)
        space = self.space
        kept: dict[str, Any] = {}
        axes = xarray.Dataset(coords=coordinates_of(space))
        axes.to_zarr(MemoryStore(kept), zarr_format=3, consolidated=False)
        arrays: dict[str, Any] = {}
        for name, content in kept.items():
            if name != ROOT:
                self._put(name, content.to_bytes())
        for axis in space.axes:
            arrays[axis.key] = json.loads(kept[f"{axis.key}/{ROOT}"].to_bytes())
        # Readers take an axis that is no dimension for a coordinate where this names it.
        along = {"coordinates": " ".join(axis.key for axis in space.axes)} if space.paired else {}
        chunk = chunk_of(space.shape)
        each = max(1, GROUP_BYTES // (8 * space.size))
        for start in range(0, len(columns.names), each):
            for name, values, units in columns.described(columns.names[start : start + each]):
                empty = "" if values.dtype == object else float("nan")
                same = constant(values)
                fill = empty if same is None else same
                arrays[name] = document(
                    values, space.shape, chunk, fill, units | along, dims=space.dims
                )
                self._put(f"{name}/{ROOT}", json.dumps(arrays[name], indent=1).encode())
                for place, content in chunks(values, space.shape, chunk, fill):
                    self._put(f"{name}/{place}", content)
        return arrays

    def _put(self, name: str, content: bytes) -> None:
        path = self._stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def _attributes(self, *, complete: bool) -> dict[str, Any]:
        return {**self.manifest, "complete": int(complete)}

    def _commit(self, arrays: Mapping[str, Any], *, complete: bool = False) -> None:
        """Replace the root's list of arrays: the moment at which a reader sees them."""
        document = {
            "zarr_format": 3,
            "node_type": "group",
            "attributes": self._attributes(complete=complete),
            "consolidated_metadata": {
                "kind": "inline",
                "must_understand": False,
                "metadata": dict(sorted(arrays.items())),
            },
        }
        write_whole(self.path / ROOT, json.dumps(document, indent=1).encode())


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the lock of a journal's folder; whoever dies, by whatever, lets go of it.

    A killed process holds it for as long as it takes to die, seconds on a busy machine or disk:
    a sweep that is resumed at once waits for that.

    Raises
    ------
    StoreError: another writer does not let go within `LOCK_SECONDS`.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    path, until = folder / "lock", time.monotonic() + LOCK_SECONDS
    with open(path, "w", encoding="utf-8") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > until:
                    name = folder.parent
                    raise StoreError(f"{name}: another sweep is writing to it now") from None
                time.sleep(0.05)
        yield


def _root(path: Path) -> tuple[dict[str, Any], bool]:
    """The manifest of a store, and whether it is complete; DesignError where there is none."""
    try:
        document = json.loads((path / ROOT).read_text("utf-8"))
        manifest = dict(document["attributes"])
        complete = bool(manifest.pop("complete"))
        manifest["sweep_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        allowed = "a new name, or the output of a sweep"
        raise DesignError(str(path), [Problem("--output", str(path), allowed)]) from None
    return manifest, complete


def prepared(path: Path, manifest: Manifest, space: Space, *, resume: bool) -> Store:
    """The store to write a sweep to: new, or with ``resume`` the one that was begun.

    Raises
    ------
    DesignError: something else stands there, the output of another sweep (what differs is
        named), or the same without ``resume``.
    """
    new = not path.exists() or _untouched(path)
    store = Store.create(path, manifest, space) if new else Store.open(path)
    if store.manifest["sweep_sha256"] != manifest["sweep_sha256"]:
        names = [name for name in manifest if name != "sweep_sha256"]
        other = [name for name in names if manifest[name] != store.manifest.get(name)]
        given = f"the output of another sweep ({_differences(store.manifest, manifest, other)})"
        raise DesignError(str(path), [Problem("--output", given, "a new name")])
    if not (new or resume):
        given = "an output that exists"
        allowed = "--resume to go on with it, or a new name"
        raise DesignError(str(path), [Problem("--output", given, allowed)])
    return store


def _untouched(path: Path) -> bool:
    """An empty folder, or one in which a sweep was killed before its first block."""
    return path.is_dir() and {entry.name for entry in path.iterdir()} <= {
        JOURNAL,
        ROOT + journal.REST,
    }


def _differences(old: Manifest, new: Manifest, names: list[str]) -> str:
    return "; ".join(f"{name}: {_short(old.get(name))}, now {_short(new[name])}" for name in names)


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else text[:12] + "..."
