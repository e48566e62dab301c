"""Two designs beside each other on a terminal: headlines, constraints, inputs, results."""

from __future__ import annotations

import re
from collections import defaultdict
from math import inf, log
from typing import TYPE_CHECKING

from rich.text import Text

from qubudget.report.numbers import MISSING, engineering, margin, quantity
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.table import Column, Table, make_table, text_column
from qubudget.report.terminal import print_headline, print_table
from qubudget.report.written import written

if TYPE_CHECKING:
    from rich.console import Console

SIDES = ("first", "second")
MOST = 8
"""Results of a wing that are listed without ``--all``."""
WINGS = {
    "thermal": "Cryostat", "coherence": "Qubit", "impact": "Impact", "qec": "Error correction",
    "line_noise": "Noise of the lines", "feedback": "Feedback",
}  # fmt: skip
UNRESOLVED = "not resolved"
WIDEST = 16
"""Longest name that heads a column; of longer ones the columns are called A and B."""
BIG = 2.0
"""A ratio beyond this, up or down, is highlighted."""
_MINOR = re.compile(
    r"published|modelled|simulated|courses|classes|hysteresis|percentile|intervals|thresholds|fit"
    r"|(^|[._])(low|high|p05|p95|p10|p90|share|down|up|evaluations|copper|residual|passes)([._]|$)|machine|spread"
)
"""Keys of ends, repetitions and the like, which only ``--all`` lists."""
SMALL = 1e-3
"""Channels and loads below this share of the largest beside them, which only ``--all`` lists."""
LABELS = {
    "thermal.status": "cryostat", "thermal.max_qubits.total": "most qubits per fridge",
    "thermal.wall_power_W": "power at the wall",
    "coherence.chip_temperature_K": "chip's temperature", "coherence.t1_s": "T1",
    "coherence.t2_s": "T2", "coherence.gate.one_qubit_error": "one-qubit error",
    "coherence.gate.two_qubit_error": "two-qubit error",
    "coherence.gate.readout_error": "read-out error", "impact.rate_per_s.total": "bursts",
    "impact.t1_min_s": "lowest T1 in the event", "impact.recovery_time_s": "recovery from it",
    "qec.background.lambda": "Lambda", "qec.logical_errors_per_day": "logical errors",
    "qec.mean_time_to_failure_s": "mean time to failure",
}  # fmt: skip
"""Headlines in words."""
BINDING = "verdict.binding_constraint"


def print_comparison(document: Data, console: Console, everything: bool = False) -> None:
    """Verdicts, headlines, constraints, inputs, then results by wing, largest change first."""
    names = [str(section(document, side).get("name")) for side in SIDES]
    for side in SIDES:
        print_headline(section(document, side), console)
    if max(map(len, names)) > WIDEST:
        console.print(Text(f"Below, A is {names[0]} and B is {names[1]}.", "dim"))
        names = ["A", "B"]
    console.print()
    headline = [row for row in rows(document, "headline") if row.get("key") != BINDING]
    if headline:
        said = _binding(document, names)
        print_table(_results("Headlines", headline, names, said), console, _strong(headline))
    inputs, results = rows(document, "inputs"), rows(document, "results")
    judged = _constraints(document, names)
    if judged.rows:
        print_table(judged, console)
    if inputs:
        print_table(_inputs(inputs, names, everything), console)
    for wing, found in by_wing(results, everything).items():
        shown = found if everything else found[:MOST]
        left = len(found) - len(shown)
        title = f"{WINGS.get(wing, wing)}: results that differ"
        note = f"{left} more with --all." if left else ""
        print_table(_results(title, shown, names, note, f"{wing}."), console, _strong(shown))
    if not inputs and not results:
        console.print(Text("Nothing differs."))


def _binding(document: Data, names: list[str]) -> str:
    """Which constraint binds, in words: the names are too long for a column."""
    row = next((r for r in rows(document, "headline") if r.get("key") == BINDING), None)
    if row is None:
        return ""
    first, second = (str(row.get(side) or "none") for side in SIDES)
    if first == second:
        return f"Binding constraint of both: {first}."
    return f"Binding constraint: {first} of {names[0]}, {second} of {names[1]}."


def _results(title: str, found: list[Data], names: list[str], note: str, prefix: str = "") -> Table:
    body = [
        (
            short_name(key.removeprefix(prefix)) if prefix else LABELS.get(key, key),
            *side_cells(row),
            change(row),
        )
        for row in found
        for key in (str(row.get("key")),)
    ]
    if any(UNRESOLVED in row for row in body):
        note += (
            f" {UNRESOLVED[:1].upper()}{UNRESOLVED[1:]} at this effort: the 95 % intervals of "
            "the sampling overlap."
        )
    columns = [text_column("result"), *map(Column, names), Column("ratio")]
    return make_table(title, columns, body, note)


