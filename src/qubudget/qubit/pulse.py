"""A DRAG pulse that turns a transmon by pi, and its calibration.

In the frame of the drive, without counter-rotating terms, H/hbar over n levels is

    sum_k (k d + e_k) |k><k| + (Ox(t)/2) (b + b+) + (Oy(t)/2) i (b+ - b),

with d the drive's detuning, e_k the anharmonic part of the k-th energy and <k|b|k+1> the charge
matrix element relative to that of 0-1 (sqrt(k + 1) for a weakly anharmonic oscillator). Ox has
raised-cosine edges, so Oy = -drag (dOx/dt)/D is continuous, D = w12 - w01 < 0: F. Motzoi et al.,
Phys. Rev. Lett. 103, 110501 (2009), Eq. 4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from qubudget.errors import OutOfRangeError
from qubudget.qubit.lindblad import Complex, Hamiltonian
from qubudget.qubit.ranges import at_least
from qubudget.qubit.superoperator import propagator

PI_ROTATION: Complex = np.array([[0.0, -1j], [-1j, 0.0]])
"""The gate's target: a turn of the qubit by pi about x."""


def envelope(time: ArrayLike, duration: float, rise: float) -> NDArray[np.float64]:
    """Zero to one to zero: raised-cosine edges of length ``rise`` about a flat middle.

    time : s. Its integral is duration - rise.

    >>> envelope([0.0, 1.0, 2.0, 5.0, 9.0, 10.0], 10.0, 2.0).round(12).tolist()
    [0.0, 0.5, 1.0, 1.0, 0.5, 0.0]
    """
    t = np.asarray(time, dtype=np.float64)
    edge = np.clip(np.minimum(t, duration - t) / rise, 0.0, 1.0)
    return np.asarray((1.0 - np.cos(math.pi * edge)) / 2)


def envelope_slope(time: ArrayLike, duration: float, rise: float) -> NDArray[np.float64]:
    """Derivative of ``envelope``, 1/s."""
    t = np.asarray(time, dtype=np.float64)
    edge = np.clip(np.minimum(t, duration - t) / rise, 0.0, 1.0)
    size = math.pi / (2 * rise) * np.sin(math.pi * edge)
    return np.asarray(np.where(t < duration / 2, size, -size))


def check_shape(time: float, rise: float) -> None:
    """Refuses a pulse that has no room for its two edges.

    Raises
    ------
    OutOfRangeError: time or rise not positive, or time shorter than twice the rise.
    """
    at_least("time", time, above=True)
    at_least("rise", rise, above=True)
    if time < 2 * rise:
        raise OutOfRangeError(
            f"a pulse of {time:g} s is shorter than its two edges of {rise:g} s each"
        )


@dataclass(frozen=True)
class DragPulse:
    """A pulse on one transmon.

    time, rise : s. amplitude : Ox of the flat middle, rad/s. detuning : d, rad/s. drag : weight
    of the quadrature. energies : e_k, rad/s, beside k w01, with e_0 = e_1 = 0. elements :
    |<k|b|k+1>|, relative to the first.
    """

    time: float
    rise: float
    amplitude: float
    detuning: float
    drag: float
    energies: tuple[float, ...]
    elements: tuple[float, ...]

    def __post_init__(self) -> None:
        check_shape(self.time, self.rise)
        if len(self.elements) != len(self.energies) - 1:
            raise OutOfRangeError("a ladder of n levels has n - 1 matrix elements")

    def hamiltonian(self) -> Hamiltonian:
        """H(t) over the pulse."""
        levels = len(self.energies)
        lower = np.diag(np.asarray(self.elements, dtype=np.complex128), 1)
        in_phase = (lower + lower.conj().T) / 2
        static = np.diag(np.array(self.energies) + self.detuning * np.arange(levels))
        terms = [
            (in_phase, lambda t: self.amplitude * envelope(t, self.time, self.rise)),
        ]
        if levels > 2 and self.drag != 0:
            weight = -self.drag * self.amplitude / self.energies[2]
            quadrature = 1j * (lower.conj().T - lower) / 2
            terms.append((quadrature, lambda t: weight * envelope_slope(t, self.time, self.rise)))
        breaks = sorted({0.0, self.rise, self.time - self.rise, self.time})
        return Hamiltonian(static.astype(np.complex128), tuple(terms), tuple(breaks))


def duffing(anharmonicity: float, levels: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Energies (rad/s) and elements of a weakly anharmonic oscillator, as ``DragPulse`` has them.

    anharmonicity : magnitude of f12 - f01, rad/s.

    >>> duffing(1.0, 4)[0]
    (0.0, 0.0, -1.0, -3.0)
    """
    energies = tuple(-anharmonicity * k * (k - 1) / 2 + 0.0 for k in range(levels))
    return energies, tuple(math.sqrt(k + 1) for k in range(levels - 1))


def resonant_pulse(
    time: float,
    rise: float,
    drag: float,
    energies: tuple[float, ...],
    elements: tuple[float, ...],
) -> DragPulse:
    """The pulse on resonance whose area, of two levels alone, is pi: amplitude pi/(time - rise).

    Arguments as of ``DragPulse``.
    """
    check_shape(time, rise)
    return DragPulse(time, rise, math.pi / (time - rise), 0.0, drag, energies, elements)


@lru_cache(maxsize=256)
def calibrated_pulse(
    time: float,
    rise: float,
    drag: float,
    energies: tuple[float, ...],
    elements: tuple[float, ...],
) -> DragPulse:
    """``resonant_pulse`` with the amplitude and detuning of least error against ``PI_ROTATION``.

    By least squares (Levenberg-Marquardt) on the amplitudes that are not where they should be.

    A laboratory tunes the same two numbers. What error is left is the pulse's own (leakage, and
    what of the phase error two numbers cannot undo); with ``drag`` near one it is small.
    """
    start = resonant_pulse(time, rise, drag, energies, elements)
    step = start.amplitude / 50

    def tuned(knobs: NDArray[np.float64]) -> DragPulse:
        return replace(start, amplitude=start.amplitude + step * knobs[0], detuning=step * knobs[1])

    def miss(knobs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Amplitudes whose squares sum to three times the average gate error, to first order."""
        unitary = propagator(tuned(knobs).hamiltonian())
        kept = PI_ROTATION.conj().T @ unitary[:2, :2]
        kept = kept * np.exp(-1j * np.angle(np.trace(kept))) - np.eye(2)
        lost = math.sqrt(1.5) * unitary[2:, :2]
        amplitudes = np.concatenate([kept.ravel(), lost.ravel()])
        return np.concatenate([amplitudes.real, amplitudes.imag])

    best = least_squares(
        miss, np.zeros(2), method="lm", xtol=1e-10, ftol=1e-12, diff_step=[1e-4, 1e-4]
    )
    return tuned(best.x)
