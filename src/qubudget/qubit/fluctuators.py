"""Dephasing by an ensemble of two-level fluctuators that shift the qubit's frequency.

Many fluctuators with rates spread evenly in their logarithm give the frequency a 1/f spectrum,
S(f) = A^2/|f|. Its strength grows with temperature as S ~ T^2 (A ~ T) for fluctuators that do
not interact, which J. Goetz et al., arXiv:1609.07351, confirmed on a transmon with thermal
microwave fields. (The same paper's T^3 law is for second-order noise, not for this one.) The law
is that of one ensemble far from saturation: a single strong fluctuator telegraphs instead, and
interacting ones behave otherwise (noise of some resonators falls with temperature: J. Burnett et
al., Nat. Commun. 5, 4119 (2014)). Above about 1 K it is an extrapolation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qubit.ranges import at_least

REFERENCE_TEMPERATURE = 0.02
"""Temperature (K) at which the amplitude is stated."""
EXTRAPOLATED_ABOVE = 1.0
"""Temperature (K) above which the law is an extrapolation."""


def fluctuator_amplitude(amplitude: ArrayLike, temperature: ArrayLike) -> NDArray[np.float64]:
    """Amplitude A of the frequency's 1/f noise at 1 Hz, Hz per root hertz, two-sided.

    amplitude : at 20 mK, same unit. temperature : K.

    >>> float(fluctuator_amplitude(100.0, 0.04))
    200.0
    """
    t = at_least("temperature", temperature)
    return at_least("amplitude", amplitude) * t / REFERENCE_TEMPERATURE
