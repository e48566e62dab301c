"""Films of the catalogue's metals, as phonons meet them."""

from __future__ import annotations

from scipy.special import gamma, zeta

from qubudget.constants import BOLTZMANN
from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.heat import phonon_rate
from qubudget.impact.phonons.film import PhononFilm
from qubudget.materials.normal_metals import NormalMetal
from qubudget.materials.superconductors import Superconductor

Interface = tuple[float, float]

PAIR_BREAKING_SLOPE = 0.29
"""Of the pair-breaking rate above 2 Delta, per Delta (G4CMP's KaplanQP); within 2.5 % of
Kaplan's Eq. 27 up to 10 Delta."""
_MEAN_ENERGY = float(gamma(5) * zeta(5) / (gamma(4) * zeta(4)))
"""Energy of thermal phonons over kT, weighted with their energy: 3.832."""


def superconducting_film(
    metal: Superconductor, thickness: float, interface: Interface = (1.0, 1.0), leak: float = 0.0
) -> PhononFilm:
    """A film of a superconductor.

    Parameters
    ----------
    metal : its gap, Kaplan's tau0ph and transverse sound.
    thickness : m. interface : transmission into the film, and out of it. leak : see `PhononFilm`.

    Raises
    ------
    OutOfRangeError: no sourced phonon time or sound velocity of this metal.
    """
    if metal.tau0_phonon is None or metal.sound_transverse is None:
        raise OutOfRangeError(
            f"no sourced phonon time tau0ph or sound velocity of {metal.name}: phonons cannot be "
            "traced into it"
        )
    return PhononFilm(
        thickness,
        metal.sound_transverse,
        metal.tau0_phonon,
        metal.gap,
        PAIR_BREAKING_SLOPE,
        transmission=interface[0],
        leak=leak,
        outward=interface[1],
    )


def normal_film(
    metal: NormalMetal,
    thickness: float,
    energy: float,
    interface: Interface = (1.0, 1.0),
    leak: float = 0.0,
) -> PhononFilm:
    """A film of a normal metal.

    Its electrons absorb a phonon of energy E at a rate g E, with g from the power between
    electrons and phonons: P_ep/U_p = g <E> over thermal phonons, <E> = 3.832 kT weighted with
    energy, and both sides grow as T (Martinis, npj Quantum Inf. 7, 90 (2021), Eq. 12). Sigma, and
    with it g, spreads by a factor of 2 between films.

    Parameters
    ----------
    metal : Sigma, density of phonons and transverse sound.
    thickness : m.
    energy : at which the lifetime is stated, J; any, for instance the gap of the film beside it.
    interface : transmission into the film, and out of it. leak : see `PhononFilm`.

    >>> from qubudget.materials.normal_metals import normal_metal
    >>> film = normal_film(normal_metal("Cu"), 1e-6, 4.136e-3 * 1.602e-19)  # 1 THz
    >>> round(film.velocity * film.lifetime * 1e9)  # its absorption length, nm
    155
    """
    at = 1.0  # K: the temperature cancels
    rate = float(
        phonon_rate(metal.electron_phonon, metal.atom_density, metal.debye_temperature, at)
    )
    per_energy = rate / (_MEAN_ENERGY * BOLTZMANN * at)
    return PhononFilm(
        thickness,
        metal.sound_transverse,
        1 / (per_energy * energy),
        energy,
        normal=True,
        transmission=interface[0],
        leak=leak,
        outward=interface[1],
    )
