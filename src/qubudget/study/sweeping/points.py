"""The designs of a sweep: axes, the space that they span, and any part of its points.

A point is a number from 0 to the size of its space; its design is built only when it is needed,
so that a space of ten million points costs no more than its axes.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget import __version__
from qubudget.design import Design

POINT = "point"
"""Dimension of a sample, whose axes run together."""
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Axis:
    """A key of the design file and the values that it takes.

    ``values`` are SI floats, decibels, whole numbers, truths or texts (dtype object); ``unit``
    is the SI unit or "dB", "1" for a plain number, None for whole numbers, truths and texts.
    """

    key: str
    unit: str | None
    values: NDArray[Any]

    def take(self, positions: Indices | slice) -> Axis:
        """The same axis with the values at these positions."""
        return Axis(self.key, self.unit, self.values[positions])

    def written(self, position: int) -> Any:
        """One value as the design file would hold it."""
        value = self.values[position]
        value = value.item() if isinstance(value, np.generic) else value
        return value if self.unit in (None, "1") else f"{value!r} {self.unit}"

    @property
    def si(self) -> NDArray[Any]:
        """The values as the wings see them: decibels as power ratios."""
        return 10.0 ** (self.values / 10.0) if self.unit == "dB" else self.values


@dataclass(frozen=True, eq=False)
class Points:
    """Some points of a sweep: the base design, and for each axis one value per point."""

    design: Design
    indices: Indices
    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return len(self.indices)

    def split(self, lengths: Sequence[int]) -> Iterator[Points]:
        """These points in parts of such lengths, one after another."""
        stop = 0
        for length in lengths:
            part = slice(stop, stop := stop + length)
            yield Points(
                self.design, self.indices[part], tuple(axis.take(part) for axis in self.axes)
            )

    def design_at(self, position: int) -> Design:
        """The changed design of one of these points; DesignError where it is inconsistent."""
        return self.design.replace({axis.key: axis.written(position) for axis in self.axes})


@dataclass(frozen=True, eq=False)
class Space:
    """All points of a sweep: a grid over its axes, or ``paired`` axes that run together."""

    axes: tuple[Axis, ...]
    paired: bool = False

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the dimensions of a result."""
        return (POINT,) if self.paired else tuple(axis.key for axis in self.axes)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions; points are numbered with the last one fastest."""
        lengths = tuple(len(axis.values) for axis in self.axes)
        return lengths[:1] if self.paired else lengths

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(self.shape)

    def part(self, indices: Indices) -> tuple[Axis, ...]:
        """The axes with one value for each of these points."""
        if self.paired:
            return tuple(axis.take(indices) for axis in self.axes)
        found = np.unravel_index(indices, self.shape)
        return tuple(
            axis.take(at.astype(np.int64)) for axis, at in zip(self.axes, found, strict=True)
        )

    @cached_property
    def sha256(self) -> str:
        """Hash of the keys, units and values of all axes, in order."""
        digest = hashlib.sha256(repr(self.paired).encode())
        for axis in self.axes:
            values = axis.values
            kind = "text" if values.dtype == object else values.dtype.str
            digest.update(repr((axis.key, axis.unit, kind, len(values))).encode())
            digest.update(repr(values.tolist()).encode() if kind == "text" else values.tobytes())
        return digest.hexdigest()


def point_key(design: Design, effort: str, seed: int, wings: tuple[str, ...]) -> str:
    """What a point's result depends on, as one hash: design, effort, seed, wings, version."""
    content = [design.sha256(), effort, seed, list(wings), __version__]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
