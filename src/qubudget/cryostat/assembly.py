"""From a design to its thermal state: loads, temperatures, limits, wall power."""

from __future__ import annotations

import math
from collections.abc import Mapping

from qubudget.cryostat.balance import balances
from qubudget.cryostat.limits import largest_machine
from qubudget.cryostat.loads import HeatSource, heat_sources
from qubudget.cryostat.result import StageLoad, StageState, ThermalResult
from qubudget.cryostat.wall import specific_power
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
    sources = heat_sources(design)
    loads = _loads(sources, added, math.ceil(count / design.machine.group_size), as_built)
    modelled = {n: math.fsum(load.watts for load in loads if load.stage == n) for n in names}
    measured_load = design.measured.load if as_built else {}
    measured_temperature = design.measured.temperature if as_built else {}
    used = {name: measured_load.get(name, modelled[name]) for name in names}
    balance = balances(design, used, measured_temperature)
    states = tuple(
        StageState(
            name=stage.name,
            temperature=measured_temperature.get(stage.name, balance[stage.name].temperature),
            modelled_temperature=balance[stage.name].temperature,
            load=used[stage.name],
            modelled_load=modelled[stage.name],
            capacity=stage.rated_power,
            max_temperature=stage.max_temperature,
            extrapolated=balance[stage.name].extrapolated,
        )
        for stage in design.stages
    )
    lost = [name for name in names if balance[name].reason]
    pinned = [name for name in lost if name in measured_temperature]
    reasons = [f"{balance[n].reason}{'; measured temperature used' * (n in pinned)}" for n in lost]
    return ThermalResult(
        status="RUNAWAY" if len(lost) > len(pinned) else "STABLE",
        reason="; ".join(reasons) or None,
        stages=states,
        loads=loads,
        binding_stage=min(states, key=lambda state: state.margin).name,
        max_qubits=largest_machine(design, sources, added),
        wall_power=_wall_power(design, states),
        fridges=math.ceil(design.machine.total_qubits / count),
    )


def _checked(extra: Mapping[str, float], names: list[str]) -> dict[str, float]:
    for stage, watts in extra.items():
        if stage not in names:
            raise OutOfRangeError(f"extra load at {stage!r}; stages are {', '.join(names)}")
        if not (math.isfinite(watts) and watts >= 0):
            raise OutOfRangeError(f"extra load at {stage}: a number of watts from 0, got {watts}")
    return dict(extra)


def _loads(
    sources: tuple[HeatSource, ...], extra: Mapping[str, float], groups: int, as_built: bool
) -> tuple[StageLoad, ...]:
    own = [
        StageLoad(
            s.stage, s.item, s.kind, s.watts_as_built(groups) if as_built else s.watts(groups)
        )
        for s in sources
    ]
    added = [StageLoad(stage, "extra", "feedback", watts) for stage, watts in extra.items()]
    return tuple(load for load in own + added if load.watts > 0)


def _wall_power(design: DesignModel, states: tuple[StageState, ...]) -> float | None:
    total = 0.0
    for state in states:
        if state.temperature is None:
            return None
        factor = specific_power(state.temperature, design.cryostat.wall_power)
        total += state.load * float(factor)
    return total
