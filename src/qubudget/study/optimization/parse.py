"""From ``--change KEY=LOW..HIGH[:COST]`` and ``KEY=A,B,C[:COST]`` to levers.

Values are written as in the design file and pass through its schema; every problem of every
change is reported at once.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from qubudget.design import Design
from qubudget.design.paths import leaves
from qubudget.errors import DesignError, Problem
from qubudget.study.optimization.levers import Choice, Lever, Number
from qubudget.study.sweeping.axis_values import Reader, Refused

FORM = "KEY=LOW..HIGH, KEY=LOW..HIGH:COST, KEY=A,B,C or KEY=A,B,C:COST (KEY+KEY for one value)"
DECADE = 10.0
"""A range of positive numbers this wide or wider is searched on a logarithmic scale."""
_RANGE = re.compile(r"^(?P<low>.+?)\.\.(?P<high>.+)$")
_COST = re.compile(r"^(?P<values>.*):\s*(?P<cost>[-+0-9.][-+0-9.eE]*|nan|inf)\s*$", re.DOTALL)


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
    reader = Reader(design)
    problems: list[Problem] = []
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
