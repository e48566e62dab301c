"""What would let a failed constraint pass, by bisection on the chain itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol

from qubudget.design import Design
from qubudget.design.units import readable
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor, superconductor_names
from qubudget.search import edge, smallest
from qubudget.verdict import Change, Constraint, coherence_constraints, thermal_constraints

if TYPE_CHECKING:
    from qubudget.cryostat.result import ThermalResult
    from qubudget.impact.result import Burst, ImpactResult
    from qubudget.qec.result import QecResult
    from qubudget.qubit.result import CoherenceResult

LARGEST_DISTANCE = 61
STRONGEST = 1e6
"""The largest reduction of a loss or a power that is tried."""
FEWEST = 1e4
"""The largest reduction of a burst's quasiparticles that is tried; the second paper wants 100."""
COARSE = 1.6
"""Width, in the logarithm, of the bracket on burst suppression: each try is a simulation."""


class Chain(Protocol):
    """The wings, as they are called again on a changed design; the pipeline has them."""

    def cold(self, design: Design) -> tuple[ThermalResult, CoherenceResult, Any]:
        """Cryostat and qubit, with the heat of correction."""

    def errors(
        self,
        design: Design,
        coherence: CoherenceResult,
        impact: ImpactResult,
        suppression: float = 1.0,
        with_bursts: bool = True,
        sketch: bool = False,
    ) -> QecResult:
        """Error correction, with bursts weaker by a factor or without them, or only sketched."""


