"""The figure of an impact's timeline with the five stages of the event marked on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import legend_beside, plain
from qubudget.report.figures import SCALE_WIDTH, draw_timeline
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import FAINT, INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_CLOSE = 1.8
"""Ratio of times below which numbers of stages would touch, and stand one above the other."""


def draw_stages(data: Data, ax: Axes | None = None) -> Axes:
    """`draw_timeline` with numbered stages above it and, where they have one, the T1 at the
    worst place of the film."""
    ax = draw_timeline(data, ax)
    stages = [
        (index, stage, time)
        for index, stage in enumerate(rows(section(data, "impact"), "stages"), start=1)
        if (time := number(stage, "time_s"))
    ]
    before = ax.get_legend()
    if not stages or before is None:
        return ax
    handles = [handle for handle in before.legend_handles if handle is not None]
    labels = [text.get_text() for text in before.get_texts()]
    least = [(time, t1) for _, stage, time in stages if (t1 := number(stage, "t1_s"))]
    if least:
        handles += ax.plot(*zip(*least, strict=True), "D", color=INK, markersize=5)
        labels.append("T1, worst place of the film")
    previous, height = 0.0, 0
    for index, stage, time in stages:
        height = height + 1 if time < _CLOSE * previous else 0
        previous = time
        ax.axvline(time, color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)), zorder=0.5)
        ax.annotate(str(index), (time, 1.0), (0, 3 + 9 * height), fontsize="small", ha="center",
                    xycoords=ax.get_xaxis_transform(), textcoords="offset points")  # fmt: skip
        handles += ax.plot([], [], color=FAINT, linewidth=0.8, linestyle=(0, (1, 2)))
        labels.append(f"{index}  {plain(stage.get('name'))}, {engineering(time, 's')}")
    ax.set_title(ax.get_title(loc="left") or ax.get_title(), pad=24)
    legend_beside(ax, SCALE_WIDTH, handles=handles, labels=labels)
    return ax
