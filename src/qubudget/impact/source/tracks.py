"""Random straight tracks in a box with a corner at the origin."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def draw_crossing(
    sides: Array, rng: np.random.Generator, count: int, vertical: int | None = None
) -> tuple[Array, Array, Array]:
    """Tracks of a wide beam that meet the box.

    Parameters
    ----------
    sides : shape (3,), m.
    vertical : axis from whose positive end a cos^2 law comes down; None: from everywhere alike.

    Returns
    -------
    Points of entry (count, 3), m; unit vectors (count, 3); chords (count,), m.
    """
    way = np.empty((0, 3))
    faces = np.prod(sides) / sides  # area of the face across each axis
    largest = float(np.linalg.norm(faces))
    while len(way) < count:
        drawn = _directions(rng, 2 * (count - len(way)) + 16, vertical)
        seen = np.sum(np.abs(drawn) * faces, axis=1)
        way = np.concatenate([way, drawn[rng.random(len(drawn)) * largest < seen]])
    way = way[:count]
    share = np.abs(way) * faces
    cumulative = np.cumsum(share, axis=1) / share.sum(axis=1)[:, None]
    axis = np.minimum((rng.random(count)[:, None] >= cumulative).sum(axis=1), 2)
    start = rng.random((count, 3)) * sides
    row = np.arange(count)
    start[row, axis] = np.where(way[row, axis] > 0, 0.0, sides[axis])
    return start, way, path_to_surface(start, way, sides)


def draw_starts(sides: Array, rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Points (count, 3) uniform in the box, m, and directions uniform over the sphere."""
    return rng.random((count, 3)) * sides, _directions(rng, count, None)


def path_to_surface(start: Array, way: Array, sides: Array) -> Array:
    """Length from points in the box along unit vectors to the surface, m."""
    with np.errstate(divide="ignore", invalid="ignore"):
        path = np.where(way > 0, (sides - start) / way, np.where(way < 0, -start / way, np.inf))
    return np.asarray(path.min(axis=1))


def _directions(rng: np.random.Generator, count: int, vertical: int | None) -> Array:
    """Unit vectors: all alike, or downwards with cos^2 of the angle to the vertical."""
    turn = 2 * np.pi * rng.random(count)
    u = rng.random(count)
    along = 1 - 2 * u if vertical is None else -np.cbrt(u)
    across = np.sqrt(1 - along**2)
    way = np.empty((count, 3))
    up = 2 if vertical is None else vertical
    way[:, up] = along
    way[:, (up + 1) % 3] = across * np.cos(turn)
    way[:, (up + 2) % 3] = across * np.sin(turn)
    return way
