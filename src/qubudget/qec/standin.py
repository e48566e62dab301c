"""A small patch around the place that a burst hits, in place of a large one.

A logical error of the whole patch has to cross the quiet sites around the hit ones too. So the
hazard per cycle of the whole patch, distance d, is that of a small patch, d_s, that holds all hit
qubits and a margin, times Lambda^(-(d - d_s)/2) with the Lambda of the background. Where some
excess error reaches beyond the small patch, Lambda is divided by one plus the largest excess there
relative to the quiet decoherence error per cycle (Lambda ~ 1/p), but only for the distance that
the excess reaches: what is farther out is quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from qubudget.qec.background import QuietNoise
from qubudget.qec.cycle import Decoherence
from qubudget.qec.history import NEGLIGIBLE, BurstHistory, Decay, decay, error_at, quiet_error
from qubudget.qec.layout import Family, Layout, build
from qubudget.qec.placement import Chip, Orientation, Placement, place

Array = NDArray[np.float64]
MARGIN = 6
"""Quiet sites around the hit qubits, in code distance."""


@dataclass(frozen=True)
class Site:
    """Code and chip on which all bursts of a design fall; lengths in m.

    ``offset`` is the patch's middle from the chip's centre, ``orientation`` how it is turned.
    """

    family: Family
    distance: int
    pitch: float
    length: float
    width: float
    noise: QuietNoise
    offset: tuple[float, float] = (0.0, 0.0)
    orientation: Orientation = "sides"

    @property
    def chip(self) -> Chip:
        """The chip's size and pitch."""
        return Chip(self.length, self.width, self.pitch)

    def place(self, layout: Layout) -> Placement:
        """A patch of this code on the chip; refused where it does not belong there."""
        return place(layout, self.chip, self.offset, self.orientation)

    def quiet(self, layout: Layout) -> Decoherence:
        """Quiet decoherence of a patch."""
        return self.noise.decoherence(layout.qubits)

    def decay(self, burst: BurstHistory, layout: Layout, placement: Placement, cells: int) -> Decay:
        """The burst as this placement of a patch sees it."""
        schedule = self.noise.schedule
        return decay(
            burst,
            placement,
            self.quiet(layout),
            schedule.cycle_time,
            schedule.unechoed,
            cells,
        )


@dataclass(frozen=True, eq=False)
class StandIn:
    """The patch simulated: its layout, its view of the burst, and for every cell the factor by
    which the excess beyond it lowers Lambda, and the distance of a patch that holds the excess."""

    layout: Layout
    history: Decay
    reduction: Array
    reach: Array

    def hazard(self, suppression: float | Array, distance: int, number: int) -> Array:
        """Hazard of the whole patch, of ``distance``, over that of this one in one of its cells.

        ``suppression`` : Lambda, any shape. Where so much is hit beyond this patch that distance
        gains nothing, nothing is taken off.
        """
        more = (distance - self.layout.distance) / 2
        within = min(max((self.reach[number] - self.layout.distance) / 2, 0.0), more)
        lowered = np.maximum(np.asarray(suppression) * self.reduction[number], 1.0)
        return np.asarray(lowered**-within * np.asarray(suppression) ** -(more - within))


def smallest_distance(site: Site, placement: Placement, history: Decay) -> int:
    """Distance of the smallest patch that holds the hit qubits and the margin; 7 without any."""
    if not history.hit:
        return min(MARGIN + 1, site.distance)
    reach = float(np.ptp(placement.local[history.focus], axis=0).max()) / site.pitch
    # A rotated patch of distance d is sqrt(2) d neighbour distances wide.
    distance = ceil(reach / sqrt(2)) + MARGIN
    return min(distance + 1 - distance % 2, site.distance)


def stand_in(
    site: Site, burst: BurstHistory, whole: Placement, history: Decay, distance: int, cells: int
) -> StandIn:
    """A patch of ``distance`` inside the whole one, as near to the burst's focus as it can be."""
    layout = build(site.family, distance)
    if distance == site.distance:
        same = np.ones(len(history.cells))
        return StandIn(layout, history, same, distance * same)
    size = np.ptp(layout.coordinates, axis=0) * site.pitch
    room = (np.ptp(whole.local, axis=0) - size) / 2
    step = sqrt(2) * site.pitch

    def cut_out(target: Array) -> tuple[Array, Decay]:
        # Steps of sqrt(2) pitches keep data on data sites and ancillas on ancillas.
        middle = np.round(np.clip(target, -room, room) / step) * step
        x, y = whole.on_the_chip(middle).tolist()
        placed = Placement(layout, site.chip, (x, y), site.orientation)
        return middle, site.decay(burst, layout, placed, cells)

    spots = whole.local[history.focus]
    middle, seen = cut_out((spots.max(axis=0) + spots.min(axis=0)) / 2)
    if not seen.cells:
        # A focus with a hole at its middle: go to the worst qubit itself.
        middle, seen = cut_out(whole.local[history.worst])
    outside = np.any(np.abs(whole.local - middle) > size / 2 + 1e-9, axis=1)
    schedule = site.noise.schedule
    still = quiet_error(site.quiet(layout), schedule.cycle_time)
    quietest = max(still, 1e-300)
    beyond, reach = [], []
    for cell in seen.cells:
        excess = error_at(burst, whole, cell.time, schedule.cycle_time, schedule.unechoed)
        noticed = whole.local[excess > NEGLIGIBLE * quietest]
        extent = float(np.ptp(noticed, axis=0).max()) if len(noticed) else 0.0
        beyond.append(float(excess[outside].max()) / quietest)
        reach.append(extent / step)
    return StandIn(layout, seen, 1 / (1 + np.array(beyond)), np.array(reach))
