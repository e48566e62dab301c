"""Relaxation into lossy dielectrics: rates down and up for three kinds of bath.

- ``tls``: two-level systems (standard tunnelling model). tan_delta(T) = tan_delta0 tanh(hf/2kT)
  and the bath's fluctuations grow as coth(hf/2kT), so the *sum* of the rates does not depend on
  temperature while unsaturated. Writing 1/T1 = omega tan_delta(T) alone would raise T1 33-fold
  at 4 K and 5 GHz. Drive power saturates: 1/sqrt(1 + (n/nc)^beta tanh(hf/2kT)).
  W. A. Phillips, Rep. Prog. Phys. 50, 1657 (1987); saturation as in K. D. Crowley et al.,
  Phys. Rev. X 13, 041005 (2023). Above about 1 K relaxational absorption adds to it, which is
  not in this model: there it is a lower bound of the loss.
- ``oscillator``: a bath with constant tan_delta; rates grow with coth(hf/2kT).
- ``published``: the first paper's rule K tan_delta coth(hf/2kT), K = 6e9 /s in place of omega,
  read as a relaxation rate.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qubit.published import COUPLING
from qubudget.qubit.ranges import at_least
from qubudget.qubit.thermal import coth_factor, split_rate

Bath = Literal["tls", "oscillator", "published"]

RELAXATIONAL_ABOVE = 1.0
"""Temperature (K) above which relaxational loss of two-level systems is no longer small."""


def tls_saturation(
    frequency: ArrayLike,
    temperature: ArrayLike,
    saturation: ArrayLike = 0.0,
    exponent: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Reduction of two-level loss by drive power, 1/sqrt(1 + (n/nc)^beta tanh(hf/2kT)).

    frequency : Hz. temperature : K. saturation : n/nc >= 0. exponent : beta >= 0.
    Returns a factor in (0, 1]; 1 without drive.

    >>> float(tls_saturation(5e9, 0.001, 3.0, 1.0))
    0.5
    """
    drive = at_least("saturation", saturation)
    beta = at_least("exponent", exponent)
    term = np.where(drive > 0, drive**beta, 0.0)
    return 1.0 / np.sqrt(1.0 + term / coth_factor(frequency, temperature))


def dielectric_rates(
    bath: Bath,
    tan_delta: ArrayLike,
    frequency: ArrayLike,
    temperature: ArrayLike,
    *,
    saturation: ArrayLike = 0.0,
    exponent: ArrayLike = 1.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates down and up into a lossy dielectric, 1/s.

    bath : "tls", "oscillator" or "published". tan_delta : participation x loss tangent at zero
    temperature and low power. frequency : Hz. temperature : K. saturation, exponent : n/nc and
    beta, of the "tls" bath only.

    The T1 of the sum at 5 GHz and 3e-7 is 1/(omega tan_delta) = 106 us at any temperature in
    the two-level bath, and 33.35 times shorter at 4 K in the oscillator bath:

    >>> round(1e6 / float(sum(dielectric_rates("tls", 3e-7, 5e9, 4.0))), 1)
    106.1
    >>> round(1e6 / float(sum(dielectric_rates("oscillator", 3e-7, 5e9, 4.0))), 2)
    3.18
    """
    loss = at_least("tan_delta", tan_delta)
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    if bath == "tls":
        total = omega * loss * tls_saturation(frequency, temperature, saturation, exponent)
    elif bath == "oscillator":
        total = omega * loss * coth_factor(frequency, temperature)
    elif bath == "published":
        total = COUPLING * loss * coth_factor(frequency, temperature)
    else:
        raise OutOfRangeError(f"no bath {bath!r}; known: tls, oscillator, published")
    return split_rate(total, frequency, temperature)
