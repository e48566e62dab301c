"""What one pass through the wings leaves for the next, which changes little."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.design.schema import DesignModel

T = TypeVar("T")


class Memory:
    """Results by name, taken again where all that they depend on is as before, to the bit.

    The heat of correcting warms one stage: in the second pass most stages are as in the first.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[DesignModel, tuple[NDArray[np.float64], ...], object]] = {}

    def recall(
        self,
        name: str,
        design: DesignModel,
        inputs: tuple[ArrayLike, ...],
        compute: Callable[[], T],
    ) -> T:
        """``compute()``, which is to depend on the design and the inputs alone."""
        arrays = tuple(np.asarray(value, dtype=np.float64) for value in inputs)
        if name in self._kept:
            before, values, result = self._kept[name]
            if before is design and all(map(np.array_equal, values, arrays)):
                return result  # type: ignore[return-value]
        found = compute()
        self._kept[name] = design, arrays, found
        return found
