"""Phonon-to-quasiparticle cascade: exact Monte-Carlo and the mean yield of a phonon.

A phonon at or above 2 Delta breaks a pair with the distribution of Kaplan's Eq. 8 (density of
states, coherence factor +); a quasiparticle at or above 3 Delta emits a phonon with that of
Eq. 4 (coherence factor -, phonon weight Omega^2). Quasiparticles below 3 Delta can no longer
break pairs and freeze; phonons below 2 Delta leave. Both densities are sampled by exact
rejection, without tables. Energies are in gaps.

Source: Kaplan et al., PRB 14, 4854 (1976); Martinis, npj Quantum Inf. 7, 90 (2021), Figs. 4, 6.
Martinis prints a plateau of 0.57; the exact integrands give 0.590.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy import balance

Array = NDArray[np.float64]

_PHONON, _QUASIPARTICLE, _ELECTRON, _METAL_PHONON = 0, 1, 2, 3
_FLAT_ABOVE = 30.0
_NO_METAL = np.ones(2)


@njit(cache=True)
def _uniform(state):  # type: ignore[no-untyped-def]
    """Next number in [0, 1) of a SplitMix64 stream (Steele et al. 2014), one stream a cascade."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@njit(cache=True)
def _break_pair(energy, state):  # type: ignore[no-untyped-def]
    """Energy of one of the two quasiparticles; uniform in the angle of x = E/2 + r cos, r = E/2-1.

    What is left of the density after that substitution peaks at the middle.
    """
    half = 0.5 * energy
    peak = (half * half + 1.0) / (half + 1.0)
    while True:
        y = (half - 1.0) * math.cos(math.pi * _uniform(state))
        rest = (half * half + 1.0 - y * y) / math.sqrt((half + 1.0) ** 2 - y * y)
        if _uniform(state) * peak <= rest:
            return half + y


@njit(cache=True)
def _scatter(energy, state):  # type: ignore[no-untyped-def]
    """Final energy of a quasiparticle; uniform in v of x = 1 + (e - 1) v^2.

    The rest of the density, (e - x)^2 (x - 1/e)/sqrt(x + 1), peaks where its logarithm's
    derivative vanishes: a quadratic in x.
    """
    e, b = energy, 1.0 / energy
    linear = e - 6.0 + 3.0 * b
    x = (linear + math.sqrt(linear * linear + 20.0 * (2.0 * e + 4.0 * b + 1.0))) / 10.0
    x = max(x, 1.0)
    peak = (e - x) ** 2 * (x - b) / math.sqrt(x + 1.0) * (1.0 + 1e-12)
    while True:
        x = 1.0 + (e - 1.0) * _uniform(state) ** 2
        if _uniform(state) * peak <= (e - x) ** 2 * (x - b) / math.sqrt(x + 1.0):
            return x


@njit(cache=True)
def _run(energy, count, seed, share, step, absorption):  # type: ignore[no-untyped-def]
    number = np.zeros(count, np.int64)
    closure = np.zeros(count)
    size = int(energy) + 16  # live excitations hold at least one gap each
    kind = np.empty(size, np.int64)
    value = np.empty(size)
    state = np.empty(1, np.uint64)
    for i in range(count):
        # Scramble seed and index together, so that the streams of neighbours do not overlap.
        state[0] = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + np.uint64(i)
        state[0] = np.uint64(_uniform(state) * 9007199254740992.0) * np.uint64(0x2545F4914F6CDD1D)
        kind[0], value[0], live = _PHONON, energy, 1
        out = 0.0
        while live > 0:
            live -= 1
            what, e = kind[live], value[live]
            threshold = 3.0 if what == _QUASIPARTICLE else 2.0
            if e < threshold:
                out += e
                number[i] += what == _QUASIPARTICLE
                continue
            if what == _QUASIPARTICLE:
                first, kind[live] = _scatter(e, state), _QUASIPARTICLE
                kind[live + 1] = _PHONON
            elif what == _ELECTRON:
                first, kind[live] = e * (1.0 - _uniform(state) ** (1.0 / 3.0)), _ELECTRON
                kind[live + 1] = _METAL_PHONON
            else:
                in_metal = what == _METAL_PHONON and _uniform(state) < absorption
                if not in_metal:
                    place = min(e / step, share.size - 1.000001)
                    left = int(place)
                    gapped = share[left] + (share[left + 1] - share[left]) * (place - left)
                    in_metal = gapped < 1.0 and _uniform(state) >= gapped
                first = e * _uniform(state) if in_metal else _break_pair(e, state)
                kind[live] = kind[live + 1] = _ELECTRON if in_metal else _QUASIPARTICLE
            value[live], value[live + 1] = first, e - first
            live += 2
        closure[i] = out / energy - 1.0
    return number, closure


