"""What a key moves in impacts and logical errors: the whole chain, once for every value tried."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.design import Design
from qubudget.design.design import EffectiveValue
from qubudget.errors import QubudgetError
from qubudget.pipeline import Effort, evaluate
from qubudget.progress import tell
from qubudget.study.explain.effects import (
    Constraints,
    Effect,
    constraint_effects,
    constraints_of,
    effects_of,
)
from qubudget.study.explain.trying import Tried, changed, tried_values
from qubudget.study.sweeping.scalars import scalars

FAR = 1.25
"""Factor by which a number is raised: the noise of sampling would drown a smaller step."""
MOST_CHOICES = 4
"""Choices that are tried with the whole chain."""
WATCHED = (
    "impact.rate_per_s.total", "impact.mean_deposit_eV", "impact.pair_breaking_efficiency",
    "impact.t1_min_s", "impact.recovery_time_s", "impact.affected_radius_m",
    "qec.background.logical_error_per_cycle", "qec.background.lambda", "qec.burst.rate_per_s",
    "qec.burst.failure_probability", "qec.logical_errors_per_day", "qec.mean_time_to_failure_s",
)  # fmt: skip
"""Numbers of the slow wings that a key may move."""
SAMPLED = (
    "qec.background.logical_error_per_cycle", "qec.background.lambda",
    "qec.burst.failure_probability", "qec.logical_errors_per_day", "qec.mean_time_to_failure_s",
    "logical_errors_per_day", "algorithm_failure",
)  # fmt: skip
"""Those of them, and constraints, that sampling makes uncertain."""
ENDS = ("qec.low", "qec.high")


@dataclass(frozen=True)
class Look:
    """One run of the chain without the search for remedies; empty where it was refused."""

    numbers: Mapping[str, float | None]
    constraints: Constraints


def look(design: Design, effort: Effort, seed: int) -> Look:
    """The slow wings' numbers and every constraint of a design."""
    try:
        report = evaluate(design, effort=effort, seed=seed, wings=("qec",))
    except QubudgetError:
        return Look({}, {})
    found = scalars(report.to_dict())
    assert report.coherence is not None
    return Look(
        {name: _float(found.get(name)) for name in (*WATCHED, *ENDS)},
        constraints_of(design, report.thermal, report.coherence, report.qec),
    )


def whole_effects(
    design: Design,
    value: EffectiveValue,
    effort: Effort,
    seed: int,
    progress: Callable[[str], None],
    today: Look | None = None,
) -> tuple[tuple[Effect, ...], tuple[Effect, ...]]:
    """What a key moves in the whole chain but the search for remedies: results, constraints.

    A number is raised by a quarter (lowered where that is refused), of choices four are tried.
    ``today`` : the design's own look where it is known.
    """
    tried = tried_values(design, value, FAR)
    if tried is None:
        return (), ()
    if tried.is_number:
        tried = tried.nearest(value.value)
    kept = tried.values[:MOST_CHOICES]
    tried = Tried(kept, tried.is_number)
    total = len(kept) + (today is None)
    if today is None:
        tell(progress, "the whole chain as it is", 0, total)
        today = look(design, effort, seed)
    looks = [today]
    for index, one in enumerate(kept):
        tell(
            progress, f"the whole chain with another {value.key}", total - len(kept) + index, total
        )
        looks.append(look(changed(design, value.key, one), effort, seed))
    alike = () if _apart([one.numbers for one in looks]) else SAMPLED
    tables = [{name: one.numbers.get(name) for name in WATCHED} for one in looks]
    results = effects_of(tables, tried, value.value, alike)
    return results, constraint_effects([x.constraints for x in looks], tried, value.value, alike)


def strongest_of(
    design: Design,
    name: str,
    keys: Sequence[str],
    effort: Effort,
    seed: int,
    progress: Callable[[str], None],
) -> tuple[tuple[str, Effect], ...]:
    """The same for a constraint of errors, of some keys: each takes the whole chain anew."""
    values = [v for v in design.effective() if v.key in keys and v.value]
    found = []
    tell(progress, "the whole chain as it is", 0, len(values) + 1)
    today = look(design, effort, seed)
    for index, value in enumerate(values):
        tell(progress, f"what moves {name}: {value.key}", index + 1, len(values) + 1)
        _, constraints = whole_effects(design, value, effort, seed, lambda step: None, today)
        found += [(value.key, effect) for effect in constraints if effect.name == name]
    return tuple(sorted(found, key=lambda pair: -pair[1].strength))


def _apart(tables: Sequence[Mapping[str, float | None]]) -> bool:
    """Whether some setting's interval of logical errors does not overlap today's."""
    low, high = (tables[0].get(end) for end in ENDS)
    if low is None or high is None:
        return True
    for table in tables[1:]:
        below, above = (table.get(end) for end in ENDS)
        if below is None or above is None or below > high or above < low:
            return True
    return False


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None
