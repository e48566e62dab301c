"""The figure of charge jumps: how often, and how far apart devices still jump together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, say
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import BLUE, FAINT, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_charge_jumps(data: Data, ax: Axes | None = None) -> Axes:
    """Share of a device's charge jumps that a neighbour joins, against distance (log).

    From ``impact.charge``; its ``measured`` rows that have a ``distance_m`` are Wilen's points,
    an arrow down where they are upper bounds. The title has the device's own rate.
    """
    ax = axes_for(data, ax)
    charge = section(data, "impact", "charge")
    ax.set_title("Correlated charge jumps")
    ax.set_xlabel("distance between devices (mm)")
    ax.set_ylabel("share of jumps in common (0 to 1)")
    distances = charge.get("distance_m") or []
    fractions = charge.get("correlated_fraction") or []
    if not distances or len(distances) != len(fractions):
        return say(ax, "no charge jumps were computed")
    rate = number(charge, "jump_rate_0_1e_per_s")
    if rate is not None:
        ax.set_title(f"Correlated charge jumps (each device: {rate * 3600:.3g} per hour > 0.1 e)")
    ax.plot([1e3 * d for d in distances], fractions, color=BLUE, marker=".", label="computed")
    label: str | None = "Wilen 2021"
    for row in rows(charge, "measured"):
        place, value = number(row, "distance_m"), number(row, "measured")
        if place is None or value is None:
            continue
        bound = bool(row.get("measured_is_upper_bound"))
        ax.plot([1e3 * place], [value], color=VERMILLION, linestyle="none",
                marker="v" if bound else "o", label=label)  # fmt: skip
        label = None
    ax.axhline(
        0.8, color=FAINT, linestyle=(0, (1, 2)), label="jumps of many e, far apart, modulo e"
    )
    ax.set_xscale("log")
    ax.set_ylim(0, 1.05)
    ax.legend(loc="upper right", frameon=False)
    return ax
