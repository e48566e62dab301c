"""Heat that one cable brings to each temperature stage, measured or estimated at its source.

The data are ``data/cables.csv``: watts per line (per pair for twisted pairs) at the stage where
a piece of the cable ends, its other end being anchored at the next warmer stage of
``ANCHORS``. They hold for stages near the temperatures of the source's fridge; they do not
depend on the temperature here.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

from qubudget.errors import OutOfRangeError

ANCHORS = ("300k", "50k", "4k", "still", "cp", "mxc")
"""The stages at which the catalogue's cables are anchored, warm to cold."""


@dataclass(frozen=True)
class PassiveLoad:
    """One row of the catalogue.

    Attributes
    ----------
    cable, stage : what was measured, and the stage where the piece of cable ends.
    load : heat per line, W.
    kind : "measured", "estimated", "vendor" or "tool input" (another program's number).
    source, status, note : where it is from, and how well that has been checked.
    """

    cable: str
    stage: str
    load: float
    kind: str
    source: str
    status: str
    note: str


@cache
def _catalogue() -> dict[str, dict[str, PassiveLoad]]:
    path = resources.files("qubudget.materials") / "data" / "cables.csv"
    entries: dict[str, dict[str, PassiveLoad]] = {}
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        load = float(row.pop("load_W"))
        entry = PassiveLoad(load=load, **row)
        entries.setdefault(entry.cable, {})[entry.stage] = entry
    return entries


def cable_names() -> tuple[str, ...]:
    """Names of all cables in the catalogue."""
    return tuple(_catalogue())


def cable_stages(cable: str) -> tuple[str, ...]:
    """Stages at which the catalogue has a load of this cable, warm to cold.

    Raises
    ------
    OutOfRangeError: the catalogue has no such cable.
    """
    return tuple(_entries(cable))


def passive_load_entry(cable: str, stage: str) -> PassiveLoad:
    """The catalogue's row for one cable at one stage, with kind, source and status.

    Raises
    ------
    OutOfRangeError: no such cable, or no value of it at this stage.
    """
    entries = _entries(cable)
    if stage not in entries:
        raise OutOfRangeError(
            f"no passive load of cable {cable!r} at stage {stage!r}; "
            f"the catalogue has {', '.join(entries)}"
        )
    return entries[stage]


def passive_load(cable: str, stage: str) -> float:
    """Heat of one line of ``cable`` at the ``stage`` where a piece of it ends, W.

    Raises
    ------
    OutOfRangeError: no such cable, or no value of it at this stage.

    Stainless 0.085 inch drive line at the mixing chamber (Krinner et al. 2019, Table 2):

    >>> passive_load("UT-085-SS-SS drive", "mxc")
    1.3e-08
    """
    return passive_load_entry(cable, stage).load


def _entries(cable: str) -> dict[str, PassiveLoad]:
    try:
        return _catalogue()[cable]
    except KeyError:
        raise OutOfRangeError(
            f"no cable {cable!r} in the catalogue, which has {', '.join(_catalogue())}"
        ) from None
