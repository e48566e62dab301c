"""Films drawn on the two faces of a chip, and their rasters for transport and kinetics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from qubudget.errors import OutOfRangeError
from qubudget.impact.layout import raster as layout_raster
from qubudget.impact.layout.shapes import (
    TOUCH,
    DrawnFilm,
    Face,
    Outlines,
    check_shapes,
    region,
)

Array = NDArray[np.float64]
Index = NDArray[np.int64]

FACES: tuple[str, ...] = get_args(Face)
_MOST_KINDS = 255  # uint8 rasters, 0 is bare
_MOST_SAID = 20


@dataclass(frozen=True)
class _Pieces:
    """Connected polygons of one face: their films (indices) and islands (from 1)."""

    outlines: Outlines
    film: Index
    island: Index


@dataclass(frozen=True)
class Layout:
    """The films of a chip.

    Attributes
    ----------
    length, width : of the chip along x and y, m; its centre is the origin.
    films : drawn films; at most one covers any place of a face.

    Raises
    ------
    OutOfRangeError: everything that is wrong with it, at once: a shape that leaves the chip,
    crosses itself or has no area, films that overlap, an unknown face, a name used twice.
    """

    length: float
    width: float
    films: tuple[DrawnFilm, ...]

    def __post_init__(self) -> None:
        if not all(np.isfinite(side) and side > 0 for side in (self.length, self.width)):
            raise OutOfRangeError("a chip needs finite sides > 0")
        problems = _named_badly(self.films)
        half = (self.length / 2, self.width / 2)
        drawn: dict[int, Outlines] = {}
        for i, film in enumerate(self.films):
            shapes, wrong = check_shapes(film.shapes, f"{film.name}: shapes", half)
            cutouts, also = check_shapes(film.cutouts, f"{film.name}: cutouts", None)
            problems += wrong + also
            if not film.shapes:
                problems.append(f"{film.name}: has no shapes")
            elif not (wrong or also):
                drawn[i] = region(shapes, cutouts)
                if not len(drawn[i]):
                    problems.append(f"{film.name}: its cutouts leave nothing of it")
        pieces = {}
        for face in FACES:
            on_face = {i: parts for i, parts in drawn.items() if self.films[i].face == face}
            pieces[face], wrong = _connect(self.films, on_face, face)
            problems += wrong
        if problems:
            said = problems[:_MOST_SAID]
            if len(problems) > len(said):
                said.append(f"and {len(problems) - len(said)} more")
            raise OutOfRangeError("\n  ".join(["a layout that cannot be:", *said]))
        object.__setattr__(self, "_pieces", pieces)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What the films are made of, in order of appearance; ``kinds[i]`` is number i + 1."""
        return tuple(dict.fromkeys(film.kind for film in self.films))

    def area(self, film: str) -> float:
        """Of the film of this name, m^2."""
        for i, drawn in enumerate(self.films):
            if drawn.name == film:
                pieces = self._of(drawn.face)
                return float(shapely.area(pieces.outlines[pieces.film == i]).sum())
        raise OutOfRangeError(f"no film {film!r}; known: {', '.join(f.name for f in self.films)}")

    def island_count(self, face: Face) -> int:
        """Islands on a face: pieces that touch, if only at a corner, are one."""
        return int(self._of(face).island.max(initial=0))

    def coverage(self, face: Face, nx: int, ny: int) -> Array:
        """Exact share of every cell that each kind covers, shape (kinds, nx, ny)."""
        pieces, kind = self._cells(face, nx, ny)
        found = np.zeros((len(self.kinds), nx, ny))
        if len(pieces.outlines):
            layout_raster.shares(*self._edges(pieces, kind, (nx, ny)), found)
        return np.minimum(found, 1.0)

    def raster(self, face: Face, nx: int, ny: int) -> NDArray[np.uint8]:
        """Number of the kind in every cell (0: bare), shape (nx, ny), as `phonons.Block` takes it.

        Cells that an edge cuts become film in proportion to what it leaves of them, one after
        another around each island: every island's area is right to about a cell and each kind's
        to about half a cell, on any raster. Pads smaller than a cell become, every so many, a
        whole cell.

        Raises
        ------
        OutOfRangeError: a kind has less than half a cell on this face.
        """
        pieces, kind = self._cells(face, nx, ny)
        found = np.zeros((nx, ny), dtype=np.uint8)
        if len(pieces.outlines):
            layout_raster.numbers(*self._edges(pieces, kind, (nx, ny)), found)
        lost = [self.kinds[k] for k in np.unique(kind) if not np.any(found == k + 1)]
        if lost:
            raise OutOfRangeError(
                f"{', '.join(lost)}: less than half a cell of {nx} x {ny} on the {face}"
            )
        return found

    def islands(self, face: Face, nx: int, ny: int) -> Index:
        """Number of the island in every cell (0: no film), shape (nx, ny), for `patterned.Film`.

        A cell belongs to the island that covers most of it, however little. Islands come from
        the drawing, so two that share no cell stay apart however near they are; where two share
        a cell, quasiparticles of the lesser are counted with the greater.

        Raises
        ------
        OutOfRangeError: an island covers most of no cell: cells are too coarse for this drawing.
        """
        pieces, _ = self._cells(face, nx, ny)
        found = np.zeros((nx, ny), dtype=np.int64)
        if not len(pieces.outlines):
            return found
        none = np.zeros_like(pieces.island)
        edges, ends, _ = self._edges(pieces, none, (nx, ny))
        numbers = np.unique(pieces.island)
        layout_raster.labels(edges, ends, numbers, np.zeros((nx, ny)), found)
        lost = np.setdiff1d(numbers, found)
        if lost.size:
            first = pieces.outlines[pieces.island == lost[0]][0]
            x, y = shapely.get_coordinates(shapely.point_on_surface(first))[0]
            raise OutOfRangeError(
                f"{lost.size} of {numbers.size} islands on the {face} cover most of no cell of "
                f"{nx} x {ny}, the first at ({x:g}, {y:g}) m: take more cells"
            )
        return found

    def to_dict(self) -> dict[str, Any]:
        """What is drawn, as plain values: outlines with their holes and islands, film by film."""
        films = []
        for i, film in enumerate(self.films):
            pieces = self._of(film.face)
            own = np.flatnonzero(pieces.film == i)
            films.append(
                {
                    "name": film.name,
                    "face": film.face,
                    "kind": film.kind,
                    "connected": film.connected,
                    "area_m2": float(shapely.area(pieces.outlines[own]).sum()),
                    "pieces": [
                        {
                            "island": int(pieces.island[k]),
                            "outline_m": _corners(pieces.outlines[k].exterior),
                            "holes_m": [_corners(ring) for ring in pieces.outlines[k].interiors],
                        }
                        for k in own
                    ],
                }
            )
        return {
            "length_m": float(self.length),
            "width_m": float(self.width),
            "kinds": list(self.kinds),
            "films": films,
        }

    def pieces(self, film: DrawnFilm) -> Outlines:
        """Separate polygons of one of the layout's films, shapely, with holes; m."""
        pieces = self._of(film.face)
        return np.asarray(pieces.outlines[pieces.film == self.films.index(film)])

    def _of(self, face: str) -> _Pieces:
        if face not in FACES:
            raise OutOfRangeError(f"no face {face!r}; known: {', '.join(FACES)}")
        found: dict[str, _Pieces] = self.__dict__["_pieces"]
        return found[face]

    def _cells(self, face: str, nx: int, ny: int) -> tuple[_Pieces, Index]:
        """Pieces of a face and their kinds (indices)."""
        if nx < 1 or ny < 1:
            raise OutOfRangeError("a raster has one cell or more along each side")
        pieces = self._of(face)
        kinds = np.array([self.kinds.index(f.kind) for f in self.films], dtype=np.int64)
        return pieces, kinds[pieces.film]

    def _edges(
        self, pieces: _Pieces, number: Index, cells: tuple[int, int]
    ) -> tuple[Array, Index, Index]:
        """Edges in cells, island by island and in them by number; ends and number of each."""
        rings, piece = shapely.get_rings(pieces.outlines, return_index=True)
        corners, ring = shapely.get_coordinates(rings, return_index=True)
        sides = np.array([self.length, self.width])
        corners = np.clip((corners / sides + 0.5) * cells, 0.0, cells)
        within = np.flatnonzero(ring[1:] == ring[:-1])
        edges = np.concatenate([corners[within], corners[within + 1]], axis=1)
        owner = piece[ring[within]]
        key = pieces.island * (number.max() + 1) + number
        order = np.argsort(key[owner], kind="stable")
        key, first, counts = np.unique(key[owner[order]], return_index=True, return_counts=True)
        return edges[order], first + counts, key % (number.max() + 1)


