"""Plain records that the kernel reads and fills: named tuples of arrays, as Numba takes them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DEPOSITED, SUBGAP, LEFT, CAPPED, LATE, GAINED = range(6)
"""Columns of a packet's ledger: absorbed by films; below every threshold; out through leaks and
absorbing faces; stopped by the bounce cap or by the time limit; what roulette added."""
HIT, BELOW, EMPTY, CAP, LIMIT, ROULETTE, SPLIT = range(7)
"""How a packet ended: at an absorbing face; below every threshold; all of it absorbed; by the
bounce cap, the time limit or roulette; or not yet, where it is to be split."""


class CrystalRecord(NamedTuple):
    """Direction table and bulk processes; see `tables` and `scattering`."""

    cells: int
    records: NDArray[np.int16]
    speed_unit: float
    slowness_unit: float
    alias: NDArray[np.uint32]
    mode_alias: NDArray[np.uint32]
    isotope: float
    anharmonic: float
    decay_tt: float
    ratio: float
    fast_share: float
    quantiles: Array


class BlockRecord(NamedTuple):
    """Sides of the chip, film numbers on its back and front, absorbing faces (-x, +x, -y, +y,
    back, front), law and specular share of the others."""

    size: Array
    back: NDArray[np.uint8]
    front: NDArray[np.uint8]
    sink: NDArray[np.bool_]
    law: int
    specular: float


class FilmRecord(NamedTuple):
    """See `film.FilmTables`; ``lowest`` is 0 without films."""

    lowest: float
    cutoff: Array
    velocity: Array
    transmission: Array
    leak: Array
    passes: Array
    deposited: Array
    quantiles: NDArray[np.float32]
    below: Array


class PacketRecord(NamedTuple):
    """Starts of n packets: see `source.PhononSource`; positions from a corner of the chip."""

    position: Array
    wavevector: Array
    mode: NDArray[np.int8]
    time: Array
    energy: Array
    frequency: Array


class LimitRecord(NamedTuple):
    """Bounce cap (0: none); latest time; roulette's floor as share of the starting energy (0:
    off); frequency below which a packet splits (0: never), and into how many."""

    bounces: int
    latest: float
    roulette: float
    split_below: float
    copies: int


class MapRecord(NamedTuple):
    """Deposits by face (back, front), x, y and time, in quanta; edges of the time bins;
    quanta per energy."""

    quanta: NDArray[np.int64]
    edges: Array
    scale: float


class OutRecord(NamedTuple):
    """By packet: ledger (n, 6), steps, bounces, how it ended, x, y, z, time and frequency there
    (n, 5), the last face it met (-1: none), mode. Of a split packet: its last copy."""

    ledger: Array
    steps: NDArray[np.int64]
    bounces: NDArray[np.int64]
    ending: NDArray[np.int8]
    last: Array
    face: NDArray[np.int8]
    mode: NDArray[np.int8]
