"""What the schema and a design say of one key of the design file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic_core import PydanticUndefined

from qubudget.design import Design, load, preset_names
from qubudget.design.design import EffectiveValue
from qubudget.design.fields import Section
from qubudget.design.paths import Place, field_place, find_place
from qubudget.design.schema import DesignModel

FIRST_LOOK = ("krinner-xld400", "willow-like")
"""Presets that are looked at first for one that states a key."""


@dataclass(frozen=True)
class Field:
    """One key of the schema.

    ``path`` is without names of members; ``default`` None where the key is required;
    ``required`` says which.
    """

    path: str
    place: Place
    default: Any
    required: bool


def fields(section: type[Section] = DesignModel, prefix: str = "") -> Iterator[Field]:
    """Every key of the schema, sections too, without the names of members."""
    for name, field in section.model_fields.items():
        place, path = field_place(field), prefix + name
        default = field.get_default(call_default_factory=True)
        required = default is PydanticUndefined
        yield Field(path, place, None if required else default, required)
        if place.section is not None:
            yield from fields(place.section, f"{path}.")


def schema_path(key: str) -> str:
    """A key without the names of members, which the schema does not know.

    >>> schema_path("lines.drive.attenuation.mxc"), schema_path("qubit.frequency")
    ('lines.attenuation', 'qubit.frequency')
    """
    parts: list[str] = []
    place = Place(DesignModel, False, None, None, "", "", ())
    for part in key.split("."):
        if place.mapping is not None:
            break
        if place.members:  # a member's name
            place = Place(place.section, False, None, None, "", "", ())
            continue
        found = find_place(DesignModel, [*_with_names(parts), part])
        if found is None:
            return ""
        parts.append(part)
        place = found
    return ".".join(parts)


def _with_names(parts: list[str]) -> Iterator[str]:
    """The parts with a name where the schema expects one; any name will do."""
    so_far: list[str] = []
    for part in parts:
        so_far.append(part)
        yield part
        place = find_place(DesignModel, so_far)
        if place is not None and place.members:
            so_far.append("any")
            yield "any"


def field_of(key: str) -> Field | None:
    """What the schema says of a key, with or without names of members."""
    by_path = {field.path: field for field in fields()}
    return by_path.get(key) or by_path.get(schema_path(key))


def held(design: Design, key: str) -> list[EffectiveValue]:
    """The values of a design under a key: itself, those below, and those of every member."""
    return [
        value
        for value in design.effective()
        if value.key == key
        or value.key.startswith(f"{key}.")
        or schema_path(value.key) == key
        or schema_path(value.key).startswith(f"{key}.")
    ]


def preset_with(key: str) -> Design | None:
    """A preset that states the key, or else one that holds it; None where no preset does."""
    first, names = list(FIRST_LOOK), preset_names()
    beside: Design | None = None
    for name in [*first, *(name for name in names if name not in first)]:
        design = load(name)
        found = held(design, key)
        if any(value.value is not None for value in found):
            return design
        if found and beside is None:
            beside = design
    return beside
