"""Deposits of natural radiation in a chip: how often, and how much energy.

Muons by the closed forms of a cos^2 law and a box, with Landau straggling; gammas and nucleons by
spectra fitted to NIST's measurement (J. Fowler et al., arXiv:2404.10866). "PDG" is the Review of
Particle Physics, chapter "Passage of particles through matter".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import physical_constants
from scipy.stats import landau

from qubudget.constants import ELECTRON_MASS_ENERGY, ELEMENTARY_CHARGE, MUON_MASS_ENERGY
from qubudget.errors import OutOfRangeError
from qubudget.materials.substrates import Environment, Substrate

Array = NDArray[np.float64]

_ELECTRON = ELECTRON_MASS_ENERGY * ELEMENTARY_CHARGE
_MUON = MUON_MASS_ENERGY * ELEMENTARY_CHARGE
_BETHE = (  # 2 pi N_A r_e^2 m_e c^2, J m^2/mol
    2
    * np.pi
    * physical_constants["Avogadro constant"][0]
    * physical_constants["classical electron radius"][0] ** 2
    * _ELECTRON
)
_MOLE_PER_KILOGRAM = 1e3  # <Z/A> is tabulated in mol/g


@dataclass(frozen=True)
class Spectrum:
    """Deposits as point masses, in no particular order.

    Attributes
    ----------
    energy : shape (n,), J.
    rate : shape (n,), 1/s, of each energy.
    """

    energy: Array
    rate: Array

    @property
    def total(self) -> float:
        """Rate of all deposits, 1/s."""
        return float(self.rate.sum())

    @property
    def power(self) -> float:
        """Mean deposited power, W."""
        return float(np.sum(self.rate * self.energy))  # BLAS sums in an order of its threads

    def above(self, threshold: float) -> Spectrum:
        """The deposits of more than ``threshold`` (J)."""
        kept = self.energy > threshold
        return Spectrum(self.energy[kept], self.rate[kept])

    def scaled(self, factor: float) -> Spectrum:
        """The same deposits, ``factor`` times as often."""
        return Spectrum(self.energy, self.rate * factor)


def merge(*spectra: Spectrum) -> Spectrum:
    """All deposits of several spectra."""
    return Spectrum(
        np.concatenate([s.energy for s in spectra]), np.concatenate([s.rate for s in spectra])
    )


def muon_rate(
    length: ArrayLike, width: ArrayLike, thickness: ArrayLike, intensity: ArrayLike
) -> Array:
    """Rate of muons through a box that lies flat, 1/s.

    Integral of I cos^2(theta) over the upper half space and the projected area (top and sides):
    (pi/2) I [A + (Lx + Ly) t/2].

    Parameters
    ----------
    length, width, thickness : Lx, Ly, t, m.
    intensity : I, vertical, 1/(m^2 s sr).

    >>> round(float(muon_rate(10e-3, 10e-3, 0.4e-3, 70.0)), 6)
    0.011435
    """
    lx, ly, t = (np.asarray(v, dtype=np.float64) for v in (length, width, thickness))
    return np.asarray(np.pi / 2 * np.asarray(intensity) * (lx * ly + (lx + ly) * t / 2))


def mean_muon_path(length: ArrayLike, width: ArrayLike, thickness: ArrayLike) -> Array:
    """Mean chord of cos^2 muons in a flat box, (4/3) V / [A + (Lx + Ly) t/2], m.

    >>> round(float(mean_muon_path(10e-3, 10e-3, 0.4e-3)) * 1e3, 3)  # mm
    0.513
    """
    lx, ly, t = (np.asarray(v, dtype=np.float64) for v in (length, width, thickness))
    return np.asarray(4 / 3 * lx * ly * t / (lx * ly + (lx + ly) * t / 2))


def electron_energy_of_range(mass_range: float) -> float:
    """Energy of electrons with this practical range, J.

    Katz and Penfold, Rev. Mod. Phys. 24, 28 (1952): R = 0.412 g/cm^2 E^(1.265 - 0.0954 ln E),
    E in MeV, 0.01 to 2.5 MeV.

    Parameters
    ----------
    mass_range : kg/m^2.

    Raises
    ------
    OutOfRangeError: outside 0.01 to 2.5 MeV.

    >>> round(electron_energy_of_range(4.12) / 1.602176634e-13, 6)  # 0.412 g/cm^2: 1 MeV
    1.0
    """
    discriminant = 1.265**2 - 4 * 0.0954 * np.log(mass_range / 4.12) if mass_range > 0 else -1.0
    logarithm = (1.265 - np.sqrt(discriminant)) / (2 * 0.0954) if discriminant >= 0 else np.inf
    energy = float(np.exp(logarithm)) if logarithm < 10 else np.inf
    if not 0.01 <= energy <= 2.5:
        raise OutOfRangeError(
            f"a range of {mass_range:g} kg/m^2 is outside Katz and Penfold's 0.01 to 2.5 MeV"
        )
    return energy * 1e6 * ELEMENTARY_CHARGE


def landau_scale(path: ArrayLike, substrate: Substrate, muon_energy: float) -> Array:
    """Landau's xi, J: (K/2) <Z/A> rho x / beta^2 (PDG Eq. 34.12 ff.) for a path x (m)."""
    gamma = 1 + muon_energy / _MUON
    beta2 = 1 - 1 / gamma**2
    per_metre = _BETHE * substrate.charge_per_mass * _MOLE_PER_KILOGRAM * substrate.density
    return np.asarray(per_metre * np.asarray(path, dtype=np.float64) / beta2)


