"""A result's dictionary as tables of text, set alike by the terminal and by HTML."""

from __future__ import annotations

from collections import defaultdict

from qubudget.report.numbers import (
    MISSING,
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


_APART = {"published", "modelled", "statistics", "charge", "landing", "film", "spectrum", "caustic"}


def impact_tables(data: Data) -> list[Table]:
    """The reference event, ours beside published; the paper's stages; rates."""
    part = section(data, "impact")
    if not part:
        return []
    published = dict(flat(section(part, "published")))
    ours = dict(flat({key: value for key, value in part.items() if key not in _APART}))
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
