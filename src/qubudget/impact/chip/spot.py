"""A deposit's quasiparticles without phonon transport: a hot spot, and the rest spread evenly."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.cascade import plateau
from qubudget.impact.energy.films import quasiparticle_share
from qubudget.impact.kinetics.uniform import FilmKinetics, Grid, evolve, gaussian_spot, square_grid
from qubudget.materials.substrates import substrate
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]

_MOST_CELLS = 160


@dataclass(frozen=True)
class SpotChip:
    """What an event of any energy and place needs to know of the chip.

    Attributes
    ----------
    length, width, hot_spot_radius : m.
    spread_fraction, spread_time : share of the energy that phonons carry over the whole chip,
        and its time constant (s); the rest freezes out in the hot spot at once.
    efficiency : quasiparticles' rest energy over the deposited energy.
    x_per_energy : x per deposited J, once spread over the whole film.
    gap : Delta of the film, J.
    film : diffusion, recombination, trapping (islands included).
    """

    length: float
    width: float
    hot_spot_radius: float
    spread_fraction: float
    spread_time: float
    efficiency: float
    x_per_energy: float
    gap: float
    film: FilmKinetics

    @property
    def symmetric(self) -> bool:
        """True: its film covers the whole front."""
        return True

    def event(
        self, energy: float, x: float, y: float, cells: int, times: Array
    ) -> tuple[Grid, Array]:
        """See :meth:`qubudget.impact.chip.event.Chip.event`; no cell is larger than the hot spot's
        radius, and `OutOfRangeError` says where that takes more than 160 of them.
        """
        needed = max(self.length, self.width) / self.hot_spot_radius
        if needed > _MOST_CELLS:
            raise OutOfRangeError(
                f"a hot spot of {self.hot_spot_radius:g} m is too small for the kinetics' grid "
                f"on this chip (at least 1/{_MOST_CELLS} of its longer side)"
            )
        grid = square_grid(self.length, self.width, max(cells, ceil(needed)))
        uniform = energy * self.x_per_energy if energy >= 2 * self.gap else 0.0
        spot = gaussian_spot(grid, x, y, self.hot_spot_radius) * grid.nx * grid.ny
        start = (1 - self.spread_fraction) * uniform * spot
        arriving = self.spread_fraction * uniform
        return grid, evolve(start, times, grid, self.film, arriving, self.spread_time)


def spot_chip(design: DesignModel, trapping: float) -> SpotChip:
    """The constants of a design's chip; ``trapping`` (1/s) with everything that traps.

    A deposit E leaves efficiency x E/Delta quasiparticles in the film, Delta being the film's.
    """
    chip, film = design.chip, superconductor(design.qubit.film)
    metal_share = quasiparticle_share(
        chip.film_thickness, chip.back_metal_thickness, chip.back_metal_absorption
    )
    efficiency = substrate(chip.substrate).phonon_share * plateau() * metal_share
    volume = chip.length * chip.width * chip.film_thickness
    normal = 2 * film.density_of_states * film.gap * volume  # quasiparticles per unit of x
    return SpotChip(
        efficiency=efficiency,
        length=chip.length,
        width=chip.width,
        hot_spot_radius=chip.hot_spot_radius,
        spread_fraction=chip.spread_fraction,
        spread_time=chip.spread_time,
        x_per_energy=efficiency / film.gap / normal,
        gap=film.gap,
        film=FilmKinetics(chip.diffusivity, chip.recombination, trapping),
    )
