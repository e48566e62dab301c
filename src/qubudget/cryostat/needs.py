"""What each stage would need, what it has, and what the best known fridges give."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qubudget.cryostat.loads import HeatSource, stage_loads
from qubudget.design.schema import DesignModel
from qubudget.materials.fridges import CoolingPower, best_known


@dataclass(frozen=True)
class StageNeed:
    """Need and supply of one stage.

    Attributes
    ----------
    load, capacity : of one fridge at its rated temperatures, W.
    machine_load : of all qubits of the machine in a single fridge, W.
    best : the largest published cooling power of such a stage; None where there is none.
    """

    stage: str
    load: float
    capacity: float
    machine_load: float
    best: CoolingPower | None

    def to_dict(self) -> dict[str, Any]:
        """An entry of ``needs``: for one fridge, and for the whole machine in one."""
        best = self.best
        return {
            "stage": self.stage,
            "load_W": self.load,
            "capacity_W": self.capacity,
            "factor": _ratio(self.load, self.capacity),
            "machine_load_W": self.machine_load,
            "best_known_W": None if best is None else best.power,
            "best_known_at_K": None if best is None else best.temperature,
            "best_known": None if best is None else best.fridge,
            "machine_factor": None if best is None else _ratio(self.machine_load, best.power),
        }


def stage_needs(
    design: DesignModel,
    sources: Sequence[HeatSource],
    extra: Mapping[str, float],
    loads: Mapping[str, float],
    capacities: Mapping[str, float],
    qubits: int,
) -> tuple[StageNeed, ...]:
    """Needs of every stage, warm to cold.

    Parameters
    ----------
    sources : of the design. extra : further loads by stage of one fridge, W, which come again
        with every fridge's worth of qubits.
    loads, capacities : of one fridge by stage, W. qubits : in one fridge.
    """
    total = design.machine.total_qubits
    names = [stage.name for stage in design.stages]
    machine = stage_loads(sources, names, math.ceil(total / design.machine.group_size))
    return tuple(
        StageNeed(
            stage.name,
            loads[stage.name],
            capacities[stage.name],
            machine[stage.name] + extra.get(stage.name, 0.0) * total / qubits,
            best_known(stage.name, stage.rated_temperature),
        )
        for stage in design.stages
    )


def _ratio(need: float, has: float) -> float | None:
    return need / has if has > 0 else None
