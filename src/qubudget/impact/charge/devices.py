"""What one event brings to a small device: energy by area, warmth, trapped charge.

Pure functions for `device_rows` and `qubit_size`, which answer the questions of the Discussion of
J. M. Martinis, npj Quantum Information 7, 90 (2021). SI units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE, HBAR
from qubudget.errors import OutOfRangeError
from qubudget.impact.charge.electrostatics import Island, weighting_potential
from qubudget.materials.substrates import Substrate, substrate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Event:
    """The event that all rows share: by default the paper's 0.2 MeV in its 1 cm^2 chip.

    Attributes
    ----------
    energy : deposit, J. length, width, thickness : of the chip, m.
    hot_area : of the film that takes the phonons first, m^2 (the paper's freeze-out stage).
    film_thickness : of the aluminium that covers the chip and absorbs them, m.
    material : of the chip.
    """

    energy: float = 0.2e6 * ELEMENTARY_CHARGE
    length: float = 10e-3
    width: float = 10e-3
    thickness: float = 0.4e-3
    hot_area: float = 10e-6
    film_thickness: float = 0.1e-6
    material: str = "Si"

    def __post_init__(self) -> None:
        sizes = (self.length, self.width, self.thickness, self.hot_area, self.film_thickness)
        if not all(0 < v < math.inf for v in (self.energy, *sizes)):
            raise OutOfRangeError("an event's energy and lengths must be finite and > 0")
        if self.hot_area > self.area:
            raise OutOfRangeError("the hot spot does not fit on the chip")

    @property
    def area(self) -> float:
        """Of the chip's face, m^2."""
        return self.length * self.width

    @property
    def phonon_energy(self) -> float:
        """Energy that ends in phonons, J."""
        return self.energy * substrate(self.material).phonon_share

    def absorbed(self, area: float, thickness: float, within: float) -> float:
        """Phonon energy that a film of ``area`` (m^2) and ``thickness`` (m) takes, J.

        The chip's phonons spread evenly over ``within`` (m^2); a film thinner than the chip's
        absorbs in proportion, a thicker one no more than it.
        """
        return self.phonon_energy * area / within * min(1.0, thickness / self.film_thickness)


@dataclass(frozen=True)
class DeviceRow:
    """One computed number for one device.

    Attributes
    ----------
    device, quantity, unit, value : what it is.
    statement : what the paper says of it, in short.
    basis : the arithmetic, the inputs and which of them are assumed.
    verdict : "computed": the paper asks and prints no number that could be judged; or the
        answer to its question, "yes", "no", where the number alone gives it.
    """

    device: str
    quantity: str
    value: float
    unit: str
    statement: str
    basis: str
    verdict: str = "computed"

    def to_dict(self) -> dict[str, object]:
        """Plain types."""
        return {
            "device": self.device,
            "quantity": self.quantity,
            "value": self.value,
            "unit": self.unit,
            "statement": self.statement,
            "basis": self.basis,
            "verdict": self.verdict,
        }


def phonon_temperature(energy_density: ArrayLike, material: Substrate) -> Array:
    """Temperature of phonons in balance with this energy density (J/m^3), K.

    u = (pi^2 k^4 T^4/(30 hbar^3)) sum of 1/v^3 over the three modes (Debye, low temperature).

    The reference event, 0.18 MeV in 10 x 10 x 0.4 mm:

    >>> round(float(phonon_temperature(7.2e-7, substrate("Si"))) * 1e3)  # mK
    47
    """
    density = np.asarray(energy_density, dtype=np.float64)
    if np.any(density < 0) or not np.all(np.isfinite(density)):
        raise OutOfRangeError("an energy density is finite and >= 0")
    modes = material.sound_longitudinal**-3 + 2 * material.sound_transverse**-3
    return np.asarray((density * 30 * HBAR**3 / (math.pi**2 * BOLTZMANN**4 * modes)) ** 0.25)


def sensing_volume(radius: float, threshold: float) -> float:
    """Volume below a disc in a closed plane where one charge induces more than ``threshold``, m^3.

    ``radius`` of the disc, m; ``threshold`` in units of the charge, 1e-6 to 0.5. Scales with the
    cube of the radius; by quadrature over depth.
    """
    if not 0 < radius < math.inf or not 1e-6 <= threshold <= 0.5:
        raise OutOfRangeError("radius > 0 and a threshold of 1e-6 to 0.5 are needed")
    reach = 2 / math.sqrt(threshold)  # the dipole law ends within sqrt(1/(2 threshold)) radii
    depth = reach * (np.arange(400) + 0.5) ** 2 / 400**2
    distance = reach * (np.arange(401) / 400) ** 1.5
    potential = weighting_potential(Island(1.0), distance[:, None], depth)
    below = np.sum(potential > threshold, axis=0)  # phi falls with distance
    last = np.clip(below - 1, 0, len(distance) - 2)
    column = np.arange(len(depth))
    high, low = potential[last, column], potential[last + 1, column]
    share = np.clip((high - threshold) / (high - low), 0, 1)
    edge = distance[last] + share * (distance[last + 1] - distance[last])
    edge = np.where(below > 0, edge, 0.0)
    step = reach * (2 * np.arange(400) + 1) / 400**2
    return float(np.sum(math.pi * edge**2 * step)) * radius**3


def carrier_density(carriers_count: ArrayLike, distance: ArrayLike, trapping: float) -> Array:
    """Density of trapped carriers around a point deposit, N exp(-r/l)/(4 pi l r^2), 1/m^3.

    ``carriers_count`` N of either sign, ``distance`` r > 0 (m), ``trapping`` mean path l (m);
    straight paths from a point, far from faces.
    """
    r = np.asarray(distance, dtype=np.float64)
    if np.any(r <= 0) or not trapping > 0:
        raise OutOfRangeError("distance and trapping length must be > 0")
    count = np.asarray(carriers_count, dtype=np.float64)
    return np.asarray(count * np.exp(-r / trapping) / (4 * math.pi * trapping * r**2))
