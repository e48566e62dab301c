"""The report's figures. Each takes the result's dictionary and axes, and returns the axes.

Where a section has no values, the axes say the reason instead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from qubudget.report.canvas import axes_for, legend_beside, narrow, plain, say
from qubudget.report.logical_figure import draw_logical_error as draw_logical_error
from qubudget.report.numbers import engineering, interval, margin, percent
from qubudget.report.reading import Data, number, reason, rows, section
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
TIMES_WIDTH, SCALE_WIDTH = 56, 58
"""Points between axes and legend: for times beside bars, for a scale at the right."""


def draw_heat(data: Data, ax: Axes | None = None) -> Axes:
    """Heat of every stage, stacked by item, against the rated capacity (log watts).

    On a logarithmic axis only the tops of the bars compare. Items stand in the same order in
    every stage, that with the largest share of any stage at the bottom.
    """
    ax = axes_for(data, ax)
    part = section(data, "thermal")
    ax.set_title("Heat per stage against rated cooling power")
    ax.set_ylabel("heat (W)")
    ax.set_xlabel("stage, warm to cold")
    names = [str(stage.get("name")) for stage in rows(part, "stages")]
    watts = _watts_by_item(part, names)
    tops = [sum(shares[i] for shares in watts.values()) for i in range(len(names))]
    if not any(tops):
        return say(ax, reason(part, "loads") or "no heat loads")
    ax.set_yscale("log")
    places, bottoms = range(len(names)), [0.0] * len(names)
    for index, (item, shares) in enumerate(watts.items()):
        ax.bar(
            places, shares, bottom=bottoms, width=0.62, label=plain(item), color=PALETTE[index % 7],
            hatch=HATCHES[index % 7], edgecolor=INK, linewidth=0.5,
        )  # fmt: skip
        bottoms = [below + share for below, share in zip(bottoms, shares, strict=True)]
    capacities = [number(stage, "capacity_W") for stage in rows(part, "stages")]
    known = [(i, c) for i, c in enumerate(capacities) if c]
    if known:
        ax.hlines(
            [c for _, c in known], [i - 0.42 for i, _ in known], [i + 0.42 for i, _ in known],
            colors=INK, linewidth=2.2, linestyles=(0, (2.5, 1)), label="rated capacity",
        )  # fmt: skip
    for place, (top, capacity) in enumerate(zip(tops, capacities, strict=True)):
        if top and capacity:
            word = f"{percent(top / capacity)}" + (" ✗" if top >= capacity else "")
            ax.annotate(word, (place, max(top, capacity)), (0, 4), textcoords="offset points",
                        ha="center", va="bottom", fontsize="small", fontweight="bold")  # fmt: skip
    levels = [v for v in [*tops, *(c for _, c in known)] if v > 0]
    ax.set_ylim(min(levels) / 30, max(levels) * 6)
    ax.set_xticks(places, [plain(name) for name in names])
    ax.grid(visible=False, axis="x")
    legend_beside(ax)
    return ax


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

    At the right: the time that the channel alone would give, 1/rate.
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
        ax.annotate(engineering(1 / rate, "s"), (1.01, place), xycoords=("axes fraction", "data"),
                    va="center", fontsize="small")  # fmt: skip
    for key, word, line in (("t1_s", "1/T1", "-"), ("t2_s", "1/T2", "--")):
        time = number(part, key)
        if time:
            ax.axvline(1 / time, color=PURPLE, linestyle=line, linewidth=1.4,
                       label=f"{word}, {word[2:]} = {engineering(time, 's')}")  # fmt: skip
            high = max(high, 1 / time)
            high = max(high, _coherence_band(ax, part, key, word[2:], line))
    ax.set_xlim(low, high * 1.5)
    ax.set_yticks(range(len(channels)), [plain(c.get("name")) for c in channels])
    ax.grid(visible=False, axis="y")
    legend_beside(ax, TIMES_WIDTH, ncols=1)
    return ax


def _coherence_band(ax: Axes, part: Data, key: str, name: str, line: str) -> float:
    """95 % of a coherence time as a band of rates; returns its upper end, 0 where there is none."""
    low, high = (number(part, f"{key.removesuffix('_s')}_{end}_s") for end in ("low", "high"))
    if not low or not high:
        return 0.0
    ax.axvspan(1 / high, 1 / low, color=PURPLE, alpha=0.2, linewidth=0,
               hatch="" if line == "-" else "//",
               label=f"{name}, 95 %: {interval(low, high, 's')}")  # fmt: skip
    return 1 / low


def draw_timeline(data: Data, ax: Axes | None = None) -> Axes:
    """After the reference event: T1 (mean and least over qubits) and quasiparticles, log-log.

    The quasiparticle fraction x = n/(2 N0 Delta) has an axis of its own on the right.
    """
    ax = axes_for(data, ax)
    part = section(data, "impact")
    ax.set_title("After an impact")
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
        (ax, "t1_mean_s", BLUE, "-", "T1, mean"), (ax, "t1_min_s", VERMILLION, "--", "T1, least"),
        (right, "x_qp_mean", GREEN, "-.", "x, mean"), (right, "x_qp_max", ORANGE, ":", "x, most"),
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
                                  label=f"recovery {engineering(recovery, 's')}"))  # fmt: skip
    theirs = rows(section(part, "published"), "stages")
    marks = [stage for stage in theirs if number(stage, "time_s") and number(stage, "t1_s")]
    if marks:
        times_of_stages, t1_of_stages = zip(*((s["time_s"], s["t1_s"]) for s in marks), strict=True)
        handles += ax.plot(
            times_of_stages, t1_of_stages, "D", mfc="none", mec=INK, ms=6, label="published stages"
        )
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
