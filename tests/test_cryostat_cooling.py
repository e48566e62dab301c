"""Cooling powers, the measured response of a fridge, and stability of a balance."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.cryostat.cooling import (
    linear_coefficient,
    linear_cooling,
    linear_temperature,
    quadratic_coefficient,
    quadratic_cooling,
    quadratic_temperature,
)
from qubudget.cryostat.response import response_temperatures, uts_response
from qubudget.cryostat.stability import correction_heating, fate, fixed_points
from qubudget.errors import OutOfRangeError


def test_mixing_chamber_of_the_xld400():
    """Krinner et al. 2019, Table 1: 19 uW at 20 mK, 6 mK when empty; 3.3 uW at 10 mK."""
    coefficient = quadratic_coefficient(6e-3, 20e-3, 19e-6)
    assert float(coefficient) == pytest.approx(0.0522, abs=5e-5)
    power = quadratic_cooling([20e-3, 14e-3, 10e-3, 6e-3], coefficient, 6e-3)
    assert power[0] == pytest.approx(19e-6)
    assert power[1] == pytest.approx(8.4e-6, rel=0.01)
    # 0.0522 (1e-4 - 3.6e-5) = 3.34 uW; 3.3 in print
    assert power[2] == pytest.approx(3.34e-6, rel=2e-3)
    assert power[3] == 0


@settings(max_examples=50)
@given(
    base=st.floats(1e-3, 10.0),
    ratio=st.floats(1.01, 10.0),
    rated=st.floats(1e-9, 1e3),
    load=st.floats(0.0, 1e3),
)
def test_temperature_inverts_cooling_and_rises_with_load(base, ratio, rated, load):
    for coefficient, cooling, temperature in (
        (linear_coefficient, linear_cooling, linear_temperature),
        (quadratic_coefficient, quadratic_cooling, quadratic_temperature),
    ):
        slope = coefficient(base, base * ratio, rated)
        found = temperature([0.0, load, 2 * load + 1e-9], slope, base)
        assert found[0] == base
        assert found[0] <= found[1] <= found[2]
        taken = cooling(found[1], slope, base)
        # absolute: what rounding of the temperature is worth in watts
        rounding = 8 * np.finfo(float).eps * max(base, 1.0) * max(found[1], 1.0) * float(slope)
        assert float(taken) == pytest.approx(load, rel=1e-9, abs=rounding)


def test_uts_response_at_its_reference_and_with_more_still_power():
    """CryowalaCore's coefficients: 16.48 mK, and 14.72 mK with 50 instead of 30 mW."""
    uts = uts_response()
    at_rest = response_temperatures(uts.reference_power, uts)
    assert at_rest == pytest.approx(uts.reference_temperature)
    power = uts.reference_power + np.array([0, 0, 20e-3, 0, 0])
    warmer_still = response_temperatures(power, uts)
    assert 1e3 * at_rest[4] == pytest.approx(16.48, abs=0.005)
    assert 1e3 * warmer_still[4] == pytest.approx(14.72, abs=0.005)
    assert warmer_still[2] > at_rest[2]


def test_uts_response_against_heater_runs_of_the_same_fridge():
    """Rows of CPM_data combined.csv (CirQuS-UTS/CryowalaCore): W, mW, mW, uW, uW and K.

    The bounds say how well the fit is known to hold: the cold plate's does not.
    """
    uts = uts_response()
    heaters = np.array([[1, 100, 30, 100, 10], [1, 50, 30, 0, 20], [0, 0, 20, 60, 10]])
    measured = np.array(
        [
            [43.5225, 3.43195, 1.22881, 0.103206, 0.0147788],
            [43.1186, 3.32642, 1.226, 0.0824237, 0.0194751],
            [42.25, 3.15667, 1.11437, 0.0917935, 0.014836],
        ]
    )
    ratio = response_temperatures(heaters * uts.unit, uts) / measured
    assert np.all(np.abs(ratio[:, 0] - 1) < 0.04)
    assert np.all(np.abs(ratio[:, 1:3] - 1) < 0.03)
    assert np.all(np.abs(ratio[:, 4] - 1) < 0.12)
    assert np.all((ratio[:, 3] > 1.2) & (ratio[:, 3] < 2.0))


