"""Where a deposit's energy ends in the film of the qubits, as plain values for a map."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design.schema import DesignModel
from qubudget.impact.chip.event import PACKETS, Effort
from qubudget.impact.chip.wafer import wafer_of
from qubudget.impact.kinetics.uniform import Grid
from qubudget.impact.response import half_radius
from qubudget.materials.substrates import substrate

Array = NDArray[np.float64]

_PER_MM2 = 1e-6  # m^2


def landing_map(design: DesignModel, grid: Grid, effort: Effort, seed: int) -> dict[str, Any]:
    """Where the reference event's energy becomes rest energy of quasiparticles, over all times.

    With the grid, effort and seed of an impact result nothing is traced again.

    Parameters
    ----------
    design : reads chip, films, qubit.film and the reference event's place.
    grid : of the map. effort, seed : of the phonons' packets.

    Returns
    -------
    ``length_m``, ``width_m`` : of the chip. ``x_m``, ``y_m`` : centres of the cells, from the
    chip's centre. ``share_per_mm2[i][j]`` : of the deposited energy, at (``x_m[i]``,
    ``y_m[j]``). ``total``, ``total_error`` : its integral, and the standard error of that.
    ``half_radius_m`` : of the circle about the event that holds half of it; None without any.
    ``event`` : place and energy. Without phonon transport only a ``reason``.

    Raises
    ------
    OutOfRangeError: as `qubudget.impact.chip.wafer.wafer_of`; an event beside the chip.
    """
    if design.chip.transport == "hot-spot":
        return {"reason": "no phonons are traced on this chip: its hot spot is given"}
    x, y = design.radiation.event_x, design.radiation.event_y
    found = wafer_of(design, PACKETS[effort], seed).landing(x, y, grid.nx, grid.ny)
    phonons = substrate(design.chip.substrate).phonon_share
    share = phonons * found.share.sum(axis=0)
    return {
        "length_m": grid.length,
        "width_m": grid.width,
        "x_m": grid.x.tolist(),
        "y_m": grid.y.tolist(),
        "share_per_mm2": (share / (grid.cell_area / _PER_MM2)).tolist(),
        "total": phonons * found.total,
        "total_error": phonons * found.error,
        "half_radius_m": half_radius(share, grid, x, y) if share.any() else None,
        "event": {
            "x_m": x,
            "y_m": y,
            "energy_eV": design.radiation.event_energy / ELEMENTARY_CHARGE,
        },
    }
