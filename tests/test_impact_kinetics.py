"""Quasiparticle kinetics against exact solutions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from qubudget.errors import OutOfRangeError
from qubudget.impact import response
from qubudget.impact.kinetics import uniform as kinetics
from qubudget.impact.kinetics.uniform import FilmKinetics
from qubudget.materials.superconductors import superconductor

TIMES = np.geomspace(1e-8, 1e-1, 57)
GRID = kinetics.square_grid(10e-3, 10e-3, 32)
SPOT = kinetics.gaussian_spot(GRID, 1e-3, -2e-3, 1.5e-3) * 32 * 32 * 1e-6


def test_diffusion_spreads_a_gaussian() -> None:
    # exp(-rho^2/a^2) stays one of that kind, with a^2 + 4 D t; images at the edges included.
    film = FilmKinetics(diffusivity=2e-3, recombination=0.0, trapping=0.0)
    grid = kinetics.square_grid(10e-3, 10e-3, 64)
    start = kinetics.gaussian_spot(grid, 1e-3, -2e-3, 1.5e-3)
    times = np.array([1e-5, 1e-4, 1e-3])
    found = kinetics.evolve(start, times, grid, film)
    for time, state in zip(times, found, strict=True):
        radius = np.sqrt(1.5e-3**2 + 4 * 2e-3 * time)
        exact = kinetics.gaussian_spot(grid, 1e-3, -2e-3, radius)
        assert np.abs(state - exact).max() < 2e-3 * exact.max()


def test_diffusion_modes_are_the_five_point_laplacian() -> None:
    rng = np.random.default_rng(1)
    grid = kinetics.Grid(2.0, 3.0, 5, 7)
    x = rng.random((5, 7))
    padded = np.pad(x, 1, mode="edge")
    laplacian = (padded[2:, 1:-1] - 2 * x + padded[:-2, 1:-1]) / (2.0 / 5) ** 2
    laplacian += (padded[1:-1, 2:] - 2 * x + padded[1:-1, :-2]) / (3.0 / 7) ** 2
    step = 1e-7
    moved = kinetics.diffuse(x, step, kinetics.diffusion_modes(grid))
    assert np.allclose((moved - x) / step, laplacian, rtol=1e-4, atol=1e-4)


def test_recombination_alone() -> None:
    film = FilmKinetics(diffusivity=0.0, recombination=1.14e7, trapping=0.0)
    found = kinetics.evolve(SPOT, TIMES, GRID, film)
    exact = SPOT / (1 + 1.14e7 * TIMES[:, None, None] * SPOT)
    assert np.allclose(found, exact, rtol=1e-9, atol=1e-12 * SPOT.max())


def test_trapping_alone() -> None:
    film = FilmKinetics(diffusivity=0.0, recombination=0.0, trapping=40.0)
    found = kinetics.evolve(SPOT, TIMES, GRID, film)
    exact = SPOT * np.exp(-40.0 * TIMES)[:, None, None]
    assert np.allclose(found, exact, rtol=1e-10, atol=1e-12 * SPOT.max())


def test_conservation_without_losses() -> None:
    film = FilmKinetics(diffusivity=5e-3, recombination=0.0, trapping=0.0)
    found = kinetics.evolve(SPOT, TIMES, GRID, film, arriving=3e-6, arrival_time=5e-4)
    expected = SPOT.mean() + 3e-6 * -np.expm1(-TIMES / 5e-4)
    assert np.allclose(found.mean(axis=(1, 2)), expected, rtol=1e-9)


@pytest.mark.parametrize("trapping", [0.0, 40.0, 2000.0, 3.5e5])
def test_uniform_film_against_an_ode_solver(trapping: float) -> None:
    film = FilmKinetics(diffusivity=2e-3, recombination=1.14e7, trapping=trapping)
    start, arriving, tau = 2e-6, 2e-5, 5e-4

    def slope(t: float, x: np.ndarray) -> np.ndarray:
        return arriving * np.exp(-t / tau) / tau - trapping * x - 1.14e7 * x**2

    exact = solve_ivp(slope, (0, TIMES[-1]), [start], "Radau", TIMES, rtol=1e-9, atol=1e-18).y[0]
    grid = kinetics.Grid(1e-2, 1e-2, 4, 4)
    found = kinetics.evolve(np.full((4, 4), start), TIMES, grid, film, arriving, tau)[:, 0, 0]
    assert np.abs(found - exact).max() < 1e-3 * exact.max()
    noticeable = exact > 1e-4 * exact.max()
    assert np.allclose(found[noticeable], exact[noticeable], rtol=5e-3)


def test_everything_together_against_the_method_of_lines() -> None:
    grid = kinetics.Grid(10e-3, 8e-3, 10, 8)
    film = FilmKinetics(diffusivity=5e-3, recombination=5e7, trapping=300.0)
    start = kinetics.gaussian_spot(grid, 2e-3, 1e-3, 2e-3) * 80 * 1e-5
    modes = kinetics.diffusion_modes(grid)

    def slope(t: float, flat: np.ndarray) -> np.ndarray:
        x = flat.reshape(10, 8)
        padded = np.pad(x, 1, mode="edge")
        spread = (padded[2:, 1:-1] + padded[:-2, 1:-1] - 2 * x) / 1e-6
        spread += (padded[1:-1, 2:] + padded[1:-1, :-2] - 2 * x) / 1e-6
        source = 4e-6 * np.exp(-t / 1e-3) / 1e-3
        return (5e-3 * spread - 5e7 * x**2 - 300 * x + source).ravel()

    times = np.geomspace(1e-6, 1e-2, 33)
    exact = solve_ivp(slope, (0, 1e-2), start.ravel(), "BDF", times, rtol=1e-8, atol=1e-14).y
    found = kinetics.evolve(start, times, grid, film, 4e-6, 1e-3)
    largest = exact.max(axis=0)
    difference = np.abs(found.reshape(33, -1).T - exact).max(axis=0)
    assert np.all(difference < 1.5e-3 * largest)
    assert modes.min() == 0


def test_second_order_in_the_step() -> None:
    film = FilmKinetics(diffusivity=5e-3, recombination=5e7, trapping=300.0)
    modes = kinetics.diffusion_modes(GRID)
    runs = [
        kinetics._march(10 * SPOT, np.array([1e-4]), film, modes, 4e-6, 1e-4, steps)[0]
        for steps in (8, 16, 512)
    ]
    errors = [np.abs(run - runs[2]).max() for run in runs[:2]]
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.15)


@given(st.floats(-5e-3, 5e-3), st.floats(-3e-3, 3e-3), st.floats(1e-5, 2e-2))
@settings(max_examples=25, deadline=None)
def test_hot_spot_is_whole_and_mirrored(x: float, y: float, radius: float) -> None:
    grid = kinetics.square_grid(10e-3, 6e-3, 20)
    spot = kinetics.gaussian_spot(grid, x, y, radius)
    assert spot.sum() == pytest.approx(1)
    assert np.all(spot >= 0)
    assert np.allclose(spot[::-1], kinetics.gaussian_spot(grid, -x, y, radius), atol=1e-12)


def test_hot_spot_peaks_like_a_uniform_disc() -> None:
    grid = kinetics.square_grid(20e-3, 20e-3, 101)
    spot = kinetics.gaussian_spot(grid, 0.0, 0.0, 2e-3) / grid.cell_area
    assert spot.max() == pytest.approx(1 / (np.pi * 2e-3**2), rel=0.01)


def test_impact_beside_the_chip_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="outside the chip"):
        kinetics.gaussian_spot(GRID, 6e-3, 0.0, 1e-3)


def test_trap_rate_of_the_papers_time() -> None:
    # Martinis, npj Quantum Inf. 7, 90 (2021): 1.7 us for a quasiparticle 1 K above the gap of
    # aluminium. Coupling alike, an island whose gap lies 1 K below the film's takes about as
    # long: (e - gap)^3 does not know which gap.
    film = superconductor("Al")
    gap_kelvin = 1.764 * film.critical_temperature
    trap = (gap_kelvin - 1.0) / 1.764
    assert 1 / response.trap_rate(film, trap, 1.0) == pytest.approx(1.7e-6, rel=0.25)


def test_trap_rate_falls_as_the_gaps_meet() -> None:
    film = superconductor("Al")
    rates = [response.trap_rate(film, t, 0.3) for t in (0.2, 0.5, 0.8, 1.1, 1.19)]
    assert np.all(np.diff(rates) < 0)
    assert response.trap_rate(film, 0.0, 0.3) == 0
    assert response.trap_rate(film, 0.5, 0.0) == 0
    with pytest.raises(OutOfRangeError, match="cannot trap"):
        response.trap_rate(film, 1.3, 0.3)
    with pytest.raises(OutOfRangeError, match="tau0"):
        response.trap_rate(superconductor("NbTiN"), 1.3, 0.3)


def test_recovery_time_of_known_curves() -> None:
    assert response.recovery_time(TIMES, np.exp(-TIMES / 25e-3)) == pytest.approx(25e-3, rel=1e-3)
    # 1/(1 + t/t0) reaches 1/e at (e - 1) t0; log interpolation over one interval costs 1 %.
    slow = response.recovery_time(TIMES, 1 / (1 + TIMES / 1e-3))
    assert slow == pytest.approx((np.e - 1) * 1e-3, rel=0.01)
    assert response.recovery_time(TIMES, np.ones_like(TIMES)) is None
    assert response.recovery_time(TIMES, np.zeros_like(TIMES)) is None


def test_affected_radius_of_a_disc() -> None:
    grid = kinetics.square_grid(10e-3, 10e-3, 100)
    inside = grid.x[:, None] ** 2 + grid.y[None, :] ** 2 < (2e-3) ** 2
    excess = np.stack([np.zeros_like(inside), 3.0 * inside])
    assert response.affected_radius(excess, 2.0, grid) == pytest.approx(2e-3, rel=0.01)
    assert response.affected_radius(excess, 4.0, grid) == 0


def test_qubits_sit_on_a_centred_grid() -> None:
    x, y = response.qubit_sites(10e-3, 10e-3, 1e-3, 54)
    assert len(x) == 54
    assert np.max(np.abs(x)) <= 4.5e-3 + 1e-12
    distances = np.hypot(x[:, None] - x, y[:, None] - y) + np.eye(54)
    assert distances.min() == pytest.approx(1e-3)
    everything = response.qubit_sites(10e-3, 10e-3, 1e-3, 1000)
    assert len(everything[0]) == 100
    assert everything[0].sum() == pytest.approx(0, abs=1e-12)
    assert len(response.qubit_sites(1e-3, 1e-3, 2e-3, 4)[0]) == 1


@pytest.mark.parametrize("count", [2, 3])
def test_strata_cover_the_chip(count: int) -> None:
    places = response.strata(10e-3, 8e-3, count)
    assert len(places) == count
    assert sum(share for *_, share in places) == pytest.approx(1)
    assert all(abs(x) <= 5e-3 and abs(y) <= 4e-3 for _, x, y, _ in places)


def test_fields_at_sites_are_linear() -> None:
    plane = GRID.x[:, None] + 2 * GRID.y[None, :]
    x, y = response.qubit_sites(9e-3, 9e-3, 1.1e-3, 60)
    assert np.allclose(response.at_sites(plane[None], GRID, x, y)[0], x + 2 * y)
