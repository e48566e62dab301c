"""Kinetics on patterned films against closed forms and other solvers."""

from __future__ import annotations

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.linalg import eigh_tridiagonal
from scipy.sparse import coo_array, diags_array
from scipy.sparse.linalg import spsolve

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.impact.energy.kaplan import phonon_share, scattering_rate
from qubudget.impact.kinetics import diffusion, multigrid
from qubudget.impact.kinetics import uniform as kinetics
from qubudget.impact.kinetics.diffusion import evolve
from qubudget.impact.kinetics.patterned import (
    Arrival,
    Deposits,
    Film,
    LivePhonons,
    Slowing,
    relaxation,
)
from qubudget.impact.kinetics.uniform import FilmKinetics, Grid, gaussian_spot

TIMES = np.geomspace(1e-8, 1e-1, 29)
GRID = Grid(10e-3, 8e-3, 20, 16)
R = 1.14e7  # 1/(88 ns), Kurilovich et al., arXiv:2506.18228
BARE = 4.96e7  # 1/(20.2 ns), Kaplan et al. 1976 near the gap
RNG = np.random.default_rng(7)
ROUGH = RNG.random((20, 16)) * 1e-5


def dense(grid: Grid, diffusivity: float, islands: np.ndarray | None = None) -> np.ndarray:
    """-D lap as a matrix over cells in row order, written out cell by cell."""
    n = grid.nx * grid.ny
    matrix = np.zeros((n, n))
    names = np.ones((grid.nx, grid.ny), dtype=int) if islands is None else islands
    for i in range(grid.nx):
        for j in range(grid.ny):
            for k, m, d in ((i + 1, j, grid.length / grid.nx), (i, j + 1, grid.width / grid.ny)):
                if k < grid.nx and m < grid.ny and names[i, j] == names[k, m] != 0:
                    a, b = i * grid.ny + j, k * grid.ny + m
                    rate = diffusivity / d**2
                    matrix[[a, b], [a, b]] += rate
                    matrix[[a, b], [b, a]] -= rate
    return matrix


# Closed forms


@pytest.mark.parametrize(("m", "n"), [(1, 0), (0, 2), (3, 1)])
def test_cosine_modes_decay_at_the_grids_rate(m: int, n: int) -> None:
    d = 2e-3
    along = np.cos(np.pi * m * (np.arange(20) + 0.5) / 20)
    across = np.cos(np.pi * n * (np.arange(16) + 0.5) / 16)
    mode = np.outer(along, across)
    rate = (2 * 20 / 10e-3 * np.sin(np.pi * m / 40)) ** 2
    rate += (2 * 16 / 8e-3 * np.sin(np.pi * n / 32)) ** 2
    found = evolve(1e-6 * (1 + 0.9 * mode), TIMES, GRID, Film(d, 0.0), tolerance=1e-4)
    exact = 1e-6 * (1 + 0.9 * mode * np.exp(-d * rate * TIMES)[:, None, None])
    assert np.abs(found.field - exact).max() < 1e-3 * 1e-6


def test_a_gaussian_stays_one() -> None:
    # exp(-rho^2/a^2) with a^2 growing by 4 D t, images at the edges included.
    grid, d = Grid(10e-3, 10e-3, 100, 100), 2e-3
    times = np.array([1e-5, 1e-4, 1e-3])
    start = gaussian_spot(grid, 1e-3, -2e-3, 1.5e-3)
    found = evolve(start, times, grid, Film(d, 0.0))
    for time, state in zip(times, found.field, strict=True):
        exact = gaussian_spot(grid, 1e-3, -2e-3, np.sqrt(1.5e-3**2 + 4 * d * time))
        assert np.abs(state - exact).max() < 3e-3 * exact.max()


@pytest.mark.parametrize("diffusivity", [0.0, 2e-3])
def test_recombination_of_a_uniform_film(diffusivity: float) -> None:
    found = evolve(np.full((20, 16), 1e-3), TIMES, GRID, Film(diffusivity, R))
    exact = 1 / (1 / 1e-3 + R * TIMES)
    assert np.allclose(found.most, exact, rtol=1e-3)
    assert np.allclose(found.least, exact, rtol=1e-3)


