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

QUBITS, TOTAL, SIZE = "machine.qubits", "machine.total_qubits", "machine.group_size"


@dataclass(frozen=True)
class Tried:
    """Values of a key that were tried: SI, or choices. ``secant`` : one step says the slope."""

    values: tuple[Any, ...]
    is_number: bool
    secant: bool = False

    def nearest(self, today: float) -> Tried:
        """The step up alone, or the smallest one down where there is none up."""
        above = [value for value in self.values if value > today]
        return Tried((min(above) if above else max(self.values),), True, self.secant)


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
    if place.unit is None:
        return _counts(design, value.key, today, factor)
    wanted = (today / factor, today * factor) if today else (_unit_step(place.unit),)
    fitting = tuple(v for v in wanted if _accepted(design, value.key, v))
    return Tried(fitting, True) if fitting else None


def _counts(design: Design, key: str, today: int, factor: float) -> Tried | None:
    """Whole numbers: two steps, one to either side where both are allowed.

    A step is at least what the chain can notice: a group of qubits, a fridge of the machine.
    """
    least = {QUBITS: design.machine.group_size, TOTAL: design.machine.qubits}.get(key, 1)
    step = -(-max(1, round(today * (factor - 1))) // least) * least

    def fits(count: int) -> bool:
        return count >= 0 and _accepted(design, key, count)

    single: tuple[int, ...] = ()
    for size in (step, 2 * step):  # codes have odd distances
        down, up = _whole_groups(design, key, today - size, today + size)
        ways = ((down, up), (up, up + size), (down - size, down))
        for pair in ways:
            if all(map(fits, pair)):
                return Tried(pair, True)
        single = single or tuple(count for count in (up, down) if fits(count))[:1]
    return Tried(single, True) if single else None


def _whole_groups(design: Design, key: str, down: int, up: int) -> tuple[int, int]:
    if key != QUBITS:
        return down, up
    size = design.machine.group_size
    return max(down // size, 1) * size, -(-up // size) * size


def changed(design: Design, key: str, value: Any) -> Design:
    """A copy of a design with one key at an SI value, a count or a choice.

    Another number of qubits is another machine: what is counted or measured as built is left
    out, so that lines and electronics follow the qubits.
    """
    if key == QUBITS:
        machine = design.machine
        alone = machine.total_qubits == machine.qubits
        total = value if alone else max(value, machine.total_qubits)
        gone = dict.fromkeys([*counted(design), "measured.temperature", "measured.load"])
        return design.replace({key: value, TOTAL: total, **gone})
    if isinstance(value, float):
        return design.with_si({key: value})
    return design.replace({key: value})


def counted(design: Design) -> list[str]:
    """Keys of lines and electronics that are stated as built and else follow the qubits."""
    parts = [("lines", line) for line in design.lines]
    parts += [("electronics", part) for part in design.electronics]  # type: ignore[misc]
    return [
        f"{section}.{part.name}.count"
        for section, part in parts
        if part.count is not None and part.per_group > 0
    ]


def assumption(design: Design, key: str) -> str | None:
    """What has to be said of a count that is changed alone; None where nothing has."""
    found, machine = counted(design), design.machine
    if key == QUBITS:
        said = f"Another number of qubits is tried with whole groups of {machine.group_size}"
        if found:
            said += f" of lines and electronics; of today's machine {_some(found)} as built"
        if machine.total_qubits == machine.qubits:
            said += f"; {TOTAL} changes with it"
        return said + "."
    own = f"{key.rpartition('.')[0]}.count"
    if key == SIZE and found:
        return f"What is counted as built does not follow it: {_some(found)} so."
    if key.endswith(".per_group") and own in found:
        return f"The number of pieces does not follow it: {_some([own])} as built."
    return None


def _some(found: list[str]) -> str:
    more = f" and {len(found) - 1} more are" if len(found) > 1 else " is"
    return f"{found[0]}{more} stated"


def _accepted(design: Design, key: str, value: Any) -> bool:
    try:
        changed(design, key, value)
    except DesignError:
        return False
    return True


def _unit_step(unit: str) -> float:
    """A step from zero: the schema's example of this unit."""
    return 0.01 if unit == "1" else to_si(example(unit).split("'")[1], unit)
