"""Which values of a key are tried beside the one that a design has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qubudget.design import Design
from qubudget.design.design import EffectiveValue
from qubudget.design.paths import find_place
from qubudget.design.schema import DesignModel
from qubudget.design.units import example, to_si
from qubudget.errors import DesignError

QUBITS, TOTAL = "machine.qubits", "machine.total_qubits"


@dataclass(frozen=True)
class Tried:
    """Values of a key that were tried: SI, or choices."""

    values: tuple[Any, ...]
    is_number: bool


def tried_values(design: Design, value: EffectiveValue, factor: float) -> Tried | None:
    """What to try beside today's value; None where it is a text, a list or not stated."""
    place = find_place(DesignModel, value.key.split("."))
    today = value.value
    if place is None or today is None or isinstance(today, list | dict):
        return None
    if isinstance(today, bool) or place.choices:
        choices = (not today,) if isinstance(today, bool) else place.choices
        others = tuple(choice for choice in choices if choice != today)
        return Tried(tuple(c for c in others if _accepted(design, value.key, c)), False)
    if isinstance(today, str):
        return None
    if place.unit is None:  # a count
        step = max(1, round(abs(today) * (factor - 1)))
        if value.key == QUBITS:  # lines come in groups
            step = design.machine.group_size
        pairs = [(today - n, today + n) for n in (step, 2 * step)]
    elif today:
        pairs = [(today / factor, today * factor)]
    else:
        pairs = [(None, _unit_step(place.unit))]
    for pair in pairs:
        fitting = tuple(v for v in pair if v is not None and _accepted(design, value.key, v))
        if fitting:
            return Tried(fitting, True)
    return None


def changed(design: Design, key: str, value: Any) -> Design:
    """A copy of a design with one key at an SI value, a count or a choice."""
    if key == QUBITS:  # a machine has at least the qubits of one fridge
        return design.replace({key: value, TOTAL: max(value, design.machine.total_qubits)})
    if isinstance(value, float):
        return design.with_si({key: value})
    return design.replace({key: value})


def _accepted(design: Design, key: str, value: Any) -> bool:
    try:
        changed(design, key, value)
    except DesignError:
        return False
    return True


def _unit_step(unit: str) -> float:
    """A step from zero: the schema's example of this unit."""
    return 0.01 if unit == "1" else to_si(example(unit).split("'")[1], unit)
