"""From a design to a report: the one place that knows the order of the wings."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from qubudget import __version__, verdict
from qubudget.cryostat import assembly as cryostat
from qubudget.design import Design
from qubudget.details import Details
from qubudget.errors import ConvergenceError, DesignError, Problem
from qubudget.feedback import correction_events
from qubudget.findings import published_claims
from qubudget.qubit import assembly as qubit
from qubudget.qubit.thresholds import Threshold, design_thresholds
from qubudget.remedies import Remedies

if TYPE_CHECKING:
    import xarray

    from qubudget.cryostat.result import ThermalResult
    from qubudget.impact.kinetics.cooling import Relaxing
    from qubudget.impact.result import ImpactResult
    from qubudget.qec.result import QecResult
    from qubudget.qec.views import QecViews
    from qubudget.qubit.result import CoherenceResult
    from qubudget.report.plots import Plots

Effort = Literal["quick", "standard", "full"]
WINGS = ("thermal", "coherence", "impact", "qec", "verdict")
MAX_PASSES = 50
RESIDUAL = 1e-9
"""Relative change of the correction's heat at which the fixed point is taken as reached."""


@dataclass(frozen=True)
class Feedback:
    """How the loop between correction heat and physical errors was closed.

    ``power`` is the correction's heat, W; ``residual`` its relative change in the last pass.
    """

    power: float
    passes: int
    residual: float

    def to_dict(self) -> dict[str, Any]:
        """The report's ``feedback``."""
        return {
            "correction_power_W": self.power,
            "passes": self.passes,
            "residual": self.residual,
        }


