"""What is drawn: rectangles, polygons, films of them; metres from the chip's centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import shapely
from numpy.typing import NDArray

Face = Literal["front", "back"]
Outlines = NDArray[Any]
"""Shapely polygons."""

TOUCH = 1e-9
"""What is closer than this touches, and overlaps narrower than this are rounding, m: no film is
drawn more finely, and layout files count in whole nanometres."""


@dataclass(frozen=True)
class Rectangle:
    """Sides along the chip's own; x0 < x1 and y0 < y1."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def points(self) -> tuple[tuple[float, float], ...]:
        """Corners, counter-clockwise."""
        return ((self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1))


@dataclass(frozen=True)
class Polygon:
    """A closed line through ``points``, in either sense.

    It may run along itself, as holes are drawn in layout files, but not cross itself.
    """

    points: tuple[tuple[float, float], ...]


Shape = Rectangle | Polygon


@dataclass(frozen=True)
class DrawnFilm:
    """Film on one face: its shapes without its cutouts.

    Attributes
    ----------
    name : of the film, once in a layout.
    face : "front" or "back".
    kind : what it is made of; a number in a raster stands for a kind.
    shapes : they may touch and overlap one another.
    cutouts : taken out of ``shapes``; they may reach beyond them.
    connected : films that it touches exchange quasiparticles with it, if they are connected too.
        False: a barrier separates it, and it has islands of its own.
    """

    name: str
    face: Face
    kind: str
    shapes: tuple[Shape, ...] = ()
    cutouts: tuple[Shape, ...] = ()
    connected: bool = True


def check_shapes(
    shapes: Sequence[Shape], where: str, half: tuple[float, float] | None
) -> tuple[Outlines, list[str]]:
    """Outlines of the good shapes, and what is wrong with the others.

    Parameters
    ----------
    shapes, where : and what to call them.
    half : sides of the chip that they may not leave, halved, m; None: they may.
    """
    wrong: dict[int, str] = {}
    good: list[int] = []
    corners: list[NDArray[np.float64]] = []
    for i, shape in enumerate(shapes):
        points = np.asarray(shape.points, dtype=np.float64)
        if points.ndim != 2 or points.shape[1] != 2 or len(points) < 3:
            wrong[i] = "needs three points (x, y) or more"
        elif not np.all(np.isfinite(points)):
            wrong[i] = "has a coordinate that is no finite number"
        elif isinstance(shape, Rectangle) and not (shape.x0 < shape.x1 and shape.y0 < shape.y1):
            wrong[i] = "needs x0 < x1 and y0 < y1"
        elif half is not None and np.any(np.abs(points) > np.asarray(half) + TOUCH):
            x, y = points[np.argmax(np.max(np.abs(points) - half, axis=1))]
            wrong[i] = f"leaves the chip at ({x:g}, {y:g}) m"
        else:
            good.append(i)
            corners.append(points)
    outlines: Outlines = np.empty(0, dtype=object)
    if good:
        index = np.repeat(np.arange(len(good)), [len(c) for c in corners])
        rings = shapely.linearrings(np.concatenate(corners), indices=index)
        outlines, crossed = _mended(np.asarray(shapely.polygons(rings), dtype=object))
        for k in np.flatnonzero(crossed):
            wrong[good[k]] = "crosses itself"
        flat = ~crossed & (shapely.area(outlines) <= 0)
        for k in np.flatnonzero(flat):
            wrong[good[k]] = "has no area"
        outlines = outlines[~(crossed | flat)]
    return outlines, [f"{where}[{i}] {what}" for i, what in sorted(wrong.items())]


def _mended(outlines: Outlines) -> tuple[Outlines, NDArray[np.bool_]]:
    """Outlines with holes where a line ran along itself, and which lines cross themselves.

    A line that crosses itself winds around its parts in different senses or more than once, so
    the area it winds around differs from the one it bounds.
    """
    crossed = np.zeros(len(outlines), dtype=bool)
    bad = np.flatnonzero(~shapely.is_valid(outlines))
    if bad.size:
        outlines = outlines.copy()
        wound = shapely.area(outlines[bad])
        outlines[bad] = shapely.make_valid(outlines[bad], method="structure", keep_collapsed=False)
        bounded = shapely.area(outlines[bad])
        crossed[bad] = np.abs(wound - bounded) > 1e-9 * bounded
    return outlines, crossed


def region(shapes: Outlines, cutouts: Outlines) -> Outlines:
    """Separate polygons, with holes, that the shapes cover without the cutouts."""
    covered = shapely.disjoint_subset_union_all(shapes)
    if len(cutouts):
        covered = shapely.difference(covered, shapely.disjoint_subset_union_all(cutouts))
    parts = shapely.get_parts(shapely.get_parts([covered]))
    polygon = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return np.asarray(shapely.orient_polygons(parts[polygon & (shapely.area(parts) > 0)]))
