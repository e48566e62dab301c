"""Normal metals: heat capacities and electron-phonon coupling."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qubudget.errors import OutOfRangeError

AVOGADRO = 6.02214076e23  # 1/mol (exact)


@dataclass(frozen=True)
class NormalMetal:
    """A metal in its normal state at low temperature.

    Attributes
    ----------
    name : name in the catalogue ("Al", "Cu").
    electron_heat_capacity : Sommerfeld's gamma, J/(mol K^2).
    debye_temperature : its low-temperature limit, K.
    molar_mass : kg/mol. density : kg/m^3.
    electron_phonon : Sigma of the T^5 law, W/(m^3 K^5).
    sound_longitudinal, sound_transverse : m/s.
    fermi_velocity : m/s. velocity_status : how far that one was checked.
    source, status, note : where the other values come from and how far that was checked.
    """

    name: str
    electron_heat_capacity: float
    debye_temperature: float
    molar_mass: float
    density: float
    electron_phonon: float
    sound_longitudinal: float
    sound_transverse: float
    fermi_velocity: float
    velocity_status: str
    source: str
    status: str
    note: str = ""

    @property
    def atom_density(self) -> float:
        """Atoms per volume, 1/m^3."""
        return self.density / self.molar_mass * AVOGADRO

    @property
    def sound_mean(self) -> float:
        """Debye's mean velocity, from the mean of the inverse cubes, m/s."""
        inverse_cubes = self.sound_longitudinal**-3 + 2 * self.sound_transverse**-3
        return float((3 / inverse_cubes) ** (1 / 3))

    @property
    def gamma(self) -> float:
        """Sommerfeld's coefficient per volume, J/(m^3 K^2)."""
        return self.electron_heat_capacity * self.density / self.molar_mass


@cache
def _catalogue() -> dict[str, NormalMetal]:
    text = files("qubudget.materials").joinpath("data/normal_metals.toml").read_text("utf-8")
    return {name: NormalMetal(name=name, **row) for name, row in tomllib.loads(text).items()}


def normal_metal_names() -> tuple[str, ...]:
    """Names of the catalogue's normal metals, in its order.

    >>> normal_metal_names()
    ('Al', 'Cu', 'Au', 'Ag')
    """
    return tuple(_catalogue())


def normal_metal(name: str) -> NormalMetal:
    """The metal of this name; `OutOfRangeError` where the catalogue has none.

    >>> round(normal_metal("Cu").gamma)  # J/(m^3 K^2)
    97
    """
    try:
        return _catalogue()[name]
    except KeyError:
        known = ", ".join(_catalogue())
        raise OutOfRangeError(
            f"no normal metal {name!r} in the catalogue; known: {known}"
        ) from None
