"""Gates of a transmon by the master equation, for the assembly.

``one_qubit_gate``, ``cz_gate`` and ``idle`` take plain values (Hz, s, 1/s) and return a frozen
``GateResult``. A pulse is calibrated once for its shape and kept, so a further set of rates
costs about a millisecond; ``one_qubit_process`` and ``cz_process`` give the kept pulse itself
for arrays of rates.

Rates are those of each transition at its own frequency and with its own matrix element: ``down[k]``
of k + 1 -> k, ``up[k]`` of k -> k + 1. ``dephasing`` is 1/Tphi of the 0-1 coherence; noise with a
Gaussian decay exp(-(b t)^2) enters as b^2 t with t the gate's duration, which loses the same
coherence by the gate's end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import expm

from qubudget.errors import OutOfRangeError
from qubudget.qubit.circuit import ladder
from qubudget.qubit.cz import COMPUTATIONAL, LEVELS, calibrated_cz, cz_jumps, cz_target
from qubudget.qubit.fidelity import average_gate_error, leakage, seepage, unitary_error
from qubudget.qubit.lindblad import Complex, transmon_jumps, transmon_rates
from qubudget.qubit.pulse import PI_ROTATION, calibrated_pulse
from qubudget.qubit.ranges import at_least
from qubudget.qubit.superoperator import Process


@dataclass(frozen=True)
class GateResult:
    """What one gate does on average over its input states.

    error : 1 - F_avg, with leakage in it. leakage : population that leaves the computational
    states. seepage : population that returns, from the states outside. coherent_error : the error
    of the same pulse without any decay; the rest of ``error`` is decoherence.
    """

    error: float
    leakage: float
    seepage: float
    coherent_error: float


@dataclass(frozen=True, eq=False)
class Gate:
    """A calibrated pulse: its process, its target (d, d), the rows of its computational states."""

    process: Process
    target: Complex
    computational: tuple[int, ...]
    coherent_error: float

    def result(self, rates: NDArray[np.float64]) -> GateResult:
        """The gate under one set of rates, in the order of the process's jumps, 1/s."""
        found = self.process.superoperators(rates)
        return GateResult(
            error=float(average_gate_error(found, self.target, self.computational)),
            leakage=float(leakage(found, self.computational)),
            seepage=float(seepage(found, self.computational)),
            coherent_error=self.coherent_error,
        )


@lru_cache(maxsize=64)
def one_qubit_process(
    frequency: float, anharmonicity: float, time: float, rise: float, drag: float, levels: int
) -> Gate:
    """The calibrated pi pulse of this transmon; frequencies in Hz, times in s.

    Raises as ``one_qubit_gate`` does.
    """
    if levels < 3:
        raise OutOfRangeError(f"a transmon's gate needs 3 levels or more, got {levels}")
    energies, elements = _ladder(frequency, anharmonicity, levels)
    pulse = calibrated_pulse(time, rise, drag, energies, elements)
    process = Process(pulse.hamiltonian(), transmon_jumps(levels))
    error = unitary_error(process.unitary, PI_ROTATION, range(2))
    return Gate(process, PI_ROTATION, (0, 1), error)


def one_qubit_gate(
    *,
    frequency: float,
    anharmonicity: float,
    time: float,
    rise: float,
    drag: float,
    levels: int,
    down: Sequence[float] | NDArray[np.float64],
    up: Sequence[float] | NDArray[np.float64],
    dephasing: float,
) -> GateResult:
    """A turn by pi with a DRAG pulse under relaxation, heating and dephasing.

    frequency : f01, Hz. anharmonicity : magnitude of f12 - f01, Hz. time, rise : of the pulse
    and each edge, s. drag : weight of its quadrature. levels : 3 or more. down, up :
    (levels - 1,), 1/s. dephasing : 1/Tphi, 1/s.

    Raises
    ------
    OutOfRangeError: a pulse shorter than its two edges, a negative rate, rates above a tenth of
    the anharmonicity (rad/s) or that leave nothing by the end, no transmon with these frequencies.

    >>> gate = one_qubit_gate(frequency=6e9, anharmonicity=0.3e9, time=25e-9, rise=5e-9, drag=1.0,
    ...     levels=3, down=[1 / 68e-6, 2 / 68e-6], up=[0.0, 0.0], dephasing=0.0)
    >>> f"{gate.error:.2e} {gate.coherent_error:.0e}"  # waiting: t/(3 T1) = 1.23e-4
    '1.23e-04 8e-08'
    """
    gate = one_qubit_process(frequency, anharmonicity, time, rise, drag, levels)
    angular = 2 * math.pi * anharmonicity
    return gate.result(transmon_rates(down, up, dephasing, levels=levels, anharmonicity=angular))


