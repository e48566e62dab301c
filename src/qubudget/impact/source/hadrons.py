"""Deposits of nucleons: cosmic-ray protons, which dominate above about 2 MeV."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact.source.paths import isotropic_paths
from qubudget.impact.source.spectrum import Spectrum
from qubudget.materials.nucleons import proton_flux, proton_ranges
from qubudget.materials.substrates import Substrate

Array = NDArray[np.float64]

_EDGES = np.geomspace(20e3, 200e6, 321) * ELEMENTARY_CHARGE
_STEPS = 600


def hadron_spectrum(
    length: float, width: float, thickness: float, substrate: Substrate, scale: float = 1.0
) -> Spectrum:
    """Deposits of protons at sea level, in the open, of 20 keV and more.

    Straight tracks from all directions that lose energy as their range says (PSTAR), or stop.
    Neutrons are left out: their recoils mostly stay below an MeV, and their reactions in so thin
    a chip (estimated with 0.45 barn and JEDEC JESD89A's 36 /m^2 s above 10 MeV) add about a
    twentieth at 3 MeV, perhaps as much again as the protons above 10 MeV.

    Parameters
    ----------
    length, width, thickness : m.
    substrate : the material of the chip.
    scale : number of protons over that at sea level.
    """
    paths = isotropic_paths(length, width, thickness)
    edge, flux = proton_bins()
    energy = (edge[1:] + edge[:-1]) / 2
    reach = proton_path(substrate, energy[:, None], _EDGES)
    share = np.diff(paths.crossing_share(reach), axis=1)
    rate = np.sum((scale * paths.area * flux)[:, None] * share, axis=0)
    return Spectrum((_EDGES[1:] + _EDGES[:-1]) / 2, rate)


def proton_bins() -> tuple[Array, Array]:
    """Edges of energy (J) and the flux of protons between them, 1/(m^2 s)."""
    energy, density = proton_flux()
    edge = np.geomspace(energy[0], energy[-1], _STEPS + 1)
    middle = np.sqrt(edge[1:] * edge[:-1])
    flux = np.exp(np.interp(np.log(middle), np.log(energy), np.log(density))) * np.diff(edge)
    return edge, flux


def proton_range(substrate: Substrate, energy: ArrayLike) -> Array:
    """Range of protons (J), m; below 10 keV in proportion to the energy."""
    table, mass_range = proton_ranges(substrate.name)
    value = np.asarray(energy, dtype=np.float64)
    inside = np.clip(value, table[0], None)
    distance = np.exp(np.interp(np.log(inside), np.log(table), np.log(mass_range)))
    return np.asarray(distance * np.minimum(value / table[0], 1) / substrate.density)


def proton_path(substrate: Substrate, energy: ArrayLike, loss: ArrayLike) -> Array:
    """Path on which a proton of ``energy`` loses ``loss`` (J), m; infinite where it stops."""
    start, lost = np.broadcast_arrays(
        np.asarray(energy, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    )
    left = np.clip(start - lost, 0, None)
    path = proton_range(substrate, start) - proton_range(substrate, left)
    return np.where(lost >= start, np.inf, path)
