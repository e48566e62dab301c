"""Counter-measures compared, and what a target asks of code and bursts, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from qubudget.report.numbers import MISSING, engineering, interval, percent, quantity
from qubudget.report.reading import Data, design_name, number, reason, rows, section, source_line
from qubudget.report.table import Column, Table, in_unit, make_table, shown, text_column
from qubudget.report.terminal import print_table

if TYPE_CHECKING:
    from rich.console import Console

QUANTITIES = {
    "t1_dip": "lowest T1 in a burst",
    "recovery": "longest recovery, to 1/e",
    "radius": "largest radius",
    "rate": "highest rate, per chip",
}
"""What a requirement on bursts is called."""


def mitigation_tables(data: Data) -> list[Table]:
    """Every counter-measure beside the design, in errors and in impacts, and what is published."""
    found = rows(data, "rows")
    struck = [row for row in found if section(row, "impact") and row.get("changes")]
    impacts = [_factors_table(struck), _million_table(found, struck)] if struck else []
    claims = [_claims_table(found)] if _claimed(found) else []
    return [_variants_table(found), *impacts, *claims]


def _variants_table(found: list[Data]) -> Table:
    body = [
        (
            str(row.get("name")),
            _value(row, "logical_errors_per_day"),
            _value(row, "bursts_per_day"),
            _share(row, "bursts_left"),
            shown(row, "physical_qubits_per_logical", engineering),
            _interval(row, "logical_errors_per_day"),
            _value(row, "quiet_per_day"),
            shown(row, "burst_rate_per_s", in_unit("1/s")),
            _value(row, "failure_per_burst"),
            shown(row, "dead_time_share", percent),
            shown(row, "spare_patches", engineering),
        )
        for row in found
    ]
    heads = [
        text_column("design"), Column("errors a day"), Column("by bursts"), Column("bursts left"),
        Column("qubits"), Column("95 % interval", brief=False), Column("quiet", brief=False),
        Column("bursts", brief=False), Column("fails per burst", brief=False),
        Column("time lost", brief=False), Column("spares", brief=False),
    ]  # fmt: skip
    note = (
        "Per logical qubit. Bursts left: 95 % interval of the share of the design's failures by "
        "bursts; of what is computed anew, both ends are uncertain. Qubits: physical ones, chips "
        "and spares included."
    )
    said = [note, *_reasons(found), *(sentence for row in found for sentence in _said(row))]
    title = "Counter-measures against bursts, one at a time"
    return Table(title, tuple(heads), tuple(body), "\n".join(said))


CLAIMED = "what the paper asks"
_FACTORS = {
    "rate": "impacts", "footprint": "qubits hit", "t1_dip": "T1 dip", "duration": "duration",
}  # fmt: skip
"""What an impact's factors are of."""


def _factors_table(struck: list[Data]) -> Table:
    body = [
        (
            str(row.get("name")),
            *(_ends(section(row, "impact", key)) for key in _FACTORS),
            *(_value(section(row, "impact"), key) for key in (*_FACTORS, "hitting_rate")),
            quantity(section(row, "impact").get("same_impacts")),
        )
        for row in struck
    ]
    heads = [
        text_column("design"), *(Column(f"{name} /") for name in _FACTORS.values()),
        *(Column(name, brief=False) for name in _FACTORS.values()),
        Column("impacts that hit", brief=False), Column("same impacts", brief=False),
    ]  # fmt: skip
    asked = engineering(number(section(struck[0], "impact", "claimed"), "each"))
    body.append((CLAIMED, MISSING, *(asked,) * 3, *(MISSING,) * 6))
    note = (
        "What is divided by how much, 95 % intervals; below 1 is worse. Impacts: by radiation, on "
        "one chip, computed. The others are means over drawn impacts, the same ones where chip "
        "size and radiation are the design's. Qubits hit: excess 1/T1 above the design's quiet "
        "1/T1. T1 dip: excess 1/T1 of the worst qubit. Duration: until no qubit is hit. Not in "
        "the intervals: the spread of materials."
    )
    return make_table("What each buys in an impact", heads, body, note)


