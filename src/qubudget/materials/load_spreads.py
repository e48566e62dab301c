"""How far to trust a cable's heat, by where its number comes from."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class LoadSpread:
    """Spread of the catalogue's heat loads of one kind.

    Attributes
    ----------
    kind : as in the catalogue of cables. factor : 95 %, up or down.
    source, status : how it was found, and how well that has been checked.
    """

    kind: str
    factor: float
    source: str
    status: str


@cache
def _spreads() -> dict[str, LoadSpread]:
    text = files("qubudget.materials").joinpath("data/load_spreads.toml").read_text("utf-8")
    return {kind: LoadSpread(kind=kind, **row) for kind, row in tomllib.loads(text).items()}


def load_spread(kind: str) -> LoadSpread:
    """The spread of loads that are "measured", "estimated", "vendor" or "tool input".

    Raises
    ------
    OutOfRangeError: no such kind.

    >>> load_spread("measured").factor
    2.0
    """
    try:
        return _spreads()[kind]
    except KeyError:
        raise OutOfRangeError(
            f"no spread of loads of kind {kind!r}; known: {', '.join(_spreads())}"
        ) from None