def most_probable_loss(path: ArrayLike, substrate: Substrate, muon_energy: float) -> Array:
    """Most probable energy loss of a muon over a path (m), J.

    xi [ln(2 m c^2 beta^2 gamma^2/I) + ln(xi/I) + 0.200 - beta^2 - delta] (PDG Eq. 34.12). The
    density effect is the catalogue's, for muons near 4 GeV.

    >>> from qubudget.materials.substrates import environment, substrate
    >>> loss = most_probable_loss(0.4e-3, substrate("Si"), environment().muon_energy)
    >>> round(float(loss) / 1.602176634e-16)  # keV; vertical through 400 um
    112
    """
    xi = landau_scale(path, substrate, muon_energy)
    logarithm = _bethe_logarithm(substrate, muon_energy)
    return np.asarray(xi * (logarithm + np.log(xi / substrate.excitation_energy) + 0.2))


def restricted_mean_loss(
    path: ArrayLike, cutoff: float, substrate: Substrate, muon_energy: float
) -> Array:
    """Mean loss over a path (m) in collisions of less than ``cutoff`` (J) each, J.

    xi [ln(2 m c^2 beta^2 gamma^2 T_cut/I^2) - beta^2 - delta] (PDG, restricted energy loss), for
    a cut-off far below the largest possible transfer.
    """
    xi = landau_scale(path, substrate, muon_energy)
    logarithm = _bethe_logarithm(substrate, muon_energy)
    return np.asarray(xi * (logarithm + np.log(cutoff / substrate.excitation_energy)))


def _bethe_logarithm(substrate: Substrate, muon_energy: float) -> float:
    """ln(2 m c^2 beta^2 gamma^2/I) - beta^2 - delta."""
    gamma = 1 + muon_energy / _MUON
    beta2 = 1 - 1 / gamma**2
    argument = 2 * _ELECTRON * (gamma**2 - 1) / substrate.excitation_energy
    return float(np.log(argument) - beta2 - substrate.density_effect)


def muon_chords(length: float, width: float, thickness: float) -> tuple[Array, Array]:
    """Chords of cos^2 muons through a flat box, by quadrature: (lengths (m), weights (m^2 sr)).

    In one direction u, the area whose chord exceeds l is -d/dl prod_i (L_i - l |u_i|): a
    continuous part and an atom at the longest chord. The weights carry cos^2, so that their sum
    times the vertical intensity is ``muon_rate``.
    """
    sides = np.array([length, width, thickness])
    node, weight = np.polynomial.legendre.leggauss(16)
    angle, step = (node + 1) * np.pi / 4, weight * np.pi / 4
    theta, phi = np.meshgrid(angle, angle, indexing="ij")
    solid = 4 * np.outer(step * np.sin(angle) * np.cos(angle) ** 2, step)
    u = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])
    u, solid = u.reshape(3, -1), solid.ravel()
    longest = np.min(sides[:, None] / u, axis=0)

    inner, inner_weight = np.polynomial.legendre.leggauss(6)
    chord = longest * (inner[:, None] + 1) / 2
    left = sides[:, None, None] - chord * u[:, None, :]
    density = 2 * sum(u[i] * u[j] * left[k] for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)))
    spread = density * inner_weight[:, None] * longest / 2
    end = np.clip(sides[:, None] - longest * u, 0, None)
    atom = sum(u[i] * end[j] * end[k] for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1)))
    chords = np.concatenate([chord.ravel(), longest])
    weights = np.concatenate([(spread * solid).ravel(), atom * solid])
    return chords, weights


@cache
def _landau_table() -> tuple[Array, Array, Array]:
    """Landau's lambda, its distribution and its partial first moment.

    SciPy's standard form has the scale 1 of a stable law; Landau's lambda is
    (pi/2) y + ln(pi/2) of it.
    """
    value = np.concatenate([np.linspace(-4.5, 40, 6000), np.geomspace(40, 1e6, 3001)[1:]])
    y = (value - np.log(np.pi / 2)) / (np.pi / 2)
    density = landau.pdf(y) / (np.pi / 2)
    product = value * density
    steps = (product[1:] + product[:-1]) / 2 * np.diff(value)
    moment = np.concatenate([[0.0], np.cumsum(steps)])
    return value, np.asarray(landau.cdf(y)), moment


