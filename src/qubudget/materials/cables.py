"""Cables: heat per stage as measured, geometry of coaxial ones, and their attenuation.

Measured heat is ``data/cables.csv``: watts per line (per pair for twisted pairs) at the stage
where a piece of the cable ends, its other end being anchored at the next warmer stage of
``ANCHORS``. They hold for stages near the temperatures of the source's fridge; they do not
depend on the temperature here. ``conducting_material(cable)`` names the material by which
such a load may be scaled to other temperatures.

Geometry is ``data/coax.csv``: ``coax(name)``, ``coax_names()``, and ``coax_of(section)`` for a
cable that a design file defines. Flexible strips, twisted pairs and optical fibres have
measured heat only: no geometry of them is published in the sources used here. The makers'
attenuation at 4 and 300 K is in ``attenuation``.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Protocol

from qubudget.errors import OutOfRangeError

ANCHORS = ("300k", "50k", "4k", "still", "cp", "mxc")
"""The stages at which the catalogue's cables are anchored, warm to cold."""


@dataclass(frozen=True)
class PassiveLoad:
    """One row of the catalogue.

    Attributes
    ----------
    cable, stage : what was measured, and the stage where the piece of cable ends.
    load : heat per line, W.
    kind : "measured", "estimated", "vendor" or "tool input" (another program's number).
    source, status, note : where it is from, and how well that has been checked.
    """

    cable: str
    stage: str
    load: float
    kind: str
    source: str
    status: str
    note: str


def _rows(name: str) -> list[dict[str, str]]:
    path = resources.files("qubudget.materials") / "data" / name
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


@cache
def _catalogue() -> dict[str, dict[str, PassiveLoad]]:
    entries: dict[str, dict[str, PassiveLoad]] = {}
    for row in _rows("cables.csv"):
        load = float(row.pop("load_W"))
        entry = PassiveLoad(load=load, **row)
        entries.setdefault(entry.cable, {})[entry.stage] = entry
    return entries


def cable_names() -> tuple[str, ...]:
    """Names of all cables in the catalogue."""
    return tuple(_catalogue())


def cable_stages(cable: str) -> tuple[str, ...]:
    """Stages at which the catalogue has a load of this cable, warm to cold.

    Raises
    ------
    OutOfRangeError: the catalogue has no such cable.
    """
    return tuple(_entries(cable))


def passive_load_entry(cable: str, stage: str) -> PassiveLoad:
    """The catalogue's row for one cable at one stage, with kind, source and status.

    Raises
    ------
    OutOfRangeError: no such cable, or no value of it at this stage.
    """
    entries = _entries(cable)
    if stage not in entries:
        raise OutOfRangeError(
            f"no passive load of cable {cable!r} at stage {stage!r}; "
            f"the catalogue has {', '.join(entries)}"
        )
    return entries[stage]


def passive_load(cable: str, stage: str) -> float:
    """Heat of one line of ``cable`` at the ``stage`` where a piece of it ends, W.

    Raises
    ------
    OutOfRangeError: no such cable, or no value of it at this stage.

    Stainless 0.085 inch drive line at the mixing chamber (Krinner et al. 2019, Table 2):

    >>> passive_load("UT-085-SS-SS drive", "mxc")
    1.3e-08
    """
    return passive_load_entry(cable, stage).load


def _entries(cable: str) -> dict[str, PassiveLoad]:
    try:
        return _catalogue()[cable]
    except KeyError:
        raise OutOfRangeError(
            f"no cable {cable!r} in the catalogue, which has {', '.join(_catalogue())}"
        ) from None


@cache
def _conducting_materials() -> dict[str, str]:
    return {row["cable"]: row["material"] for row in _rows("cable_materials.csv")}


def conducting_material(cable: str) -> str:
    """Material, in ``conductivity``, that carries most heat of a measured cable.

    Raises
    ------
    OutOfRangeError: no such cable, or none known (optical fibre, another program's microstrip).

    >>> conducting_material("UT-085-SS-SS drive")
    'SS304'
    """
    _entries(cable)
    if cable not in _conducting_materials():
        raise OutOfRangeError(
            f"no conducting material known of cable {cable!r}; its heat cannot be scaled to other "
            f"temperatures; known of {', '.join(_conducting_materials())}"
        )
    return _conducting_materials()[cable]


