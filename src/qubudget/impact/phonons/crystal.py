"""Elastic waves in any crystal and any cut: Christoffel's equation.

For a wavevector along the unit vector n, rho v^2 e_i = C_ijkl n_j n_k e_l gives three modes of
phase velocity v and polarisation e; their group velocity is C_ijkl e_i n_k e_l / (rho v), along
which energy flows. Modes are ordered by falling phase velocity: quasi-longitudinal (L), fast
(FT) and slow transverse (ST). At an acoustic axis two modes coincide, their polarisations are
any pair in a plane, and the group velocity lies anywhere on a cone.

Source: B. A. Auld, Acoustic Fields and Waves in Solids (1973); J. P. Wolfe, Imaging Phonons
(Cambridge, 1998), chapter 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.materials.crystals import Crystal

Array = NDArray[np.float64]

MODES = ("L", "FT", "ST")
_VOIGT = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
_GOLDEN = (1 + 5**0.5) / 2


@dataclass(frozen=True)
class Waves:
    """Plane waves along given wavevectors; modes L, FT, ST on axis -2 (-1 of ``phase``).

    Attributes
    ----------
    phase : phase velocities, shape (..., 3), m/s.
    group : group velocities, shape (..., 3, 3), m/s.
    polarisation : unit vectors, shape (..., 3, 3).
    """

    phase: Array
    group: Array
    polarisation: Array


def stiffness_tensor(stiffness: ArrayLike) -> Array:
    """C_ijkl, shape (3, 3, 3, 3), from Voigt's 6 x 6 matrix; same unit."""
    matrix = np.asarray(stiffness, dtype=np.float64)
    if matrix.shape != (6, 6):
        raise OutOfRangeError("Voigt's stiffness is a 6 x 6 matrix")
    return np.asarray(matrix[_VOIGT[:, :, None, None], _VOIGT[None, None]])


def orientation(normal: ArrayLike, along: ArrayLike) -> Array:
    """Rotation from crystal axes to the chip's, shape (3, 3): chip vector = R @ crystal vector.

    Parameters
    ----------
    normal : the chip's z axis (out of its front) in the crystal's Cartesian axes, shape (3,).
    along : a direction whose part within the chip's plane is its x axis, shape (3,).

    In a cubic crystal both are Miller indices. Raises `OutOfRangeError` if they are parallel.

    >>> orientation([0, 0, 2], [1, 0, 5]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    z, x = np.asarray(normal, dtype=np.float64), np.asarray(along, dtype=np.float64)
    if z.shape != (3,) or x.shape != (3,) or not np.all(np.isfinite([z, x])) or not np.any(z):
        raise OutOfRangeError("a cut is two finite vectors of three components")
    z = z / np.linalg.norm(z)
    scale = np.linalg.norm(x)
    x = x - (x @ z) * z
    if np.linalg.norm(x) <= 1e-9 * scale or scale == 0:
        raise OutOfRangeError("the in-plane direction must not be parallel to the normal")
    x = x / np.linalg.norm(x)
    return np.array([x, np.cross(z, x), z])


def chip_tensor(crystal: Crystal, rotation: ArrayLike | None = None) -> Array:
    """C_ijkl / rho in the chip's axes, shape (3, 3, 3, 3), m^2/s^2.

    ``rotation`` is an `orientation`; None leaves the crystal's own axes.
    """
    tensor = stiffness_tensor(crystal.stiffness) / crystal.density
    if rotation is None:
        return tensor
    r = np.asarray(rotation, dtype=np.float64)
    if r.shape != (3, 3) or not np.allclose(r @ r.T, np.eye(3), atol=1e-9):
        raise OutOfRangeError("a rotation is an orthogonal 3 x 3 matrix")
    return np.asarray(np.einsum("ia,jb,kc,ld,abcd->ijkl", r, r, r, r, tensor, optimize=True))


def waves(tensor: ArrayLike, directions: ArrayLike) -> Waves:
    """Solve Christoffel's equation.

    Parameters
    ----------
    tensor : C_ijkl / rho, shape (3, 3, 3, 3), m^2/s^2.
    directions : wavevectors, shape (..., 3), any non-zero length.

    >>> from qubudget.materials.crystals import crystal
    >>> waves(chip_tensor(crystal("Si")), [1, 0, 0]).phase.round().tolist()
    [8430.0, 5841.0, 5841.0]
    """
    c, n = np.asarray(tensor, dtype=np.float64), np.asarray(directions, dtype=np.float64)
    length = np.linalg.norm(n, axis=-1, keepdims=True)
    if n.shape[-1:] != (3,) or not np.all(np.isfinite(n)) or np.any(length == 0):
        raise OutOfRangeError("wavevectors must be finite and not zero, with three components")
    n = n / length
    flat = n.reshape(-1, 3)
    # (directions, 3) x (3, 27): one matrix product instead of a sum over four indices.
    half = (flat @ np.moveaxis(c, 2, 0).reshape(3, 27)).reshape(-1, 3, 3, 3)  # C_ijkl n_k
    matrix = np.einsum("nijl,nj->nil", half, flat)
    square, vectors = np.linalg.eigh(matrix)
    phase = np.sqrt(square[:, ::-1])
    e = np.swapaxes(vectors[:, :, ::-1], 1, 2)
    group = np.einsum("nmi,nijl,nml->nmj", e, half, e, optimize=True) / phase[..., None]
    shape = n.shape[:-1]
    return Waves(
        phase=np.asarray(phase.reshape(*shape, 3)),
        group=np.asarray(group.reshape(*shape, 3, 3)),
        polarisation=np.asarray(e.reshape(*shape, 3, 3)),
    )


def sphere(count: int) -> Array:
    """Unit vectors spread evenly over the sphere (Fibonacci's lattice), shape (count, 3)."""
    i = np.arange(count) + 0.5
    z = 1 - 2 * i / count
    angle = 2 * np.pi * i / _GOLDEN
    r = np.sqrt(1 - z * z)
    return np.stack([r * np.cos(angle), r * np.sin(angle), z], axis=-1)


def density_of_states(tensor: ArrayLike, count: int = 20_000) -> Array:
    """Share of the elastic density of states in L, FT and ST, shape (3,).

    The mean of 1/v^3 over directions of the wavevector, per mode; frequency drops out.

    >>> from qubudget.materials.crystals import crystal
    >>> density_of_states(chip_tensor(crystal("Si"))).round(3).tolist()
    [0.093, 0.376, 0.531]
    """
    inverse = waves(tensor, sphere(count)).phase ** -3.0
    return np.asarray(inverse.sum(axis=0) / inverse.sum())
