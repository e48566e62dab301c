"""Figures as files: for a paper (SVG, PDF) and for the screen (PNG)."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from qubudget.report.canvas import Draw
from qubudget.report.reading import Data
from qubudget.report.style import SVG_METADATA, figure_style
from qubudget.whole import write_whole

RESOLUTION = 300
"""Dots per inch of a PNG."""

_METADATA: dict[str, dict[str, Any]] = {
    "svg": SVG_METADATA,
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""No date, no program: the same data give the same bytes."""


def write_figures(
    figures: Mapping[str, Draw],
    data: Data,
    folder: str | os.PathLike[str],
    formats: Sequence[str] = ("svg", "png"),
    width: float | None = None,
) -> list[Path]:
    """Draw every figure of the data on white and write it; returns the paths, in order.

    figures : file name (without ending) and the function that draws it. A name's characters
        other than letters, digits, ``-`` and ``_`` become ``-``, so that no name leaves the folder.
    data : the result's dictionary, the same for all of them.
    folder : made where it does not exist. Each file appears whole or not at all.
    formats : some of "svg", "png" (300 dots per inch) and "pdf".
    width : of the figures, inches; without it that of the style (a double column).

    Raises
    ------
    ValueError: a format that does not exist, a name without a letter or digit, or two names that
        would be one file. Nothing is written then.
    OSError: the folder cannot be made or written.
    """
    unknown = sorted(set(formats) - set(_METADATA))
    if unknown:
        raise ValueError(f"no such format: {', '.join(unknown)}; known are svg, png and pdf")
    names = {_safe(name): draw for name, draw in figures.items()}
    if len(names) < len(figures):
        raise ValueError(f"two of these names are one file: {', '.join(figures)}")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, draw in names.items():
        images = figure_images(draw, data, formats, width)
        written += [write_whole(target / f"{name}.{kind}", image) for kind, image in images.items()]
    return written


def figure_images(
    draw: Draw, data: Data, formats: Sequence[str] = ("svg",), width: float | None = None
) -> dict[str, bytes]:
    """One figure on white in each of the formats, the same bytes for the same data."""
    found = {}
    with figure_style(width):
        figure: Any = draw(data, None).figure
        for kind in formats:
            out = io.BytesIO()
            figure.savefig(
                out, format=kind, facecolor="white", dpi=RESOLUTION, metadata=_METADATA[kind]
            )
            found[kind] = out.getvalue()
    return found


def _safe(name: str) -> str:
    """A file name of letters, digits, ``-`` and ``_`` that does not begin with a ``-``."""
    found = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")
    if not re.search(r"[A-Za-z0-9]", found):
        raise ValueError(f"{name!r} makes no file name")
    return found
