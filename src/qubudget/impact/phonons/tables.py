"""Look-up of group velocities by direction, and the weights with which directions are drawn.

Wavevectors are mapped to a square by the equal-area octahedral map (P. Clarberg, J. Graphics
Tools 13, 53 (2008)), half the sphere only: the other half follows from v(-k) = -v(k). The square
has N x N cells of equal solid angle for each mode. A cell stores the group velocity as a linear
function of the place within it, fitted to Christoffel's equation, so that a direction costs one
look-up in one cache line.

Phonons of one frequency fill wavevectors in proportion to 1/v_phase^3 per solid angle; those
that leave a diffuse wall do so in proportion to their flux, |v_group . n| / v_phase^3, so that
the wall keeps an equilibrium as it is. Both are drawn by Walker's alias method.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.crystal import chip_tensor, waves
from qubudget.materials.crystals import Crystal

Array = NDArray[np.float64]

DEFAULT_CELLS = 64
"""Cells along a side of the square: a 40 x 40 caustic map cannot tell it from a finer table."""
_SUB = 4  # sample points along a side of each cell
BULK, WALL_X, WALL_Y, WALL_Z = range(4)
RECORD = 16
"""Floats per cell: velocity (3), its slopes along the cell's two sides (3 + 3), the square of
the slowness within the chip's plane and its two slopes (3), phase velocity (1), unused (3)."""


@dataclass(frozen=True)
class DirectionTable:
    """Velocities and weights of one crystal in one cut.

    Attributes
    ----------
    cells : N, cells along a side.
    records : float32, shape (3 N^2, 16): mode, row and column of the cell, see `RECORD`; SI.
    alias : uint32, shape (4, 3 N^2, 2): Walker's thresholds and partners over modes and cells,
        for the bulk and for walls across x, y and z.
    mode_alias : uint32, shape (3, N^2, 2): the same for the bulk, one mode.
    shares : density of states of L, FT, ST, shape (3,).
    speed : phase velocity (mean of 1/v^3)^(-1/3) of L, FT, ST, shape (3,), m/s.
    wall_speed : mean |v_group . n| of all phonons for n along x, y, z, shape (3,), m/s; phonons
        of a uniform density strike a face at half of this times density times area.
    """

    cells: int
    records: NDArray[np.float32]
    alias: NDArray[np.uint32]
    mode_alias: NDArray[np.uint32]
    shares: Array
    speed: Array
    wall_speed: Array


