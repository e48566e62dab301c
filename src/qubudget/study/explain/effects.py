"""What a key moves: the chain at a design and at the same design with the key a little off.

Of a number the elasticity is given, d ln(result) / d ln(key), from two designs 2 % to either
side: 1 is proportional, -1 inversely so. Of decibels the key is the power ratio. Where the two
sides do not agree the response is no slope but a step, and has none. Of a choice, and of a whole
number, the results are given at the values that were tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Any

from qubudget.cryostat.result import ThermalResult
from qubudget.design import Design
from qubudget.design.design import EffectiveValue
from qubudget.errors import QubudgetError
from qubudget.pipeline import Chain
from qubudget.progress import tell
from qubudget.qec.result import QecResult
from qubudget.qubit.result import CoherenceResult
from qubudget.study.arrays.vector import vectorised
from qubudget.study.explain.catalogue import entry_of
from qubudget.study.explain.trying import Tried, changed, tried_values
from qubudget.verdict import Constraint, cold_constraints, error_constraints

NEAR = 1.02
"""Factor of the step to either side for what is computed without sampling."""
UNMOVED = 1e-6
"""Relative change that the solvers' tolerances may make."""
SMOOTH, NO_SLOPE = 0.1, 1e-3
"""Relative and absolute difference of the slopes to either side that still is one slope."""
ECHO = (
    "max_temperature_K", "modelled", ".down_per_s", ".up_per_s", "extrapolated", "margin",
    "feedback.passes", "feedback.residual",
)  # fmt: skip
"""Endings and parts of keys that repeat an input, or another result."""

SMALL = 1e-3
"""Rates of channels below this share of the largest one are not shown."""

Constraints = dict[str, Constraint]
Names = Collection[str]
"""Of numbers that sampling makes uncertain."""


@dataclass(frozen=True)
class Effect:
    """What a key does to one number of the report, or to a constraint.

    Attributes
    ----------
    name, unit : of the number. today : in the design; None where it has none.
    elasticity : d ln(number) / d ln(key); None for choices, where the key or the number is zero
        or changes sign, and where the number steps.
    settings : (SI value or choice, number) for every value of the key that was tried.
    limit, margin, passed : of a constraint today, else None.
    judged : the constraint at every setting; empty of a result.
    sure : False where intervals of sampling overlap.
    """

    name: str
    unit: str
    today: float | None
    elasticity: float | None
    settings: tuple[tuple[Any, float | None], ...]
    limit: float | None = None
    margin: float | None = None
    sure: bool = True
    passed: bool | None = None
    judged: tuple[Constraint | None, ...] = ()

    @property
    def strength(self) -> float:
        """By which effects are ordered: the elasticity's size, or the largest change in it."""
        if self.elasticity is not None:
            return abs(self.elasticity)
        logs = [
            abs(math.log(value / self.today))
            for _, value in self.settings
            if value and self.today and value / self.today > 0
        ]
        return max(logs, default=0.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "name": self.name,
            "unit": self.unit,
            "value": self.today,
            "limit": self.limit,
            "margin": self.margin,
            "elasticity": self.elasticity,
            "settings": [
                {
                    "setting": one,
                    "value": value,
                    "limit": None if constraint is None else constraint.limit,
                    "passed": None if constraint is None else constraint.passed,
                }
                for (one, value), constraint in zip_longest(self.settings, self.judged)
            ],
            "sure": self.sure,
            "passed": self.passed,
        }


def fast_effects(
    design: Design, value: EffectiveValue, progress: Callable[[str], None]
) -> tuple[tuple[Effect, ...], tuple[Effect, ...]]:
    """What a key moves in cryostat, qubit and event rates: results, constraints."""
    tried = tried_values(design, value, NEAR)
    if tried is None:
        return (), ()
    designs = [design, *(changed(design, value.key, v) for v in tried.values)]
    tables, found = [], []
    for index, one in enumerate(designs):
        words = "as it is" if one is design else f"with another {value.key}"
        tell(progress, f"fridge and qubit {words}", index, len(designs))
        tables.append({k: v for k, v in fast_numbers(one).items() if _is_result(k)})
        found.append(solved_constraints(one))
    results = effects_of(tables, tried, value.value)
    return results, constraint_effects(found, tried, value.value)


def fast_numbers(design: Design) -> dict[str, float | None]:
    """Every number of the chain that needs no sampling, by its name."""
    columns = vectorised(design, {"qubit.frequency": [design.qubit.frequency]})
    return {
        name: None if math.isnan(x := float(column[0])) else x
        for name, column in columns.items()
        if column.dtype.kind == "f"
    }


