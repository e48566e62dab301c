"""Solids as isotropic elastic media: what acoustic mismatch at an interface needs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from qubudget.errors import OutOfRangeError
from qubudget.materials.crystals import Crystal, crystal, crystal_names


@dataclass(frozen=True)
class Solid:
    """An isotropic elastic medium.

    Attributes
    ----------
    name : of the solid.
    density : kg/m^3.
    longitudinal, transverse : sound velocities, m/s.
    spread : relative half-width of the velocities' 95 % interval.
    source, status, note : where the values come from, and how far that was checked.

    Raises `OutOfRangeError` unless density > 0 and 3 vL^2 > 4 vT^2 > 0 (a stable solid).
    """

    name: str
    density: float
    longitudinal: float
    transverse: float
    spread: float = 0.0
    source: str = ""
    status: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        stable = 3 * self.longitudinal**2 > 4 * self.transverse**2 > 0
        if not (self.density > 0 and stable and self.longitudinal > 0 and self.transverse > 0):
            raise OutOfRangeError(f"{self.name!r} is not a stable elastic solid")

    @property
    def flux_weight(self) -> float:
        """Sum of 1/v^2 over the three modes, s^2/m^2: flux of an equilibrium field onto a wall."""
        return self.longitudinal**-2 + 2 * self.transverse**-2

    @property
    def density_weight(self) -> float:
        """Sum of 1/v^3 over the three modes, s^3/m^3: density of states of phonons."""
        return self.longitudinal**-3 + 2 * self.transverse**-3

    @property
    def flux_velocity(self) -> float:
        """Mean velocity of an equilibrium field, m/s: it meets a wall at v/4 per volume."""
        return self.flux_weight / self.density_weight


def averaged(material: Crystal) -> Solid:
    """A crystal as an isotropic medium, by Hill's mean of Voigt's and Reuss' moduli.

    R. Hill, Proc. Phys. Soc. A 65, 349 (1952). Phonon focusing is lost; the means that a diffuse
    field needs are kept to about 1 % in silicon.
    """
    c = np.asarray(material.stiffness, dtype=np.float64)
    s = np.linalg.inv(c)
    bulk = (np.sum(c[:3, :3]) / 9 + 1 / np.sum(s[:3, :3])) / 2
    voigt = (2 * np.trace(c[:3, :3]) - (np.sum(c[:3, :3]) - np.trace(c[:3, :3]))) / 30
    voigt += np.trace(c[3:, 3:]) / 5
    cross = np.sum(s[:3, :3]) - np.trace(s[:3, :3])
    reuss = 15 / (4 * np.trace(s[:3, :3]) - 2 * cross + 3 * np.trace(s[3:, 3:]))
    shear = (voigt + reuss) / 2
    return Solid(
        name=material.name,
        density=material.density,
        longitudinal=float(np.sqrt((bulk + 4 / 3 * shear) / material.density)),
        transverse=float(np.sqrt(shear / material.density)),
        spread=0.02,
        source=f"Hill's average of {material.source}",
        status="derived",
        note=material.note,
    )


@cache
def _metals() -> dict[str, Solid]:
    text = files("qubudget.materials").joinpath("data/acoustic.toml").read_text("utf-8")
    return {name: Solid(name=name, **row) for name, row in tomllib.loads(text).items()}


def solid_names() -> tuple[str, ...]:
    """Names of the solids that the catalogues hold: metals, then crystals.

    >>> solid_names()[:4]
    ('Al', 'Nb', 'Ta', 'Ti')
    """
    return (*_metals(), *crystal_names())


@cache
def solid(name: str) -> Solid:
    """The solid of this name, metal or crystal (averaged).

    Raises `OutOfRangeError` if the catalogues have none; the message lists the names.

    >>> silicon = solid("Si")
    >>> round(silicon.longitudinal, -1), round(silicon.transverse, -1)  # G4CMP: 9000, 5400
    (8940.0, 5340.0)
    """
    if name in _metals():
        return _metals()[name]
    if name in crystal_names():
        return averaged(crystal(name))
    known = ", ".join(solid_names())
    raise OutOfRangeError(f"no solid {name!r} in the catalogue; known: {known}")
