"""One design: read, checked, changed, and shown with the origin of every value."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import PrivateAttr, ValidationError

from qubudget.design.checking import check
from qubudget.design.completing import complete
from qubudget.design.paths import Raw, copied, find_place, leaves, nearest, remove_value, set_value
from qubudget.design.problems import problems_of, shown
from qubudget.design.reading import Written, parse, preset_text, read
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, Problem

PROVENANCE = ("title", "sources", "source", "scope")
"""Fields that no computation reads."""
REFERENCE = "krinner-xld400"
"""The preset whose values stand in for refused ones while looking for further problems."""


@dataclass(frozen=True)
class EffectiveValue:
    """One value that a design holds, and where it came from.

    ``text`` is the value as written; ``value`` the SI value in ``unit`` (a power ratio for
    "dB"); ``origin`` a file, a preset, "set", or "default".
    """

    key: str
    text: str
    value: Any
    unit: str | None
    origin: str
    description: str


class Design(DesignModel):
    """A checked design. Frozen; :meth:`replace` gives a changed copy."""

    _written: Written = PrivateAttr()

    def replace(self, changes: Mapping[str, Any]) -> Design:
        """A copy with some keys changed; values are written as in the file ("2 mW", 0.5).

        None leaves a key out, so that its default holds.

        Raises
        ------
        DesignError: an unknown key or a value that the file would refuse.
        """
        table = self.toml_table()
        origins = dict(self._written.origins)
        unknown = []
        for key, value in changes.items():
            if value is None:
                remove_value(table, key)
                continue
            missing = set_value(table, key, value)
            if missing is not None:
                parts = {p for path, _ in leaves(self._written.table) for p in path.split(".")}
                allowed = "an existing key; nothing here is called " + repr(missing)
                unknown.append(Problem(key, shown(value), allowed, nearest(missing, parts)))
                continue
            origins = {k: o for k, o in origins.items() if not k.startswith(f"{key}.")}
            origins[key] = "set"
        kept = {path for path, _ in leaves(table)}
        origins = {path: origin for path, origin in origins.items() if path in kept}
        try:
            changed = build(Written(table, origins), self.name)
        except DesignError as error:
            raise DesignError(self.name, [*unknown, *error.problems]) from None
        if unknown:
            raise DesignError(self.name, unknown)
        return changed

    def with_si(self, changes: Mapping[str, float]) -> Design:
        """A copy with quantities changed to SI values (a power ratio for decibels)."""
        written: dict[str, Any] = {}
        for key, value in changes.items():
            place = find_place(DesignModel, key.split("."))
            unit = place.unit if place is not None else None
            if unit == "dB":
                written[key] = f"{10 * math.log10(value)!r} dB"
            else:
                written[key] = value if unit in (None, "1") else f"{float(value)!r} {unit}"
        return self.replace(written)

    def sha256(self) -> str:
        """Hash of every value that a computation can see; independent of how it was written."""
        content = _without_provenance(self.model_dump(mode="json"))
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def effective(self) -> Iterator[EffectiveValue]:
        """Every value, defaults included, with its origin."""
        written = dict(leaves(self._written.table))
        for key, value in leaves(self.model_dump(mode="json")):
            place = find_place(DesignModel, key.split("."))
            text = shown(written[key]).strip("'") if key in written else "none"
            if key not in written and value not in (None, {}, [], ""):
                text = str(value)
            yield EffectiveValue(
                key,
                text,
                value,
                place.unit if place else None,
                self._written.origins.get(key, "default"),
                place.description if place else "",
            )

    def toml_table(self) -> Raw:
        """The merged table as written, before units were read."""
        table: Raw = copied(self._written.table)
        return table

    def _repr_html_(self) -> str:
        from qubudget.report.notebook import design_html

        return design_html(self)


def _without_provenance(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_provenance(v) for k, v in value.items() if k not in PROVENANCE}
    if isinstance(value, list):
        return [_without_provenance(v) for v in value]
    return value


def build(written: Written, origin: str) -> Design:
    """A design from a merged table; DesignError with every problem of it."""
    whole = complete(written, origin)
    try:
        design = Design.model_validate(whole.table)
    except ValidationError as error:
        found = problems_of(error, whole.table, DesignModel)
        raise DesignError(origin, [*found, *_further(whole.table, found)]) from None
    found = check(design)
    if found:
        raise DesignError(origin, found)
    design._written = Written(written.table, whole.origins)
    return design


def _further(table: Raw, found: list[Problem]) -> list[Problem]:
    """Inconsistencies in the sections that ``found`` does not touch.

    The refused values are set aside in favour of a preset's, so that one misprint does not
    hide what is wrong elsewhere; sections with a refused value are not judged.
    """
    repaired: Raw = copied(table)
    reference = dict(leaves(parse(preset_text(REFERENCE), REFERENCE).table))
    for problem in found:
        remove_value(repaired, problem.key)
        if problem.key in reference:
            set_value(repaired, problem.key, reference[problem.key])
    try:
        design = DesignModel.model_validate(repaired)
    except ValidationError:
        return []
    touched = {problem.key.split(".")[0] for problem in found}
    return [problem for problem in check(design) if problem.key.split(".")[0] not in touched]


def load(design: str | Path) -> Design:
    """The design in a TOML file, or the preset of that name.

    Raises
    ------
    DesignError: every problem of the file at once.
    """
    return build(read(design), str(design))


def loads(text: str, origin: str = "text") -> Design:
    """The design in a TOML text."""
    return build(parse(text, origin), origin)
