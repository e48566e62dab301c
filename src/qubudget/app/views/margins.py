"""Margin of every constraint, and the one that binds."""

from __future__ import annotations

from math import ceil, log10
from typing import Any

from bokeh.models import FixedTicker
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
from qubudget.report.numbers import engineering, margin, quantity
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import GREEN, VERMILLION

_KEYS = (
    "constraint",
    "place",
    "text",
    "value",
    "limit",
    "margin",
    "why",
    "remedy",
    "width",
    "alpha",
)
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LINEAR = 2.0
"""Length of the axis from no margin to a whole limit, in lengths of a decade beyond."""
WORDS = 110.0
"""Pixels beside the bars."""
PALE = 0.35
"""Opacity of a bar whose value is of an older design."""
MOST_TICKS = 3
"""Of decades, on each side."""


class MarginsView(View):
    """Bars right of zero hold, left of zero fail; linear to one limit, logarithmic beyond."""

    title = "Margins of the constraints"
    wing = "verdict"

    def _draw(self) -> tuple[figure, ...]:
        self._constraints = name_range()
        self._range = axis_range(-1.1, 1.4)
        self._ends = -LINEAR, LINEAR
        made = plot(360, self.title, x_range=self._range, y_range=self._constraints)
        made.xaxis.axis_label = "margin / limit"
        made.yaxis.axis_label = "constraint"
        self._ticks = FixedTicker(ticks=[0.0])
        made.xaxis.ticker = self._ticks
        made.grid.visible = False  # its lines would cross the words
        self._bars, entries = {}, []
        for passed, colour, hatch, word in ((True, GREEN, " ", "✓ holds"),
                                            (False, VERMILLION, "/", "✗ fails")):  # fmt: skip
            source = columns(_KEYS)
            bars = made.hbar(
                y="constraint", left=0.0, right="place", height=0.66, source=source,
                fill_color=colour, hatch_pattern=hatch, hatch_alpha=0.5, hatch_weight=0.8,
                line_width="width", fill_alpha="alpha",
            )  # fmt: skip
            self._ink(bars.glyph, "line_color", "hatch_color")
            words = made.text(
                x=0.0 if not passed else "place", y="constraint", text="text", source=source,
                x_offset=6, text_baseline="middle", text_font_size="11px",
            )  # fmt: skip
            self._ink(words.glyph, "text_color")
            hover(
                made,
                [bars, words],
                {
                    "constraint": "@constraint",
                    "value": "@value",
                    "limit": "@limit",
                    "margin": "@margin",
                    "why": "@why",
                    "would pass": "@remedy",
                },
            )
            self._bars[passed] = source
            entries.append(entry(word, bars))
        self._entries = dict(zip(self._bars, entries, strict=True))
        zero = made.vspan(x=[0.0], line_width=1.2)
        self._ink(zero.glyph, "line_color")
        legend(made, entries)
        return (made,)

    def _fill(self, document: Data) -> str:
        part = section(document, "verdict")
        known = rows(part, "constraints")
        if not known:
            why = reason(part, "feasible")
            return why or ("no constraint was evaluated" if part else PENDING)
        names = unique([c.get("name") for c in known])
        self._constraints.factors = names[::-1]
        binding = part.get("binding_constraint")
        for passed, source in self._bars.items():
            data: dict[str, list[object]] = {key: [] for key in _KEYS}
            for name, row in zip(names, known, strict=True):
                if (row.get("passed") is True) == passed:
                    for key, value in _row(name, row, row.get("name") == binding).items():
                        data[key].append(value)
            fill(source, data)
            self._entries[passed].visible = bool(data["place"])
        places = [_place(number(c, "margin") or 0.0) for c in known]
        self._scale(min(-LINEAR, *places), max(LINEAR, *places))
        made = self.figures[0]
        made.frame_height = 22 * len(known)
        self._say(_headline(part))
        return ""

    def share(self, other: MarginsView) -> None:
        """The same axis of margins for both."""
        low, high = min(self._ends[0], other._ends[0]), max(self._ends[1], other._ends[1])
        self._scale(low, high)
        other._scale(low, high)

    def _scale(self, low: float, high: float) -> None:
        """The axis, with ticks at parts of the limit, and at decades beyond it."""
        self._ends = low, high
        room(self._range, low - 0.3, high, WORDS)
        labels: dict[Any, Any] = {
            LINEAR * part: f"{part:g}".replace("-", "−") for part in (-1.0, -0.5, 0.0, 0.5, 1.0)
        }
        for sign, reach in ((-1, -low), (1, high)):
            decades = ceil(reach - LINEAR)
            step = max(1, ceil(decades / MOST_TICKS))
            for decade in range(step, decades + 1, step):
                labels[sign * (LINEAR + decade)] = f"{'−' if sign < 0 else ''}{_power(decade)}"
        if high - low > 10:
            del labels[-LINEAR / 2], labels[LINEAR / 2]
        self._ticks.ticks = sorted(labels)
        self.figures[0].xaxis.major_label_overrides = labels

    @staticmethod
    def words(document: Data) -> str:
        part = section(document, "verdict")
        known = rows(part, "constraints")
        if not known:
            return reason(part, "feasible") or "Margins: not computed yet."
        failed = [
            f"{c.get('name')} ({quantity(number(c, 'value'), str(c.get('unit') or ''))}, limit "
            f"{quantity(number(c, 'limit'), str(c.get('unit') or ''))})"
            for c in known
            if c.get("passed") is not True
        ]
        more = f" These fail: {'; '.join(failed)}." if failed else ""
        return f"{_headline(part)}. {len(known) - len(failed)} of {len(known)} hold.{more}"


