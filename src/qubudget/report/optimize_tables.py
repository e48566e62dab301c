"""What an optimisation found, as tables: the cheapest sets of changes, or what forbids any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from qubudget.report.numbers import MISSING, engineering, margin, quantity
from qubudget.report.reading import Data, design_name, number, reason, rows, section, source_line
from qubudget.report.table import Column, Table, make_table, text_column
from qubudget.report.terminal import print_table

if TYPE_CHECKING:
    from rich.console import Console


def optimize_tables(data: Data) -> list[Table]:
    """The answers, the way to the first and its margins; or the best that could be reached."""
    answers = rows(data, "answers")
    if not answers:
        return [_reaches_table(data)]
    tables = [_answers_table(data, answers)]
    if rows(data, "waterfall"):
        tables.append(_steps_table(rows(data, "waterfall")))
    return [*tables, _checks_table(answers[0])]


def _answers_table(data: Data, answers: list[Data]) -> Table:
    goals = rows(data, "minimize")
    body = []
    for count, answer in enumerate(answers, start=1):
        values = section(answer, "objectives")
        shown = [engineering(number(values, str(g["name"])), str(g["unit"])) for g in goals]
        body.append((str(count), *shown, changes_text(answer)))
    heads = [
        text_column("set"),
        *(Column(_goal_words(goal)) for goal in goals),
        text_column("changes"),
    ]
    front = "Sets of changes that pass: the Pareto front"
    title = front if data.get("front") else "Sets of changes that pass, best first"
    return make_table(title, heads, body, f"{_searched(data)} {_trimming(answers)}".rstrip())


def _trimming(answers: list[Data]) -> str:
    """Which sets may hold more than is needed."""
    found = []
    for how, words in _TRIMMED.items():
        sets = [str(n) for n, answer in enumerate(answers, start=1) if answer.get("trimmed") == how]
        if sets:
            found.append(f"{'Set' if len(sets) == 1 else 'Sets'} {', '.join(sets)}: {words}.")
    return " ".join(found)


_TRIMMED = {
    "light": "no change can be left out, but a number may be farther from today's than it must",
    "none": "not trimmed, so some changes may not be needed",
}


def _goal_words(goal: Data) -> str:
    return (
        f"{goal.get('name')} (largest)"
        if goal.get("direction") == "maximize"
        else str(goal.get("name"))
    )


def changes_text(answer: Data) -> str:
    """The changes of a set, one a line."""
    found = [
        f"{change.get('key')}: {_value(change, 'from')} -> {_value(change, 'to')}"
        for change in rows(answer, "changes")
    ]
    return "\n".join(found) or "none: the design passes as it is"


def _value(change: Data, key: str) -> str:
    value: Any = change.get(key)
    return MISSING if value is None else quantity(value, str(change.get("unit") or ""))


def _steps_table(steps: list[Data]) -> Table:
    body = [
        (
            f"{step.get('key')}: {_value(step, 'from')} -> {_value(step, 'to')}",
            engineering(number(step, "cost")),
            engineering(number(step, "before")),
            engineering(number(step, "after")),
            ", ".join(map(str, step.get("mended") or ())) or MISSING,
        )
        for step in steps
    ]
    heads = [
        text_column("change"), Column("cost"), Column("lacking before"), Column("after"),
        text_column("passes from here"),
    ]  # fmt: skip
    note = (
        "Lacking: the sum of ln(1 - margin) over all that fails, which for an upper limit is "
        "ln(value/limit). The change that mends most comes next."
    )
    return make_table("From today's design to the first set", heads, body, note)


def _checks_table(answer: Data) -> Table:
    return make_table(
        "What is required, with the first set",
        _CHECK_HEADS,
        map(_check_row, rows(answer, "checks")),
    )


_CHECK_HEADS = (text_column("requirement"), Column("value"), Column("limit"), Column("margin"))


def _check_row(check: Data) -> tuple[str, str, str, str]:
    unit = str(check.get("unit") or "")
    side = "≥ " if check.get("bound") == "lower" else "≤ "
    return (
        str(check.get("name")),
        engineering(number(check, "value"), unit),
        side + engineering(number(check, "limit"), unit),
        margin(number(check, "margin")),
    )


def _reaches_table(data: Data) -> Table:
    found = rows(data, "reaches")
    body = [
        (*_check_row(reach), "yes", "")
        if reach.get("passed")
        else (*_check_row(reach), "NEVER", changes_text(reach))
        for reach in found
    ]
    heads = [*_CHECK_HEADS, text_column("met"), text_column("with")]
    missing = [f"{r.get('name')}: {reason(r)}." for r in found if reason(r)]
    note = " ".join([_searched(data), *missing])
    return make_table("The best that was reached of every requirement", heads, body, note)


def _searched(data: Data) -> str:
    search = section(data, "search")
    points = quantity(search.get("points"))
    if search.get("exhaustive"):
        return f"All {points} points were tried."
    return f"{points} points were tried, {search.get('corners')} corners among them."


def print_optimize(data: Data, console: Console) -> None:
    """The document of ``qubudget optimize`` on a terminal."""
    console.print(Text(design_name(data), "bold"))
    if reason(data):
        console.print(Text(f"no passing design: {reason(data)}", "red"))
    for table in optimize_tables(data):
        print_table(table, console)
    notes = data.get("notes")
    for note in notes if isinstance(notes, list) else []:
        console.print(Text(f"note: {note}", "yellow"))
    console.print(Text(source_line(data), "dim"))
