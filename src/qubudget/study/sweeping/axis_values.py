"""Reading one value of an axis as the design file would: its schema decides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from qubudget.design import Design
from qubudget.design.completing import complete
from qubudget.design.paths import Place, find_place, leaves, nearest, set_value
from qubudget.design.problems import problems_of, shown
from qubudget.design.reading import Written
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, Problem

Value = tuple[Any, str | None]
"""A value in SI units (decibels stay decibels), and its unit."""


class Refused(Exception):
    """What is wrong with one axis."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class Reader:
    """Reads values of a design's keys."""

    def __init__(self, design: Design) -> None:
        self._design = design

    @cached_property
    def _held(self) -> dict[str, Any]:
        """Every leaf that the design holds, defaults included."""
        return dict(leaves(self._design.model_dump(mode="json")))

    def check_key(self, key: str, given: str) -> None:
        """Raises Refused where the schema has no such single value, naming the nearest."""
        place = self._place(key)
        inner = place is not None and (place.section is not None or place.mapping is not None)
        missing = set_value(self._design.toml_table(), key, None)
        if place is None or missing is not None:
            allowed = "a key of the design, see 'qubudget show'"
            raise Refused(Problem(key, repr(given), allowed, self._nearest(key)))
        if inner and self._held.get(key, {}) in ({}, []):
            raise Refused(Problem(key, repr(given), "a key that holds a single value"))

    def read(self, key: str, tokens: Sequence[Any]) -> list[Value]:
        """The values of written tokens; raises Refused with every problem of them."""
        found: list[Value] = []
        problems: dict[str, Problem] = {}
        for token in tokens:
            try:
                found.append(self._value(key, token))
            except Refused as error:
                problems |= {str(problem): problem for problem in error.problems}
        if problems:
            raise Refused(*problems.values())
        return found

    def _value(self, key: str, token: Any) -> Value:
        table = self._design.toml_table()
        set_value(table, key, token)
        whole = complete(Written(table, {}), self._design.name).table
        try:
            model = DesignModel.model_validate(whole)
        except ValidationError as error:
            raise Refused(*problems_of(error, whole, DesignModel)) from None
        value = dict(leaves(model.model_dump(mode="json"))).get(key)
        if isinstance(value, str) or key not in self._held:
            self._check_name(key, token)
        place = self._place(key)
        unit = place.unit if place is not None and isinstance(value, float) else None
        if isinstance(token, str) and unit == "dB":
            return float(token.removesuffix("dB")), unit
        if value is None or isinstance(value, dict | list):
            raise Refused(Problem(key, shown(token), "a single value"))
        return value, unit

    def _check_name(self, key: str, token: Any) -> None:
        """A name, or a new key of a table of names, is to exist: in a catalogue or the design."""
        try:
            self._design.replace({key: token})
        except DesignError as error:
            own = [problem for problem in error.problems if problem.key == key]
            if own and not own[0].nearest and key not in self._held:
                given, allowed = own[0].given, own[0].allowed
                own[0] = Problem(key, given, allowed, self._nearest(key))
            if own:
                raise Refused(*own) from None

    def _place(self, key: str) -> Place | None:
        return find_place(DesignModel, key.split("."))

    def _nearest(self, key: str) -> str:
        return nearest(key, self._held)
