"""Films on a face: how much of a phonon they take, what stays and what comes back.

A phonon enters with the transmission of the interface, crosses the film twice at the angle that
Snell's law gives it there, and is absorbed on a length v/rate. In a superconductor the rate is
(1 + slope (E/Delta - 2))/tau above 2 Delta; in a normal metal it is proportional to E. What an
absorbed phonon leaves (rest energy of quasiparticles at the gap, or heat below the threshold)
and the spectrum of what returns solve linear equations with Kaplan's exact integrands (see
`cascade`, which samples the same): every daughter has less energy than its parent, and a phonon
at or above 2 Delta radiated at a random depth leaves the film or is absorbed in it again.

Directions in the film are weighted by their flux through the interface (cosine law), so the
chance to leave a film of optical thickness u = t rate/v unabsorbed from a random depth is
(1/3 - E4(2u))/u; E_n is the exponential integral.

Source: Kaplan et al., PRB 14, 4854 (1976); the rate's slope as in G4CMP's KaplanQP.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expn
from threadpoolctl import threadpool_limits

from qubudget.constants import PLANCK
from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]

NODES_PER_OCTAVE = 32
QUANTILES = 257
_GAUSS, _WEIGHT = np.polynomial.legendre.leggauss(64)


@dataclass(frozen=True)
class PhononFilm:
    """A film that absorbs phonons.

    Attributes
    ----------
    thickness : m, > 0.
    velocity : of sound in the film, m/s.
    lifetime : of a phonon of 2 ``gap``, s; for a normal metal, of one of ``gap``.
    gap : Delta, J; for a normal metal the energy at which ``lifetime`` is given, > 0.
    slope : of the rate above 2 Delta, per Delta: 0.29 for aluminium. Unused for normal metals.
    normal : a normal metal, whose electrons turn a phonon into phonons of ever lower energy.
    transmission : of the interface into the film, in (0, 1]; and back, at the angle at which a
        phonon came in.
    outward : of phonons radiated in the film on their way out, in (0, 1]; None: the same. By
        detailed balance it is smaller in a film of slower sound.
    leak : share of the phonons that reach the film which leave the chip there instead (a bond,
        a bump, grease), in [0, 1].
    """

    thickness: float
    velocity: float
    lifetime: float
    gap: float
    slope: float = 0.0
    normal: bool = False
    transmission: float = 1.0
    leak: float = 0.0
    outward: float | None = None

    def __post_init__(self) -> None:
        positive = (self.thickness, self.velocity, self.lifetime, self.gap)
        if not all(np.isfinite(v) and v > 0 for v in positive) or self.slope < 0:
            raise OutOfRangeError(
                "a film needs thickness, velocity, lifetime and gap > 0 and a slope >= 0"
            )
        outward = self.transmission if self.outward is None else self.outward
        if not (0 < self.transmission <= 1 and 0 < outward <= 1 and 0 <= self.leak <= 1):
            raise OutOfRangeError("transmissions must lie in (0, 1], leak in [0, 1]")

    def optical_thickness(self, energy: ArrayLike) -> Array:
        """Thickness over absorption length, for phonon energies (J); superconductor >= 2 gaps."""
        x = np.asarray(energy, dtype=np.float64) / self.gap
        rate = x if self.normal else np.where(x >= 2, 1 + self.slope * (x - 2), 0.0)
        return np.asarray(self.thickness * rate / (self.velocity * self.lifetime))

    def escape(self, energy: ArrayLike) -> Array:
        """Chance that a phonon radiated in the film returns to the chip, in (0, 1]."""
        u = np.maximum(self.optical_thickness(energy), 1e-9)
        # The closed form loses digits in thin films: 1 - u E[path], mean path 2 t there.
        first = np.where(u < 1e-4, 1 - 2 * u, (1 / 3 - expn(4, 2 * u)) / u)
        again = 2 * expn(3, 2 * u)
        t = self.transmission if self.outward is None else self.outward
        return np.asarray(first * t / (1 - (1 - t) * again))


@dataclass(frozen=True)
class Response:
    """What an absorbed phonon becomes, for one film; energies in units of its gap.

    Attributes
    ----------
    energy : of the absorbed phonon, shape (n,).
    deposited : share that stays in the film, shape (n,).
    quanta : energies of the phonons that return, shape (m,).
    returned : share that returns as phonons of ``quanta[j]``, shape (n, m); a row and the
        deposited share sum to one.
    """

    energy: Array
    deposited: Array
    quanta: Array
    returned: Array


def _project(points: Array, chance: Array, rows: NDArray[np.intp], grid: Array) -> Array:
    """Mean share of a row's energy that daughters at ``points`` carry, by node of the grid.

    A yield times its energy is linear between nodes (the number of quasiparticles is constant
    below 3 gaps), and the energy itself is met exactly. Shape (grid, grid).
    """
    left = np.clip(np.searchsorted(grid, points, side="right") - 1, 0, grid.size - 2)
    part = np.clip((points - grid[left]) / (grid[left + 1] - grid[left]), 0.0, 1.0)
    row = np.broadcast_to(rows[:, None], points.shape)
    matrix = np.zeros((grid.size, grid.size))
    np.add.at(matrix, (row, left), chance * (1 - part))
    np.add.at(matrix, (row, left + 1), chance * part)
    matrix[rows] *= grid / grid[rows][:, None]
    return matrix


def _panels(*edges: Array) -> tuple[Array, Array]:
    low = np.stack(edges[:-1], axis=1)[..., None]
    high = np.stack(edges[1:], axis=1)[..., None]
    size = edges[0].size
    points = low + 0.5 * (high - low) * (1 + _GAUSS)
    weights = 0.5 * (high - low) * _WEIGHT
    return points.reshape(size, -1), weights.reshape(size, -1)


def _grid(top: float) -> Array:
    """Energies from the gap up: fine where yields bend (2, 3, 4 gaps), 2.5 % steps far above."""
    near = np.concatenate([np.arange(1, 8, 0.02), 3 + np.linspace(0, 0.5, 32) ** 2, [2 - 1e-9]])
    far = np.geomspace(8, max(top, 9.0), 2 + int(40 * np.log(max(top, 9.0) / 8)))
    low = np.arange(0, 1, 0.05)
    return np.unique(np.concatenate([low, near, far]).round(12))


@lru_cache(maxsize=4)
def _superconductor(top: float) -> tuple[Array, Array, Array, Array]:
    """Grid, then what a phonon gives its pair, a quasiparticle keeps, and it radiates."""
    g = _grid(top)
    phonon, quasi = np.flatnonzero(g >= 2), np.flatnonzero(g > 1)
    half = g[phonon][:, None] / 2
    # x = E/2 + (E/2 - 1) cos(theta): regular at both ends of the density of states.
    bend = np.arccos(np.clip((3 - half) / np.maximum(half - 1, 1e-9), -1, 1))[:, 0]
    theta, weight = _panels(np.zeros(phonon.size), bend, np.full(phonon.size, np.pi))
    y = (half - 1) * np.cos(theta)
    weight = weight * (half**2 + 1 - y**2) / np.sqrt((half + 1) ** 2 - y**2)
    pair = _project(half + y, 2 * weight / weight.sum(1, keepdims=True), phonon, g)

    e = g[quasi]
    # x = cosh(u); panels part where the phonon reaches 2.
    u, weight = _panels(np.zeros(e.size), np.arccosh(np.maximum(e - 2, 1.0)), np.arccosh(e))
    x, e = np.cosh(u), e[:, None]
    weight = weight * (e - x) ** 2 * (x - 1 / e)
    weight /= weight.sum(1, keepdims=True)
    return g, pair, _project(x, weight, quasi, g), _project(e - x, weight, quasi, g)


@lru_cache(maxsize=4)
def _metal(top: float) -> tuple[Array, Array, Array, Array]:
    """The same without a gap, energies in thresholds: an electron below 1 is heat."""
    g = np.unique(np.concatenate([np.arange(0, 1, 0.05), np.geomspace(1, max(top, 1.5), 300)]))
    rows = np.flatnonzero(g > 1)
    e = g[rows][:, None]
    x, weight = _panels(np.zeros(rows.size), np.ones(rows.size), g[rows])
    pair = _project(x, 2 * weight / e, rows, g)
    emit = _project(x, 3 * x**2 * weight / e**3, rows, g)
    stay = _project(e - x, 3 * x**2 * weight / e**3, rows, g)
    return g, pair, stay, emit


def response(film: PhononFilm, top: float, threshold: float | None = None) -> Response:
    """Solve the cascade in a film for all energies up to ``top`` at once.

    Parameters
    ----------
    film : the film.
    top : highest phonon energy, J, up to 20,000 gaps.
    threshold : for a normal metal: energy below which its phonons count as heat, J (usually
        2 Delta of the superconductor beside it). Unused for a superconductor.

    Returns
    -------
    `Response`, its energies in gaps (for a normal metal: in thresholds).

    >>> al = PhononFilm(1e-7, 3260.0, 242e-12, 173.715e-6 * 1.602176634e-19, 0.29)
    >>> found = response(al, 12 * al.gap)
    >>> np.interp([2.5, 4.0], found.energy, found.deposited).round(4).tolist()
    [0.8, 0.5]
    """
    if film.normal and not (threshold is not None and threshold > 0):
        raise OutOfRangeError("a normal metal needs the threshold below which phonons are heat")
    unit = threshold if film.normal and threshold is not None else film.gap
    highest = top / unit
    if not 0 < highest <= 20_000:
        raise OutOfRangeError("the cascade in a film is solved up to 20,000 gaps")
    octaves = 2.0 ** np.ceil(np.log2(max(highest, 4.0)))
    g, pair, stay, emit = (_metal if film.normal else _superconductor)(float(octaves))
    first = 1.0 if film.normal else 2.0
    breaks = g > first if film.normal else g >= first
    leaves = np.where(breaks, film.escape(g * unit), 1.0)
    rest = np.where(g <= 1.0, 1.0, 0.0)  # a quasiparticle at the gap, an electron that is heat
    with threadpool_limits(1, "blas"):  # or the digits depend on the number of threads
        system = np.eye(g.size) - stay - (emit * (1 - leaves)) @ pair
        held = np.linalg.solve(system, np.column_stack([rest, emit * leaves]))
        shares = pair @ held
    return Response(
        energy=g[breaks], deposited=shares[breaks, 0], quanta=g, returned=shares[breaks][:, 1:]
    )


@dataclass(frozen=True)
class FilmTables:
    """All films of a chip on one grid of frequencies, as the kernel uses them.

    Attributes
    ----------
    lowest : frequency of the first node, Hz: the lowest threshold of any film. Below it no
        phonon does anything more.
    cutoff : 2 Delta / h of each film (0: normal metal), shape (films,), Hz.
    velocity, transmission, leak : of each film, shape (films,).
    passes : optical thickness of two normal passes at each node, shape (films, nodes).
    deposited : share of an absorbed phonon that stays, shape (films, nodes).
    quantiles : energies of what returns, weighted by energy, as frequencies (Hz),
        shape (films, nodes, 257).
    below : share of it that returns below ``lowest``, shape (films, nodes).
    """

    lowest: float
    cutoff: Array
    velocity: Array
    transmission: Array
    leak: Array
    passes: Array
    deposited: Array
    quantiles: NDArray[np.float32]
    below: Array


@lru_cache(maxsize=8)
def film_tables(films: tuple[PhononFilm, ...], top: float) -> FilmTables:
    """Tabulate films for phonons of frequency up to ``top`` (Hz).

    Film ``i`` is number ``i + 1`` in a raster; 0 is the bare face. At least one film must be a
    superconductor: its 2 Delta (the lowest of them) is where transport ends.
    """
    gapped = [2 * f.gap / PLANCK for f in films if not f.normal]
    if not gapped:
        raise OutOfRangeError("one film at least must be a superconductor")
    lowest = min(gapped)
    count = 2 + int(np.ceil(NODES_PER_OCTAVE * np.log2(max(top / lowest, 1.0))))
    nodes = lowest * 2.0 ** (np.arange(count) / NODES_PER_OCTAVE)
    passes, deposited, below = np.zeros((3, len(films), count))
    quantiles = np.zeros((len(films), count, QUANTILES), np.float32)
    for i, film in enumerate(films):
        unit = lowest if film.normal else film.gap / PLANCK
        solved = response(film, PLANCK * nodes[-1], PLANCK * lowest)
        x = np.maximum(nodes / unit, solved.energy[0])
        passes[i] = 2 * film.optical_thickness(x * unit * PLANCK)
        deposited[i] = np.interp(x, solved.energy, solved.energy * solved.deposited) / x
        quantiles[i] = _spectrum(x, solved) * unit
        place = np.linspace(0, 1, QUANTILES)
        below[i] = [np.interp(lowest, row, place) for row in quantiles[i].astype(np.float64)]
    return FilmTables(
        lowest=lowest,
        cutoff=np.array([0.0 if f.normal else 2 * f.gap / PLANCK for f in films]),
        velocity=np.array([f.velocity for f in films]),
        transmission=np.array([f.transmission for f in films]),
        leak=np.array([f.leak for f in films]),
        passes=passes,
        deposited=deposited,
        quantiles=quantiles,
        below=below,
    )


def _spectrum(energy: Array, solved: Response) -> Array:
    """Quantiles, by energy, of what returns from a phonon of ``energy``; same unit."""
    quanta = solved.quanta
    edges = np.concatenate([quanta[:1], 0.5 * (quanta[1:] + quanta[:-1]), quanta[-1:]])
    place = np.linspace(0, 1, QUANTILES)
    rows = np.minimum(np.searchsorted(solved.energy, energy), solved.energy.size - 1)
    # At the threshold itself nothing returns; the row above says how, if it did.
    total = np.cumsum(solved.returned, axis=1)
    rows = np.where(total[rows, -1] > 1e-12, rows, rows + 1)
    found = np.empty((energy.size, QUANTILES))
    for j, row in enumerate(rows):
        share = np.concatenate([[0.0], total[row]]) / total[row, -1]
        found[j] = np.minimum(np.interp(place, share, edges), energy[j])
    return found