def _named_badly(films: Sequence[DrawnFilm]) -> list[str]:
    names = [film.name for film in films]
    wrong = [f"two films named {n!r}" for n in dict.fromkeys(names) if names.count(n) > 1]
    wrong += [
        f"{f.name}: no face {f.face!r}; known: {', '.join(FACES)}"
        for f in films
        if f.face not in FACES
    ]
    kinds = len({film.kind for film in films})
    if kinds > _MOST_KINDS:
        wrong.append(f"{kinds} kinds of film; a raster can tell {_MOST_KINDS} apart")
    return wrong


def _connect(
    films: Sequence[DrawnFilm], drawn: dict[int, Outlines], face: str
) -> tuple[_Pieces, list[str]]:
    """Pieces of a face with their islands, and the overlaps among them."""
    nothing = np.zeros(0, dtype=np.int64)
    if not drawn:
        return _Pieces(np.empty(0, dtype=object), nothing, nothing), []
    outlines = np.concatenate(list(drawn.values()))
    film = np.repeat(np.array(list(drawn), dtype=np.int64), [len(p) for p in drawn.values()])
    one, other = _touching(outlines)
    apart = film[one] != film[other]
    wrong = _overlaps(films, outlines, film, one[apart], other[apart], face)
    open_ = np.array([f.connected for f in films])[film]
    joined = ~apart | (open_[one] & open_[other])
    size = len(outlines)
    links = coo_array((np.ones(joined.sum()), (one[joined], other[joined])), shape=(size, size))
    _, island = connected_components(links, directed=False)
    return _Pieces(outlines, film, np.asarray(island, dtype=np.int64) + 1), wrong


