"""Heat loads and stage temperatures as CSV, units in the header; measured ones read back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qubudget.design import Design
from qubudget.design.units import to_si
from qubudget.errors import DesignError, Problem
from qubudget.interchange.files import refused, write_text

if TYPE_CHECKING:
    from qubudget.pipeline import Report

MAX_BYTES = 1_000_000
_COLUMN = re.compile(r"(load|temperature)(?:_| ?\[| ?\()([A-Za-zµμ]+)[\])]?")
_UNITS: Mapping[str, str] = {"load": "W", "temperature": "K"}


def export_loads(report: Report, folder: Path) -> list[Path]:
    """Write ``loads.csv``, every source of heat, and ``stages.csv``, every stage; W and K.

    An empty cell is a value that has no meaning, such as a temperature after a runaway.

    Raises
    ------
    DesignError: a folder that cannot be written.
    """
    thermal = report.thermal
    loads = [[load.stage, load.item, load.kind, repr(load.watts)] for load in thermal.loads]
    stages = [
        [
            stage.name,
            "" if stage.temperature is None else repr(float(stage.temperature)),
            repr(float(stage.load)),
            repr(float(stage.capacity)),
        ]
        for stage in thermal.stages
    ]
    return [
        write_text(folder, "loads.csv", _csv(["stage", "item", "kind", "load_W"], loads)),
        write_text(
            folder, "stages.csv", _csv(["stage", "temperature_K", "load_W", "capacity_W"], stages)
        ),
    ]


def from_loads_csv(path: Path, design: Design) -> dict[str, str]:
    """Measured loads and temperatures as changes of the design's ``measured`` table.

    path : of a CSV with the columns ``stage`` and ``load_UNIT`` or ``temperature_UNIT`` or both,
    such as ``load_uW`` or ``temperature [mK]``; other columns are left out. An empty cell was not
    measured. Rows of one stage add up where the file has the column ``item``; without it a stage
    stands there once.

    Raises
    ------
    DesignError: everything that is wrong with the file, at once.
    """
    header, rows = _table(path)
    columns, problems = _columns(header)
    stages = [stage.name for stage in design.stages]
    found: dict[str, float] = {}
    for number, row in enumerate(rows, start=2):
        stage = row[header.index("stage")].strip() if "stage" in header else ""
        if "stage" in header and stage not in stages:
            allowed = "one of " + ", ".join(stages)
            problems.append(Problem(f"line {number}: stage", repr(stage), allowed))
            continue
        for index, (quantity, unit) in columns.items():
            if not (text := row[index].strip()):
                continue
            key = f"measured.{quantity}.{stage}"
            try:
                value = to_si(f"{text} {unit}", _UNITS[quantity])
            except ValueError as error:
                problems.append(Problem(f"line {number}: {header[index]}", text[:60], str(error)))
                continue
            if key in found and not (quantity == "load" and "item" in header):
                problems.append(Problem(f"line {number}: stage", stage, "each stage once"))
                continue
            found[key] = found.get(key, 0.0) + value
    if not (problems or found):
        problems.append(Problem("file", "no values", "measured loads or temperatures"))
    if problems:
        raise DesignError(path.name, problems)
    return {key: f"{value!r} {_UNITS[key.split('.')[1]]}" for key, value in found.items()}


def _columns(header: list[str]) -> tuple[dict[int, tuple[str, str]], list[Problem]]:
    """Quantity and unit by column, and what is wrong with them."""
    found: dict[int, tuple[str, str]] = {}
    problems = []
    for index, name in enumerate(header):
        if (match := _COLUMN.fullmatch(name)) is None:
            continue
        quantity, unit = match.groups()
        try:
            to_si(f"1 {unit}", _UNITS[quantity])
        except ValueError as error:
            problems.append(Problem(name, unit, str(error)))
            continue
        if quantity in (q for q, _ in found.values()):
            problems.append(Problem(name, "a second column", f"one column of {quantity}"))
        found[index] = quantity, unit
    if "stage" not in header or not (found or problems):
        given = ", ".join(header)[:200] or "nothing"
        allowed = "columns 'stage' and 'load_W' or 'temperature_K', in any unit"
        problems.append(Problem("header", given, allowed))
    return found, problems


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise refused(path.name, "file", "a larger one", f"at most {MAX_BYTES:,} bytes")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise refused(path.name, "file", str(error), "a CSV file, UTF-8") from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise refused(path.name, "file", "nothing", "a header and rows")
    header = [name.strip() for name in rows[0]]
    uneven = [n for n, row in enumerate(rows[1:], start=2) if len(row) != len(header)]
    if uneven:
        given = f"{len(rows[uneven[0] - 1])} cells"
        raise refused(path.name, f"line {uneven[0]}", given, f"{len(header)}, as in the header")
    return header, rows[1:]


def _csv(header: list[str], rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue()
