"""How a burst's quasiparticles cool: Kaplan's rates by another route, limits, and bad input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad

from qubudget.errors import OutOfRangeError
from qubudget.impact.kinetics import cooling
from qubudget.impact.kinetics.cooling import Relaxing, share_above
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]

TAU0 = 440e-9  # s, aluminium
TIMES = np.geomspace(1e-8, 1.0, 65)
START = 2.0  # gaps above the gap: 3 gaps, where the cascade stops breaking pairs


def kaplan_rate(energy: float) -> float:
    """tau0 Gamma of Kaplan et al. 1976, Eq. 8 at T = 0, with x = cosh u; by adaptive quadrature."""
    top = np.arccosh(energy)
    found, _ = quad(lambda u: (energy - np.cosh(u)) ** 2 * (np.cosh(u) - 1 / energy), 0, top)
    return float(1.764**3 * found)


@pytest.fixture
def finer() -> Iterator[None]:
    """Four times as many cells and steps."""
    before = cooling._CELLS, cooling._STEPS
    cooling._ladder.cache_clear()
    cooling._course.cache_clear()
    cooling._CELLS, cooling._STEPS = 4 * before[0], 4 * before[1]
    yield
    cooling._CELLS, cooling._STEPS = before
    cooling._ladder.cache_clear()
    cooling._course.cache_clear()


COARSE = {threshold: share_above(threshold, TIMES, TAU0) for threshold in (0.01, 0.1, 0.3, 1.0)}


def test_finer_cells_and_steps_change_little(finer: None) -> None:
    for threshold, share in COARSE.items():
        assert np.allclose(share, share_above(threshold, TIMES, TAU0), atol=2e-3, rtol=0)


@pytest.mark.parametrize("threshold", COARSE)
def test_the_answer_does_not_depend_on_what_else_is_asked(threshold: float) -> None:
    every, alone = COARSE[threshold], [share_above(threshold, [t], TAU0)[0] for t in TIMES[::8]]
    assert np.allclose(every[::8], alone, atol=2e-3, rtol=0)
    assert np.allclose(every[::2], share_above(threshold, TIMES[::2], TAU0), atol=2e-3, rtol=0)


def test_single_quasiparticles_cool_alike() -> None:
    # Monte-Carlo of 40,000 quasiparticles, each one phonon after another (rejection from the
    # integrand of Kaplan's Eq. 8). 16 comparisons at 4.5 sigma: a false alarm in 10,000 runs.
    rng, n = np.random.default_rng(5), 40_000
    table = np.geomspace(0.02, START, 200)
    rates = np.array([kaplan_rate(1 + excess) for excess in table])
    thresholds, times = np.array([0.05, 0.1, 0.3, 1.0]), np.array([3e-8, 3e-7, 3e-6, 3e-5])
    energy, clock, below = np.full(n, 1 + START), np.zeros(n), np.full((4, n), np.inf)
    left = np.arange(n)
    while left.size:
        e = energy[left]
        rate = np.exp(np.interp(np.log(e - 1), np.log(table), np.log(rates)))
        clock[left] += rng.exponential(TAU0 / rate)
        todo, new = np.arange(left.size), np.zeros(left.size)
        while todo.size:
            u = np.arccosh(e[todo]) * rng.random(todo.size)
            x, old = np.cosh(u), e[todo]
            # Its largest value lies below (e - 1)^2 (e - 1/e).
            most = (old - 1) ** 2 * (old - 1 / old)
            kept = rng.random(todo.size) * most < (old - x) ** 2 * (x - 1 / old)
            new[todo[kept]] = x[kept]
            todo = todo[~kept]
        energy[left] = new
        for k, threshold in enumerate(thresholds):
            fell = left[(new - 1 <= threshold) & np.isinf(below[k, left])]
            below[k, fell] = clock[fell]
        left = left[(clock[left] < times[-1]) & (new - 1 > table[0])]
    for k, threshold in enumerate(thresholds):
        share = share_above(float(threshold), times, TAU0)
        counted = np.mean(below[k][:, None] > times, axis=0)
        sigma = np.sqrt(share * (1 - share) / n) + 1 / n
        assert np.all(np.abs(counted - share) < 4.5 * sigma + 1e-3), threshold


def test_the_first_phonon_comes_at_kaplans_rate() -> None:
    # All start at 3 gaps and leave them at 20.55/tau0 (Kaplan's Eq. 8); what has emitted no
    # phonon is above 1.99 gaps of excess, and few of those that have.
    assert kaplan_rate(3.0) == pytest.approx(20.55, rel=1e-3)
    times = TAU0 * np.array([0.02, 0.05, 0.1])
    share = share_above(1.9, times, TAU0)
    assert np.all(share >= np.exp(-20.55 * times / TAU0) * 0.98)
    assert share == pytest.approx(np.exp(-20.55 * times / TAU0), rel=0.1)


def test_mean_excess_falls_as_the_minus_two_sevenths_power_of_time() -> None:
    # dE/dt ~ -E^(9/2) near the gap: Kaplan's rate is ~ excess^(7/2) there, each phonon takes a
    # fixed share of the excess.
    near = np.array([1e-3, 1e-2])
    slope = np.diff(np.log([kaplan_rate(1 + e) for e in near])) / np.diff(np.log(near))
    assert slope == pytest.approx(3.5, abs=0.01)
    thresholds, times = np.geomspace(1.1e-4, 1.9, 150), np.array([1e-2, 1e-1, 1.0, 10.0])
    above = np.array([share_above(float(t), times, TAU0) for t in thresholds])
    mean = np.trapezoid(above, thresholds, axis=0) + thresholds[0]
    assert np.diff(np.log10(mean)) == pytest.approx(-2 / 7, abs=0.005)


def test_shares_fall_with_time_and_threshold() -> None:
    thresholds = [0.0, 1e-4, 1e-3, 0.05, 0.2, 0.7, 1.5, 1.99, 2.0, 5.0]
    table = np.array([share_above(t, TIMES, TAU0) for t in thresholds])
    assert np.all(np.diff(table, axis=0) <= 1e-12)
    assert np.all(np.diff(table, axis=1) <= 1e-12)
    assert np.all((table >= 0) & (table <= 1))
    assert np.all(table[0] == 1)
    assert not table[-2:].any()
    # After 10 ns 37 % have emitted once; 22.6 % of those land within 0.05 gaps of the gap:
    # 0.317 x 4 x 2/3 of the integral 20.55/1.764^3 = 3.74.
    emitted = 1 - np.exp(-20.55 * TIMES[0] / TAU0)
    assert 1 - table[3, 0] == pytest.approx(0.226 * emitted, rel=0.1)


def test_quasiparticles_are_conserved() -> None:
    # With what falls beneath the ladder put back, occupations sum to one at all times.
    _, rate, share = cooling._ladder()
    assert np.all(share.sum(axis=1) < 1)
    assert np.all(np.tril(share, -1) == 0)
    closed = share / share.sum(axis=1)[:, None]
    found = cooling._march(TIMES / TAU0, rate, closed, 0.02)
    assert np.all(found >= 0)
    assert found.sum(axis=1) == pytest.approx(1, abs=1e-10)
    leaking = cooling._march(TIMES / TAU0, rate, share, 0.02).sum(axis=1)
    assert np.all(np.diff(leaking) <= 1e-15)


def test_time_is_counted_in_tau0() -> None:
    assert np.allclose(share_above(0.2, TIMES, TAU0), share_above(0.2, 3 * TIMES, 3 * TAU0))


def test_relaxation_between_hot_and_cold() -> None:
    film = superconductor("Al")
    relaxing = Relaxing(cold=2.0, hot=10.0, protection=0.1 * film.gap)
    assert film.tau0 is not None
    share = share_above(0.1, TIMES, film.tau0)
    assert relaxing.at(TIMES, film) == pytest.approx(10 * share + 2 * (1 - share))
    assert relaxing.at(TIMES, None).tolist() == [2.0] * len(TIMES)
    free = Relaxing(cold=3.0, hot=10.0, protection=0.0)
    assert free.at(TIMES, film).tolist() == [3.0] * len(TIMES)
    with pytest.raises(OutOfRangeError, match="tau0 of NbN"):
        relaxing.at(TIMES, superconductor("NbN"))


@pytest.mark.parametrize(
    ("threshold", "times", "tau0"),
    [
        (-0.1, [1.0], 1.0),
        (np.nan, [1.0], 1.0),
        (0.1, [0.0, 1.0], 1.0),
        (0.1, [2.0, 1.0], 1.0),
        (0.1, [[1.0]], 1.0),
        (0.1, [1.0], 0.0),
    ],
)
def test_bad_input(threshold: float, times: list[float], tau0: float) -> None:
    with pytest.raises(OutOfRangeError, match="rising times"):
        share_above(threshold, times, tau0)
