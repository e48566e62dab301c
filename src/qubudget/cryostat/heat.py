"""Heat that signals and currents leave in attenuators, cables and resistors.

Krinner et al., EPJ Quantum Technol. 6:2 (2019), arXiv:1806.07862, sections 4 and 5.
Attenuations and losses are power ratios, 1 or more.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN
from qubudget.cryostat.checks import above, at_least

LINE_IMPEDANCE = 50.0
"""Characteristic impedance of coaxial lines and attenuators, ohm (by design of the parts)."""


def signal_powers(
    power_at_end: ArrayLike, attenuation: ArrayLike, cable_loss: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Power that enters each attenuator and each piece of cable on the way to the cold end.

    The piece of cable that ends at a stage is passed before the attenuator at that stage.

    Parameters
    ----------
    power_at_end : power behind the last attenuator, W, shape (...).
    attenuation, cable_loss : ratios per stage, warm to cold, shape (..., stages).

    Returns
    -------
    Power into the attenuators and into the pieces of cable, W, both of shape (..., stages).

    Raises
    ------
    OutOfRangeError: a negative power, or a ratio below 1.

    A drive pulse of -71 dBm behind 20/20/20 dB enters the first attenuator with -11 dBm:

    >>> into_attenuator, _ = signal_powers(7.943e-11, [100, 100, 100], [1, 1, 1])
    >>> [float(f"{power:.4g}") for power in into_attenuator]
    [7.943e-05, 7.943e-07, 7.943e-09]
    """
    power = at_least(0, "power (W)", power_at_end)
    attenuation = at_least(1, "attenuation (ratio)", attenuation)
    cable_loss = at_least(1, "cable loss (ratio)", cable_loss)
    stages = attenuation * cable_loss
    from_here = np.flip(np.cumprod(np.flip(stages, axis=-1), axis=-1), axis=-1)
    into_cable = power[..., np.newaxis] * from_here
    return into_cable / cable_loss, into_cable


def attenuator_heat(
    power_in: ArrayLike, attenuation: ArrayLike, book: Literal["absorbed", "incident"]
) -> NDArray[np.float64]:
    """Heat booked for an attenuator, W.

    "absorbed" is what is lost in it, P (1 - 1/A). "incident" is all that enters it, P: the
    convention of the model of arXiv:2608.00990, an upper bound that counts what is passed on
    again at the next stage.

    Parameters
    ----------
    power_in : W, broadcasts. attenuation : ratio, broadcasts.

    Raises
    ------
    OutOfRangeError: a negative power, or a ratio below 1.

    >>> float(attenuator_heat(1.0, 100.0, "absorbed")), float(attenuator_heat(1.0, 100, "incident"))
    (0.99, 1.0)
    """
    power_in = at_least(0, "power (W)", power_in)
    attenuation = at_least(1, "attenuation (ratio)", attenuation)
    if book == "incident":
        return np.where(attenuation > 1, power_in, 0.0)
    return power_in * (1 - 1 / attenuation)


def cable_heat_cold_share(loss: ArrayLike) -> NDArray[np.float64]:
    """Share of the signal power lost along a cable that flows to its cold end.

    With a power q(x) per length released at x and both ends held, the share that reaches the
    end at x = L is the mean of x/L over q, whatever the conductivity k(T) is (the heat
    equation is linear in the integral of k dT). Here q ~ exp(-x ln(l)/L), so the share is
    1/ln(l) - 1/(l - 1): a half for little loss, less for much.

    Parameters
    ----------
    loss : ratio l of the piece of cable, broadcasts.

    Raises
    ------
    OutOfRangeError: a ratio below 1.

    >>> float(cable_heat_cold_share(1.0)), round(float(cable_heat_cold_share(4.0)), 4)
    (0.5, 0.388)
    """
    nepers = np.log(at_least(1, "cable loss (ratio)", loss))
    safe = np.where(nepers > 1e-4, nepers, 1.0)
    return np.where(nepers > 1e-4, 1 / safe - 1 / np.expm1(safe), 0.5 - nepers / 12)


def shorted_attenuator_heat(
    current: ArrayLike,
    attenuation: ArrayLike,
    colder_attenuation: ArrayLike = 1.0,
    impedance: float = LINE_IMPEDANCE,
) -> NDArray[np.float64]:
    """Heat of a matched attenuator in a line that ends in a short, W.

    The wave that makes the current I at the short carries I^2 Z/4 and returns whole; both
    passages lose: I^2 (Z/4) [B (A - 1) + (1 - 1/A)/B], with A this attenuator's ratio and B
    the product of those between it and the short. With B = 1 and A = 1/G^2 this is
    I^2 (Z/4) (1/G^2 - G^2), the form used with Krinner's flux lines.

    Parameters
    ----------
    current : rms current at the short, A, broadcasts.
    attenuation, colder_attenuation : ratios A and B, broadcast.
    impedance : Z, ohm.

    Raises
    ------
    OutOfRangeError: a negative current, or a ratio below 1.

    A 20 dB attenuator acts as 1249.875 ohm:

    >>> float(shorted_attenuator_heat(1.0, 100.0))
    1249.875
    """
    current = at_least(0, "current (A)", current)
    here = at_least(1, "attenuation (ratio)", attenuation)
    colder = at_least(1, "attenuation (ratio)", colder_attenuation)
    return current**2 * (impedance / 4) * (colder * (here - 1) + (1 - 1 / here) / colder)


