"""How a value is shown: a unit that reads well, and the range and steps of its slider."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qubudget.design.fields import Quantity
from qubudget.design.units import to_si
from qubudget.report.numbers import engineering

_PREFIXES = {
    "W": ("aW", "fW", "pW", "nW", "uW", "mW", "W", "kW", "MW"),
    "K": ("uK", "mK", "K"),
    "s": ("ns", "us", "ms", "s"),
    "Hz": ("Hz", "kHz", "MHz", "GHz", "THz"),
    "m": ("nm", "um", "mm", "m"),
    "m^2": ("um^2", "mm^2", "cm^2", "m^2"),
    "m^3": ("um^3", "mm^3", "cm^3", "m^3"),
    "A": ("nA", "uA", "mA", "A"),
    "V": ("uV", "mV", "V"),
    "F": ("fF", "pF", "nF", "uF"),
    "T": ("nT", "uT", "mT"),
    "J": ("yJ", "zJ", "aJ", "fJ", "pJ", "nJ", "uJ", "mJ"),
    "mol/s": ("umol/s", "mmol/s"),
}
"""Units for a number from 1 up, smallest first; others are shown in the SI unit itself."""
TYPICAL = {
    "W": 1e-3, "K": 0.1, "s": 1e-3, "Hz": 1e9, "m": 1e-3, "m^2": 1e-3, "m^3": 1e-3, "A": 1e-3,
    "V": 1.0, "F": 1e-9, "T": 1e-5, "J": 1e-15, "1/s": 100.0, "kg/m^2": 1e5, "ohm": 100.0,
    "m^2/s": 1e-2, "ohm m^2": 1e-12, "1": 1.0, "1/(m^2 s)": 100.0, "1/(kg s)": 1e3,
}  # fmt: skip
"""End of the slider of a quantity that is 0 now, in the SI unit."""
WIDE = 10.0
"""How far a slider goes up and down from a positive value, as a factor."""


@dataclass(frozen=True)
class Slider:
    """Range and step in the shown unit; ``step`` is in decades where ``log``."""

    low: float
    high: float
    step: float
    log: bool = False


def shown_unit(unit: str) -> str:
    """A unit as people read it: µW, Ω, mm²; `written_unit` undoes it."""
    text = unit.replace("^2", "²").replace("^3", "³").replace("ohm", "Ω")
    return f"µ{text[1:]}" if text.startswith("u") else text


def written_unit(shown: str) -> str:
    """A unit as the design file takes it.

    >>> written_unit(shown_unit("um^3"))
    'um^3'
    """
    return shown.replace("²", "^2").replace("³", "^3").replace("Ω", "ohm").replace("µ", "u")


def in_unit(
    si: float, si_unit: str, text: str = "", typical: float | None = None
) -> tuple[float, str]:
    """A value as a number and a unit as written in a file.

    ``text`` is how the file states it: its unit is kept where the number reads well in it.
    ``typical`` gives the unit of a value of 0, in ``si_unit``.

    >>> in_unit(5e-5, "W")
    (50.0, 'uW')
    >>> in_unit(3.204353268e-14, "J", "0.2 MeV")
    (0.2, 'MeV')
    """
    number, _, unit = text.strip().partition(" ")
    stated, end = _number(number), typical or TYPICAL.get(si_unit, 1.0)
    if stated is not None and unit:
        reads = end / to_si(f"1 {unit}", si_unit) if stated == 0 else abs(stated)
        if unit == "dBm" or 1e-2 <= reads < 1e4:
            return stated, unit
    if si_unit == "dB":
        return float(f"{10 * math.log10(si):.12g}"), "dB"
    prefixes = _PREFIXES.get(si_unit, (si_unit,))
    if si == 0:
        return 0.0, in_unit(end, si_unit)[1]
    best = prefixes[0]
    for candidate in prefixes:
        if abs(si) >= to_si(f"1 {candidate}", si_unit) * (1 - 1e-12):
            best = candidate
    return float(f"{si / to_si(f'1 {best}', si_unit):.15g}"), best


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def bounds_words(quantity: Quantity, unit: str) -> str:
    """What the schema allows, in the unit of the field.

    quantity : of the schema. unit : as written; empty for a plain number.

    >>> bounds_words(Quantity("Hz", 0, 1e13, above=True), "GHz")
    'above 0 to 10,000 GHz'
    >>> bounds_words(Quantity("W", 0, 1e9), "dBm"), bounds_words(Quantity("dB", 1, 1e20), "dB")
    ('up to 120 dBm', '0 to 200 dB')
    """
    if unit == "dBm":
        return f"up to {bound(10 * math.log10(quantity.high / 1e-3))} dBm"
    if unit == "dB":
        return quantity.allowed()
    one = to_si(f"1 {unit}", quantity.unit) if unit else 1.0
    words = f"{'above' if quantity.above else 'from'} {bound(quantity.low / one)}"
    if not math.isinf(quantity.high):
        words += f" to {bound(quantity.high / one)}"
    return f"{words} {shown_unit(unit)}" if unit else words


def bound(value: float) -> str:
    """The end of a range as text.

    >>> bound(-7), bound(400_000.0), bound(1e18)
    ('−7', '400,000', '1×10¹⁸')
    """
    plain = value == 0 or 1e-3 <= abs(value) < 1e6
    return f"{value:,.6g}".replace("-", "−") if plain else engineering(value)


def quantity_slider(
    value: float,
    unit: str,
    quantity: Quantity,
    typical: float | None = None,
    wide: float = WIDE,
) -> Slider:
    """Slider of a quantity.

    Parameters
    ----------
    value : in ``unit``, as written. quantity : of the schema, with its bounds.
    typical : end of the slider where the value is 0, SI. wide : factor up and down from others.
    """
    low, high, si_unit = quantity.low, quantity.high, quantity.unit
    if unit in ("dB", "dBm"):
        bottom = 10 * math.log10(low) if unit == "dB" else -200.0
        reach = 30.0 if unit == "dBm" else max(20.0, abs(value))
        top = 10 * math.log10(high) if unit == "dB" else 60.0
        return Slider(max(bottom, _down(value - reach)), min(top, _up(value + reach)), 0.5)
    one = 1.0 if si_unit == "1" else to_si(f"1 {unit}", si_unit)
    end = (typical or TYPICAL.get(si_unit, 1.0)) / one
    return number_slider(value, low / one, high / one, end, wide)


def number_slider(
    value: float, low: float, high: float, typical: float = 1.0, wide: float = WIDE
) -> Slider:
    """Slider of a plain number within bounds: decades around it, or linear at 0 and below."""
    if value <= 0:
        top = min(high, max(typical, -2 * value))
        bottom = max(low, -top)
        return Slider(_three(bottom), _three(top), nice((top - bottom) / 200))
    bottom, top = max(low, _three(value / wide)), min(high, _three(value * wide))
    if bottom <= 0 or top / bottom < 2:
        return Slider(bottom, top, nice((top - bottom) / 200))
    return Slider(bottom, top, 0.01, log=True)


def fraction_slider(value: float, high: float = 1.0) -> Slider:
    """Slider of a share: decades where it is small, close to 1 where it is, else all of it."""
    if 0 < value < 0.02:
        return Slider(_three(value / 100), min(high, _three(100 * value)), 0.02, log=True)
    if 0.9 < value < 1:
        rest = _three(10 * (1 - value))
        return Slider(_three(1 - rest), high, nice(rest / 200))
    return Slider(0.0, high, 0.01)


def whole_slider(value: int, low: int, high: int, typical: int = 10) -> Slider:
    """Slider of a whole number; in decades where it is large. ``typical``: its least end."""
    top = min(high, max(10 * value, typical))
    if value > 200:
        return Slider(max(low, round(value / WIDE)), top, 0.01, log=True)
    return Slider(low, top, max(1, top // 500))


def nice(step: float) -> float:
    """The largest of 1, 2, 5 times a power of ten up to ``step``.

    >>> nice(0.037)
    0.02
    """
    power = math.floor(math.log10(step))
    best = max(n for n in (1, 2, 5) if n * 10.0**power <= step * (1 + 1e-9))
    return float(f"{best}e{power}")


def _three(value: float) -> float:
    return float(f"{value:.3g}")


def _down(value: float) -> float:
    return 5.0 * math.floor(value / 5.0)


def _up(value: float) -> float:
    return 5.0 * math.ceil(value / 5.0)
