"""Cooling powers and the measured response of a fridge."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.cryostat.cooling import (
    enthalpy_base,
    enthalpy_cooling,
    enthalpy_temperature,
    linear_coefficient,
    linear_cooling,
    linear_temperature,
    quadratic_coefficient,
    quadratic_cooling,
    quadratic_temperature,
    table_cooling,
    table_temperature,
)
from qubudget.cryostat.radiation import radiated_heat
from qubudget.cryostat.response import response_temperatures, uts_response
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


def test_enthalpy_of_a_mixing_chamber():
    """Circulations behind datasheet points with perfect exchangers (84 n3 T^2), umol/s."""
    for flow, watts, kelvin in ((565, 19e-6, 20e-3), (893, 30e-6, 20e-3), (536, 450e-6, 100e-3)):
        assert enthalpy_cooling(kelvin, flow * 1e-6, kelvin) == pytest.approx(watts, rel=2e-3)
    base = enthalpy_base(18e-3)
    assert base == pytest.approx(18e-3 * math.sqrt(11 / 95))
    assert enthalpy_cooling(base, 565e-6, 18e-3) == pytest.approx(0, abs=1e-18)
    # through a base of 6 mK it is the quadratic fit with C = 95 n3
    exchange = 6e-3 * math.sqrt(95 / 11)
    fit = quadratic_cooling(14e-3, 95 * 549e-6, 6e-3)
    assert enthalpy_cooling(14e-3, 549e-6, exchange) == pytest.approx(fit)


@settings(max_examples=30)
@given(load=st.floats(0, 1e-3), flow=st.floats(1e-5, 1e-2), exchange=st.floats(1e-3, 0.05))
def test_enthalpy_temperature_inverts_its_cooling(load, flow, exchange):
    found = enthalpy_temperature(load, flow, exchange)
    assert enthalpy_cooling(found, flow, exchange) == pytest.approx(load, rel=1e-9, abs=1e-15)


def test_a_table_passes_its_points_and_keeps_power_laws():
    """Bluefors' LD450: 14 uW at 20 mK and 450 uW at 100 mK (datasheet)."""
    at, take = [20e-3, 100e-3], [14e-6, 450e-6]
    assert table_cooling(at, at, take) == pytest.approx(take)
    exponent = math.log(450 / 14) / math.log(5)
    assert table_cooling(50e-3, at, take) == pytest.approx(14e-6 * 2.5**exponent)
    middle = table_temperature(100e-6, at, take)
    assert middle == pytest.approx(20e-3 * (100 / 14) ** (1 / exponent))
    assert table_temperature(take, at, take) == pytest.approx(at, rel=1e-9)


@settings(max_examples=30)
@given(data=st.data(), size=st.integers(2, 8))
def test_a_table_rises_between_its_points_and_is_inverted(data, size):
    steps = st.lists(st.floats(1.05, 3.0), min_size=size, max_size=size)
    at = 1e-3 * np.cumprod(data.draw(steps))
    take = 1e-9 * np.cumprod(data.draw(steps))
    asked = np.geomspace(at[0], at[-1] * (1 - 1e-12), 40)
    power = table_cooling(asked, at, take)
    assert np.all(np.diff(power) > 0)
    # The slope may vanish at an end, so the inverse is judged by its power.
    found = table_temperature(power, at, take)
    assert table_cooling(found, at, take) == pytest.approx(power, rel=1e-9)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: table_cooling(0.1, [0.2, 0.3], [1, 2]),
        lambda: table_cooling(0.4, [0.2, 0.3], [1, 2]),
        lambda: table_temperature(3, [0.2, 0.3], [1, 2]),
        lambda: table_cooling(0.2, [0.2], [1]),
        lambda: table_cooling(0.2, [0.2, 0.2], [1, 2]),
        lambda: table_cooling(0.2, [0.2, 0.3], [2, 1]),
        lambda: table_cooling(0.2, [0.2, 0.3], [0, 1]),
        lambda: enthalpy_cooling(1e-3, 565e-6, 18e-3),
        lambda: enthalpy_cooling(20e-3, 0, 18e-3),
        lambda: radiated_heat(300, 77, 1, 1.2),
        lambda: radiated_heat(300, 77, -1, 0.2),
    ],
)
def test_curves_and_radiation_refuse_what_has_no_meaning(ask):
    with pytest.raises(OutOfRangeError):
        ask()


def test_radiation_between_shields():
    """Black surfaces at room temperature (300 K) send 459 W/m^2 to a cold one: sigma T^4."""
    assert radiated_heat(300, 0, 1, 1) == pytest.approx(459.3, rel=1e-3)
    # A cold shield of 45 K halves nothing of that, one in balance takes none.
    assert radiated_heat(300, 45, 1, 1) == pytest.approx(459.3 - 0.233, rel=1e-3)
    assert radiated_heat(40, 40, 2, 0.05) == 0
    assert radiated_heat(4, 45, 1, 0.1) == -radiated_heat(45, 4, 1, 0.1)
    assert radiated_heat([300, 50], 4, 0.5, 0.03).shape == (2,)
