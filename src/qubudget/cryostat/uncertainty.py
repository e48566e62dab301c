"""How far the spreads of cables, electronics and cooling powers move temperatures and limits.

Every uncertain number gets a log-normal factor of median 1 whose 95 % interval is its spread,
up and down: the heat of a kind of cable at a stage (one factor for all lines of that cable,
which were made and measured alike), the power of one kind of electronics (one factor for all
its pieces, which were designed alike), and the cooling power of a stage. The spread of modelled
heat is that of conductivities, cable and anchoring together. Signals, currents, radiation and
loads stated as fixed have no spread.

Each factor has a random stream of its own, named by what it is the factor of: a further line
does not change the draws of the others, and nothing depends on the number of threads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from qubudget.cryostat.conduction import anchor_factor, coax_spread
from qubudget.cryostat.loads import HeatSource, heat_sources
from qubudget.cryostat.passive import ROOM, cable_at, geometry, rated_temperature
from qubudget.cryostat.response import response_temperatures, uts_response
from qubudget.cryostat.solver import stable_root
from qubudget.cryostat.stage_cooling import capacity, stage_cooling
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.checking_fridge import LEAST_SAMPLES
from qubudget.design.fridge import Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.materials.cables import passive_load_entry
from qubudget.materials.load_spreads import load_spread

Floats = NDArray[np.float64]
Interval = tuple[float | None, float | None]

_QUANTILES = (0.025, 0.975)
_NORMAL_95 = float(ndtri(0.975))
_ROUNDING = 1e-12
_PASSES = 60


@dataclass(frozen=True)
class ThermalIntervals:
    """95 % intervals of the thermal state over the spreads of a design.

    Attributes
    ----------
    samples : machines drawn.
    temperature : (low, high) of every stage, K. A stage that has no balance, or stands
        below one that has none, counts as hotter than any other: None where that end of the
        interval is in runaway.
    runaway_probability : share of machines in runaway; with its 95 % interval (Wilson) in
        runaway_interval.
    max_qubits : (low, high) of the largest machine at rated powers, whole groups; None
        where no load grows with the qubits.
    binding : share of machines whose largest size each stage sets.
    """

    samples: int
    temperature: dict[str, Interval]
    runaway_probability: float
    runaway_interval: tuple[float, float]
    max_qubits: Interval
    binding: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, units in the names."""
        return {
            "samples": self.samples,
            "stages": [
                {"name": name, "temperature_low_K": low, "temperature_high_K": high}
                for name, (low, high) in self.temperature.items()
            ],
            "runaway_probability": self.runaway_probability,
            "runaway_low": self.runaway_interval[0],
            "runaway_high": self.runaway_interval[1],
            "max_qubits": {"low": self.max_qubits[0], "high": self.max_qubits[1]},
            "binding": dict(self.binding),
        }


def log_normal_factors(spread: float, samples: int, seed: int, *identity: str) -> Floats:
    """Factors of median 1, of which 95 % lie between 1/spread and spread.

    Parameters
    ----------
    spread : 95 % factor, from 1 (no spread). samples : how many. seed : of the run.
    identity : what the factor belongs to; names its random stream.

    Raises
    ------
    OutOfRangeError: a spread below 1.
    """
    if not 1 <= spread < math.inf:
        raise OutOfRangeError(f"a spread is a finite factor from 1, given {spread}")
    if spread == 1:
        return np.ones(samples)
    digest = blake2b(repr(identity).encode(), digest_size=16).digest()
    key = tuple(np.frombuffer(digest, "<u4").tolist())
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence(seed, spawn_key=key)))
    return np.exp(math.log(spread) / _NORMAL_95 * generator.standard_normal(samples))


def source_spread(design: DesignModel, source: HeatSource) -> tuple[float, tuple[str, ...]]:
    """95 % factor of a source's heat, and the name of what it is the factor of.

    A load stated for a line counts as measured; one of the catalogue has the spread of its
    number's kind; a modelled one those of its materials, of the cable and of anchoring, which are
    independent. Electronics have the spread stated for them. All else is taken as exact, 1.
    """
    if source.kind == "electronics":
        part = next(part for part in design.electronics if part.name == source.item)
        return part.spread, ("electronics", part.name)
    if not source.kind.startswith("passive"):
        return 1.0, (source.item, source.stage)
    line = next(line for line in design.lines if line.name == source.item)
    if source.stage in line.load:
        return load_spread("measured").factor, ("load", line.name, source.stage)
    name = cable_at(line, source.stage)
    identity = ("cable", name, source.stage)
    if source.kind == "passive":
        return load_spread(passive_load_entry(name, source.stage).kind).factor, identity
    cable = geometry(design, name)
    assert cable is not None, "modelled heat is that of a cable with geometry"
    ends = (rated_temperature(design, place) for place in (source.warm, source.stage))
    modelled, anchored = float(coax_spread(cable, *ends)), anchor_factor(source.stage).spread
    return math.exp(math.hypot(math.log(modelled), math.log(anchored))), identity


