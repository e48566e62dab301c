"""What transport gives back: a closed ledger, a map of deposits, and where packets ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PhononResult:
    """Transport of one source.

    Attributes
    ----------
    started : energy put in, J.
    deposited : in films, J. deposited_error : its standard error, from the packets' spread.
    subgap : in phonons below every film's threshold, J.
    left : out of the chip, by leaks and absorbing faces, J.
    capped : in packets stopped by the bounce cap, J. late : in those stopped by the time limit.
    gained : energy that roulette added (negative: took); its expectation is zero, J.
    deposit : J, shape (2, nx, ny, times): back and front face, cells, time bins.
    time_edges : edges of the time bins, shape (times + 1,), s; the first and last bin hold
        what came before and after.
    per_packet : deposit of each packet, J, shape (n,).
    steps : free flights of all packets. bounces : reflections.
    worst_closure : largest relative miss of any packet's ledger.
    """

    started: float
    deposited: float
    deposited_error: float
    subgap: float
    left: float
    capped: float
    late: float
    gained: float
    deposit: Array
    time_edges: Array
    per_packet: Array
    steps: int
    bounces: int
    worst_closure: float

    @property
    def deposited_share(self) -> float:
        """Share of the energy that films absorbed."""
        return self.deposited / self.started

    @property
    def closure(self) -> float:
        """Relative miss of the whole ledger."""
        out = self.deposited + self.subgap + self.left + self.capped + self.late
        return (out - self.gained) / self.started - 1


@dataclass(frozen=True)
class Hits:
    """Packets that reached an absorbing face, one entry each.

    Attributes
    ----------
    packet : index in the source, shape (n,).
    face : "-x", "+x", "-y", "+y", "back" or "front" by index 0 to 5, shape (n,).
    x, y : from the chip's centre, z : from its back, m. time : s. frequency : Hz.
    mode : 0 L, 1 FT, 2 ST. bounces : walls met, this one included.
    lost : packets that ended otherwise (bounce cap, time limit, threshold).
    """

    packet: NDArray[np.int64]
    face: NDArray[np.int8]
    x: Array
    y: Array
    z: Array
    time: Array
    frequency: Array
    mode: NDArray[np.int8]
    bounces: NDArray[np.int64]
    lost: int
