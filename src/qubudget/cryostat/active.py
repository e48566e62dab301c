"""Heat of what a line carries: signals in attenuators and cables, currents, photodiodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.heat import (
    attenuator_heat,
    cable_heat_cold_share,
    joule_heat,
    photodiode_heat,
    shorted_attenuator_heat,
    signal_powers,
    upstream_current,
)
from qubudget.cryostat.workload import (
    IDLE,
    ONE_QUBIT,
    TWO_QUBIT,
    gate_duty,
    operation_of,
    readout_duty,
)
from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem

Heat: TypeAlias = tuple[str, str, NDArray[np.float64]]
"""Stage, kind, and watts."""


@dataclass(frozen=True)
class ActiveHeat:
    """Heat that one line brings to one stage by what it carries.

    Attributes
    ----------
    kind : "attenuator", "cable", "bias", "pulse" or "photodiode".
    operation : what the machine does while it is on; "idle": always.
    watts : while on, W. duty : share of the time that it is on.
    """

    stage: str
    kind: str
    operation: str
    watts: float
    duty: float

    @property
    def mean(self) -> float:
        """Over the workload's cycle, W."""
        return self.duty * self.watts


def active_heat(
    design: DesignModel, line: Line, places: list[str]
) -> Iterator[tuple[str, str, float]]:
    """Stage, kind and mean heat, W, of what one line carries; as ``carried_heat``."""
    for heat in carried_heat(design, line, places):
        yield heat.stage, heat.kind, heat.mean


def carried_heat(design: DesignModel, line: Line, places: list[str]) -> Iterator[ActiveHeat]:
    """Heat of what one line carries, each kind at each stage while on and its share of time.

    Parameters
    ----------
    places : where the line begins and every stage that it reaches, warm to cold.

    Raises
    ------
    DesignError: as ``duty``, or a photonic line without its photodiode's numbers.
    """
    if not line.per_group and not line.count:
        return  # no such line in any machine: it needs no duty
    shares = {IDLE: 1.0}
    for stage, kind, operation, watts in heat_while_on(design, line, places):
        if operation not in shares:
            shares[operation] = duty(design, line)
        yield ActiveHeat(stage, kind, operation, float(watts), shares[operation])


def heat_while_on(
    design: DesignModel, line: Line, places: list[str]
) -> Iterator[tuple[str, str, str, NDArray[np.float64]]]:
    """Stage, kind, operation and heat, W, of what one line carries while it is on.

    Numbers of a line may be arrays, which broadcast; not those of a photonic one.
    """
    operation = operation_of(line.kind)
    if line.kind == "photonic":
        for stage, kind, watts in _photonic(design, line, places):
            yield stage, kind, operation, watts
        return
    if line.power_at_chip is not None and np.any(line.power_at_chip):
        for stage, kind, watts in _signal(line, places, line.power_at_chip):
            yield stage, kind, operation, watts
    if line.bias_current is not None and np.any(line.bias_current):
        for stage, kind, watts in _current(line, places, "bias", line.bias_current):
            yield stage, kind, IDLE, watts
    if line.pulse_current is not None and np.any(line.pulse_current):
        for stage, kind, watts in _current(line, places, "pulse", line.pulse_current):
            yield stage, kind, operation, watts


def duty(design: DesignModel, line: Line) -> float:
    """Share of the time that a line's signal, or its current pulses, are on.

    Which operation a line serves: ``workload.operation_of``.

    Raises
    ------
    DesignError: a share above 1, or gates without lines per group to carry them.
    """
    work, gates, lines = design.workload, design.gates, line.per_group
    operation = operation_of(line.kind)
    try:
        if operation == ONE_QUBIT:
            share = gate_duty(work.one_qubit_gates, gates.one_qubit_time, lines, work.cycle_time)
        elif operation == TWO_QUBIT:
            share = gate_duty(work.two_qubit_gates, gates.two_qubit_time, lines, work.cycle_time)
        else:
            size = design.machine.group_size
            share = readout_duty(work.readouts, size, gates.readout_time, work.cycle_time)
    except OutOfRangeError as error:
        problem = Problem(
            f"lines.{line.name}.per_group",
            f"{lines} with the operations of [workload]: {error}",
            "enough lines, or few enough operations in a cycle, that each line is on for at "
            "most the whole cycle",
        )
        raise DesignError(design.name, [problem]) from error
    return float(share)