def test_response_refuses_loads_for_which_it_has_no_value():
    uts = uts_response()
    with pytest.raises(OutOfRangeError, match=r"still from 0\.0139 W"):
        response_temperatures([1.0, 0.1, 1e-3, 60e-6, 12e-6], uts)
    with pytest.raises(OutOfRangeError, match="stage loads"):
        response_temperatures([-1.0, 0.1, 30e-3, 60e-6, 12e-6], uts)
    with pytest.raises(OutOfRangeError, match="below 0 K"):
        response_temperatures([1.0, 0.1, 3.0, 60e-6, 0.0], uts)


def test_exponential_errors_make_a_stable_and_an_unstable_balance():
    """Heat exp(T) against cooling e(1 + x) T: by Lambert's W the roots are known.

    exp(T) = k T has roots -W0(-1/k) (stable) and -W-1(-1/k) (unstable) for k > e.
    """
    from scipy.special import lambertw

    heating = correction_heating(0.0, 2.0, lambda t: math.exp(t) / 2)
    k = 4.0

    def cooling(temperature):
        return k * temperature

    cold, warm = (float(-lambertw(-1 / k, branch).real) for branch in (0, -1))
    points = fixed_points(heating, cooling, 0.01, 20.0)
    assert [p.temperature for p in points] == pytest.approx([cold, warm], rel=1e-12)
    assert [p.stable for p in points] == [True, False]
    for start, bounded in ((0.02, True), (warm * 0.999, True), (warm * 1.001, False)):
        found = fate(heating, cooling, start=start, low=0.01, high=20.0)
        assert found.bounded is bounded
        if bounded:
            assert found.settles_at == pytest.approx(cold, rel=1e-12)


def test_no_balance_at_all_is_unbounded():
    """exp(T) lies above 2.7 T < e T everywhere."""
    found = fate(math.exp, lambda t: 2.7 * t, start=0.5, low=0.01, high=20.0)
    assert found.fixed_points == ()
    assert not found.bounded


def test_constant_heat_settles_at_the_closed_form():
    found = fate(
        correction_heating(1e-6, 0.0, lambda _: 1.0),
        lambda t: 0.0522 * (t**2 - 6e-3**2),
        start=6e-3,
        low=1e-3,
        high=1.0,
    )
    assert found.settles_at == pytest.approx(float(quadratic_temperature(1e-6, 0.0522, 6e-3)))
    assert [point.stable for point in found.fixed_points] == [True]


def test_stability_refuses_an_empty_range_and_infinite_heat():
    with pytest.raises(OutOfRangeError):
        fixed_points(math.exp, math.exp, 1.0, 1.0)
    with pytest.raises(OutOfRangeError):
        fixed_points(lambda _: math.inf, math.exp, 0.1, 1.0)
    with pytest.raises(OutOfRangeError):
        fate(math.exp, math.exp, start=2.0, low=0.1, high=1.0)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: linear_coefficient(45.0, 45.0, 30.0),
        lambda: quadratic_coefficient(6e-3, 20e-3, 0.0),
        lambda: quadratic_cooling(5e-3, 0.0522, 6e-3),
        lambda: linear_cooling(34.0, 3.0, 35.0),
        lambda: quadratic_temperature(-1e-6, 0.0522, 6e-3),
        lambda: linear_temperature(float("nan"), 3.0, 35.0),
        lambda: linear_temperature(1.0, 0.0, 35.0),
    ],
)
def test_cooling_refuses_what_has_no_meaning(ask):
    with pytest.raises(OutOfRangeError):
        ask()
