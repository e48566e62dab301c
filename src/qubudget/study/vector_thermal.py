"""The cryostat at many points: heat of every stage, balances, limits.

Everything that points share (catalogues, conduction, order of places) is computed once by the
cryostat's own functions; counts, powers and coolings are arrays along the points. What is not
a number along all points has shape (1,), so that the same loops run on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from qubudget.cryostat.active import heat_while_on
from qubudget.cryostat.boundary import boundary_rise
from qubudget.cryostat.heat import switching_power
from qubudget.cryostat.loads import Law
from qubudget.cryostat.passive import ROOM, passive_heat, rated_temperature
from qubudget.cryostat.radiation import radiated_heat
from qubudget.cryostat.solver import stable_root
from qubudget.cryostat.stage_cooling import StageCooling, capacity, stage_cooling
from qubudget.cryostat.wall import ROOM_TEMPERATURE, specific_power
from qubudget.cryostat.workload import (
    IDLE,
    ONE_QUBIT,
    TWO_QUBIT,
    gate_duty,
    operation_of,
    readout_duty,
)
from qubudget.design.fridge import Electronics, Line, Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.study.vector_inputs import Floats, Mask, Points, laid

_ROUNDING = 1e-12  # as of ``cryostat.limits``
_NOT_OF_LINES = ("electronics", "radiation", "fixed")


@dataclass(frozen=True)
class Source:
    """As ``loads.HeatSource``, with arrays along the points."""

    stage: str
    item: str
    kind: str
    watts: ArrayLike
    per_group: ArrayLike
    count: ArrayLike | None
    warm: str = ROOM
    law: Law | None = None

    def pieces(self, groups: ArrayLike, *, as_built: bool) -> Floats:
        """Pieces in a machine of so many groups."""
        if as_built and self.count is not None:
            return _line(self.count)
        alone = 0.0 if self.count is None else self.count
        grows = np.greater(self.per_group, 0)
        return _line(np.where(grows, np.multiply(self.per_group, groups), alone))


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


def _line(value: ArrayLike) -> Floats:
    """At least one axis, along the points."""
    return np.atleast_1d(np.asarray(value, dtype=np.float64))


def _none_as_zero(value: ArrayLike | None) -> ArrayLike:
    return 0 if value is None else value


def groups_of(design: DesignModel) -> Floats:
    """Groups of qubits in one fridge."""
    return np.ceil(_line(design.machine.qubits) / design.machine.group_size)


def heat_sources(points: Points) -> Iterator[Source]:
    """Every heat source, as ``loads.heat_sources``."""
    design = points.design
    order = [ROOM, *(stage.name for stage in design.stages)]
    loads = {key: 1.0 for key in points.values if ".load." in key and key.startswith("lines.")}
    plain = laid(points.first, loads)
    for line, like in zip(design.lines, plain.lines, strict=True):
        places = order[order.index(line.starts_at) : order.index(line.ends_at) + 1]
        counted = (line.per_group, line.count)
        for piece in passive_heat(plain, like, places):
            times = points.values.get(f"lines.{line.name}.load.{piece.stage}")
            if times is not None:
                law = None if piece.law is None else _times(_line(times), piece.law)
                here = (line.name, piece.kind, _line(times), *counted, piece.warm, law)
                yield Source(piece.stage, *here)
            elif piece.watts > 0:
                here = (line.name, piece.kind, piece.watts, *counted, piece.warm, piece.law)
                yield Source(piece.stage, *here)
        if not np.any(line.per_group) and not np.any(_none_as_zero(line.count)):
            continue
        for stage, kind, operation, watts in heat_while_on(design, line, places):
            if stage != ROOM and np.any(watts > 0):
                mean = watts if operation == IDLE else watts * duty(design, line)
                yield Source(stage, line.name, kind, _line(mean), *counted)
    for part in design.electronics:
        power = electronics_power(part)
        yield Source(part.stage, part.name, "electronics", power, part.per_group, part.count)
    warm = ROOM
    for stage in design.stages:
        if np.any(stage.shield_area) and np.any(stage.emissivity):
            shield = _shield(stage)
            watts = shield(rated_temperature(design, warm), stage.rated_temperature)
            yield Source(stage.name, "shield", "radiation", watts, 0, 1, warm, shield)
        warm = stage.name
    for load in design.loads:
        yield Source(load.stage, load.name, "fixed", load.power, 0, 1)


def _times(factor: Floats, law: Law) -> Law:
    return lambda hot, cold: factor * law(hot, cold)


def _shield(stage: Stage) -> Law:
    area, share = stage.shield_area, stage.emissivity
    return lambda hot, cold: radiated_heat(hot, cold, area, share)


def electronics_power(part: Electronics) -> Floats:
    """Power of one piece, W."""
    if part.power is not None:
        return _line(part.power)
    return _line(switching_power(part.capacitance, part.voltage, part.clock))  # type: ignore[arg-type]


def duty(design: DesignModel, line: Line) -> Floats:
    """Share of the time that a line is on, as ``active.duty``."""
    work, gates, operation = design.workload, design.gates, operation_of(line.kind)
    if operation in (ONE_QUBIT, TWO_QUBIT):
        one = operation == ONE_QUBIT
        count = work.one_qubit_gates if one else work.two_qubit_gates
        time = gates.one_qubit_time if one else gates.two_qubit_time
        # Where there is no such line it needs no duty; a stated count needs one.
        none = np.equal(line.per_group, 0) & np.equal(_none_as_zero(line.count), 0)
        lines = np.where(none, 1e9, line.per_group)
        return _line(gate_duty(count, time, lines, work.cycle_time))
    size = design.machine.group_size
    return _line(readout_duty(work.readouts, size, gates.readout_time, work.cycle_time))


def solve(points: Points, extra: Floats) -> Balances:
    """Balances of all points; ``extra`` : heat of correcting, W, shape (1,) or (size,).

    Raises
    ------
    OutOfRangeError, DesignError: as the cryostat, of any one point.
    """
    design = points.design
    sources = tuple(heat_sources(points))
    groups = groups_of(design)
    counts = [source.pieces(groups, as_built=True) for source in sources]
    stated = {name: _line(value) for name, value in design.measured.load.items()}
    warm: dict[str, Floats] = {ROOM: np.full(1, ROOM_TEMPERATURE)}
    ceiling = warm[ROOM]
    modelled: dict[str, Floats] = {}
    beyond: dict[str, Mask] = {}
    for stage in design.stages:
        mine = [(s, n) for s, n in zip(sources, counts, strict=True) if s.stage == stage.name]
        fixed = extra if stage.name == design.workload.correction_stage else np.zeros(1)
        fixed = fixed + sum(
            (_line(s.watts) * n for s, n in mine if s.law is None), np.zeros(1)
        )
        flows = [(s, n) for s, n in mine if s.law is not None and np.any(n)]
        if stage.name in stated:
            fixed, flows = stated[stage.name], []
        heat = _Heat(fixed, tuple((s.law, warm[s.warm], n) for s, n in flows if s.law))
        modelled[stage.name], beyond[stage.name] = _balance(stage, heat, ceiling)
        known = design.measured.temperature.get(stage.name, modelled[stage.name])
        warm[stage.name] = _line(known)
        ceiling = np.where(np.isnan(warm[stage.name]), ceiling, warm[stage.name])
    del warm[ROOM]
    loads, clamps = _loads(design, sources, counts, warm, extra)
    lost = [np.isnan(t) for name, t in modelled.items() if name not in design.measured.temperature]
    stable = ~np.logical_or.reduce(np.broadcast_arrays(np.zeros(points.size, bool), *lost))
    load = {name: stated.get(name, loads[name]) for name in loads}
    rises = {}
    if design.joints:
        for joint in design.joints:
            own = np.zeros(1) if joint.line else _line(_none_as_zero(joint.power))
            power = clamps.get((joint.line, joint.stage), own) if joint.line else own
            at = warm[joint.stage]
            rises[joint.name] = boundary_rise(power, joint.area, joint.interface, at).rise
    return Balances(
        points, sources, extra, warm, modelled, load, loads, beyond, stable, rises
    )


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
            total = total + pieces * law(np.where(np.isnan(hot), ROOM_TEMPERATURE, hot), temperature)
        return total


def _balance(stage: Stage, heat: _Heat, ceiling: Floats) -> tuple[Floats, Mask]:
    """Temperature, K, NaN without balance, and whether it is extrapolated."""
    cooling = stage_cooling(stage)
    if cooling is None:
        rated = _line(stage.rated_temperature)
        held = (heat.watts(rated) < capacity(stage)) & (rated < ceiling) & ~heat.lost
        return np.where(held, rated, np.nan), np.zeros(1, bool)
    base = _line(cooling.base)
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
    return exact & (not heat.flows)


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
        each = _line(source.watts)
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


def report(found: Balances) -> dict[str, Floats]:
    """The report's ``thermal``, without what is a list of parts."""
    design = found.points.design
    values: dict[str, Floats] = {}
    margins, power = [], np.zeros(1)
    for stage in design.stages:
        name, key = stage.name, f"thermal.stages.{stage.name}"
        at, load, most = found.temperature[name], found.load[name], _line(capacity(stage))
        limit = _line(stage.max_temperature)
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
            f"{key}.extrapolated": found.extrapolated[name],
        }
        warm = np.where(np.isnan(at), 1.0, at)
        used = specific_power(warm, design.cryostat.wall_power)
        power = power + np.where(np.isnan(at), np.nan, load * used)
    names = np.array([stage.name for stage in design.stages])
    least = np.argmin(np.stack(np.broadcast_arrays(*margins)), axis=0)
    fridges = np.ceil(_line(design.machine.total_qubits) / design.machine.qubits)
    return {
        "thermal.status": np.where(found.stable, "STABLE", "RUNAWAY"),
        "thermal.binding_stage": names[least],
        **values,
        **_largest(found, names),
        "thermal.wall_power_W": power,
        "thermal.machine.fridges": fridges,
        "thermal.machine.wall_power_W": power * fridges,
    }


def _largest(found: Balances, names: np.ndarray) -> dict[str, Floats]:  # type: ignore[type-arg]
    """Qubits that every stage's rated power holds, as ``limits.whole_groups``."""
    design = found.points.design
    size, qubits = design.machine.group_size, []
    for stage in design.stages:
        fixed = found.extra if stage.name == design.workload.correction_stage else np.zeros(1)
        slope = np.zeros(1)
        for source in found.sources:
            if source.stage == stage.name:
                fixed = fixed + _line(source.watts) * source.pieces(0.0, as_built=False)
                slope = slope + _line(source.watts) * _line(source.per_group)
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
