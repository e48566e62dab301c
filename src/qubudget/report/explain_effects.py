"""What a key moves, as tables: slopes where there are some, else the numbers at every setting."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from qubudget.report.numbers import MISSING, engineering, margin, percent, quantity
from qubudget.report.reading import Data, number, rows
from qubudget.report.table import Column, Table, make_table, ratio, shown, text_column

SHOWN = 12
"""Results and values that are listed; the rest is in the JSON document."""
WINGS = {
    "thermal": "cryostat", "coherence": "qubit", "impact": "impact", "qec": "error correction",
    "verdict": "the verdict", "design": "the design alone",
    "cold": "constraints of cryostat and qubit together", "feedback": "heat of correction",
}  # fmt: skip
SAYS = "as the heading says."
"""How the sentence ends that says what a table's columns are."""
NAMES = {"cold.feasible": "all of them hold"}
"""Results that have no key of their own in a report."""


def effect_tables(document: Data) -> Iterator[Table]:
    """Tables of the constraints and the results that a key moves, by the wing that has them."""
    said = ""
    for table in _every_table(document):
        sentence, end, rest = table.note.partition(SAYS)
        if end and sentence == said:  # what the columns are is said once
            table = replace(table, note=rest.strip())
        said = sentence if end else said
        yield table


def _every_table(document: Data) -> Iterator[Table]:
    constraints, results = rows(document, "constraints"), rows(document, "results")
    yield from _tables(document, "Constraints that it moves", constraints, judged=True)
    for wing in dict.fromkeys(str(effect.get("name")).partition(".")[0] for effect in results):
        found = [e for e in results if str(e.get("name")).startswith(f"{wing}.")]
        title = f"Results that it moves: {WINGS.get(wing, wing)}"
        if not any(str(effect.get("name")) in NAMES for effect in found):
            title += f" (keys below {wing})"
        yield from _tables(document, title, found, prefix=f"{wing}.")


def effect_notes(document: Data) -> str:
    """What the tables' numbers are."""
    both = [*rows(document, "constraints"), *rows(document, "results")]
    unit = str(document.get("unit") or "")
    notes = [str(document["note"])] if document.get("note") and both else []
    if any(effect.get("elasticity") is not None for effect in both):
        what = "the ratio that the decibels stand for" if unit == "dB" else "the key"
        notes.append(
            f"Elasticity: relative change of the number (of a constraint's value over its "
            f"limit) per relative change of {what}; 1 is proportional, −1 inversely so."
        )
    if both and isinstance(_today(document), float):
        notes.append(
            "Tried 2 % to either side; whole numbers that stay as they are are not listed."
        )
    if any(effect.get("sure") is False for effect in both):
        notes.append("?: within the 95 % interval of the sampling.")
    if not document.get("whole"):
        notes.append("Impacts and logical errors are not computed here: --whole does.")
    return " ".join(notes)


def _tables(
    document: Data, title: str, found: list[Data], prefix: str = "", judged: bool = False
) -> Iterator[Table]:
    sloped = [effect for effect in found if effect.get("elasticity") is not None]
    if not isinstance(_today(document), float):  # counts and choices: every number as it is
        sloped = []
    stepped = [effect for effect in found if effect not in sloped]
    head = "constraint" if judged else "result"
    if sloped:
        yield _slopes(title, head, sloped, prefix)
    if stepped:
        part = ", in steps" if sloped else ""
        part += ": share of the limit" if judged else ""
        yield from _settings(document, f"{title}{part}", head, stepped, prefix)


def _slopes(title: str, head: str, found: list[Data], prefix: str) -> Table:
    judged = head == "constraint"
    heads = [text_column(head), Column("now")]
    heads += [Column("margin")] if judged else []
    heads += [Column("elasticity")]
    body = []
    for effect in found[:SHOWN]:
        cells = [_name(effect, prefix), _number(effect, effect.get("value"))]
        cells += [shown(effect, "margin", margin)] if judged else []
        cells.append(signed(number(effect, "elasticity")) + _unsure(effect))
        body.append(cells)
    return make_table(title, heads, body, more(len(found)))


