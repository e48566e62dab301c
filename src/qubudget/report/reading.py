"""Reading a result's dictionary when any value, or a whole section, may be missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isclose, isfinite
from typing import Any

from qubudget.report.numbers import key_words

Data = Mapping[str, Any]


def section(data: Data, *path: str) -> Data:
    """The mapping at this path; an empty one where there is none."""
    here: Any = data
    for key in path:
        here = here.get(key) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def rows(part: Data, key: str) -> list[Data]:
    """The list of mappings under `key`; an empty one where there is none."""
    found = part.get(key)
    if not isinstance(found, Sequence) or isinstance(found, str):
        return []
    return [row for row in found if isinstance(row, Mapping)]


def number(part: Data, key: str) -> float | None:
    """The finite number under `key`, else None."""
    value = part.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        return None
    return float(value)


def reason(part: Data, key: str = "") -> str:
    """Why `key` (or the whole part) has no value; empty when nothing is said."""
    own = part.get(f"{key}_reason") if key else None
    found = own or part.get("reason") or ""
    if isinstance(found, Mapping):
        found = found.get(key) or "; ".join(dict.fromkeys(str(v) for v in found.values() if v))
    return str(found)


def modelled(part: Data, key: str) -> float | None:
    """What the model says of `key`, where it says so beside the value in force.

    It may stand as ``modelled_load_W``, ``t1_modelled_s``, ``readout_error_modelled``, or under
    the same key in ``modelled``.
    """
    unit = next((u for u in ("_s", "_K", "_W") if key.endswith(u)), "")
    beside = (f"modelled_{key}", f"{key.removesuffix(unit)}_modelled{unit}")
    for name in beside:
        if name in part:
            return number(part, name)
    return number(section(part, "modelled"), key)


def is_measured(part: Data, key: str) -> bool:
    """Whether a measured value stands under ``key``: one that the model beside it does not give."""
    value, model = number(part, key), modelled(part, key)
    return None not in (value, model) and not isclose(value or 0.0, model or 0.0, rel_tol=1e-9)


def held_stages(thermal: Data) -> set[str]:
    """Stages of fixed cooling: their temperature is the same over all spreads of the loads."""
    known = {str(row.get("name")): row for row in rows(section(thermal, "intervals"), "stages")}
    held = set()
    for stage in rows(thermal, "stages"):
        spread = known.get(str(stage.get("name")), {})
        own, low = number(stage, "temperature_K"), number(spread, "temperature_low_K")
        high = number(spread, "temperature_high_K")
        if own is not None and own == low and high in {None, low}:
            held.add(str(stage.get("name")))
    return held


MEASURED = " (measured)"


def mark_measured(part: Data, key: str, text: str) -> str:
    """The text of a value, marked where it is measured."""
    return text + MEASURED if is_measured(part, key) else text


def flat(part: Data, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every leaf of nested mappings with its dotted key; reasons and lists are left out."""
    for key, value in part.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif not isinstance(value, list | tuple) and not key.endswith("reason"):
            yield f"{prefix}{key}", value


def reasons(*parts: Data, known: str = "") -> str:
    """What the parts say of their missing values, one sentence each; empty when nothing.

    A row (which has a name) speaks for itself as a whole; a section's own ``reason`` is left
    to the section's heading. What is `known` already is not said again.
    """
    said = []
    for part in parts:
        if part.get("name") and reason(part) not in {"", known}:
            said.append(f"{part['name']}: {reason(part)}")
        own = part.get("reason")
        named = dict(own) if isinstance(own, Mapping) else {}
        named |= {k.removesuffix("_reason"): v for k, v in part.items() if k.endswith("_reason")}
        named = {key: text for key, text in named.items() if text not in {None, "", known}}
        said += [f"{key_words(key)}: {text}" for key, text in named.items()]
    return " ".join(f"{text.rstrip('.')}." for text in dict.fromkeys(said))


def design_name(data: Data) -> str:
    """The design's name."""
    design = data.get("design")
    found = design.get("name") if isinstance(design, Mapping) else design
    return str(found or data.get("name") or "unnamed design")


def design_title(data: Data) -> str:
    """The design's one-line description; may be empty."""
    return str(section(data, "design").get("title") or data.get("title") or "")


def source_line(data: Data) -> str:
    """What every figure and table says of its origin."""
    made = section(data, "provenance")
    parts = [design_name(data), f"qubudget {made.get('version', '')}".strip()]
    if made.get("design_sha256"):
        parts.append(f"design {str(made['design_sha256'])[:12]}")
    if made.get("effort"):
        parts.append(f"effort {made['effort']}")
    if made.get("seed") is not None:
        parts.append(f"seed {made['seed']}")
    return " · ".join(parts)
