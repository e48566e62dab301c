"""Logical errors of a design: quiet background, bursts, patch and machine.

Decoherence enters per qubit and per time, so the gates bring only what they err beside it. That is
the design's floor; where a gate's total error was measured, it is what remains of the measurement
after the decoherence of the gate's own duration (zero where decoherence explains more than the
measured error). A read-out error is given in total, amplifier noise included: decay during the
first half of the read-out is taken out of it, as the circuit makes that decay itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qec.background import Background, Effort, QuietNoise, background
from qubudget.qec.bursts import BurstStudy, ClassFailure, Suppression, interval
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.history import BurstHistory, BurstLike
from qubudget.qec.layout import build, physical_qubits
from qubudget.qec.lifetime import failures_per_day, mean_time_to_failure, patches
from qubudget.qec.noise import (
    decoherence_error,
    depolarizing_probability,
    pure_dephasing_rate,
    readout_decay_flip,
)
from qubudget.qec.sampling import over_rounds
from qubudget.qec.standin import Site

LARGEST_WINDOW = 15
"""Code distance up to which a window's length, three times it, tells whether bursts can be seen."""


@dataclass(frozen=True, eq=False)
class QecResult:
    """Logical errors of one design; ``to_dict`` gives the JSON keys.

    ``background`` and ``bursts`` are None, and ``reason`` says why, where there is nothing to
    compute.
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
    burst_note: str
    reason: str | None

    @property
    def burst_rate(self) -> float | None:
        """Bursts per second that hit the patch's chips."""
        return None if self.bursts is None else sum(burst.rate for burst in self.bursts)

    def burst_failure(self) -> tuple[float | None, float | None, float | None]:
        """Excess failure probability of the average burst: value, low, high."""
        rate = self.burst_rate
        if not self.bursts or not rate:
            return None, None, None
        value = sum(b.rate * b.value for b in self.bursts) / rate
        draws = sum(b.rate * b.draws for b in self.bursts) / rate
        low, high = interval(np.asarray(draws))
        return value, min(low, value), max(high, value)

    def per_day(self) -> tuple[float | None, float | None, float | None]:
        """Logical errors per day of one patch, all bases together: value, low, high.

        The ends add the ends of background and bursts, which is wider than 95 %.
        """
        if self.background is None:
            return None, None, None
        quiet = self.background
        rate = self.burst_rate or 0.0
        value, low, high = (
            float(failures_per_day(self.bases * error, self.cycle_time, rate, excess or 0.0))
            for error, excess in zip(
                (quiet.error, quiet.low, quiet.high), self.burst_failure(), strict=True
            )
        )
        return value, low, high

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names; None for what has no meaning."""
        value, low, high = self.per_day()
        lifetime = None if value is None else mean_time_to_failure(value)
        count = self.patches
        machine = {
            "patches": count or None,
            "physical_qubits_per_patch": self.qubits_per_patch,
            "logical_errors_per_day": None if value is None or not count else count * value,
            "mean_time_to_failure_s": None if lifetime is None or not count else lifetime / count,
            "reason": self.reason if count else "the machine has fewer qubits than one patch",
        }
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
            "mean_time_to_failure_s": lifetime,
            "machine": machine,
            "reason": self.reason,
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


def errors(
    design: DesignModel,
    *,
    t1: float | None,
    t2: float | None,
    one_qubit_error: float | None,
    two_qubit_error: float | None,
    readout_error: float | None,
    bursts: Sequence[BurstLike] = (),
    burst_rate_scale: float = 1.0,
    effort: Effort = "quick",
    seed: int = 0,
) -> QecResult:
    """Logical errors per cycle and per day of one patch of the design's code.

    Parameters
    ----------
    design : code, gates, workload (cycle time), chip, machine and measured values are read.
    t1, t2 : s; None where the qubit has no coherence.
    one_qubit_error, two_qubit_error : average gate errors in total (used only where the design
        says that they were measured); readout_error : assignment error in total.
    bursts : classes of bursts, see :class:`qubudget.qec.history.BurstHistory`.
    burst_rate_scale : factor on all their rates (a measured over a computed rate).
    effort, seed : see :data:`qubudget.qec.background.PLANS` and :data:`.bursts.PLANS`.

    Raises
    ------
    OutOfRangeError: even distance, T2 above 2 T1, or an error outside its range.
    """
    code, cycle = design.code, design.workload.cycle_time
    count = patches(design.machine.total_qubits, code.family, code.distance)

    def result(
        quiet: Background | None,
        classes: tuple[ClassFailure, ...] | None,
        note: str = "",
        reason: str | None = None,
    ) -> QecResult:
        return QecResult(
            code.distance,
            cycle,
            code.family,
            code.decoder,
            len(build(code.family, 3).bases),
            physical_qubits(code.family, code.distance),
            count,
            quiet,
            classes,
            note,
            reason,
        )

    given = {
        "T1": t1,
        "T2": t2,
        "one-qubit error": one_qubit_error,
        "two-qubit error": two_qubit_error,
        "read-out error": readout_error,
    }
    missing = [name for name, value in given.items() if value is None]
    if missing:
        return result(None, None, reason=f"no {missing[0]}: nothing to correct")
    assert t1 is not None
    assert t2 is not None
    assert readout_error is not None
    try:
        schedule = cycle_schedule(design)
    except OutOfRangeError as error:
        return result(None, None, reason=str(error))
    gates = gate_noise(
        design,
        t1=t1,
        t2=t2,
        one_qubit_error=one_qubit_error if design.measured.one_qubit_error is not None else None,
        two_qubit_error=two_qubit_error if design.measured.two_qubit_error is not None else None,
        readout_error=readout_error,
    )
    noise = QuietNoise(gates, 1 / t1, float(pure_dephasing_rate(t1, t2)), schedule)
    quiet = background(code.family, code.distance, noise, effort, seed, design.measured.suppression)
    if over_rounds(quiet.error, 3 * min(code.distance, LARGEST_WINDOW)) > 0.4:
        return result(quiet, None, "the background alone destroys the logical state in one window")
    chip = design.chip
    site = Site(code.family, code.distance, chip.pitch, chip.length, chip.width, noise)
    study = BurstStudy(site, code.decoder, _gain(quiet), effort, seed)
    classes = study.run([BurstHistory.of(burst) for burst in bursts], burst_rate_scale)
    notes = []
    smaller = {
        burst.simulated_distance
        for burst in classes
        if burst.simulated_distance not in (None, code.distance)
    }
    if smaller:
        notes.append(
            f"simulated on patches of d = {', '.join(map(str, sorted(smaller)))} around the hit "
            "place"
            + (", scaled to the whole patch by Lambda" if study.suppression else ", not scaled")
        )
    chips = site.place(build(code.family, code.distance)).chips
    if chips > 1:
        notes.append(f"one patch spans {chips} chips")
    if len(quiet_bases := build(code.family, 3).bases) == 1:
        notes.append(f"only the {quiet_bases[0]} basis is protected; the other is not counted")
    return result(quiet, tuple(classes), "; ".join(notes))


def _gain(quiet: Background) -> Suppression | None:
    """Lambda as the bursts need it; None where distance gains nothing."""
    if quiet.suppression is None or quiet.suppression <= 1:
        return None
    assert quiet.suppression_low is not None
    assert quiet.suppression_high is not None
    return Suppression(quiet.suppression, quiet.suppression_low, quiet.suppression_high)


def cycle_schedule(design: DesignModel) -> Schedule:
    """Layers and waiting of the design's cycle; OutOfRangeError where they do not fit in it."""
    gates = design.gates
    return Schedule.of_cycle(
        design.workload.cycle_time,
        build(design.code.family, 3).layers,
        one_qubit=gates.one_qubit_time,
        two_qubit=gates.two_qubit_time,
        readout=gates.readout_time,
        reset=gates.reset_time,
    )


def gate_noise(
    design: DesignModel,
    *,
    t1: float,
    t2: float,
    one_qubit_error: float | None,
    two_qubit_error: float | None,
    readout_error: float,
) -> GateNoise:
    """Errors of the operations beside decoherence (module docstring).

    ``one_qubit_error`` and ``two_qubit_error`` are measured totals, or None for the design's
    floors.
    """
    gates = design.gates
    floors = []
    for measured, floor, duration, qubits in (
        (one_qubit_error, gates.one_qubit_floor, gates.one_qubit_time, 1),
        (two_qubit_error, gates.two_qubit_floor, gates.two_qubit_time, 2),
    ):
        if measured is not None:
            floor = max(0.0, measured - float(decoherence_error(duration, t1, t2, qubits)))
        floors.append(float(depolarizing_probability(floor, qubits)))
    if not 0 <= readout_error <= 0.5:
        raise OutOfRangeError(f"read-out error {readout_error:.3g} outside 0 to 1/2")
    decay = float(readout_decay_flip(gates.readout_time, t1))
    measure = max(0.0, (readout_error - decay) / (1 - 2 * decay)) if decay < 0.5 else 0.0
    return GateNoise(floors[0], floors[1], measure, gates.reset_floor)


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
