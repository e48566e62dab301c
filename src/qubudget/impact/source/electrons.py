"""How far electrons go, and what they leave in a chip that they enter or leave."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]

_MEV = 1e6 * ELEMENTARY_CHARGE
_LOWEST, _HIGHEST = 0.01, 2.5  # MeV, of Katz and Penfold's law


def electron_range(energy: ArrayLike) -> Array:
    """Practical range of electrons in any material, kg/m^2.

    Katz and Penfold, Rev. Mod. Phys. 24, 28 (1952): 0.412 g/cm^2 E^(1.265 - 0.0954 ln E) from
    0.01 to 2.5 MeV, (0.530 E - 0.106) g/cm^2 up to 20 MeV. Below 10 keV (2 um of silicon) the law
    goes on with its slope there. The practical range is a depth: it stands in for the straight
    length of a path that in truth winds.

    Parameters
    ----------
    energy : kinetic, J, 0 to 20 MeV.

    >>> round(float(electron_range(1.602176634e-13)), 2)  # 1 MeV: 0.412 g/cm^2
    4.12
    """
    mev = np.asarray(energy, dtype=np.float64) / _MEV
    if mev.size and (mev.min() < 0 or mev.max() > 20):
        raise OutOfRangeError("Katz and Penfold's ranges hold up to 20 MeV")
    inside = np.clip(mev, _LOWEST, _HIGHEST)
    law = 4.12 * inside ** (1.265 - 0.0954 * np.log(inside))
    slope = 1.265 - 2 * 0.0954 * np.log(_LOWEST)
    low = law * (np.minimum(mev, _LOWEST) / _LOWEST) ** slope
    return np.where(mev > _HIGHEST, 5.30 * mev - 1.06, low)


def electron_energy_of_range(mass_range: float) -> float:
    """Energy of electrons with this practical range, J: the inverse of Katz and Penfold's law.

    Parameters
    ----------
    mass_range : kg/m^2.

    Raises
    ------
    OutOfRangeError: outside 0.01 to 2.5 MeV.

    >>> round(electron_energy_of_range(4.12) / 1.602176634e-13, 6)  # 0.412 g/cm^2: 1 MeV
    1.0
    """
    discriminant = 1.265**2 - 4 * 0.0954 * np.log(mass_range / 4.12) if mass_range > 0 else -1.0
    logarithm = (1.265 - np.sqrt(discriminant)) / (2 * 0.0954) if discriminant >= 0 else np.inf
    energy = float(np.exp(logarithm)) if logarithm < 10 else np.inf
    if not _LOWEST <= energy <= _HIGHEST:
        raise OutOfRangeError(
            f"a range of {mass_range:g} kg/m^2 is outside Katz and Penfold's 0.01 to 2.5 MeV"
        )
    return energy * _MEV


def path_for_loss(energy: ArrayLike, loss: ArrayLike) -> Array:
    """Path on which an electron of ``energy`` loses ``loss`` (J), kg/m^2.

    R(E) - R(E - loss); infinite where the loss is all of the energy or more.
    """
    start, lost = np.broadcast_arrays(
        np.asarray(energy, dtype=np.float64), np.asarray(loss, dtype=np.float64)
    )
    path = electron_range(start) - electron_range(np.clip(start - lost, 0, None))
    return np.where(lost >= start, np.inf, path)
