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
_MOST = 32767
_SUB = 4  # sample points along a side of each cell
BULK, WALL_X, WALL_Y, WALL_Z = range(4)
RECORD = 16
"""Numbers per cell: velocity (3), its slopes along the cell's two sides (3 + 3), the square of
the slowness within the chip's plane and its two slopes (3), the diagonal that is a crease (+1:
a = b, -1: a = -b; for other cells the bend is zero), bend of the velocity across it (3). They
are 16-bit integers, in units that the table states, so that half a cache line holds a cell."""


@dataclass(frozen=True)
class DirectionTable:
    """Velocities and weights of one crystal in one cut.

    Attributes
    ----------
    cells : N, cells along a side.
    records : int16, shape (3 N^2, 16): mode, row and column of the cell, see `RECORD`.
    speed_unit, slowness_unit : of velocities in the records, m/s, and of squares of slowness,
        (s/m)^2.
    alias : uint32, shape (4, 3 N^2): Walker's table over modes and cells, see `walker`, for the
        bulk and for walls across x, y and z.
    mode_alias : uint32, shape (3, N^2): the same for the bulk, one mode.
    shares : density of states of L, FT, ST, shape (3,).
    speed : phase velocity (mean of 1/v^3)^(-1/3) of L, FT, ST, shape (3,), m/s.
    wall_speed : mean |v_group . n| of all phonons for n along x, y, z, shape (3,), m/s; phonons
        of a uniform density strike a face at half of this times density times area.
    """

    cells: int
    records: NDArray[np.int16]
    speed_unit: float
    slowness_unit: float
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
    r = np.sqrt((x * x + y * y) / (1.0 + z))
    v = r * np.arctan2(abs(y), abs(x)) * (2.0 / np.pi)
    u = r - v
    if x < 0.0:
        u = -u
    if y < 0.0:
        v = -v
    return u + v, u - v, sign


@njit(cache=True)
def walker(weights):  # type: ignore[no-untyped-def]
    """Walker's alias table (Vose's construction) of weights, shape (n,) -> uint32 (n,).

    Draw a cell evenly; keep it if 12 further random bits are below its upper 12, else take the
    cell named by its lower 20. (Rounding to 12 bits moves a weight by 1e-4 at most.)
    """
    n = weights.size
    scaled = weights * (n / weights.sum())
    table = np.empty(n, np.uint32)
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
        table[low] = (np.int64(min(scaled[low] * 4096.0 + 0.5, 4095.0)) << 20) + high
        scaled[high] -= 1.0 - scaled[low]
        if scaled[high] < 1.0:
            larges -= 1
            small[smalls] = high
            smalls += 1
    for j in range(smalls):
        table[small[j]] = (4095 << 20) + small[j]
    for j in range(larges):
        table[large[j]] = (4095 << 20) + large[j]
    return table


def direction_table(
    crystal: Crystal, rotation: ArrayLike | None = None, cells: int = DEFAULT_CELLS
) -> DirectionTable:
    """Build the table of a crystal in a cut; kept for repeated calls.

    Parameters
    ----------
    crystal : with its stiffness.
    rotation : `orientation` of the chip, shape (3, 3); None: the crystal's own axes.
    cells : N, 4 to 512, even.
    """
    if not 4 <= cells <= 512 or cells % 2:
        raise OutOfRangeError("a direction table has 4 to 512 cells along a side, an even number")
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
    blocks = by_cell(fields).reshape(3, cells * cells, _SUB * _SUB, 4)
    i, j = np.divmod(np.arange(cells * cells), cells)
    a, b = np.repeat(inner, _SUB), np.tile(inner, _SUB)
    records = np.zeros((3, cells * cells, RECORD))
    for crease, chosen in ((0, slice(None)), (1, i == j), (-1, i + j == cells - 1)):
        basis = np.stack([np.ones_like(a), a, b, np.abs(a - crease * b)], axis=1)
        fit = np.linalg.pinv(basis[:, : 4 if crease else 3])
        parts = np.einsum("ps,mcsf->mcpf", fit, blocks[:, chosen])
        size = parts.shape[1]
        records[:, chosen, :9] = parts[:, :, :3, :3].reshape(3, size, 9)
        records[:, chosen, 9:12] = parts[:, :, :3, 3]
        records[:, chosen, 12] = crease
        if crease:
            records[:, chosen, 13:] = parts[:, :, 3, :3]
            linear = np.linalg.pinv(basis[:, :3])
            records[:, chosen, 9:12] = np.einsum("ps,mcs->mcp", linear, blocks[:, chosen][..., 3])

    flat = records.reshape(-1, RECORD)
    is_speed, is_slowness = [*range(9), 13, 14, 15], [9, 10, 11]
    speed_unit = float(np.max(np.abs(flat[:, is_speed]))) / _MOST
    slowness_unit = float(np.max(np.abs(flat[:, is_slowness]))) / _MOST
    flat[:, is_speed] /= speed_unit
    flat[:, is_slowness] /= slowness_unit

    density = solved.phase**-3.0
    weights = [by_cell(density)]
    weights += [by_cell(density * np.abs(solved.group[..., axis])) for axis in range(3)]
    sums = [w.sum(axis=(2, 3)) for w in weights]
    per_mode = sums[0].sum(axis=1)
    return DirectionTable(
        cells=cells,
        records=np.rint(flat).astype(np.int16),
        speed_unit=speed_unit,
        slowness_unit=slowness_unit,
        alias=np.stack([walker(w.ravel()) for w in sums]),
        mode_alias=np.stack([walker(w) for w in sums[0]]),
        shares=np.asarray(per_mode / per_mode.sum()),
        speed=np.asarray((per_mode / k[..., 0].size) ** (-1 / 3)),
        wall_speed=np.asarray([w.sum() / sums[0].sum() for w in sums[1:]]),
    )
