"""The verdict in words, and the handful of numbers that somebody looks for first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qubudget.report.numbers import MISSING, NEVER, duration, engineering, percent, powers, quantity
from qubudget.report.numbers import margin as show_margin
from qubudget.report.reading import MEASURED, Data, is_measured, number, reason, rows, section


@dataclass(frozen=True)
class Verdict:
    """The verdict in words.

    Attributes
    ----------
    feasible : None when no verdict could be reached.
    headline : one short sentence.
    details : sentences that say why, and what would pass.
    """

    feasible: bool | None
    headline: str
    details: tuple[str, ...]


@dataclass(frozen=True)
class Tile:
    """One key number: its name, its value, and a remark below."""

    label: str
    value: str
    remark: str


def verdict_words(data: Data) -> Verdict:
    """What the verdict says: feasible or not, the binding constraint, what would pass."""
    part = section(data, "verdict")
    feasible = part.get("feasible")
    if not isinstance(feasible, bool):
        why = reason(part, "feasible") or "no constraint was evaluated"
        return Verdict(None, "No verdict.", (f"{why[:1].upper()}{why[1:]}.",))
    constraints = rows(part, "constraints")
    failed = [c for c in constraints if c.get("passed") is False]
    name = part.get("binding_constraint")
    binding = next((c for c in constraints if c.get("name") == name), None)
    details = []
    if binding is not None:
        lead = "The tightest constraint is" if feasible else "The binding constraint is"
        details.append(f"{lead} {_constraint_words(binding)}.")
        if not feasible and change_words(binding):
            details.append(f"What would pass: {change_words(binding)}.")
    details += [_undecided(c) for c in constraints if not _decided(c)]
    if feasible:
        return Verdict(True, f"Feasible: all {len(constraints)} constraints hold.", tuple(details))
    verb = "fails" if len(failed) == 1 else "fail"
    headline = f"Not feasible: {len(failed)} of {len(constraints)} constraints {verb}."
    return Verdict(False, headline, tuple(details))


def _constraint_words(constraint: Data) -> str:
    unit = str(constraint.get("unit") or "")
    words = str(constraint.get("name"))
    value, limit = constraint.get("value"), constraint.get("limit")
    if value is None:
        why = reason(constraint, "value")
        return f"{words}, which has no value" + (f" ({why})" if why else "")
    words += f": {quantity(value, unit)} against a limit of {quantity(limit, unit)}"
    if number(constraint, "margin") is not None:
        said = show_margin(number(constraint, "margin"))
        words += f" ({said})" if "×" in said else f" (margin {said})"
    return words


def _decided(constraint: Data) -> bool:
    """Whether the limit is outside the value's interval, or the value has none."""
    low, high, limit = (number(constraint, key) for key in ("low", "high", "limit"))
    if low is None or high is None or limit is None:
        return True
    return high <= limit if constraint.get("passed") else low > limit


def _undecided(constraint: Data) -> str:
    unit = str(constraint.get("unit") or "")
    low, high = (quantity(constraint.get(end), unit) for end in ("low", "high"))
    where = "beyond" if constraint.get("passed") else "within"
    return (
        f"Not decided at this effort: {constraint.get('name')}, {low} to {high} (95 %), "
        f"reaches {where} its limit of {quantity(constraint.get('limit'), unit)}."
    )


def change_words(constraint: Data) -> str:
    """What would let this constraint pass, as text; empty when nothing is known."""
    return _change(constraint.get("would_pass"), str(constraint.get("unit") or ""))


def _change(change: Any, unit: str) -> str:
    if change is None or isinstance(change, bool):
        return ""
    if isinstance(change, Mapping):
        if change.get("text"):
            return powers(str(change["text"]))
        if "key" in change and "value" in change:
            return f"{change['key']} = {quantity(change['value'], str(change.get('unit') or ''))}"
        return ", ".join(f"{key} = {quantity(value)}" for key, value in change.items())
    if isinstance(change, list | tuple):
        return "; ".join(filter(None, (_change(item, unit) for item in change)))
    return quantity(change, unit).rstrip(".")


def tiles(data: Data) -> list[Tile]:
    """The key numbers of a report, each with a remark or the reason why it is missing."""
    thermal, coherence = section(data, "thermal"), section(data, "coherence")
    gate, impact, qec = section(coherence, "gate"), section(data, "impact"), section(data, "qec")
    found = []
    if thermal:
        limit = section(thermal, "max_qubits")
        found += [
            _tile("Thermal status", thermal, "status", "", _status_remark(thermal)),
            _tile("Most qubits per fridge", limit, "total", "", _bound(limit)),
        ]
    if coherence:
        t1, t2 = number(coherence, "t1_s"), number(coherence, "t2_s")
        ratio = f"T2 / T1 = {engineering(t2 / t1)}" if t1 and t2 else ""
        readout = engineering(number(gate, "readout_error"))
        found += [
            _tile("T1", coherence, "t1_s", "s", "energy relaxation"),
            _tile("T2", coherence, "t2_s", "s", ratio),
            _tile("Two-qubit gate error", gate, "two_qubit_error", "", f"read-out {readout}",
                  reason(coherence, "gate")),
        ]  # fmt: skip
    if impact:
        rate = number(section(impact, "rate_per_s"), "total")
        every = f"every {duration(1 / rate)}" if rate else MISSING
        found.append(Tile("Radiation", every, _event_remark(impact)))
    if qec:
        distance = f"one logical qubit, distance {quantity(qec.get('distance'))}"
        found += [
            _tile("Logical errors per day", qec, "logical_errors_per_day", "", distance),
            _tile("Mean time to failure", qec, "mean_time_to_failure_s", "s", distance),
        ]
    return found


def _tile(label: str, part: Data, key: str, unit: str, remark: str, otherwise: str = "") -> Tile:
    value = part.get(key)
    if value is None:
        return Tile(label, MISSING, reason(part, key) or otherwise)
    text = quantity(value, unit)
    if text == NEVER:
        remark += ": beyond the age of the universe"
    return Tile(label, text, remark + MEASURED * is_measured(part, key))


def _status_remark(thermal: Data) -> str:
    """The stage that binds, and how often machines within the spreads run away."""
    lost = number(section(thermal, "intervals"), "runaway_probability")
    bound = _bound(thermal)
    if thermal.get("status") != "STABLE" or not lost:
        return bound
    return f"{bound}; within the spreads {percent(lost)} run away"


def _event_remark(impact: Data) -> str:
    """What the reference event does to the worst qubit, and how its mean excess recovers."""
    least, recovery = number(impact, "t1_min_s"), number(impact, "recovery_time_s")
    if not least or not recovery:
        return reason(impact, "t1_min_s")
    mark = MEASURED * is_measured(impact, "recovery_time_s")
    return (
        f"reference event: worst qubit's T1 {engineering(least, 's')}; mean excess of 1/T1 falls "
        f"to 1/e in {engineering(recovery, 's')}{mark}"
    )


def _bound(part: Data) -> str:
    return f"bound by {part['binding_stage']}" if part.get("binding_stage") else ""
