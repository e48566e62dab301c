"""The figure of which uncertain input moves a result how much."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, narrow, plain, say
from qubudget.report.numbers import engineering, interval
from qubudget.report.panels import sized
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.style import BLUE, FAINT, INK, SKY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN = 8
"""Inputs drawn of one result at most."""
_LEAST = 5e-3
"""Share of the variance from which an input is drawn."""
LOGICAL = "qec.logical_errors_per_day"
_WRAP = 38


def draw_tornado(data: Data, ax: Axes | None = None, output: str = "coherence.t1_s") -> Axes:
    """Inputs by how much of one result's spread they make, largest on top.

    Parameters
    ----------
    data : of ``qubudget uncertainty``. output : name of a headline number; the bars are shares of
        its variance, alone and with interactions. For ``qec.logical_errors_per_day`` they are
        factors by which an input moves it over its own 95 %.
    """
    own = ax is None
    ax = axes_for(data, ax)
    found = [row for row in rows(data, "outputs") if row.get("name") == output]
    result = section(data, "logical") if output == LOGICAL else (found[0] if found else {})
    title = str(result.get("title") or output)
    unit = str(result.get("unit") or "")
    ends = interval(number(result, "low"), number(result, "high"), unit)
    best = engineering(number(result, "best"), unit)
    ax.set_title(plain(f"What moves {title}\n{best}, 95 %: {ends}"))
    bars = _effects(data) if output == LOGICAL else _indices(data, output)
    if not bars:
        ax.set_xlabel("share of the variance (0 to 1)")
        skipped = section(data, "sensitivity", "skipped").get(output)
        return say(ax, str(skipped or result.get("reason") or "no input moves it"))
    sized(ax, own, 1.9 + 0.4 * len(bars))
    (_draw_factors if output == LOGICAL else _draw_shares)(ax, bars)
    width = _WRAP // 2 if narrow(ax) else _WRAP
    ax.set_yticks(range(len(bars)), [plain(textwrap.fill(bar[0], width)) for bar in bars])
    ax.set_ylim(len(bars) - 0.4, -0.6)
    ax.grid(visible=False, axis="y")
    return ax


Bar = tuple[str, float, float, float]
"""Name, total (or effect), half-width of its 95 %, part of it alone (or its scatter)."""


def _indices(data: Data, output: str) -> list[Bar]:
    found = [
        (
            str(row.get("input")),
            number(row, "total") or 0.0,
            number(row, "total_error_95") or 0.0,
            number(row, "first") or 0.0,
        )
        for row in rows(section(data, "sensitivity"), "indices")
        if row.get("output") == output
    ]
    return sorted((b for b in found if b[1] >= _LEAST), key=lambda bar: -bar[1])[:SHOWN]


def _effects(data: Data) -> list[Bar]:
    found = [
        (
            str(row.get("input")),
            number(row, "mu_star") or 0.0,
            number(row, "mu_star_error_95") or 0.0,
            number(row, "sigma") or 0.0,
        )
        for row in rows(section(data, "logical"), "effects")
    ]
    return sorted(found, key=lambda bar: -bar[1])[:SHOWN]


def _draw_shares(ax: Axes, bars: list[Bar]) -> None:
    for place, (_, total, error, first) in enumerate(bars):
        ax.barh(place, total, height=0.62, color=SKY, edgecolor=INK, linewidth=0.6,
                label="with interactions" if place == 0 else None)  # fmt: skip
        # An index below 0 is one of 0, within its error.
        ax.barh(place, max(first, 0.0), height=0.3, color=BLUE,
                label="alone" if place == 0 else None)  # fmt: skip
        ax.errorbar(total, place, xerr=[[min(error, total)], [error]], color=INK, capsize=2.5,
                    linewidth=1.0, label="95 % of the index" if place == 0 else None)  # fmt: skip
    ax.set_xlim(0.0, max(1.0, *(bar[1] + bar[2] for bar in bars)))
    ax.set_xlabel("share of the variance (0 to 1)")
    ax.legend(loc="lower right", frameon=False)


def _draw_factors(ax: Axes, bars: list[Bar]) -> None:
    """Steps of the logarithm as factors, on a logarithmic axis from 1."""
    for place, (_, effect, error, _) in enumerate(bars):
        factor = math.exp(effect)
        ax.barh(place, factor - 1, left=1.0, height=0.5, color=SKY, edgecolor=INK, linewidth=0.6)
        low = max(math.exp(effect - error), 1.0)
        ax.errorbar(factor, place, xerr=[[factor - low], [math.exp(effect + error) - factor]],
                    color=INK, capsize=2.5, linewidth=1.0)  # fmt: skip
        ax.annotate(f"×{engineering(factor)}", (math.exp(effect + error), place), (5, 0),
                    textcoords="offset points", va="center", fontsize="small",
                    color=INK)  # fmt: skip
    ax.set_xscale("log")
    most = max(math.exp(bar[1] + bar[2]) for bar in bars)
    ax.set_xlim(1.0, most**1.15 * 1.02)
    _plain_factors(ax)
    ax.axvline(1.0, color=FAINT, linewidth=0.8)
    ax.set_xlabel("factor on logical errors over the input's own 95 % (ratio)")


def _plain_factors(ax: Axes) -> None:
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    ax.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    ax.xaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())
