"""The transmon: levels, matrix elements, charge dispersion, and the circuit that has a given f01.

H = 4 E_C (n - n_g)^2 - E_J cos(phi) in the basis of Cooper-pair number, where cos(phi) moves one
pair: a tridiagonal matrix. J. Koch et al., Phys. Rev. A 76, 042319 (2007), Eq. 2.1. E_C is
e^2/(2 C), the energy of one electron. Energies are given and returned over h, in Hz.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg import eigh_tridiagonal
from scipy.optimize import brentq

from qubudget.errors import OutOfRangeError

LARGEST_RATIO: Final = 1e6
"""Largest E_J/E_C taken: above it rounding in the charge basis exceeds 1e-9 of E_C."""
SMALLEST_INVERTED_RATIO: Final = 1.0
"""Smallest E_J/E_C that ``transmon_energies`` returns: below it the circuit is a charge qubit."""


@dataclass(frozen=True)
class MatrixElements:
    """Operators between the lowest levels, rows and columns in ascending order of energy.

    energies : (count,) Hz. charge : (count, count), of n in Cooper pairs. cosine : of cos(phi).
    half_sine : |<i'| sin(phi/2) |j>|, of a quasiparticle's tunnelling: the final state i' has one
    electron more on the island, hence n_g shifted by one half (G. Catelani et al.,
    Phys. Rev. B 84, 064517 (2011)). The signs of eigenvectors are arbitrary, so those of
    off-diagonal elements are too.
    """

    energies: NDArray[np.float64]
    charge: NDArray[np.float64]
    cosine: NDArray[np.float64]
    half_sine: NDArray[np.float64]


def transmon_levels(
    josephson: ArrayLike,
    charging: ArrayLike,
    *,
    offset_charge: ArrayLike = 0.0,
    count: int = 3,
) -> NDArray[np.float64]:
    """Lowest ``count`` energies over h, ascending, Hz; shape (..., count).

    josephson, charging : E_J/h >= 0 and E_C/h > 0, Hz. offset_charge : n_g, Cooper pairs.
    These broadcast. Converged to 1e-9 of E_C in the number of charge states.

    Raises
    ------
    OutOfRangeError: E_J < 0, E_C <= 0, E_J/E_C > 1e6, a value that is not finite, or count < 1.

    Without a junction the levels are the charging parabolas 4 E_C (n - n_g)^2:

    >>> transmon_levels(0.0, 1.0, offset_charge=0.25, count=3).tolist()
    [0.25, 2.25, 6.25]
    """
    if count < 1:
        raise OutOfRangeError(f"count of levels: given {count}; allowed: 1 or more")
    e_j, e_c, n_g = np.broadcast_arrays(
        np.asarray(josephson, dtype=np.float64),
        np.asarray(charging, dtype=np.float64),
        np.asarray(offset_charge, dtype=np.float64),
    )
    levels = np.empty((*e_j.shape, count))
    for at in np.ndindex(e_j.shape):
        josephson_here, charging_here = float(e_j[at]), float(e_c[at])
        charges = _charges(josephson_here, charging_here, count)
        levels[at] = eigh_tridiagonal(
            *_hamiltonian(josephson_here, charging_here, _reduced(float(n_g[at])), charges),
            eigvals_only=True,
            select="i",
            select_range=(0, count - 1),
        )
    return levels


def matrix_elements(
    josephson: float, charging: float, count: int = 3, *, offset_charge: float = 0.0
) -> MatrixElements:
    """Energies and the matrices of n, cos(phi) and sin(phi/2) between the lowest levels.

    josephson, charging : E_J/h and E_C/h, Hz. count : number of levels. offset_charge : n_g.
    Raises as ``transmon_levels`` does.

    The harmonic limit is |<0|n|1>|^2 = sqrt(E_J/(32 E_C)) and |<0|sin(phi/2)|1>|^2 = E_C/(h f01):

    >>> found = matrix_elements(1e5, 1.0, 2)
    >>> f01 = found.energies[1] - found.energies[0]
    >>> round(float(found.charge[0, 1] ** 2 / (1e5 / 32) ** 0.5), 2)
    1.0
    >>> round(float(found.half_sine[0, 1] ** 2 * f01), 2)
    1.0
    """
    if count < 1:
        raise OutOfRangeError(f"count of levels: given {count}; allowed: 1 or more")
    charges = _charges(josephson, charging, count)
    n_g = _reduced(offset_charge)
    energies, states = _states(josephson, charging, n_g, charges, count)
    _, odd = _states(josephson, charging, n_g - 0.5, charges, count)
    # n of the odd states is m + 1/2, so exp(+-i phi/2) takes n to m = n and to m = n - 1.
    half_sine = np.abs(odd.T @ states - odd[:-1].T @ states[1:]) / 2
    raised = states[1:].T @ states[:-1]
    return MatrixElements(
        energies=energies,
        charge=states.T @ (charges[:, None] * states) + (offset_charge - n_g) * np.eye(count),
        cosine=(raised + raised.T) / 2,
        half_sine=half_sine,
    )


def charge_dispersion(josephson: float, charging: float, level: int = 0) -> float:
    """Peak-to-peak change of f(level -> level + 1) over the offset charge, Hz.

    josephson, charging : E_J/h and E_C/h, Hz. The bands of neighbouring levels are monotone
    between n_g = 0 and 1/2 and run in opposite directions, so the extremes lie there. Exact at
    any E_J/E_C, to the rounding of the energies: about 1e-14 of E_J, 1e-4 Hz in practice.

    At E_J/E_C = 50 the leading asymptotics, Koch (2007) Eq. 2.5, give 4.8e-5 E_C, the exact
    bands 4.0e-5 E_C:

    >>> f"{charge_dispersion(50.0, 1.0):.1e}"
    '4.0e-05'
    """
    if level < 0:
        raise OutOfRangeError(f"level: given {level}; allowed: 0 or more")
    edges = transmon_levels(josephson, charging, offset_charge=[0.0, 0.5], count=level + 2)
    transition = edges[:, level + 1] - edges[:, level]
    return float(abs(transition[0] - transition[1]))


def transmon_energies(frequency: float, anharmonicity: float) -> tuple[float, float]:
    """E_J/h and E_C/h (Hz) of the transmon with these transitions at n_g = 0.

    frequency : f01, Hz. anharmonicity : f01 - f12 > 0, Hz. Solves for E_J/E_C, on which the
    relative anharmonicity alone depends and falls monotonically.

    Raises
    ------
    OutOfRangeError: no transmon with E_J/E_C between 1 and 1e6 has this pair.

    >>> e_j, e_c = transmon_energies(5e9, 0.2e9)
    >>> first, second = np.diff(transmon_levels(e_j, e_c))
    >>> round(float(first)), round(float(first - second))
    (5000000000, 200000000)
    """
    if not (0 < frequency < np.inf and 0 < anharmonicity < np.inf):
        raise OutOfRangeError(
            f"frequency {frequency:g} Hz and anharmonicity {anharmonicity:g} Hz must be positive"
        )
    wanted = anharmonicity / frequency

    def excess(log_ratio: float) -> float:
        first, second = np.diff(transmon_levels(np.exp(log_ratio), 1.0))
        return float((first - second) / first) - wanted

    low, high = np.log(SMALLEST_INVERTED_RATIO), np.log(LARGEST_RATIO)
    most, least = excess(low) + wanted, excess(high) + wanted
    if not least < wanted < most:
        raise OutOfRangeError(
            f"no transmon has frequency {frequency:g} Hz and anharmonicity {anharmonicity:g} Hz: "
            f"their ratio {wanted:.3g} must lie between {least:.2g} (E_J/E_C = "
            f"{LARGEST_RATIO:g}) and {most:.2g} (E_J/E_C = {SMALLEST_INVERTED_RATIO:g})"
        )
    ratio = float(np.exp(brentq(excess, low, high, xtol=1e-13, rtol=1e-13)))
    levels = transmon_levels(ratio, 1.0, count=2)
    charging = frequency / float(levels[1] - levels[0])
    return ratio * charging, charging


def josephson_at_flux(
    josephson_sum: ArrayLike, flux: ArrayLike, asymmetry: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """E_J of two junctions in a loop, in the unit of ``josephson_sum``.

    josephson_sum : E_J1 + E_J2 >= 0. flux : flux quanta. asymmetry : d =
    |E_J1 - E_J2|/(E_J1 + E_J2), 0 to 1. E_J |cos(pi phi)| sqrt(1 + d^2 tan^2(pi phi)),
    Koch (2007) Eq. 2.18, without its pole at half a flux quantum.

    Raises
    ------
    OutOfRangeError: a negative sum, an asymmetry outside 0 to 1, or a flux that is not finite.

    >>> float(josephson_at_flux(20e9, 0.5, 0.25))
    5000000000.0
    """
    d = np.asarray(asymmetry, dtype=np.float64)
    if not np.all((d >= 0) & (d <= 1)):
        raise OutOfRangeError("junction asymmetry: allowed: 0 to 1")
    total = np.asarray(josephson_sum, dtype=np.float64)
    if not np.all((total >= 0) & np.isfinite(total)):
        raise OutOfRangeError("sum of Josephson energies: allowed: 0 or more, finite")
    angle = np.pi * np.asarray(flux, dtype=np.float64)
    if not np.all(np.isfinite(angle)):
        raise OutOfRangeError("flux: allowed: a finite number of flux quanta")
    return total * np.hypot(np.cos(angle), d * np.sin(angle))


def _reduced(offset_charge: float) -> float:
    """n_g in [-1/2, 1/2]: the spectrum has period one."""
    if not np.isfinite(offset_charge):
        raise OutOfRangeError(f"offset charge: given {offset_charge}; allowed: a finite number")
    return offset_charge - round(offset_charge)


def _charges(josephson: float, charging: float, count: int) -> NDArray[np.float64]:
    """Cooper-pair numbers that hold the lowest ``count`` states to well below 1e-9."""
    if not (0 <= josephson < np.inf and 0 < charging < np.inf):
        raise OutOfRangeError(
            f"E_J/h {josephson:g} Hz must be 0 or more and E_C/h {charging:g} Hz above 0"
        )
    ratio = josephson / charging
    if ratio > LARGEST_RATIO:
        raise OutOfRangeError(f"E_J/E_C = {ratio:.3g}: at most {LARGEST_RATIO:g}")
    # Spread of charge in the ground state; level k turns at 2 sqrt(k + 1/2) of it, and a
    # Gaussian tail of nine more holds 1e-18 of the probability. Free rotors need count/2.
    spread = (ratio / 32) ** 0.25
    cut = int(np.ceil(8 + count + spread * (2 * np.sqrt(count) + 9)))
    return np.arange(-cut, cut + 1, dtype=np.float64)


def _hamiltonian(
    josephson: float, charging: float, offset_charge: float, charges: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Diagonal and side diagonal, Hz."""
    diagonal = 4 * charging * (charges - offset_charge) ** 2
    return diagonal, np.full(charges.size - 1, -josephson / 2)


def _states(
    josephson: float,
    charging: float,
    offset_charge: float,
    charges: NDArray[np.float64],
    count: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Energies (count,) and eigenvectors (charges, count)."""
    energies, states = eigh_tridiagonal(
        *_hamiltonian(josephson, charging, offset_charge, charges),
        select="i",
        select_range=(0, count - 1),
    )
    return np.asarray(energies, dtype=np.float64), np.asarray(states, dtype=np.float64)