@dataclass(frozen=True)
class CascadeResult:
    """What a set of cascades left behind.

    Attributes
    ----------
    energy : of the first phonon, gaps.
    count : number of cascades.
    mean_quasiparticles : mean number frozen below 3 Delta, per cascade.
    fraction : that number over energy/Delta (the share of energy held as rest energy).
    standard_error : of ``fraction``.
    fano : variance over mean of the number; 0 where no cascade makes any.
    worst_closure : largest relative error of the energy ledger of any one cascade.
    """

    energy: float
    count: int
    mean_quasiparticles: float
    fraction: float
    standard_error: float
    fano: float
    worst_closure: float


def cascade(
    energy: float,
    count: int,
    seed: int,
    *,
    superconductor_share: ArrayLike = _NO_METAL,
    share_step: float = 1.0,
    self_absorption: float = 0.0,
) -> CascadeResult:
    """Follow ``count`` phonons down to frozen quasiparticles.

    Parameters
    ----------
    energy : of each first phonon, gaps, > 0 and at most 1e6.
    count : cascades, >= 2.
    seed : >= 0, names the random numbers; each cascade has a stream of its own, so nothing
        depends on threads.
    superconductor_share : probability that a phonon is absorbed by the superconductor rather
        than by the normal metal, at energies 0, share_step, 2 share_step, ... (linear between,
        constant above the last). All ones: no normal metal.
    share_step : spacing of that table, gaps.
    self_absorption : probability that the normal metal takes back a phonon >= 2 it radiated.

    Raises `OutOfRangeError` on arguments outside these ranges.

    >>> cascade(3.0, 10, seed=1).fraction == 2 / 3
    True
    """
    share = np.asarray(superconductor_share, dtype=np.float64)
    if not 0.0 < energy <= 1e6 or count < 2 or seed < 0:
        raise OutOfRangeError("a cascade needs 0 < energy <= 1e6 gaps, count >= 2, seed >= 0")
    if share.ndim != 1 or share.size < 2 or np.any((share < 0) | (share > 1)) or share_step <= 0:
        raise OutOfRangeError("superconductor_share: two or more probabilities, step > 0")
    if not 0.0 <= self_absorption < 1.0:
        raise OutOfRangeError("self_absorption must lie in [0, 1)")
    number, closure = _run(float(energy), count, seed, share, share_step, self_absorption)
    mean = float(np.mean(number))
    variance = float(np.var(number, ddof=1))
    return CascadeResult(
        energy=float(energy),
        count=count,
        mean_quasiparticles=mean,
        fraction=mean / energy,
        standard_error=math.sqrt(variance / count) / energy,
        fano=variance / mean if mean > 0 else 0.0,
        worst_closure=float(np.max(np.abs(closure))),
    )


@lru_cache(maxsize=1)
def _yield_table() -> tuple[Array, Array]:
    grid = balance.energies(_FLAT_ABOVE)
    number = balance.mean_quasiparticles(np.ones((1, grid.size)), (True,), (0.0,))
    return np.asarray(grid, np.float64), np.asarray(number, np.float64)


def pair_breaking_fraction(energy: ArrayLike) -> Array:
    """Mean n_qp / (E/Delta) left by a phonon of energy E in a superconductor alone.

    The integral-equation value (error about 1e-5), without sampling. Above 30 Delta it is the
    plateau: the curve is flat there to 1e-5.

    Parameters
    ----------
    energy : phonon energy, gaps, any shape, > 0.

    >>> pair_breaking_fraction([1.9, 2.0, 4.0, 100.0]).round(3).tolist()
    [0.0, 1.0, 0.5, 0.59]
    """
    values = np.asarray(energy, dtype=np.float64)
    if not np.all(np.isfinite(values)) or np.any(values <= 0):
        raise OutOfRangeError("phonon energies must be finite and > 0 (in gaps)")
    grid, number = _yield_table()
    inside = np.minimum(values, _FLAT_ABOVE)
    return np.asarray(np.where(values < 2.0, 0.0, np.interp(inside, grid, number) / inside))


def plateau() -> float:
    """Pair-breaking efficiency of a high-energy phonon, 0.5904; see `pair_breaking_fraction`."""
    return float(pair_breaking_fraction(_FLAT_ABOVE))
