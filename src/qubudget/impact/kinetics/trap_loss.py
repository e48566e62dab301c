"""What traps and other lossy parts cost a qubit: 1/Q of resistances and of quasiparticles.

All return 1/Q = 1/(omega T1) and add. A participation is that part's share of the qubit's energy.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import PLANCK
from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]


def _checked(name: str, value: ArrayLike, *, share: bool = False) -> Array:
    numbers = np.asarray(value, dtype=np.float64)
    if not np.all(np.isfinite(numbers)) or np.any(numbers < 0) or (share and np.any(numbers > 1)):
        raise OutOfRangeError(
            f"{name} must be {'a share in [0, 1]' if share else 'finite and >= 0'}"
        )
    return numbers


def series_loss(
    resistance: ArrayLike, impedance: ArrayLike, current_share: ArrayLike = 1.0
) -> Array:
    """1/Q of a resistance that part of the qubit's current flows through.

    R/Z share^2, Z = sqrt(L/C): loss scales as the component's resistance (Martinis, npj Quantum
    Inf. 7, 90 (2021): 1e3 to 1e4 times below the junction's for traps and their interfaces).

    Parameters
    ----------
    resistance : R, Ohm. impedance : Z of the qubit, Ohm (300 Ohm for a transmon of 100 fF at
    5 GHz). current_share : of the qubit's current that flows through R, in [0, 1].

    >>> float(series_loss(3e-4, 300.0, 0.1).round(12))
    1e-08
    """
    z = _checked("impedance", impedance)
    if np.any(z == 0):
        raise OutOfRangeError("the qubit's impedance must be > 0")
    share = _checked("current_share", current_share, share=True)
    return np.asarray(_checked("resistance", resistance) / z * share**2)


def coupled_loss(
    resistance: ArrayLike, coupling: ArrayLike, total: ArrayLike, frequency: ArrayLike
) -> Array:
    """1/Q of a resistance in series with a capacitance across the qubit.

    (C/C_total) w R C/(1 + (w R C)^2): an island near the qubit's electrodes.

    Parameters
    ----------
    resistance : Ohm. coupling : C in series with it, F. total : C_total of the qubit with it, F.
    frequency : of the qubit, Hz.

    Martinis 2021, Fig. 7, has R = 6 and 0.01 Ohm behind a fifth of the capacitance (here 20 of
    100 fF) and prints Q of about 1 k, which follows, and 3 M, which needs 0.003 Ohm:

    >>> (1 / coupled_loss([6.0, 0.01, 0.0027], 20e-15, 100e-15, 5e9)).round(-2).tolist()
    [1300.0, 795800.0, 2947300.0]
    """
    c, whole = _checked("coupling", coupling), _checked("total", total)
    if np.any(whole <= 0) or np.any(c > whole):
        raise OutOfRangeError("the coupling is part of the qubit's capacitance, which is > 0")
    turn = 2 * np.pi * _checked("frequency", frequency) * _checked("resistance", resistance) * c
    return np.asarray(c / whole * turn / (1 + turn**2))


def quasiparticle_loss(
    share: ArrayLike, fraction: ArrayLike, gap: ArrayLike, frequency: ArrayLike
) -> Array:
    """1/Q of quasiparticles in a superconductor, as in a low-gap trap that is full of them.

    share x sqrt(2 Delta/(h f))/pi: G. Catelani et al., Phys. Rev. B 84, 064517 (2011); the
    junction's is the same with a share of one.

    Parameters
    ----------
    share : kinetic inductance of the part over the qubit's inductance, in [0, 1].
    fraction : x = n/(2 N0 Delta) in it, with its own gap. gap : Delta of it, J, > 0.
    frequency : of the qubit, Hz, > 0, below 2 Delta/h; `OutOfRangeError` above.

    At 5 GHz and 180 ueV a fraction x in the junction relaxes a qubit at 4.17e10 x per second:

    >>> gap = 180e-6 * 1.602176634e-19
    >>> f"{2 * np.pi * 5e9 * quasiparticle_loss(1.0, 1.0, gap, 5e9):.3g}"
    '4.17e+10'
    """
    delta, f = _checked("gap", gap), _checked("frequency", frequency)
    if np.any(f <= 0) or np.any(PLANCK * f >= 2 * delta):
        raise OutOfRangeError("a qubit at or above 2 Delta/h breaks the trap's pairs")
    x = _checked("fraction", fraction)
    part = _checked("share", share, share=True)
    return np.asarray(part * x / np.pi * np.sqrt(2 * delta / (PLANCK * f)))
