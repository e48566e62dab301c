"""Charge that a trapped electron or hole induces on an island in a ground plane.

By Green's reciprocity a charge q in the substrate induces -q phi on an electrode, phi being the
potential at its place with that electrode at 1 V and every other at 0 V (the weighting
potential). For a disc in a closed plane over a half space it is the disc's solid angle over 2 pi.
No permittivity enters there, nor does it with planar electrodes on a half space that leave gaps:
the potential is even in z, so that no field crosses the gap, whatever lies on either side. It
enters through the back face alone. SI units; everything broadcasts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import elliprf, elliprj

from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]

GROUNDED_BACK = -1.0
"""Reflection of a back face covered with metal, for `weighting_potential`."""
NO_BACK = 0.0
"""Reflection of a half space."""
_GAP_NODES = 4
_IMAGES = 40


@dataclass(frozen=True)
class Island:
    """A round electrode in a ground plane.

    Attributes
    ----------
    radius : m.
    gap : ring without metal around it, m; narrow beside the radius (at most half of it).
    """

    radius: float
    gap: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.radius < np.inf and 0 <= self.gap <= self.radius / 2):
            raise OutOfRangeError("an island needs radius > 0 and a gap of 0 to half of it")


def bare_back(permittivity: float) -> float:
    """Reflection of a back face that borders on vacuum, (eps - 1)/(eps + 1).

    >>> round(bare_back(11.68), 3)
    0.842
    """
    if not 1 <= permittivity < np.inf:
        raise OutOfRangeError("a relative permittivity is at least 1")
    return (permittivity - 1) / (permittivity + 1)


def disc_solid_angle(radius: ArrayLike, distance: ArrayLike, depth: ArrayLike) -> Array:
    """Solid angle of a disc, sr, by complete elliptic integrals (Paxton, RSI 30, 254 (1959)).

    Parameters
    ----------
    radius : > 0, m. distance : from the axis, >= 0, m. depth : from the disc's plane, > 0, m.

    On the axis it is 2 pi (1 - z/sqrt(z^2 + a^2)); far away, pi a^2 z/(rho^2 + z^2)^(3/2).

    >>> round(float(disc_solid_angle(1.0, 0.0, 1.0)), 4)  # 2 pi (1 - 1/sqrt 2)
    1.8403
    """
    a, rho, z = (np.asarray(v, dtype=np.float64) for v in (radius, distance, depth))
    if not (np.all(a > 0) and np.all(rho >= 0) and np.all(z > 0)):
        raise OutOfRangeError("radius and depth must be > 0, distance >= 0")
    a, rho, z = np.broadcast_arrays(a, rho, z)
    rho = np.where(rho == a, rho * (1 + 1e-12), rho)  # the third kind is singular below the rim
    far = (a + rho) ** 2 + z**2
    contrast = (a - rho) / (a + rho)
    complement = ((a - rho) ** 2 + z**2) / far
    first = elliprf(0.0, complement, 1.0)
    third = first + (1 - contrast**2) / 3 * elliprj(0.0, complement, 1.0, contrast**2)
    inside = np.where(rho < a, 2 * np.pi, 0.0)
    return np.asarray(inside - 2 * z / np.sqrt(far) * (first + contrast * third))


def weighting_potential(
    island: Island,
    distance: ArrayLike,
    depth: ArrayLike,
    thickness: float = np.inf,
    reflection: float = NO_BACK,
) -> Array:
    """Potential below an island at 1 V in a plane at 0 V, dimensionless, 0 to 1.

    Parameters
    ----------
    island : the electrode.
    distance : from its axis, >= 0, m. depth : below the plane, > 0 and <= thickness, m.
    thickness : of the substrate, m. reflection : of its back face: `bare_back`, `GROUNDED_BACK`
        or `NO_BACK`.

    A gap counts as discs of all radii within it, weighted by the field of a narrow slot,
    1/(pi sqrt((w/2)^2 - s^2)) (Gauss-Chebyshev nodes). Faces are plane and endless; the back
    enters by images, sum over n of (-R)^n [phi(z + 2nt) + R phi(2(n+1)t - z)]. With a grounded
    back the far images add up to (1 - z/t) phi(2 N t) (Euler and Maclaurin's midpoint rule).
    """
    rho, z = (np.asarray(v, dtype=np.float64) for v in (distance, depth))
    if reflection != GROUNDED_BACK and not 0 <= reflection < 1:
        raise OutOfRangeError("a back face reflects -1 (metal) or 0 to 1 (a smaller permittivity)")
    if not thickness > 0 or np.any(z > thickness):
        raise OutOfRangeError("a charge lies within the thickness of the substrate")
    if reflection == NO_BACK or not np.isfinite(thickness):
        return _half_space(island, rho, z)
    total = np.zeros(np.broadcast_shapes(rho.shape, z.shape))
    for image in range(_IMAGES):
        near, mirrored = z + 2 * image * thickness, 2 * (image + 1) * thickness - z
        pair = _half_space(island, rho, near) + reflection * _half_space(island, rho, mirrored)
        total = total + (-reflection) ** image * pair
    if reflection == GROUNDED_BACK:
        rest = _half_space(island, rho, np.asarray(2 * _IMAGES * thickness))
        total = total + (1 - z / thickness) * rest
    return np.asarray(total)


def _half_space(island: Island, distance: Array, depth: Array) -> Array:
    if island.gap == 0:
        return disc_solid_angle(island.radius, distance, depth) / (2 * np.pi)
    slot = np.cos((np.arange(_GAP_NODES) + 0.5) * np.pi / _GAP_NODES)
    total = np.zeros(np.broadcast_shapes(distance.shape, depth.shape))
    for radius in island.radius + island.gap / 2 * (1 + slot):
        total = total + disc_solid_angle(radius, distance, depth)
    return np.asarray(total / (2 * np.pi * _GAP_NODES))


def offset_charge(
    charge: ArrayLike,
    island: Island,
    distance: ArrayLike,
    depth: ArrayLike,
    thickness: float = np.inf,
    reflection: float = NO_BACK,
) -> Array:
    """Charge induced on an island, -q phi, in the unit of ``charge``; other arguments as above.

    A dipole is two charges, whose offsets add.

    >>> transmon = Island(70e-6)
    >>> offset = offset_charge(1.0, transmon, 0.0, 70e-6)  # on the axis, one radius deep
    >>> round(float(offset), 3)
    -0.293
    """
    phi = weighting_potential(island, distance, depth, thickness, reflection)
    return np.asarray(-np.asarray(charge, dtype=np.float64) * phi)
