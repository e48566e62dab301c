"""The figure of a qubit's quality over islands of normal metal on the back of its chip."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qubudget import __version__
from qubudget.report.canvas import axes_for, legend_beside, plain, say
from qubudget.report.reading import Data, rows
from qubudget.report.style import FAINT, INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAPER = "J. M. Martinis, npj Quantum Information 7, 90 (2021), Fig. 7"
LINES = ("solid", "dashed", "dashdot")


def back_metal_data(
    thicknesses: Sequence[float] = (0.03e-6, 0.3e-6, 6e-6),
    gap: float = 10e-6,
    metal: str = "Cu",
) -> dict[str, Any]:
    """Q against the islands' size for the paper's transmon, and the two numbers that it prints.

    thicknesses : of the metal, m. gap : between islands, m. metal : name in the catalogue.
    The paper's inputs: 5 GHz, pads of 0.1 mm^2 on 0.4 mm of silicon that are 20 % of the
    transmon's capacitance. Their distance, five radii, follows from its 0.3 nH; the gap and the
    metal's purity it does not print.
    """
    import numpy as np
    from scipy.constants import epsilon_0

    from qubudget.materials.electrical import conductor, permittivity
    from qubudget.qubit.back_metal import Back, Pads, back_loss
    from qubudget.qubit.skin_effect import surface_impedance

    frequency, depth, area, eps = 5e9, 0.4e-3, 0.1e-6, permittivity("Si")
    capacitance = 5 * eps * epsilon_0 * area / depth
    separation = 5 * math.sqrt(area / math.pi)
    floating = Pads(capacitance, area, separation)
    single = Pads(capacitance, area, separation, "single-ended")
    sizes = np.geomspace(30e-6, 4e-3, 60)
    conducting = conductor(metal)

    def impedance(thickness: float) -> Any:
        return surface_impedance(
            conducting.residual_resistivity, conducting.path_product, thickness, frequency
        )

    def quality(back: Back, pads: Pads) -> Any:
        return (1 / back_loss(back, pads, frequency)).tolist()

    film = Back(impedance(max(thicknesses)), depth, eps)
    return {
        "name": PAPER,
        "provenance": {"version": __version__},
        "metal": metal,
        "gap_m": gap,
        "curves": [
            {
                "thickness_m": thickness,
                "size_m": sizes.tolist(),
                "quality": quality(
                    Back(impedance(thickness), depth, eps, sizes, gap, thickness), floating
                ),
            }
            for thickness in thicknesses
        ],
        "films": [
            {"name": "one film, two floating pads", "quality": quality(film, floating)},
            {"name": "one film, one pad against ground", "quality": quality(film, single)},
        ],
        "printed": [
            {"name": "printed: islands", "quality": 3e6},
            {"name": "printed: one film", "quality": 1e3},
        ],
    }


def draw_back_metal(data: Data, ax: Axes | None = None) -> Axes:
    """Q over the size of islands, one line per thickness of the metal (log-log).

    Continuous films, and what the paper prints without a size, are level lines.
    """
    ax = axes_for(data, ax)
    ax.set_title("Damping by normal metal on the back")
    curves = rows(data, "curves")
    if not curves:
        return say(ax, "no metal on the back")
    ax.set_xlabel("side of an island (mm)")
    ax.set_ylabel("quality factor Q (1)")
    for index, curve in enumerate(curves):
        label = f"{1e6 * curve['thickness_m']:g} µm of {data.get('metal')}"
        ax.plot([1e3 * size for size in curve["size_m"]], curve["quality"],
                color=PALETTE[index % len(PALETTE)], linestyle=LINES[index % len(LINES)],
                label=plain(label))  # fmt: skip
    for row, style in zip(rows(data, "films"), ("dashed", "dotted"), strict=False):
        ax.axhline(row["quality"], color=FAINT, linestyle=style, label=plain(row["name"]))
    for row, style in zip(rows(data, "printed"), ("dashed", "dotted"), strict=False):
        ax.axhline(row["quality"], color=INK, linestyle=style, linewidth=0.9,
                   label=plain(row["name"]))  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    legend_beside(ax)
    return ax
