"""Low-gap or normal traps on a superconducting film: how fast they take its quasiparticles.

A quasiparticle diffuses to a trap, tunnels into it, and emits a phonon there, unless it tunnels
back first. Per energy the film under a trap and the trap itself are two populations,

    dx/dt = D lap x - in x + out y,    dy/dt = in x - (out + relax) y,

and the slowest decay over a periodic array of traps follows (`trap_array`). Sources: R.-P. Riwar
et al., Phys. Rev. B 94, 104516 (2016) (normal metal behind a barrier); R.-P. Riwar, G. Catelani,
Phys. Rev. B 100, 144514 (2019) (lower gap); J. M. Martinis, npj Quantum Inf. 7, 90 (2021), Fig. 8.
Left out: the proximity effect, which lowers the film's gap around traps in metallic contact
(A. Hosseinkhani, G. Catelani, Phys. Rev. B 97, 054513 (2018)); traps thicker than quasiparticles
diffuse while they relax; saturation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BCS_GAP_RATIO, BOLTZMANN, ELEMENTARY_CHARGE
from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.kaplan import electron_scattering_rate, scattering_rate
from qubudget.impact.kinetics.trap_array import Layout, slowest_decay
from qubudget.materials.superconductors import Superconductor

Array = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
_REACH = 6.0  # of the distribution, in sqrt(kT): exp(-36) beyond


@dataclass(frozen=True)
class Trap:
    """What a trap is made of.

    Attributes
    ----------
    critical_temperature : K, below the film's; 0: a normal metal.
    thickness : m, > 0.
    density_of_states : single-spin, 1/(J m^3), > 0.
    resistance_area : of the barrier to the film below, normal-state resistance times area,
        Ohm m^2; 0: metallic contact.
    """

    critical_temperature: float
    thickness: float
    density_of_states: float
    resistance_area: float = 0.0

    def __post_init__(self) -> None:
        if not (self.thickness > 0 and self.density_of_states > 0):
            raise OutOfRangeError("a trap needs a thickness and a density of states > 0")
        if not (self.critical_temperature >= 0 and 0 <= self.resistance_area < np.inf):
            raise OutOfRangeError("a trap needs Tc >= 0 and a finite resistance times area >= 0")

    @property
    def gap(self) -> float:
        """Weak-coupling gap, J; 0 for a normal metal."""
        return BCS_GAP_RATIO * BOLTZMANN * self.critical_temperature


def relaxation_rate(film: Superconductor, critical_temperature: float) -> float:
    """Rate at which a quasiparticle at the film's gap emits a phonon inside a trap, 1/s.

    Kaplan's rate (Martinis 2021, Eq. 4) at the film's gap over the trap's, for the film's
    electron-phonon coupling: tau0 Tc^3 is the same. A normal trap (0 K) is the limit.

    >>> from qubudget.materials.superconductors import superconductor
    >>> [round(1e6 / relaxation_rate(superconductor("Al"), tc), 2) for tc in (0.5, 0.0)]  # us
    [0.86, 0.24]

    Raises `OutOfRangeError` where the film's tau0 has no source or the gap is not lower.
    """
    if film.tau0 is None:
        raise OutOfRangeError(f"no sourced electron-phonon time tau0 of {film.name} for its traps")
    if not 0 <= critical_temperature < film.critical_temperature:
        raise OutOfRangeError(
            f"traps with Tc = {critical_temperature:g} K cannot trap in {film.name} "
            f"(Tc = {film.critical_temperature:g} K)"
        )
    if critical_temperature == 0:
        return float(electron_scattering_rate(1.0)) / film.tau0
    ratio = film.critical_temperature / critical_temperature
    return float(scattering_rate(ratio)) / (film.tau0 * ratio**3)


def tunnelling_rate(
    resistance_area: ArrayLike, thickness: ArrayLike, density_of_states: ArrayLike
) -> Array:
    """Rate at which quasiparticles leave a film through a barrier into a normal metal, 1/s.

    1/(2 e^2 N0 d R A), at any energy: the BCS density of states in the flux and in the population
    cancel. Back into a superconductor it is higher by E/sqrt(E^2 - Delta^2).

    Parameters
    ----------
    resistance_area : Ohm m^2, > 0. thickness : of the film left, m. density_of_states : its
    single-spin N0, 1/(J m^3).
    """
    product = np.asarray(resistance_area) * np.asarray(thickness) * np.asarray(density_of_states)
    if not np.all(product > 0):
        raise OutOfRangeError("a barrier needs a resistance, a thickness and states > 0")
    return np.asarray(1 / (2 * ELEMENTARY_CHARGE**2 * product))


def slower_root(inward: ArrayLike, outward: ArrayLike, relaxation: ArrayLike) -> Array:
    """Slower of the two decay rates of film and trap without diffusion, 1/s.

    ``inward``, ``outward``, ``relaxation`` : rates, 1/s, >= 0. Limits: ``inward`` for fast
    relaxation; ``relaxation`` times in/(in + out) for a thin barrier, the share of the states
    that are in the trap; ``inward`` relax/(relax + out) for a weak trap (Riwar 2016, Gamma_eff).

    >>> float(slower_root(1e3, 9e9, 1e9).round())
    100.0
    """
    into, out, relax = (np.asarray(a, dtype=np.float64) for a in (inward, outward, relaxation))
    total = into + out + relax
    product = (into / total) * (relax / total)  # at most 1/4, but for rounding
    return np.asarray(2 * product * total / (1 + np.sqrt(np.maximum(1 - 4 * product, 0.0))))


def _distribution(film: Superconductor, temperature: float) -> tuple[Array, Array]:
    """Energies (J) and weights (sum 1) of quasiparticles at an effective temperature."""
    if not 0 < BOLTZMANN * temperature < film.gap / 3:
        raise OutOfRangeError("quasiparticles need a temperature > 0, well below the gap")
    y = _REACH / 2 * (1 + _NODES)  # E = gap + kT y^2 takes up the inverse square root
    energy = film.gap + BOLTZMANN * temperature * y**2
    weight = _WEIGHTS * np.exp(-(y**2)) * energy / np.sqrt(energy + film.gap)
    return energy, weight / weight.sum()


def _exchange(
    film: Superconductor, film_thickness: float, trap: Trap, energy: Array
) -> tuple[Array, Array]:
    """Rates into and out of the trap by energy; for metallic contact only their ratio counts."""
    states = energy / np.sqrt(energy**2 - film.gap**2)
    states_trap = energy / np.sqrt(energy**2 - trap.gap**2)
    coherence = 1 - film.gap * trap.gap / energy**2  # of electron-like and hole-like states
    barrier = trap.resistance_area if trap.resistance_area > 0 else 1.0
    into = tunnelling_rate(barrier, film_thickness, film.density_of_states)
    out = tunnelling_rate(barrier, trap.thickness, trap.density_of_states)
    return into * states_trap * coherence, out * states * coherence


def _sink(
    into: float, out: float, relax: float, metallic: bool
) -> tuple[Callable[[float], float], float]:
    if metallic:
        ratio = into / out
        return (lambda rate: ratio * relax - (1 + ratio) * rate), relax * ratio / (1 + ratio)
    return (
        lambda rate: (relax - rate) * (into / (out + relax - rate)) - rate,
        float(slower_root(into, out, relax)),
    )


def trapping_rate(
    film: Superconductor,
    trap: Trap,
    temperature: float,
    film_thickness: float,
    *,
    layout: Layout | None = None,
    diffusivity: float | None = None,
) -> float:
    """Rate s of dx/dt = -s x that traps on a film amount to, 1/s.

    Parameters
    ----------
    film : the superconductor; its tau0 must be known.
    trap : the traps.
    temperature : effective, of the film's quasiparticles, K; sets how many lie so close to the
        gap that the film's many states there pull them back.
    film_thickness : of the film under the trap, m; 0: the trap replaces the film (an island in
        its plane, in metallic contact).
    layout, diffusivity : of the traps, and of quasiparticles (m^2/s, also in the trap): both for
        the array's slowest decay, neither for the rate where a trap is (cells that resolve it).

    Returns
    -------
    The mean over the film's quasiparticles; each energy decays on its own.

    Raises
    ------
    OutOfRangeError: no sourced tau0, no lower gap, a barrier without a film below, one of layout
    and diffusivity without the other, or a temperature that is not far below the gap.

    A thick normal trap behind a thin barrier takes sqrt(2 kT/(pi Delta)) of its relaxation rate
    per ratio of thicknesses, Riwar et al. 2016:

    >>> from qubudget.materials.superconductors import superconductor
    >>> al = superconductor("Al")
    >>> copper = Trap(0.0, 1e-9, al.density_of_states)
    >>> found = trapping_rate(al, copper, 0.01, 1e-7) / relaxation_rate(al, 0.0)
    >>> found / (0.01 * (2 * BOLTZMANN * 0.01 / (np.pi * al.gap)) ** 0.5)  # doctest: +ELLIPSIS
    0.99...
    """
    relax = relaxation_rate(film, trap.critical_temperature)
    if (layout is None) != (diffusivity is None):
        raise OutOfRangeError("an array of traps needs both its layout and a diffusivity")
    if film_thickness < 0 or (film_thickness == 0 and trap.resistance_area > 0):
        raise OutOfRangeError("a barrier needs a film below the trap")
    energy, weight = _distribution(film, temperature)
    if film_thickness == 0:
        if layout is None or diffusivity is None:
            return relax
        return slowest_decay(diffusivity, layout, lambda rate: relax - rate, relax)
    rates = []
    metallic = trap.resistance_area == 0
    for into, out in zip(*_exchange(film, film_thickness, trap, energy), strict=True):
        sink, local = _sink(float(into), float(out), relax, metallic)
        if layout is None or diffusivity is None:
            rates.append(local)
        else:
            rates.append(slowest_decay(diffusivity, layout, sink, local))
    return float(np.sum(weight * rates))
