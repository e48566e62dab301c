"""Thermal occupation of modes and two-level systems, and detailed balance.

All functions broadcast, take frequencies in Hz and temperatures in K, and hold at T = 0.
They are written with exp(-x), x = hf/kT, so that nothing overflows at 1 mK.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.qubit.ranges import at_least


def reduced_energy(frequency: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """h f / (k T), dimensionless; infinite at T = 0.

    frequency : Hz, > 0. temperature : K, >= 0.

    >>> round(float(reduced_energy(5e9, 0.02)), 3)
    11.998
    """
    f = at_least("frequency", frequency, above=True)
    t = at_least("temperature", temperature)
    with np.errstate(divide="ignore", over="ignore"):
        return PLANCK * f / (BOLTZMANN * t)


def bose_occupation(frequency: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """Mean photon number 1 / (exp(hf/kT) - 1) of a mode in equilibrium.

    >>> round(float(bose_occupation(5e9, 4.0)), 2)
    16.17
    """
    x = reduced_energy(frequency, temperature)
    return np.exp(-x) / -np.expm1(-x)


def effective_temperature(frequency: ArrayLike, photons: ArrayLike) -> NDArray[np.float64]:
    """Temperature, K, at which a mode in equilibrium holds so many photons: hf/(k ln(1 + 1/n)).

    frequency : Hz. photons : mean number, from 0 (0 K). The inverse of ``bose_occupation``.

    >>> round(float(effective_temperature(5e9, 16.17)), 2)
    4.0
    """
    f = at_least("frequency", frequency, above=True)
    n = at_least("photons", photons)
    with np.errstate(divide="ignore"):
        return np.asarray(PLANCK * f / (BOLTZMANN * np.log1p(1 / n)))


def coth_factor(frequency: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """coth(hf/2kT) = 1 + 2 n_BE.

    >>> round(float(coth_factor(5e9, 4.0)), 2)
    33.35
    """
    return 1.0 / np.tanh(reduced_energy(frequency, temperature) / 2)


def excited_population(frequency: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """Population of the upper of two levels in equilibrium, 1 / (1 + exp(hf/kT)).

    A transmon is a two-level system only while kT << hf; above that the population spreads
    over all of its levels.

    >>> round(float(excited_population(5e9, 4.0)), 3)
    0.485
    """
    x = reduced_energy(frequency, temperature)
    return np.exp(-x) / (1.0 + np.exp(-x))


def split_rate(
    total: ArrayLike, frequency: ArrayLike, temperature: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates down and up (1/s) that add to ``total`` and obey up/down = exp(-hf/kT).

    >>> down, up = split_rate(1.0, 5e9, 4.0)
    >>> bool(np.isclose(up / down, np.exp(-reduced_energy(5e9, 4.0))))
    True
    """
    population = excited_population(frequency, temperature)
    rate = at_least("total", total)
    return rate * (1.0 - population), rate * population
