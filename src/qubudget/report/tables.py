"""A result's dictionary as tables of text, set alike by the terminal and by HTML."""

from __future__ import annotations

from collections import defaultdict

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

PASS, FAIL = "✓ pass", "✗ fail"
SMALL_SHARE = 1e-3


def coherence_tables(data: Data) -> list[Table]:
    """Times, channels, gate errors, and the published model beside."""
    part = section(data, "coherence")
    if not part:
        return []
    published = section(part, "published")
    times: list[tuple[str, ...]] = [
        (
            words,
            shown(part, key, show),
            show(modelled(part, key)),
            interval(_model_end(part, key, "low"), _model_end(part, key, "high"), key_unit(key)),
            shown(published, beside, show),
        )
        for words, key, beside, show in (
            ("T1", "t1_s", "", in_unit("s")),
            ("T2", "t2_s", "t2_star_s", in_unit("s")),
            ("thermal population", "thermal_population", "", engineering),
        )
    ]
    gate = section(part, "gate")
    one_qubit = (number(gate, "one_qubit_error"), modelled(gate, "one_qubit_error"))
    fidelities = (None if error is None else 1 - error for error in one_qubit)
    times.append(
        ("one-qubit fidelity", *map(quantity, fidelities), MISSING,
         shown(published, "fidelity", quantity))
    )  # fmt: skip
    names = [text_column("quantity"), Column("value"), Column("modelled"), Column("95 % of model"),
             Column("published")]  # fmt: skip
    note = reasons(part, {"name": "published model", **published}, known=reason(part))
    if published.get("variant"):
        note = (
            f"Published model: the first paper's T2* and fidelity, {published['variant']}. {note}"
        )
    tables = [make_table("Coherence", names, times, note)]
    if gate:
        errors = [
            (key_words(key), quantity(value), engineering(modelled(gate, key)))
            for key, value in flat(gate)
            if not key.endswith("_modelled")
        ]
        heads = [text_column("quantity"), Column("value"), Column("modelled")]
        note = reasons({"name": "gates", **gate}, known=reason(part))
        tables.append(make_table("Gates and read-out", heads, errors, note))
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
        share = number(channel, "share") if "share" in channel else ratio(rate, totals[kind])
        body.append(
            (
                str(channel.get("name")),
                kind,
                shown(channel, "rate_per_s", in_unit("/s")),
                f"< {percent(SMALL_SHARE)}" if 0 < (share or 0) < SMALL_SHARE else percent(share),
                engineering(1 / rate, "s") if rate else MISSING,
                str(channel.get("decay") or "exponential"),
            )
        )
    heads = [text_column("channel"), text_column("kind"), Column("rate"), Column("share"),
             Column("alone gives"), text_column("decay", brief=False)]  # fmt: skip
    note = f"Share: of 1/T1, or of the loss of coherence by dephasing. {reasons(*channels)}"
    return make_table("Decoherence channels", heads, body, note)


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
                shown(one, "tan_delta_max", engineering),
                shown(one, "temperature_max_K", in_unit("K")),
            )
        )
        for key, words in (("tan_delta_max", "loss"), ("temperature_max_K", "temperature")):
            if reason(one, key):
                said.setdefault((model, key), f"{model}, {fidelity}, {words}: {reason(one, key)}.")
    heads = [text_column("model"), Column("fidelity"), Column("loss tangent up to"),
             Column("temperature up to")]  # fmt: skip
    note = (
        "One-qubit gate, decoherence alone. Loss tangent: weighted by participation, at the chip's "
        "temperature. Temperature: of the chip, at the design's loss. "
    )
    return make_table(
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
    heads = [text_column("quantity"), Column("this model"), Column("published rules")]
    note = (
        "Rates and mean deposit count deposits above 40 keV; the rest is the reference event. "
        + reasons(part, section(part, "published"))
    )
    tables = [make_table("Radiation, and the reference event", heads, body, note)]
    stages, theirs = rows(part, "stages"), rows(section(part, "published"), "stages")
    if stages:
        by_name = {str(stage.get("name")): stage for stage in theirs}
        keys = ("time_s", "length_m", "t1_s")
        body_of_stages = []
        for stage in stages:
            other = by_name.get(str(stage.get("name")), {})
            ours_here = [shown(stage, key, in_unit(key_unit(key))) for key in keys]
            theirs_here = [shown(other, key, in_unit(key_unit(key))) for key in keys if theirs]
            body_of_stages.append([str(stage.get("name")), *ours_here, *theirs_here])
        heads = [text_column("stage"), *map(Column, ("time", "extent", "T1"))]
        if theirs:
            heads += map(Column, ("published time", "published extent", "published T1"))
        tables.append(make_table("Stages of the event", heads, body_of_stages, reasons(*stages)))
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
        ("cycle time", shown(part, "cycle_time_s", in_unit("s")), MISSING),
        ("background, per cycle", shown(background, "logical_error_per_cycle", engineering),
         _ends(background)),
        ("Lambda, d to d + 2", shown(background, "lambda", engineering), ratio),
        ("bursts", shown(burst, "rate_per_s", in_unit("1/s")), MISSING),
        ("failure in a burst", shown(burst, "failure_probability", engineering), _ends(burst)),
        ("logical errors per day", shown(part, "logical_errors_per_day", engineering), _ends(part)),
        ("mean time to failure", shown(part, "mean_time_to_failure_s", duration), MISSING),
    ]  # fmt: skip
    notes = [background.get("note"), burst.get("note"), reasons(part, background, burst)]
    said = " ".join(f"{str(note).rstrip('.')}." for note in notes if note)
    heads = [text_column("quantity"), Column("value"), Column("95 % interval")]
    tables = [make_table("One logical qubit", heads, body, said)]
    machine = section(part, "machine")
    if machine:
        note = reasons({"name": "machine", **machine}, known=reason(part))
        tables.append(leaves_table("Whole machine", flat(machine), note))
    classes = [
        (
            str(one.get("name")),
            shown(one, "rate_per_s", in_unit("1/s")),
            shown(one, "failure_probability", engineering),
            _ends(one),
            shown(one, "qubits_hit", engineering),
        )
        for one in rows(burst, "classes")
    ]
    if classes:
        heads = [
            text_column("burst"),
            *map(Column, ("rate", "fails", "95 % interval", "qubits hit")),
        ]
        tables.append(make_table("Classes of bursts", heads, classes))
    points = [
        (
            quantity(run.get("distance")),
            str(run.get("basis")),
            shown(run, "amplification", engineering),
            quantity(run.get("shots")),
            quantity(run.get("errors")),
            shown(run, "logical_error_per_cycle", engineering),
            _ends(run),
        )
        for run in rows(background, "simulated")
    ]
    if points:
        words = map(text_column, ("distance", "basis"))
        numbers = ("noise ×", "shots", "errors", "per cycle", "95 % interval")
        heads = [*words, *map(Column, numbers)]
        tables.append(make_table("Quiet times as simulated", heads, points))
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
                shown(constraint, "margin", margin),
                PASS if passed is True else FAIL if passed is False else MISSING,
                change_words(constraint) or MISSING,
            )
        )
    heads = [text_column("constraint"), Column("value"), Column("limit"), Column("margin"),
             text_column("passed"), text_column("would pass", brief=False)]  # fmt: skip
    return [make_table("Constraints", heads, body, reasons(*constraints))] if body else []
