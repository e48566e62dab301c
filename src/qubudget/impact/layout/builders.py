"""Films that chips have in common: ground planes, pads, qubits' islands, cut back metal."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from qubudget.errors import OutOfRangeError
from qubudget.impact.layout.shapes import TOUCH, DrawnFilm, Face, Rectangle

Sites = Iterable[tuple[float, float]]


def ground_plane(
    length: float, width: float, kind: str, *, face: Face = "front", name: str = "ground"
) -> DrawnFilm:
    """One film all over a face."""
    return DrawnFilm(name, face, kind, (_centred(0.0, 0.0, length, width),))


def pads(
    sites_x: ArrayLike,
    sites_y: ArrayLike,
    size: float,
    kind: str,
    *,
    face: Face = "front",
    name: str = "pads",
) -> DrawnFilm:
    """Square pads of side ``size`` (m) centred at the sites (m), which have one shape."""
    places = zip(np.ravel(sites_x).tolist(), np.ravel(sites_y).tolist(), strict=True)
    return DrawnFilm(name, face, kind, tuple(_centred(x, y, size, size) for x, y in places))


def covering_pads(
    length: float,
    width: float,
    along: tuple[int, int],
    coverage: float,
    kind: str,
    *,
    face: Face = "front",
    name: str = "pads",
) -> DrawnFilm:
    """Equal square pads in rows, ``along`` x and y, which cover this share of a face.

    >>> film = covering_pads(10e-3, 10e-3, (20, 20), 0.02, "aluminium")
    >>> len(film.shapes), round((film.shapes[0].x1 - film.shapes[0].x0) * 1e6, 2)
    (400, 70.71)
    """
    if min(along) < 1 or not 0 < coverage <= 1:
        raise OutOfRangeError("pads need rows of one or more and a coverage in (0, 1]")
    nx, ny = along
    x = ((np.arange(nx) + 0.5) / nx - 0.5) * length
    y = ((np.arange(ny) + 0.5) / ny - 0.5) * width
    size = float(np.sqrt(coverage * length * width / (nx * ny)))
    if size > min(length / nx, width / ny):
        raise OutOfRangeError(f"square pads in {nx} x {ny} rows cannot cover {coverage:g}")
    return pads(*np.meshgrid(x, y, indexing="ij"), size, kind, face=face, name=name)


def qubits_in_ground(
    length: float,
    width: float,
    sites: Sites,
    island: tuple[float, float],
    gap: float,
    *,
    kind: str,
    separation: float = 0.0,
    ground_kind: str | None = None,
) -> tuple[DrawnFilm, DrawnFilm]:
    """The front of a chip of transmons: the ground plane and the qubits' islands in it.

    Parameters
    ----------
    length, width : of the chip, m.
    sites : centres of the qubits, m.
    island : sides of an island along x and y, m.
    gap : clearance around a qubit, > 0, m.
    kind, ground_kind : of the islands' film and of the ground plane's (None: the same).
    separation : between a differential transmon's two islands, which stand one above the other,
        m; 0: one island, the ground plane is the other electrode.

    Raises
    ------
    OutOfRangeError: a gap or separation too narrow to keep electrodes apart.
    """
    if not gap > TOUCH or not (separation == 0 or separation > TOUCH):
        raise OutOfRangeError(f"a gap, and a separation other than 0, is wider than {TOUCH:g} m")
    across, up = island
    raised = (separation + up) / 2
    offsets = (-raised, raised) if separation else (0.0,)
    height = 2 * up + separation if separation else up
    islands: list[Rectangle] = []
    clear: list[Rectangle] = []
    for x, y in sites:
        islands += [_centred(x, y + offset, across, up) for offset in offsets]
        clear.append(_centred(x, y, across + 2 * gap, height + 2 * gap))
    whole = (_centred(0.0, 0.0, length, width),)
    return (
        DrawnFilm("ground", "front", ground_kind or kind, whole, tuple(clear)),
        DrawnFilm("qubits", "front", kind, tuple(islands)),
    )


def back_islands(
    length: float,
    width: float,
    pitch: float,
    fill: float,
    kind: str,
    *,
    face: Face = "back",
    name: str = "back islands",
) -> DrawnFilm:
    """Square islands on a square grid about the chip's centre, cut off at the chip's edges.

    Parameters
    ----------
    length, width : of the chip, m.
    pitch : of the grid, m.
    fill : share of the area that islands take, in (0, 1]; at 1 they are one film.
    kind, face, name : of the film.
    """
    if not pitch > 0 or not 0 < fill <= 1:
        raise OutOfRangeError("islands need a pitch > 0 and a fill in (0, 1]")
    side = pitch * float(np.sqrt(fill))
    x, y = (
        [(low, high) for low, high in _strips(whole, pitch, side) if high - low > TOUCH]
        for whole in (length, width)
    )
    squares = tuple(Rectangle(x0, y0, x1, y1) for x0, x1 in x for y0, y1 in y)
    return DrawnFilm(name, face, kind, squares)


def _strips(whole: float, pitch: float, side: float) -> list[tuple[float, float]]:
    """Extents of islands along one side, one island centred on the chip's centre."""
    most = int(np.ceil(whole / 2 / pitch))
    centres = np.arange(-most, most + 1) * pitch
    low = np.maximum(centres - side / 2, -whole / 2)
    high = np.minimum(centres + side / 2, whole / 2)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _centred(x: float, y: float, across: float, up: float) -> Rectangle:
    return Rectangle(x - across / 2, y - up / 2, x + across / 2, y + up / 2)
