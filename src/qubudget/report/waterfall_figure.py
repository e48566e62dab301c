"""The figure from today's design to a passing one: which change bought how much."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import axes_for, narrow, plain, say
from qubudget.report.numbers import MISSING, quantity
from qubudget.report.panels import sized
from qubudget.report.reading import Data, number, reason, rows
from qubudget.report.style import FAINT, GREEN, INK, VERMILLION

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_waterfall(data: Data, ax: Axes | None = None) -> Axes:
    """Falling bars: what each change takes off the sum of ln(1 - margin) of all that fails.

    A change that adds (what it mends lets a later part of the chain be looked at) is drawn in the
    other colour. Names of what passes from there on stand beside the bar, with the cost.
    """
    own, ax = ax is None, axes_for(data, ax)
    ax.set_title("From today's design to one that passes")
    steps = rows(data, "waterfall")
    if not steps:
        passing = "today's design passes" if rows(data, "answers") else "nothing passes"
        return say(ax, reason(data) or passing)
    slim = narrow(ax)
    sized(ax, own, max(2.4, 1.4 + 0.5 * (len(steps) + 1)), 1.5 + 0.62 * (len(steps) + 1))
    names = ["today", *(_name(step, slim) for step in steps)]
    first = number(steps[0], "before") or 0.0
    ax.barh([0], [first], color=FAINT, gid="today")
    for place, step in enumerate(steps, start=1):
        before, after = number(step, "before") or 0.0, number(step, "after") or 0.0
        colour = GREEN if after <= before else VERMILLION
        ax.barh([place], [before - after], left=[after], color=colour, gid="step")
        ax.plot([before, before], [place - 1, place], color=INK, linewidth=0.6)
        ax.annotate(plain(_remark(step, slim)), (max(before, after), place), (4, 0),
                    textcoords="offset points", va="center", fontsize="small",
                    color=INK)  # fmt: skip
    ax.set_yticks(range(len(names)), [plain(name) for name in names])
    ax.invert_yaxis()
    highest = max([first, *(number(step, "after") or 0.0 for step in steps)])
    ax.set_xlim(0, (2.6 if slim else 1.6) * highest or 1.0)
    if slim:
        ax.locator_params(axis="x", nbins=4)
    ax.set_xlabel("lacking: sum of ln(1 − margin) over what fails")
    return ax


def _name(step: Data, slim: bool) -> str:
    keys = str(step.get("key")).split("+")
    if slim:  # the last part of a key says most
        keys = [".\n".join(key.rsplit(".", 1)) for key in keys]
    return "\n".join([*keys, f"{_value(step, 'from')} → {_value(step, 'to')}"])


def _value(step: Data, key: str) -> str:
    value: Any = step.get(key)
    return MISSING if value is None else quantity(value, str(step.get("unit") or ""))


def _remark(step: Data, slim: bool) -> str:
    mended = step.get("mended")
    names = [str(name) for name in mended] if isinstance(mended, list) else []
    text = f"cost {quantity(number(step, 'cost'))}"
    if not names:
        return text
    passes = f"passes: {', '.join(names[:3])}{' ...' if len(names) > 3 else ''}"
    return f"{text}\n{textwrap.fill(passes, 22) if slim else passes}"
