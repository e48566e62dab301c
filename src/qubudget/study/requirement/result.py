"""What the targets of a design ask for, as ``qubudget requirement`` gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qubudget import __version__
from qubudget.design import Design
from qubudget.pipeline import Effort
from qubudget.qec.requirement import Burst, Requirement

Errors = tuple[float, float, float]
"""Logical errors per day: value, low and high of 95 %."""


@dataclass(frozen=True)
class TargetRequirement:
    """What one target asks for.

    Attributes
    ----------
    name : ``logical_errors_per_day`` or ``algorithm``. target : logical errors per day of one
        logical qubit.
    distance_quiet, distance : smallest distance, without bursts and with the design's own.
    working_distance : of what follows: the larger of the design's and of the smallest that holds,
        with the design's bursts if any does, else without; None where none does.
    reference : logical errors per day under the reference burst at that distance.
    bursts : edges of T1 dip, recovery, radius and rate.
    """

    name: str
    target: float
    distance_quiet: Requirement
    distance: Requirement
    working_distance: int | None
    reference: Errors | None
    bursts: tuple[Requirement, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; a requirement's value is in its ``unit``."""
        return {
            "name": self.name,
            "target_per_day": self.target,
            "distance_without_bursts": _edge(self.distance_quiet),
            "distance": _edge(self.distance),
            "working_distance": self.working_distance,
            "reference_per_day": _ends(self.reference),
            "bursts": [_edge(found) for found in self.bursts],
        }


@dataclass(frozen=True)
class DesignRequirement:
    """What every target of a design asks for.

    ``own`` : logical errors per day of the design as it is, as the search sees them. ``reference``
    : the burst that stands for the design's; None, and ``note`` says why, where it has none.
    ``reason`` : why nothing could be asked at all.
    """

    design: Design
    own: Errors | None
    reference: Burst | None
    targets: tuple[TargetRequirement, ...]
    note: str
    reason: str | None
    effort: Effort
    seed: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """The document that ``qubudget requirement --json`` prints."""
        burst = self.reference
        return {
            "design": self.design.name,
            "title": self.design.title,
            "distance": self.design.code.distance,
            "logical_errors_per_day": _ends(self.own),
            "reference_burst": None if burst is None else {
                "t1_dip_s": burst.t1_dip,
                "recovery_s": burst.recovery,
                "radius_m": burst.radius,
                "rate_per_s": burst.rate,
            },
            "targets": [target.to_dict() for target in self.targets],
            "note": self.note,
            "reason": self.reason,
            "provenance": {
                "version": __version__,
                "design_sha256": self.design.sha256(),
                "sources": list(self.design.sources),
                "seed": self.seed,
                "effort": self.effort,
                "seconds": self.seconds,
            },
        }  # fmt: skip


def _ends(errors: Errors | None) -> dict[str, float | None]:
    return dict(zip(("value", "low", "high"), errors or (None, None, None), strict=True))


def _edge(found: Requirement) -> dict[str, Any]:
    return found.to_dict() | {"errors": _ends(found.errors)}
