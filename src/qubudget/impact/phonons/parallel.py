"""The kernel on several threads, with the same result on any number of them.

Plain Python threads around a kernel that releases the interpreter's lock: unlike a parallel
region of Numba's, that may be called from many threads at once and leaves a process that can
still be forked.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from queue import SimpleQueue

import numba
import numpy as np
from numpy.typing import NDArray

from qubudget.impact.phonons.kernel import follow
from qubudget.impact.phonons.structs import (
    BlockRecord,
    CrystalRecord,
    FilmRecord,
    LimitRecord,
    MapRecord,
    OutRecord,
    PacketRecord,
)

_PARTS = 16  # per thread, so that none waits long for the last


def follow_all(
    seed: int,
    crystal: CrystalRecord,
    block: BlockRecord,
    films: FilmRecord,
    packets: PacketRecord,
    limits: LimitRecord,
    maps: MapRecord,
    out: OutRecord,
) -> NDArray[np.int64]:
    """Follow all packets on as many threads as Numba is set to; returns the map in quanta.

    Each thread has a map of its own; whole numbers add up to the same in any order. ``maps``
    gives their shape; ``out`` is filled.
    """
    count = packets.energy.size
    threads = max(1, min(int(numba.get_num_threads()), count))
    free: SimpleQueue[MapRecord] = SimpleQueue()
    copies = [maps._replace(quanta=np.zeros_like(maps.quanta)) for _ in range(threads)]
    for copy in copies:
        free.put(copy)

    def part(bounds: tuple[int, int]) -> None:
        own = free.get()
        follow(*bounds, np.uint64(seed), crystal, block, films, packets, limits, own, out)
        free.put(own)

    if threads == 1:
        part((0, count))
    else:
        edges = np.unique(np.linspace(0, count, _PARTS * threads + 1).astype(int)).tolist()
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, pairwise(edges)))
    return np.asarray(sum(copy.quanta for copy in copies))
