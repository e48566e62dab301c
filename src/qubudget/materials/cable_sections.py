"""Cross-section of a line of those catalogue cables that have no coaxial geometry."""

from __future__ import annotations

import csv
import math
from functools import cache
from importlib import resources


@cache
def _sections() -> dict[str, float]:
    path = resources.files("qubudget.materials") / "data" / "cable_sections.csv"
    return {
        row["cable"]: int(row["pieces"]) * math.pi / 4 * float(row["outer_diameter_m"]) ** 2
        for row in csv.DictReader(path.read_text("utf-8").splitlines())
    }


def cable_section(cable: str) -> float | None:
    """Cross-section of one line, by its nominal outer diameter, m^2; None where it is not known.

    High-density coaxial cable of 0.86 mm, mm^2:

    >>> round(1e6 * cable_section("SC-086/50-SCN-CN Bluefors HDW"), 2)
    0.58
    """
    return _sections().get(cable)
