"""What keeps quasiparticles in place without a separate trap: gap profiles and vortices."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.materials.thin_films import thin_film, thin_film_gap

Array = NDArray[np.float64]

FLUX_QUANTUM = PLANCK / (2 * ELEMENTARY_CHARGE)
"""h/(2e), Wb (exact)."""


def gap_over_temperature(name: str, thickness: ArrayLike, temperature: float) -> Array:
    """Delta/kT cell by cell from a film's thickness: the ``gap`` of `patterned.Film`.

    Parameters
    ----------
    name : superconductor with a law of thin films. thickness : of each cell's film, m.
    temperature : effective, of the quasiparticles, K.

    Only differences matter there, and they must stay below 50 kT.

    >>> step = gap_over_temperature("Al", [30e-9, 100e-9], 0.1)
    >>> round(float(step[0] - step[1]), 2)
    1.62
    """
    if not temperature > 0:
        raise OutOfRangeError("a gap profile needs a temperature > 0")
    return np.asarray(thin_film_gap(name, thickness) / (BOLTZMANN * temperature))


def vortex_density(field: ArrayLike) -> Array:
    """Vortices per area of a film cooled in a field, B/Phi0, 1/m^2; wide films keep fewer.

    ``field`` : normal to the film, T, >= 0. Strips narrower than sqrt(Phi0/B) have none.
    """
    b = np.asarray(field, dtype=np.float64)
    if not np.all(b >= 0):
        raise OutOfRangeError("the field is a magnitude, >= 0")
    return np.asarray(b / FLUX_QUANTUM)


def vortex_trapping(name: str, density: ArrayLike) -> tuple[Array, Array]:
    """Trapping rate s by vortices and its standard error, 1/s.

    A vortex traps P/A in a film of area A, whichever its place, while diffusion is faster than
    that: P is far below D (Wang et al. 2014 measured 0.067 +- 0.005 cm^2/s in aluminium against
    D of about 20 cm^2/s).

    Parameters
    ----------
    name : superconductor. density : vortices per area, 1/m^2, >= 0.

    One vortex per square millimetre:

    >>> [float(rate.round(2)) for rate in vortex_trapping("Al", 1e6)]
    [6.7, 0.5]
    """
    law, n = thin_film(name), np.asarray(density, dtype=np.float64)
    if not np.all(n >= 0):
        raise OutOfRangeError("a density of vortices is >= 0")
    return np.asarray(law.vortex_trapping * n), np.asarray(law.vortex_trapping_spread * n)
