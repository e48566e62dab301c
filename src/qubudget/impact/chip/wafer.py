"""A design's chip as phonons meet it: crystal, drawn films, and where their energy lands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qubudget.design.film import DrawnFilm as Drawing
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.removal import back_leak, front_leak
from qubudget.impact.layout.builders import ground_plane
from qubudget.impact.layout.layout import Layout
from qubudget.impact.layout.shapes import DrawnFilm, Face, Polygon, Rectangle, Shape
from qubudget.impact.phonons.film import PhononFilm
from qubudget.impact.phonons.materials import Interface, normal_film, superconducting_film
from qubudget.impact.phonons.mismatch import through_layer, transmission
from qubudget.impact.phonons.source import track_source
from qubudget.impact.phonons.transport import Block, transport
from qubudget.materials.acoustic import solid
from qubudget.materials.crystals import crystal
from qubudget.materials.normal_metals import normal_metal
from qubudget.materials.superconductors import superconductor, superconductor_names

Array = NDArray[np.float64]

START = 4e12
"""Frequency at which packets start, Hz. In silicon a longitudinal phonon of 4 THz decays within
13 ns and every phonon is scattered by isotopes after 10 um: what decays faster has not moved."""
EDGES = np.concatenate([[0.0], np.geomspace(1e-8, 1e-2, 25)])
"""Of the time bins in which energy arrives, s."""
DEPTHS = 16
"""Depths over which a deposit is spread evenly."""
_NOTHING = 1e-12  # m: a film that only lets phonons out
FACES: tuple[Face, ...] = ("front", "back")


@dataclass(frozen=True)
class Landing:
    """Where and when the energy of one place's deposits ends as rest energy of quasiparticles.

    Attributes
    ----------
    share : of the phonons' energy, in the qubits' film, by time bin and cell, (bins, nx, ny).
    total, error : its sum, and the standard error of that; where other films take energy too,
        the most that it can be: what one packet leaves lies between none and all of it.
    """

    share: Array
    total: float
    error: float


@dataclass(frozen=True)
class Wafer:
    """What carries and takes phonons.

    Attributes
    ----------
    substrate : name of the crystal.
    thickness : m.
    layout : films on both faces.
    films : of the layout's kinds, in their order, and after them what bare cells that leak hold.
    bare : number of that in a raster of the front and of the back; 0: they only reflect.
    qubits : index of the kind that is the qubits' film.
    drawn : whether the design draws it; otherwise each face is covered all over.
    packets, seed : of one place's transport.
    """

    substrate: str
    thickness: float
    layout: Layout
    films: tuple[PhononFilm, ...]
    bare: tuple[int, int]
    qubits: int
    drawn: bool
    packets: int
    seed: int

    def landing(self, x: float, y: float, nx: int, ny: int) -> Landing:
        """For a deposit at (x, y), spread over the depth of the wafer."""
        return _landing(self, x, y, nx, ny)

    def raster(self, face: Face, nx: int, ny: int) -> NDArray[np.uint8]:
        """Films of a face, as `Block` takes them; one cell where a single film covers it."""
        found = self.layout.raster(face, *((nx, ny) if self.drawn else (1, 1)))
        return np.where(found == 0, np.uint8(self.bare[FACES.index(face)]), found)

    def covered(self, nx: int, ny: int) -> NDArray[np.bool_]:
        """Cells of the qubits' film, shape (nx, ny)."""
        return np.asarray(self.layout.raster("front", nx, ny) == self.qubits + 1)


@lru_cache(maxsize=256)
def _landing(wafer: Wafer, x: float, y: float, nx: int, ny: int) -> Landing:
    layout = wafer.layout
    block = Block(
        layout.length, layout.width, wafer.thickness, wafer.films,
        **{face: wafer.raster(face, nx, ny) for face in FACES},
    )  # fmt: skip
    depth = (np.arange(DEPTHS) + 0.5) / DEPTHS * wafer.thickness
    places = np.column_stack([np.full(DEPTHS, x), np.full(DEPTHS, y), depth])
    source = track_source(places, np.full(DEPTHS, 1 / DEPTHS), START, wafer.packets)
    found = transport(
        crystal(wafer.substrate), block, source,
        seed=wafer.seed, map_cells=(nx, ny), time_edges=EDGES, latest=float(EDGES[-1]),
    )  # fmt: skip
    share = np.moveaxis(found.deposit[1], 2, 0)
    if wafer.drawn:
        share = share * wafer.covered(nx, ny)
    total = float(share.sum())
    if total >= (1 - 1e-6) * found.deposited:
        return Landing(share, total, found.deposited_error)
    return Landing(share, total, float(np.sqrt(total * (1 - total) / wafer.packets)))


