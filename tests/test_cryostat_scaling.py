"""Growth of qubits and cooling power: fits of known laws, and the verdict on published years."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy import stats

from qubudget.cryostat.scaling import COOLING, ORIGIN, QUBITS, growth, history, judge_scaling
from qubudget.errors import OutOfRangeError
from qubudget.papers.thermal_claims_control import control_claims

YEARS = np.arange(2000.0, 2025.0)


def test_an_exponential_and_a_power_of_time_are_told_apart() -> None:
    noise = np.random.default_rng(1).normal(0, 0.05, len(YEARS))
    doubling = growth(YEARS, 2 ** ((YEARS - 2000) / 1.5) * np.exp(noise))
    assert doubling.shape == "exponential"
    assert doubling.low < math.log(2) / 1.5 < doubling.high
    assert doubling.doubling_time[0] == pytest.approx(1.5, rel=0.01)
    cubic = growth(YEARS, (YEARS - ORIGIN) ** 3 * np.exp(noise))
    assert cubic.shape == "polynomial"


def test_too_few_points_decide_nothing() -> None:
    exact = growth([2000, 2005, 2010], [1, 2, 4])
    assert exact.shape == "not determined"
    assert exact.aicc_difference is None
    assert exact.doubling_time[0] == pytest.approx(5)
    assert growth([2000, 2005], [1, 2]).to_dict()["rate_low_per_year"] is None


def test_the_interval_covers_at_its_stated_rate() -> None:
    """400 sets of 8 points: 95 % of intervals hold the true rate.

    Accepted within five standard deviations of the binomial: false alarm below 6e-7.
    """
    rng, years = np.random.default_rng(2), np.arange(2010.0, 2018.0)
    hits = 0
    for _ in range(400):
        found = growth(years, np.exp(0.3 * (years - 2010) + rng.normal(0, 0.5, 8)))
        hits += found.low <= 0.3 <= found.high
    assert abs(hits - 380) < 5 * math.sqrt(400 * 0.95 * 0.05)


def test_rate_is_that_of_least_squares() -> None:
    points = history(QUBITS, records=True)
    years = np.array([p.year for p in points])
    logs = np.log([p.value for p in points])
    slope = np.sum((years - years.mean()) * logs) / np.sum((years - years.mean()) ** 2)
    found = growth(years, np.exp(logs))
    assert found.rate == pytest.approx(slope)
    residual = logs - logs.mean() - slope * (years - years.mean())
    error = math.sqrt(np.sum(residual**2) / (len(years) - 2) / np.sum((years - years.mean()) ** 2))
    assert found.high - found.rate == pytest.approx(stats.t.ppf(0.975, len(years) - 2) * error)


def test_the_published_years_do_not_decide_the_claim() -> None:
    verdict = judge_scaling()
    assert verdict.verdict == "not-computable"
    assert verdict.cooling.points == 3
    assert verdict.cooling.low < 0 < verdict.cooling.high
    # Records grow, but one early point makes the shape; all processors since 2019 need not grow.
    assert verdict.records.low > 0
    assert verdict.records.shape == "not determined"
    assert verdict.all_processors.low < 0 < verdict.all_processors.high
    json.dumps(verdict.to_dict(), allow_nan=False)


def test_the_claim_says_what_the_years_say() -> None:
    claim = next(c for c in control_claims() if c.id == "scaling.asymmetry")
    judged = judge_scaling()
    assert claim.verdict == judged.verdict
    assert claim.computed == pytest.approx(math.log(2) / judged.records.rate)
    assert judged.reason in claim.reason
    assert "2411.12805" in claim.reason


def test_records_rise_and_every_number_has_a_source() -> None:
    records = history(QUBITS, records=True)
    assert (np.diff([p.value for p in records]) > 0).all()
    assert (np.diff([p.year for p in records]) > 0).all()
    for point in (*history(QUBITS), *history(COOLING)):
        assert point.source
        assert point.status.startswith("secondary")
    largest = max(p.value for p in records)
    assert all(p.value <= largest for p in history(QUBITS))


def test_bad_input_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="series"):
        history("ions")
    with pytest.raises(OutOfRangeError, match="two or more years"):
        growth([2000, 2000], [1, 2])
    with pytest.raises(OutOfRangeError, match="above 0"):
        growth([2000, 2001], [1, -2])