def test_recombination_cell_by_cell() -> None:
    found = evolve(100 * ROUGH, TIMES, GRID, Film(0.0, R), tolerance=5e-4)
    exact = 1 / (1 / (100 * ROUGH) + R * TIMES[:, None, None])
    assert np.abs(found.field / exact - 1).max() < 5e-3


def test_trapping_alone_down_to_the_floor() -> None:
    found = evolve(np.full((20, 16), 1e-6), TIMES, GRID, Film(2e-3, 0.0, 130.0))
    assert np.allclose(found.mean, 1e-6 * np.exp(-130.0 * TIMES), rtol=2e-3)


@pytest.mark.parametrize("s", [40.0, 3e3, 1e6])
def test_trapping_and_recombination_are_bernoullis(s: float) -> None:
    x0, times = 1e-3, np.geomspace(1e-8, 10 / s, 25)
    found = evolve(np.full((20, 16), x0), times, GRID, Film(1e-3, R, s))
    fade = np.exp(-s * times)
    exact = x0 * fade / (1 + R * x0 / s * (1 - fade))
    assert np.allclose(found.mean, exact, rtol=2e-3)


def test_each_cell_has_its_own_trapping() -> None:
    s = 10 ** RNG.uniform(1, 9, (20, 16))
    start, times = np.full((20, 16), 1e-5), np.geomspace(1e-10, 1e-3, 29)
    found = evolve(start, times, GRID, Film(0.0, R, s), tolerance=5e-4)
    fade = np.exp(-s * times[:, None, None])
    exact = 1e-5 * fade / (1 + R * 1e-5 / s * (1 - fade))
    within = np.abs(found.field - exact) / (exact + exact.mean(axis=(1, 2))[:, None, None])
    assert within.max() < 3e-3


def test_absorbing_edges_against_the_lowest_modes() -> None:
    # Columns that trap at 1e9/s hold x at almost nothing: the rest decays in the modes of a
    # tridiagonal matrix whose end cells lose D/h^2 to them.
    n, d = 40, 2e-3
    grid = Grid(10e-3, 1e-3, n, 4)
    h = grid.length / n
    s = np.zeros((n, 4))
    s[[0, -1]] = 1e9
    rates, modes = eigh_tridiagonal(np.full(n - 2, 2 * d / h**2), np.full(n - 3, -d / h**2))
    times = np.geomspace(1e-6, 5e-3, 12)
    start = np.where(s > 0, 0.0, 1e-6)
    found = evolve(start, times, grid, Film(d, 0.0, s), tolerance=2e-4)
    shape = modes @ (np.exp(-rates * times[:, None]) * modes.sum(axis=0)).T * 1e-6
    assert np.abs(found.field[:, 1:-1, 2] - shape.T).max() < 2e-3 * 1e-6
    # D/h^2 beside 1e9/s: their share of x
    assert found.field[-1, 0, 0] == pytest.approx(found.field[-1, 1, 0] * d / h**2 / 1e9, rel=0.01)


# Against other solvers


