"""Where phonons start: packets of energy with place, time, frequency, mode and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.phonons.crystal import MODES

Array = NDArray[np.float64]
DirectionLaw = Literal["equilibrium", "uniform"]
"""Wavevectors in proportion to the density of states (1/v^3), or even over the sphere."""


@dataclass(frozen=True)
class PhononSource:
    """Packets at their start, n of them.

    Attributes
    ----------
    position : x, y from the chip's centre and z from its back, shape (n, 3), m.
    time : s, shape (n,).
    energy : of each packet (not of one phonon), J, shape (n,).
    frequency : of the packet's phonons, Hz, shape (n,).
    mode : 0 L, 1 FT, 2 ST; -1: drawn by density of states; shape (n,).
    wavevector : directions, shape (n, 3); zero: drawn by density of states.
    """

    position: Array
    time: Array
    energy: Array
    frequency: Array
    mode: NDArray[np.int8]
    wavevector: Array

    def __post_init__(self) -> None:
        n = self.energy.size
        if n < 1 or self.position.shape != (n, 3) or self.wavevector.shape != (n, 3):
            raise OutOfRangeError("a source needs n >= 1 energies and (n, 3) positions")
        if any(v.shape != (n,) for v in (self.time, self.energy, self.frequency, self.mode)):
            raise OutOfRangeError("times, energies, frequencies and modes must have one value each")
        finite = (self.position, self.time, self.energy, self.frequency, self.wavevector)
        if not all(np.all(np.isfinite(v)) for v in finite):
            raise OutOfRangeError("a source must be finite")
        if np.any(self.energy <= 0) or np.any(self.frequency <= 0):
            raise OutOfRangeError("energies and frequencies of a source must be > 0")
        if np.any((self.mode < -1) | (self.mode > 2)):
            raise OutOfRangeError("modes are 0 (L), 1 (FT), 2 (ST) or -1 (drawn)")


def point_source(
    position: ArrayLike,
    energy: float,
    frequency: float,
    count: int,
    *,
    mode: str | None = None,
    directions: DirectionLaw | ArrayLike = "equilibrium",
    time: float = 0.0,
    seed: int = 0,
) -> PhononSource:
    """Equal packets from one point.

    Parameters
    ----------
    position : x, y from the chip's centre, z from its back, m.
    energy : of all packets together, J. frequency : of the phonons, Hz.
    count : packets.
    mode : "L", "FT", "ST"; None draws by density of states.
    directions : law of the wavevectors, or one wavevector (3,), or one each (count, 3).
    time : s. seed : of the wavevectors of the uniform law.
    """
    return track_source(
        np.asarray(position, dtype=np.float64)[None, :],
        [energy],
        frequency,
        count,
        mode=mode,
        directions=directions,
        time=time,
        seed=seed,
    )


def track_source(
    positions: ArrayLike,
    energies: ArrayLike,
    frequency: float,
    count: int,
    *,
    mode: str | None = None,
    directions: DirectionLaw | ArrayLike = "equilibrium",
    time: float = 0.0,
    seed: int = 0,
) -> PhononSource:
    """Equal packets shared among deposits in proportion to their energies (systematically).

    ``positions`` (m, 3), ``energies`` (m,), J; the rest as `point_source`.
    """
    places = np.asarray(positions, dtype=np.float64)
    deposits = np.asarray(energies, dtype=np.float64)
    if places.ndim != 2 or places.shape[1] != 3 or deposits.shape != places.shape[:1]:
        raise OutOfRangeError("deposits are positions (m, 3) with one energy each")
    if count < 1 or not np.all(deposits >= 0) or not deposits.sum() > 0:
        raise OutOfRangeError("a source needs count >= 1 and energies >= 0 with a sum > 0")
    if mode is not None and mode not in MODES:
        raise OutOfRangeError(f"no phonon mode {mode!r}; known: {', '.join(MODES)}")
    total = np.cumsum(deposits)
    chosen = np.searchsorted(total, (np.arange(count) + 0.5) / count * total[-1], side="right")
    wavevector = np.zeros((count, 3))
    if isinstance(directions, str):
        if directions == "uniform":
            drawn = np.random.default_rng(seed).normal(size=(count, 3))
            wavevector = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
        elif directions != "equilibrium":
            raise OutOfRangeError(f"no direction law {directions!r}; known: equilibrium, uniform")
    else:
        given = np.asarray(directions, dtype=np.float64)
        length = np.linalg.norm(given, axis=-1, keepdims=True)
        if given.shape not in ((3,), (count, 3)) or not np.all(length > 0):
            raise OutOfRangeError("wavevectors are (3,) or (count, 3), and not zero")
        wavevector = np.broadcast_to(given / length, (count, 3)).copy()
    number = -1 if mode is None else MODES.index(mode)
    return PhononSource(
        position=places[np.minimum(chosen, deposits.size - 1)],
        time=np.full(count, float(time)),
        energy=np.full(count, total[-1] / count),
        frequency=np.full(count, float(frequency)),
        mode=np.full(count, number, np.int8),
        wavevector=wavevector,
    )
