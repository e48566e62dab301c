"""Quasiparticles through superconducting vias, between the films on both faces of a chip.

Phonons reach the other face within a microsecond anyway; quasiparticles diffuse through the via's
metal, in series with their way across the films to it.
"""

from __future__ import annotations

import numpy as np

from qubudget.errors import OutOfRangeError


def via_exchange_rates(
    diffusivity: float,
    diameter: float,
    wall: float,
    length: float,
    spacing: float,
    front_thickness: float,
    back_thickness: float,
) -> tuple[float, float]:
    """Rates at which vias drain the front film into the back one, and back, 1/s.

    dx_front/dt = -rate (x_front - x_back). Per via the conductance D pi t (d - t)/L of its wall is
    in series with that of each film, from all over its cell of radius b (a disc of equal area) to
    its rim of radius r: 2 pi D t_film (1 - q^2)^2/(ln(1/q) - 3/4 + q^2 - q^4/4), q = r/b, from the
    steady profile. Holds for times longer than L^2/D, which is 80 us in 0.4 mm with D = 20 cm^2/s.
    Equal gaps; a lower one in the via makes it a trap.

    Parameters
    ----------
    diffusivity : m^2/s, the same in all metal. diameter : of the via, m. wall : thickness of its
    metal, m (half the diameter: filled). length : the chip's thickness, m. spacing : period of
    the vias, m. front_thickness, back_thickness : of the films, m.

    Raises `OutOfRangeError` for vias that overlap or walls thicker than the via.

    Vias of 50 um with 0.1 um of metal, one per square millimetre of 0.1 um film, take quasi-
    particles down in 1.7 ms: slow beside phonons, fast beside trapping in 25 ms (McEwen et al.,
    Nat. Phys. 18, 107 (2022)), so that they are not negligible.

    >>> rates = via_exchange_rates(2e-3, 5e-5, 1e-7, 4e-4, 1e-3, 1e-7, 1e-7)
    >>> round(1e3 / rates[0], 1)
    1.7
    """
    given = (diffusivity, diameter, wall, length, spacing, front_thickness, back_thickness)
    if not all(np.isfinite(v) and v > 0 for v in given):
        raise OutOfRangeError("vias need finite values > 0")
    if diameter >= spacing or wall > diameter / 2:
        raise OutOfRangeError("vias must not overlap, nor their walls be thicker than they are")
    metal = np.pi * wall * (diameter - wall)
    ratio = diameter / 2 / (spacing / np.sqrt(np.pi))
    # Mean over the annulus of the profile that a uniform supply and a sink at the rim produce.
    profile = (-np.log(ratio) - 0.75 + ratio**2 - ratio**4 / 4) / (1 - ratio**2) ** 2
    spread = sum(profile / (2 * np.pi * t) for t in (front_thickness, back_thickness))
    conductance = diffusivity / (length / metal + spread)
    front, back = (
        float(conductance / (spacing**2 * thickness))
        for thickness in (front_thickness, back_thickness)
    )
    return front, back
