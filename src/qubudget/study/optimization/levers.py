"""What may be changed, within which bounds, and what a change costs: ``--change`` as levers.

The cost of a number's change is its price per unit of relative change: |new - today| / today on
a linear scale, |log2(new / today)| on a logarithmic one (so that doubling is one unit on both),
and so many factors of two (3.01 dB) in decibels. A choice costs its price, whatever is chosen.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

DIGITS = 5
"""Significant digits of a number that is tried: nobody builds to more."""

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
    return math.fsum(lever.price(value) for lever, value in zip(levers, values, strict=True))