@dataclass(frozen=True)
class CoaxCable:
    """A coaxial cable by geometry and materials.

    Attributes
    ----------
    name : name in the catalogue or the design.
    inner, dielectric, outer : names of materials in ``conductivity``.
    inner_diameter, dielectric_diameter, outer_diameter : outer diameters of the three, m.
    inner_anchored, dielectric_anchored : whether these are at the stage's temperature where the
        cable is clamped; the outer conductor always is.
    spread : 95 % factor up or down of the computed heat, beyond that of the materials.
    source, status : where it is from, and how well that has been checked.
    plating : area x conductivity at 4 K of the inner conductor's silver plating, W m/K.
    """

    name: str
    inner: str
    dielectric: str
    outer: str
    inner_diameter: float
    dielectric_diameter: float
    outer_diameter: float
    inner_anchored: bool
    dielectric_anchored: bool
    spread: float
    source: str
    status: str
    plating: float = 0.0

    def __post_init__(self) -> None:
        diameters = (self.inner_diameter, self.dielectric_diameter, self.outer_diameter)
        if not 0 < diameters[0] < diameters[1] < diameters[2]:
            raise OutOfRangeError(
                f"cable {self.name!r}: diameters above 0 that grow from inner conductor over "
                f"dielectric to outer conductor, given {diameters} m"
            )

    @property
    def inner_area(self) -> float:
        """Cross-section of the inner conductor, m^2."""
        return math.pi / 4 * self.inner_diameter**2

    @property
    def dielectric_area(self) -> float:
        """Cross-section of the dielectric, m^2."""
        return math.pi / 4 * (self.dielectric_diameter**2 - self.inner_diameter**2)

    @property
    def outer_area(self) -> float:
        """Cross-section of the outer conductor, m^2."""
        return math.pi / 4 * (self.outer_diameter**2 - self.dielectric_diameter**2)


class CableSection(Protocol):
    """A cable as a design file defines it."""

    @property
    def name(self) -> str: ...
    @property
    def inner(self) -> str: ...
    @property
    def dielectric(self) -> str: ...
    @property
    def outer(self) -> str: ...
    @property
    def inner_diameter(self) -> float: ...
    @property
    def dielectric_diameter(self) -> float: ...
    @property
    def outer_diameter(self) -> float: ...
    @property
    def inner_anchored(self) -> bool: ...
    @property
    def dielectric_anchored(self) -> bool: ...
    @property
    def spread(self) -> float: ...
    @property
    def source(self) -> str: ...


@cache
def _coaxes() -> dict[str, CoaxCable]:
    return {
        row["name"]: CoaxCable(
            name=row["name"],
            inner=row["inner"],
            dielectric=row["dielectric"],
            outer=row["outer"],
            inner_diameter=float(row["inner_diameter_m"]),
            dielectric_diameter=float(row["dielectric_diameter_m"]),
            outer_diameter=float(row["outer_diameter_m"]),
            inner_anchored=True,  # attenuators and bulkhead connectors join it to the stage
            dielectric_anchored=True,
            spread=float(row["spread"]),
            source=row["source"],
            status=row["status"],
            plating=float(row["plating_W_m_per_K"]),
        )
        for row in _rows("coax.csv")
    }


def coax_names() -> tuple[str, ...]:
    """Names of all cables with geometry; a measured cable keeps its measured name."""
    return tuple(_coaxes())


def coax(name: str) -> CoaxCable:
    """The cable with geometry of this name; ``OutOfRangeError`` lists the names.

    >>> round(coax("UT-085-SS-SS").outer_area * 1e6, 3)  # mm^2
    1.576
    """
    try:
        return _coaxes()[name]
    except KeyError:
        known = ", ".join(coax_names())
        raise OutOfRangeError(f"no geometry of cable {name!r}; known of {known}") from None


def coax_of(section: CableSection) -> CoaxCable:
    """The cable that a design file defines.

    Raises
    ------
    OutOfRangeError: diameters that do not grow outwards.
    """
    return CoaxCable(
        name=section.name,
        inner=section.inner,
        dielectric=section.dielectric,
        outer=section.outer,
        inner_diameter=section.inner_diameter,
        dielectric_diameter=section.dielectric_diameter,
        outer_diameter=section.outer_diameter,
        inner_anchored=section.inner_anchored,
        dielectric_anchored=section.dielectric_anchored,
        spread=section.spread,
        source=section.source,
        status="design file",
    )
