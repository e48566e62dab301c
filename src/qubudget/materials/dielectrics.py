"""Measured loss tangents of the places where a qubit's electric field is lossy.

The loss tangent of an interface belongs to a convention for its layer (thickness and relative
permittivity, ``layer``): the participation beside it must follow the same one. Values are at
single-photon power and millikelvin. What was only remembered, without a text that could be read,
is not in the catalogue (TiN on silicon at metal-substrate and metal-air, for instance).
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qubudget.errors import OutOfRangeError

PLACES = (
    "metal-air",
    "substrate-air",
    "metal-substrate",
    "bulk",
    "junction",
    "surfaces",
    "effective",
)
"""Kinds of place. ``surfaces``: the three interfaces together, for the sum of their
participations. ``effective``: a whole resonator or qubit, for a participation of 1."""

_NORMAL_95 = 1.959964  # half-width of a normal distribution's 95 % interval


@dataclass(frozen=True)
class LossTangent:
    """Loss tangent of a measured place.

    Attributes
    ----------
    name : name in the catalogue.
    place : one of ``PLACES``.
    tan_delta : at single-photon power and millikelvin.
    spread : 95 % factor up or down.
    spread_from : what the spread is: ``one-sigma`` (1.96 times the printed uncertainty, of the
        logarithm), ``range`` (the farther end of what the sources give) or ``borrowed`` (no
        uncertainty in print: that of the place named in ``spread_of``).
    spread_of : of a borrowed spread; empty otherwise.
    layer : thickness and relative permittivity that an interface's value assumes, or empty.
    source, status, note : where the value comes from and how far that was checked.
    """

    name: str
    place: str
    tan_delta: float
    spread: float
    spread_from: str
    spread_of: str
    layer: str
    source: str
    status: str
    note: str


def spread_factor(value: float, low: float, high: float, interval: str) -> float:
    """95 % factor of a value with ``low`` and ``high`` ends.

    interval : ``one-sigma`` or ``range``, as in ``LossTangent``.

    >>> round(spread_factor(6.2e-8, 5.5e-8, 6.9e-8, "one-sigma"), 3)  # 6.2(7)e-8
    1.248
    """
    if interval == "one-sigma":
        return math.exp(_NORMAL_95 * (high - low) / (2 * value))
    return max(high / value, value / low)


@cache
def _catalogue() -> Mapping[str, LossTangent]:
    path = files("qubudget.materials").joinpath("data/dielectrics.csv")
    rows = {row["name"]: row for row in csv.DictReader(path.read_text("utf-8").splitlines())}

    def spread(name: str) -> float:
        row = rows[name]
        if row["interval"] == "borrowed":
            return spread(row["spread_of"])
        value, low, high = (float(row[key]) for key in ("tan_delta", "low", "high"))
        return spread_factor(value, low, high, row["interval"])

    return {
        name: LossTangent(
            name=name,
            place=row["place"],
            tan_delta=float(row["tan_delta"]),
            spread=spread(name),
            spread_from=row["interval"],
            spread_of=row["spread_of"],
            layer=row["layer"],
            source=row["source"],
            status=row["status"],
            note=row["note"],
        )
        for name, row in rows.items()
    }


def dielectric_names() -> tuple[str, ...]:
    """Names of the catalogue's places, in its order.

    >>> dielectric_names()[0]
    'Al on sapphire metal-substrate'
    """
    return tuple(_catalogue())


def dielectric(name: str) -> LossTangent:
    """The measured place of this name.

    Raises
    ------
    OutOfRangeError: the catalogue has none of this name; the message lists the names.

    >>> dielectric("sapphire bulk EFG").tan_delta  # A. P. Read et al. (2023)
    6.2e-08
    """
    try:
        return _catalogue()[name]
    except KeyError:
        known = ", ".join(dielectric_names())
        raise OutOfRangeError(f"no dielectric {name!r} in the catalogue; known: {known}") from None
