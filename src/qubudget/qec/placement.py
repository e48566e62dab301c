"""Where a patch lies on its chip.

All coordinates are real ones, in m from the chip's centre, x along its length and y along its
width: the same in which a burst's map is given, so that every qubit meets the map where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.layout import Layout

Array = NDArray[np.float64]
Orientation = Literal["sides", "grid"]
EDGE = 1 + 1e-9
"""Qubits may stand on the very edge of the chip, to rounding."""


@dataclass(frozen=True)
class Chip:
    """A chip's size along x and y, and the distance of neighbouring qubits (m).

    Raises
    ------
    OutOfRangeError: a length that is not above 0.
    """

    length: float
    width: float
    pitch: float

    def __post_init__(self) -> None:
        if not min(self.length, self.width, self.pitch) > 0:
            raise OutOfRangeError("a chip's length, width and pitch must be above 0")

    @property
    def size(self) -> Array:
        """Length and width (m)."""
        return np.array([self.length, self.width])


@dataclass(frozen=True, eq=False)
class Placement:
    """A patch with its middle at ``centre`` (m), on the chip or not; see ``place``."""

    layout: Layout
    chip: Chip
    centre: tuple[float, float] = (0.0, 0.0)
    orientation: Orientation = "sides"

    @cached_property
    def axes(self) -> Array:
        """Directions of the patch's sides on the chip, a unit vector in each row."""
        if self.orientation == "sides" or not self.layout.tilted:
            return np.eye(2)
        return np.asarray(np.array([[1.0, 1.0], [-1.0, 1.0]]) / np.sqrt(2))

    @cached_property
    def local(self) -> Array:
        """Qubits (m) from the patch's own middle along its own sides, shape (qubits, 2)."""
        return np.asarray(self.layout.coordinates * self.chip.pitch)

    @cached_property
    def positions(self) -> Array:
        """Qubits (m) from the chip's centre, shape (qubits, 2)."""
        return self.on_the_chip(self.local)

    def on_the_chip(self, local: ArrayLike) -> Array:
        """Positions (m) from the chip's centre of points given like ``local``."""
        return np.asarray(np.asarray(local, float) @ self.axes + self.centre)

    @cached_property
    def on_chip(self) -> NDArray[np.bool_]:
        """Which qubits stand on the central chip, shape (qubits,)."""
        return np.asarray(np.all(np.abs(self.positions) <= self.chip.size / 2 * EDGE, axis=1))

    @cached_property
    def chips(self) -> int:
        """Number of chips that the patch spans."""
        ends = np.stack([self.positions.max(axis=0), -self.positions.min(axis=0)])
        beyond = np.maximum(ends - self.chip.size / 2 * EDGE, 0.0)
        return int(np.prod(1 + np.ceil(beyond / self.chip.size).sum(axis=0)))

    @property
    def extent(self) -> Array:
        """Length and width (m) along the chip's edges, from outermost qubit to outermost qubit."""
        return np.asarray(np.ptp(self.positions, axis=0))


def place(
    layout: Layout,
    chip: Chip,
    centre: tuple[float, float] = (0.0, 0.0),
    orientation: Orientation = "sides",
) -> Placement:
    """Put a patch on a chip, its middle at ``centre`` (x, y in m from the chip's centre).

    Parameters
    ----------
    orientation : what is parallel to the chip's edges. "sides": the patch's sides; the grid of
        qubits of a surface code then stands at 45 degrees. "grid": the grid of qubits; a surface
        code then stands on its corner. A repetition code, folded into rows of the grid, has both.

    A patch larger than the chip covers further chips of the same size around it. Each of them is
    hit as often as the central one, and an event on it is counted as if it held as many qubits of
    the patch: an upper bound where the outer chips are only partly covered.

    Raises
    ------
    OutOfRangeError: a patch that would fit but is pushed over the edge, or a larger one that is
        not centred; names ``code.offset_x`` or ``code.offset_y`` and the largest offset allowed.
    """
    placed = Placement(layout, chip, centre, orientation)
    # The middle is that of the qubits' bounding box, however the patch is turned.
    require_on_chip(placed.extent, chip, centre)
    return placed


def require_on_chip(extent: Array, chip: Chip, centre: tuple[float, float]) -> None:
    """Refuse a block of qubits of this ``extent`` (m, along x and y) that ``centre`` pushes off.

    Raises
    ------
    OutOfRangeError: see ``place``.
    """
    room = (chip.size * EDGE - extent) / 2
    for name, free, offset in zip("xy", room, centre, strict=True):
        over = abs(offset) - max(free, 0.0)
        if over <= 0:
            continue
        key = f"code.offset_{name}: given {offset * 1e3:.4g} mm"
        if free < 0:
            raise OutOfRangeError(
                f"{key}; allowed: 0, as the qubits do not fit on one chip in {name}"
            )
        raise OutOfRangeError(
            f"{key}, which pushes qubits {over * 1e3:.4g} mm over the chip's edge; allowed: "
            f"{-free * 1e3:.4g} to {free * 1e3:.4g} mm"
        )
