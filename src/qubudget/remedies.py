"""What would let a failed constraint pass, by bisection on the chain itself."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from qubudget.design import Design
from qubudget.design.units import readable
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor, superconductor_names
from qubudget.remedies_errors import ErrorRemedies
from qubudget.search import edge, smallest
from qubudget.verdict import Change, Constraint, coherence_constraints, thermal_constraints

if TYPE_CHECKING:
    from qubudget.cryostat.result import ThermalResult
    from qubudget.impact.result import ImpactResult
    from qubudget.qec.result import QecResult
    from qubudget.qubit.result import CoherenceResult

STRONGEST = 1e6
"""The largest reduction of a loss or a power that is tried."""


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
        if family in ("one_qubit_error", "two_qubit_error"):
            return tuple(self._coherent(constraint))
        if family == "cycle_time":
            return ()  # the design is refused where its operations do not fit
        errors = ErrorRemedies(self.design, self.chain, self.coherence, self.impact, self.qec)
        return errors(constraint)

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
