"""What is computed at once: cryostat, qubit, noise along lines, rates, quick constraints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qubudget.app.reads import COLD, RATES, READS, fingerprint, values
from qubudget.cryostat.result import ThermalResult
from qubudget.design import Design
from qubudget.findings import published_claims
from qubudget.impact.falling import deposits
from qubudget.pipeline import Chain, Feedback, relaxing_of
from qubudget.qubit.result import CoherenceResult
from qubudget.verdict import Constraint, cold_constraints


@dataclass(frozen=True)
class Solved:
    """Cryostat and qubit of a design, solved, with their part of the document.

    ``key`` is the fingerprint of all that they depend on.
    """

    key: str
    thermal: ThermalResult
    coherence: CoherenceResult
    feedback: Feedback
    parts: Mapping[str, Any]

    @classmethod
    def of(cls, chain: Chain, design: Design, key: str) -> Solved:
        """Solve a design.

        Raises
        ------
        OutOfRangeError, ConvergenceError: as the chain.
        """
        thermal, coherence, feedback = chain.cold(design)
        parts = {
            "thermal": thermal.to_dict(),
            "coherence": coherence.to_dict(),
            "feedback": feedback.to_dict(),
        }
        return cls(key, thermal, coherence, feedback, parts)


@dataclass(frozen=True)
class Rates:
    """Rates of radiation, and the deposit it leaves, by the document's keys."""

    key: str
    parts: Mapping[str, Any]

    @classmethod
    def of(cls, design: Design, key: str) -> Rates:
        """Rates of a design's radiation in its chip."""
        rates = deposits(design).rates
        each = {n: getattr(rates, n) for n in ("total", "muon", "gamma", "hadron", "phonon_burst")}
        return cls(key, {"rate_per_s": each})


@dataclass(frozen=True)
class Cold:
    """Everything that a design answers at once.

    ``wanted`` has the fingerprint of every slow part's answer.
    """

    design: Design
    sha256: str
    solved: Solved
    rates: Rates
    constraints: tuple[Constraint, ...]
    claims: tuple[dict[str, str], ...]
    wanted: Mapping[str, str]

    @classmethod
    def of(cls, design: Design, chain: Chain, before: Cold | None = None) -> Cold:
        """Answers of a design; what did not change since ``before`` is taken from there.

        Raises
        ------
        OutOfRangeError, ConvergenceError: as the chain.
        """
        held = values(design)
        key, rate_key = fingerprint(held, COLD), fingerprint(held, RATES)
        keeps = before is not None and before.solved.key == key
        solved = before.solved if before is not None and keeps else Solved.of(chain, design, key)
        keeps = before is not None and before.rates.key == rate_key
        rates = before.rates if before is not None and keeps else Rates.of(design, rate_key)
        constraints = cold_constraints(design, solved.thermal, solved.coherence)
        claims = published_claims(design, solved.thermal, solved.coherence)
        sha = design.sha256()
        wanted = _wanted(sha, held, solved, chain)
        return cls(design, sha, solved, rates, constraints, claims, wanted)


def _wanted(sha256: str, held: Mapping[str, Any], solved: Solved, chain: Chain) -> dict[str, str]:
    """Fingerprints of the slow parts: what each reads, and what it takes from upstream."""
    run, coherence = (chain.effort, chain.seed), solved.coherence
    gate = coherence.gate
    impact = fingerprint(held, READS["impact"], run, coherence.t1_s, relaxing_of(coherence))
    errors = (gate.one_qubit_error, gate.two_qubit_error, gate.readout_error, gate.leakage)
    noise = (coherence.t1_s, coherence.t2_s, errors)
    return {
        "details": fingerprint(held, COLD, chain.seed),
        "impact": impact,
        "qec": fingerprint(held, READS["qec"], run, noise, impact),
        "verdict": fingerprint({}, (), run, sha256),
    }
