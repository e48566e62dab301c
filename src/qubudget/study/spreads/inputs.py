"""What a design does not know exactly: every spread that its parts and materials have.

An uncertain input is one number between 0 and 1 per machine drawn, its share of the distribution;
inputs are independent. It multiplies one or several values of the design (all lines of one cable,
which were made and measured alike, share one factor at a stage), or a material's parameter that no
key of a design states. What has no stated or sourced spread is taken as exact.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from qubudget.cryostat.loads import heat_sources
from qubudget.cryostat.uncertainty import source_spread
from qubudget.design import Design
from qubudget.design.paths import find_place, leaves, nearest
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.back_metal_channel import SPREAD as BACK_METAL_SPREAD

Floats = NDArray[np.float64]
Distribution = Literal["log-normal", "normal", "uniform"]
Parameter = Literal["critical temperature", "back-metal loss"]

_NORMAL_95 = float(ndtri(0.975))
_WIDEST_NORMAL = 0.3
"""Relative half-width up to which a normal factor is positive for all practical draws."""


@dataclass(frozen=True)
class Uncertain:
    """One input that is not known exactly, as a factor of median 1 on its best value.

    Attributes
    ----------
    name : what it is.
    distribution : of the factor. width : its 95 % interval is 1/width to width (log-normal), or
        1 - width to 1 + width (normal, uniform).
    source : where the spread comes from.
    keys : of the design, whose values the factor multiplies. parameter : instead, of a material.
    """

    name: str
    distribution: Distribution
    width: float
    source: str
    keys: tuple[str, ...] = ()
    parameter: Parameter | None = None

    def __post_init__(self) -> None:
        low, high = {
            "log-normal": (1.0, math.inf), "normal": (0.0, _WIDEST_NORMAL), "uniform": (0.0, 0.95),
        }[self.distribution]  # fmt: skip
        if not (low <= self.width <= high and math.isfinite(self.width)):
            raise OutOfRangeError(
                f"{self.name}: the width of a {self.distribution} spread is from {low:g} to "
                f"{high:g}, given {self.width:g}"
            )

    @property
    def exact(self) -> bool:
        """Whether it has no spread after all."""
        return self.width == (1 if self.distribution == "log-normal" else 0)

    def factors(self, shares: ArrayLike) -> Floats:
        """The factors at shares of the distribution, each above 0 and below 1.

        >>> load = Uncertain("a load", "log-normal", 2.0, "")
        >>> load.factors([0.025, 0.5, 0.975]).round(6).tolist()
        [0.5, 1.0, 2.0]
        """
        u = np.asarray(shares, dtype=np.float64)
        if self.distribution == "uniform":
            return 1 + self.width / 0.95 * (2 * u - 1)
        normal = ndtri(u) / _NORMAL_95
        if self.distribution == "normal":
            return 1 + self.width * normal
        return np.exp(math.log(self.width) * normal)

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the width is a factor (log-normal) or a relative half-width."""
        return {
            "name": self.name,
            "keys": list(self.keys),
            "parameter": self.parameter,
            "distribution": self.distribution,
            "width_95": self.width,
            "source": self.source,
        }


@dataclass(frozen=True)
class Inputs:
    """All uncertain inputs of a design, and what has a spread that is not varied, with reasons."""

    design: Design
    uncertain: tuple[Uncertain, ...]
    left_out: tuple[str, ...] = ()

    def values(self, shares: Floats) -> dict[str, Floats]:
        """Values of the design's keys at shares of shape (points, inputs), SI units."""
        best = _best(self.design)
        found: dict[str, Floats] = {}
        for column, one in enumerate(self.uncertain):
            for key in one.keys:
                before = found.get(key, np.full(len(shares), best[key]))
                found[key] = before * one.factors(shares[:, column])
        return found

    def factor(self, parameter: Parameter, shares: Floats) -> Floats:
        """Factor on a material's parameter, shape (points,); 1 where it is exact."""
        total = np.ones(len(shares))
        for column, one in enumerate(self.uncertain):
            if one.parameter == parameter:
                total = total * one.factors(shares[:, column])
        return total


def uncertain_inputs(
    design: Design, given: Mapping[str, Uncertain | float] | None = None
) -> Inputs:
    """Every spread that a design's parts, cables and materials state.

    Parameters
    ----------
    given : more of them, by key of the design: a 95 % factor (log-normal), or a whole `Uncertain`.
        It takes the place of what the design says of that key.

    Raises
    ------
    DesignError: a key that is no number of the design. OutOfRangeError: a width out of range.
    """
    own, left_out = _of_design(design)
    further = [_given(design, key, what) for key, what in (given or {}).items()]
    taken = {key for one in further for key in one.keys}
    kept = [one for one in own if not taken.intersection(one.keys)]
    found = tuple(one for one in (*kept, *further) if not one.exact)
    return Inputs(design, found, left_out)


