"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write, of the same name, which becomes ``path`` when all went well.

    Raises
    ------
    OSError: the file cannot be written; what stood at ``path`` stays.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        place = Path(folder, path.name)
        yield place
        os.replace(place, path)


def write_whole(path: Path, content: str | bytes) -> Path:
    """Write a text (UTF-8) or bytes; returns the path.

    Raises
    ------
    OSError: as `whole_file`.
    """
    with whole_file(path) as place:
        place.write_bytes(content.encode() if isinstance(content, str) else content)
    return path
