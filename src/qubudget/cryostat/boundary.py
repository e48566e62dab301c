"""A part that is warmer than the stage it is joined to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import above, at_least
from qubudget.materials.boundaries import boundary, boundary_spread

Floats = NDArray[np.float64]

_LINEAR = 3e-8
"""Rise over temperature below which the conductance is that at the stage.

Its error is of the order of this number; the difference of two integrals has lost as much by
rounding there, and may come out negative below it.
"""


@dataclass(frozen=True)
class BoundaryRise:
    """Temperature of a part over its stage.

    Attributes
    ----------
    rise, low, high : best value and 95 % interval, K.
    suspect : whether the joint's source contradicts itself (the interval covers that).
    """

    rise: Floats
    low: Floats
    high: Floats
    suspect: bool


def boundary_rise(
    power: ArrayLike, area: ArrayLike, interface: str, temperature: ArrayLike
) -> BoundaryRise:
    """How much warmer than its stage a part gets through its joint.

    Solves P/A = int_T^(T + rise) h dT for the rise, h being the conductance per area
    (``materials.boundaries``). Its spread is taken at the stage's temperature, where it is
    largest, for all of the way.

    Parameters
    ----------
    power : heat through the joint, W. area : of the joint, m^2. interface : name of the joint.
    temperature : of the stage, K. Shapes broadcast.

    Raises
    ------
    OutOfRangeError: a negative power, an area not above 0, no such joint, or a temperature
        outside its range at either side.

    A chip of 1 cm^2 soldered at 4.37 K, where the joint conducts 1.36 W/K (Ekin 2006, p. 63):
    about 1 mK for 1.36 mW.

    >>> round(1e3 * float(boundary_rise(1.36e-3, 1e-4, "PbSn solder", 4.37).rise), 3)
    1.0
    """
    flux = at_least(0, "power (W)", power) / above(0, "area (m^2)", area)
    stage = np.asarray(temperature, dtype=np.float64)
    factor = boundary_spread(interface, stage)
    rise, low, high = (_rise(interface, stage, flux * f) for f in (1.0, 1 / factor, factor))
    return BoundaryRise(rise, low, high, boundary(interface).suspect)


def _rise(interface: str, stage: Floats, flux: Floats) -> Floats:
    curve = boundary(interface).curve
    linear = flux / curve.value(stage)
    return np.where(linear < _LINEAR * stage, linear, curve.upper(stage, flux) - stage)
