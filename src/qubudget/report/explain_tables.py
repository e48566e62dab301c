"""What ``qubudget explain`` found, on a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from rich.text import Text

from qubudget.report.numbers import MISSING, engineering, margin, quantity
from qubudget.report.reading import Data, number, rows
from qubudget.report.table import Column, Table, make_table, shown, text_column
from qubudget.report.terminal import print_table

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 12
"""Results and values that are listed; the rest is in the JSON document."""
WINGS = {
    "thermal": "cryostat", "coherence": "qubit", "impact": "impact", "qec": "error correction",
    "verdict": "the verdict", "design": "the design alone",
}  # fmt: skip


def print_explanation(document: Data, console: Console) -> None:
    """The document of ``qubudget explain`` on a terminal."""
    unit = str(document.get("unit") or "")
    head = Text(str(document.get("key")), "bold")
    head.append(f": {document.get('kind')}" + (f", {_unit(unit)}" if _unit(unit) else ""), "dim")
    console.print(head)
    if document.get("what"):
        console.print(Text(_sentence(str(document["what"]))))
    {
        "key of the design": _field,
        "key of the report": _entry,
        "constraint": _rule,
        "word": _term,
    }.get(str(document.get("kind")), _keys)(document, console)


def _field(document: Data, console: Console) -> None:
    facts = [("allowed", document.get("allowed"))]
    facts.append(("default", "none: required" if document.get("required") else _default(document)))
    _facts(facts, console)
    values, unit = rows(document, "values"), str(document.get("unit") or "")
    console.print()
    if not values:
        console.print(Text(f"Not set in {document.get('design') or 'any preset'}.", "dim"))
        return
    heads = [text_column("key"), text_column("value"), text_column("SI"), text_column("from")]
    body = [
        (str(v.get("key")), str(v.get("written")), _si(v.get("value"), unit), str(v.get("origin")))
        for v in values[:SHOWN]
    ]
    sources = "; ".join(_listed(document, "sources"))
    note = _more(len(values)) + (f" Source: {sources}." if sources else "")
    print_table(make_table(f"In {document.get('design')}", heads, body, note), console)
    if len(values) > 1:
        console.print(Text("Give one of these keys to see what it moves.", "dim"))
        return
    wing = WINGS.get(str(document.get("first_wing")), "")
    if wing:
        console.print(Text(f"Read first by: {wing}."))
    if values[0].get("value") is None:
        console.print(Text("It is not set, so there is nothing to move.", "dim"))
        return
    _moved(document, unit, console)


def _moved(document: Data, unit: str, console: Console) -> None:
    constraints, results = rows(document, "constraints"), rows(document, "results")
    both = [*constraints, *results]
    if both:
        console.print()
    else:
        where = "the whole chain" if document.get("whole") else "cryostat, qubit and event rates"
        console.print(Text(f"Moves nothing in {where}."))
    if constraints:
        print_table(_effects("Constraints that it moves", "constraint", constraints, unit), console)
    for wing in dict.fromkeys(str(effect.get("name")).partition(".")[0] for effect in results):
        found = [e for e in results if str(e.get("name")).startswith(f"{wing}.")]
        title = f"Results that it moves: {WINGS.get(wing, wing)} ({wing}...)"
        print_table(_effects(title, "result", found, unit, f"{wing}."), console)
    notes = []
    if any(effect.get("elasticity") is not None for effect in both):
        what = "the ratio that the decibels stand for" if unit == "dB" else "the key"
        notes.append(
            f"Elasticity: relative change of the number (of a constraint's value over its limit) "
            f"per relative change of {what}; 1 is proportional, −1 inversely so."
        )
    if any(effect.get("sure") is False for effect in both):
        notes.append("?: within the 95 % interval of the sampling.")
    if not document.get("whole"):
        notes.append("Impacts and logical errors are not computed here: --whole does.")
    console.print(Text(" ".join(notes), "dim"))


def _effects(title: str, head: str, found: list[Data], unit: str, prefix: str = "") -> Table:
    """Elasticities where there is one of every row, else the numbers at every setting."""
    slopes = all(effect.get("elasticity") is not None for effect in found)
    judged = head == "constraint"
    settings = [s.get("setting") for s in rows(found[0], "settings")]
    heads = [text_column(head), Column("now")]
    heads += [Column("margin")] if judged else []
    heads += [Column("elasticity")] if slopes else [Column(_setting(s, unit)) for s in settings]
    body = []
    for effect in found[:SHOWN]:
        own = str(effect.get("unit") or "")
        cells = [str(effect.get("name")).removeprefix(prefix), quantity(effect.get("value"), own)]
        cells += [shown(effect, "margin", margin)] if judged else []
        unsure = "" if effect.get("sure") else " ?"
        if slopes:
            cells.append(signed(number(effect, "elasticity")) + unsure)
        else:
            cells += [quantity(s.get("value"), own) + unsure for s in rows(effect, "settings")]
        body.append(cells)
    note = _more(len(found))
    if not slopes:
        note = f"Right of now: the same with the key as the heading says. {note}"
    return make_table(title, heads, body, note)


def _entry(document: Data, console: Console) -> None:
    if document.get("how"):
        console.print(Text(str(document["how"])))
    _facts(
        [
            ("computed in", document.get("module")),
            ("rests on", document.get("source")),
            ("compared by", ", ".join(_listed(document, "constraints"))),
            ("goes on to move", ", ".join(_listed(document, "moves"))),
        ],
        console,
    )
    values, unit = rows(document, "values"), str(document.get("unit") or "")
    console.print()
    if values:
        heads = [text_column("key"), Column("value")]
        body = [(str(v.get("key")), quantity(v.get("value"), unit)) for v in values[:SHOWN]]
        title = f"In {document.get('design')}"
        print_table(make_table(title, heads, body, _more(len(values))), console)
    if document.get("note"):
        console.print(Text(_sentence(f"In {document.get('design')}: {document['note']}"), "dim"))


def _rule(document: Data, console: Console) -> None:
    _facts(
        [
            ("value", document.get("value_key")),
            ("limit", document.get("limit")),
            ("set by", document.get("limit_key")),
            ("computed by", WINGS.get(str(document.get("wing")))),
        ],
        console,
    )
    console.print()
    today = document.get("today")
    if isinstance(today, dict):
        unit = str(today.get("unit") or "")
        words = "holds" if today.get("passed") else "fails"
        console.print(
            Text(
                f"In {document.get('design')} it {words}: {quantity(today.get('value'), unit)} "
                f"against {quantity(today.get('limit'), unit)}, margin "
                f"{margin(number(today, 'margin'))}.",
                "green" if today.get("passed") else "bold red",
            )
        )
        console.print()
    moved = rows(document, "moved_by")
    if moved:
        heads = [text_column("key"), Column("elasticity")]
        body = [
            (
                str(row.get("key")),
                signed(number(row, "elasticity")) + ("" if row.get("sure") else " ?"),
            )
            for row in moved
        ]
        count = int(document.get("moved_by_all") or 0)
        note = (
            "Relative change of value over limit per relative change of the key; decibels as "
            f"ratios. Positive: more of the key brings it nearer to failing. {count} keys move it."
        )
        if any(row.get("sure") is False for row in moved):
            note += " ?: within the 95 % interval of the sampling."
        print_table(make_table("What moves it most", heads, body, note), console)
    elif document.get("levers"):
        console.print(Text("Worth trying: " + ", ".join(_listed(document, "levers")) + "."))
    if document.get("note"):
        console.print(Text(_sentence(str(document["note"])), "dim"))


def _term(document: Data, console: Console) -> None:
    _facts(
        [
            ("also written", ", ".join(_listed(document, "also"))),
            ("see", ", ".join(_listed(document, "see"))),
        ],
        console,
    )


def _keys(document: Data, console: Console) -> None:
    heads = [text_column("key"), text_column("unit"), text_column("what")]
    body = [
        (str(row.get("key")), _unit(str(row.get("unit") or "")), str(row.get("what") or ""))
        for row in rows(document, "keys")
    ]
    console.print()
    print_table(make_table("Keys", heads, body), console)


def _facts(facts: list[tuple[str, Any]], console: Console) -> None:
    for name, value in facts:
        if value not in (None, ""):
            console.print(Text(f"{name}: ", "dim") + Text(str(value)))


def _default(document: Data) -> str:
    default = document.get("default")
    return "none" if default in (None, {}, [], "") else quantity(default, _dimension(document))


def _dimension(document: Data) -> str:
    unit = str(document.get("unit") or "")
    return "" if unit in ("1", "dB") else unit


def _si(value: Any, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or unit in ("", "1"):
        return ""
    return f"{value:.6g} x" if unit == "dB" else f"{value:.6g} {unit}"


def _setting(value: Any, unit: str) -> str:
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


def _unit(unit: str) -> str:
    return {"1": "", "": ""}.get(unit, unit)


def _more(count: int) -> str:
    return f"{count - SHOWN} more with --json." if count > SHOWN else ""


def _listed(document: Data, key: str) -> list[str]:
    return [str(item) for item in document.get(key) or []]


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
