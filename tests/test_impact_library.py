"""A library of responses against the chip that it was built from, and against closed forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.impact.answers import Library, build
from qubudget.impact.chip.event import Chip, chip_of
from qubudget.impact.kinetics.uniform import Grid, square_grid
from qubudget.impact.response import at_sites

Array = NDArray[np.float64]

KEV = 1e3 * ELEMENTARY_CHARGE
TIMES = np.array([1e-6, 1e-4, 1e-2])
ENERGIES = np.array([40.0, 400.0, 4000.0]) * KEV
SITES = (np.array([-3e-3, 0.0, 1e-3, 4e-3]), np.array([1e-3, 0.0, -2e-3, 2.5e-3]))


@dataclass
class Hill:
    """A chip whose effects are known: a hill at the impact that recombines by itself.

    ``x`` = hill/(1 + ``recombination`` t hill), hill = energy times a shape that is symmetric
    under mirrors only if ``symmetric``.
    """

    symmetric: bool = True
    length: float = 10e-3
    width: float = 6e-3
    recombination: float = 0.0
    hot_spot_radius: float = 1e-3
    efficiency: float = 0.5
    asked: list[tuple[float, float, float]] = field(default_factory=list)

    def event(
        self, energy: float, x: float, y: float, cells: int, times: Array
    ) -> tuple[Grid, Array]:
        self.asked.append((energy, x, y))
        grid = square_grid(self.length, self.width, cells)
        tilt = 0.0 if self.symmetric else 0.7
        distance = np.hypot(grid.x[:, None] - x, 0.5 * (grid.y[None, :] - y))
        shape = np.exp(-distance / 2e-3) * (1 + tilt * np.sin(grid.x / 1e-3))[:, None]
        hill = energy / ENERGIES[0] * shape
        return grid, hill / (1 + self.recombination * times[:, None, None] * hill)


@cache
def base() -> Design:
    return load("sycamore-like").replace({"chip.width": "6 mm"})


def direct(chip: Chip, library: Library, i: int, j: int, energy: float) -> Array:
    n = library.lattice
    x, y = ((i + 0.5) / n - 0.5) * chip.length, ((j + 0.5) / n - 0.5) * chip.width
    grid, x_qp = chip.event(energy, x, y, 20, TIMES)
    return at_sites(x_qp, grid, *SITES)


@pytest.mark.parametrize("lattice", [1, 2, 3, 4])
@pytest.mark.parametrize("symmetric", [True, False])
def test_at_the_lattices_places_it_is_the_chip(lattice: int, symmetric: bool) -> None:
    chip = Hill(symmetric)
    library = build(chip, SITES, ENERGIES, TIMES, lattice, 20)
    quadrant = (lattice + 1) // 2
    asked = quadrant**2 if symmetric else lattice**2
    assert len(chip.asked) == asked * len(ENERGIES)
    for i, j in np.ndindex(lattice, lattice):
        for energy in ENERGIES:
            x, y = ((i + 0.5) / lattice - 0.5) * 10e-3, ((j + 0.5) / lattice - 0.5) * 6e-3
            found = library.response(energy, x, y)[0]
            assert found == pytest.approx(direct(chip, library, i, j, energy), rel=1e-9)


@pytest.mark.parametrize("transport", ["hot-spot", "traced"])
def test_real_chips(transport: str) -> None:
    design = base().replace({"chip.transport": transport})
    chip = chip_of(design, 2000, 1)
    library = build(chip, SITES, ENERGIES, TIMES, 2, 20)
    for energy in ENERGIES:
        # The place that was computed: to rounding. Its images: to rounding where phonons are
        # not traced, within the packets' noise where they are (late x at four qubits).
        own = library.response(energy, 2e-3, 1e-3)[0]
        assert own == pytest.approx(direct(chip, library, 1, 1, energy), rel=1e-9)
        image = library.response(energy, -2e-3, 1e-3)[0]
        expected = direct(chip, library, 0, 1, energy)
        assert image[-1] == pytest.approx(
            expected[-1], rel=1e-6 if transport == "hot-spot" else 0.1
        )


def test_the_nearest_place_answers() -> None:
    library = build(Hill(False), SITES, ENERGIES, TIMES, 2, 20)
    near, far = 1e-9, -1e-9
    at = {sign: library.response(ENERGIES[0], sign * 2.5e-3, 1.5e-3) for sign in (1, -1)}
    assert np.array_equal(library.response(ENERGIES[0], near, near), at[1])
    assert np.array_equal(library.response(ENERGIES[0], far, near), at[-1])
    corner = library.response(ENERGIES[0], 5e-3, 3e-3)
    assert np.array_equal(corner, at[1])


def test_many_events_at_once_are_the_same_events() -> None:
    library = build(Hill(), SITES, ENERGIES, TIMES, 3, 20)
    energy, x, y = np.array([50.0, 900.0]) * KEV, np.array([1e-3, -4e-3]), np.array([2e-3, 0.0])
    every = library.response(energy, x, y)
    assert every.shape == (2, len(TIMES), len(SITES[0]))
    for k in range(2):
        assert np.array_equal(every[k], library.response(energy[k], x[k], y[k])[0])


@pytest.mark.parametrize("recombination", [0.0, 1e3, 1e6, 1e12])
def test_energies_between(recombination: float) -> None:
    # x = h/(1 + s): ln(x/E) = -ln(1 + e^u) + const with u ~ ln E, whose second derivative is at
    # most 1/4. Linear interpolation over ln 10 is off by at most (ln 10)^2/8/4 = 0.166.
    chip = Hill(recombination=recombination)
    library = build(chip, SITES, ENERGIES, TIMES, 1, 20)
    for energy in np.geomspace(ENERGIES[0], ENERGIES[-1], 9):
        found, exact = library.response(energy, 0.0, 0.0)[0], direct(chip, library, 0, 0, energy)
        assert np.all(np.abs(np.log(found / exact)) < np.log(10) ** 2 / 32 + 1e-9)
        if recombination in (0.0, 1e12):  # pure powers of the energy are met
            assert found == pytest.approx(exact, rel=1e-3)


def test_less_energy_than_the_library_has() -> None:
    library = build(Hill(), SITES, ENERGIES, TIMES, 1, 20)
    low = library.response(ENERGIES[0] / 7, 0.0, 0.0)
    assert low == pytest.approx(library.response(ENERGIES[0], 0.0, 0.0) / 7)


def test_qubits_that_nothing_reaches() -> None:
    dark = Library(
        1e-2, 1e-2, 1, np.array([1.0, 10.0]), np.array([1.0]), np.zeros(1), np.zeros(1),
        np.zeros((1, 1, 2, 1, 1)),
    )  # fmt: skip
    assert dark.response([0.1, 1.0, 3.0, 10.0], [0.0] * 4, [0.0] * 4).tolist() == [[[0.0]]] * 4


@pytest.mark.parametrize(
    ("energy", "x", "y", "words"),
    [
        (5001 * KEV, 0.0, 0.0, "up to"),
        (0.0, 0.0, 0.0, "above 0"),
        (-1.0, 0.0, 0.0, "above 0"),
        (np.nan, 0.0, 0.0, "above 0"),
        (50 * KEV, 5.1e-3, 0.0, "beside"),
        (50 * KEV, 0.0, -3.1e-3, "beside"),
        (50 * KEV, np.nan, 0.0, "beside"),
    ],
)
def test_impacts_that_it_does_not_hold(energy: float, x: float, y: float, words: str) -> None:
    library = build(Hill(), SITES, ENERGIES, TIMES, 1, 20)
    with pytest.raises(OutOfRangeError, match=words):
        library.response(energy, x, y)


@pytest.mark.parametrize(
    ("energies", "lattice"),
    [([1.0], 2), ([2.0, 1.0], 2), ([0.0, 1.0], 2), ([1.0, 1.0], 2), ([1.0, 2.0], 0)],
)
def test_libraries_that_cannot_be(energies: list[float], lattice: int) -> None:
    with pytest.raises(OutOfRangeError, match="two rising energies"):
        build(Hill(), SITES, energies, TIMES, lattice, 20)
