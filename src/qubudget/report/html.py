"""The report as one HTML file that loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from os import PathLike
from pathlib import Path

from qubudget.report import figures, tables
from qubudget.report.burst_figure import draw_courses
from qubudget.report.cable_tables import trade_tables
from qubudget.report.chip_figure import draw_chip
from qubudget.report.failure_figure import draw_budget
from qubudget.report.growth_figure import draw_growth
from qubudget.report.impact_parts import impact_parts
from qubudget.report.load_tree import load_tree_table
from qubudget.report.logical_figure import draw_logical_error
from qubudget.report.noise_figure import draw_noise
from qubudget.report.noise_tables import noise_tables
from qubudget.report.part import BARE, Part, part
from qubudget.report.phase_figure import draw_phase
from qubudget.report.qec_captions import causes_caption, courses_caption, distance_caption
from qubudget.report.qec_tables import qec_tables
from qubudget.report.reading import (
    Data,
    design_name,
    design_title,
    is_measured,
    reason,
    rows,
    section,
)
from qubudget.report.records import claims_table, measured_table, provenance_table
from qubudget.report.runaway_tables import runaway_tables
from qubudget.report.stress_figure import draw_stress
from qubudget.report.summary import tiles, verdict_words
from qubudget.report.survival_figure import draw_survival
from qubudget.report.template import render
from qubudget.report.thermal_tables import thermal_tables
from qubudget.report.trade_figure import draw_trades

_STRESS_CAPTION = (
    "Fidelity of a one-qubit gate by decoherence alone. Bands: the physical model above 99, 99.9 "
    "and 99.99 %. Hatched: the published model promises 99.9 % where the physical one denies it. "
    "Channels other than dielectrics, thermal quasiparticles and the stage's photons stay as they "
    "are in the design."
)


def write_html(data: Data, path: str | PathLike[str]) -> Path:
    """Write the report of one design as a self-contained page; returns the path."""
    target = Path(path)
    target.write_text(render_html(data), encoding="utf-8")
    return target


def render_html(data: Data) -> str:
    """The page's text: inline style and figures, no script, no request to anywhere."""
    sources = section(data, "provenance").get("sources") or ()
    return render(
        "template.html.j2",
        name=design_name(data),
        title=design_title(data),
        sources=[str(source) for source in sources],
        verdict=verdict_words(data),
        tiles=tiles(data),
        parts=_parts(data),
        version=str(section(data, "provenance").get("version") or ""),
    )


def _parts(data: Data) -> list[Part]:
    found = [*_verdict(data), *_thermal(data), *_coherence(data), *impact_parts(data), *_qec(data)]
    bare = partial(Part, lead="", figure=None, words="", caption="")
    if measured := measured_table(data):
        found.append(bare("measured", "Measured and modelled", tables=(measured,)))
    if made := provenance_table(data):
        found.append(bare("provenance", "Provenance", tables=(made,)))
    return found


def _verdict(data: Data) -> Iterator[Part]:
    if verdict := section(data, "verdict"):
        count = len(rows(verdict, "constraints"))
        yield part(
            data, "verdict", "Verdict", reason(verdict), figures.draw_margins,
            "Horizontal bars: margin of every constraint; those left of zero fail.",
            "Margin against every limit; where margins beyond ±2 occur, the axis is "
            "logarithmic beyond ±1.",
            [*tables.verdict_tables(data), claims_table(data)], 1.5 + 0.26 * count,
        )  # fmt: skip


