"""A deposit's quasiparticles by phonon transport: packets to the film, kinetics after them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from qubudget.constants import BOLTZMANN
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.wafer import EDGES, Landing, Wafer, wafer_of
from qubudget.impact.energy.kaplan import pair_breaking_rate
from qubudget.impact.kinetics.diffusion import evolve
from qubudget.impact.kinetics.patterned import Deposits, Film, LivePhonons, Slowing, relaxation
from qubudget.impact.kinetics.uniform import Grid, square_grid
from qubudget.impact.response import half_radius
from qubudget.materials.substrates import substrate
from qubudget.materials.superconductors import Superconductor, superconductor

Array = NDArray[np.float64]

_REST = 3.0  # gaps: where the cascade stops breaking pairs
_CENTRE = 48  # cells of the landing at the centre
_DRAWN_CELLS = 64  # cells at least along the longer side of a chip whose films are drawn


@dataclass(frozen=True)
class TracedChip:
    """What an event of any energy and place needs to know of the chip.

    Attributes
    ----------
    wafer : crystal and films.
    phonon_share : of a deposit's energy.
    metal : of the qubits' film. thickness : of it, m.
    film : its kinetics, without the islands of a drawn one.
    """

    wafer: Wafer
    phonon_share: float
    metal: Superconductor
    thickness: float
    film: Film

    @property
    def length(self) -> float:
        """Along x, m."""
        return self.wafer.layout.length

    @property
    def width(self) -> float:
        """Along y, m."""
        return self.wafer.layout.width

    @property
    def efficiency(self) -> float:
        """Quasiparticles' rest energy over the deposited energy, at the chip's centre."""
        return self.phonon_share * self._centre.total

    @property
    def hot_spot_radius(self) -> float:
        """Within which half of the energy of a deposit at the centre lands, m."""
        share = self._centre.share.sum(axis=0)
        grid = Grid(self.length, self.width, *share.shape)
        return half_radius(share, grid, 0.0, 0.0)

    @property
    def _centre(self) -> Landing:
        grid = square_grid(self.length, self.width, _CENTRE)
        return self.wafer.landing(0.0, 0.0, grid.nx, grid.ny)

    @property
    def symmetric(self) -> bool:
        """Whether its films cover whole faces."""
        return not self.wafer.drawn

    def event(
        self, energy: float, x: float, y: float, cells: int, times: Array
    ) -> tuple[Grid, Array]:
        """See :meth:`qubudget.impact.chip.event.Chip.event`.

        Where films are drawn there are at least 64 cells along the longer side, and a bare one
        shows what the nearest cell of the qubits' film has.
        """
        drawn = self.wafer.drawn
        grid = square_grid(self.length, self.width, max(cells, _DRAWN_CELLS if drawn else 1))
        landing = self.wafer.landing(x, y, grid.nx, grid.ny)
        per_cell = 2 * self.metal.density_of_states * self.metal.gap**2 * self.thickness
        phonons = energy * self.phonon_share if energy >= 2 * self.metal.gap else 0.0
        scale = phonons / (per_cell * grid.cell_area)
        source = Deposits(EDGES, scale * landing.share)
        film, nothing = self.film, np.zeros((grid.nx, grid.ny))
        if not drawn:
            return grid, evolve(nothing, times, grid, film, source).field
        covered, nearest = _covered(self.wafer, grid.nx, grid.ny)
        islands = np.where(covered, self.wafer.layout.islands("front", grid.nx, grid.ny), 0)
        found = evolve(nothing, times, grid, replace(film, islands=islands), source).field
        return grid, found[:, *nearest]


@lru_cache(maxsize=8)
def _covered(wafer: Wafer, nx: int, ny: int) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
    """Cells of the qubits' film, and the indices of the nearest such cell of every cell."""
    covered = wafer.covered(nx, ny)
    if not covered.any():
        raise OutOfRangeError(
            f"the film of the qubits fills none of {nx} x {ny} cells: it is drawn too finely"
        )
    nearest = distance_transform_edt(~covered, return_distances=False, return_indices=True)
    return covered, np.asarray(nearest, dtype=np.intp)


def traced_chip(design: DesignModel, trapping: float, packets: int, seed: int) -> TracedChip:
    """The constants of a design's chip; ``trapping`` (1/s) with everything that traps.

    An electrode that floats is so small that its quasiparticles are those that phonons leave at
    its place: they do not diffuse.

    Raises
    ------
    OutOfRangeError: as `wafer_of`, and a film whose times have no source where they are needed.
    """
    wafer = wafer_of(design, packets, seed)
    return TracedChip(
        wafer=wafer,
        phonon_share=substrate(design.chip.substrate).phonon_share,
        metal=superconductor(design.qubit.film),
        thickness=wafer.films[wafer.qubits].thickness,
        film=_film(design, trapping),
    )


def _film(design: DesignModel, trapping: float) -> Film:
    chip = design.chip
    phonons: LivePhonons | None = None
    if chip.phonon_escape > 0:
        metal = superconductor(design.qubit.film)
        assert metal.tau0_phonon is not None  # or the film could not have been traced into
        at_gap = float(pair_breaking_rate(2.0)) / metal.tau0_phonon
        phonons = LivePhonons(1 / at_gap, chip.phonon_escape)
    return Film(
        chip.diffusivity if chip.electrodes == "grounded" else 0.0,
        chip.recombination,
        trapping,
        measured=phonons is None,
        phonons=phonons,
        slowing=_slowing(design) if chip.diffusion == "slowing" else None,
    )


def _slowing(design: DesignModel) -> Slowing:
    metal = superconductor(design.qubit.film)
    if metal.tau0 is None:
        raise OutOfRangeError(
            f"no sourced electron-phonon time tau0 of {metal.name}: how its quasiparticles cool "
            "is not known"
        )
    rest = 1 + BOLTZMANN * design.chip.burst_temperature / (2 * metal.gap)
    return relaxation(_REST, rest, metal.tau0)
