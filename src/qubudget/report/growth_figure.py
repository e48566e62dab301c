"""The figure of stage temperatures against the number of qubits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, plain, say
from qubudget.report.reading import Data, rows, section
from qubudget.report.style import FAINT, INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LINES = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1, 1, 1, 1, 1)))


def draw_growth(data: Data, ax: Axes | None = None) -> Axes:
    """Solved temperature of every stage over what the design accepts, against qubits (log-log).

    A curve that ends has no balance beyond; the line at 1 is the limit of every stage.
    """
    ax = axes_for(data, ax)
    growth = section(section(data, "thermal"), "growth")
    ax.set_title("Stage temperatures as the machine grows")
    ax.set_xlabel("qubits in the fridge")
    ax.set_ylabel("solved over accepted temperature (1)")
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
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), frameon=False)
    return ax
