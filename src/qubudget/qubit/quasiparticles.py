"""Relaxation by quasiparticles that tunnel through the junction.

The quasiparticle fraction is x = n/(2 N0 Delta) throughout. Rates of a transmon after
G. Catelani et al., Phys. Rev. B 84, 064517 (2011); their low-energy form holds for kT and hf
well below Delta.
"""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import k0e

from qubudget.constants import BOLTZMANN, HBAR, PLANCK
from qubudget.errors import OutOfRangeError
from qubudget.qubit.blocks import Floats, in_blocks
from qubudget.qubit.ranges import at_least
from qubudget.qubit.thermal import reduced_energy

_CUT = 40.0  # exp(-40) of the Boltzmann weight is left out of the tunnelling integral
_NODES = ((1.8, 12), (3.6, 24), (np.inf, 96))
"""Nodes of the tunnelling integral by how far its variable runs."""


def thermal_fraction(temperature: ArrayLike, gap: ArrayLike) -> NDArray[np.float64]:
    """Thermal x = sqrt(2 pi kT/Delta) exp(-Delta/kT).

    temperature : K, >= 0. gap : Delta at that temperature, J; NaN (normal metal) gives NaN.
    The leading term in kT/Delta: low by 3 kT/(8 Delta), 5 % at kT = Delta/7.
    """
    t = at_least("temperature", temperature)
    with np.errstate(divide="ignore"):
        ratio = np.asarray(gap, dtype=np.float64) / (BOLTZMANN * t)
    return np.sqrt(2 * np.pi / ratio) * np.exp(-ratio)


