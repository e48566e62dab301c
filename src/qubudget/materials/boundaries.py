"""Thermal conductance of joints between solids per area, with its spread.

``data/boundaries.csv`` holds the points, joined on logarithmic axes as in ``curves``;
``data/boundary_interfaces.csv`` what to think of them. A suspect interface is one whose
source contradicts itself: its values are used with the contradiction as their spread.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import ArrayLike
from scipy.interpolate import PchipInterpolator

from qubudget.errors import OutOfRangeError
from qubudget.materials.curves import Curve, Floats, LogLaw, Piece

COLDEST = 0.001
"""Down to where a law is carried below its data, K."""
EXTRAPOLATED_EXPONENT = 1.0
"""Uncertainty of the exponent below the data: their own slope is 2 where phonons alone give 3."""


@dataclass(frozen=True)
class Boundary:
    """A kind of joint.

    Attributes
    ----------
    name : name in the catalogue. curve : conductance per area, W/(K m^2).
    coldest_point : cold end of the data, K. spread : 95 % factor where there are data.
    suspect : whether the source contradicts itself.
    source, status, note : where it is from, how well checked, and what to know.
    """

    name: str
    curve: Curve
    coldest_point: float
    spread: float
    suspect: bool
    source: str
    status: str
    note: str


def boundary_names() -> tuple[str, ...]:
    """Names of the catalogue's joints.

    >>> boundary_names()
    ('grease', 'PbSn solder')
    """
    return tuple(_catalogue())


def boundary(interface: str) -> Boundary:
    """The joint of this name; ``OutOfRangeError`` lists the names."""
    try:
        return _catalogue()[interface]
    except KeyError:
        known = ", ".join(boundary_names())
        raise OutOfRangeError(f"no joint {interface!r} in the catalogue; known: {known}") from None


def boundary_conductance(interface: str, temperature: ArrayLike) -> Floats:
    """Conductance of a joint per area, W/(K m^2), at ``temperature`` (K, any shape).

    Raises
    ------
    OutOfRangeError: no such joint, or a temperature outside its range.

    Ekin (2006), p. 63, soldered joint at 4.37 K: 1.36 W/(K cm^2).

    >>> round(float(boundary_conductance("PbSn solder", 4.37)))
    13600
    """
    return boundary(interface).curve.value(temperature)


def boundary_spread(interface: str, temperature: ArrayLike) -> Floats:
    """95 % factor, up or down, of ``boundary_conductance``.

    Raises
    ------
    OutOfRangeError: as ``boundary_conductance``.
    """
    entry = boundary(interface)
    entry.curve.value(temperature)  # refuses what is out of range
    below = np.maximum(entry.coldest_point / np.asarray(temperature, dtype=np.float64), 1.0)
    return np.asarray(entry.spread * below**EXTRAPOLATED_EXPONENT, dtype=np.float64)


@cache
def _catalogue() -> dict[str, Boundary]:
    data = files("qubudget.materials") / "data"
    points: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader((data / "boundaries.csv").read_text("utf-8").splitlines()):
        points.setdefault(row["interface"], []).append(row)
    found = {}
    for row in csv.DictReader((data / "boundary_interfaces.csv").read_text("utf-8").splitlines()):
        name, rows = row["interface"], points[row["interface"]]
        temperature = np.array([float(point["temperature_K"]) for point in rows])
        value = np.array([float(point["conductance_W_per_K_m2"]) for point in rows])
        pieces = [Piece(temperature[0], temperature[-1], _table_law(temperature, value))]
        if row["exponent"]:
            law = _power_law(temperature[0], value[0], float(row["exponent"]))
            pieces.insert(0, Piece(COLDEST, temperature[0], law))
        found[name] = Boundary(
            name=name,
            curve=Curve(f"conductance of a {name} joint", pieces),
            coldest_point=float(temperature[0]),
            spread=float(row["spread"]),
            suspect=row["suspect"] == "yes",
            source=rows[0]["source"],
            status=rows[0]["status"],
            note=row["note"],
        )
    return found


def _table_law(temperature: Floats, value: Floats) -> LogLaw:
    interpolator = PchipInterpolator(np.log(temperature), np.log(value))
    return lambda position: np.asarray(interpolator(position), dtype=np.float64)


def _power_law(temperature: float, value: float, exponent: float) -> LogLaw:
    return lambda position: np.log(value) + exponent * (position - np.log(temperature))
