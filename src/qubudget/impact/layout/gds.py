"""Layouts from and to GDS II files, by the library gdstk (extra ``gds``)."""

from __future__ import annotations

import datetime
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import shapely

from qubudget.errors import DesignError, Problem
from qubudget.impact.layout.gds_records import damage
from qubudget.impact.layout.layout import FACES, Layout
from qubudget.impact.layout.shapes import DrawnFilm, Polygon

MAX_BYTES = 50_000_000
MAX_POLYGONS = 1_000_000
MAX_POINTS = 10_000_000
MAX_NESTING = 64
"""Of cells in cells."""

Layer = tuple[int, int]
"""Layer and datatype."""

_USER_UNIT, _PRECISION = 1e-6, 1e-9  # of files written: micrometres, whole nanometres
_MOST_CORNERS = 8190  # of a polygon in a record
_WRITTEN = datetime.datetime(2000, 1, 1)  # the same layout gives the same bytes


def read_gds(
    path: str | Path,
    length: float,
    width: float,
    layers: Mapping[Layer, DrawnFilm],
    *,
    cell: str | None = None,
    origin: tuple[float, float] = (0.0, 0.0),
) -> Layout:
    """A layout from a GDS file.

    Parameters
    ----------
    path : of the file.
    length, width : of the chip, m.
    layers : which film is on a (layer, datatype); others are left out. The layer's polygons
        become the film's shapes. They become its cutouts if it has shapes already, such as the
        whole chip, as layers of etched gaps are drawn.
    cell : to be read with all it contains; None: the file's only top cell.
    origin : point of the drawing where the chip's centre is, m.

    Raises
    ------
    DesignError: gdstk is not installed; the file is no whole GDS file or too large; it lacks the
    cell, a layer or a cell that is referred to.
    OutOfRangeError: what is drawn cannot be; see `Layout`.
    """
    path = Path(path)
    gdstk = _library(path)
    _check_records(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # what gdstk cannot stand for
            warnings.filterwarnings("ignore", "Missing reference")  # refused below, if used
            library = gdstk.read_gds(path, filter=set(layers))
    except (OSError, RuntimeError, RuntimeWarning, ValueError) as error:
        raise _refused(path, str(error), "a GDS file that gdstk can read") from error
    unit = float(library.unit)
    if not (np.isfinite(unit) and 0 < unit <= 1):
        raise _refused(path, f"a unit of {unit:g} m", "a unit above 0, up to 1 m")
    chosen = _cell(path, library, cell)
    _check_size(path, gdstk, chosen)
    films = []
    for (layer, datatype), film in layers.items():
        drawn = chosen.get_polygons(layer=layer, datatype=datatype)
        if not drawn:
            present = sorted(gdstk.gds_info(path)["layers_and_datatypes"])
            known = ", ".join(f"{a}/{b}" for a, b in present) or "none"
            raise _refused(path, f"nothing on layer {layer}/{datatype}", f"its layers: {known}")
        polygons = tuple(
            Polygon(tuple(map(tuple, (p.points * unit - origin).tolist()))) for p in drawn
        )
        where = "cutouts" if film.shapes else "shapes"
        films.append(replace(film, **{where: getattr(film, where) + polygons}))
    return Layout(length, width, tuple(films))


def write_gds(layout: Layout, path: str | Path) -> dict[Layer, DrawnFilm]:
    """Write a layout to ``path``, in whole nanometres; returns the ``layers`` that read it back.

    The film ``films[i]`` is on layer i + 1, datatype 0 on the front and 1 on the back.
    """
    path = Path(path)
    gdstk = _library(path)
    library = gdstk.Library("qubudget", unit=_USER_UNIT, precision=_PRECISION)
    top = library.new_cell("chip")
    layers: dict[Layer, DrawnFilm] = {}
    for i, film in enumerate(layout.films):
        layer = (i + 1, FACES.index(film.face))
        layers[layer] = replace(film, shapes=(), cutouts=())
        for piece in layout.pieces(film):
            outline, *holes = (
                gdstk.Polygon(shapely.get_coordinates(ring)[:-1] / _USER_UNIT, *layer)
                for ring in (piece.exterior, *piece.interiors)
            )
            if holes:
                top.add(*gdstk.boolean(outline, holes, "not", 1e-4, *layer))
            else:
                top.add(outline)
    library.write_gds(path, max_points=_MOST_CORNERS, timestamp=_WRITTEN)
    return layers


def _library(path: Path) -> ModuleType:
    try:
        import gdstk
    except ImportError as error:
        allowed = "GDS files once gdstk is installed (pip install 'qubudget[gds]')"
        raise _refused(path, "a GDS file", allowed) from error
    return gdstk  # type: ignore[no-any-return, unused-ignore]


def _refused(path: Path, given: str, allowed: str) -> DesignError:
    return DesignError(path.name, [Problem("layout", given, allowed)])


def _check_records(path: Path) -> None:
    """Refuse what is too large or no whole GDS file, before the library meets it."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _refused(path, error.strerror or str(error), "a readable GDS file") from error
    if len(content) > MAX_BYTES:
        size = path.stat().st_size
        raise _refused(path, f"{size:,} bytes", f"at most {MAX_BYTES:,} bytes")
    if (found := damage(content)) is not None:
        raise _refused(path, found, "a whole GDS II file")


def _cell(path: Path, library: Any, name: str | None) -> Any:
    """The cell of this name, or the only top cell."""
    found = library.top_level() if name is None else library.cells
    names = [c.name for c in found]
    if name is None and len(found) != 1:
        known = ", ".join(names[:20]) or "none"
        raise _refused(path, f"{len(found)} top cells", f"the name of one of its cells: {known}")
    if name is not None and name not in names:
        raise _refused(path, f"no cell {name!r}", "its cells: " + ", ".join(names[:20]))
    return found[0] if name is None else found[names.index(name)]


def _check_size(path: Path, gdstk: ModuleType, top: Any) -> None:
    """Refuse cells that contain themselves, lack a part, or would unfold into too many polygons.

    Nothing is unfolded to know that: a file of a few kilobytes can stand for 10^12 polygons.
    """
    known: dict[str, tuple[int, int, int]] = {}

    def count(cell: Any, level: int) -> tuple[int, int, int]:
        """Polygons, points and levels within a cell."""
        if cell.name in known:
            return known[cell.name]
        polygons, points, levels = 0, 0, 1
        for part in (*cell.polygons, *cell.paths):
            copies = max(part.repetition.size, 1)
            # A path's outline has two corners for each of its points, and ends.
            corners = part.size if isinstance(part, gdstk.Polygon) else 2 * len(part.spine()) + 64
            polygons, points = polygons + copies, points + copies * corners
        for reference in cell.references:
            if not isinstance(reference.cell, gdstk.Cell):
                given = f"a reference to {reference.cell_name!r}"
                raise _refused(path, given, "references to cells that the file contains")
            # A cell within itself never ends; its level tells.
            within = count(reference.cell, level + 1) if level <= MAX_NESTING else (0, 0, level)
            copies = max(reference.repetition.size, 1)
            polygons, points = polygons + copies * within[0], points + copies * within[1]
            levels = max(levels, within[2] + 1)
            if levels > MAX_NESTING:
                given = f"cell {cell.name!r} nests deeper, or contains itself"
                raise _refused(path, given, f"cells nested up to {MAX_NESTING} deep")
        known[cell.name] = polygons, points, levels
        return known[cell.name]

    polygons, points, _ = count(top, 1)
    if polygons > MAX_POLYGONS or points > MAX_POINTS:
        raise _refused(
            path,
            f"{polygons:,} polygons of {points:,} points on these layers",
            f"at most {MAX_POLYGONS:,} of {MAX_POINTS:,}",
        )
