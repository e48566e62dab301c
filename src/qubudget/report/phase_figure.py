"""The figure of phases: bounded or running away, over qubits and energy per correction."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import axes_for, legend_beside, narrow, plain, say
from qubudget.report.reading import Data, number, reason, section
from qubudget.report.style import BLUE, FAINT, INK, ORANGE, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = 20
"""Of text, from the bottom of the figure to its top: heats closer than that share a label."""
HEATS_WIDTH = 104
"""Points between axes and legend, for the names of the published heats."""
_LEAST_TOP = 1e-7
"""J; above every published heat."""


def draw_phase(data: Data, ax: Axes | None = None) -> Axes:
    """Phases of the correction stage over qubits and energy per correction (log-log).

    Solid: the most qubits with a balance; dashed: the most within the temperature that the design
    accepts; dotted: published heats of a correction; star: this design, at the lower edge
    where it spends nothing.
    """
    import numpy as np

    ax = axes_for(data, ax)
    part = section(data, "thermal", "runaway")
    diagram = section(part, "map")
    ax.set_title("Does the heat of error correction run away?")
    ax.set_xlabel("qubits in the fridge")
    ax.set_ylabel("energy of one correction (J)")
    if not diagram.get("qubits"):
        return say(ax, textwrap.fill(reason(part) or "no phases were computed", 60))
    energy = np.asarray(diagram["energy_J"], dtype=np.float64)
    qubits = diagram["qubits"]
    low, high = float(qubits[0]), float(qubits[-1])

    def edge(key: str) -> Any:
        """Qubits, within the figure; its right end where there is no limit."""
        return np.clip([high if n is None else n for n in diagram[key]], low, high)

    most, start = edge("boundary_qubits"), edge("bistable_from_qubits")
    stage = plain(part.get("correction_stage") or "the stage")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.fill_betweenx(energy, low, start, color=BLUE, alpha=0.16, linewidth=0,
                     label="bounded: one stable balance")  # fmt: skip
    if np.any(start < most):
        ax.fill_betweenx(energy, start, most, color=ORANGE, linewidth=0.6,
                         label="bistable: the start decides")  # fmt: skip
    ax.fill_betweenx(energy, most, high, facecolor=VERMILLION, alpha=0.22, hatch="//",
                     edgecolor=INK, linewidth=0, label="unbounded: no balance")  # fmt: skip
    inside = most < high
    ax.plot(most[inside], energy[inside], color=INK, linewidth=1.0,
            label=f"most with a\nbalance of {stage}")  # fmt: skip
    if diagram.get("accepted_qubits"):
        within = edge("accepted_qubits")
        shown = (within > low) & (within < high)
        ax.plot(within[shown], energy[shown], color=BLUE, linestyle="dashed",
                label=f"most that keep {stage} as cold\nas the design accepts")  # fmt: skip
    # Above, not even the fewest qubits of the map have a balance.
    empty = energy[(most <= low) & (energy >= _LEAST_TOP)]
    top = float(empty[0] if len(empty) else energy[-1])
    _heats(ax, float(energy[0]), top)
    _design(ax, part, float(energy[0]))
    ax.set_xlim(low, high)
    ax.set_ylim(energy[0], top)
    legend_beside(ax, HEATS_WIDTH)
    return ax


def _design(ax: Axes, part: Data, bottom: float) -> None:
    """A star for this design."""
    count, energy = number(part, "qubits"), number(part, "energy_J") or 0.0
    if count is not None:
        label = f"this design: {part.get('phase')}" + ("" if energy else ",\n0 J (lower edge)")
        ax.plot([count], [max(energy, bottom)], "*", color=ORANGE, markeredgecolor=INK,
                markersize=14, markeredgewidth=0.8, zorder=5, clip_on=False,
                linestyle="none", label=plain(label))  # fmt: skip


def _heats(ax: Axes, bottom: float, top: float) -> None:
    """Published heats of one correction, at the right edge; close ones share a line of text."""
    from qubudget.cryostat.threshold import correction_heats

    together = (top / bottom) ** (1 / (_LINES // 2 if narrow(ax) else _LINES))
    groups: list[list[Any]] = []
    for heat in correction_heats():
        if not bottom <= heat.energy <= top:
            continue
        ax.axhline(heat.energy, color=FAINT, linestyle=":", linewidth=0.9, zorder=1.5)
        if groups and heat.energy < together * groups[-1][0].energy:
            groups[-1].append(heat)
        else:
            groups.append([heat])
    for group in groups:
        text = ",\n".join(heat.name for heat in group)
        ax.annotate(plain(text), (1.0, group[0].energy), (4, 0), xycoords=ax.get_yaxis_transform(),
                    textcoords="offset points", fontsize="small", va="center",
                    annotation_clip=False)  # fmt: skip
