"""The first paper's "dual mandate" (its section 5.1), judged by both models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qubudget.qubit.published import VARIANTS
from qubudget.qubit.stressed import StressedQubit
from qubudget.qubit.thresholds import (
    Limit,
    Model,
    fidelity_of,
    loss_limit,
    model_name,
    temperature_limit,
)


@dataclass(frozen=True)
class MaterialsVerdict:
    """The mandate's bound on the loss tangent in one model.

    ``sufficient``: a loss at the bound reaches the fidelity. ``necessary``: every larger loss
    fails; None where no loss reaches it, so that the bound decides nothing.
    """

    model: str
    fidelity_at_bound: float | None
    loss: Limit
    temperature: Limit
    sufficient: bool
    necessary: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values; temperatures in K."""
        return {
            "model": self.model,
            "fidelity_at_bound": self.fidelity_at_bound,
            "tan_delta_max": self.loss.value,
            "tan_delta_max_reason": self.loss.reason or None,
            "temperature_max_K": self.temperature.value,
            "temperature_max_K_reason": self.temperature.reason or None,
            "sufficient": self.sufficient,
            "necessary": self.necessary,
        }


@dataclass(frozen=True)
class Mandate:
    """The dual mandate, judged.

    ``qubits_in_budget`` : how many the mandated power allows. ``power_needed`` : W per qubit
    at which the wanted number fits.
    """

    fidelity: float
    temperature: float
    tan_delta: float
    materials: tuple[MaterialsVerdict, ...]
    qubits_in_budget: float
    power_needed: float
    power_sufficient: bool
    power_necessary: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in the keys."""
        return {
            "fidelity": self.fidelity,
            "temperature_K": self.temperature,
            "tan_delta": self.tan_delta,
            "materials": [verdict.to_dict() for verdict in self.materials],
            "qubits_in_budget": self.qubits_in_budget,
            "power_needed_W": self.power_needed,
            "power_sufficient": self.power_sufficient,
            "power_necessary": self.power_necessary,
        }


def mandate(
    qubit: StressedQubit,
    *,
    fidelity: float = 0.999,
    temperature: float = 4.0,
    tan_delta: float = 1e-7,
    power: float = 1e-3,
    budget: float = 1.0,
    qubits: float = 1e6,
) -> Mandate:
    """The first paper's dual mandate (its section 5.1) under the physical and published models.

    It asks for a loss tangent below ``tan_delta`` and less than ``power`` (W) per qubit in a
    ``budget`` (W), and concludes that qubits then work at ``temperature`` (K) and that the path
    to ``qubits`` of them is open.

    At 4 K no dielectric helps niobium, and 1 W feeds a thousand qubits of 1 mW:

    >>> judged = mandate(StressedQubit.of_metal("Nb"))
    >>> [(v.model, v.sufficient, v.necessary) for v in judged.materials][:2]
    [('physical', False, None), ('published-code', True, False)]
    >>> judged.qubits_in_budget, judged.power_sufficient
    (1000.0, False)
    """
    verdicts = []
    models: tuple[Model, ...] = (qubit, *VARIANTS)
    for model in models:
        limit = loss_limit(model, fidelity, temperature)
        reached = limit.value is not None
        at_bound = fidelity_of(model, temperature, tan_delta)
        verdicts.append(
            MaterialsVerdict(
                model_name(model),
                at_bound,
                limit,
                temperature_limit(model, fidelity, tan_delta),
                sufficient=at_bound is not None and at_bound >= fidelity,
                necessary=None if not reached else (limit.value or 0.0) <= tan_delta,
            )
        )
    needed = budget / qubits
    return Mandate(
        fidelity,
        temperature,
        tan_delta,
        tuple(verdicts),
        qubits_in_budget=budget / power,
        power_needed=needed,
        power_sufficient=power <= needed,
        power_necessary=needed <= power,
    )
