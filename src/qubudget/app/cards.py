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
    "details": "1 of 4: margins of the fridge",
    "impact": "2 of 4: radiation",
    "qec": "3 of 4: error correction",
    "verdict": "4 of 4: what would pass",
}
_BEFORE_STEPS = {
    "waiting": "in the queue",
    "starting": "loading the simulations",
}
USUALLY = {
    "quick": "usually 10 to 30 s in all",
    "standard": "usually one to two minutes in all",
    "full": "many minutes in all",
}
"""How long the slow wings take, by effort, on a machine with nothing else to do."""
_OF_TILE = {
    "Thermal status": "thermal",
    "Most qubits per fridge": "thermal",
    "T1": "coherence",
    "T2": "coherence",
    "Two-qubit gate error": "coherence",
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


def greyed_wings(session: Session) -> frozenset[str]:
    """Wings whose figure is greyed as a whole.

    A verdict of this design's fridge and qubit is not: it marks the constraints that it awaits.
    """
    stale = old_wings(session)
    return stale if "thermal" in stale else stale - {"verdict"}


def headline_state(session: Session) -> dict[str, Any]:
    """What the headline shows: verdict, progress, key numbers, figures in words."""
    document, old, progress = session.document, old_wings(session), session.progress
    feasible, headline, details = verdict_so_far(document, progress is not None)
    if "thermal" in old and "verdict" in document:
        headline = f"Of the design before: {headline}"
    unfinished = progress is None and bool(session.stale or "qec" not in document)
    effort = document.get("provenance", {}).get("effort", "quick")
    return {
        "feasible": feasible,
        "headline": headline,
        "details": details,
        "progress": _doing(progress) if progress else "stopped" if unfinished else "",
        "step": list(_STEPS).index(progress) + 1 if progress in _STEPS else 0,
        "steps": len(_STEPS),
        "usually": USUALLY[effort],
        "running": progress is not None,
        "can_resume": unfinished,
        "error": session.error or "",
        "stale": sorted(greyed_wings(session)),
        "tiles": [
            {"label": tile.label, "value": tile.value, "remark": tile.remark,
             "stale": _OF_TILE.get(tile.label, "") in old}
            for tile in tiles(document)
        ],
        "words": {card.name: card.view.words(document) for card in CARDS},
    }  # fmt: skip


def verdict_so_far(document: Data, running: bool = False) -> tuple[bool | None, str, str]:
    """Whether it is feasible, the sentence, and its reasons; None while errors are not known.

    Parameters
    ----------
    running : whether what is missing is being computed.
    """
    if "verdict" not in document:
        return None, "No verdict yet.", ""
    words = verdict_words(document)
    known = rows(section(document, "verdict"), "constraints")
    awaited = [entry for entry in known if entry.get("awaited")]
    if "qec" in document and not awaited:
        return words.feasible, words.headline, " ".join(words.details)
    quick = len(known) - len(awaited)
    failed = sum(not entry.get("passed") for entry in known if not entry.get("awaited"))
    doing = "is being computed" if running else "has not been computed"
    later = f"Error correction of this design {doing}"
    later += "; its numbers shown here are those of the design before." if awaited else "."
    if failed:
        verb = "fails" if failed == 1 else "fail"
        headline = f"Not feasible: {failed} of {quick} constraints of fridge and qubit {verb}."
        return False, headline, " ".join([*words.details, later])
    if not quick:
        return None, words.headline, " ".join(words.details)
    return None, f"Fridge and qubit: all {quick} constraints hold.", later


def _doing(progress: str) -> str:
    found = _STEPS | _BEFORE_STEPS
    return found.get(progress, f"computing {progress}")
