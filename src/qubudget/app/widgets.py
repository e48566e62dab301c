"""The page's own components: toolbar, headline, the design's form, the comparison's tables.

They are Panel components of plain HTML controls, so that keyboard and screen readers work as in
any form, and several hundred values cost the browser no more than those that are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib.resources import files
from typing import Any, ClassVar

import param
from panel.custom import JSComponent

from qubudget.app.controls import MAIN, Control
from qubudget.app.places import kind_of
from qubudget.errors import DesignError, Problem, QubudgetError

Message = dict[str, Any]
Say = Callable[[Message], None]
_TITLES = {"qec": "Error correction", "code": "Code", "measured": "Measured values"}
FIRST = "Most used"
KEPT = "*kept"
"""What the comparison calls a design that was kept: no preset has this name."""


def face(name: str) -> str:
    """The text of a file of the page's face."""
    return (files("qubudget.app") / "face" / name).read_text("utf-8")


class Part(JSComponent):
    """A component whose browser side sends messages to ``hear``."""

    _stylesheets: ClassVar[list[str]] = [face("parts.css")]

    def __init__(self, hear: Say, **values: Any) -> None:
        self._hear = hear
        super().__init__(  # type: ignore[no-untyped-call]
            sizing_mode="stretch_width", **values
        )

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, dict):
            self._hear(data)

    def send(self, message: Message) -> None:
        """A message to the browser side."""
        self._send_msg(message)


class Toolbar(Part):
    """Presets, effort, opening, saving, exporting, comparing, light or dark."""

    name_ = param.String()
    title_ = param.String()
    file_name = param.String()
    effort = param.String("quick")
    presets = param.List()
    figures = param.List()
    tables = param.List()
    most_bytes = param.Integer()
    refused = param.List()
    refusal = param.String()
    _esm: ClassVar[str] = face("toolbar.js")
    _stylesheets: ClassVar[list[str]] = [*Part._stylesheets, face("toolbar.css")]


class Headline(Part):
    """The verdict, progress, and key numbers; ``state`` is all that it shows."""

    state = param.Dict()
    _esm: ClassVar[str] = face("headline.js")
    _stylesheets: ClassVar[list[str]] = [*Part._stylesheets, face("headline.css")]


class DesignForm(Part):
    """The design's values.

    Attributes
    ----------
    rows : one dict per control, see `row`. problems : what is wrong with a value that was entered
    and not taken, by key. filed : what is wrong in a file that was not opened, by key.
    refusal : one sentence above all fields.
    """

    rows = param.List()
    problems = param.Dict({})
    filed = param.Dict({})
    refusal = param.String()
    _esm: ClassVar[str] = face("form.js")
    _stylesheets: ClassVar[list[str]] = [*Part._stylesheets, face("form.css")]


class CompareTables(Part):
    """Two designs: verdicts, inputs and results that differ; ``state`` as of `compare.state`.

    Attributes
    ----------
    other : which design is B: a preset, `KEPT`, or "" for the one that was opened.
    kept : whether a design was kept.
    """

    presets = param.List()
    other = param.String()
    kept = param.Boolean()
    state = param.Dict({})
    _esm: ClassVar[str] = face("compare.js")
    _stylesheets: ClassVar[list[str]] = [*Part._stylesheets, face("compare.css")]


def row(control: Control) -> Message:
    """What the form needs of a control."""
    section = control.section
    title = _TITLES.get(section, section.replace("_", " ").capitalize())
    return {
        "key": control.key,
        "group": FIRST if control.key in MAIN else title,
        "label": control.label,
        "hint": section if control.key in MAIN else "",
        "kind": control.kind,
        "unit": control.unit,
        "low": control.low,
        "high": control.high,
        "step": control.step,
        "log": control.log,
        "value": control.value,
        "choices": list(control.choices),
        "description": control.description,
        "origin": control.origin,
        "allowed": control.allowed,
    }


def problem_words(problem: Problem) -> str:
    """What is wrong and what is allowed, without the key."""
    return str(problem).removeprefix(problem.key).lstrip(":; ")


def problems_by_key(error: QubudgetError, key: str = "", allowed: str = "") -> dict[str, str]:
    """Every problem of an error by its key; that of ``key`` too where others caused it.

    allowed : the bounds of ``key`` in the unit of its field, in place of those in the SI unit.
    """
    found: dict[str, str] = {}
    for problem in error.problems if isinstance(error, DesignError) else ():
        words = problem_words(problem)
        if allowed and problem.key == key and _is_of_bounds(problem):
            words = words.replace(problem.allowed, allowed)
        found[problem.key] = f"{found[problem.key]} {words}" if problem.key in found else words
    if key and key not in found:
        found[key] = f"not taken: see {', '.join(found)}" if found else f"not taken: {error}"
    return found


def _is_of_bounds(problem: Problem) -> bool:
    """Whether a value is beyond the bounds of its type, not at odds with another value."""
    quantity = kind_of(problem.key).quantity
    return quantity is not None and problem.allowed == quantity.allowed()


def filed_words(problem: Problem) -> str:
    """What is wrong with a value of a file that was not opened: it is not the one shown."""
    if problem.words or not problem.given:
        return f"in the file: {problem_words(problem)}"
    words = problem_words(problem).removeprefix(f"given {problem.given}").lstrip("; ")
    return f"in the file: {problem.given}; {words}"


def steady(old: Iterable[Control], new: Iterable[Control]) -> tuple[Control, ...]:
    """The new controls, with the sliders' ends of the old ones as long as the value fits in.

    A range follows its value; while somebody moves the slider it must stand still.
    """
    before = {control.key: control for control in old}
    return tuple(_steady(before.get(control.key), control) for control in new)


def _steady(old: Control | None, new: Control) -> Control:
    if old is None or (old.kind, old.unit) != (new.kind, new.unit):
        return new
    if old.low is None or old.high is None or not old.low <= new.value <= old.high:
        return new
    if (old.low, old.high, old.step, old.log) == (new.low, new.high, new.step, new.log):
        return new
    return replace(new, low=old.low, high=old.high, step=old.step, log=old.log)


def changed_rows(old: Iterable[Control], new: Iterable[Control]) -> list[Message] | None:
    """Rows that differ; None where the design has other keys."""
    before, after = list(old), list(new)
    if [c.key for c in before] != [c.key for c in after]:
        return None
    return [row(b) for a, b in zip(before, after, strict=True) if a != b]
