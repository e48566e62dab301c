"""The loop from errors to heat and back: where the heat of correcting makes a machine run away.

The stage that takes the heat of correcting is held at one temperature after another; the stages
below it follow, then the qubit and its errors. That gives the corrections per qubit and cycle
as a function of the stage's temperature, and with the stage's cooling and loads all that
``cryostat.runaway`` needs. Where the stage is the qubit's own the feedback is direct; at a
warmer one only line noise and conducted heat carry it to the qubit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from qubudget.cryostat import assembly as cryostat
from qubudget.cryostat.correction import corrected_stage, correction_cooling
from qubudget.cryostat.hysteresis import Hysteresis, hysteresis
from qubudget.cryostat.result import ThermalResult
from qubudget.cryostat.runaway import (
    CorrectedStage,
    FixedPoint,
    Limit,
    Phase,
    PhaseDiagram,
    bistable_qubits,
    critical_energy,
    fixed_points,
    phase_boundary,
    phase_diagram,
    phases,
)
from qubudget.cryostat.threshold import tabulated_errors
from qubudget.cryostat.transient import copper_heat_capacity, course
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design.code import Measured
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qubit import assembly as qubit
from qubudget.qubit.result import CoherenceResult

POINTS = 24
"""Temperatures at which the chain is solved."""
ENERGIES = np.geomspace(1e-26, 1e-2, 73)
"""J; from below Landauer's bound at 10 mK to above every published controller."""
COUNTS = 41
"""Numbers of qubits in the map."""
COPPER = 1.0
"""kg; the time to runaway is given for so much copper, and proportional to it."""
_HALVINGS = 12
_APART = 1e-9  # least relative distance of two temperatures of the table


def correction_events(design: DesignModel, coherence: CoherenceResult) -> float | None:
    """Expected physical errors of one group of qubits in one cycle.

    Gates and read-outs of the workload times their errors; None where an error has no value.
    """
    work, gate = design.workload, coherence.gate
    counts = (work.one_qubit_gates, work.two_qubit_gates, work.readouts)
    errors = (gate.one_qubit_error, gate.two_qubit_error, gate.readout_error)
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return None
    return math.fsum(n * e for n, e in zip(counts, known, strict=True))


