"""The way up and the way down of a machine whose heat of correction feeds back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import at_least
from qubudget.cryostat.runaway import CorrectedStage, Floats
from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class Hysteresis:
    """Temperature of a machine that grows slowly, and shrinks again.

    Attributes
    ----------
    qubits : rising. growing, shrinking : temperature, K, on the way up from the coldest state
        and on the way down from the hottest; NaN above the stage's range.
    """

    qubits: Floats
    growing: Floats
    shrinking: Floats

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Where the two ways do not meet."""
        both = np.isnan(self.growing) & np.isnan(self.shrinking)
        return ~both & ~np.isclose(self.growing, self.shrinking, rtol=1e-6, atol=0)


def hysteresis(stage: CorrectedStage, qubits: ArrayLike) -> Hysteresis:
    """The stable states that a machine passes through as its qubits change slowly.

    Parameters
    ----------
    qubits : N, rising, shape (n,).

    Raises
    ------
    OutOfRangeError: qubits that do not rise.
    """
    count = np.atleast_1d(at_least(0, "qubits", qubits))
    if np.any(np.diff(count) <= 0):
        raise OutOfRangeError("qubits must rise")
    grid, values = stage.grid, stage.capacity(stage.grid)
    growing = _followed(grid, values, count, 0)
    shrinking = _followed(grid, values, count[::-1], len(grid))[::-1]
    return Hysteresis(count, growing, shrinking)


def _followed(grid: Floats, values: Floats, count: Floats, start: int) -> Floats:
    """Temperatures along a list of machines, each starting where the one before ended.

    A place is the index of the first grid point above the state; len(grid): above the range.
    """
    place, found = start, np.empty(len(count))
    for index, number in enumerate(count.tolist()):
        cools = values >= number
        while place < len(grid) and not cools[place]:
            place += 1
        while place > 0 and cools[place - 1]:
            place -= 1
        if place == len(grid):
            found[index] = np.nan
        elif place == 0:
            found[index] = grid[0]
        else:  # linear in ln T between the two points that enclose the balance
            low, high = values[place - 1], values[place]
            share = (number - low) / (high - low) if np.isfinite(high - low) else 1.0
            found[index] = grid[place - 1] * (grid[place] / grid[place - 1]) ** share
    return found
