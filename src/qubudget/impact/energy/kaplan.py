"""Electron-phonon rates of a BCS superconductor at T = 0, in closed or regular form.

Energies are in units of the gap Delta and rates are multiplied by Kaplan's characteristic
times, so every function is dimensionless: ``tau0 * Gamma`` for electrons and quasiparticles,
``tau0ph * Gamma`` for phonons. All broadcast over their energies.

Sources: S. B. Kaplan et al., Phys. Rev. B 14, 4854 (1976), Eqs. 8, 27, 30; J. M. Martinis,
npj Quantum Information 7, 90 (2021), Eqs. 4-10, whose fits stand here under ``_fit`` names.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ellipe, ellipkm1

from qubudget.constants import BCS_GAP_RATIO
from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)


def _at_least(energy: ArrayLike, lowest: float) -> Array:
    values = np.asarray(energy, dtype=np.float64)
    if not np.all(np.isfinite(values)) or np.any(values < lowest):
        raise OutOfRangeError(f"energies must be finite and at least {lowest} (in gaps)")
    return values


def _scattering_moment(energy: Array, power: int) -> Array:
    """Integral of Omega^power rho(x) (1 - 1/(e x)) over x from 1 to e, Omega = e - x.

    With x = cosh(u) the inverse-square-root end becomes regular, and Omega written as a product
    of hyperbolic sines loses no digits near the gap.
    """
    top = np.arccosh(energy)[..., None]
    u = 0.5 * top * (1 + _NODES)
    phonon = 2 * np.sinh(0.5 * (top + u)) * np.sinh(0.5 * (top - u))
    e = energy[..., None]
    final = (e - 1) / e + 2 * np.sinh(0.5 * u) ** 2  # x - 1/e = x rho-free coherence factor
    return np.asarray(0.5 * top[..., 0] * np.sum(_WEIGHTS * phonon**power * final, axis=-1))


def scattering_rate(energy: ArrayLike, gap_ratio: float = BCS_GAP_RATIO) -> Array:
    """Rate at which a quasiparticle emits a phonon, ``tau0 * Gamma_s`` (Eq. 4).

    Parameters
    ----------
    energy : quasiparticle energy, units of Delta, any shape, >= 1.
    gap_ratio : Delta / (k Tc).

    Raises `OutOfRangeError` below the gap.

    >>> scattering_rate([1.5, 2.0, 3.0]).round(3).tolist()
    [0.29, 2.553, 20.547]
    """
    return gap_ratio**3 * _scattering_moment(_at_least(energy, 1.0), 2)


def scattering_rate_fit(energy: ArrayLike) -> Array:
    """The paper's fit of `scattering_rate`, 1.8 (e - 1)^3 (Eq. 5): 20-30 % low at 1.3-5."""
    return 1.8 * (_at_least(energy, 1.0) - 1) ** 3


def phonon_share(energy: ArrayLike) -> Array:
    """Mean share of the excess energy e - 1 that a scattering quasiparticle gives the phonon.

    First moment of the integrand of Eq. 4; 3/4 in a normal metal. ``energy`` > 1, units of Delta.
    """
    values = _at_least(energy, 1.0)
    if np.any(values == 1.0):
        raise OutOfRangeError("a quasiparticle at the gap has no energy to share")
    moments = _scattering_moment(values, 3) / _scattering_moment(values, 2)
    return np.asarray(moments / (values - 1))


def recombination_rate(energy: ArrayLike, gap_ratio: float = BCS_GAP_RATIO) -> Array:
    """``tau0 * Gamma_r`` per unit n/n_cp for partners near the gap (Eq. 6).

    With n/n_cp = (2/Delta) int f rho (Eq. 1, so n_cp = 2 N0 Delta) and all partners at Delta,
    (Delta/kTc)^3 (e + 1)^2 (1 + 1/e) / 2. At the gap it is 4 (Delta/kTc)^3, the 22 of Eq. 7.

    >>> round(float(recombination_rate(1.0, gap_ratio=1.76)), 1)
    21.8
    """
    e = _at_least(energy, 1.0)
    return gap_ratio**3 * (e + 1) ** 2 * (1 + 1 / e) / 2


def pair_breaking_rate(energy: ArrayLike) -> Array:
    """Rate at which a phonon breaks a pair, ``tau0ph * Gamma_p`` (Eq. 8); zero below 2 Delta.

    With x = E/2 + (E/2 - 1) cos(theta) the integral is elliptic:
    [(E + 2) E(m) - 4 E/(E + 2) K(m)] / pi, m = ((E - 2)/(E + 2))^2; exactly 1 at E = 2.

    Parameters
    ----------
    energy : phonon energy, units of Delta, any shape, >= 0.

    >>> pair_breaking_rate([2, 3, 4, 10]).round(4).tolist()
    [1.0, 1.2625, 1.542, 3.3439]
    """
    given = _at_least(energy, 0.0)
    e = np.maximum(given, 2.0)
    m = ((e - 2) / (e + 2)) ** 2
    rate = ((e + 2) * ellipe(m) - 4 * e / (e + 2) * ellipkm1(8 * e / (e + 2) ** 2)) / np.pi
    return np.asarray(np.where(given < 2.0, 0.0, rate))


def pair_breaking_rate_fit(energy: ArrayLike) -> Array:
    """The paper's fit of `pair_breaking_rate` (Eq. 9), within 1.3 % of it above 2 Delta."""
    e = _at_least(energy, 2.0)
    return (e + 3.8 / (e + 2.3) ** 0.8) / np.pi


def pair_breaking_rate_linear(energy: ArrayLike) -> Array:
    """The paper's rougher form 1.4 E / pi (Eq. 10), fair at 2-3 Delta, 40 % high far above."""
    return 1.4 * _at_least(energy, 2.0) / np.pi


def electron_scattering_rate(energy: ArrayLike, gap_ratio: float = BCS_GAP_RATIO) -> Array:
    """`scattering_rate` of a normal metal, its gap set to zero: (Delta/kTc)^3 e^3 / 3.

    ``energy`` above the Fermi energy, still in units of the superconductor's Delta, >= 0.
    """
    return gap_ratio**3 * _at_least(energy, 0.0) ** 3 / 3


def normal_phonon_rate(energy: ArrayLike) -> Array:
    """`pair_breaking_rate` of a normal metal, its gap set to zero: E / pi (units of Delta)."""
    return _at_least(energy, 0.0) / np.pi
