"""A result's dictionary as tables of text, set alike by the terminal and by HTML."""

from __future__ import annotations

from collections import defaultdict
from math import isclose

from qubudget.report.numbers import (
    MISSING,
    NEGLIGIBLE,
    NEVER,
    engineering,
    frequency,
    key_unit,
    key_words,
    margin,
    percent,
    quantity,
    span,
    waiting,
)
from qubudget.report.reading import (
    Data,
    flat,
    held_stages,
    is_measured,
    modelled,
    number,
    reason,
    reasons,
    rows,
    section,
)
from qubudget.report.summary import change_words
from qubudget.report.table import (
    HELD,
    Column,
    Table,
    in_unit,
    make_table,
    ratio,
    shown,
    text_column,
    without_empty,
)

PASS, FAIL = "✓ pass", "✗ fail"
SMALL_SHARE = 1e-3


def coherence_tables(data: Data) -> list[Table]:
    """Times, channels, gate errors, and the published model beside."""
    part = section(data, "coherence")
    if not part:
        return []
    times = _times_table(part)
    tables = [times, *_gates_table(part)]
    channels = sorted(rows(part, "channels"), key=lambda c: -(number(c, "rate_per_s") or 0.0))
    if channels:
        tables.append(_channels_table(part, channels))
    thresholds = rows(part, "thresholds")
    if thresholds:
        tables.append(_thresholds_table(thresholds))
    return tables


def _times_table(part: Data) -> Table:
    """T1, T2 and the excited state; the published rules' T2* in a row of its own."""
    published = section(part, "published")
    body = [
        (
            words,
            shown(part, key, show),
            show(modelled(part, key)),
            span(_model_end(part, key, "low"), _model_end(part, key, "high"), key_unit(key)),
            "measured" if is_measured(part, key) else "",
        )
        for words, key, show in (
            ("T1", "t1_s", in_unit("s")),
            ("T2", "t2_s", in_unit("s")),
            ("thermal population", "thermal_population", engineering),
        )
    ]
    t1, t2_star = number(part, "t1_s"), number(published, "t2_star_s")
    if t2_star is not None:
        too_long = t1 is not None and t2_star > 2 * t1 * (1 + 1e-9)
        remark = "violates T2 ≤ 2 T1" if too_long else ""
        body.append(("published T2*", engineering(t2_star, "s"), MISSING, MISSING, remark))
    heads = [text_column("quantity"), Column("value"), Column("modelled"), Column("95 % of model"),
             text_column("remark")]  # fmt: skip
    note = reasons(part, {"name": "published model", **published}, known=reason(part))
    if published.get("variant"):
        name = str(published["variant"])
        note = f"Published: T2* of the first paper, {_VARIANTS.get(name, name)}. {note}"
    return make_table("Coherence", *without_empty(heads, body), note)


_VARIANTS = {
    "published-code": "as its code has it (published-code)",
    "published-table": "as its printed table has it (published-table)",
}


def _gates_table(part: Data) -> list[Table]:
    gate, fidelity = section(part, "gate"), number(section(part, "published"), "fidelity")
    if not gate:
        return []
    body = [
        (key_words(key), quantity(value), engineering(modelled(gate, key)),
         "measured" if is_measured(gate, key) else "")
        for key, value in flat(gate)
        if not key.endswith("_modelled")
    ]  # fmt: skip
    if fidelity is not None:
        body.append(("published one qubit error", engineering(1 - fidelity), MISSING, ""))
    heads = [text_column("quantity"), Column("value"), Column("modelled"), text_column("remark")]
    note = reasons({"name": "gates", **gate}, known=reason(part))
    return [make_table("Gates and read-out", *without_empty(heads, body), note)]


def _channels_table(part: Data, channels: list[Data]) -> Table:
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
                shown(channel, "rate_per_s", frequency),
                f"< {percent(SMALL_SHARE)}" if 0 < (share or 0) < SMALL_SHARE else percent(share),
                waiting(1 / rate) if rate else MISSING,
                str(channel.get("decay") or "exponential"),
            )
        )
    heads = [text_column("channel"), text_column("kind"), Column("rate"), Column("share"),
             Column("alone gives"), text_column("decay", brief=False)]  # fmt: skip
    t1 = engineering(modelled(part, "t1_s"), "s")
    note = "Share: of the model's 1/T1, or of the loss of coherence by dephasing. "
    if is_measured(part, "t1_s"):
        own = engineering(number(part, "t1_s"), "s")
        note += f"Rates of relaxation add up to the model's T1, {t1}, not to the measured {own}. "
    if any(cell in {NEVER, NEGLIGIBLE} for row in body for cell in row):
        note += "Never, negligible: beyond the age of the universe, 13.8×10⁹ years. "
    note += reasons(*channels)
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
    told = " ".join(said.values())
    if "(most: " in told:
        told += " Most: the channel with the largest share"
        told += "; its floor: the published model's constant rate." if "floor" in told else "."
    return make_table("Where each model reaches a fidelity", heads, body, note + told)


def _model_end(part: Data, key: str, end: str) -> float | None:
    """The low or high end of the model's interval of a time like ``t1_s``."""
    stem = key.removesuffix("_s")
    found = number(part, f"{stem}_modelled_{end}_s")
    return number(part, f"{stem}_{end}_s") if found is None else found


def verdict_tables(data: Data) -> list[Table]:
    """Every constraint with its value, limit, margin, and what would pass."""
    constraints = rows(section(data, "verdict"), "constraints")
    held = {f"temperature.{name}" for name in held_stages(section(data, "thermal"))}
    body = []
    for constraint in constraints:
        unit, passed = str(constraint.get("unit") or ""), constraint.get("passed")
        name = str(constraint.get("name"))
        body.append(
            (
                name,
                quantity(constraint.get("value"), unit) + HELD * (name in held),
                quantity(constraint.get("limit"), unit),
                shown(constraint, "margin", margin),
                PASS if passed is True else FAIL if passed is False else MISSING,
                change_words(constraint) or MISSING,
            )
        )
    heads = [text_column("constraint"), Column("value"), Column("limit"), Column("margin"),
             text_column("passed"), text_column("would pass", brief=False)]  # fmt: skip
    said = [_held_words() if any(row[0] in held for row in body) else "", _chip_words(data)]
    if any("× limit" in row[3] for row in body):
        said.append("Margins beyond ten limits: the value over the limit.")
    note = f"{' '.join(said)} {reasons(*constraints)}"
    return [make_table("Constraints", heads, body, note)] if body else []


def _held_words() -> str:
    return f"{HELD.strip()}: held whatever the load, not solved."


def _chip_words(data: Data) -> str:
    """What the temperature of the chip is made of, where it is not that of its stage."""
    chip = number(section(data, "coherence"), "chip_temperature_K")
    stages = rows(section(data, "line_noise"), "stages")
    named = [c for c in rows(section(data, "verdict"), "constraints")
             if str(c.get("name")).startswith("superconducting.")]  # fmt: skip
    own = number(stages[-1], "temperature_K") if stages else None
    if not named or chip is None or own is None or isclose(chip, own, rel_tol=1e-9):
        return ""
    return (
        f"superconducting: the chip at {engineering(chip, 'K')}, {stages[-1].get('name')} "
        f"{engineering(own, 'K')} + {engineering(chip - own, 'K')} of the chip "
        "(qubit.excess_temperature, joints)."
    )
