"""Columns of a sweep: their names, their units, and how they are filled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

ERROR = "error"
"""Name of the column that says why a point has no values; empty where it has."""

Columns = dict[str, NDArray[Any]]
TEXTS = (
    "thermal.status",
    "thermal.binding_stage",
    "thermal.max_qubits.binding_stage",
    "cold.binding_constraint",
)
_UNITS = {
    "_per_s": "1/s",
    "_K": "K",
    "_W": "W",
    "_s": "s",
    "_eV": "eV",
}
COLUMNS = re.compile(
    r"thermal\.(status|binding_stage|wall_power_W|machine\..*|max_qubits\.(total|binding_stage)"
    r"|max_qubits\.by_stage\..*|stages\.[^.]+\.(?!name|unexplained).*)"
    r"|coherence\.(t[12](_modelled)?_s|tphi(_modelled)?_s|thermal_population|chip_temperature_K"
    r"|gate\..*|channels\..*\.(rate|down|up)_per_s|published\.(?!variant$).*)"
    r"|feedback\.(correction_power_W|passes)|impact\..*|cold\..*"
)


def unit_of(name: str) -> str:
    """SI unit (or eV) of a column by its name; "1" for a plain number, "" for a text.

    >>> unit_of("thermal.stages.mxc.temperature_K"), unit_of("impact.rate_per_s.muon")
    ('K', '1/s')
    """
    if name in (*TEXTS, ERROR):
        return ""
    if name.startswith("impact.rate_per_s."):
        return "1/s"
    if name.startswith("thermal.max_qubits."):
        return "1"
    return next((unit for end, unit in _UNITS.items() if name.endswith(end)), "1")


class Table:
    """Columns of so many points that are filled in parts; NaN where nothing is."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._columns: Columns = {}
        self._errors = np.full(size, "", dtype=object)

    def fill(self, chosen: NDArray[np.intp], part: Mapping[str, ArrayLike]) -> None:
        """Values of some points, in ascending order, or one for all of them."""
        if chosen.size == 0:
            return
        run = slice(int(chosen[0]), int(chosen[-1]) + 1)
        where = run if run.stop - run.start == chosen.size else chosen
        for name, value in part.items():
            if name not in self._columns:
                text = name in TEXTS
                new = np.full(self.size, "" if text else np.nan, object if text else np.float64)
                self._columns[name] = new
            self._columns[name][where] = value

    def refuse(self, chosen: NDArray[np.intp], reason: str) -> None:
        """Why some points have no values."""
        self._errors[chosen] = reason

    def columns(self) -> Columns:
        """All columns, that of the reasons last."""
        return {**self._columns, ERROR: self._errors}


def value_of(name: str, value: Any) -> Any:
    """What a column holds for a value of a report."""
    if name in TEXTS:
        return value or ""
    return np.nan if value is None else float(value)


def flat(document: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Values of a report by dotted names; members of lists by their ``name``, others left out."""
    if isinstance(document, list):
        document = {
            member["name"]: member
            for member in document
            if isinstance(member, dict) and "name" in member
        }
    if not isinstance(document, dict):
        yield prefix, document
        return
    for key, value in document.items():
        yield from flat(value, f"{prefix}.{key}" if prefix else str(key))
