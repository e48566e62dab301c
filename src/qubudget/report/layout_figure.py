"""The figure of a chip's drawing: films of both faces and the qubits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.reading import Data, number, rows
from qubudget.report.style import HATCHES, INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MM = 1e3
MOST_PIECES = 20_000
"""More would be a blot, and a file of many megabytes."""


def draw_layout(data: Data, ax: Axes | None = None) -> Axes:
    """The chip in millimetres from its centre, seen from the front.

    Films of the back lie beneath, hatched. ``data`` is a layout's dictionary; it may have
    ``qubits``, rows with ``x_m`` and ``y_m``.
    """
    from matplotlib.patches import PathPatch, Rectangle

    ax = axes_for(data, ax)
    ax.set_title("Films on the chip")
    ax.set_xlabel("x from the chip's centre (mm)")
    ax.set_ylabel("y from the chip's centre (mm)")
    length, width = (MM * (number(data, key) or 0.0) for key in ("length_m", "width_m"))
    films = rows(data, "films")
    if not (length and width):
        return say(ax, "no chip was drawn")
    if (count := sum(len(rows(film, "pieces")) for film in films)) > MOST_PIECES:
        return say(ax, f"{count:,} pieces of film: too many to draw")
    ax.add_patch(Rectangle((-length / 2, -width / 2), length, width, fill=False, edgecolor=INK,
                           linewidth=1.6, zorder=4, label="chip"))  # fmt: skip
    for index, film in enumerate(films):
        path = _path(film)
        if path is None:
            continue
        back = film.get("face") == "back"
        name = f"{plain(film.get('name'))} ({plain(film.get('kind'))}, {plain(film.get('face'))})"
        ax.add_patch(PathPatch(path, facecolor=PALETTE[index % len(PALETTE)], edgecolor=INK,
                               alpha=0.45 if back else 0.85, linewidth=0.0,
                               hatch=HATCHES[1 + index % (len(HATCHES) - 1)] if back else None,
                               zorder=1 if back else 2, label=name))  # fmt: skip
    places = [
        (MM * x, MM * y)
        for qubit in rows(data, "qubits")
        if (x := number(qubit, "x_m")) is not None and (y := number(qubit, "y_m")) is not None
    ]
    if places:
        ax.plot(*zip(*places, strict=True), "o", markersize=4.0, color="white",
                markeredgecolor=INK, linestyle="none", zorder=5, label="qubits")  # fmt: skip
    ax.set_xlim(-0.53 * length, 0.53 * length)
    ax.set_ylim(-0.53 * width, 0.53 * width)
    ax.set_aspect("equal")
    ax.grid(visible=False)
    legend_beside(ax)
    return ax


def _path(film: Data) -> Any:
    """All pieces of a film with their holes as one path; None where it has none."""
    from matplotlib.path import Path

    rings = [
        ring
        for piece in rows(film, "pieces")
        for ring in (piece.get("outline_m") or (), *(piece.get("holes_m") or ()))
        if len(ring) >= 3
    ]
    if not rings:
        return None
    paths = [Path([(MM * x, MM * y) for x, y in (*ring, ring[0])], closed=True) for ring in rings]
    return Path.make_compound_path(*paths)
