"""Figures of many impacts: how many qubits each hits, for how long, and which together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, narrow, plain, say, ticks_in
from qubudget.report.numbers import engineering
from qubudget.report.panels import panels, sized
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, FAINT, VERMILLION
from qubudget.report.survival_figure import curves

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def draw_footprints(data: Data, ax: Axes | None = None) -> Axes:
    """Share of impacts that hit more qubits at once, and that last longer, from the percentiles.

    Points stand at the percentiles of ``impact.statistics``; lines and shades are the median and
    the mean with their 95 % intervals.
    """
    import numpy as np
    from matplotlib.ticker import LogLocator, NullFormatter

    own, ax = ax is None, axes_for(data, ax)
    part = section(data, "impact", "statistics")
    ax.set_title("How far and how long impacts reach")
    ax.set_ylabel("impacts beyond (%)")
    found = curves(part, "percentiles", "footprint_at_percentiles", "duration_at_percentiles_s")
    if not np.isfinite(found[0]).any() or not np.isfinite(found[1:]).any():
        return say(ax, _why_none(data))
    said = [f"{events:,.0f} impacts"] if (events := number(part, "events")) else []
    said += [f"hit: {plain(part['hit'])}"] if part.get("hit") else []
    ax.set_title("How far and how long impacts reach\n" + "; ".join(said))
    sized(ax, own, 3.4, 4.8)
    stacked = narrow(ax)
    left, right = panels(ax, *((2, 1) if stacked else (1, 2)), (0.09, 0.26))
    _beyond(left, found[0], found[1], section(part, "footprint_qubits"), "")
    left.set_xlabel("qubits hit at once")
    _beyond(right, found[0], found[2], section(part, "duration"), "s")
    right.set_xlabel("until the last qubit is no longer hit (ms)")
    right.set_xscale("symlog" if np.nanmin(found[2]) <= 0 else "log")
    right.xaxis.set_major_formatter(ticks_in(1e-3))
    if np.nanmin(found[2]) > 0:
        right.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        right.xaxis.set_minor_formatter(NullFormatter())
    right.tick_params(labelleft=stacked)
    return ax


def _beyond(
    ax: Axes,
    percentiles: NDArray[np.float64],
    values: NDArray[np.float64],
    spread: Data,
    unit: str,
) -> None:
    """Share beyond each percentile, with mean and median of the spread."""
    ax.plot(values, 100 - percentiles, color=BLUE, marker="o", markersize=4)
    tail = f"_{unit}" if unit else ""
    for name, colour, line in (("median", VERMILLION, "dashed"), ("mean", FAINT, "dashdot")):
        value = number(spread, name + tail)
        if value is None:
            continue
        ax.axvline(value, color=colour, linestyle=line, linewidth=1.3,
                   label=f"{name} {engineering(value, unit)}")  # fmt: skip
        low, high = number(spread, f"{name}_low{tail}"), number(spread, f"{name}_high{tail}")
        if low is not None and high is not None:
            ax.axvspan(low, high, color=colour, alpha=0.25, linewidth=0)
    ax.set_ylim(-3, 103)
    ax.legend(loc="best")


def draw_pairs(data: Data, ax: Axes | None = None) -> Axes:
    """Share of the impacts on one qubit that hit another one too, against their distance."""
    import numpy as np

    ax = axes_for(data, ax)
    part = section(data, "impact", "statistics")
    ax.set_title("Qubits that are hit together")
    ax.set_xlabel("distance between two qubits (mm)")
    ax.set_ylabel("impacts on one that hit both (%)")
    pairs = [
        (1e3 * d, np.nan if (s := number(row, "together")) is None else 100 * s)
        for row in rows(part, "pairs")
        if (d := number(row, "distance_m")) is not None
    ]
    if not np.isfinite([share for _, share in pairs]).any():
        return say(ax, _why_none(data))
    ax.plot(*zip(*pairs, strict=True), color=BLUE, marker="o", markersize=5)
    ax.set_xlim(left=0)
    ax.set_ylim(0, 105)
    return ax


def _why_none(data: Data) -> str:
    impact = section(data, "impact")
    return reason(impact, "statistics") or "no impacts were drawn"
