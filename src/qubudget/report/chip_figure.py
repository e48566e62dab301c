"""The figure of the chip: its patches over the map of T1 in a burst."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, narrow, plain, say
from qubudget.report.numbers import engineering
from qubudget.report.panels import colour_scale
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import FAINT, INK, PALETTE
from qubudget.report.survival_figure import curves, explained

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

MM = 1e3
MOST_QUBITS = 4000
"""More are not drawn one by one, only the outlines of their patches."""
MOST_NAMES = 12
_LINES = ("solid", "dashed", "dashdot", "dotted")
_ROLES = (("data", "o", "white"), ("ancilla", "s", INK))


def draw_chip(data: Data, ax: Axes | None = None) -> Axes:
    """The chip in millimetres from its centre: T1 in a burst, patches and their qubits.

    ``t1_s[i][j]`` belongs to the place (``x_m[i]``, ``y_m[j]``).
    """
    from matplotlib.patches import Rectangle

    ax = axes_for(data, ax)
    part = section(data, "qec")
    placement = section(part, "placement")
    ax.set_title("Patches on the chip")
    ax.set_xlabel("x from the chip's centre (mm)")
    ax.set_ylabel("y from the chip's centre (mm)")
    patches = [p for p in rows(placement, "patches") if _outline(p) or rows(p, "qubits")]
    if not patches:
        return say(ax, explained(part, "placement", "no patch was placed on a chip"))
    chip = section(placement, "chip")
    length, width = (MM * (number(chip, key) or 0.0) for key in ("length_m", "width_m"))
    if length and width:
        ax.add_patch(Rectangle((-length / 2, -width / 2), length, width, fill=False, edgecolor=INK,
                               linewidth=1.6, label="chip"))  # fmt: skip
    burst = section(placement, "burst")
    if _map(ax, burst, (length / 2, width / 2)) and burst.get("name"):
        ax.set_title(f"Patches on the chip, and T1 in a burst: {plain(burst['name'])}")
    _qubits(ax, [qubit for patch in patches for qubit in rows(patch, "qubits")])
    for index, patch in enumerate(patches):
        _patch(ax, patch, index, len(patches))
    ax.set_aspect("equal")
    ax.grid(visible=False)
    ax.use_sticky_edges = False
    ax.margins(0.06)
    ax.autoscale_view()
    if narrow(ax):
        legend_beside(ax)
    else:  # at the left: the scale of T1 is at the right
        ax.legend(loc="upper right", bbox_to_anchor=(-0.22, 1.0))
    return ax


def _map(ax: Axes, burst: Data, half: tuple[float, float]) -> bool:
    """Contours of T1 with their scale; False where there is no such map."""
    import numpy as np
    from matplotlib.colors import LogNorm

    x, y = (
        _edges(MM * curves(burst, key)[0], end)
        for key, end in zip(("x_m", "y_m"), half, strict=True)
    )
    columns = [{"t1_s": column} for column in burst.get("t1_s") or ()]
    t1 = [curves(column, "t1_s")[0] for column in columns]
    if {len(column) for column in t1} != {len(y) - 2} or len(t1) != len(x) - 2:
        return False
    values = np.pad(np.array(t1), 1, mode="edge").T
    known = values[values > 0]
    if not len(known):
        return False
    levels = _levels(float(known.min()), float(known.max()))
    shown = ax.contourf(x, y, np.where(values > 0, values, np.nan), levels=levels, cmap="cividis",
                        norm=LogNorm(levels[0], levels[-1]), zorder=0)  # fmt: skip
    when = number(burst, "time_s")
    words = "T1 (µs)" + (f", {engineering(when, 's')} after the impact" if when else "")
    bar = colour_scale(ax, shown, words)
    bar.minorticks_off()
    bar.set_ticks(levels, labels=[f"{level / 1e-6:g}" for level in levels])
    return True


def _edges(centres: NDArray[np.float64], end: float) -> NDArray[np.float64]:
    """Cell centres with the chip's ends, to which the outermost cells reach."""
    import numpy as np

    if not len(centres):
        return centres
    return np.array([min(-end, centres[0]), *centres, max(end, centres[-1])])


def _levels(low: float, high: float) -> list[float]:
    """Round levels about the values, at least one step apart."""
    from matplotlib.ticker import LogLocator, MaxNLocator

    if high > 10 * low:
        steps = (1.0, 2.0, 5.0) if high < 1e4 * low else (1.0,)
        ticks = LogLocator(subs=steps, numticks=99).tick_values(low, 10 * high)
    else:
        ticks = MaxNLocator(8).tick_values(low, max(high, 1.01 * low))
    found = [float(tick) for tick in ticks if tick > 0]
    first = max((tick for tick in found if tick <= low), default=low)
    last = min((tick for tick in found if tick >= high), default=high)
    return [first, *(tick for tick in found if first < tick < last), max(last, 1.01 * first)]


def _qubits(ax: Axes, qubits: list[Data]) -> None:
    if len(qubits) > MOST_QUBITS:
        return
    size = min(5.0, 60 / sqrt(max(len(qubits), 1)))
    for role, marker, colour in _ROLES:
        places = [
            (MM * x, MM * y)
            for qubit in qubits
            if qubit.get("role") == role
            and (x := number(qubit, "x_m")) is not None
            and (y := number(qubit, "y_m")) is not None
        ]
        if places:
            ax.plot(*zip(*places, strict=True), marker, markersize=size, color=colour,
                    markeredgecolor=INK, markeredgewidth=0.5, linestyle="none", zorder=5,
                    label=f"{role} qubits")  # fmt: skip


def _patch(ax: Axes, patch: Data, index: int, count: int) -> None:
    """The outline, with the patch's name above it where there are few."""
    from matplotlib.patches import Polygon

    outline = _outline(patch)
    if not outline:
        return
    ax.add_patch(Polygon(outline, closed=True, fill=False, edgecolor="white", linewidth=3.2,
                         zorder=3.5))  # fmt: skip
    ax.add_patch(Polygon(outline, closed=True, fill=False, edgecolor=PALETTE[index % 7],
                         linestyle=_LINES[index % 4], linewidth=1.8, zorder=4,
                         label="patches" if index == 0 else None))  # fmt: skip
    if count <= MOST_NAMES:
        xs, ys = zip(*outline, strict=True)
        ax.annotate(plain(patch.get("name")), ((min(xs) + max(xs)) / 2, max(ys)), (0, 3),
                    textcoords="offset points", ha="center", va="bottom", fontsize="small",
                    zorder=6, bbox={"boxstyle": "round,pad=0.15", "facecolor": "white",
                          "edgecolor": FAINT, "linewidth": 0.4})  # fmt: skip


def _outline(patch: Data) -> list[tuple[float, float]]:
    """Corners in millimetres; none where they are not all known."""
    import numpy as np

    corners = [curves({"at": corner}, "at")[0] for corner in patch.get("outline") or ()]
    if len(corners) < 3 or any(len(c) != 2 or not np.isfinite(c).all() for c in corners):
        return []
    return [(MM * float(x), MM * float(y)) for x, y in corners]
