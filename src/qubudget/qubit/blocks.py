"""Quadrature of many integrals in parts that stay in a processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NUMBERS = 1 << 13
"""Numbers of one temporary array, 64 kB."""


def in_blocks(integrate: Callable[..., Floats], arguments: Sequence[Floats], nodes: int) -> Floats:
    """``integrate(*arguments)``, along the last axis in blocks where there is much.

    integrate : of arrays that broadcast; makes temporary arrays with a further axis of ``nodes``.
    Every member of the answer must depend on the members at its own place alone, so that blocks
    change no digit.
    """
    shape = np.broadcast_shapes(*(a.shape for a in arguments))
    size = int(np.prod(shape))
    if not shape or size * nodes <= _NUMBERS:
        return integrate(*arguments)
    step = max(1, _NUMBERS * shape[-1] // (size * nodes))
    result = np.empty(shape)
    for start in range(0, shape[-1], step):
        here = slice(start, start + step)
        result[..., here] = integrate(*(a if _alike(a) else a[..., here] for a in arguments))
    return result


def _alike(array: Floats) -> bool:
    return array.ndim == 0 or array.shape[-1] == 1