def _million_table(found: list[Data], struck: list[Data]) -> Table:
    own = [row for row in found if not row.get("changes") and section(row, "impact")]
    body = [
        (
            str(row.get("name")),
            _ends(section(row, "impact", "product")),
            _published(row),
            shown(section(row, "impact", "after"), "quiet_t1_s", in_unit("s")),
            shown(section(row, "impact", "after"), "footprint_qubits", engineering),
            shown(section(row, "impact", "after"), "duration_s", in_unit("s")),
            shown(section(row, "impact", "after"), "pair_breaking_efficiency", percent),
        )
        for row in (*own, *struck)
    ]
    heads = [
        text_column("design"), Column("all three /"), text_column("published"),
        Column("quiet T1"), Column("qubits hit", brief=False), Column("lasts", brief=False),
        Column("breaks pairs", brief=False),
    ]  # fmt: skip
    best = max(struck, key=lambda row: number(section(row, "impact", "product"), "value") or 0.0)
    claimed = section(best, "impact", "claimed")
    note = (
        "All three: qubits hit, T1 dip and duration. J. M. Martinis, npj Quantum Information 7, "
        "90 (2021) asks for 100 in density, time and length each, a million; qubits hit are an "
        "area, a length is its root. Quiet T1 counts what the back metal costs. Farthest gets "
        f"{best.get('name')}: {section(best, 'impact').get('explanation')}. "
        f"The million: {str(claimed.get('verdict')).replace('-', ' ')}."
    )
    return make_table("Beside the million-fold claim", heads, body, note)


def _published(row: Data) -> str:
    """The factors that others give, with what they are of."""
    found = [
        f"{_MEASURES.get(str(claim.get('measure')))} / {engineering(number(claim, 'reduction'))}"
        for claim in rows(row, "claims")
        if number(claim, "reduction") is not None
    ]
    return "; ".join(dict.fromkeys(found)) or MISSING


_MEASURES = {
    "t1_dip": "T1 dip", "duration": "duration", "footprint": "qubits hit", "rate": "bursts",
    "muons": "muons", "product": "all",
}  # fmt: skip


def _ends(factor: Data) -> str:
    """The ends of a factor, or the factor where they agree; what is missing above is unbounded."""
    low, high = number(factor, "low"), number(factor, "high")
    if low is not None and high is None:
        return f"> {engineering(low)}"
    first, last = engineering(low), engineering(high)
    return first if first == last else f"{first} to {last}"


def _reasons(found: list[Data]) -> list[str]:
    """Why rows have no numbers, those of one reason together."""
    why: dict[str, list[str]] = {}
    for row in found:
        if reason(row):
            why.setdefault(" ".join(reason(row).split()), []).append(str(row.get("name")))
    return [f"{', '.join(names)}: {text.rstrip('.')}." for text, names in why.items()]


def _said(row: Data) -> list[str]:
    """What a row takes for granted, what it costs, what hides it."""
    parts = [str(row.get("note") or ""), str(row.get("assumption") or "")]
    lost, spares = number(row, "dead_time_share"), number(row, "spare_patches")
    if lost:
        parts.append(f"{percent(lost)} of the time is lost")
    if spares:
        parts.append(f"{engineering(spares)} spare patches in use")
    hidden = row.get("hidden_by")
    if isinstance(hidden, list) and hidden:
        parts.append(f"{', '.join(map(str, hidden))} hides what it would change")
    parts = [" ".join(part.split()) for part in parts if part]
    return [f"{row.get('name')}: {'; '.join(parts)}."] if parts else []


def _claimed(found: list[Data]) -> list[tuple[str, ...]]:
    """Every claim once, with the counter-measures that it is on."""
    on: dict[tuple[str, ...], list[str]] = {}
    for row in found:
        for claim in rows(row, "claims"):
            said = tuple(str(claim.get(key)) for key in _CLAIM)
            on.setdefault(said, []).append(str(row.get("name")))
    return [("; ".join(names), *said) for said, names in on.items()]


_CLAIM = ("name", "statement", "source", "status")


def _claims_table(found: list[Data]) -> Table:
    heads = [
        text_column("counter-measure"), text_column("who"), text_column("statement"),
        text_column("source", brief=False), text_column("read in", brief=False),
    ]  # fmt: skip
    return make_table("What others published", heads, _claimed(found))


