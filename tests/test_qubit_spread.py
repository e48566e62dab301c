"""T1 that differs from qubit to qubit and from moment to moment."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm

from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.qubit.assembly import coherence
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.spread import log_normal_width, rate_percentile

KRINNER = load("krinner-xld400")
RATED = {s.name: s.rated_temperature for s in KRINNER.stages}


def solve(changes: dict[str, object]) -> CoherenceResult:
    return coherence(KRINNER.replace(changes), RATED)


@given(st.floats(1e-3, 1.0), st.floats(1e-3, 1.0), st.sampled_from([5, 50, 95]))
def test_factor_has_mean_one_and_the_stated_deviation(a: float, b: float, percent: int) -> None:
    alone = float(log_normal_width(a))
    law = lognorm(s=alone, scale=math.exp(-(alone**2) / 2))
    assert law.mean() == pytest.approx(1.0, rel=1e-9)
    assert law.std() == pytest.approx(a, rel=1e-9)
    # a product of independent factors: 1 + v^2 multiply
    both = float(log_normal_width(a, b))
    law = lognorm(s=both, scale=math.exp(-(both**2) / 2))
    assert law.var() == pytest.approx((1 + a**2) * (1 + b**2) - 1, rel=1e-9)
    assert rate_percentile(1e4, both, percent) == pytest.approx(
        1e4 * law.ppf(percent / 100), rel=1e-9
    )


def test_drawn_qubits_have_these_percentiles() -> None:
    # 200 000 draws; the 5 % quantile of the sample then deviates by 0.3 % (one sigma), so the
    # bound of 2 % has a probability of false alarm below 1e-9
    rng = np.random.default_rng(1)
    factors = np.ones(200_000)
    for v in (0.15, 0.2):
        sigma = math.sqrt(math.log(1 + v**2))
        factors *= rng.lognormal(-(sigma**2) / 2, sigma, factors.size)
    width = log_normal_width(0.15, 0.2)
    for percent in (5, 50, 95):
        assert np.percentile(factors, percent) == pytest.approx(
            float(rate_percentile(1.0, width, percent)), rel=0.02
        )


def test_no_spread_is_one_qubit() -> None:
    result = solve({"qubit.time_spread": 0, "qubit.device_spread": 0})
    for value in result.spread.t1_s:
        assert value == pytest.approx(result.t1_s, rel=1e-12)
    for value in result.spread.one_qubit_error:
        assert value == pytest.approx(result.gate.one_qubit_error_modelled, rel=1e-12)
    for value in result.spread.two_qubit_error:
        assert value == pytest.approx(result.gate.two_qubit_error_modelled, rel=1e-12)


def test_both_spreads_widen_t1_and_gate_errors() -> None:
    base = solve({}).to_dict()["spread"]
    assert base["t1_p05_s"] < base["t1_p50_s"] < base["t1_p95_s"]
    assert base["one_qubit_error_p05"] < base["one_qubit_error_p95"]
    for key in ("qubit.time_spread", "qubit.device_spread"):
        wider = solve({key: 0.6}).to_dict()["spread"]
        assert wider["t1_p05_s"] < base["t1_p05_s"]
        assert wider["t1_p95_s"] > base["t1_p95_s"]
        assert wider["two_qubit_error_p95"] > base["two_qubit_error_p95"]
        assert solve({key: 0.6}).t1_s == solve({}).t1_s


def test_measured_times_are_the_centre() -> None:
    changes = {"measured.t1": "20 us", "measured.t2": "30 us", "qubit.device_spread": 0}
    result = solve(changes | {"qubit.time_spread": 0.1})
    sigma = math.sqrt(math.log(1.01))
    slowest = 20e-6 * math.exp(sigma**2 / 2 + 1.6448536 * sigma)
    assert result.spread.t1_s[2] == pytest.approx(slowest, rel=1e-7)
    # pure dephasing stays: 1/T2 = 1/(2 T1) + 1/Tphi
    t2 = 1 / (0.5 / slowest + 1 / 30e-6 - 0.5 / 20e-6)
    r, c = math.exp(-25e-9 / slowest), math.exp(-25e-9 / t2)
    floor = KRINNER.gates.one_qubit_floor
    assert result.spread.one_qubit_error[0] == pytest.approx(0.5 - r / 6 - c / 3 + floor, rel=1e-3)


def test_a_normal_junction_has_no_spread_but_its_keys() -> None:
    result = coherence(KRINNER, RATED | {"mxc": 4.0})
    assert set(result.to_dict()["spread"]) == set(solve({}).to_dict()["spread"])
    assert set(result.to_dict()["spread"].values()) == {None}


@pytest.mark.parametrize("percent", [0, 100, -5, math.nan])
def test_percent_outside_its_range_is_refused(percent: float) -> None:
    with pytest.raises(OutOfRangeError, match="percent"):
        rate_percentile(1.0, 0.1, percent)


def test_negative_deviation_is_refused() -> None:
    with pytest.raises(OutOfRangeError, match="deviation"):
        log_normal_width(-0.1)
