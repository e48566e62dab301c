"""Two designs side by side: what differs in inputs, results and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qubudget.app.cards import old_wings, verdict_so_far
from qubudget.app.session import Session
from qubudget.report.comparison import HEADLINE, differing_inputs, leaves, results, unit_of
from qubudget.report.comparison_tables import (
    BINDING,
    LABELS,
    SIDES,
    by_wing,
    change,
    row_size,
    short_name,
    side_cells,
)
from qubudget.report.numbers import MISSING, key_words
from qubudget.report.reading import Data
from qubudget.report.written import written

State = dict[str, Any]
MOST_RESULTS = 400
_ONCE = ("feedback", "line_noise", "targets")


def state(first: Session, second: Session) -> State:
    """What the comparison's tables show of two sessions, as plain texts.

    Which results count, and how they are written, is that of the terminal's comparison; those
    that it lists only when asked for everything are ``minor``. A result that is not of the
    present design yet is left out and said to be under way.
    """
    mine, other = _fresh(first), _fresh(second)
    shared = {wing for wing in mine if wing in other}
    mine, other = ({k: v for k, v in side.items() if k in shared} for side in (mine, other))
    waits = bool(first.progress or second.progress)
    differing = [
        row
        for row in results(mine, other)
        if not waits or (row["first"] is not None and row["second"] is not None)
    ]
    found = _results(differing)
    inputs = [_input(row) for row in differing_inputs(first.design, second.design)]
    return {
        "same": not inputs and not found,
        "first": _side(first),
        "second": _side(second),
        "numbers": _numbers(mine, other, differing),
        "inputs": inputs,
        "results": found,
        "wait": _waiting(first, second),
    }  # fmt: skip


def _fresh(session: Session) -> State:
    """The result without wings of an older design."""
    stale = old_wings(session)
    return {k: v for k, v in session.document.items() if k not in stale and k not in _ONCE}


def _waiting(first: Session, second: Session) -> str:
    sides = {"A": first, "B": second}
    errors = [f"{letter}: {side.error}" for letter, side in sides.items() if side.error]
    names = [letter for letter, side in sides.items() if side.progress]
    if errors:
        return " ".join(errors)
    return f"{' and '.join(names)}: still being computed." if names else ""


def _side(session: Session) -> State:
    feasible, headline, details = verdict_so_far(session.document, bool(session.progress))
    if "thermal" in session.stale:
        feasible, headline, details = None, "No answer to this design.", session.error or ""
    return {"name": session.design.name, "headline": headline, "details": details,
            "feasible": "" if feasible is None else str(feasible).lower()}  # fmt: skip


def _input(row: Data) -> State:
    """An input as written in the design file, with the signs that everything printed has."""
    texts = {side: row[side] for side in SIDES}
    shown = {
        side: MISSING if text in (None, "none") else written(str(text))
        for side, text in texts.items()
    }
    return {"key": row["key"], "label": row["key"], **shown}


def _results(differing: Sequence[Data]) -> list[State]:
    """Lines of all results, the largest ratio first; at most `MOST_RESULTS`, minor ones last."""
    differing = list(differing)
    main = [row for rows in by_wing(differing, False).values() for row in rows]
    kept = {row["key"] for row in main}
    rest = [row for rows in by_wing(differing, True).values() for row in rows]
    minor = [row for row in rest if row["key"] not in kept]
    chosen = [(row, False) for row in main] + [(row, True) for row in minor]
    chosen = sorted(chosen, key=lambda pair: (pair[1], -row_size(pair[0])))[:MOST_RESULTS]
    chosen.sort(key=lambda pair: -row_size(pair[0]))
    return [
        {**_line(row, key_words(short_name(row["key"]))), "minor": is_minor}
        for row, is_minor in chosen
    ]


def _numbers(mine: Data, other: Data, differing: Sequence[Data]) -> list[State]:
    """Lines of what is looked at first, equal or not."""
    by_key = {row["key"]: row for row in differing}
    sides = [dict(leaves(side)) for side in (mine, other)]
    lines = []
    for key in HEADLINE:
        if key == BINDING:
            continue  # the verdicts above say it
        a, b = (side.get(key) for side in sides)
        alone = {"key": key, "unit": unit_of(key), "first": a, "second": b, "ratio": None}
        label = LABELS[key]
        lines.append(_line(by_key.get(key, alone), label[:1].upper() + label[1:]))
    return lines


def _line(row: Data, label: str) -> State:
    first, second = side_cells(row)
    told = first != second and row.get("resolved") is not False
    ratio = row.get("ratio") if told else None
    return {
        "key": row["key"],
        "label": label,
        "first": first,
        "second": second,
        "ratio": change(row) if first != second else "=" if row["first"] is not None else "",
        "size": "" if ratio is None else "more" if ratio > 1 else "less",
        "differs": told,
    }
