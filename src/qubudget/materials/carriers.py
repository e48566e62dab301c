"""Electrons and holes that a deposit leaves in a substrate: gap, permittivity, trapping."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class Carriers:
    """Electrons and holes in a crystal at millikelvin.

    Attributes
    ----------
    name : of the substrate in its catalogue ("Si").
    band_gap : energy that an electron-hole pair keeps until it recombines, J.
    permittivity : relative, static.
    trapping_length : mean path of a carrier in zero field until a trap holds it, m.
    source, status, note : where the values come from, and how far that was checked.
    """

    name: str
    band_gap: float
    permittivity: float
    trapping_length: float
    source: str
    status: str
    note: str


@cache
def carriers(name: str) -> Carriers:
    """The carriers of the substrate of this name.

    Raises
    ------
    OutOfRangeError: no sourced values for it; the message lists the names that have some.

    >>> round(carriers("Si").band_gap / ELEMENTARY_CHARGE, 2)
    1.17
    """
    text = files("qubudget.materials").joinpath("data/carriers.toml").read_text("utf-8")
    table = tomllib.loads(text)
    if name not in table:
        raise OutOfRangeError(
            f"no sourced electrons and holes for {name!r}; known: {', '.join(table)}"
        )
    row = table[name]
    return Carriers(
        name=name,
        band_gap=row["band_gap"] * ELEMENTARY_CHARGE,
        permittivity=row["permittivity"],
        trapping_length=row["trapping_length"],
        source=row["source"],
        status=row["status"],
        note=row["note"],
    )