def strongest(
    design: Design, name: str, progress: Callable[[str], None]
) -> tuple[tuple[str, Effect], ...]:
    """The keys that move one constraint of cryostat or qubit, the strongest first.

    Every number of the design is raised (or, where that is refused, lowered) by 2 %, one at a
    time; choices are not tried.
    """
    before = solved_constraints(design)
    values = [v for v in design.effective() if isinstance(v.value, int | float) and v.value]
    found = []
    for index, value in enumerate(values):
        tell(progress, f"what moves {name}", index, len(values))
        tried = tried_values(design, value, NEAR)
        if tried is None or not tried.is_number:
            continue
        one = replace(tried.nearest(value.value), secant=True)
        try:
            after = solved_constraints(changed(design, value.key, one.values[0]))
        except QubudgetError:
            continue
        effects = constraint_effects([before, after], one, value.value)
        found += [(value.key, effect) for effect in effects if effect.name == name]
    return tuple(sorted(found, key=lambda pair: -pair[1].strength))


def effects_of(
    tables: Sequence[Mapping[str, float | None]], tried: Tried, today: Any, unsure: Names = ()
) -> tuple[Effect, ...]:
    before, *after = tables
    rates = [v or 0.0 for name, v in before.items() if name.startswith("coherence.channels.")]
    small = SMALL * max(rates, default=0.0)
    found = []
    for name, was in before.items():
        now = [table.get(name) for table in after]
        if not any(_moved(was, one) for one in now):
            continue
        sizes = [abs(one or 0.0) for one in (was, *now)]
        if name.startswith("coherence.channels.") and max(sizes) < small:
            continue
        entry = entry_of(name)
        unit = entry.unit if entry is not None else "1"
        elasticity = _elasticity(was, now, tried, today)
        settings = tuple(zip(tried.values, now, strict=True))
        found.append(Effect(name, unit, was, elasticity, settings, sure=name not in unsure))
    return tuple(sorted(found, key=lambda effect: -effect.strength))


def constraint_effects(
    found: Sequence[Constraints], tried: Tried, today: Any, unsure: Names = ()
) -> tuple[Effect, ...]:
    """Of value over limit, so that a key of the limit counts as much as one of the value."""
    before, *after = found
    effects = []
    for name, was in before.items():
        now = [one.get(name) for one in after]
        burden = [None if one is None else _burden(one) for one in now]
        if not any(_moved(_burden(was), one) for one in burden):
            continue
        elasticity = _elasticity(_burden(was), burden, tried, today)
        values = (None if one is None else one.value for one in now)
        settings = tuple(zip(tried.values, values, strict=True))
        margin = was.to_dict()["margin"]
        effects.append(
            Effect(
                name, was.unit, was.value, elasticity, settings, was.limit, margin,
                name not in unsure, was.passed, tuple(now),
            )
        )  # fmt: skip
    return tuple(sorted(effects, key=lambda effect: -effect.strength))


def _burden(constraint: Constraint) -> float | None:
    """Value over limit; above one fails."""
    if constraint.value is None or not constraint.limit:
        return None
    return constraint.value / constraint.limit


def _elasticity(
    was: float | None, now: Sequence[float | None], tried: Tried, today: Any
) -> float | None:
    """The slope in logarithms between the outermost settings; None where it is no slope."""
    if not tried.is_number or not today:
        return None
    pairs = [(today, was), *zip(tried.values, now, strict=True)]
    known = sorted((k, v) for k, v in pairs if v is not None and v > 0 and k / today > 0)
    if len(known) < 2:
        return None
    slopes = [_slope(one, other) for one, other in pairwise(known)]
    if not tried.secant:
        if isinstance(today, int) and len(slopes) < 2:
            return None
        least, most = min(slopes), max(slopes)
        if most - least > max(SMOOTH * max(abs(least), abs(most)), NO_SLOPE):
            return None
    return _slope(known[0], known[-1])


def _slope(one: tuple[float, float], other: tuple[float, float]) -> float:
    return math.log(other[1] / one[1]) / math.log(other[0] / one[0])


def _moved(was: float | None, now: float | None) -> bool:
    if was is None or now is None:
        return was is not now
    return abs(now - was) > UNMOVED * max(abs(was), abs(now))


def solved_constraints(design: Design) -> Constraints:
    thermal, coherence, _ = Chain("quick", 1).cold(design)
    return constraints_of(design, thermal, coherence, None)


def constraints_of(
    design: Design, thermal: ThermalResult, coherence: CoherenceResult, qec: QecResult | None
) -> Constraints:
    found: list[Constraint] = [*cold_constraints(design, thermal, coherence)]
    if qec is not None:
        found += error_constraints(design, qec)
    return {constraint.name: constraint for constraint in found}


def constraint_today(design: Design, name: str) -> Constraint | None:
    """A constraint of cryostat, qubit or cycle as it stands; None for those of errors."""
    return solved_constraints(design).get(name)


def _is_result(name: str) -> bool:
    return not any(part in name for part in ECHO)
