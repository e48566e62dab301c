"""The figure of what causes logical failures: quiet errors and each class of bursts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.logical_figure import target_per_day
from qubudget.report.numbers import MISSING, engineering, percent
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import BLUE, GREEN, INK, ORANGE, PURPLE
from qubudget.report.survival_figure import explained

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CAUSES = 12
DECADES = 12
QUIET = ("quiet", "background")
"""How the causes begin that need no burst."""
SMALL_SHARE = 1e-3
WORDS_WIDTH = 84
"""Points between the axes and the legend, for the rates."""


def draw_budget(data: Data, ax: Axes | None = None) -> Axes:
    """Failures per day by cause (log), the most frequent on top, with 95 % intervals.

    At the right: the rate and its share of the sum. Causes beyond the largest are summed up.
    """
    ax = axes_for(data, ax)
    part = section(data, "qec")
    ax.set_title("What causes logical failures")
    ax.set_xlabel("failures of one logical qubit per day (1/day)")
    ax.set_ylabel("cause")
    causes = shown_causes(data)
    levels = [rate for cause in causes if (rate := number(cause, "per_day"))]
    levels += [high for cause in causes if (high := number(cause, "high"))]
    if not levels:
        return say(ax, explained(part, "budget", _nothing(causes)))
    total, target = number(part, "logical_errors_per_day"), target_per_day(data)
    lines = (
        (total, PURPLE, "--", f"together, {engineering(total)}"),
        (target, GREEN, "-.", f"target, {engineering(target)}"),
    )
    for level, colour, line, label in lines:
        if level:
            ax.axvline(level, color=colour, linestyle=line, linewidth=1.4, label=label)
            levels.append(level)
    left = max(min(levels) / 10, max(levels) / 10**DECADES)
    ax.set_xscale("log")
    ax.set_xlim(left, max(levels) * 3)
    whole = sum(number(cause, "per_day") or 0.0 for cause in causes)
    looks = ((True, BLUE, "", "quiet times"), (False, ORANGE, "//", "bursts and others"))
    for quiet, colour, hatch, label in looks:
        chosen = [i for i, cause in enumerate(causes) if _is_quiet(cause) == quiet]
        if chosen:
            ax.barh(chosen, [number(causes[i], "per_day") or 0.0 for i in chosen], height=0.66,
                    color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5,
                    label=label)  # fmt: skip
    for place, cause in enumerate(causes):
        _interval(ax, place, cause, left)
        ax.annotate(_words(cause, whole), (1.0, place), (5, 0), xycoords=("axes fraction", "data"),
                    textcoords="offset points", va="center", fontsize="small")  # fmt: skip
    ax.set_yticks(range(len(causes)), [plain(cause.get("cause")) for cause in causes])
    ax.set_ylim(len(causes) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")
    legend_beside(ax, WORDS_WIDTH)
    return ax


def shown_causes(data: Data) -> list[Data]:
    """The causes that the figure shows, the most frequent first; those beyond summed up.

    The figure wants some 0.3 inches of height for each.
    """
    causes = rows(section(data, "qec"), "budget")
    causes.sort(key=lambda cause: -(number(cause, "per_day") or 0.0))
    if len(causes) <= MOST_CAUSES:
        return causes
    rest = causes[MOST_CAUSES - 1 :]
    ends = ("per_day", "low", "high")
    summed = {key: sum(number(cause, key) or 0.0 for cause in rest) for key in ends}
    return [*causes[: MOST_CAUSES - 1], {"cause": f"{len(rest)} others", **summed}]


def _is_quiet(cause: Data) -> bool:
    return str(cause.get("cause")).startswith(QUIET)


def _interval(ax: Axes, place: int, cause: Data, left: float) -> None:
    """A whisker; where the lower end is zero, to the axis' end."""
    low, high = number(cause, "low"), number(cause, "high")
    if low is not None and high:
        start = max(low, left)
        ax.plot([start, max(high, start)], [place, place], color=INK, linewidth=1.2, marker="|",
                markersize=7, gid="interval")  # fmt: skip


def _words(cause: Data, whole: float) -> str:
    rate, high = number(cause, "per_day"), number(cause, "high")
    if rate is None:
        return MISSING
    if not rate:
        return f"0, below {engineering(high)}" if high else "0"
    share = rate / whole
    small = share < SMALL_SHARE
    return f"{engineering(rate)} ({'< ' if small else ''}{percent(max(share, SMALL_SHARE))})"


def _nothing(causes: list[Data]) -> str:
    known = [cause for cause in causes if number(cause, "per_day") is not None]
    return "no failures from any cause" if known else "no budget of failures was computed"
