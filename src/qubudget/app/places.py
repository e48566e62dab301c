"""What the schema says about one value: its type, its bounds, and where its names come from."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from qubudget.design import Design
from qubudget.design.checking_fridge import ROOM
from qubudget.design.fields import Quantity, Section
from qubudget.design.schema import DesignModel
from qubudget.materials.cables import cable_names, coax_names
from qubudget.materials.superconductors import superconductor_names

Names = Callable[[Design], Iterable[str]]


@dataclass(frozen=True)
class Kind:
    """Type of a leaf of the schema.

    ``base`` : float, int, bool, str, or None for anything else; ``quantity`` of a float;
    ``bounds`` of an int; ``choices`` of a literal.
    """

    base: type | None
    quantity: Quantity | None = None
    bounds: tuple[int, int] = (0, 0)
    choices: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def kind_of(key: str) -> Kind:
    """Type of the value at a dotted key of a design."""
    annotation, metadata = _found(DesignModel, key.split("."))
    if typing.get_origin(annotation) is typing.Literal:
        return Kind(str, choices=tuple(map(str, typing.get_args(annotation))))
    quantity = next((item for item in metadata if isinstance(item, Quantity)), None)
    if quantity is not None:
        return Kind(float, quantity=quantity)
    if annotation is int:
        low = next((item.ge for item in metadata if isinstance(item, Ge)), 0)
        high = next((item.le for item in metadata if isinstance(item, Le)), 10**9)
        return Kind(int, bounds=(typing.cast(int, low), typing.cast(int, high)))
    return Kind(annotation if annotation in (bool, str) else None)


def _found(section: type[Section], path: Sequence[str]) -> tuple[Any, list[Any]]:
    """Annotation and metadata of the leaf at a path below a section."""
    field = section.model_fields[path[0]]
    for annotation, metadata in _plain(field.annotation, field.metadata):
        origin, rest = typing.get_origin(annotation), path[1:]
        if origin is tuple and rest:
            member = typing.get_args(annotation)[0]
            return _found(member, rest[1:]) if len(rest) > 1 else (None, [])
        if isinstance(annotation, type) and issubclass(annotation, Section) and rest:
            return _found(annotation, rest)
        if origin is dict and rest:
            return next(_plain(typing.get_args(annotation)[1], []))
        if not rest and origin is not dict:
            return annotation, metadata
    return None, []


def _plain(annotation: Any, metadata: Iterable[Any]) -> typing.Iterator[tuple[Any, list[Any]]]:
    """The types of an annotation, without None and ``Annotated``, each with its metadata."""
    flat: list[Any] = []
    for item in metadata:
        flat.extend(item.metadata if isinstance(item, FieldInfo) else [item])
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        inner, *more = typing.get_args(annotation)
        yield from _plain(inner, [*flat, *more])
    elif origin in (typing.Union, types.UnionType):
        for part in typing.get_args(annotation):
            if part is not type(None):
                yield from _plain(part, flat)
    else:
        yield annotation, flat


def _stages(design: Design) -> list[str]:
    return [stage.name for stage in design.stages]


def _stages_and_room(design: Design) -> list[str]:
    return [ROOM, *_stages(design)]


def _cables(design: Design) -> list[str]:
    own = [cable.name for cable in design.cables]
    return list(dict.fromkeys([*own, *cable_names(), *coax_names()]))


def _solids(design: Design) -> Iterable[str]:
    from qubudget.materials.conductivity import material_names

    return material_names()


def _interfaces(design: Design) -> Iterable[str]:
    from qubudget.materials.boundaries import boundary_names

    return boundary_names()


def _metals(design: Design) -> Iterable[str]:
    from qubudget.materials.normal_metals import normal_metal_names

    return [*superconductor_names(), *normal_metal_names()]


def _dielectrics(design: Design) -> Iterable[str]:
    from qubudget.materials.dielectrics import dielectric_names

    return dielectric_names()


NAMES: dict[str, Names] = {
    "lines.starts_at": _stages_and_room,
    "lines.ends_at": _stages,
    "lines.termination": _stages,
    "lines.cable": _cables,
    "electronics.stage": _stages,
    "loads.stage": _stages,
    "joints.stage": _stages,
    "joints.interface": _interfaces,
    "joints.line": lambda design: [line.name for line in design.lines],
    "workload.correction_stage": _stages,
    "qubit.stage": _stages,
    "qubit.radiation_stage": _stages_and_room,
    "qubit.joint": lambda design: [j.name for j in design.joints if j.line is None],
    "qubit.film": lambda design: superconductor_names(),
    "qubit.junction": lambda design: superconductor_names(),
    "dielectrics.material": _dielectrics,
    "cables.inner": _solids,
    "cables.dielectric": _solids,
    "cables.outer": _solids,
    "films.metal": _metals,
}
"""Fields whose text is a name that the design or a catalogue knows; by section and field."""


@cache
def _members() -> frozenset[str]:
    """Sections that are lists of named members."""
    return frozenset(
        name
        for name, field in DesignModel.model_fields.items()
        if typing.get_origin(field.annotation) is tuple and name != "sources"
    )


@lru_cache(maxsize=4096)
def field_path(key: str) -> str:
    """Section and field of a dotted key, without the names of members and stages.

    >>> field_path("lines.drive.attenuation.mxc")
    'lines.attenuation'
    """
    parts = key.split(".")
    del parts[1 : 2 if parts[0] in _members() else 1]
    return ".".join(parts[:2])


def names_for(design: Design, key: str) -> tuple[str, ...]:
    """What may stand at a key that holds the name of something known; else nothing."""
    names = NAMES.get(field_path(key))
    return () if names is None else tuple(names(design))