@pytest.mark.parametrize("live", [False, True])
def test_everything_together_against_radau(live: bool) -> None:
    grid = Grid(10e-3, 8e-3, 10, 8)
    rng = np.random.default_rng(3)
    islands = np.ones((10, 8), dtype=np.int64)
    islands[6:] = 2
    s = 10 ** rng.uniform(1, 9, (10, 8)) * (rng.random((10, 8)) < 0.1) + 50.0
    matrix = dense(grid, 5e-3, islands)
    start = gaussian_spot(grid, -2e-3, 1e-3, 2e-3) * 80 * 1e-4 * (islands == 1)
    tau_pb, tau_esc, arriving, tau = 2.4e-10, 1e-9, 4e-6, 1e-4
    back = 1 / tau_pb if live else 0.0
    out = back + 1 / tau_esc if live else 0.0
    eye = np.eye(80)

    def slope(t: float, state: np.ndarray) -> np.ndarray:
        x, p = state[:80], state[80:]
        pairs = BARE * x**2
        dx = -matrix @ x - pairs - s.ravel() * x + arriving * np.exp(-t / tau) / tau + 2 * back * p
        return np.concatenate((dx, (pairs / 2 if live else 0) - out * p))

    def jacobian(t: float, state: np.ndarray) -> np.ndarray:
        rate = BARE * state[:80]
        local = np.diag(2 * rate + s.ravel())
        return np.block(
            [[-matrix - local, 2 * back * eye], [np.diag(rate) if live else 0 * eye, -out * eye]]
        )

    times = np.geomspace(1e-8, 1e-2, 13)
    exact = (
        solve_ivp(
            slope,
            (0, 1e-2),
            np.concatenate((start.ravel(), np.zeros(80))),
            "Radau",
            times,
            jac=jacobian,
            rtol=1e-8,
            atol=1e-17,
        )
        .y[:80]
        .T.reshape(13, 10, 8)
    )
    phonons = LivePhonons(tau_pb, tau_esc) if live else None
    film = Film(5e-3, BARE, s, measured=False, phonons=phonons, islands=islands)
    found = evolve(start, times, grid, film, Arrival(arriving, tau), tolerance=1e-3)
    mean = exact.mean(axis=(1, 2))
    scale = exact + np.maximum(mean, 1e-6 * mean.max())[:, None, None]
    assert np.abs(found.field - exact).max(axis=(1, 2)) == pytest.approx(0, abs=5e-3 * mean.max())
    assert (np.abs(found.field - exact) / scale).max() < 5e-3
    assert (np.abs(found.mean - mean) / scale.mean(axis=(1, 2))).max() < 2e-3


@pytest.mark.parametrize("case", ["open", "traps", "fingers", "patches", "rates"])
@pytest.mark.parametrize("scale", [1e-6, 1e-1])
def test_multigrid_solves_what_a_direct_solver_does(case: str, scale: float) -> None:
    rng = np.random.default_rng(11)
    n, m = 37, 22
    islands = np.ones((n, m), dtype=np.int64)
    s = np.zeros((n, m))
    if case == "traps":
        s[rng.random((n, m)) < 0.05] = 1e9
        s[:, 0] = 1e7
    elif case == "fingers":
        islands[1::3, 1:] = 0
    elif case == "patches":
        islands = 1 + np.arange(n)[:, None] // 5 * 10 + np.arange(m)[None] // 3
    elif case == "rates":
        s = 10 ** rng.uniform(0, 9, (n, m))
    grid = Grid(n * 5e-5, m * 5e-5, n, m)
    film = Film(2e-3, 1e6, s, islands=islands)
    march = diffusion._March(grid, film, None, 1e-3, np.zeros((n, m)), 1.0)
    place = march.cells[0] * m + march.cells[1]
    matrix = dense(grid, 2e-3, islands)[np.ix_(place, place)]
    linear, right = scale * s[march.cells], rng.random(len(place))
    y = np.zeros(len(place))
    allowed = np.full(len(place), 1e-11)
    one = np.ones(len(place))
    cycles = multigrid.solve(
        march.levels, one, linear, 0.3, scale, right, allowed, y, 100, march.work
    )
    assert cycles <= 100
    # At the solution the quadratic term is a known number: a linear system for the same y.
    exact = spsolve(diags_array(1 + linear + 0.3 * y) + scale * coo_array(matrix).tocsr(), right)
    assert np.abs(y - exact).max() < 1e-9


