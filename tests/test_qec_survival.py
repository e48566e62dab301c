"""Survival of a logical qubit, and the shares of what ends it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qubudget.qec.survival import Cause, background_cause, burst_cause, survive


def test_googles_repetition_code_fails_once_an_hour():
    """arXiv:2408.13687: floor 1e-10 per cycle, bursts once an hour = 3e9 cycles of 1.1 us. A burst
    that always flips a basis (P = 1/2) once an hour alone is 12 failures a day and half that floor.
    """
    burst = burst_cause("burst", 1 / 3600, (0.5, 0.4, 0.5))
    assert burst.per_day == pytest.approx(12)
    assert burst.low == pytest.approx(9.6)
    equivalent = burst.per_day / background_cause((1.0, 1.0, 1.0), 1.1e-6, 1).per_day
    assert equivalent == pytest.approx(1.5e-10, rel=0.03)


def test_poisson_bursts_by_simulation():
    """Bursts at random times, each fatal with P, and exponential quiet failures: the share that
    survives 1 s, of 100,000 lives. Five sigma of a binomial, false alarm 6e-7."""
    rng = np.random.default_rng(1)
    rate, p, quiet = 0.7, 0.3, 0.4
    lives = 100_000
    fatal = rng.binomial(rng.poisson(rate, lives), p)
    alive = np.mean((fatal == 0) & (rng.exponential(1 / quiet, lives) > 1))
    day = 86400
    found = survive(Cause("background", quiet * day, 0, 0), [burst_cause("b", rate, (p, p, p))])
    curve = np.exp(np.interp(1.0, found.times, np.log(found.with_bursts)))
    expected = np.exp(-quiet - rate * p)
    assert curve == pytest.approx(expected, rel=1e-9)
    assert abs(alive - expected) < 5 * np.sqrt(0.25 / lives)


@given(
    quiet=st.floats(0, 1e6),
    hits=st.lists(st.tuples(st.floats(1e-6, 10), st.floats(1e-9, 0.75)), min_size=1, max_size=4),
)
def test_curves_fall_and_shares_add_to_one(quiet, hits):
    bursts = [
        burst_cause(str(i), rate, (p, p / 2, min(2 * p, 0.75))) for i, (rate, p) in enumerate(hits)
    ]
    found = survive(Cause("background", quiet, quiet / 2, 2 * quiet), bursts)
    assert len(found.times) == 60
    assert np.all(np.diff(found.times) > 0)
    for curve in (found.quiet, found.with_bursts, found.low, found.high):
        assert np.all(np.diff(curve) <= 0)
        assert np.all((curve >= 0) & (curve <= 1))
    assert np.all(found.low <= found.with_bursts)
    assert np.all(found.with_bursts <= found.high)
    assert np.all(found.with_bursts <= found.quiet)
    assert found.with_bursts[0] == pytest.approx(np.exp(-0.01))
    plain = found.to_dict()
    assert sum(row["share"] for row in plain["budget"]) == pytest.approx(1)
    assert plain["budget"][0]["cause"] == "background"
    total = sum(row["per_day"] for row in plain["budget"])
    assert found.mean_time_to_failure == pytest.approx(86400 / total)


def test_without_bursts_both_curves_are_one():
    found = survive(Cause("background", 24.0, 12.0, 48.0), [])
    assert np.array_equal(found.quiet, found.with_bursts)
    assert found.mean_time_to_failure == pytest.approx(3600)


def test_what_never_fails_has_no_curve():
    assert survive(Cause("background", 0.0, 0.0, 0.0), [burst_cause("b", 0.1, (0, 0, 0))]) is None
