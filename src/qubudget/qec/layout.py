"""Where the qubits of a code sit and which checks join them.

Coordinates count in the distance between coupled neighbours (the chip's pitch), with the origin at
the patch's centre.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from qubudget.errors import OutOfRangeError

Family = Literal["surface", "repetition"]
Basis = Literal["X", "Z"]


@dataclass(frozen=True)
class Check:
    """One stabiliser: its ancilla, its basis, and the data qubit it meets in each layer."""

    ancilla: int
    basis: Basis
    data: tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Layout:
    """A patch of one code.

    ``distance`` of the code, or the side of a patch without a logical qubit; ``coordinates``
    (qubits, 2); ``data`` the indices of the data qubits, ``checks`` in the order of their
    measurement, ``logical`` the data qubits of the logical operator of each basis that the code
    protects.
    """

    family: Family
    distance: int
    coordinates: NDArray[np.float64]
    data: tuple[int, ...]
    checks: tuple[Check, ...]
    logical: dict[Basis, tuple[int, ...]]

    @property
    def qubits(self) -> int:
        """Number of physical qubits."""
        return len(self.coordinates)

    @property
    def bases(self) -> tuple[Basis, ...]:
        """Bases whose logical memory the code protects."""
        return tuple(self.logical)

    @property
    def tilted(self) -> bool:
        """Whether the grid of qubits stands at 45 degrees to the patch's sides."""
        return self.family == "surface"

    @property
    def layers(self) -> int:
        """Two-qubit layers of one round."""
        return len(self.checks[0].data)


def physical_qubits(family: Family, distance: int) -> int:
    """Qubits of one patch, data and ancillas: 2 d^2 - 1 (surface) or 2 d - 1 (repetition).

    >>> physical_qubits("surface", 27)
    1457
    """
    _require_odd(distance)
    return 2 * distance**2 - 1 if family == "surface" else 2 * distance - 1


@lru_cache(maxsize=64)
def build(family: Family, distance: int) -> Layout:
    """Layout of a code by its family's name and odd distance."""
    return rotated_surface(distance) if family == "surface" else repetition(distance)


def rotated_surface(distance: int) -> Layout:
    """Rotated surface code (Tomita and Svore, Phys. Rev. A 90, 062320 (2014)).

    Data and ancillas form one square grid turned by 45 degrees against the patch's sides, so the
    patch measures sqrt(2) d by sqrt(2) d neighbour distances. The order of the two-qubit gates is
    the one that keeps hook errors across the logical operator.

    Raises
    ------
    OutOfRangeError: distance even or below 3.
    """
    _require_odd(distance)
    d = distance

    def kind(x: int, y: int) -> Basis | None:
        if (x + y) % 4:
            return None if x in (0, 2 * d) else "X"
        return None if y in (0, 2 * d) else "Z"

    coordinates, checks = _rotated(d, kind)
    column, row = range(0, d * d, d), range(d)
    return Layout(
        "surface",
        d,
        coordinates,
        tuple(range(d * d)),
        checks,
        {"X": tuple(column), "Z": tuple(row)},
    )


def rotated_closed(side: int, basis: Basis) -> Layout:
    """Rotated surface-code patch with boundaries of one basis all around and no logical qubit.

    Every data qubit belongs to two checks of ``basis``, so their product is the identity, and with
    side^2 data qubits and side^2 + 1 checks nothing is left to encode (Gidney, Quantum 6, 786
    (2022), Fig. 1: side 4, basis X, twelve X checks).

    Raises
    ------
    OutOfRangeError: side odd or below 2.
    """
    if side < 2 or side % 2:
        raise OutOfRangeError(
            f"a patch with like boundaries all around needs an even side, given {side}"
        )
    other: Basis = "Z" if basis == "X" else "X"

    def kind(x: int, y: int) -> Basis | None:
        if (x + y) % 4:
            return basis
        return None if x in (0, 2 * side) or y in (0, 2 * side) else other

    coordinates, checks = _rotated(side, kind)
    return Layout("surface", side, coordinates, tuple(range(side * side)), checks, {})


def _rotated(
    side: int, kind: Callable[[int, int], Basis | None]
) -> tuple[NDArray[np.float64], tuple[Check, ...]]:
    """Coordinates and checks of side^2 data qubits, row by row, with a check of this kind on every
    corner of their cells."""
    sites = [(x, y) for y in range(1, 2 * side, 2) for x in range(1, 2 * side, 2)]
    index = {site: i for i, site in enumerate(sites)}
    turns: dict[Basis, tuple[tuple[int, int], ...]] = {
        "X": ((1, 1), (-1, 1), (1, -1), (-1, -1)),
        "Z": ((1, 1), (1, -1), (-1, 1), (-1, -1)),
    }
    checks = []
    for y in range(0, 2 * side + 1, 2):
        for x in range(0, 2 * side + 1, 2):
            basis = kind(x, y)
            if basis is None:
                continue
            partners = tuple(index.get((x + i, y + j)) for i, j in turns[basis])
            checks.append(Check(len(sites), basis, partners))
            sites.append((x, y))
    return (np.array(sites, float) - side) / sqrt(2), tuple(checks)


def repetition(distance: int) -> Layout:
    """Bit-flip repetition code, folded to and fro into a near-square block of the grid.

    It protects the Z basis only.

    Raises
    ------
    OutOfRangeError: distance even or below 3.
    """
    _require_odd(distance)
    count = 2 * distance - 1
    width = ceil(sqrt(count))
    row, step = np.divmod(np.arange(count), width)
    place = np.stack([np.where(row % 2, width - 1 - step, step), row], axis=1).astype(float)
    checks = tuple(Check(i, "Z", (i - 1, i + 1)) for i in range(1, count, 2))
    centre = (place.max(axis=0) + place.min(axis=0)) / 2
    return Layout(
        "repetition", distance, place - centre, tuple(range(0, count, 2)), checks, {"Z": (0,)}
    )


def _require_odd(distance: int) -> None:
    if distance < 3 or distance % 2 == 0:
        raise OutOfRangeError(f"code distance must be odd and at least 3, given {distance}")