def requirement_tables(data: Data) -> list[Table]:
    """One table for every target: distances, then the edges of bursts at the working distance."""
    return [_target_table(data, target) for target in rows(data, "targets")]


def _target_table(data: Data, target: Data) -> Table:
    own, burst = quantity(data.get("distance")), section(data, "reference_burst")
    body = [
        _edge_row("smallest distance, no bursts", own, section(target, "distance_without_bursts")),
        _edge_row("smallest distance", own, section(target, "distance")),
    ]
    for edge in rows(target, "bursts"):
        name, unit = str(edge.get("quantity")), str(edge.get("unit"))
        known = next((v for k, v in burst.items() if k.startswith(f"{name}_")), None)
        body.append(_edge_row(QUANTITIES.get(name, name), quantity(known, unit), edge))
    heads = [
        text_column("what holds the target"), Column("design"), Column("required"),
        Column("errors a day there"), Column("fails at", brief=False),
        Column("tries", brief=False),
    ]  # fmt: skip
    title = f"{_words(target)}: at most {engineering(number(target, 'target_per_day'))} a day"
    return make_table(title, heads, body, _target_note(data, target))


def _edge_row(words: str, known: str, edge: Data) -> tuple[str, ...]:
    unit = str(edge.get("unit") or "")
    return (
        words,
        known,
        quantity(edge.get("value"), unit),
        _interval(edge, "errors"),
        quantity(edge.get("failing"), unit),
        quantity(edge.get("tries")),
    )


def _target_note(data: Data, target: Data) -> str:
    distance = target.get("working_distance")
    parts = [f"The design: {_with_ends(data, 'logical_errors_per_day')} a day."]
    if distance is not None and section(data, "reference_burst"):
        parts.append(
            f"Bursts at d = {quantity(distance)}, each property alone, the others as the design's "
            "reference burst (worst T1, recovery and radius of its reference event, rate of all "
            f"bursts), with which there are {_with_ends(target, 'reference_per_day')} a day."
        )
    edges = {
        "distance without bursts": section(target, "distance_without_bursts"),
        "distance": section(target, "distance"),
    } | {QUANTITIES.get(str(e.get("quantity")), ""): e for e in rows(target, "bursts")}
    why: dict[str, list[str]] = {}
    for name, edge in edges.items():
        if reason(edge):
            why.setdefault(reason(edge), []).append(name)
    parts += [f"{', '.join(names)}: {text.rstrip('.')}." for text, names in why.items()]
    if data.get("note"):
        parts.append(f"{str(data['note']).rstrip('.')}.")
    return " ".join(parts)


def _words(target: Data) -> str:
    return {
        "logical_errors_per_day": "Logical errors per day",
        "algorithm": "Errors that the algorithm bears",
    }.get(str(target.get("name")), str(target.get("name")))


def print_mitigation(data: Data, console: Console) -> None:
    """The document of ``qubudget mitigate`` on a terminal."""
    _print(mitigation_tables(data), data, console)


def print_requirement(data: Data, console: Console) -> None:
    """The document of ``qubudget requirement`` on a terminal."""
    if reason(data):
        console.print(Text(f"no requirement: {reason(data)}", "yellow"))
    _print(requirement_tables(data), data, console)


def _print(tables: list[Table], data: Data, console: Console) -> None:
    console.print(Text(design_name(data), "bold"))
    for table in tables:
        print_table(table, console)
    console.print(Text(source_line(data), "dim"))


def _value(part: Data, key: str) -> str:
    return shown(section(part, key), "value", engineering)


def _interval(part: Data, key: str) -> str:
    found = section(part, key)
    return interval(number(found, "low"), number(found, "high"))


def _with_ends(part: Data, key: str) -> str:
    return f"{_value(part, key)} ({_interval(part, key)})"


def _share(part: Data, key: str) -> str:
    """The interval of a share of one, or the share alone where its ends agree."""
    found = section(part, key)
    value, low, high = (number(found, end) for end in ("value", "low", "high"))
    if value is None:
        return MISSING
    ends = [MISSING if end is None else percent(end) for end in (low, high)]
    return percent(value) if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"
