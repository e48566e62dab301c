"""Chip substrates (stopping, sound, phonon scattering) and the radiation they stand in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class Substrate:
    """A crystal that carries qubits.

    Attributes
    ----------
    name : name in the catalogue ("Si", "Al2O3").
    density : kg/m^3.
    charge_per_mass : <Z/A>, mol/g.
    excitation_energy : mean excitation energy I of the stopping power, J.
    density_effect : Bethe's density-effect correction delta of a 4 GeV muon.
    pair_energy, pair_fano : energy per electron-hole pair, J, and its Fano factor; None where
        no source was found.
    phonon_share : share of a deposit that ends up in phonons rather than in lasting
        electron-hole pairs; the source gives a lower bound.
    film_transmission : share of phonons that pass into an aluminium film.
    sound_longitudinal, sound_transverse : velocities, m/s.
    debye_frequency : Hz.
    isotope_scattering : B of the rate B nu^4, s^3.
    anharmonic_decay : A of the rate A nu^5 of longitudinal phonons, s^4.
    transverse_decay_share : share of those decays into two transverse phonons.
    mode_shares : density of states of the L, slow T and fast T modes.
    source, status, note : where the values come from, and how far that was checked.
    """

    name: str
    density: float
    charge_per_mass: float
    excitation_energy: float
    density_effect: float
    pair_energy: float | None
    pair_fano: float | None
    phonon_share: float
    film_transmission: float
    sound_longitudinal: float
    sound_transverse: float
    debye_frequency: float
    isotope_scattering: float
    anharmonic_decay: float
    transverse_decay_share: float
    mode_shares: tuple[float, float, float]
    source: str
    status: str
    note: str

    @property
    def sound_mean(self) -> float:
        """Phonon velocity averaged over the modes' density of states, m/s.

        >>> round(substrate("Si").sound_mean)
        5735
        """
        longitudinal, slow, fast = self.mode_shares
        return longitudinal * self.sound_longitudinal + (slow + fast) * self.sound_transverse


@dataclass(frozen=True)
class Environment:
    """Natural radiation at the ground, unshielded.

    Attributes
    ----------
    muon_energy : mean kinetic energy of muons, J.
    muon_intensity : vertical intensity, 1/(m^2 s sr).
    threshold : deposits below this do not count, J.
    reference_chip : length, width, thickness of the silicon that the rates refer to, m.
    gamma_rate, hadron_rate : deposits above the threshold per mass of that chip, 1/(kg s).
    nucleon_attenuation : of nucleons in air, kg/m^2.
    source, status : where the values come from.
    """

    muon_energy: float
    muon_intensity: float
    threshold: float
    reference_chip: tuple[float, float, float]
    gamma_rate: float
    hadron_rate: float
    nucleon_attenuation: float
    source: str
    status: str


@cache
def _tables() -> dict[str, dict[str, Any]]:
    text = files("qubudget.materials").joinpath("data/substrates.toml").read_text("utf-8")
    return tomllib.loads(text)


def substrate_names() -> tuple[str, ...]:
    """Names of the catalogue's substrates.

    >>> substrate_names()
    ('Si', 'Al2O3')
    """
    return tuple(name for name in _tables() if name != "environment")


@cache
def substrate(name: str) -> Substrate:
    """The substrate of this name.

    Raises
    ------
    OutOfRangeError: the catalogue has none of this name; the message lists the names.

    >>> substrate("Si").density
    2330.0
    """
    if name not in substrate_names():
        known = ", ".join(substrate_names())
        raise OutOfRangeError(f"no substrate {name!r} in the catalogue; known: {known}")
    row = _tables()[name]
    pair_energy = row.get("pair_energy")
    longitudinal, slow, fast = row["mode_shares"]
    return Substrate(
        name=name,
        density=row["density"],
        charge_per_mass=row["charge_per_mass"],
        excitation_energy=row["excitation_energy"] * ELEMENTARY_CHARGE,
        density_effect=row["density_effect"],
        pair_energy=None if pair_energy is None else pair_energy * ELEMENTARY_CHARGE,
        pair_fano=row.get("pair_fano"),
        phonon_share=row["phonon_share"],
        film_transmission=row["film_transmission"],
        sound_longitudinal=row["sound_longitudinal"],
        sound_transverse=row["sound_transverse"],
        debye_frequency=row["debye_frequency"],
        isotope_scattering=row["isotope_scattering"],
        anharmonic_decay=row["anharmonic_decay"],
        transverse_decay_share=row["transverse_decay_share"],
        mode_shares=(longitudinal, slow, fast),
        source=row["source"],
        status=row["status"],
        note=row["note"],
    )


@cache
def environment() -> Environment:
    """Natural radiation at the ground, with the gammas fitted to NIST's measurement."""
    row = _tables()["environment"]
    scale = ELEMENTARY_CHARGE
    length, width, thickness = row["reference_chip"]
    return Environment(
        muon_energy=row["muon_energy"] * scale,
        muon_intensity=row["muon_intensity"],
        threshold=row["threshold"] * scale,
        reference_chip=(length, width, thickness),
        gamma_rate=row["gamma_rate"],
        hadron_rate=row["hadron_rate"],
        nucleon_attenuation=row["nucleon_attenuation"],
        source=row["source"],
        status=row["status"],
    )
