"""Designs in and out as TOML; figures and data of a result as files.

What somebody uploads is read as text only: its ``base`` is a preset, its ``parts`` are those that
ship, and no file of this machine is opened for it.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from qubudget.app.toml import toml_text
from qubudget.design import Design, loads, preset_names
from qubudget.design.paths import Raw, leaves
from qubudget.design.reading import MAX_BYTES, parse, preset_text
from qubudget.errors import DesignError, Problem
from qubudget.report.reading import Data, rows, section

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

MIME = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv", "json": "application/json",
        "nc": "application/x-netcdf"}  # fmt: skip
PNG_DPI = 300
FIGURES = {
    "heat": "Heat per stage",
    "coherence": "Coherence budget",
    "timeline": "After an impact",
    "logical": "Logical error against distance",
    "chip": "Patches on the chip",
    "margins": "Margins",
}
TABLES = {
    "stages": "Stages",
    "loads": "Heat loads",
    "channels": "Channels of decoherence",
    "timeline": "Timeline of an impact",
    "constraints": "Constraints",
}
_PLACES = {
    "stages": ("thermal", "stages"),
    "loads": ("thermal", "loads"),
    "channels": ("coherence", "channels"),
    "timeline": ("impact", "timeline"),
    "constraints": ("verdict", "constraints"),
}
_drawing = Lock()
"""matplotlib's style is global: one figure at a time, whoever asks."""


def safe_name(name: str, ending: str = "") -> str:
    """A file's name that stays in its folder on any system, whatever ``name`` holds.

    >>> safe_name("../../etc/passwd"), safe_name("my design", ".toml"), safe_name("..")
    ('etc-passwd', 'my-design.toml', 'design')
    """
    kept = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")
    return (re.sub(r"-?\.{2,}-?", "-", kept)[:60] or "design") + ending


def open_text(text: str, name: str) -> Design:
    """The design in an uploaded text.

    Raises
    ------
    DesignError: too large, not TOML, or any problem of the design, all at once.
    """
    origin = safe_name(name)
    size = len(text.encode("utf-8", errors="replace"))
    if size > MAX_BYTES:
        allowed = f"at most {MAX_BYTES:,} bytes of TOML"
        raise DesignError(origin, [Problem("design", f"{size:,} bytes", allowed)])
    return loads(text, origin)


def design_text(design: Design, whole: bool = False) -> str:
    """A TOML text that :func:`open_text` reads back as the same design.

    Parameters
    ----------
    whole : every value that the design states; else what differs from the nearest preset, which
        becomes its ``base``.
    """
    table = design.toml_table()
    if not whole and (differing := _laid_on_preset(design, table)) is not None:
        return differing
    return toml_text(table)


def _laid_on_preset(design: Design, table: Raw) -> str | None:
    """The shortest text on the presets that the design comes from; None where none serves."""
    names = {value.origin.removeprefix("preset ") for value in design.effective()}
    found = []
    for name in sorted(names & set(preset_names())):
        base = parse(preset_text(name), name).table
        text = toml_text({"base": name, **_differences(base, table)})
        try:
            same = loads(text).sha256() == design.sha256()
        except DesignError:
            continue
        if same:
            found.append(text)
    return min(found, key=len, default=None)


def _differences(base: Raw, table: Raw) -> Raw:
    """What to write on top of a base, with ``remove``, so that the table comes out."""
    below, above = dict(leaves(base)), dict(leaves(table))
    gone = [path for path in below if path not in above and path != "title"]
    gone = [path for path in gone if path not in ("name", "sources")]
    changed = {path for path, value in above.items() if below.get(path, _ABSENT) != value}
    changed |= {"name"} & set(above)
    own: Raw = {"remove": gone} if gone else {}
    return own | _only(table, changed)


_ABSENT = object()


def _only(value: Any, kept: set[str], prefix: str = "") -> Raw:
    """The part of a table whose leaves are kept; members of lists keep their names."""
    found: Raw = {}
    for key, part in value.items():
        path = f"{prefix}.{key}" if prefix else key
        if isinstance(part, dict):
            if inner := _only(part, kept, path):
                found[key] = inner
        elif isinstance(part, list) and part and all(isinstance(m, dict) for m in part):
            named = (
                (member, _only(member, kept, f"{path}.{member.get('name')}")) for member in part
            )
            members = [{"name": member.get("name")} | inner for member, inner in named if inner]
            if members:
                found[key] = members
        elif path in kept:
            found[key] = part
    return found


def figure_file(document: Data, name: str, kind: str) -> bytes:
    """A publication figure of a result, one of `FIGURES`, as "svg" or "png" (300 dpi)."""
    import matplotlib

    from qubudget.report.canvas import svg
    from qubudget.report.style import STYLE

    draw = _draws()[name]
    with _drawing:
        if kind == "svg":
            return svg(draw, document).encode()
        out = io.BytesIO()
        with matplotlib.rc_context(STYLE):
            figure: Any = draw(document, None).figure
            figure.savefig(out, format="png", dpi=PNG_DPI, facecolor="white")
    return out.getvalue()


def _draws() -> dict[str, Callable[[Data, Axes | None], Axes]]:
    from qubudget.report import figures
    from qubudget.report.chip_figure import draw_chip

    return {
        "heat": figures.draw_heat,
        "coherence": figures.draw_coherence,
        "timeline": figures.draw_timeline,
        "logical": figures.draw_logical_error,
        "chip": draw_chip,
        "margins": figures.draw_margins,
    }


def table_file(document: Data, name: str) -> bytes:
    """Rows of a result, one of `TABLES`, as CSV; values that are no scalars as JSON."""
    found = _lines(document, name)
    columns = list(dict.fromkeys(column for line in found for column in line))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for line in found:
        writer.writerow([_cell(line.get(column)) for column in columns])
    return out.getvalue().encode()


def _lines(document: Data, name: str) -> list[Data]:
    part, key = _PLACES[name]
    return rows(section(document, part), key)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, Mapping | list | tuple | bool) else value


def arrays_file(dataset: xarray.Dataset) -> bytes:
    """Labelled arrays as NetCDF 4."""
    from qubudget.report.arrays import write_netcdf

    with tempfile.TemporaryDirectory(prefix="qubudget-") as folder:
        (path,) = write_netcdf({"impact": dataset}, Path(folder))
        return path.read_bytes()


def export(document: Data, dataset: xarray.Dataset | None, what: str, kind: str) -> dict[str, str]:
    """One file for the browser: its name, its type, its content in base 64.

    Raises
    ------
    DesignError: something that there is not (yet).
    """
    if what == "arrays" and kind == "nc" and dataset is not None:
        content = arrays_file(dataset)
    elif what == "report" and kind == "json":
        content = (json.dumps(document, indent=2, allow_nan=False) + "\n").encode()
    elif (
        what in TABLES
        and kind == "csv"
        and rows(section(document, _PLACES[what][0]), _PLACES[what][1])
    ):
        content = table_file(document, what)
    elif what in FIGURES and kind in ("svg", "png"):
        content = figure_file(document, what, kind)
    else:
        given = f"{what} as {kind}"
        raise DesignError("export", [Problem("export", given, "a result that is computed already")])
    return {
        "name": safe_name(f"{document.get('name', 'design')}-{what}", f".{kind}"),
        "mime": MIME[kind],
        "content": base64.b64encode(content).decode("ascii"),
    }
