"""Thermal photons that a cooled line brings to the chip.

Each attenuator of power ratio A at temperature T passes 1/A of what comes in and adds
(1 - 1/A) of its own: n_out = n_in/A + (1 - 1/A) n_BE(f, T); a lossy cable is the continuous
limit. S. Krinner et al., EPJ Quantum Technology 6, 2 (2019), section 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELEMENTARY_CHARGE, PLANCK
from qubudget.qubit.blocks import Floats, in_blocks
from qubudget.qubit.ranges import at_least
from qubudget.qubit.thermal import bose_occupation

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)


class Piece(NamedTuple):
    """A piece of cable and the attenuator at its cold end.

    Attributes
    ----------
    warm, cold : temperatures of the cable's ends, K; the attenuator is at ``cold``.
    cable_loss, attenuation : power ratios >= 1.
    """

    warm: float
    cold: float
    cable_loss: float = 1.0
    attenuation: float = 1.0


def after_attenuator(
    photons: ArrayLike, attenuation: ArrayLike, frequency: ArrayLike, temperature: ArrayLike
) -> NDArray[np.float64]:
    """Photon number behind an attenuator, n_in/A + (1 - 1/A) n_BE(f, T).

    photons : incoming photons per hertz and second. attenuation : power ratio >= 1.
    frequency : Hz. temperature : of the attenuator, K.
    """
    passed = 1.0 / at_least("attenuation", attenuation, 1.0)
    n = at_least("photons", photons)
    return n * passed + (1.0 - passed) * bose_occupation(frequency, temperature)


def after_cable(
    photons: ArrayLike,
    loss: ArrayLike,
    frequency: ArrayLike,
    warm: ArrayLike,
    cold: ArrayLike,
) -> NDArray[np.float64]:
    """Photon number behind a cable with evenly spread loss and a linear temperature profile.

    The solution at u = 1 of dn/du = ln(A) (n_BE(f, T(u)) - n), T(u) = warm + (cold - warm) u,
    by Gauss-Legendre quadrature with 24 nodes (relative error below 1e-5 from 1 to 12 GHz
    between any two stages of a refrigerator).

    photons : incoming. loss : power ratio A >= 1 of the whole piece. frequency : Hz.
    warm, cold : temperatures of the ends, K.
    """
    ratio = at_least("loss", loss, 1.0)
    n = at_least("photons", photons)
    ends = at_least("warm", warm), at_least("cold", cold)
    f = at_least("frequency", frequency, above=True)
    return np.asarray(n / ratio + in_blocks(_emitted, (ratio, f, *ends), _NODES.size))


def _emitted(ratio: Floats, frequency: Floats, warm: Floats, cold: Floats) -> Floats:
    """What the piece itself sends on."""
    u = 0.5 * (_NODES + 1.0)
    profile = warm[..., None] + (cold[..., None] - warm[..., None]) * u
    kernel = np.log(ratio[..., None]) * ratio[..., None] ** (u - 1.0)
    kernel = kernel * bose_occupation(frequency[..., None], profile)
    return np.asarray(0.5 * np.sum(_WEIGHTS * kernel, axis=-1))


def photons_along(
    frequency: ArrayLike, entering: ArrayLike, pieces: Iterable[Piece]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Photon numbers behind the cable and behind the attenuator of each piece.

    frequency : Hz. entering : photons at the warm end. pieces : from warm to cold.

    300 K behind 20 dB at each of 2.85 K, 82 mK and 14 mK, at 6 GHz:

    >>> stages = [Piece(300, 2.85, 1, 100), Piece(2.85, 0.082, 1, 100), Piece(0.082, 0.014, 1, 100)]
    >>> steps = photons_along(6e9, bose_occupation(6e9, 300.0), stages)
    >>> [f"{attenuator:.2e}" for cable, attenuator in steps]
    ['1.97e+01', '2.28e-01', '2.28e-03']
    """
    photons = at_least("entering", entering)
    for piece in pieces:
        if np.any(np.greater(piece.cable_loss, 1.0)):
            photons = after_cable(photons, piece.cable_loss, frequency, piece.warm, piece.cold)
        behind_cable = photons
        photons = after_attenuator(photons, piece.attenuation, frequency, piece.cold)
        yield behind_cable, photons


def photons_behind(
    frequency: ArrayLike, entering: ArrayLike, pieces: Iterable[Piece]
) -> NDArray[np.float64]:
    """Photon number behind the last of the pieces; arguments as of ``photons_along``."""
    steps = list(photons_along(frequency, entering, pieces))
    return steps[-1][1] if steps else at_least("entering", entering)


def line_photons(
    frequency: ArrayLike, source_temperature: ArrayLike, pieces: Iterable[Piece]
) -> NDArray[np.float64]:
    """Photon number at the cold end of a line.

    frequency : Hz. source_temperature : noise temperature at the warm end, K. pieces : from
    warm to cold.

    300 K behind 20 dB at each of 2.85 K, 82 mK and 14 mK, at 6 GHz:

    >>> stages = [Piece(300, 2.85, 1, 100), Piece(2.85, 0.082, 1, 100), Piece(0.082, 0.014, 1, 100)]
    >>> f"{line_photons(6e9, 300.0, stages):.2e}"
    '2.28e-03'
    """
    return photons_behind(frequency, bose_occupation(frequency, source_temperature), pieces)


def shot_noise_photons(
    frequency: ArrayLike, current: ArrayLike, impedance: ArrayLike
) -> NDArray[np.float64]:
    """Photons that the shot noise of a photocurrent adds, 2 e I Z / (h f).

    Schottky's one-sided spectrum 2 e I of the current, all of it into the load Z, as the signal
    of the photodiode is (F. Lecocq et al., Nature 591, 575 (2021), Methods).

    frequency : Hz. current : mean I, A. impedance : Z, ohm.

    >>> round(float(shot_noise_photons(6e9, 1e-6, 50.0)), 2)
    4.03
    """
    quantum = PLANCK * at_least("frequency", frequency, above=True)
    power = 2 * ELEMENTARY_CHARGE * at_least("current", current) * at_least("impedance", impedance)
    return power / quantum
