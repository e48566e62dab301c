"""From quasiparticles over a chip to its qubits: where they are, how they relax and recover."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import RegularGridInterpolator
from scipy.special import expn

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.kaplan import pair_breaking_rate, scattering_rate
from qubudget.impact.kinetics.uniform import Grid
from qubudget.materials.superconductors import Superconductor

Array = NDArray[np.float64]


def trap_rate(film: Superconductor, trap_temperature: float, trap_fraction: float) -> float:
    """Rate at which low-gap islands catch the film's quasiparticles, 1/s.

    A quasiparticle at the film's gap that finds itself in an island (with probability
    ``trap_fraction``, since it crosses between them faster than it cools) emits a phonon at
    Kaplan's rate (Eq. 4 of Martinis, npj Quantum Inf. 7, 90 (2021)) and stays. Kaplan's
    tau0 scales as Tc^-3 for one electron-phonon coupling; so tau0 (k Tc)^3 is the film's.

    Parameters
    ----------
    film : the superconductor of the film; its tau0 must be known.
    trap_temperature : critical temperature of the islands, K; 0: there are none.
    trap_fraction : share of the film's volume that they take.

    Raises
    ------
    OutOfRangeError: the islands' gap is not below the film's, or tau0 has no source.

    >>> from qubudget.materials.superconductors import superconductor
    >>> round(1e6 / trap_rate(superconductor("Al"), 0.5, 1.0), 2)  # us, at the film's gap
    0.86
    """
    if trap_temperature == 0 or trap_fraction == 0:
        return 0.0
    if trap_temperature >= film.critical_temperature:
        raise OutOfRangeError(
            f"traps with Tc = {trap_temperature:g} K cannot trap in {film.name} "
            f"(Tc = {film.critical_temperature:g} K)"
        )
    if film.tau0 is None:
        raise OutOfRangeError(f"no sourced electron-phonon time tau0 of {film.name} for its traps")
    ratio = film.critical_temperature / trap_temperature
    return trap_fraction * float(scattering_rate(ratio)) / (film.tau0 * ratio**3)


def freeze_out_time(
    thickness: float,
    velocity: float,
    transmission: float,
    film_thickness: float,
    film: Superconductor,
    energy: float = 10.0,
) -> float | None:
    """Mean time until a phonon in the substrate breaks a pair in the film, s.

    A phonon meets the film once in 4 t/v (diffuse field, one face), enters with the interface's
    ``transmission`` and is absorbed on its way up and down with 1 - 2 E3(2 d/Lambda), or is
    reflected for another turn with 1 - transmission.

    Parameters
    ----------
    thickness, velocity : of the substrate, m, and its phonons, m/s.
    transmission : of the interface, either way.
    film_thickness : d, m.
    film : the superconductor; Lambda is its sound velocity over its pair-breaking rate.
    energy : of the phonon, gaps; 10 is the 20 K of Martinis' Table 3 in aluminium.

    Returns
    -------
    None where the film's phonon time or sound velocity has no source.
    """
    if film.tau0_phonon is None or film.sound_transverse is None:
        return None
    length = film.sound_transverse * film.tau0_phonon / float(pair_breaking_rate(energy))
    absorbed = 1 - 2 * float(expn(3, 2 * film_thickness / length))
    per_hit = transmission * absorbed / (1 - (1 - transmission) * (1 - absorbed))
    return 4 * thickness / (velocity * per_hit)


def qubit_sites(length: float, width: float, pitch: float, count: int) -> tuple[Array, Array]:
    """Places of the qubits, x and y from the chip's centre, shape (n,), m.

    A centred square grid of ``pitch``; of the sites that fit, the ``count`` nearest to the centre.

    >>> qubit_sites(3e-3, 1e-3, 1e-3, 10)[0].round(6).tolist()
    [0.0, -0.001, 0.001]
    """
    columns = max(1, int(length / pitch * (1 + 1e-9)))
    rows = max(1, int(width / pitch * (1 + 1e-9)))
    x, y = np.meshgrid(
        (np.arange(columns) - (columns - 1) / 2) * pitch,
        (np.arange(rows) - (rows - 1) / 2) * pitch,
        indexing="ij",
    )
    x, y = x.ravel(), y.ravel()
    nearest = np.argsort(np.round(np.hypot(x, y) / pitch, 6), kind="stable")[:count]
    return x[nearest], y[nearest]


def at_sites(field: Array, grid: Grid, x: Array, y: Array) -> Array:
    """``field`` (nt, nx, ny) at the sites, shape (nt, n), linear between cell centres."""
    gx, gy = grid.x, grid.y
    look = RegularGridInterpolator((gx, gy), np.moveaxis(field, 0, -1))
    points = np.column_stack([np.clip(x, gx[0], gx[-1]), np.clip(y, gy[0], gy[-1])])
    return np.asarray(look(points).T)


def recovery_time(times: Array, excess: Array) -> float | None:
    """Time from the peak of ``excess`` (nt,) to 1/e of it, s; None if it is never reached.

    Exponential between the given times.

    >>> t = np.linspace(0, 5, 6)
    >>> round(recovery_time(t, np.exp(-t / 2)), 6)
    2.0
    """
    peak = int(np.argmax(excess))
    target = excess[peak] / np.e
    below = np.flatnonzero(excess[peak:] <= target)
    if excess[peak] <= 0 or not below.size:
        return None
    after = peak + int(below[0])
    high, low = excess[after - 1], excess[after]
    share = np.log(high / target) / np.log(high / low) if low > 0 else 1.0
    return float(times[after - 1] + share * (times[after] - times[after - 1]) - times[peak])


def affected_radius(excess: Array, quiet: float, grid: Grid) -> float:
    """Radius of the largest area, over time, where T1 is below half its quiet value, m.

    Parameters
    ----------
    excess : additional 1/T1, shape (nt, nx, ny), 1/s.
    quiet : 1/T1 in quiet times, 1/s.
    grid : the cells.
    """
    cells = int((excess > quiet).sum(axis=(1, 2)).max())
    return float(np.sqrt(cells * grid.cell_area / np.pi))


def strata(length: float, width: float, count: int) -> list[tuple[str, float, float, float]]:
    """Representative places of impacts, as (name, x, y, share of the chip's area).

    The chip is cut at 2/3 of its half-axes: a centre, edges and corners (or, with two strata, a
    centre and the rest); the mirror images are equivalent, so one quadrant stands for all.

    Parameters
    ----------
    length, width : m.
    count : 2 or 3.
    """
    cut = 2 / 3
    inner, outer = cut / 2, (1 + cut) / 2
    half_x, half_y = length / 2, width / 2
    centre = ("centre", inner * half_x, inner * half_y, cut**2)
    edge = ("edge", outer * half_x, inner * half_y)
    if count == 2:
        return [centre, (*edge, 1 - cut**2)]
    corner = ("corner", outer * half_x, outer * half_y, (1 - cut) ** 2)
    return [centre, (*edge, 2 * cut * (1 - cut)), corner]


def half_radius(share: Array, grid: Grid, x: float, y: float) -> float:
    """Distance from (x, y), m, within which half of ``share`` (nx, ny), not all zero, lies."""
    distance = np.hypot(grid.x[:, None] - x, grid.y[None, :] - y).ravel()
    order = np.argsort(distance, kind="stable")
    within = np.cumsum(share.ravel()[order])
    return float(np.interp(within[-1] / 2, within, distance[order]))


def value_at(times: ArrayLike, values: ArrayLike, time: float | None) -> float | None:
    """Value at ``time``, linear in log time; None outside the times."""
    t = np.asarray(times, dtype=np.float64)
    if time is None or not t[0] <= time <= t[-1]:
        return None
    return float(np.interp(np.log(time), np.log(t), np.asarray(values, dtype=np.float64)))