def _row(name: str, row: Data, binds: bool) -> dict[str, object]:
    """What one bar shows and what it says under the pointer."""
    unit, share = str(row.get("unit") or ""), number(row, "margin")
    good = row.get("passed") is True
    word = "no value" if share is None else margin(share)
    short = word.replace(" × limit", " ×")
    old = row.get("awaited") is True
    remedies = [str(r.get("text")) for r in rows(row, "would_pass") if r.get("text")]
    return {
        "constraint": name,
        "place": _place(share or 0.0),
        "text": f"{'✓' if good else '✗'} {short}{' ◀ binds' if binds else ' (old)' if old else ''}",
        "value": engineering(number(row, "value"), unit),
        "limit": engineering(number(row, "limit"), unit),
        "margin": word,
        "why": str(row.get("reason") or ("of the design before" if old else "–")),
        "remedy": "; ".join(remedies) or "–",
        "width": 2.5 if binds else 0.6,
        "alpha": PALE if old else 1.0,
    }


def _power(decade: int) -> str:
    """A power of ten as the axis shows it.

    >>> _power(2), _power(6)
    ('100', '10⁶')
    """
    return f"{10**decade}" if decade < 4 else f"10{str(decade).translate(_RAISED)}"


def _place(share: float) -> float:
    """Where a margin stands on the axis: linear to one limit, then a unit a decade.

    >>> [_place(m) for m in (0.5, -1.0, -10.0, -1e6)]
    [1.0, -2.0, -3.0, -8.0]
    """
    size = abs(share)
    return LINEAR * share if size <= 1 else (LINEAR + log10(size)) * (1 if share > 0 else -1)


def _headline(part: Data) -> str:
    """The verdict in the words of the page's banner; what is awaited, while there is none."""
    feasible, binding = part.get("feasible"), part.get("binding_constraint")
    known = rows(part, "constraints")
    pale = "; pale bars are of the design before" if any(c.get("awaited") for c in known) else ""
    if not isinstance(feasible, bool):
        quick = [c for c in known if not c.get("awaited")]
        if not quick or any(c.get("passed") is not True for c in quick):
            return f"No verdict{pale}"
        return f"Fridge and qubit: all {len(quick)} hold, error correction is awaited{pale}"
    verdict = "Feasible" if feasible else "Not feasible"
    word = "tightest" if feasible else "binding"
    return (f"{verdict}; the {word} constraint is {binding}" if binding else verdict) + pale
