"""Dotted keys that break at their dots and underscores, where a line has to break."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.measure import Measurement
from rich.text import Text

from qubudget.report.table import Table

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.containers import Lines

GUTTER = 3
"""Columns of the terminal between two columns of a table."""

_KEY = re.compile(r"[A-Za-z0-9*][\w*.-]*[._][\w*.-]+")
_PIECE = re.compile(r"[^._]*[._]+|[^._]+")


class KeyText(Text):
    """A text that is one dotted key; rich would break it anywhere."""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        pieces = [len(piece) for piece in _PIECE.findall(self.plain)]
        return Measurement(max(pieces, default=0), len(self.plain))

    def wrap(self, console: Console, width: int, **keywords: Any) -> Lines:
        """Lines of at most this width, broken behind dots and underscores."""
        offsets = breaks(self.plain, width)
        if offsets is None:
            return super().wrap(console, width, **keywords)
        lines = self.divide(offsets)
        justify = keywords.get("justify") or self.justify
        if justify:
            lines.justify(console, width, justify=justify)
        return lines


def breaks(key: str, width: int) -> list[int] | None:
    """Where to break a key into lines of this width; None where a piece is longer than that.

    >>> breaks("coherence.gate.readout_error", 16)
    [15]
    """
    found, start, end = [], 0, 0
    for piece in _PIECE.findall(key):
        if len(piece) > width:
            return None
        if end + len(piece) - start > width:
            found.append(end)
            start = end
        end += len(piece)
    return found


def cell_text(cell: str, style: str = "") -> Text:
    """A table's cell; a dotted key breaks between its parts."""
    return KeyText(cell, style) if _KEY.fullmatch(cell) else Text(cell, style)


_UNIT = re.compile(
    r"(?<=[\d⁰¹²³⁴⁵⁶⁷⁸⁹]) (?=(?:%|/s|/day|[fpnµmkMGT]?(?:W|s|K|m|eV|Hz|J|V|A)|dB|days|years|h|min)"
    r"(?![\w]))"
)
_JOINED = "\u00a0"  # which textwrap does not break at


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """Lines of at most this width in which no number is parted from its unit.

    >>> wrapped("heat of 2.31 W (margin -53.9 %).", 27)
    ['heat of 2.31 W (margin', '-53.9 %).']
    """
    lines = textwrap.wrap(
        _UNIT.sub(_JOINED, text), width, initial_indent=indent, subsequent_indent=indent,
        break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace(_JOINED, " ") for line in lines]


def least_width(cell: str, whole: bool) -> int:
    """Width below which a cell breaks inside a word or a part of a key.

    ``whole`` : a number is not parted from its unit, nor an interval but between its ends.
    """
    if whole:
        pieces = re.split(r" to |, ", cell)
    else:
        pieces = _PIECE.findall(cell) if _KEY.fullmatch(cell) else cell.split(" ")
    return max(map(cell_len, pieces), default=0)


def column_widths(table: Table, kept: Sequence[int], width: int) -> list[int | None]:
    """Widths of a table's columns so that no word breaks; None where they need no care.

    ``kept`` : the columns that are shown. Where the table is wider than ``width`` every column
    gets its longest word or number, and what is left goes to those that lack least.
    Where not even the words fit, nothing is said.
    """
    columns = [table.columns[place] for place in kept]
    cells = [[row[place] for row in table.rows] for place in kept]
    liked = [
        max(map(cell_len, [column.name, *body]))
        for column, body in zip(columns, cells, strict=True)
    ]
    room = width - GUTTER * (len(kept) - 1)
    if sum(liked) <= room:
        return [None] * len(kept)
    for unparted in (True, False):
        least = [
            max(
                least_width(column.name, False),
                *(least_width(cell, unparted and column.numeric) for cell in body),
            )
            for column, body in zip(columns, cells, strict=True)
        ]
        spare = room - sum(least)
        if spare >= 0:
            break
    else:
        return [None] * len(kept)
    wishes = sorted(
        (most - few, place) for place, (most, few) in enumerate(zip(liked, least, strict=True))
    )
    for wish, place in wishes:  # the modest ones first: long texts wrap between words
        given = min(wish, spare)
        least[place] += given
        spare -= given
    return list(least)