def _touching(outlines: Outlines) -> tuple[Index, Index]:
    """Pairs of polygons nearer than `TOUCH`, the one with more corners first."""
    x0, y0, x1, y1 = shapely.bounds(outlines).T
    boxes = shapely.box(x0 - TOUCH, y0 - TOUCH, x1 + TOUCH, y1 + TOUCH)
    one, other = shapely.STRtree(outlines).query(boxes)
    one, other = one[one < other], other[one < other]
    corners = shapely.get_num_coordinates(outlines)
    swap = corners[one] < corners[other]
    one, other = np.where(swap, other, one), np.where(swap, one, other)
    # An index of the larger polygon's edges pays where it meets many others.
    shapely.prepare(outlines[np.unique(one)])
    near = shapely.dwithin(outlines[one], outlines[other], TOUCH)
    return one[near], other[near]


def _overlaps(
    films: Sequence[DrawnFilm],
    outlines: Outlines,
    film: Index,
    one: Index,
    other: Index,
    face: str,
) -> list[str]:
    """One text for every two films that overlap by more than rounding."""
    common = shapely.intersection(outlines[one], outlines[other])
    area, length = shapely.area(common), shapely.length(common)
    said: dict[tuple[int, int], str] = {}
    for k in np.flatnonzero(2 * area > TOUCH * length):
        a, b = sorted((int(film[one[k]]), int(film[other[k]])))
        x, y = shapely.get_coordinates(shapely.centroid(common[k]))[0] + 0.0  # no minus zero
        said.setdefault(
            (a, b),
            f"{films[a].name} and {films[b].name} overlap on the {face} at ({x:g}, {y:g}) m, "
            f"{area[k]:g} m^2",
        )
    return list(said.values())


def _corners(ring: Any) -> list[list[float]]:
    """Corners of a ring, the first not repeated, m."""
    return [[float(x), float(y)] for x, y in ring.coords[:-1]]
