"""The figure of how long a logical qubit lives, with bursts and without."""

from __future__ import annotations

import textwrap
from math import exp
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, say
from qubudget.report.numbers import duration
from qubudget.report.reading import Data, number, reason, section
from qubudget.report.style import BLUE, FAINT, INK, VERMILLION

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


def draw_survival(data: Data, ax: Axes | None = None) -> Axes:
    """Probability that a logical qubit still lives, against time (log), with its 95 % band."""
    import numpy as np

    ax = axes_for(data, ax)
    part = section(data, "qec")
    ax.set_title("How long a logical qubit lives")
    ax.set_xlabel("time (s)")
    ax.set_ylabel("probability that it still lives (0 to 1)")
    found = curves(section(part, "survival"), "time_s", "quiet", "with_bursts", "low", "high")
    time, quiet, bursts, low, high = found[:, found[0] > 0]
    if not np.isfinite([quiet, bursts]).any():
        return say(ax, explained(part, "survival", "no survival curve was computed"))
    band = np.isfinite(low) & np.isfinite(high)
    if band.any():
        ax.fill_between(time, low, high, where=band.tolist(), color=VERMILLION, alpha=0.2,
                        hatch="//", edgecolor=INK, linewidth=0, label="95 %")  # fmt: skip
    looks = (
        (quiet, BLUE, "dashed", 3.4, "o", "quiet, without bursts"),
        (bursts, VERMILLION, "solid", 1.6, "s", "with bursts"),
    )  # the lower one is wider, so that both are seen where they agree
    for values, colour, line, width, marker, label in looks:
        if np.isfinite(values).any():
            ax.plot(time, values, color=colour, linestyle=line, linewidth=width, marker=marker,
                    markersize=2 + width, markevery=max(1, len(time) // 10),
                    label=label)  # fmt: skip
    ax.axhline(exp(-1), color=FAINT, linewidth=1.0, linestyle=(0, (1, 2)), label="1/e")
    lifetime = number(part, "mean_time_to_failure_s")
    if lifetime:
        ax.axvline(lifetime, color=INK, linewidth=1.0, linestyle="dashdot",
                   label=f"mean time to failure,\n{duration(lifetime)}")  # fmt: skip
    ax.set_xscale("log")
    ax.set_ylim(0.0, 1.05)
    legend_beside(ax)
    return ax


def curves(part: Data, place: str, *keys: str) -> NDArray[np.float64]:
    """The lists under the keys as rows, (1 + keys, n), as long as that of ``place``.

    What is no finite number is NaN, as is the row of a list that is missing or of another length.
    """
    import numpy as np

    found = [_numbers(part.get(key)) for key in (place, *keys)]
    length = len(found[0])
    return np.array([row if len(row) == length else [float("nan")] * length for row in found])


def _numbers(values: object) -> list[float]:
    if not isinstance(values, list | tuple):
        return []
    wrapped = ({"value": value} for value in values)
    return [float("nan") if (v := number(w, "value")) is None else v for w in wrapped]


def explained(part: Data, key: str, otherwise: str) -> str:
    """Why there is nothing under ``key`` of the errors' section, in lines that fit a figure."""
    inside = reason(section(part, key))
    return textwrap.fill(inside or reason(part, key) or otherwise, 60)
