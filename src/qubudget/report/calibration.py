"""A calibration as tables, as a figure of its residuals, and as files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qubudget.errors import DesignError, Problem
from qubudget.report.canvas import axes_for, plain, svg
from qubudget.report.numbers import MISSING, engineering
from qubudget.report.reading import Data, number, reason, rows, section, source_line
from qubudget.report.style import BLUE, INK, VERMILLION
from qubudget.report.table import Column, Table
from qubudget.whole import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from rich.console import Console

MOST_LABELS = 20
_MARKS = {"t1": ("o", BLUE, "T1"), "t2": ("s", VERMILLION, "T2")}


def calibration_tables(data: Data) -> list[Table]:
    """Parameters with their intervals, correlations, and residuals."""
    parameters = rows(data, "parameters")
    keys = [str(p.get("key")) for p in parameters]
    found = [_parameters_table(parameters)]
    matrix = data.get("correlations") or []
    if len(keys) > 1:
        columns = (Column("", numeric=False), *(Column(str(i + 1)) for i in range(len(keys))))
        body = tuple(
            (f"{i + 1} {key}", *(engineering(value) for value in line))
            for i, (key, line) in enumerate(zip(keys, matrix, strict=True))
        )
        found.append(Table("Correlations of the logarithms", columns, body))
    return [*found, _residuals_table(data)]


def _parameters_table(parameters: list[Data]) -> Table:
    def show(parameter: Data, key: str) -> str:
        unit = str(parameter.get("unit"))
        return engineering(number(parameter, key), "x" if unit == "dB" else unit, digits=4)

    columns = (
        Column("parameter", numeric=False), Column("start"), Column("best"), Column("low 95 %"),
        Column("high 95 %"), Column("interval", numeric=False),
    )  # fmt: skip
    body = tuple(
        (
            str(p.get("key")),
            *(show(p, key) for key in ("start", "best", "low", "high")),
            str(p.get("interval_method") or MISSING),
        )
        for p in parameters
    )
    said = [f"{p.get('key')}: {reason(p)}." for p in parameters if reason(p)]
    return Table("Fitted parameters", columns, body, " ".join(said))


def _residuals_table(data: Data) -> Table:
    columns = (
        Column("row", numeric=False), Column("time", numeric=False), Column("at"),
        Column("measured"), Column("error"), Column("fitted"), Column("pull"),
    )  # fmt: skip
    body = tuple(
        (
            f"{r.get('row')} {r.get('label') or ''}".strip(),
            str(r.get("quantity")).upper(),
            engineering(number(r, "temperature_K"), "K"),
            engineering(number(r, "measured_s"), "s"),
            engineering(number(r, "error_s"), "s"),
            engineering(number(r, "modelled_s"), "s"),
            engineering(number(r, "pull")),
        )
        for r in rows(data, "residuals")
    )
    note = "pull: logarithm of fitted over measured, in relative errors"
    return Table("Residuals", columns, body, note)


def goodness_words(data: Data) -> str:
    """Points, degrees of freedom, and how good the fit is, in one line."""
    parts = [f"{data.get('points')} values, {data.get('dof')} degrees of freedom"]
    for key, words in (
        ("chi2", "chi-square"), ("reduced_chi2", "reduced"), ("p_value", "p-value"),
        ("relative_scatter", "relative scatter"),
    ):  # fmt: skip
        if number(data, key) is not None:
            parts.append(f"{words} {engineering(number(data, key))}")
    return ", ".join(parts) + (f" ({reason(data)})" if reason(data) else "")


def print_calibration(data: Data, console: Console) -> None:
    """What was fitted to what, parameters, goodness of fit, residuals, notices."""
    from rich.text import Text

    from qubudget.report.terminal import print_table

    made = section(data, "data")
    heading = f"{made.get('name')} fitted by the model {data.get('model')}"
    if section(data, "provenance").get("design_sha256"):
        heading += f" of {data.get('name')}"
    console.print(Text(heading, "bold"))
    console.print(Text(goodness_words(data)))
    console.print()
    for table in calibration_tables(data):
        print_table(table, console)
    for notice in data.get("notices") or []:
        console.print(Text(f"note: {notice}", "yellow"))
    sha = str(made.get("sha256"))[:12]
    console.print(Text(f"{source_line(data)} · data {sha}", "dim"))


def draw_residuals(data: Data, ax: Axes | None = None) -> Axes:
    """Measured over fitted times of every point, with error bars of one standard deviation."""
    ax = axes_for(data, ax)
    found = rows(data, "residuals")
    ax.set_title(plain(f"Residuals of {section(data, 'data').get('name')}, {data.get('model')}"))
    ax.set_xlabel("measured / fitted time (ratio)")
    ax.axvline(1.0, color=INK, linewidth=1.0)
    ax.grid(visible=False, axis="y")
    for quantity, (marker, color, label) in _MARKS.items():
        own = [(i, r) for i, r in enumerate(found) if r.get("quantity") == quantity]
        if not own:
            continue
        fitted = [float(r["modelled_s"]) for _, r in own]
        ratios = [float(r["measured_s"]) / f for (_, r), f in zip(own, fitted, strict=True)]
        errors = [(number(r, "error_s") or 0.0) / f for (_, r), f in zip(own, fitted, strict=True)]
        ax.errorbar(
            ratios, [i for i, _ in own], xerr=errors, fmt=marker, color=color, label=label,
            markersize=5, capsize=2, linewidth=0, elinewidth=1.2,
        )  # fmt: skip
    ax.invert_yaxis()
    if len(found) <= MOST_LABELS:
        names = [plain(r.get("label") or f"row {r.get('row')}") for r in found]
        ax.set_yticks(range(len(found)), names)
        ax.set_ylabel("measurement")
    else:
        ax.set_ylabel("measurement, in the order of the file")
    if found:
        ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def write_calibration(
    document: Mapping[str, Any], designs: Mapping[str, str], folder: Path
) -> list[Path]:
    """Write calibration.json, residuals.svg and the calibrated designs (texts by file name).

    Raises
    ------
    DesignError: the folder cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=2, allow_nan=False) + "\n"
        return [
            write_whole(folder / "calibration.json", text),
            write_whole(folder / "residuals.svg", svg(draw_residuals, document)),
            *(write_whole(folder / name, content) for name, content in designs.items()),
        ]
    except OSError as error:
        allowed = "a folder that can be written"
        raise DesignError(str(folder), [Problem("--output", str(error), allowed)]) from error
