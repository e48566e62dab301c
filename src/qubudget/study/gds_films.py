"""Films of a GDS file as the design file writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from qubudget.design.units import to_si
from qubudget.errors import DesignError, Problem
from qubudget.impact.layout.gds import read_gds
from qubudget.impact.layout.shapes import DrawnFilm, Face
from qubudget.materials.normal_metals import normal_metal_names
from qubudget.materials.superconductors import superconductor_names

FORM = "LAYER/DATATYPE=NAME:FACE:METAL:THICKNESS, such as 1/0=ground:front:Al:100 nm"
_FORM = re.compile(r"(\d+)/(\d+)=([a-z0-9][a-z0-9_-]{0,59}):(front|back):([\w-]+):(.+)")


@dataclass(frozen=True)
class LayerFilm:
    """What is on one layer of the file."""

    layer: tuple[int, int]
    name: str
    face: Face
    metal: str
    thickness: str


def read_layer(text: str) -> LayerFilm:
    """A layer as the command line states it.

    Raises
    ------
    DesignError: another form, a metal that the catalogue lacks, a thickness without a unit.

    >>> read_layer("3/0=ground:front:Al:100 nm").layer
    (3, 0)
    """
    found = _FORM.fullmatch(text)
    if found is None:
        raise DesignError("films", [Problem("--layer", repr(text), FORM)])
    number, datatype, name, face, metal, thickness = found.groups()
    known = (*superconductor_names(), *normal_metal_names())
    problems = []
    if metal not in known:
        problems.append(Problem("--layer", repr(metal), "one of " + ", ".join(known)))
    try:
        to_si(thickness, "m")
    except ValueError as error:
        problems.append(Problem("--layer", repr(thickness), str(error)))
    if problems:
        raise DesignError("films", problems)
    side: Face = "front" if face == "front" else "back"
    return LayerFilm((int(number), int(datatype)), name, side, metal, thickness)


def films_text(path: Path, length: float, width: float, layers: list[str], cell: str | None) -> str:
    """TOML tables [[films]] for what is drawn on ``layers`` of a GDS file.

    Parameters
    ----------
    path : of the file. length, width : of the chip, m; its centre is the drawing's origin.
    layers : see `FORM`. cell : see `qubudget.impact.layout.gds.read_gds`.

    Raises
    ------
    DesignError, OutOfRangeError: a layer that says nothing, a file that is not one, films that
    cannot be.
    """
    wanted = [read_layer(text) for text in layers]
    templates = {w.layer: DrawnFilm(w.name, w.face, f"{w.metal} {w.thickness}") for w in wanted}
    layout = read_gds(path, length, width, templates, cell=cell)
    by_name = {film.name: film for film in layout.films}
    parts = []
    for film in wanted:
        outlines = [
            "[" + ", ".join(f'["{x:.9g} m", "{y:.9g} m"]' for x, y in shape.points) + "]"
            for shape in by_name[film.name].shapes
        ]
        parts.append(
            f'[[films]]\nname = "{film.name}"\nface = "{film.face}"\nmetal = "{film.metal}"\n'
            f'thickness = "{film.thickness}"\npolygons = [\n  ' + ",\n  ".join(outlines) + ",\n]\n"
        )
    return "\n".join(parts)
