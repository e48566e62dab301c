"""Compton scattering of photons off free electrons (Klein and Nishina)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELECTRON_MASS_ENERGY, ELEMENTARY_CHARGE

Array = NDArray[np.float64]

_REST = ELECTRON_MASS_ENERGY * ELEMENTARY_CHARGE


def compton_edge(energy: ArrayLike) -> Array:
    """Largest energy of the struck electron, 2 E a/(1 + 2 a) with a = E/(m c^2), J.

    >>> round(float(compton_edge(661.7 * 1.602176634e-16)) / 1.602176634e-16)  # keV, of Cs-137
    477
    """
    photon = np.asarray(energy, dtype=np.float64)
    ratio = photon / _REST
    return np.asarray(photon * 2 * ratio / (1 + 2 * ratio))


def electron_share(energy: ArrayLike, electron: ArrayLike) -> Array:
    """Share of the scatterings whose electron gets at most ``electron``.

    The integral of Klein and Nishina's d sigma/d e, proportional to e + 1/e - sin^2(theta), over
    the photon's remaining share e, in closed form.

    Parameters
    ----------
    energy, electron : of the photon and the electron, J; they broadcast.
    """
    photon = np.asarray(energy, dtype=np.float64)
    edge = compton_edge(photon)
    share = 1 - np.clip(np.asarray(electron, dtype=np.float64), 0, edge) / photon
    ratio = photon / _REST
    whole = _integral(1 - edge / photon, ratio)
    return np.asarray(_integral(share, ratio) / whole)


def _integral(share: Array, ratio: Array) -> Array:
    """Integral of e + 1/e - 1 + cos^2 from ``share`` to 1, with cos = 1 + 1/a - 1/(a e)."""
    c = 1 + 1 / ratio

    def primitive(e: Array | float) -> Array:
        return np.asarray(
            e * (c * c - 1)
            + np.square(e) / 2
            + (1 - 2 * c / ratio) * np.log(e)
            - 1 / (ratio * ratio * e)
        )

    return np.asarray(primitive(1.0) - primitive(share))


def draw_electrons(energy: Array, rng: np.random.Generator) -> Array:
    """Energies of struck electrons (J), one per photon, by rejection.

    The remaining share e is drawn from 1/e or e, each with its weight, and kept with probability
    1 - e sin^2/(1 + e^2) (J. C. Butcher and H. Messel, Nucl. Phys. 20, 15 (1960)).
    """
    photon = np.asarray(energy, dtype=np.float64)
    electron = np.empty_like(photon)
    left = np.arange(photon.size)
    while left.size:
        e0 = photon[left]
        ratio = e0 / _REST
        lowest = 1 / (1 + 2 * ratio)
        one, other = -np.log(lowest), (1 - lowest**2) / 2
        u, v, w = rng.random((3, left.size))
        share = np.where(
            u * (one + other) < one, lowest ** (1 - v), np.sqrt(lowest**2 + (1 - lowest**2) * v)
        )
        cosine = 1 - (1 - share) / (share * ratio)
        kept = w < 1 - share * (1 - cosine**2) / (1 + share**2)
        electron[left[kept]] = e0[kept] * (1 - share[kept])
        left = left[~kept]
    return electron
