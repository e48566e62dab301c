"""What the chain says of a key: what it moves, its values, how a constraint stands.

This imports the wings, which takes seconds; what words and catalogues say does not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from qubudget.design import Design
from qubudget.design.design import EffectiveValue
from qubudget.pipeline import WINGS, Effort, evaluate
from qubudget.progress import tell
from qubudget.study.explain.catalogue import Entry, Rule, entry_of
from qubudget.study.explain.effects import (
    Effect,
    constraint_today,
    fast_effects,
    fast_numbers,
    strongest,
)
from qubudget.study.explain.trying import assumption
from qubudget.study.explain.whole import strongest_of, whole_effects
from qubudget.study.sweeping.scalars import scalars

MOST = 12
"""Keys that move a constraint which are listed."""
ORDER = ("thermal", "coherence", "impact", "qec", "verdict")


@dataclass(frozen=True)
class Way:
    """How much is computed, and who listens."""

    whole: bool
    effort: Effort
    seed: int
    progress: Callable[[str], None]


def moved_by_field(design: Design, value: EffectiveValue, way: Way) -> dict[str, Any]:
    """What a key of a design moves: its entries of the document."""
    results, constraints = fast_effects(design, value, way.progress)
    wing = _first_wing(results)
    if way.whole:
        slow, judged = whole_effects(design, value, way.effort, way.seed, way.progress)
        known = {effect.name for effect in results}
        results = (*results, *(effect for effect in slow if effect.name not in known))
        before = {effect.name for effect in constraints}
        constraints = (*constraints, *(e for e in judged if e.name not in before))
    return {
        "first_wing": wing,
        "results": [effect.to_dict() for effect in results],
        "constraints": [effect.to_dict() for effect in constraints],
        "note": assumption(design, value.key),
    }


def _first_wing(results: Iterable[Effect]) -> str | None:
    """The first wing of the chain of which a result moves."""
    moved = {effect.name.partition(".")[0] for effect in results}
    return next((wing for wing in ORDER if wing in moved), None)


def values_of_entry(
    key: str, entry: Entry, design: Design, way: Way
) -> tuple[list[dict[str, Any]], str | None]:
    """A report's key in a design, and why it has no values there."""
    tell(way.progress, "fridge and qubit", 0, 1)
    hits = _fitting(key, entry, fast_numbers(design))
    if hits:
        return hits, None
    wing = entry.pattern.partition(".")[0]
    last = wing if wing in WINGS else "thermal"
    report = evaluate(
        design, effort=way.effort, seed=way.seed, wings=(last,), progress=way.progress
    )
    hits = _fitting(key, entry, scalars(report.to_dict()))
    return hits, None if hits else "no single number: 'qubudget run DESIGN --json' has it"


def _fitting(key: str, entry: Entry, found: dict[str, Any]) -> list[dict[str, Any]]:
    if key in found:
        return [{"key": key, "value": plain(found[key])}]
    if "*" not in entry.pattern or key not in (entry.pattern, entry.pattern.replace(".*", "")):
        return []
    names = [name for name in found if (e := entry_of(name)) and e.pattern == entry.pattern]
    return [{"key": name, "value": plain(found[name])} for name in names]


def standing_of_rule(name: str, rule: Rule, design: Design, way: Way) -> dict[str, Any]:
    """How a constraint stands in a design and what moves it: its entries of the document."""
    tell(way.progress, "fridge and qubit", 0, 1)
    today = constraint_today(design, name)
    note = None
    moved: tuple[tuple[str, Effect], ...] = ()
    if today is not None:
        moved = strongest(design, name, way.progress)
    elif rule.levers and way.whole:
        moved = strongest_of(design, name, rule.levers, way.effort, way.seed, way.progress)
    elif rule.levers:
        note = "its value takes the whole chain, once for every key: --whole computes them"
    return {
        "today": None if today is None else today.to_dict(),
        "moved_by": [
            {"key": key, "elasticity": effect.elasticity, "sure": effect.sure}
            for key, effect in moved[:MOST]
        ],
        "moved_by_all": len(moved),
        "note": note,
    }


def plain(value: Any) -> Any:
    """A value as JSON has it; None where it is not finite."""
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