def muon_spectrum(
    length: float,
    width: float,
    thickness: float,
    substrate: Substrate,
    env: Environment,
    intensity: float,
) -> Spectrum:
    """Deposits of muons in a flat chip.

    Landau's distribution over every chord. It has no mean, so it is cut where its mean equals
    the restricted mean loss whose cut-off is the energy of electrons that just cross the chip's
    mean chord: harder delta rays leave. Deterministic (quadrature).

    Parameters
    ----------
    length, width, thickness : m.
    substrate : the material of the chip.
    env : the environment (muon energy).
    intensity : vertical, 1/(m^2 s sr).

    Raises
    ------
    OutOfRangeError: chips so thin or thick that the delta-ray range is not known.
    """
    chords, weights = muon_chords(length, width, thickness)
    mean_path = float(mean_muon_path(length, width, thickness))
    cutoff = electron_energy_of_range(mean_path * substrate.density)
    kept = chords > 1e-3 * thickness  # shorter ones deposit below 1 keV
    chords, weights = chords[kept], weights[kept]
    xi = landau_scale(chords, substrate, env.muon_energy)
    peak = most_probable_loss(chords, substrate, env.muon_energy)
    mean = restricted_mean_loss(chords, cutoff, substrate, env.muon_energy)
    value, share, moment = _landau_table()
    mode = -0.22278  # of Landau's density, where the most probable loss sits
    truncated_mean = moment[1:] / np.maximum(share[1:], 1e-300)
    rising = np.maximum.accumulate(np.where(share[1:] > 1e-6, truncated_mean, value[0]))
    highest = np.interp((mean - peak) / xi + mode, rising, value[1:])
    bins = 24
    edges = np.interp(highest, value, share)[:, None] * np.linspace(0, 1, bins + 1)
    limits = np.interp(edges, share, value)
    limits[:, -1] = highest
    first = np.interp(limits, value, moment)
    centre = np.diff(first, axis=1) / np.diff(edges, axis=1)
    energy = peak[:, None] + xi[:, None] * (centre - mode)
    rate = np.broadcast_to((intensity * weights / bins)[:, None], energy.shape)
    return Spectrum(energy.ravel(), rate.ravel())


def gamma_spectrum(rate: float, env: Environment, points: int = 400) -> Spectrum:
    """Deposits of gammas above the threshold: an exponential of NIST's measured power.

    Parameters
    ----------
    rate : above the threshold, 1/s.
    env : the environment (threshold, scale).
    points : point masses of equal rate.
    """
    edge = np.linspace(0, 1, points + 1)
    left = 1 - edge
    with np.errstate(divide="ignore", invalid="ignore"):
        partial = np.where(left > 0, 1 - left * (1 - np.log(left)), 1.0)
    energy = env.threshold + env.gamma_scale * np.diff(partial) * points
    return Spectrum(energy, np.full(points, rate / points))


def hadron_spectrum(rate: float, env: Environment, points: int = 400) -> Spectrum:
    """Deposits of nucleons above the threshold: 1/(1 + E/E0)^2 up to the cut-off.

    Parameters
    ----------
    rate : above the threshold, 1/s.
    env : the environment (threshold, E0, cut-off).
    points : point masses of equal rate.
    """
    low, high = 1 + env.threshold / env.hadron_scale, 1 + env.hadron_limit / env.hadron_scale
    inverse = np.linspace(1 / low, 1 / high, points + 1)
    moment = inverse - np.log(inverse)  # of E/E0, up to a constant
    energy = env.hadron_scale * np.diff(moment) / -np.diff(inverse)
    return Spectrum(energy, np.full(points, rate / points))


def energy_classes(spectrum: Spectrum, count: int) -> Spectrum:
    """A few energies of equal rate that keep the rate and the power.

    Each is the mean energy between neighbouring quantiles of the rate.

    Parameters
    ----------
    spectrum : the deposits.
    count : how many classes.

    Raises
    ------
    OutOfRangeError: less than one class.

    >>> classes = energy_classes(Spectrum(np.array([3.0, 1.0]), np.array([1.0, 1.0])), 2)
    >>> classes.energy.tolist()
    [1.0, 3.0]
    """
    if count < 1:
        raise OutOfRangeError(f"{count} energy classes; at least one is needed")
    order = np.argsort(spectrum.energy, kind="stable")
    rate = np.concatenate([[0.0], np.cumsum(spectrum.rate[order])])
    if rate[-1] == 0:
        return Spectrum(np.empty(0), np.empty(0))
    power = np.concatenate([[0.0], np.cumsum((spectrum.rate * spectrum.energy)[order])])
    edges = np.linspace(0, rate[-1], count + 1)
    energy = np.diff(np.interp(edges, rate, power)) / np.diff(edges)
    return Spectrum(energy, np.diff(edges))