def short_name(key: str) -> str:
    """A key without an ending that its number's unit says again.

    >>> short_name("channels.purcell.rate_per_s"), short_name("correlated.bursts_per_day.value")
    ('channels.purcell', 'correlated.bursts_per_day')
    """
    return re.sub(r"\.(rate_per_s|per_day|watts|value)$", "", key)


def side_cells(row: Data) -> list[str]:
    """Both numbers as printed."""
    key, unit = str(row.get("key")), str(row.get("unit") or "")
    if key.endswith("margin"):
        return [margin(number(row, side)) for side in SIDES]
    return [quantity(row.get(side), unit) for side in SIDES]


def change(row: Data) -> str:
    if row.get("resolved") is False:
        return UNRESOLVED
    first, second = side_cells(row)
    return MISSING if first == second else _times(number(row, "ratio"))


def _constraints(document: Data, names: list[str]) -> Table:
    margins: list[dict[str, str]] = []
    for side in SIDES:
        found = rows(section(document, side, "verdict"), "constraints")
        margins.append({str(c.get("name")): _judged(c) for c in found})
    body = [
        (name, *(side.get(name, MISSING) for side in margins))
        for name in dict.fromkeys([*margins[0], *margins[1]])
    ]
    return make_table("Margins", [text_column("constraint"), *map(Column, names)], body)


def _judged(constraint: Data) -> str:
    words = margin(number(constraint, "margin"))
    return f"{words} ✓" if constraint.get("passed") else f"{words} ✗"


def _inputs(found: list[Data], names: list[str], everything: bool) -> Table:
    both = [r for r in found if all(r.get(side) not in (None, "none") for side in SIDES)]
    alone = [r for r in found if r not in both]
    body = [
        (
            str(row.get("key")),
            *(_written(row, side, name) for side, name in zip(SIDES, names, strict=True)),
            _times(number(row, "ratio")),
        )
        for row in (found if everything else both)
    ]
    note = ""
    if alone and not everything:
        parts = [
            f"{len(own)} only in {name}"
            for side, name in zip(SIDES, names, strict=True)
            if (own := [r for r in alone if r.get(side) not in (None, "none")])
        ]
        note = f"And {' and '.join(parts)}: --all lists them."
    columns = [text_column("key"), *map(Column, names), Column("ratio")]
    return make_table("Inputs that differ", columns, body, note)


def _written(row: Data, side: str, name: str) -> str:
    """A value as written, with its origin where that is not a file or preset."""
    text, origin = row.get(side), str(row.get(f"{side}_origin") or "")
    if text in (None, "none"):
        return MISSING
    shown = written(str(text))
    return f"{shown} ({origin})" if origin in ("default", "set") else shown


def by_wing(found: list[Data], everything: bool) -> dict[str, list[Data]]:
    """Single values by the wing that computes them, the largest change first.

    What is equal as printed is left out; without ``everything`` also what sampling does not
    resolve.
    """
    grouped: dict[str, list[Data]] = defaultdict(list)
    most: dict[str, float] = defaultdict(float)
    for row in found:
        most[_family(row)] = max(most[_family(row)], _largest(row))
    for row in found:
        key = str(row.get("key"))
        wing = key.partition(".")[0]
        if wing == "verdict" or any(isinstance(row.get(s), list | dict) for s in SIDES):
            continue
        if len(set(side_cells(row))) == 1:
            continue
        if not everything and (row.get("ratio") is None or _MINOR.search(key)):
            continue
        if not everything and row.get("resolved") is False:
            continue
        if not everything and _family(row) and _largest(row) < SMALL * most[_family(row)]:
            continue
        grouped[wing].append(row)
    order = {wing: place for place, wing in enumerate(WINGS)}
    wings = sorted(grouped, key=lambda wing: order.get(wing, len(order)))
    return {wing: sorted(grouped[wing], key=lambda row: -row_size(row)) for wing in wings}


def _family(row: Data) -> str:
    """What a rate or a load is one of many of: the channels, or the loads of a stage."""
    found = re.match(r"coherence\.channels|thermal\.loads\.[^.]+", str(row.get("key")))
    return found[0] if found else ""


def _largest(row: Data) -> float:
    return max(abs(number(row, side) or 0.0) for side in SIDES)


def row_size(row: Data) -> float:
    ratio = number(row, "ratio")
    if ratio is None:
        return -1.0
    return abs(log(ratio)) if ratio > 0 else inf


def _times(ratio: float | None) -> str:
    """A ratio, with more digits where three would say one.

    >>> _times(1.98), _times(1.0027), _times(None)
    ('1.98 ×', '1.003 ×', '–')
    """
    if ratio is None:
        return MISSING
    texts = (engineering(ratio, digits=digits) for digits in (3, 4, 5, 6))
    return next((f"{text} ×" for text in texts if text != "1"), "1 ×")


def _strong(found: list[Data]) -> frozenset[int]:
    """Rows that change by more than a factor ``BIG``, which a terminal highlights."""
    return frozenset(
        i
        for i, row in enumerate(found)
        if row_size(row) > log(BIG) and row.get("resolved") is not False
    )
