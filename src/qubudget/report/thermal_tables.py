"""The cryostat as tables: stages, operations, shape, needs, joints.

The loads stand as a tree in ``load_tree``, cables and runaway in ``cable_tables`` and
``runaway_tables``.
"""

from __future__ import annotations

from qubudget.report.numbers import MISSING, engineering, interval, margin, percent, quantity
from qubudget.report.reading import (
    Data,
    flat,
    held_stages,
    mark_measured,
    number,
    reasons,
    rows,
    section,
)
from qubudget.report.table import (
    HELD,
    Column,
    Table,
    in_unit,
    leaves_table,
    make_table,
    shown,
    text_column,
)


def thermal_tables(data: Data) -> list[Table]:
    """Stages, the whole cryostat, and what the data have of operations, shape, needs, joints."""
    part = section(data, "thermal")
    if not part:
        return []
    limit = section(part, "max_qubits")
    by_stage = section(limit, "by_stage")
    drawn = section(part, "intervals")
    spreads = {str(row.get("name")): row for row in rows(drawn, "stages")}
    held = held_stages(part)
    stages = []
    for stage in rows(part, "stages"):
        name = str(stage.get("name"))
        warmth = shown(stage, "temperature_K", in_unit("K")) + HELD * (name in held)
        load = shown(stage, "load_W", in_unit("W"))
        stages.append(
            (
                name,
                mark_measured(stage, "temperature_K", warmth),
                mark_measured(stage, "load_W", load),
                shown(stage, "capacity_W", in_unit("W")),
                shown(stage, "margin", margin),
                quantity(by_stage.get(name)),
                _between(spreads.get(name, {})),
            )
        )
    columns = [
        text_column("stage"),
        *map(Column, HEADS),
        Column("95 % of temperature", brief=False),
    ]
    note = "Rated: cooling power at the rated temperature; max qubits: how many it could hold. "
    if held:
        note += f"{HELD.strip()}: held whatever the load, not solved. "
    note += reasons(*rows(part, "stages"), {"name": "max qubits", **limit})
    beyond = [str(s.get("name")) for s in rows(part, "stages") if s.get("extrapolated") is True]
    if beyond:
        note += f" Beyond the range of the cooling data: {', '.join(beyond)}."
    for notice in part.get("notices") or ():
        note += f" Mind: {notice}."
    if drawn:
        note += f" {_spread_words(part, drawn)}"
    tables = [make_table("Stages, warm to cold", columns, stages, note)]
    hidden = _LEFT_OUT if rows(part, "shape") else (*_LEFT_OUT, "max_qubits.by_shape.")
    more = [pair for pair in flat(part) if not pair[0].startswith(hidden)]
    tables.append(leaves_table("Whole cryostat", more, reasons(part)))
    return [
        *tables,
        *_operations_table(part),
        *_shape_table(part),
        *_needs_table(part),
        *_joints_table(part),
    ]


HEADS = ("temperature", "load", "rated", "margin", "max qubits")
_LEFT_OUT = (
    "max_qubits.by_stage.",
    "max_qubits.basis",
    "intervals.",
    "max_qubits.by_component",
    "growth.",
    "runaway.",
)


def _spread_words(part: Data, drawn: Data) -> str:
    """What the drawn machines say beside the status, which is that of the best values."""
    lost = number(drawn, "runaway_probability")
    many = f"{drawn.get('samples')} machines drawn over the spreads of cables and cooling"
    if part.get("status") != "STABLE" or not lost:
        return f"95 %: {many}; a stage runs away in {percent(lost)} of them."
    return (
        f"95 %: {many}. STABLE is said of the best values: in {percent(lost)} of the drawn "
        "machines a stage runs away."
    )


def _between(row: Data) -> str:
    return interval(number(row, "temperature_low_K"), number(row, "temperature_high_K"), "K")


def _shape_table(part: Data) -> list[Table]:
    """Room for lines and electronics, where the design states what there is."""
    body = [
        (
            f"{row.get('stage')}: {row.get('kind')}",
            quantity(row.get("used"), str(row.get("unit"))),
            quantity(row.get("available"), str(row.get("unit"))),
            quantity(row.get("max_qubits")),
        )
        for row in rows(part, "shape")
    ]
    heads = [text_column("room"), Column("used"), Column("available"), Column("max qubits")]
    return [make_table("Shape", heads, body)] if body else []


def _needs_table(part: Data) -> list[Table]:
    """What each stage would need for the whole machine, beside the best known part."""
    body = [
        (
            str(row.get("stage")),
            shown(row, "factor", lambda value: engineering(value)),
            shown(row, "machine_load_W", in_unit("W")),
            shown(row, "best_known_W", in_unit("W")),
            str(row.get("best_known") or MISSING).replace("_", " "),
            shown(row, "machine_factor", lambda value: engineering(value)),
        )
        for row in rows(part, "needs")
    ]
    heads = [
        text_column("stage"),
        Column("load / rated"),
        Column("whole machine"),
        Column("best known"),
        text_column("of"),
        Column("machine / best"),
    ]
    note = (
        "Load / rated: of one fridge. Whole machine: heat if it were all in one fridge; best "
        "known: the largest published power at about that temperature; above 1 no known fridge "
        "does it."
    )
    title = "Needs of the whole machine in one fridge"
    return [make_table(title, heads, body, note)] if body else []


def _operations_table(part: Data) -> list[Table]:
    """Heat of every stage while the machine does one thing all the time."""
    operations = rows(part, "operations")
    if not operations:
        return []
    body = []
    beyond = []
    for stage in rows(part, "stages"):
        name, most = str(stage.get("name")), number(stage, "capacity_W")
        watts = [number(section(each, "load_W"), name) for each in operations]
        body.append((name, *(engineering(value, "W") for value in watts)))
        over = [
            str(each.get("name"))
            for each, value in zip(operations, watts, strict=True)
            if value is not None and most is not None and value > most
        ]
        if over:
            beyond.append(f"{name} ({', '.join(over)})")
    heads = [text_column("stage"), *(Column(str(each.get("name"))) for each in operations)]
    note = (
        "As modelled, at the temperatures of the cycle; each operation on all of its lines all the "
        "time, the cycle as the workload has it, with the heat of correction."
    )
    if beyond:
        note += f" Beyond the rated power: {'; '.join(beyond)}."
    return [make_table("Heat by operation", heads, body, note)]


def _joints_table(part: Data) -> list[Table]:
    """Chips and clamps over the stages that they are fixed to."""
    joints = rows(part, "joints")
    body = [
        (
            f"{row.get('name')}{SUSPECT if row.get('suspect') is True else ''}",
            str(row.get("stage")),
            str(row.get("line") or MISSING),
            shown(row, "heat_W", in_unit("W")),
            shown(row, "rise_K", in_unit("K")),
            interval(number(row, "rise_low_K"), number(row, "rise_high_K"), "K"),
        )
        for row in joints
    ]
    heads = [
        text_column("joint"),
        text_column("stage"),
        text_column("line"),
        Column("heat"),
        Column("over stage"),
        Column("95 %"),
    ]
    note = reasons(*joints)
    if any(row.get("suspect") is True for row in joints):
        note = f"{SUSPECT.strip()} its source contradicts itself; the interval covers it. {note}"
    return [make_table("Joints", heads, body, note)] if body else []


SUSPECT = " (!)"
"""Mark of a joint whose source contradicts itself."""
