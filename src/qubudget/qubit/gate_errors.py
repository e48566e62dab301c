"""Gate and read-out errors of a design, given its qubit's coherence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.design.code import Measured
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qubit.dynamics import cz_gate, one_qubit_gate
from qubudget.qubit.gates import (
    coherence_factor,
    combine_errors,
    heating_leakage,
    one_qubit_decoherence_error,
    two_qubit_decoherence_error,
)
from qubudget.qubit.levels import LevelRates
from qubudget.qubit.readout import (
    measurement_efficiency,
    overlap_error,
    relaxation_error,
    signal_to_noise,
)


@dataclass(frozen=True)
class GateErrors:
    """Average errors per gate and per read-out.

    The measured values where the design states them; ``*_modelled`` is decoherence at the T1
    and T2 in force together with the design's floors. ``leakage`` is per two-qubit gate.
    """

    one_qubit_error: float | None
    two_qubit_error: float | None
    readout_error: float | None
    leakage: float | None
    one_qubit_error_modelled: float | None
    two_qubit_error_modelled: float | None
    readout_error_modelled: float | None
    leakage_modelled: float | None

    @classmethod
    def measured_only(cls, measured: Measured) -> GateErrors:
        """What was measured, and nothing modelled."""
        return cls(
            measured.one_qubit_error,
            measured.two_qubit_error,
            measured.readout_error,
            *(None,) * 5,
        )


def readout_snr(design: DesignModel, stage: ArrayLike) -> NDArray[np.float64]:
    """SNR of the design's read-out with the chip's stage at ``stage`` (K); broadcasts."""
    readout = design.readout
    efficiency = measurement_efficiency(
        readout.frequency,
        readout.loss,
        stage,
        readout.first_noise,
        readout.first_gain,
        readout.second_noise,
    )
    kappa = 2 * math.pi * readout.linewidth
    return signal_to_noise(
        efficiency,
        (1 - readout.input_coupling) * kappa,
        kappa,
        2 * math.pi * readout.shift,
        readout.photons,
        design.gates.readout_time,
    )


@dataclass(frozen=True)
class Decay:
    """How a qubit decays: rates of relaxation, exponential and Gaussian dephasing, 1/s."""

    relaxation: float
    dephasing: float
    gaussian: float

    @classmethod
    def of_times(cls, t1: float | None, t2: float) -> Decay:
        """Of a measured T2 (s), taken as exponential; t1 : s, None for no relaxation.

        Raises
        ------
        OutOfRangeError: T2 above twice T1.
        """
        relaxation = 0.0 if t1 is None else 1 / t1
        if 1 / t2 < relaxation / 2 * (1 - 1e-12):
            raise OutOfRangeError(
                f"measured.t2 ({t2:g} s) is above twice T1 ({t1:g} s), which no qubit can have; "
                "state measured.t1 too if the model's T1 is too short"
            )
        return cls(relaxation, max(0.0, 1 / t2 - relaxation / 2), 0.0)


@dataclass(frozen=True)
class GateDecoherence:
    """Average errors of the gates and leakage per two-qubit gate, floors included."""

    one_qubit_error: float
    two_qubit_error: float
    leakage: float


def gate_decoherence(design: DesignModel, decay: Decay, rates: LevelRates) -> GateDecoherence:
    """What decoherence and the design's floors leave of the gates.

    decay : of the qubit. rates : of its levels, 1/s, scaled to its relaxation.

    ``closed-form``: two levels that idle, and heating out of the second one. ``lindblad``: a DRAG
    pulse and a CZ by the master equation, whose own coherent error is in it. There a Gaussian
    decay exp(-(g t)^2) enters as the rate g^2 t that loses as much coherence over the gate.
    """
    gates, qubit = design.gates, design.qubit
    if gates.model == "lindblad":
        pair = {"frequency": qubit.frequency, "anharmonicity": qubit.anharmonicity}

        def dephasing(time: float) -> float:
            return decay.dephasing + decay.gaussian**2 * time

        turn = one_qubit_gate(
            **pair,
            time=gates.one_qubit_time,
            rise=gates.rise,
            drag=gates.drag,
            levels=gates.levels,
            down=rates.down,
            up=rates.up,
            dephasing=dephasing(gates.one_qubit_time),
        )
        cz = cz_gate(
            **pair,
            coupling=gates.coupling,
            time=gates.two_qubit_time,
            rise=gates.rise,
            down=rates.down[:2],
            up=rates.up[:2],
            dephasing=dephasing(gates.two_qubit_time),
        )
        one, two, lost = turn.error, cz.error, cz.leakage
    else:

        def factors(time: float) -> tuple[float, float]:
            left = coherence_factor(time, decay.relaxation, decay.dephasing, decay.gaussian)
            return math.exp(-time * decay.relaxation), float(left)

        one = float(one_qubit_decoherence_error(*factors(gates.one_qubit_time)))
        two = float(two_qubit_decoherence_error(*factors(gates.two_qubit_time)))
        lost = float(heating_leakage(rates.up[1], gates.two_qubit_time))
    return GateDecoherence(
        float(combine_errors(one, gates.one_qubit_floor, ceiling=1 / 2)),
        float(combine_errors(two, gates.two_qubit_floor, ceiling=3 / 4)),
        float(combine_errors(lost, gates.leakage_floor, ceiling=1.0)),
    )


def gate_errors(design: DesignModel, stage: float, decay: Decay, rates: LevelRates) -> GateErrors:
    """Errors of the design's gates and read-out.

    stage : temperature of the chip's stage, K. decay : of the qubit in force, measured or
    modelled. rates : of its levels, scaled to its relaxation.
    """
    gates, measured = design.gates, design.measured
    left = gate_decoherence(design, decay, rates)
    readout = combine_errors(
        overlap_error(readout_snr(design, stage)),
        relaxation_error(gates.readout_time, decay.relaxation),
        gates.readout_floor,
        ceiling=1 / 2,
    )

    def stated(value: float | None, model: float) -> float:
        return model if value is None else value

    return GateErrors(
        one_qubit_error=stated(measured.one_qubit_error, left.one_qubit_error),
        two_qubit_error=stated(measured.two_qubit_error, left.two_qubit_error),
        readout_error=stated(measured.readout_error, float(readout)),
        leakage=left.leakage,
        one_qubit_error_modelled=left.one_qubit_error,
        two_qubit_error_modelled=left.two_qubit_error,
        readout_error_modelled=float(readout),
        leakage_modelled=left.leakage,
    )
