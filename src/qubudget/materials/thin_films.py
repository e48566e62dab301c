"""Thin superconducting films: gap against thickness, and trapping by vortices."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class ThinFilm:
    """Laws of a superconductor's thin films.

    Attributes
    ----------
    bulk_gap : eV. slope, slope_low, slope_high : of gap = bulk_gap + slope/thickness, eV m.
    thinnest : thickness where the law's data begin, m.
    vortex_trapping, vortex_trapping_spread : rate of one vortex times area, and its standard
        error, m^2/s.
    source, status, note : where the values come from, and how far that was checked.
    """

    bulk_gap: float
    slope: float
    slope_low: float
    slope_high: float
    thinnest: float
    vortex_trapping: float
    vortex_trapping_spread: float
    source: str
    status: str
    note: str


@cache
def _catalogue() -> dict[str, ThinFilm]:
    text = files("qubudget.materials").joinpath("data/thin_films.toml").read_text("utf-8")
    return {name: ThinFilm(**row) for name, row in tomllib.loads(text).items()}


def thin_film(name: str) -> ThinFilm:
    """Laws of this superconductor's films; `OutOfRangeError` where none has a source."""
    try:
        return _catalogue()[name]
    except KeyError:
        known = ", ".join(_catalogue())
        raise OutOfRangeError(f"no law of thin films of {name!r}; known: {known}") from None


def thin_film_gap(name: str, thickness: ArrayLike) -> NDArray[np.float64]:
    """Gap of films of some thickness (m, any shape), J.

    Raises `OutOfRangeError` for films thinner than the law's data or of unknown material.

    >>> ueV = 1e-6 * ELEMENTARY_CHARGE
    >>> (thin_film_gap("Al", [20e-9, 30e-9, 100e-9]) / ueV).round(1).tolist()
    [210.0, 200.0, 186.0]
    """
    law, d = thin_film(name), np.asarray(thickness, dtype=np.float64)
    if not np.all(d >= law.thinnest):
        raise OutOfRangeError(f"the gap of {name} films is known from {law.thinnest:g} m")
    return np.asarray((law.bulk_gap + law.slope / d) * ELEMENTARY_CHARGE)
