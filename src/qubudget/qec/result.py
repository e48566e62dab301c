"""What the error-correction wing returns: quiet errors, bursts, patch and machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.design.code import Mitigation
from qubudget.qec.bursts import BurstStudy, ClassFailure
from qubudget.qec.correlated import PatchFailures
from qubudget.qec.course import interval
from qubudget.qec.extrapolation import Background
from qubudget.qec.latency import LatencyBudget
from qubudget.qec.lifetime import failures_per_day, mean_time_to_failure
from qubudget.qec.mitigation import BurstCourse, Mitigated, mitigate

Interval = tuple[float | None, float | None, float | None]


@dataclass(frozen=True, eq=False)
class QecResult:
    """Logical errors of one design; ``to_dict`` gives the JSON keys.

    ``background`` and ``bursts`` are None, and ``reason`` says why, where there is nothing to
    compute. ``bursts`` holds one entry for every class and for every place of a patch that no
    symmetry of the chip makes equal to another, with rates of the average patch. ``together``
    counts failures of several patches by one burst, ``latency`` is the decoder's, ``study`` what
    simulated them.
    """

    distance: int
    cycle_time: float
    family: str
    decoder: str
    bases: int
    qubits_per_patch: int
    patches: int
    background: Background | None
    bursts: tuple[ClassFailure, ...] | None
    together: PatchFailures | None
    latency: LatencyBudget | None
    mitigation: Mitigation
    burst_note: str
    reason: str | None
    study: BurstStudy | None = None

    @property
    def burst_rate(self) -> float | None:
        """Bursts per second that hit the chips of a patch."""
        return None if self.bursts is None else sum(burst.rate for burst in self.bursts)

    def burst_failure(self) -> Interval:
        """Excess failure probability of the average burst, without mitigation."""
        rate = self.burst_rate
        if not self.bursts or not rate:
            return None, None, None
        value = sum(b.rate * b.value for b in self.bursts) / rate
        draws = sum(b.rate * b.draws for b in self.bursts) / rate
        low, high = interval(np.asarray(draws))
        return value, min(low, value), max(high, value)

    @cached_property
    def mitigated(self) -> Mitigated | None:
        """Failures by bursts that the design's strategy leaves; None without a strategy."""
        if self.mitigation.strategy == "none" or not self.bursts:
            return None
        return mitigate(self.mitigation, [_course(burst) for burst in self.bursts])

    def reacting(self, settings: Mitigation) -> QecResult:
        """The same simulation with another reaction to bursts."""
        return replace(self, mitigation=settings)

    def bursts_per_day(self) -> Interval:
        """Logical failures by bursts per day of one logical qubit, what is mitigated left out."""
        if self.mitigated is not None:
            value, low, high = self.mitigated.per_day.tolist()
            return value, low, high
        rate, failure = self.burst_rate or 0.0, self.burst_failure()
        value, low, high = (
            float(failures_per_day(0.0, self.cycle_time, rate, f or 0.0)) for f in failure
        )
        return value, low, high

    def quiet_per_day(self) -> Interval:
        """Logical errors per day in quiet times, all bases together."""
        if self.background is None:
            return None, None, None
        quiet = self.background
        value, low, high = (
            float(failures_per_day(self.bases * error, self.cycle_time))
            for error in (quiet.error, quiet.low, quiet.high)
        )
        return value, low, high

    def per_day(self) -> Interval:
        """Logical errors per day of one logical qubit, all bases together: value, low, high.

        The ends add the ends of background and bursts, which is wider than 95 %.
        """
        pairs = zip(self.quiet_per_day(), self.bursts_per_day(), strict=True)
        value, low, high = (
            None if quiet is None else quiet + (burst or 0.0) for quiet, burst in pairs
        )
        return value, low, high

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names; None for what has no meaning."""
        value, low, high = self.per_day()
        return {
            "distance": self.distance,
            "cycle_time_s": self.cycle_time,
            "family": self.family,
            "decoder": self.decoder,
            "background": _background_dict(self.background),
            "burst": self._burst_dict(),
            "logical_errors_per_day": value,
            "low": low,
            "high": high,
            "mean_time_to_failure_s": None if value is None else mean_time_to_failure(value),
            "mitigation": self._mitigation_dict(),
            "latency": None if self.latency is None else self.latency.to_dict(),
            "correlated": None if self.together is None else self.together.to_dict(),
            "machine": self._machine_dict(),
            "reason": self.reason,
        }

    def _machine_dict(self) -> dict[str, Any]:
        value, count = self.per_day()[0], self.patches
        if self.mitigated is not None:
            count //= self.mitigated.chips
        lifetime = None if value is None else mean_time_to_failure(value)
        return {
            "patches": self.patches or None,
            "logical_qubits": count or None,
            "physical_qubits_per_patch": self.qubits_per_patch,
            "logical_errors_per_day": None if value is None or not count else count * value,
            "mean_time_to_failure_s": None if lifetime is None or not count else lifetime / count,
            "reason": self.reason if count else "the machine has fewer qubits than one patch",
        }

    def _mitigation_dict(self) -> dict[str, Any]:
        left = self.mitigated
        value, low, high = self.bursts_per_day() if self.bursts is not None else (None,) * 3
        return {
            "strategy": self.mitigation.strategy,
            "burst_failures_per_day": value,
            "low": low,
            "high": high,
            "unmitigated_per_day": None if left is None else float(left.unmitigated[0]),
            "dead_time_share": None if left is None else left.dead_time,
            "spare_patches": None if left is None else left.spares,
            "chips_per_logical_qubit": None if left is None else left.chips,
            "assumption": None if left is None else left.assumption,
        }

    def _burst_dict(self) -> dict[str, Any]:
        value, low, high = self.burst_failure()
        return {
            "rate_per_s": self.burst_rate,
            "failure_probability": value,
            "low": low,
            "high": high,
            "classes": [
                {
                    "name": burst.name,
                    "energy_J": burst.energy,
                    "rate_per_s": burst.rate,
                    "failure_probability": burst.value,
                    "low": burst.low,
                    "high": burst.high,
                    "simulated_distance": burst.simulated_distance,
                    "qubits_hit": burst.qubits_hit,
                    "cycles": burst.cycles,
                    "shots": burst.shots,
                    "truncated": burst.truncated,
                }
                for burst in self.bursts or ()
            ],
            "note": self.burst_note,
            "reason": None if value is not None else self._no_burst_reason(),
        }

    def _no_burst_reason(self) -> str:
        if self.reason is not None:
            return self.reason
        return self.burst_note if self.bursts is None else "no bursts at this rate"


def _course(burst: ClassFailure) -> BurstCourse:
    """F(t) as value, low and high; all at once at the impact where none was counted."""
    shape: NDArray[np.float64] = np.ones(len(burst.times))
    if burst.value > 0:
        shape = burst.failure / burst.value
    ends = np.array([burst.value, burst.low, burst.high])
    return BurstCourse(burst.name, burst.rate, burst.times, ends[:, np.newaxis] * shape)


def _background_dict(quiet: Background | None) -> dict[str, Any]:
    names: Mapping[str, str] = {
        "logical_error_per_cycle": "error",
        "low": "low",
        "high": "high",
        "lambda": "suppression",
        "lambda_low": "suppression_low",
        "lambda_high": "suppression_high",
        "lambda_model": "suppression_model",
        "extrapolated": "extrapolated",
        "note": "note",
    }
    found: dict[str, Any] = {key: getattr(quiet, name, None) for key, name in names.items()}
    band, direct = (None, None) if quiet is None else (quiet.fit, quiet.direct)
    found["fit"] = None if band is None else band.to_dict()
    found["direct"] = None if direct is None else direct.to_dict()
    found["simulated"] = []
    for run in quiet.simulated if quiet is not None else ():
        error, low, high = run.error()
        found["simulated"].append(
            {
                "distance": run.distance,
                "basis": run.basis,
                "rounds": run.rounds,
                "amplification": run.amplification,
                "shots": run.counts.shots,
                "errors": run.counts.errors,
                "logical_error_per_cycle": error,
                "low": low,
                "high": high,
            }
        )
    return found
