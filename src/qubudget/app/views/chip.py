"""The chip: a film of T1 over x, y and time after an impact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from bokeh.layouts import row
from bokeh.models import (
    ColumnDataSource,
    CustomJS,
    CustomJSTickFormatter,
    FixedTicker,
    HoverTool,
    LogColorMapper,
)
from bokeh.models.annotations import ColorBar, Title
from bokeh.models.ui import UIElement
from bokeh.models.widgets import Slider, Toggle
from bokeh.plotting import figure

from qubudget.app.views.film import FIT, MM, PLAY, SEEK, SHOW, Film, round_levels
from qubudget.app.views.look import (
    axis_range,
    columns,
    decades,
    dress_widget,
    entry,
    hover,
    legend,
    named,
    plot,
    si_hover,
    si_ticks,
    span,
)
from qubudget.app.views.view import LATER, View
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLACK, PURPLE, VERMILLION

if TYPE_CHECKING:
    import xarray

MOST_QUBITS = 4000
"""More are not drawn one by one, only the outlines of their patches."""

_ROLES = (("data", "circle", "white"), ("ancilla", "square", "#6b6b6b"))
_NO_MAP: dict[str, list[Any]] = {
    "image": [np.full((1, 1), np.nan, dtype=np.float32)],
    "x": [-1.0], "y": [-1.0], "dw": [2.0], "dh": [2.0],
}  # fmt: skip
"""Before the first film."""


class ChipView(View):
    """Map of T1 with play, a slider of time, and the lowest T1 over time with the same cursor.

    All frames go to the browser once; playing and scrubbing happen there, without the server.
    """

    _dataset: xarray.Dataset | None = None
    _film: Film | None = None
    _new = False

    title = "T1 over the chip after an impact"
    wing = "impact"

    def load(self, dataset: xarray.Dataset | None) -> None:
        """Take a new film: T1 (s) over time, x and y; None where there is none.

        The next `update` shows it, and places the qubits. The same dataset again costs nothing.
        """
        if dataset is not self._dataset:
            self._dataset, self._new = dataset, True

    def _draw(self) -> tuple[figure, ...]:
        self._frames = ColumnDataSource({"t1": np.zeros(0, dtype=np.float32)})
        self._times = columns(("time", "label", "lowest", "shown"))
        self._cursor = columns(("at",))
        self._recovery = columns(("at",))
        self._slider = Slider(
            start=0, end=1, value=0, step=1, title="time after the impact",
            format=CustomJSTickFormatter(
                args={"film": self._times}, code="return film.data.label[Math.round(tick)] ?? '';"
            ),
            sizing_mode="stretch_width",
        )  # fmt: skip
        self._play = Toggle(label="▶ play", width=90, button_type="default")
        made, strip = self._draw_map(), self._draw_strip()
        found = {"slider": self._slider, "film": self._times}
        show = CustomJS(
            args={**found, "frames": self._frames, "map": self._map, "cursor": self._cursor,
                  "title": self.headline},
            code=SHOW,
        )  # fmt: skip
        self._slider.js_on_change("value", show)
        self._play.js_on_change("active", CustomJS(args={"slider": self._slider}, code=PLAY))
        strip.js_on_event("tap", CustomJS(args=found, code=SEEK))
        return made, strip

    def _draw_map(self) -> figure:
        made = plot(
            310, self.title, x_range=axis_range(-1.0, 1.0), y_range=axis_range(-1.0, 1.0),
        )  # fmt: skip
        made.xaxis.axis_label = "x from the chip's centre (mm)"
        made.yaxis.axis_label = "y from the chip's centre (mm)"
        made.grid.visible = False
        self._colours = LogColorMapper(palette="Cividis256", low=1e-8, high=1e-4)
        self._map = ColumnDataSource(dict(_NO_MAP))
        coloured: dict[str, Any] = {"color_mapper": self._colours}
        image = made.image(image="image", x="x", y="y", dw="dw", dh="dh", source=self._map,
                           **coloured)  # fmt: skip
        fit = CustomJS(args={"plot": made, "map": self._map}, code=FIT)
        made.js_on_change("inner_width", fit)
        made.js_on_change("inner_height", fit)
        self._map.js_on_change("data", fit)
        self._levels = FixedTicker(ticks=[1e-8, 1e-4])
        bar = ColorBar(
            color_mapper=self._colours, ticker=self._levels, formatter=si_ticks("s"),
            background_fill_color=None, width=14, major_label_text_font_size="12px", padding=8,
        )  # fmt: skip
        name = Title(text="T1", align="center", text_font_style="normal", text_font_size="12px")
        self._ink(bar, "major_label_text_color", "major_tick_line_color", "bar_line_color")
        made.add_layout(bar, "right")
        made.add_layout(self._ink(name, "text_color"), "right")
        self._outlines = columns(("x", "y", "name"))
        for colour, width in (("white", 4.0), (BLACK, 1.4)):
            made.multi_line(xs="x", ys="y", source=self._outlines, line_color=colour,
                            line_width=width)  # fmt: skip
        self._qubits, entries, dots = {}, [], []
        for role, marker, colour in _ROLES:
            source = columns(("x", "y"))
            drawn = made.scatter(x="x", y="y", source=source, marker=marker, size=6,
                                 fill_color=colour, line_color=BLACK, line_width=0.8)  # fmt: skip
            self._qubits[role] = source
            dots.append(drawn)
            entries.append(entry(f"{role} qubits", drawn))
        self._impact = columns(("x", "y"))
        struck = made.scatter(x="x", y="y", source=self._impact, marker="x", size=16,
                              line_color=VERMILLION, line_width=3)  # fmt: skip
        self._struck = entry("impact", struck)
        self._entries = dict(zip((role for role, _, _ in _ROLES), entries, strict=True))
        made.add_tools(
            HoverTool(
                renderers=[image],
                tooltips=[("T1", "@image{custom}"), ("x", "$x{0.00} mm"), ("y", "$y{0.00} mm")],
                formatters={"@image": si_hover("s")},
            )
        )
        legend(made, [*entries, self._struck])
        return made

    def _draw_strip(self) -> figure:
        self._span, self._lowest = axis_range(1e-8, 0.1), axis_range(1e-8, 1e-4)
        strip = plot(
            100, "lowest T1 over time", x_range=self._span, y_range=self._lowest,
            x_axis_type="log", y_axis_type="log",
        )  # fmt: skip
        strip.xaxis.axis_label = "time after the impact (click to go there)"
        strip.yaxis.axis_label = "lowest T1"
        strip.xaxis.formatter, strip.yaxis.formatter = si_ticks("s"), si_ticks("s")
        line = strip.line(x="time", y="lowest", source=self._times, line_width=2.2,
                          line_color=VERMILLION)  # fmt: skip
        dots = strip.scatter(x="time", y="lowest", source=self._times, size=4,
                             color=VERMILLION)  # fmt: skip
        now = strip.vspan(x="at", source=self._cursor, line_width=2.0)
        self._ink(now.glyph, "line_color")
        back = strip.vspan(x="at", source=self._recovery, line_color=PURPLE, line_width=2.2,
                           line_dash="dotdash")  # fmt: skip
        self._recovered = entry("recovery", back)
        hover(strip, [dots], {"time": "@label", "lowest T1": "@shown"})
        legend(
            strip,
            [
                entry("lowest on the chip", line),
                entry("time on the map", now),
                self._recovered,
            ],
        )
        return strip

    def _content(self) -> tuple[UIElement, ...]:
        made, strip = self.figures
        buttons = row(self._play, self._slider, sizing_mode="stretch_width")
        return made, buttons, strip

    def set_theme(self, dark: bool) -> None:
        super().set_theme(dark)
        for widget in (self._slider, self._play):
            dress_widget(widget, dark)

    def _fill(self, document: Data) -> str:
        if self._new:
            self._take()
        part = section(document, "impact")
        if self._film is None:
            return _why_none(part, self._dataset is not None)
        self._place(section(document, "qec", "placement"))
        event = section(part, "reference_event")
        x, y = number(event, "x_m"), number(event, "y_m")
        known = x is not None and y is not None
        self._impact.data = {"x": [MM * (x or 0.0)] * known, "y": [MM * (y or 0.0)] * known}
        self._struck.visible = known
        named(self._struck, f"impact of {engineering(number(event, 'energy_eV'), 'eV')}")
        recovery = number(part, "recovery_time_s")
        self._recovery.data = {"at": [recovery] if recovery else []}
        self._recovered.visible = bool(recovery)
        named(self._recovered, f"recovery {engineering(recovery, 's')}")
        return ""

    def _take(self) -> None:
        """Send a new film, and show the time shown before; at first, that of the lowest T1."""
        self._new = False
        before = self._cursor_time()
        self._film = film = None if self._dataset is None else Film.of(self._dataset)
        if film is None:
            return
        lowest, labels = film.lowest, film.labels
        frame = int(lowest.argmin()) if before is None else film.nearest(before)
        self._colours.update(low=film.scale[0], high=film.scale[1])
        self._levels.ticks = round_levels(*film.scale)
        self._frames.data = {"t1": film.frames.ravel()}
        self._times.data = {
            "time": film.times,
            "label": labels,
            "lowest": lowest,
            "shown": [engineering(float(level), "s") for level in lowest],
        }
        (left, right), (bottom, top) = film.x, film.y
        self._map.data = {
            "image": [film.frames[frame].copy()],
            "x": [left], "y": [bottom], "dw": [right - left], "dh": [top - bottom],
        }  # fmt: skip
        span(self._span, float(film.times[0]), float(film.times[-1]))
        span(self._lowest, *decades(lowest.tolist(), least=2))
        self._cursor.data = {"at": [float(film.times[frame])]}
        self._slider.update(end=max(len(film.times) - 1, 1), value=frame)
        self._say(f"T1 at {labels[frame]} after the impact")

    def _cursor_time(self) -> float | None:
        """The time on the map before a new film comes."""
        if self._film is None:
            return None
        return float(self._film.times[min(int(self._slider.value), len(self._film.times) - 1)])

    def _place(self, placement: Data) -> None:
        """Qubits and the outlines of their patches."""
        patches = rows(placement, "patches")
        qubits = [q for patch in patches for q in rows(patch, "qubits")]
        drawn = qubits if len(qubits) <= MOST_QUBITS else []
        for role, source in self._qubits.items():
            places = [(x, y) for q in drawn if q.get("role") == role
                      and (x := number(q, "x_m")) is not None
                      and (y := number(q, "y_m")) is not None]  # fmt: skip
            source.data = {"x": [MM * x for x, _ in places], "y": [MM * y for _, y in places]}
            self._entries[role].visible = bool(places)
        closed = [_closed(patch.get("outline")) for patch in patches]
        self._outlines.data = {
            "x": [[MM * x for x, _ in corners] for corners in closed],
            "y": [[MM * y for _, y in corners] for corners in closed],
            "name": [str(patch.get("name")) for patch in patches],
        }

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "impact")
        least, recovery = number(part, "t1_min_s"), number(part, "recovery_time_s")
        if least is None:
            return f"No film of T1: {_why_none(part, bool(part))}."
        event = section(part, "reference_event")
        place = [engineering(number(event, key), "m") for key in ("x_m", "y_m")]
        radius = number(part, "affected_radius_m")
        reach = f", within {engineering(radius, 'm')} of the impact" if radius else ""
        back = f" and recovers after {engineering(recovery, 's')}" if recovery else ""
        return (
            f"An impact of {engineering(number(event, 'energy_eV'), 'eV')} at x = {place[0]}, "
            f"y = {place[1]}: T1 of the worst qubit falls to {engineering(least, 's')}"
            f"{reach}{back}."
        )


def _why_none(part: Data, computed: bool) -> str:
    if not part:
        return LATER["impact"]
    no_t1 = "the qubits have no T1, so there is none to show"
    otherwise = no_t1 if computed else "no film of T1 was computed"
    return reason(part, "t1_min_s").rstrip(".") or otherwise


def _closed(outline: Any) -> list[tuple[float, float]]:
    """Corners of a patch, the first again at the end."""
    corners = [(float(x), float(y)) for x, y in outline or () if x is not None and y is not None]
    return corners + corners[:1]
