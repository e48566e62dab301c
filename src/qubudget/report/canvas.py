"""What every figure stands on: axes with a source line, a reason in place of data, SVG."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from qubudget.report.reading import Data, source_line
from qubudget.report.style import FAINT, STYLE, SVG_METADATA

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Draw = Callable[[Data, "Axes | None"], "Axes"]


def axes_for(data: Data, ax: Axes | None) -> Axes:
    """The given axes, or those of a new figure of ours, with the source line below."""
    if ax is None:
        import matplotlib
        from matplotlib.figure import Figure

        with matplotlib.rc_context(STYLE):
            ax = Figure().add_subplot()
    ax.annotate(plain(source_line(data)), (0, 0), (0, -42), xycoords="axes fraction",
                textcoords="offset points", fontsize=6.5, color=FAINT, va="top")  # fmt: skip
    return ax


def plain(text: Any) -> str:
    """Text that matplotlib draws as it stands, never as a formula."""
    return str(text).replace("$", r"\$")


def say(ax: Axes, text: str) -> Axes:
    """Axes without data that say why."""
    ax.text(0.5, 0.5, plain(text), transform=ax.transAxes, ha="center", va="center", wrap=True)
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def svg(draw: Draw, data: Data, height: float | None = None) -> str:
    """One figure as SVG text, the same bytes for the same data; `height` in inches."""
    import matplotlib

    with matplotlib.rc_context(STYLE):
        figure: Any = draw(data, None).figure
        if height is not None:
            figure.set_size_inches(STYLE["figure.figsize"][0], height)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata=SVG_METADATA)
    return out.getvalue()
