"""The figure of signal loss against thermal isolation of every cable between two stages."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, narrow, plain, say, ticks_in
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, FAINT, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN_PIECE = "4k"
"""Whose piece is drawn: the last that superconductors cannot serve, where the trade is hardest."""


def draw_trades(data: Data, ax: Axes | None = None) -> Axes:
    """Loss (dB) against heat (W, logarithmic) of every cable of one piece, those in use marked.

    The piece is the one that ends at ``SHOWN_PIECE``, else the first that has cables. Down and
    to the left is better; a cable that another one beats in both is drawn faint.
    """
    ax = axes_for(data, ax)
    ax.set_title("Cables: signal loss against heat")
    ax.set_xlabel("heat of one line at the cold end (mW)")
    ax.set_ylabel("loss (dB)")
    piece = shown_piece(data)
    if piece is None:
        return say(ax, _why_none(data))
    at = engineering(number(piece, "frequency_Hz"), "Hz")
    ax.set_title(plain(f"Cables from {piece.get('from')} to {piece.get('to')}: loss at {at}"))
    points = dict(sorted(_points(piece).items()))
    for index, ((heat, loss), cables) in enumerate(points.items()):
        used = [cable for cable in cables if cable.get("used_by")]
        beaten = any(h <= heat and a <= loss and (h, a) != (heat, loss) for h, a in points)
        colour = VERMILLION if used else FAINT if beaten else BLUE
        ax.plot([heat], [loss], marker="D" if used else "o", color=colour, linestyle="none",
                gid="used" if used else None)  # fmt: skip
        left = index % 2 == 0  # sides alternate, or names of neighbours would overlap
        ax.annotate(plain(_name(cables, used)), (heat, loss), (-6 if left else 6, 3),
                    textcoords="offset points", ha="right" if left else "left", fontsize="small",
                    color=INK if used or not beaten else FAINT)  # fmt: skip
    ax.margins(y=0.12)
    _watts_below(ax, min(heat for heat, _ in points), max(heat for heat, _ in points))
    _explain(ax)
    return ax


def _watts_below(ax: Axes, least: float, most: float) -> None:
    """A logarithmic axis of heat, wide enough for the names beside the outermost points."""
    from matplotlib.ticker import LogLocator, NullFormatter

    room = max((most / least) ** (0.4 if narrow(ax) else 0.25), 1.5)
    ax.set_xscale("log")
    ax.set_xlim(least / room, most * room)
    dense = most < 1e3 * least and not narrow(ax)
    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if dense else (1.0,)))
    ax.xaxis.set_major_formatter(ticks_in(1e-3))
    ax.xaxis.set_minor_formatter(NullFormatter())


def shown_piece(data: Data) -> Data | None:
    """The piece of cable that the figure shows; None where no piece has a cable to draw."""
    pieces = [p for p in rows(section(data, "thermal"), "trades") if _points(p)]
    chosen = [piece for piece in pieces if piece.get("to") == SHOWN_PIECE]
    return next(iter(chosen or pieces), None)


def _points(piece: Data) -> dict[tuple[float, float], list[Data]]:
    """Cables by heat and loss: one size under several names is one point."""
    found: dict[tuple[float, float], list[Data]] = defaultdict(list)
    for cable in rows(piece, "cables"):
        heat, loss = number(cable, "heat_W"), number(cable, "loss_dB")
        if heat is not None and loss is not None and heat > 0:
            found[heat, loss].append(cable)
    return dict(found)


def _name(cables: list[Data], used: list[Data]) -> str:
    if not used:
        return str(cables[0].get("cable"))
    lines = [str(line) for cable in used for line in cable["used_by"]]
    return f"{used[0].get('cable')}\n" + textwrap.fill(f"({', '.join(lines)})", 24)


def _why_none(data: Data) -> str:
    pieces = rows(section(data, "thermal"), "trades")
    said = dict.fromkeys(reason(piece) for piece in pieces if reason(piece))
    return "; ".join(said) or "no cable's loss and heat are both known"


def _explain(ax: Axes) -> None:
    from matplotlib.lines import Line2D

    looks = (("D", VERMILLION, "in use"), ("o", BLUE, "unbeaten in loss\nand heat together"),
             ("o", FAINT, "beaten in both"))  # fmt: skip
    handles = [
        Line2D([], [], marker=mark, color=colour, linestyle="none", label=label)
        for mark, colour, label in looks
    ]
    legend_beside(ax, handles=handles)
