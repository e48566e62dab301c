"""Numbers as people read them: SI prefixes, sensible digits, durations, units from key names."""

from __future__ import annotations

import re
from math import ceil, floor, isfinite, isnan, log10
from typing import Any

MISSING = "–"

_PREFIXES = {
    -24: "y", -21: "z", -18: "a", -15: "f", -12: "p", -9: "n", -6: "µ", -3: "m",
    0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P",
}  # fmt: skip
_PREFIXED_UNITS = frozenset({"W", "s", "K", "m", "eV", "Hz", "A", "V", "J", "F", "H", "Ω", "Wb"})
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_KEY_UNITS = {
    "_per_s": "/s", "_per_day": "/day", "_per_cycle": "/cycle",
    "_s": "s", "_m": "m", "_K": "K", "_W": "W", "_eV": "eV", "_Hz": "Hz", "_J": "J",
}  # fmt: skip
_LONG_TIMES = (("years", 365.25 * 86400), ("days", 86400.0), ("h", 3600.0), ("min", 60.0))
AGE_OF_UNIVERSE = 13.8e9 * 365.25 * 86400
"""s; 13.8e9 years: Planck Collaboration, Astron. Astrophys. 641, A6 (2020)."""
NEVER, NEGLIGIBLE = "never", "negligible"
_POWER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)e([+-]?\d+)(?![\w.])")


