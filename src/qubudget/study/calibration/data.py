"""Measured T1 and T2 from a CSV file: columns with units in the header, checked row by row."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from qubudget.design.paths import nearest
from qubudget.design.problems import shown
from qubudget.design.units import example, to_si
from qubudget.errors import DesignError, Problem

MAX_BYTES = 1_000_000
MAX_ROWS = 2000
MAX_PROBLEMS = 50
QUANTITIES = {
    "temperature": "K",
    "frequency": "Hz",
    "tan_delta": "1",
    "t1": "s",
    "t1_error": "s",
    "t2": "s",
    "t2_error": "s",
}
"""Columns with numbers, and their SI units; the header says the unit of the file."""
TEXTS = ("label", "source", "status", "note")
NO_EVIDENCE = "memory"
"""Status of a row that nobody has seen in its source: it is left out."""
_NAME = re.compile(r"^[a-z0-9][a-z0-9-]{0,59}$")


@dataclass(frozen=True)
class Point:
    """One measured time and its conditions.

    ``row`` is its row in the file, the header being row 1; ``quantity`` "t1" or "t2";
    ``value`` and ``error`` (one standard deviation; None: not stated) in s; ``temperature`` (K),
    ``frequency`` (Hz) and ``tan_delta`` are None where the file does not give them.
    """

    row: int
    label: str
    quantity: str
    value: float
    error: float | None
    temperature: float | None
    frequency: float | None
    tan_delta: float | None


@dataclass(frozen=True)
class MeasuredTimes:
    """The points of a file, its name and the SHA-256 of its bytes, and what was left out."""

    name: str
    sha256: str
    points: tuple[Point, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True)
class _Column:
    name: str
    header: str
    unit: str
    """As written in the header; empty for a plain number or a text."""


def data_names() -> tuple[str, ...]:
    """Names of the data sets that ship with qubudget."""
    folder = files("qubudget.materials") / "data" / "calibration"
    return tuple(
        sorted(f.name.removesuffix(".csv") for f in folder.iterdir() if f.name.endswith(".csv"))
    )


def read_times(data: str | Path, *, errors_unknown: bool = False) -> MeasuredTimes:
    """Read a CSV file, or a shipped data set by its name.

    Parameters
    ----------
    data : path, or one of `data_names`.
    errors_unknown : True for a file that states no errors; one that does is then refused, and
        one that does not is refused otherwise.

    Raises
    ------
    DesignError: everything wrong with the file, with the rows.
    """
    text = str(data)
    if isinstance(data, str) and _NAME.match(text) and text in data_names():
        place = files("qubudget.materials") / "data" / "calibration" / f"{text}.csv"
        return parse_times(place.read_bytes(), text, errors_unknown=errors_unknown)
    path = Path(text)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "no such file"
        allowed = "a CSV file, or one of " + ", ".join(data_names())
        raise DesignError(text, [Problem("data", what, allowed, nearest(text, data_names()))])
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise DesignError(text, [Problem("data", str(error), "a readable file")]) from error
    return parse_times(content, path.name, errors_unknown=errors_unknown)


def parse_times(content: bytes, name: str, *, errors_unknown: bool = False) -> MeasuredTimes:
    """The measured times in the bytes of a CSV file; see `read_times`."""
    if len(content) > MAX_BYTES:
        raise DesignError(name, [Problem("data", "a larger file", f"at most {MAX_BYTES:,} bytes")])
    try:
        stream = io.StringIO(content.decode("utf-8-sig"), newline="")
        table = list(csv.reader(stream, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DesignError(name, [Problem("data", str(error), "CSV in UTF-8")]) from error
    if len(table) < 2:
        raise DesignError(name, [Problem("data", f"{len(table)} lines", "a header and rows")])
    if len(table) > MAX_ROWS + 1:
        given = f"{len(table) - 1:,} rows"
        raise DesignError(name, [Problem("data", given, f"at most {MAX_ROWS:,} rows")])
    columns, problems = _columns(table[0])
    if problems:
        raise DesignError(name, problems)
    points: list[Point] = []
    forgotten: list[int] = []
    for row, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            allowed = f"{len(columns)} cells, as the header has"
            problems.append(Problem(f"row {row}", f"{len(cells)} cells", allowed))
            continue
        written = {c.name: cell.strip() for c, cell in zip(columns, cells, strict=True)}
        if written.get("status", "").lower() == NO_EVIDENCE:
            forgotten.append(row)
            continue
        values = dict(_numbers(row, columns, written, problems))
        points += _points(row, written.get("label", ""), written, values, problems)
    problems += _error_problems(points, errors_unknown)
    if not points and not problems:
        given = "none" if not forgotten else f"none but rows of status '{NO_EVIDENCE}'"
        problems.append(Problem("data", given, "at least one row with a T1 or a T2"))
    if problems:
        more = len(problems) - MAX_PROBLEMS
        if more > 0:
            problems = [*problems[:MAX_PROBLEMS], Problem("data", f"{more} more problems", "none")]
        raise DesignError(name, problems)
    notices = []
    if forgotten:
        rows = ", ".join(map(str, forgotten))
        notices.append(f"left out, being no evidence (status '{NO_EVIDENCE}'): row {rows}")
    digest = hashlib.sha256(content).hexdigest()
    return MeasuredTimes(name, digest, tuple(points), tuple(notices))


def _columns(header: list[str]) -> tuple[list[_Column], list[Problem]]:
    columns: list[_Column] = []
    problems: list[Problem] = []
    for cell in map(str.strip, header):
        known = [n for n in QUANTITIES if cell == n or cell.startswith(f"{n}_")]
        name = max(known, key=len, default=cell)
        unit = cell[len(name) + 1 :]
        if name in QUANTITIES:
            wrong = _unit_problem(cell, name, unit)
            if wrong is not None:
                problems.append(wrong)
                continue
        elif name not in TEXTS:
            names = (*QUANTITIES, *TEXTS)
            allowed = "columns " + ", ".join(names)
            problems.append(Problem(f"column {shown(cell)}", "", allowed, nearest(cell, names)))
            continue
        if any(column.name == name for column in columns):
            problems.append(Problem(f"column {shown(cell)}", f"a second {name}", "each once"))
        columns.append(_Column(name, cell, unit))
    if not problems and not any(column.name in ("t1", "t2") for column in columns):
        problems.append(Problem("header", "neither T1 nor T2", "a column such as t1_us or t2_us"))
    return columns, problems


def _unit_problem(cell: str, name: str, unit: str) -> Problem | None:
    si = QUANTITIES[name]
    if si == "1":
        return Problem(f"column {cell}", f"the unit {unit}", "no unit") if unit else None
    try:
        to_si(f"1 {unit}", si)
    except ValueError as error:
        allowed = f"a unit after the name, such as {name}_{example(si).split()[-1].rstrip(chr(39))}"
        return Problem(f"column {cell}", "", f"{allowed} ({error})" if unit else allowed)
    return None


def _numbers(
    row: int, columns: list[_Column], written: Mapping[str, str], problems: list[Problem]
) -> Iterator[tuple[str, float]]:
    for column in columns:
        cell = written[column.name]
        if column.name not in QUANTITIES or not cell:
            continue
        try:
            number = float(cell)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and number > 0):
            key = f"row {row}, {column.header}"
            problems.append(Problem(key, shown(cell), "a finite number above zero"))
            continue
        si = QUANTITIES[column.name]
        yield column.name, number if si == "1" else to_si(f"{number!r} {column.unit}", si)


def _points(
    row: int,
    label: str,
    written: Mapping[str, str],
    values: Mapping[str, float],
    problems: list[Problem],
) -> list[Point]:
    t1, t2 = values.get("t1"), values.get("t2")
    if not written.get("t1") and not written.get("t2"):
        problems.append(Problem(f"row {row}", "neither T1 nor T2", "at least one of them"))
    if t1 is not None and t2 is not None and t2 > 2 * t1:
        given = f"T2 = {t2:g} s, T1 = {t1:g} s"
        problems.append(Problem(f"row {row}", given, "T2 of at most 2 T1, as every qubit has"))
    if values.get("tan_delta", 0.0) > 1:
        problems.append(Problem(f"row {row}, tan_delta", written["tan_delta"], "at most 1"))
    found = []
    for quantity, value in (("t1", t1), ("t2", t2)):
        error = values.get(f"{quantity}_error")
        if value is None:
            if error is not None and not written.get(quantity):
                key = f"row {row}, {quantity}_error"
                problems.append(Problem(key, f"an error without {quantity}", "both or neither"))
            continue
        if error is not None and error >= value:
            given = f"{error:g} s on {value:g} s"
            allowed = "an error below the value: the fit is in the logarithm"
            problems.append(Problem(f"row {row}, {quantity}_error", given, allowed))
        conditions = (values.get(key) for key in ("temperature", "frequency", "tan_delta"))
        found.append(Point(row, label, quantity, value, error, *conditions))
    return found


def _error_problems(points: list[Point], errors_unknown: bool) -> list[Problem]:
    stated = [point for point in points if point.error is not None]
    if errors_unknown:
        if not stated:
            return []
        return [
            Problem("--errors-unknown", "a file that states errors", "only where it states none")
        ]
    if not stated and points:
        allowed = "a column t1_error_... or t2_error_..., or the option --errors-unknown"
        return [Problem("errors", "none in the whole file", allowed)]
    return [
        Problem(f"row {p.row}, {p.quantity}_error", "", "an error for every value")
        for p in points
        if p.error is None
    ]


def usable(
    times: MeasuredTimes, quantities: tuple[str, ...], conditions: tuple[str, ...], model: str
) -> MeasuredTimes:
    """The points that a model can use, with notices of what it does not read.

    quantities : which of "t1" and "t2" it gives. conditions : the columns that it reads beside.
    """
    kept = tuple(point for point in times.points if point.quantity in quantities)
    notices = list(times.notices)
    dropped = len(times.points) - len(kept)
    if dropped:
        words = " and ".join(quantity.upper() for quantity in quantities)
        notices.append(f"{dropped} values left out: the model {model} gives {words} only")
    for name in ("temperature", "frequency", "tan_delta"):
        if name not in conditions and any(getattr(p, name) is not None for p in kept):
            notices.append(f"column {name} left out: the model {model} does not read it")
    return replace(times, points=kept, notices=tuple(notices))
