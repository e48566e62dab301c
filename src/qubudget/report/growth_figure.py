"""The figure of stage temperatures against the number of qubits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import FAINT, INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1, 1, 1, 1, 1)))


def draw_growth(data: Data, ax: Axes | None = None) -> Axes:
    """Solved temperature of every stage over what the design accepts, against qubits (log-log).

    A curve that ends has no balance beyond; the line at 1 is the limit of every stage. Bars at
    the design's own number of qubits: 95 % intervals, where the report has them.
    """
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    ax = axes_for(data, ax)
    growth = section(section(data, "thermal"), "growth")
    ax.set_title("Stage temperatures as the machine grows")
    ax.set_xlabel("qubits in the fridge")
    ax.set_ylabel("solved over accepted temperature (ratio)")
    counts = growth.get("qubits") or []
    drawn = [row for row in rows(growth, "stages") if any(row.get("temperature_K") or ())]
    if not counts or not drawn:
        return say(ax, "no stage has a temperature at any number of qubits")
    for index, row in enumerate(drawn):
        limit = float(row["max_temperature_K"])
        values = [float("nan") if t is None else t / limit for t in row["temperature_K"]]
        ax.plot(counts, values, color=PALETTE[index % len(PALETTE)],
                linestyle=LINES[index % len(LINES)], label=plain(row.get("name")))  # fmt: skip
    ax.axhline(1.0, color=INK, linewidth=0.9)
    ax.axvline(float(growth["design_qubits"]), color=FAINT, linestyle=(0, (1, 2)),
               label="this design")  # fmt: skip
    _intervals(ax, data, drawn, float(growth["design_qubits"]))
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 3.0, 5.0, 7.0)))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
    legend_beside(ax)
    return ax


def _intervals(ax: Axes, data: Data, drawn: list[Data], qubits: float) -> None:
    """95 % of every stage's temperature at the design's number of qubits."""
    known = {
        str(row.get("name")): row for row in rows(section(data, "thermal", "intervals"), "stages")
    }
    for index, stage in enumerate(drawn):
        row = known.get(str(stage.get("name")), {})
        low, high = number(row, "temperature_low_K"), number(row, "temperature_high_K")
        if low is None or high is None:
            continue
        limit = float(stage["max_temperature_K"])
        ax.plot([qubits, qubits], [low / limit, high / limit], color=PALETTE[index % len(PALETTE)],
                linewidth=5.0, alpha=0.6, solid_capstyle="butt", gid="interval",
                label="95 % here" if index == 0 else None)  # fmt: skip
