"""Sensitivities of a transmon to charge and flux for many pairs of its transitions.

Both depend on the relative anharmonicity alone, times the frequency: they are interpolated in
its logarithm by Chebyshev polynomials on panels that do not depend on the points.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import ArrayLike

from qubudget import transmon
from qubudget.errors import OutOfRangeError
from qubudget.study.arrays.inputs import Floats, Points

_WIDTH = 0.1  # of a panel in ln(anharmonicity/frequency)
_DEGREE = 17  # on it: errors below 1e-13 of the largest value
_SMALLEST_SQUID = 1e-6  # as of ``qubit.circuit``


def sensitivities(points: Points) -> tuple[ArrayLike, ArrayLike]:
    """Peak-to-peak change of f01 over the offset charge, and |df01/dflux|, Hz.

    What the design states wins. Relative errors are below 1e-11, or 1e-13 of the frequency where
    that is more: the diagonalisation of a single pair rounds alike.

    Raises
    ------
    OutOfRangeError: as ``qubit.circuit``.
    """
    qubit = points.design.qubit
    dispersion, slope = qubit.charge_dispersion, qubit.flux_sensitivity
    if dispersion is not None and slope is not None:
        return dispersion, slope
    pair = np.broadcast_arrays(
        np.atleast_1d(np.asarray(qubit.frequency, dtype=np.float64)),
        np.atleast_1d(np.asarray(qubit.anharmonicity, dtype=np.float64)),
    )
    if pair[0].size == 1:
        each = [value * pair[0] for value in _of_ratio(float(pair[0][0]), float(pair[1][0]))]
    else:
        each = [value * pair[0] for value in _interpolated(np.log(pair[1] / pair[0]))]
    if dispersion is None:
        dispersion = each[0]  # type: ignore[assignment]
    if slope is None:
        slope = np.abs(each[1] * _bend(qubit.flux_bias, qubit.junction_asymmetry))  # type: ignore[assignment]
    return dispersion, slope  # type: ignore[return-value]


def _bend(flux: ArrayLike, asymmetry: ArrayLike) -> Floats:
    """Relative change of the loop's Josephson energy with the flux."""
    share = transmon.josephson_at_flux(1.0, flux, asymmetry)
    if np.any(share < _SMALLEST_SQUID):
        raise OutOfRangeError("a flux bias and asymmetry that leave no Josephson energy")
    d = np.asarray(asymmetry, dtype=np.float64)
    rise = np.pi / 2 * (1 - d**2) * np.sin(2 * np.pi * np.asarray(flux, dtype=np.float64))
    return np.asarray(rise / share**2)


@lru_cache(maxsize=4096)
def _of_ratio(frequency: float, anharmonicity: float) -> tuple[float, float]:
    """Charge dispersion, and (<0|cos|0> - <1|cos|1>) E_J, both over the frequency."""
    josephson, charging = transmon.transmon_energies(frequency, anharmonicity)
    cosine = transmon.matrix_elements(josephson, charging, 2).cosine
    dispersion = transmon.charge_dispersion(josephson, charging)
    return dispersion / frequency, float(cosine[0, 0] - cosine[1, 1]) * josephson / frequency


@lru_cache(maxsize=256)
def _panel(index: int) -> Floats:
    """Coefficients of both, shape (degree + 1, 2), on one panel."""
    nodes = chebyshev.chebpts1(_DEGREE + 1)
    ratios = np.exp(_WIDTH * (index + 0.5 + nodes / 2)).tolist()
    table = np.array([_of_ratio(1.0, ratio) for ratio in ratios])
    return np.asarray(chebyshev.chebfit(nodes, table, _DEGREE))


def _interpolated(logarithm: Floats) -> tuple[Floats, Floats]:
    place = logarithm / _WIDTH
    panel = np.floor(place)
    within = 2 * (place - panel) - 1
    found = np.empty((2, logarithm.size))
    for index in np.unique(panel).tolist():
        here = panel == index
        found[:, here] = chebyshev.chebval(within[here], _panel(int(index)))
    return found[0], found[1]
