"""Counter-measures against bursts, one at a time, each computed and beside what is published.

A reaction to bursts (pause, move, outer code) needs no new simulation: it acts on the failures
that the design's bursts have caused. What changes the chip, its shielding or the code is computed
anew, from the cryostat on, with the heat of correction and the coherence that go with it; what
changes the chip or its radiation is also compared impact by impact.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from qubudget import __version__
from qubudget.design import Design
from qubudget.errors import ConvergenceError, DesignError, OutOfRangeError
from qubudget.pipeline import Chain, Effort
from qubudget.progress import tell
from qubudget.qec.variants import Claim, Variant, variants
from qubudget.study.mitigation.factors import (
    UNKNOWN,
    ImpactFactors,
    Interval,
    ends,
    impact_factors,
)
from qubudget.study.mitigation.struck import Struck, struck
from qubudget.study.mitigation.variants import chip_variants

if TYPE_CHECKING:
    from qubudget.qec.result import QecResult
    from qubudget.qubit.result import CoherenceResult

AS_DESIGNED = "as designed"
REACTION = "mitigation."
"""What the keys begin with whose change needs no new simulation."""
CODE = (REACTION, "code.", "workload.")
"""What the keys begin with whose change leaves the impacts as they are."""
LATER = "a quick look leaves out its logical failures: --effort standard simulates them"


@dataclass(frozen=True)
class MitigationRow:
    """One design: the given one, or that with one counter-measure.

    Attributes
    ----------
    name, changes : of the counter-measure; ``changes`` as ``Design.replace`` takes them.
    total, quiet, bursts : logical errors per day of one logical qubit: all, of quiet times, by
        bursts. ``bursts`` is unknown where the quiet errors alone destroy the state.
    burst_rate : per second, of bursts that hit one patch. burst_failure : excess failure
        probability of one patch per burst, before any reaction.
    bursts_left, total_left : ``bursts`` and ``total`` over those of the given design. The interval
        of a reaction's is that of one simulation, seen twice; else the two are independent.
    dead_time : share of the time that is lost. spares : spare patches in use on average, chips :
        both per logical qubit, as the reaction needs them; None without one.
    physical_qubits : per logical qubit, chips and spares included.
    hidden_by : measured values of the design that stand in for what the change would move.
    impact : what it divides in the impacts; None where it leaves them as they are.
    reason : why nothing, or not all, is known.
    """

    name: str
    changes: Mapping[str, Any]
    total: Interval = UNKNOWN
    quiet: Interval = UNKNOWN
    bursts: Interval = UNKNOWN
    burst_rate: float | None = None
    burst_failure: Interval = UNKNOWN
    bursts_left: Interval = UNKNOWN
    total_left: Interval = UNKNOWN
    dead_time: float | None = None
    spares: float | None = None
    chips: int | None = None
    physical_qubits: float | None = None
    claims: tuple[Claim, ...] = ()
    note: str = ""
    assumption: str = ""
    hidden_by: tuple[str, ...] = ()
    impact: ImpactFactors | None = None
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names; None for what is not known."""
        return {
            "name": self.name,
            "changes": dict(self.changes),
            "logical_errors_per_day": ends(self.total),
            "quiet_per_day": ends(self.quiet),
            "bursts_per_day": ends(self.bursts),
            "burst_rate_per_s": self.burst_rate,
            "failure_per_burst": ends(self.burst_failure),
            "bursts_left": ends(self.bursts_left),
            "total_left": ends(self.total_left),
            "dead_time_share": self.dead_time,
            "spare_patches": self.spares,
            "chips_per_logical_qubit": self.chips,
            "physical_qubits_per_logical": self.physical_qubits,
            "claims": [asdict(claim) for claim in self.claims],
            "note": self.note,
            "assumption": self.assumption,
            "hidden_by": list(self.hidden_by),
            "impact": None if self.impact is None else self.impact.to_dict(),
            "reason": self.reason,
        }


@dataclass(frozen=True)
class MitigationTable:
    """A design (first row) and every counter-measure that it does not have."""

    design: Design
    rows: tuple[MitigationRow, ...]
    effort: Effort
    seed: int
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """The document that ``qubudget mitigate --json`` prints."""
        return {
            "design": self.design.name,
            "title": self.design.title,
            "rows": [row.to_dict() for row in self.rows],
            "provenance": {
                "version": __version__,
                "design_sha256": self.design.sha256(),
                "sources": list(self.design.sources),
                "seed": self.seed,
                "effort": self.effort,
                "seconds": self.seconds,
            },
        }


