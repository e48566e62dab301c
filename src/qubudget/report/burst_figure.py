"""The figure of the logical error through a burst, for every decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import BLUE, FAINT, GREEN, INK, PALETTE, VERMILLION
from qubudget.report.survival_figure import curves, explained

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOOKS = {
    "unaware": (VERMILLION, "solid", 3.4, "o"),
    "aware": (BLUE, "dashed", 2.2, "s"),
    "erasure": (GREEN, "dashdot", 1.2, "^"),
}
"""The lower curves are wider, so that all are seen where decoders agree."""
LOST = 0.5
"""Logical error per cycle of a state that is forgotten at once."""
_OTHERS = ("D", "v", "P", "X")


def draw_courses(data: Data, ax: Axes | None = None) -> Axes:
    """Logical error per cycle against time after the impact, one curve per decoder (log-log).

    Of several classes of bursts it shows the one that causes most failures per day.
    """
    import numpy as np

    ax = axes_for(data, ax)
    part = section(data, "qec")
    ax.set_title("Logical error through a burst")
    ax.set_xlabel("time after the impact (s)")
    ax.set_ylabel("logical error per cycle (probability)")
    name, chosen = _shown(section(part, "burst"))
    if not chosen:
        return say(ax, explained(part, "burst", "no course of a burst was computed"))
    ax.set_title(f"Logical error through a burst: {plain(name)}")
    levels = []
    for index, course in enumerate(chosen):
        decoder = str(course.get("decoder"))
        colour, line, width, marker = LOOKS.get(
            decoder, (PALETTE[(3 + index) % 7], "dotted", 1.2, _OTHERS[index % len(_OTHERS)])
        )
        time, error, low, high = curves(course, "time_s", "error_per_cycle", "low", "high")
        error[~(error > 0)] = np.nan
        ax.plot(time, error, color=colour, linestyle=line, linewidth=width, marker=marker,
                markersize=3 + width, markevery=max(1, len(time) // 12), markeredgecolor=INK,
                markeredgewidth=0.4, label=f"{plain(decoder)} decoder")  # fmt: skip
        levels += [*error[error > 0], *low[low > 0]]
        band = np.isfinite(low) & (high > 0)
        if band.any():
            # A lower end of zero has no place on a logarithmic axis: it is the axis' end.
            least = min(*levels, *high[band]) / 10
            ax.fill_between(time, np.fmax(low, least), high, where=band.tolist(), color=colour,
                            alpha=0.18, linewidth=0)  # fmt: skip
    quiet = number(section(part, "background"), "logical_error_per_cycle")
    if quiet:
        levels.append(quiet)
        ax.axhline(quiet, color=INK, linewidth=1.2, linestyle=(0, (1, 2)),
                   label=f"quiet, {engineering(quiet)}")  # fmt: skip
    ax.axhline(LOST, color=FAINT, linewidth=1.0, label="1/2: nothing left")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_ylim(min(levels) / 5, 1.0)
    legend_beside(ax)
    return ax


def _shown(burst: Data) -> tuple[str, list[Data]]:
    """The class with the most failures per day that has courses, and these."""
    import numpy as np

    courses: dict[str, list[Data]] = {}
    for course in rows(burst, "courses"):
        time, error = curves(course, "time_s", "error_per_cycle")
        if np.any((time > 0) & (error > 0)):
            courses.setdefault(str(course.get("class")), []).append(course)
    failures = {
        str(one.get("name")): (number(one, "rate_per_s") or 0.0)
        * (number(one, "failure_probability") or 0.0)
        for one in rows(burst, "classes")
    }
    name = max(courses, key=lambda name: failures.get(name, 0.0), default="")
    return name, courses.get(name, [])