def _photonic(design: DesignModel, line: Line, places: list[str]) -> Iterator[Heat]:
    """All the light ends as heat at the photodiode; what it makes ends in an attenuator."""
    end = places[-1]
    stray = [place for place in line.attenuation if place != end]
    if stray:
        key = f"lines.{line.name}.attenuation.{stray[0]}"
        problem = Problem(key, "an attenuator in the fibre", f"attenuation behind the diode, {end}")
        raise DesignError(design.name, [problem])
    numbers = {
        name: getattr(line, name)
        for name in ("power_at_chip", "photodiode_impedance", "responsivity")
    }
    missing = [name for name, value in numbers.items() if value is None]
    if missing:
        problems = [
            Problem(f"lines.{line.name}.{name}", "", "required for a photonic line")
            for name in missing
        ]
        raise DesignError(design.name, problems)
    attenuation = line.attenuation.get(end, 1.0)
    made = numbers["power_at_chip"] * attenuation
    light = photodiode_heat(made, numbers["photodiode_impedance"], numbers["responsivity"])
    yield end, "photodiode", light
    heat = attenuator_heat(made, attenuation, line.attenuator_heat)
    yield from _booked(line, [end], "attenuator", np.atleast_1d(heat))


def _along(table: Mapping[str, float], places: list[str], default: float) -> NDArray[np.float64]:
    """What a table of a line says of every place, along the last axis."""
    return np.stack(
        np.broadcast_arrays(*(np.asarray(table.get(p, default), np.float64) for p in places)), -1
    )


def _signal(line: Line, places: list[str], power: ArrayLike) -> Iterator[Heat]:
    attenuation = _along(line.attenuation, places, 1.0)
    loss = _along(line.cable_loss, places, 1.0)
    into_attenuator, into_cable = signal_powers(power, attenuation, loss)
    heat = attenuator_heat(into_attenuator, attenuation, line.attenuator_heat)
    yield from _booked(line, places, "attenuator", heat)
    if line.attenuator_heat == "incident":
        return  # all that enters the first attenuator is booked there already
    in_cable = into_cable - into_attenuator
    to_cold = in_cable * cable_heat_cold_share(loss)
    for index, (warmer, stage) in enumerate(pairwise(places), start=1):
        yield stage, "cable", to_cold[..., index]
        yield warmer, "cable", in_cable[..., index] - to_cold[..., index]


def _current(line: Line, places: list[str], kind: str, current: ArrayLike) -> Iterator[Heat]:
    attenuation = _along(line.attenuation, places, 1.0)
    resistance = _along(line.resistance, places, 0.0)
    from_here = np.flip(np.cumprod(np.flip(attenuation, -1), -1), -1)
    current = np.asarray(current, dtype=np.float64)[..., np.newaxis]
    heat = shorted_attenuator_heat(current, attenuation, from_here / attenuation)
    yield from _booked(line, places, kind, heat)
    # The resistance is that of the piece which ends at the stage, before its attenuator.
    joule = joule_heat(upstream_current(current, from_here), resistance)
    yield from ((place, kind, joule[..., index]) for index, place in enumerate(places))


def _booked(line: Line, places: list[str], kind: str, heat: NDArray[np.float64]) -> Iterator[Heat]:
    """Heat of attenuators where they sit, the coldest one's at the termination."""
    fitted = [place for place in places if np.any(np.greater(line.attenuation.get(place, 1.0), 1))]
    for index, place in enumerate(places):
        ends = line.termination is not None and fitted and place == fitted[-1]
        yield (str(line.termination) if ends else place), kind, heat[..., index]
