"""Average gate error, leakage and seepage from a unitary or a superoperator.

Superoperators act on rho.reshape(-1), rows first. The computational subspace has dimension d, its
complement d'. Sources: L. H. Pedersen et al., Phys. Lett. A 367, 47 (2007);
C. J. Wood and J. M. Gambetta, Phys. Rev. A 97, 032306 (2018), whose L1, L2 and F_avg these are.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Complex = NDArray[np.complex128]


def unitary_error(unitary: Complex, target: Complex, computational: Iterable[int]) -> float:
    """1 - F_avg of ``unitary`` (n, n) against ``target`` (d, d) on the computational levels.

    F_avg = (tr(M M+) + |tr M|^2)/(d (d + 1)), M = target+ P U P (Pedersen 2007).
    """
    kept = np.array(list(computational))
    block = target.conj().T @ unitary[np.ix_(kept, kept)]
    d = kept.size
    norm = float(np.sum(np.abs(block) ** 2))
    return 1.0 - (norm + abs(complex(np.trace(block))) ** 2) / (d * (d + 1))


def leakage(superoperator: ArrayLike, computational: Iterable[int]) -> NDArray[np.float64]:
    """L1: population that leaves the computational levels, averaged over their states.

    superoperator : (..., n^2, n^2).
    """
    moved, kept = _populations(superoperator, computational)
    return np.asarray(moved[..., ~kept, :][..., :, kept].sum(axis=(-1, -2)) / kept.sum())


def seepage(superoperator: ArrayLike, computational: Iterable[int]) -> NDArray[np.float64]:
    """L2: population that returns, averaged over the states of the other levels.

    superoperator : (..., n^2, n^2). Zero where there are no other levels.
    """
    moved, kept = _populations(superoperator, computational)
    others = max(int((~kept).sum()), 1)
    return np.asarray(moved[..., kept, :][..., :, ~kept].sum(axis=(-1, -2)) / others)


def average_gate_error(
    superoperator: ArrayLike, target: Complex, computational: Iterable[int]
) -> NDArray[np.float64]:
    """1 - F_avg of ``superoperator`` (..., n^2, n^2) against ``target`` (d, d).

    F_avg = (d F_pro + 1 - L1)/(d + 1), F_pro = tr(S_target+ S)/d^2 on the computational levels
    (Wood and Gambetta 2018).
    """
    levels = list(computational)
    size = round(np.shape(superoperator)[-1] ** 0.5)
    rows = (np.array(levels)[:, None] * size + np.array(levels)).ravel()
    block = np.asarray(superoperator)[..., rows[:, None], rows]
    ideal = np.kron(target, target.conj())
    d = len(levels)
    process = np.einsum("ij,...ij->...", ideal.conj(), block).real / d**2
    lost = leakage(superoperator, levels)
    return np.asarray((d * (1.0 - process) + lost) / (d + 1))


def choi(superoperator: ArrayLike) -> Complex:
    """Choi matrix, (..., n^2, n^2): sum over j, k of S(|j><k|) x |j><k|; trace n.

    Completely positive if it has no negative eigenvalue (M.-D. Choi 1975).
    """
    array = np.asarray(superoperator, dtype=np.complex128)
    size = round(array.shape[-1] ** 0.5)
    split = array.reshape(*array.shape[:-2], size, size, size, size)
    return np.swapaxes(split, -3, -2).reshape(array.shape)


def _populations(
    superoperator: ArrayLike, computational: Iterable[int]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Transition probabilities (..., n, n) to row from column; the kept levels."""
    array = np.asarray(superoperator)
    size = round(array.shape[-1] ** 0.5)
    diagonal = np.arange(size) * (size + 1)
    kept = np.zeros(size, dtype=bool)
    kept[list(computational)] = True
    return array[..., diagonal[:, None], diagonal].real, kept
