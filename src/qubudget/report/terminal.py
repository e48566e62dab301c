"""The report on a terminal: short tables that fit 80 columns; no colour when piped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from qubudget.report import tables
from qubudget.report.cable_tables import trade_tables
from qubudget.report.impact_tables import impact_tables
from qubudget.report.key_text import cell_text, column_widths, wrapped
from qubudget.report.load_tree import print_load_tree
from qubudget.report.noise_tables import noise_tables
from qubudget.report.numbers import MISSING, engineering, quantity
from qubudget.report.qec_tables import qec_tables
from qubudget.report.reading import (
    Data,
    design_name,
    reason,
    rows,
    section,
    source_line,
)
from qubudget.report.records import measured_table
from qubudget.report.runaway_tables import runaway_tables
from qubudget.report.summary import change_words, verdict_words
from qubudget.report.table import Column, Table
from qubudget.report.thermal_tables import thermal_tables


def _all_thermal(data: Data) -> list[Table]:
    return [
        *thermal_tables(data), *runaway_tables(data), *noise_tables(data), *trade_tables(data)
    ]  # fmt: skip


WINGS: dict[str, Callable[[Data], list[Table]]] = {
    "thermal": _all_thermal,
    "coherence": tables.coherence_tables,
    "impact": impact_tables,
    "qec": qec_tables,
}
"""The tables of each wing, by the name of its command."""

_LOOKS = {True: "bold green", False: "bold red", None: "bold yellow"}


def print_report(data: Data, console: Console) -> None:
    """The verdict first, then the constraints and one or two short tables per wing."""
    print_headline(data, console)
    for sentence in verdict_words(data).details:
        _print_words(sentence, console)
    console.print()
    for table in tables.verdict_tables(data):
        print_table(table, console)
    part = section(data, "verdict")
    failed = [c for c in rows(part, "constraints") if c.get("passed") is False]
    changes = [f"{c.get('name')}: {change_words(c)}" for c in failed if change_words(c)]
    if len(failed) > 1 and changes:  # of a single one the headline has said it
        console.print(Text("What would pass", "bold"))
        for change in changes:
            _print_words(change, console, "  ")
        console.print()
    _print_wing("thermal", data, console, thermal_tables(data)[:1])
    _print_wing("coherence", data, console, tables.coherence_tables(data)[:2])
    _print_wing("impact", data, console, impact_tables(data)[:1])
    _print_wing("qec", data, console, qec_tables(data)[:1])
    if measured := measured_table(data):
        print_table(measured, console)
    _print_claims(part, console)
    console.print(Text(source_line(data), "dim"))


def print_wing(data: Data, wing: str, console: Console) -> None:
    """One wing alone, with all of its tables: thermal, coherence, impact or qec."""
    console.print(Text(design_name(data), "bold"))
    _print_wing(wing, data, console, WINGS[wing](data))
    if wing == "thermal":
        print_load_tree(data, console)
    console.print(Text(source_line(data), "dim"))


def _print_claims(verdict: Data, console: Console) -> None:
    """Published claims, each with whether this design supports it and why."""
    claims = rows(verdict, "published_claims")
    if claims:
        console.print(Text("Published claims", "bold"))
    for claim in claims:
        _print_words(str(claim.get("claim")), console)
        why = f": {claim['reason']}" if claim.get("reason") else ""
        _print_words(f"{claim.get('verdict')}{why}", console, "  ")
    if claims:
        console.print()


def _print_words(text: str, console: Console, indent: str = "", style: str = "") -> None:
    """A paragraph in the width that there is, each line set in; numbers keep their units."""
    for line in wrapped(text, console.width, indent):
        console.print(Text(line, style))


def print_reproduction(data: Data, console: Console) -> None:
    """A paper's tables recomputed, its claims judged, and how many of each verdict."""
    console.print(Text(f"Reproduction: {data.get('paper') or 'unnamed paper'}", "bold"))
    for printed in rows(data, "tables"):
        print_table(
            _judged(str(printed.get("name")), "row", "name", rows(printed, "rows")), console
        )
    claims = rows(data, "claims")
    if claims:
        print_table(_judged("Claims", "claim", "id", claims), console)
        for claim in claims:
            console.print(Text(f"{claim.get('id')} ", "bold") + Text(str(claim.get("statement"))))
            console.print(Text(f"  {claim.get('verdict')}: {claim.get('reason') or MISSING}"))
        counts = Counter(str(claim.get("verdict")) for claim in claims)
        words = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
        console.print(Text(f"\n{len(claims)} claims: {words}"))


def _judged(title: str, heading: str, key: str, found: list[Data]) -> Table:
    body = []
    for row in found:
        unit = str(row.get("unit") or "")
        body.append(
            (
                str(row.get(key)),
                _in_full(row.get("printed"), unit),
                _in_full(row.get("computed"), unit),
                str(row.get("verdict")),
            )
        )
    columns = (
        Column(heading, numeric=False), Column("printed"), Column("computed"),
        Column("verdict", numeric=False),
    )  # fmt: skip
    return Table(title, columns, tuple(body))


def _in_full(value: Any, unit: str) -> str:
    """A value in six digits, since a printed number is judged by its last digit."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return quantity(value, unit)
    return engineering(value, unit, digits=6)


def print_headline(data: Data, console: Console) -> None:
    """The design's name and its verdict in one line."""
    verdict = verdict_words(data)
    name = Text(f"{design_name(data)}: ", "bold")
    console.print(name + Text(verdict.headline, _LOOKS[verdict.feasible]))


def _print_wing(wing: str, data: Data, console: Console, found: list[Table]) -> None:
    part = section(data, wing)
    if reason(part):
        _print_words(f"{wing}: {reason(part)}", console, style="yellow")
    for table in found:
        print_table(table, console)


def print_table(table: Table, console: Console, strong: frozenset[int] = frozenset()) -> None:
    """A table in the width that there is; rows in ``strong`` are highlighted on a terminal."""
    kept = [i for i, column in enumerate(table.columns) if column.brief]
    shown = RichTable(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim"
    )  # fmt: skip
    for place, width in zip(kept, column_widths(table, kept, console.width), strict=True):
        column = table.columns[place]
        shown.add_column(
            Text(column.name),
            justify="right" if column.numeric else "left",
            overflow="fold",
            width=width,
        )
    for index, row in enumerate(table.rows):
        look = "bold yellow" if index in strong else ""
        shown.add_row(*(cell_text(row[place], _cell_style(row[place]) or look) for place in kept))
    if table.title:
        console.print(Text(table.title, "bold"))
    console.print(shown)
    if table.note:
        _print_words(table.note, console, style="dim")
    console.print()


def columns_of(count: int, wraps: int) -> RichTable:
    """A table without rules or headings, its columns two spaces apart; one of them wraps."""
    grid = RichTable.grid(padding=(0, 2, 0, 0))
    for place in range(count):
        grid.add_column(overflow="fold", no_wrap=place != wraps)
    return grid


def _cell_style(cell: str) -> str:
    return {"✓": "green", "✗": "bold red"}.get(next((c for c in cell if c in "✓✗"), ""), "")