def _settings(
    document: Data, title: str, head: str, found: list[Data], prefix: str
) -> Iterator[Table]:
    """The numbers with the key as it is and at every value that was tried."""
    key, unit, today = str(_value(document).get("key")), _unit(document), _today(document)
    tried = [s.get("setting") for s in rows(found[0], "settings")]
    order: list[tuple[Any, int | None]] = [(today, None), *((s, i) for i, s in enumerate(tried))]
    if _is_number(today):
        order.sort(key=lambda pair: pair[0])
    told = [e for e in found if len({_at(e, place) for _, place in order}) > 1]
    if not told:
        return
    slopes = any(effect.get("elasticity") is not None for effect in told)
    heads = [text_column(head)]
    heads += [Column(setting(s, unit) + " (now)" * (place is None)) for s, place in order]
    heads += [Column("elasticity")] if slopes else []
    body = []
    for effect in told:
        cells = [_at(effect, place) for _, place in order]
        cells += [signed(number(effect, "elasticity"))] if slopes else []
        body.append([_name(effect, prefix), *cells])
    note = f"Columns: the design as it is (now), and with {key} {SAYS}"
    if any("✗" in cell for row in body for cell in row):
        note += " ✗: the constraint fails there."
    left = len(found) - len(told)
    note += f" {left} more change by less than the printed digits." if left else ""
    yield make_table(title, heads, body[:SHOWN], f"{note} {more(len(body))}")


def _at(effect: Data, place: int | None) -> str:
    """The number as it is, or at one of the settings; a constraint that fails is marked."""
    part = effect if place is None else rows(effect, "settings")[place]
    if effect.get("limit") is None:
        text = _number(effect, part.get("value"))
    else:
        text = _share(ratio(number(part, "value"), number(part, "limit")))
    text += " ✗" if part.get("passed") is False else ""
    return text + (_unsure(effect) if place is not None else "")


def _number(effect: Data, value: Any) -> str:
    if effect.get("name") in NAMES and isinstance(value, int | float):
        value = bool(value)
    elif isinstance(value, float) and value.is_integer() and effect.get("unit") == "1":
        value = int(value)
    return quantity(value, str(effect.get("unit") or ""))


def _share(share: float | None) -> str:
    """A value over its limit."""
    if share is None or share < 10:
        return percent(share)
    return f"{engineering(share)} × limit"


def _name(effect: Data, prefix: str) -> str:
    name = str(effect.get("name"))
    return NAMES.get(name, name.removeprefix(prefix))


def _unsure(effect: Data) -> str:
    return "" if effect.get("sure") else " ?"


def _value(document: Data) -> Data:
    return next(iter(rows(document, "values")), {})


def _today(document: Data) -> Any:
    return _value(document).get("value")


def _unit(document: Data) -> str:
    return str(document.get("unit") or "")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def setting(value: Any, unit: str) -> str:
    """A value that was tried, as a heading says it.

    >>> setting(100.0, "dB"), setting(2e-3, "W"), setting(50, "1"), setting("tls", "1")
    ('20 dB', '2 mW', '50', 'tls')
    """
    if unit == "dB" and isinstance(value, float):
        return f"{10 * math.log10(value):.4g} dB"
    return quantity(value, unit)


def signed(value: float | None) -> str:
    """An elasticity with its sign, to two digits after the point or three that count.

    >>> signed(1.0), signed(-0.36679), signed(0.0012798), signed(None)
    ('+1', '−0.367', '+0.00128', '–')
    """
    if value is None:
        return MISSING
    return ("+" if value > 0 else "") + engineering(value)


def more(count: int) -> str:
    """What a table's note says of the rows that are not listed."""
    return f"{count - SHOWN} more with --json." if count > SHOWN else ""
