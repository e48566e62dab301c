"""The figure of a sweep over two axes: where the design is feasible, and what forbids it else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.style import BLUE, FAINT, GREEN, HATCHES, INK, ORANGE, PURPLE, SKY, VERMILLION

if TYPE_CHECKING:
    import numpy as np
    import xarray
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

FEASIBLE, BINDING = "verdict.feasible", "verdict.binding_constraint"
COLD = ("cold.feasible", "cold.binding_constraint")
PASSES = "passes"
"""What a sweep without logical errors has in their place."""
_FORBIDDING = (ORANGE, SKY, VERMILLION, PURPLE, BLUE)
"""Colours of binding constraints; points that pass are green, those without a result grey."""
_WIDE = 30.0
"""Ratio of the ends of an axis from which it is drawn logarithmically."""


def draw_heatmap(data: xarray.Dataset, ax: Axes | None = None) -> Axes:
    """Feasible points in green, all others in the colour and hatch of their binding constraint.

    ``data`` : of ``qubudget sweep`` over two axes, with ``verdict.feasible`` (true or 1) and
    ``verdict.binding_constraint``, or those of the constraints that need no simulation, as a
    sweep of arrays has them; the title then says so. Axes of one value are left out. Points
    without a result are grey.
    """
    import numpy as np

    ax = axes_for(_provenance(data), ax)
    data = data.squeeze()
    known = {str(name) for name in data.variables}
    feasible, binding = (FEASIBLE, BINDING) if {FEASIBLE, BINDING} <= known else COLD
    what = "Where the design is feasible" if feasible == FEASIBLE else "Where fridge and qubit pass"
    ax.set_title(f"{what}, and what forbids it elsewhere")
    if len(data.dims) != 2 or not {feasible, binding} <= known:
        return say(ax, "a map takes a sweep of two axes with the verdict")
    down, along = (str(name) for name in data[feasible].dims)
    passed = np.asarray(data[feasible].values, dtype=np.float64)
    names = np.asarray(data[binding].values, dtype=object).astype(str)
    if passed.size == 0:
        return say(ax, "no points")
    kinds = _kinds(passed, names)
    x, y = _places(data, along), _places(data, down)
    order = [_order(x), _order(y)]
    kinds = kinds[np.ix_(order[1], order[0])]
    _fill(ax, _edges(x[order[0]], _log(x)), _edges(y[order[1]], _log(y)), kinds)
    for axis, name, places in (("x", along, x), ("y", down, y)):
        _axis(ax, axis, data, name, places)
    ax.grid(visible=False)
    return ax


def _provenance(data: xarray.Dataset) -> dict[str, Any]:
    attributes = data.attrs
    made = {
        "version": attributes.get("qubudget", ""),
        "design_sha256": attributes.get("design_sha256"),
        "effort": attributes.get("effort"),
        "seed": attributes.get("seed"),
    }
    return {"name": attributes.get("design"), "provenance": made}


def _kinds(passed: NDArray[np.float64], names: Any) -> Any:
    """What each point is: "passes", a binding constraint, or "no result"."""
    import numpy as np

    kinds = np.where(names == "", "no result", names).astype(object)
    kinds[passed == 1] = PASSES
    kinds[np.isnan(passed)] = "no result"
    return kinds


def _fill(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], kinds: Any) -> None:
    """Each kind as one coloured mesh; hatches repeat the colours."""
    import numpy as np
    from matplotlib.colors import ListedColormap
    from matplotlib.patches import Patch

    found, counts = np.unique(kinds.astype(str), return_counts=True)
    most = [str(kind) for kind in found[np.argsort(-counts)]]
    forbidding = [kind for kind in most if kind not in (PASSES, "no result")]
    looks = {PASSES: (GREEN, ""), "no result": (FAINT, "")}
    for index, kind in enumerate(forbidding):
        hatch = HATCHES[1 + index % (len(HATCHES) - 1)]
        looks[kind] = _FORBIDDING[index % len(_FORBIDDING)], hatch
    handles = []
    for kind in (PASSES, *forbidding, "no result"):
        if kind not in most:
            continue
        colour, hatch = looks[kind]
        mesh = np.ma.masked_array(np.ones(kinds.shape), kinds != kind)
        ax.pcolormesh(x, y, mesh, cmap=ListedColormap([colour]), alpha=0.75, linewidth=0,
                      rasterized=True)  # fmt: skip
        if hatch:
            _hatch(ax, x, y, kinds == kind, hatch)
        handles.append(Patch(facecolor=colour, alpha=0.75, hatch=hatch, edgecolor=INK,
                             linewidth=0.4, label=plain(_words(kind))))  # fmt: skip
    if {PASSES} < set(most):
        _border(ax, x, y, kinds == PASSES)
    legend_beside(ax, handles=handles)


def _hatch(
    ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], inside: Any, hatch: str
) -> None:
    """Hatch over the cells inside, run by run along x."""
    from matplotlib.patches import Rectangle

    for row in range(inside.shape[0]):
        for start, stop in _runs(inside[row]):
            width, height = x[stop] - x[start], y[row + 1] - y[row]
            ax.add_patch(Rectangle((x[start], y[row]), width, height, fill=False, hatch=hatch,
                                   edgecolor=INK, linewidth=0, alpha=0.5))  # fmt: skip


def _runs(row: Any) -> list[tuple[int, int]]:
    import numpy as np

    padded = np.concatenate([[False], row, [False]]).astype(np.int8)
    steps = np.diff(padded)
    return list(zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1), strict=True))


def _border(ax: Axes, x: NDArray[np.float64], y: NDArray[np.float64], inside: Any) -> None:
    """A line between cells that pass and others."""
    from matplotlib.collections import LineCollection

    segments = []
    rows, columns = inside.shape
    for row in range(rows):
        for column in range(columns):
            if column + 1 < columns and inside[row, column] != inside[row, column + 1]:
                segments.append([(x[column + 1], y[row]), (x[column + 1], y[row + 1])])
            if row + 1 < rows and inside[row, column] != inside[row + 1, column]:
                segments.append([(x[column], y[row + 1]), (x[column + 1], y[row + 1])])
    ax.add_collection(LineCollection(segments, colors=INK, linewidths=1.4))


def _words(kind: str) -> str:
    """A constraint's name for people: "temperature.mxc" is of a stage, others are plain words."""
    head, _, part = kind.partition(".")
    return head.replace("_", " ") + (f" of {part}" if part else "")


