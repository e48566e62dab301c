"""Deposits of cosmic-ray muons: a cos^2 law, tracks through a box, Landau's straggling.

"PDG" is the Review of Particle Physics, chapter "Passage of particles through matter".
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import physical_constants
from scipy.stats import landau

from qubudget.constants import ELECTRON_MASS_ENERGY, ELEMENTARY_CHARGE, MUON_MASS_ENERGY
from qubudget.impact.source.electrons import electron_energy_of_range
from qubudget.impact.source.paths import chords
from qubudget.impact.source.spectrum import Spectrum
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
_MODE = -0.22278  # of Landau's density, where the most probable loss sits


def muon_rate(
    length: ArrayLike, width: ArrayLike, thickness: ArrayLike, intensity: ArrayLike
) -> Array:
    """Rate of muons through a box whose thickness is vertical, 1/s.

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
    """Mean chord of cos^2 muons in such a box, (4/3) V / [A + (Lx + Ly) t/2], m.

    >>> round(float(mean_muon_path(10e-3, 10e-3, 0.4e-3)) * 1e3, 3)  # mm
    0.513
    """
    lx, ly, t = (np.asarray(v, dtype=np.float64) for v in (length, width, thickness))
    return np.asarray(4 / 3 * lx * ly * t / (lx * ly + (lx + ly) * t / 2))


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


def straggling(
    chord: Array, mean_path: float, substrate: Substrate, muon_energy: float
) -> tuple[Array, Array, Array]:
    """Landau's distribution over each chord (m): scale (J), most probable loss (J), and cut.

    The distribution has no mean, so it is cut (third array, Landau's lambda) where its mean
    equals the restricted mean loss whose cut-off is the energy of electrons that just cross
    ``mean_path`` (m): harder delta rays leave.

    Raises
    ------
    OutOfRangeError: a mean path so short or long that the delta-ray range is not known.
    """
    cutoff = electron_energy_of_range(mean_path * substrate.density)
    xi = landau_scale(chord, substrate, muon_energy)
    peak = most_probable_loss(chord, substrate, muon_energy)
    mean = restricted_mean_loss(chord, cutoff, substrate, muon_energy)
    value, share, moment = _landau_table()
    truncated_mean = moment[1:] / np.maximum(share[1:], 1e-300)
    rising = np.maximum.accumulate(np.where(share[1:] > 1e-6, truncated_mean, value[0]))
    return xi, peak, np.interp((mean - peak) / xi + _MODE, rising, value[1:])


def muon_spectrum(
    length: float,
    width: float,
    thickness: float,
    substrate: Substrate,
    env: Environment,
    intensity: float,
) -> Spectrum:
    """Deposits of muons in a chip; Landau's distribution over every chord, by quadrature.

    Parameters
    ----------
    length, width, thickness : m; the last one is vertical.
    substrate : the material of the chip.
    env : the environment (muon energy).
    intensity : vertical, 1/(m^2 s sr).

    Raises
    ------
    OutOfRangeError: see `straggling`.
    """
    chord, weight = chords(length, width, thickness, "cosine-squared")
    kept = chord > 1e-3 * min(length, width, thickness)  # shorter ones deposit below 1 keV
    chord, weight = chord[kept], weight[kept]
    mean_path = float(mean_muon_path(length, width, thickness))
    xi, peak, highest = straggling(chord, mean_path, substrate, env.muon_energy)
    value, share, moment = _landau_table()
    bins = 24
    edges = np.interp(highest, value, share)[:, None] * np.linspace(0, 1, bins + 1)
    limits = np.interp(edges, share, value)
    limits[:, -1] = highest
    first = np.interp(limits, value, moment)
    centre = np.diff(first, axis=1) / np.diff(edges, axis=1)
    energy = peak[:, None] + xi[:, None] * (centre - _MODE)
    rate = np.broadcast_to((intensity * weight / bins)[:, None], energy.shape)
    return Spectrum(energy.ravel(), rate.ravel())


def draw_losses(
    chord: Array, mean_path: float, substrate: Substrate, env: Environment, rng: np.random.Generator
) -> Array:
    """Energies (J) that muons lose on these chords (m), one draw each; not below zero."""
    xi, peak, highest = straggling(chord, mean_path, substrate, env.muon_energy)
    value, share, _ = _landau_table()
    lost = np.interp(rng.random(chord.size) * np.interp(highest, value, share), share, value)
    return np.clip(peak + xi * (lost - _MODE), 0, None)
