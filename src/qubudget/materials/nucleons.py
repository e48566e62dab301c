"""Protons of cosmic rays at the ground, and their ranges in chips."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError

Floats = NDArray[np.float64]


@cache
def proton_flux() -> tuple[Floats, Floats]:
    """Protons at sea level: energies (J) and flux from all directions (1/(m^2 s J)).

    PARMA's secondary protons (T. Sato et al., Radiat. Res. 170, 244 (2008)) at 1033 g/cm^2, a
    cut-off rigidity of 2.5 GV and a modulation of 600 MV: in the open, from 1 MeV to 10 GeV.

    >>> energy, flux = proton_flux()
    >>> round(float(np.trapezoid(flux, energy)), 1)  # 1/(m^2 s)
    3.3
    """
    text = files("qubudget.materials").joinpath("data/proton_flux.csv").read_text("utf-8")
    energy, flux = np.array([[float(n) for n in r] for r in csv.reader(text.splitlines()[1:])]).T
    return energy * ELEMENTARY_CHARGE, flux / ELEMENTARY_CHARGE


@cache
def proton_ranges(material: str) -> tuple[Floats, Floats]:
    """Energies (J) and mean ranges (kg/m^2) of protons, 10 keV to 10 GeV (NIST PSTAR).

    Raises
    ------
    OutOfRangeError: no table for this material.

    >>> energy, distance = proton_ranges("Si")
    >>> found = np.interp(10e6 * 1.602176634e-19, energy, distance)
    >>> round(float(found) / 10, 3)  # g/cm^2 at 10 MeV
    0.167
    """
    text = files("qubudget.materials").joinpath("data/proton_ranges.csv").read_text("utf-8")
    rows = [r[1:] for r in csv.reader(text.splitlines()[1:]) if r[0] == material]
    if not rows:
        raise OutOfRangeError(f"no proton ranges for {material!r}")
    energy, distance = np.array([[float(n) for n in row] for row in rows]).T
    return energy * ELEMENTARY_CHARGE, distance
