"""One look for every figure: a palette that the colour-blind can tell apart, stable SVG."""

from __future__ import annotations

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

INK = "#1c2430"
"""Text and axes; the HTML report replaces it by the page's own text colour."""
FAINT = "#8a94a3"
"""Grid and remarks: readable on light and on dark ground."""

STYLE: Any = {
    "figure.figsize": (7.2, 3.9),
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

SVG_METADATA: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
"""No date, no program: the same data give the same bytes."""
