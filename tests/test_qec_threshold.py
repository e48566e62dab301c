"""The threshold fit: recovers what made the data, and this project's circuits give 0.0077."""

import numpy as np
import pytest

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.qec.sampling import Counts
from qubudget.qec.threshold import Observed, fit_threshold, observe, scaling_ansatz

STRENGTHS = (0.0065, 0.0070, 0.0075, 0.0080, 0.0085, 0.0090)
TRUE = (0.0077, 1.1, 0.045, 3.5, 80.0)


def synthetic(shots, seed=None, distances=(7, 9, 11, 13), strengths=STRENGTHS, true=TRUE):
    rng = np.random.default_rng(seed)
    points = []
    for d in distances:
        for p in strengths:
            rate = float(scaling_ansatz(p, d, *true))
            errors = round(rate * shots) if seed is None else int(rng.binomial(shots, rate))
            points.append(Observed(d, p, Counts(shots, errors)))
    return points


def test_exact_data_give_back_their_parameters():
    fit = fit_threshold(synthetic(10**9))
    assert fit.p == pytest.approx(TRUE[0], rel=1e-5)
    assert fit.nu == pytest.approx(TRUE[1], rel=1e-3)
    assert fit.shape == pytest.approx(TRUE[2:], rel=1e-2)
    assert fit.chi_squared < 1
    assert fit.freedom == 24 - 5


def test_deviation_is_the_scatter_of_fits_to_binomial_data():
    """120 sets: their scatter is known to 6.5 %, so 26 % is four sigma; coverage likewise."""
    fits = [fit_threshold(synthetic(20_000, seed)) for seed in range(120)]
    scatter = np.std([fit.p for fit in fits], ddof=1)
    assert np.mean([fit.deviation for fit in fits]) == pytest.approx(scatter, rel=0.26)
    covered = [fit.interval[0] < TRUE[0] < fit.interval[1] for fit in fits]
    assert np.mean(covered) > 0.95 - 4 * (0.95 * 0.05 / 120) ** 0.5
    assert np.mean([fit.fits for fit in fits]) == pytest.approx(0.5, abs=4 * (1 / 12 / 120) ** 0.5)


def test_threshold_of_the_surface_code_under_uniform_noise():
    """0.0077 (0.00768(5) with Stim's generated circuits), from d = 7, 9, 11 of d rounds.

    So few shots give p_th to some 1.5e-4; four sigma, false alarm 6e-5. The full run is
    ``benchmarks/check_threshold.py``.
    """
    points = observe((7, 9, 11), (0.006, 0.007, 0.008, 0.009), 12_000, seed=3)
    fit = fit_threshold(points)
    assert fit.deviation < 2e-4
    assert abs(fit.p - 0.0077) < 4 * fit.deviation
    assert fit.fits > 1e-4


def test_same_seed_same_counts():
    assert observe((3,), (0.01,), 500, seed=1) == observe((3,), (0.01,), 500, seed=1)


def test_points_that_cannot_hold_a_threshold_are_refused():
    with pytest.raises(OutOfRangeError, match="two distances"):
        fit_threshold(synthetic(10_000, distances=(7,)))
    with pytest.raises(OutOfRangeError, match="three noise strengths"):
        fit_threshold(synthetic(10_000, strengths=(0.007, 0.008)))
    points = synthetic(10_000)
    with pytest.raises(OutOfRangeError, match="failures"):
        fit_threshold([*points, Observed(15, 0.0065, Counts(100, 0))])


def test_curves_that_do_not_cross_in_range_give_no_threshold():
    below = tuple(p - 0.004 for p in STRENGTHS)
    true = (0.0077, 1.1, 0.3, 5.0, 25.0)
    with pytest.raises(ConvergenceError):
        fit_threshold(synthetic(10**6, distances=(7, 9, 11, 13), strengths=below, true=true))
