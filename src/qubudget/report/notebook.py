"""A design and a report as HTML in a notebook: offline, escaped, readable on light and on dark."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from io import StringIO
from math import log10
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from qubudget.report import figures
from qubudget.report.canvas import Draw, svg
from qubudget.report.numbers import MISSING, quantity
from qubudget.report.part import inline_svg
from qubudget.report.reading import Data, design_name, design_title, rows, section, source_line
from qubudget.report.summary import tiles, verdict_words
from qubudget.report.tables import verdict_tables
from qubudget.report.template import render

if TYPE_CHECKING:
    from qubudget.design.design import Design, EffectiveValue
    from qubudget.pipeline import Report

SHOWN = 2
"""Figures in the page of a report: the first of these that it has values for."""
_FIGURES: tuple[tuple[Draw, tuple[str, str], str], ...] = (
    (figures.draw_margins, ("verdict", "constraints"), "Margin of every constraint"),
    (figures.draw_heat, ("thermal", "loads"), "Heat of every stage against its capacity"),
    (figures.draw_coherence, ("coherence", "channels"), "Rate of every decoherence channel"),
)
GENERAL = "general"
"""The section of what stands above a design's sections."""


def report_html(report: Report) -> str:
    """The verdict, key numbers, constraints and two figures of a report, for ``_repr_html_``."""
    return _report(report.to_dict())


def report_text(report: Report) -> str:
    """The verdict and the short tables of a report, 100 columns wide, for ``print``."""
    from rich.console import Console

    from qubudget.report.terminal import print_report

    console = Console(file=StringIO(), width=100, color_system=None)
    with console.capture() as captured:
        print_report(report.to_dict(), console)
    return captured.get().rstrip()


def design_html(design: Design) -> str:
    """Every value of a design by section, with unit, origin and meaning, for ``_repr_html_``.

    What the design does not say and has no default is left out and counted.
    """
    sections: dict[str, list[dict[str, str]]] = {}
    unset = 0
    for value in design.effective():
        head, _, key = value.key.partition(".")
        if value.key in ("name", "title", "sources"):
            continue
        if value.value in (None, [], {}, ""):
            unset += 1
            continue
        row = {
            "key": key or head,
            "value": _value_words(value),
            "origin": value.origin,
            "meaning": value.description,
        }
        sections.setdefault(head if key else GENERAL, []).append(row)
    return render(
        "notebook_design.html.j2",
        name=design.name,
        title=design.title,
        sections=sections,
        sources=[str(source) for source in design.sources],
        unset=unset,
        sha=design.sha256()[:12],
    )


def _report(data: Data) -> str:
    found = verdict_tables(data)
    return render(
        "notebook_report.html.j2",
        name=design_name(data),
        title=design_title(data),
        verdict=verdict_words(data),
        tiles=tiles(data),
        table=found[0] if found else None,
        pictures=_pictures(data),
        source=source_line(data),
    )


def _pictures(data: Data) -> list[tuple[str, Markup]]:
    """Words and inline SVG of the figures for which there are values."""
    found: list[tuple[str, Markup]] = []
    for draw, (wing, key), words in _FIGURES:
        if rows(section(data, wing), key) and len(found) < SHOWN:
            image = svg(draw, data)
            # Pages of other reports stand in the same notebook: identifiers must not meet.
            mark = hashlib.sha256(image.encode()).hexdigest()[:10]
            found.append((words, inline_svg(image, f"q{mark}", words)))
    return found


def _value_words(value: EffectiveValue) -> str:
    """The value as written; a default with its unit."""
    found: Any = value.value
    if isinstance(found, list | Mapping):
        return f"{len(found)} given" if found else MISSING
    if value.origin != "default" or value.unit in (None, "1"):
        return value.text
    if value.unit == "dB":
        return quantity(10 * log10(found), "dB")
    return quantity(found, value.unit)