def square_to_sphere(a: ArrayLike, b: ArrayLike) -> Array:
    """Unit vectors of the upper half sphere, shape (..., 3); a and b in [-1, 1].

    >>> square_to_sphere([0.0, 1.0], [0.0, 1.0]).round(12).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    u, v = (a + b) / 2, (a - b) / 2
    r = np.abs(u) + np.abs(v)
    angle = np.pi / 2 * np.abs(v) / np.where(r > 0, r, 1.0)
    plane = r * np.sqrt(2 - r * r)
    x = np.copysign(plane * np.cos(angle), u)
    y = np.copysign(plane * np.sin(angle), v)
    return np.stack([x, y, 1 - r * r], axis=-1)


@njit(cache=True)
def square_direction(a, b):  # type: ignore[no-untyped-def]
    """`square_to_sphere` of one point, for kernels."""
    u, v = 0.5 * (a + b), 0.5 * (a - b)
    r = abs(u) + abs(v)
    angle = 0.5 * np.pi * abs(v) / r if r > 0.0 else 0.0
    plane = r * np.sqrt(max(2.0 - r * r, 0.0))
    x, y = plane * np.cos(angle), plane * np.sin(angle)
    return (x if u >= 0.0 else -x), (y if v >= 0.0 else -y), 1.0 - r * r


@njit(cache=True)
def direction_square(x, y, z):  # type: ignore[no-untyped-def]
    """Place a, b in the square and sign of the half sphere of a unit vector."""
    sign = 1.0
    if z < 0.0:
        x, y, z, sign = -x, -y, -z, -1.0
    r = np.sqrt(max(1.0 - z, 0.0))
    v = r * np.arctan2(abs(y), abs(x)) * (2.0 / np.pi)
    u = r - v
    if x < 0.0:
        u = -u
    if y < 0.0:
        v = -v
    return u + v, u - v, sign


@njit(cache=True)
def walker(weights):  # type: ignore[no-untyped-def]
    """Walker's alias table (Vose's construction) of weights, shape (n,) -> uint32 (n, 2).

    Draw a cell evenly; keep it if 32 further random bits are below its first entry, else take
    the cell named by its second.
    """
    n = weights.size
    scaled = weights * (n / weights.sum())
    table = np.empty((n, 2), np.uint32)
    small, large = np.empty(n, np.int64), np.empty(n, np.int64)
    smalls = larges = 0
    for i in range(n):
        if scaled[i] < 1.0:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls > 0 and larges > 0:
        smalls -= 1
        low, high = small[smalls], large[larges - 1]
        table[low, 0] = np.uint32(min(scaled[low] * 4294967296.0, 4294967295.0))
        table[low, 1] = high
        scaled[high] -= 1.0 - scaled[low]
        if scaled[high] < 1.0:
            larges -= 1
            small[smalls] = high
            smalls += 1
    for j in range(smalls):
        table[small[j]] = 4294967295, small[j]
    for j in range(larges):
        table[large[j]] = 4294967295, large[j]
    return table


def direction_table(
    crystal: Crystal, rotation: ArrayLike | None = None, cells: int = DEFAULT_CELLS
) -> DirectionTable:
    """Build the table of a crystal in a cut; kept for repeated calls.

    Parameters
    ----------
    crystal : with its stiffness.
    rotation : `orientation` of the chip, shape (3, 3); None: the crystal's own axes.
    cells : N, 4 to 512.
    """
    if not 4 <= cells <= 512:
        raise OutOfRangeError("a direction table has 4 to 512 cells along a side")
    r = np.eye(3) if rotation is None else np.asarray(rotation, dtype=np.float64)
    return _build(crystal, tuple(r.ravel()), cells)


@lru_cache(maxsize=8)
def _build(crystal: Crystal, rotation: tuple[float, ...], cells: int) -> DirectionTable:
    tensor = chip_tensor(crystal, np.reshape(rotation, (3, 3)))
    inner = (np.arange(_SUB) + 0.5) / _SUB - 0.5  # place within a cell, in cells
    along = ((np.arange(cells)[:, None] + 0.5 + inner) * (2 / cells) - 1).ravel()
    k = square_to_sphere(along[:, None], along[None, :])
    solved = waves(tensor, k)

    def by_cell(values: Array) -> Array:
        """Shape (N sub, N sub, 3, ...) -> (3, N^2, sub, sub, ...)."""
        shape = values.shape[3:]
        blocks = values.reshape(cells, _SUB, cells, _SUB, 3, *shape)
        order = (4, 0, 2, 1, 3, *range(5, 5 + len(shape)))
        return blocks.transpose(order).reshape(3, cells * cells, _SUB, _SUB, *shape)

    slowness = (1 - k[..., 2:] ** 2) / solved.phase**2
    fields = np.concatenate([solved.group, slowness[..., None]], axis=-1)
    blocks = by_cell(fields)
    spread = _SUB * np.sum(inner**2)
    mean = blocks.mean(axis=(2, 3))
    slope_a = np.einsum("mcabf,a->mcf", blocks, inner) / spread
    slope_b = np.einsum("mcabf,b->mcf", blocks, inner) / spread
    records = np.zeros((3, cells * cells, RECORD), np.float32)
    for column, part in enumerate((mean, slope_a, slope_b)):
        records[..., 3 * column : 3 * column + 3] = part[..., :3]
        records[..., 9 + column] = part[..., 3]
    records[..., 12] = by_cell(solved.phase).mean(axis=(2, 3))

    density = solved.phase**-3.0
    weights = [by_cell(density)]
    weights += [by_cell(density * np.abs(solved.group[..., axis])) for axis in range(3)]
    sums = [w.sum(axis=(2, 3)) for w in weights]
    per_mode = sums[0].sum(axis=1)
    return DirectionTable(
        cells=cells,
        records=records.reshape(-1, RECORD),
        alias=np.stack([walker(w.ravel()) for w in sums]),
        mode_alias=np.stack([walker(w) for w in sums[0]]),
        shares=np.asarray(per_mode / per_mode.sum()),
        speed=np.asarray((per_mode / k[..., 0].size) ** (-1 / 3)),
        wall_speed=np.asarray([w.sum() / sums[0].sum() for w in sums[1:]]),
    )