def _places(data: xarray.Dataset, name: str) -> Any:
    """Values along an axis; of a choice their numbers."""
    import numpy as np

    values = data[name].values
    return np.arange(len(values), dtype=np.float64) if _choice(values) else values.astype(float)


def _choice(values: Any) -> bool:
    return values.dtype.kind not in "fiu"


def _log(places: Any) -> bool:
    """Whether an axis is drawn logarithmically: above zero and wide."""
    return bool(places.min() > 0 and places.max() > _WIDE * places.min())


def _order(places: Any) -> Any:
    import numpy as np

    return np.argsort(places, kind="stable")


def _edges(places: NDArray[np.float64], log: bool) -> NDArray[np.float64]:
    """Ends of cells half-way between neighbours, as the axis shows them."""
    import numpy as np

    at = np.log(places) if log else places
    if at.size == 1:
        half = np.array([0.5])
        found = np.concatenate([at - half, at + half])
    else:
        middle = (at[1:] + at[:-1]) / 2
        found = np.concatenate([[2 * at[0] - middle[0]], middle, [2 * at[-1] - middle[-1]]])
    return np.asarray(np.exp(found) if log else found)


def _axis(ax: Axes, which: str, data: xarray.Dataset, name: str, places: Any) -> None:
    from matplotlib.ticker import EngFormatter

    unit = str(data[name].attrs.get("units", ""))
    plain_unit = "" if unit in ("", "1") else f" ({unit})"
    axis: Any = ax.xaxis if which == "x" else ax.yaxis
    axis.set_label_text(plain(f"{name}{plain_unit}"))
    values = data[name].values
    if _choice(values):
        axis.set_ticks(places, [plain(value) for value in values])
        return
    if _log(places):
        (ax.set_xscale if which == "x" else ax.set_yscale)("log")
    if plain_unit and unit not in ("dB", "K"):
        axis.set_major_formatter(EngFormatter())
