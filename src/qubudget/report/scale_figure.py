"""The figure of a whole machine's logical errors per day against its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LINES = (
    ("logical_errors_per_day", "solid", "o", "all errors"),
    ("burst_errors_per_day", "dashed", "s", "by bursts alone"),
)


def draw_scale(data: Data, ax: Axes | None = None) -> Axes:
    """Logical errors per day of all logical qubits together, with 95 % bands (log-log).

    ``data`` : of ``qubudget scale``, or ``designs``, a list of such. Solid: all errors; dashed:
    those by bursts; dotted with triangles: their upper end, where none was counted. The line at 1
    is an error a day anywhere in the machine.
    """
    ax = axes_for(data, ax)
    designs = rows(data, "designs") or [data]
    ax.set_title("Logical errors of the whole machine as it grows")
    ax.set_xlabel("physical qubits")
    ax.set_ylabel("logical errors of the machine (1/day)")
    drawn = False
    for index, design in enumerate(designs):
        colour = PALETTE[index % len(PALETTE)]
        for key, style, mark, words in _LINES:
            drawn |= _draw_line(ax, design, key, colour, style, mark, words)
    if not drawn:
        reasons = [reason(row) for design in designs for row in rows(design, "machines")]
        return say(ax, next((text for text in reversed(reasons) if text), "nothing to draw"))
    ax.axhline(1.0, color=INK, linewidth=0.9, linestyle=(0, (1, 2)), label="one a day")
    sizes = [number(row, "physical_qubits") for d in designs for row in rows(d, "machines")]
    known = [size for size in sizes if size is not None]
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(min(known), max(known))
    legend_beside(ax)
    return ax


def _draw_line(
    ax: Axes, design: Data, key: str, colour: str, style: str, mark: str, words: str
) -> bool:
    """One line with its band; False where no machine has such errors."""
    points = []
    for row in rows(design, "machines"):
        errors = section(row, key)
        size, value = number(row, "physical_qubits"), number(errors, "value")
        if size is not None and value is not None and value > 0:
            low, high = number(errors, "low") or 0.0, number(errors, "high") or value
            points.append((size, value, low, high))
    if not points:
        return _draw_bound(ax, design, key, colour, words)
    sizes, values, lows, highs = (list(column) for column in zip(*points, strict=True))
    # A lower end of 0 is below every logarithmic axis.
    floors = [low if low > 0 else min(values) * 1e-3 for low in lows]
    ax.fill_between(sizes, floors, highs, color=colour, alpha=0.16, linewidth=0)
    label = f"{plain(design.get('name'))}\n{words}"
    ax.plot(sizes, values, color=colour, linestyle=style, label=label, linewidth=1.5,
            marker=mark, markersize=2.6)  # fmt: skip
    return True


def _draw_bound(ax: Axes, design: Data, key: str, colour: str, words: str) -> bool:
    """Where none was counted: the upper end, which alone a logarithmic axis can show."""
    ends = [
        (number(row, "physical_qubits"), number(section(row, key), "high"))
        for row in rows(design, "machines")
    ]
    known = [(size, high) for size, high in ends if size is not None and high]
    if not known:
        return False
    ax.plot(*zip(*known, strict=True), color=colour, linestyle="dotted", marker="v", markersize=4,
            linewidth=1.0, label=f"{plain(design.get('name'))}\n{words}: at most")  # fmt: skip
    return True
