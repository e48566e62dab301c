"""What the paper "thermal-constraints" describes, drawn: it has a table and no figure of its own.

Printed numbers are those of its Appendices A to C as `qubudget.papers.thermal_model` holds them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import Draw, legend_beside, plain, say
from qubudget.report.paper_figures.ledger import draw_claims, entries, paper_axes, printed_marks
from qubudget.report.reading import Data, number, section
from qubudget.report.style import (
    BLUE,
    FAINT,
    GREEN,
    HATCHES,
    INK,
    ORANGE,
    PALETTE,
    PURPLE,
    SKY,
    VERMILLION,
)
from qubudget.report.survival_figure import curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qubudget.papers.thermal_model import Scenario

LINES = ("solid", "dashed", "dashdot", "dotted", (0, (5, 1, 1, 1, 1, 1)))
TARGET = 99.9
"""Fidelity that the paper asks for, %."""


def _scenarios() -> tuple[Scenario, ...]:
    from qubudget.papers.thermal_model import SCENARIOS

    return SCENARIOS


def draw_against_temperature(quantity: str, document: Data, ax: Axes | None = None) -> Axes:
    """T2* ("t2_star") or what the fidelity lacks ("fidelity") of each epoch against temperature.

    Lines are the paper's printed code; diamonds its Appendix B; crosses the same table with the
    noise floor inferred from it, which the paper does not print.
    """
    ax = paper_axes(document, ax)
    lacking = quantity == "fidelity"
    ax.set_title("Gate error against temperature" if lacking else "T2* against temperature")
    ax.set_xlabel("temperature (K)")
    ax.set_ylabel("100 % − fidelity (%)" if lacking else "T2* (µs)")
    part = section(document, "figures", f"{quantity}_against_temperature")
    if not part:
        return say(ax, "the figure was not computed")
    table = entries(document, "published-table")
    unit = "fidelity_percent" if lacking else "t2_star_us"
    names = [name for name in part if name.endswith(unit)]
    for index, name in enumerate(names):
        epoch = name.removesuffix(unit).strip()
        colour = PALETTE[index % len(PALETTE)]
        x, y = curves(part, "temperature_K", name)
        ax.plot(x, 100 - y if lacking else y, color=colour, linestyle=LINES[index % len(LINES)],
                label=plain(epoch))  # fmt: skip
        rows = [s for s in _scenarios() if s.epoch == epoch]
        for key, draw in (("printed", printed_marks), ("computed", _crosses)):
            at = [
                (s.temperature, 100 - value if lacking else value)
                for s in rows
                if (value := number(table.get(f"{s.name}.{quantity}", {}), key)) is not None
            ]
            if at:
                draw(ax, at, "", color=colour)
    printed_marks(ax, [], "printed, Appendix B")
    _crosses(ax, [], "with the inferred floor")
    if lacking:
        ax.axhline(100 - TARGET, color=FAINT, linestyle=(0, (1, 2)), label=f"target {TARGET} %")
    ax.set_xscale("log")
    ax.set_yscale("log")
    legend_beside(ax, ncols=1)
    return ax


def _crosses(ax: Axes, at: list[tuple[float, float]], label: str, **look: Any) -> None:
    ax.plot([x for x, _ in at], [y for _, y in at], "x", linestyle="none", label=label,
            **{"color": INK, "markersize": 5, "zorder": 6, **look})  # fmt: skip


def draw_niobium(document: Data, ax: Axes | None = None) -> Axes:
    """T1 of niobium by thermal quasiparticles, and the T2* that the paper prints at 4 K.

    No T2 exceeds 2 T1: what stands above that line cannot be.
    """
    ax = paper_axes(document, ax)
    ax.set_title("Niobium near its transition: thermal quasiparticles")
    ax.set_xlabel("temperature (K)")
    ax.set_ylabel("time (µs)")
    part = section(document, "figures", "niobium_t1_against_temperature")
    if not part:
        return say(ax, "the figure was not computed")
    x, t1 = curves(part, "temperature_K", "t1_us")
    ax.plot(x, t1, color=BLUE, label="computed T1")
    ax.plot(x, 2 * t1, color=BLUE, linestyle="dashed", label="2 T1, the most for T2")
    table = entries(document, "published-table")
    points = [
        (s.temperature, value)
        for s in _scenarios()
        if s.temperature >= x.min()
        and (value := number(table.get(f"{s.name}.t2_star", {}), "printed")) is not None
    ]
    printed_marks(ax, points, "printed T2*, 4 K")
    ax.set_yscale("log")
    ax.set_ylim(min(t1.min(), 1e-4) / 2, 1e5)
    legend_beside(ax)
    return ax


def draw_sweep(document: Data, ax: Axes | None = None) -> Axes:
    """The sweep of section 3.1: fidelity of the printed model over temperature and loss tangent.

    Diamonds: the scenarios of Appendix B with their printed fidelity.
    """
    import numpy as np

    ax = paper_axes(document, ax)
    ax.set_title("The sweep of temperature and loss, by the printed model")
    ax.set_xlabel("temperature (K)")
    ax.set_ylabel("loss tangent (1)")
    part = section(document, "figures", "stress_sweep")
    if not part:
        return say(ax, "the figure was not computed")
    temperature, loss, fidelity = curves(part, "temperature_K", "tan_delta", "fidelity_percent")
    across, down = np.unique(temperature), np.unique(loss)
    order = np.lexsort((temperature, loss))
    values = fidelity[order].reshape(len(down), len(across))
    levels = [0.0, 50.0, 90.0, 99.0, TARGET, 99.99, 100.0]
    colours = ("#08204a", "#2b4a7a", "#5b7ba8", "#93aecf", "#c6d8ea", "#eef4fa")
    filled = ax.contourf(across, down, values, levels=levels, colors=colours)
    ax.contour(across, down, values, levels=[TARGET], colors=VERMILLION, linewidths=1.6)
    for s in _scenarios():
        if s.fidelity is not None:
            printed_marks(ax, [(s.temperature, s.tan_delta)], "")
            cold = s.temperature < 1
            ax.annotate(f"{s.fidelity} %", (s.temperature, s.tan_delta), (7 if cold else -7, -1),
                        textcoords="offset points", fontsize="x-small", va="center",
                        ha="left" if cold else "right",
                        bbox={"boxstyle": "round,pad=0.1", "facecolor": "white",
                              "edgecolor": "none", "alpha": 0.8})  # fmt: skip
    printed_marks(ax, [], "printed, Appendix B")
    ax.plot([], [], color=VERMILLION, label=f"computed: {TARGET} %")
    ax.set_xscale("log")
    ax.set_yscale("log")
    legend_beside(ax, 64)
    bar = ax.figure.colorbar(filled, cax=ax.inset_axes((1.03, 0.0, 0.022, 1.0)))
    bar.set_ticks(levels, labels=[f"{level:g}" for level in levels])
    bar.set_label("computed fidelity (%)")
    return ax


def draw_capacity(document: Data, ax: Axes | None = None) -> Axes:
    """Heat of every scenario against its stage's capacity, both printed; words: both verdicts.

    The capacity that was measured on the fridge of the printed sources, computed at the same
    temperature, stands beside.
    """
    from qubudget.papers.thermal_model import XLD400_FOUR_KELVIN, xld400_cooling_power

    ax = paper_axes(document, ax)
    ax.set_title("Heat against capacity: the paper's rule of stability")
    ax.set_xlabel("scenario of Appendix B")
    ax.set_ylabel("heat (W)")
    words = entries(document, "published-code")
    if not words:
        return say(ax, "the table was not computed")
    for place, s in enumerate(_scenarios()):
        found = words.get(f"{s.name}.stability", {})
        stable = found.get("computed") == "STABLE"
        measured = XLD400_FOUR_KELVIN if s.temperature > 1 else xld400_cooling_power(s.temperature)
        ax.bar([place], [s.load], width=0.6, color=GREEN if stable else VERMILLION,
               hatch="" if stable else HATCHES[1], edgecolor=INK, linewidth=0.5)  # fmt: skip
        for level, colour, line in ((s.capacity, INK, "solid"), (measured, PURPLE, "dashed")):
            ax.plot([place - 0.4, place + 0.4], [level, level], color=colour, linestyle=line)
        agree = found.get("printed") == found.get("computed")
        ax.annotate("✓" if agree else "✗", (place, max(s.capacity, s.load)), (0, 4), ha="center",
                    textcoords="offset points", fontsize="small")  # fmt: skip
    for label, look in (
        ("printed load, stable", {"color": GREEN, "linewidth": 6}),
        ("printed load, runaway", {"color": VERMILLION, "linewidth": 6}),
        ("printed capacity", {"color": INK}),
        ("measured capacity", {"color": PURPLE, "linestyle": "dashed"}),
    ):
        ax.plot([], [], label=label, **look)
    ax.plot([], [], linestyle="none", label="✓ verdict as printed")
    ax.set_yscale("log")
    ax.set_ylim(1e-10, 20)
    ax.set_xticks(range(len(_scenarios())), [s.name.removeprefix("MODEL_") for s in _scenarios()])
    ax.grid(visible=False, axis="x")
    legend_beside(ax, ncols=1)
    return ax


def draw_cooling(document: Data, ax: Axes | None = None) -> Axes:
    """Section 1.1: the capacity of a mixing chamber against temperature, printed and measured.

    The line goes through the two powers that were measured on Krinner's fridge.
    """
    import numpy as np

    from qubudget.papers.thermal_model import (
        BASE_TEMPERATURE,
        MXC_CAPACITY,
        XLD400_BASE,
        xld400_cooling_power,
    )

    ax = paper_axes(document, ax)
    ax.set_title("Cooling power of the mixing chamber")
    ax.set_xlabel("temperature (K)")
    ax.set_ylabel("cooling power (W)")
    at = np.geomspace(1.03 * XLD400_BASE, 0.1, 60)
    ax.plot(at, [xld400_cooling_power(float(t)) for t in at], color=BLUE,
            label="computed: a (T² − T₀²),\nXLD400 as measured")  # fmt: skip
    ax.plot(at, MXC_CAPACITY * (at / BASE_TEMPERATURE) ** 2, color=FAINT, linestyle="dashed",
            label="T² through the\nprinted power")  # fmt: skip
    printed_marks(ax, [(BASE_TEMPERATURE, MXC_CAPACITY)], "printed: 50 µW at 10 mK")
    ax.plot([0.02], [19e-6], "o", color=ORANGE, markeredgecolor=INK, zorder=5,
            label="Krinner 2019:\n19 µW at 20 mK")  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    legend_beside(ax)
    return ax


def draw_models(document: Data, ax: Axes | None = None) -> Axes:
    """T2* of every scenario: printed, by the code, with the inferred floor, and what T1 allows."""
    ax = paper_axes(document, ax)
    ax.set_title("T2* of the eight scenarios, printed and computed")
    ax.set_xlabel("scenario of Appendix B")
    ax.set_ylabel("T2* (µs)")
    found = entries(document, "side-by-side")
    if not found:
        return say(ax, "the table was not computed")
    names = [s.name for s in _scenarios()]
    looks = (
        ("published_code", BLUE, "o", "the printed code"),
        ("published_table", SKY, "^", "with the inferred floor"),
        ("computed", VERMILLION, "_", "most that T1 allows: 2 T1"),
    )
    for index, (key, colour, mark, label) in enumerate(looks):
        points = [
            (place + 0.16 * index - 0.24, value)
            for place, name in enumerate(names)
            if (value := number(found.get(f"{name}.t2_star", {}), key))
        ]
        ax.plot(*zip(*points, strict=True), mark, color=colour, label=label, linestyle="none",
                markeredgewidth=2.0 if mark == "_" else 0.6,
                markersize=12 if mark == "_" else 5)  # fmt: skip
    printed = [
        (place + 0.24, value)
        for place, name in enumerate(names)
        if (value := number(found.get(f"{name}.t2_star", {}), "printed"))
    ]
    printed_marks(ax, printed, "printed, Appendix B")
    ax.set_yscale("log")
    ax.set_xlim(-0.6, len(names) - 0.4)
    ax.set_xticks(range(len(names)), [name.removeprefix("MODEL_") for name in names])
    legend_beside(ax, ncols=1)
    return ax


FIGURES: Mapping[str, Draw] = {
    "t2-star": partial(draw_against_temperature, "t2_star"),
    "gate-error": partial(draw_against_temperature, "fidelity"),
    "niobium": draw_niobium,
    "sweep": draw_sweep,
    "heat-and-capacity": draw_capacity,
    "cooling-power": draw_cooling,
    "both-models": draw_models,
    "claims": draw_claims,
}
"""The paper prints none of these figures: its text describes them, its appendices hold numbers."""
