"""The figure of logical errors against code distance, with the band of the fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.constants import DAY
from qubudget.report.canvas import axes_for, legend_beside, say
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, GREEN, INK, ORANGE, SKY, VERMILLION
from qubudget.report.survival_figure import curves

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_logical_error(data: Data, ax: Axes | None = None) -> Axes:
    """Logical error per cycle against distance: simulated, fit or scaling, design, target.

    Simulations with amplified noise are drawn as run, and say so. The fit is hatched and dashed
    outside the distances that were simulated.
    """
    ax = axes_for(data, ax)
    part = section(data, "qec")
    background = section(part, "background")
    ax.set_title("Logical error against code distance, in quiet times")
    ax.set_xlabel("code distance d")
    ax.set_ylabel("logical error per cycle (probability)")
    own, distance = number(background, "logical_error_per_cycle"), number(part, "distance")
    if not own or not distance:
        why = reason(background, "logical_error_per_cycle") or reason(part, "background")
        return say(ax, why or str(background.get("note") or "no logical error rate"))
    runs = [r for r in rows(background, "simulated") if number(r, "logical_error_per_cycle")]
    drawn = [own, *(r["logical_error_per_cycle"] for r in runs)]
    looks = (("X", "s", SKY, -0.09), ("Z", "o", BLUE, 0.09))
    for basis, marker, colour, shift in looks:
        chosen = [run for run in runs if run.get("basis") == basis]
        if chosen:
            noise = {number(run, "amplification") or 1.0 for run in chosen} - {1.0}
            more = f", noise × {engineering(max(noise))}" if noise else ""
            _points(ax, [r["distance"] + shift for r in chosen], chosen, marker=marker,
                    color=colour, label=f"simulated, {basis}{more}")  # fmt: skip
    reach = [float(run["distance"]) for run in runs]
    band = _fit_band(ax, background, reach)
    drawn += band
    suppression = number(background, "lambda")
    # The fit has the model's Lambda; a measured one scales the design's own error beside it.
    if suppression and runs and (not band or suppression != number(background, "lambda_model")):
        at = [min(distance, *reach), max(distance, *reach)]
        line = [own * suppression ** ((distance - d) / 2) for d in at]
        drawn += line
        ax.plot(at, line, color=VERMILLION if band else ORANGE, linestyle=":" if band else "--",
                label=f"Λ = {engineering(suppression)}")  # fmt: skip
    _points(ax, [distance], [background], marker="*", markersize=13, color=VERMILLION, zorder=4,
            label=f"this design, d = {distance:g}")  # fmt: skip
    ax.set_yscale("log")
    target = _target_per_cycle(data)
    if target:
        ax.axhline(target, color=GREEN, linestyle="-.", label=f"target {engineering(target)}")
        drawn.append(target)
    ax.set_ylim(min(drawn) / 10, max(drawn) * 10)
    ax.locator_params(axis="x", integer=True)
    legend_beside(ax)
    return ax


def _fit_band(ax: Axes, background: Data, simulated: list[float]) -> list[float]:
    """Draw the fit with its interval; returns the levels drawn, none where there is no fit."""
    import numpy as np

    found = curves(section(background, "fit"), "distances", "error", "low", "high")
    places, error, low, high = found[:, (np.nan_to_num(found[:2]) > 0).all(axis=0)]
    if not len(places):
        return []
    within = np.zeros(len(places), dtype=bool)
    if simulated:
        within = (places >= min(simulated)) & (places <= max(simulated))
    # Neighbours belong to both stretches, so that these join.
    beyond = ~within
    beyond[1:] |= ~within[:-1]
    beyond[:-1] |= ~within[1:]
    suppression = number(background, "lambda_model")
    words = f"fit, Λ = {engineering(suppression)}" if suppression else "fit"
    looks = (
        (within, "solid", "", words),
        (beyond, "dashed", "//", "beyond what was simulated"),
    )
    for stretch, line, hatch, label in looks:
        if stretch.any():
            ax.plot(places, np.where(stretch, error, np.nan), color=ORANGE, linestyle=line,
                    label=label)  # fmt: skip
        known = stretch & (low > 0) & np.isfinite(high)
        if known.any():
            ax.fill_between(places, low, high, where=known.tolist(), facecolor=ORANGE, alpha=0.25,
                            linewidth=0, edgecolor=INK, hatch=hatch, zorder=1)  # fmt: skip
    levels = np.concatenate([error, low, high])
    return [float(level) for level in levels[levels > 0]]


def _points(ax: Axes, places: list[float], runs: list[Data], **look: Any) -> None:
    """Logical errors with their intervals, asymmetric about the value."""
    values = [number(run, "logical_error_per_cycle") or 0.0 for run in runs]
    ends = [
        [abs(value - (value if (end := number(run, key)) is None else end))
         for value, run in zip(values, runs, strict=True)]
        for key in ("low", "high")
    ]  # fmt: skip
    ax.errorbar(places, values, yerr=ends, linestyle="none", markeredgecolor=INK,
                markeredgewidth=0.5, capsize=3, **look)  # fmt: skip


def target_per_day(data: Data) -> float | None:
    """The limit on the logical errors of one logical qubit per day."""
    for constraint in rows(section(data, "verdict"), "constraints"):
        if "logical_errors_per_day" in str(constraint.get("name")):
            return number(constraint, "limit")
    return None


def _target_per_cycle(data: Data) -> float | None:
    """The limit per day as errors per cycle of one basis, which is what the figure shows."""
    part = section(data, "qec")
    limit, cycle = target_per_day(data), number(part, "cycle_time_s")
    # Errors in either basis of the surface code count; the repetition code protects one alone.
    bases = 2 if part.get("family") == "surface" else 1
    return limit * cycle / DAY / bases if limit and cycle else None