def intervals(
    design: DesignModel,
    *,
    samples: int,
    seed: int,
    extra: Mapping[str, float] | None = None,
    qubits: int | None = None,
) -> ThermalIntervals:
    """95 % intervals of stage temperatures, runaway and the largest machine.

    Parameters
    ----------
    samples : machines to draw, from ``LEAST_SAMPLES``. seed : of the run.
    extra : heat beside the design's own by stage, W. qubits : in one fridge, where not
        ``machine.qubits``; both as in ``assembly.solve``.

    Raises
    ------
    OutOfRangeError: too few samples; a measured response or cooling curve that has no value
        for some of the drawn loads. ConvergenceError: conducted heat and a measured response
        do not settle. Others as in ``assembly.solve``.
    """
    if samples < LEAST_SAMPLES:
        raise OutOfRangeError(f"samples: from {LEAST_SAMPLES}, given {samples}")
    count = design.machine.qubits if qubits is None else qubits
    drawn = _Drawn(design, samples, seed, dict(extra or {}))
    as_built = count == design.machine.qubits
    temperature = drawn.temperatures(math.ceil(count / design.machine.group_size), as_built)
    lost = np.zeros(samples, dtype=np.bool_)
    for name, values in temperature.items():
        if not (as_built and name in design.measured.temperature):
            lost |= np.isinf(values)
    groups, binding = drawn.largest()
    size = design.machine.group_size
    return ThermalIntervals(
        samples=samples,
        temperature={name: _interval(values) for name, values in temperature.items()},
        runaway_probability=float(np.mean(lost)),
        runaway_interval=_wilson(int(np.sum(lost)), samples),
        max_qubits=_interval(groups * size),
        binding=binding,
    )


