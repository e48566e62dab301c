"""Two designs side by side: what differs in inputs, results and verdicts."""

from __future__ import annotations

from math import inf, isfinite, log
from typing import Any

from qubudget.app.cards import old_wings, verdict_so_far
from qubudget.app.session import Session
from qubudget.report.comparison import input_differences, results
from qubudget.report.numbers import MISSING, engineering, key_unit, key_words, quantity
from qubudget.report.reading import Data, section

State = dict[str, Any]
_NUMBERS = (
    ("Thermal status", ("thermal", "status")),
    ("Most qubits per fridge", ("thermal", "max_qubits", "total")),
    ("T1", ("coherence", "t1_s")),
    ("T2", ("coherence", "t2_s")),
    ("Two-qubit gate error", ("coherence", "gate", "two_qubit_error")),
    ("Read-out error", ("coherence", "gate", "readout_error")),
    ("Least T1 after an impact", ("impact", "t1_min_s")),
    ("Recovery after an impact", ("impact", "recovery_time_s")),
    ("Logical errors per day", ("qec", "logical_errors_per_day")),
    ("Mean time to failure", ("qec", "mean_time_to_failure_s")),
)
MOST_RESULTS = 400
_ONCE = ("feedback", "line_noise", "targets")


def state(first: Session, second: Session) -> State:
    """What the comparison's tables show of two sessions, as plain texts.

    A result that is not of the present design yet is left out and said to be under way.
    """
    mine, other = _fresh(first), _fresh(second)
    shared = {wing for wing in mine if wing in other}
    mine, other = ({k: v for k, v in side.items() if k in shared} for side in (mine, other))
    waits = bool(first.progress or second.progress)
    lines = (
        _line(row["key"], row["first"], row["second"])
        for row in results(mine, other)
        if not waits or (row["first"] is not None and row["second"] is not None)
    )
    found = [line for line in lines if line["first"] != line["second"]]
    found.sort(key=lambda line: -line.pop("weight"))
    inputs = [
        {"key": key, "label": key, "first": MISSING if a is None else a,
         "second": MISSING if b is None else b}
        for key, a, b in input_differences(first.design, second.design)
    ]  # fmt: skip
    return {
        "same": not inputs and not found,
        "first": _side(first),
        "second": _side(second),
        "numbers": [_number(label, path, mine, other) for label, path in _NUMBERS],
        "inputs": inputs,
        "results": found[:MOST_RESULTS],
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


def _number(label: str, path: tuple[str, ...], first: Data, second: Data) -> State:
    a, b = (section(side, *path[:-1]).get(path[-1]) for side in (first, second))
    line = _line(".".join(path), a, b)
    line.pop("weight")
    return {**line, "label": label}


def _line(key: str, a: Any, b: Any) -> State:
    unit = key_unit(key)
    ratio = b / a if _is_number(a) and _is_number(b) and a != 0 else None
    size = "" if ratio is None or ratio == 1 else "more" if ratio > 1 else "less"
    return {
        "key": key,
        "label": key_words(key),
        "first": quantity(a, unit),
        "second": quantity(b, unit),
        "ratio": "" if ratio is None else f"{engineering(ratio)} ×" if a != b else "=",
        "size": size if a != b else "",
        "differs": a != b,
        "weight": _weight(a, b, ratio),
    }


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def _weight(a: Any, b: Any, ratio: float | None) -> float:
    """How much a difference tells: by how many e-folds; changes of sign or of kind first."""
    if ratio is not None and ratio > 0:
        return abs(log(ratio))
    return 0.0 if a == b else inf
