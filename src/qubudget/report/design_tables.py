"""A design's values and the list of presets, on a terminal."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from qubudget.report.key_text import cell_text
from qubudget.report.terminal import columns_of

if TYPE_CHECKING:
    from rich.console import Console


ROOMY = 100
"""Columns of a terminal from which on values stand in SI too."""


def print_presets(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Names and titles; a title that is too long for the line goes on below itself."""
    grid = columns_of(2, wraps=1)
    for row in rows:
        grid.add_row(Text(str(row["name"]), "bold"), Text(str(row["title"])))
    _widen(console)
    console.print(grid)


def print_values(values: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Every value as written, in SI, and its origin: on a terminal under headings of sections.

    Into a pipe every line holds a whole key, as other programs want it.
    """
    headed = console.is_terminal
    _widen(console)
    grid, above = columns_of(4, wraps=1), ""
    narrow = console.width < ROOMY
    for value in values:
        key, origin = str(value["key"]), str(value["origin"])
        head, _, last = key.rpartition(".")
        if headed and head != above:
            grid.add_row(cell_text(head, "bold"))
            above = head
        grid.add_row(
            Text(f"  {last}" if headed and head else key),
            Text(str(value["text"])),
            Text("" if narrow else _si(value["value"], value["unit"], str(value["text"]))),
            Text(origin, {"default": "dim", "set": "bold"}.get(origin, "")),
        )
    console.print(grid)


def _widen(console: Console) -> None:
    """Into a pipe every row is one line, as other programs want it."""
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = 500


def _si(value: Any, unit: str | None, text: str) -> str:
    if unit in (None, "1") or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    si = f"{value:.6g} x" if unit == "dB" else f"{value:.6g} {unit}"
    return "" if si == text or not value else si
