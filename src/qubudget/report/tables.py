"""A result's dictionary as tables of text, set alike by the terminal and by HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.report.numbers import (
    MISSING,
    duration,
    engineering,
    key_unit,
    key_words,
    percent,
    quantity,
)
from qubudget.report.reading import Data, flat, number, reason, rows, section
from qubudget.report.summary import change_words

PASS, FAIL = "✓ pass", "✗ fail"
TOP_LOADS = 12


@dataclass(frozen=True)
class Column:
    """A column's heading; numbers stand right; the terminal leaves out what is not brief."""

    name: str
    numeric: bool = True
    brief: bool = True


@dataclass(frozen=True)
class Table:
    """A table of text; the first column names the row. A note says what the cells cannot."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


def _table(
    title: str, columns: Sequence[Column], body: Iterable[Sequence[str]], note: str = ""
) -> Table:
    return Table(title, tuple(columns), tuple(tuple(row) for row in body), note)


def _text(name: str, brief: bool = True) -> Column:
    return Column(name, numeric=False, brief=brief)


def _ask(part: Data, key: str, show: Callable[[float | None], str]) -> str:
    """The number under `key`, or the reason why there is none."""
    value = number(part, key)
    return show(value) if value is not None else (reason(part, key) or MISSING)


def _si(unit: str) -> Callable[[float | None], str]:
    return lambda value: engineering(value, unit)


def _leaves(title: str, pairs: Iterable[tuple[str, Any]], note: str = "") -> Table:
    """Two columns: the words of a key, and its value in the unit that the key names."""
    body = [(key_words(key), quantity(value, key_unit(key))) for key, value in pairs]
    return _table(title, [_text("quantity"), Column("value")], body, note)


def thermal_tables(data: Data) -> list[Table]:
    """Stages, the largest loads, and how many qubits each stage could hold."""
    part = section(data, "thermal")
    if not part:
        return []
    limit = section(part, "max_qubits")
    by_stage = section(limit, "by_stage")
    stages = [
        (
            str(stage.get("name")),
            _ask(stage, "temperature_K", _si("K")),
            _ask(stage, "load_W", _si("W")),
            _ask(stage, "capacity_W", _si("W")),
            _ask(stage, "margin", percent),
            quantity(by_stage.get(str(stage.get("name")))),
        )
        for stage in rows(part, "stages")
    ]
    loads = sorted(rows(part, "loads"), key=lambda load: -(number(load, "watts") or 0.0))
    totals = {str(s.get("name")): number(s, "load_W") for s in rows(part, "stages")}
    shares = [
        (
            str(load.get("item")),
            str(load.get("stage")),
            str(load.get("kind")),
            engineering(number(load, "watts"), "W"),
            percent(_ratio(number(load, "watts"), totals.get(str(load.get("stage"))))),
        )
        for load in _largest_shares(loads, totals)
    ]
    columns = [_text("stage"), *map(Column, ("solved", "load", "rated", "margin", "max qubits"))]
    tables = [
        _table(
            "Stages, warm to cold",
            columns,
            stages,
            str(limit.get("note") or "Rated cooling power at the rated temperature; "
                "max qubits: how many the stage could hold at that power."),
        )
    ]  # fmt: skip
    if shares:
        heads = [_text("item"), _text("stage"), _text("kind"), Column("heat"), Column("of stage")]
        note = f"The {TOP_LOADS} of {len(loads)} loads with the largest share of their stage."
        tables.append(_table("Largest loads", heads, shares, note if len(loads) > TOP_LOADS else ""))
    more = [
        (key, value)
        for key, value in flat({k: v for k, v in part.items() if k not in _SHOWN_THERMAL})
    ] + [(f"max_qubits.{k}", v) for k, v in flat(limit) if not k.startswith("by_stage.")]
    tables.append(_leaves("Whole cryostat", more))
    return tables


_SHOWN_THERMAL = frozenset({"stages", "loads", "max_qubits", "reason"})


def _ratio(value: float | None, whole: float | None) -> float | None:
    return value / whole if value is not None and whole else None


def _largest_shares(loads: list[Data], totals: dict[str, float | None]) -> list[Data]:
    """Loads by their share of their own stage: watts at 50 K would hide microwatts at 10 mK."""
    order = sorted(
        loads,
        key=lambda load: -(_ratio(number(load, "watts"), totals.get(str(load.get("stage")))) or 0.0),
    )
    return order[:TOP_LOADS]


def coherence_tables(data: Data) -> list[Table]:
    """Times, channels, gate errors, and the published model beside."""
    part = section(data, "coherence")
    if not part:
        return []
    published = section(part, "published")
    times = [
        ("T1", _ask(part, "t1_s", _si("s")), MISSING),
        ("T2", _ask(part, "t2_s", _si("s")), _ask(published, "t2_star_s", _si("s"))),
        ("thermal population", _ask(part, "thermal_population", engineering), MISSING),
        ("fidelity", MISSING, _ask(published, "fidelity", lambda f: engineering(f, digits=6))),
    ]
    names = [_text("quantity"), Column("this model"), Column("published model")]
    note = f"Published model: the first paper's T2* and fidelity, {published['variant']}." if (
        published.get("variant")) else ""  # fmt: skip
    tables = [_table("Coherence", names, times, note)]
    channels = sorted(rows(part, "channels"), key=lambda c: -(number(c, "rate_per_s") or 0.0))
    if channels:
        body = []
        for channel in channels:
            rate = number(channel, "rate_per_s")
            body.append(
                (
                    str(channel.get("name")),
                    str(channel.get("kind")),
                    _ask(channel, "rate_per_s", _si("/s")),
                    engineering(1 / rate, "s") if rate else MISSING,
                    str(channel.get("decay") or "exponential"),
                )
            )
        heads = [_text("channel"), _text("kind"), Column("rate"), Column("alone gives"),
                 _text("decay", brief=False)]  # fmt: skip
        tables.append(_table("Decoherence channels", heads, body))
    gate = section(part, "gate")
    if gate:
        tables.append(_leaves("Gates and read-out", flat(gate), reason(gate)))
    return tables


def impact_tables(data: Data) -> list[Table]:
    """The reference event, ours beside published; the paper's stages; rates."""
    part = section(data, "impact")
    if not part:
        return []
    published = dict(flat(section(part, "published")))
    ours = dict(flat({k: v for k, v in part.items() if k not in {"published", "reason"}}))
    body = [
        (key_words(key), quantity(value, key_unit(key)) if value is not None else
         (reason(part, key) or MISSING), quantity(published.get(key), key_unit(key)))
        for key, value in ours.items()
    ]  # fmt: skip
    body += [
        (key_words(key), MISSING, quantity(value, key_unit(key)))
        for key, value in published.items()
        if key not in ours
    ]
    heads = [_text("quantity"), Column("this model"), Column("published rules")]
    note = "Rates and mean deposit count deposits above 40 keV; the rest is the reference event."
    tables = [_table("Radiation, and the reference event", heads, body, note)]
    stages = rows(part, "stages")
    if stages:
        keys = list(dict.fromkeys(k for stage in stages for k, v in stage.items()
                                  if k not in {"name", "reason"} and not isinstance(v, dict)))  # fmt: skip
        body_of_stages = [
            (str(s.get("name")), *(quantity(s.get(k), key_unit(k)) for k in keys)) for s in stages
        ]
        heads = [_text("stage"), *(Column(key_words(key)) for key in keys)]
        tables.append(_table("Stages by the second paper's own rules", heads, body_of_stages))
    return tables


