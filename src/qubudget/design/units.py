"""Quantities as people write them ("50 uW", "-71 dBm", "20 dB") to SI floats.

The units library is pint, chosen by start-up time and upkeep; the measurement is in
``docs/choices.md``. Its registry is built at the first quantity, not at import.
"""

from __future__ import annotations

import math
import re
import sys
from functools import cache
from typing import Any

_QUANTITY = re.compile(r"^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*$")
_UNIT = re.compile(r"^(1/)?[A-Za-zµμΩ][A-Za-z0-9µμΩ^*/ .-]*$")
_EXAMPLES = {
    "W": "'50 uW' or '-71 dBm'",
    "K": "'20 mK'",
    "s": "'25 ns'",
    "m": "'0.4 mm'",
    "m^2": "'10 mm^2'",
    "m^3": "'500 um^3'",
    "m^2/s": "'20 cm^2/s'",
    "Hz": "'5 GHz'",
    "1/s": "'1 / (25 ms)' written as '40 1/s'",
    "A": "'0.57 mA'",
    "ohm": "'0.15 ohm'",
    "J": "'0.2 MeV'",
    "mol/s": "'565 umol/s'",
    "F": "'1 pF'",
    "V": "'0.6 V'",
    "A/W": "'1 A/W'",
    "dB": "'20 dB'",
    "1/(m^2 s)": "'70 1/m^2/s'",
    "1/(kg s)": "'0.56 1/g/s'",
    "W/K": "'1 uW/K'",
}


_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def readable(value: float, unit: str) -> str:
    """An SI value to three digits as a design file would state it.

    unit : one that takes prefixes ("W", "K", "s", "Hz", ...).

    >>> readable(2.41e-3, "W"), readable(0.9999e-6, "s"), readable(0.0, "K")
    ('2.41 mW', '1 us', '0 K')
    """
    rounded = float(f"{value:.3g}")
    if rounded == 0 or not math.isfinite(rounded):
        return f"{rounded:g} {unit}"
    power = min(12, max(-15, 3 * math.floor(math.log10(abs(rounded)) / 3 + 1e-12)))
    return f"{rounded / 10.0**power:.4g} {_PREFIXES[power]}{unit}"


@cache
def _registry() -> Any:
    # Where Dask is installed pint imports it, xarray with it, to know its arrays when it meets
    # them; that takes three times as long as all the rest, and a design file holds numbers.
    absent = [name for name in ("dask",) if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        import pint
    finally:
        for name in absent:
            del sys.modules[name]
    return pint.UnitRegistry()


def example(unit: str) -> str:
    """An example of how a quantity of this SI ``unit`` is written in a design file."""
    return _EXAMPLES.get(unit, f"'1 {unit}'")


@cache
def to_si(text: str, unit: str) -> float:
    """Value of ``text`` ("50 uW") in the SI ``unit`` ("W").

    ``unit`` "dB" gives the power ratio 10^(x/10), so "20 dB" is 100.0.

    Raises
    ------
    ValueError: not a number with a unit, not finite, or of another dimension; the message
        says what is allowed.

    >>> to_si("50 uW", "W")
    5e-05
    >>> to_si("20 dB", "dB")
    100.0
    >>> round(to_si("-71 dBm", "W") * 1e11, 3)
    7.943
    """
    match = _QUANTITY.match(text) if len(text) < 100 else None
    if match is None:
        raise ValueError(f"a finite number with a unit, such as {example(unit)}")
    number, written = float(match[1]), match[2]
    if not written:
        raise ValueError(f"a unit too, such as {example(unit)}")
    if not math.isfinite(number):
        raise ValueError("a finite number")
    if unit == "dB":
        if written != "dB":
            raise ValueError(f"decibels, such as {example(unit)}")
        value = 10.0 ** (number / 10.0)
    elif written == "dBm":
        if unit != "W":
            raise ValueError(f"a quantity in {unit}, such as {example(unit)}")
        value = 1e-3 * 10.0 ** (number / 10.0)
    else:
        value = number * _factor(written, unit)
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return float(f"{value:.15g}")


@cache
def _factor(written: str, unit: str) -> float:
    wrong = ValueError(f"a quantity in {unit}, such as {example(unit)}")
    if not _UNIT.match(written.replace("(", "").replace(")", "")):
        raise wrong
    registry = _registry()
    try:
        units = registry.parse_units(written)
        one, two = (float(registry.Quantity(x, units).to(unit).magnitude) for x in (1.0, 2.0))
    except Exception as error:  # pint raises many types, some of them bare
        raise wrong from error
    if not math.isclose(two, 2 * one, rel_tol=1e-12):
        raise wrong  # a scale with an offset, such as degrees Celsius
    return one
