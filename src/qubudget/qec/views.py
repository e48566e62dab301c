"""What a reader of the error-correction part asks next: courses, survival, causes, the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qubudget.qec.course import Course
from qubudget.qec.history import BurstHistory, BurstLike
from qubudget.qec.placement import Placement
from qubudget.qec.result import QecResult
from qubudget.qec.survival import Cause, Survival, background_cause, burst_cause, survive


@dataclass(frozen=True, eq=False)
class QecViews:
    """Beside the numbers of a design.

    Attributes
    ----------
    courses : logical error per cycle through the burst that costs most, as an unaware, an aware
        and an erasure decoder see it.
    survival : of one logical qubit, with the causes of its failures; None where nothing fails.
    map : patches on the chip, over the relaxation times of that burst at its worst.
    """

    courses: tuple[Course, ...]
    survival: Survival | None
    map: dict[str, Any] | None

    def to_dict(self) -> dict[str, Any]:
        """Further keys of ``qec``."""
        lasting = self.survival
        found = {"survival": None, "budget": []} if lasting is None else lasting.to_dict()
        return {"placement": self.map, **found}

    def burst_dict(self) -> dict[str, Any]:
        """Further keys of ``qec.burst``."""
        return {"courses": [course.to_dict() for course in self.courses]}


def views(result: QecResult, bursts: Sequence[BurstLike], t1: float | None) -> QecViews:
    """The views of a result.

    Parameters
    ----------
    bursts : the classes that ``result`` was computed from. t1 : in quiet times, s.
    """
    quiet, study = result.background, result.study
    if quiet is None or study is None or not result.bursts or t1 is None:
        return QecViews((), _survival(result), None)
    worst = max(range(len(bursts)), key=lambda i: _cost(result, bursts[i].name))
    burst = BurstHistory.of(bursts[worst])
    # A plug-in takes too long for three decoders more.
    courses = [] if study.plugin else study.courses(burst, (quiet.error, quiet.low, quiet.high))
    placements = result.together.placements if result.together is not None else ()
    return QecViews(tuple(courses), _survival(result), _map(placements, burst, t1))


def _cost(result: QecResult, name: str) -> float:
    """Failures per second by the class of this name, at all places of a patch."""
    own = (b for b in result.bursts or () if b.name == name or b.name.startswith(f"{name}, patch"))
    return sum(b.rate * b.value for b in own)


def _survival(result: QecResult) -> Survival | None:
    quiet = result.background
    if quiet is None:
        return None
    error = (quiet.error, quiet.low, quiet.high)
    still = background_cause(error, result.cycle_time, result.bases)
    if result.mitigated is not None:
        value, low, high = (v or 0.0 for v in result.bursts_per_day())
        left = Cause(f"bursts, after: {result.mitigation.strategy}", value, low, high)
        return survive(still, (left,))
    causes = [burst_cause(b.name, b.rate, (b.value, b.low, b.high)) for b in result.bursts or ()]
    return survive(still, causes)


def _map(placements: Sequence[Placement], burst: BurstHistory, t1: float) -> dict[str, Any]:
    """Outlines of the patches, qubits of the first, and T1 when its mean rate is highest."""
    chip, first = placements[0].chip, placements[0]
    at = int(burst.excess_relaxation.mean(axis=(1, 2)).argmax())
    data = set(first.layout.data)
    return {
        "chip": {"length_m": chip.length, "width_m": chip.width},
        "patches": [
            {
                "name": f"patch {number}",
                "qubits": [
                    {"x_m": x, "y_m": y, "role": "data" if i in data else "ancilla"}
                    for i, (x, y) in enumerate(placement.positions.tolist())
                ]
                if placement is first
                else [],
                "outline": _outline(placement),
            }
            for number, placement in enumerate(placements, 1)
        ],
        "burst": {
            "name": burst.name,
            "time_s": float(burst.times[at]),
            "x_m": burst.x.tolist(),
            "y_m": burst.y.tolist(),
            "t1_s": (1 / (1 / t1 + burst.excess_relaxation[at])).tolist(),
        },
    }


def _outline(placement: Placement) -> list[list[float]]:
    """Corners (m) of the rectangle around a patch's qubits, along its own sides."""
    low, high = placement.local.min(axis=0), placement.local.max(axis=0)
    corners = np.array([[low[0], low[1]], [high[0], low[1]], [high[0], high[1]], [low[0], high[1]]])
    return [list(map(float, corner)) for corner in placement.on_the_chip(corners)]
