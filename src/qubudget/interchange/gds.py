"""The films of a design's chip as a GDS file, which ``qubudget films`` reads back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from qubudget.design import Design
from qubudget.impact.layout.builders import ground_plane
from qubudget.impact.layout.gds import write_gds
from qubudget.impact.layout.layout import Layout
from qubudget.impact.layout.shapes import DrawnFilm, Face, Polygon, Rectangle, Shape
from qubudget.impact.response import qubit_sites
from qubudget.interchange.files import whole_file

CORNERS = 128
"""Of the polygon that stands for a round island; it has the circle's area."""
Films = dict[DrawnFilm, tuple[str, float]]
"""Metal and thickness, m, by film."""


def export_gds(design: Design, path: Path) -> tuple[str, ...]:
    """Write what is drawn on the chip, or covers it; returns how ``--layer`` reads each film back.

    Film i of the design is on layer i + 1, datatype 0 on the front and 1 on the back, in whole
    nanometres about the chip's centre. A face without a drawing is covered all over; on such a
    front, the islands of charge-sensitive qubits (``qubit.island_radius`` and ``island_gap``)
    stand in round openings at the qubits' sites.

    Raises
    ------
    DesignError: gdstk is not installed, a place that cannot be written.
    OutOfRangeError: films that cannot be, such as islands that overlap.
    """
    films = _films(design)
    layout = Layout(design.chip.length, design.chip.width, tuple(films))
    with whole_file(path) as place:
        layers = write_gds(layout, place)
    return tuple(
        f"{layer}/{datatype}={film.name}:{film.face}:{metal}:{thickness:.9g} m"
        for (layer, datatype), (film, (metal, thickness)) in zip(layers, films.items(), strict=True)
    )


def _films(design: Design) -> Films:
    chip = design.chip
    found: Films = {}
    for film in design.films:
        shapes: tuple[Shape, ...] = (
            *(Rectangle(*corners) for corners in film.rectangles),
            *(Polygon(outline) for outline in film.polygons),
        )
        cutouts = tuple(Rectangle(*corners) for corners in film.cutouts)
        kind = f"{film.metal} {film.thickness:g} m"
        drawn = DrawnFilm(film.name, film.face, kind, shapes, cutouts, film.connected)
        found[drawn] = film.metal, film.thickness
    whole: dict[Face, tuple[str, float]] = {
        "front": (design.qubit.film, chip.film_thickness),
        "back": (chip.back_metal, chip.back_metal_thickness),
    }
    for face, (metal, thickness) in whole.items():
        if thickness > 0 and not any(film.face == face for film in design.films):
            ground = ground_plane(chip.length, chip.width, metal, face=face, name=f"whole-{face}")
            drawn_here = _with_islands(design, ground) if face == "front" else (ground,)
            found |= dict.fromkeys(drawn_here, (metal, thickness))
    return found


def _with_islands(design: Design, ground: DrawnFilm) -> tuple[DrawnFilm, ...]:
    """The front with the qubits' islands in it, where the design knows their size."""
    chip, radius = design.chip, design.qubit.island_radius
    if radius is None or design.qubit.island_gap <= 0:
        return (ground,)
    sites = qubit_sites(chip.length, chip.width, chip.pitch, design.machine.qubits_per_chip)
    places = list(zip(*(axis.tolist() for axis in sites), strict=True))
    openings = tuple(_disc(x, y, radius + design.qubit.island_gap) for x, y in places)
    islands = tuple(_disc(x, y, radius) for x, y in places)
    return (
        DrawnFilm(ground.name, ground.face, ground.kind, ground.shapes, openings),
        DrawnFilm("islands", ground.face, ground.kind, islands),
    )


def _disc(x: float, y: float, radius: float) -> Polygon:
    angle = 2 * np.pi * (np.arange(CORNERS) + 0.5) / CORNERS
    reach = radius * np.sqrt(2 * np.pi / CORNERS / np.sin(2 * np.pi / CORNERS))
    return Polygon(
        tuple(zip((x + reach * np.cos(angle)).tolist(), (y + reach * np.sin(angle)).tolist(),
                  strict=True))
    )  # fmt: skip
