"""Where the phonons of a deposit stop decaying by themselves.

Longitudinal phonons split at A nu^5, isotopes turn phonons round at B nu^4 (S. Tamura, Phys. Rev.
B 31, 2574 (1985)). Each decay about halves the energy, so that the last one takes 31/32 of the
time of the whole chain: phonons stop near the frequency at which one decay takes as long as they
stay, A nu^5 t = 1. SI units; everything broadcasts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]


def _positive(**values: ArrayLike) -> tuple[Array, ...]:
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    for name, array in arrays.items():
        if not np.all(np.isfinite(array)) or np.any(array <= 0):
            raise OutOfRangeError(f"{name} must be finite and > 0")
    return tuple(arrays.values())


def residual_frequency(residence: ArrayLike, anharmonic: ArrayLike) -> Array:
    """Frequency at which a longitudinal phonon decays once in its stay, (A t)^(-1/5), Hz.

    Parameters
    ----------
    residence : time in the chip, s. anharmonic : A, s^4. Where isotopes mix the modes faster
        than phonons decay, A times the longitudinal share of the density of states (silicon:
        0.093, which raises the frequency by 1.6).

    Silicon, 1 us and 10 us:

    >>> (residual_frequency([1e-6, 10e-6], 7.41e-56) / 1e12).round(2).tolist()
    [1.68, 1.06]
    """
    time, rate = _positive(residence=residence, anharmonic=anharmonic)
    return np.asarray((rate * time) ** -0.2)


def ballistic_frequency(length: ArrayLike, velocity: ArrayLike, anharmonic: ArrayLike) -> Array:
    """Residual frequency of phonons that fly straight across, t = L/v, Hz.

    ``length`` in m, ``velocity`` in m/s; the rest as `residual_frequency`. An upper limit: at
    3 THz isotopes leave silicon's phonons a path of 40 um.

    >>> round(float(ballistic_frequency(0.4e-3, 9000.0, 7.41e-56)) / 1e12, 1)
    3.1
    """
    path, speed = _positive(length=length, velocity=velocity)
    return residual_frequency(path / speed, anharmonic)


def quasidiffusive_frequency(
    length: ArrayLike, velocity: ArrayLike, anharmonic: ArrayLike, isotope: ArrayLike
) -> Array:
    """Residual frequency of phonons that isotopes scatter on their way, Hz.

    They stay t = L^2/D with D = v^2/(3 B nu^4), so that nu^9 = v^2/(3 A B L^2).

    Parameters
    ----------
    length : m. velocity : m/s. anharmonic : A, s^4. isotope : B, s^3.

    >>> crossing = quasidiffusive_frequency(0.4e-3, 5735.0, 7.41e-56, 2.43e-42)
    >>> round(float(crossing) / 1e12, 1)
    1.9
    """
    path, speed, decay, scatter = _positive(
        length=length, velocity=velocity, anharmonic=anharmonic, isotope=isotope
    )
    return np.asarray((speed**2 / (3 * decay * scatter * path**2)) ** (1 / 9))
