"""The figure of two objectives against each other: what passes and is beaten by nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, plain, say
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, FAINT, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDE = 30.0
"""A positive axis whose ends differ by more than this factor is logarithmic."""
ROOM = 0.06
"""Share of an axis between two points that both get a number."""


def draw_pareto(data: Data, ax: Axes | None = None) -> Axes:
    """The first two objectives of every answer, as steps, and today's design where it passes.

    Numbers are those of the table, as far as there is room. With one objective: the best set and
    its runners-up against the number of changes.
    """
    from matplotlib.ticker import EngFormatter

    ax = axes_for(data, ax)
    ax.set_title("Sets of changes that pass")
    answers, goals = rows(data, "answers"), rows(data, "minimize")
    if not answers:
        return say(ax, reason(data) or "no set of changes passes")
    across, along = goals[0], goals[1] if len(goals) > 1 else None
    points = [_point(answer, across, along) for answer in answers]
    known = [(n, x, y) for n, (x, y) in enumerate(points, 1) if x is not None and y is not None]
    if not known:
        return say(ax, "the objectives have no values")
    xs, ys = [x for _, x, _ in known], [y for _, _, y in known]
    ax.plot(xs, ys, marker="o", color=BLUE, linestyle="none", gid="front")
    if along is not None:
        order = sorted(range(len(xs)), key=xs.__getitem__)
        rising = across.get("direction") == "maximize"
        ax.step([xs[k] for k in order], [ys[k] for k in order],
                where="pre" if rising else "post", color=BLUE, linewidth=0.9)  # fmt: skip
    for count, x, y in _apart(known):
        ax.annotate(
            str(count), (x, y), (5, 4), textcoords="offset points", fontsize="small", color=INK
        )
    today = _point(section(data, "today"), across, along)
    if today[0] is not None and today[1] is not None and section(data, "today").get("passed"):
        ax.plot([today[0]], [today[1]], marker="x", color=VERMILLION, linestyle="none",
                label="today's design", gid="today")  # fmt: skip
        ax.legend(loc="best", frameon=False)
        xs, ys = [*xs, today[0]], [*ys, today[1]]
    ax.set_xlabel(_label(across))
    ax.set_ylabel("number of changes" if along is None else _label(along))
    if _wide(xs):
        ax.set_xscale("log")
    if along is not None and _wide(ys):
        ax.set_yscale("log")
    for axis, goal in ((ax.xaxis, across), (ax.yaxis, along)):
        if goal is not None and goal.get("unit") not in ("1", "", None):
            axis.set_major_formatter(EngFormatter())
    ax.margins(0.08)
    ax.grid(color=FAINT, alpha=0.3)
    return ax


def _apart(points: list[tuple[int, float, float]]) -> list[tuple[int, float, float]]:
    """Points, in order, that are far enough from the one before for a number beside each."""
    widths = [max(p[k] for p in points) - min(p[k] for p in points) or 1.0 for k in (1, 2)]
    found = points[:1]
    for point in points[1:]:
        steps = [abs(point[k] - found[-1][k]) / widths[k - 1] for k in (1, 2)]
        if max(steps) >= ROOM:
            found.append(point)
    return found


def _point(answer: Data, across: Data, along: Data | None) -> tuple[float | None, float | None]:
    values = section(answer, "objectives")
    x = number(values, str(across.get("name")))
    if along is None:
        return x, float(len(rows(answer, "changes")))
    return x, number(values, str(along.get("name")))


def _label(goal: Data) -> str:
    larger = " (larger is better)" if goal.get("direction") == "maximize" else ""
    unit = goal.get("unit")
    words = "" if unit in ("1", "", None) else f" ({unit})"
    return plain(f"{goal.get('name')}{words}{larger}")


def _wide(values: list[float]) -> bool:
    return min(values) > 0 and max(values) > WIDE * min(values)
