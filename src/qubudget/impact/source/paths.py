"""Straight paths through a box: chords, and distances from a point inside to the surface."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Law = Literal["cosine-squared", "isotropic"]

_NODES = {"cosine-squared": 16, "isotropic": 48}  # an isotropic field has more grazing paths
_TABLE = 800


def chords(length: float, width: float, thickness: float, law: Law) -> tuple[Array, Array]:
    """Chords of a box by quadrature: (lengths (m), weights (m^2 sr)).

    In one direction u, the area whose chord exceeds l is -d/dl prod_i (L_i - l |u_i|): a
    continuous part and an atom at the longest chord. "cosine-squared": from the upper half space
    (``thickness`` is vertical), weighted with cos^2; "isotropic": from everywhere, weight 1.
    """
    sides = np.array([length, width, thickness])
    node, weight = np.polynomial.legendre.leggauss(_NODES[law])
    angle, step = (node + 1) * np.pi / 4, weight * np.pi / 4
    theta, phi = np.meshgrid(angle, angle, indexing="ij")
    octants = 4 * np.cos(angle) ** 2 if law == "cosine-squared" else np.full_like(angle, 8.0)
    solid = np.outer(step * np.sin(angle) * octants, step)
    u = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])
    u = u.reshape(3, -1)
    longest = np.min(sides[:, None] / u, axis=0)

    inner, inner_weight = np.polynomial.legendre.leggauss(6)
    chord = longest * (inner[:, None] + 1) / 2
    left = sides[:, None, None] - chord * u[:, None, :]
    density = 2 * sum(u[i] * u[j] * left[k] for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)))
    spread = density * inner_weight[:, None] * longest / 2
    end = np.clip(sides[:, None] - longest * u, 0, None)
    atom = sum(u[i] * end[j] * end[k] for i, j, k in ((0, 1, 2), (1, 0, 2), (2, 0, 1)))
    return (
        np.concatenate([chord.ravel(), longest]),
        np.concatenate([(spread * solid.ravel()).ravel(), atom * solid.ravel()]),
    )


@dataclass(frozen=True)
class IsotropicPaths:
    """Paths of particles that come from everywhere, or start anywhere inside towards anywhere.

    Attributes
    ----------
    distance : m, rising from 0.
    crossing : share of the chords that are at most that long.
    leaving : share of the starts inside that reach the surface within that distance.
    area : projected area, averaged over directions (a quarter of the surface), m^2.
    """

    distance: Array
    crossing: Array
    leaving: Array
    area: float

    def crossing_share(self, distance: ArrayLike) -> Array:
        """Share of the chords no longer than this (m)."""
        return np.interp(np.asarray(distance, dtype=np.float64), self.distance, self.crossing)

    def leaving_share(self, distance: ArrayLike) -> Array:
        """Share of the starts inside that reach the surface within this (m)."""
        return np.interp(np.asarray(distance, dtype=np.float64), self.distance, self.leaving)


@lru_cache(maxsize=64)
def isotropic_paths(length: float, width: float, thickness: float) -> IsotropicPaths:
    """Tables of the paths through a box.

    A start, uniform in the volume and the directions, is uniform along its chord, and chords are
    met in proportion to their length.

    >>> round(isotropic_paths(5e-3, 5e-3, 0.5e-3).area * 1e6, 3)  # mm^2: (50 + 10)/4
    15.0
    """
    length_of, weight = chords(length, width, thickness, "isotropic")
    order = np.argsort(length_of, kind="stable")
    chord, weight = length_of[order], weight[order]
    number = np.concatenate([[0.0], np.cumsum(weight)])
    path = np.concatenate([[0.0], np.cumsum(weight * chord)])
    distance = np.concatenate([[0.0], np.geomspace(1e-4 * thickness, chord[-1], _TABLE)])
    shorter = np.searchsorted(chord, distance, side="right")
    longer = (number[-1] - number[shorter]) * distance
    return IsotropicPaths(
        distance=distance,
        crossing=number[shorter] / number[-1],
        leaving=(path[shorter] + longer) / path[-1],
        area=float(number[-1] / (4 * np.pi)),
    )