def test_second_order_in_time() -> None:
    # Errors against a tight run, over the number of steps that they took.
    start = gaussian_spot(GRID, 1e-3, 1e-3, 1e-3) * 320 * 1e-4
    film, stop = Film(2e-3, R, 300.0), np.array([1e-3])
    runs = [evolve(start, stop, GRID, film, tolerance=t) for t in (8e-3, 1e-4, 1e-6)]
    finest = runs[-1]
    more = np.log(runs[1].steps / runs[0].steps)
    cells = [np.abs(run.field - finest.field).max() for run in runs]
    means = [abs(run.mean[0] - finest.mean[0]) for run in runs]
    assert np.log(cells[0] / cells[1]) / more > 1.8
    assert np.log(means[0] / means[1]) / more > 1.8


def test_third_order_in_a_uniform_film() -> None:
    stop, s, x0 = np.array([5e-3]), 300.0, 1e-4
    fade = np.exp(-s * 5e-3)
    exact = x0 * fade / (1 + R * x0 / s * (1 - fade))
    film, start = Film(2e-3, R, s), np.full((20, 16), x0)
    runs = [evolve(start, stop, GRID, film, tolerance=t) for t in (8e-3, 5e-5)]
    errors = [abs(run.mean[0] - exact) for run in runs]
    assert np.log(errors[0] / errors[1]) / np.log(runs[1].steps / runs[0].steps) > 2.6


# Conservation, islands, positivity, symmetry


@pytest.mark.parametrize("live", [False, True])
def test_a_film_without_losses_conserves(live: bool) -> None:
    gap = 3 * RNG.random((20, 16))
    bins = Deposits(np.array([1e-6, 1e-5, 1e-3]), 1e-5 * RNG.random((2, 20, 16)))
    forever = LivePhonons(2.4e-10, np.inf)
    film = Film(2e-3, BARE if live else 0.0, gap=gap, measured=False)
    if live:
        film = Film(2e-3, BARE, gap=gap, measured=False, phonons=forever)
    found = evolve(ROUGH, TIMES, GRID, film, bins)
    expected = ROUGH.mean() + np.array([bins.delivered(t).mean() for t in TIMES])
    held = found.mean.copy()
    if found.phonons is not None:
        held += 2 * found.phonons.mean(axis=(1, 2))
        assert found.phonons.max() > 0
    assert np.allclose(held, expected, rtol=1e-12)


def test_a_fading_source_is_counted_by_its_integral() -> None:
    source = Arrival(ROUGH, 3e-5)
    found = evolve(np.zeros((20, 16)), TIMES, GRID, Film(2e-3, 0.0), source)
    assert np.allclose(found.mean, ROUGH.mean() * -np.expm1(-TIMES / 3e-5), rtol=1e-12)


@pytest.mark.parametrize("s", [1e3, 1e9])
def test_trapped_films_follow_a_fading_source(s: float) -> None:
    # x' = exp(-t/tau)/tau - s x, far beyond the source's time too.
    tau, times = 5e-4, np.geomspace(1e-6, 4e-3, 17)
    found = evolve(np.zeros((20, 16)), times, GRID, Film(2e-3, 0.0, s), Arrival(1e-5, tau))
    exact = 1e-5 / tau / (s - 1 / tau) * (np.exp(-times / tau) - np.exp(-s * times))
    assert np.allclose(found.mean, exact, rtol=5e-3)


def test_uniform_films_agree_with_the_exact_splitting() -> None:
    start = gaussian_spot(GRID, 1e-3, -2e-3, 1e-3) * 320 * 1e-5
    split = kinetics.evolve(start, TIMES, GRID, FilmKinetics(2e-3, R, 40.0), 2e-5, 5e-4)
    found = evolve(start, TIMES, GRID, Film(2e-3, R, 40.0), Arrival(2e-5, 5e-4))
    most = split.max(axis=(1, 2))
    assert np.all(np.abs(found.field - split).max(axis=(1, 2)) < 5e-3 * most)
    assert np.allclose(found.mean, split.mean(axis=(1, 2)), rtol=3e-3)