def upstream_current(current: ArrayLike, colder_attenuation: ArrayLike) -> NDArray[np.float64]:
    """Current before matched attenuators in a line that ends in a short, A.

    Forward and returning wave add to (I/2) (sqrt(B) + 1/sqrt(B)), B being the attenuation
    between this place and the short; I itself where there is none.

    Parameters
    ----------
    current : rms current I at the short, A, broadcasts. colder_attenuation : B, broadcasts.

    Raises
    ------
    OutOfRangeError: a negative current, or a ratio below 1.

    >>> float(upstream_current(1.0, 1.0)), float(upstream_current(1.0, 100.0))
    (1.0, 5.05)
    """
    current = at_least(0, "current (A)", current)
    root = np.sqrt(at_least(1, "attenuation (ratio)", colder_attenuation))
    return current / 2 * (root + 1 / root)


def joule_heat(current: ArrayLike, resistance: ArrayLike) -> NDArray[np.float64]:
    """Heat of a current in a resistance, I^2 R, W.

    Parameters
    ----------
    current : rms, A, broadcasts. resistance : ohm, broadcasts.

    Raises
    ------
    OutOfRangeError: a negative current or resistance.

    Krinner's flux line at the mixing chamber, 49 nW (more than its 29 nW of conduction):

    >>> round(float(joule_heat(0.57e-3, 0.15)) * 1e9)
    49
    """
    current = at_least(0, "current (A)", current)
    return current**2 * at_least(0, "resistance (ohm)", resistance)


def photodiode_heat(
    power: ArrayLike, impedance: ArrayLike, responsivity: ArrayLike
) -> NDArray[np.float64]:
    """Light that a photodiode needs to make a microwave signal, sqrt(2 P/Z)/R, W: all of it heat.

    A power P into the load Z is a photocurrent of amplitude sqrt(2 P/Z), here as large as its
    mean (Lecocq et al., Nature 591, 575 (2021), Methods).

    Parameters
    ----------
    power : P, W. impedance : Z, ohm. responsivity : R, A/W. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative power; an impedance or a responsivity that is not above 0.

    A pulse of -71 dBm on 10 kohm at 1 A/W, 0.13 uW while it is on:

    >>> round(1e6 * float(photodiode_heat(7.943e-11, 1e4, 1.0)), 3)
    0.126
    """
    power = at_least(0, "power (W)", power)
    current = np.sqrt(2 * power / above(0, "impedance (ohm)", impedance))
    return np.asarray(current / above(0, "responsivity (A/W)", responsivity), dtype=np.float64)


def switching_power(
    capacitance: ArrayLike, voltage: ArrayLike, clock: ArrayLike
) -> NDArray[np.float64]:
    """Power of CMOS logic, C V^2 f, W.

    Parameters
    ----------
    capacitance : C switched per clock, activity included, F. voltage : V. clock : f, Hz.
        All broadcast.

    Raises
    ------
    OutOfRangeError: a negative quantity.

    20 nW per cell and megahertz, as Bartee et al., Nature 643 (2025) found at 7 mK, are 20 fJ
    per clock: 20 fF at 1 V:

    >>> round(1e9 * float(switching_power(20e-15, 1.0, 1e6)), 9)
    20.0
    """
    capacitance = at_least(0, "capacitance (F)", capacitance)
    return capacitance * at_least(0, "voltage (V)", voltage) ** 2 * at_least(0, "clock", clock)


def landauer_power(rate: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """Least heat of erasing bits, rate k T ln 2, W (Landauer 1961).

    Parameters
    ----------
    rate : erased bits per second, 1/s, broadcasts. temperature : K, broadcasts.

    Raises
    ------
    OutOfRangeError: a negative rate, or a temperature not above 0.

    1e8 bits per second at 10 mK are 9.6 attowatts:

    >>> round(float(landauer_power(1e8, 0.01)) * 1e18, 2)
    9.57
    """
    rate = at_least(0, "rate (1/s)", rate)
    temperature = above(0, "temperature (K)", temperature)
    return rate * BOLTZMANN * temperature * math.log(2)