def mitigate(
    design: Design,
    *,
    effort: Effort = "quick",
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> MitigationTable:
    """Compare a design with itself and one counter-measure more, for every counter-measure.

    Parameters
    ----------
    effort, seed : as in :func:`qubudget.pipeline.evaluate`.
    progress : called with the name of each row before it is computed.

    A design that a counter-measure makes impossible (a patch off the chip, a code too large) is a
    row with a reason.

    Raises
    ------
    DesignError, OutOfRangeError, ConvergenceError: the design as given cannot be computed.
    """
    say = progress or (lambda step: None)
    started = time.perf_counter()
    say(AS_DESIGNED)
    base = _Base.of(Chain(effort, seed), design)
    rows = [base.row()]
    tried = (*variants(design), *chip_variants(design))
    for place, variant in enumerate(tried, start=1):
        tell(say, variant.name, place, len(tried) + 1)
        rows.append(base.tried(variant))
    return MitigationTable(design, tuple(rows), effort, seed, time.perf_counter() - started)


@dataclass(frozen=True)
class _Base:
    """The design as given, with which its variants are compared."""

    chain: Chain
    design: Design
    errors: QecResult
    struck: Struck | None

    @classmethod
    def of(cls, chain: Chain, design: Design) -> _Base:
        _, coherence, _ = chain.cold(design)
        return cls(
            chain, design, _errors(chain, design, coherence),
            struck(design, coherence, chain.effort, chain.seed),
        )  # fmt: skip

    def row(self) -> MitigationRow:
        """The design itself."""
        variant = Variant(AS_DESIGNED, {}, "", ())
        factors = None if self.struck is None else self._factors(self.struck)
        return replace(_row(variant, self.errors, self.errors, paired=True), impact=factors)

    def tried(self, variant: Variant) -> MitigationRow:
        """The design with a counter-measure."""
        empty = MitigationRow(
            variant.name, variant.changes, claims=variant.claims, note=variant.note,
            hidden_by=variant.hidden_by,
        )  # fmt: skip
        try:
            changed = self.design.replace(variant.changes)
            if all(key.startswith(REACTION) for key in variant.changes):
                found = self.errors.reacting(changed.mitigation)
                return _row(variant, found, self.errors, paired=True)
            _, coherence, _ = self.chain.cold(changed)
            factors = self._compared(variant, changed, coherence)
            if self.chain.effort == "quick" and not variant.quick:
                return replace(empty, impact=factors, reason=LATER)
        except (DesignError, OutOfRangeError, ConvergenceError) as error:
            return replace(empty, reason=str(error))
        try:
            found = _errors(self.chain, changed, coherence)
        except (DesignError, OutOfRangeError, ConvergenceError) as error:
            return replace(empty, impact=factors, reason=str(error))
        return replace(_row(variant, found, self.errors, paired=False), impact=factors)

    def _compared(
        self, variant: Variant, changed: Design, coherence: CoherenceResult
    ) -> ImpactFactors | None:
        if self.struck is None or all(key.startswith(CODE) for key in variant.changes):
            return None
        chain = self.chain
        after = struck(changed, coherence, chain.effort, chain.seed, like=self.struck)
        return None if after is None else self._factors(after)

    def _factors(self, after: Struck) -> ImpactFactors:
        assert self.struck is not None
        return impact_factors(self.struck, after, self.chain.seed)


def _errors(chain: Chain, design: Design, coherence: CoherenceResult) -> QecResult:
    """Logical errors; in a quick look, bursts at the least effort."""
    impact = chain.impact(design, coherence)
    return chain.errors(design, coherence, impact, sketch=chain.effort == "quick")


def _row(variant: Variant, found: QecResult, own: QecResult, *, paired: bool) -> MitigationRow:
    reaction, bursts, before, whole = found.mitigated, _bursts(found), _bursts(own), own.per_day()
    if paired and reaction is not None and own.mitigated is None:
        # Its ends add those of the classes of bursts, as the reaction's do.
        value, low, high = reaction.unmitigated.tolist()
        before = (value, low, high)
        whole = _sum(own.quiet_per_day(), before)
    notes = (variant.note, found.burst_note)
    return MitigationRow(
        variant.name,
        variant.changes,
        total=found.per_day(),
        quiet=found.quiet_per_day(),
        bursts=bursts,
        burst_rate=found.burst_rate,
        burst_failure=found.burst_failure(),
        bursts_left=left(bursts, before, paired=paired),
        total_left=left(found.per_day(), whole, paired=paired),
        dead_time=None if reaction is None else reaction.dead_time,
        spares=None if reaction is None else reaction.spares,
        chips=None if reaction is None else reaction.chips,
        physical_qubits=found.qubits_per_patch
        * (1.0 if reaction is None else reaction.chips + reaction.spares),
        claims=variant.claims,
        note="; ".join(note for note in notes if note),
        assumption="" if reaction is None else reaction.assumption,
        hidden_by=variant.hidden_by,
        reason=found.reason or _no_share(bursts, before),
    )


def _sum(first: Interval, second: Interval) -> Interval:
    pairs = zip(first, second, strict=True)
    value, low, high = (None if a is None or b is None else a + b for a, b in pairs)
    return value, low, high


def _bursts(result: QecResult) -> Interval:
    return UNKNOWN if result.bursts is None else result.bursts_per_day()


def _no_share(bursts: Interval, before: Interval) -> str | None:
    if bursts[0] is None:
        return "quiet errors alone destroy the state: what bursts add is not known"
    if before[0] is None:
        return "what bursts add to the design as given is not known"
    return None if before[0] > 0 else "the design as given has no failures by bursts"


def left(after: Interval, before: Interval, *, paired: bool) -> Interval:
    """The share of failures that is left, after / before, with its interval.

    ``paired`` : both come from the same samples, so that their low (high) ends belong together.
    Unknown where nothing failed before; an end is unknown where that end was zero.

    >>> left((1.0, 0.5, 2.0), (4.0, 2.0, 8.0), paired=True)
    (0.25, 0.25, 0.25)
    >>> left((1.0, 0.5, 2.0), (4.0, 2.0, 8.0), paired=False)
    (0.25, 0.0625, 1.0)
    """
    value = _over(after[0], before[0])
    if value is None:
        return UNKNOWN
    ends = [_over(a, b) for a, b in zip(after[1:], before[1:] if paired else before[:0:-1],
                                        strict=True)]  # fmt: skip
    if not paired:
        return value, ends[0], ends[1]
    known = [value, *(end for end in ends if end is not None)]
    return value, min(known), max(known)


def _over(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
