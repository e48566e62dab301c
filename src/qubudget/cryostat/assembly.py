"""From a design to its thermal state: loads, temperatures, limits, wall power."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from qubudget.cryostat.as_built import unserved
from qubudget.cryostat.balance import balances
from qubudget.cryostat.joints import joint_states, line_heat
from qubudget.cryostat.limits import largest_machine
from qubudget.cryostat.loads import HeatSource, StageHeat, heat_sources, stage_heat
from qubudget.cryostat.needs import stage_needs
from qubudget.cryostat.passive import ROOM
from qubudget.cryostat.result import StageLoad, StageState, ThermalResult
from qubudget.cryostat.shape import largest_by_shape
from qubudget.cryostat.stage_cooling import capacity, stage_cooling
from qubudget.cryostat.wall import ROOM_TEMPERATURE, specific_power
from qubudget.design.fridge import Stage
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError


def solve(
    design: DesignModel,
    *,
    extra: Mapping[str, float] | None = None,
    qubits: int | None = None,
) -> ThermalResult:
    """Solve the cryostat of a design.

    Parameters
    ----------
    extra : heat beside the design's own by stage, W (such as the decoder's); it does not grow
        with the qubits.
    qubits : physical qubits in one fridge, where not ``machine.qubits``. Another number is
        another machine: numbers of lines stated for the machine as built and its measured
        temperatures and loads then do not apply.

    Raises
    ------
    DesignError, OutOfRangeError: as the functions of ``loads`` and ``balance``; a negative or
        unknown entry in ``extra``; fewer than 1 qubit.
    """
    names = [stage.name for stage in design.stages]
    added = _checked(extra or {}, names)
    count = design.machine.qubits if qubits is None else qubits
    if count < 1:
        raise OutOfRangeError(f"at least 1 qubit, given {count}")
    as_built = count == design.machine.qubits
    groups = math.ceil(count / design.machine.group_size)
    sources = heat_sources(design)
    measured = design.measured.temperature if as_built else {}
    measured_load = design.measured.load if as_built else {}
    heat = stage_heat(sources, names, groups, added, as_built=as_built)
    heat |= {name: StageHeat(watts) for name, watts in measured_load.items()}
    balance = balances(design, heat, measured)
    temperatures = {name: measured.get(name, balance[name].temperature) for name in names}
    pieces = [
        (source, _each(source, temperatures), source.pieces(groups, as_built=as_built))
        for source in sources
    ]
    loads = _loads(pieces, added)
    modelled = {n: math.fsum(load.watts for load in loads if load.stage == n) for n in names}
    used = {name: measured_load.get(name, modelled[name]) for name in names}
    states = tuple(
        StageState(
            name=stage.name,
            temperature=temperatures[stage.name],
            modelled_temperature=balance[stage.name].temperature,
            load=used[stage.name],
            modelled_load=modelled[stage.name],
            capacity=capacity(stage),
            max_temperature=stage.max_temperature,
            extrapolated=balance[stage.name].extrapolated,
            unexplained_load=_unexplained(stage, measured.get(stage.name), used[stage.name]),
        )
        for stage in design.stages
    )
    lost = [name for name in names if balance[name].reason]
    pinned = [name for name in lost if name in measured]
    reasons = [f"{balance[n].reason}{'; measured temperature used' * (n in pinned)}" for n in lost]
    shape = largest_by_shape(design, groups, as_built=as_built)
    capacities = {stage.name: capacity(stage) for stage in design.stages}
    return ThermalResult(
        status="RUNAWAY" if len(lost) > len(pinned) else "STABLE",
        reason="; ".join(reasons) or None,
        stages=states,
        loads=loads,
        binding_stage=min(states, key=lambda state: state.margin).name,
        max_qubits=largest_machine(design, sources, added, shape),
        wall_power=_wall_power(design, states),
        fridges=math.ceil(design.machine.total_qubits / count),
        needs=stage_needs(design, sources, added, used, capacities, count),
        joints=joint_states(design.joints, line_heat(pieces), temperatures),
        notices=unserved(design, count) if as_built else (),
    )


def explain_temperature(design: DesignModel, stage: str, measured: float) -> float:
    """Load that would bring a stage of the design from its solved to a measured temperature, W.

    What the loads of the design leave unexplained: the stage's cooling power at the measured
    temperature less its load there. Negative where the stage is colder than it should be.

    Parameters
    ----------
    measured : temperature of the stage, K.

    Raises
    ------
    OutOfRangeError: no such stage; a stage without a cooling curve of its own (fixed, measured
        response); a temperature below its base. As ``solve``.

    Krinner et al. (2019) measured 14 mK. His lines bring 5.17 uW, which the datasheet's cooling
    power takes at 11.62 mK; at 14 mK it takes 8.35 uW. So the loads explain 62 % of the heat:

    >>> from qubudget.design import load
    >>> krinner = load("krinner-xld400")
    >>> mixing_chamber = solve(krinner).stage("mxc")
    >>> round(1e3 * mixing_chamber.temperature, 2), round(1e6 * mixing_chamber.load, 2)
    (11.62, 5.17)
    >>> round(1e6 * explain_temperature(krinner, "mxc", 14e-3), 2)
    3.18
    """
    _checked({stage: 0.0}, [member.name for member in design.stages])
    table = design.measured.model_copy(
        update={"temperature": {**design.measured.temperature, stage: measured}}
    )
    state = solve(design.model_copy(update={"measured": table})).stage(stage)
    if state.unexplained_load is None:
        raise OutOfRangeError(
            f"{stage}: no cooling power at {measured:g} K to compare its load with"
        )
    return state.unexplained_load


def _unexplained(stage: Stage, measured: float | None, load: float) -> float | None:
    cooling = stage_cooling(stage)
    if measured is None or cooling is None or not cooling.base <= measured <= cooling.warmest:
        return None
    return float(cooling.power(measured)) - load


def _checked(extra: Mapping[str, float], names: list[str]) -> dict[str, float]:
    for stage, watts in extra.items():
        if stage not in names:
            raise OutOfRangeError(f"extra load at {stage!r}; stages are {', '.join(names)}")
        if not (math.isfinite(watts) and watts >= 0):
            raise OutOfRangeError(f"extra load at {stage}: a number of watts from 0, got {watts}")
    return dict(extra)


def _each(source: HeatSource, temperatures: Mapping[str, float | None]) -> float:
    """Heat of one piece at the solved temperatures; at the rated ones where there is no balance."""
    known: dict[str, float | None] = {ROOM: ROOM_TEMPERATURE, **temperatures}
    hot, cold = known[source.warm], known[source.stage]
    if source.law is None or hot is None or cold is None:
        return source.watts_each
    return float(source.law(hot, cold))


def _loads(
    pieces: Iterable[tuple[HeatSource, float, int]], extra: Mapping[str, float]
) -> tuple[StageLoad, ...]:
    """Every load: so many pieces of each source at so many watts, and the extra ones."""
    own = [StageLoad(s.stage, s.item, s.kind, count * watts) for s, watts, count in pieces]
    added = [StageLoad(stage, "extra", "feedback", watts) for stage, watts in extra.items()]
    return tuple(load for load in own + added if load.watts != 0)


def _wall_power(design: DesignModel, states: tuple[StageState, ...]) -> float | None:
    total = 0.0
    for state in states:
        if state.temperature is None:
            return None
        factor = specific_power(state.temperature, design.cryostat.wall_power)
        total += state.load * float(factor)
    return total
