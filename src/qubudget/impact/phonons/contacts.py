"""What a chip hangs on, as phonons see it: wire bonds, bumps, grease, clamps, a second chip.

Phonons fill the chip evenly and meet its walls at v/4 per volume and area, v the flux velocity of
an equilibrium field. Part of those that meet a contact leave for good. Contacts are given with an
interval (low, best, high) of that part. A suspended chip has no contacts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.mismatch import through_layer
from qubudget.materials.acoustic import Solid
from qubudget.materials.phonon_contacts import contact_kind

Interval = tuple[float, float, float]
"""Low, best and high value."""


@dataclass(frozen=True)
class Contact:
    """Contacts of one kind.

    Attributes
    ----------
    area : that they cover on the chip, all together, m^2.
    escape : share of the phonons that hit this area which leave for good: low, best, high.
    """

    area: float
    escape: Interval

    def __post_init__(self) -> None:
        if not (np.isfinite(self.area) and self.area >= 0):
            raise OutOfRangeError("a contact's area must be finite and >= 0")
        low, best, high = self.escape
        if not 0 <= low <= best <= high <= 1:
            raise OutOfRangeError("a contact's escape is 0 <= low <= best <= high <= 1")


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (np.isfinite(value) and value > 0):
            raise OutOfRangeError(f"{name} must be finite and > 0")


def wire_bonds(
    count: int,
    diameter: float,
    length: float,
    *,
    contact_diameter: float | None = None,
    entry: float = 1.0,
) -> Contact:
    """Wire bonds to thermal ground; phonons get down a wire with diffuse walls with 4 d/(3 L).

    Low is d/L, as Martinis, npj Quantum Inf. 7, 90 (2021), Eq. 17, has it.

    Parameters
    ----------
    count : of the bonds, >= 0. diameter, length : of the wire, m; L >= 5 d.
    contact_diameter : of each bond's foot, m; the wire's when not given.
    entry : transmission of the interface into the foot, in (0, 1].
    """
    _positive(diameter=diameter, length=length, entry=entry)
    if length < 5 * diameter or entry > 1 or count < 0:
        raise OutOfRangeError("bonds: count >= 0, length >= 5 diameters, entry <= 1")
    foot = diameter if contact_diameter is None else contact_diameter
    _positive(contact_diameter=foot)
    share = entry * diameter / length
    return Contact(count * np.pi / 4 * foot**2, (share, share * 4 / 3, share * 4 / 3))


def bumps(count: int, diameter: float, kind: str = "indium-bump") -> Contact:
    """Bumps to a carrier that keeps what it gets (for one that does not: `exchange_rates`).

    ``count`` >= 0, ``diameter`` of each, m; ``kind`` in the catalogue of contacts.
    """
    _positive(diameter=diameter)
    if count < 0:
        raise OutOfRangeError("a number of bumps is >= 0")
    return joint(count * np.pi / 4 * diameter**2, kind)


def joint(area: float, kind: str = "grease") -> Contact:
    """A glued or greased area, or supports: ``area`` in m^2, ``kind`` in the catalogue."""
    found = contact_kind(kind)
    return Contact(area, (found.low, found.best, found.high))


def clamp(force: float, hardness: float, kind: str = "metal-clamp") -> Contact:
    """A dry clamp: the area that really touches is the force over the softer side's hardness.

    F. P. Bowden, D. Tabor, The Friction and Lubrication of Solids (1950). ``force`` in N,
    ``hardness`` in Pa (about 0.5e9 for soft copper).
    """
    _positive(hardness=hardness)
    if not force >= 0:
        raise OutOfRangeError("a clamp's force is >= 0")
    return joint(force / hardness, kind)


def escape_rate(contacts: Sequence[Contact], volume: float, medium: Solid) -> Interval:
    """Rate at which phonons leave a chip, 1/s: low, best, high.

    v/4 sum(area escape)/V. Holds while the sum is small against the chip's surface.

    Parameters
    ----------
    contacts : of the chip; none: suspended, rate 0. volume : of the chip, m^3.
    medium : of the chip.
    """
    _positive(volume=volume)
    factor = medium.flux_velocity / (4 * volume)
    low, best, high = (factor * sum(c.area * c.escape[i] for c in contacts) for i in range(3))
    return low, best, high


def leak_share(contacts: Sequence[Contact], area: float) -> Interval:
    """Share of the phonons reaching ``area`` (m^2) that leave there: low, best, high.

    For `phonons.film.PhononFilm.leak`: ``area`` is that of the film's cells, over which the
    contacts are spread evenly. Raises `OutOfRangeError` if they cover more than it.
    """
    _positive(area=area)
    if sum(c.area for c in contacts) > area:
        raise OutOfRangeError("contacts cover more than the area that carries them")
    low, best, high = (sum(c.area * c.escape[i] for c in contacts) / area for i in range(3))
    return low, best, high


def bump_transmission(first: Solid, bump: Solid, second: Solid) -> float:
    """Acoustic mismatch of clean bumps between two chips: an upper bound of what is measured.

    Silicon, indium, silicon; the thermal resistance of arXiv:2303.01228 gives 0.08 to 0.15:

    >>> from qubudget.materials.acoustic import solid
    >>> round(bump_transmission(solid("Si"), solid("In"), solid("Si")), 2)
    0.48
    """
    return through_layer(first, bump, second).transmitted


def exchange_rates(
    area: float,
    transmission: float,
    first: tuple[Solid, float],
    second: tuple[Solid, float],
) -> tuple[float, float]:
    """Rates at which phonons cross between two chips, out of the first and of the second, 1/s.

    v/4 A T/V each way; T of the way back follows from equal fluxes in equilibrium, so that the
    two chips end with equal phonon densities per state.

    Parameters
    ----------
    area : of all bumps, m^2. transmission : from the first chip to the second, in (0, 1].
    first, second : medium and volume (m^3) of each chip.
    """
    _positive(area=area, transmission=transmission, volume=first[1], second_volume=second[1])
    back = transmission * first[0].flux_weight / second[0].flux_weight
    if max(transmission, back) > 1:
        raise OutOfRangeError("more than the slower solid's phonons cannot cross either way")
    out, into = (
        medium.flux_velocity / 4 * area * share / volume
        for (medium, volume), share in ((first, transmission), (second, back))
    )
    return out, into
