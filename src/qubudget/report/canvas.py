"""What every figure stands on: axes with a source line, a reason in place of data, SVG."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from qubudget.report.reading import Data, source_line
from qubudget.report.style import FAINT, NARROW, SVG_METADATA, figure_style, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend
    from matplotlib.text import Text

SOURCE_AT, LEGEND_AT = (-42, -36), -56
"""Points below the axes: the source line (of wide, of narrow ones), the legend of narrow ones."""
LINE = 0.135
"""Inches that a line of such a legend adds to a figure of ours."""
SHORT = 17
"""Letters of a legend's words up to which two columns have room below narrow axes."""

Draw = Callable[[Data, "Axes | None"], "Axes"]


def _bare() -> Figure:
    from matplotlib.figure import Figure

    return Figure()


_MAKER: ContextVar[Callable[[], Figure]] = ContextVar("figure maker", default=_bare)


_OURS: WeakSet[Figure] = WeakSet()
"""Figures that were not handed in, whose height is ours to choose."""


@contextmanager
def new_figures(maker: Callable[[], Figure]) -> Iterator[None]:
    """Within the block, figures of our own are made by ``maker``; else they are not pyplot's."""
    token = _MAKER.set(maker)
    try:
        yield
    finally:
        _MAKER.reset(token)


def axes_for(data: Data, ax: Axes | None) -> Axes:
    """The given axes, or those of a new figure of ours, with the source line below."""
    if ax is None:
        with nullcontext() if styled() else figure_style():
            figure = _MAKER.get()()
            _OURS.add(figure)
            ax = figure.add_subplot()
    for text in (ax.set_title(""), ax.xaxis.label, ax.yaxis.label, _source(ax, data)):
        text.set_wrap(True)
    return ax


def _source(ax: Axes, data: Data) -> Text:
    """The source line, below the axes' label."""
    return ax.annotate(
        plain(source_line(data)), (0, 0), (0, SOURCE_AT[narrow(ax)]), xycoords="axes fraction",
        textcoords="offset points", fontsize="x-small", color=FAINT, va="top", gid="source",
    )  # fmt: skip


def narrow(ax: Axes) -> bool:
    """Whether the axes are about as wide as one column, so that nothing has room beside them."""
    figure: Any = ax.figure
    return bool(ax.get_position(original=True).width * figure.get_figwidth() < NARROW)


def legend_beside(ax: Axes, offset: float = 6.0, **settings: Any) -> Legend:
    """A legend at the right of the axes; of narrow axes below them, under the source line.

    offset : points between the axes and a legend at the right, for what stands between.
    """
    from matplotlib import rcParams
    from matplotlib.transforms import ScaledTranslation

    figure: Any = ax.figure

    def shift(x: float, y: float) -> Any:
        return ax.transAxes + ScaledTranslation(x / 72, y / 72, figure.dpi_scale_trans)

    look: dict[str, Any] = {
        "loc": "upper left",
        "frameon": False,
        "borderaxespad": 0.0,
        "alignment": "left",
    }
    if not narrow(ax):
        corner = {"bbox_to_anchor": (1.0, 1.0), "bbox_transform": shift(offset, 0.0)}
        return ax.legend(**{**look, **corner, **settings})
    below = {"bbox_to_anchor": (0.0, 0.0), "bbox_transform": shift(0.0, LEGEND_AT)}
    legend = ax.legend(**{**look, **below, **settings})
    words = [text.get_text() for text in legend.get_texts()]
    columns = 2 if max((len(word) for word in words), default=0) <= SHORT else 1
    if columns > 1 and "ncols" not in settings:
        legend = ax.legend(**{**look, **below, **settings, "ncols": columns})
    if figure in _OURS:
        lines = sum(word.count("\n") + 1 for word in words) / columns
        wanted = rcParams["figure.figsize"][1] + LINE * lines
        figure.set_figheight(max(figure.get_figheight(), wanted))
    return legend


def ticks_in(size: float) -> Any:
    """Formatter of an axis in another unit than its values': one of it is ``size`` of theirs."""
    from matplotlib.ticker import FuncFormatter

    return FuncFormatter(lambda value, _: f"{value / size:g}")


def plain(text: Any) -> str:
    """Text that matplotlib draws as it stands, never as a formula."""
    return str(text).replace("$", r"\$")


def say(ax: Axes, text: str) -> Axes:
    """Axes without data that say why."""
    width = 32 if narrow(ax) else 64
    words = "\n".join(textwrap.fill(line, width) for line in text.splitlines())
    ax.text(0.5, 0.5, plain(words), transform=ax.transAxes, ha="center", va="center")
    ax.set_xticks([])
    ax.set_yticks([])
    return ax


def svg(draw: Draw, data: Data, height: float | None = None) -> str:
    """One figure as SVG text, the same bytes for the same data; `height` in inches."""
    with figure_style():
        figure: Any = draw(data, None).figure
        if height is not None:
            figure.set_figheight(height)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata=SVG_METADATA)
    return out.getvalue()
