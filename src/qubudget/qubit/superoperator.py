"""Many designs under one pulse: batched superoperators of the Lindblad equation.

The unitary U(t) of the pulse is solved once. In its interaction picture the equation is
d rho'/dt = sum_r g_r D_r(t) rho', linear in the rates, with D_r(t) the dissipator of U+ L_r U.
The integrals of D_r over segments, and their first moments, are therefore also found once, and
a design costs a sum over its rates and two short exponential series per segment: the fourth-order
commutator-free Magnus method, exp(B0/2 + 2 B1) exp(B0/2 - 2 B1), with
B0 = int D dt and B1 = int (t - centre)/length D dt (S. Blanes and P. C. Moan, Appl. Numer. Math.
56, 1519 (2006)). Without rates the answer is the pulse's unitary. Everything between is real
in a Hermitian basis of operators.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from qubudget.errors import OutOfRangeError
from qubudget.qubit.lindblad import Complex, Hamiltonian
from qubudget.qubit.ranges import at_least

Real = NDArray[np.float64]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(6)
_GAUSS = math.sqrt(3) / 6
_PHASE = 0.5  # rad of the pulse's fastest phase in one quadrature panel
_TIGHTNESS = 3e6
_MOST_SEGMENTS = 1024
_MOST_KEPT = 32  # segments whose moments stay in memory
_BATCH = 1 << 20  # numbers in one array of a batch: stays near the processor's cache
_ROUNDING = 1e-15


def steps(hamiltonian: Hamiltonian, times: Real) -> Complex:
    """Unitaries of each interval of ``times`` (T), by commutator-free Magnus steps of order four.

    Shape (T - 1, n, n).
    """
    length = np.diff(times)[:, None, None]
    middle = (times[1:] + times[:-1]) / 2
    early = hamiltonian(middle - _GAUSS * np.diff(times))
    late = hamiltonian(middle + _GAUSS * np.diff(times))
    large, small = 0.25 + _GAUSS, 0.25 - _GAUSS
    first = _exponential(length * (large * early + small * late))
    second = _exponential(length * (small * early + large * late))
    both = second @ first
    # One Newton step to the nearest unitary, or rounding adds up over thousands of steps.
    return np.asarray(1.5 * both - 0.5 * both @ (np.swapaxes(both.conj(), -1, -2) @ both))


def propagator(hamiltonian: Hamiltonian, *, panels: int | None = None) -> Complex:
    """U over the whole pulse, (n, n).

    panels : equal steps between two breaks; by default as many as the fastest phase needs.
    """
    return _product(steps(hamiltonian, _panels(hamiltonian, panels)))


def unitary_superoperator(unitary: Complex) -> Complex:
    """U rho U+ as a matrix on rho.reshape(-1)."""
    return np.asarray(np.kron(unitary, unitary.conj()))


class Process:
    """A pulse with its jump operators, ready for many sets of rates.

    hamiltonian : of n levels. jumps : (R, n, n), operators at unit rate.
    """

    def __init__(self, hamiltonian: Hamiltonian, jumps: Complex) -> None:
        self.hamiltonian = hamiltonian
        self.jumps = jumps
        self.size = hamiltonian.static.shape[0]
        self.duration = hamiltonian.breaks[-1] - hamiltonian.breaks[0]
        self._basis = _hermitian_basis(self.size)
        self._to_real = csr_array(self._basis.conj().T)  # one or two numbers a row
        self._norms = np.array([np.linalg.norm(jump, 2) ** 2 for jump in jumps])
        self._kept: dict[int, tuple[tuple[Real, Real], ...]] = {}

    @cached_property
    def unitary(self) -> Complex:
        """U of the whole pulse, (n, n)."""
        return _product(steps(self.hamiltonian, self._grid(1)[1]))

    def superoperators(self, rates: ArrayLike) -> Complex:
        """Superoperators at ``rates`` (..., R), 1/s; shape (..., n^2, n^2).

        Raises
        ------
        OutOfRangeError: a negative or infinite rate, not R of them, or so much decay during the
        gate that nothing is left to compute (more than about 60 in the sum of rates times time).
        """
        given = at_least("rates", rates)
        if given.ndim == 0 or given.shape[-1] != len(self.jumps):
            raise OutOfRangeError(f"{len(self.jumps)} rates needed, got shape {given.shape}")
        flat = given.reshape(-1, len(self.jumps))
        segments = self._segments(flat)
        dim = self.size**2
        left = unitary_superoperator(self.unitary) @ self._basis
        right = self._basis.conj().T
        result = np.empty((len(flat), dim, dim), dtype=np.complex128)
        most = max(1, _BATCH // dim**2)
        for count in np.unique(segments):
            members = np.flatnonzero(segments == count)
            for start in range(0, len(members), most):
                chosen = members[start : start + most]
                inner = self._inner(flat[chosen], int(count))
                result[chosen] = left @ (inner @ right)
        return result.reshape(*given.shape[:-1], dim, dim)

    def _segments(self, rates: Real) -> NDArray[np.int64]:
        """Magnus segments of each design: a power of two, by its total decay over the pulse.

        The error falls as decay^2/segments^3.3 (measured against QuTiP); ``_TIGHTNESS`` keeps it
        near 1e-9.
        """
        decay = rates @ self._norms * self.duration
        needed = np.maximum(1.0, (_TIGHTNESS * decay**2) ** 0.3)
        count = np.asarray(np.exp2(np.ceil(np.log2(needed))), dtype=np.int64)
        if np.any(count > _MOST_SEGMENTS):
            raise OutOfRangeError(
                f"rates times gate time of {decay.max():.3g}: nothing is left when the gate ends"
            )
        return count

    def _inner(self, rates: Real, count: int) -> Real:
        """Superoperators in the interaction picture and the Hermitian basis."""
        shape = (len(rates), self.size**2, self.size**2)
        total = np.broadcast_to(np.eye(self.size**2), shape)
        for area, tilt in self._moments(count):
            half = (rates @ area).reshape(shape) / 2
            turn = (rates @ tilt).reshape(shape) * 2
            total = _series(half - turn, total)
            total = _series(half + turn, total)
        return total

    def _moments(self, count: int) -> Iterable[tuple[Real, Real]]:
        """Integral and first moment (R, n^4), s, of D_r(t) in each segment; kept while few."""
        if count > _MOST_KEPT:
            return self._integrate(count)
        if count not in self._kept:
            self._kept[count] = tuple(self._integrate(count))
        return self._kept[count]

    def _grid(self, count: int) -> tuple[Real, Real]:
        """Edges of the quadrature panels, and all times: edges and nodes."""
        edges = _panels(self.hamiltonian, None, least=count)
        nodes = edges[:-1, None] + np.diff(edges)[:, None] * (1 + _NODES) / 2
        inside = np.concatenate([nodes, edges[1:, None]], axis=1).ravel()
        return edges, np.concatenate([edges[:1], inside])

    def _integrate(self, count: int) -> Iterator[tuple[Real, Real]]:
        edges, times = self._grid(count)
        within = steps(self.hamiltonian, times)
        panels = len(edges) - 1
        bounds = np.arange(count + 1) * panels // count  # first panel of each segment
        per_panel = len(_NODES) + 1
        unitary = np.eye(self.size, dtype=np.complex128)
        for low, high in pairwise(bounds):
            frames = np.empty((high - low, per_panel, self.size, self.size), dtype=np.complex128)
            for index in np.ndindex(high - low, per_panel):
                unitary = within[(low + index[0]) * per_panel + index[1]] @ unitary
                frames[index] = unitary
            nodes = times[1:].reshape(panels, per_panel)[low:high, :-1]
            weight = (np.diff(edges)[low:high, None] * _WEIGHTS / 2).ravel()
            start, end = edges[low], edges[high]
            lever = (nodes.ravel() - (start + end) / 2) / (end - start)
            kept = frames[:, :-1].reshape(-1, self.size, self.size)
            moved = [kept.conj().transpose(0, 2, 1) @ jump @ kept for jump in self.jumps]
            yield (
                np.array([self._dissipator(jumps, weight).ravel() for jumps in moved]),
                np.array([self._dissipator(jumps, weight * lever).ravel() for jumps in moved]),
            )

    def _dissipator(self, jumps: Complex, weight: Real) -> Real:
        """Weighted sum over (T, n, n) of the dissipators, in the Hermitian basis."""
        n = self.size
        scaled = jumps * weight[:, None, None]
        pairs = scaled.reshape(-1, n * n).T @ jumps.reshape(-1, n * n).conj()  # L_ij L*_kl
        gain = pairs.reshape(n, n, n, n).transpose(0, 2, 1, 3).reshape(n * n, n * n)
        decay = scaled.reshape(-1, n).conj().T @ jumps.reshape(-1, n)
        eye = np.eye(n)
        generator = gain - (np.kron(decay, eye) + np.kron(eye, decay.T)) / 2
        return np.asarray((self._to_real @ (generator @ self._to_real.conj().T)).real)


def _panels(hamiltonian: Hamiltonian, panels: int | None, least: int = 1) -> Real:
    """Edges of the quadrature panels, equal between two breaks."""
    breaks = np.array(hamiltonian.breaks)
    pieces = np.diff(breaks)
    probes = hamiltonian(np.linspace(breaks[0], breaks[-1], 65))
    energies = np.linalg.eigvalsh(probes)
    width = float(np.max(energies[:, -1] - energies[:, 0]))
    wanted = max(least * 2, 8, width * float(pieces.sum()) / _PHASE)
    edges = [breaks[:1]]
    for start, length in zip(breaks[:-1], pieces, strict=True):
        number = panels or max(2, math.ceil(wanted * length / pieces.sum()))
        edges.append(start + length * np.arange(1, number + 1) / number)
    return np.concatenate(edges)


def _exponential(generator: Complex) -> Complex:
    """exp(-i G) of Hermitian (..., n, n)."""
    values, vectors = np.linalg.eigh(generator)
    phases = np.exp(-1j * values)[..., None, :]
    return np.asarray((vectors * phases) @ np.swapaxes(vectors.conj(), -1, -2))


def _series(small: Real, after: Real) -> Real:
    """exp(A) times ``after``, both (B, m, m), by the Taylor series of a small A."""
    bound = float(np.max(np.sum(np.abs(small), axis=-1)))
    total = term = after
    order, size = 0, 1.0
    while size > _ROUNDING:
        order += 1
        size *= bound / order
        term = small @ term
        term /= order
        total = total + term
    return total


def _product(unitaries: Complex) -> Complex:
    """The last times ... times the first of (T, n, n)."""
    total = np.eye(unitaries.shape[-1], dtype=np.complex128)
    for unitary in unitaries:
        total = unitary @ total
    return total


def _hermitian_basis(size: int) -> Complex:
    """Orthonormal Hermitian operators as columns of a (n^2, n^2) unitary."""
    columns = np.zeros((size, size, size * size), dtype=np.complex128)
    at = 0
    for j in range(size):
        columns[j, j, at] = 1.0
        at += 1
        for k in range(j):
            columns[j, k, at] = columns[k, j, at] = 1 / math.sqrt(2)
            columns[j, k, at + 1] = 1j / math.sqrt(2)
            columns[k, j, at + 1] = -1j / math.sqrt(2)
            at += 2
    return columns.reshape(size * size, size * size)
