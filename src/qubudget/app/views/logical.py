"""Logical error against code distance: simulated, fit, this design without and with bursts."""

from __future__ import annotations

from typing import Any

from bokeh.models import ColumnDataSource, FixedTicker, NumeralTickFormatter
from bokeh.models.annotations import LegendItem
from bokeh.plotting import figure

from qubudget.app.views.fitting import alike
from qubudget.app.views.look import (
    axis_range,
    columns,
    decades,
    entry,
    fill,
    hover,
    legend,
    named,
    plot,
    span,
)
from qubudget.app.views.view import LATER, View
from qubudget.constants import DAY
from qubudget.report.logical_figure import target_per_day
from qubudget.report.numbers import engineering, interval, percent
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION

_POINTS = ("d", "error", "low", "high", "value", "between", "what")
_BASES = (("X", "square", SKY, -0.12), ("Z", "circle", BLUE, 0.12))
MOST_TICKS = 16


class LogicalView(View):
    """Errors per cycle (log) with 95 % intervals; what lies beyond the simulations is dashed."""

    title = "Logical error against code distance"
    wing = "qec"

    def _draw(self) -> tuple[figure, ...]:
        self._range, self._levels = axis_range(2, 8), axis_range(1e-6, 1.0)
        self._ends = 3, 7
        made = plot(
            300, self.title, x_range=self._range, y_range=self._levels, y_axis_type="log"
        )  # fmt: skip
        made.xaxis.axis_label = "code distance d"
        made.yaxis.axis_label = "logical error per cycle (probability)"
        self._ticks = FixedTicker(ticks=[])
        made.xaxis.ticker = self._ticks
        made.xgrid.visible = False
        made.xaxis.formatter = NumeralTickFormatter(format="0")
        self._sources: dict[str, ColumnDataSource] = {}
        self._entries: dict[str, LegendItem] = {}
        self._draw_fit(made)
        for basis, marker, colour, _ in _BASES:
            self._dots(made, basis, f"simulated, {basis}", marker, 9, colour)
        self._dots(made, "design", "this design, quiet", "star", 20, VERMILLION)
        hollow = self._dots(made, "bursts", "with bursts", "triangle", 24, PURPLE, "at least 95 %")
        hollow.update(fill_alpha=0.0, line_width=2.0)
        for key, colour, dash in (("floor", PURPLE, "dotted"), ("target", GREEN, "dotdash")):
            source = columns(("at",))
            line = made.hspan(y="at", source=source, line_color=colour, line_dash=dash,
                              line_width=2.2)  # fmt: skip
            self._sources[key] = source
            self._entries[key] = entry(key, line)
        legend(made, self._entries.values(), columns=2)
        return (made,)

    def _draw_fit(self, made: figure) -> None:
        for key, dash, word in (("within", "solid", "fit"),
                                ("beyond", "dashed", "beyond what was simulated")):  # fmt: skip
            source = columns(("d", "error", "low", "high"))
            band = made.varea(
                x="d", y1="low", y2="high", source=source, fill_color=ORANGE, fill_alpha=0.22,
                hatch_pattern="/" if key == "beyond" else None, hatch_color=ORANGE,
                hatch_alpha=0.5, hatch_weight=0.6,
            )  # fmt: skip
            line = made.line(x="d", y="error", source=source, line_color=ORANGE, line_dash=dash,
                             line_width=2.2)  # fmt: skip
            self._sources[key] = source
            self._entries[key] = entry(word, band, line)

    def _dots(
        self,
        made: figure,
        key: str,
        word: str,
        marker: str,
        size: int,
        colour: str,
        covers: str = "95 %",
    ) -> Any:
        """Points with intervals; returns the glyph of the points."""
        source = columns(_POINTS)
        reach = made.segment(x0="d", x1="d", y0="low", y1="high", source=source, line_width=2.0)
        dots = made.scatter(x="d", y="error", source=source, marker=marker, size=size,
                            fill_color=colour, line_width=0.8)  # fmt: skip
        self._ink(reach.glyph, "line_color")
        self._ink(dots.glyph, "line_color")
        hover(made, [dots], {"": "@what", "logical error per cycle": "@value", covers: "@between"})
        self._sources[key] = source
        self._entries[key] = entry(word, dots)
        return dots.glyph

    def _fill(self, document: Data) -> str:
        part = section(document, "qec")
        background = section(part, "background")
        own, distance = number(background, "logical_error_per_cycle"), number(part, "distance")
        if not own or not distance:
            why = reason(background, "logical_error_per_cycle") or reason(part, "background")
            return (
                why
                or str(background.get("note") or "")
                or ("no logical error rate" if part else LATER["qec"])
            )
        runs = [run for run in rows(background, "simulated")
                if number(run, "logical_error_per_cycle") and number(run, "distance")]  # fmt: skip
        for basis, _, _, shift in _BASES:
            chosen = [run for run in runs if run.get("basis") == basis]
            self._points(basis, chosen, shift)
            noise = {number(run, "amplification") or 1.0 for run in chosen} - {1.0}
            more = f", noise × {engineering(max(noise))}" if noise else ""
            named(self._entries[basis], f"simulated, {basis}{more}")
        self._points("design", [{**background, "distance": distance}])
        total = _with_bursts(part)
        self._points("bursts", [{**total, "distance": distance}] if total else [])
        self._fit(background, [float(run["distance"]) for run in runs])
        floor, target = _burst_floor(part), _target(document)
        self._line("floor", floor, f"bursts alone, d = {distance:g}")
        self._line("target", target, f"target {engineering(target)}")
        self._scale([floor or own, target or own])
        self._say(_headline(part))
        return ""

    def _points(self, key: str, runs: list[Data], shift: float = 0.0) -> None:
        data: dict[str, list[Any]] = {name: [] for name in _POINTS}
        nan = float("nan")
        for run in runs:
            low, high = number(run, "low"), number(run, "high")
            error = number(run, "logical_error_per_cycle")
            what = [f"d = {run['distance']:g}"]
            if number(run, "shots"):
                what.append(f"{run.get('errors')} errors in {run['shots']} shots")
            row = (
                float(run["distance"]) + shift, error, low or nan, high or nan,
                engineering(error), interval(low, high), "; ".join(what),
            )  # fmt: skip
            for name, value in zip(_POINTS, row, strict=True):
                data[name].append(value)
        fill(self._sources[key], data)
        self._entries[key].visible = bool(runs)

    def _fit(self, background: Data, simulated: list[float]) -> None:
        """Neighbours belong to both stretches, so that these join."""
        fit = section(background, "fit")
        columns = [list(fit.get(key) or ()) for key in ("distances", "error", "low", "high")]
        curve = [row for row in zip(*columns, strict=False)
                 if all(isinstance(v, int | float) and v > 0 for v in row)]  # fmt: skip
        inside = [bool(simulated) and min(simulated) <= row[0] <= max(simulated) for row in curve]
        beyond = [not all(inside[max(i - 1, 0) : i + 2]) for i in range(len(inside))]
        for key, chosen in (("within", inside), ("beyond", beyond)):
            kept = [row for row, wanted in zip(curve, chosen, strict=True) if wanted]
            fill(
                self._sources[key],
                {
                    name: [float(row[i]) for row in kept]
                    for i, name in enumerate(("d", "error", "low", "high"))
                },
            )
            self._entries[key].visible = bool(kept)
        named(self._entries["within"], f"fit, Λ = {_suppression(background)}")

    def _line(self, key: str, level: float | None, text: str) -> None:
        fill(self._sources[key], {"at": [level] if level else []})
        self._entries[key].visible = bool(level)
        named(self._entries[key], text)

    def _scale(self, more: list[float]) -> None:
        """Ranges about everything that is shown."""
        keys = ("X", "Z", "design", "bursts", "within", "beyond")
        shown = [self._sources[key].data for key in keys]
        levels = [v for data in shown for key in ("error", "low", "high") for v in data[key]]
        span(self._levels, *decades([v for v in (*levels, *more) if v > 0]))
        places = [round(d) for data in shown for d in data["d"]]
        self._reach(min(places), max(places))

    def share(self, other: LogicalView) -> None:
        """The same axes of distance and of error for both."""
        low, high = min(self._ends[0], other._ends[0]), max(self._ends[1], other._ends[1])
        self._reach(low, high)
        other._reach(low, high)
        alike(self._levels, other._levels)

    def _reach(self, low: int, high: int) -> None:
        """The axis of distances, with ticks where codes are."""
        self._ends = low, high
        span(self._range, low - 0.8, high + 0.8)
        step = 2 * max(1, -(-(high - low) // (2 * MOST_TICKS)))
        self._ticks.ticks = list(range(low, high + 1, step))

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "qec")
        background = section(part, "background")
        own = number(background, "logical_error_per_cycle")
        if not own:
            why = reason(background, "logical_error_per_cycle") or reason(part)
            return why or str(background.get("note") or "") or "Logical errors: not computed yet."
        ends = interval(number(background, "low"), number(background, "high"))
        target = _target(document)
        aim = f" The target is {engineering(target)} per cycle." if target else ""
        note = str(background.get("note") or "")
        return (
            f"{_headline(part)}. Quiet logical error per cycle {engineering(own)} ({ends}), "
            f"divided by Λ = {_suppression(background)} for each two steps of distance.{aim}"
            + (f" Note: {note}." if note else "")
        )


def _bases(part: Data) -> int:
    """Errors in either basis of the surface code count; the repetition code protects one alone."""
    return 2 if part.get("family") == "surface" else 1


def _per_cycle(part: Data, per_day: float | None) -> float | None:
    """Errors of one logical qubit per day as errors per cycle of one basis, as the figure shows."""
    cycle = number(part, "cycle_time_s")
    return per_day * cycle / DAY / _bases(part) if per_day and cycle else None


def _target(document: Data) -> float | None:
    return _per_cycle(section(document, "qec"), target_per_day(document))


def _burst_floor(part: Data) -> float | None:
    """What bursts alone add at the design's distance: no larger distance removes it by itself."""
    return _per_cycle(part, number(section(part, "mitigation"), "burst_failures_per_day"))


def _with_bursts(part: Data) -> Data:
    """All errors of a day as one point with its interval; empty where bursts add nothing known."""
    total = _per_cycle(part, number(part, "logical_errors_per_day"))
    if not total or not _burst_floor(part):
        return {}
    low, high = (_per_cycle(part, number(part, key)) for key in ("low", "high"))
    return {"logical_error_per_cycle": total, "low": low, "high": high}


def _suppression(background: Data) -> str:
    """Lambda with its interval."""
    text = engineering(number(background, "lambda"))
    low, high = number(background, "lambda_low"), number(background, "lambda_high")
    return text if low is None and high is None else f"{text} ({interval(low, high)})"


def _headline(part: Data) -> str:
    """Errors per day, and the part that bursts have in them."""
    day = number(part, "logical_errors_per_day")
    bursts = number(section(part, "mitigation"), "burst_failures_per_day")
    text = f"d = {number(part, 'distance'):g}: {engineering(day)} logical errors per day"
    if day and bursts is not None:
        share = bursts / day
        part_of_all = "< 0.01 %" if 0 < share < 1e-4 else percent(share)
        text += f"; bursts cause {engineering(bursts)} of them, {part_of_all}"
    return text