@lru_cache(maxsize=8)
def cz_process(
    frequency: float, anharmonicity: float, coupling: float, time: float, rise: float
) -> Gate:
    """The calibrated CZ of two such transmons; frequencies in Hz, times in s.

    Raises as ``cz_gate`` does.
    """
    _, elements = _ladder(frequency, anharmonicity, LEVELS)
    scale = 2 * math.pi
    pulse = calibrated_cz(time, rise, scale * coupling, scale * anharmonicity, elements[1])
    process = Process(pulse.hamiltonian(), cz_jumps())
    target = cz_target(process.unitary)
    return Gate(
        process, target, COMPUTATIONAL, unitary_error(process.unitary, target, COMPUTATIONAL)
    )


def cz_gate(
    *,
    frequency: float,
    anharmonicity: float,
    coupling: float,
    time: float,
    rise: float,
    down: ArrayLike,
    up: ArrayLike,
    dephasing: ArrayLike,
) -> GateResult:
    """A CZ of two transmons with three levels each under relaxation, heating and dephasing.

    frequency : f01 of the lower transmon, Hz. anharmonicity : magnitude, of both, Hz. coupling :
    g/2 pi, Hz. time, rise : of the gate, and of each edge of the coupler's pulse, s. down, up :
    (2,) for both transmons alike, or (2, 2) with the transmon first, 1/s. dephasing : () or (2,).

    Raises
    ------
    OutOfRangeError: a gate too short for its coupling (the time that it needs is named), edges
    longer than the round trip, a negative rate, rates above a tenth of the anharmonicity (rad/s)
    or that leave nothing by the end.
    ConvergenceError: no pulse near the resonance is a CZ.
    """
    gate = cz_process(frequency, anharmonicity, coupling, time, rise)
    angular = 2 * math.pi * anharmonicity
    rates = transmon_rates(down, up, dephasing, levels=LEVELS, anharmonicity=angular)
    return gate.result(np.broadcast_to(rates, (2, 2 * LEVELS - 1)).ravel())


def idle(
    *,
    time: float,
    down: Sequence[float] | NDArray[np.float64],
    up: Sequence[float] | NDArray[np.float64],
    dephasing: float,
) -> GateResult:
    """Waiting for ``time`` (s); rates as of ``one_qubit_gate``, of one transition or more.

    Without a drive populations and coherences part: the first follow a rate equation, that of 0
    and 1 decays by half of what leaves either level and by the dephasing.

    Two levels, 1 - F = 1/2 - exp(-t/T1)/6 - exp(-t/T2)/3:

    >>> dephasing = 1 / 89e-6 - 0.5 / 68e-6
    >>> f"{idle(time=25e-9, down=[1 / 68e-6], up=[0.0], dephasing=dephasing).error:.3e}"
    '1.549e-04'
    """
    t = float(at_least("time", time))
    downs, ups = at_least("down", down), at_least("up", up)
    if downs.ndim != 1 or downs.shape != ups.shape or downs.size == 0:
        raise OutOfRangeError(f"down and up must have one shape (n,): {downs.shape}, {ups.shape}")
    flow = np.diag(downs, 1) + np.diag(ups, -1)
    leaving = flow.sum(axis=0)
    kept = expm((flow - np.diag(leaving)) * t)
    rate = (leaving[0] + leaving[1]) / 2 + float(at_least("dephasing", dephasing))
    lost = float(kept[2:, :2].sum()) / 2
    missing = (2.0 - kept[0, 0] - kept[1, 1] - 2 * math.expm1(-rate * t)) / 4  # 1 - F_pro
    outside = max(len(kept) - 2, 1)
    return GateResult(
        error=float((2 * missing + lost) / 3),
        leakage=lost,
        seepage=float(kept[:2, 2:].sum()) / outside,
        coherent_error=0.0,
    )


def _ladder(
    frequency: float, anharmonicity: float, levels: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Energies beside k w01 (rad/s) and matrix elements of the circuit with these frequencies."""
    transitions, elements = ladder(frequency, anharmonicity, levels)
    steps = 2 * math.pi * (transitions - transitions[0])
    energies = np.concatenate([[0.0], np.cumsum(steps)])
    return tuple(energies.tolist()), tuple(elements.tolist())
