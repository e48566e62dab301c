"""What a worker computes for a design: details, radiation, error correction, verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qubudget import verdict
from qubudget.app.parts import SLOW, Part, Work
from qubudget.design import Design
from qubudget.details import Details
from qubudget.findings import published_claims
from qubudget.impact import assembly as impact_assembly
from qubudget.impact.result import ImpactResult
from qubudget.pipeline import Chain, Feedback
from qubudget.qec import assembly as qec_assembly
from qubudget.qec.result import QecResult
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.thresholds import design_thresholds
from qubudget.remedies import Remedies

_LOADED = (impact_assembly, qec_assembly)
"""The chain imports these when it calls them; a worker loads them before its first job."""


@dataclass(frozen=True)
class Watched(Chain):
    """A chain that can be stopped before each call, as the search for remedies makes many."""

    say: Any

    def cold(self, design: Design) -> tuple[Any, CoherenceResult, Feedback]:
        """As the chain's."""
        self.say("")
        return super().cold(design)

    def errors(
        self,
        design: Design,
        coherence: CoherenceResult,
        impact: ImpactResult,
        suppression: float = 1.0,
        with_bursts: bool = True,
        sketch: bool = False,
    ) -> QecResult:
        """As the chain's."""
        self.say("")
        return super().errors(design, coherence, impact, suppression, with_bursts, sketch)


def compute(work: Work, known: Mapping[str, Part], say: Any) -> Iterator[tuple[str, Part]]:
    """Every part of ``work.keys`` that is not known, in order, as it is found."""
    design, chain = work.design, Watched(work.effort, work.seed, say)
    missing = [name for name in SLOW if name in work.keys and name not in known]
    thermal, coherence, feedback = chain.cold(design)
    if "details" in missing:
        say("details")
        details = Details.of(design, thermal, coherence, feedback.power, work.seed)
        found = details.thermal_dict()
        thresholds = [limit.to_dict() for limit in design_thresholds(design, coherence)]
        yield (
            "details",
            Part(
                {
                    "thermal": found,
                    "coherence": {"thresholds": thresholds},
                    "line_noise": details.noise.to_dict(),
                }
            ),
        )
    impact: ImpactResult | None = known["impact"].result if "impact" in known else None
    if "impact" in missing:
        say("impact")
        impact = chain.impact(design, coherence)
        yield "impact", Part(impact.to_dict(), impact)
    qec: QecResult | None = known["qec"].result if "qec" in known else None
    if "qec" in missing:
        assert impact is not None
        say("qec")
        qec = chain.errors(design, coherence, impact)
        views = chain.views(qec, impact, coherence)
        document = qec.to_dict() | views.to_dict()
        document["burst"] |= views.burst_dict()
        # The simulation itself holds decoders, which cannot leave the process.
        qec = replace(qec, study=None)
        yield "qec", Part(document, qec)
    if "verdict" in missing:
        assert impact is not None
        assert qec is not None
        say("verdict")
        remedies = Remedies(design, chain, coherence, impact, qec)
        claims = published_claims(design, thermal, coherence)
        judged = verdict.judge(design, thermal, coherence, qec, remedies, claims)
        yield "verdict", Part(judged.to_dict())
