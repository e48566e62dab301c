"""The cryostat as tables: stages, loads, limits by shape, needs of the whole machine."""

from __future__ import annotations

from qubudget.report.numbers import MISSING, engineering, interval, margin, percent, quantity
from qubudget.report.reading import Data, flat, number, reasons, rows, section
from qubudget.report.table import (
    Column,
    Table,
    in_unit,
    leaves_table,
    make_table,
    ratio,
    shown,
    text_column,
)

TOP_LOADS = 12


def thermal_tables(data: Data) -> list[Table]:
    """Stages, the whole cryostat, the largest loads."""
    part = section(data, "thermal")
    if not part:
        return []
    limit = section(part, "max_qubits")
    by_stage = section(limit, "by_stage")
    drawn = section(part, "intervals")
    spreads = {str(row.get("name")): row for row in rows(drawn, "stages")}
    stages = [
        (
            str(stage.get("name")),
            shown(stage, "temperature_K", in_unit("K")),
            shown(stage, "load_W", in_unit("W")),
            shown(stage, "capacity_W", in_unit("W")),
            shown(stage, "margin", margin),
            quantity(by_stage.get(str(stage.get("name")))),
            _between(spreads.get(str(stage.get("name")), {})),
        )
        for stage in rows(part, "stages")
    ]
    loads = rows(part, "loads")
    totals = {str(s.get("name")): number(s, "load_W") for s in rows(part, "stages")}
    shares = [
        (
            str(load.get("item")),
            str(load.get("stage")),
            str(load.get("kind")),
            engineering(number(load, "watts"), "W"),
            percent(ratio(number(load, "watts"), totals.get(str(load.get("stage"))))),
        )
        for load in _largest_shares(loads, totals)
    ]
    columns = [
        text_column("stage"),
        *map(Column, HEADS),
        Column("95 % of temperature", brief=False),
    ]
    note = (
        "Rated: cooling power at the rated temperature; max qubits: how many it could hold. "
        + reasons(*rows(part, "stages"), {"name": "max qubits", **limit})
    )
    beyond = [str(s.get("name")) for s in rows(part, "stages") if s.get("extrapolated") is True]
    if beyond:
        note += f" Beyond the range of the cooling data: {', '.join(beyond)}."
    if drawn:
        note += (
            f" 95 %: over the spreads of cables and cooling, {drawn.get('samples')} machines drawn;"
            f" in {percent(number(drawn, 'runaway_probability'))} of them a stage runs away."
        )
    tables = [make_table("Stages, warm to cold", columns, stages, note)]
    hidden = _LEFT_OUT if rows(part, "shape") else (*_LEFT_OUT, "max_qubits.by_shape.")
    more = [pair for pair in flat(part) if not pair[0].startswith(hidden)]
    tables.append(leaves_table("Whole cryostat", more, reasons(part)))
    if shares:
        heads = [
            text_column("item"),
            text_column("stage"),
            text_column("kind"),
            Column("heat"),
            Column("of stage"),
        ]
        note = f"The {TOP_LOADS} of {len(loads)} loads with the largest share of their stage."
        tables.append(
            make_table("Largest loads", heads, shares, note if len(loads) > TOP_LOADS else "")
        )
    return [*tables, *_shape_table(part), *_needs_table(part)]


HEADS = ("solved", "load", "rated", "margin", "max qubits")
_LEFT_OUT = (
    "max_qubits.by_stage.",
    "max_qubits.basis",
    "intervals.",
    "max_qubits.by_component",
    "growth.",
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
            str(row.get("best_known") or MISSING),
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
        Column("factor"),
    ]
    return [make_table("Needs of the whole machine in one fridge", heads, body)] if body else []


def _largest_shares(loads: list[Data], totals: dict[str, float | None]) -> list[Data]:
    """Loads by their share of their own stage: watts at 50 K would hide microwatts at 10 mK."""

    def share(load: Data) -> float:
        return ratio(number(load, "watts"), totals.get(str(load.get("stage")))) or 0.0

    return sorted(loads, key=lambda load: -share(load))[:TOP_LOADS]
