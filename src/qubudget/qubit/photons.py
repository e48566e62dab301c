"""Dephasing by photons in the read-out resonator.

chi is *half* the qubit's shift per photon here: the qubit's frequency moves by 2 chi per
photon, the resonator sits at +chi or -chi. Taking the full shift for chi is 2.5 times off at
2 chi = kappa.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qubit.ranges import at_least


def shot_noise_dephasing(
    photons: ArrayLike, linewidth: ArrayLike, shift: ArrayLike
) -> NDArray[np.float64]:
    """Dephasing rate by thermal photons of mean number n, 1/s, for any n and chi/kappa.

    G = (kappa/2) Re[sqrt((1 + 2i chi/kappa)^2 + 8i chi n/kappa) - 1];
    A. A. Clerk and D. W. Utami, Phys. Rev. A 75, 042302 (2007). Written as a quotient, so that
    no digits are lost at small n.

    photons : n >= 0. linewidth : kappa (angular), rad/s, > 0. shift : chi (angular), rad/s, of
    either sign.

    >>> kappa = 2 * np.pi * 1e6
    >>> exact = shot_noise_dephasing(1e-4, kappa, kappa / 2)
    >>> round(float(exact / shot_noise_dephasing_low(1e-4, kappa, kappa / 2)), 3)
    1.0
    """
    n = at_least("photons", photons)
    kappa = at_least("linewidth", linewidth, above=True)
    ratio = np.abs(np.asarray(shift, dtype=np.float64)) / kappa
    z = 1.0 + 2.0j * ratio
    w = 8.0j * ratio * n
    return np.asarray(0.5 * kappa * np.real(w / (np.sqrt(z * z + w) + z)))


def shot_noise_dephasing_low(
    photons: ArrayLike, linewidth: ArrayLike, shift: ArrayLike
) -> NDArray[np.float64]:
    """Limit n << 1 of ``shot_noise_dephasing``: n kappa (2 chi)^2 / (kappa^2 + (2 chi)^2), 1/s."""
    n = at_least("photons", photons)
    kappa = at_least("linewidth", linewidth, above=True)
    full = 2 * np.asarray(shift, dtype=np.float64)
    return n * kappa * full**2 / (kappa**2 + full**2)
