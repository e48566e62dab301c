"""Phonons at the interface of two solids: acoustic mismatch, diffuse mismatch, an interlayer.

Plane waves of isotropic media meet a flat, welded interface: displacement and traction are
continuous, which for waves polarised in the plane of incidence (L and SV) is a linear system of
four equations, and for SH one of two. Shares are shares of energy flux through the interface;
waves beyond their critical angle carry none. Frequency drops out.

Sources: W. A. Little, Can. J. Phys. 37, 334 (1959); S. B. Kaplan, J. Low Temp. Phys. 37, 343
(1979); E. T. Swartz, R. O. Pohl, Rev. Mod. Phys. 61, 605 (1989), who find real interfaces within
about 30 % between acoustic and diffuse mismatch. Valid while the wavelength is long against the
lattice constant and the roughness, and short against the thickness of either side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.materials.acoustic import Solid

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
Mode = Literal["L", "SV", "SH"]

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)


@dataclass(frozen=True)
class Shares:
    """Where the energy of an incident wave goes; each of the angles' shape, all sum to one.

    Attributes
    ----------
    reflected_longitudinal, reflected_transverse : back into the first solid.
    transmitted_longitudinal, transmitted_transverse : into the second.
    """

    reflected_longitudinal: Array
    reflected_transverse: Array
    transmitted_longitudinal: Array
    transmitted_transverse: Array

    @property
    def transmitted(self) -> Array:
        """Into the second solid, in either mode."""
        return self.transmitted_longitudinal + self.transmitted_transverse


def _vertical(velocity: float, along: Array) -> Complex:
    """Slowness across the interface; imaginary (and decaying away) beyond the critical angle."""
    square = velocity**-2.0 - along**2
    return np.asarray(np.sqrt(square.astype(np.complex128)), dtype=np.complex128)


def _wave(medium: Solid, along: Array, mode: Mode, sign: int) -> Complex:
    """(ux, uz, sxz, szz) of a wave of unit amplitude, shape (n, 4).

    ``sign`` 1: away from the first solid, -1: towards it. Tractions without their i omega.
    """
    speed = medium.longitudinal if mode == "L" else medium.transverse
    q, p = _vertical(speed, along), along
    modulus = medium.density * medium.transverse**2
    diagonal = medium.density - 2 * modulus * p**2
    if mode == "L":
        parts = [p, sign * q, sign * 2 * modulus * p * q, diagonal]
    else:
        parts = [q, -sign * p, sign * diagonal, -2 * modulus * p * q]
    stacked = np.stack([np.asarray(part, dtype=np.complex128) for part in parts], axis=-1)
    return np.asarray(speed * stacked, dtype=np.complex128)


def _flux(medium: Solid, along: Array, mode: Mode) -> Array:
    """Energy flux across the interface of a wave of unit amplitude, up to a common factor."""
    speed = medium.longitudinal if mode == "L" else medium.transverse
    return np.asarray(medium.density * speed**2 * _vertical(speed, along).real)


def _sagittal(first: Solid, second: Solid, along: Array, mode: Mode) -> Shares:
    incident = _wave(first, along, mode, 1)
    columns = [
        _wave(first, along, "L", -1),
        _wave(first, along, "SV", -1),
        -_wave(second, along, "L", 1),
        -_wave(second, along, "SV", 1),
    ]
    scale = np.array([1.0, 1.0, *[1 / (first.density * first.transverse)] * 2])
    system = np.stack(columns, axis=-1) * scale[:, None]
    amplitude = np.linalg.solve(system, -(incident * scale)[..., None])[..., 0]
    power = np.abs(amplitude) ** 2 / _flux(first, along, mode)[..., None]
    return Shares(
        power[..., 0] * _flux(first, along, "L"),
        power[..., 1] * _flux(first, along, "SV"),
        power[..., 2] * _flux(second, along, "L"),
        power[..., 3] * _flux(second, along, "SV"),
    )


def _shear_horizontal(first: Solid, second: Solid, along: Array) -> Shares:
    one, two = (
        medium.density * medium.transverse**2 * _vertical(medium.transverse, along)
        for medium in (first, second)
    )
    total = np.abs(one + two) ** 2
    none = np.zeros_like(along)
    return Shares(none, np.abs(one - two) ** 2 / total, none, 4 * one.real * two.real / total)


def shares(first: Solid, second: Solid, angle: ArrayLike, mode: Mode) -> Shares:
    """Shares of an incident wave's energy that each outgoing mode takes.

    Parameters
    ----------
    first, second : the wave comes in the first.
    angle : of incidence, from the interface's normal, rad, in [0, pi/2), any shape.
    mode : "L", "SV" (transverse, in the plane of incidence) or "SH" (transverse, across it).

    Raises
    ------
    OutOfRangeError: an angle outside the range.

    >>> from qubudget.materials.acoustic import solid
    >>> float(shares(solid("Si"), solid("Al"), 0.0, "L").transmitted.round(3))  # 4 Z Z'/(Z+Z')^2
    0.992
    """
    theta = np.asarray(angle, dtype=np.float64)
    if not np.all((theta >= 0) & (theta < np.pi / 2)):
        raise OutOfRangeError("angles of incidence lie in [0, pi/2)")
    along = np.sin(theta) / (first.longitudinal if mode == "L" else first.transverse)
    if mode == "SH":
        return _shear_horizontal(first, second, along)
    return _sagittal(first, second, along, mode)


@dataclass(frozen=True)
class Transmission:
    """Shares of a diffuse field's energy flux that cross an interface.

    Attributes
    ----------
    longitudinal, transverse : of each mode's flux (transverse: mean of SV and SH).
    mean : of all modes in equilibrium, which weights them by 1/v^2.
    """

    longitudinal: float
    transverse: float
    mean: float


def _diffuse(first: Solid, second: Solid, mode: Mode) -> float:
    """Integral of 2 sin cos T over angles.

    With s = sin^2 as variable it is the plain mean of T; panels part at critical angles, and a
    sine substitution takes up the square roots at both ends of each.
    """
    speed = first.longitudinal if mode == "L" else first.transverse
    others = (first.longitudinal, second.longitudinal, second.transverse)
    critical = [(speed / other) ** 2 for other in others]
    edges = np.array([0.0, *sorted({s for s in critical if s < 1 - 1e-12}), 1.0])
    t = np.pi / 4 * (1 + _NODES)
    low, high = edges[:-1, None], edges[1:, None]
    s = low + (high - low) * np.sin(t) ** 2
    weight = (high - low) * np.sin(2 * t) * np.pi / 4 * _WEIGHTS
    crossed = shares(first, second, np.arcsin(np.sqrt(s)), mode).transmitted
    return float(np.sum(weight * crossed))


@lru_cache(maxsize=256)
def transmission(first: Solid, second: Solid) -> Transmission:
    """Transmission of a diffuse field by acoustic mismatch, from the first solid to the second.

    In equilibrium the fluxes both ways are equal: `Solid.flux_weight` times the mean is the same
    for both directions, so that slow films let few phonons back out.

    Martinis, npj Quantum Inf. 7, 90 (2021), takes about one half for aluminium to silicon:

    >>> from qubudget.materials.acoustic import solid
    >>> round(transmission(solid("Al"), solid("Si")).mean, 2)
    0.32
    """
    longitudinal = _diffuse(first, second, "L")
    transverse = (_diffuse(first, second, "SV") + _diffuse(first, second, "SH")) / 2
    crossed = longitudinal / first.longitudinal**2 + 2 * transverse / first.transverse**2
    return Transmission(longitudinal, transverse, crossed / first.flux_weight)


def diffuse_mismatch(first: Solid, second: Solid) -> float:
    """Transmission if every phonon forgets where it came from (Swartz and Pohl 1989), in (0, 1).

    The second solid's share of the outgoing flux.

    >>> from qubudget.materials.acoustic import solid
    >>> si, al = solid("Si"), solid("Al")
    >>> round(diffuse_mismatch(si, al) + diffuse_mismatch(al, si), 12)
    1.0
    """
    return second.flux_weight / (first.flux_weight + second.flux_weight)


@dataclass(frozen=True)
class Crossing:
    """What becomes of a diffuse field that meets a layer; the three sum to one.

    Attributes
    ----------
    transmitted, reflected, absorbed : shares of the energy.
    """

    transmitted: float
    reflected: float
    absorbed: float


def through_layer(first: Solid, layer: Solid, second: Solid, absorption: float = 0.0) -> Crossing:
    """A layer between two solids: two interfaces in a row, incoherent and mixing modes.

    Phonons inside go to and fro as a diffuse field until one side lets them out. Valid for layers
    thick against the wavelength (a 2 Delta phonon of aluminium in titanium: 35 nm) and thin
    against the mean free path unless ``absorption`` says otherwise.

    Parameters
    ----------
    first, layer, second : solids in the order of the crossing.
    absorption : share absorbed on each crossing of the layer, in [0, 1].

    >>> from qubudget.materials.acoustic import solid
    >>> si, ti, cu = (solid(name) for name in ("Si", "Ti", "Cu"))
    >>> crossing = through_layer(si, ti, cu)
    >>> crossing.transmitted < transmission(si, ti).mean
    True
    """
    if not 0 <= absorption <= 1:
        raise OutOfRangeError("absorption is a share, in [0, 1]")
    enter, keep = transmission(first, layer).mean, 1 - absorption
    back, on = transmission(layer, first).mean, transmission(layer, second).mean
    turns = 1 - keep**2 * (1 - back) * (1 - on)  # from one interface to the same one again
    transmitted = enter * keep * on / turns
    returned = enter * keep**2 * (1 - on) * back / turns
    absorbed = enter * absorption * (1 + keep * (1 - on)) / turns
    return Crossing(transmitted, 1 - enter + returned, absorbed)
