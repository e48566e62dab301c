"""Quasiparticles in a chip's film: dx/dt = D lap x - r x^2 - s x + g on a rectangle.

x = n/(2 N0 Delta). No flux through the edges. Each step is a Strang splitting of two flows that
are solved exactly: recombination, and everything linear (diffusion by the grid's cosine modes,
uniform trapping, a uniform source that fades exponentially). It is second order in the step,
unconditionally stable and positive, and exact for recombination alone and for all linear
processes together. (Splitting fails where traps are local and stiff; here they are uniform, so
they commute with diffusion.) The number of steps is doubled until the answer stops moving.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import dctn, idctn
from scipy.special import erf

from qubudget.errors import ConvergenceError, OutOfRangeError

Array = NDArray[np.float64]

_MOST_STEPS = 128
_FLOOR = 1e-6  # of the event's largest x: below it, errors count relative to this


@dataclass(frozen=True)
class Grid:
    """Equal cells over a chip, with its centre at the origin.

    Attributes
    ----------
    length, width : of the chip along x and y, m.
    nx, ny : cells along x and y.
    """

    length: float
    width: float
    nx: int
    ny: int

    @property
    def x(self) -> Array:
        """Centres of the cells along x, shape (nx,), m."""
        return (np.arange(self.nx) + 0.5) / self.nx * self.length - self.length / 2

    @property
    def y(self) -> Array:
        """Centres of the cells along y, shape (ny,), m."""
        return (np.arange(self.ny) + 0.5) / self.ny * self.width - self.width / 2

    @property
    def cell_area(self) -> float:
        """m^2."""
        return self.length * self.width / (self.nx * self.ny)


def square_grid(length: float, width: float, cells: int) -> Grid:
    """Nearly square cells, ``cells`` along the longer side and at least four along the other."""
    longest = max(length, width)
    return Grid(
        length,
        width,
        max(4, round(cells * length / longest)),
        max(4, round(cells * width / longest)),
    )


def gaussian_spot(grid: Grid, x: float, y: float, radius: float) -> Array:
    """Share of a hot spot per cell, shape (nx, ny); they sum to 1.

    exp(-(distance/radius)^2)/(pi radius^2), whose peak is that of a uniform disc of this radius,
    averaged over the cells and reflected at the chip's edges.

    Parameters
    ----------
    grid : the cells.
    x, y : centre of the spot, m.
    radius : m.

    Raises
    ------
    OutOfRangeError: the spot is centred outside the chip.
    """
    if abs(x) > grid.length / 2 or abs(y) > grid.width / 2:
        raise OutOfRangeError(f"an impact at ({x:g}, {y:g}) m is outside the chip")
    along_x = _reflected_share(grid.length, grid.nx, x, radius)
    along_y = _reflected_share(grid.width, grid.ny, y, radius)
    return np.outer(along_x, along_y)


def _reflected_share(length: float, cells: int, centre: float, radius: float) -> Array:
    edges = np.linspace(-length / 2, length / 2, cells + 1)
    order = np.arange(-int(6 * radius / length) - 1, int(6 * radius / length) + 2)
    images = np.where(order % 2 == 0, centre, -centre) + order * length
    share = np.diff(erf((edges - images[:, None]) / radius) / 2, axis=1).sum(axis=0)
    return np.asarray(share / share.sum())


def recombine(x: ArrayLike, time: float, recombination: float) -> Array:
    """Solution of dx/dt = -r x^2, x/(1 + r x t).

    Parameters
    ----------
    x : any shape.
    time : t, s.
    recombination : r, 1/s.

    >>> float(recombine(1e-4, 1e-3, 1e7)) * 2
    0.0001
    """
    start = np.asarray(x, dtype=np.float64)
    return np.asarray(start / (1 + recombination * time * start))


def arrived(start: float, time: float, arrival_time: float, trapping: float) -> float:
    """x left of what a fading source brought between ``start`` and ``start`` + ``time``.

    Integral of exp(-t/tau)/tau exp(-s (end - t)) dt: what arrived and was not trapped meanwhile.

    Parameters
    ----------
    start, time : s.
    arrival_time : tau, s.
    trapping : s, 1/s.
    """
    fading = 1 / arrival_time
    slow, gap = min(trapping, fading), abs(trapping - fading)
    window = -np.expm1(-gap * time) / gap if gap * time > 1e-12 else time
    return float(fading * np.exp(-start * fading - slow * time) * window)


def diffusion_modes(grid: Grid) -> Array:
    """Eigenvalues of the negative five-point Laplacian with reflecting edges, 1/m^2."""
    kx = 2 * grid.nx / grid.length * np.sin(np.pi * np.arange(grid.nx) / (2 * grid.nx))
    ky = 2 * grid.ny / grid.width * np.sin(np.pi * np.arange(grid.ny) / (2 * grid.ny))
    return np.asarray(kx[:, None] ** 2 + ky[None, :] ** 2)


def diffuse(x: Array, length_squared: float, modes: Array) -> Array:
    """Exact diffusion on the grid over ``length_squared`` = D t (m^2)."""
    spectrum = dctn(x, type=2, norm="ortho") * np.exp(-length_squared * modes)
    return np.asarray(np.maximum(idctn(spectrum, type=2, norm="ortho"), 0.0))


@dataclass(frozen=True)
class FilmKinetics:
    """What moves and removes quasiparticles.

    Attributes
    ----------
    diffusivity : D, m^2/s.
    recombination : r, 1/s, phonon trapping included.
    trapping : s, 1/s.
    """

    diffusivity: float
    recombination: float
    trapping: float


def evolve(
    start: Array,
    times: Array,
    grid: Grid,
    film: FilmKinetics,
    arriving: float = 0.0,
    arrival_time: float = 1.0,
    tolerance: float = 1e-3,
) -> Array:
    """x at ``times``, shape (nt, nx, ny).

    Parameters
    ----------
    start : x at time zero, shape (nx, ny).
    times : rising, s; each interval is cut into equal steps. Log-spaced times (some eight per
        decade) keep the steps a fixed share of the elapsed time.
    grid, film : where, and the rates.
    arriving : x that phonons deliver over the whole chip in the end,
        g = arriving exp(-t/arrival_time)/arrival_time.
    arrival_time : s.
    tolerance : largest change of x, relative to the largest x of its time (or 1e-6 of the largest
        of all times), between an answer and the one with half the steps.

    Raises
    ------
    ConvergenceError: 128 steps per interval are not enough.
    """
    modes = diffusion_modes(grid)
    steps, coarse = 1, _march(start, times, film, modes, arriving, arrival_time, 1)
    while steps < _MOST_STEPS:
        steps *= 2
        fine = _march(start, times, film, modes, arriving, arrival_time, steps)
        largest = fine.max(axis=(1, 2))
        scale = np.maximum(largest, _FLOOR * largest.max() + np.finfo(np.float64).tiny)
        change = float(np.max(np.abs(fine - coarse).max(axis=(1, 2)) / scale))
        if change <= tolerance:
            return fine
        coarse = fine
    raise ConvergenceError(
        f"quasiparticle kinetics: {steps} steps per interval still move x by {change:.1e}"
    )


def _march(
    start: Array,
    times: Array,
    film: FilmKinetics,
    modes: Array,
    arriving: float,
    arrival_time: float,
    steps: int,
) -> Array:
    states = np.empty((len(times), *start.shape))
    x, before = start, 0.0
    r, s = film.recombination, film.trapping
    for index, after in enumerate(times):
        step = (after - before) / steps
        kept = float(np.exp(-s * step))
        for number in range(steps):
            x = recombine(x, step / 2, r)
            brought = arriving * arrived(before + number * step, step, arrival_time, s)
            x = kept * diffuse(x, film.diffusivity * step, modes) + brought
            x = recombine(x, step / 2, r)
        states[index], before = x, float(after)
    return states
