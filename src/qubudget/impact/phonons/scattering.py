"""What a phonon meets in the bulk: isotopes, and its own anharmonicity.

Isotopes scatter at B nu^4, into any mode and direction in proportion to the density of states
(Tamura 1985: in a cubic crystal the rate is the same for all modes and directions; the dependence
on the angle between polarisations is averaged). Longitudinal phonons decay at A nu^5, into two
transverse phonons or into one of each kind, with the energies and angles of Tamura's isotropic
model, S. Tamura, Phys. Rev. B 31, 2574 (1985); transverse phonons do not decay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.streams import STRIDE, mix, unit
from qubudget.impact.phonons.tables import DirectionTable
from qubudget.materials.crystals import Crystal

Array = NDArray[np.float64]
_QUANTILES = 1025


@dataclass(frozen=True)
class Scattering:
    """Bulk processes of a crystal, as the kernel uses them.

    Attributes
    ----------
    isotope : B, s^3. anharmonic : A, s^4.
    decay_tt : share of decays into two transverse phonons.
    ratio : d, longitudinal over transverse velocity, > 1.
    fast_share : share of FT among transverse phonons.
    quantiles : of the energy share x of the first daughter, shape (2, 1025): of either
        transverse phonon of L -> TT, and of the longitudinal one of L -> LT.
    """

    isotope: float
    anharmonic: float
    decay_tt: float
    ratio: float
    fast_share: float
    quantiles: Array


def tt_density(share: ArrayLike, ratio: float, third_order: ArrayLike) -> Array:
    """Distribution of the energy share x of one transverse phonon of L -> TT, not normalised.

    Parameters
    ----------
    share : x, any shape; zero outside [(1 - 1/d)/2, (1 + 1/d)/2].
    ratio : d = vL/vT > 1. third_order : beta, gamma, lambda, mu, any common unit.

    Tamura 1985, with x in units of the parent's energy (his variable is x d).
    """
    d = ratio
    beta, gamma, lam, mu = np.asarray(third_order, dtype=np.float64)
    given = np.asarray(share, dtype=np.float64)
    inside = np.abs(given - 0.5) <= 0.5 / d
    x = np.where(inside, given, 0.5) * d
    a = 0.5 * (1 - d * d) * (beta + lam + (1 + d * d) * (gamma + mu))
    b = beta + lam + 2 * d * d * (gamma + mu)
    c = beta + lam + 2 * (gamma + mu)
    e = (1 - d * d) * (2 * beta + 4 * gamma + lam + 3 * mu)
    second = c * x * (d - x) - e / (d - x) * (x - d - (1 - d * d) / (4 * x))
    return np.asarray(np.where(inside, (a + b * d * x - b * x * x) ** 2 + second**2, 0.0))


def lt_density(share: ArrayLike, ratio: float) -> Array:
    """Distribution of the longitudinal phonon's energy share x of L -> LT, not normalised.

    Zero outside [(d - 1)/(d + 1), 1]; arguments as `tt_density`.
    """
    d = ratio
    given = np.asarray(share, dtype=np.float64)
    inside = (given >= (d - 1) / (d + 1)) & (given <= 1)
    x = np.where(inside, given, 1.0)
    y = d * d * (1 - x) ** 2
    density = ((1 - x * x) / x) ** 2 * ((1 + x) ** 2 - y) * (1 + x * x - y) ** 2
    return np.asarray(np.where(inside, density, 0.0))


def _quantiles(low: float, high: float, density: Array) -> Array:
    x = np.linspace(low, high, density.size)
    total = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    if not total[-1] > 0:
        raise OutOfRangeError("a crystal that decays into two transverse phonons needs third_order")
    return np.asarray(np.interp(np.linspace(0, total[-1], _QUANTILES), total, x))


def scattering(crystal: Crystal, table: DirectionTable, *, on: bool = True) -> Scattering:
    """Bulk processes of ``crystal``; ``on`` = False leaves phonons ballistic."""
    longitudinal, fast, slow = table.speed
    transverse = np.mean([fast**-3.0, slow**-3.0]) ** (-1 / 3)
    d = float(longitudinal / transverse)
    quantiles = np.zeros((2, _QUANTILES))
    if on and crystal.anharmonic > 0:
        x = np.linspace((1 - 1 / d) / 2, (1 + 1 / d) / 2, 8193)
        if crystal.decay_tt > 0:
            quantiles[0] = _quantiles(x[0], x[-1], tt_density(x, d, crystal.third_order))
        x = np.linspace((d - 1) / (d + 1), 1.0, 8193)
        quantiles[1] = _quantiles(x[0], x[-1], lt_density(x, d))
    return Scattering(
        isotope=crystal.isotope if on else 0.0,
        anharmonic=crystal.anharmonic if on else 0.0,
        decay_tt=crystal.decay_tt,
        ratio=d,
        fast_share=float(table.shares[1] / (table.shares[1] + table.shares[2])),
        quantiles=quantiles,
    )


@njit(cache=True)
def turn(kx, ky, kz, cosine, angle):  # type: ignore[no-untyped-def]
    """Unit vector at this cosine from (kx, ky, kz), at this azimuth about it."""
    sine = np.sqrt(max(1.0 - cosine * cosine, 0.0))
    # Two vectors across k, stable for any direction (Duff et al., JCGT 6, 1 (2017)).
    sign = 1.0 if kz >= 0.0 else -1.0
    a = -1.0 / (sign + kz)
    b = kx * ky * a
    c, s = sine * np.cos(angle), sine * np.sin(angle)
    x = cosine * kx + c * (1.0 + sign * kx * kx * a) + s * b
    y = cosine * ky + c * sign * b + s * (sign + ky * ky * a)
    z = cosine * kz - c * sign * kx - s * ky
    return x, y, z


@njit(cache=True)
def decay(counter, kx, ky, kz, decay_tt, ratio, fast_share, quantiles):  # type: ignore[no-untyped-def]
    """Decay of a longitudinal phonon; follow one daughter, each with its energy share.

    Returns the counter, the daughter's share of the energy, its mode and its wavevector.
    """
    counter += STRIDE
    bits = mix(counter)
    channel = 0 if unit(bits) < decay_tt else 1
    counter += STRIDE
    place = unit(mix(counter)) * (quantiles.shape[1] - 1)
    left = int(place)
    low = quantiles[channel, left]
    x = low + (quantiles[channel, left + 1] - low) * (place - left)
    counter += STRIDE
    first = unit(mix(counter)) < x
    d = ratio
    longitudinal = channel == 1 and first
    if channel == 0:
        if not first:
            x = 1.0 - x
        cosine = (1.0 + d * d * (2.0 * x - 1.0)) / (2.0 * d * x)
    elif first:
        cosine = (1.0 + x * x - d * d * (1.0 - x) ** 2) / (2.0 * x)
    else:
        cosine = (1.0 - x * x + d * d * (1.0 - x) ** 2) / (2.0 * d * (1.0 - x))
        x = 1.0 - x
    counter += STRIDE
    bits = mix(counter)
    fast = np.float64(bits & np.uint64(0xFFFFFF)) < fast_share * 16777216.0
    mode = 0 if longitudinal else (1 if fast else 2)
    cosine = min(max(cosine, -1.0), 1.0)
    kx, ky, kz = turn(
        kx, ky, kz, cosine, 2.0 * np.pi * np.float64(bits >> np.uint64(24)) * 2.0**-40
    )
    return counter, x, mode, kx, ky, kz