@dataclass(frozen=True)
class Remedies:
    """Finds, for one design and what the chain gave for it, the changes that would pass."""

    design: Design
    chain: Chain
    coherence: CoherenceResult
    impact: ImpactResult
    qec: QecResult

    def __call__(self, constraint: Constraint) -> tuple[Change, ...]:
        """Changes of one key each with which ``constraint`` passes."""
        family, _, stage = constraint.name.partition(".")
        if family in ("heat", "temperature"):
            return tuple(self._cooler(constraint, stage))
        if family == "superconducting":
            return tuple(self._superconductor(constraint, stage))
        if family == "logical_errors_per_day":
            return tuple(self._logical(self.design.targets.logical_errors_per_day))
        if family == "algorithm_failure":
            return tuple(self._logical(self._allowed_per_day()))
        if family == "decoder_utilisation":
            return tuple(self._decoder(constraint))
        return tuple(self._coherent(constraint))

    # --- cryostat -----------------------------------------------------------------------

    def _passes(self, name: str, design: Design) -> bool:
        try:
            thermal, coherence, _ = self.chain.cold(design)
        except OutOfRangeError:
            return False  # tried beyond what the model can say, such as a gate too short
        found = [*thermal_constraints(thermal), *coherence_constraints(design, coherence)]
        return next(c for c in found if c.name == name).passed

    def _cooler(self, constraint: Constraint, stage: str) -> Iterator[Change]:
        name, machine = constraint.name, self.design.machine

        def with_groups(count: int) -> bool:
            qubits = count * machine.group_size
            smaller = {"machine.qubits": qubits, "machine.total_qubits": machine.total_qubits}
            return not self._passes(name, self.design.replace(smaller))

        groups = math.ceil(machine.qubits / machine.group_size)
        first_failing = smallest(with_groups, 1, groups)
        if first_failing is not None and first_failing > 1:
            qubits = (first_failing - 1) * machine.group_size
            yield Change("machine.qubits", qubits, "1", f"at most {qubits} qubits in this fridge")
        for section, parts in (
            ("electronics", self.design.electronics),
            ("loads", self.design.loads),
        ):
            for part in parts:
                if part.stage == stage and part.power:
                    yield from self._weaker(name, f"{section}.{part.name}.power", part.power)

    def _weaker(self, name: str, key: str, power: float) -> Iterator[Change]:
        found = edge(
            lambda value: self._passes(name, self.design.with_si({key: value})),
            power, power / STRONGEST,
        )  # fmt: skip
        if found is not None:
            words = f"{key} at most {readable(found, 'W')} instead of {readable(power, 'W')}"
            yield Change(key, found, "W", words)

    # --- qubit --------------------------------------------------------------------------

    def _superconductor(self, constraint: Constraint, part: str) -> Iterator[Change]:
        key = f"qubit.{part}"
        for name in superconductor_names():
            if self._passes(constraint.name, self.design.replace({key: name})):
                tc = superconductor(name).critical_temperature
                yield Change(key, name, "", f"{key} = {name!r} (Tc {tc:g} K) superconducts there")

    @cached_property
    def _modelled(self) -> Design:
        """The design without measured coherence, so that a changed cause has its effect."""
        keys = ("t1", "t2", "one_qubit_error", "two_qubit_error")
        return self.design.replace({f"measured.{key}": None for key in keys})

    def _coherent(self, constraint: Constraint) -> Iterator[Change]:
        name = constraint.name
        measured = getattr(self.design.measured, name)
        if measured is not None:
            yield Change(
                f"measured.{name}",
                constraint.limit,
                "1",
                f"a measured error of at most {constraint.limit:g} instead of {measured:g}",
            )
        if self.coherence.chip_temperature_K is None or self.coherence.t1_modelled_s is None:
            return
        if self._passes(name, self._modelled):
            return
        found = [change for lever in self._levers for change in lever(name)]
        yield from found
        if not found:
            largest = max(self.coherence.channels, key=lambda c: c.rate_per_s)
            yield Change(
                "dielectrics.tan_delta",
                None,
                "1",
                f"no loss tangent, chip temperature or gate time alone passes: the largest "
                f"channel is {largest.name}, {largest.rate_per_s:.3g} per second",
            )

    @property
    def _levers(self) -> tuple[Callable[[str], Iterator[Change]], ...]:
        return self._loss, self._colder, self._gate_time

    def _loss(self, name: str) -> Iterator[Change]:
        def with_loss(factor: float) -> bool:
            losses = {
                f"dielectrics.{part.name}.tan_delta": part.tan_delta * factor
                for part in self.design.dielectrics
            }
            return self._passes(name, self._modelled.with_si(losses))

        found = edge(with_loss, 1.0, 1 / STRONGEST)
        if found is not None and found < 1:
            effective = found * sum(p.participation * p.tan_delta for p in self.design.dielectrics)
            yield Change(
                "dielectrics.tan_delta", effective, "1",
                f"an effective loss tangent of at most {effective:.3g} "
                f"(all dielectrics x {found:.3g})",
            )  # fmt: skip

    def _colder(self, name: str) -> Iterator[Change]:
        stage = self.design.stage(self.design.qubit.stage)
        key = f"measured.temperature.{stage.name}"
        chip = self.coherence.chip_temperature_K or stage.rated_temperature
        cold = {"qubit.excess_temperature": "0 K"}

        def at(temperature: float) -> bool:
            text = f"{temperature!r} K"
            return self._passes(name, self._modelled.replace({**cold, key: text}))

        found = edge(at, chip, min(0.005, chip / 2))
        if found is not None and found < chip:
            yield Change(
                "qubit.stage",
                found,
                "K",
                f"a chip at most {readable(found, 'K')} warm instead of {readable(chip, 'K')}",
            )

    def _gate_time(self, name: str) -> Iterator[Change]:
        key = f"gates.{name.removesuffix('_error')}_time"
        time = getattr(self.design.gates, key.partition(".")[2])
        rise = self.design.gates.rise

        def lasting(value: float) -> bool:
            faster = {key: value, "gates.rise": min(rise, 0.49 * value)}
            return self._passes(name, self._modelled.with_si(faster))

        found = edge(lasting, time, time / 100)
        if found is not None and found < time:
            words = f"{key} at most {readable(found, 's')} instead of {readable(time, 's')}"
            yield Change(key, found, "s", words)

    # --- error correction ---------------------------------------------------------------

    def _per_day(
        self, distance: int, target: float, suppression: float | None = None
    ) -> tuple[float, float]:
        """Logical errors per day and the upper end of their interval; infinite without any.

        Bursts are weaker by a factor; none without it. Classes of bursts are looked at one by
        one, the most energetic first, and no further once ``target`` is passed.
        """
        design = self.design.replace({"code.distance": distance})
        bursts = sorted(self.impact.bursts, key=lambda burst: -burst.energy)
        pending: list[tuple[Burst, ...]] = [(burst,) for burst in bursts]
        if suppression is None or not bursts:
            pending = [()]
        value = high = math.inf
        found = None
        for chosen in pending:
            try:
                part = self.chain.errors(
                    design, self.coherence, replace(self.impact, bursts=chosen),
                    suppression or 1.0, sketch=True,
                )  # fmt: skip
            except OutOfRangeError:
                return math.inf, math.inf  # such a patch does not fit where the design puts it
            if found is None or found.bursts is None or part.bursts is None:
                found = part
            else:
                found = replace(found, bursts=found.bursts + part.bursts)
            ends = found.per_day()
            if ends[0] is None or ends[2] is None:
                return math.inf, math.inf
            value, high = ends[0], ends[2]
            # An outer code's failures are not the sum over classes.
            if value > target and design.mitigation.strategy != "outer":
                break
        return value, high

    def _allowed_per_day(self) -> float:
        """Logical errors per day and logical qubit that the algorithm bears."""
        from qubudget.qec.requirement import allowed_per_day

        targets = self.design.targets
        count, cycles = targets.algorithm_qubits, targets.algorithm_cycles
        assert count is not None
        assert cycles is not None
        assert targets.algorithm_success is not None
        cycle = self.design.workload.cycle_time
        return allowed_per_day(count, cycles, cycle, targets.algorithm_success)

    def _decoder(self, constraint: Constraint) -> Iterator[Change]:
        time = self.design.code.decoding_time
        if time is not None and constraint.value:
            most = time / constraint.value
            yield Change(
                "code.decoding_time", most, "s",
                f"a decoder that takes less than {readable(most, 's')} a round instead of "
                f"{readable(time, 's')}",
            )  # fmt: skip

    def _logical(self, target: float) -> Iterator[Change]:
        if self.qec.background is None:
            return
        distance = self.design.code.distance
        quiet = smallest(
            lambda d: self._per_day(d, target)[0] <= target, distance, LARGEST_DISTANCE, 2
        )
        if quiet is None:
            ratio = self.qec.background.suppression
            told = "not known" if ratio is None else f"{ratio:.3g}"
            yield Change(
                "code.distance", None, "1",
                f"no distance up to {LARGEST_DISTANCE} passes even without bursts: each step of "
                f"two divides the errors by Lambda = {told}",
            )  # fmt: skip
            return
        value, high = self._per_day(quiet, target, 1.0)
        if value <= target:
            doubt = f", though up to {high:.2g} a day are not excluded" if high > target else ""
            yield Change("code.distance", quiet, "1", f"distance {quiet}{doubt}")
            return

        @cache
        def passes(factor: float) -> bool:
            return self._per_day(quiet, target, factor)[0] <= target

        # What passes is looked at longer than what fails, so the farthest is tried only if needed.
        middle = math.sqrt(FEWEST)
        ends = (1.0, middle) if passes(middle) else (middle, FEWEST)
        found = edge(passes, *ends, COARSE)
        if found is None:
            yield Change(
                "bursts.quasiparticles",
                None,
                "1",
                f"at distance {quiet} not even {FEWEST:,.0f} times fewer quasiparticles pass",
            )
            return
        if quiet > distance:
            yield Change("code.distance", quiet, "1", f"distance {quiet} for the quiet errors")
        yield Change(
            "bursts.quasiparticles",
            found,
            "1",
            f"about {_times(found)} times fewer quasiparticles in a burst, at distance {quiet}",
        )


def _times(factor: float) -> str:
    """A factor in two digits, without an exponent."""
    digits = 1 - math.floor(math.log10(factor))
    return f"{round(factor, digits):,.{max(digits, 0)}f}"
