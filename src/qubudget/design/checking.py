"""What the types cannot say: references between sections, orders, and physical sense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from qubudget.design.fridge import Line
from qubudget.design.paths import nearest
from qubudget.design.problems import shown
from qubudget.design.schema import DesignModel
from qubudget.errors import Problem
from qubudget.materials.cables import cable_names, cable_stages
from qubudget.materials.superconductors import superconductor_names

ROOM = "300k"
NEEDS = {
    "drive": ("power_at_chip",),
    "read-in": ("power_at_chip",),
    "pump": ("power_at_chip",),
    "flux": ("bias_current",),
    "coupler": ("pulse_current",),
}
CODE_LAYERS = {"surface": (2, 4), "repetition": (2, 2)}
"""One-qubit and two-qubit gate layers in one cycle of the syndrome circuit."""


def check(design: DesignModel) -> list[Problem]:
    """Every inconsistency of a design whose single values are all in range."""
    found: list[Problem] = []
    for rule in RULES:
        found.extend(rule(design))
    return found


def _reference(key: str, name: str, names: Iterable[str]) -> Iterator[Problem]:
    known = list(names)
    if name not in known:
        yield Problem(key, shown(name), "one of " + ", ".join(known), nearest(name, known))


def _stage_names(design: DesignModel) -> list[str]:
    return [stage.name for stage in design.stages]


def unique_names(design: DesignModel) -> Iterator[Problem]:
    for section in ("stages", "lines", "electronics", "loads", "dielectrics"):
        counts = Counter(member.name for member in getattr(design, section))
        for name, times in counts.items():
            if times > 1:
                yield Problem(f"{section}.{name}", f"{times} times", "each name once")
    if ROOM in _stage_names(design):
        yield Problem(f"stages.{ROOM}", shown(ROOM), "a stage below room temperature")


def stage_order(design: DesignModel) -> Iterator[Problem]:
    for warm, cold in pairwise(design.stages):
        if cold.rated_temperature >= warm.rated_temperature:
            yield Problem(
                f"stages.{cold.name}.rated_temperature",
                f"{cold.rated_temperature:g} K below {warm.name} at {warm.rated_temperature:g} K",
                "stages in order, warm to cold",
            )


def stage_cooling(design: DesignModel) -> Iterator[Problem]:
    for stage in design.stages:
        key = f"stages.{stage.name}"
        if stage.cooling in ("linear", "quadratic"):
            if stage.base_temperature is None:
                yield Problem(
                    f"{key}.base_temperature", "", f"required for {stage.cooling} cooling (K)"
                )
            elif stage.base_temperature >= stage.rated_temperature:
                yield Problem(
                    f"{key}.base_temperature",
                    f"{stage.base_temperature:g} K",
                    f"below the rated temperature, {stage.rated_temperature:g} K",
                )
        elif stage.base_temperature is not None:
            yield Problem(
                f"{key}.base_temperature",
                f"{stage.base_temperature:g} K",
                f"nothing: {stage.cooling} cooling does not use it",
            )
        if (stage.cooling == "response") != (design.cryostat.response != "none"):
            yield Problem(
                f"{key}.cooling",
                shown(stage.cooling),
                "'response' for all stages where cryostat.response names a measured fridge, "
                "else another cooling",
            )


def line_ends(design: DesignModel) -> Iterator[Problem]:
    names = _stage_names(design)
    for line in design.lines:
        key = f"lines.{line.name}"
        yield from _reference(f"{key}.starts_at", line.starts_at, [ROOM, *names])
        yield from _reference(f"{key}.ends_at", line.ends_at, names)
        known = line.starts_at in (ROOM, *names) and line.ends_at in names
        if known and not reach(line, names):
            yield Problem(
                f"{key}.ends_at", shown(line.ends_at), f"a stage colder than {line.starts_at}"
            )


def reach(line: Line, names: list[str]) -> list[str]:
    """Stages at which pieces of a line end, warm to cold; empty where it reaches none."""
    order = [ROOM, *names]
    if line.starts_at not in order or line.ends_at not in order:
        return []
    return order[order.index(line.starts_at) + 1 : order.index(line.ends_at) + 1]


def line_tables(design: DesignModel) -> Iterator[Problem]:
    names = _stage_names(design)
    for line in design.lines:
        reached = reach(line, names)
        if not reached:
            continue
        places = [line.starts_at, *reached]
        tables = {
            "load": reached,
            "attenuation": places,
            "cable_loss": reached,
            "resistance": places,
        }
        for table, allowed in tables.items():
            for stage in getattr(line, table):
                yield from _reference(f"lines.{line.name}.{table}.{stage}", stage, allowed)
        if line.termination is not None:
            yield from _reference(f"lines.{line.name}.termination", line.termination, names)
        yield from _cables(line, reached)


def _cables(line: Line, reached: list[str]) -> Iterator[Problem]:
    pieces = line.cable if isinstance(line.cable, dict) else dict.fromkeys(reached, line.cable)
    key = f"lines.{line.name}.cable"
    for stage in pieces:
        yield from _reference(f"{key}.{stage}", stage, reached)
    known = cable_names()
    for name in sorted(set(pieces.values())):
        if name not in known:
            yield Problem(key, shown(name), "one of " + ", ".join(known), nearest(name, known))
    for stage in reached:
        cable = pieces.get(stage)
        if stage in line.load:
            continue
        if cable is None:
            yield Problem(f"{key}.{stage}", "", f"the cable of the piece that ends at {stage}")
        elif cable in known and stage not in cable_stages(cable):
            yield Problem(
                f"lines.{line.name}.load.{stage}",
                "",
                f"a measured load: {cable!r} has values for {', '.join(cable_stages(cable))} only",
            )


def line_signals(design: DesignModel) -> Iterator[Problem]:
    for line in design.lines:
        for name in NEEDS.get(line.kind, ()):
            if getattr(line, name) is None:
                field = type(line).model_fields[name]
                yield Problem(
                    f"lines.{line.name}.{name}",
                    "",
                    f"required for a {line.kind} line: {field.description}",
                )
        used = {
            "power_at_chip": line.kind in ("drive", "read-in", "pump"),
            "bias_current": line.kind in ("flux", "coupler"),
            "pulse_current": line.kind in ("flux", "coupler"),
        }
        for name, allowed in used.items():
            if not allowed and getattr(line, name) is not None:
                yield Problem(
                    f"lines.{line.name}.{name}",
                    f"{getattr(line, name):g}",
                    f"nothing: a {line.kind} line does not use it",
                )


def stage_references(design: DesignModel) -> Iterator[Problem]:
    names = _stage_names(design)
    for part in design.electronics:
        yield from _reference(f"electronics.{part.name}.stage", part.stage, names)
    for load in design.loads:
        yield from _reference(f"loads.{load.name}.stage", load.stage, names)
    yield from _reference("qubit.stage", design.qubit.stage, names)
    yield from _reference("qubit.radiation_stage", design.qubit.radiation_stage, [ROOM, *names])
    yield from _reference("workload.correction_stage", design.workload.correction_stage, names)
    for name in design.measured.temperature:
        yield from _reference(f"measured.temperature.{name}", name, names)
    for name in design.measured.load:
        yield from _reference(f"measured.load.{name}", name, names)


def materials(design: DesignModel) -> Iterator[Problem]:
    yield from _reference("qubit.film", design.qubit.film, superconductor_names())
    yield from _reference("qubit.junction", design.qubit.junction, superconductor_names())


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
    stage_order,
    stage_cooling,
    line_ends,
    line_tables,
    line_signals,
    stage_references,
    materials,
    pulses,
    shares,
    machine,
    code,
    chip,
    measured,
)
