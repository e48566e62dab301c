"""Validation errors in words: key, what was given, what is allowed, the nearest name."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from qubudget.design.fields import Section
from qubudget.design.paths import Raw, find_place, nearest
from qubudget.errors import Problem


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
            problem = Problem(key, shown(item["input"]), "no such key", nearest(path[-1], names))
            if not problem.nearest:
                problem = Problem(key, problem.given, "one of " + ", ".join(names))
        elif kind == "missing":
            place = find_place(root, path)
            wanted = "this key is required"
            if place is not None and (place.description or place.allowed):
                wanted += f": {place.description or place.allowed}"
            if place is not None and place.unit and place.unit != "1":
                wanted += f" ({place.unit})"
            problem = Problem(key, "", wanted)
        else:
            problem = _refused(item, key, path, root)
        found.setdefault(key, problem)
    return list(found.values())


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
    return Problem(key, shown(given), item["msg"].removeprefix("Input should be ").strip())
