"""What the cryostat's assembly returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from qubudget.cryostat.joints import JointState
from qubudget.cryostat.limits import LargestMachine
from qubudget.cryostat.needs import StageNeed


@dataclass(frozen=True)
class StageLoad:
    """Heat of one kind from one part of the design on one stage, W (in the whole fridge)."""

    stage: str
    item: str
    kind: str
    watts: float

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``loads``."""
        return {"stage": self.stage, "item": self.item, "kind": self.kind, "watts": self.watts}


@dataclass(frozen=True)
class StageState:
    """One stage, solved.

    Attributes
    ----------
    temperature : the measured one where it was measured, else the modelled one, K; None
        without a balance.
    modelled_temperature : at which the cooling model takes ``load``, K; None without balance.
    load : the measured one where it was measured, else the modelled one, W.
    modelled_load : the sum of the stage's entries in ``loads``, W.
    capacity : cooling power at the rated temperature, W.
    max_temperature : warmest that the design accepts, K.
    extrapolated : the cooling model was used outside the range it was rated or measured for.
    unexplained_load : what the stage's cooling takes at its measured temperature beyond its
        load, W; None without a measured temperature, or where the cooling has no curve.
    """

    name: str
    temperature: float | None
    modelled_temperature: float | None
    load: float
    modelled_load: float
    capacity: float
    max_temperature: float
    extrapolated: bool
    unexplained_load: float | None = None

    @property
    def margin(self) -> float:
        """(capacity - load) / capacity."""
        return (self.capacity - self.load) / self.capacity

    @property
    def temperature_margin(self) -> float | None:
        """(max_temperature - temperature) / max_temperature; None without a temperature."""
        if self.temperature is None:
            return None
        return (self.max_temperature - self.temperature) / self.max_temperature

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``stages``."""
        return {
            "name": self.name,
            "temperature_K": self.temperature,
            "modelled_temperature_K": self.modelled_temperature,
            "load_W": self.load,
            "modelled_load_W": self.modelled_load,
            "capacity_W": self.capacity,
            "margin": self.margin,
            "max_temperature_K": self.max_temperature,
            "temperature_margin": self.temperature_margin,
            "extrapolated": self.extrapolated,
            "unexplained_load_W": self.unexplained_load,
        }


@dataclass(frozen=True)
class ThermalResult:
    """The cryostat's part of a report.

    Attributes
    ----------
    status : "RUNAWAY" where a stage has no stable balance.
    reason : what has no balance, or whose balance is only measured; None if there is nothing
        to say.
    stages, loads : warm to cold, and every source.
    binding_stage : the stage with the smallest margin.
    max_qubits : the largest machine in one fridge.
    wall_power : of one fridge, W; None without temperatures of all stages.
    fridges : as many as the whole machine needs at the design's qubits per fridge.
    needs : what each stage would need beside what it has and what the best known one gives.
    joints : chips and clamps, and how much warmer than their stages they are.
    notices : lines as built that are too few for the design's qubits.
    """

    status: Literal["STABLE", "RUNAWAY"]
    reason: str | None
    stages: tuple[StageState, ...]
    loads: tuple[StageLoad, ...]
    binding_stage: str
    max_qubits: LargestMachine
    wall_power: float | None
    fridges: int
    needs: tuple[StageNeed, ...]
    joints: tuple[JointState, ...]
    notices: tuple[str, ...] = ()

    @property
    def temperatures(self) -> dict[str, float | None]:
        """Temperature of every stage, K."""
        return {stage.name: stage.temperature for stage in self.stages}

    @property
    def rises(self) -> dict[str, float]:
        """Best value of what a joint adds to its stage's temperature, K, where it has one."""
        return {joint.name: joint.rise for joint in self.joints if joint.rise is not None}

    @property
    def machine_wall_power(self) -> float | None:
        """Wall power of all fridges, W."""
        return None if self.wall_power is None else self.wall_power * self.fridges

    def stage(self, name: str) -> StageState:
        """The stage of this name; KeyError where there is none."""
        return {stage.name: stage for stage in self.stages}[name]

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``thermal``."""
        return {
            "status": self.status,
            "reason": self.reason,
            "stages": [stage.to_dict() for stage in self.stages],
            "loads": [load.to_dict() for load in self.loads],
            "binding_stage": self.binding_stage,
            "max_qubits": self.max_qubits.to_dict(),
            "shape": [limit.to_dict() for limit in self.max_qubits.by_shape.limits],
            "needs": [need.to_dict() for need in self.needs],
            "joints": [joint.to_dict() for joint in self.joints],
            "wall_power_W": self.wall_power,
            "machine": {"fridges": self.fridges, "wall_power_W": self.machine_wall_power},
            "notices": list(self.notices),
        }