class _Drawn:
    """The machines drawn: a factor per source and per stage's cooling, one for each machine."""

    def __init__(
        self, design: DesignModel, samples: int, seed: int, extra: dict[str, float]
    ) -> None:
        self.design, self.samples, self.extra = design, samples, extra
        self.cooling = {
            stage.name: log_normal_factors(stage.spread, samples, seed, "cooling", stage.name)
            for stage in design.stages
        }
        self.sources: list[tuple[HeatSource, Floats]] = []
        for source in heat_sources(design):
            spread, identity = source_spread(design, source)
            factors = log_normal_factors(spread, samples, seed, *identity)
            own = [line.spread for line in design.lines if line.name == source.item]
            if own and source.kind.startswith("passive"):
                # The line's own spread, on top of what its cable has in common with others.
                factors = factors * log_normal_factors(own[0], samples, seed, "line", source.item)
            self.sources.append((source, factors))

    def temperatures(self, groups: int, as_built: bool) -> dict[str, Floats]:
        """Temperatures of all stages in every machine, K; infinite in runaway."""
        measured = self.design.measured
        if self.design.cryostat.response != "none":
            return self._by_response(groups, as_built)
        hot = np.full(self.samples, ROOM_TEMPERATURE)
        warm, found = {ROOM: hot}, {}
        for stage in self.design.stages:
            at = self._stage(stage, warm, hot, groups, as_built)
            found[stage.name] = np.where(np.isnan(at), np.inf, at)
            if as_built and stage.name in measured.temperature:
                hot = np.full(self.samples, measured.temperature[stage.name])
            else:
                # Below a stage in runaway the ceiling stays, only to keep functions in range.
                hot = np.where(np.isnan(at), hot, at)
            warm[stage.name] = hot
        lost = np.zeros(self.samples, dtype=np.bool_)
        for name, values in found.items():
            lost = lost | np.isinf(values)
            found[name] = np.where(lost, np.inf, values)
            if as_built and name in measured.temperature:
                lost = np.zeros_like(lost)
        return found

    def largest(self) -> tuple[Floats, dict[str, float]]:
        """Groups that fit into every machine at rated powers, and the share each stage binds."""
        rows = []
        for stage in self.design.stages:
            parts = [(s, f) for s, f in self.sources if s.stage == stage.name]
            fixed = self.extra.get(stage.name, 0.0) + sum(s.watts(0) * f for s, f in parts)
            slope = sum((s.watts_each * s.per_group * f for s, f in parts), np.zeros(self.samples))
            spare = capacity(stage) * self.cooling[stage.name] - fixed
            room = np.divide(spare, slope, out=np.full(self.samples, np.inf), where=slope > 0)
            groups = np.floor(np.maximum(room, 0) * (1 + _ROUNDING))
            if stage.cooling == "fixed":  # must stay below its power, not reach it
                with np.errstate(invalid="ignore"):
                    full = (groups > 0) & (np.abs(room - groups) <= _ROUNDING * groups)
                groups = groups - full
            rows.append(groups)
        table = np.stack(rows)
        bound = np.argmin(table, axis=0)
        shares = {
            stage.name: float(np.mean((bound == i) & np.isfinite(table[i])))
            for i, stage in enumerate(self.design.stages)
        }
        return table.min(axis=0), shares

    def _heat(
        self,
        stage: str,
        warm: Mapping[str, Floats],
        temperature: Floats,
        groups: int,
        as_built: bool,
    ) -> Floats:
        """Load of a stage in units of its drawn cooling power: what the nominal cooling takes."""
        if as_built and stage in self.design.measured.load:
            return self.design.measured.load[stage] / self.cooling[stage]
        total = np.full(self.samples, self.extra.get(stage, 0.0))
        for source, factors in self.sources:
            pieces = source.pieces(groups, as_built=as_built)
            if source.stage == stage and pieces:
                law = source.law
                each = source.watts_each if law is None else law(warm[source.warm], temperature)
                total = total + pieces * each * factors
        return total / self.cooling[stage]

    def _stage(
        self, stage: Stage, warm: Mapping[str, Floats], hot: Floats, groups: int, as_built: bool
    ) -> Floats:
        cooling = stage_cooling(stage)
        if cooling is None:
            at = np.full(self.samples, stage.rated_temperature)
            load = self._heat(stage.name, warm, at, groups, as_built)
            return np.where((load < capacity(stage)) & (at < hot), at, np.nan)

        def net(temperature: Floats) -> Floats:
            load = self._heat(stage.name, warm, temperature, groups, as_built)
            return cooling.power(temperature) - load

        root = stable_root(net, cooling.base, np.minimum(hot, cooling.warmest))
        if cooling.least > 0 and root.at_base.any():
            raise OutOfRangeError(
                f"stages.{stage.name}.curve: its coldest point takes {cooling.least:.4g} W, more "
                "than some of the drawn loads; add colder points"
            )
        return root.temperature

    def _by_response(self, groups: int, as_built: bool) -> dict[str, Floats]:
        names = [stage.name for stage in self.design.stages]
        units = np.array([stage.units for stage in self.design.stages])
        rated = [stage.rated_temperature for stage in self.design.stages]
        found = np.tile(rated, (self.samples, 1))
        for _ in range(_PASSES):
            room = np.full(self.samples, ROOM_TEMPERATURE)
            warm = {ROOM: room, **dict(zip(names, found.T, strict=True))}
            load = [self._heat(name, warm, warm[name], groups, as_built) for name in names]
            # Equal fridges share the load of every stage.
            power = np.maximum(np.stack(load, axis=-1), 0) / units
            before, found = found, response_temperatures(power, uts_response())
            if np.allclose(found, before, rtol=_ROUNDING, atol=0):
                return dict(zip(names, found.T, strict=True))
        raise ConvergenceError("the measured response and the conducted heat do not settle")


def _interval(values: Floats) -> Interval:
    """Ends of the 95 % interval, each one of the values; None for what is infinite."""
    low, high = np.quantile(values, _QUANTILES, method="inverted_cdf").tolist()
    return (low if math.isfinite(low) else None, high if math.isfinite(high) else None)


def _wilson(hits: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a probability (E. B. Wilson, J. Am. Stat. Assoc. 22, 209, 1927)."""
    square, share = _NORMAL_95**2 / trials, hits / trials
    centre = (share + square / 2) / (1 + square)
    half = math.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return (max(0.0, centre - half), min(1.0, centre + half))
