"""The chain's cards: which view shows which wing; and the headline in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qubudget.app.session import Session
from qubudget.app.views.chip import ChipView
from qubudget.app.views.coherence import CoherenceView
from qubudget.app.views.heat import HeatView
from qubudget.app.views.logical import LogicalView
from qubudget.app.views.margins import MarginsView
from qubudget.app.views.temperature import TemperatureView
from qubudget.app.views.timeline import TimelineView
from qubudget.app.views.view import View
from qubudget.report.reading import Data, rows, section
from qubudget.report.summary import tiles, verdict_words


@dataclass(frozen=True)
class Card:
    """One figure of the chain.

    Attributes
    ----------
    name, title, remark : of the card on the page.
    wing : whose staleness greys it. reads : parts of the document that its figure shows.
    view : makes the figure, for dark or light ground.
    """

    name: str
    title: str
    remark: str
    wing: str
    reads: tuple[str, ...]
    view: type[View]

    @property
    def later(self) -> bool:
        """Whether its wing is slow, so that a new page has nothing to show there yet."""
        return self.wing in ("impact", "qec")


CARDS = (
    Card("margins", "Verdict", "Margin of every constraint; left of zero fails.",
         "verdict", ("verdict",), MarginsView),
    Card("logical", "Error correction", "Logical error per cycle against the code's distance.",
         "qec", ("qec", "verdict"), LogicalView),
    Card("heat", "Cryostat: watts", "Heat of every stage by item, against its rated cooling power.",
         "thermal", ("thermal",), HeatView),
    Card("temperature", "Cryostat: kelvin", "Solved temperature of every stage, and its limit.",
         "thermal", ("thermal",), TemperatureView),
    Card("coherence", "Qubit: seconds",
         "Rate of every channel; beside it the time that it alone would give, and its share.",
         "coherence", ("coherence",), CoherenceView),
    Card("chip", "Impact: joules", "T1 of the chip while it recovers from one event.",
         "impact", ("impact", "qec"), ChipView),
    Card("timeline", "Impact: recovery", "T1 and quasiparticles after the reference event.",
         "impact", ("impact",), TimelineView),
)  # fmt: skip

_STEPS = {
    "waiting": "waiting",
    "starting": "starting",
    "details": "1 of 4: margins of the fridge",
    "impact": "2 of 4: radiation",
    "qec": "3 of 4: error correction",
    "verdict": "4 of 4: what would pass",
}
_OF_TILE = {
    "Radiation": "impact",
    "Logical errors per day": "qec",
    "Mean time to failure": "qec",
}


def old_wings(session: Session) -> frozenset[str]:
    """Wings whose shown result is of an older design.

    A verdict whose remedies are still being looked for is not: its values are of this design.
    """
    stale = session.stale
    return stale if session.awaited else stale - {"verdict"}


def headline_state(session: Session) -> dict[str, Any]:
    """What the headline shows: verdict, progress, key numbers, figures in words."""
    document, old, progress = session.document, old_wings(session), session.progress
    feasible, headline, details = verdict_so_far(document)
    if "verdict" in old and feasible is not None:
        headline = f"Of the design before: {headline}"
    unfinished = progress is None and bool(session.stale or "qec" not in document)
    return {
        "feasible": feasible,
        "headline": headline,
        "details": details,
        "progress": _doing(progress) if progress else "stopped" if unfinished else "",
        "running": progress is not None,
        "can_resume": unfinished,
        "error": session.error or "",
        "stale": sorted(old),
        "tiles": [
            {"label": tile.label, "value": tile.value, "remark": tile.remark,
             "stale": _OF_TILE.get(tile.label, "") in old}
            for tile in tiles(document)
        ],
        "words": {card.name: card.view.words(document) for card in CARDS},
    }  # fmt: skip


def verdict_so_far(document: Data) -> tuple[bool | None, str, str]:
    """Whether it is feasible, the sentence, and its reasons; None while errors are not known."""
    if "verdict" not in document:
        return None, "No verdict yet.", ""
    words = verdict_words(document)
    if words.feasible is not None:
        return words.feasible, words.headline, " ".join(words.details)
    known = len(rows(section(document, "verdict"), "constraints"))
    if "qec" not in document and known:
        return None, "No verdict yet.", f"{known} constraints hold; the errors are not known yet."
    return None, words.headline, " ".join(words.details)


def _doing(progress: str) -> str:
    return _STEPS.get(progress, f"computing {progress}")
