"""How the views look: two themes, units on axes, steady ranges, words in place of a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10
from typing import Any

from bokeh.core.properties import value
from bokeh.models import (
    ColumnDataSource,
    CustomJSHover,
    CustomJSTickFormatter,
    FactorRange,
    HoverTool,
    NoOverlap,
    Range1d,
    Text,
)
from bokeh.models.annotations import Legend, LegendItem
from bokeh.models.renderers import GlyphRenderer
from bokeh.models.widgets import Div, Widget
from bokeh.plotting import figure

from qubudget.report.style import FAINT, INK

GREY = 0.5
"""Opacity of what shows an older design."""

HATCHES = (" ", "/", ".", "\\", "x", "-", "+")
"""Bokeh's names of `qubudget.report.style.HATCHES`, which repeat what colours say."""

TOOLS = "box_zoom,reset,save"

_FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif"

HEADLINE = {"font": f"600 13px {_FONT}", "white-space": "pre-line", "overflow-wrap": "anywhere"}

SI_SCRIPT = """
const SI = (value, unit, digits) => {
  if (!isFinite(value)) return "–";
  if (value === 0) return `0 ${unit}`;
  const names = {"-15": "f", "-12": "p", "-9": "n", "-6": "µ", "-3": "m", "0": "", "3": "k",
                 "6": "M", "9": "G"};
  const rounded = Number(value.toPrecision(digits));
  let step = 3 * Math.floor(Math.log10(Math.abs(rounded)) / 3 + 1e-9);
  step = Math.min(9, Math.max(-15, step));
  const shown = Number((rounded / 10 ** step).toPrecision(digits));
  return `${shown} ${names[String(step)]}${unit}`;
};
"""
"""A number with its SI prefix, in the browser: as `qubudget.report.numbers.engineering`."""

WIDGET = """
:host {{ font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; }}
.bk-btn {{ background: var(--paper, {paper}) !important; color: var(--ink, {ink}) !important;
  border-color: var(--line, currentcolor) !important; }}
.bk-btn.bk-active {{ background: var(--soft, {paper}) !important; box-shadow: none;
  border-color: var(--accent, {ink}) !important; font-weight: 600; }}
.bk-btn:focus-visible, .noUi-handle:focus-visible {{ outline: 3px solid var(--focus, {ink});
  outline-offset: 1px; }}
.noUi-target {{ background: var(--line, #999999); border-color: var(--line, #999999); }}
"""


@dataclass(frozen=True)
class Theme:
    """Colours that depend on the ground; `ink` is for text, axes and edges."""

    ink: str
    faint: str
    paper: str


LIGHT = Theme(INK, FAINT, "#ffffff")
DARK = Theme("#e6e9ee", FAINT, "#1b1f27")


def plot(height: int, what: str, **options: Any) -> figure:
    """An empty figure as wide as its place, described by `what` for those who do not see it.

    ``height`` is that of the frame: axis and legend come on top of it.
    """
    made = figure(
        height=None,
        frame_height=height,
        sizing_mode="stretch_width",
        tools=TOOLS,
        toolbar_location="above",
        name=what,
        **options,
    )
    made.toolbar.logo = None
    made.toolbar.autohide = True
    made.min_border_right = 12
    for axis in made.axis:
        axis.major_label_policy = NoOverlap(min_distance=4)
    return made


def columns(keys: Iterable[str]) -> ColumnDataSource:
    """Empty columns."""
    return ColumnDataSource({key: [] for key in keys})


def fill(source: ColumnDataSource, data: Mapping[str, list[Any]]) -> None:
    """Give columns new values, unless they hold them: the browser draws again all that it gets."""
    held = source.data
    if held.keys() != data.keys() or not all(_same(held[key], data[key]) for key in data):
        source.data = dict(data)


def _same(one: Any, other: Sequence[Any]) -> bool:
    """Whether two columns are equal, one nan like another."""
    return len(one) == len(other) and all(
        a == b or (a != a and b != b) for a, b in zip(one, other, strict=True)
    )


def axis_range(start: float, end: float) -> Range1d:
    """The range of an axis, to be moved with `span`."""
    return Range1d(start=start, end=end)


def hover(made: figure, renderers: Sequence[Any], lines: Mapping[str, str]) -> None:
    """What a figure says under the pointer: names and Bokeh's references to columns."""
    made.add_tools(HoverTool(renderers=list(renderers), tooltips=list(lines.items())))


def headline() -> Div:
    """What a view says above its figures, as text that breaks where the place is narrow."""
    return Div(
        render_as_text=True, disable_math=True, sizing_mode="stretch_width", margin=(2, 5, 2, 5)
    )


def entry(text: str, *renderers: Any) -> LegendItem:
    """One entry of a legend."""
    return LegendItem(label={"value": literal(text)}, renderers=list(renderers))