def parse_spreads(texts: Sequence[str]) -> dict[str, Uncertain | float]:
    """From ``KEY=FACTOR`` (log-normal), ``KEY=normal:SHARE`` or ``KEY=uniform:SHARE``, 95 % widths.

    Raises
    ------
    DesignError: every text that is none of these; OutOfRangeError: a width out of range.

    >>> parse_spreads(["measured.t1=1.2"])
    {'measured.t1': 1.2}
    """
    found: dict[str, Uncertain | float] = {}
    problems = []
    for text in texts:
        key, _, value = (part.strip() for part in text.partition("="))
        kind, colon, width = value.partition(":")
        try:
            number = float(width if colon else kind)
            if colon and kind not in ("normal", "uniform"):
                raise ValueError
        except ValueError:
            allowed = "KEY=FACTOR, KEY=normal:SHARE or KEY=uniform:SHARE"
            problems.append(Problem("--spread", repr(text), allowed))
            continue
        if colon:
            distribution: Distribution = "normal" if kind == "normal" else "uniform"
            found[key] = Uncertain(key, distribution, number, "given", (key,))
        else:
            found[key] = number
    if problems:
        raise DesignError("--spread", problems)
    return found


def _given(design: Design, key: str, what: Uncertain | float) -> Uncertain:
    best = _best(design)
    if isinstance(best.get(key), bool) or not isinstance(best.get(key), float):
        known = [name for name, value in best.items() if isinstance(value, float)]
        problem = Problem(key, "a spread", "a key that holds a number", nearest(key, known))
        raise DesignError(design.name, [problem])
    place = find_place(DesignModel, key.split("."))
    if place is not None and place.unit == "dB":
        raise DesignError(design.name, [Problem(key, "a factor", "a key that is not in decibels")])
    if isinstance(what, Uncertain):
        return what
    return Uncertain(key, "log-normal", float(what), "given", (key,))


def _best(design: Design) -> dict[str, Any]:
    """Best values by key; with those of heat that only a catalogue states, W a line."""
    found = dict(leaves(design.model_dump(mode="json")))
    for source in heat_sources(design):
        if source.kind == "passive":
            found.setdefault(f"lines.{source.item}.load.{source.stage}", source.watts_each)
    return found


def _of_design(design: Design) -> tuple[list[Uncertain], tuple[str, ...]]:
    cables, left_out = _cables(design)
    found = [*cables, *_parts(design), *_cooling(design), *_materials(design)]
    return found, left_out


def _cables(design: Design) -> tuple[list[Uncertain], tuple[str, ...]]:
    """Heat of each cable at each stage, as the cryostat draws it, and each line's own spread."""
    shared: dict[tuple[str, ...], tuple[float, list[str]]] = {}
    own: dict[str, list[str]] = {}
    left_out = []
    for source in heat_sources(design):
        if not source.kind.startswith("passive"):
            continue
        if source.kind != "passive":
            left_out.append(
                f"lines.{source.item} at {source.stage}: heat computed by conduction has no key; "
                "state its load to vary it"
            )
            continue
        spread, identity = source_spread(design, source)
        key = f"lines.{source.item}.load.{source.stage}"
        shared.setdefault(identity, (spread, []))[1].append(key)
        own.setdefault(source.item, []).append(key)
    found = [
        Uncertain(
            f"heat of {name} at {stage}", "log-normal", spread,
            f"spread of its kind of number, {'stated' if kind == 'load' else 'catalogue'}",
            tuple(dict.fromkeys(keys)),
        )
        for (kind, name, stage), (spread, keys) in shared.items()
    ]  # fmt: skip
    for line in design.lines:
        if line.name in own:
            keys = tuple(dict.fromkeys(own[line.name]))
            source_text = f"lines.{line.name}.spread"
            found.append(
                Uncertain(f"heat of line {line.name}", "log-normal", line.spread, source_text, keys)
            )
    return found, tuple(dict.fromkeys(left_out))


def _parts(design: Design) -> Iterator[Uncertain]:
    for part in design.electronics:
        key = f"electronics.{part.name}.{'capacitance' if part.power is None else 'power'}"
        source = f"electronics.{part.name}.spread"
        yield Uncertain(f"power of {part.name}", "log-normal", part.spread, source, (key,))


def _cooling(design: Design) -> Iterator[Uncertain]:
    """A factor on the whole curve of a stage's cooling power."""
    for stage in design.stages:
        by_rating = stage.cooling in ("fixed", "linear", "quadratic")
        key = f"stages.{stage.name}.{'rated_power' if by_rating else 'units'}"
        source = f"stages.{stage.name}.spread"
        yield Uncertain(f"cooling at {stage.name}", "log-normal", stage.spread, source, (key,))


def _materials(design: Design) -> Iterator[Uncertain]:
    for entry in design.dielectrics:
        key = f"dielectrics.{entry.name}.tan_delta"
        source = entry.source or f"dielectrics.{entry.name}.spread"
        yield Uncertain(f"loss of {entry.name}", "log-normal", entry.spread, source, (key,))
    metal = superconductor(design.qubit.junction)
    yield Uncertain(
        f"critical temperature of {design.qubit.junction}", "normal",
        metal.critical_temperature_spread, "catalogue of superconductors",
        parameter="critical temperature",
    )  # fmt: skip
    if design.chip.back_metal_thickness > 0:
        yield Uncertain(
            "loss in the back metal", "log-normal", BACK_METAL_SPREAD,
            "judged: pads, their area and distance, purity of the metal",
            parameter="back-metal loss",
        )  # fmt: skip
