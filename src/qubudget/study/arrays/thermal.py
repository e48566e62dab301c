"""The cryostat at many points: heat of every stage, balances, limits.

Everything that points share (catalogues, conduction, order of places) is computed once by the
cryostat's own functions; counts, powers and coolings are arrays along the points. What is not
a number along all points has shape (1,), so that the same loops run on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.cryostat.boundary import boundary_rise
from qubudget.cryostat.loads import Law
from qubudget.cryostat.passive import ROOM, rated_temperature
from qubudget.cryostat.solver import stable_root
from qubudget.cryostat.stage_cooling import StageCooling, capacity, stage_cooling
from qubudget.cryostat.wall import ROOM_TEMPERATURE, specific_power
from qubudget.design.fridge import Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.study.arrays.inputs import Floats, Mask, Points
from qubudget.study.arrays.loads import Source, along, groups_of, heat_sources, none_as_zero
from qubudget.study.arrays.memory import Memory
from qubudget.study.arrays.response import coupled

_ROUNDING = 1e-12  # as of ``cryostat.limits``
_NOT_OF_LINES = ("electronics", "radiation", "fixed")
Parts = tuple[Floats, list[tuple[Source, Floats]]]


@dataclass(frozen=True)
class Balances:
    """Solved stages of all points; NaN where there is no balance.

    Attributes
    ----------
    temperature : in force, measured or modelled, K, by stage. modelled : by the cooling model.
    load, modelled_load : W. extrapolated : outside what was rated. stable : nothing runs away.
    rises : of the joints over their stages, K, by joint.
    """

    points: Points
    sources: tuple[Source, ...]
    extra: Floats
    temperature: Mapping[str, Floats]
    modelled: Mapping[str, Floats]
    load: Mapping[str, Floats]
    modelled_load: Mapping[str, Floats]
    extrapolated: Mapping[str, Mask]
    stable: Mask
    rises: Mapping[str, Floats] = field(default_factory=dict)


def solve(points: Points, extra: Floats, memory: Memory | None = None) -> Balances:
    """Balances of all points; ``extra`` : heat of correcting, W, shape (1,) or (size,).

    memory : of the pass before.

    Raises
    ------
    OutOfRangeError, DesignError: as the cryostat, of any one point.
    """
    design = points.design
    known = memory or Memory()
    sources = known.recall("sources", design, (), lambda: tuple(heat_sources(points)))
    groups = groups_of(design)
    counts = [source.pieces(groups, as_built=True) for source in sources]
    stated = {name: along(value) for name, value in design.measured.load.items()}
    parts = {stage.name: _parts(stage, design, sources, counts, extra) for stage in design.stages}
    parts |= {name: (watts, []) for name, watts in stated.items()}
    measured = {name: along(value) for name, value in design.measured.temperature.items()}
    if design.cryostat.response == "none":
        warm, modelled, beyond = _in_turn(design, parts, measured)
    else:
        modelled, outside = coupled(
            design, points.size, lambda at: [_heat(*parts[name], at, name) for name in parts]
        )
        beyond = {name: outside[:, k] for k, name in enumerate(modelled)}
        warm = modelled | measured
    loads, clamps = _loads(design, sources, counts, warm, extra)
    lost = [np.isnan(t) for name, t in modelled.items() if name not in measured]
    stable = ~np.logical_or.reduce(np.broadcast_arrays(np.zeros(points.size, bool), *lost))
    load = {name: stated.get(name, loads[name]) for name in loads}
    rises = {}
    if design.joints:
        for joint in design.joints:
            own = np.zeros(1) if joint.line else along(none_as_zero(joint.power))
            power = clamps.get((joint.line, joint.stage), own) if joint.line else own
            at = warm[joint.stage]
            rises[joint.name] = boundary_rise(power, joint.area, joint.interface, at).rise
    return Balances(points, sources, extra, warm, modelled, load, loads, beyond, stable, rises)


def _parts(
    stage: Stage,
    design: DesignModel,
    sources: tuple[Source, ...],
    counts: list[Floats],
    extra: Floats,
) -> Parts:
    """Heat on a stage: W at any temperature, and what flows along from warmer ones."""
    mine = [(s, n) for s, n in zip(sources, counts, strict=True) if s.stage == stage.name]
    fixed = extra if stage.name == design.workload.correction_stage else np.zeros(1)
    fixed = fixed + sum((along(s.watts) * n for s, n in mine if s.law is None), np.zeros(1))
    return fixed, [(s, n) for s, n in mine if s.law is not None and np.any(n)]


def _heat(
    fixed: Floats, flows: list[tuple[Source, Floats]], at: Mapping[str, Floats], name: str
) -> Floats:
    """Heat on a stage at the temperatures of all, W."""
    heat = _Heat(fixed, tuple((s.law, at[s.warm], n) for s, n in flows if s.law))
    return heat.watts(at[name])


def _in_turn(
    design: DesignModel, parts: Mapping[str, Parts], measured: Mapping[str, Floats]
) -> tuple[dict[str, Floats], dict[str, Floats], dict[str, Mask]]:
    """From warm to cold: temperatures in force, modelled, K, and which are extrapolated."""
    warm: dict[str, Floats] = {ROOM: np.full(1, ROOM_TEMPERATURE)}
    ceiling = warm[ROOM]
    modelled: dict[str, Floats] = {}
    beyond: dict[str, Mask] = {}
    for stage in design.stages:
        name, (fixed, flows) = stage.name, parts[stage.name]
        heat = _Heat(fixed, tuple((s.law, warm[s.warm], n) for s, n in flows if s.law))
        modelled[name], beyond[name] = _balance(stage, heat, ceiling)
        warm[name] = measured.get(name, modelled[name])
        ceiling = np.where(np.isnan(warm[name]), ceiling, warm[name])
    del warm[ROOM]
    return warm, modelled, beyond


@dataclass(frozen=True)
class _Heat:
    """On one stage: W at any temperature, and what flows along from warmer stages."""

    fixed: Floats
    flows: tuple[tuple[Law, Floats, Floats], ...]

    @property
    def lost(self) -> Mask:
        """Something flows from a stage without temperature."""
        dead = [np.isnan(hot) & (pieces > 0) for _, hot, pieces in self.flows]
        return np.asarray(np.logical_or.reduce(np.broadcast_arrays(np.zeros(1, bool), *dead)))

    def watts(self, temperature: Floats) -> Floats:
        total = self.fixed
        for law, hot, pieces in self.flows:
            # A stage without temperature is replaced: what it gives is not used, or is nothing.
            known = np.where(np.isnan(hot), ROOM_TEMPERATURE, hot)
            total = total + pieces * law(known, temperature)
        return total


def _balance(stage: Stage, heat: _Heat, ceiling: Floats) -> tuple[Floats, Mask]:
    """Temperature, K, NaN without balance, and whether it is extrapolated."""
    cooling = stage_cooling(stage)
    if cooling is None:
        rated = along(stage.rated_temperature)
        held = (heat.watts(rated) < capacity(stage)) & (rated < ceiling) & ~heat.lost
        return np.where(held, rated, np.nan), np.zeros(1, bool)
    base = along(cooling.base)
    if not heat.flows and stage.cooling != "table":
        temperature = cooling.temperature(heat.fixed)
        held = temperature < ceiling
        return np.where(held, temperature, np.nan), held & (heat.fixed > cooling.trusted)
    everything = np.broadcast_arrays(heat.fixed, base, ceiling, *(n for _, _, n in heat.flows))
    shape = np.broadcast_shapes(
        *(a.shape for a in everything), *(hot.shape for _, hot, _ in heat.flows)
    )
    low = np.broadcast_to(base, shape)
    high = np.broadcast_to(np.minimum(ceiling, cooling.warmest), shape)
    least = heat.watts(low)
    if np.any(least < cooling.least):
        raise OutOfRangeError(f"stages.{stage.name}.curve: no point as cold as the load")
    root = stable_root(lambda t: cooling.power(t) - heat.watts(t), low, high)
    temperature = np.where(heat.lost, np.nan, root.temperature)
    full = _full(cooling, heat, high, root.temperature)
    temperature = np.where(full, high, temperature)
    with_value = np.where(np.isnan(temperature), low, temperature)
    beyond = ~np.isnan(temperature) & (cooling.power(with_value) > cooling.trusted)
    return temperature, beyond


def _full(cooling: StageCooling, heat: _Heat, high: Floats, found: Floats) -> Mask:
    """A load that a curve's last point takes to the digit has its balance there."""
    exact = (heat.fixed == cooling.most) & (high == cooling.warmest) & np.isnan(found)
    return np.asarray(exact & (not heat.flows))