def legend(made: figure, items: Iterable[LegendItem], columns: int = 4) -> Legend:
    """A legend below a figure, of so many columns where there is room, see `fitting`."""
    shown = Legend(
        items=list(items),
        orientation="horizontal",
        ncols=columns,
        location="left",
        border_line_color=None,
        background_fill_alpha=0.0,
        label_text_font_size="12px",
        label_text_font=_FONT,
        glyph_height=16,
        glyph_width=22,
        label_height=16,
        spacing=10,
        margin=4,
    )
    made.add_layout(shown, "below")
    return shown


def dress(made: figure, theme: Theme) -> None:
    """A figure's text, axes and grid in a theme's colours, on a transparent ground."""
    made.update(background_fill_color=None, border_fill_color=None, outline_line_color=None)
    for shown in made.renderers:
        if isinstance(shown, GlyphRenderer) and isinstance(shown.glyph, Text):
            shown.glyph.text_font = value(_FONT)
    for axis in made.axis:
        axis.update(
            axis_label_text_color=theme.ink,
            axis_label_text_font=_FONT,
            axis_label_text_font_size="12px",
            axis_label_text_font_style="normal",
            major_label_text_color=theme.ink,
            major_label_text_font=_FONT,
            major_label_text_font_size="12px",
            axis_line_color=theme.ink,
            major_tick_line_color=theme.ink,
            minor_tick_line_color=None,
        )
    for grid in made.grid:
        grid.update(grid_line_color=theme.faint, grid_line_alpha=0.3)
    for entries in made.legend:
        entries.label_text_color = theme.ink


def greyed(stale: bool) -> dict[str, str]:
    """Style of what shows an older design, and of what does not.

    Both state the opacity: the browser keeps a style that is only taken away.
    """
    return {"opacity": str(GREY) if stale else "1"}


def note(title: str, why: str, stale: bool) -> str:
    """HTML above a figure (older design) or in its place (why there is none)."""
    said = []
    if stale:
        said.append("<strong>older design</strong>: this is not the result of what is set now")
    if why:
        said.append(f"<strong>{escape(title)}</strong>: {escape(why)}")
    inside = "<br>".join(said)
    return f'<p role="status" style="margin:0;font:13px {escape(_FONT)}">{inside}</p>'


def si_ticks(unit: str) -> CustomJSTickFormatter:
    """Ticks with an SI prefix: 10 µs instead of 1e-5."""
    return CustomJSTickFormatter(args={"unit": unit}, code=SI_SCRIPT + "return SI(tick, unit, 3);")


def si_hover(unit: str) -> CustomJSHover:
    """Numbers under the pointer with an SI prefix."""
    return CustomJSHover(args={"unit": unit}, code=SI_SCRIPT + "return SI(value, unit, 3);")


def literal(text: Any) -> str:
    """Text that the browser shows as it stands, never as a formula."""
    shown = str(text)
    for mark in ("$$", "\\(", "\\)", "\\[", "\\]"):
        shown = shown.replace(mark, mark[0] + "\u200b" + mark[1])
    return shown


def named(item: LegendItem, text: str) -> None:
    """Give a legend's entry a new text."""
    item.label = {"value": literal(text)}


def name_range() -> FactorRange:
    """The range of an axis of names; one that is empty would have no extent to begin with."""
    return FactorRange(factors=[" "])


def span(within: Range1d, start: float, end: float) -> None:
    """Set a range, and where its reset leads."""
    within.update(start=start, end=end, reset_start=start, reset_end=end)


def decades(values: Iterable[float], least: int = 1) -> tuple[float, float]:
    """The powers of ten about positive values: a range that is steady while values move.

    least : decades that the range has at least; it grows downwards.

    >>> decades([2e-5, 3e-4]), decades([2.0, 3.0], least=2)
    ((1e-05, 0.001), (0.1, 10.0))
    """
    exponents = [log10(value) for value in values if value > 0]
    low, high = floor(min(exponents) + 1e-9), ceil(max(exponents) - 1e-9)
    high = max(high, low + 1)
    return 10.0 ** min(low, high - least), 10.0**high


def unique(names: Sequence[Any]) -> list[str]:
    """Names as factors of an axis: text, each once.

    >>> unique(["a", "b", "a"])
    ['a', 'b', 'a (2)']
    """
    seen: dict[str, int] = {}
    found = []
    for name in map(literal, names):
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return found


def dress_widget(widget: Widget, dark: bool) -> None:
    """A widget in a theme's colours; on the dashboard's page, in those of the page."""
    theme = DARK if dark else LIGHT
    widget.styles = {"color": theme.ink}
    widget.stylesheets = [WIDGET.format(ink=theme.ink, paper=theme.paper)]
