"""How the energies of a burst's quasiparticles fall: share above a threshold over time.

A quasiparticle emits phonons at Kaplan's rate (S. B. Kaplan et al., Phys. Rev. B 14, 4854 (1976),
Eq. 8, at T = 0) until it sits at the gap; what it emits below 2 Delta leaves. Near the gap the
rate falls as the 7/2 power of the excess energy, so the slowest ones cool for milliseconds: a
junction whose gap difference stops cold quasiparticles lets through those that are still above it.
The bath's own temperature is not in it; what is thermal is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.kaplan import scattering_rate
from qubudget.materials.superconductors import Superconductor

Array = NDArray[np.float64]

_START = 3.0  # gaps: where the cascade stops breaking pairs
_CELLS = 240
_STEPS = 128  # to a decade of time
_FIRST = 1e-3  # tau0: the first step, a fiftieth of a quasiparticle's life at the start
_LEAST = 1e-4  # gaps above the gap: the lowest cell


@lru_cache(maxsize=1)
def _ladder() -> tuple[Array, Array, Array]:
    """Edges (excess energy, falling), rates (tau0 Gamma) and the shares that land in lower cells.

    Cell i spans edges i to i + 1; a quasiparticle in it is taken at its middle, which in the
    first one is the start. Row i of the shares sums to one over its own cell, the cells below
    and the rest, which lies beneath the last edge.
    """
    middle = np.geomspace(_START - 1, _LEAST, _CELLS)
    half = np.sqrt(middle[0] / middle[1])
    excess = np.append(middle * half, middle[-1] / half)
    # x = cosh u makes the density of states regular: the integrand is (e - x)^2 (x - 1/e) du.
    edge = np.append(np.arccosh(1 + excess), 0.0)
    node, weight = np.polynomial.legendre.leggauss(8)
    share = np.zeros((_CELLS, _CELLS))
    for i, e in enumerate(1 + middle):
        u = edge[i:].copy()
        u[0] = np.arccosh(e)  # of its own cell, what lies below the middle
        width = u[:-1] - u[1:]
        x = np.cosh(u[1:, None] + width[:, None] * (1 + node) / 2)
        found = np.sum((e - x) ** 2 * (x - 1 / e) * weight, axis=1) * width
        share[i, i:] = found[:-1] / found.sum()
    return excess, scattering_rate(1 + middle), share


@njit(cache=True)
def _march(times: Array, rate: Array, share: Array, growth: float) -> Array:
    """Occupation of the cells at ``times`` (tau0): backward Euler, steps of ``growth`` times now.

    Cells feed only lower ones, so a step is solved from the top.
    """
    cells = rate.size
    found = np.zeros((times.size, cells))
    state = np.zeros(cells)
    state[0] = 1.0
    now = 0.0
    for index in range(times.size):
        while now < times[index]:
            left = times[index] - now
            dt = max(growth * now, _FIRST)
            now = now + dt if dt < left else times[index]
            dt = min(dt, left)
            for i in range(cells):
                # What falls within its own cell has not left it.
                state[i] /= 1 + dt * rate[i] * (1 - share[i, i])
                flow = dt * rate[i] * state[i]
                for k in range(i + 1, cells):
                    state[k] += flow * share[i, k]
        found[index] = state
    return found


@lru_cache(maxsize=16)
def _course(times: tuple[float, ...]) -> Array:
    """Occupation of the cells at times (in tau0), shape (nt, cells)."""
    _, rate, share = _ladder()
    found: Array = _march(np.array(times), rate, share, 10 ** (1 / _STEPS) - 1)
    return found


@dataclass(frozen=True)
class Relaxing:
    """How quasiparticles relax the qubits.

    Attributes
    ----------
    cold : 1/T1 per x of cooled quasiparticles, 1/s.
    hot : the same of those that no gap difference stops, 1/s.
    protection : energy above the gap from which it does not, J.
    """

    cold: float
    hot: float
    protection: float

    def at(self, times: ArrayLike, film: Superconductor | None) -> Array:
        """1/T1 per x at times (s) after an impact, shape (nt,), 1/s.

        ``film`` : in which they cool at Kaplan's rate from the impact on; None: at once.

        Raises
        ------
        OutOfRangeError: no sourced tau0 of the film.
        """
        t = np.asarray(times, dtype=np.float64)
        if film is None or self.protection == 0:
            return np.full(t.shape, self.cold)
        if film.tau0 is None:
            raise OutOfRangeError(
                f"no sourced electron-phonon time tau0 of {film.name}: how its quasiparticles "
                "cool is not known"
            )
        share = share_above(self.protection / film.gap, t, film.tau0)
        return self.cold + (self.hot - self.cold) * share


def share_above(threshold: float, times: ArrayLike, tau0: float) -> Array:
    """Share of a burst's quasiparticles whose energy is still above a threshold.

    Parameters
    ----------
    threshold : above the gap, in gaps; >= 0. One below 1e-4 counts as 0.
    times : after the cascade, rising, > 0, s, shape (nt,).
    tau0 : Kaplan's electron-phonon time, s.

    Returns
    -------
    Shape (nt,), from 1 falling to 0; 1 throughout for a threshold of 0, since at T = 0 nothing
    brings a quasiparticle below the gap.
    """
    t = np.asarray(times, dtype=np.float64)
    if not (threshold >= 0 and tau0 > 0) or t.ndim != 1 or t[0] <= 0 or np.any(np.diff(t) <= 0):
        raise OutOfRangeError("a threshold >= 0, tau0 > 0 and rising times > 0 are needed")
    if threshold < _LEAST:
        return np.ones(len(t))
    if threshold >= _START - 1:
        return np.zeros(len(t))
    excess, _, _ = _ladder()
    occupied = np.concatenate(
        [np.zeros((len(t), 1)), np.cumsum(_course(tuple(t / tau0)), axis=1)], axis=1
    )
    return np.array([np.interp(-np.log(threshold), -np.log(excess), row) for row in occupied])
