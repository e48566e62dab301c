"""Noise of a design's quiet times, as its circuits take it.

Decoherence enters per qubit and per time, so the gates bring only what they err beside it. That is
the design's floor; where a gate's total error was measured, it is what remains of the measurement
after the decoherence of the gate's own duration (zero where decoherence explains more than the
measured error). A read-out error is given in total, amplifier noise included: decay during the
first half of the read-out is taken out of it, as the circuit makes that decay itself.

Where leakage is simulated, it is taken out of the two-qubit gate's error: a gate that does nothing
but leak with probability L has the average error L (F_avg = (d F_pro + 1 - L)/(d + 1) with
F_pro = 1 - L; Wood and Gambetta, Phys. Rev. A 97, 032306 (2018)). Bursts go on without leakage.
"""

from __future__ import annotations

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qec.background import QuietNoise
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.layout import build
from qubudget.qec.leakage import Leakage
from qubudget.qec.noise import (
    decoherence_error,
    depolarizing_probability,
    pure_dephasing_rate,
    readout_decay_flip,
)


def quiet_noise(
    design: DesignModel,
    *,
    t1: float,
    t2: float,
    one_qubit_error: float | None,
    two_qubit_error: float | None,
    readout_error: float,
    leakage: float,
    seed: int,
) -> QuietNoise:
    """Everything that errs in quiet times: operations, decoherence, its spread, leakage.

    Parameters
    ----------
    t1, t2 : s. one_qubit_error, two_qubit_error : average gate errors in total, taken where the
        design says that they were measured, and its floors else; readout_error : in total.
    leakage : of a two-qubit gate; 0 where ``code.leakage`` is "ignored".
    seed : of the spread from qubit to qubit.

    Raises
    ------
    OutOfRangeError: a cycle too short for its operations, T2 above 2 T1, an error outside its
        range.
    """
    measured, kind = design.measured, design.code.leakage
    gates = gate_noise(
        design,
        t1=t1,
        t2=t2,
        one_qubit_error=None if measured.one_qubit_error is None else one_qubit_error,
        two_qubit_error=None if measured.two_qubit_error is None else two_qubit_error,
        readout_error=readout_error,
        leakage=leakage,
    )
    return QuietNoise(
        gates, 1 / t1, float(pure_dephasing_rate(t1, t2)), cycle_schedule(design),
        design.qubit.device_spread, seed,
        None if kind == "ignored" else Leakage(leakage, kind),
    )  # fmt: skip


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
        free=gates.unechoed_time,
    )


def gate_noise(
    design: DesignModel,
    *,
    t1: float,
    t2: float,
    one_qubit_error: float | None,
    two_qubit_error: float | None,
    readout_error: float,
    leakage: float = 0.0,
) -> GateNoise:
    """Errors of the operations beside decoherence (module docstring).

    ``one_qubit_error`` and ``two_qubit_error`` are measured totals, or None for the design's
    floors. ``leakage``, where it is simulated, is the two-qubit gate's in total; in the design's
    floor there is only the floor of leakage, not leakage by heating.
    """
    gates = design.gates
    floors = []
    static = min(leakage, gates.leakage_floor)
    for measured, floor, duration, qubits in (
        (one_qubit_error, gates.one_qubit_floor, gates.one_qubit_time, 1),
        (two_qubit_error, gates.two_qubit_floor, gates.two_qubit_time, 2),
    ):
        if measured is not None:
            floor = measured - float(decoherence_error(duration, t1, t2, qubits))
        if qubits == 2:
            floor -= static if measured is None else leakage
        floor = max(0.0, floor)
        floors.append(float(depolarizing_probability(floor, qubits)))
    if not 0 <= readout_error <= 0.5:
        raise OutOfRangeError(f"read-out error {readout_error:.3g} outside 0 to 1/2")
    decay = float(readout_decay_flip(gates.readout_time, t1))
    measure = max(0.0, (readout_error - decay) / (1 - 2 * decay)) if decay < 0.5 else 0.0
    return GateNoise(floors[0], floors[1], measure, gates.reset_floor)
