"""``explain(KEY)``: what a key is, what it is in a design, and what it moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from qubudget.design import Design, load
from qubudget.pipeline import WINGS, Effort, evaluate
from qubudget.study.arrays.vector import vectorised
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
from qubudget.study.explain.effects import (
    Effect,
    constraint_today,
    fast_effects,
    strongest,
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
from qubudget.study.explain.naming import unknown
from qubudget.study.explain.whole import strongest_of, whole_effects
from qubudget.study.sweeping.scalars import scalars

MOST = 12
"""Keys that move a constraint which are listed."""
FIRST_WING = {
    "chip": "impact", "films": "impact", "radiation": "impact", "code": "qec",
    "mitigation": "qec", "targets": "verdict",
}  # fmt: skip
"""Where a section is read of which no fast result depends."""
ORDER = ("thermal", "coherence", "impact", "qec", "verdict")


@dataclass(frozen=True)
class _Way:
    """How much is computed, and who listens."""

    whole: bool
    effort: Effort
    seed: int
    progress: Callable[[str], None]


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
    design : in which it is looked at; a preset that holds the key without one.
    whole : also what a key moves in impacts and logical errors, and values of the slow wings.
    effort, seed : of the sampling that this takes. progress : called with
        every step, see :func:`qubudget.progress.tell`.

    Raises
    ------
    DesignError: nothing of this name, with the nearest names; a key that the design lacks.
    """
    way = _Way(whole, effort, seed, progress or (lambda step: None))
    field, rule, entry, term = field_of(key), rule_of(key), entry_of(key), term_of(key)
    if field is not None and field.place.section is None:
        return _of_field(key, field, design, way)
    if entry is not None and (field is None or "." in key):
        return _of_entry(key, entry, design, way)
    if rule is not None:
        return _of_rule(key, rule, design, way)
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


def _of_field(key: str, field: Field, design: Design | None, way: _Way) -> dict[str, Any]:
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
        "sources": _sources(opened, key),
        "first_wing": FIRST_WING.get(key.partition(".")[0]),
        "whole": way.whole,
        "results": [],
        "constraints": [],
    }
    if opened is None or len(found) != 1:
        return document
    results, constraints = fast_effects(opened, found[0])
    document["first_wing"] = _first_wing(results) or document["first_wing"]
    if way.whole:
        slow, judged = whole_effects(opened, found[0], way.effort, way.seed, way.progress)
        known = {effect.name for effect in results}
        results = (*results, *(effect for effect in slow if effect.name not in known))
        before = {effect.name for effect in constraints}
        constraints = (*constraints, *(e for e in judged if e.name not in before))
    document["results"] = [effect.to_dict() for effect in results]
    document["constraints"] = [effect.to_dict() for effect in constraints]
    return document


def _first_wing(results: Iterable[Effect]) -> str | None:
    """The first wing of the chain of which a result moves."""
    moved = {effect.name.partition(".")[0] for effect in results}
    return next((wing for wing in ORDER if wing in moved), None)


def _of_entry(key: str, entry: Entry, design: Design | None, way: _Way) -> dict[str, Any]:
    compared = [r.pattern for r in rules() if entry.pattern in (r.value, r.limit)]
    moved = [name for name in feeds().get(entry.pattern, ()) if name not in compared]
    opened = design or load(FIRST_LOOK[0])
    values, note = _values(key, entry, opened, way.whole or design is not None, way)
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
        "design": opened.name,
        "values": values,
        "note": note,
    }


def _values(
    key: str, entry: Entry, design: Design, slow: bool, way: _Way
) -> tuple[list[dict[str, Any]], str | None]:
    """The key's values in a design, and why there are none."""
    fast = vectorised(design, {"qubit.frequency": [design.qubit.frequency]})
    found = {name: column[0] for name, column in fast.items()}
    hits = _fitting(key, entry, found)
    if hits:
        return hits, None
    if not slow:
        return [], "its wing samples: give --design or --whole for its value"
    wing = entry.pattern.partition(".")[0]
    last = wing if wing in WINGS else "thermal"
    report = evaluate(
        design, effort=way.effort, seed=way.seed, wings=(last,), progress=way.progress
    )
    hits = _fitting(key, entry, scalars(report.to_dict()))
    return hits, None if hits else "no single number: 'qubudget run DESIGN --json' has it"


def _fitting(key: str, entry: Entry, found: dict[str, Any]) -> list[dict[str, Any]]:
    if key in found:
        return [{"key": key, "value": _plain(found[key])}]
    if "*" not in entry.pattern or key not in (entry.pattern, entry.pattern.replace(".*", "")):
        return []
    names = [name for name in found if (e := entry_of(name)) and e.pattern == entry.pattern]
    return [{"key": name, "value": _plain(found[name])} for name in names]


def _of_rule(name: str, rule: Rule, design: Design | None, way: _Way) -> dict[str, Any]:
    opened = design or load(FIRST_LOOK[0])
    stage = name.partition(".")[2]
    today = constraint_today(opened, name)
    if today is None and rule.pattern.endswith(".*") and stage != "*":
        raise unknown(name, opened)
    note, levers = None, list(rule.levers)
    moved: tuple[tuple[str, Effect], ...] = ()
    if today is not None:
        moved = strongest(opened, name, way.progress)
    elif rule.levers and way.whole:
        moved = strongest_of(opened, name, rule.levers, way.effort, way.seed, way.progress)
    elif rule.levers:
        note = "its value takes the whole chain, once for every key: --whole computes them"
    return {
        "key": name,
        "kind": "constraint",
        "what": rule.what,
        "value_key": rule.value.replace("*", stage or "*"),
        "limit": rule.limit.replace("*", stage or "*"),
        "limit_key": rule.limit_key.replace("*", stage or "*"),
        "wing": rule.wing,
        "design": opened.name,
        "today": None if today is None else today.to_dict(),
        "moved_by": [
            {"key": key, "elasticity": effect.elasticity, "sure": effect.sure}
            for key, effect in moved[:MOST]
        ],
        "moved_by_all": len(moved),
        "levers": levers,
        "note": note,
    }


def _of_term(term: Term) -> dict[str, Any]:
    return {
        "key": term.name,
        "kind": "word",
        "what": term.what,
        "unit": term.unit or None,
        "also": list(term.also),
        "see": list(term.see),
    }


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
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool | str | int) or value is None:
        return str(value) if isinstance(value, str) else value
    if isinstance(value, dict):
        return value
    number = float(value)
    return number if math.isfinite(number) else None
