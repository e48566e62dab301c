"""What a job is given, and what it gives back part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qubudget.design import Design
    from qubudget.pipeline import Effort

SLOW = ("details", "impact", "qec", "verdict")
"""What a job computes, in this order; "details" are parts of the cryostat's and the qubit's."""

DETAILS: Mapping[str, tuple[str, ...]] = {
    "thermal": ("intervals", "operations", "trades", "runaway"),
    "coherence": ("thresholds",),
}
"""What the details add to other sections; the section "line_noise" is theirs as a whole."""


@dataclass(frozen=True)
class Work:
    """One design to be computed; ``keys`` has the fingerprint of each part's answer."""

    design: Design
    effort: Effort
    seed: int
    keys: Mapping[str, str]


@dataclass(frozen=True)
class Part:
    """A part's answer: its entries of the document, and the result that later parts need."""

    document: Mapping[str, Any]
    result: Any = None
