"""A design's values and the presets: tables on a terminal, fields between tabs in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.text import Text

from qubudget.report.key_text import cell_text
from qubudget.report.terminal import columns_of

if TYPE_CHECKING:
    from rich.console import Console

Value = Mapping[str, Any]

ROOMY = 100
"""Columns of a terminal from which on values stand in SI too."""
BROAD = 24
"""Columns behind which a long value does not push the origins of the others."""
_LOOKS = {"default": "dim", "set": "bold"}


def print_presets(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Names and titles; on a terminal a title that is too long goes on below itself."""
    if not console.is_terminal:
        _print_fields(((str(row["name"]), str(row["title"])) for row in rows), console)
        return
    grid = columns_of(2, wraps=1)
    for row in rows:
        grid.add_row(Text(str(row["name"]), "bold"), Text(str(row["title"])))
    console.print(grid)


def print_values(values: Sequence[Value], console: Console) -> None:
    """Every value as written, in SI, and its origin.

    On a terminal under headings of sections; a value is never parted, its origin goes on below it
    where the line is too short. In a pipe key, value, SI and origin stand between tabs, one key a
    line, whatever the width.
    """
    if not console.is_terminal:
        _print_fields(((str(v["key"]), *_cells(v)) for v in values), console)
        return
    for head, members in groupby(values, key=lambda value: str(value["key"]).rpartition(".")[0]):
        if head:
            console.print(cell_text(head, "bold"))
        for line in _section(list(members), "  " if head else "", console.width):
            console.print(line)


def _section(values: Sequence[Value], indent: str, width: int) -> Iterator[Text]:
    """A section's lines: the last part of the key, the value, what it is in SI, the origin."""
    rows = [(str(value["key"]).rpartition(".")[2], *_cells(value)) for value in values]
    if width < ROOMY:
        rows = [(name, text, "", origin) for name, text, _, origin in rows]
    keys, texts, sis = (max(len(row[place]) for row in rows) for place in range(3))
    for name, text, si, origin in rows:
        line = f"{indent}{name:{keys}}  {text:{min(texts, BROAD)}}"
        line += f"  {si:{sis}}" if sis else ""
        if len(line) + 2 + len(origin) > width:
            line = f"{line.rstrip()}\n{' ' * (len(indent) + keys)}"
        yield Text(f"{line}  ") + Text(origin, _LOOKS.get(origin, ""))


def _cells(value: Value) -> tuple[str, str, str]:
    text = str(value["text"])
    return text, _si(value["value"], value["unit"], text), str(value["origin"])


def _print_fields(rows: Iterator[tuple[str, ...]], console: Console) -> None:
    for row in rows:
        console.file.write("\t".join(" ".join(field.split()) for field in row) + "\n")


def _si(value: Any, unit: str | None, text: str) -> str:
    if unit in (None, "1") or isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    si = f"{value:.6g} x" if unit == "dB" else f"{value:.6g} {unit}"
    return "" if si == text or not value else si
