"""Every scalar of a report, as columns: flat dotted names, with units from the names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Scalar = float | str | None
APART = frozenset({"name", "title", "provenance"})
"""Parts of a report that say what was computed, not what came out: attributes, not columns."""
UNITS = {
    "_per_s": "1/s", "per_day": "1/day", "_per_cycle": "1/cycle", "_s": "s", "_m": "m",
    "_K": "K", "_W": "W", "_eV": "eV", "_Hz": "Hz", "_J": "J", "_kg": "kg", "_dB": "dB",
    "watts": "W",
}  # fmt: skip
LABELS = (("name",), ("stage",), ("cause",), ("line",), ("stage", "item"), ("from", "to"))
"""What members of a list are told apart by: the first of these that differs between all."""


def scalars(document: Mapping[str, Any]) -> dict[str, Scalar]:
    """The scalars of ``report.to_dict()`` by dotted name; truths as 1 and 0, null as None.

    Members of lists are addressed by their name, stage, cause or line, as far as these tell
    them apart; plain series of values (a time line, a map) are no scalars and are left out.

    >>> scalars({"name": "x", "thermal": {"stages": [{"name": "4k", "load_W": 1.5}]}})
    {'thermal.stages.4k.load_W': 1.5}
    """
    return dict(_leaves({k: v for k, v in document.items() if k not in APART}, ""))


def _leaves(value: Any, name: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            own = str(key).replace("/", "%2F")
            yield from _leaves(part, f"{name}.{own}" if name else own)
    elif isinstance(value, list | tuple):
        yield from _leaves(_labelled(value), name)
    elif isinstance(value, bool | int | float):
        yield name, float(value)
    elif value is None or isinstance(value, str):
        yield name, value
    else:
        raise TypeError(f"{name}: a {type(value).__name__} in a report")


def _labelled(members: list[Any] | tuple[Any, ...]) -> dict[str, Any]:
    if not members or not all(isinstance(member, Mapping) for member in members):
        return {}
    for keys in LABELS:
        found = [[member.get(key) for key in keys] for member in members]
        labels = [".".join(map(str, label)) for label in found]
        if len(set(labels)) == len(labels) and all(isinstance(x, str) for f in found for x in f):
            return {
                label: {k: v for k, v in member.items() if k not in keys}
                for label, member in zip(labels, members, strict=True)
            }
    return {}


def unit_of(name: str) -> str:
    """The unit that the last part of a column's name to have one ends in; "1" without any.

    >>> unit_of("thermal.stages.mxc.load_W"), unit_of("impact.rate_per_s.muon"), unit_of("qec.low")
    ('W', '1/s', '1')
    """
    for part in reversed(name.split(".")):
        for ending, unit in UNITS.items():
            if part.endswith(ending):
                return unit
    return "1"
