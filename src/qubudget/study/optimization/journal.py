"""Looks of a search on disk: one line each, so that a killed search goes on where it was.

A line carries a checksum, the key of what the look depends on (the effective design, the look,
effort, seed and version) and the look itself, numbers to the last bit. A search is decided by its
seed, so one that is started again asks for the same looks and finds them here.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from zlib import crc32

from qubudget import __version__
from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.study.optimization.goals import Check
from qubudget.study.optimization.looks import Look
from qubudget.study.sweeping.journal import StoreError, naming_cause, write_whole

NAME = "looks.jsonl"
"""The journal's file in the folder of a search."""
FLUSH_SECONDS = 0.5
"""Lines outlive this process at once, the machine after so long at most."""


class Journal:
    """The looks of one file, by key; opened by `opened`."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self.path, self._stream = path, stream
        self._places: dict[str, int] = {}
        self._flushed = time.monotonic()
        self._read()

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: str) -> bool:
        return key in self._places

    def get(self, key: str) -> Look | None:
        """The look of this key; None where it was not taken."""
        if key not in self._places:
            return None
        self._stream.seek(self._places[key])
        content = _content(self._stream.readline())
        if content is None:
            raise StoreError(f"{self.path} was changed by something else")
        return _look(content["look"])

    def add(self, key: str, look: Look) -> None:
        """Keep a look.

        Raises
        ------
        StoreError: the disk is full, or refuses for another reason.
        """
        with naming_cause(self.path):
            place = self._stream.seek(0, os.SEEK_END)
            self._stream.write(_line({"key": key, "look": _written(look)}))
            self._stream.flush()
            if time.monotonic() - self._flushed >= FLUSH_SECONDS:
                os.fsync(self._stream.fileno())
                self._flushed = time.monotonic()
        self._places[key] = place

    def _read(self) -> None:
        """Find all sound lines after the first; a half-written one at the end is cut off."""
        self._stream.seek(0)
        place = len(self._stream.readline())
        for line in self._stream:
            content = _content(line)
            if content is not None:
                self._places[content["key"]] = place
            elif not line.endswith(b"\n"):
                self._stream.truncate(place)
            place += len(line)


@contextmanager
def opened(
    folder: Path, design: Design, effort: str, seed: int, *, resume: bool
) -> Iterator[Journal]:
    """The journal in a folder: new, or with ``resume`` the one that was begun.

    Looks are kept by what they depend on, so a search that goes on may have other changes,
    requirements and trials than the one that began it.

    Raises
    ------
    DesignError: the folder holds a search of another design, effort, seed or version (what
        differs is named), or one and ``resume`` is not asked for; it cannot be made.
    StoreError: another search writes there now; the disk is full.
    """
    path = folder / NAME
    head = {
        "version": __version__,
        "design": design.name,
        "design_sha256": design.sha256(),
        "effort": effort,
        "seed": seed,
    }
    with naming_cause(path):
        folder.mkdir(parents=True, exist_ok=True)
        if path.exists():
            _check(path, head, resume)
        else:
            write_whole(path, _line(head))
        stream = open(path, "r+b")  # noqa: SIM115 (closed below, errors of the caller aside)
    with stream:
        _lock(stream, path)
        yield Journal(path, stream)


def _check(path: Path, head: Mapping[str, Any], resume: bool) -> None:
    with open(path, "rb") as stream:
        found = _content(stream.readline())
    if found is None:
        allowed = "a new name, or the folder of a search"
        raise DesignError(str(path), [Problem("--output", str(path.parent), allowed)])
    other = [f"{name}: {found.get(name)}, now {head[name]}" for name in head
             if found.get(name) != head[name]]  # fmt: skip
    if other:
        given = f"the folder of another search ({'; '.join(other)})"
        raise DesignError(str(path.parent), [Problem("--output", given, "a new name")])
    if not resume:
        allowed = "--resume to go on with it, or a new name"
        given = "a folder that holds a search"
        raise DesignError(str(path.parent), [Problem("--output", given, allowed)])


def _lock(stream: BinaryIO, path: Path) -> None:
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise StoreError(f"{path.parent}: another search is writing to it now") from None


def _line(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, separators=(",", ":")).encode()
    return b"%08x %s\n" % (crc32(text), text)


def _content(line: bytes) -> dict[str, Any] | None:
    """What a line holds; None where it is not whole."""
    try:
        if not line.endswith(b"\n") or int(line[:8], 16) != crc32(line[9:-1]):
            return None
        found = json.loads(line[9:-1])
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _written(look: Look) -> dict[str, Any]:
    checks = [[c.name, c.value, c.limit, c.unit, c.upper, c.strict, c.reason] for c in look.checks]
    return {"checks": checks, "scalars": dict(look.scalars), "refused": look.refused}


def _look(content: Mapping[str, Any]) -> Look:
    return Look(
        tuple(Check(*check) for check in content["checks"]), content["scalars"], content["refused"]
    )