def _loads(
    design: DesignModel,
    sources: tuple[Source, ...],
    counts: list[Floats],
    warm: Mapping[str, Floats],
    extra: Floats,
) -> tuple[dict[str, Floats], dict[tuple[str | None, str], Floats]]:
    """Heat on every stage at the solved temperatures, and of one line at a stage, W."""
    loads = {stage.name: np.zeros(1) for stage in design.stages}
    one: dict[tuple[str | None, str], Floats] = {}
    known = {ROOM: np.full(1, ROOM_TEMPERATURE), **warm}
    for source, count in zip(sources, counts, strict=True):
        each = along(source.watts)
        if source.law is not None:
            hot, cold = np.broadcast_arrays(known[source.warm], known[source.stage])
            both = ~(np.isnan(hot) | np.isnan(cold))
            ends = rated_temperature(design, source.warm), rated_temperature(design, source.stage)
            flow = source.law(np.where(both, hot, ends[0]), np.where(both, cold, ends[1]))
            each = np.where(both, flow, each)
        loads[source.stage] = loads[source.stage] + each * count
        if source.kind not in _NOT_OF_LINES:
            place = source.item, source.stage
            one[place] = one.get(place, np.zeros(1)) + each * (count > 0)
    place_of_heat = design.workload.correction_stage
    loads[place_of_heat] = loads[place_of_heat] + extra
    return loads, one


