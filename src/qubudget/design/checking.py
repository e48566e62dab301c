"""What the types cannot say: references between sections, orders, and physical sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from qubudget.design.checking_fridge import FRIDGE_RULES, ROOM, reference, stage_names
from qubudget.design.problems import shown
from qubudget.design.schema import DesignModel
from qubudget.errors import Problem
from qubudget.materials.superconductors import superconductor_names

CODE_LAYERS = {"surface": (2, 4), "repetition": (2, 2)}
"""One-qubit and two-qubit gate layers in one cycle of the syndrome circuit."""


def check(design: DesignModel) -> list[Problem]:
    """Every inconsistency of a design whose single values are all in range."""
    found: list[Problem] = []
    for rule in RULES:
        found.extend(rule(design))
    return found


def unique_names(design: DesignModel) -> Iterator[Problem]:
    named = ("stages", "lines", "cables", "electronics", "loads", "joints", "dielectrics")
    for section in named:
        counts = Counter(member.name for member in getattr(design, section))
        for name, times in counts.items():
            if times > 1:
                yield Problem(f"{section}.{name}", f"{times} times", "each name once")
    if ROOM in stage_names(design):
        yield Problem(f"stages.{ROOM}", shown(ROOM), "a stage below room temperature")


def stage_references(design: DesignModel) -> Iterator[Problem]:
    names = stage_names(design)
    for part in design.electronics:
        yield from reference(f"electronics.{part.name}.stage", part.stage, names)
    for load in design.loads:
        yield from reference(f"loads.{load.name}.stage", load.stage, names)
    yield from reference("qubit.stage", design.qubit.stage, names)
    yield from reference("qubit.radiation_stage", design.qubit.radiation_stage, [ROOM, *names])
    yield from reference("workload.correction_stage", design.workload.correction_stage, names)
    for name in design.measured.temperature:
        yield from reference(f"measured.temperature.{name}", name, names)
    for name in design.measured.load:
        yield from reference(f"measured.load.{name}", name, names)


def materials(design: DesignModel) -> Iterator[Problem]:
    yield from reference("qubit.film", design.qubit.film, superconductor_names())
    yield from reference("qubit.junction", design.qubit.junction, superconductor_names())


def pulses(design: DesignModel) -> Iterator[Problem]:
    gates = design.gates
    for name in ("one_qubit_time", "two_qubit_time"):
        if getattr(gates, name) < 2 * gates.rise:
            yield Problem(
                f"gates.{name}",
                f"{getattr(gates, name):g} s",
                f"at least twice gates.rise, {2 * gates.rise:g} s",
            )


def shares(design: DesignModel) -> Iterator[Problem]:
    total = sum(part.participation for part in design.dielectrics)
    if total > 1 + 1e-9:
        yield Problem("dielectrics", f"participations that add up to {total:g}", "at most 1")


def machine(design: DesignModel) -> Iterator[Problem]:
    if design.machine.total_qubits < design.machine.qubits:
        yield Problem(
            "machine.total_qubits",
            str(design.machine.total_qubits),
            f"at least machine.qubits ({design.machine.qubits})",
        )


def code(design: DesignModel) -> Iterator[Problem]:
    if design.code.distance % 2 == 0:
        yield Problem("code.distance", str(design.code.distance), "an odd number from 3 to 101")
    needed, cycle = cycle_operations(design), design.workload.cycle_time
    if needed > cycle * (1 + 1e-9):
        one, two = CODE_LAYERS[design.code.family]
        yield Problem(
            "workload.cycle_time",
            f"{cycle:g} s",
            f"at least {needed:g} s: {one} one-qubit and {two} two-qubit layers, read-out, reset",
        )


def cycle_operations(design: DesignModel) -> float:
    """Time, s, that the operations of one error-correction cycle take one after another."""
    gates = design.gates
    one, two = CODE_LAYERS[design.code.family]
    return (
        one * gates.one_qubit_time
        + two * gates.two_qubit_time
        + gates.readout_time
        + gates.reset_time
    )


def mitigation(design: DesignModel) -> Iterator[Problem]:
    """An outer code that corrects half of its chips and more would clone a quantum state."""
    plan = design.mitigation
    if plan.strategy == "outer" and 2 * plan.outer_losses >= plan.outer_chips:
        allowed = f"fewer than half of outer_chips, {plan.outer_chips}"
        yield Problem("mitigation.outer_losses", str(plan.outer_losses), allowed)


def algorithm(design: DesignModel) -> Iterator[Problem]:
    """An algorithm is stated whole or not at all."""
    names = ("algorithm_qubits", "algorithm_cycles", "algorithm_success")
    given = [name for name in names if getattr(design.targets, name) is not None]
    for name in names:
        value = getattr(design.targets, name)
        if given and value is None:
            yield Problem(f"targets.{name}", "", f"required beside {given[0]}")
        elif value == 0 or (name == "algorithm_success" and value == 1):
            allowed = "between 0 and 1" if name == "algorithm_success" else "above 0"
            yield Problem(f"targets.{name}", f"{value:g}", allowed)


def chip(design: DesignModel) -> Iterator[Problem]:
    chip = design.chip
    if chip.film_thickness >= chip.thickness:
        yield Problem("chip.film_thickness", f"{chip.film_thickness:g} m", "thinner than the chip")
    for axis, size in (("event_x", chip.length), ("event_y", chip.width)):
        place = getattr(design.radiation, axis)
        if abs(place) > size / 2:
            yield Problem(f"radiation.{axis}", f"{place:g} m", f"on the chip, up to {size / 2:g} m")
    if chip.trap_fraction > 0 and chip.trap_temperature == 0:
        yield Problem("chip.trap_temperature", "0 K", "above 0 K where traps take part of the film")


def measured(design: DesignModel) -> Iterator[Problem]:
    t1, t2 = design.measured.t1, design.measured.t2
    if t1 is not None and t2 is not None and t2 > 2 * t1:
        yield Problem("measured.t2", f"{t2:g} s", f"at most twice measured.t1, {2 * t1:g} s")
    by_name = design.measured.temperature
    ordered = [(s.name, by_name[s.name]) for s in design.stages if s.name in by_name]
    for (warm, above), (cold, below) in pairwise(ordered):
        if below >= above:
            yield Problem(
                f"measured.temperature.{cold}", f"{below:g} K", f"colder than {warm}, {above:g} K"
            )


RULES: tuple[Callable[[DesignModel], Iterable[Problem]], ...] = (
    unique_names,
    *FRIDGE_RULES,
    stage_references,
    materials,
    pulses,
    shares,
    machine,
    code,
    mitigation,
    algorithm,
    chip,
    measured,
)
