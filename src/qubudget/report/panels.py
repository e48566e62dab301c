"""Several panels on the axes that a figure is given, and maps of a chip or a face in them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import narrow
from qubudget.report.reading import Data
from qubudget.report.style import FAINT, figure_style, styled

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.image import AxesImage
    from numpy.typing import NDArray

MM = 1e3
COLOURS = "cividis"
"""Rises evenly in lightness for every kind of colour vision: J. R. Nunez et al., PLoS ONE 13,
e0199239 (2018)."""

_TICKS = 18, 30
"""Points that the panels' tick labels take below and left of the whole."""


def sized(ax: Axes, own: bool, height: float, if_narrow: float | None = None) -> None:
    """Give a figure of our own (not one that was handed in) the height that its panels need.

    height, if_narrow : inches; the second where the axes are narrow.
    """
    if own:
        height = if_narrow if if_narrow is not None and narrow(ax) else height
        figure: Any = ax.figure
        figure.set_figheight(height)


def panels(ax: Axes, rows: int, columns: int, gap: tuple[float, float]) -> list[Axes]:
    """Panels in the place of ``ax``, row by row; ``ax`` keeps its title and labels for all.

    ``gap``: between columns and between rows, in parts of the whole. A single panel is ``ax``.
    """
    if rows == columns == 1:
        return [ax]
    ax.xaxis.labelpad, ax.yaxis.labelpad = _TICKS
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.grid(visible=False)
    width = (1 - gap[0] * (columns - 1)) / columns
    height = (1 - gap[1] * (rows - 1)) / rows
    found = []
    for row in range(rows):
        for column in range(columns):
            corner = column * (width + gap[0]), 1 - height - row * (height + gap[1])
            with nullcontext() if styled() else figure_style():
                panel = ax.inset_axes((*corner, width, height))
            found.append(panel)
    return found


def grid_values(part: Data, key: str) -> NDArray[np.float64] | None:
    """``part[key][i][j]`` at (``x_m[i]``, ``y_m[j]``); what is None is NaN, a misfit is None."""
    import numpy as np

    try:
        values = np.asarray(part.get(key), dtype=np.float64)
    except (TypeError, ValueError):
        return None
    shape = tuple(len(part.get(axis) or ()) for axis in ("x_m", "y_m"))
    return values if values.ndim == 2 and values.shape == shape and values.size else None


def draw_map(ax: Axes, part: Data, values: NDArray[np.float64], norm: Normalize) -> AxesImage:
    """Cells about the places of ``x_m`` and ``y_m``, in millimetres, as one image."""
    ends = [_ends(part[key]) for key in ("x_m", "y_m")]
    image = ax.imshow(values.T, origin="lower", extent=(*ends[0], *ends[1]), cmap=COLOURS,
                      norm=norm, interpolation="none", aspect="equal")  # fmt: skip
    ax.grid(visible=False)
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(FAINT)
    return image


def _ends(centres: list[float]) -> tuple[float, float]:
    """Outer edges of equal cells, mm; of a single cell its size is not known: 1 mm."""
    half = (centres[-1] - centres[0]) / (len(centres) - 1) / 2 if len(centres) > 1 else 0.5e-3
    return MM * (centres[0] - half), MM * (centres[-1] + half)


def few_ticks(ax: Axes) -> None:
    """Round numbers that leave room for those of the panels beside."""
    ax.locator_params(nbins=3, steps=(1, 2, 5, 10))


def colour_scale(ax: Axes, image: ScalarMappable, label: str, **settings: Any) -> Any:
    """A colour bar at the right of ``ax`` (which may hold panels), as high as it is."""
    bar = ax.figure.colorbar(image, cax=ax.inset_axes((1.03, 0.0, 0.022, 1.0)), **settings)
    bar.set_label(label)
    outline: Any = bar.outline
    outline.set_visible(False)
    return bar
