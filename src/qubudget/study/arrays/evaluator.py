"""Points of a sweep as arrays: cryostat, closed-form coherence and event rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qubudget.study.arrays.vector import vectorised
from qubudget.study.sweeping.blocks import ERROR, Block
from qubudget.study.sweeping.points import Points

WINGS = ("thermal", "coherence")
"""The wings whose numbers are computed as arrays."""
LEFT_OUT = (
    "intervals, spreads and shares; needs, trades, operations, runaway and shape of the cryostat; "
    "noise of every line; reasons in words"
)
"""What a report up to these wings holds besides the columns here."""
_THERMAL = ("thermal.", "feedback.", ERROR)


@dataclass(frozen=True)
class ArrayEvaluator:
    """What needs no Monte Carlo, for tens of thousands of points at once.

    The columns are those of the report, less `LEFT_OUT`; with ``coherence`` as the last of
    ``wings`` the rates of radiation's deposits, too.
    """

    wings: tuple[str, ...] = WINGS
    name: str = "arrays"
    block: int = 65536

    def __call__(self, points: Points) -> Block:
        """The results; a point that fails has its reason in the column ``error``."""
        found = vectorised(points.design, {axis.key: axis.si for axis in points.axes})
        if self.wings == WINGS[:1]:
            found = {name: v for name, v in found.items() if name.startswith(_THERMAL)}
        texts = {name for name, column in found.items() if column.dtype.kind in "OU"}
        numbers = {n: c.astype(np.float64) for n, c in found.items() if n not in texts}
        worded = {n: c.astype(object) for n, c in found.items() if n in texts}
        return Block(points.indices, numbers, worded)
