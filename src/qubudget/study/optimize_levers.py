"""What may be changed, within which bounds, and what a change costs: ``--change`` as levers.

The cost of a number's change is its price per unit of relative change: |new - today| / today on
a linear scale, |log2(new / today)| on a logarithmic one (so that doubling is one unit on both),
and so many factors of two (3.01 dB) in decibels. A choice costs its price, whatever is chosen.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from qubudget.design import Design
from qubudget.design.paths import leaves
from qubudget.errors import DesignError, Problem
from qubudget.study.axis_values import Reader, Refused

FORM = "KEY=LOW..HIGH, KEY=LOW..HIGH:COST, KEY=A,B,C or KEY=A,B,C:COST (KEY+KEY for one value)"
DECADE = 10.0
"""A range of positive numbers this wide or wider is searched on a logarithmic scale."""
DIGITS = 5
"""Significant digits of a number that is tried: nobody builds to more."""
_RANGE = re.compile(r"^(?P<low>.+?)\.\.(?P<high>.+)$")
_COST = re.compile(r"^(?P<values>.*):\s*(?P<cost>[-+0-9.][-+0-9.eE]*|nan|inf)\s*$", re.DOTALL)

Value: TypeAlias = float | int | str | bool


@dataclass(frozen=True)
class Number:
    """A number that may be set anywhere between two ends; keys that are tied take it together.

    Attributes
    ----------
    name : the keys as written. unit : SI, "dB", or None for whole and plain numbers.
    today : the design's value (that of the first key); None where it has none.
    log : searched and priced on a logarithmic scale. cost : of one unit of relative change.
    """

    name: str
    keys: tuple[str, ...]
    unit: str | None
    today: float | None
    low: float
    high: float
    log: bool
    whole: bool
    cost: float

    def at(self, share: float) -> Value | None:
        """The value at a share in [0, 1] of the way; None ("as it is") where it is today's."""
        if self.log:
            found = self.low * (self.high / self.low) ** share
        else:
            found = self.low + share * (self.high - self.low)
        found = float(round(found)) if self.whole else float(f"{found:.{DIGITS}g}")
        return self.tidy(min(max(found, self.low), self.high))

    def tidy(self, value: float) -> Value | None:
        """A value as it is compared: whole numbers whole, today's as None."""
        if value == self.today:
            return None
        return int(value) if self.whole else value

    def share(self, value: Value) -> float:
        """The inverse of ``at``."""
        value = float(value)
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    @property
    def anchor(self) -> float | None:
        """The share that is nearest to today's value; None without one."""
        if self.today is None:
            return None
        return self.share(min(max(self.today, self.low), self.high))

    def price(self, value: Value | None) -> float:
        """What setting this value costs."""
        if value is None:
            return 0.0
        if self.today is None:
            return self.cost
        value = float(value)
        if self.unit == "dB":
            return self.cost * abs(value - self.today) / (10 * math.log10(2))
        if self.log:
            return self.cost * abs(math.log2(value / self.today))
        return self.cost * abs(value - self.today) / (abs(self.today) or self.high - self.low)

    def written(self, value: Value) -> dict[str, Any]:
        """The changes of the design file."""
        text = value if self.unit in (None, "1") else f"{value!r} {self.unit}"
        return dict.fromkeys(self.keys, text)

    @property
    def corners(self) -> tuple[Value | None, ...]:
        """The ends."""
        return tuple(dict.fromkeys((self.at(0.0), self.at(1.0))))


@dataclass(frozen=True)
class Choice:
    """One of several settings beside today's; a setting changes one key or several at once."""

    name: str
    today: str
    settings: Mapping[str, Mapping[str, Any]]
    cost: float

    def price(self, value: Value | None) -> float:
        """What choosing this setting costs."""
        return 0.0 if value is None else self.cost

    def written(self, value: Value) -> dict[str, Any]:
        """The changes of the design file."""
        return dict(self.settings[str(value)])

    @property
    def corners(self) -> tuple[Value | None, ...]:
        """As it is, and every setting."""
        return (None, *self.settings)


Lever: TypeAlias = Number | Choice
Values: TypeAlias = tuple[Value | None, ...]
"""A point: one value for each lever, None for those that stay as they are."""


def changes_of(levers: Sequence[Lever], values: Values) -> dict[str, Any]:
    """What a point changes in the design file."""
    found: dict[str, Any] = {}
    for lever, value in zip(levers, values, strict=True):
        if value is not None:
            found |= lever.written(value)
    return found


def cost_of(levers: Sequence[Lever], values: Values) -> float:
    """What a point costs in all."""
    return math.fsum(
        lever.price(value) for lever, value in zip(levers, values, strict=True)
    )


def bundle(
    design: Design,
    name: str,
    settings: Mapping[str, Mapping[str, Any]],
    *,
    cost: float = 1.0,
) -> Choice:
    """A choice that sets several keys together, such as one refrigerator or another.

    Parameters
    ----------
    settings : by the name of each option its changes, as ``Design.replace`` takes them.

    Raises
    ------
    DesignError: a setting changes keys that the design does not have.
    """
    reader, problems = Reader(design), []
    for option, changes in settings.items():
        for key, value in changes.items():
            try:
                reader.check_key(key, f"{name}: {option}")
                if value is not None:
                    reader.read(key, [value])
            except Refused as error:
                problems += error.problems
    if not settings:
        problems.append(Problem(name, "no settings", "at least one"))
    if problems:
        raise DesignError(design.name, problems)
    return Choice(name, "as it is", {str(k): dict(v) for k, v in settings.items()}, cost)


