"""Deposits of gamma rays: electrons struck in the chip, and those that enter it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact.source.compton import electron_share
from qubudget.impact.source.electrons import electron_range, path_for_loss
from qubudget.impact.source.field import GammaField
from qubudget.impact.source.paths import isotropic_paths
from qubudget.impact.source.spectrum import Spectrum
from qubudget.materials.gammas import compton_attenuation, photo_attenuation
from qubudget.materials.substrates import Substrate

Array = NDArray[np.float64]

_STEP = 10e3 * ELEMENTARY_CHARGE
EDGES: Array = _STEP * np.arange(265, dtype=np.float64)
"""Edges of the deposits' bins, J: 10 keV each (the threshold of 40 keV is one), to 2.64 MeV."""
MIDDLE = (EDGES[1:] + EDGES[:-1]) / 2


def gamma_spectrum(
    length: float,
    width: float,
    thickness: float,
    substrate: Substrate,
    field: GammaField,
    *,
    surroundings: bool = True,
) -> Spectrum:
    """Deposits of gamma rays in a chip.

    A photon frees an electron (`electron_rate`), anywhere in the chip and in any direction, that
    goes straight as far as its practical range: it leaves all of its energy or, where it comes
    to the surface first, the part up to there. The holder around the chip frees electrons too;
    as their flux in thick matter of the chip's own kind is the same everywhere, cavities
    included (Fano's theorem), those that enter the chip follow without further assumptions
    (`electron_flux`). A second interaction of the scattered photon (one to two per cent in
    0.4 mm of silicon) and pairs (less than a per cent) are left out.

    Parameters
    ----------
    length, width, thickness : m.
    substrate : the material of the chip.
    field : photons around the chip.
    surroundings : whether matter is close to the chip on all sides.
    """
    paths = isotropic_paths(length, width, thickness)
    mass = length * width * thickness * substrate.density
    born = electron_rate(substrate.name, field)
    crossed, within = _matrices(length, width, thickness, substrate)
    rate = mass * np.sum(born[:, None] * within, axis=0)
    if surroundings:
        rate = rate + paths.area * np.sum(electron_flux(born)[:, None] * crossed, axis=0)
    return Spectrum(MIDDLE, rate)


def electron_rate(material: str, field: GammaField) -> Array:
    """Electrons freed in each bin of energy, 1/(kg s).

    Compton electrons by Klein and Nishina with XCOM's incoherent cross-section; a photo-electron
    (with its atom's relaxation) takes all of the photon's energy.
    """
    cumulative = electron_share(field.energy[:, None], EDGES)
    compton = field.flux * compton_attenuation(material, field.energy)
    absorbed = field.flux * photo_attenuation(material, field.energy)
    struck = np.sum(compton[:, None] * np.diff(cumulative, axis=1), axis=0)
    return np.asarray(struck + np.histogram(field.energy, EDGES, weights=absorbed)[0])


def electron_flux(born: Array) -> Array:
    """Electrons of each bin of energy on their way through thick matter, 1/(m^2 s).

    All electrons born with more energy pass it while they slow down: their number times the
    range that belongs to the bin's width.
    """
    faster = np.cumsum(born[::-1])[::-1] - born / 2
    return np.asarray(faster * np.diff(electron_range(EDGES)))


@lru_cache(maxsize=8)
def _matrices(
    length: float, width: float, thickness: float, substrate: Substrate
) -> tuple[Array, Array]:
    """Shares of the deposits in each bin, for electrons that enter and that start inside.

    A deposit is at most d if the path in the chip is at most R(E) - R(E - d).
    """
    paths = isotropic_paths(length, width, thickness)
    reach = path_for_loss(MIDDLE[:, None], EDGES) / substrate.density
    crossing = np.diff(paths.crossing_share(reach), axis=1)
    leaving = np.diff(paths.leaving_share(reach), axis=1)
    return crossing, leaving
