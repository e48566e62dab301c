"""Photons of natural radioactivity: their lines, and how matter scatters and absorbs them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError

Floats = NDArray[np.float64]

ACTIVITIES = {"uranium": 40.0, "thorium": 40.0, "potassium": 400.0}
"""Bq/kg of the heads of the series: the mean of the earth's crust (European Commission,
Radiation Protection 112 (1999)). They set the shape of the spectrum in a room; its height is
fitted (`substrates.Environment.gamma_rate`)."""


LEAD_DENSITY = 11350.0
"""kg/m^3 (NIST)."""


@dataclass(frozen=True)
class Photons:
    """Mass attenuation of a material (NIST XCOM), on the table's energies.

    Attributes
    ----------
    energy : J, rising.
    incoherent, photoelectric, pair : m^2/kg.
    """

    energy: Floats
    incoherent: Floats
    photoelectric: Floats
    pair: Floats


@cache
def _photons() -> dict[str, Photons]:
    text = files("qubudget.materials").joinpath("data/photon_cross_sections.csv").read_text("utf-8")
    columns: dict[str, list[list[float]]] = {}
    for material, *numbers in csv.reader(text.splitlines()[1:]):
        columns.setdefault(material, []).append([float(n) for n in numbers])
    tables = {}
    for material, rows in columns.items():
        energy, *cross_sections = np.array(rows).T
        tables[material] = Photons(energy * ELEMENTARY_CHARGE, *cross_sections)
    return tables


def photon_materials() -> tuple[str, ...]:
    """Materials of the table.

    >>> photon_materials()
    ('Si', 'Al2O3', 'Pb', 'concrete')
    """
    return tuple(_photons())


def _table(material: str) -> Photons:
    try:
        return _photons()[material]
    except KeyError:
        known = ", ".join(photon_materials())
        raise OutOfRangeError(f"no photon data for {material!r}; known: {known}") from None


def _checked(energy: ArrayLike, table: Photons) -> Floats:
    value = np.asarray(energy, dtype=np.float64)
    if value.size and not (table.energy[0] <= value.min() and value.max() <= table.energy[-1]):
        raise OutOfRangeError("photon data are tabulated from 10 keV to 3 MeV")
    return value


def compton_attenuation(material: str, energy: ArrayLike) -> Floats:
    """Incoherent scattering, m^2/kg, of photons of 10 keV to 3 MeV (J).

    >>> round(float(compton_attenuation("Si", 1.602176634e-13)) * 10, 4)  # cm^2/g
    0.0634
    """
    table = _table(material)
    value = np.log(_checked(energy, table))
    return np.asarray(np.exp(np.interp(value, np.log(table.energy), np.log(table.incoherent))))


def photo_attenuation(material: str, energy: ArrayLike) -> Floats:
    """Photoelectric absorption, m^2/kg, of photons of 10 keV to 3 MeV (J)."""
    table = _table(material)
    value = np.log(_checked(energy, table))
    return np.asarray(np.exp(np.interp(value, np.log(table.energy), np.log(table.photoelectric))))


def pair_attenuation(material: str, energy: ArrayLike) -> Floats:
    """Production of electron-positron pairs, m^2/kg, by photons of 10 keV to 3 MeV (J)."""
    table = _table(material)
    return np.asarray(np.interp(_checked(energy, table), table.energy, table.pair))


def attenuation(material: str, energy: ArrayLike) -> Floats:
    """All of these, without coherent scattering (which keeps energy and nearly the direction).

    >>> round(float(attenuation("Pb", 1.602176634e-13)) * 10, 4)  # cm^2/g at 1 MeV
    0.068
    """
    return np.asarray(
        compton_attenuation(material, energy)
        + photo_attenuation(material, energy)
        + pair_attenuation(material, energy)
    )


@cache
def gamma_lines() -> tuple[Floats, Floats]:
    """Lines of rock and concrete: energies (J), photons per mass and time (1/(kg s)).

    Series of uranium, thorium (in equilibrium) and potassium at ``ACTIVITIES``; lines above
    40 keV with more than a photon in a thousand decays (ENSDF, in paceENSDF 0.6.3).

    >>> energy, rate = gamma_lines()
    >>> strongest = energy[rate.argmax()] / 1.602176634e-16  # keV: potassium
    >>> round(float(strongest), 1), round(float(rate.max()), 1)
    (1460.8, 42.6)
    """
    text = files("qubudget.materials").joinpath("data/gamma_lines.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    energy = np.array([float(row["energy_eV"]) for row in rows]) * ELEMENTARY_CHARGE
    rate = [ACTIVITIES[row["series"]] * float(row["photons_per_decay"]) for row in rows]
    return energy, np.array(rate)
