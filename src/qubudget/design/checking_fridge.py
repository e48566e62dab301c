"""Consistency of the refrigerator: stages in order, cooling models, lines, electronics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from qubudget.design.fridge import Electronics, Line, Stage
from qubudget.design.paths import nearest
from qubudget.design.problems import shown
from qubudget.design.schema import DesignModel
from qubudget.errors import Problem
from qubudget.materials.cables import cable_names, cable_stages, coax_names

ROOM = "300k"
NEEDS = {
    "drive": ("power_at_chip",),
    "read-in": ("power_at_chip",),
    "pump": ("power_at_chip",),
    "flux": ("bias_current",),
    "coupler": ("pulse_current",),
    "photonic": ("power_at_chip", "photodiode_impedance", "responsivity"),
}
"""What each kind of line must state."""
USERS = {
    "power_at_chip": ("drive", "read-in", "pump", "photonic"),
    "bias_current": ("flux", "coupler"),
    "pulse_current": ("flux", "coupler"),
    "photodiode_impedance": ("photonic",),
    "responsivity": ("photonic",),
}
"""Which kinds of line use a signal's field; others must leave it out."""
AT_QUBIT = ("drive", "flux", "coupler", "read-in", "read-out")
"""Kinds of line that must come to the qubit's stage."""
COOLING_NEEDS = {
    "base_temperature": ("linear", "quadratic"),
    "circulation": ("enthalpy",),
    "exchange_temperature": ("enthalpy",),
}
"""Which cooling models need a stage's field; others must leave it out."""
LEAST_SAMPLES = 200
"""Below, fewer than five draws lie outside an interval's end."""
SWITCHING = ("capacitance", "voltage", "clock")


def reference(key: str, name: str, names: Iterable[str]) -> Iterator[Problem]:
    """A problem where ``name`` is none of ``names``."""
    known = list(names)
    if name not in known:
        yield Problem(key, shown(name), "one of " + ", ".join(known), nearest(name, known))


def stage_names(design: DesignModel) -> list[str]:
    """Names of the stages, warm to cold."""
    return [stage.name for stage in design.stages]


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
        for field, users in COOLING_NEEDS.items():
            value = getattr(stage, field)
            if stage.cooling in users and value is None:
                yield Problem(f"{key}.{field}", "", f"required for {stage.cooling} cooling")
            elif stage.cooling not in users and value is not None:
                allowed = f"nothing: {stage.cooling} cooling does not use it"
                yield Problem(f"{key}.{field}", f"{value:g}", allowed)
        base = stage.base_temperature
        if base is not None and base >= stage.rated_temperature:
            allowed = f"below the rated temperature, {stage.rated_temperature:g} K"
            yield Problem(f"{key}.base_temperature", f"{base:g} K", allowed)
        yield from _curve(stage, key)
        if (stage.cooling == "response") != (design.cryostat.response != "none"):
            yield Problem(
                f"{key}.cooling",
                shown(stage.cooling),
                "'response' for all stages where cryostat.response names a measured fridge, "
                "else another cooling",
            )


def _curve(stage: Stage, key: str) -> Iterator[Problem]:
    if stage.cooling != "table":
        if stage.curve:
            allowed = f"nothing: {stage.cooling} cooling does not use it"
            yield Problem(f"{key}.curve", f"{len(stage.curve)} points", allowed)
        return
    rising = all(
        a.temperature < b.temperature and a.power < b.power for a, b in pairwise(stage.curve)
    )
    if len(stage.curve) < 2 or not rising:
        allowed = "at least two points, cold to warm, with rising power"
        yield Problem(f"{key}.curve", f"{len(stage.curve)} points", allowed)
    elif stage.curve[0].power <= 0:
        yield Problem(f"{key}.curve", "a first power of 0 W", "points with a power above 0 W")
    elif not stage.curve[0].temperature <= stage.rated_temperature <= stage.curve[-1].temperature:
        yield Problem(
            f"{key}.rated_temperature", f"{stage.rated_temperature:g} K", "within the curve"
        )


def line_ends(design: DesignModel) -> Iterator[Problem]:
    names = stage_names(design)
    for line in design.lines:
        key = f"lines.{line.name}"
        yield from reference(f"{key}.starts_at", line.starts_at, [ROOM, *names])
        yield from reference(f"{key}.ends_at", line.ends_at, names)
        known = line.starts_at in (ROOM, *names) and line.ends_at in names
        if known and not reach(line, names):
            yield Problem(
                f"{key}.ends_at", shown(line.ends_at), f"a stage colder than {line.starts_at}"
            )


def line_reach(design: DesignModel) -> Iterator[Problem]:
    """A line that controls or reads the qubit must come to its stage."""
    names = stage_names(design)
    for line in design.lines:
        reached = reach(line, names)
        if line.kind in AT_QUBIT and reached and design.qubit.stage not in reached:
            allowed = f"the qubit's stage, {design.qubit.stage}, or one below it"
            yield Problem(f"lines.{line.name}.ends_at", shown(line.ends_at), allowed)


def reach(line: Line, names: list[str]) -> list[str]:
    """Stages at which pieces of a line end, warm to cold; empty where it reaches none."""
    order = [ROOM, *names]
    if line.starts_at not in order or line.ends_at not in order:
        return []
    return order[order.index(line.starts_at) + 1 : order.index(line.ends_at) + 1]


def line_tables(design: DesignModel) -> Iterator[Problem]:
    names = stage_names(design)
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
                yield from reference(f"lines.{line.name}.{table}.{stage}", stage, allowed)
        if line.termination is not None:
            yield from reference(f"lines.{line.name}.termination", line.termination, names)
        yield from _cables(design, line, reached)


