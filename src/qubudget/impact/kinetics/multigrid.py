"""Multigrid for one implicit step of diffusion with loss on cells that may fall into islands.

Unknowns are the film's cells. A coarser level joins the cells of 2 x 2 blocks, but only those
that exchange flux inside their block: islands never mix, however small, and each ends as one
unknown, so that its total is solved exactly. Cells whose loss outweighs their exchange (traps)
are left out of the coarser levels, which see them as sinks: a relaxation sweep settles them.
One V-cycle with symmetric Gauss-Seidel sweeps preconditions conjugate gradients.

An error taken as constant over each joined cell would couple twice too strongly across the cells'
borders; a coarse conductance is therefore half the sum of the fine ones, which is the one that
the coarse grid itself would have (cell-centred multigrid: P. Wesseling, An Introduction to
Multigrid Methods, 1992).

All levels lie one after another in the same arrays; the loops run in one thread and in a fixed
order, so results are the same bit for bit on any number of threads.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Place = NDArray[np.uint32]  # unsigned: compiled loops then need no test for negative indices

_TRAP = 4.0  # loss over exchange beyond which a cell is not joined to its neighbours
_SINK = 0.6  # of a sink's conductance per coarser level: its distance grows with the cells


class Edges(NamedTuple):
    """Pairs of nodes that exchange flux, and their conductances (1/s)."""

    first: Index
    second: Index
    weight: Array


class Neighbours(NamedTuple):
    """Each node's neighbours on one side: two of them at once, the few others in rows.

    Attributes
    ----------
    pair, pair_weight : shape (n, 2); a missing neighbour is the node itself with weight 0.
    start, rest, rest_weight : neighbours beyond two, as in a CSR matrix.
    """

    pair: Place
    pair_weight: Array
    start: Place
    rest: Place
    rest_weight: Array


class Hierarchy(NamedTuple):
    """All levels, finest first; a node's number counts through all of them.

    Attributes
    ----------
    start : first node of each level, and the end of the last one.
    parent : node of the next level that contains this one; itself where there is none.
    total : conductance out of each node, 1/s.
    lower, upper : neighbours of smaller and of larger number.
    island : connected piece of film of each finest node, from 0.
    islands : number of them.
    """

    start: Index
    parent: Place
    total: Array
    lower: Neighbours
    upper: Neighbours
    island: Index
    islands: int


def _neighbours(count: int, edges: Edges) -> Neighbours:
    """Of ``edges.first``, among ``edges.second``."""
    order = np.lexsort((edges.second, edges.first))
    node, other, weight = edges.first[order], edges.second[order], edges.weight[order]
    sizes = np.bincount(node, minlength=count)
    rank = np.arange(len(node)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    pair = np.repeat(np.arange(count)[:, None], 2, axis=1)
    pair_weight = np.zeros((count, 2))
    near = rank < 2
    pair[node[near], rank[near]] = other[near]
    pair_weight[node[near], rank[near]] = weight[near]
    start = np.concatenate(([0], np.cumsum(np.maximum(sizes - 2, 0))))
    return Neighbours(
        pair.astype(np.uint32),
        pair_weight,
        start.astype(np.uint32),
        other[~near].astype(np.uint32),
        weight[~near],
    )


def _summed(place: NDArray[np.intp], values: Array, count: int) -> Array:
    return np.asarray(np.bincount(place, values, count), dtype=np.float64)


def _pieces(count: int, first: Index, second: Index) -> Index:
    graph = coo_array((np.ones(len(first)), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _merged(edges: Edges, label: Index, share: float) -> Edges:
    """The edges between differently labelled nodes, parallel ones added up."""
    first, second = label[edges.first], label[edges.second]
    apart = (first != second) & (first >= 0) & (second >= 0)
    low = np.minimum(first, second)[apart]
    high = np.maximum(first, second)[apart]
    count = int(label.max(initial=0)) + 1
    keys, place = np.unique(low * count + high, return_inverse=True)
    weight = share * _summed(place, edges.weight[apart], len(keys))
    return Edges(keys // count, keys % count, weight)


def diagonal_order(column: Index, row: Index) -> Index:
    """Grid places along one diagonal after the other.

    A Gauss-Seidel sweep in this order gives what one by rows gives, but no cell has to wait for
    the one just before it.
    """
    return np.lexsort((column, column + row))


def build(column: Index, row: Index, along: Edges, across: Edges, loss: Array) -> Hierarchy:
    """Levels for film cells at grid places (``column``, ``row``) in `diagonal_order`.

    Parameters
    ----------
    along, across : exchange with the next column and the next row; weights > 0, 1/s.
    loss : linear loss of each cell, in the weights' unit.
    """
    count = len(column)
    both = (
        np.concatenate((along.first, across.first)),
        np.concatenate((along.second, across.second)),
    )
    island = _pieces(count, *both)
    sink = np.zeros(count)
    offset = 0
    starts, parents, totals = [0], [], []
    pairs: list[Edges] = []
    while True:
        edges = Edges(*(np.concatenate(part) for part in zip(along, across, strict=True)))
        exchange = np.bincount(edges.first, edges.weight, count)
        exchange += np.bincount(edges.second, edges.weight, count)
        totals.append(exchange + sink)
        pairs.append(Edges(edges.first + offset, edges.second + offset, edges.weight))
        starts.append(offset + count)
        kept = (exchange > 0) & (loss + sink <= _TRAP * exchange)
        if not kept.any():
            parents.append(offset + np.arange(count))
            break
        # Only the direction of strong exchange is coarsened where cells are far from square.
        strength = [float(np.mean(e.weight)) if len(e.weight) else 0.0 for e in (along, across)]
        halve = [s > 0 and s >= 0.3 * max(strength) for s in strength]
        column, row = column >> int(halve[0]), row >> int(halve[1])
        inside = (column[edges.first] == column[edges.second]) & (
            row[edges.first] == row[edges.second]
        )
        inside &= kept[edges.first] & kept[edges.second]
        piece = _pieces(count, edges.first[inside], edges.second[inside])
        _, head, place = np.unique(piece[kept], return_index=True, return_inverse=True)
        column, row = column[kept][head], row[kept][head]
        order = diagonal_order(column, row)
        column, row = column[order], row[order]
        place = np.argsort(order)[place]
        label = np.full(count, -1, dtype=np.int64)
        label[kept] = place
        own = offset + np.arange(count)
        parents.append(np.where(kept, label + offset + count, own))
        # Flux into the nodes left out is lost to the coarser level.
        out = np.zeros(count)
        for near, far in ((edges.first, edges.second), (edges.second, edges.first)):
            lost = kept[near] & ~kept[far]
            out += np.bincount(near[lost], edges.weight[lost], count)
        sink = _SINK * _summed(place, (sink + out)[kept], len(column))
        loss = _summed(place, loss[kept], len(column))
        along = _merged(along, label, 0.5 if halve[0] else 1.0)
        across = _merged(across, label, 0.5 if halve[1] else 1.0)
        offset += count
        count = len(column)
    everything = Edges(*(np.concatenate(part) for part in zip(*pairs, strict=True)))
    low = np.minimum(everything.first, everything.second)
    high = np.maximum(everything.first, everything.second)
    size = starts[-1]
    return Hierarchy(
        np.array(starts, dtype=np.int64),
        np.concatenate(parents).astype(np.uint32),
        np.concatenate(totals),
        _neighbours(size, Edges(high, low, everything.weight)),
        _neighbours(size, Edges(low, high, everything.weight)),
        island,
        int(island.max(initial=-1)) + 1,
    )


@njit(cache=True, error_model="numpy")
def _inflow(side: Neighbours, values: Array, i: int) -> float:
    total: float = (
        side.pair_weight[i, 0] * values[side.pair[i, 0]]
        + side.pair_weight[i, 1] * values[side.pair[i, 1]]
    )
    for k in range(side.start[i], side.start[i + 1]):
        total += side.rest_weight[k] * values[side.rest[k]]
    return total


@njit(cache=True, error_model="numpy")
def outflow(h: Hierarchy, values: Array, out: Array) -> None:
    """What leaves each finest node by exchange, ``out`` = L ``values``."""
    for i in range(h.start[1]):
        inflow = _inflow(h.lower, values, i) + _inflow(h.upper, values, i)
        out[i] = h.total[i] * values[i] - inflow


@njit(cache=True, error_model="numpy")
def prepare(h: Hierarchy, base: Array, scale: float, inverse: Array) -> None:
    """Inverse diagonals of base + scale L on all levels; ``base`` is summed onto the coarser."""
    base[h.start[1] :] = 0.0
    for i in range(len(h.parent)):
        if h.parent[i] > i:
            base[h.parent[i]] += base[i]
        inverse[i] = 1 / (base[i] + scale * h.total[i])


@njit(cache=True, error_model="numpy")
def v_cycle(h: Hierarchy, scale: float, inverse: Array, right: Array, out: Array) -> None:
    """``out`` = about (base + scale L)^-1 ``right`` on the finest level, from zero.

    ``right`` and ``out`` hold all levels; ``right`` is given on the finest.
    """
    levels = len(h.start) - 1
    right[h.start[1] :] = 0.0
    for level in range(levels):
        first, last = h.start[level], h.start[level + 1]
        for i in range(first, last):
            out[i] = (right[i] + scale * _inflow(h.lower, out, i)) * inverse[i]
        # After a sweep from zero, what remains is the inflow from nodes swept later.
        for i in range(first, last):
            if h.parent[i] > i:
                right[h.parent[i]] += scale * _inflow(h.upper, out, i)
    for level in range(levels - 1, -1, -1):
        first, last = h.start[level], h.start[level + 1]
        for i in range(first, last):
            if h.parent[i] > i:
                out[i] += out[h.parent[i]]
        for k in range(last - first):
            i = last - 1 - k
            inflow = _inflow(h.lower, out, i) + _inflow(h.upper, out, i)
            out[i] = (right[i] + scale * inflow) * inverse[i]


@njit(cache=True, error_model="numpy")
def solve(
    h: Hierarchy,
    weight: Array,
    linear: Array,
    quadratic: float,
    scale: float,
    right: Array,
    allowed: Array,
    y: Array,
    most: int,
    work: Array,
) -> int:
    """y of weight y (1 + linear + quadratic weight y) + scale L y = right, by Newton's method.

    Every linear system is solved by conjugate gradients preconditioned by a V-cycle, until the
    estimated error of weight y is below ``allowed`` everywhere.

    Parameters
    ----------
    weight, linear, right, allowed : per finest node. quadratic, scale : numbers >= 0.
    y : first guess, overwritten by the solution.
    most : V-cycles allowed. work : scratch, at least 8 rows as long as all levels.

    Returns
    -------
    V-cycles used; ``most`` + 1 where they were not enough.
    """
    n = h.start[1]
    base, inverse, sums, z = work[0], work[1], work[2], work[3]
    residual, p, q, first = work[4, :n], work[5, :n], work[6, :n], work[7, :n]
    cycles = 0
    while True:
        outflow(h, y, q)
        for i in range(n):
            x = weight[i] * y[i]
            base[i] = weight[i] * (1 + linear[i] + 2 * quadratic * max(x, 0.0))
            residual[i] = right[i] - x * (1 + linear[i] + quadratic * x) - scale * q[i]
        prepare(h, base, scale, inverse)
        before, remainder = 0.0, 0.0
        p[:] = 0.0
        first[:] = y
        while True:
            sums[:n] = residual
            v_cycle(h, scale, inverse, sums, z)
            cycles += 1
            worst, product = 0.0, 0.0
            for i in range(n):
                worst = max(worst, abs(weight[i] * z[i]) / allowed[i])
                product += residual[i] * z[i]
            if worst <= 1 or cycles > most:
                break
            share = product / before if before > 0 else 0.0
            before = product
            for i in range(n):
                p[i] = z[i] + share * p[i]
            outflow(h, p, q)
            energy = 0.0
            for i in range(n):
                q[i] = base[i] * p[i] + scale * q[i]
                energy += p[i] * q[i]
            step = product / energy
            for i in range(n):
                y[i] += step * p[i]
                residual[i] -= step * q[i]
        for i in range(n):
            y[i] += z[i]
            moved = weight[i] * (y[i] - first[i])
            remainder = max(remainder, quadratic * moved * moved / allowed[i])
        if remainder <= 1 or cycles > most:
            return cycles
