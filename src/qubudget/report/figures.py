"""The report's figures. Each takes the result's dictionary and axes, and returns the axes.

Where a section has no values, the axes say the reason instead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, narrow, plain, say
from qubudget.report.logical_figure import draw_logical_error as draw_logical_error
from qubudget.report.numbers import engineering, margin, percent, span, waiting
from qubudget.report.reading import (
    Data,
    is_measured,
    modelled,
    number,
    reason,
    rows,
    section,
)
from qubudget.report.style import (
    BLUE,
    FAINT,
    GREEN,
    HATCHES,
    INK,
    ORANGE,
    PALETTE,
    PURPLE,
    VERMILLION,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_ITEMS = 6
MOST_CHANNELS = 14
DECADES = 8
HEAT_WORDS = 0.34
"""Width of the words beside a bar of heat, in parts of the axis."""
TIMES_WIDTH, SCALE_WIDTH = 56, 58
"""Points between axes and legend: for times beside bars, for a scale at the right."""


def draw_heat(data: Data, ax: Axes | None = None) -> Axes:
    """Heat of every stage as a share of its rated cooling power, stacked by item; watts as text.

    Items stand in the same order in every stage, that with the largest share of any stage first.
    A stage without a rated power has no bar.
    """
    ax = axes_for(data, ax)
    part = section(data, "thermal")
    ax.set_title("Heat per stage against rated cooling power")
    ax.set_xlabel("heat over rated cooling power (%)")
    ax.set_ylabel("stage, warm to cold")
    stages = rows(part, "stages")
    watts = _watts_by_item(part, [str(stage.get("name")) for stage in stages])
    tops = [sum(shares[i] for shares in watts.values()) for i in range(len(stages))]
    if not any(tops):
        return say(ax, reason(part, "loads") or "no heat loads")
    capacities = [number(stage, "capacity_W") for stage in stages]
    places, ends = range(len(stages)), [0.0] * len(stages)
    for index, (item, shares) in enumerate(watts.items()):
        parts = [100 * w / c if c else 0.0 for w, c in zip(shares, capacities, strict=True)]
        ax.barh(
            places, parts, left=ends, height=0.62, label=plain(item), color=PALETTE[index % 7],
            hatch=HATCHES[index % 7], edgecolor=INK, linewidth=0.5,
        )  # fmt: skip
        ends = [before + share for before, share in zip(ends, parts, strict=True)]
    ax.axvline(100.0, color=INK, linewidth=2.2, linestyle=(0, (2.5, 1)), label="rated power")
    right = max(100.0, *ends) * (1.9 if narrow(ax) else 1.45)
    for place, (top, capacity, end) in enumerate(zip(tops, capacities, ends, strict=True)):
        # Where the words would cross the line, beyond it.
        at = 100.0 if 100 - HEAT_WORDS * right < end < 100 else end
        ax.annotate(_heat_words(top, capacity), (at, place), (5, 0), textcoords="offset points",
                    va="center", fontsize="small", fontweight="bold")  # fmt: skip
    ax.set_xlim(0.0, right)
    ax.set_ylim(len(stages) - 0.5, -0.5)
    ax.set_yticks(places, [plain(stage.get("name")) for stage in stages])
    ax.grid(visible=False, axis="y")
    legend_beside(ax)
    return ax


def _heat_words(watts: float, capacity: float | None) -> str:
    if not capacity:
        return f"{engineering(watts, 'W')}, no rated power"
    mark = " ✗" if watts >= capacity else ""
    return (
        f"{percent(watts / capacity)}{mark}: {engineering(watts, 'W')} of "
        f"{engineering(capacity, 'W')}"
    )


def _watts_by_item(thermal: Data, stages: list[str]) -> dict[str, list[float]]:
    """Watts per stage of the items with the largest shares; all others summed up."""
    table: dict[str, list[float]] = {}
    for load in rows(thermal, "loads"):
        if load.get("stage") in stages:
            shares = table.setdefault(str(load.get("item")), [0.0] * len(stages))
            shares[stages.index(str(load["stage"]))] += number(load, "watts") or 0.0
    sums = [sum(column) or 1.0 for column in zip(*table.values(), strict=True)]

    def largest_share(item: str) -> float:
        return max(w / s for w, s in zip(table[item], sums, strict=True))

    order = sorted(table, key=lambda item: (-largest_share(item), item))
    kept = {item: table[item] for item in order[:MOST_ITEMS]}
    rest = [table[item] for item in order[MOST_ITEMS:]]
    if rest:
        kept[f"{len(rest)} others"] = [sum(column) for column in zip(*rest, strict=True)]
    return kept


def draw_coherence(data: Data, ax: Axes | None = None) -> Axes:
    """Rate of every decoherence channel (log), relaxation apart from dephasing.

    At the right: the time that the channel alone would give, 1/rate. Lines: 1/T1 and 1/T2 of the
    model, which the bars make up, and measured ones.
    """
    ax = axes_for(data, ax)
    part = section(data, "coherence")
    ax.set_title("What limits coherence")
    ax.set_xlabel("rate (1/s)")
    ax.set_ylabel("channel")
    channels = [c for c in rows(part, "channels") if number(c, "rate_per_s")]
    if not channels:
        return say(ax, reason(part, "channels") or "no decoherence channels")
    channels.sort(key=lambda c: number(c, "rate_per_s") or 0.0)
    channels = channels[-MOST_CHANNELS:]
    rates = [number(c, "rate_per_s") or 0.0 for c in channels]
    low, high = max(min(rates) / 3, max(rates) / 10**DECADES), max(rates)
    ax.set_xscale("log")
    looks = {"relaxation": (BLUE, ""), "dephasing": (ORANGE, "//")}
    for kind, (colour, hatch) in looks.items():
        chosen = [i for i, c in enumerate(channels) if c.get("kind") == kind]
        if chosen:
            ax.barh(chosen, [rates[i] for i in chosen], height=0.7, color=colour, hatch=hatch,
                    edgecolor=INK, linewidth=0.5, label=kind)  # fmt: skip
    for place, rate in enumerate(rates):
        ax.annotate(waiting(1 / rate), (1.01, place), xycoords=("axes fraction", "data"),
                    va="center", fontsize="small")  # fmt: skip
    for key, word, line in (("t1_s", "T1", "-"), ("t2_s", "T2", "--")):
        high = max(high, _coherence_lines(ax, part, key, word, line))
    ax.set_xlim(low, high * 1.5)
    ax.set_yticks(range(len(channels)), [plain(c.get("name")) for c in channels])
    ax.grid(visible=False, axis="y")
    legend_beside(ax, TIMES_WIDTH, ncols=1)
    return ax


def _coherence_lines(ax: Axes, part: Data, key: str, name: str, line: str) -> float:
    """1/T of the model, which the bars make up, with its 95 % as a band, and a measured one.

    Returns the highest rate that is drawn, 0 where there is none.
    """
    drawn = [0.0]
    measured = is_measured(part, key)
    own, model = number(part, key), modelled(part, key)
    looks = (
        (model if model else own, PURPLE, "model" if model else "in force"),
        (own if measured else None, VERMILLION, "measured"),
    )
    for time, colour, origin in looks:
        if time:
            ax.axvline(1 / time, color=colour, linestyle=line, linewidth=1.4,
                       label=f"1/{name}, {origin}: {name} = {engineering(time, 's')}")  # fmt: skip
            drawn.append(1 / time)
    stem = key.removesuffix("_s")
    low, high = (
        number(part, f"{stem}_modelled_{end}_s") or number(part, f"{stem}_{end}_s")
        for end in ("low", "high")
    )
    if low and high:
        ax.axvspan(1 / high, 1 / low, color=PURPLE, alpha=0.2, linewidth=0,
                   hatch="" if line == "-" else "//",
                   label=f"{name}, 95 %: {span(low, high, 's')}")  # fmt: skip
        drawn.append(1 / low)
    return max(drawn)


def draw_timeline(data: Data, ax: Axes | None = None) -> Axes:
    """After the reference event: T1 (mean and worst qubit) and quasiparticles, log-log.

    The quasiparticle fraction x = n/(2 N0 Delta) has an axis of its own on the right.
    """
    ax = axes_for(data, ax)
    part = section(data, "impact")
    ax.set_title("After the reference impact")
    ax.set_xlabel("time after the impact (s)")
    ax.set_ylabel("T1 (s)")
    times = [p for p in rows(part, "timeline") if (number(p, "time_s") or 0.0) > 0]
    if not times:
        return say(ax, reason(part, "timeline") or "no timeline")
    ax.set_xscale("log")
    ax.set_yscale("log")
    right = ax.twinx()
    right.set_yscale("log")
    right.set_ylabel("quasiparticle fraction x$_{qp}$")
    right.spines["right"].set_visible(True)
    right.grid(visible=False)
    curves = (
        (ax, "t1_mean_s", BLUE, "-", "T1, mean of the qubits"),
        (ax, "t1_min_s", VERMILLION, "--", "T1, worst qubit"),
        (right, "x_qp_mean", GREEN, "-.", "x, mean of the film"),
        (right, "x_qp_max", ORANGE, ":", "x, worst place of the film"),
    )  # fmt: skip
    handles = []
    for axes, key, colour, line, label in curves:
        points = [(p["time_s"], number(p, key)) for p in times if (number(p, key) or 0.0) > 0]
        if points:
            handles += axes.plot(*zip(*points, strict=True), color=colour, linestyle=line,
                                 label=label)  # fmt: skip
    recovery = number(part, "recovery_time_s")
    if recovery:
        handles.append(ax.axvline(recovery, color=FAINT, linewidth=1.2, linestyle=(0, (4, 3)),
                                  label="mean excess of 1/T1 falls\n"
                                  f"to 1/e in {engineering(recovery, 's')}"))  # fmt: skip
    theirs = rows(section(part, "published"), "stages")
    marks = [stage for stage in theirs if number(stage, "time_s") and number(stage, "t1_s")]
    if marks:
        times_of_stages, t1_of_stages = zip(*((s["time_s"], s["t1_s"]) for s in marks), strict=True)
        handles += ax.plot(
            times_of_stages, t1_of_stages, "D", mfc="none", mec=INK, ms=6,
            label="T1 by the published rules",
        )  # fmt: skip
    legend_beside(ax, SCALE_WIDTH, handles=handles)
    return ax


def _decade(value: float) -> float:
    """The power of ten below a margin, with its sign; a margin within one is 0."""
    size = abs(value)
    return math.copysign(10.0 ** math.floor(math.log10(size)), value) if size >= 1 else 0.0


def draw_margins(data: Data, ax: Axes | None = None) -> Axes:
    """Margin of every constraint; linear within -1 to 1, logarithmic beyond."""
    ax = axes_for(data, ax)
    part = section(data, "verdict")
    ax.set_title("Margins: right of zero passes, left of zero fails")
    ax.set_xlabel("margin (distance to the limit over the limit)")
    ax.set_ylabel("constraint")
    known = rows(part, "constraints")
    if not known:
        return say(ax, reason(part, "feasible") or "no constraint was evaluated")
    known.reverse()
    margins = [number(c, "margin") or 0.0 for c in known]
    for passed, colour, hatch, label in ((True, GREEN, "", "✓ pass"), (False, VERMILLION, "//",
                                                                      "✗ fail")):  # fmt: skip
        chosen = [i for i, c in enumerate(known) if (c.get("passed") is True) == passed]
        if chosen:
            ax.barh(chosen, [margins[i] for i in chosen], height=0.66, color=colour, hatch=hatch,
                    edgecolor=INK, linewidth=0.5, label=label)  # fmt: skip
    for place, constraint in enumerate(known):
        good = constraint.get("passed") is True
        word = "no value" if number(constraint, "margin") is None else margin(margins[place])
        # Right of zero there is room for words also beside a bar that goes to the left.
        ax.annotate(f"{'✓' if good else '✗'} {word}",
                    (max(margins[place], 0.0), place), (4, 0), textcoords="offset points",
                    va="center", fontsize="small")  # fmt: skip
    ax.axvline(0.0, color=INK, linewidth=1.0)
    ax.set_yticks(range(len(known)), [plain(c.get("name")) for c in known])
    low, high = min(0.0, *margins), max(0.0, *margins)
    if max(-low, high) > 2:
        ax.set_xscale("symlog", linthresh=1.0, linscale=2.0)
        ax.locator_params(axis="x", numticks=8)
        ax.set_xlim(
            min(low * 2, -1.0), max(high * 2, 1.0) * (max(1e4, -100 * low) if narrow(ax) else 20)
        )
        if narrow(ax):
            ax.set_xticks([end for end in (_decade(low), 0.0, _decade(high)) if abs(end) != 1])
    else:
        ax.set_xlim(low - 0.05 * (high - low), high + max(0.35 * (high - low), 0.1))
    ax.grid(visible=False, axis="y")
    if narrow(ax):
        legend_beside(ax)
    else:
        ax.legend(loc="best")
    return ax
