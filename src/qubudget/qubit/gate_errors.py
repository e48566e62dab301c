"""Gate and read-out errors of a design, given its qubit's coherence."""

from __future__ import annotations

import math
from dataclasses import dataclass

from qubudget.design.code import Measured
from qubudget.design.schema import DesignModel
from qubudget.qubit.gates import (
    coherence_factor,
    combine_errors,
    heating_leakage,
    one_qubit_decoherence_error,
    two_qubit_decoherence_error,
)
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


def readout_snr(design: DesignModel, chip: float) -> float:
    """SNR of the design's read-out with the chip's stage at ``chip`` (K)."""
    readout = design.readout
    efficiency = measurement_efficiency(
        readout.frequency,
        readout.loss,
        chip,
        readout.first_noise,
        readout.first_gain,
        readout.second_noise,
    )
    kappa = 2 * math.pi * readout.linewidth
    return float(
        signal_to_noise(
            efficiency,
            (1 - readout.input_coupling) * kappa,
            kappa,
            2 * math.pi * readout.shift,
            readout.photons,
            design.gates.readout_time,
        )
    )


def gate_errors(
    design: DesignModel,
    chip: float,
    *,
    t1: float | None,
    t2: float | None,
    heating: float,
    dephasing: float = 0.0,
    gaussian_dephasing: float = 0.0,
) -> GateErrors:
    """Errors of the design's gates and read-out.

    chip : temperature, K. t1 : s; None for no relaxation. t2 : s, a measured T2, taken as an
    exponential decay; None for the decay of t1 and the dephasing rates (1/s). heating : rate
    from the first to the second excited state, 1/s.
    """
    gates, measured = design.gates, design.measured
    relaxation = 0.0 if t1 is None else 1 / t1

    def factors(time: float) -> tuple[float, float]:
        if t2 is not None:
            return math.exp(-time * relaxation), math.exp(-time / t2)
        left = coherence_factor(time, relaxation, dephasing, gaussian_dephasing)
        return math.exp(-time * relaxation), float(left)

    one = combine_errors(
        one_qubit_decoherence_error(*factors(gates.one_qubit_time)),
        gates.one_qubit_floor,
        ceiling=1 / 2,
    )
    two = combine_errors(
        two_qubit_decoherence_error(*factors(gates.two_qubit_time)),
        gates.two_qubit_floor,
        ceiling=3 / 4,
    )
    leakage = combine_errors(
        heating_leakage(heating, gates.two_qubit_time), gates.leakage_floor, ceiling=1.0
    )
    readout = combine_errors(
        overlap_error(readout_snr(design, chip)),
        relaxation_error(gates.readout_time, relaxation),
        gates.readout_floor,
        ceiling=1 / 2,
    )

    def stated(value: float | None, model: float) -> float:
        return model if value is None else value

    return GateErrors(
        one_qubit_error=stated(measured.one_qubit_error, float(one)),
        two_qubit_error=stated(measured.two_qubit_error, float(two)),
        readout_error=stated(measured.readout_error, float(readout)),
        leakage=float(leakage),
        one_qubit_error_modelled=float(one),
        two_qubit_error_modelled=float(two),
        readout_error_modelled=float(readout),
        leakage_modelled=float(leakage),
    )
