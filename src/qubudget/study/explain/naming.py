"""Every name that can be explained, and those nearest to one that cannot."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from qubudget.design import Design
from qubudget.design.paths import leaves
from qubudget.design.reading import read
from qubudget.errors import DesignError, Problem
from qubudget.study.explain.catalogue import entries, rules, terms
from qubudget.study.explain.fields import FIRST_LOOK, fields

NEAREST = 6
"""Names that a refusal offers."""


def known_keys(design: Design | None = None) -> list[str]:
    """Every name that ``explain`` takes: keys of a design and of reports, constraints, words.

    Without a design the keys of one that is often looked at, as its file writes them.
    """
    if design is not None:
        own = [value.key for value in design.effective()]
    else:
        own = [key for key, _ in leaves(read(FIRST_LOOK[0]).table)]
    return [
        *own,
        *(field.path for field in fields()),
        *(entry.pattern for entry in entries()),
        *(rule.pattern for rule in rules()),
        *(spelling for term in terms() for spelling in (term.name, *term.also)),
    ]


def stage_names(design: Design | None = None) -> list[str]:
    """Stages of a design, or without one of that which is often looked at."""
    if design is not None:
        return [stage.name for stage in design.stages]
    return [str(stage["name"]) for stage in read(FIRST_LOOK[0]).table["stages"]]


def unknown(key: str, design: Design | None) -> DesignError:
    """The refusal of a name that nothing has, with the nearest ones."""
    near = nearest_names(key, known_keys(design))
    said = f"nothing is called {key!r}"
    said += f"; near it: {', '.join(near)}" if near else ""
    words = f"{said}. 'qubudget explain' without KEY lists what there is"
    where = design.name if design is not None else "explain"
    return DesignError(where, [Problem("KEY", repr(key), words, words=words)])


def nearest_names(key: str, known: Iterable[str]) -> list[str]:
    """Names that hold every word of the key, shortest first, else those spelled most like it.

    >>> nearest_names("recovery", ["code.decoder", "impact.recovery_time_s"])
    ['impact.recovery_time_s']
    >>> nearest_names("qubit.frequncy", ["qubit.frequency", "code.decoder"])
    ['qubit.frequency']
    """
    names = list(dict.fromkeys(known))
    asked = _words(key)
    close = [
        name
        for name in names
        if asked and all(any(w.startswith(one) for w in _words(name)) for one in asked)
    ]
    close.sort(key=lambda name: len(_words(name)))
    if not close:
        close = difflib.get_close_matches(key, names, n=5, cutoff=0.6)
        last = key.rpartition(".")[2]
        close += [n for n in names if n.rpartition(".")[2] == last and n not in close]
    return close[:NEAREST]


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", name.casefold())