def parse_levers(design: Design, changes: Sequence[str | Lever]) -> tuple[Lever, ...]:
    """The levers that ``--change`` names.

    Parameters
    ----------
    changes : texts such as "stages.4k.rated_power=1.5 W..20 W:3" (a number; logarithmic where
        both ends are positive and a decade or more apart, or with ":log" before the cost),
        "stages.50k.units+stages.4k.units=1..4" (tied keys), "lines.drive.cable=UT-085-NbTi:2"
        (a choice beside today's value); or levers made by `bundle`. A cost is 1 unless given.

    Raises
    ------
    DesignError: every problem at once: an unknown key (with the nearest), a refused value, an
        empty or reversed range, a logarithm through zero, a cost below zero, a key twice.
    """
    reader, held = Reader(design), dict(leaves(design.model_dump(mode="json")))
    found: list[Lever] = []
    problems: list[Problem] = []
    for change in changes:
        if not isinstance(change, str):
            found.append(change)
            continue
        try:
            found.append(_lever(reader, held, change))
        except Refused as error:
            problems += error.problems
    keys = [key for lever in found for key in _keys(lever)]
    for key in dict.fromkeys(key for key in keys if keys.count(key) > 1):
        problems.append(Problem("--change", f"{key} twice", "each key once"))
    if not changes:
        problems.append(Problem("--change", "nothing", FORM))
    if problems:
        raise DesignError(design.name, problems)
    return tuple(found)


def _keys(lever: Lever) -> tuple[str, ...]:
    if isinstance(lever, Number):
        return lever.keys
    return tuple(dict.fromkeys(k for setting in lever.settings.values() for k in setting))


def _lever(reader: Reader, held: Mapping[str, Any], text: str) -> Lever:
    name, equals, written = (part.strip() for part in text.partition("="))
    if not (name and equals and written):
        raise Refused(Problem("--change", repr(text), FORM))
    keys = tuple(key.strip() for key in name.split("+"))
    unknown: list[Problem] = []
    for key in keys:
        try:
            reader.check_key(key, text)
        except Refused as error:
            unknown += error.problems
    if unknown:
        raise Refused(*unknown)
    match, cost = _COST.match(written), 1.0
    if match is not None:
        written, cost = match["values"].strip(), _cost(name, match["cost"])
    bounds = _RANGE.match(written)
    if bounds is None:
        return _choice(reader, held, name, keys, written, cost)
    return _number(reader, held, name, keys, written, bounds, cost)


def _cost(name: str, text: str) -> float:
    try:
        cost = float(text)
    except ValueError:
        cost = -1.0
    if not 0 <= cost < math.inf:
        raise Refused(Problem(name, f"cost {text}", "a cost of 0 or above"))
    return cost


def _choice(
    reader: Reader,
    held: Mapping[str, Any],
    name: str,
    keys: tuple[str, ...],
    written: str,
    cost: float,
) -> Choice:
    settings: dict[str, dict[str, Any]] = {}
    today = [held.get(key) for key in keys]
    for part in written.split(","):
        token = _token(part.strip())
        values = [_si(*reader.read(key, [token])[0]) for key in keys]
        if values != today:
            settings[str(token)] = dict.fromkeys(keys, token)
    if not settings:
        raise Refused(Problem(name, repr(written), "at least one value beside the design's own"))
    return Choice(name, "none" if today[0] is None else str(today[0]), settings, cost)


def _si(value: Any, unit: str | None) -> Any:
    return 10 ** (value / 10) if unit == "dB" else value


def _number(
    reader: Reader,
    held: Mapping[str, Any],
    name: str,
    keys: tuple[str, ...],
    written: str,
    bounds: re.Match[str],
    cost: float,
) -> Number:
    high_text, _, scale = bounds["high"].partition(":")
    if scale.strip() not in ("", "log"):
        raise Refused(Problem(name, repr(written), FORM))
    tokens = [_token(bounds["low"].strip()), _token(high_text.strip())]
    ends: list[tuple[Any, str | None]] = []
    for key in keys:
        ends = reader.read(key, tokens)
    (low, unit), (high, _) = ends
    if any(isinstance(end, bool) or not isinstance(end, int | float) for end in (low, high)):
        raise Refused(Problem(name, repr(written), "KEY=A,B,C for a choice"))
    if low == high:
        raise Refused(Problem(name, f"the empty range {written}", "two different ends"))
    if low > high:
        raise Refused(Problem(name, f"the range {written}", "LOW..HIGH, the lower end first"))
    today = held.get(keys[0])
    if unit == "dB":
        today = 10 * math.log10(today or 1.0)
    elif isinstance(today, bool) or not isinstance(today, int | float):
        today = None
    if scale and (unit == "dB" or low <= 0):
        allowed = "decibels without ':log'" if unit == "dB" else "both ends above zero for ':log'"
        raise Refused(Problem(name, repr(written), allowed))
    above = low > 0 and (today is None or today > 0)
    log = unit != "dB" and above and (bool(scale) or high / low >= DECADE)
    whole = isinstance(low, int) and isinstance(high, int)
    return Number(name, keys, unit, today, low, high, log, whole, cost)


def _token(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
