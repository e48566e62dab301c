"""Counts, intervals and decoded error rates against published and independently made numbers."""

from math import log

import numpy as np
import pytest
from scipy.stats import binom

from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise
from qubudget.qec.layout import build
from qubudget.qec.sampling import (
    Counts,
    count_errors,
    matcher,
    over_rounds,
    per_round,
    stream,
)
from qubudget.qec.scaling import Point, envelope, extrapolate, log_linear


def test_both_bases_of_the_textbook_circuit_agree():
    """Uniform noise and a symmetric code: four sigma, false alarm 6e-5."""
    found = []
    for basis in ("X", "Z"):
        circuit = memory_circuit(
            build("surface", 3), basis, [(9, RoundNoise(GateNoise.uniform(5e-3)))], gate_set="cx"
        )
        found.append(count_errors(circuit, 40_000, stream(3, basis)).errors)
    assert abs(found[0] - found[1]) < 4 * np.sqrt(sum(found))


def test_repetition_code_of_perfect_gates_is_a_majority_vote():
    """Only data flips, one round, d = 5: P = sum of binomial tails from 3 errors on (exact).

    Depolarising flips X or Y with 2p/3. Four sigma, false alarm 6e-5.
    """
    p = 0.15
    circuit = memory_circuit(build("repetition", 5), "Z", [(1, RoundNoise(GateNoise(data=p)))])
    counts = count_errors(circuit, 50_000, stream(2, "vote"))
    exact = binom.sf(2, 5, 2 * p / 3)
    assert abs(counts.rate - exact) < 4 * np.sqrt(exact * (1 - exact) / counts.shots)


def test_no_noise_makes_no_errors():
    layout = build("surface", 5)
    quiet = memory_circuit(layout, "Z", [(15, RoundNoise())])
    assert count_errors(quiet, 1000, stream(1)) == Counts(1000, 0)
    noisy = memory_circuit(layout, "Z", [(15, RoundNoise(GateNoise.uniform(1e-3)))])
    assert count_errors(quiet, 1000, stream(1), matching=matcher(noisy)).errors == 0


def test_same_stream_same_counts_and_another_stream_others():
    circuit = memory_circuit(build("surface", 3), "Z", [(9, RoundNoise(GateNoise.uniform(0.01)))])
    runs = [count_errors(circuit, 20_000, stream(seed, "a")) for seed in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_early_stop_takes_a_prefix_of_the_same_batches():
    circuit = memory_circuit(build("surface", 3), "Z", [(9, RoundNoise(GateNoise.uniform(0.01)))])
    whole = count_errors(circuit, 8192, stream(4))
    early = count_errors(circuit, 80_000, stream(4), max_errors=whole.errors)
    assert early == whole


def test_counts_add():
    assert Counts(10, 1) + Counts(20, 3) == Counts(30, 4)


def test_jeffreys_interval_covers_95_percent_on_average():
    """Brown, Cai, DasGupta (2001): mean coverage close to nominal, here over p at n = 50."""
    n = 50
    intervals = [Counts(n, k).interval() for k in range(n + 1)]
    coverage = [
        sum(binom.pmf(k, n, p) for k, (low, high) in enumerate(intervals) if low <= p <= high)
        for p in np.linspace(0.02, 0.98, 200)
    ]
    assert np.mean(coverage) == pytest.approx(0.95, abs=0.005)
    assert Counts(n, 0).interval()[0] == 0
    assert Counts(n, n).interval()[1] == 1


@pytest.mark.parametrize("rounds", [1, 7, 25_000])
def test_per_round_inverts_the_composition(rounds):
    eps = np.array([0.0, 1e-9, 1e-6, 1e-5])
    np.testing.assert_allclose(per_round(over_rounds(eps, rounds), rounds), eps, rtol=1e-5)
    assert per_round(0.5, rounds) == 0.5
    assert per_round(0.51, rounds) == 0.5


def test_a_pure_power_law_is_recovered():
    points = [Point(d, 0.02 * 3.0 ** (-(d + 1) / 2), 0.01) for d in (3, 5, 7, 9)]
    fit = envelope(points, 25)
    assert fit.suppression == pytest.approx(3)
    assert fit.error == pytest.approx(0.02 * 3.0**-13)
    assert fit.low < fit.error < fit.high
    assert fit.distances == (5, 7, 9)


def test_fit_windows_that_disagree_widen_the_interval():
    """The two smallest distances of the table bend the fit; the envelope holds both windows."""
    points = [Point(3, 2.076e-3, 0.004), Point(5, 7.09e-4, 0.007), Point(7, 2.254e-4, 0.01)]
    fit, both = envelope(points, 25), log_linear(points, 25)
    assert fit.low <= both.low
    assert fit.high >= both.high
    assert fit.suppression == pytest.approx(7.09 / 2.254, rel=1e-9)
    assert fit.suppression_low < both.suppression < fit.suppression


def test_interval_of_two_points_is_error_propagation():
    """y(d) through two points: variance of the linear combination, by hand."""
    points = [Point(5, 1e-3, 0.02), Point(7, 2e-4, 0.05)]
    fit = log_linear(points, 9)  # y9 = 2 y7 - y5
    spread = 1.959964 * np.hypot(2 * 0.05, 0.02)
    assert log(fit.high / fit.error) == pytest.approx(spread, rel=1e-5)
    assert fit.error == pytest.approx(4e-5)


def test_googles_extrapolation():
    """arXiv:2408.13687: Lambda 2.14 and 0.143 % at d = 7 reach 1e-6 at d = 27; and one error a day
    (7.85e10 cycles of 1.1 us) at d = 57."""
    seven = Point(7, 1.43e-3, 0.02)
    for target, distance in ((1e-6, 27), (1.1e-6 / 86400, 57)):
        assert extrapolate(seven, 2.14, distance)[0] < target
        assert extrapolate(seven, 2.14, distance - 2)[0] > target
