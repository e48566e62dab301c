"""A controlled-Z gate of two transmons: the round trip of |11> through |02>.

A flux pulse on the coupler switches the exchange g(t) (b1+ b2 + b1 b2+) on and off while the upper
transmon sits one anharmonicity above the lower, so that |11> and |02> are degenerate (B. Foxen et
al., Phys. Rev. Lett. 125, 120504 (2020); the resonance: F. W. Strauch et al., Phys. Rev. Lett. 91,
167005 (2003)). With the coupler off the levels are bare, so idling has no ZZ phase. One round trip
on resonance takes 1/(2 sqrt(2) g/2 pi) and gives |11> the phase pi. Two numbers are calibrated, as
in a laboratory: the detuning from resonance and the length of the pulse, against the population
left in |02> and the conditional phase. The rest of the gate's time is waiting.

Three levels a transmon; level |k1 k2> is row 3 k1 + k2, transmon 2 the upper. The frame turns at
the mean of the two frequencies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.qubit.lindblad import Complex, Hamiltonian, transmon_jumps
from qubudget.qubit.pulse import check_shape, envelope
from qubudget.qubit.ranges import at_least
from qubudget.qubit.superoperator import propagator

LEVELS = 3
COMPUTATIONAL = (0, 1, 3, 4)
"""Rows of |00>, |01>, |10> and |11>."""
_TOLERANCE = 1e-2  # amplitude left in |02>, and rad of conditional phase: errors below 1e-4


@dataclass(frozen=True)
class FluxPulse:
    """A pulse on the coupler of two transmons of equal anharmonicity.

    time : of the gate, s. pulse : of the coupler's pulse within it, s. rise : of each edge, s.
    coupling : g of the flat middle, rad/s. detuning : of |02> above |11>, rad/s. anharmonicity :
    magnitude, rad/s. element : |<1|b|2>/<0|b|1>|.
    """

    time: float
    pulse: float
    rise: float
    coupling: float
    detuning: float
    anharmonicity: float
    element: float

    def __post_init__(self) -> None:
        check_shape(self.pulse, self.rise)

    def hamiltonian(self) -> Hamiltonian:
        """H(t) over the gate, or over the pulse alone where that is longer."""
        number = np.diag(np.arange(LEVELS, dtype=np.complex128))
        bend = np.diag([0.0, 0.0, -self.anharmonicity]).astype(np.complex128)
        eye = np.eye(LEVELS)
        lower = np.diag([1.0, self.element], 1).astype(np.complex128)
        apart = self.anharmonicity + self.detuning
        static = np.kron(bend, eye) + np.kron(eye, bend)
        static += apart / 2 * (np.kron(eye, number) - np.kron(number, eye))
        hop = np.kron(lower.conj().T, lower)
        exchange = np.asarray(hop + hop.conj().T, dtype=np.complex128)
        edges = {0.0, self.rise, self.pulse - self.rise, self.pulse, max(self.time, self.pulse)}
        return Hamiltonian(
            static,
            ((exchange, lambda t: self.coupling * envelope(t, self.pulse, self.rise)),),
            tuple(sorted(edges)),
        )


def cz_jumps() -> Complex:
    """Unit-rate jumps of transmon 1, then of transmon 2; each as ``transmon_jumps``."""
    single, eye = transmon_jumps(LEVELS), np.eye(LEVELS)
    first = [np.kron(jump, eye) for jump in single]
    return np.array(first + [np.kron(eye, jump) for jump in single])


def round_trip_time(coupling: float, element: float = math.sqrt(2)) -> float:
    """Time from |11> to |02> and back on resonance, s: pi/(element x g).

    coupling : g, rad/s. element : |<1|b|2>/<0|b|1>|.

    >>> round(round_trip_time(2 * math.pi * 10e6) * 1e9, 2)  # 1/(2 sqrt(2) 10 MHz)
    35.36
    """
    return float(math.pi / (element * at_least("coupling", coupling, above=True)))


def cz_target(unitary: Complex) -> Complex:
    """The controlled Z next to ``unitary`` (9, 9): its own single-qubit phases, |11> turned by pi.

    Phases of single qubits cost nothing: later pulses take them into their own phases.
    """
    zero, upper, lower = (float(np.angle(unitary[row, row])) for row in COMPUTATIONAL[:3])
    both = upper + lower - zero + math.pi
    return np.asarray(np.diag(np.exp(1j * np.array([zero, upper, lower, both]))))


def conditional_phase(unitary: Complex) -> float:
    """Phase of |11> beyond those of |01> and |10>, rad, in (-pi, pi]."""
    zero, upper, lower, both = (unitary[row, row] for row in COMPUTATIONAL)
    return float(np.angle(both * zero * np.conj(upper) * np.conj(lower)))


@lru_cache(maxsize=64)
def calibrated_cz(
    time: float, rise: float, coupling: float, anharmonicity: float, element: float
) -> FluxPulse:
    """The pulse that returns |11> with a conditional phase of pi; arguments as ``FluxPulse``.

    Raises
    ------
    OutOfRangeError: the gate is shorter than the round trip at this coupling needs, or the edges
    alone are longer than the round trip.
    ConvergenceError: no pulse near the resonance does it (a coupling close to the anharmonicity).
    """
    check_shape(time, rise)
    at_least("anharmonicity", anharmonicity, above=True)
    trip = round_trip_time(coupling, element)
    if trip < rise:
        raise OutOfRangeError(
            f"at a coupling of {coupling / (2 * math.pi):.4g} Hz the CZ takes {trip:.3g} s, "
            f"less than the {rise:g} s of each edge: no such pulse"
        )

    def pulse(knobs: NDArray[np.float64]) -> FluxPulse:
        return FluxPulse(
            time=0.0,
            pulse=2 * rise + trip * float(knobs[1]),
            rise=rise,
            coupling=coupling,
            detuning=coupling * float(knobs[0]),
            anharmonicity=anharmonicity,
            element=element,
        )

    def miss(knobs: NDArray[np.float64]) -> list[float]:
        unitary = propagator(pulse(knobs).hamiltonian())
        left = complex(unitary[2, 4])
        phase = conditional_phase(unitary)
        return [left.real, left.imag, math.remainder(phase - math.pi, 2 * math.pi)]

    start = np.array([0.0, 1 - rise / trip])  # on resonance the envelope's area is the trip
    found = least_squares(
        miss, start, bounds=([-2.0, 0.0], [2.0, 2.0]), xtol=1e-12, ftol=1e-14, gtol=1e-14
    )
    best = pulse(found.x)
    if best.pulse > time:
        raise OutOfRangeError(
            f"a CZ at a coupling of {coupling / (2 * math.pi):.4g} Hz with edges of {rise:g} s "
            f"needs {best.pulse:.4g} s; the gate has {time:g} s"
        )
    if float(np.max(np.abs(found.fun))) > _TOLERANCE:
        raise ConvergenceError(
            f"no CZ near resonance: {np.max(np.abs(found.fun)):.2g} left of amplitude or phase"
        )
    return FluxPulse(time, best.pulse, rise, coupling, best.detuning, anharmonicity, element)
