"""Figures that use what width their place has: on a desk, side by side, on a phone."""

from __future__ import annotations

from typing import Any

from bokeh.models import CustomJS, Range1d
from bokeh.models.annotations import LegendItem
from bokeh.plotting import figure

from qubudget.app.views.look import span

USUAL_WIDTH = 480.0
"""Of a frame, pixels, until the browser says its own."""

FIT = """
const width = plot.inner_width;
if (!(width > 0)) return;
const quiet = {sync: false};
const arrange = () => {
  const left = Bokeh.index.find_one(plot)?.frame?.bbox.left ?? 0;
  for (const [legend, most] of legends) {
    const needs = legend.items.filter((item) => item.visible)
      .map((item) => 6.8 * item.label.value.length + 44);
    const total = (ncols) => Array.from({length: ncols}, (_, column) =>
      Math.max(0, ...needs.filter((_, i) => i % ncols === column))).reduce((a, b) => a + b);
    let ncols = most;
    while (ncols > 1 && total(ncols) > plot.outer_width - 8) ncols -= 1;
    const styles = {"margin-left": `${-left}px`};
    if (ncols !== legend.ncols || legend.styles["margin-left"] !== styles["margin-left"]) {
      legend.setv({ncols, styles}, quiet);
    }
    Bokeh.index.find_one(plot)?.views.find_one(legend)?.request_paint();
  }
};
if (legends.length && cb_obj !== plot.x_range) requestAnimationFrame(arrange);
const both = [plot, ...plot.tags];
const least = Math.min(...both.map((made) => made.inner_width).filter((size) => size > 0));
for (const made of both) {
  const [low, high, pixels] = made.x_range.tags;
  if (pixels === undefined) continue;
  const log = made.x_scale.type === "LogScale";
  const [start, last] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const end = start + (last - start) / (1 - Math.min(pixels / least, 0.75));
  const to = log ? 10 ** end : end;
  made.x_range.setv({end: to, reset_end: to}, quiet);
}
"""
"""As many columns of the legend as fit, below the whole figure; room for words beside the bars.

Two figures that stand for one another's `tags` have the room that the narrower one needs.
An entry that changed is made anew without its symbol, which a legend paints only when asked to."""


def fit(made: figure) -> None:
    """Let a figure use what width its place has, see `FIT`."""
    legends = [[shown, shown.ncols] for shown in made.legend]
    script = CustomJS(args={"plot": made, "legends": legends}, code=FIT)
    made.js_on_change("inner_width", script)
    # The tags may come as they were, with an end for the usual width: fit that again.
    for what in ("tags", "reset_end"):
        made.x_range.js_on_change(what, script)
    for shown in made.legend:
        for item in shown.items:
            if isinstance(item, LegendItem):
                item.js_on_change("label", script)
                item.js_on_change("visible", script)


def room(within: Range1d, low: float, high: float, pixels: float, log: bool = False) -> None:
    """Set a range that ends so many pixels beyond its data, whatever the figure's width."""
    share = pixels / USUAL_WIDTH
    end = high * (high / low) ** (share / (1 - share)) if log else (
        high + (high - low) * share / (1 - share)
    )  # fmt: skip
    span(within, low, end)
    within.tags = [low, high, pixels]


def beside(one: figure, other: figure) -> None:
    """Let two figures have the same axes also where the room for words differs, see `FIT`."""
    one.tags, other.tags = [other], [one]


def alike(one: Range1d, other: Range1d, log: bool = False) -> None:
    """Let the ranges of two figures both reach as far as the two do together.

    Those that `room` has set keep their room for words; ``log`` : as there.
    """
    if one.tags and other.tags:
        low, high = min(one.tags[0], other.tags[0]), max(one.tags[1], other.tags[1])
        for within in (one, other):
            room(within, low, high, within.tags[2], log)
        return
    ends: list[Any] = [one.start, other.start, one.end, other.end]
    for within in (one, other):
        span(within, min(ends), max(ends))
