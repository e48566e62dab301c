"""Files that appear whole or not at all, and only in the folder that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qubudget import whole
from qubudget.errors import DesignError, Problem


def refused(origin: str, key: str, given: str, allowed: str) -> DesignError:
    """One problem as the error that carries it."""
    return DesignError(origin, [Problem(key, given, allowed)])


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write, which becomes ``path`` when all went well; its folder is made.

    Raises
    ------
    DesignError: the folder cannot be made, or the file not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole.whole_file(path) as place:
            yield place
    except OSError as error:
        raise refused(str(path), "output", str(error), "a place that can be written") from error


def write_text(folder: Path, name: str, text: str) -> Path:
    """Write a text as ``name`` in ``folder``; returns its path.

    Raises
    ------
    DesignError: a name that is more than a file's name; a place that cannot be written.
    """
    if Path(name).name != name or name in ("", ".", "..") or "\\" in name:
        raise refused(str(folder), "output", repr(name), "the name of a file in this folder")
    with whole_file(folder / name) as place:
        place.write_text(text, "utf-8")
    return folder / name
