"""The Lindblad master equation of a transmon's gates, and its reference solution by QuTiP.

    d rho/dt = -i [H(t), rho] + sum_r g_r (L_r rho L_r+ - {L_r+ L_r, rho}/2),

H over hbar in rad/s, in a rotating frame and without counter-rotating terms. A transmon of n
levels has 2 (n - 1) + 1 jump operators, each with its own rate: |k><k+1| (``down``), |k+1><k|
(``up``) and sqrt(2) times the number of excitations (``dephasing``), so that the coherence of 0
and 1 decays at the dephasing rate 1/Tphi and that of j and k at (j - k)^2 of it. Each transition
has its own bath modes (the secular approximation), which holds while rates are far below the
anharmonicity; ``SECULAR`` bounds them.

Superoperators act on rho.reshape(-1), rows first: A rho B becomes kron(A, B.T).

Source: H.-P. Breuer and F. Petruccione, The Theory of Open Quantum Systems (2002), sections
3.3 and 3.4.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN, HBAR
from qubudget.errors import OutOfRangeError
from qubudget.qubit.ranges import at_least

Complex = NDArray[np.complex128]
Coefficient = Callable[[NDArray[np.float64]], NDArray[np.float64]]

SECULAR = 0.1
"""Largest rate, as a share of the anharmonicity in rad/s, that still has separate transitions."""


@dataclass(frozen=True, eq=False)
class Hamiltonian:
    """H(t) = static + sum of terms, rad/s.

    static : (n, n). terms : matrices (n, n) and their real coefficients, functions of an array of
    times. breaks : times, s, ascending, from the start to the end, between which the
    coefficients are smooth.
    """

    static: Complex
    terms: tuple[tuple[Complex, Coefficient], ...]
    breaks: tuple[float, ...]

    def __call__(self, time: ArrayLike) -> Complex:
        """H at ``time`` (...), s; shape (..., n, n)."""
        t = np.asarray(time, dtype=np.float64)
        total = np.broadcast_to(self.static, (*t.shape, *self.static.shape)).astype(np.complex128)
        for matrix, coefficient in self.terms:
            total += coefficient(t)[..., None, None] * matrix
        return total


def transmon_jumps(levels: int) -> Complex:
    """Unit-rate jump operators: downs, ups, dephasing; shape (2 levels - 1, levels, levels)."""
    if levels < 2:
        raise OutOfRangeError(f"levels must be at least 2, got {levels}")
    jumps = np.zeros((2 * levels - 1, levels, levels), dtype=np.complex128)
    for k in range(levels - 1):
        jumps[k, k, k + 1] = 1.0
        jumps[levels - 1 + k, k + 1, k] = 1.0
    jumps[-1] = math.sqrt(2) * np.diag(np.arange(levels))
    return jumps


def transmon_rates(
    down: ArrayLike, up: ArrayLike, dephasing: ArrayLike, *, levels: int, anharmonicity: float
) -> NDArray[np.float64]:
    """Rates in the order of ``transmon_jumps``, 1/s; shape (..., 2 levels - 1).

    down, up : (..., levels - 1), 1/s, of k + 1 -> k and of k -> k + 1. dephasing : (...), 1/Tphi,
    1/s. anharmonicity : magnitude, rad/s.

    Raises
    ------
    OutOfRangeError: a rate that is negative, not finite, or above ``SECULAR`` times the
    anharmonicity; a wrong number of transitions.

    >>> transmon_rates([1e4, 2e4], [1e2, 3e2], 5e3, levels=3, anharmonicity=1e9).tolist()
    [10000.0, 20000.0, 100.0, 300.0, 5000.0]
    """
    downs, ups = at_least("down", down), at_least("up", up)
    phi = at_least("dephasing", dephasing)
    for name, array in (("down", downs), ("up", ups)):
        if array.ndim == 0 or array.shape[-1] != levels - 1:
            raise OutOfRangeError(
                f"{name} needs {levels - 1} transitions of {levels} levels, got shape {array.shape}"
            )
    shape = np.broadcast_shapes(downs.shape[:-1], ups.shape[:-1], phi.shape)
    rates = np.concatenate(
        [
            np.broadcast_to(downs, (*shape, levels - 1)),
            np.broadcast_to(ups, (*shape, levels - 1)),
            np.broadcast_to(phi[..., None], (*shape, 1)),
        ],
        axis=-1,
    )
    fastest = float(rates.max(initial=0.0))
    if fastest > SECULAR * anharmonicity:
        raise OutOfRangeError(
            f"a rate of {fastest:.3g} 1/s is above {SECULAR:g} of the anharmonicity "
            f"({anharmonicity:.3g} rad/s): the transitions overlap, there is no gate to speak of"
        )
    return rates


def bath_memory(
    temperature: ArrayLike, gate_time: ArrayLike, t1: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """How far a thermal bath is from having no memory.

    temperature : of the bath, K. gate_time, t1 : s. These broadcast. Returns hbar/(k T), s, which
    is the longest thermal correlation time of an Ohmic bath over 2 pi (its slowest Matsubara
    frequency is 2 pi k T/hbar), then its share of the gate and of T1. The Lindblad equation
    needs both small (Breuer and Petruccione 2002, section 3.3.1). At 20 mK the memory is 0.38 ns,
    1.5 % of a gate of 25 ns: T1 is safe, the gate's shape is near the edge.

    >>> memory, of_gate, of_t1 = bath_memory(0.02, 25e-9, 100e-6)
    >>> f"{memory:.2e} {of_gate:.1e} {of_t1:.1e}"
    '3.82e-10 1.5e-02 3.8e-06'
    """
    memory = HBAR / (BOLTZMANN * at_least("temperature", temperature, above=True))
    return (
        np.asarray(memory),
        np.asarray(memory / at_least("gate_time", gate_time, above=True)),
        np.asarray(memory / at_least("t1", t1, above=True)),
    )


def reference_superoperator(
    hamiltonian: Hamiltonian,
    jumps: Complex,
    rates: Sequence[float] | NDArray[np.float64],
    *,
    tolerance: float = 1e-11,
) -> Complex:
    """Superoperator over the whole pulse by ``qutip.propagator``; shape (n^2, n^2).

    jumps : (R, n, n). rates : (R,), 1/s. tolerance : relative, of QuTiP's Runge-Kutta solver
    (Verner's of order nine); absolute it is a tenth of that. Solved piece by piece between the
    breaks, with time in ns to keep the numbers near one, and in 20 steps at least: a state that
    nothing acts on yet would else be carried over the pulse in one.
    """
    import qutip

    def operator(matrix: Complex) -> qutip.Qobj:
        return qutip.Qobj(matrix * 1e-9)

    def scaled(coefficient: Coefficient) -> Callable[[float], float]:
        return lambda t: float(coefficient(np.asarray(t * 1e-9)))

    terms = [[operator(matrix), scaled(c)] for matrix, c in hamiltonian.terms]
    decay = [
        qutip.Qobj(jump * math.sqrt(rate * 1e-9))
        for jump, rate in zip(jumps, rates, strict=True)
        if rate > 0
    ]
    size = hamiltonian.static.shape[0]
    generator = qutip.liouvillian(qutip.QobjEvo([operator(hamiltonian.static), *terms]), decay)
    options: dict[str, object] = {
        "method": "vern9",
        "rtol": tolerance,
        "atol": tolerance / 10,
        "nsteps": 1_000_000,
        "progress_bar": "",
    }
    total = np.eye(size * size, dtype=np.complex128)
    for start, end in zip(hamiltonian.breaks[:-1], hamiltonian.breaks[1:], strict=True):
        options["max_step"] = (end - start) * 1e9 / 20
        piece = qutip.propagator(generator, [start * 1e9, end * 1e9], options=options)[-1]
        total = piece.full() @ total
    # QuTiP stacks columns; here rows come first.
    order = np.arange(size * size).reshape(size, size).T.ravel()
    return np.asarray(total[np.ix_(order, order)], dtype=np.complex128)
