"""Electron-phonon power, heat capacities, and the lengths and times that follow from them.

Source: J. M. Martinis, npj Quantum Information 7, 90 (2021), Eqs. 11-15 and 17. SI units;
everything broadcasts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN
from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]


def _positive(name: str, value: ArrayLike, *, zero: bool = False) -> Array:
    numbers = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(numbers)) or np.any(numbers < 0 if zero else numbers <= 0):
        raise OutOfRangeError(f"{name} must be finite and {'>= 0' if zero else '> 0'}")
    return numbers


def electron_phonon_power(
    coupling: ArrayLike, volume: ArrayLike, electrons: ArrayLike, phonons: ArrayLike
) -> Array:
    """Power from electrons to phonons, Sigma V (Te^5 - Tp^5) (Eq. 11), W.

    Parameters
    ----------
    coupling : Sigma, W/(m^3 K^5). volume : m^3. electrons, phonons : temperatures, K, >= 0.

    Clean metals, where the phonon wavelength is shorter than the electron mean free path.
    """
    te, tp = _positive("electrons", electrons, zero=True), _positive("phonons", phonons, zero=True)
    volume = _positive("volume", volume)
    return np.asarray(_positive("coupling", coupling) * volume * (te**5 - tp**5))


def electron_heat_capacity(gamma: ArrayLike, temperature: ArrayLike) -> Array:
    """Heat capacity of normal electrons, gamma T, J/(m^3 K); gamma in J/(m^3 K^2), T in K."""
    product = _positive("gamma", gamma) * _positive("temperature", temperature, zero=True)
    return np.asarray(product)


def electron_energy(gamma: ArrayLike, temperature: ArrayLike) -> Array:
    """Energy density of normal electrons, gamma T^2 / 2, J/m^3; arguments as above."""
    return np.asarray(electron_heat_capacity(gamma, temperature) * np.asarray(temperature) / 2)


def phonon_heat_capacity(
    atom_density: ArrayLike, debye_temperature: ArrayLike, temperature: ArrayLike
) -> Array:
    """Debye's heat capacity at low temperature, (12 pi^4/5) n k (T/Theta)^3, J/(m^3 K).

    ``atom_density`` in 1/m^3, temperatures in K. Valid to a few per cent below Theta/15, which is
    where it stops: `OutOfRangeError` above.
    """
    theta = _positive("debye_temperature", debye_temperature)
    t = _positive("temperature", temperature, zero=True)
    if np.any(t > theta / 15):
        raise OutOfRangeError("Debye's T^3 law holds below a fifteenth of the Debye temperature")
    n = _positive("atom_density", atom_density)
    return np.asarray(12 * np.pi**4 / 5 * n * BOLTZMANN * (t / theta) ** 3)


def phonon_energy(
    atom_density: ArrayLike, debye_temperature: ArrayLike, temperature: ArrayLike
) -> Array:
    """Energy density of phonons, C T / 4, J/m^3; arguments as `phonon_heat_capacity`."""
    capacity = phonon_heat_capacity(atom_density, debye_temperature, temperature)
    return np.asarray(capacity * np.asarray(temperature) / 4)


def phonon_rate(
    coupling: ArrayLike,
    atom_density: ArrayLike,
    debye_temperature: ArrayLike,
    temperature: ArrayLike,
) -> Array:
    """Rate at which hot phonons heat cold electrons, P_ep / U_p ~ T (Eq. 12), 1/s."""
    t = _positive("temperature", temperature)
    energy = phonon_energy(atom_density, debye_temperature, t)
    return electron_phonon_power(coupling, 1.0, t, 0.0) / energy


def electron_rate(coupling: ArrayLike, gamma: ArrayLike, temperature: ArrayLike) -> Array:
    """Rate at which hot electrons cool into cold phonons, P_ep / U_e ~ T^3 (Eq. 13), 1/s."""
    t = _positive("temperature", temperature)
    return electron_phonon_power(coupling, 1.0, t, 0.0) / electron_energy(gamma, t)


def diffusion_length(velocity: ArrayLike, path: ArrayLike, time: ArrayLike) -> Array:
    """Distance diffused, sqrt(v l t) (Eq. 14), m; the constant D it implies is v l, not v l/3.

    Parameters
    ----------
    velocity : m/s. path : mean free path, m. time : s, >= 0.

    Eq. 15 follows for electrons at 1.6e6 m/s in 0.1 um:

    >>> float(diffusion_length(1.6e6, 1e-7, 1e-6))
    0.0004
    """
    product = _positive("velocity", velocity) * _positive("path", path)
    return np.asarray(np.sqrt(product * _positive("time", time, zero=True)))


def gap_slowing(energy: ArrayLike) -> Array:
    """Group velocity of a quasiparticle over v_F, sqrt(1 - (Delta/E)^2).

    ``energy`` in gaps, >= 1. The diffusion length shrinks by its square root: 0.68 at 0.25 K
    above a gap of 2 K.

    >>> round(float(gap_slowing(2.25 / 2)) ** 0.5, 2)
    0.68
    """
    e = np.asarray(energy, dtype=np.float64)
    if not np.all(np.isfinite(e)) or np.any(e < 1):
        raise OutOfRangeError("a quasiparticle's energy is at least the gap")
    return np.asarray(np.sqrt((1 - 1 / e) * (1 + 1 / e)))


def phonon_escape_rate(
    bonds: ArrayLike,
    bond_diameter: ArrayLike,
    bond_length: ArrayLike,
    chip_volume: ArrayLike,
    velocity: ArrayLike,
    *,
    contact_diameter: ArrayLike | None = None,
    kinetic: bool = False,
) -> Array:
    """Rate at which phonons leave a chip through its wire bonds (Eq. 17), 1/s.

    (N A / V) v (d/L) as printed. ``kinetic`` puts in kinetic theory's numbers instead: v/4 for
    the flux onto a wall, and 4 d/(3 L), the transmission of a long tube with diffuse walls.

    Parameters
    ----------
    bonds : number of bonds. bond_diameter, bond_length : m. chip_volume : m^3.
    velocity : of phonons in the chip, m/s.
    contact_diameter : of each bond's contact, m; the bond's own diameter when not given (the
        paper takes 24 um for the area and 25 um for the mean free path).

    Valid for bonds much longer than wide.
    """
    d, length = _positive("bond_diameter", bond_diameter), _positive("bond_length", bond_length)
    if np.any(length < 5 * d):
        raise OutOfRangeError("the escape law needs bonds at least five diameters long")
    contact = d if contact_diameter is None else _positive("contact_diameter", contact_diameter)
    area = np.pi / 4 * contact**2
    density = _positive("bonds", bonds) * area / _positive("chip_volume", chip_volume)
    factor = 0.25 * 4 / 3 if kinetic else 1.0
    return np.asarray(factor * density * _positive("velocity", velocity) * d / length)
