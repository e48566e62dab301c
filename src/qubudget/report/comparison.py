"""What differs between two designs: inputs, results with ratios, verdicts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qubudget.report.numbers import key_unit
from qubudget.report.sampling import resolved

if TYPE_CHECKING:
    from qubudget.design import Design
    from qubudget.pipeline import Report

LEFT_OUT = ("provenance", "name", "title", "targets")
"""Parts of a report that differ without telling anything, or repeat the inputs."""
HEADLINE = (
    "thermal.status", "thermal.max_qubits.total", "thermal.wall_power_W",
    "coherence.chip_temperature_K", "coherence.t1_s", "coherence.t2_s",
    "coherence.gate.one_qubit_error", "coherence.gate.two_qubit_error",
    "coherence.gate.readout_error", "impact.rate_per_s.total", "impact.t1_min_s",
    "impact.recovery_time_s", "qec.background.lambda", "qec.logical_errors_per_day",
    "qec.mean_time_to_failure_s", "verdict.binding_constraint",
)  # fmt: skip
"""What somebody looks at first, in the order of the chain; shown also where it is equal."""
NAMED = {"watts": "W", "per_day": "/day", "copper_kg": "kg", "loss_dB": "dB"}
"""Units of keys that are called by them alone."""
OTHERS = (
    (re.compile(r"max_qubits\.|_qubits(\.(mean|median|p10|p90).*)?$"), "qubits"),
    (re.compile(r"qec\.(mitigation\.|budget\..+\.)?(low|high)$"), "/day"),
    (re.compile(r"qec\.background\.(low|high)$"), "/cycle"),
)
"""Keys whose unit another part of their name says."""
MARGIN = re.compile(r"margin$")
"""Keys of shares that may be negative: a ratio of them says nothing."""
LABELS = (
    ("name",), ("stage",), ("cause",), ("line",), ("stage", "item"), ("stage", "item", "kind"),
    ("from", "to"), ("model", "fidelity"), ("cable",), ("part",), ("kind",),
)  # fmt: skip
"""What members of a list are told apart by: the first of these that differs between all."""


def differing_inputs(first: Design, second: Design) -> list[dict[str, Any]]:
    """Every effective value that differs: as written, SI, unit, origin; None where absent."""
    mine = {value.key: value for value in first.effective()}
    other = {value.key: value for value in second.effective()}
    found = []
    for key in [*mine, *(key for key in other if key not in mine)]:
        a, b = mine.get(key), other.get(key)
        if (a and a.value) == (b and b.value) or key in ("name", "title", "sources"):
            continue
        if key.rpartition(".")[2] in ("source", "scope"):
            continue
        given = a or b
        assert given is not None
        found.append(
            {
                "key": key,
                "unit": given.unit,
                "first": a.text if a else None,
                "second": b.text if b else None,
                "first_value": a.value if a else None,
                "second_value": b.value if b else None,
                "first_origin": a.origin if a else None,
                "second_origin": b.origin if b else None,
                "ratio": _ratio(a and a.value, b and b.value),
            }
        )
    return found


def compare(first: Report, second: Report) -> dict[str, Any]:
    """The comparison as plain JSON values.

    ``inputs`` and ``results`` list what differs; a result's ``ratio`` is second over first
    where both are numbers of one sign; margins have none. ``resolved`` says whether the 95 %
    intervals of a sampled result are apart, null where nothing is sampled. ``headline`` lists
    what is looked at first, equal or not.
    """
    mine, other = first.to_dict(), second.to_dict()
    sides = dict(leaves(mine)), dict(leaves(other))
    return {
        "first": {"name": first.design.name, "verdict": mine["verdict"]},
        "second": {"name": second.design.name, "verdict": other["verdict"]},
        "headline": [_row(key, *sides) for key in HEADLINE],
        "inputs": differing_inputs(first.design, second.design),
        "results": results(mine, other),
    }


def results(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every number of two reports that differs, by its dotted key; curves are left out."""
    mine = dict(leaves({k: v for k, v in first.items() if k not in LEFT_OUT}))
    other = dict(leaves({k: v for k, v in second.items() if k not in LEFT_OUT}))
    return [
        _row(key, mine, other)
        for key in [*mine, *(key for key in other if key not in mine)]
        if mine.get(key) != other.get(key)
        and not isinstance(mine.get(key), str)
        and not isinstance(other.get(key), str)
    ]


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every (dotted key, value) of a report; members of lists by what tells them apart.

    >>> dict(leaves({"stages": [{"name": "4k", "load_W": 1.5}], "curve": [1, 2]}))
    {'stages.4k.load_W': 1.5}
    """
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple):
        yield from leaves(_labelled(value), key)
    else:
        yield key, value


def _labelled(members: list[Any] | tuple[Any, ...]) -> dict[str, Any]:
    if not members or not all(isinstance(member, Mapping) for member in members):
        return {}
    for keys in LABELS:
        if any(member.get(key) is None for member in members for key in keys):
            continue
        labels = [".".join(str(member[key]) for key in keys) for member in members]
        if len(set(labels)) == len(labels):
            return {
                label: {name: part for name, part in member.items() if name not in keys}
                for label, member in zip(labels, members, strict=True)
            }
    return {}


def _row(key: str, mine: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    first, second = mine.get(key), other.get(key)
    return {
        "key": key, "unit": unit_of(key), "first": first, "second": second,
        "ratio": None if MARGIN.search(key) else _ratio(first, second),
        "resolved": resolved(key, mine, other),
    }  # fmt: skip


def unit_of(key: str) -> str:
    """The unit of a report's key; "1" of a plain number.

    >>> unit_of("thermal.loads.cp.pump.attenuator.watts"), unit_of("qec.budget.background.per_day")
    ('W', '/day')
    >>> unit_of("thermal.max_qubits.total"), unit_of("qec.background.lambda")
    ('qubits', '1')
    """
    named = NAMED.get(key.rpartition(".")[2]) or key_unit(key)
    return named or next((unit for pattern, unit in OTHERS if pattern.search(key)), "1")


def _ratio(first: Any, second: Any) -> float | None:
    """second / first; None where either is no number, or they are not of one sign."""
    if isinstance(first, bool) or isinstance(second, bool):
        return None
    if not isinstance(first, int | float) or not isinstance(second, int | float):
        return None
    return second / first if first * second > 0 else None
