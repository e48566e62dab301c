"""Decay of the qubit through its read-out resonator."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qubit.ranges import at_least

DISPERSIVE_LIMIT = 0.1
"""Largest (g/Delta)^2 for which the dispersive approximation is used."""


def coupling_squared(
    qubit_frequency: ArrayLike,
    resonator_frequency: ArrayLike,
    anharmonicity: ArrayLike,
    shift: ArrayLike,
) -> NDArray[np.float64]:
    """g^2 (Hz^2) of a transmon from its dispersive shift.

    |chi| = g^2 alpha / |Delta (Delta - alpha)|, Delta = f_q - f_r;
    J. Koch et al., Phys. Rev. A 76, 042319 (2007), Eq. 3.10 with three levels. chi is half the
    qubit's shift per photon.

    All arguments in Hz (not angular): qubit and resonator frequency, magnitude of the
    anharmonicity (> 0), magnitude of chi.

    A shift of 1 MHz at 1.5 GHz detuning and 300 MHz anharmonicity needs g = 95 MHz:

    >>> round(float(np.sqrt(coupling_squared(5e9, 6.5e9, 0.3e9, 1e6))) / 1e6)
    95
    """
    alpha = at_least("anharmonicity", anharmonicity, above=True)
    detuning = at_least("qubit_frequency", qubit_frequency, above=True) - at_least(
        "resonator_frequency", resonator_frequency, above=True
    )
    return np.abs(np.asarray(shift, dtype=np.float64) * detuning * (detuning - alpha)) / alpha


def purcell_rate(
    qubit_frequency: ArrayLike,
    resonator_frequency: ArrayLike,
    anharmonicity: ArrayLike,
    shift: ArrayLike,
    linewidth: ArrayLike,
    suppression: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Decay rate into a cold line through the resonator, kappa (g/Delta)^2 / suppression, 1/s.

    A. A. Houck et al., Phys. Rev. Lett. 101, 080502 (2008). Frequencies as in
    ``coupling_squared``, Hz; linewidth : kappa/2 pi, Hz; suppression : of a Purcell filter, >= 1.

    Raises
    ------
    OutOfRangeError: (g/Delta)^2 is above 0.1, where the dispersive approximation fails.
    """
    g_squared = coupling_squared(qubit_frequency, resonator_frequency, anharmonicity, shift)
    detuning = np.asarray(qubit_frequency, dtype=np.float64) - np.asarray(
        resonator_frequency, dtype=np.float64
    )
    if np.any(g_squared > DISPERSIVE_LIMIT * detuning**2) or np.any(detuning == 0.0):
        raise OutOfRangeError(
            "qubit and resonator are too close for the dispersive approximation: "
            f"(g/Delta)^2 must not exceed {DISPERSIVE_LIMIT}"
        )
    kappa = 2 * np.pi * at_least("linewidth", linewidth, above=True)
    return kappa * g_squared / detuning**2 / at_least("suppression", suppression, 1.0)
