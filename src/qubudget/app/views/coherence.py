"""What limits coherence: the rate of every channel, beside 1/T1 and 1/T2."""

from __future__ import annotations

from typing import Any

from bokeh.plotting import figure

from qubudget.app.views.fitting import alike, room
from qubudget.app.views.look import (
    axis_range,
    columns,
    decades,
    entry,
    fill,
    hover,
    legend,
    name_range,
    named,
    plot,
    unique,
)
from qubudget.app.views.view import PENDING, View
from qubudget.report.numbers import engineering, interval, percent
from qubudget.report.reading import Data, modelled, number, reason, rows, section
from qubudget.report.style import BLUE, GREEN, ORANGE, PURPLE

WORDS = 122.0
"""Pixels beside the bars."""
DECADES = 6
"""Below the fastest; slower channels are named, without a bar."""

_KEYS = ("channel", "floor", "rate", "text", "at", "rates", "alone", "share")
_KINDS = (("relaxation", BLUE, " "), ("dephasing", ORANGE, "/"))
_TIMES = (("T1", "t1", PURPLE, "solid"), ("T2", "t2", GREEN, "dashed"))


class CoherenceView(View):
    """Bars of rates (log), relaxation above dephasing; the channels keep their places."""

    title = "What limits coherence"
    wing = "coherence"

    def _draw(self) -> tuple[figure, ...]:
        self._channels = name_range()
        self._order: list[str] = []
        self._range = axis_range(1.0, 1e6)
        made = plot(
            280, self.title, x_range=self._range, y_range=self._channels, x_axis_type="log"
        )  # fmt: skip
        made.xaxis.axis_label = "rate (1/s)"
        made.yaxis.axis_label = "channel"
        made.ygrid.visible = False
        entries, self._bands, self._lines, self._times = [], {}, {}, {}
        for _, key, colour, _ in _TIMES:
            band = columns(("low", "high"))
            made.vstrip(x0="low", x1="high", source=band, fill_color=colour, fill_alpha=0.18,
                        line_color=None, hatch_pattern=None)  # fmt: skip
            self._bands[key] = band
        self._bars = {}
        for kind, colour, hatch in _KINDS:
            source = columns(_KEYS)
            bars = made.hbar(
                y="channel", left="floor", right="rate", height=0.68, source=source,
                fill_color=colour, hatch_pattern=hatch, hatch_alpha=0.5, hatch_weight=0.8,
                line_width=0.6,
            )  # fmt: skip
            self._ink(bars.glyph, "line_color", "hatch_color")
            words = made.text(
                x="at", y="channel", text="text", source=source, x_offset=8,
                text_baseline="middle", text_font_size="11px",
            )  # fmt: skip
            self._ink(words.glyph, "text_color")
            hover(
                made,
                [bars],
                {"channel": "@channel", "rate": "@rates", "alone": "@alone", "share": "@share"},
            )
            self._bars[kind] = source
            entries.append(entry(kind, bars))
        for word, key, colour, dash in _TIMES:
            line = columns(("at",))
            drawn = made.vspan(x="at", source=line, line_color=colour, line_dash=dash,
                               line_width=2.4)  # fmt: skip
            self._lines[key] = line
            self._times[key] = entry(word, drawn)
        legend(made, [*entries, *self._times.values()], columns=2)
        return (made,)

    def _fill(self, document: Data) -> str:
        part = section(document, "coherence")
        channels = rows(part, "channels")
        rates = [number(c, "rate_per_s") or 0.0 for c in channels]
        if not any(rate > 0 for rate in rates):
            return reason(part, "channels") or ("no decoherence channels" if part else PENDING)
        names = unique([c.get("name") for c in channels])
        self._arrange(names, channels, rates)
        ends = [1 / t for _, key, _, _ in _TIMES for end in ("_s", "_low_s", "_high_s")
                if (t := number(part, key + end)) is not None and t > 0]  # fmt: skip
        highest = max([*rates, *ends])
        low, high = decades([max(r, highest / 10**DECADES) for r in [*rates, *ends] if r > 0])
        room(self._range, low, high, WORDS, log=True)
        for kind, _, _ in _KINDS:
            data: dict[str, list[object]] = {key: [] for key in _KEYS}
            for name, channel, rate in zip(names, channels, rates, strict=True):
                if channel.get("kind") != kind:
                    continue
                share = number(channel, "share")
                of = f"{percent(share)} of {'1/T1' if kind == 'relaxation' else 'dephasing'}"
                alone = engineering(1 / rate, "s") if rate > 0 else "never"
                row = (
                    name, low, max(rate, low), _label(rate, low, share), high,
                    engineering(rate, "1/s"), alone, of,
                )  # fmt: skip
                for key, value in zip(_KEYS, row, strict=True):
                    data[key].append(value)
            fill(self._bars[kind], data)
        for word, key, _, _ in _TIMES:
            self._mark(word, key, part)
        made = self.figures[0]
        made.frame_height = 24 * len(channels)
        self._say(_headline(part))
        return ""

    def share(self, other: CoherenceView) -> None:
        """The same axis of rates for both; bars begin where it does, words end with it."""
        alike(self._range, other._range, log=True)
        for view in (self, other):
            low, high, _ = view._range.tags
            for source in view._bars.values():
                data: dict[str, Any] = dict(source.data)
                ends = zip(data["floor"], data["rate"], strict=True)
                data["rate"] = [low if rate == floor else rate for floor, rate in ends]
                data["floor"] = [low] * len(data["floor"])
                data["at"] = [high] * len(data["at"])
                fill(source, data)

    def _arrange(self, names: list[str], channels: list[Data], rates: list[float]) -> None:
        """Fastest first within each kind, unless the channels are those of before."""
        if set(names) == set(self._order):
            return
        kinds = [kind for kind, _, _ in _KINDS]
        rank = {
            name: (kinds.index(str(c.get("kind"))) if c.get("kind") in kinds else 2, -rate)
            for name, c, rate in zip(names, channels, rates, strict=True)
        }
        self._order = sorted(names, key=lambda name: rank[name])
        self._channels.factors = self._order[::-1]

    def _mark(self, word: str, key: str, part: Data) -> None:
        """The line and band of 1/T1 or 1/T2."""
        time = number(part, f"{key}_s")
        known = time is not None and time > 0
        fill(self._lines[key], {"at": [1 / time] if time is not None and time > 0 else []})
        ends = [number(part, f"{key}_low_s"), number(part, f"{key}_high_s")]
        band = [1 / end for end in ends if end is not None and end > 0]
        both = known and len(band) == 2
        fill(self._bands[key], {"low": band[1:] if both else [], "high": band[:1] if both else []})
        named(self._times[key], f"1/{word}: {_time(part, key)}")
        self._times[key].visible = known

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "coherence")
        channels = [c for c in rows(part, "channels") if number(c, "rate_per_s")]
        if not channels:
            return reason(part, "channels") or "Coherence: not computed yet."
        said = [
            f"{c.get('name')} ({c.get('kind')}) {engineering(number(c, 'rate_per_s'), '1/s')}"
            for c in sorted(channels, key=lambda c: -(number(c, "rate_per_s") or 0.0))[:5]
        ]
        times = [f"{word} = {_time(part, key)}" for word, key, _, _ in _TIMES]
        return f"{'; '.join(times)}. {_headline(part)}. Fastest channels: {', '.join(said)}."