def test_islands_exchange_nothing() -> None:
    islands = np.array([1, 1, 2, 2, 0, 3, 3, 4] * 2)[None, :] + 10 * (np.arange(20) // 4)[:, None]
    islands[:, [4, 12]] = 0
    start = np.where(islands % 3 == 0, 0.0, ROUGH) * (islands != 0)
    found = evolve(start, TIMES, GRID, Film(0.16, 0.0, islands=islands))
    for name in np.unique(islands[islands != 0]):
        total = found.field[:, islands == name].sum(axis=1)
        assert np.allclose(total, start[islands == name].sum(), rtol=1e-12, atol=0)
    assert np.all(found.field[:, (start == 0)] == 0)
    one = found.field[-1][:4, :2]
    assert np.ptp(one) < 1e-3 * one.mean()


def test_an_island_does_not_know_its_neighbour() -> None:
    # The same island alone, and beside others: the same to the tolerance.
    islands = np.repeat(np.arange(1, 5), 5)[:, None] * np.ones(16, dtype=np.int64)
    film = Film(2e-3, R, 40.0, islands=islands)
    found = evolve(ROUGH, TIMES, GRID, film).field[:, 5:10]
    alone = evolve(ROUGH[5:10], TIMES, Grid(2.5e-3, 8e-3, 5, 16), Film(2e-3, R, 40.0)).field
    assert np.abs(found - alone).max(axis=(1, 2)).max() < 5e-3 * alone.mean(axis=(1, 2)).max()
    assert np.allclose(found.mean(axis=(1, 2)), alone.mean(axis=(1, 2)), rtol=5e-3)


@given(st.integers(0, 10**6), st.floats(1e-4, 0.2), st.floats(0, 0.2), st.booleans())
@settings(max_examples=12, deadline=None)
def test_never_negative_never_more_than_brought(
    seed: int, diffusivity: float, share: float, pairs: bool
) -> None:
    rng = np.random.default_rng(seed)
    grid = Grid(5e-3, 4e-3, 15, 12)
    s = np.where(rng.random((15, 12)) < share, 10 ** rng.uniform(2, 9, (15, 12)), 0.0)
    start = np.zeros((15, 12))
    start[rng.integers(15), rng.integers(12)] = 10 ** rng.uniform(-8, -2)
    source = Arrival(rng.random((15, 12)) * 1e-5, 10 ** rng.uniform(-7, -3))
    film = Film(diffusivity, BARE if pairs else 0.0, s, gap=rng.random((15, 12)))
    found = evolve(start, TIMES, grid, film, source)
    brought = np.array([source.delivered(t).mean() for t in TIMES])
    assert np.all(found.field >= 0)
    assert np.all(found.mean <= (start.mean() + brought) * (1 + 1e-3))
    assert np.all(found.least <= found.mean)
    assert np.all(found.mean <= found.most * (1 + 1e-12))


def test_mirrored_and_turned_chips() -> None:
    grid = Grid(8e-3, 8e-3, 16, 16)
    s = np.where(RNG.random((16, 16)) < 0.05, 1e8, 20.0)
    start = gaussian_spot(grid, 1e-3, 2e-3, 1e-3) * 256 * 1e-5
    film = Film(2e-3, R, s)
    found = evolve(start, TIMES, grid, film, tolerance=1e-3)
    scale = (found.mean + 1e-6 * found.mean.max())[:, None, None] + found.field
    for turn in (np.flipud, np.fliplr, np.transpose):
        other = evolve(turn(start), TIMES, grid, Film(2e-3, R, turn(s)), tolerance=1e-3)
        back = np.array([turn(state) for state in other.field])
        assert np.max(np.abs(back - found.field) / scale) < 3e-3


def test_threads_change_nothing() -> None:
    before = numba.get_num_threads()
    fields = []
    for threads in (1, before):
        numba.set_num_threads(threads)
        fields.append(evolve(ROUGH, TIMES, GRID, Film(2e-3, R, 40.0)).field)
    numba.set_num_threads(before)
    assert np.array_equal(*fields)


# Phonons, gap profile, cooling


def test_fast_escape_leaves_the_bare_recombination() -> None:
    film = Film(1e-3, BARE, measured=False, phonons=LivePhonons(2.4e-10, 1e-14))
    found = evolve(np.full((20, 16), 1e-4), TIMES, GRID, film)
    assert np.allclose(found.mean, 1 / (1e4 + BARE * TIMES), rtol=2e-3)


@pytest.mark.parametrize("escape", [0.816e-9, 1.8e-9])
def test_trapped_phonons_slow_recombination(escape: float) -> None:
    # 1 + tau_esc/tau_pb = 4.4 turns 1/(20.2 ns) into Kurilovich's 1/(88 ns); 8.5 is Wang's.
    phonons = LivePhonons(2.4e-10, escape)
    film = Film(1e-3, BARE, measured=False, phonons=phonons)
    found = evolve(np.full((20, 16), 1e-4), TIMES, GRID, film)
    effective = BARE / phonons.trapping_factor
    late = TIMES > 1e-5
    assert np.allclose(found.mean[late], 1 / (1e4 + effective * TIMES[late]), rtol=2e-3)
    if escape < 1e-9:
        assert effective == pytest.approx(1 / 88e-9, rel=0.02)
    # p follows x: r x^2/2 = p (1/tau_pb + 1/tau_esc)
    assert found.phonons is not None
    out = 1 / 2.4e-10 + 1 / escape
    assert np.allclose(found.phonons[-1] * out, BARE * found.field[-1] ** 2 / 2, rtol=1e-3)


def test_a_gap_profile_is_filled_as_boltzmann_says() -> None:
    gap = np.zeros((20, 16))
    gap[5:12, 3:9] = -2.0
    gap += np.linspace(0, 1, 20)[:, None]
    found = evolve(np.full((20, 16), 1e-6), TIMES, GRID, Film(2e-2, 0.0, gap=gap))
    shape = np.exp(-gap)
    assert np.allclose(found.field[-1], 1e-6 * shape / shape.mean(), rtol=1e-3)
    started = evolve(1e-6 * shape, TIMES, GRID, Film(2e-2, 0.0, gap=gap))
    assert np.allclose(started.field, 1e-6 * shape, rtol=1e-9)


def test_a_border_conducts_like_two_half_cells_in_series() -> None:
    # Steady flow from a source to a sink across a step in D: a fall in x by half h/D1 + half h/D2.
    grid = Grid(1.0, 0.5, 4, 2)
    d = np.repeat([[1.0], [1.0], [4.0], [4.0]], 2, axis=1)
    s = np.zeros((4, 2))
    s[-1] = 10.0
    bins = Deposits(np.array([0.0, 100.0]), np.zeros((1, 4, 2)))
    bins.amounts[0, 0] = 100.0  # 1 per s and cell of the first column
    x = evolve(np.zeros((4, 2)), np.array([100.0]), grid, Film(d, 0.0, s), bins).field[0, :, 0]
    assert x[-1] == pytest.approx(0.1, rel=1e-3)
    flow = 1.0 * 0.25  # per unit of width
    assert -np.diff(x) == pytest.approx(flow * 0.25 * np.array([1, 0.625, 0.25]), rel=1e-3)


def test_slowing_stretches_time() -> None:
    mode = np.cos(np.pi * (np.arange(20) + 0.5) / 20)[:, None] * np.ones(16)
    slowing = Slowing(np.array([0.0, 1e-3]), np.array([1.0, 0.2]))
    times = np.array([5e-4, 1e-3, 3e-3])
    film = Film(5e-3, 0.0, slowing=slowing)
    found = evolve(1e-6 * (1 + mode), times, GRID, film, tolerance=1e-4)
    rate = 5e-3 * (2 * 20 / 10e-3 * np.sin(np.pi / 40)) ** 2
    passed = np.array([0.4e-3, 0.6e-3, 1.0e-3])
    exact = 1e-6 * (1 + mode * np.exp(-rate * passed)[:, None, None])
    assert np.abs(found.field - exact).max() < 1e-3 * 1e-6


def test_cooling_follows_kaplans_rates() -> None:
    tau0 = 440e-9

    def time_to(e: float) -> float:
        def slope(x: float) -> float:
            return tau0 / float((x - 1) * phonon_share(x) * scattering_rate(x))

        return quad(slope, e, 3.0)[0]

    slowing = relaxation(3.0, 1.05, tau0)
    for e in (2.5, 1.5, 1.1):
        assert slowing.at(time_to(e)) == pytest.approx(np.sqrt(1 - 1 / e**2), rel=1e-3)
    assert slowing.at(1.0) == pytest.approx(np.sqrt(1 - 1 / 1.05**2), rel=1e-9)
    assert np.all(np.diff(slowing.factors) < 0)


def test_deposits_arrive_bin_by_bin() -> None:
    edges, amounts = np.array([0.0, 1e-7, 1e-5]), RNG.random((2, 20, 16)) * 1e-6
    times = np.array([5e-8, 1e-6, 1e-3])
    found = evolve(np.zeros((20, 16)), times, GRID, Film(0.0, 0.0), Deposits(edges, amounts))
    exact = [amounts[0] / 2, amounts[0] + amounts[1] * 0.9 / 9.9, amounts.sum(axis=0)]
    assert np.allclose(found.field, exact, rtol=1e-9)


def test_nothing_stays_nothing() -> None:
    found = evolve(np.zeros((20, 16)), TIMES, GRID, Film(2e-3, R, 40.0))
    assert np.all(found.field == 0)


# Bad input


def test_measured_recombination_and_live_phonons_are_refused() -> None:
    with pytest.raises(OutOfRangeError, match="already contains phonon trapping"):
        Film(2e-3, R, phonons=LivePhonons(2.4e-10, 1e-9))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"diffusivity": -1.0}, "diffusivity"),
        ({"trapping": np.nan}, "trapping"),
        ({"recombination": -1.0}, "recombination"),
        ({"gap": np.array([[0.0, 60.0]])}, "gap profile"),
    ],
)
def test_bad_films(change: dict[str, object], words: str) -> None:
    with pytest.raises(OutOfRangeError, match=words):
        Film(**{"diffusivity": 2e-3, "recombination": R, **change})  # type: ignore[arg-type]


