"""``explain(KEY)``: what a key is, what it is in a design, and what it moves.

Words, constraints and keys of reports are looked up; the chain, whose import alone takes seconds,
is run for a key of a design, and where a design is given.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qubudget.design import Design, load
from qubudget.progress import tell
from qubudget.study.explain.catalogue import (
    Entry,
    Rule,
    Term,
    entries,
    entry_of,
    feeds,
    rule_of,
    rules,
    term_of,
)
from qubudget.study.explain.fields import (
    FIRST_LOOK,
    Field,
    field_of,
    fields,
    held,
    preset_with,
    schema_path,
)
from qubudget.study.explain.naming import stage_names, unknown

if TYPE_CHECKING:
    from qubudget.pipeline import Effort
    from qubudget.study.explain.computed import Way

FIRST_WING = {
    "chip": "impact", "films": "impact", "radiation": "impact", "code": "qec",
    "mitigation": "qec", "targets": "verdict", "machine.qubits_per_chip": "qec",
}  # fmt: skip
"""Where a section, or a key, is read of which no fast result depends."""
OWN = ("default", "set")
"""Origins of values that no source of the design stands behind."""
LATER = "nothing is computed without a design: --design DESIGN gives "

Computing = Callable[[], "Way"]
"""How to compute; asked where the chain is wanted, since that imports it."""


def explain(
    key: str,
    design: Design | None = None,
    *,
    whole: bool = False,
    effort: Effort = "quick",
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """What a key is, as plain JSON values.

    Parameters
    ----------
    key : of the design file or of a report, a constraint's name, or a word; looked for in
        this order, a word of several spellings last.
    design : in which it is looked at. Without one a key of the design is looked at in a preset
        that holds it; of a constraint or a key of a report nothing is computed.
    whole : also what a key moves in impacts and logical errors, and values of the slow wings;
        without a design in a preset.
    effort, seed : of the sampling that this takes. progress : called with
        every step, see :func:`qubudget.progress.tell`.

    Raises
    ------
    DesignError: nothing of this name, with the nearest names; a key that the design lacks.
    """

    say = progress or (lambda step: None)

    def way() -> Way:
        tell(say, "loading what computes", 0, 1)
        from qubudget.study.explain.computed import Way

        return Way(whole, effort, seed, say)

    looked_at = design or (load(FIRST_LOOK[0]) if whole else None)
    field, rule, entry, term = field_of(key), rule_of(key), entry_of(key), term_of(key)
    if field is not None and field.place.section is None:
        return _of_field(key, field, design, whole, way)
    if entry is not None and (field is None or "." in key):
        return _of_entry(key, entry, looked_at, way)
    if rule is not None:
        return _of_rule(key, rule, looked_at, way)
    if term is not None:
        return _of_term(term)
    if field is not None:
        return _of_section(key, field, design)
    below = [e for e in entries() if _starts(e.pattern, key)]
    if below:
        return {
            "key": key,
            "kind": "part of the report",
            "keys": [{"key": e.pattern, "unit": e.unit, "what": e.what} for e in below],
        }
    raise unknown(key, design)


def _of_field(
    key: str, field: Field, design: Design | None, whole: bool, way: Computing
) -> dict[str, Any]:
    opened = design or preset_with(key)
    found = held(opened, key) if opened is not None else []
    if opened is None or not found:
        if schema_path(key) != key:  # names a stage or a line that is not there
            raise unknown(key, design)
        found = []
    place = field.place.mapping or field.place
    document: dict[str, Any] = {
        "key": key,
        "kind": "key of the design",
        "what": field.place.description or None,
        "unit": place.unit or "1",
        "allowed": place.allowed or None,
        "choices": list(place.choices) or None,
        "required": field.required,
        "default": None if field.required else _plain(field.default),
        "design": opened.name if opened is not None else None,
        "design_given": design is not None,
        "values": [
            {"key": v.key, "written": v.text, "value": v.value, "origin": v.origin} for v in found
        ],
        "sources": _sources(opened, key) if any(v.origin not in OWN for v in found) else [],
        "first_wing": FIRST_WING.get(key) or FIRST_WING.get(key.partition(".")[0]),
        "whole": whole,
        "results": [],
        "constraints": [],
        "note": None,
    }
    if opened is None or len(found) != 1:
        return document
    how = way()
    from qubudget.study.explain.computed import moved_by_field

    computed = moved_by_field(opened, found[0], how)
    return document | {k: v for k, v in computed.items() if k != "first_wing" or v}


def _of_entry(key: str, entry: Entry, design: Design | None, way: Computing) -> dict[str, Any]:
    compared = [r.pattern for r in rules() if entry.pattern in (r.value, r.limit)]
    moved = [name for name in feeds().get(entry.pattern, ()) if name not in compared]
    values: list[dict[str, Any]] = []
    note: str | None = f"{LATER}its value there"
    if design is not None:
        how = way()
        from qubudget.study.explain.computed import values_of_entry

        values, note = values_of_entry(key, entry, design, how)
    return {
        "key": key,
        "kind": "key of the report",
        "pattern": entry.pattern,
        "what": entry.what,
        "how": entry.how or None,
        "unit": entry.unit,
        "module": entry.module,
        "source": entry.source or None,
        "constraints": compared,
        "moves": moved,
        "design": None if design is None else design.name,
        "values": values,
        "note": note,
    }


def _of_rule(name: str, rule: Rule, design: Design | None, way: Computing) -> dict[str, Any]:
    stage = name.partition(".")[2]
    if rule.pattern.endswith(".*") and stage not in ("*", *stage_names(design)):
        raise unknown(name, design)
    document: dict[str, Any] = {
        "key": name,
        "kind": "constraint",
        "what": rule.what,
        "value_key": rule.value.replace("*", stage or "*"),
        "limit": rule.limit.replace("*", stage or "*"),
        "limit_key": rule.limit_key.replace("*", stage or "*"),
        "wing": rule.wing,
        "design": None if design is None else design.name,
        "today": None,
        "moved_by": [],
        "moved_by_all": 0,
        "levers": list(rule.levers),
        "note": f"{LATER}how it stands there and what moves it",
    }
    if design is None:
        return document
    how = way()
    from qubudget.study.explain.computed import standing_of_rule

    return document | standing_of_rule(name, rule, design, how)


def _of_term(term: Term) -> dict[str, Any]:
    return {
        "key": term.name,
        "kind": "word",
        "what": term.what,
        "unit": term.unit or None,
        "also": list(term.also),
        "source": term.source or None,
        "see": list(term.see),
        "related": [found for key in term.see if (found := _related(key)) is not None],
    }


def _related(key: str) -> dict[str, Any] | None:
    """What a name that a word points at is, in short; None of a whole section."""
    field, rule, entry = field_of(key), rule_of(key), entry_of(key)
    if field is not None and field.place.section is None:
        unit = (field.place.mapping or field.place).unit
        return _short(key, "key of the design", unit or "1", field.place.description)
    if entry is not None:
        return _short(key, "key of the report", entry.unit, entry.what, entry.how)
    if rule is not None:
        return _short(key, "constraint", "1", rule.what)
    return None


def _short(key: str, kind: str, unit: str, what: str, how: str = "") -> dict[str, Any]:
    return {"key": key, "kind": kind, "unit": unit, "what": what or None, "how": how or None}


def _of_section(key: str, field: Field, design: Design | None) -> dict[str, Any]:
    section = field.place.section
    assert section is not None
    if schema_path(key) != key and design is not None and not held(design, key):
        raise unknown(key, design)
    inner = list(fields(section))
    return {
        "key": key,
        "kind": "section of the design",
        "what": field.place.description or " ".join((section.__doc__ or "").split()) or None,
        "keys": [
            {
                "key": f"{key}.{f.path}",
                "unit": f.place.unit or ("" if f.place.section or f.place.choices else "1"),
                "what": f.place.description or f.place.allowed,
            }
            for f in inner
        ],
    }


def _sources(design: Design | None, key: str) -> list[str]:
    """Where a value is from: the table's own source, else the design's."""
    if design is None:
        return []
    values = {value.key: value.value for value in design.effective()}
    parts = key.split(".")
    for end in range(len(parts) - 1, 0, -1):
        own = values.get(".".join([*parts[:end], "source"]))
        if own:
            return [str(own)]
    return list(design.sources)


def _starts(pattern: str, key: str) -> bool:
    """Whether a pattern lies below a key."""
    parts, own = pattern.split("."), key.split(".")
    return len(parts) > len(own) and all(
        part in ("*", one) for part, one in zip(parts, own, strict=False)
    )


def _plain(value: Any) -> Any:
    """A default as JSON has it."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    return list(value) if isinstance(value, tuple) else value
