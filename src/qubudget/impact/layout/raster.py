"""From polygons to cells: exact areas, and film numbers that keep them.

A polygon's area in a cell follows from its edges alone. An edge that crosses a row takes away
what lies to its right in the cell it crosses and a constant share of every cell beyond (Green's
theorem, cell by cell), so one pass over the edges and one sum along x give every cell exactly.

Outlines are closed rings of edges, outer ones counter-clockwise and holes clockwise. Everything
is in units of cells, from the raster's corner.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_EMPTY = 1e-9  # of a cell: rounding of edges that lie on the cells' own lines


@njit(cache=True)
def _window(edges: Array) -> tuple[int, int, Array]:
    """Covered share of every cell around these edges, and the first cell's indices."""
    x, y = edges[:, 0], edges[:, 1]
    first_i, first_j = int(np.floor(x.min())), int(np.floor(y.min()))
    ni = int(np.ceil(x.max())) - first_i
    nj = int(np.ceil(y.max())) - first_j
    share = np.zeros((ni, nj))
    beyond = np.zeros((ni, nj))
    for k in range(edges.shape[0]):
        xa, ya, xb, yb = edges[k]
        if ya == yb:
            continue
        sign = 1.0
        if ya < yb:
            sign = -1.0
        else:
            xa, ya, xb, yb = xb, yb, xa, ya
        slope = (xb - xa) / (yb - ya)
        for j in range(int(np.floor(ya)), int(np.ceil(yb))):
            low, high = max(ya, float(j)), min(yb, j + 1.0)
            start = xa + (low - ya) * slope
            end = xb if high == yb else xa + (high - ya) * slope
            left, right = min(start, end), max(start, end)
            i = max(int(np.floor(left)), first_i)
            while i - first_i < ni:
                p, q = max(left, float(i)), min(right, i + 1.0)
                part = 1.0 if right <= left else (q - p) / (right - left)
                part *= sign * (high - low)
                share[i - first_i, j - first_j] += part * (i + 1 - (p + q) / 2)
                beyond[i - first_i, j - first_j] += part
                i += 1
                if i >= right:
                    break
    run = np.zeros(nj)
    for i in range(ni):
        for j in range(nj):
            share[i, j] = min(max(share[i, j] + run[j], 0.0), 1.0)
            run[j] += beyond[i, j]
    return first_i, first_j, share


@njit(cache=True)
def shares(edges: Array, ends: Index, number: Index, result: Array) -> None:
    """Add every outline's share of each cell to ``result[number]``.

    Parameters
    ----------
    edges : x, y of both ends, shape (n, 4); those of outline g end before ``ends[g]``.
    ends, number : shape (outlines,).
    result : shape (numbers, nx, ny).
    """
    first = 0
    for g in range(ends.size):
        i0, j0, share = _window(edges[first : ends[g]])
        first = ends[g]
        for i in range(share.shape[0]):
            for j in range(share.shape[1]):
                result[number[g], i0 + i, j0 + j] += share[i, j]


@njit(cache=True)
def numbers(edges: Array, ends: Index, number: Index, result: NDArray[np.uint8]) -> None:
    """Write ``number`` + 1 into as many cells as the outlines of that number have area for.

    Full cells are taken. Partly covered ones hand their share on, outline by outline, and a cell
    is taken whenever half a cell or more has gathered: no outline is wrong by more than a cell,
    and their sum by about half a cell, however small each of them is.
    """
    carried = np.zeros(number.max() + 1)
    first = 0
    for g in range(ends.size):
        i0, j0, share = _window(edges[first : ends[g]])
        first, own = ends[g], number[g]
        for i in range(share.shape[0]):
            for j in range(share.shape[1]):
                if share[i, j] <= _EMPTY:
                    continue
                carried[own] += share[i, j]
                full = share[i, j] >= 1 - _EMPTY
                if (full or carried[own] >= 0.5) and result[i0 + i, j0 + j] == 0:
                    result[i0 + i, j0 + j] = own + 1
                    carried[own] -= 1.0


@njit(cache=True)
def labels(edges: Array, ends: Index, number: Index, best: Array, result: Index) -> None:
    """Write the ``number`` of the outline that covers most of each cell (the first, if equal).

    ``best`` (zeros, shape (nx, ny)) becomes the share of that outline.
    """
    first = 0
    for g in range(ends.size):
        i0, j0, share = _window(edges[first : ends[g]])
        first = ends[g]
        for i in range(share.shape[0]):
            for j in range(share.shape[1]):
                if share[i, j] > best[i0 + i, j0 + j] + _EMPTY:
                    best[i0 + i, j0 + j] = share[i, j]
                    result[i0 + i, j0 + j] = number[g]
