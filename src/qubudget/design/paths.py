"""Dotted paths into a design file: members of lists are addressed by their ``name``."""

from __future__ import annotations

import difflib
import types
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic.fields import FieldInfo

from qubudget.design.fields import Quantity, Section

Raw = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """What the schema says about one path.

    ``section`` is the model whose fields come next, None at a leaf; ``unit`` is the SI unit
    of a quantity, "dB" for a ratio, None where there is no quantity.
    """

    section: type[Section] | None
    members: bool
    mapping: Place | None
    unit: str | None
    allowed: str
    description: str
    choices: tuple[str, ...]


def nearest(name: str, names: Iterable[str]) -> str:
    """The valid name most like ``name``, or an empty text."""
    close = difflib.get_close_matches(str(name), list(names), n=1, cutoff=0.5)
    return close[0] if close else ""


def _arguments(annotation: Any) -> tuple[Any, ...]:
    return typing.get_args(annotation)


def _place(annotation: Any, metadata: Iterable[Any], description: str) -> Place:
    section: type[Section] | None = None
    members, mapping, unit, allowed = False, None, None, ""
    choices: tuple[str, ...] = ()
    for item in metadata:
        if isinstance(item, Quantity):
            unit, allowed = item.unit, item.allowed()
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        inner, *more = _arguments(annotation)
        return _place(inner, more, description)
    if origin in (typing.Union, types.UnionType):
        places = [_place(a, (), description) for a in _arguments(annotation) if a is not type(None)]
        for place in places:
            mapping = mapping or place.mapping
            unit = unit or place.unit
            allowed = allowed or place.allowed
            choices = choices or place.choices
    elif origin is tuple:
        section = _arguments(annotation)[0]
        members = isinstance(section, type) and issubclass(section, Section)
        section = section if members else None
    elif origin is dict:
        mapping = _place(_arguments(annotation)[1], (), description)
    elif origin is typing.Literal:
        choices = tuple(map(str, _arguments(annotation)))
        allowed = ", ".join(choices)
    elif isinstance(annotation, type) and issubclass(annotation, Section):
        section = annotation
    elif annotation is int:
        allowed = "a whole number"
    elif annotation is bool:
        allowed, choices = "true or false", ("true", "false")
    elif annotation is str:
        allowed = "a text"
    return Place(section, members, mapping, unit, allowed, description, choices)


def field_place(field: FieldInfo) -> Place:
    """The place that a field of a section describes."""
    return _place(field.annotation, field.metadata, field.description or "")


def find_place(root: type[Section], path: Iterable[str]) -> Place | None:
    """What the schema says of a path, or None where the schema knows no such path."""
    return _find_place(root, tuple(path))


@lru_cache(maxsize=4096)
def _find_place(root: type[Section], path: tuple[str, ...]) -> Place | None:
    place: Place | None = Place(root, False, None, None, "", "", ())
    skip_name = False
    for part in path:
        assert place is not None
        if skip_name:
            skip_name = False
            continue
        if place.mapping is not None:
            place = place.mapping
        elif place.section is not None:
            field = place.section.model_fields.get(part)
            if field is None:
                return None
            place = field_place(field)
            skip_name = place.members
        else:
            return None
    return place


def copied(value: Any) -> Any:
    """A parsed file with tables and lists of its own, so that changing it changes no other."""
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    if isinstance(value, list):
        return [copied(part) for part in value]
    return value


def leaves(raw: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every (path, value) of a parsed file; named members by their name."""
    if isinstance(raw, dict):
        for key, value in raw.items():
            yield from leaves(value, f"{prefix}.{key}" if prefix else str(key))
    elif isinstance(raw, list) and raw and all(isinstance(m, dict) for m in raw):
        for index, member in enumerate(raw):
            yield from leaves(member, f"{prefix}.{member.get('name', index)}")
    else:
        yield prefix, raw


def member_named(members: list[Any], name: str) -> Raw | None:
    """The table of this name in a list of tables."""
    for member in members:
        if isinstance(member, dict) and member.get("name") == name:
            return member
    return None


def set_value(raw: Raw, path: str, value: Any) -> str | None:
    """Set a path in a parsed file; returns the part that does not exist, or None if done."""
    *parents, last = path.split(".")
    table: Any = raw
    for part in parents:
        if isinstance(table, list):
            found = member_named(table, part)
            if found is None:
                return part
            table = found
        elif isinstance(table, dict):
            if not isinstance(table.get(part), dict | list):
                table[part] = {}
            table = table[part]
        else:
            return part
    if not isinstance(table, dict):
        return last
    table[last] = value
    return None


def remove_value(raw: Raw, path: str) -> bool:
    """Remove a path from a parsed file; False where it does not exist."""
    *parents, last = path.split(".")
    table: Any = raw
    for part in parents:
        if isinstance(table, dict) and part in table:
            table = table[part]
        elif isinstance(table, list) and (found := member_named(table, part)) is not None:
            table = found
        else:
            return False
    if isinstance(table, dict) and last in table:
        del table[last]
        return True
    if isinstance(table, list) and (found := member_named(table, last)) is not None:
        table.remove(found)
        return True
    return False


def merge(base: Raw, over: Raw) -> Raw:
    """``over`` laid on ``base``: tables key by key, lists of tables by name."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        if isinstance(below, dict) and isinstance(value, dict):
            result[key] = merge(below, value)
        elif isinstance(below, list) and isinstance(value, list) and _named(below + value):
            members = [dict(m) for m in below]
            for member in value:
                found = member_named(members, member["name"])
                if found is None:
                    members.append(member)
                else:
                    members[members.index(found)] = merge(found, member)
            result[key] = members
        else:
            result[key] = value
    return result


def _named(members: list[Any]) -> bool:
    return all(isinstance(m, dict) and isinstance(m.get("name"), str) for m in members)