def report(found: Balances) -> dict[str, NDArray[Any]]:
    """The report's ``thermal``, without what is a list of parts."""
    design = found.points.design
    values: dict[str, NDArray[Any]] = {}
    margins, power = [], np.zeros(1)
    for stage in design.stages:
        name, key = stage.name, f"thermal.stages.{stage.name}"
        at, load, most = found.temperature[name], found.load[name], along(capacity(stage))
        limit = along(stage.max_temperature)
        margins.append((most - load) / most)
        values |= {
            f"{key}.temperature_K": at,
            f"{key}.modelled_temperature_K": found.modelled[name],
            f"{key}.load_W": load,
            f"{key}.modelled_load_W": found.modelled_load[name],
            f"{key}.capacity_W": most,
            f"{key}.margin": margins[-1],
            f"{key}.max_temperature_K": limit,
            f"{key}.temperature_margin": (limit - at) / limit,
            f"{key}.extrapolated": found.extrapolated[name].astype(np.float64),
        }
        warm = np.where(np.isnan(at), 1.0, at)
        used = specific_power(warm, design.cryostat.wall_power)
        power = power + np.where(np.isnan(at), np.nan, load * used)
    names = np.array([stage.name for stage in design.stages])
    least = np.argmin(np.stack(np.broadcast_arrays(*margins)), axis=0)
    fridges = np.ceil(along(design.machine.total_qubits) / design.machine.qubits)
    return {
        "thermal.status": np.where(found.stable, "STABLE", "RUNAWAY"),
        "thermal.binding_stage": names[least],
        **values,
        **_largest(found, names),
        "thermal.wall_power_W": power,
        "thermal.machine.fridges": fridges,
        "thermal.machine.wall_power_W": power * fridges,
    }


def _largest(found: Balances, names: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Qubits that every stage's rated power holds, as ``limits.whole_groups``."""
    design = found.points.design
    size, qubits = design.machine.group_size, []
    for stage in design.stages:
        fixed = found.extra if stage.name == design.workload.correction_stage else np.zeros(1)
        slope = np.zeros(1)
        for source in found.sources:
            if source.stage == stage.name:
                fixed = fixed + along(source.watts) * source.pieces(0.0, as_built=False)
                slope = slope + along(source.watts) * along(source.per_group)
        grows = slope != 0
        room = (capacity(stage) - fixed) / np.where(grows, slope, 1.0)
        groups = np.floor(room * (1 + _ROUNDING))
        if stage.cooling == "fixed":
            full = (groups > 0) & (np.abs(room - groups) <= _ROUNDING * groups)
            groups = groups - full
        qubits.append(np.where(grows, np.where(room < 0, 0.0, groups) * size, np.nan))
    every = np.stack(np.broadcast_arrays(*qubits))
    total = np.min(np.where(np.isnan(every), np.inf, every), axis=0)
    first = np.argmax(every == total, axis=0)
    values = {f"thermal.max_qubits.by_stage.{n}": q for n, q in zip(names, qubits, strict=True)}
    return values | {
        "thermal.max_qubits.total": np.where(np.isinf(total), np.nan, total),
        "thermal.max_qubits.binding_stage": np.where(np.isinf(total), "", names[first]),
    }