def engineering(value: float | None, unit: str = "", digits: int = 3) -> str:
    """A number with its unit: SI prefix where the unit takes one, else a power of ten.

    Parameters
    ----------
    value : the number, in `unit`; None and NaN give a dash.
    unit : an SI unit ("W"), or anything else ("1/s", "qubits", "1"), which gets no prefix.
    digits : significant digits; trailing zeros are dropped.

    Examples
    --------
    The first paper's capacity of a mixing chamber, a temperature, and a bare number:

    >>> engineering(5e-05, "W"), engineering(0.00999996, "K"), engineering(1.5e-9)
    ('50 µW', '10 mK', '1.5×10⁻⁹')
    """
    if value is None or isnan(value):
        return MISSING
    unit = "" if unit == "1" else unit.removeprefix("1") if unit.startswith("1/") else unit
    tail = f" {unit}" if unit else ""
    if not isfinite(value):
        return ("∞" if value > 0 else "−∞") + tail
    if value == 0:
        return "0" + tail
    # Round first, so that 999.96 mW becomes 1 W, not 1000 mW.
    rounded = float(f"{value:.{digits - 1}e}")
    exponent = floor(log10(abs(rounded)) + 1e-12)
    step = 3 * (exponent // 3)
    if unit in _PREFIXED_UNITS and step in _PREFIXES:
        return f"{_decimal(rounded, step, exponent, digits)} {_PREFIXES[step]}{unit}"
    if -3 <= exponent < 5:
        return _decimal(rounded, 0, exponent, digits) + tail
    mantissa = _decimal(rounded, exponent, exponent, digits)
    return f"{mantissa}×10{str(exponent).translate(_SUPERSCRIPT)}{tail}"


def _decimal(value: float, shift: int, exponent: int, digits: int) -> str:
    """`value` / 10^shift without an exponent; `exponent` is that of its first digit."""
    text = f"{value / 10.0**shift:.{max(digits - 1 - exponent + shift, 0)}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def duration(seconds: float | None) -> str:
    """A time; above two minutes in minutes, hours, days or years.

    >>> duration(25e-3), duration(3600.0 * 5), duration(1e9)
    ('25 ms', '5 h', '31.7 years')
    """
    if seconds is not None and isfinite(seconds):
        for unit, length in _LONG_TIMES:
            if abs(seconds) >= 2 * length:
                return engineering(seconds / length, unit)
    return engineering(seconds, "s")


def waiting(seconds: float | None) -> str:
    """How long something takes to happen; "never" beyond the age of the universe.

    >>> waiting(212e-6), waiting(6.29e10), waiting(1.43e69)
    ('212 µs', '1990 years', 'never')
    """
    if seconds is not None and seconds > AGE_OF_UNIVERSE:
        return NEVER
    return duration(seconds)


def frequency(per_second: float | None) -> str:
    """How often something happens; "negligible" below once in the age of the universe.

    >>> frequency(4723.0), frequency(0.0), frequency(6.98e-70)
    ('4720 /s', '0 /s', 'negligible')
    """
    if per_second is not None and 0 < per_second < 1 / AGE_OF_UNIVERSE:
        return NEGLIGIBLE
    return engineering(per_second, "/s")


def span(low: float | None, high: float | None, unit: str = "") -> str:
    """The ends of an interval, their common unit said once.

    >>> span(5e-5, 7e-5, "s"), span(9e-7, 2e-6, "s")
    ('50 to 70 µs', '900 ns to 2 µs')
    """
    first, _, last = interval(low, high, unit).partition(" to ")
    tail = last.partition(" ")[2]
    return f"{first.removesuffix(f' {tail}')} to {last}" if tail else interval(low, high, unit)


def powers(text: str) -> str:
    """A text with its powers of ten written as all others are.

    >>> powers("a loss of 4.11e-07; bursts 2e3 times weaker")
    'a loss of 4.11×10⁻⁷; bursts 2×10³ times weaker'
    """

    def written(found: re.Match[str]) -> str:
        return f"{found[1]}×10{str(int(found[2])).translate(_SUPERSCRIPT)}"

    return _POWER.sub(written, text)


def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """The ends of an interval; a dash where both are missing.

    >>> interval(5e-5, 7e-5, "s"), interval(None, 7e-5, "s")
    ('50 µs to 70 µs', '– to 70 µs')
    """
    if low is None and high is None:
        return MISSING
    return f"{engineering(low, unit)} to {engineering(high, unit)}"


def margin(share: float | None) -> str:
    """A margin: a percentage of the limit; where that is passed tenfold, value over limit.

    >>> margin(0.51), margin(1 - 2.0e6)
    ('51 %', '2×10⁶ × limit')
    """
    if share is not None and share <= -10:
        return engineering(1 - share) + " × limit"
    return percent(share)


def percent(share: float | None) -> str:
    """A share or margin as a percentage.

    >>> percent(0.123), percent(-21.5), percent(None)
    ('12.3 %', '−2150 %', '–')
    """
    return MISSING if share is None else engineering(100 * share, "%")


def quantity(value: Any, unit: str = "") -> str:
    """Whatever a result holds, as text: a number with its unit, a truth, a list, a text.

    >>> quantity(True), quantity(2e-3, "s"), quantity([1.0, 2.0], "K"), quantity(0.99983)
    ('yes', '2 ms', '1 K, 2 K', '0.99983')
    """
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and unit in {"", "1"}:
        return f"{value:,}".replace(",", "\u202f") if abs(value) >= 10000 else str(value)
    if isinstance(value, int | float):
        if unit == "s":
            return waiting(float(value))
        return engineering(float(value), unit, digits=_digits(float(value), unit))
    if isinstance(value, list | tuple):
        return ", ".join(quantity(item, unit) for item in value)
    return str(value)


def _digits(value: float, unit: str) -> int:
    """Three, or for a fidelity as many as its distance from one needs."""
    if unit in {"", "1"} and 0.99 < value < 1:
        return ceil(-log10(1 - value) - 1e-9) + 1
    return 3


def key_unit(key: str) -> str:
    """The unit that the last part of a JSON key to have one ends in; else empty.

    >>> key_unit("load_W"), key_unit("rate_per_s.muon"), key_unit("margin")
    ('W', '/s', '')
    """
    for part in reversed(key.split(".")):
        for ending, unit in _KEY_UNITS.items():
            if part.endswith(ending):
                return unit
    return ""


def key_words(key: str) -> str:
    """The name of a JSON key as words, without its unit.

    >>> key_words("recovery_time_s"), key_words("t1_min_s"), key_words("rate_per_s.muon")
    ('recovery time', 'T1 min', 'rate: muon')
    """
    parts = []
    for part in key.split("."):
        ending = next((e for e in _KEY_UNITS if part.endswith(e)), "")
        words = part.removesuffix(ending).split("_")
        parts.append(" ".join(w.upper() if w in _SYMBOLS else w for w in words))
    return ": ".join(parts)


_SYMBOLS = frozenset({"t1", "t2"})
