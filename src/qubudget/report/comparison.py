"""What differs between two designs: inputs, results with ratios, verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qubudget.design.paths import leaves

if TYPE_CHECKING:
    from qubudget.design import Design
    from qubudget.pipeline import Report

LEFT_OUT = ("provenance", "name", "title")
"""Parts of a report that differ without telling anything."""


def input_differences(first: Design, second: Design) -> list[tuple[str, Any, Any]]:
    """(key, first's text, second's text) of every effective value that differs; None: absent."""
    mine = {value.key: value for value in first.effective()}
    other = {value.key: value for value in second.effective()}
    found = []
    for key in [*mine, *(key for key in other if key not in mine)]:
        a, b = mine.get(key), other.get(key)
        if (a and a.value) != (b and b.value) and key not in ("name", "title", "sources"):
            found.append((key, a.text if a else None, b.text if b else None))
    return found


def compare(first: Report, second: Report) -> dict[str, Any]:
    """The comparison as plain JSON values.

    ``inputs`` and ``results`` list what differs; a result's ``ratio`` is second over first
    where both are numbers and the first is not zero.
    """
    mine, other = first.to_dict(), second.to_dict()
    return {
        "first": {"name": first.design.name, "verdict": mine["verdict"]},
        "second": {"name": second.design.name, "verdict": other["verdict"]},
        "inputs": [
            {"key": key, "first": a, "second": b}
            for key, a, b in input_differences(first.design, second.design)
        ],
        "results": _results(mine, other),
    }


def _results(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    mine = dict(leaves({k: v for k, v in first.items() if k not in LEFT_OUT}))
    other = dict(leaves({k: v for k, v in second.items() if k not in LEFT_OUT}))
    found = []
    for key in [*mine, *(key for key in other if key not in mine)]:
        a, b = mine.get(key), other.get(key)
        if a == b or isinstance(a, str) or isinstance(b, str):
            continue
        found.append({"key": key, "first": a, "second": b, "ratio": _ratio(a, b)})
    return found


def _ratio(first: Any, second: Any) -> float | None:
    if isinstance(first, bool) or isinstance(second, bool):
        return None
    if isinstance(first, int | float) and isinstance(second, int | float) and first != 0:
        return second / first
    return None
