"""Published cooling powers of refrigerators, and the largest of them by stage."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class CoolingPower:
    """One published cooling power.

    Attributes
    ----------
    fridge, stage : whose. temperature : at which it holds, K; None where the source is silent.
    power : W. source, status, note : where it is from, and how well that has been checked.
    """

    fridge: str
    stage: str
    temperature: float | None
    power: float
    source: str
    status: str
    note: str


@cache
def cooling_powers() -> tuple[CoolingPower, ...]:
    """Every published cooling power of ``data/fridges.csv``."""
    path = resources.files("qubudget.materials") / "data" / "fridges.csv"
    return tuple(
        CoolingPower(
            fridge=row["fridge"],
            stage=row["stage"],
            temperature=float(row["temperature_K"]) if row["temperature_K"] else None,
            power=float(row["power_W"]),
            source=row["source"],
            status=row["status"],
            note=row["note"],
        )
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    )


def best_known(stage: str, temperature: float) -> CoolingPower | None:
    """The largest published cooling power of a stage of this name; None where there is none.

    Rows from memory do not count; of equal powers the colder one wins. Stages of the same name
    serve the same purpose at somewhat different temperatures, so those up to twice the given
    one, K, are compared (Colossus' shield is at 80 K where a dilution refrigerator's is at
    50 K).

    >>> best_known("mxc", 20e-3).power, best_known("4k", 4.2).fridge
    (0.0003, 'Fermilab_Colossus')
    """
    found = [
        entry
        for entry in cooling_powers()
        if entry.stage == stage
        and entry.status != "memory"
        and entry.temperature is not None
        and entry.temperature <= 2 * temperature
    ]
    return max(found, key=lambda entry: (entry.power, -(entry.temperature or 0)), default=None)
