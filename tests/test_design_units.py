"""Quantities at the edge: values, dimensions, refusals."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.design.units import readable, to_si


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("50 uW", "W", 50e-6),
        ("50 µW", "W", 50e-6),
        ("-71 dBm", "W", 7.943282347e-11),  # 10^(-71/10) mW
        ("0 dBm", "W", 1e-3),
        ("20 ns", "s", 20e-9),
        ("0.2 MeV", "J", 3.204353268e-14),  # e exact (SI 2019)
        ("10 dB", "dB", 10.0),
        ("3 dB", "dB", 1.995262315),
        ("20 cm^2/s", "m^2/s", 2e-3),
        ("0.56 1/g/s", "1/(kg s)", 560.0),
        ("70 1/(m^2 s)", "1/(m^2 s)", 70.0),
        ("40 1/s", "1/s", 40.0),
        ("5 GHz", "Hz", 5e9),
        ("1e-3 K", "K", 1e-3),
        (".5 mm", "m", 5e-4),
    ],
)
def test_values(text: str, unit: str, value: float) -> None:
    assert to_si(text, unit) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "unit", "allowed"),
    [
        ("50", "W", "unit"),
        ("50 K", "W", "W"),
        ("20 dB", "W", "W"),
        ("20", "dB", "unit"),
        ("20 W", "dB", "decibels"),
        ("-71 dBm", "K", "K"),
        ("nan W", "W", "finite"),
        ("inf W", "W", "finite"),
        ("1e999 W", "W", "finite"),
        ("9e9999 dB", "dB", "finite"),
        ("five W", "W", "number"),
        ("", "W", "number"),
        ("5 __import__('os')", "W", "W"),
        ("5 W" + " " * 200, "W", "number"),
        ("5 W**9999999", "W", "W"),
        ("5 degC", "K", "K"),
    ],
)
def test_refusals(text: str, unit: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed):
        to_si(text, unit)


@given(st.floats(min_value=1e-12, max_value=1e6))
def test_a_value_written_in_si_comes_back(value: float) -> None:
    assert to_si(f"{value!r} W", "W") == pytest.approx(value, rel=1e-14)


@given(st.floats(min_value=0, max_value=100), st.floats(min_value=0, max_value=90))
def test_decibels_add(first: float, second: float) -> None:
    product = to_si(f"{first!r} dB", "dB") * to_si(f"{second!r} dB", "dB")
    assert math.isclose(product, to_si(f"{first + second!r} dB", "dB"), rel_tol=1e-9)


@settings(deadline=None)
@given(st.floats(1e-16, 1e13), st.sampled_from(["W", "K", "s", "Hz"]))
def test_what_is_readable_is_read_back_to_three_digits(value: float, unit: str) -> None:
    assert to_si(readable(value, unit), unit) == pytest.approx(value, rel=0.0051)
