"""The figure of where an event's energy lands on the film of the qubits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, say
from qubudget.report.numbers import engineering, percent
from qubudget.report.panels import MM, colour_scale, draw_map, grid_values, sized
from qubudget.report.reading import Data, number, reason, section
from qubudget.report.style import BLACK, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DECADES = 3
"""Below the highest share cells are drawn alike: there is little to see, and much noise."""


def draw_landing(data: Data, ax: Axes | None = None) -> Axes:
    """Share of the deposited energy per mm^2 that ends as quasiparticles, over the chip (log).

    ``impact.landing`` as `qubudget.impact.chip.landing_map.landing_map` gives it. The circle holds
    half of that energy.
    """
    import numpy as np
    from matplotlib.colors import LogNorm
    from matplotlib.patches import Circle

    own, ax = ax is None, axes_for(data, ax)
    part = section(data, "impact", "landing")
    ax.set_title("Where the energy of an event lands")
    ax.set_xlabel("x from the chip's centre (mm)")
    ax.set_ylabel("y from the chip's centre (mm)")
    values = grid_values(part, "share_per_mm2")
    if values is None or not np.nanmax(values) > 0:
        return say(ax, reason(part) or "no energy lands on the film of the qubits")
    event = section(part, "event")
    energy, total = number(event, "energy_eV"), number(part, "total")
    ax.set_title(
        f"Where {engineering(energy, 'eV') if energy else 'the energy'} land as quasiparticles: "
        f"{_share(total, number(part, 'total_error'))} in all"
    )
    top = float(np.nanmax(values))
    least = max(float(values[values > 0].min()), top / 10**DECADES)
    image = draw_map(ax, part, np.maximum(values, least), LogNorm(least, max(top, 1.01 * least)))
    place = number(event, "x_m"), number(event, "y_m")
    radius = number(part, "half_radius_m")
    if place[0] is not None and place[1] is not None:
        centre = (MM * place[0], MM * place[1])
        ax.plot(*centre, "*", color=ORANGE, markeredgecolor=BLACK, markeredgewidth=0.8,
                markersize=12, linestyle="none", label="event")  # fmt: skip
        if radius:
            words = f"half of the energy\nwithin {engineering(radius, 'm')}"
            ax.add_patch(Circle(centre, MM * radius, fill=False, edgecolor="white",
                                linewidth=2.6))  # fmt: skip
            ax.add_patch(Circle(centre, MM * radius, fill=False, edgecolor=BLACK, linewidth=1.2,
                                linestyle="dashed", label=words))  # fmt: skip
    sized(ax, own, 4.6, 3.5)
    lower = bool((values < least).any())
    colour_scale(ax, image, "share of the deposited energy per mm² (1/mm²)",
                 extend="min" if lower else "neither")  # fmt: skip
    ax.legend(loc="upper left", frameon=True, facecolor="white", framealpha=0.9, labelcolor=BLACK)
    return ax


def _share(total: float | None, error: float | None) -> str:
    """The share with half of its 95 % interval, where its error is known."""
    if total is None or not error:
        return percent(total)
    around = 196 * error
    digits = max(0, -math.floor(math.log10(around)))
    return f"({100 * total:.{digits}f} ± {around:.{digits}f}) %"
