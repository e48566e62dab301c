"""What the page's pictures of radiation need beside the report's JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.impact.chip.landing_map import landing_map
from qubudget.impact.phonons.caustic import caustic_data
from qubudget.impact.response import qubit_sites
from qubudget.report.film_figure import film_data
from qubudget.report.spectrum_figure import spectrum_data

if TYPE_CHECKING:
    from qubudget.pipeline import Report

CAUSTIC = 300_000
"""Packets of the picture of the crystal's focusing."""


def impact_pictures(report: Report) -> dict[str, Any]:
    """Landing map, T1 film, spectrum and, where phonons are traced, the crystal's caustic."""
    design, found = report.design, report.impact
    assert found is not None
    chip = design.chip
    sites = qubit_sites(chip.length, chip.width, chip.pitch, design.machine.qubits_per_chip)
    pictures = {
        "landing": landing_map(design, found.grid, report.effort, report.seed),
        "film": film_data(found.arrays(), list(zip(*sites, strict=True))),
        "spectrum": spectrum_data(design),
    }
    if chip.transport == "traced":
        pictures["caustic"] = caustic_data(chip.substrate, chip.thickness, CAUSTIC, report.seed)
    return pictures