def _cables(design: DesignModel, line: Line, reached: list[str]) -> Iterator[Problem]:
    pieces = line.cable if isinstance(line.cable, dict) else dict.fromkeys(reached, line.cable)
    key = f"lines.{line.name}.cable"
    for stage in pieces:
        yield from reference(f"{key}.{stage}", stage, reached)
    drawn = [*(cable.name for cable in design.cables), *coax_names()]
    known = list(dict.fromkeys([*cable_names(), *drawn]))
    for name in sorted(set(pieces.values())):
        if name not in known:
            yield Problem(key, shown(name), "one of " + ", ".join(known), nearest(name, known))
    for stage in reached:
        if stage in line.load:
            continue
        cable = pieces.get(stage)
        measured = cable in cable_names() and stage in cable_stages(cable or "")
        if cable is None:
            yield Problem(f"{key}.{stage}", "", f"the cable of the piece that ends at {stage}")
        elif line.heat == "modelled" and cable in known and cable not in drawn:
            allowed = f"'measured': {cable!r} has no geometry to compute its heat from"
            yield Problem(f"lines.{line.name}.heat", "'modelled'", allowed)
        elif cable in drawn and (line.heat == "modelled" or not measured):
            if design.stage(stage).length is None:
                wanted = f"the length of {cable!r} from the stage above, to compute its heat"
                yield Problem(f"stages.{stage}.length", "", wanted)
        elif cable in known and not measured:
            has = ", ".join(cable_stages(cable))
            yield Problem(
                f"lines.{line.name}.load.{stage}",
                "",
                f"a measured load: {cable!r} has values for {has} only",
            )


def cables(design: DesignModel) -> Iterator[Problem]:
    if not design.cables:
        return
    from qubudget.materials.conductivity import material_names  # heavy, and seldom needed

    for cable in design.cables:
        key = f"cables.{cable.name}"
        for part in ("inner", "dielectric", "outer"):
            yield from reference(f"{key}.{part}", getattr(cable, part), material_names())
        if not cable.inner_diameter < cable.dielectric_diameter < cable.outer_diameter:
            allowed = "above dielectric_diameter, and that above inner_diameter"
            yield Problem(f"{key}.outer_diameter", f"{cable.outer_diameter:g} m", allowed)


def line_signals(design: DesignModel) -> Iterator[Problem]:
    for line in design.lines:
        for name in NEEDS.get(line.kind, ()):
            if getattr(line, name) is None:
                field = type(line).model_fields[name]
                wanted = f"required for a {line.kind} line: {field.description}"
                yield Problem(f"lines.{line.name}.{name}", "", wanted)
        for name, users in USERS.items():
            value = getattr(line, name)
            if line.kind not in users and value is not None:
                allowed = f"nothing: a {line.kind} line does not use it"
                yield Problem(f"lines.{line.name}.{name}", f"{value:g}", allowed)


def electronics(design: DesignModel) -> Iterator[Problem]:
    for part in design.electronics:
        yield from _power(part, f"electronics.{part.name}")


def _power(part: Electronics, key: str) -> Iterator[Problem]:
    given = [name for name in SWITCHING if getattr(part, name) is not None]
    if part.power is not None and given:
        yield Problem(f"{key}.{given[0]}", "beside power", "either power, or C V^2 f")
    if part.power is None:
        if not given:
            yield Problem(f"{key}.power", "", "a power, or capacitance, voltage and clock")
        for name in SWITCHING:
            if given and name not in given:
                yield Problem(f"{key}.{name}", "", "required for C V^2 f")


def joints(design: DesignModel) -> Iterator[Problem]:
    """Each joint is a clamp of a line that reaches its stage, or passes a stated power."""
    if design.joints:
        from qubudget.materials.boundaries import boundary_names  # heavy, and seldom needed
    lines = {line.name: line for line in design.lines}
    for joint in design.joints:
        key = f"joints.{joint.name}"
        yield from reference(f"{key}.stage", joint.stage, stage_names(design))
        yield from reference(f"{key}.interface", joint.interface, boundary_names())
        if joint.area <= 0:
            yield Problem(f"{key}.area", f"{joint.area:g} m^2", "above 0")
        if (joint.line is None) == (joint.power is None):
            given = "neither" if joint.line is None else "both"
            yield Problem(f"{key}.line", given, "either a line, or a power")
        if joint.line is not None:
            yield from reference(f"{key}.line", joint.line, lines)
            if joint.line in lines:
                reached = reach(lines[joint.line], stage_names(design))
                yield from reference(f"{key}.stage", joint.stage, reached)
    clamps = Counter((joint.line, joint.stage) for joint in design.joints if joint.line)
    for (line, stage), times in clamps.items():
        if times > 1:
            yield Problem("joints", f"{times} clamps of {line} at {stage}", "one")
    if design.qubit.joint is None:
        return
    parts = {joint.name: joint for joint in design.joints if joint.line is None}
    yield from reference("qubit.joint", design.qubit.joint, parts)
    of_chip = parts.get(design.qubit.joint)
    if of_chip is not None and of_chip.stage != design.qubit.stage:
        allowed = f"a joint at the qubit's stage, {design.qubit.stage}"
        yield Problem("qubit.joint", f"{of_chip.name} at {of_chip.stage}", allowed)


def samples(design: DesignModel) -> Iterator[Problem]:
    if 0 < design.cryostat.samples < LEAST_SAMPLES:
        allowed = f"0, or from {LEAST_SAMPLES}: fewer do not resolve a 95 % interval"
        yield Problem("cryostat.samples", str(design.cryostat.samples), allowed)


FRIDGE_RULES: tuple[Callable[[DesignModel], Iterable[Problem]], ...] = (
    stage_order,
    stage_cooling,
    line_ends,
    line_reach,
    line_tables,
    line_signals,
    electronics,
    cables,
    joints,
    samples,
)
