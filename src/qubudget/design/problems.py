"""Validation errors in words: key, what was given, what is allowed, the nearest name."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from qubudget.design.fields import Section
from qubudget.design.paths import Raw, find_place, nearest
from qubudget.errors import Problem

FEW = 3
"""Missing sections up to here are a file's own matter; more, and it has no base."""
BASE_HINT = 'add base = "PRESET" on top of the file to take everything else from a preset'


def shown(value: Any) -> str:
    """A value as a person wrote it, shortened."""
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, list | tuple):
        text = f"a list of {len(value)}"
    else:
        text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def named_path(raw: Raw, location: tuple[int | str, ...]) -> list[str]:
    """pydantic's location as a dotted path; names of union branches are dropped."""
    path: list[str] = []
    here: Any = raw
    for position, part in enumerate(location):
        last = position == len(location) - 1
        if isinstance(part, int):
            member = here[part] if isinstance(here, list) and part < len(here) else None
            path.append(str(member.get("name", part)) if isinstance(member, dict) else str(part))
            here = member
        elif isinstance(here, dict) and part in here:
            path.append(part)
            here = here[part]
        elif last and isinstance(here, dict):
            path.append(part)
    return path


def problems_of(error: ValidationError, raw: Raw, root: type[Section]) -> list[Problem]:
    """One :class:`Problem` per thing that the validator refused, duplicates dropped."""
    found: dict[str, Problem] = {}
    for item in error.errors(include_url=False):
        path = named_path(raw, item["loc"])
        key = ".".join(path)
        kind = item["type"]
        if kind == "extra_forbidden":
            parent = find_place(root, path[:-1])
            names = list(parent.section.model_fields) if parent and parent.section else []
            problem = _unknown(path, shown(item["input"]), names)
        elif kind == "missing":
            place = find_place(root, path)
            wanted = "this key is missing"
            if place is not None and (place.description or place.allowed):
                wanted += f": {place.description or place.allowed}"
            if place is not None and place.unit and place.unit != "1":
                wanted += f" ({place.unit})"
            problem = Problem(key, "", wanted)
        else:
            problem = _refused(item, key, path, root)
        found.setdefault(key, problem)
    if sum(item["type"] == "missing" and len(item["loc"]) == 1 for item in error.errors()) > FEW:
        found.setdefault("base", Problem("base", "", BASE_HINT, words=BASE_HINT))
    return list(found.values())


def _unknown(path: list[str], given: str, names: list[str]) -> Problem:
    """A key that is none of ``names``, the keys of its section."""
    close = nearest(path[-1], names)
    if close:
        meant = ".".join([*path[:-1], close])
        words = f"no such key; did you mean {meant}?"
    else:
        words = "no such key; keys here are " + ", ".join(names)
    allowed = "one of " + ", ".join(names)
    return Problem(".".join(path), given, allowed, close, words)


def _refused(item: Any, key: str, path: list[str], root: type[Section]) -> Problem:
    place = find_place(root, path)
    given = item["input"]
    if item["type"] == "quantity":
        return Problem(key, shown(given), item["ctx"]["allowed"])
    if item["type"] == "literal_error" and place is not None and place.choices:
        return Problem(
            key, shown(given), "one of " + place.allowed, nearest(str(given), place.choices)
        )
    if item["type"] == "string_pattern_mismatch":
        return Problem(key, shown(given), "a name of letters, digits, '-' and '_'")
    wanted = item["msg"].removeprefix("Input should be ").removeprefix("Value error, ").strip()
    return Problem(key, shown(given), wanted)
