"""What stands beside the solved cryostat in a report: spread, work, cables, noise, runaway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qubudget.cryostat.operations import Operation, operation_loads
from qubudget.cryostat.result import ThermalResult
from qubudget.cryostat.trade import PieceTrades, design_trades
from qubudget.cryostat.uncertainty import ThermalIntervals, intervals
from qubudget.design import Design
from qubudget.feedback import Runaway, phase_map
from qubudget.qubit.noise_path import LineNoiseResult, line_noise
from qubudget.qubit.result import CoherenceResult


@dataclass(frozen=True)
class Details:
    """What a reader of the cryostat's part asks next.

    Attributes
    ----------
    intervals : over the spreads of the design; None where it draws no samples.
    operations : heat of every stage while the machine does one thing.
    trades : loss against heat of every cable for every piece between stages.
    runaway : where the heat of correcting would run away.
    noise : photons along every line, and of the read-out.
    """

    intervals: ThermalIntervals | None
    operations: tuple[Operation, ...]
    trades: tuple[PieceTrades, ...]
    runaway: Runaway
    noise: LineNoiseResult

    @classmethod
    def of(
        cls,
        design: Design,
        thermal: ThermalResult,
        coherence: CoherenceResult,
        correction: float,
        seed: int,
    ) -> Details:
        """Details of a solved design; ``correction`` is the heat of correcting, W."""
        samples, heated = design.cryostat.samples, {design.workload.correction_stage: correction}
        return cls(
            intervals(design, samples=samples, seed=seed, extra=heated) if samples else None,
            operation_loads(design, thermal),
            design_trades(design, thermal.temperatures, design.qubit.frequency),
            phase_map(design, thermal, coherence),
            line_noise(design, thermal.temperatures, thermal.rises),
        )

    def thermal_dict(self) -> dict[str, Any]:
        """Further keys of the report's ``thermal``."""
        return {
            "intervals": self.intervals and self.intervals.to_dict(),
            "operations": [operation.to_dict() for operation in self.operations],
            "trades": [piece.to_dict() for piece in self.trades],
            "runaway": self.runaway.to_dict(),
        }
