"""What the circuit of a transmon with a given frequency and anharmonicity implies.

The pair determines E_J and E_C, and these the sensitivity to charge and flux and the ladder of
higher levels. Each function keeps its answers, because finding E_J and E_C takes milliseconds.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qubudget import transmon
from qubudget.errors import OutOfRangeError

_SMALLEST_SQUID = 1e-6  # E_J(flux)/E_J,sum below which no real loop makes the stated frequency

_energies = lru_cache(maxsize=4096)(transmon.transmon_energies)


@lru_cache(maxsize=4096)
def charge_dispersion(frequency: float, anharmonicity: float) -> float:
    """Peak-to-peak change of f01 over the offset charge, Hz.

    frequency : f01, Hz. anharmonicity : f01 - f12 > 0, Hz. By diagonalisation.

    Raises
    ------
    OutOfRangeError: no transmon has this pair.

    >>> f"{charge_dispersion(5e9, 0.3e9):.3g}"
    '8.87e+03'
    """
    return transmon.charge_dispersion(*_energies(frequency, anharmonicity))


@lru_cache(maxsize=4096)
def flux_sensitivity(
    frequency: float, anharmonicity: float, flux_bias: float, asymmetry: float
) -> float:
    """|d f01/d flux| at the bias, Hz per flux quantum.

    frequency, anharmonicity : Hz, as they are at the bias. flux_bias : flux quanta. asymmetry :
    |E_J1 - E_J2|/(E_J1 + E_J2), 0 to 1; at 1 the loop has one junction and the answer is 0.

    df/dflux = (df/dE_J) (dE_J/dflux), with df/dE_J = <0|cos phi|0> - <1|cos phi|1>
    (Hellmann-Feynman) and the loop's E_J(flux) of Koch et al. (2007), Eq. 2.18.

    Raises
    ------
    OutOfRangeError: no transmon has this pair, the asymmetry is not in 0 to 1, or the loop's E_J
    vanishes at the bias (half a flux quantum with equal junctions).

    At a quarter flux quantum with equal junctions df/dflux is about -(pi/2)(f01 + E_C/h):

    >>> round(flux_sensitivity(5e9, 0.2e9, 0.25, 0.0) / (math.pi / 2 * 5.2e9), 2)
    1.0
    """
    josephson, charging = _energies(frequency, anharmonicity)
    share = float(transmon.josephson_at_flux(1.0, flux_bias, asymmetry))
    if share < _SMALLEST_SQUID:
        raise OutOfRangeError(
            f"a flux bias of {flux_bias:g} with junction asymmetry {asymmetry:g} leaves no "
            "Josephson energy: no loop has the stated frequency there"
        )
    slope = math.pi / 2 * (1 - asymmetry**2) * math.sin(2 * math.pi * flux_bias) / share**2
    cosine = transmon.matrix_elements(josephson, charging, 2).cosine
    return abs(float(cosine[0, 0] - cosine[1, 1]) * josephson * slope)


@lru_cache(maxsize=256)
def ladder(
    frequency: float, anharmonicity: float, levels: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Transition frequencies and charge matrix elements of the lowest ``levels`` levels.

    frequency, anharmonicity : f01 and f01 - f12, Hz. levels : 2 or more.
    Returns f(k -> k+1), Hz, and |<k|n|k+1>|/|<0|n|1>| for k = 0 ... levels - 2, at n_g = 0, as
    read-only arrays. The harmonic oscillator's elements are sqrt(k + 1). Levels above the
    cosine's top depend on the offset charge: see ``transmon.charge_dispersion``.

    Raises
    ------
    OutOfRangeError: no transmon has this pair, or fewer than two levels.

    >>> transitions, elements = ladder(5e9, 0.2e9, 3)
    >>> [round(float(f) / 1e6) for f in transitions], [round(float(m), 3) for m in elements]
    ([5000, 4800], [1.0, 1.385])
    """
    if levels < 2:
        raise OutOfRangeError(f"levels of the transmon: given {levels}; allowed: 2 or more")
    found = transmon.matrix_elements(*_energies(frequency, anharmonicity), levels)
    elements = np.abs(np.diag(found.charge, 1))
    transitions, relative = np.diff(found.energies), elements / elements[0]
    transitions.flags.writeable = relative.flags.writeable = False
    return transitions, relative
