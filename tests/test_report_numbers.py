"""Numbers as people read them: SI prefixes, digits, durations, units from key names."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.report.numbers import (
    duration,
    engineering,
    frequency,
    interval,
    key_unit,
    key_words,
    margin,
    percent,
    powers,
    quantity,
    span,
    waiting,
)

FACTORS = {
    "y": 1e-24, "z": 1e-21, "a": 1e-18, "f": 1e-15, "p": 1e-12, "n": 1e-9, "µ": 1e-6, "m": 1e-3,
    "": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        # The first paper: 50 uW at 10 mK and 1 W at 4 K; Krinner 2019: 19 uW at 20 mK.
        (5e-5, "W", "50 µW"),
        (1.0, "W", "1 W"),
        (0.01, "K", "10 mK"),
        (1.9e-5, "W", "19 µW"),
        # The second paper: 0.2 MeV; Kaplan 1976: tau0 of aluminium 438 ns.
        (0.2e6, "eV", "200 keV"),
        (438e-9, "s", "438 ns"),
        # Landauer, 1e8 erasures a second at 10 mK.
        (9.57e-18, "W", "9.57 aW"),
        # Rounding carries into the next prefix.
        (0.9996, "W", "1 W"),
        (999.4e-6, "W", "999 µW"),
        (999.96, "m", "1 km"),
        (-2.5e-3, "s", "−2.5 ms"),
        (0.0, "W", "0 W"),
        (math.inf, "s", "∞ s"),
        (-math.inf, "", "−∞"),
        # Units without prefixes, and none at all.
        (0.0231, "1/s", "0.0231 /s"),
        (1.5e-9, "1", "1.5×10⁻⁹"),
        (12345.0, "", "12300"),
        (123456.0, "qubits", "1.23×10⁵ qubits"),
        (1e-40, "W", "1×10⁻⁴⁰ W"),
    ],
)
def test_engineering(value: float, unit: str, text: str) -> None:
    assert engineering(value, unit) == text


@pytest.mark.parametrize("value", [None, math.nan])
def test_a_missing_number_is_a_dash(value: float | None) -> None:
    assert engineering(value, "W") == "–"
    assert duration(value) == "–"
    assert percent(None) == margin(None) == quantity(None) == interval(None, None) == "–"


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-23, 1e17), st.sampled_from([1.0, -1.0]))
def test_engineering_reads_back_to_three_digits(size: float, sign: float) -> None:
    mantissa, unit = engineering(sign * size, "W").split(" ")
    number = float(mantissa.replace("−", "-"))
    assert 1 <= abs(number) < 1000
    assert number * FACTORS[unit.removesuffix("W")] == pytest.approx(sign * size, rel=5.1e-3)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1.1e-6, "1.1 µs"), (119.0, "119 s"), (180.0, "3 min"), (18000.0, "5 h"),
     (86400.0 * 10, "10 days"), (31557600.0 * 3, "3 years"), (0.0, "0 s"), (math.inf, "∞ s")],
)  # fmt: skip
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_what_takes_longer_than_the_universe_is_old_never_happens() -> None:
    for seconds in (1.43e69, math.inf):
        assert waiting(seconds) == quantity(seconds, "s") == "never"
    assert waiting(6.29e10) == "1990 years"
    assert frequency(6.98e-70) == "negligible"
    assert (frequency(0.0), frequency(None), waiting(None)) == ("0 /s", "–", "–")


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(29.5e-6, 66.9e-6, "29.5 to 66.9 µs"), (9e-7, 2e-6, "900 ns to 2 µs"),
     (None, 2e-6, "– to 2 µs"), (None, None, "–")],
)  # fmt: skip
def test_ends_of_an_interval_share_their_unit(low: Any, high: Any, text: str) -> None:
    assert span(low, high, "s") == text


def test_powers_of_ten_are_written_alike() -> None:
    assert powers("loss 4.11e-07, rate 2.75e+09 per second") == (
        "loss 4.11×10⁻⁷, rate 2.75×10⁹ per second"
    )
    for text in ("design 3e5f", "1.2.3e4", "a9e3"):
        assert powers(text) == text


def test_fidelities_keep_their_distance_from_one() -> None:
    assert quantity(0.99974, "1") == "0.99974"
    assert quantity(0.999) == "0.999"
    assert quantity(0.9999991) == "0.9999991"
    assert quantity(0.5) == "0.5"


def test_margins_beyond_ten_are_counted_in_limits() -> None:
    assert margin(-0.46) == "−46 %"
    assert margin(1 - 1.1e6) == "1.1×10⁶ × limit"


def test_key_names_give_units_and_words() -> None:
    assert key_unit("rate_per_s.total") == "/s"
    assert key_unit("machine.wall_power_W") == "W"
    assert key_unit("pair_breaking_efficiency") == ""
    assert key_words("mean_deposit_eV") == "mean deposit"
    assert key_words("max_qubits.total") == "max qubits: total"
