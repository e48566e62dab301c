"""After an impact: T1 above, quasiparticles below, against time."""

from __future__ import annotations

from bokeh.models import ColumnDataSource, Range1d
from bokeh.models.annotations import LegendItem
from bokeh.plotting import figure

from qubudget.app.views.look import (
    axis_range,
    columns,
    decades,
    entry,
    fill,
    hover,
    legend,
    literal,
    named,
    plot,
    si_ticks,
    span,
)
from qubudget.app.views.view import LATER, View
from qubudget.report.numbers import duration, engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, GREEN, ORANGE, PURPLE, VERMILLION

_CURVE = ("time", "value", "when", "shown", "name")
LEAST_FRACTION = 1e-14
"""Quasiparticle fractions below this are not shown: they move no T1."""

_T1 = (("t1_mean_s", "T1, mean over qubits", BLUE, "solid", "circle"),
       ("t1_min_s", "T1, worst qubit", VERMILLION, "dashed", "triangle"))  # fmt: skip
_X = (("x_qp_mean", "mean over the chip", GREEN, "solid", "circle"),
      ("x_qp_max", "highest", ORANGE, "dashed", "triangle"))  # fmt: skip


class TimelineView(View):
    """Two figures over one logarithmic axis of time, with the time of recovery."""

    title = "After an impact"
    wing = "impact"

    def _draw(self) -> tuple[figure, ...]:
        self._time = axis_range(1e-8, 1.0)
        self._sources: dict[str, ColumnDataSource] = {}
        self._entries: dict[str, LegendItem] = {}
        self._recovered: list[LegendItem] = []
        self._recovery = columns(("at",))
        self._published = columns(_CURVE)
        self._t1_range, self._x_range = axis_range(1e-8, 1e-4), axis_range(1e-10, 1e-4)
        t1 = self._panel("T1", self._t1_range, _T1, 210)
        t1.yaxis.formatter = si_ticks("s")
        x = self._panel("quasiparticle fraction (share)", self._x_range, _X, 170)
        return t1, x

    def _panel(
        self,
        label: str,
        within: Range1d,
        curves: tuple[tuple[str, str, str, str, str], ...],
        height: int,
    ) -> figure:
        made = plot(
            height, label, x_range=self._time, y_range=within, x_axis_type="log", y_axis_type="log"
        )
        made.xaxis.axis_label = "time after the impact"
        made.yaxis.axis_label = label
        made.xaxis.formatter = si_ticks("s")
        entries, dots = [], []
        for key, word, colour, dash, marker in curves:
            source = columns(_CURVE)
            line = made.line(x="time", y="value", source=source, line_color=colour,
                             line_dash=dash, line_width=2.2)  # fmt: skip
            points = made.scatter(x="time", y="value", source=source, marker=marker, size=5,
                                  fill_color=colour, line_color=colour)  # fmt: skip
            self._sources[key] = source
            dots.append(points)
            self._entries[key] = entry(word, line, points)
            entries.append(self._entries[key])
        mark = made.vspan(x="at", source=self._recovery, line_color=PURPLE, line_dash="dotdash",
                          line_width=2.2)  # fmt: skip
        recovered = entry("recovery", mark)
        entries.append(recovered)
        self._recovered.append(recovered)
        if label == "T1":
            theirs = made.scatter(x="time", y="value", source=self._published, marker="diamond",
                                  size=11, fill_color=None, line_width=1.6)  # fmt: skip
            self._ink(theirs.glyph, "line_color")
            self._stages = entry("published stages", theirs)
            entries.append(self._stages)
            dots.append(theirs)
        hover(made, dots, {"": "@name", "time": "@when", label.partition(" (")[0]: "@shown"})
        legend(made, entries)
        return made

    def _fill(self, document: Data) -> str:
        part = section(document, "impact")
        points = [p for p in rows(part, "timeline") if (number(p, "time_s") or 0.0) > 0]
        if not points:
            return reason(part, "timeline") or ("no timeline" if part else LATER["impact"])
        span(self._time, *decades([float(p["time_s"]) for p in points]))
        t1 = self._curves(_T1, "s", points)
        fractions = self._curves(_X, "", points)
        stages = [s for s in rows(section(part, "published"), "stages")
                  if (number(s, "time_s") or 0) > 0 and (number(s, "t1_s") or 0) > 0]  # fmt: skip
        fill(
            self._published,
            {
                "time": [s["time_s"] for s in stages],
                "value": [s["t1_s"] for s in stages],
                "when": [engineering(s["time_s"], "s") for s in stages],
                "shown": [engineering(s["t1_s"], "s") for s in stages],
                "name": [literal(f"published: {s.get('name')}") for s in stages],
            },
        )
        self._stages.visible = bool(stages)
        recovery = number(part, "recovery_time_s")
        fill(self._recovery, {"at": [recovery] if recovery else []})
        for shown in self._recovered:
            named(shown, f"recovery {engineering(recovery, 's')}")
            shown.visible = bool(recovery)
        if t1:
            span(self._t1_range, *decades(t1 + [s["t1_s"] for s in stages]))
        if fractions:
            span(self._x_range, *decades(fractions))
        self._say(_headline(part))
        return ""

    def _curves(
        self, curves: tuple[tuple[str, str, str, str, str], ...], unit: str, points: list[Data]
    ) -> list[float]:
        """Fill the curves; returns the levels that they show."""
        least = 0.0 if unit else LEAST_FRACTION
        levels = []
        for key, word, *_ in curves:
            kept = [(p["time_s"], v) for p in points if (v := number(p, key) or 0.0) > least]
            fill(
                self._sources[key],
                {
                    "time": [time for time, _ in kept],
                    "value": [value for _, value in kept],
                    "when": [engineering(time, "s") for time, _ in kept],
                    "shown": [engineering(value, unit) for _, value in kept],
                    "name": [word] * len(kept),
                },
            )
            self._entries[key].visible = bool(kept)
            levels += [value for _, value in kept]
        return levels

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "impact")
        if not rows(part, "timeline"):
            return reason(part, "timeline") or "Impact: not computed yet."
        event = number(section(part, "reference_event"), "energy_eV")
        rate = number(section(part, "rate_per_s"), "total")
        most = [v for p in rows(part, "timeline") if (v := number(p, "x_qp_max")) is not None]
        said = [f"Reference event: {engineering(event, 'eV')}. {_headline(part)}."]
        if most:
            said.append(f"Highest quasiparticle fraction {engineering(max(most))}.")
        if rate:
            said.append(f"Impacts come every {duration(1 / rate)}.")
        return " ".join(said)


def _headline(part: Data) -> str:
    """The lowest T1 and the time of recovery."""
    least, recovery = number(part, "t1_min_s"), number(part, "recovery_time_s")
    if least is None:
        return "The qubits have no T1 to lose"
    text = f"T1 falls to {engineering(least, 's')}"
    return text + (f", recovers after {engineering(recovery, 's')}" if recovery else "")
