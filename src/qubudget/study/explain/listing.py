"""What there is to explain: words, constraints, sections of a design, parts of a report."""

from __future__ import annotations

from typing import Any

from qubudget.design.schema import DesignModel
from qubudget.study.explain.catalogue import rules, terms
from qubudget.study.explain.fields import fields

PARTS = {
    "thermal": "The cryostat: heat, temperatures, margins, how many qubits it can hold.",
    "line_noise": "Noise photons that reach the chip along every line.",
    "coherence": "The qubit at the solved temperatures: T1, T2, channels, gate errors.",
    "feedback": "Heat of decoding and correcting, and its way back to the temperatures.",
    "impact": "Radiation: event rates, quasiparticles, T1 during a burst.",
    "qec": "Error correction: logical errors per cycle and day, Lambda, bursts.",
    "verdict": "Every constraint with value, limit and margin.",
}
"""Parts of a report."""


def listing() -> dict[str, Any]:
    """The names that ``explain`` knows, each with a line on it, as plain JSON values."""
    return {
        "kind": "list of names",
        "words": [{"key": t.name, "also": list(t.also), "what": t.what} for t in _by_name()],
        "constraints": [{"key": rule.pattern, "what": rule.what} for rule in rules()],
        "sections": [
            {"key": field.path, "what": _about(field.place.section)}
            for field in fields(DesignModel)
            if "." not in field.path and field.place.section is not None
        ],
        "report": [{"key": key, "what": what} for key, what in PARTS.items()],
    }


def _by_name() -> list[Any]:
    return sorted(terms(), key=lambda term: term.name.casefold())


def _about(section: Any) -> str:
    return " ".join((section.__doc__ or "").split())