@dataclass(frozen=True)
class Runaway:
    """Whether the heat of correcting runs away, for this machine and around it.

    Attributes
    ----------
    correction_stage : takes the heat. energy : of one correction, J. qubits : in one fridge.
    reason : why nothing else has a value; None where it has.
    phase : of this machine.
    critical_qubits : most with a balance at this energy, None where no number is too large, at
        ``critical_temperature``, K, set by ``limited_by``: "feedback" (errors win over the
        cooling), "range" (the hot end) or "base" (the cold end).
    critical_energy : most with a balance at these qubits, J; None where none is too large,
        below 0 where their load is too much without any.
    accepted_qubits, accepted_energy : the same where the stage may get no warmer than the
        design accepts; ``accepted``: qubits for each energy of the map. None also where the
        design accepts no temperature of the model.
    hottest : hot end of what is modelled, K, and why it ends there (``end``).
    extrapolated : the largest machine needs cooling beyond what was rated or measured.
    fixed_points : balances of this machine. loop : of machines that grow and shrink at this
        energy. bistable : least and most qubits for which the start decides.
    time_to_runaway : from the cold end to the hot end, s, for ``COPPER``; None where it does
        not run away.
    diagram : phases over qubits and energy.
    """

    correction_stage: str
    energy: float
    qubits: int
    reason: str | None = None
    phase: Phase | None = None
    critical_qubits: float | None = None
    critical_temperature: float | None = None
    limited_by: Limit | None = None
    critical_energy: float | None = None
    accepted_qubits: float | None = None
    accepted_energy: float | None = None
    hottest: float | None = None
    end: str | None = None
    extrapolated: bool | None = None
    fixed_points: tuple[FixedPoint, ...] = ()
    loop: Hysteresis | None = field(default=None, repr=False)
    bistable: tuple[float, float] | None = None
    time_to_runaway: float | None = None
    diagram: PhaseDiagram | None = field(default=None, repr=False)
    accepted: NDArray[np.float64] | None = field(default=None, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``thermal.runaway``."""
        loop, ends = self.loop, self.bistable
        return {
            "correction_stage": self.correction_stage,
            "energy_J": self.energy,
            "qubits": self.qubits,
            "phase": self.phase,
            "critical_qubits": self.critical_qubits,
            "critical_temperature_K": self.critical_temperature,
            "limited_by": self.limited_by,
            "critical_energy_J": self.critical_energy,
            "accepted_qubits": self.accepted_qubits,
            "accepted_energy_J": self.accepted_energy,
            "hottest_temperature_K": self.hottest,
            "hottest_is": self.end,
            "extrapolated": self.extrapolated,
            "fixed_points": [
                {"temperature_K": point.temperature, "stable": point.stable}
                for point in self.fixed_points
            ],
            "hysteresis": loop
            and {
                "bistable_from_qubits": ends and _finite(ends[0]),
                "bistable_to_qubits": ends and _finite(ends[1]),
                "qubits": loop.qubits.tolist(),
                "growing_temperature_K": [_finite(t) for t in loop.growing.tolist()],
                "shrinking_temperature_K": [_finite(t) for t in loop.shrinking.tolist()],
            },
            "time_to_runaway_s": self.time_to_runaway,
            "copper_kg": COPPER,
            "map": self.diagram and self._map(self.diagram),
            "reason": self.reason,
        }

    def _map(self, diagram: PhaseDiagram) -> dict[str, Any]:
        most = None if self.accepted is None else [_finite(n) for n in self.accepted.tolist()]
        return {**diagram.to_dict(), "accepted_qubits": most}


def phase_map(design: DesignModel, thermal: ThermalResult, coherence: CoherenceResult) -> Runaway:
    """Phases of a design's machine and of those with other qubits and energies per correction.

    Measured values hold at one temperature: errors follow the model, scaled to those in force
    in the solved state, and measured temperatures and loads are left out. The other stages'
    loads stay those of the design's own number of qubits, and warmer stages their solved
    temperatures: what a growing machine does to them is in the limits by stage.

    "Bounded" is said of the temperature, not of the code: errors may be above its threshold.

    Parameters
    ----------
    thermal, coherence : of the design, solved.
    """
    work = design.workload
    nothing = Runaway(work.correction_stage, work.correction_energy, design.machine.qubits)
    try:
        stage, end = _stage(design, thermal, coherence)
    except OutOfRangeError as error:
        return replace(nothing, reason=str(error))
    count = float(design.machine.qubits)
    boundary = phase_boundary(stage)
    phase = _phase(stage, count)
    trusted = correction_cooling(design).trusted
    cooling = float(np.asarray(stage.cooling(np.asarray(boundary.temperature))))
    counts = _counts(stage, count)
    accepted = _accepted(design, stage)
    if accepted is not None:
        most = [phase_boundary(replace(accepted, energy=e)).qubits for e in ENERGIES.tolist()]
        nothing = replace(
            nothing,
            accepted_qubits=_finite(phase_boundary(accepted).qubits),
            accepted_energy=_finite(critical_energy(accepted, count)),
            accepted=np.array(most),
        )
    return replace(
        nothing,
        phase=phase,
        critical_qubits=_finite(boundary.qubits),
        critical_temperature=boundary.temperature,
        limited_by=boundary.limited_by,
        critical_energy=_finite(critical_energy(stage, count)),
        hottest=stage.high,
        end=end,
        extrapolated=cooling > trusted,
        fixed_points=fixed_points(stage, count),
        loop=hysteresis(stage, counts),
        bistable=bistable_qubits(stage),
        time_to_runaway=_time(stage, count) if phase == "unbounded" else None,
        diagram=phase_diagram(stage, counts, ENERGIES),
    )


def _phase(stage: CorrectedStage, count: float) -> Phase:
    return cast("Phase", phases(stage, count).item())


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _accepted(design: DesignModel, stage: CorrectedStage) -> CorrectedStage | None:
    """The stage up to the temperature that the design accepts."""
    limit = design.stage(design.workload.correction_stage).max_temperature
    return replace(stage, high=min(stage.high, limit)) if limit > stage.low else None


def _counts(stage: CorrectedStage, count: float) -> NDArray[np.float64]:
    """Qubits of the map: from one to ten times the most that need no correction."""
    most = phase_boundary(replace(stage, energy=0.0)).qubits
    largest = max(count, most) if math.isfinite(most) else 1e6 * count
    return np.geomspace(1.0, 10 * largest, COUNTS)


def _time(stage: CorrectedStage, count: float) -> float | None:
    """From the cold to the hot end, s."""
    copper = copper_heat_capacity(COPPER)
    grid = stage.grid
    net = stage.heating(grid, count) - np.asarray(stage.cooling(grid))
    # Ample: the slowest point of the scan held for all of it; the integration ends at the hot end.
    duration = 1e3 * float(np.max(copper(grid) / net)) * (stage.high - stage.low)
    return course(stage, count, copper, start=stage.low, duration=duration).runaway_time


def _stage(
    design: DesignModel, thermal: ThermalResult, coherence: CoherenceResult
) -> tuple[CorrectedStage, str]:
    """The corrected stage, and what ends it on the hot side.

    Raises
    ------
    OutOfRangeError: nothing follows the heat of correcting, or the chain has no errors.
    """
    cooling = correction_cooling(design)
    place = design.workload.correction_stage
    names = [stage.name for stage in design.stages]
    warmer = names[: names.index(place)]
    ceiling: float | None = ROOM_TEMPERATURE
    end = "300 K"
    if warmer:
        ceiling, end = thermal.temperatures[warmer[-1]], f"temperature of {warmer[-1]}"
    if ceiling is None:
        raise OutOfRangeError(f"{place}: {warmer[-1]}, the next warmer stage, has no temperature")
    high = ceiling
    if cooling.warmest < high:
        high, end = cooling.warmest, f"end of the cooling curve of {place}"
    low = cooling.base
    coldest, why = _events_at(design, low)
    if coldest is None:
        raise OutOfRangeError(f"no errors to correct with {place} at {low:.3g} K: {why}")
    found = {low: coldest}
    for temperature in np.geomspace(low, high, POINTS)[1:].tolist():
        events, why = _events_at(design, temperature)
        if events is None:
            hot, last = _last(design, max(found), temperature)
            found[hot], high, end = last, hot, why
            break
        found[temperature] = events
    else:
        high = max(found)
    now = thermal.temperatures[place]
    scale = 1.0
    if now is not None and low < now < high:
        modelled, _ = _events_at(design, now)
        used = correction_events(design, coherence)
        if modelled:
            scale = 1.0 if used is None else used / modelled
            if min(abs(now / temperature - 1) for temperature in found) > _APART:
                found[now] = modelled
    at = sorted(found)
    events_at = scale * np.array([found[temperature] for temperature in at])
    if not events_at.all():
        raise OutOfRangeError("the workload's operations make no errors: nothing is corrected")
    rate = tabulated_errors(at, events_at / design.machine.group_size)
    return corrected_stage(design, rate, high=high, temperatures=thermal.temperatures), end


def _last(design: DesignModel, good: float, bad: float) -> tuple[float, float]:
    """Hottest temperature, K, at which the chain still has errors, and these."""
    events, _ = _events_at(design, good)
    for _ in range(_HALVINGS):
        middle = math.sqrt(good * bad)
        found, _ = _events_at(design, middle)
        if found is None:
            bad = middle
        else:
            good, events = middle, found
    return good, events or 0.0


def _events_at(design: DesignModel, temperature: float) -> tuple[float | None, str]:
    """Modelled events per group and cycle with the correction stage at a temperature, K.

    None, and why, where the colder stages or the qubit find no state.
    """
    pinned = {design.workload.correction_stage: temperature}
    held = design.model_copy(
        update={"measured": Measured().model_copy(update={"temperature": pinned})}
    )
    try:
        thermal = cryostat.solve(held)
        stable = thermal.status == "STABLE"
        coherence = qubit.coherence(held, thermal.temperatures, stable=stable)
    except OutOfRangeError as error:
        return None, str(error)
    reason = coherence.reason if thermal.reason is None or stable else thermal.reason
    return correction_events(held, coherence), reason or ""