def _thermal(data: Data) -> Iterator[Part]:
    thermal = section(data, "thermal")
    if thermal:
        yield part(
            data, "thermal", "Cryostat: watts", reason(thermal), figures.draw_heat,
            "Bars: heat of every stage by item, as a share of its rated cooling power.",
            "Heat by item over the stage's cooling power at its rated temperature; a bar beyond "
            "the dashed line is too much.",
            [*thermal_tables(data), load_tree_table(data)],
            1.5 + 0.42 * len(rows(thermal, "stages")) if rows(thermal, "loads") else BARE,
        )  # fmt: skip
    if section(thermal, "growth"):
        yield part(
            data, "growth", "Cryostat: as the machine grows", "", draw_growth,
            "Curves against the number of qubits: temperature of every stage over its limit.",
            "Above 1 a stage is warmer than the design accepts; a curve that ends has no "
            "balance beyond. Stages of fixed cooling keep their temperature until then.",
            [], 3.6,
        )  # fmt: skip
    if section(thermal, "runaway"):
        known = section(thermal, "runaway", "map").get("qubits")
        yield part(
            data, "runaway", "Cryostat: the heat of correcting errors", "", draw_phase,
            "Map over qubits and energy per correction: bounded, bistable, without balance.",
            "Errors heat the stage that takes the heat of correcting, and a warmer stage makes "
            "more errors. Beyond the solid line there is no balance.",
            runaway_tables(data), 4.2 if known else BARE,
        )  # fmt: skip
    if any(rows(piece, "cables") for piece in rows(thermal, "trades")):
        yield part(
            data, "trades", "Cables: signal against heat", "", draw_trades,
            "Points: loss against heat of every cable for one piece; those in use are marked.",
            "What another cable would do in one piece of a line.",
            trade_tables(data), 4.0,
        )  # fmt: skip
    if rows(section(data, "line_noise"), "lines"):
        yield part(
            data, "noise", "Line noise: photons at the chip", "", draw_noise,
            "Curves along the line from its source to the chip: photons behind every part.",
            "Photons per hertz and second at the line's frequency behind every cable and "
            "attenuator, at the solved temperatures.",
            noise_tables(data), 3.9,
        )  # fmt: skip


def _coherence(data: Data) -> Iterator[Part]:
    coherence = section(data, "coherence")
    if coherence:
        count = min(len(rows(coherence, "channels")), figures.MOST_CHANNELS)
        yield part(
            data, "coherence", "Qubit: seconds", reason(coherence), figures.draw_coherence,
            "Horizontal bars: rate of every decoherence channel, relaxation and dephasing.",
            _coherence_caption(coherence), tables.coherence_tables(data),
            max(1.6 + 0.28 * count, 2.6) if count else BARE,
        )  # fmt: skip
    if section(coherence, "stress"):
        yield part(
            data, "stress", "Qubit: both models, by temperature and loss", "", draw_stress,
            "Map over temperature and loss tangent: contours of fidelity of the physical and "
            "the published model, where they part, and where the metal turns normal.",
            _STRESS_CAPTION, [], 4.2,
        )  # fmt: skip


def _coherence_caption(coherence: Data) -> str:
    """What bars and lines of the figure are."""
    said = (
        "Bars: rates of the model; at the right, the time that each channel alone would give. "
        "Those of relaxation add up to the model's 1/T1; bands: its 95 %. Rates of 1/f noise "
        "are 1/Tφ of a Gaussian decay."
    )
    if is_measured(coherence, "t1_s") or is_measured(coherence, "t2_s"):
        said += (
            " Measured times have lines of their own: the bars do not add up to these, and the "
            "chain goes on from them."
        )
    return said


def _qec(data: Data) -> Iterator[Part]:
    qec = section(data, "qec")
    if not qec:
        return
    yield part(
        data, "qec", "Error correction: logical errors", reason(qec), draw_logical_error,
        "Points: logical error per cycle against code distance, with the fit and the target.",
        distance_caption(data),
        qec_tables(data), 3.6 if section(qec, "background") else BARE,
    )  # fmt: skip
    if rows(qec, "budget"):
        yield part(
            data, "causes", "Error correction: what causes failures", "", draw_budget,
            "Horizontal bars: logical failures per day by cause, with intervals.",
            causes_caption(qec),
            [], 1.6 + 0.28 * len(rows(qec, "budget")),
        )  # fmt: skip
    if section(qec, "survival"):
        yield part(
            data, "survival", "Error correction: how long a logical qubit lives", "",
            draw_survival,
            "Curves against time: probability that no logical error has happened yet.",
            "Without bursts and with them; the band is the 95 % interval.", [], 3.4,
        )  # fmt: skip
    if rows(section(qec, "burst"), "courses"):
        yield part(
            data, "courses", "Error correction: through a burst", "", draw_courses,
            "Curves against time after an impact: logical error per cycle for three decoders.",
            courses_caption(qec), [], 3.6,
        )  # fmt: skip
    if section(qec, "placement"):
        yield part(
            data, "chip", "Error correction: patches on the chip", "", draw_chip,
            "Map of the chip: patches, their qubits, and T1 at the worst of that burst.",
            "T1 at the worst time of the burst that costs most.", [], 4.6,
        )  # fmt: skip
