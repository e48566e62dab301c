"""What every key of a report, every constraint and every word is: three tables, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from qubudget.study.sweeping.scalars import unit_of


@dataclass(frozen=True)
class Entry:
    """What one key of a report is.

    Attributes
    ----------
    pattern : the key; a star stands for the name of a member (a stage, a line).
    what, how : what it is, and how it is computed (empty where that says nothing more).
    unit : SI, "1" for a plain number. module : that computes it.
    source : what the computation rests on; may be empty.
    """

    pattern: str
    what: str
    how: str
    unit: str
    module: str
    source: str

    @property
    def weight(self) -> int:
        """How many parts of the pattern are literal: the entry with most fits a key best."""
        return sum(part != "*" for part in self.pattern.split("."))


@dataclass(frozen=True)
class Rule:
    """A constraint of the verdict: what it compares, by keys of the report and the design.

    ``levers`` are keys of a design that are worth trying where the chain has to be simulated.
    """

    pattern: str
    what: str
    value: str
    limit: str
    limit_key: str
    wing: str
    levers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """A word of the field, its unit (may be empty), other spellings, keys that hold it.

    ``source`` : of the numbers in it; may be empty.
    """

    name: str
    what: str
    unit: str
    also: tuple[str, ...]
    see: tuple[str, ...]
    source: str = ""


@cache
def entries() -> tuple[Entry, ...]:
    """Every key of a report."""
    return tuple(_entries(_table("report")["groups"]))


@cache
def rules() -> tuple[Rule, ...]:
    """Every constraint."""
    found = _table("constraints")
    return tuple(
        Rule(name, **(row | {"levers": tuple(row.get("levers", ()))}))
        for name, row in found.items()
        if name != "feeds"
    )


@cache
def feeds() -> dict[str, tuple[str, ...]]:
    """Constraints that a key of the report moves beyond the one that compares it, by pattern."""
    return {pattern: tuple(names) for pattern, names in _table("constraints")["feeds"].items()}


@cache
def terms() -> tuple[Term, ...]:
    """Every word of the glossary."""
    return tuple(
        Term(
            name,
            row["what"],
            row.get("unit", ""),
            tuple(row.get("also", ())),
            tuple(row.get("see", ())),
            row.get("source", ""),
        )
        for name, row in _table("glossary").items()
    )


def entry_of(key: str) -> Entry | None:
    """The entry that fits a key best; stars may be left out of the key, None without any.

    >>> entry_of("thermal.stages.mxc.load_W").pattern
    'thermal.stages.*.load_W'
    >>> entry_of("thermal.stages.load_W").pattern
    'thermal.stages.*.load_W'
    """
    fitting = [entry for entry in entries() if _fits(entry.pattern).fullmatch(key)]
    if not fitting:
        fitting = [e for e in entries() if "*" in e.pattern and e.pattern.replace(".*", "") == key]
    return max(fitting, key=lambda entry: entry.weight, default=None)


def rule_of(name: str) -> Rule | None:
    """The rule of a constraint's name; None where there is none."""
    return next((rule for rule in rules() if _fits(rule.pattern).fullmatch(name)), None)


def term_of(word: str) -> Term | None:
    """The term of this spelling, capitals aside where no other differs by them alone."""
    for same in (str, str.casefold):
        for term in terms():
            if same(word) in map(same, (term.name, *term.also)):
                return term
    return None


@cache
def _fits(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", r"[^.].*?"))


def _entries(groups: list[dict[str, Any]]) -> Iterator[Entry]:
    for group in groups:
        for key, text in group["keys"].items():
            what, how = (text, "") if isinstance(text, str) else text
            for name in _spelled(key):
                pattern = ".".join(filter(None, (group["prefix"], name)))
                unit = unit_of(pattern)
                yield Entry(pattern, what, how, unit, group["module"], group.get("source", ""))


def _spelled(key: str) -> Iterator[str]:
    """Every key that ``{a,b}`` in one stands for."""
    found = re.search(r"\{([^}]*)\}", key)
    if found is None:
        yield key
        return
    for choice in found[1].split(","):
        yield from _spelled(key[: found.start()] + choice + key[found.end() :])


def _table(name: str) -> dict[str, Any]:
    path = files("qubudget.study.explain") / f"{name}.toml"
    return tomllib.loads(path.read_text("utf-8"))
