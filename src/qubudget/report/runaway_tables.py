"""Whether the heat of correcting errors runs away, as a table that explains its rows."""

from __future__ import annotations

from qubudget.report.numbers import duration, engineering
from qubudget.report.reading import Data, number, reason, reasons, rows, section
from qubudget.report.table import Column, Table, in_unit, make_table, shown, text_column

OVER = "none: already over"
_PHASES = {
    "bounded": "One temperature at which cooling and load agree, from any start.",
    "bistable": "The start decides between two ends, one of them possibly a runaway.",
    "unbounded": "No temperature at which cooling and load agree: it runs away.",
}
_ENDS = {
    "feedback": "Beyond, errors heat more than the stage cools.",
    "range": "Beyond, the stage would be hotter than is modelled.",
    "base": "Its cooling does not rise with its temperature.",
}


def runaway_tables(data: Data) -> list[Table]:
    """Where the heat of error correction runs away; the map of phases is a figure's."""
    part = section(data, "thermal", "runaway")
    body = [row for row in _rows(part, _accepted(data, part)) if row[1]]
    note = " ".join(text for text in (reason(part), reasons(part)) if text)
    if not body and not note:
        return []
    heads = [text_column("quantity"), Column("value"), text_column("meaning")]
    return [make_table("Runaway of error correction", heads, body, note)]


def _rows(part: Data, accepted: str) -> list[tuple[str, str, str]]:
    """Name, value and meaning; the value of what is not known is empty."""
    stage, phase = str(part.get("correction_stage") or ""), str(part.get("phase") or "")
    hottest = engineering(number(part, "hottest_temperature_K"), "K")
    beyond = "Cooling data end before that." if part.get("extrapolated") is True else ""
    ends = _ENDS.get(str(part.get("limited_by")), "")
    balances = ", ".join(
        shown(point, "temperature_K", in_unit("K")) + " (unstable)" * (not point.get("stable"))
        for point in rows(part, "fixed_points")
    )
    loop = section(part, "hysteresis")
    from_to = [number(loop, f"bistable_{end}_qubits") for end in ("from", "to")]
    both = "" if None in from_to else " to ".join(engineering(n) for n in from_to)
    time = number(part, "time_to_runaway_s")
    copper = engineering(number(part, "copper_kg"), "kg")
    return [
        ("stage", stage, "Takes the heat of correcting errors."),
        ("energy of one correction", _known(part, "energy_J", "J"), "As the design states."),
        ("phase", phase, _PHASES.get(phase, "")),
        (
            "temperature in balance", balances,
            "With as many lines as the qubits need, not rounded to whole groups, without measured "
            "values: it may differ from that of the table of stages.",
        ),
        (
            "most qubits in balance", _most(part, "critical_qubits"),
            f"At the design's energy, at up to {hottest}. {ends} {beyond}".rstrip(),
        ),
        (
            "most energy in balance", _most(part, "critical_energy_J", "J"),
            "Of one correction, with this design's qubits.",
        ),
        (
            f"most qubits {accepted}", _most(part, "accepted_qubits"),
            "Not rounded down to whole groups of lines; the max qubits of a stage are.",
        ),
        (
            f"most energy {accepted}", _most(part, "accepted_energy_J", "J"),
            "Of one correction, with this design's qubits.",
        ),
        ("start decides", both and f"{both} qubits", "Between these two temperatures are stable."),
        (
            "time to runaway", "" if time is None else duration(time),
            f"From the coldest to the hottest that is modelled, for {copper} of copper.",
        ),
    ]  # fmt: skip


def _accepted(data: Data, part: Data) -> str:
    """Within which temperature the design accepts the stage, as words."""
    stages = rows(section(data, "thermal"), "stages")
    own = [s for s in stages if s.get("name") == part.get("correction_stage")]
    limit = number(own[0], "max_temperature_K") if own else None
    return "as cold as accepted" if limit is None else f"within {engineering(limit, 'K')}"


def _known(part: Data, key: str, unit: str = "") -> str:
    value = number(part, key)
    return "" if value is None else engineering(value, unit)


def _most(part: Data, key: str, unit: str = "") -> str:
    """A largest value; below zero there is none, since the load without corrections is over."""
    value = number(part, key)
    return OVER if value is not None and value < 0 else _known(part, key, unit)
