"""What a calibration fits: measured times as functions of a few positive parameters."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qubudget.design import Design
from qubudget.design.fields import Quantity
from qubudget.design.paths import find_place, leaves, nearest
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem
from qubudget.pipeline import Chain
from qubudget.qubit.assembly import coherence
from qubudget.qubit.published import (
    CONSTANT_FLOOR,
    COUPLING,
    FREQUENCY,
    MATERIAL_FLOOR,
    published_coth,
)
from qubudget.study.calibration.data import Point

REACH = 1e9
"""A fit may move a parameter by this factor up or down from its start."""


@dataclass(frozen=True)
class Parameter:
    """A parameter to fit: its key, SI unit ("dB": a power ratio), start, and allowed range."""

    key: str
    unit: str
    start: float
    low: float
    high: float


class Model(Protocol):
    """Measured times as a function of parameters."""

    @property
    def name(self) -> str:
        """As on the command line."""

    @property
    def quantities(self) -> tuple[str, ...]:
        """Which of "t1" and "t2" it gives."""

    @property
    def conditions(self) -> tuple[str, ...]:
        """Which of a point's temperature, frequency and tan_delta it reads."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters that are fitted."""

    def predict(self, values: Mapping[str, float], points: Sequence[Point]) -> NDArray[np.float64]:
        """The time of every point, s, at these parameter values."""


@dataclass(frozen=True)
class PublishedModel:
    """The first paper's rule 1/T2* = G + K_TLS tan_delta coth(hf/2kT).

    ``G_intrinsic`` is the constant floor of its code, or (variant published-table, inferred) the
    floor at tan_delta = 1e-9 that follows the root of the loss. What is not fitted stays at the
    paper's value.
    """

    name: str
    keys: tuple[str, ...]
    quantities: tuple[str, ...] = ("t2",)
    conditions: tuple[str, ...] = ("temperature", "frequency", "tan_delta")

    @property
    def paper(self) -> dict[str, float]:
        """The paper's values of both parameters, 1/s."""
        floor = CONSTANT_FLOOR if self.name == "published-code" else MATERIAL_FLOOR
        return {"K_TLS": COUPLING, "G_intrinsic": floor}

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Those of K_TLS and G_intrinsic that are fitted, started at the paper's values."""
        wrong = [
            Problem("--fit", key, "of K_TLS, G_intrinsic", nearest(key, self.paper))
            for key in self.keys
            if key not in self.paper
        ]
        if wrong:
            raise DesignError(self.name, wrong)
        return tuple(
            Parameter(k, "1/s", self.paper[k], self.paper[k] / REACH, self.paper[k] * REACH)
            for k in self.keys
        )

    def predict(self, values: Mapping[str, float], points: Sequence[Point]) -> NDArray[np.float64]:
        """T2* of every point, s."""
        both = self.paper | dict(values)
        missing = [
            Problem(f"row {p.row}, {key}", "", f"a value: the model {self.name} needs it")
            for p in points
            for key in ("tan_delta", "temperature")
            if getattr(p, key) is None
        ]
        if missing:
            raise DesignError("data", missing)
        loss = np.array([p.tan_delta for p in points], dtype=np.float64)
        temperature = np.array([p.temperature for p in points], dtype=np.float64)
        frequency = np.array([p.frequency or FREQUENCY for p in points])
        floor = both["G_intrinsic"] * np.ones_like(loss)
        if self.name == "published-table":
            floor = floor * np.sqrt(loss / 1e-9)
        rate = floor + both["K_TLS"] * loss * published_coth(temperature, frequency)
        return np.asarray(1.0 / rate, dtype=np.float64)


