"""Closed-form errors of gates and read-out, and the first paper's model, at many points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from qubudget.design.schema import DesignModel
from qubudget.qubit.gate_errors import readout_snr
from qubudget.qubit.gates import (
    coherence_factor,
    combine_errors,
    heating_leakage,
    one_qubit_decoherence_error,
    two_qubit_decoherence_error,
)
from qubudget.qubit.published import (
    CONSTANT_FLOOR,
    VARIANTS,
    published_fidelity,
    published_t2_star,
)
from qubudget.qubit.readout import overlap_error, relaxation_error
from qubudget.study.arrays.inputs import Floats

Table = dict[str, Floats]


@dataclass(frozen=True)
class Decay:
    """Rates of relaxation, exponential and Gaussian dephasing, 1/s."""

    relaxation: Floats
    dephasing: Floats
    gaussian: Floats


def gate_table(design: DesignModel, stage: Floats, decay: Decay, heating: Floats) -> Table:
    """As ``gate_errors`` in closed form; ``heating`` from 1 to 2, 1/s."""
    gates, measured = design.gates, design.measured

    def factors(time: ArrayLike) -> tuple[Floats, Floats]:
        left = coherence_factor(time, decay.relaxation, decay.dephasing, decay.gaussian)
        return np.exp(-np.multiply(time, decay.relaxation)), left

    one = one_qubit_decoherence_error(*factors(gates.one_qubit_time))
    two = two_qubit_decoherence_error(*factors(gates.two_qubit_time))
    lost = heating_leakage(heating, gates.two_qubit_time)
    modelled = {
        "one_qubit_error": combine_errors(one, gates.one_qubit_floor, ceiling=1 / 2),
        "two_qubit_error": combine_errors(two, gates.two_qubit_floor, ceiling=3 / 4),
        "leakage": combine_errors(lost, gates.leakage_floor, ceiling=1.0),
        "readout_error": combine_errors(
            overlap_error(readout_snr(design, stage)),
            relaxation_error(gates.readout_time, decay.relaxation),
            gates.readout_floor,
            ceiling=1 / 2,
        ),
    }
    table: Table = {}
    for name, value in modelled.items():
        stated = None if name == "leakage" else getattr(measured, name)
        table[f"coherence.gate.{name}"] = stated_or(stated, value)
        table[f"coherence.gate.{name}_modelled"] = np.atleast_1d(value)
    return table


def published_table(design: DesignModel, chip: Floats, t1: Floats) -> Table:
    """The first paper's model."""
    loss = np.atleast_1d(
        summed(np.multiply(part.participation, part.tan_delta) for part in design.dielectrics)
    )
    relaxes = design.published.include_relaxation
    decays = ~np.isnan(t1) if relaxes else np.ones(1, bool)
    table: Table = {}
    for variant in VARIANTS:
        # Without loss the table's floor vanishes, and with it the rate.
        free = (loss == 0) & (variant == "published-table") & (not relaxes)
        t2 = published_t2_star(
            np.where(free, 1.0, loss),
            chip,
            variant,
            t1=np.where(np.isnan(t1), 1 / CONSTANT_FLOOR, t1) if relaxes else None,
        )
        fidelity = np.where(free, 1.0, published_fidelity(t2))
        found = {
            "t2_star_s": np.where(decays & ~free, t2, np.nan),
            "fidelity": np.where(decays, fidelity, np.nan),
        }
        for name, value in found.items():
            table[f"coherence.published.variants.{variant}.{name}"] = value
            if variant == design.published.variant:
                table[f"coherence.published.{name}"] = value
    return table


def summed(values: Iterable[ArrayLike]) -> Floats:
    """Of arrays that broadcast."""
    total: Floats = np.zeros(1)
    for value in values:
        total = total + np.asarray(value, dtype=np.float64)
    return total


def stated_or(stated: ArrayLike | None, otherwise: Floats) -> Floats:
    """What was measured, or else the model's."""
    if stated is None:
        return np.atleast_1d(otherwise)
    return np.atleast_1d(np.asarray(stated, dtype=np.float64))
