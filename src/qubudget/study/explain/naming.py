"""Every name that can be explained, and those nearest to one that cannot."""

from __future__ import annotations

import difflib

from qubudget.design import Design, load
from qubudget.errors import DesignError, Problem
from qubudget.study.explain.catalogue import entries, rules, terms
from qubudget.study.explain.fields import FIRST_LOOK, fields


def known_keys(design: Design | None = None) -> list[str]:
    """Every name that ``explain`` takes: keys of a design and of reports, constraints, words."""
    own = [value.key for value in design.effective()] if design is not None else []
    return [
        *own,
        *(field.path for field in fields()),
        *(entry.pattern for entry in entries()),
        *(rule.pattern for rule in rules()),
        *(spelling for term in terms() for spelling in (term.name, *term.also)),
    ]


def unknown(key: str, design: Design | None) -> DesignError:
    """The refusal of a name that nothing has, with the nearest ones."""
    names = list(dict.fromkeys(known_keys(design or load(FIRST_LOOK[0]))))
    close = difflib.get_close_matches(key, names, n=5, cutoff=0.6)
    last = key.rpartition(".")[2]
    close += [n for n in names if n.rpartition(".")[2] == last and n not in close]
    allowed = "a key of the design or the report, a constraint or a word"
    if close:
        allowed += "; near it: " + ", ".join(close[:6])
    where = design.name if design is not None else "explain"
    return DesignError(where, [Problem("KEY", repr(key), allowed)])