def wafer_of(design: DesignModel, packets: int, seed: int) -> Wafer:
    """The wafer of a design: its drawn films, or one film all over the front and one on the back.

    Interfaces transmit by acoustic mismatch. The back metal's islands are finer than phonons
    spread, so that a share of them meets metal. Wire bonds and bumps are spread evenly over the
    front, the mount over the back.

    Raises
    ------
    OutOfRangeError: a film without sourced phonon times or sound, one thicker than the chip, a
        layout that cannot be, no film of the qubits on the front.
    """
    chip = design.chip
    parts = {part.kind: part for face in FACES for part in _face(design, face)}
    drawings = tuple(
        drawing for face in FACES for part in _face(design, face) for drawing in part.drawings
    )
    layout = Layout(chip.length, chip.width, drawings)
    mine = [k for k, p in parts.items() if p.face == "front" and p.metal == design.qubit.film]
    if len(mine) != 1:
        raise OutOfRangeError(
            f"the films drawn on the front hold {len(mine)} kinds of {design.qubit.film}, the "
            "film of the qubits; exactly one is needed"
        )
    films = [_phonon_film(design, parts[kind]) for kind in layout.kinds]
    bare = [0, 0]
    for i, (face, leak) in enumerate(zip(FACES, (front_leak(chip), back_leak(chip)), strict=True)):
        whole = not any(film.face == face for film in design.films) and _face(design, face)
        if leak > 0 and not whole:
            gap = superconductor(design.qubit.film).gap
            films.append(PhononFilm(_NOTHING, 1.0, 1.0, gap, normal=True, leak=leak))
            bare[i] = len(films)
    return Wafer(
        chip.substrate,
        chip.thickness,
        layout,
        tuple(films),
        (bare[0], bare[1]),
        layout.kinds.index(mine[0]),
        bool(design.films),
        packets,
        seed,
    )


@dataclass(frozen=True)
class _Part:
    """One metal of one thickness (m) on one face, and where."""

    face: Face
    metal: str
    thickness: float
    drawings: tuple[DrawnFilm, ...] = ()

    @property
    def kind(self) -> str:
        return f"{self.face} {self.metal} {self.thickness:g} m"

    def drawn(self, *drawings: Drawing) -> _Part:
        """The part with what is drawn of it."""
        found = []
        for film in drawings:
            rectangles = tuple(Rectangle(*corners) for corners in film.rectangles)
            shapes: tuple[Shape, ...] = (*rectangles, *(Polygon(line) for line in film.polygons))
            cutouts = tuple(Rectangle(*corners) for corners in film.cutouts)
            found.append(
                DrawnFilm(film.name, self.face, self.kind, shapes, cutouts, film.connected)
            )
        return replace(self, drawings=tuple(found))

    def all_over(self, length: float, width: float) -> _Part:
        """The part over a whole face."""
        whole = ground_plane(length, width, self.kind, face=self.face, name=f"whole {self.face}")
        return replace(self, drawings=(whole,))


def _face(design: DesignModel, face: Face) -> list[_Part]:
    """What is drawn on a face, or what covers it where nothing is."""
    chip = design.chip
    films = [film for film in design.films if film.face == face]
    if films:
        metals = dict.fromkeys((film.metal, film.thickness) for film in films)
        return [
            _Part(face, metal, thickness).drawn(
                *(f for f in films if (f.metal, f.thickness) == (metal, thickness))
            )
            for metal, thickness in metals
        ]
    size = (chip.length, chip.width)
    if face == "front":
        return [_Part(face, design.qubit.film, chip.film_thickness).all_over(*size)]
    if chip.back_metal_thickness > 0:
        return [_Part(face, chip.back_metal, chip.back_metal_thickness).all_over(*size)]
    return []


def _phonon_film(design: DesignModel, part: _Part) -> PhononFilm:
    chip = design.chip
    leak = front_leak(chip) if part.face == "front" else back_leak(chip)
    gap = superconductor(design.qubit.film).gap
    interface = _interface(design, part)
    if part.metal in superconductor_names():
        return superconducting_film(superconductor(part.metal), part.thickness, interface, leak)
    return normal_film(normal_metal(part.metal), part.thickness, gap, interface, leak)


def _interface(design: DesignModel, part: _Part) -> Interface:
    """Transmission into a film and out of it."""
    chip = design.chip
    substrate, metal = solid(chip.substrate), solid(part.metal)
    if part.face == "front" or chip.back_interlayer == "none":
        found = transmission(substrate, metal).mean, transmission(metal, substrate).mean
    else:
        layer = solid(chip.back_interlayer)
        found = (
            through_layer(substrate, layer, metal).transmitted,
            through_layer(metal, layer, substrate).transmitted,
        )
    if part.face == "back" and chip.back_island_size > 0:
        share = (chip.back_island_size / (chip.back_island_size + chip.back_island_gap)) ** 2
        return found[0] * share, found[1]
    return found
