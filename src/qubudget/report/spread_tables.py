"""Intervals over a design's spreads with what to measure next, and machines by size, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from qubudget.report.numbers import MISSING, engineering, interval, percent, quantity
from qubudget.report.reading import Data, design_name, number, reason, rows, section, source_line
from qubudget.report.table import Column, Table, in_unit, make_table, shown, text_column
from qubudget.report.terminal import print_table

if TYPE_CHECKING:
    from rich.console import Console


def uncertainty_tables(data: Data) -> list[Table]:
    """Headline numbers with intervals and what moves them most; then the uncertain inputs."""
    return [_outputs_table(data), _inputs_table(data)]


def _outputs_table(data: Data) -> Table:
    lead = section(data, "sensitivity", "measure_next")
    shares = {
        (row.get("output"), row.get("input")): number(row, "total")
        for row in rows(section(data, "sensitivity"), "indices")
    }
    body = []
    for row in rows(data, "outputs"):
        name, unit = str(row.get("name")), str(row.get("unit") or "")
        first = lead.get(name)
        body.append(
            (
                str(row.get("title")),
                shown(row, "best", in_unit(unit)),
                interval(number(row, "low"), number(row, "high"), unit),
                str(first or MISSING),
                percent(shares.get((name, first))),
                shown(row, "without_value", percent),
            )
        )
    logical = section(data, "logical")
    said = [str(note) for note in data.get("notes") or ()]
    if logical:
        effects = rows(logical, "effects")
        body.append(
            (
                str(logical.get("title")),
                shown(logical, "best", in_unit("1/day")),
                interval(number(logical, "low"), number(logical, "high"), "1/day"),
                str(effects[0].get("input")) if effects else MISSING,
                MISSING,
                MISSING,
            )
        )
        counted = section(logical, "counting_alone")
        ends = interval(number(counted, "low"), number(counted, "high"), "1/day")
        said.append(
            f"logical errors: {logical.get('runs')} simulations; by counting alone {ends}; moved "
            "most by Morris' effect, not a share of variance"
        )
        if reason(logical):
            said.append(reason(logical))
    heads = [
        text_column("quantity"), Column("best"), Column("95 % interval"),
        text_column("measure next"), Column("of its variance"),
        Column("no value in", brief=False),
    ]  # fmt: skip
    note = (
        "Measure next: the input of the largest total Sobol index, of logarithms (margins: of "
        "themselves). An end without a value is a machine without balance or superconductivity."
    )
    return make_table("Spreads through the whole chain", heads, body, _sentences([note, *said]))


def _inputs_table(data: Data) -> Table:
    body = [
        (
            str(row.get("name")),
            _width(row),
            str(row.get("distribution")),
            ", ".join(row.get("keys") or [str(row.get("parameter"))]),
            str(row.get("source")),
        )
        for row in rows(data, "inputs")
    ]
    heads = [
        text_column("input"), Column("95 % width"), text_column("distribution", brief=False),
        text_column("of", brief=False), text_column("from", brief=False),
    ]  # fmt: skip
    left = [str(text) for text in data.get("left_out") or ()]
    return make_table("What is uncertain", heads, body, _sentences(left))


def _width(row: Data) -> str:
    if row.get("distribution") == "log-normal":
        return f"×/÷ {engineering(number(row, 'width_95'))}"
    return f"± {percent(number(row, 'width_95'))}"


def scale_tables(data: Data) -> list[Table]:
    """What a machine of every size is made of, and how often it fails."""
    found = rows(data, "machines")
    body = [
        (
            quantity(row.get("physical_qubits")),
            quantity(row.get("fridges")),
            quantity(row.get("logical_qubits")),
            shown(row, "wall_power_W", in_unit("W")),
            shown(row, "bursts_per_day", engineering),
            shown(section(row, "logical_errors_per_day"), "value", engineering),
            _ends(section(row, "logical_errors_per_day")),
            shown(section(row, "burst_errors_per_day"), "value", engineering),
            shown(section(row, "correlated_bursts_per_day"), "value", engineering),
            quantity(row.get("chips")),
            quantity(row.get("lines")),
        )
        for row in found
    ]
    heads = [
        Column("qubits"), Column("fridges"), Column("logical qubits"), Column("at the wall"),
        Column("bursts a day"), Column("errors a day"), Column("95 % interval", brief=False),
        Column("by bursts", brief=False), Column("fail together", brief=False),
        Column("chips", brief=False), Column("lines", brief=False),
    ]  # fmt: skip
    note = (
        "Errors of all logical qubits together. Fail together: bursts that fail two patches or "
        f"more of one chip. {number(data, 'distinct_fridges') or 0:g} different fridges were "
        "solved and one patch simulated. Links between fridges are not modelled."
    )
    said = dict.fromkeys(reason(row) for row in found if reason(row))
    return [make_table("The machine as it grows", heads, body, _sentences([note, *said]))]


def _ends(errors: Data) -> str:
    return interval(number(errors, "low"), number(errors, "high"))


def print_uncertainty(data: Data, console: Console) -> None:
    """The document of ``qubudget uncertainty`` on a terminal."""
    _print(uncertainty_tables(data), data, console)


def print_scale(data: Data, console: Console) -> None:
    """The document of ``qubudget scale`` on a terminal, of one design or of several."""
    for design in rows(data, "designs") or [data]:
        _print(scale_tables(design), design, console)


def _print(tables: list[Table], data: Data, console: Console) -> None:
    console.print(Text(design_name(data), "bold"))
    for table in tables:
        print_table(table, console)
    console.print(Text(source_line(data), "dim"))


def _sentences(texts: list[str]) -> str:
    return " ".join(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in texts if text)
