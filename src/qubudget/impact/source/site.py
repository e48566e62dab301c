"""What a laboratory's altitude, depth, lead and the chip's orientation do to radiation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.source.field import GammaField, room_field
from qubudget.impact.source.gammas import gamma_spectrum
from qubudget.impact.source.hadrons import hadron_spectrum
from qubudget.impact.source.muons import muon_spectrum
from qubudget.impact.source.spectrum import Spectrum
from qubudget.materials.substrates import Environment, Substrate, substrate

Array = NDArray[np.float64]
Orientation = Literal["flat", "upright"]

_SEA_LEVEL = 10332.3  # kg/m^2: 101325 Pa over standard gravity


@dataclass(frozen=True)
class Target:
    """A chip among the sources.

    Attributes
    ----------
    length, width, thickness : m.
    substrate : its material.
    orientation : "flat", or "upright" (length horizontal, width vertical).
    """

    length: float
    width: float
    thickness: float
    substrate: Substrate
    orientation: Orientation = "flat"

    @property
    def sides(self) -> tuple[float, float, float]:
        """Length, width, thickness, m."""
        return self.length, self.width, self.thickness

    @property
    def standing(self) -> tuple[float, float, float]:
        """The sides with the vertical one last, m."""
        if self.orientation == "flat":
            return self.sides
        return self.length, self.thickness, self.width

    @property
    def mass(self) -> float:
        """kg."""
        return self.length * self.width * self.thickness * self.substrate.density


@dataclass(frozen=True)
class Radiation:
    """What falls on a chip.

    Attributes
    ----------
    muon_intensity : vertical, 1/(m^2 s sr).
    gammas : photons at the chip.
    protons : their number over that at sea level.
    """

    muon_intensity: float
    gammas: GammaField
    protons: float


def radiation(
    env: Environment,
    *,
    muon_intensity: float,
    gamma_rate: float,
    hadron_rate: float,
    lead_thickness: float = 0.0,
    altitude: float = 0.0,
    overburden: float = 0.0,
) -> Radiation:
    """Radiation of a site from what it would be at sea level, unshielded.

    Parameters
    ----------
    env : the environment that the rates refer to.
    muon_intensity : vertical, 1/(m^2 s sr).
    gamma_rate, hadron_rate : deposits above the threshold per mass of the reference chip,
        1/(kg s).
    lead_thickness : around the chip, m.
    altitude : m. overburden : mass above the chip per area, kg/m^2.
    """
    gammas = room_field().scaled(gamma_rate / reference_rates(env)["gamma"])
    muons = muon_altitude_gain(altitude) / muon_reduction(overburden)
    protons = nucleon_altitude_gain(altitude, env) / nucleon_reduction(overburden, env)
    return Radiation(
        muon_intensity=muon_intensity * float(muons),
        gammas=gammas.behind_lead(lead_thickness),
        protons=hadron_rate / reference_rates(env)["hadron"] * float(protons),
    )


def spectra(target: Target, falling: Radiation, env: Environment) -> dict[str, Spectrum]:
    """Deposits above the threshold: "muon", "gamma" and "hadron"."""
    material = target.substrate
    found = {
        "muon": muon_spectrum(*target.standing, material, env, falling.muon_intensity),
        "gamma": gamma_spectrum(*target.sides, material, falling.gammas),
        "hadron": hadron_spectrum(*target.sides, material, falling.protons),
    }
    return {kind: spectrum.above(env.threshold) for kind, spectrum in found.items()}


@cache
def reference_rates(env: Environment) -> Mapping[str, float]:
    """Deposits above the threshold per mass of the reference chip, 1/(kg s).

    "gamma": of `room_field` as it is; "hadron": of protons at sea level.

    >>> from qubudget.materials.substrates import environment
    >>> round(reference_rates(environment())["hadron"], 2)
    1.69
    """
    silicon = substrate("Si")
    mass = float(np.prod(env.reference_chip)) * silicon.density
    gamma = gamma_spectrum(*env.reference_chip, silicon, room_field())
    hadron = hadron_spectrum(*env.reference_chip, silicon)
    return {
        "gamma": gamma.above(env.threshold).total / mass,
        "hadron": hadron.above(env.threshold).total / mass,
    }


def atmospheric_depth(altitude: ArrayLike) -> Array:
    """Mass of air above, kg/m^2, in the standard atmosphere (ISO 2533) up to 11 km (m).

    >>> round(float(atmospheric_depth(1655.0)) / 10)  # g/cm^2 above Boulder
    846
    """
    height = np.asarray(altitude, dtype=np.float64)
    if height.size and not (height.min() >= -500 and height.max() <= 11000):
        raise OutOfRangeError("altitudes from -500 m to 11 km")
    return np.asarray(_SEA_LEVEL * (1 - 0.0065 * height / 288.15) ** 5.25588)


def nucleon_altitude_gain(altitude: ArrayLike, env: Environment) -> Array:
    """Nucleons over those at sea level: exponential in the depth of air."""
    lost = _SEA_LEVEL - atmospheric_depth(altitude)
    return np.asarray(np.exp(lost / env.nucleon_attenuation))


def nucleon_reduction(overburden: ArrayLike, env: Environment) -> Array:
    """Nucleons in the open over those below ``overburden`` (kg/m^2).

    With the attenuation length in air; in rock it is about a quarter longer.
    """
    with np.errstate(over="ignore"):  # infinite: none is left
        return np.asarray(np.exp(_depth(overburden) / env.nucleon_attenuation))


def muon_altitude_gain(altitude: ArrayLike) -> Array:
    """Vertical muons above 1 GeV/c over those at sea level.

    Each momentum attenuates over (263 + 150 p c/GeV) g/cm^2 of air (M. Boezio et al., Phys. Rev.
    D 62, 032007 (2000), as B. Heisinger et al., Earth Planet. Sci. Lett. 200, 345 (2002) use it),
    averaged over the spectrum at sea level (D. Reyna, arXiv:hep-ph/0604145, Eq. 3).
    """
    node, weight = np.polynomial.legendre.leggauss(40)
    logarithm = 1.5 * (node + 1)  # of p over GeV/c: 1 to 1000 GeV/c
    momentum = 10**logarithm
    power = 0.2455 + 1.288 * logarithm - 0.2555 * logarithm**2 + 0.0209 * logarithm**3
    spectrum = weight * momentum ** (1 - power)
    lost = (_SEA_LEVEL - atmospheric_depth(altitude))[..., None]
    gain = np.exp(lost / (10 * (263 + 150 * momentum)))
    return np.asarray(np.sum(gain * spectrum, axis=-1) / np.sum(spectrum))


def muon_reduction(overburden: ArrayLike) -> Array:
    """Muons in the open over those below ``overburden`` (kg/m^2), through a horizontal plane.

    Vertical intensity 258.5 exp(-5.5e-4 h)/[(h + 210) ((h + 10)^1.66 + 75)] /(cm^2 s sr), times
    2 pi/(n + 1) with n = 3.21 - 0.297 ln(h + 42) + 1.21e-3 h, h in metres of water equivalent:
    B. Heisinger et al., Earth Planet. Sci. Lett. 200, 345 (2002), Eqs. 1-5; up to 2,000.

    >>> round(float(muon_reduction(100e3)))  # 100 m of water; 35 are measured 100 m deep
    30
    """
    depth = _depth(overburden) / 1e3
    if depth.size and depth.max() > 2000:
        raise OutOfRangeError("muons are known down to 2,000 m of water equivalent")

    def flux(h: Array) -> Array:
        vertical = np.exp(-5.5e-4 * h) / ((h + 210) * ((h + 10) ** 1.66 + 75))
        return np.asarray(vertical / (4.21 - 0.297 * np.log(h + 42) + 1.21e-3 * h))

    return np.asarray(flux(np.zeros(())) / flux(depth))


def _depth(overburden: ArrayLike) -> Array:
    depth = np.asarray(overburden, dtype=np.float64)
    if depth.size and not depth.min() >= 0:
        raise OutOfRangeError("an overburden is not negative")
    return depth
