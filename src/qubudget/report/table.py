"""What a table is, and how a result's dictionary becomes one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.report.numbers import (
    MISSING,
    engineering,
    key_unit,
    key_words,
    powers,
    quantity,
)
from qubudget.report.reading import Data, number

HELD = " (fixed)"
"""Mark of a temperature that is held whatever the load."""


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand right; the terminal leaves out what is not brief."""

    name: str
    numeric: bool = True
    brief: bool = True


@dataclass(frozen=True)
class Table:
    """A table of text; the first column names the row. A note says what the cells cannot.

    A page shows what is ``folded`` when it is asked to.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    folded: bool = False


def make_table(
    title: str,
    columns: Sequence[Column],
    body: Iterable[Sequence[str]],
    note: str = "",
    folded: bool = False,
) -> Table:
    """A table whose note is set as one paragraph."""
    lines = tuple(tuple(row) for row in body)
    return Table(title, tuple(columns), lines, powers(" ".join(note.split())), folded)


def without_empty(
    columns: Sequence[Column], body: Sequence[Sequence[str]]
) -> tuple[list[Column], list[list[str]]]:
    """Columns, and the rows' cells in them, of which some row says something.

    >>> without_empty([Column("a"), Column("b")], [("1", ""), ("2", "–")])[1]
    [['1'], ['2']]
    """
    kept = [i for i in range(len(columns)) if any(row[i] not in {"", MISSING} for row in body)]
    return [columns[i] for i in kept], [[row[i] for i in kept] for row in body]


def text_column(name: str, brief: bool = True) -> Column:
    """A column of words."""
    return Column(name, numeric=False, brief=brief)


def shown(part: Data, key: str, show: Callable[[float | None], str]) -> str:
    """The number under `key`; a dash where there is none (the table's note says why)."""
    return show(number(part, key))


def in_unit(unit: str) -> Callable[[float | None], str]:
    """How to show a number of this unit."""
    return lambda value: engineering(value, unit)


def leaves_table(title: str, pairs: Iterable[tuple[str, Any]], note: str = "") -> Table:
    """Two columns: the words of a key, and its value in the unit that the key names."""
    body = [(key_words(key), quantity(value, key_unit(key))) for key, value in pairs]
    return make_table(title, [text_column("quantity"), Column("value")], body, note)


def ratio(value: float | None, whole: float | None) -> float | None:
    """value / whole; None where either is missing or the whole is zero."""
    return value / whole if value is not None and whole else None
