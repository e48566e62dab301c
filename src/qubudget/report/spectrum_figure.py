"""The figure of what natural radiation deposits in the chip: rate against energy, by particle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qubudget.report.canvas import axes_for, legend_beside, say
from qubudget.report.numbers import engineering
from qubudget.report.reading import Data, number, reason, rows, section
from qubudget.report.style import BLUE, FAINT, ORANGE, PURPLE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from qubudget.design.schema import DesignModel

KINDS = ("muons", "gammas", "hadrons")
LOOKS = {
    "muons": (BLUE, "solid", 2.0),
    "gammas": (ORANGE, "dashed", 1.8),
    "hadrons": (PURPLE, "dashdot", 1.6),
}
PER_DECADE = 10
KEV = 1e3


def spectrum_data(design: DesignModel) -> dict[str, Any]:
    """Deposits above the threshold per energy, in equal steps of its logarithm, as plain values.

    Returns
    -------
    ``threshold_eV``; ``edges_eV`` of the bins; ``kinds``, rows with ``name``, ``rate_per_s`` of
    all deposits above the threshold, and ``rate_per_s_per_keV``, the mean of each bin.
    """
    import numpy as np

    from qubudget.constants import ELEMENTARY_CHARGE
    from qubudget.impact.falling import deposits
    from qubudget.materials.substrates import environment

    found = deposits(design)
    threshold = environment().threshold / ELEMENTARY_CHARGE
    every = found.all
    most = every.energy[every.rate > 0].max(initial=0.0) / ELEMENTARY_CHARGE
    if not most > threshold:
        return {"threshold_eV": threshold, "reason": "no radiation falls on the chip"}
    count = int(np.ceil(PER_DECADE * np.log10(most / threshold) + 1e-9))
    edges = threshold * 10 ** (np.arange(count + 1) / PER_DECADE)
    return {
        "threshold_eV": threshold,
        "edges_eV": edges.tolist(),
        "kinds": [
            {
                "name": name,
                "rate_per_s": spectrum.total,
                "rate_per_s_per_keV": (
                    np.histogram(spectrum.energy / ELEMENTARY_CHARGE, edges, weights=spectrum.rate)[
                        0
                    ]
                    / (np.diff(edges) / KEV)
                ).tolist(),
            }
            for name, spectrum in ((name, getattr(found, name)) for name in KINDS)
        ],
    }


def draw_spectrum(data: Data, ax: Axes | None = None) -> Axes:
    """Rate of deposits per keV against their energy (log-log), a stepped line for each particle."""
    import numpy as np

    ax = axes_for(data, ax)
    part = section(data, "impact", "spectrum")
    ax.set_title("Radiation: deposits in the chip")
    ax.set_xlabel("deposited energy (keV)")
    ax.set_ylabel("rate (1/s per keV)")
    edges = np.asarray(part.get("edges_eV") or (), dtype=np.float64) / KEV
    kinds = [
        (row, values)
        for row in rows(part, "kinds")
        if len(values := np.asarray(row.get("rate_per_s_per_keV") or ())) == len(edges) - 1
        and (values > 0).any()
    ]
    if not kinds:
        return say(ax, reason(part) or "no radiation was computed")
    for row, values in kinds:
        name = str(row.get("name"))
        colour, line, width = LOOKS.get(name, (FAINT, "dotted", 1.5))
        rate = number(row, "rate_per_s")
        label = name if rate is None else f"{name}, {engineering(rate, '1/s')}"
        ax.stairs(np.where(values > 0, values, np.nan), edges, baseline=None, color=colour,
                  linestyle=line, linewidth=width, label=label)  # fmt: skip
    threshold = number(part, "threshold_eV")
    if threshold is not None:
        ax.axvline(threshold / KEV, color=FAINT, linewidth=1.2, linestyle=(0, (1, 2)),
                   label=f"threshold {engineering(threshold, 'eV')}")  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    legend_beside(ax, title="all above the threshold")
    return ax
