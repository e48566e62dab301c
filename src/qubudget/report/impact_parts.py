"""The sections of the HTML page about radiation."""

from __future__ import annotations

from collections.abc import Iterator

from qubudget.report.caustic_figure import draw_caustic
from qubudget.report.film_figure import draw_film
from qubudget.report.footprint_figure import draw_footprints, draw_pairs
from qubudget.report.impact_tables import impact_tables, statistics_table
from qubudget.report.landing_figure import draw_landing
from qubudget.report.numbers import engineering
from qubudget.report.part import BARE, Part, part
from qubudget.report.reading import Data, reason, rows, section
from qubudget.report.spectrum_figure import draw_spectrum
from qubudget.report.stages_figure import draw_stages


def impact_parts(data: Data) -> Iterator[Part]:
    """The reference event, what falls on the chip, and what many impacts do."""
    impact = section(data, "impact")
    if not impact:
        return
    event = impact.get("reference_event")
    words = _event_words(event) if isinstance(event, dict) else ""
    yield part(
        data, "impact", "Radiation: joules", reason(impact) or words, draw_stages,
        "Curves against time after an impact: T1, mean and worst, quasiparticles, stages.",
        "The reference event: T1 of the qubits (left), quasiparticle fraction x of the film "
        "(right); lines: the five stages. Filled diamonds: a qubit at the worst place of the film, "
        "where the chip need not have one.",
        impact_tables(data), 3.6 if rows(impact, "timeline") else BARE,
    )  # fmt: skip
    if section(impact, "spectrum"):
        yield part(
            data, "spectrum", "Radiation: what falls on the chip", "", draw_spectrum,
            "Curves: deposits per energy of muons, gammas and hadrons.",
            "Deposits of natural radiation in one chip.", [], 3.6,
        )  # fmt: skip
    if section(impact, "landing").get("x_m"):
        yield part(
            data, "landing", "Radiation: where the energy lands", "", draw_landing,
            "Map of the chip: share of the reference event's energy that ends in its film.",
            "Energy that phonons leave in the qubits' film as quasiparticles.", [], 4.6,
        )  # fmt: skip
    if section(impact, "film").get("time_s"):
        yield part(
            data, "film", "Radiation: T1 over the chip and in time", "", draw_film,
            "Maps of T1 over the chip at times after the reference event; dots are qubits.",
            "The reference event from its first microseconds until T1 has come back.", [], 4.0,
        )  # fmt: skip
    if section(impact, "statistics"):
        yield part(
            data, "footprints", "Radiation: many impacts", "", draw_footprints,
            "Curves: share of impacts that hit at least so many qubits, or last at least so long.",
            "Impacts drawn from the spectrum, anywhere on the chip.",
            [statistics_table(data)], 3.4,
        )  # fmt: skip
        if rows(section(impact, "statistics"), "pairs"):
            yield part(
                data, "pairs", "Radiation: qubits that fail together", "", draw_pairs,
                "Points against distance: share of hits of one qubit that hit the other too.",
                "An error-correcting code expects this to be zero.", [], 3.2,
            )  # fmt: skip
    if section(impact, "caustic"):
        yield part(
            data, "caustic", "Radiation: the crystal focuses phonons", "", draw_caustic,
            "Maps of the far face: phonons from one point, relative to an isotropic crystal.",
            "Ballistic phonons from a point on the other face.", [], 2.4,
        )  # fmt: skip


def _event_words(event: Data) -> str:
    energy = event.get("energy_eV")
    if not isinstance(energy, int | float):
        return ""
    return f"The reference event deposits {engineering(float(energy), 'eV')}."