def qec_tables(data: Data) -> list[Table]:
    """Background, bursts, both per day; the machine; the simulated distances."""
    part = section(data, "qec")
    if not part:
        return []
    background, burst = section(part, "background"), section(part, "burst")
    body = [
        ("distance", quantity(part.get("distance")), MISSING),
        ("cycle time", _ask(part, "cycle_time_s", _si("s")), MISSING),
        ("background, per cycle", _ask(background, "logical_error_per_cycle", engineering),
         interval(background)),
        ("bursts", _ask(burst, "rate_per_s", _si("/s")), MISSING),
        ("failure in a burst", _ask(burst, "failure_probability", engineering), interval(burst)),
        ("logical errors per day", _ask(part, "logical_errors_per_day", engineering), MISSING),
        ("mean time to failure", _ask(part, "mean_time_to_failure_s", duration), MISSING),
    ]  # fmt: skip
    heads = [_text("quantity"), Column("value"), Column("95 % interval")]
    tables = [_table("One logical qubit", heads, body)]
    machine = part.get("machine")
    if isinstance(machine, dict):
        tables.append(_leaves("Whole machine", flat(machine)))
    simulated = [("simulated", row) for row in rows(part, "simulated")]
    simulated += [("extrapolated", row) for row in rows(part, "extrapolated")]
    if simulated:
        points = [
            (quantity(row.get("distance")), origin,
             _ask(row, "logical_error_per_cycle", engineering), interval(row))
            for origin, row in simulated
        ]  # fmt: skip
        heads = [_text("distance"), _text("origin"), Column("per cycle"), Column("95 % interval")]
        tables.append(_table("Background against distance", heads, points))
    return tables


def interval(part: Data) -> str:
    """"low to high", or a dash."""
    low, high = number(part, "low"), number(part, "high")
    return MISSING if low is None or high is None else f"{engineering(low)} to {engineering(high)}"


def verdict_tables(data: Data) -> list[Table]:
    """Every constraint with its value, limit, margin, and what would pass."""
    constraints = rows(section(data, "verdict"), "constraints")
    body = []
    for constraint in constraints:
        unit = str(constraint.get("unit") or "")
        body.append(
            (
                str(constraint.get("name")),
                _ask(constraint, "value", lambda v, u=unit: quantity(v, u)),
                quantity(constraint.get("limit"), unit),
                _ask(constraint, "margin", percent),
                {True: PASS, False: FAIL}.get(constraint.get("passed"), MISSING),  # type: ignore[call-overload]
                change_words(constraint) or MISSING,
            )
        )
    heads = [_text("constraint"), Column("value"), Column("limit"), Column("margin"),
             _text("passed"), _text("would pass", brief=False)]  # fmt: skip
    return [_table("Constraints", heads, body)] if body else []
