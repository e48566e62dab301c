"""A printed number beside the recomputed one, and a verdict: the form of both papers' ledgers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

Verdict = Literal[
    "follows", "follows-with-inputs", "does-not-follow", "unit-error", "not-computable"
]
"""How a printed number fares.

``follows``: from the paper's own equations and inputs, within the printed digits (or stated
tolerance). ``follows-with-inputs``: only with an input that the paper does not print, named in
the reason. ``does-not-follow``: the paper's equations and inputs give another number.
``unit-error``: the digits follow, the unit does not. ``not-computable``: a quotation, a
measurement or an opinion, or an input or the printed entry itself is lost.
"""

Number = float | tuple[float, float] | None
"""One value, a printed range (low, high), or nothing."""


def _plain(value: Number) -> float | list[float] | None:
    if value is None:
        return None
    values = list(value) if isinstance(value, tuple) else [value]
    numbers = [float(v) for v in values]
    if not all(math.isfinite(v) for v in numbers):
        raise ValueError(f"a ledger holds finite numbers or None, not {value!r}")
    return numbers if isinstance(value, tuple) else numbers[0]


def _known(verdict: str) -> None:
    if verdict not in get_args(Verdict):
        raise ValueError(f"unknown verdict {verdict!r}; allowed: {', '.join(get_args(Verdict))}")


@dataclass(frozen=True)
class Row:
    """One entry of a paper's table.

    Attributes
    ----------
    name : dotted name of the entry (``MODEL_03.t2_star``).
    printed : the number printed, in ``unit``; None when the table's entry is lost.
    computed : the number recomputed, in ``unit``; None when it cannot be.
    unit : the unit of both.
    verdict : one of `Verdict`.
    reason : the arithmetic or the missing input, in one line.
    """

    name: str
    printed: Number
    computed: Number
    unit: str
    verdict: Verdict
    reason: str = ""

    def __post_init__(self) -> None:
        _known(self.verdict)

    def to_dict(self) -> dict[str, object]:
        """Plain types under the contract's keys."""
        return {
            "name": self.name,
            "printed": _plain(self.printed),
            "computed": _plain(self.computed),
            "unit": self.unit,
            "verdict": self.verdict,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Table:
    """A table of the paper, recomputed: its name and its rows."""

    name: str
    rows: tuple[Row, ...]

    def to_dict(self) -> dict[str, object]:
        """Plain types under the contract's keys."""
        return {"name": self.name, "rows": [row.to_dict() for row in self.rows]}


@dataclass(frozen=True)
class Claim:
    """One number that the paper prints as a result or a bound.

    Attributes
    ----------
    id : short stable name, unique in its paper (``cascade.plateau``).
    statement : what the paper says, in one line.
    printed : the printed number or range, in ``unit``.
    computed : the number recomputed, in ``unit``; None when it cannot be.
    unit : the unit of both.
    verdict : one of `Verdict`.
    reason : the arithmetic, in one line.
    quote : a short verbatim snippet of the paper that holds the number.
    """

    id: str
    statement: str
    printed: Number
    computed: Number
    unit: str
    verdict: Verdict
    reason: str
    quote: str

    def __post_init__(self) -> None:
        _known(self.verdict)

    def to_dict(self) -> dict[str, object]:
        """Plain types under the contract's keys."""
        return {
            "id": self.id,
            "statement": self.statement,
            "printed": _plain(self.printed),
            "computed": _plain(self.computed),
            "unit": self.unit,
            "verdict": self.verdict,
            "reason": self.reason,
            "quote": self.quote,
        }


@dataclass(frozen=True)
class Reproduction:
    """A paper, recomputed: its tables, its claims and the data of its figures.

    ``figures`` maps a figure's name to its columns, each a sequence of floats; a column's name
    carries its unit.
    """

    paper: str
    tables: tuple[Table, ...]
    claims: tuple[Claim, ...]
    figures: Mapping[str, Mapping[str, Sequence[float]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f"claim {claim.id!r} stands twice in {self.paper}")
            seen.add(claim.id)

    def to_dict(self) -> dict[str, object]:
        """The contract's ``reproduce`` document (plain Python types, JSON-ready)."""
        return {
            "paper": self.paper,
            "tables": [table.to_dict() for table in self.tables],
            "claims": [claim.to_dict() for claim in self.claims],
            "figures": {
                name: {column: [float(v) for v in values] for column, values in columns.items()}
                for name, columns in self.figures.items()
            },
        }


def agrees(
    printed: float, computed: float, *, digits: int | None = None, rel: float | None = None
) -> bool:
    """Whether a recomputed number supports a printed one.

    Parameters
    ----------
    printed, computed : in the same unit.
    digits : significant digits printed; the two agree when ``computed`` lies within half a unit
        of the last one (a hair more, so that a number exactly at the half agrees).
    rel : instead, a relative tolerance on ``printed`` (for "about", "roughly", "~").

    Exactly one of ``digits`` and ``rel`` must be given: a tolerance is always stated.

    >>> agrees(0.57, 0.5904, digits=2)
    False
    >>> agrees(22.0, 21.8, digits=2)
    True
    """
    if (digits is None) == (rel is None):
        raise ValueError("state one of digits and rel")
    if rel is not None:
        return abs(computed - printed) <= rel * abs(printed)
    assert digits is not None
    if printed == 0.0:
        raise ValueError("zero has no significant digits; state rel")
    unit_of_last = 10.0 ** (math.floor(math.log10(abs(printed))) - digits + 1)
    return abs(computed - printed) <= 0.5 * unit_of_last * (1 + 1e-9)
