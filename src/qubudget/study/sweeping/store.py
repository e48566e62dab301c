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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from zarr.storage import MemoryStore

from qubudget.errors import DesignError, Problem
from qubudget.study.sweeping import journal
from qubudget.study.sweeping.blocks import Block
from qubudget.study.sweeping.dataset import Columns, dataset_of, loaded, space_of
from qubudget.study.sweeping.journal import StoreError, naming_cause, write_flushed, write_whole
from qubudget.study.sweeping.points import Indices, Space

Manifest = Mapping[str, Any]
"""What a sweep's results depend on, and what they were called: the dataset's attributes."""
JOURNAL = "journal"
ROOT = "zarr.json"
GROUP_BYTES = 256_000_000
"""Columns are gathered from the journal in groups of about this size."""


class Store:
    """The output of one sweep."""

    def __init__(self, path: Path, manifest: Manifest, space: Space, complete: bool) -> None:
        self.path, self.manifest, self.space = path, manifest, space
        self.complete = complete
        self.journal = path / JOURNAL

    @classmethod
    def create(cls, path: Path, manifest: Manifest, space: Space) -> Store:
        """A new store without results."""
        with naming_cause(path):
            (path / JOURNAL).mkdir(parents=True, exist_ok=True)
            store = cls(path, manifest, space, complete=False)
            journal.write_space(store.journal, space)
            store._commit({})
        return store

    @classmethod
    def open(cls, path: Path) -> Store:
        """A store that `create` made; DesignError where there is none."""
        try:
            document = json.loads((path / ROOT).read_text("utf-8"))
            manifest = dict(document["attributes"])
            complete = bool(manifest.pop("complete"))
            manifest["sweep_sha256"]
        except (OSError, ValueError, KeyError, TypeError):
            allowed = "a new name, or the output of a sweep"
            raise DesignError(str(path), [Problem("--output", str(path), allowed)]) from None
        if complete:
            return cls(path, manifest, space_of(loaded(path, manifest["keys"])), complete)
        return cls(path, manifest, journal.read_space(path / JOURNAL), complete)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep every other writer out, and sweep away what a killed one left half-written."""
        if self.complete:
            if self.journal.exists():
                shutil.rmtree(self.journal)
            yield
            return
        with open(self.journal / "lock", "w", encoding="utf-8") as stream:
            if sys.platform != "win32":
                import fcntl

                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise StoreError(f"{self.path}: another sweep is writing to it now") from None
            for rest in self.journal.glob(f"*{journal.REST}"):
                rest.unlink()
            yield

    def done(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which points are finished, failed ones among them."""
        if self.complete:
            return np.ones(self.space.size, dtype=np.bool_)
        found = np.zeros(self.space.size, dtype=np.bool_)
        for path in journal.sound_blocks(self.journal):
            found[journal.block_indices(path)] = True
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
            journal.write_block(self.journal, block)

    def read(self) -> xarray.Dataset:
        """All results so far; a point that is not finished has the error "not computed"."""
        if self.complete:
            return loaded(self.path, self.manifest["keys"])
        columns = Columns(self.space, list(journal.sound_blocks(self.journal)))
        return dataset_of(columns, columns.names, self._attributes(complete=False))

    def publish(self) -> xarray.Dataset:
        """Lay out the dataset, make it visible, and return it as any reader would get it.

        With points missing the journal stays, so that the sweep can go on.
        """
        if self.complete:
            return self.read()
        complete = bool(self.done().all())
        columns = Columns(self.space, list(journal.sound_blocks(self.journal)))
        with naming_cause(self.path):
            self._commit({})
            arrays = self._laid_out(columns)
            for old in self.path.iterdir():
                if old.is_dir() and old.name != JOURNAL:
                    shutil.rmtree(old)
            for name in arrays:
                os.rename(self._stage / name, self.path / name)
            if hasattr(os, "sync"):
                os.sync()  # the names of all these folders, before anything points to them
            self._commit(arrays, complete=complete)
            if complete:
                shutil.rmtree(self.journal)
                self.complete = True
        return loaded(self.path, self.manifest["keys"])

    @property
    def _stage(self) -> Path:
        return self.journal / "dataset"

    def _laid_out(self, columns: Columns) -> dict[str, Any]:
        """Write every array of the dataset into the stage; returns their metadata by name."""
        if self._stage.exists():
            shutil.rmtree(self._stage)
        each = max(1, GROUP_BYTES // (8 * self.space.size))
        arrays: dict[str, Any] = {}
        for start in range(0, len(columns.names), each):
            kept: dict[str, Any] = {}
            part = dataset_of(columns, columns.names[start : start + each], {})
            part.to_zarr(MemoryStore(kept), zarr_format=3, consolidated=False)
            for name, content in kept.items():
                if name == ROOT or name.split("/")[0] in arrays:
                    continue
                path = self._stage / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_flushed(path, content.to_bytes())
            arrays |= {
                name.removesuffix(f"/{ROOT}"): json.loads(content.to_bytes())
                for name, content in kept.items()
                if name.endswith(f"/{ROOT}")
            }
        return arrays

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


def prepared(path: Path, manifest: Manifest, space: Space, *, resume: bool) -> Store:
    """The store to write a sweep to: new, or with ``resume`` the one that was begun.

    Raises
    ------
    DesignError: something else stands there, the output of another sweep (what differs is
        named), or the same without ``resume``.
    """
    if not path.exists() or _untouched(path):
        return Store.create(path, manifest, space)
    store = Store.open(path)
    if store.manifest["sweep_sha256"] != manifest["sweep_sha256"]:
        names = [name for name in manifest if name != "sweep_sha256"]
        other = [name for name in names if manifest[name] != store.manifest.get(name)]
        given = f"the output of another sweep ({_differences(store.manifest, manifest, other)})"
        raise DesignError(str(path), [Problem("--output", given, "a new name")])
    if not resume:
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
