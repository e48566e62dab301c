"""Precomputed responses of a chip's qubits, from which any impact is read in microseconds.

Impacts at the places of a lattice and at a few energies are computed once; an event takes the
nearest place and interpolates x between energies as a power of the energy, which is right where
recombination does not count (x grows with the energy) and where it is all that counts (x does not).
Below the lowest energy x is proportional to the energy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.event import Chip
from qubudget.impact.response import at_sites

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Library:
    """x at every qubit after impacts, per deposited energy.

    Attributes
    ----------
    length, width : of the chip, m.
    lattice : places along x and along y, midpoints of as many equal parts of the sides.
    energies : rising, shape (ne,), J.
    times : after the impact, shape (nt,), s.
    x, y : of the qubits, shape (nq,), m.
    per_energy : x over energy, shape (lattice, lattice, ne, nt, nq), 1/J.
    """

    length: float
    width: float
    lattice: int
    energies: Array
    times: Array
    x: Array
    y: Array
    per_energy: Array

    def response(self, energy: ArrayLike, x: ArrayLike, y: ArrayLike) -> Array:
        """Quasiparticles x of all qubits after impacts.

        Parameters
        ----------
        energy, x, y : deposited (J) and where (m from the chip's centre), shape (n,) each.

        Returns
        -------
        Shape (n, nt, nq).

        Raises
        ------
        OutOfRangeError: a place off the chip, an energy above the library's.
        """
        e, px, py = (np.atleast_1d(np.asarray(v, dtype=np.float64)) for v in (energy, x, y))
        if not (np.all(np.abs(px) <= self.length / 2) and np.all(np.abs(py) <= self.width / 2)):
            raise OutOfRangeError("an impact lies beside the chip")
        if not np.all((e > 0) & (e <= self.energies[-1] * (1 + 1e-9))):
            raise OutOfRangeError(
                f"the library holds impacts above 0 and up to {self.energies[-1]:g} J"
            )
        i, j = _cell(px, self.length, self.lattice), _cell(py, self.width, self.lattice)
        place = np.interp(np.log(e), np.log(self.energies), np.arange(len(self.energies)))
        below = np.minimum(place.astype(np.intp), len(self.energies) - 2)
        part = (place - below)[:, None, None]
        low, high = self.per_energy[i, j, below], self.per_energy[i, j, below + 1]
        return np.asarray(e[:, None, None] * low ** (1 - part) * high**part)


def _cell(position: Array, side: float, count: int) -> NDArray[np.intp]:
    found = ((position / side + 0.5) * count).astype(np.intp)
    return np.minimum(found, count - 1)


def build(
    chip: Chip,
    sites: tuple[Array, Array],
    energies: ArrayLike,
    times: ArrayLike,
    lattice: int,
    cells: int,
) -> Library:
    """Compute a library.

    Parameters
    ----------
    chip : answers impacts; one that is symmetric is asked in one quadrant only.
    sites : x and y of the qubits, m.
    energies : rising, two at least, J. times : rising, s.
    lattice : places along each side. cells : of the kinetics, along the longer side.
    """
    e, t = np.asarray(energies, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if e.ndim != 1 or len(e) < 2 or e[0] <= 0 or np.any(np.diff(e) <= 0) or lattice < 1:
        raise OutOfRangeError("a library needs two rising energies > 0 and a place")
    middle = (np.arange(lattice) + 0.5) / lattice - 0.5
    found = np.zeros((lattice, lattice, len(e), len(t), len(sites[0])))
    for i, j in np.ndindex(lattice, lattice):
        mirrored = (lattice - 1 - i, lattice - 1 - j)
        if chip.symmetric and (i < mirrored[0] or j < mirrored[1]):
            continue  # filled from its mirror image
        x, y = middle[i] * chip.length, middle[j] * chip.width
        for k, energy in enumerate(e):
            grid, field = chip.event(float(energy), float(x), float(y), cells, t)
            for flip_x in (False, True) if chip.symmetric else (False,):
                for flip_y in (False, True) if chip.symmetric else (False,):
                    seen = field[:, :: -1 if flip_x else 1, :: -1 if flip_y else 1]
                    place = (mirrored[0] if flip_x else i, mirrored[1] if flip_y else j)
                    found[(*place, k)] = at_sites(seen, grid, *sites) / energy
    return Library(chip.length, chip.width, lattice, e, t, *sites, found)
