"""Dephasing by 1/f noise of flux, charge and critical current.

Noise of spectrum S(f) = A^2/|f|, two-sided, so A is the amplitude at 1 Hz per root hertz
(equivalently S(omega) = 2 pi A^2/|omega|). To first order in the noise the coherence of a free
evolution decays as exp(-(G t)^2) with

    G = |d omega/d lambda| A sqrt(L),   L = ln(1/(omega_low t)),

G. Ithier et al., Phys. Rev. B 72, 134519 (2005), section IV; omega_low is the inverse length of
the whole experiment and t the evolution. An echo has ln 2 for L. (Some software has sqrt(2 L).)
A one-sided A is sqrt(2) larger than a two-sided one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qubit.ranges import at_least

RAMSEY_LOG_FACTOR = math.log(1 / (2 * math.pi * 1.0 * 10e-6))
"""L of a free evolution of 10 us in an experiment with a 1 Hz cut-off: 9.67. P. Groszkowski
et al., New J. Phys. 20, 043053 (2018), use these two times; L changes by 2.3 per decade."""
ECHO_LOG_FACTOR = math.log(2)
"""L of a Hahn echo (Ithier 2005)."""


def one_over_f_dephasing(
    amplitude: ArrayLike, sensitivity: ArrayLike, log_factor: ArrayLike
) -> NDArray[np.float64]:
    """Gaussian dephasing rate G of exp(-(G t)^2), 1/s.

    amplitude : A at 1 Hz, in units of lambda per root hertz. sensitivity : |df/d lambda|, Hz per
    unit of lambda. log_factor : L >= 0.

    >>> round(float(one_over_f_dephasing(1e-6, 1e9, ECHO_LOG_FACTOR)))  # 1 uPhi0, 1 GHz/Phi0
    5231
    """
    a = at_least("amplitude", amplitude)
    slope = 2 * np.pi * at_least("sensitivity", sensitivity)
    return slope * a * np.sqrt(at_least("log_factor", log_factor))


def charge_sensitivity(charge_dispersion: ArrayLike) -> NDArray[np.float64]:
    """Largest |df/dq|, Hz per electron, of f01 = f + (eps/2) cos(2 pi n_g), n_g = q/2e.

    charge_dispersion : peak-to-peak eps over the gate charge, Hz. The slope pi eps per n_g is
    Koch et al., Phys. Rev. A 76, 042319 (2007), section III; n_g counts Cooper pairs, so one
    electron is half of it.

    >>> round(float(charge_sensitivity(2.0)), 4)
    3.1416
    """
    return np.pi * at_least("charge_dispersion", charge_dispersion) / 2


def critical_current_sensitivity(
    frequency: ArrayLike, anharmonicity: ArrayLike
) -> NDArray[np.float64]:
    """|df/d ln I_c|, Hz, of a transmon: (f01 + E_C/h)/2 with E_C/h its anharmonicity.

    From h f01 = sqrt(8 E_J E_C) - E_C (Koch 2007, Eq. 2.11), E_J proportional to I_c.

    >>> float(critical_current_sensitivity(5e9, 0.2e9))
    2600000000.0
    """
    f = at_least("frequency", frequency, above=True)
    return (f + at_least("anharmonicity", anharmonicity)) / 2
