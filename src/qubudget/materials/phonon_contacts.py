"""Catalogue of what a chip touches, as phonons see it: transmission per hit, with interval."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from qubudget.errors import OutOfRangeError


@dataclass(frozen=True)
class ContactKind:
    """A kind of contact.

    Attributes
    ----------
    low, best, high : share of silicon's phonons that hit the contact and never come back.
    source, status, note : where the values come from, and how far that was checked.
    """

    low: float
    best: float
    high: float
    source: str
    status: str
    note: str


@cache
def _catalogue() -> dict[str, ContactKind]:
    text = files("qubudget.materials").joinpath("data/phonon_contacts.toml").read_text("utf-8")
    return {name: ContactKind(**row) for name, row in tomllib.loads(text).items()}


def contact_kinds() -> tuple[str, ...]:
    """Names of the catalogue's contacts.

    >>> contact_kinds()
    ('indium-bump', 'grease', 'teflon', 'metal-clamp')
    """
    return tuple(_catalogue())


def contact_kind(name: str) -> ContactKind:
    """The contact of this name; `OutOfRangeError` lists the names.

    >>> contact_kind("teflon").high  # Martinez et al. 2019
    0.15
    """
    try:
        return _catalogue()[name]
    except KeyError:
        known = ", ".join(_catalogue())
        raise OutOfRangeError(f"no contact {name!r} in the catalogue; known: {known}") from None
