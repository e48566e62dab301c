"""Heat that one shield radiates to the next colder one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import STEFAN_BOLTZMANN
from qubudget.cryostat.checks import at_least
from qubudget.errors import OutOfRangeError


def radiated_heat(
    hot: ArrayLike, cold: ArrayLike, area: ArrayLike, emissivity: ArrayLike
) -> NDArray[np.float64]:
    """Net radiated heat, emissivity sigma A (Th^4 - Tc^4), W.

    The effective emissivity stands for both surfaces, their areas and whatever multilayer
    insulation hangs between them: 1/(1/e1 + 1/e2 - 1) for two large parallel plates.

    Parameters
    ----------
    hot, cold : temperatures of the shields, K. area : of the colder one, m^2.
    emissivity : effective, 0 to 1. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative quantity, or an emissivity above 1.

    A black square metre at 77 K receives 457 W from room temperature (300 K):

    >>> round(float(radiated_heat(300, 77, 1, 1)), 1)
    457.3
    """
    hot, cold = at_least(0, "temperature (K)", hot), at_least(0, "temperature (K)", cold)
    emissivity = at_least(0, "emissivity", emissivity)
    if np.any(emissivity > 1):
        raise OutOfRangeError(f"emissivity: numbers from 0 to 1, given {emissivity}")
    return emissivity * STEFAN_BOLTZMANN * at_least(0, "area (m^2)", area) * (hot**4 - cold**4)
