"""Rates of radiation's deposits at many points.

Muons, gamma rays and protons each scale with their own flux, so a chip's spectra are computed
once, for unit fluxes at sea level.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact.source.site import (
    Orientation,
    Target,
    muon_altitude_gain,
    muon_reduction,
    nucleon_altitude_gain,
    nucleon_reduction,
    radiation,
    spectra,
)
from qubudget.materials.substrates import environment, substrate
from qubudget.study.arrays.inputs import Floats, Points


@lru_cache(maxsize=256)
def _per_flux(
    length: float,
    width: float,
    thickness: float,
    material: str,
    orientation: Orientation,
    lead: float,
) -> tuple[tuple[float, float], ...]:
    """Rate (1/s) and power (W) of muons, gamma rays and hadrons for unit fluxes at sea level."""
    env = environment()
    target = Target(length, width, thickness, substrate(material), orientation)
    falling = radiation(
        env, muon_intensity=1.0, gamma_rate=1.0, hadron_rate=1.0, lead_thickness=lead
    )
    found = spectra(target, falling, env)
    return tuple((found[kind].total, found[kind].power) for kind in ("muon", "gamma", "hadron"))


def report(points: Points) -> dict[str, Floats]:
    """The report's ``impact.rate_per_s`` and mean deposit; nothing of the kinetics.

    Raises
    ------
    OutOfRangeError: as ``impact.source``.
    """
    design, env = points.design, environment()
    chip, around = design.chip, design.radiation
    unit = _per_flux(
        chip.length,
        chip.width,
        chip.thickness,
        chip.substrate,
        around.orientation,
        around.lead_thickness,
    )
    muons = muon_altitude_gain(around.altitude) / muon_reduction(around.overburden)
    nucleons = nucleon_altitude_gain(around.altitude, env)
    nucleons = nucleons / nucleon_reduction(around.overburden, env)
    fluxes = (
        around.muon_intensity / around.muon_reduction * muons,
        np.asarray(around.gamma_rate / around.gamma_reduction),
        around.hadron_rate * nucleons,
    )
    muon, gamma, hadron = (
        np.atleast_1d(flux * rate) for flux, (rate, _) in zip(fluxes, unit, strict=True)
    )
    falls = muon + gamma + hadron
    power = sum(flux * watts for flux, (_, watts) in zip(fluxes, unit, strict=True))
    bursts = np.atleast_1d(np.asarray(around.phonon_burst_rate, dtype=np.float64))
    modelled = falls + bursts
    measured = design.measured.burst_rate
    total = modelled if measured is None else np.atleast_1d(np.asarray(measured, np.float64))
    with np.errstate(invalid="ignore"):
        mean = np.where(falls > 0, power / falls / ELEMENTARY_CHARGE, np.nan)
    return {
        "impact.rate_per_s.total": total,
        "impact.rate_per_s.muon": muon,
        "impact.rate_per_s.gamma": gamma,
        "impact.rate_per_s.hadron": hadron,
        "impact.rate_per_s.phonon_burst": bursts,
        "impact.modelled.rate_per_s": modelled,
        "impact.mean_deposit_eV": mean,
    }
