"""One stream of random numbers per packet, from the seed and the packet's index alone.

SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) is a counter and a mixing function: a packet's
numbers depend on nothing but its start, so no result depends on the number of threads. The
counter is a local variable of the kernel: advance it by `STRIDE`, mix it for 64 random bits.
"""

from __future__ import annotations

import numpy as np
from numba import njit

STRIDE = np.uint64(0x9E3779B97F4A7C15)
_SCALE = 1.0 / 9007199254740992.0


@njit(cache=True)
def mix(counter):  # type: ignore[no-untyped-def]
    """64 random bits of a counter."""
    z = (counter ^ (counter >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@njit(cache=True)
def unit(bits):  # type: ignore[no-untyped-def]
    """A number in [0, 1) of 64 random bits."""
    return np.float64(bits >> np.uint64(11)) * _SCALE


@njit(cache=True)
def start(seed, index):  # type: ignore[no-untyped-def]
    """First counter of a packet: seed and index scrambled, so that streams lie far apart."""
    first = mix(np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + STRIDE)
    return mix(first + np.uint64(index) * np.uint64(0x2545F4914F6CDD1D))