@dataclass(frozen=True, repr=False)
class Report:
    """What the wings found; a wing that was not asked for is None."""

    design: Design
    effort: Effort
    seed: int
    seconds: float
    feedback: Feedback
    thermal: ThermalResult
    details: Details
    coherence: CoherenceResult | None = None
    impact: ImpactResult | None = None
    qec: QecResult | None = None
    views: QecViews | None = None
    verdict: verdict.Verdict | None = None
    thresholds: tuple[Threshold, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as plain JSON values, by the contract's keys."""
        document: dict[str, Any] = {"name": self.design.name, "title": self.design.title}
        for wing in WINGS:
            result = getattr(self, wing)
            if result is not None:
                document[wing] = result.to_dict()
        document["thermal"] |= self.details.thermal_dict()
        document["line_noise"] = self.details.noise.to_dict()
        if self.coherence is not None:
            document["coherence"]["thresholds"] = [t.to_dict() for t in self.thresholds]
        if self.views is not None:
            document["qec"] |= self.views.to_dict()
            document["qec"]["burst"] |= self.views.burst_dict()
        document["feedback"] = self.feedback.to_dict()
        document["targets"] = self.design.targets.model_dump()
        document["provenance"] = {
            "version": __version__,
            "design_sha256": self.design.sha256(),
            "sources": list(self.design.sources),
            "seed": self.seed,
            "effort": self.effort,
            "seconds": self.seconds,
        }
        return document

    def stress(self) -> dict[str, Any] | None:
        """Both models' gate errors over temperature and loss tangent, for the figure."""
        from qubudget.qubit.stress import stress_map

        return None if self.coherence is None else stress_map(self.design, self.coherence)

    def growth(self) -> dict[str, Any]:
        """Solved stage temperatures against the number of qubits in the fridge, whole groups.

        Up to one and a half times the largest machine, or four times the design's where no
        stage sets a limit; None where a stage has no balance.
        """
        machine = self.design.machine
        limit = self.thermal.max_qubits.total or 4 * machine.qubits
        most = max(limit, machine.qubits) * 3 // 2
        step = max(1, most // machine.group_size // 40) * machine.group_size
        counts = list(range(machine.group_size, most + step, step))
        heat = {self.design.workload.correction_stage: self.feedback.power}
        found = [cryostat.solve(self.design, extra=heat, qubits=n).temperatures for n in counts]
        return {
            "qubits": counts,
            "design_qubits": machine.qubits,
            "stages": [
                {
                    "name": stage.name,
                    "max_temperature_K": stage.max_temperature,
                    "temperature_K": [at[stage.name] for at in found],
                }
                for stage in self.design.stages
            ],
        }

    def arrays(self) -> dict[str, xarray.Dataset]:
        """The labelled arrays behind the report, by wing; their attributes say of what design."""
        if self.impact is None:
            return {}
        made = {
            "design": self.design.name,
            "design_sha256": self.design.sha256(),
            "qubudget": __version__,
            "effort": self.effort,
            "seed": self.seed,
        }
        return {"impact": self.impact.arrays().assign_attrs(made)}

    @property
    def plot(self) -> Plots:
        """Its figures as methods: ``report.plot.heat()`` draws, and returns the axes."""
        from qubudget.report.plots import Plots

        return Plots(self)

    def __repr__(self) -> str:
        return f"<Report of {self.design.name}: {self.effort}, seed {self.seed}>"

    def __str__(self) -> str:
        """What ``qubudget run`` prints."""
        from qubudget.report.notebook import report_text

        return report_text(self)

    def _repr_html_(self) -> str:
        from qubudget.report.notebook import report_html

        return report_html(self)


@dataclass(frozen=True)
class Chain:
    """The wings in order, as functions of a design; what the verdict calls again."""

    effort: Effort
    seed: int

    def cold(self, design: Design) -> tuple[ThermalResult, CoherenceResult, Feedback]:
        """Cryostat and qubit, with the heat of correction iterated to its fixed point.

        Raises
        ------
        ConvergenceError: no fixed point within 50 passes.
        """
        power, residual = 0.0, math.inf
        for passes in range(1, MAX_PASSES + 1):
            thermal = cryostat.solve(design, extra={design.workload.correction_stage: power})
            stable = thermal.status == "STABLE"
            coherence = qubit.coherence(
                design, thermal.temperatures, stable=stable, rises=thermal.rises
            )
            next_power = correction_power(design, coherence)
            residual = abs(next_power - power) / next_power if next_power > 0 else 0.0
            if residual <= RESIDUAL or not stable:
                return thermal, coherence, Feedback(power, passes, residual)
            power = next_power
        raise ConvergenceError(
            f"correction heat and physical errors found no fixed point in {MAX_PASSES} passes "
            f"(last: {power:g} W, relative change {residual:g})"
        )

    def impact(self, design: Design, coherence: CoherenceResult) -> ImpactResult:
        """Radiation on the chip of a design."""
        from qubudget.impact import assembly as impact

        t1, per_x = coherence.t1_s, coherence.relaxation_per_x
        return impact.respond(
            design,
            quiet_relaxation=None if t1 is None or per_x is None else 1 / t1,
            relaxing=relaxing_of(coherence),
            effort=self.effort,
            seed=self.seed,
        )

    def errors(
        self,
        design: Design,
        coherence: CoherenceResult,
        impact: ImpactResult,
        suppression: float = 1.0,
        with_bursts: bool = True,
        sketch: bool = False,
    ) -> QecResult:
        """Error correction under the quiet noise and the bursts.

        ``suppression`` weakens every burst's excess rates and detunings by a factor; ``sketch``
        looks at bursts with the least effort, for one step of a search.
        """
        from qubudget.qec import assembly as qec

        gate = coherence.gate
        bursts = tuple(
            replace(
                burst,
                excess_relaxation=burst.excess_relaxation / suppression,
                detuning=burst.detuning / suppression,
            )
            for burst in (impact.bursts if with_bursts else ())
        )
        return qec.errors(
            design,
            t1=coherence.t1_s,
            t2=coherence.t2_s,
            one_qubit_error=gate.one_qubit_error,
            two_qubit_error=gate.two_qubit_error,
            readout_error=gate.readout_error,
            leakage=gate.leakage,
            bursts=bursts,
            effort=self.effort,
            sketch=sketch,
            seed=self.seed,
        )

    @staticmethod
    def views(result: QecResult, impact: ImpactResult, coherence: CoherenceResult) -> QecViews:
        """Courses through a burst, survival, causes, and the patches on the chip."""
        from qubudget.qec.views import views

        return views(result, impact.bursts, coherence.t1_s)


def relaxing_of(coherence: CoherenceResult) -> Relaxing:
    """How quasiparticles relax the qubits; not at all where they have no T1."""
    from qubudget.impact.kinetics.cooling import Relaxing

    hot, cold = coherence.unprotected_per_x, coherence.relaxation_per_x
    return Relaxing(cold or 0.0, hot or 0.0, coherence.protection)


def correction_power(design: Design, coherence: CoherenceResult) -> float:
    """Heat of decoding and correcting, W: energy per event x expected events per second.

    Without a coherence time every read-out is a coin toss.
    """
    work = design.workload
    groups = math.ceil(design.machine.qubits / design.machine.group_size)
    events = correction_events(design, coherence)
    per_group = 0.5 * work.readouts if events is None else events
    return work.correction_energy * groups * per_group / work.cycle_time


def evaluate(
    design: Design,
    *,
    effort: Effort = "quick",
    seed: int = 1,
    wings: tuple[str, ...] = WINGS,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Compute a design.

    Parameters
    ----------
    effort : "quick" (seconds), "standard" (about a minute), "full" (until the intervals of
        the logical errors are under 10 %).
    seed : of all sampling; the same seed gives the same report on any number of threads.
    wings : which of thermal, coherence, impact, qec, verdict to compute; a wing needs those
        before it.
    progress : called with the name of each wing before it starts.

    Raises
    ------
    DesignError: an effort, seed or wing that does not exist.
    OutOfRangeError, ConvergenceError: as the wings.
    """
    _check(design, effort, seed, wings)
    say = progress or (lambda step: None)
    started = time.perf_counter()
    chain = Chain(effort, seed)
    last = max(WINGS.index(wing) for wing in wings)
    found: dict[str, Any] = {}
    say("thermal")
    thermal, coherence, feedback = chain.cold(design)
    details = Details.of(design, thermal, coherence, feedback.power, seed)
    if last >= 1:
        found["coherence"] = coherence
        found["thresholds"] = design_thresholds(design, coherence)
    if last >= 2:
        say("impact")
        found["impact"] = chain.impact(design, coherence)
    if last >= 3:
        say("qec")
        found["qec"] = chain.errors(design, coherence, found["impact"])
        found["views"] = chain.views(found["qec"], found["impact"], coherence)
    if last >= 4:
        say("verdict")
        remedies = Remedies(design, chain, coherence, found["impact"], found["qec"])
        found["verdict"] = verdict.judge(
            design, thermal, coherence, found["qec"], remedies,
            published_claims(design, thermal, coherence),
        )  # fmt: skip
    seconds = time.perf_counter() - started
    return Report(design, effort, seed, seconds, feedback, thermal, details, **found)


def _check(design: Design, effort: str, seed: int, wings: tuple[str, ...]) -> None:
    problems = []
    efforts = ("quick", "standard", "full")
    if effort not in efforts:
        problems.append(Problem("effort", repr(effort), "one of " + ", ".join(efforts)))
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        problems.append(Problem("seed", repr(seed), "a whole number from 0 to 4294967295"))
    unknown = [wing for wing in wings if wing not in WINGS]
    if unknown or not wings:
        problems.append(Problem("wings", repr(wings), "some of " + ", ".join(WINGS)))
    if problems:
        raise DesignError(design.name, problems)
