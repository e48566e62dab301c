"""The figure of both coherence models over temperature and loss tangent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, section
from qubudget.report.style import BLUE, FAINT, INK, ORANGE, VERMILLION

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

SHADES = (0.08, 0.2, 0.36)
"""Opacity of the physical model's bands, from just below the lower fidelity to above the upper."""
_TEXT_BOX: Any = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}


def draw_stress(data: Data, ax: Axes | None = None) -> Axes:
    """Where each model reaches the fidelities, over temperature and loss tangent (log-log).

    Shaded bands and solid lines: the physical model; dashed: the published one; hatched: what
    the published model promises and the physical one denies at the lower of the fidelities.
    """
    import numpy as np
    from matplotlib.colors import to_rgba

    ax = axes_for(data, ax)
    coherence = section(data, "coherence")
    part = section(coherence, "stress")
    ax.set_title("Decoherence of a one-qubit gate: both models")
    ax.set_xlabel("temperature of the chip (K)")
    ax.set_ylabel("loss tangent, weighted by participation (ratio)")
    physical, published = (_logarithms(section(part, name)) for name in ("physical", "published"))
    if physical is None or published is None:
        return say(ax, reason(coherence, "stress") or "no sweep of temperature and loss tangent")
    grid = np.asarray(part["temperature_K"]), np.asarray(part["tan_delta"])
    fidelities = sorted(float(f) for f in part["fidelities"])
    levels = [float(np.log10(1 - f)) for f in fidelities]
    worst = levels[0]
    ax.set_xscale("log")
    ax.set_yscale("log")
    bands = [-99.0, *reversed(levels), worst + 1]
    shades = [to_rgba(BLUE, alpha) for alpha in reversed(SHADES)]
    ax.contourf(*grid, physical, levels=bands, colors=shades)
    parted = np.maximum(published - worst, worst - physical)
    ax.contourf(*grid, parted, levels=[-99.0, 0.0], colors="none", hatches=["//"])
    name = str(section(part, "published").get("variant") or "published")
    bath = str(section(part, "physical").get("bath") or "")
    looks = (
        (physical, BLUE, "solid", f"physical, {bath} bath"),
        (published, VERMILLION, "dashed", f"published ({name})"),
    )
    handles: list[Any] = []
    for values, colour, line, label in looks:
        if values.min() > worst:
            label = f"{label},\nbelow {_percent(fidelities[0])} everywhere"
        _contours(ax, grid, values, fidelities, colour, line)
        handles += ax.plot([], [], color=colour, linestyle=line, label=plain(label))
    handles.append(
        ax.fill_between([], [], [], facecolor="none", edgecolor=INK, hatch="//", linewidth=0.5,
                        label=f"they part at {_percent(fidelities[0])}")
    )  # fmt: skip
    edge = number(part, "normal_above_K")
    if edge is not None:
        words = f"{plain(part.get('normal_metal'))} normal above {engineering(edge, 'K')}"
        ax.axvspan(edge, grid[0][-1], color=FAINT, alpha=0.25, linewidth=0)
        handles.append(ax.axvline(edge, color=INK, linewidth=1.2, linestyle=":", label=words))
    own = section(part, "design")
    place = number(own, "temperature_K"), number(own, "tan_delta")
    if place[0] and place[1]:
        handles += ax.plot([place[0]], [place[1]], "*", color=ORANGE, markeredgecolor=INK,
                           markersize=14, markeredgewidth=0.8, zorder=5,
                           label="this design")  # fmt: skip
    ax.set_xlim(grid[0][0], grid[0][-1])
    ax.set_ylim(grid[1][0], grid[1][-1])
    legend_beside(ax, handles=handles)
    return ax


def _percent(fidelity: float) -> str:
    """All digits of a fidelity: three would round 99.99 % to 100 %."""
    return f"{100 * fidelity:.8g} %"


def _logarithms(model: Data) -> NDArray[np.float64] | None:
    """log10 of 1 - F, rows by loss tangent; an error of one where there is no qubit."""
    import numpy as np

    if not model.get("error"):
        return None
    error = np.asarray(model["error"], dtype=np.float64).T  # None becomes NaN
    return np.asarray(np.log10(np.clip(np.where(np.isnan(error), 1.0, error), 1e-15, 1.0)))


def _contours(
    ax: Axes,
    grid: tuple[Any, Any],
    values: NDArray[np.float64],
    fidelities: list[float],
    colour: str,
    line: str,
) -> None:
    """One line per fidelity that the values cross, thicker for the higher, with its number."""
    import numpy as np

    for width, fidelity in enumerate(fidelities, start=1):
        level = float(np.log10(1 - fidelity))
        if values.min() < level < values.max():
            drawn = ax.contour(
                *grid, values, levels=[level], colors=[colour], linestyles=[line],
                linewidths=[0.8 + 0.6 * width],
            )  # fmt: skip
            texts = ax.clabel(drawn, fmt={level: _percent(fidelity)}, fontsize="small",
                              inline=False, colors=[colour])  # fmt: skip
            for text in texts:
                text.set_bbox(_TEXT_BOX)
