"""Does a large qubit protect? Density, energy and charge of one event against a qubit's size.

The question closes the Discussion of J. M. Martinis, npj Quantum Information 7, 90 (2021). The
density of quasiparticles, and with it T1, does not know the size of the electrode until that
covers the event; its energy, its chance to be hit and its charge jumps grow. SI units.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.charge.devices import DeviceRow, Event
from qubudget.impact.energy.cascade import plateau
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]

_STATEMENT = "are large qubits necessary for errors not to be spatially correlated?"


@dataclass(frozen=True)
class SizeRow:
    """One qubit size in the middle of one event's hot spot.

    Attributes
    ----------
    radius : of the qubit's electrode, m. energy_share : of the phonon energy in its film.
    quasiparticles : in its film. x_qp : their fraction, mean over the electrode.
    hit_area : where a deposit puts it into the hot spot, m^2. jump_rate : of its charge, 1/s, or
        None where it was not computed.
    """

    radius: float
    energy_share: float
    quasiparticles: float
    x_qp: float
    hit_area: float
    jump_rate: float | None

    def to_dict(self) -> dict[str, object]:
        """Plain types."""
        return {
            "radius_m": self.radius,
            "energy_share": self.energy_share,
            "quasiparticles": self.quasiparticles,
            "x_qp": self.x_qp,
            "hit_area_m2": self.hit_area,
            "jump_rate_per_s": self.jump_rate,
        }


def covered_share(radius: ArrayLike, spot_area: float) -> Array:
    """Share of a Gaussian spot that a disc on its centre covers, 1 - exp(-pi R^2/A).

    ``radius`` R in m; ``spot_area`` A in m^2 is the area that the spot's peak density would need
    (2 pi sigma^2). The mean over the disc is the peak times share A/(pi R^2): flat until the disc
    is as large as the spot, then falling as 1/R^2.
    """
    r = np.asarray(radius, dtype=np.float64)
    if np.any(r <= 0) or not 0 < spot_area < math.inf:
        raise OutOfRangeError("radius and spot_area must be > 0")
    return np.asarray(-np.expm1(-math.pi * r**2 / spot_area))


def size_rows(
    event: Event, radii: tuple[float, ...], jump_rates: tuple[float | None, ...]
) -> tuple[SizeRow, ...]:
    """Does a large qubit protect? One row per radius (m), with its rate of charge jumps (1/s)."""
    film = superconductor("Al")
    per_energy = plateau() / film.gap
    cooper = 2 * film.density_of_states * film.gap * event.film_thickness
    spot = math.sqrt(event.hot_area / math.pi)
    rows = []
    for radius, rate in zip(radii, jump_rates, strict=True):
        share = float(covered_share(radius, event.hot_area))
        count = share * event.phonon_energy * per_energy
        rows.append(
            SizeRow(
                radius=radius,
                energy_share=share,
                quasiparticles=count,
                x_qp=count / (math.pi * radius**2 * cooper),
                hit_area=math.pi * (radius + spot) ** 2,
                jump_rate=rate,
            )
        )
    return tuple(rows)


def size_answer(event: Event, rows: tuple[SizeRow, ...]) -> tuple[DeviceRow, ...]:
    """The answer in short: how much density a larger qubit saves, and the pitch that would."""
    small, large = (pick(rows, key=lambda row: row.radius) for pick in (min, max))
    gain = small.x_qp / large.x_qp
    wider = large.radius / small.radius
    pitch = 2 * math.sqrt(event.hot_area / math.pi)
    return (
        DeviceRow(
            "large qubit", f"gain in x_qp by a radius {wider:.3g} times larger", gain, "1",
            _STATEMENT, f"from {small.radius * 1e6:.3g} to {large.radius * 1e6:.3g} um in the "
            "middle of the hot spot; the chance to be hit grows by "
            f"{large.hit_area / small.hit_area:.3g}",
            verdict="yes" if gain > wider else "no",
        ),
        DeviceRow(
            "large qubit", "pitch at which the hot spot holds one qubit", pitch, "m", _STATEMENT,
            "its diameter; what follows, diffusion and phonons over the whole chip, asks for one "
            "qubit per chip",
        ),
    )  # fmt: skip
