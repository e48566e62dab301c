"""The figure of thermal photons along every line, from room temperature to the chip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import FAINT, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROOM = "300k"
LINES = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""Strokes and marks repeat what colours say."""
BODY = 0.42
"""Half the width of a stage's own level."""


def draw_noise(data: Data, ax: Axes | None = None) -> Axes:
    """Photons (logarithmic) against the place along the line, one curve per line.

    Cables run between the stages, attenuators drop at them; the mark at the end is the chip.
    The short levels are black bodies as warm as the stages: what an attenuator there pulls to.
    """
    ax = axes_for(data, ax)
    part = section(data, "line_noise")
    ax.set_title("Thermal photons along the lines")
    ax.set_ylabel("photons (per second and hertz)")
    lines = [line for line in rows(part, "lines") if rows(line, "steps")]
    if not lines:
        return say(ax, reason(part) or "no line brings signals to the qubit's stage")
    stages = rows(part, "stages")
    places = [ROOM, *(str(stage.get("name")) for stage in stages)]
    for index, line in enumerate(lines):
        at, photons = _curve(line, places)
        name = f"{line.get('name')}: {engineering(number(line, 'photons'))}"
        ax.plot(at, photons, color=PALETTE[index % len(PALETTE)], zorder=3,
                linestyle=LINES[index % len(LINES)],
                marker=MARKERS[index % len(MARKERS)], markevery=[len(at) - 1],
                label=plain(name))  # fmt: skip
    _stage_levels(ax, stages)
    ax.set_yscale("log")
    ax.set_xticks([*range(len(places)), len(places) - 0.4], [*map(plain, places), "chip"])
    ax.set_xlim(-0.3, len(places) - 0.2)
    legend_beside(ax, title="at the chip")
    return ax


def _stage_levels(ax: Axes, stages: list[Data]) -> None:
    for index, stage in enumerate(stages, start=1):
        level = number(stage, "photons")
        if level:
            ax.plot([index - BODY, index + BODY], [level, level], color=FAINT, linewidth=1.0,
                    label="black body, as the stage" if index == len(stages) else None)  # fmt: skip


def _curve(line: Data, places: list[str]) -> tuple[list[float], list[float]]:
    """Abscissae and photons behind every part, and the level that reaches the chip."""
    steps = rows(line, "steps")
    at = [float(places.index(str(step["place"]))) for step in steps]
    photons = [float(step["photons"]) for step in steps]
    return [*at, len(places) - 0.4], [*photons, photons[-1]]
