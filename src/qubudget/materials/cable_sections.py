"""Cross-section of a line of each cable in the catalogue of measured loads."""

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

    A stainless 0.085 inch line, 2.19 mm wide:

    >>> round(1e6 * cable_section("UT-085-SS-SS drive"), 2)
    3.77
    """
    return _sections().get(cable)
