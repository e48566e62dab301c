"""What both papers' figures share: rows of the ledger, and all printed numbers against computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget import __version__
from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.panels import sized
from qubudget.report.reading import Data, number, rows
from qubudget.report.style import BLUE, FAINT, GREEN, INK, ORANGE, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TITLES = {
    "thermal-constraints": "R. B. Quni-Gudzinas, doi:10.5281/zenodo.17937531 (2025)",
    "radiation-impacts": "J. M. Martinis, npj Quantum Information 7, 90 (2021)",
}
VERDICTS = {
    "follows": (GREEN, "o"),
    "follows-with-inputs": (BLUE, "s"),
    "does-not-follow": (VERMILLION, "X"),
    "unit-error": (ORANGE, "D"),
    "not-computable": (FAINT, "v"),
}
"""Colours and marks of the verdicts."""
FARTHEST = 1e3
"""Ratio beyond which a number stands at the figure's edge."""


def paper_axes(document: Data, ax: Axes | None) -> Axes:
    """Axes whose source line names the paper."""
    title = TITLES.get(str(document.get("paper")), str(document.get("paper")))
    return axes_for({"name": f"after {title}", "provenance": {"version": __version__}}, ax)


def entries(document: Data, table: str) -> dict[str, Data]:
    """Rows of the table whose name begins so, by name."""
    for found in rows(document, "tables"):
        if str(found.get("name")).startswith(table):
            return {str(row.get("name")): row for row in rows(found, "rows")}
    return {}


def draw_claims(document: Data, ax: Axes | None = None) -> Axes:
    """Computed over printed number of every claim that has both, in the order of the paper.

    Beyond a factor of 1000 the mark stands at the edge as an arrow. Ranges, bounds without a
    number, and numbers of zero have no ratio and are left to the ledger.
    """
    own, ax = ax is None, paper_axes(document, ax)
    ax.set_title("Computed over printed, every number of the text")
    ax.set_xlabel("computed over printed (1)")
    ax.set_ylabel("claim")
    found = [
        (str(claim.get("id")), ratio, str(claim.get("verdict")))
        for claim in rows(document, "claims")
        if (ratio := _ratio(claim)) is not None
    ]
    if not found:
        return say(ax, "no claim was computed")
    sized(ax, own, 1.2 + 0.135 * len(found), 1.9 + 0.135 * len(found))
    ax.axvline(1.0, color=INK, linewidth=0.9)
    for verdict, (colour, mark) in VERDICTS.items():
        chosen = [(place, ratio) for place, (_, ratio, v) in enumerate(found) if v == verdict]
        for place, ratio in chosen:
            inside = 1 / FARTHEST < ratio < FARTHEST
            at = min(max(ratio, 1 / FARTHEST), FARTHEST)
            shown = mark if inside else "<" if ratio < 1 else ">"
            ax.plot([at], [place], shown, color=colour, markeredgecolor=INK, markeredgewidth=0.4,
                    markersize=5, clip_on=False)  # fmt: skip
        if chosen:
            ax.plot([], [], mark, color=colour, markeredgecolor=INK, markeredgewidth=0.4,
                    markersize=5, label=verdict.replace("-", " "))  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(1 / FARTHEST, FARTHEST)
    ax.set_yticks(range(len(found)), [plain(name) for name, _, _ in found])
    ax.tick_params(axis="y", labelsize="x-small")
    ax.set_ylim(len(found) - 0.3, -0.7)
    legend_beside(ax, 12, ncols=1)
    return ax


def _ratio(claim: Data) -> float | None:
    printed, computed = number(claim, "printed"), number(claim, "computed")
    if not printed or not computed or printed * computed < 0:
        return None
    return computed / printed


def printed_marks(ax: Axes, at: list[tuple[float, float]], label: str, **look: Any) -> None:
    """Printed numbers: open diamonds over everything computed."""
    settings = {"color": INK, "markerfacecolor": "white", "markersize": 6, "zorder": 5}
    x, y = [x for x, _ in at], [y for _, y in at]
    ax.plot(x, y, "D", linestyle="none", label=label, **{**settings, **look})
