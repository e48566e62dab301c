"""Error correction as tables: a logical qubit, the machine, failures, decoding, simulations."""

from __future__ import annotations

from qubudget.report.numbers import (
    MISSING,
    NEVER,
    engineering,
    interval,
    key_unit,
    key_words,
    percent,
    quantity,
    waiting,
)
from qubudget.report.reading import Data, flat, number, reason, reasons, rows, section
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


def qec_tables(data: Data) -> list[Table]:
    """One logical qubit, the whole machine, what fails and why, and what was simulated."""
    part = section(data, "qec")
    if not part:
        return []
    found = [
        _patch_table(part),
        _machine_table(part),
        _causes_table(part),
        _classes_table(part),
        _leaves(part, "latency", "Decoder against the clock"),
        _backlog_table(part),
        _leaves(part, "mitigation", "Mitigation of bursts")
        if section(part, "mitigation").get("strategy") not in (None, "none")
        else None,
        _together_table(part),
        _simulated_table(part),
    ]
    return [table for table in found if table is not None]


def _patch_table(part: Data) -> Table:
    background, burst = section(part, "background"), section(part, "burst")
    lambdas = interval(number(background, "lambda_low"), number(background, "lambda_high"))
    body = [
        ("distance", quantity(part.get("distance")), MISSING),
        ("cycle time", shown(part, "cycle_time_s", in_unit("s")), MISSING),
        ("background, per cycle", shown(background, "logical_error_per_cycle", engineering),
         _ends(background)),
        ("Lambda, d to d + 2", shown(background, "lambda", engineering), lambdas),
        ("bursts", shown(burst, "rate_per_s", in_unit("1/s")), MISSING),
        ("failure in a burst", shown(burst, "failure_probability", engineering), _ends(burst)),
        ("logical errors per day", shown(part, "logical_errors_per_day", engineering), _ends(part)),
        ("mean time to failure", shown(part, "mean_time_to_failure_s", waiting), MISSING),
    ]  # fmt: skip
    notes = [background.get("note"), burst.get("note"), reasons(part, background, burst)]
    if body[-1][1] == NEVER:
        notes.append("never: beyond the age of the universe, 13.8×10⁹ years")
    said = " ".join(f"{str(note).rstrip('.')}." for note in notes if note)
    heads = [text_column("quantity"), Column("value"), Column("95 % interval")]
    return make_table("One logical qubit", heads, body, said)


def _machine_table(part: Data) -> Table | None:
    machine = section(part, "machine")
    note = reasons({"name": "machine", **machine}, known=reason(part))
    return leaves_table("Whole machine", flat(machine), note) if machine else None


def _causes_table(part: Data) -> Table | None:
    causes = rows(part, "budget")
    whole = sum(number(cause, "per_day") or 0.0 for cause in causes)
    body = [
        (
            str(cause.get("cause")),
            shown(cause, "per_day", in_unit("/day")),
            _ends(cause),
            percent(ratio(number(cause, "per_day"), whole)),
        )
        for cause in causes
    ]
    heads = [text_column("cause"), *map(Column, ("failures", "95 % interval", "share"))]
    note = reasons(*({"name": cause.get("cause"), **cause} for cause in causes))
    return make_table("What causes failures", heads, body, note) if body else None


def _classes_table(part: Data) -> Table | None:
    body = [
        (
            str(one.get("name")),
            shown(one, "rate_per_s", in_unit("1/s")),
            shown(one, "failure_probability", engineering),
            _ends(one),
            shown(one, "qubits_hit", engineering),
        )
        for one in rows(section(part, "burst"), "classes")
    ]
    names = ("rate", "fails", "95 % interval", "qubits hit")
    heads = [text_column("burst"), *map(Column, names)]
    note = (
        "Fails: makes a logical error that quiet times would not; at most 3/4, where both bases "
        "are left to chance."
        if part.get("family") == "surface"
        else ""
    )
    return make_table("Classes of bursts", heads, body, note) if body else None


def _backlog_table(part: Data) -> Table | None:
    """What the decoder is behind in each class of bursts."""
    classes = rows(section(part, "latency"), "bursts")
    body = [
        (
            str(one.get("name")),
            shown(one, "peak_backlog_cycles", engineering),
            shown(one, "longest_wait_s", in_unit("s")),
            shown(one, "cleared_s", in_unit("s")),
        )
        for one in classes
    ]
    names = ("cycles behind", "longest wait", "caught up after")
    heads = [text_column("burst"), *map(Column, names)]
    return make_table("Decoder in bursts", heads, body, reasons(*classes)) if body else None


def _together_table(part: Data) -> Table | None:
    """Failures that patches of one chip share, where a chip has several."""
    found = section(part, "correlated")
    if (number(found, "patches_per_chip") or 0) < 2:
        return None
    body = [
        (words, shown(section(found, key), "value", in_unit("/day")), _ends(section(found, key)))
        for words, key in (
            ("patches that fail", "patch_failures_per_day"),
            ("bursts in which one or more fail", "failing_bursts_per_day"),
            ("bursts in which two or more fail", "correlated_bursts_per_day"),
        )
    ]
    body.append(("correlation factor", quantity(found.get("correlation_factor")), MISSING))
    heads = [text_column("whole machine"), Column("value"), Column("95 % interval")]
    note = (
        f"{quantity(found.get('patches_per_chip'))} patches on a chip, "
        f"{quantity(found.get('patches'))} on {quantity(found.get('chips'))} chips. Factor: how "
        "much likelier two patches fail together than by chance."
    )
    return make_table("Patches of one chip that fail together", heads, body, note)


def _leaves(part: Data, key: str, title: str) -> Table | None:
    """All single values of an optional section, shares as percentages."""
    found = section(part, key)
    body = [
        (
            key_words(leaf.removesuffix("_share")) + (", share" if leaf.endswith("_share") else ""),
            percent(number({leaf: value}, leaf))
            if leaf.endswith("_share")
            else quantity(value, key_unit(leaf)),
        )
        for leaf, value in flat(found)
    ]
    heads = [text_column("quantity"), Column("value")]
    note = reasons({"name": key, **found}, known=reason(part))
    return make_table(title, heads, body, note) if found else None


def _simulated_table(part: Data) -> Table | None:
    body = [
        (
            quantity(run.get("distance")),
            str(run.get("basis")),
            shown(run, "amplification", engineering),
            quantity(run.get("shots")),
            quantity(run.get("errors")),
            shown(run, "logical_error_per_cycle", engineering),
            _ends(run),
        )
        for run in rows(section(part, "background"), "simulated")
    ]
    numbers = ("noise ×", "shots", "errors", "per cycle", "95 % interval")
    heads = [*map(text_column, ("distance", "basis")), *map(Column, numbers)]
    return make_table("Quiet times as simulated", heads, body) if body else None


def _ends(part: Data) -> str:
    return interval(number(part, "low"), number(part, "high"))
