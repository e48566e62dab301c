"""What ``qubudget explain`` found, on a terminal."""

from __future__ import annotations

from textwrap import shorten
from typing import TYPE_CHECKING, Any

from rich.text import Text

from qubudget.report.explain_effects import (
    SHOWN,
    WINGS,
    effect_notes,
    effect_tables,
    more,
    signed,
)
from qubudget.report.key_text import GUTTER
from qubudget.report.numbers import margin, quantity
from qubudget.report.reading import Data, number, rows
from qubudget.report.table import Column, make_table, text_column
from qubudget.report.terminal import print_table
from qubudget.report.written import written

if TYPE_CHECKING:
    from rich.console import Console


def print_explanation(document: Data, console: Console) -> None:
    """The document of ``qubudget explain`` on a terminal."""
    if document.get("kind") == "list of names":
        _names(document, console)
        return
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
        (
            str(v.get("key")),
            written(str(v.get("written"))),
            _si(v.get("value"), unit),
            str(v.get("origin")),
        )
        for v in values[:SHOWN]
    ]
    sources = "; ".join(_listed(document, "sources"))
    note = more(len(values)) + (f" Source: {sources}." if sources else "")
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
    _moved(document, console)


def _moved(document: Data, console: Console) -> None:
    tables = list(effect_tables(document))
    if tables:
        console.print()
    else:
        where = "the whole chain" if document.get("whole") else "cryostat, qubit and event rates"
        later = not document.get("whole") and document.get("first_wing") in LATER
        end = ": it acts later in the chain" if later else ""
        console.print(Text(f"Moves nothing in {where}{end}."))
        if document.get("note"):
            console.print(Text(str(document["note"])))
    for table in tables:
        print_table(table, console)
    notes = effect_notes(document)
    if notes:
        console.print(Text(notes, "dim"))


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
        print_table(make_table(title, heads, body, more(len(values))), console)
    if document.get("note"):
        where = f"In {document['design']}: " if document.get("design") else ""
        console.print(Text(_sentence(f"{where}{document['note']}"), "dim"))


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
        console.print(Text("Keys worth trying: " + ", ".join(_listed(document, "levers")) + "."))
    if document.get("note"):
        console.print(Text(_sentence(str(document["note"])), "dim"))


def _term(document: Data, console: Console) -> None:
    _facts(
        [
            ("also written", ", ".join(_listed(document, "also"))),
            ("from", document.get("source")),
        ],
        console,
    )
    related = rows(document, "related")
    for row in related:
        unit = _unit(str(row.get("unit") or ""))
        console.print()
        head = Text(str(row.get("key")), "bold")
        head.append(f": {row.get('kind')}" + (f", {unit}" if unit else ""), "dim")
        console.print(head)
        for part in ("what", "how"):
            if row.get(part):
                console.print(Text(_sentence(str(row[part]))))
    shown = {row.get("key") for row in related}
    _facts([("see", ", ".join(k for k in _listed(document, "see") if k not in shown))], console)


LATER = ("impact", "qec", "verdict")
"""Wings of which not all is computed without ``--whole``."""
LISTS = {
    "words": "Words", "constraints": "Constraints", "sections": "Sections of a design",
    "report": "Parts of a report",
}  # fmt: skip


def _names(document: Data, console: Console) -> None:
    for part, title in LISTS.items():
        found = rows(document, part)
        room = console.width - max(len(str(row.get("key"))) for row in found) - GUTTER
        body = [
            (str(r.get("key")), shorten(str(r.get("what")), room, placeholder=" …")) for r in found
        ]
        print_table(make_table(title, [text_column("name"), text_column("what")], body), console)
    console.print(
        Text(
            "'qubudget explain NAME' says more, of every single key too, such as qubit.frequency "
            "or coherence.t1_s; of a section or a part it lists the keys.",
            "dim",
        )
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


def _unit(unit: str) -> str:
    return {"1": "", "": ""}.get(unit, unit)


def _listed(document: Data, key: str) -> list[str]:
    return [str(item) for item in document.get(key) or []]


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith(".") else f"{text}."
