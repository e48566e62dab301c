"""A document by the report's keys, put together from answers of different ages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qubudget import __version__
from qubudget.app.cold import Cold
from qubudget.app.parts import Part
from qubudget.pipeline import Chain
from qubudget.verdict import Verdict, judge

_NO_INTERVALS: Mapping[str, Any] = {"intervals": None}


class Documents:
    """Puts a session's documents together; an entry is a new object only where it changed."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}

    def of(
        self,
        cold: Cold,
        parts: Mapping[str, Part],
        chain: Chain,
        seconds: float,
        fresh_details: bool,
        fresh_errors: bool,
    ) -> dict[str, Any]:
        """The document of what is known.

        Parameters
        ----------
        cold : what was computed at once. parts : slow parts that are shown, of this or an
        earlier design. seconds : that the quick computations took. fresh_details : whether the
        details are of this design; intervals of an older one would not lie around its values.
        fresh_errors : whether error correction is of this design.
        """
        design, solved = cold.design, cold.solved
        beside = parts["details"].document if "details" in parts else {}
        document: dict[str, Any] = {"name": design.name, "title": design.title}
        none = None if fresh_details else _NO_INTERVALS
        document["thermal"] = self._joined(
            "thermal", solved.parts["thermal"], beside.get("thermal"), none
        )
        document["coherence"] = self._joined(
            "coherence", solved.parts["coherence"], beside.get("coherence")
        )
        if "impact" in parts:
            document["impact"] = self._joined("impact", parts["impact"].document, cold.rates.parts)
        if "qec" in parts:
            document["qec"] = self._joined("qec", parts["qec"].document)
        document["verdict"] = self._same("verdict", _verdict(cold, parts, fresh_errors))
        if "line_noise" in beside:
            document["line_noise"] = beside["line_noise"]
        document["feedback"] = solved.parts["feedback"]
        document["targets"] = self._same("targets", design.targets.model_dump())
        document["provenance"] = {
            "version": __version__,
            "design_sha256": cold.sha256,
            "sources": list(design.sources),
            "seed": chain.seed,
            "effort": chain.effort,
            "seconds": seconds,
        }
        return document

    def _joined(self, name: str, *pieces: Mapping[str, Any] | None) -> dict[str, Any]:
        """Pieces one laid on the other; the same object as long as the pieces are the same."""
        made = self._made.get(name)
        if made is None or any(a is not b for a, b in zip(made[0], pieces, strict=True)):
            joined: dict[str, Any] = {}
            for piece in pieces:
                joined.update(piece or {})
            made = self._made[name] = pieces, joined
        return made[1]

    def _same(self, name: str, found: dict[str, Any]) -> dict[str, Any]:
        """The object that was made before where it is equal."""
        made = self._made.get(name)
        if made is None or made[1] != found:
            made = self._made[name] = (), found
        return made[1]


def _verdict(cold: Cold, parts: Mapping[str, Part], fresh_errors: bool) -> dict[str, Any]:
    """The verdict as far as it is known.

    Without error correction of this design, ``feasible`` is None unless a quick constraint fails,
    and constraints that follow from error correction are absent, or ``awaited`` where their value
    is that of an older design. What would pass is kept where a constraint did not move.
    """
    last = parts["verdict"].document if "verdict" in parts else None
    solved, quick = cold.solved, Verdict(cold.constraints, cold.claims)
    found = quick.to_dict()
    if "qec" in parts:
        judged = judge(
            cold.design, solved.thermal, solved.coherence, parts["qec"].result,
            lambda constraint: (), cold.claims,
        )  # fmt: skip
        if fresh_errors:
            found = judged.to_dict()
        else:
            awaited = judged.constraints[len(cold.constraints) :]
            found["constraints"] += [c.to_dict() | {"awaited": True} for c in awaited]
    if not fresh_errors and quick.feasible:
        found |= {"feasible": None, "binding_constraint": None}
    remedies = {} if last is None else {entry["name"]: entry for entry in last["constraints"]}
    for entry in found["constraints"]:
        before = remedies.get(entry["name"], {})
        if entry | {"would_pass": before.get("would_pass")} == before:
            entry["would_pass"] = before["would_pass"]
    return found
