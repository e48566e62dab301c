"""Heat of every stage against its rated cooling power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bokeh.layouts import column
from bokeh.models import CustomJS, NumeralTickFormatter, Range1d
from bokeh.models.ui import UIElement
from bokeh.models.widgets import RadioButtonGroup
from bokeh.plotting import figure
from bokeh.transform import dodge

from qubudget.app.views.fitting import alike, room
from qubudget.app.views.look import (
    HATCHES,
    axis_range,
    columns,
    decades,
    dress_widget,
    entry,
    fill,
    hover,
    legend,
    literal,
    name_range,
    named,
    plot,
    si_ticks,
    span,
    unique,
)
from qubudget.app.views.view import PENDING, View
from qubudget.report.numbers import engineering, percent
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, PALETTE

_BAR = ("stage", "left", "right", "item", "heat", "part")
WORDS = 120.0
"""Pixels beside the longest bar."""
LAYERS = len(PALETTE)
"""Of a bar: so many items less one have their own, all others share the last."""


@dataclass(frozen=True)
class _Stage:
    """A stage with its load and rated power, W."""

    name: str
    factor: str
    load: float | None
    capacity: float | None

    @property
    def share(self) -> float | None:
        """Load over rated power."""
        known = self.load is not None and self.capacity is not None and self.capacity > 0
        return self.load / self.capacity if known else None  # type: ignore[operator]


class HeatView(View):
    """Load of every stage as a share of its rated power, stacked by item; or in watts (log)."""

    title = "Heat per stage against rated cooling power"
    wing = "thermal"

    def _draw(self) -> tuple[figure, ...]:
        self._stages = name_range()
        self._items: list[str | None] = [None] * (LAYERS - 1)
        self._shares, self._share_range = self._draw_shares()
        self._watts, self._watt_range = self._draw_watts()
        return self._shares, self._watts

    def _draw_shares(self) -> tuple[figure, Range1d]:
        within = axis_range(0.0, 1.3)
        made = plot(190, self.title, x_range=within, y_range=self._stages)
        made.xaxis.axis_label = "load / rated cooling power"
        made.xaxis.formatter = NumeralTickFormatter(format="0 %")
        made.yaxis.axis_label = "stage"
        made.ygrid.visible = False
        made.xgrid.bounds = (0.0, 1.0)  # no lines through the words beyond
        self._layers, self._entries, bars_of_all = [], [], []
        for colour, hatch in zip(PALETTE, HATCHES, strict=True):
            source = columns(_BAR)
            bars = made.hbar(
                y="stage", left="left", right="right", height=0.62, source=source,
                fill_color=colour, hatch_pattern=hatch, hatch_alpha=0.5, hatch_weight=0.8,
                line_width=0.6,
            )  # fmt: skip
            self._ink(bars.glyph, "line_color", "hatch_color")
            bars_of_all.append(bars)
            self._layers.append(source)
            self._entries.append(entry("", bars))
        limit = made.vspan(x=[1.0], line_width=2.2, line_dash=[8, 3])
        self._ink(limit.glyph, "line_color")
        self._tops = columns(("stage", "end", "text"))
        words = made.text(
            x="end", y="stage", text="text", source=self._tops, text_baseline="middle",
            x_offset=6, text_font_size="12px",
        )  # fmt: skip
        self._ink(words.glyph, "text_color")
        hover(
            made,
            bars_of_all,
            {"stage": "@stage", "item": "@item", "heat": "@heat", "of the rated power": "@part"},
        )
        rated = entry("rated cooling power", limit)
        legend(made, [*self._entries, rated])
        return made, within

    def _draw_watts(self) -> tuple[figure, Range1d]:
        within = axis_range(1e-6, 1e2)
        made = plot(
            190, self.title, x_range=within, y_range=self._stages, x_axis_type="log", visible=False
        )
        made.xaxis.axis_label = "heat"
        made.xaxis.formatter = si_ticks("W")
        made.yaxis.axis_label = "stage"
        made.ygrid.visible = False
        self._loads = columns(("stage", "floor", "load", "capacity", "text", "of", "share"))
        bars = made.hbar(
            y="stage", left="floor", right="load", height=0.62, source=self._loads,
            fill_color=BLUE, hatch_pattern="/", hatch_alpha=0.3, line_width=0.6,
        )  # fmt: skip
        self._ink(bars.glyph, "line_color", "hatch_color")
        rated = made.segment(
            y0=dodge("stage", -0.42, range=self._stages), x0="capacity",
            y1=dodge("stage", 0.42, range=self._stages), x1="capacity",
            source=self._loads, line_width=2.6, line_dash=[5, 2],
        )  # fmt: skip
        self._ink(rated.glyph, "line_color")
        hover(
            made,
            [bars],
            {"stage": "@stage", "heat": "@text", "rated power": "@of", "share": "@share"},
        )
        legend(
            made,
            [
                entry("load", bars),
                entry("rated cooling power", rated),
            ],
        )
        return made, within

    def _content(self) -> tuple[UIElement, ...]:
        self._chosen = RadioButtonGroup(labels=["share of the rated power", "watts"], active=0)
        self._chosen.js_on_change(
            "active",
            CustomJS(
                args={"shares": self._shares, "watts": self._watts},
                code="shares.visible = cb_obj.active == 0; watts.visible = cb_obj.active == 1;",
            ),
        )
        return (column(self._chosen, *self.figures, sizing_mode="stretch_width"),)

    def set_theme(self, dark: bool) -> None:
        super().set_theme(dark)
        dress_widget(self._chosen, dark)

    def _fill(self, document: Data) -> str:
        part = section(document, "thermal")
        stages = _stages(part)
        if not any(stage.load for stage in stages):
            return reason(part, "loads") or ("no heat loads" if part else PENDING)
        self._stages.factors = [stage.factor for stage in reversed(stages)]
        self._fill_shares(stages, rows(part, "loads"))
        self._fill_watts(stages)
        for made in self.figures:
            made.frame_height = 36 * len(stages)
        self._say(_headline(stages))
        return ""

    def _fill_shares(self, stages: list[_Stage], loads: list[Data]) -> None:
        watts = _watts(stages, loads)
        self._items = _keep(self._items, _largest(watts))
        others = [item for item in watts if item not in self._items]
        start = [0.0] * len(stages)
        groups = [[item] if item in watts else [] for item in self._items] + [others]
        for source, shown, items in zip(self._layers, self._entries, groups, strict=True):
            name = items[0] if len(items) == 1 else f"{len(items)} others"
            data: dict[str, list[Any]] = {key: [] for key in _BAR}
            for place, stage in enumerate(stages):
                heat = sum(watts[item][place] for item in items)
                if stage.share is None or not heat:
                    continue
                share = heat / stage.capacity  # type: ignore[operator]
                data["stage"].append(stage.factor)
                data["left"].append(start[place])
                data["right"].append(start[place] + share)
                data["item"].append(literal(name))
                data["heat"].append(engineering(heat, "W"))
                data["part"].append(percent(share))
                start[place] += share
            fill(source, data)
            named(shown, name)
            shown.visible = bool(items)
        shares = [stage.share or 0.0 for stage in stages]
        room(self._share_range, 0.0, max(1.0, *shares), WORDS)
        fill(
            self._tops,
            {
                "stage": [stage.factor for stage in stages],
                "end": [max(1.0, share) for share in shares],  # not across the line
                "text": [_top(stage) for stage in stages],
            },
        )

    def _fill_watts(self, stages: list[_Stage]) -> None:
        levels = [v for s in stages for v in (s.load, s.capacity) if v is not None and v > 0]
        low, high = decades(levels)
        span(self._watt_range, low / 10, high * 1.5)
        nan = float("nan")
        fill(
            self._loads,
            {
                "stage": [s.factor for s in stages],
                "floor": [low / 10] * len(stages),
                "load": [s.load or nan for s in stages],
                "capacity": [s.capacity or nan for s in stages],
                "text": [engineering(s.load, "W") for s in stages],
                "of": [engineering(s.capacity, "W") for s in stages],
                "share": [percent(s.share) for s in stages],
            },
        )

    def share(self, other: HeatView) -> None:
        """The same axes of shares and of watts for both; where they reach down, bars do."""
        alike(self._share_range, other._share_range)
        alike(self._watt_range, other._watt_range)
        for view in (self, other):
            data: dict[str, Any] = dict(view._loads.data)
            data["floor"] = [view._watt_range.start] * len(data["floor"])
            fill(view._loads, data)

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "thermal")
        stages = _stages(part)
        if not any(stage.load for stage in stages):
            return reason(part, "loads") or ("No heat loads." if part else f"Heat: {PENDING}.")
        said = [f"{s.name} {percent(s.share)} ({engineering(s.load, 'W')})" for s in stages]
        return f"{_headline(stages)}. Load of each stage: {', '.join(said)}."


def _stages(part: Data) -> list[_Stage]:
    found = rows(part, "stages")
    factors = unique([stage.get("name") for stage in found])
    return [
        _Stage(str(row.get("name")), factor, number(row, "load_W"), number(row, "capacity_W"))
        for row, factor in zip(found, factors, strict=True)
    ]


def _headline(stages: list[_Stage]) -> str:
    """The stage that is fullest, and those above their rated power."""
    over = [stage.name for stage in stages if (stage.share or 0.0) >= 1]
    fullest = max(stages, key=lambda stage: stage.share or 0.0)
    text = f"Fullest: {fullest.name}, {percent(fullest.share)} of its rated cooling power"
    return text + (f"; too much heat: {', '.join(over)}" if over else "")


def _top(stage: _Stage) -> str:
    if stage.share is None:
        return f"{engineering(stage.load, 'W')}  no rated power"
    mark = "✗ " if stage.share >= 1 else ""
    return f"{mark}{percent(stage.share)}  ({engineering(stage.load, 'W')})"


def _watts(stages: list[_Stage], loads: list[Data]) -> dict[str, list[float]]:
    """Watts of every item at every stage."""
    places = {stage.name: place for place, stage in enumerate(stages)}
    table: dict[str, list[float]] = {}
    for load in loads:
        place = places.get(str(load.get("stage")))
        if place is not None:
            row = table.setdefault(str(load.get("item")), [0.0] * len(stages))
            row[place] += number(load, "watts") or 0.0
    return table


def _largest(watts: dict[str, list[float]]) -> list[str]:
    """The items with the largest share of any stage; all where they fit."""
    sums = [sum(column) or 1.0 for column in zip(*watts.values(), strict=True)]
    share = {
        item: max((w / s for w, s in zip(row, sums, strict=True)), default=0.0)
        for item, row in watts.items()
    }
    return sorted(watts, key=lambda item: (-share[item], item))[: LAYERS - 1]


def _keep(before: list[str | None], wanted: list[str]) -> list[str | None]:
    """The wanted items, each in its layer of before where it had one: colours keep their meaning.

    >>> _keep(["a", "b", None], ["c", "b"])
    ['c', 'b', None]
    """
    kept: list[str | None] = [item if item in wanted else None for item in before]
    for item in wanted:
        if item not in kept:
            kept[kept.index(None)] = item
    return kept
