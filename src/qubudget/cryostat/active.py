"""Heat of what a line carries: signals in attenuators and cables, currents, photodiodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
    operation = operation_of(line.kind)
    if line.kind == "photonic":
        yield from _on(_photonic(design, line, places), operation, duty(design, line))
        return
    if line.power_at_chip:
        signal = _signal(line, places, line.power_at_chip)
        yield from _on(signal, operation, duty(design, line))
    if line.bias_current:
        yield from _on(_current(line, places, "bias", line.bias_current), IDLE, 1.0)
    if line.pulse_current:
        pulse = _current(line, places, "pulse", line.pulse_current)
        yield from _on(pulse, operation, duty(design, line))


def _on(
    heats: Iterator[tuple[str, str, float]], operation: str, share: float
) -> Iterator[ActiveHeat]:
    return (ActiveHeat(stage, kind, operation, watts, share) for stage, kind, watts in heats)


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


def _photonic(
    design: DesignModel, line: Line, places: list[str]
) -> Iterator[tuple[str, str, float]]:
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
    yield end, "photodiode", float(light)
    heat = attenuator_heat(made, attenuation, line.attenuator_heat)
    yield from _booked(line, [end], "attenuator", np.atleast_1d(heat))


def _signal(line: Line, places: list[str], power: float) -> Iterator[tuple[str, str, float]]:
    attenuation = np.array([line.attenuation.get(place, 1.0) for place in places])
    loss = np.array([line.cable_loss.get(place, 1.0) for place in places])
    into_attenuator, into_cable = signal_powers(power, attenuation, loss)
    heat = attenuator_heat(into_attenuator, attenuation, line.attenuator_heat)
    yield from _booked(line, places, "attenuator", heat)
    if line.attenuator_heat == "incident":
        return  # all that enters the first attenuator is booked there already
    in_cable = into_cable - into_attenuator
    to_cold = in_cable * cable_heat_cold_share(loss)
    for index, (warmer, stage) in enumerate(pairwise(places), start=1):
        yield stage, "cable", float(to_cold[index])
        yield warmer, "cable", float(in_cable[index] - to_cold[index])


def _current(
    line: Line, places: list[str], kind: str, current: float
) -> Iterator[tuple[str, str, float]]:
    attenuation = np.array([line.attenuation.get(place, 1.0) for place in places])
    resistance = np.array([line.resistance.get(place, 0.0) for place in places])
    from_here = np.cumprod(attenuation[::-1])[::-1]
    heat = shorted_attenuator_heat(current, attenuation, from_here / attenuation)
    yield from _booked(line, places, kind, heat)
    # The resistance is that of the piece which ends at the stage, before its attenuator.
    joule = joule_heat(upstream_current(current, from_here), resistance)
    yield from ((place, kind, float(watts)) for place, watts in zip(places, joule, strict=True))


def _booked(
    line: Line, places: list[str], kind: str, heat: NDArray[np.float64]
) -> Iterator[tuple[str, str, float]]:
    """Heat of attenuators where they sit, the coldest one's at the termination."""
    fitted = [place for place in places if line.attenuation.get(place, 1.0) > 1]
    for place, watts in zip(places, heat, strict=True):
        ends = line.termination is not None and fitted and place == fitted[-1]
        yield (str(line.termination) if ends else place), kind, float(watts)
