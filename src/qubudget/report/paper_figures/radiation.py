"""The figures of the paper "radiation-impacts"."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from qubudget.report.back_metal_figure import back_metal_data, draw_back_metal
from qubudget.report.canvas import Draw, legend_beside, narrow, say
from qubudget.report.panels import panels, sized
from qubudget.report.paper_figures.ledger import draw_claims, entries, paper_axes, printed_marks
from qubudget.report.radiation_paper_figure import PANELS, draw_panel, draw_radiation_paper
from qubudget.report.reading import Data, number, section
from qubudget.report.style import BLUE, FAINT, GREEN, INK, ORANGE, PURPLE, VERMILLION
from qubudget.report.survival_figure import curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NUMBER = {panel.figure: panel for panel in PANELS}
STAGES = ("fireball", "freeze-out", "diffusion", "recombination", "escape")


def draw_figure(figure: str, document: Data, ax: Axes | None = None) -> Axes:
    """Fig. 2, 3 or 4 ("figure_2" ...): computed lines, the paper's fit, what its text prints."""
    ax = paper_axes(document, ax)
    part = section(document, "figures", figure)
    if not part:
        return say(ax, "the figure was not computed")
    draw_panel(ax, _NUMBER[figure], part)
    _PRINTED[figure](ax, document)
    legend_beside(ax)
    return ax


def _of_quasiparticles(ax: Axes, document: Data) -> None:
    """Table 1's time at 1 K above the gap, which the text repeats."""
    from qubudget.papers.radiation_inputs import GAP_KELVIN, TAU0

    time = number(entries(document, "Table 1").get("q_to_qp.kaplan_1K", {}), "printed")
    if time:
        rate = TAU0 / (1e-6 * time)
        at = [(1 + 1 / GAP_KELVIN, rate)]
        printed_marks(ax, at, f"printed: {time:g} µs\n1 K above the gap")


def _of_phonons(ax: Axes, document: Data) -> None:
    """Eq. 8 "approaches 1/tau_0" at two gaps."""
    if number(entries(document, "Table 1").get("p_to_qq.kaplan_2gap", {}), "printed"):
        printed_marks(ax, [(2.0, 1.0)], "printed: 1/τ₀ at 2 Δ")


def _of_cascades(ax: Axes, document: Data) -> None:
    """The plateau, and the two quasiparticles between two and four gaps."""
    import numpy as np

    energy = np.linspace(2.0, 4.0, 9)
    ax.plot(energy, 2 / energy, color=INK, linewidth=3.0, alpha=0.35,
            label="printed: one pair\nfrom 2 Δ to 4 Δ")  # fmt: skip
    ax.axhline(0.57, color=INK, linestyle=(0, (1, 2)), label="printed: 0.57")


_PRINTED = {
    "figure_2": _of_quasiparticles,
    "figure_3": _of_phonons,
    "figure_4": _of_cascades,
}


def draw_participation(document: Data, ax: Axes | None = None) -> Axes:
    """Fig. 6 on its own abscissa: quasiparticles against the participation t_s/(t_s + 1.65 t_n).

    The paper says that its simulated points lie on the line of equal values, and prints the
    factor of 100 at 60 thicknesses of metal.
    """
    ax = paper_axes(document, ax)
    ax.set_title("Fig. 6: quasiparticles with normal metal beside")
    ax.set_xlabel(r"participation of the superconductor, $t_s/(t_s + 1.65\,t_n)$ (1)")
    ax.set_ylabel("quasiparticles over those without (1)")
    part = section(document, "figures", "figure_6")
    if not part:
        return say(ax, "the figure was not computed")
    looks = (
        ("share_by_thickness", BLUE, "solid", "computed, by thickness"),
        ("share_by_rate", ORANGE, "dashdot", "computed, by rate"),
        ("share_by_thickness_absorbed_80", PURPLE, "dotted", "by thickness,\n80 % absorbed again"),
    )
    x, *found = curves(part, "participation_published", *(look[0] for look in looks))
    for values, (_, colour, line, label) in zip(found, looks, strict=True):
        ax.plot(x, values, color=colour, linestyle=line, label=label)
    _, sampled = curves(part, "participation_published", "monte_carlo_by_thickness")
    ax.plot(x, sampled, "o", color=BLUE, markerfacecolor="none", label="cascades drawn at random")
    ax.plot([x.min(), 1.0], [x.min(), 1.0], color=INK, linewidth=3.0, alpha=0.35,
            label="printed: points lie on it")  # fmt: skip
    printed_marks(ax, [(1 / (1 + 1.65 * 60), 0.01)], "printed: 100 times fewer")
    ax.set_xscale("log")
    ax.set_yscale("log")
    legend_beside(ax)
    return ax