def _time(part: Data, key: str) -> str:
    """A time with its interval, and the model's where the design states another."""
    text = engineering(number(part, f"{key}_s"), "s")
    low, high = number(part, f"{key}_low_s"), number(part, f"{key}_high_s")
    if low is not None or high is not None:
        text += f" ({interval(low, high, 's')})"
    model = modelled(part, f"{key}_s")
    stated = model is not None and model != number(part, f"{key}_s")
    return f"{text}, model {engineering(model, 's')}" if stated else text


def _label(rate: float, low: float, share: float | None) -> str:
    """Beside a bar: the time that the channel alone would give, and its share."""
    if rate <= 0:
        return "none"
    if rate < low:
        return "negligible"
    small = share is not None and share < 1e-4
    return f"{engineering(1 / rate, 's')}  ({'< 0.01 %' if small else percent(share)})"


def _headline(part: Data) -> str:
    """The largest channel of each kind."""
    said = []
    for kind, word in (("relaxation", "T1"), ("dephasing", "dephasing")):
        own = [c for c in rows(part, "channels") if c.get("kind") == kind and number(c, "share")]
        if own:
            most = max(own, key=lambda c: number(c, "share") or 0.0)
            said.append(f"{word}: {most.get('name')}, {percent(number(most, 'share'))}")
    return "Largest part of " + "; of ".join(said) if said else "No channel acts"
