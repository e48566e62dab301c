"""Designs with one counter-measure against bursts more, and what others published on it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from qubudget.design.checking import cycle_operations
from qubudget.design.schema import DesignModel


@dataclass(frozen=True)
class Claim:
    """What somebody published on a counter-measure.

    ``reduction`` is a factor that it gives, ``measure`` what of: "muons", "rate" (of bursts),
    "t1_dip", "duration", "footprint", "product" of the last three.
    """

    name: str
    statement: str
    source: str
    status: str
    reduction: float | None = None
    measure: str = ""


@cache
def claims(key: str) -> tuple[Claim, ...]:
    """Published claims on one counter-measure.

    >>> [claim.name for claim in claims("outer")][0]
    'Xu 2022'
    """
    text = files("qubudget.materials").joinpath("data/mitigations.toml").read_text("utf-8")
    return tuple(
        Claim(**{name: value for name, value in row.items() if name != "key"})
        for row in tomllib.loads(text)["claims"]
        if row["key"] == key
    )


@dataclass(frozen=True)
class Variant:
    """A design to compare: ``changes`` as ``Design.replace`` takes them.

    ``hidden_by`` names measured values of the design that stand in for what the change would move.
    ``quick``: whether a quick look simulates its logical failures too.
    """

    name: str
    changes: dict[str, Any]
    note: str
    claims: tuple[Claim, ...]
    hidden_by: tuple[str, ...] = ()
    quick: bool = True


FURTHER = 4
"""Two steps of code distance."""


def variants(design: DesignModel) -> tuple[Variant, ...]:
    """Every counter-measure that the design does not have, one at a time.

    Detection takes the times and the efficiency that the design states, or is ideal.
    """
    return tuple(_reactions(design)) + tuple(_builds(design))


def _reactions(design: DesignModel) -> Iterator[Variant]:
    now = design.mitigation
    seen = f"detected after {now.detection_time:g} s, {now.detection_efficiency:.0%} of the bursts"
    for name, strategy in (("detect and pause", "pause"), ("detect and move", "move")):
        if now.strategy != strategy:
            note = seen + (f", moved in {now.move_time:g} s" if strategy == "move" else "")
            yield Variant(name, {"mitigation.strategy": strategy}, note, claims(strategy))
    if now.strategy != "outer":
        chips, losses = (
            (now.outer_chips, now.outer_losses) if now.outer_losses else (7, 2)
        )  # the [[7, 1, 3]] code corrects any two erasures
        yield Variant(
            "outer code over chips",
            {
                "mitigation.strategy": "outer",
                "mitigation.outer_chips": chips,
                "mitigation.outer_losses": losses,
            },
            f"{seen}; {losses} of {chips} chips may be lost at once",
            claims("outer"),
        )


def _builds(design: DesignModel) -> Iterator[Variant]:
    wanted = 2 * design.qubit.frequency
    if design.qubit.gap_difference <= design.qubit.frequency:
        yield Variant(
            "gap engineering",
            {"qubit.gap_difference": f"{wanted!r} Hz"},
            "a gap difference of twice the qubit's quantum",
            claims("gap"),
        )
    distance = design.code.distance + FURTHER
    if distance <= 101:
        yield Variant(f"distance {distance}", {"code.distance": distance}, "", claims("distance"))
    shortest = cycle_operations(design)
    if shortest < design.workload.cycle_time * (1 - 1e-9):
        yield Variant(
            "shortest cycle",
            {"workload.cycle_time": f"{shortest!r} s"},
            f"the operations one after another take {shortest:.3g} s",
            (),
        )
    yield from _shielded(design)


DEPTH = 1e5
"""100 m of water, kg/m^2."""
LEAD = 0.1
"""m, on all sides."""


def _shielded(design: DesignModel) -> Iterator[Variant]:
    now = design.radiation
    hidden = ("measured.burst_rate",) if design.measured.burst_rate is not None else ()
    deeper, more_lead = now.overburden < DEPTH, now.lead_thickness < LEAD
    deep = {"radiation.overburden": f"{DEPTH!r} kg/m^2"}
    lead = {"radiation.lead_thickness": f"{LEAD!r} m"}
    depth = "100 m of water or as much rock above: muons by Heisinger et al. 2002, no nucleons left"
    thick = "10 cm on all sides, without build-up of scattered photons and without its own activity"
    if more_lead:
        yield Variant("in lead", lead, thick, claims("lead"), hidden, quick=False)
    if deeper:
        yield Variant("under ground", deep, depth, claims("underground"), hidden, quick=False)
    if deeper and more_lead:
        both = f"{depth}; {thick}"
        yield Variant("under ground, in lead", deep | lead, both, claims("shielded"), hidden)
