"""The gamma rays of a room: lines of natural radioactivity and what the walls scatter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qubudget.constants import ELECTRON_MASS_ENERGY, ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact.source.compton import electron_share
from qubudget.materials.gammas import (
    LEAD_DENSITY,
    attenuation,
    compton_attenuation,
    gamma_lines,
    pair_attenuation,
)

Array = NDArray[np.float64]

_STEP = 10e3 * ELEMENTARY_CHARGE
_LOWEST, _GROUPS = 2, 262  # of 10 keV: from 20 keV to 2.64 MeV
_ANNIHILATION = ELECTRON_MASS_ENERGY * ELEMENTARY_CHARGE


@dataclass(frozen=True)
class GammaField:
    """Photons from all directions alike.

    Attributes
    ----------
    energy : shape (n,), J; lines first, then groups of the continuum.
    flux : shape (n,), through a sphere of unit cross-section, 1/(m^2 s).
    """

    energy: Array
    flux: Array

    def scaled(self, factor: float) -> GammaField:
        """The same photons, ``factor`` times as many."""
        return GammaField(self.energy, self.flux * factor)

    def behind_lead(self, thickness: float) -> GammaField:
        """What passes ``thickness`` (m) of lead around the chip without a collision.

        exp(-mu rho t) for each energy. Photons scattered in the lead are left out: for broad
        beams of 1 to 3 MeV they add roughly the same again per mean free path (build-up), so
        that the true reduction is smaller.

        Raises
        ------
        OutOfRangeError: negative thickness.
        """
        if not thickness >= 0:
            raise OutOfRangeError(f"{thickness:g} m of lead")
        passed = np.exp(-attenuation("Pb", self.energy) * LEAD_DENSITY * thickness)
        return GammaField(self.energy, self.flux * passed)


@cache
def room_field() -> GammaField:
    """Gamma rays in a room whose walls are thick and have the crust's mean activity.

    Inside a uniform source the flux is the same everywhere, in cavities too, and obeys
    mu(E) flux(E) = source(E) + integral of flux(E') mu_Compton(E') p(E' -> E) dE', which is
    solved from the highest energy downwards; pairs annihilate into two photons of 511 keV.
    Walls that are thinner, windows and the cryostat's own walls (which take the lowest energies
    most) are left out. `scaled` fits the height to a measurement.

    >>> field = room_field()
    >>> round(float(field.flux.sum()) / 1e4, 1)  # 1/(cm^2 s) above 20 keV
    16.4
    """
    edges: Array = _STEP * np.arange(_LOWEST, _LOWEST + _GROUPS + 1, dtype=np.float64)
    middle = (edges[1:] + edges[:-1]) / 2
    lines, emission = gamma_lines()
    uncollided = emission / attenuation("concrete", lines)
    first = uncollided * compton_attenuation("concrete", lines)
    source = np.sum(first[:, None] * _scattered_into(lines, edges), axis=0)
    positrons = float(np.sum(uncollided * pair_attenuation("concrete", lines)))

    total = attenuation("concrete", middle)
    compton = compton_attenuation("concrete", middle)
    pair = pair_attenuation("concrete", middle)
    into = _scattered_into(middle, edges)
    flux = np.zeros(_GROUPS)
    annihilation = int(np.searchsorted(edges, _ANNIHILATION)) - 1
    for group in range(_GROUPS - 1, -1, -1):
        if group == annihilation:
            source[group] += 2 * positrons
        flux[group] = source[group] / (total[group] - compton[group] * into[group, group])
        source[:group] += flux[group] * compton[group] * into[group, :group]
        positrons += flux[group] * pair[group]
    return GammaField(np.concatenate([lines, middle]), np.concatenate([uncollided, flux]))


def _scattered_into(energy: Array, edges: Array) -> Array:
    """Share of scattered photons that end in each group, shape (energies, groups)."""
    below = 1 - electron_share(energy[:, None], energy[:, None] - edges)
    return np.diff(below, axis=1)
