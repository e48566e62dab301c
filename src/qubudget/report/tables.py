"""A result's dictionary as tables of text, set alike by the terminal and by HTML."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.report.numbers import (
    MISSING,
    duration,
    engineering,
    interval,
    key_unit,
    key_words,
    margin,
    percent,
    quantity,
)
from qubudget.report.reading import Data, flat, modelled, number, reason, reasons, rows, section
from qubudget.report.summary import change_words

PASS, FAIL = "✓ pass", "✗ fail"
TOP_LOADS = 12
SMALL_SHARE = 1e-3


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
    return Table(title, tuple(columns), tuple(tuple(row) for row in body), " ".join(note.split()))


def _text(name: str, brief: bool = True) -> Column:
    return Column(name, numeric=False, brief=brief)


def _show(part: Data, key: str, show: Callable[[float | None], str]) -> str:
    """The number under `key`; a dash where there is none (the table's note says why)."""
    return show(number(part, key))


def _si(unit: str) -> Callable[[float | None], str]:
    return lambda value: engineering(value, unit)


def _leaves(title: str, pairs: Iterable[tuple[str, Any]], note: str = "") -> Table:
    """Two columns: the words of a key, and its value in the unit that the key names."""
    body = [(key_words(key), quantity(value, key_unit(key))) for key, value in pairs]
    return _table(title, [_text("quantity"), Column("value")], body, note)


def thermal_tables(data: Data) -> list[Table]:
    """Stages, the whole cryostat, the largest loads."""
    part = section(data, "thermal")
    if not part:
        return []
    limit = section(part, "max_qubits")
    by_stage = section(limit, "by_stage")
    stages = [
        (
            str(stage.get("name")),
            _show(stage, "temperature_K", _si("K")),
            _show(stage, "load_W", _si("W")),
            _show(stage, "capacity_W", _si("W")),
            _show(stage, "margin", margin),
            quantity(by_stage.get(str(stage.get("name")))),
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
            percent(_ratio(number(load, "watts"), totals.get(str(load.get("stage"))))),
        )
        for load in _largest_shares(loads, totals)
    ]
    columns = [_text("stage"), *map(Column, ("solved", "load", "rated", "margin", "max qubits"))]
    note = (
        "Rated: cooling power at the rated temperature; max qubits: how many it could hold. "
        + reasons(*rows(part, "stages"), {"name": "max qubits", **limit})
    )
    beyond = [str(s.get("name")) for s in rows(part, "stages") if s.get("extrapolated") is True]
    if beyond:
        note += f" Beyond the range of the cooling data: {', '.join(beyond)}."
    tables = [_table("Stages, warm to cold", columns, stages, note)]
    more = [pair for pair in flat(part) if not pair[0].startswith(_LEFT_OUT)]
    tables.append(_leaves("Whole cryostat", more, reasons(part)))
    if shares:
        heads = [_text("item"), _text("stage"), _text("kind"), Column("heat"), Column("of stage")]
        note = f"The {TOP_LOADS} of {len(loads)} loads with the largest share of their stage."
        tables.append(
            _table("Largest loads", heads, shares, note if len(loads) > TOP_LOADS else "")
        )
    return tables


_LEFT_OUT = ("max_qubits.by_stage.", "max_qubits.basis")


def _ratio(value: float | None, whole: float | None) -> float | None:
    return value / whole if value is not None and whole else None


def _largest_shares(loads: list[Data], totals: dict[str, float | None]) -> list[Data]:
    """Loads by their share of their own stage: watts at 50 K would hide microwatts at 10 mK."""

    def share(load: Data) -> float:
        return _ratio(number(load, "watts"), totals.get(str(load.get("stage")))) or 0.0

    return sorted(loads, key=lambda load: -share(load))[:TOP_LOADS]


def coherence_tables(data: Data) -> list[Table]:
    """Times, channels, gate errors, and the published model beside."""
    part = section(data, "coherence")
    if not part:
        return []
    published = section(part, "published")
    times: list[tuple[str, ...]] = [
        (
            words,
            _show(part, key, show),
            show(modelled(part, key)),
            interval(_model_end(part, key, "low"), _model_end(part, key, "high"), key_unit(key)),
            _show(published, beside, show),
        )
        for words, key, beside, show in (
            ("T1", "t1_s", "", _si("s")),
            ("T2", "t2_s", "t2_star_s", _si("s")),
            ("thermal population", "thermal_population", "", engineering),
        )
    ]
    gate = section(part, "gate")
    one_qubit = (number(gate, "one_qubit_error"), modelled(gate, "one_qubit_error"))
    fidelities = (None if error is None else 1 - error for error in one_qubit)
    times.append(
        ("one-qubit fidelity", *map(quantity, fidelities), MISSING,
         _show(published, "fidelity", quantity))
    )  # fmt: skip
    names = [_text("quantity"), Column("value"), Column("modelled"), Column("95 % of model"),
             Column("published")]  # fmt: skip
    note = reasons(part, {"name": "published model", **published}, known=reason(part))
    if published.get("variant"):
        note = (
            f"Published model: the first paper's T2* and fidelity, {published['variant']}. {note}"
        )
    tables = [_table("Coherence", names, times, note)]
    if gate:
        errors = [
            (key_words(key), quantity(value), engineering(modelled(gate, key)))
            for key, value in flat(gate)
            if not key.endswith("_modelled")
        ]
        heads = [_text("quantity"), Column("value"), Column("modelled")]
        note = reasons({"name": "gates", **gate}, known=reason(part))
        tables.append(_table("Gates and read-out", heads, errors, note))
    channels = sorted(rows(part, "channels"), key=lambda c: -(number(c, "rate_per_s") or 0.0))
    if channels:
        tables.append(_channels_table(channels))
    thresholds = rows(part, "thresholds")
    if thresholds:
        tables.append(_thresholds_table(thresholds))
    return tables


def _channels_table(channels: list[Data]) -> Table:
    totals: dict[str, float] = defaultdict(float)
    for channel in channels:
        totals[str(channel.get("kind"))] += number(channel, "rate_per_s") or 0.0
    body = []
    for channel in channels:
        rate, kind = number(channel, "rate_per_s"), str(channel.get("kind"))
        share = number(channel, "share") if "share" in channel else _ratio(rate, totals[kind])
        body.append(
            (
                str(channel.get("name")),
                kind,
                _show(channel, "rate_per_s", _si("/s")),
                f"< {percent(SMALL_SHARE)}" if 0 < (share or 0) < SMALL_SHARE else percent(share),
                engineering(1 / rate, "s") if rate else MISSING,
                str(channel.get("decay") or "exponential"),
            )
        )
    heads = [_text("channel"), _text("kind"), Column("rate"), Column("share"),
             Column("alone gives"), _text("decay", brief=False)]  # fmt: skip
    note = f"Share: of 1/T1, or of the loss of coherence by dephasing. {reasons(*channels)}"
    return _table("Decoherence channels", heads, body, note)


def _thresholds_table(thresholds: list[Data]) -> Table:
    """What each model allows; the note says why it allows nothing, once for the lowest fidelity."""
    body: list[tuple[str, ...]] = []
    said: dict[tuple[str, str], str] = {}
    for one in thresholds:
        model, fidelity = str(one.get("model")), f"{100 * (number(one, 'fidelity') or 0):.8g} %"
        body.append(
            (
                model,
                fidelity,
                _show(one, "tan_delta_max", engineering),
                _show(one, "temperature_max_K", _si("K")),
            )
        )
        for key, words in (("tan_delta_max", "loss"), ("temperature_max_K", "temperature")):
            if reason(one, key):
                said.setdefault((model, key), f"{model}, {fidelity}, {words}: {reason(one, key)}.")
    heads = [_text("model"), Column("fidelity"), Column("loss tangent up to"),
             Column("temperature up to")]  # fmt: skip
    note = (
        "One-qubit gate, decoherence alone. Loss tangent: weighted by participation, at the chip's "
        "temperature. Temperature: of the chip, at the design's loss. "
    )
    return _table(
        "Where each model reaches a fidelity", heads, body, note + " ".join(said.values())
    )


def _model_end(part: Data, key: str, end: str) -> float | None:
    """The low or high end of the model's interval of a time like ``t1_s``."""
    stem = key.removesuffix("_s")
    found = number(part, f"{stem}_modelled_{end}_s")
    return number(part, f"{stem}_{end}_s") if found is None else found


def impact_tables(data: Data) -> list[Table]:
    """The reference event, ours beside published; the paper's stages; rates."""
    part = section(data, "impact")
    if not part:
        return []
    published = dict(flat(section(part, "published")))
    ours = dict(
        flat({key: value for key, value in part.items() if key not in {"published", "modelled"}})
    )
    body = [
        (
            key_words(key),
            quantity(ours.get(key), key_unit(key)),
            quantity(published.get(key), key_unit(key)),
        )
        for key in dict.fromkeys([*ours, *published])
    ]
    heads = [_text("quantity"), Column("this model"), Column("published rules")]
    note = (
        "Rates and mean deposit count deposits above 40 keV; the rest is the reference event. "
        + reasons(part, section(part, "published"))
    )
    tables = [_table("Radiation, and the reference event", heads, body, note)]
    stages, theirs = rows(part, "stages"), rows(section(part, "published"), "stages")
    if stages:
        by_name = {str(stage.get("name")): stage for stage in theirs}
        keys = ("time_s", "length_m", "t1_s")
        body_of_stages = []
        for stage in stages:
            other = by_name.get(str(stage.get("name")), {})
            ours_here = [_show(stage, key, _si(key_unit(key))) for key in keys]
            theirs_here = [_show(other, key, _si(key_unit(key))) for key in keys if theirs]
            body_of_stages.append([str(stage.get("name")), *ours_here, *theirs_here])
        heads = [_text("stage"), *map(Column, ("time", "extent", "T1"))]
        if theirs:
            heads += map(Column, ("published time", "published extent", "published T1"))
        tables.append(_table("Stages of the event", heads, body_of_stages, reasons(*stages)))
    return tables


def qec_tables(data: Data) -> list[Table]:
    """One logical qubit, the whole machine, classes of bursts, and what was simulated."""
    part = section(data, "qec")
    if not part:
        return []
    background, burst = section(part, "background"), section(part, "burst")
    ratio = interval(number(background, "lambda_low"), number(background, "lambda_high"))
    body = [
        ("distance", quantity(part.get("distance")), MISSING),
        ("cycle time", _show(part, "cycle_time_s", _si("s")), MISSING),
        ("background, per cycle", _show(background, "logical_error_per_cycle", engineering),
         _ends(background)),
        ("Lambda, d to d + 2", _show(background, "lambda", engineering), ratio),
        ("bursts", _show(burst, "rate_per_s", _si("1/s")), MISSING),
        ("failure in a burst", _show(burst, "failure_probability", engineering), _ends(burst)),
        ("logical errors per day", _show(part, "logical_errors_per_day", engineering), _ends(part)),
        ("mean time to failure", _show(part, "mean_time_to_failure_s", duration), MISSING),
    ]  # fmt: skip
    notes = [background.get("note"), burst.get("note"), reasons(part, background, burst)]
    said = " ".join(f"{str(note).rstrip('.')}." for note in notes if note)
    heads = [_text("quantity"), Column("value"), Column("95 % interval")]
    tables = [_table("One logical qubit", heads, body, said)]
    machine = section(part, "machine")
    if machine:
        note = reasons({"name": "machine", **machine}, known=reason(part))
        tables.append(_leaves("Whole machine", flat(machine), note))
    classes = [
        (
            str(one.get("name")),
            _show(one, "rate_per_s", _si("1/s")),
            _show(one, "failure_probability", engineering),
            _ends(one),
            _show(one, "qubits_hit", engineering),
        )
        for one in rows(burst, "classes")
    ]
    if classes:
        heads = [_text("burst"), *map(Column, ("rate", "fails", "95 % interval", "qubits hit"))]
        tables.append(_table("Classes of bursts", heads, classes))
    points = [
        (
            quantity(run.get("distance")),
            str(run.get("basis")),
            _show(run, "amplification", engineering),
            quantity(run.get("shots")),
            quantity(run.get("errors")),
            _show(run, "logical_error_per_cycle", engineering),
            _ends(run),
        )
        for run in rows(background, "simulated")
    ]
    if points:
        heads = [_text("distance"), _text("basis"), *map(Column, ("noise ×", "shots", "errors")),
                 Column("per cycle"), Column("95 % interval")]  # fmt: skip
        tables.append(_table("Quiet times as simulated", heads, points))
    return tables


def _ends(part: Data) -> str:
    return interval(number(part, "low"), number(part, "high"))


def verdict_tables(data: Data) -> list[Table]:
    """Every constraint with its value, limit, margin, and what would pass."""
    constraints = rows(section(data, "verdict"), "constraints")
    body = []
    for constraint in constraints:
        unit, passed = str(constraint.get("unit") or ""), constraint.get("passed")
        body.append(
            (
                str(constraint.get("name")),
                quantity(constraint.get("value"), unit),
                quantity(constraint.get("limit"), unit),
                _show(constraint, "margin", margin),
                PASS if passed is True else FAIL if passed is False else MISSING,
                change_words(constraint) or MISSING,
            )
        )
    heads = [_text("constraint"), Column("value"), Column("limit"), Column("margin"),
             _text("passed"), _text("would pass", brief=False)]  # fmt: skip
    return [_table("Constraints", heads, body, reasons(*constraints))] if body else []
