"""Temperature of every stage against its limit, with the interval of the materials' spread."""

from __future__ import annotations

from bokeh.models import NumeralTickFormatter
from bokeh.plotting import figure

from qubudget.app.views.fitting import room
from qubudget.app.views.look import (
    axis_range,
    columns,
    entry,
    fill,
    hover,
    legend,
    name_range,
    plot,
    unique,
)
from qubudget.app.views.view import PENDING, View
from qubudget.report.numbers import engineering, interval, percent
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, FAINT, SKY

WORDS = 86.0
"""Pixels beside the line of the limit, and beside what lies beyond it."""
_KEYS = ("stage", "at", "low", "high", "text", "label", "between", "limit", "margin", "words")


class TemperatureView(View):
    """Temperature over the highest allowed, with its 95 % interval; the kelvins stand beside."""

    title = "Stage temperatures against their limits"
    wing = "thermal"

    def _draw(self) -> tuple[figure, ...]:
        self._stages = name_range()
        self._range = axis_range(0.0, 1.3)
        made = plot(190, self.title, x_range=self._range, y_range=self._stages)
        made.xaxis.axis_label = "temperature / highest allowed"
        made.xaxis.formatter = NumeralTickFormatter(format="0 %")
        made.yaxis.axis_label = "stage"
        made.xgrid.bounds = (0.0, 1.0)  # no lines through the words beyond
        made.ygrid.visible = False
        self._source = columns(_KEYS)
        made.segment(
            x0=0.0, x1=1.0, y0="stage", y1="stage", source=self._source, line_color=FAINT,
            line_alpha=0.3,
        )  # fmt: skip
        reach = made.segment(
            x0="low", x1="high", y0="stage", y1="stage", source=self._source, line_width=7,
            line_color=SKY, line_alpha=0.75,
        )  # fmt: skip
        dots = made.scatter(
            x="at", y="stage", source=self._source, size=11, fill_color=BLUE, line_width=0.8
        )
        limit = made.vspan(x=[1.0], line_width=2.2, line_dash=[8, 3])
        words = made.text(
            x="words", y="stage", text="label", source=self._source, x_offset=8,
            text_baseline="middle", text_font_size="12px",
        )  # fmt: skip
        for glyph, name in ((dots, "line_color"), (limit, "line_color"), (words, "text_color")):
            self._ink(glyph.glyph, name)
        hover(
            made,
            [dots],
            {
                "stage": "@stage",
                "temperature": "@text",
                "95 %": "@between",
                "highest allowed": "@limit",
                "margin": "@margin",
            },
        )
        legend(
            made,
            [
                entry("temperature", dots),
                entry("95 % interval", reach),
                entry("highest allowed", limit),
            ],
        )
        return (made,)

    def _fill(self, document: Data) -> str:
        part = section(document, "thermal")
        stages = rows(part, "stages")
        if all(number(stage, "temperature_K") is None for stage in stages):
            return reason(part) or ("no stage has a temperature" if part else PENDING)
        spread = {row.get("name"): row for row in rows(section(part, "intervals"), "stages")}
        data: dict[str, list[object]] = {key: [] for key in _KEYS}
        ends = []
        for stage, factor in zip(stages, unique([s.get("name") for s in stages]), strict=True):
            own = spread.get(stage.get("name"), {})
            at, limit = number(stage, "temperature_K"), number(stage, "max_temperature_K")
            low, high = number(own, "temperature_low_K"), number(own, "temperature_high_K")
            shares = [_share(value, limit) for value in (at, low, high)]
            row = (
                factor, *shares, engineering(at, "K"), _label(at, limit),
                interval(low, high, "K"), engineering(limit, "K"),
                percent(number(stage, "temperature_margin")),
                max([1.0, *(share for share in shares if share == share)]),
            )  # fmt: skip
            for key, value in zip(_KEYS, row, strict=True):
                data[key].append(value)
            ends += [share for share in shares if share == share]
        self._stages.factors = [str(factor) for factor in reversed(data["stage"])]
        room(self._range, 0.0, max([1.0, *ends]), WORDS)
        fill(self._source, data)
        made = self.figures[0]
        made.frame_height = 36 * len(stages)
        self._say(_headline(part))
        return ""

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "thermal")
        said = [
            f"{stage.get('name')} {engineering(number(stage, 'temperature_K'), 'K')} "
            f"(limit {engineering(number(stage, 'max_temperature_K'), 'K')})"
            for stage in rows(part, "stages")
        ]
        if not said:
            return reason(part) or "Temperatures: not computed yet."
        return f"{_headline(part)}. Stages: {', '.join(said)}."


def _share(value: float | None, limit: float | None) -> float:
    return value / limit if value is not None and limit else float("nan")


def _label(at: float | None, limit: float | None) -> str:
    if at is None:
        return "✗ no stable temperature"
    text = engineering(at, "K")
    return f"✗ {text}" if limit is not None and at > limit else text


def _headline(part: Data) -> str:
    """What is too warm, without a temperature, or nearest to its limit."""
    stages = rows(part, "stages")
    lost = [str(s.get("name")) for s in stages if number(s, "temperature_K") is None]
    if lost:
        return f"No stable temperature: {', '.join(lost)}"
    margins = [(m, str(s.get("name"))) for s in stages
               if (m := number(s, "temperature_margin")) is not None]  # fmt: skip
    if not margins:
        return "No stage has a limit"
    warm = [name for margin, name in margins if margin < 0]
    if warm:
        return f"Too warm: {', '.join(warm)}"
    least, name = min(margins)
    return f"Nearest to its limit: {name}, {percent(least)} below"