@dataclass(frozen=True)
class PhysicalModel:
    """The channels of a design: T1 and T2 as its model has them, measured values set aside.

    A point's temperature stands for that of the qubit's stage (the chip is warmer by the
    design's ``qubit.excess_temperature``), its frequency for the qubit's; the other stages keep
    the temperatures that the design solves to. Gates are reckoned in closed form, whatever the
    design says: times do not depend on them, and the master equation would be solved thousands
    of times.
    """

    design: Design
    keys: tuple[str, ...]
    name: str = "physical"
    quantities: tuple[str, ...] = ("t1", "t2")
    conditions: tuple[str, ...] = ("temperature", "frequency")

    @cached_property
    def _quick(self) -> Design:
        return self.design.replace({"gates.model": "closed-form"})

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The design's keys, started at the design's values."""
        problems: list[Problem] = []
        held = dict(leaves(self.design.model_dump(mode="json")))
        found = [_parameter(key, held, problems) for key in self.keys]
        if problems:
            raise DesignError(self.design.name, problems)
        return tuple(parameter for parameter in found if parameter is not None)

    def predict(self, values: Mapping[str, float], points: Sequence[Point]) -> NDArray[np.float64]:
        """T1 or T2 of every point, s."""
        changed = self._quick.with_si(values)
        thermal, _, _ = Chain("quick", 1).cold(changed)
        stage = changed.qubit.stage
        times: dict[tuple[float | None, float | None], dict[str, float]] = {}
        result = []
        for point in points:
            at = (point.temperature, point.frequency)
            if at not in times:
                temperatures, rises = dict(thermal.temperatures), thermal.rises
                if point.temperature is not None:
                    temperatures[stage] = point.temperature
                    if changed.joints:  # their rises are those at the row's temperature
                        held = {f"measured.temperature.{stage}": point.temperature}
                        rises = Chain("quick", 1).cold(changed.with_si(held))[0].rises
                there = changed
                if point.frequency is not None:
                    there = changed.with_si({"qubit.frequency": point.frequency})
                found = coherence(there, temperatures, rises=rises)
                if found.t1_modelled_s is None or found.t2_modelled_s is None:
                    raise OutOfRangeError(
                        f"row {point.row}: {found.reason or 'the model has no T1 here'}"
                    )
                times[at] = {"t1": found.t1_modelled_s, "t2": found.t2_modelled_s}
            result.append(times[at][point.quantity])
        return np.array(result, dtype=np.float64)


def _parameter(key: str, held: Mapping[str, Any], problems: list[Problem]) -> Parameter | None:
    quantity = _quantity_of(key)
    if quantity is None or key not in held:
        allowed = "a key of the design with a continuous quantity"
        problems.append(Problem("--fit", key, allowed, nearest(key, held)))
        return None
    start = held[key]
    if not start or start <= 0 or quantity.low < 0:
        allowed = f"a value above zero to start from: --set {key}=..."
        problems.append(Problem(f"--fit {key}", f"starts at {start}", allowed))
        return None
    low, high = max(quantity.low, start / REACH), min(quantity.high, start * REACH)
    if not low < start < high:
        allowed = f"a start inside its range ({quantity.allowed()}): --set {key}=..."
        problems.append(Problem(f"--fit {key}", f"starts at {start:g}, its limit", allowed))
        return None
    return Parameter(key, quantity.unit, float(start), low, high)


def _quantity_of(key: str) -> Quantity | None:
    """The schema's quantity at a dotted key, with its bounds."""
    *parents, last = key.split(".")
    place = find_place(DesignModel, parents)
    if place is None:
        return None
    if place.section is not None and last in place.section.model_fields:
        field = place.section.model_fields[last]
        return _quantity_in(field.annotation, field.metadata)
    if place.mapping is not None:
        *grandparents, mapping = parents
        above = find_place(DesignModel, grandparents)
        if above is not None and above.section is not None:
            return _quantity_in(above.section.model_fields[mapping].annotation, ())
    return None


def _quantity_in(annotation: Any, metadata: Iterable[Any]) -> Quantity | None:
    found = [item for item in metadata if isinstance(item, Quantity)]
    for inner in typing.get_args(annotation):
        if isinstance(inner, Quantity):
            found.append(inner)
        elif (deeper := _quantity_in(inner, ())) is not None:
            found.append(deeper)
    return found[0] if found else None