def test_bad_calls() -> None:
    film = Film(2e-3, R)
    with pytest.raises(OutOfRangeError, match="times"):
        evolve(ROUGH, np.array([1e-3, 1e-4]), GRID, film)
    with pytest.raises(OutOfRangeError, match="start has shape"):
        evolve(ROUGH[1:], TIMES, GRID, film)
    with pytest.raises(OutOfRangeError, match="never negative"):
        evolve(-ROUGH, TIMES, GRID, film)
    with pytest.raises(OutOfRangeError, match="tolerance"):
        evolve(ROUGH, TIMES, GRID, film, tolerance=0.0)
    with pytest.raises(OutOfRangeError, match="where there is no film"):
        evolve(ROUGH, TIMES, GRID, Film(2e-3, R, islands=np.tri(20, 16, dtype=np.int64)))
    with pytest.raises(OutOfRangeError, match="no film on the grid"):
        evolve(0 * ROUGH, TIMES, GRID, Film(2e-3, R, islands=np.zeros((20, 16), dtype=np.int64)))
    with pytest.raises(OutOfRangeError, match="islands have shape"):
        evolve(ROUGH, TIMES, GRID, Film(2e-3, R, islands=np.ones((2, 2), dtype=np.int64)))
    with pytest.raises(OutOfRangeError, match="edges"):
        Deposits(np.array([0.0, 1.0]), np.zeros((2, 20, 16)))
    with pytest.raises(OutOfRangeError, match="escape"):
        LivePhonons(1e-9, 0.0)
    with pytest.raises(OutOfRangeError, match="rest"):
        relaxation(1.01, 1.05, 1e-9)


def test_endless_stepping_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diffusion, "_MOST_STEPS", 3)
    with pytest.raises(ConvergenceError, match="after"):
        evolve(ROUGH, TIMES, GRID, Film(2e-3, R))
