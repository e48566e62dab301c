"""What the pictures of radiation need beside the JSON; each takes a report with impacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.report.film_figure import film_data
from qubudget.report.spectrum_figure import spectrum_data

if TYPE_CHECKING:
    from qubudget.impact.result import ImpactResult
    from qubudget.pipeline import Report

CAUSTIC = 300_000
"""Packets of the picture of the crystal's focusing."""


def impact_pictures(report: Report) -> dict[str, Any]:
    """Landing map, T1 film, spectrum and, where phonons are traced, the crystal's caustic."""
    pictures = {
        "landing": landing(report),
        "film": film(report),
        "spectrum": spectrum(report),
        "caustic": caustic(report),
    }
    return {name: picture for name, picture in pictures.items() if picture is not None}


def landing(report: Report) -> dict[str, Any]:
    """Where the reference event's energy lands: `qubudget.impact.chip.landing_map`."""
    from qubudget.impact.chip.landing_map import landing_map

    return landing_map(report.design, _impact(report).grid, report.effort, report.seed)


def film(report: Report) -> dict[str, Any]:
    """Frames of T1 over the chip, with the places of the qubits."""
    from qubudget.impact.response import qubit_sites

    chip, count = report.design.chip, report.design.machine.qubits_per_chip
    sites = qubit_sites(chip.length, chip.width, chip.pitch, count)
    return film_data(_impact(report).arrays(), list(zip(*sites, strict=True)))


def spectrum(report: Report) -> dict[str, Any]:
    """Deposits of natural radiation in the chip."""
    return spectrum_data(report.design)


def caustic(report: Report) -> dict[str, Any] | None:
    """How the crystal focuses phonons; None where the design does not trace them."""
    from qubudget.impact.phonons.caustic import caustic_data

    chip = report.design.chip
    if chip.transport != "traced":
        return None
    return caustic_data(chip.substrate, chip.thickness, CAUSTIC, report.seed)


def _impact(report: Report) -> ImpactResult:
    assert report.impact is not None
    return report.impact