def quasiparticle_rates(
    fraction: ArrayLike, frequency: ArrayLike, temperature: ArrayLike, gap: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates down and up (1/s) for equal gaps and quasiparticles thermalised at ``temperature``.

    down = (2 omega x/pi) sqrt(Delta/(2 pi kT)) e^z K0(z), up = e^(-2z) down, z = hf/2kT.

    fraction : x on either side of the junction. frequency : Hz. temperature : K, > 0, of the
    quasiparticles. gap : Delta, J; NaN gives NaN.

    An aluminium junction at 0.1 K (Tc 1.2 K, 5 GHz) has T1 = 67.6 ms:

    >>> gap = 1.764 * BOLTZMANN * 1.2
    >>> down, up = quasiparticle_rates(thermal_fraction(0.1, gap), 5e9, 0.1, gap)
    >>> round(1e3 / float(down + up), 1)
    67.6
    """
    x = np.asarray(fraction, dtype=np.float64)
    t = at_least("temperature", temperature, above=True)
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    z = reduced_energy(frequency, t) / 2
    prefactor = np.sqrt(np.asarray(gap, dtype=np.float64) / (2 * np.pi * BOLTZMANN * t))
    down = 2 * omega * x / np.pi * prefactor * k0e(z)
    return down, np.exp(-2 * z) * down


def cold_rate(fraction: ArrayLike, frequency: ArrayLike, gap: ArrayLike) -> NDArray[np.float64]:
    """Limit kT << hf of the rate down, (x/pi) sqrt(2 omega Delta/hbar), 1/s.

    Within 2 % of the full rate at 20 mK and 5 GHz, 4 % at 50 mK.

    >>> gap = 1.764 * BOLTZMANN * 1.2
    >>> full = sum(quasiparticle_rates(1e-6, 5e9, 0.02, gap))
    >>> round(float(cold_rate(1e-6, 5e9, gap) / full), 2)
    1.02
    """
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    x = np.asarray(fraction, dtype=np.float64)
    return x / np.pi * np.sqrt(2 * omega * np.asarray(gap, dtype=np.float64) / HBAR)


def _junction(
    frequency: ArrayLike, temperature: ArrayLike, gap: ArrayLike, gap_difference: ArrayLike
) -> tuple[NDArray[np.float64], ...]:
    """hf (J), T (K), low gap (J) and gap difference (J), checked and of one shape."""
    return np.broadcast_arrays(
        PLANCK * at_least("frequency", frequency, above=True),
        at_least("temperature", temperature, above=True),
        at_least("gap", gap, above=True),
        PLANCK * at_least("gap_difference", gap_difference),
    )


def _tunnelling(
    transfer: NDArray[np.float64],
    temperature: NDArray[np.float64],
    gap_from: NDArray[np.float64],
    gap_to: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Integral over E of exp(-(E - E0)/kT) (E E' + D D') / sqrt((E^2-D^2)(E'^2-D'^2)), and E0 - D.

    D = gap_from and D' = gap_to; E' = E + ``transfer``; E0 is the threshold; all in J. The
    weight exp(-(E0 - D)/kT) is left to the caller, because it underflows in the cold. Both
    inverse roots are removed exactly by E = E0 + a sinh^2 s, where a is the distance of the two
    singular points. What is left is even in s, smooth, and falls double-exponentially: the
    trapezoidal rule converges exponentially in its step (L. N. Trefethen, J. A. C. Weideman, SIAM
    Review 56, 385 (2014)), here 0.15 at most, to 1e-12.
    """
    kt = BOLTZMANN * temperature
    offset = gap_to - transfer - gap_from  # > 0: the far side's edge is the threshold
    a = np.abs(offset)
    if np.any(a == 0.0):
        raise OutOfRangeError(
            "the rate diverges where the gap difference equals the qubit's energy exactly"
        )
    lift = np.maximum(offset, 0.0)
    end = np.arcsinh(np.sqrt(_CUT * kt / a))
    inputs = (end, kt, a, gap_from + lift, transfer, gap_from, gap_to)
    found = np.full(end.shape, np.nan)
    nearest = -np.inf
    for farthest, nodes in _NODES:
        here = (end > nearest) & (end <= farthest)
        nearest = farthest
        if here.all():
            return in_blocks(partial(_weighted, nodes), inputs, nodes), lift
        if here.any():
            part = [value[here] for value in inputs]
            found[here] = in_blocks(partial(_weighted, nodes), part, nodes)
    return found, lift


def _weighted(
    nodes: int,
    end: Floats,
    kt: Floats,
    a: Floats,
    threshold: Floats,
    transfer: Floats,
    gap_from: Floats,
    gap_to: Floats,
) -> Floats:
    """The integral of ``_tunnelling`` from its threshold."""
    step = end / nodes
    rise = np.arange(nodes).reshape(-1, *(1,) * end.ndim) * step
    np.sinh(rise, out=rise)
    rise *= rise
    rise *= a
    energy = threshold + rise
    other = energy + transfer
    smooth = energy * other
    smooth += gap_from * gap_to
    energy += gap_from
    other += gap_to
    energy *= other
    smooth /= np.sqrt(energy, out=energy)
    rise /= -kt
    smooth *= np.exp(rise, out=rise)
    # One after the other: np.sum would round by how many integrals there are.
    return np.asarray(2.0 * step * sum(smooth[1:], 0.5 * smooth[0]))


def gap_suppression(
    direction: Literal["down", "up"],
    frequency: ArrayLike,
    temperature: ArrayLike,
    gap: ArrayLike,
    gap_difference: ArrayLike,
) -> NDArray[np.float64]:
    """Factor on the equal-gap rate down or up for quasiparticles on the low-gap side.

    The ratio of the full BCS tunnelling integrals (density of states and coherence factor of
    both electrodes) with and without the gap difference, for quasiparticles that all sit on the
    low-gap side with a Boltzmann distribution. About exp(-(dDelta - hf)/kT) down and
    exp(-dDelta/kT) up; no protection where dDelta < hf. The same x refers to the low-gap side.

    direction : "down" where the qubit gives its energy to the quasiparticle, "up" where it takes
    it. frequency : Hz. temperature : K, > 0, of the quasiparticles. gap : low gap, J.
    gap_difference : (high gap - low gap)/h, Hz, >= 0; the factor is exactly 1 at 0.

    Raises
    ------
    OutOfRangeError: dDelta = hf exactly, where the rate down has a logarithmic singularity.

    >>> gap = 1.764 * BOLTZMANN * 1.2
    >>> [f"{gap_suppression('down', 6e9, t, gap, 12e9):.2g}" for t in (0.02, 0.1, 0.2)]
    ['6.3e-07', '0.063', '0.27']
    """
    quantum, t, low, step = _junction(frequency, temperature, gap, gap_difference)
    transfer = quantum if direction == "down" else -quantum
    unequal, lift = _tunnelling(transfer, t, low, low + step)
    equal, lift_of_equal = _tunnelling(transfer, t, low, low)
    return np.exp(-(lift - lift_of_equal) / (BOLTZMANN * t)) * unequal / equal


def equilibrium_suppression(
    frequency: ArrayLike,
    temperature: ArrayLike,
    gap: ArrayLike,
    gap_difference: ArrayLike,
) -> NDArray[np.float64]:
    """Factor on both equal-gap rates for quasiparticles in equilibrium on both sides.

    Mean over the two directions of tunnelling, each with the Boltzmann weight of its own side:
    detailed balance, up/down = exp(-hf/kT), stays exact. Arguments and errors as in
    ``gap_suppression``; x refers to the low-gap side.

    >>> float(equilibrium_suppression(6e9, 0.1, 2.9e-23, 0.0))
    1.0
    """
    quantum, t, low, step = _junction(frequency, temperature, gap, gap_difference)
    kt = BOLTZMANN * t
    outward, lift = _tunnelling(quantum, t, low, low + step)
    inward, _ = _tunnelling(quantum, t, low + step, low)
    equal, _ = _tunnelling(quantum, t, low, low)
    return (np.exp(-lift / kt) * outward + np.exp(-step / kt) * inward) / (2 * equal)
