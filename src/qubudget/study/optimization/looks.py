"""Looking at one design, the cheap part of the chain first: what a search asks again and again.

The first look is the cryostat and the qubit (milliseconds). The second is error correction in
quiet times, a lower bound of the logical errors: bursts only add to them. The third is the whole
chain. Who asks stops at the first look that fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, cast

from qubudget import __version__
from qubudget.design import Design
from qubudget.errors import QubudgetError
from qubudget.pipeline import Chain, Effort
from qubudget.study.optimization.goals import Check, check_of
from qubudget.study.sweeping.scalars import Scalar, scalars
from qubudget.verdict import cold_constraints, judge, logical_constraint

if TYPE_CHECKING:
    from qubudget.impact.result import ImpactResult

NOTHING: Mapping[str, Scalar] = {}


@dataclass(frozen=True)
class Look:
    """What one look at a design saw.

    Attributes
    ----------
    checks : the verdict's constraints, as far as they are known.
    scalars : of the report, by their dotted names, as far as they are known.
    refused : why there is nothing: inconsistent, or out of the models' range.
    """

    checks: tuple[Check, ...] = ()
    scalars: Mapping[str, Scalar] = field(default_factory=lambda: NOTHING)
    refused: str | None = None


class Evaluator(Protocol):
    """Looks at designs; ``looks`` of rising cost, the last of which knows everything.

    The first look knows every scalar and constraint that does not need the later ones; one in
    between may know bounds only: what fails there fails.
    """

    @property
    def looks(self) -> int: ...

    def name(self, look: int) -> str:
        """What the look of this number depends on beside the design, as a text."""
        ...

    def __call__(self, design: Design, look: int) -> Look:
        """The look of this number, from 0; a failure of the models is a refusal, no error."""
        ...


@dataclass(frozen=True)
class ChainEvaluator:
    """The chain of ``qubudget run``, in these steps: some of "cold", "quiet" and "whole"."""

    effort: Effort
    seed: int
    steps: tuple[str, ...] = ("cold", "quiet", "whole")

    @property
    def looks(self) -> int:
        """As many as steps."""
        return len(self.steps)

    def name(self, look: int) -> str:
        """Step, effort, seed and version."""
        return f"{self.steps[look]}, {self.effort}, seed {self.seed}, qubudget {__version__}"

    def __call__(self, design: Design, look: int) -> Look:
        """Cryostat and qubit; quiet errors; everything."""
        steps = {"cold": self._cold, "quiet": self._quiet, "whole": self._whole}
        try:
            return steps[self.steps[look]](design)
        except QubudgetError as error:
            return Look(refused=" ".join(str(error).split()))

    def _cold(self, design: Design) -> Look:
        thermal, coherence, feedback = Chain(self.effort, self.seed).cold(design)
        constraints = [
            *cold_constraints(design, thermal, coherence),
        ]
        document: dict[str, Any] = {
            "machine": {"qubits": design.machine.qubits, "fridges": thermal.fridges},
            "thermal": thermal.to_dict(),
            "coherence": coherence.to_dict(),
            "feedback": feedback.to_dict(),
        }
        found = scalars(document)
        found["thermal.margin"] = min(
            (c.margin for c in constraints if c.name.startswith("heat.") and c.margin is not None),
            default=None,
        )
        return Look(tuple(map(check_of, constraints)), found)

    def _quiet(self, design: Design) -> Look:
        chain = Chain(self.effort, self.seed)
        _, coherence, _ = chain.cold(design)
        # Without bursts nothing of the impact is read.
        none = cast("ImpactResult", None)
        found = chain.errors(design, coherence, none, with_bursts=False)
        quiet = check_of(logical_constraint(design, found))
        if quiet.value is not None:
            quiet = replace(quiet, reason="in quiet times; bursts, not looked at, only add to it")
        return Look((quiet,))

    def _whole(self, design: Design) -> Look:
        chain = Chain(self.effort, self.seed)
        cold = self._cold(design)
        thermal, coherence, _ = chain.cold(design)
        impact = chain.impact(design, coherence)
        qec = chain.errors(design, coherence, impact)
        verdict = judge(design, thermal, coherence, qec, lambda constraint: (), ())
        document = {"impact": impact.to_dict(), "qec": qec.to_dict()}
        found = {**cold.scalars, **scalars(document)}
        return Look(tuple(map(check_of, verdict.constraints)), found)