def draw_fig_7(document: Data, ax: Axes | None = None) -> Axes:
    """Quality of a transmon over metal on the back, with the two numbers that the text prints."""
    return draw_back_metal(back_metal_data(), ax)


def draw_stages_table(document: Data, ax: Axes | None = None) -> Axes:
    """Table 5: T1 and reach at the printed times of the stages, both designs.

    Open marks are printed, filled ones computed by the paper's rules; a line joins each pair.
    """
    own, ax = ax is None, paper_axes(document, ax)
    ax.set_title("Table 5: the stages of an impact, printed and computed")
    found = entries(document, "Table 5")
    if not found:
        return say(ax, "the table was not computed")
    sized(ax, own, 3.9, 6.2)
    stacked = narrow(ax)
    places = panels(ax, *((2, 1) if stacked else (1, 2)), (0.22, 0.28))
    for place, what, words in zip(places, ("t1", "length"), ("T1 (s)", "reach (m)"), strict=True):
        for design, colour, mark in (("present", VERMILLION, "o"), ("improved", GREEN, "s")):
            _stage_marks(place, found, design, what, colour, mark)
        place.set_xscale("log")
        place.set_yscale("log")
        place.set_xlabel("time after the impact (s)")
        place.set_ylabel(words)
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker=mark, color=colour, linestyle="none", label=f"{design}, {kind}",
               markerfacecolor=colour if kind == "computed" else "white")
        for design, colour, mark in (("present", VERMILLION, "o"), ("improved", GREEN, "s"))
        for kind in ("printed", "computed")
    ]  # fmt: skip
    places[0].legend(handles=handles, loc="best")
    return ax


def _stage_marks(
    ax: Axes, found: Mapping[str, Data], design: str, what: str, colour: str, mark: str
) -> None:
    for stage in STAGES:
        time = number(found.get(f"{design}.{stage}.time", {}), "printed")
        row = found.get(f"{design}.{stage}.{what}", {})
        printed, computed = number(row, "printed"), number(row, "computed")
        if not time:
            continue
        shift = 1.0 if design == "present" else 1.35  # equal times stand beside each other
        known = [value for value in (printed, computed) if value]
        ax.plot([time * shift] * len(known), known, color=FAINT, linewidth=0.9, zorder=1)
        for value, fill in ((printed, "white"), (computed, colour)):
            if value:
                ax.plot([time * shift], [value], mark, color=colour, markerfacecolor=fill,
                        markersize=5.5, zorder=4)  # fmt: skip


FIGURES: Mapping[str, Draw] = {
    "figure-2": partial(draw_figure, "figure_2"),
    "figure-3": partial(draw_figure, "figure_3"),
    "figure-4": partial(draw_figure, "figure_4"),
    "figure-6": draw_participation,
    "figure-7": draw_fig_7,
    "table-5": draw_stages_table,
    "figures-2-3-4-6": draw_radiation_paper,
    "claims": draw_claims,
}
"""Figs. 1, 5 and 8 are drawings without data; the points of Figs. 2, 3, 4 and 6 are lost."""
