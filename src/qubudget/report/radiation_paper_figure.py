"""Figures 2, 3, 4 and 6 of the paper on radiation, computed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qubudget import __version__
from qubudget.report.canvas import axes_for, narrow, say
from qubudget.report.panels import panels, sized
from qubudget.report.reading import Data, section
from qubudget.report.style import BLUE, INK, ORANGE, PURPLE, VERMILLION
from qubudget.report.survival_figure import curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER = "J. M. Martinis, npj Quantum Information 7, 90 (2021)"
LOOKS = (
    (BLUE, "solid", 2.4),
    (VERMILLION, "dashed", 1.4),
    (ORANGE, "dashdot", 1.6),
    (PURPLE, "dotted", 1.6),
)


@dataclass(frozen=True)
class _Panel:
    """Columns of one figure's data, their words, and the axes they stand on."""

    figure: str
    title: str
    x: tuple[str, str]
    y: str
    columns: tuple[tuple[str, str], ...]
    scale: tuple[str, str]
    sampled: tuple[str, str] | None = None


PANELS = (
    _Panel(
        "figure_2", "Fig. 2: scattering with phonons emitted", ("energy_gap", "energy over gap"),
        "rate (1/τ₀)",
        (("quasiparticle_rate_tau0", "quasiparticles"), ("fit_rate_tau0", "the paper's fit"),
         ("normal_rate_tau0", "normal electrons")),
        ("linear", "log"),
    ),
    _Panel(
        "figure_3", "Fig. 3: absorption of phonons", ("energy_gap", "phonon's energy over gap"),
        "rate (1/τ₀ of phonons)",
        (("phonon_rate_tau0ph", "superconductor"), ("fit_rate_tau0ph", "the paper's fit"),
         ("normal_rate_tau0ph", "normal metal")),
        ("linear", "linear"),
    ),
    _Panel(
        "figure_4", "Fig. 4: energy that breaks pairs",
        ("energy_gap", "phonon's energy over gap"),
        "share of the energy (1)", (("fraction", "exact"),), ("log", "linear"),
        ("monte_carlo_fraction", "monte_carlo_error"),
    ),
    _Panel(
        "figure_6", "Fig. 6: with normal metal beside",
        ("metal_ratio", "metal over film, thickness"),
        "quasiparticles over those without (1)",
        (("share_by_thickness", "by thickness"), ("participation_published", "the paper's fit"),
         ("share_by_rate", "by rate"),
         ("share_by_thickness_absorbed_80", "by thickness, 80 %\nabsorbed again")),
        ("symlog", "linear"), ("monte_carlo_by_thickness", ""),
    ),
)  # fmt: skip


def draw_radiation_paper(data: Data, ax: Axes | None = None) -> Axes:
    """The four figures as panels, from the document of `qubudget.papers.radiation.reproduce`.

    Lines are exact or the paper's fits; circles are cascades drawn at random, with their standard
    errors where these are known.
    """
    source = {"name": f"after {PAPER}", "provenance": {"version": __version__}}
    own, ax = ax is None, axes_for(source, ax)
    found = [(panel, section(data, "figures", panel.figure)) for panel in PANELS]
    title = "Quasiparticles and phonons: the paper's figures, computed again"
    ax.set_title(title)
    if not all(part for _, part in found):
        return say(ax, "the paper was not computed")
    sized(ax, own, 6.4, 10.0)
    stacked = narrow(ax)
    places = panels(ax, *((len(found), 1) if stacked else (2, 2)), (0.12, 0.11 if stacked else 0.2))
    ax.set_title(title, pad=24)
    for place, (panel, part) in zip(places, found, strict=True):
        draw_panel(place, panel, part)
    return ax


def draw_panel(ax: Axes, panel: _Panel, part: Data) -> None:
    """One figure of the paper on its axes, with its legend."""
    import numpy as np

    names = [name for name, _ in panel.columns]
    x, *columns = curves(part, panel.x[0], *names)
    for values, (_, label), (colour, line, width) in zip(
        columns, panel.columns, LOOKS[: len(columns)], strict=True
    ):
        shown = np.where(values > 0, values, np.nan) if panel.scale[1] == "log" else values
        ax.plot(x, shown, color=colour, linestyle=line, linewidth=width, label=label)
    if panel.sampled is not None:
        _, values, error = curves(part, panel.x[0], *panel.sampled)
        known = np.where(np.isfinite(error), error, 0.0)
        ax.errorbar(x, values, yerr=known, fmt="o", markersize=3.5, markerfacecolor="none",
                    color=INK, elinewidth=0.9, label="drawn at random")  # fmt: skip
    ax.set_title(panel.title, fontsize="medium")
    ax.set_xlabel(f"{panel.x[1]} (1)")
    ax.set_ylabel(panel.y)
    if panel.scale[0] == "symlog":
        ax.set_xscale("symlog", linthresh=0.1)
        ax.set_xlim(left=0.0)
    else:
        ax.set_xscale(panel.scale[0])
    ax.set_yscale(panel.scale[1])
    ax.legend(fontsize="small")
