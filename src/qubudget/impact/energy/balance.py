"""Mean yield of the phonon cascade in any set of films, by integral equations.

The cascade is a branching process whose daughters always have less energy than their parent,
so its mean obeys linear Volterra equations, solved here on a grid (energies in gaps). The
kernels are those of `kaplan`; the Monte-Carlo in `cascade` samples the same process and
is the independent check.

A phonon of energy E >= 2 is absorbed in film i with probability ``share[i]``. A gapped film
turns it into two quasiparticles, which radiate until below 3; a normal film turns it into an
electron and a hole, which radiate until nothing above 2 is left. A radiated phonon at or above
2 is absorbed again in its own film with probability ``self_absorption[i]`` before it is shared.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from qubudget.errors import ConvergenceError

Array = NDArray[np.floating[Any]]

STEP = 0.02
"""Grid step in gaps; 1/STEP is whole, so that the thresholds 1, 2, 3, 4 are grid points."""
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)


def energies(top: float) -> Array:
    """Grid energies 0, STEP, ... up to at least ``top`` (gaps)."""
    return np.arange(round(np.ceil(top / STEP)) + 1) * STEP


def _operator(
    rows: NDArray[np.intp], points: Array, weights: Array, size: int, root: float | None = None
) -> csr_array:
    """Matrix that integrates a grid function, interpolated between grid points.

    Interpolation is linear in the energy or, above ``root``, in sqrt(energy - root): a
    quasiparticle's yield rises from 1 with that power where it can first emit a pair-breaking
    phonon, because its final state then lies at the edge of the density of states.
    """
    place = np.clip(points / STEP, 0, size - 1)
    left = np.minimum(place.astype(np.intp), size - 2)
    right_part = place - left
    if root is not None:
        start = root / STEP
        low = np.sqrt(np.maximum(left - start, 0.0))
        high = np.sqrt(np.maximum(left + 1 - start, 0.0))
        here = np.sqrt(np.maximum(place - start, 0.0))
        gap = np.where(high > low, high - low, 1.0)
        right_part = np.where(high > low, (here - low) / gap, right_part)
    row = np.broadcast_to(rows[:, None], points.shape)
    data = np.concatenate([(weights * (1 - right_part)).ravel(), (weights * right_part).ravel()])
    column = np.concatenate([left.ravel(), (left + 1).ravel()])
    return csr_array((data, (np.tile(row.ravel(), 2), column)), shape=(size, size))


@lru_cache(maxsize=4)
def _operators(size: int) -> dict[str, csr_array]:
    """The six kernels, by name: what is averaged over which daughter's distribution."""
    grid = np.arange(size) * STEP
    two, three = round(2 / STEP), round(3 / STEP)

    def panels(*edges: Array) -> tuple[Array, Array]:
        """Gauss-Legendre points and weights on consecutive panels, one row per energy."""
        pairs = list(pairwise(edges))
        points = [low + 0.5 * (high - low) * (1 + _NODES) for low, high in pairs]
        weights = [0.5 * (high - low) * _WEIGHTS for low, high in pairs]
        return np.concatenate(points, axis=1), np.concatenate(weights, axis=1)

    # The substitutions (cos for pairs, cosh for scattering) are regular at the inverse square
    # roots of the density of states; panels part at 3, where the yield bends.
    phonon = np.arange(two, size)
    half = grid[phonon][:, None] / 2
    bend = np.arccos(np.clip((3 - half) / np.maximum(half - 1, 1e-9), -1, 1))
    theta, dtheta = panels(np.zeros_like(half), bend, np.full_like(half, np.pi))
    y = (half - 1) * np.cos(theta)
    weight = dtheta * (half**2 + 1 - y**2) / np.sqrt((half + 1) ** 2 - y**2)
    pair = _operator(phonon, half + y, 2 * weight / weight.sum(1, keepdims=True), size, 3.0)

    quasi = np.arange(three, size)
    e = grid[quasi][:, None]
    zero = np.zeros_like(e)
    u, du = panels(zero, zero + np.arccosh(3.0), np.arccosh(e))
    x = np.cosh(u)
    weight = du * (e - x) ** 2 * (x - 1 / e)
    norm = weight.sum(1, keepdims=True)
    stay = _operator(quasi, x, weight / norm, size, 3.0)
    # Phonons at or above 2 leave final energies up to e - 2; their yield bends at 4.
    u, du = panels(zero, np.arccosh(np.maximum(e - 4, 1.0)), np.arccosh(e - 2))
    x = np.cosh(u)
    radiate = _operator(quasi, e - x, du * (e - x) ** 2 * (x - 1 / e) / norm, size)

    electron = np.arange(two + 1, size)
    e = grid[electron][:, None]
    x, dx = panels(np.zeros_like(e), e)
    split = _operator(electron, x, 2 * dx / e, size)
    cool = _operator(electron, e - x, 3 * x**2 * dx / e**3, size)
    x, dx = panels(np.full_like(e, 2.0), np.minimum(np.maximum(e, 2.0), 4.0), e)
    emit = _operator(electron, x, 3 * x**2 * dx / e**3, size)
    return {
        "pair": pair, "stay": stay, "radiate": radiate, "split": split, "cool": cool, "emit": emit
    }  # fmt: skip


def mean_quasiparticles(
    share: Array, gapped: tuple[bool, ...], self_absorption: tuple[float, ...]
) -> Array:
    """Mean number of quasiparticles from one phonon, on the grid of `energies`.

    Parameters
    ----------
    share : probability that film i absorbs a phonon of grid energy, shape (films, energies);
        columns sum to one.
    gapped : whether film i is the superconductor (True) or a normal metal.
    self_absorption : probability that film i takes back a phonon >= 2 that it radiated.

    Returns
    -------
    Number of quasiparticles left below 3 Delta per phonon, shape (energies,). Zero below 2.

    Raises `ConvergenceError` if the generations do not die out.
    """
    size = share.shape[1]
    kernel = _operators(size)
    two, three = round(2 / STEP), round(3 / STEP)
    films = len(gapped)
    carrier = np.zeros((films, size))  # yield of one quasiparticle or electron in film i
    absorbed = np.zeros((films, size))  # yield of a phonon absorbed in film i
    free: Array = np.zeros(size)
    for _ in range(200):
        before = free
        for i in range(films):
            radiated = self_absorption[i] * absorbed[i] + (1 - self_absorption[i]) * free
            if gapped[i]:
                carrier[i] = kernel["stay"] @ carrier[i] + kernel["radiate"] @ radiated
                carrier[i, :three] = 1.0
                absorbed[i] = kernel["pair"] @ carrier[i]
            else:
                carrier[i] = kernel["cool"] @ carrier[i] + kernel["emit"] @ radiated
                absorbed[i] = kernel["split"] @ carrier[i]
        free = np.asarray(np.sum(share * absorbed, axis=0))
        free[:two] = 0.0
        if np.max(np.abs(free - before)) <= 1e-12 * max(1.0, float(np.max(free))):
            return free
    raise ConvergenceError("the cascade's generations did not die out in 200 passes")
