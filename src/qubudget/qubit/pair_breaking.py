"""Quasiparticles made by pair-breaking photons from a warmer stage.

A black body at the temperature T of a warmer stage is seen through one electromagnetic mode with
an attenuation A (filters, shields, and the junction's poor coupling as an antenna, together). In
one mode n(f) df photons pass per second, so those that can break a pair arrive at the rate

    (1/A) integral from 2 Delta/h of n(f) df = (kT / A h) (-ln(1 - exp(-2 Delta/kT))).

Photons above 2 Delta/h as the source of quiet-time quasiparticles: A. D. Corcoles et al., Appl.
Phys. Lett. 99, 181906 (2011); M. Houzet et al., Phys. Rev. Lett. 123, 107704 (2019). Recent
charge-parity rates fit an unattenuated black body of 350 mK (arXiv:2503.10975).

Each photon is taken to leave two quasiparticles; the further pairs that a photon well above
4 Delta can break, by a factor of order hf/2 Delta at most, are left out. So is the photon's direct
action on the qubit at absorption (Houzet 2019), which needs the junction's environment at 2 Delta/h
(for Al 88 GHz) to be known. A measured floor of quasiparticles may already contain these: what
comes from here is on top of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.qubit.ranges import at_least

QUASIPARTICLES_PER_PHOTON = 2.0


def pair_breaking_photons(
    temperature: ArrayLike, gap: ArrayLike, attenuation: ArrayLike
) -> NDArray[np.float64]:
    """Photons above 2 Delta/h that arrive per second through one mode.

    temperature : of the black body, K, >= 0. gap : Delta, J, > 0. attenuation : A >= 1, flat
    above 2 Delta/h.

    The whole flux of one mode is pi^2 (kT)^2/(6 h) in power; a 4 K stage sends 3.5e10 photons
    per second that break pairs of aluminium (2 Delta/h = 88.2 GHz):

    >>> f"{pair_breaking_photons(4.0, PLANCK * 44.1e9, 1.0):.2e}"
    '3.55e+10'
    """
    t = at_least("temperature", temperature)
    delta = at_least("gap", gap, above=True)
    loss = at_least("attenuation", attenuation, 1.0)
    with np.errstate(divide="ignore"):
        x = 2 * delta / (BOLTZMANN * t)
    # -ln(1 - exp(-x)), each form where it keeps its digits
    boltzmann = np.exp(-x)
    logarithm = np.where(x > 0.7, -np.log1p(-np.minimum(boltzmann, 0.5)), -np.log(-np.expm1(-x)))
    return np.asarray(BOLTZMANN * t / PLANCK * logarithm / loss)


def generation_rate(
    photons: ArrayLike, gap: ArrayLike, density_of_states: ArrayLike, volume: ArrayLike
) -> NDArray[np.float64]:
    """Rate dx/dt at which photons make quasiparticles, 1/s, with x = n/(2 N0 Delta).

    photons : absorbed per second. gap : Delta, J. density_of_states : single-spin N0,
    1/(J m^3). volume : of the electrodes in which the quasiparticles spread, m^3.
    """
    pairs = 2 * at_least("density_of_states", density_of_states, above=True)
    room = pairs * at_least("gap", gap, above=True) * at_least("volume", volume, above=True)
    return QUASIPARTICLES_PER_PHOTON * at_least("photons", photons) / room


def excess_fraction(
    generation: ArrayLike,
    trapping: ArrayLike,
    recombination: ArrayLike,
    background: ArrayLike = 0.0,
) -> NDArray[np.float64]:
    """Steady x that a further generation adds to a background.

    generation : g, 1/s. trapping : s, 1/s. recombination : r, 1/s. background : x0, the
    steady state of g0 = s x0 + r x0^2 without g.

    Positive root of g = (s + 2 r x0) x + r x^2: together x0 + x is the steady state of
    dx/dt = g0 + g - s x - r x^2. Holds for x << 1.

    Raises
    ------
    OutOfRangeError: nothing removes quasiparticles, or there would be as many as pairs (x >= 1).

    >>> [f"{excess_fraction(1e-6, 100.0, 0.0):.3g}", f"{excess_fraction(1e-5, 0.0, 1e7):.3g}"]
    ['1e-08', '1e-06']
    """
    g = at_least("generation", generation)
    r = at_least("recombination", recombination)
    rate = at_least("trapping", trapping) + 2 * r * at_least("background", background)
    divisor = rate + np.sqrt(rate**2 + 4 * r * g)
    if np.any((g > 0) & (divisor == 0)):
        raise OutOfRangeError(
            "pair-breaking photons have no steady state: neither trapping nor recombination"
        )
    x = 2 * g / np.where(divisor > 0, divisor, 1.0)
    if np.any(x >= 1):
        raise OutOfRangeError(
            "pair-breaking photons would break every pair: attenuate them or state a colder stage"
        )
    return np.asarray(x)
