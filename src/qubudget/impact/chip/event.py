"""One impact on a design's chip: from a deposit to quasiparticles over time and place."""

from __future__ import annotations

from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.impact.chip.removal import trapping
from qubudget.impact.chip.spot import spot_chip
from qubudget.impact.kinetics.uniform import Grid

Array = NDArray[np.float64]
Effort = Literal["quick", "standard", "full"]

TIMES = np.geomspace(1e-8, 10.0, 73)
"""Times after an impact, s: eight per decade, past the slowest recovery in print."""
PACKETS = {"quick": 20_000, "standard": 100_000, "full": 400_000}
"""Of phonons from one place, where they are traced."""


class Chip(Protocol):
    """A chip that answers deposits of any energy and place, with or without phonon transport."""

    @property
    def length(self) -> float:
        """Along x, m."""

    @property
    def width(self) -> float:
        """Along y, m."""

    @property
    def hot_spot_radius(self) -> float:
        """Within which a deposit's first quasiparticles appear, m."""

    @property
    def efficiency(self) -> float:
        """Quasiparticles' rest energy over the deposited energy."""

    @property
    def symmetric(self) -> bool:
        """Whether impacts at mirrored places have mirrored effects."""

    def event(
        self, energy: float, x: float, y: float, cells: int, times: Array
    ) -> tuple[Grid, Array]:
        """Quasiparticles x after a deposit (J) at a place (m): the grid and (nt, nx, ny).

        ``cells`` along the longer side, or more; ``times`` after the impact, s. A deposit of
        less than 2 Delta of the qubits' film breaks no pair.
        """


def chip_of(design: DesignModel, packets: int, seed: int) -> Chip:
    """The chip of a design; ``packets`` and ``seed`` matter where phonons are traced."""
    rate = trapping(design)
    if design.chip.transport == "hot-spot":
        return spot_chip(design, rate)
    from qubudget.impact.chip.traced import (
        traced_chip,  # compiles kernels: only where they are used
    )

    return traced_chip(design, rate, packets, seed)
