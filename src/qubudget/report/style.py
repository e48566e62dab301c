"""One look for every figure: a palette that the colour-blind can tell apart, stable SVG."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
"""Okabe and Ito, "Color Universal Design" (2008): jfly.uni-koeln.de/color."""

PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW)
HATCHES = ("", "//", "..", "\\\\", "xx", "--", "++")
"""Hatches repeat what colours say, for print and for eyes that see none."""

SINGLE_COLUMN = 3.4
DOUBLE_COLUMN = 7.2
"""Widths of a journal's columns, inches."""

INK = "#1c2430"
"""Text and axes; the HTML report replaces it by the page's own text colour."""
FAINT = "#8a94a3"
"""Grid and remarks: readable on light and on dark ground."""

STYLE: Any = {
    "figure.figsize": (DOUBLE_COLUMN, 3.9),
    "figure.constrained_layout.use": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "font.family": "DejaVu Sans",
    "font.size": 9.0,
    "axes.titlesize": 10.0,
    "axes.titlelocation": "left",
    "axes.labelsize": 9.0,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.alpha": 0.3,
    "grid.linewidth": 0.6,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.minor.visible": False,
    "legend.frameon": False,
    "legend.fontsize": 8.0,
    "lines.linewidth": 1.8,
    "hatch.linewidth": 0.5,
    "hatch.color": INK,
    "svg.fonttype": "path",
    "svg.hashsalt": "qubudget",
    "svg.image_inline": True,
}

NARROW = 3.9
"""Axes below this width, inches, have their legend below."""
SMALL: Any = {
    "font.size": 7.5,
    "axes.titlesize": 8.0,
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 6.5,
    "lines.linewidth": 1.4,
}

SVG_METADATA: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
"""No date, no program: the same data give the same bytes."""


@contextmanager
def figure_style(width: float | None = None) -> Iterator[None]:
    """The style of all figures, as matplotlib's settings within a ``with``.

    width : of new figures, inches; without it that of a double column. Narrow figures are taller
        for their width and have smaller letters.

    >>> import matplotlib
    >>> with figure_style(SINGLE_COLUMN):
    ...     matplotlib.rcParams["figure.figsize"], matplotlib.rcParams["axes.grid"]
    ([3.4, 2.9], True)
    """
    import matplotlib

    with matplotlib.rc_context(STYLE):
        if width is not None:
            narrow = width < NARROW
            matplotlib.rcParams["figure.figsize"] = (width, 2.9 if narrow else 0.54 * width)
            matplotlib.rcParams.update(SMALL if narrow else {})
        yield


def styled() -> bool:
    """Whether the settings in force are those of `figure_style`."""
    import matplotlib

    return bool(matplotlib.rcParams["svg.hashsalt"] == STYLE["svg.hashsalt"])
