"""Where each model reaches a fidelity.

Fidelities are those of decoherence alone, of a one-qubit gate: a floor of control comes on top.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.qubit.gates import coherence_factor, one_qubit_decoherence_error
from qubudget.qubit.published import (
    COUPLING,
    GATE_TIME,
    Variant,
    published_coth,
    published_floor,
)
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.stress import (
    CONTOURS,
    TEMPERATURES,
    physical_stress,
    published_stress,
    thermal_terms,
)
from qubudget.qubit.stressed import StressedQubit, effective_loss
from qubudget.search import edge

Model = StressedQubit | Variant
"""The physical model of a qubit, or the published one of a variant."""

LOSSES = (1e-12, 1.0)
"""Loss tangents searched."""
TOLERANCE = 1e-6
"""Relative width at which a search stops."""


@dataclass(frozen=True)
class Limit:
    """The largest value that reaches a fidelity.

    ``value`` is None where none does; ``reason`` then says why, and where ``value`` is the end of
    the range that was searched.
    """

    value: float | None
    reason: str = ""


def model_name(model: Model) -> str:
    """``physical``, or the variant."""
    return "physical" if isinstance(model, StressedQubit) else model


def fidelity_of(model: Model, temperature: float, tan_delta: float) -> float | None:
    """Fidelity of a one-qubit gate; temperature in K; None where the physical qubit is normal."""
    if isinstance(model, StressedQubit):
        found = float(physical_stress(model, temperature, tan_delta).fidelity)
        return None if math.isnan(found) else found
    return float(published_stress(temperature, tan_delta, model)[1])


def errors_alone(model: Model, temperature: float, tan_delta: float) -> dict[str, float]:
    """The gate error that each channel alone would give, by name; temperature in K."""
    if not isinstance(model, StressedQubit):
        loss = COUPLING * tan_delta * float(published_coth(temperature))
        rates = {"its floor": float(published_floor(tan_delta, model)), "dielectric loss": loss}
        return {name: -math.expm1(-GATE_TIME * rate) for name, rate in rates.items()}
    time = model.gate_time

    def error(relaxation: float, exponential: float = 0.0, gaussian: float = 0.0) -> float:
        left = coherence_factor(time, relaxation, exponential, gaussian)
        return float(one_qubit_decoherence_error(math.exp(-time * relaxation), left))

    terms = thermal_terms(model, temperature)
    found = {
        "dielectric loss": error(tan_delta * float(terms.per_loss)),
        "thermal-quasiparticles": error(float(terms.quasiparticles)),
        "drive-line and purcell": error(float(terms.radiative)),
        "photon-shot-noise": error(0.0, float(terms.shot_noise)),
    }
    for channel in model.others:
        rate = channel.rate_per_s
        kinds = (channel.kind == "relaxation", channel.decay == "exponential",
                 channel.decay == "gaussian")  # fmt: skip
        found[channel.name] = error(*(rate if kind else 0.0 for kind in kinds))
    return found


def _blame(model: Model, fidelity: float, temperature: float, tan_delta: float) -> str:
    """Which channel alone errs more than the fidelity allows, or that they do together."""
    parts = errors_alone(model, temperature, tan_delta)
    guilty = sorted((n for n in parts if parts[n] > 1 - fidelity), key=lambda n: -parts[n])
    if guilty:
        words = ", ".join(f"{name} {parts[name]:.2g}" for name in guilty)
        return f"error of {words} alone, {1 - fidelity:.2g} allowed"
    largest = max(parts, key=lambda name: parts[name])
    return f"no channel alone exceeds {1 - fidelity:.2g}, all together do (most: {largest})"


def _check(fidelity: float) -> None:
    if not 0.5 < fidelity < 1:
        raise OutOfRangeError(f"fidelity must lie between 1/2 and 1, got {fidelity!r}")


def loss_limit(model: Model, fidelity: float, temperature: float) -> Limit:
    """The largest loss tangent that reaches ``fidelity`` at ``temperature`` (K), by root search.

    Searched from 1e-12 to 1, to 1e-6 relative.

    The first paper's 99.96 % at 4 K takes less than its bound of 1e-7, by its own code:
    (-ln(0.9996)/20 ns - 3.5e3)/(6e9 coth) with coth = 33.35.

    >>> round(1e8 * loss_limit("published-code", 0.9996, 4.0).value, 2)
    8.25
    """
    _check(fidelity)
    if fidelity_of(model, temperature, LOSSES[0]) is None and isinstance(model, StressedQubit):
        return Limit(None, f"{model.first_normal.name} is normal at {temperature:g} K")

    def reaches(loss: float) -> bool:
        found = fidelity_of(model, temperature, loss)
        return found is not None and found >= fidelity

    if reaches(LOSSES[1]):
        return Limit(LOSSES[1], "reached with any loss tangent")
    found = edge(reaches, LOSSES[1], LOSSES[0], TOLERANCE)
    if found is None:
        blame = _blame(model, fidelity, temperature, LOSSES[0])
        return Limit(None, f"no loss tangent reaches it at {temperature:.3g} K: {blame}")
    return Limit(found)


def temperature_limit(model: Model, fidelity: float, tan_delta: float) -> Limit:
    """The highest temperature (K) that reaches ``fidelity`` with a loss tangent, by root search.

    Searched from 1 mK to 300 K, to 1e-6 relative; the critical temperature ends it in the
    physical model.
    """
    _check(fidelity)
    cold, hot = TEMPERATURES

    def reaches(temperature: float) -> bool:
        found = fidelity_of(model, temperature, tan_delta)
        return found is not None and found >= fidelity

    if reaches(hot):
        return Limit(hot, f"reached up to the end of the search, {hot:g} K")
    found = edge(reaches, hot, cold, TOLERANCE)
    if found is None:
        blame = _blame(model, fidelity, cold, tan_delta)
        return Limit(None, f"no temperature reaches it with a loss of {tan_delta:.3g}: {blame}")
    return Limit(found)


@dataclass(frozen=True)
class Threshold:
    """How far a model lets loss or temperature go before a fidelity is lost.

    ``loss`` at the chip's temperature, ``temperature`` at the design's loss.
    """

    fidelity: float
    model: str
    loss: Limit
    temperature: Limit

    def to_dict(self) -> dict[str, Any]:
        """One entry of the document ``thresholds``."""
        return {
            "fidelity": self.fidelity,
            "model": self.model,
            "tan_delta_max": self.loss.value,
            "tan_delta_max_reason": self.loss.reason or None,
            "temperature_max_K": self.temperature.value,
            "temperature_max_K_reason": self.temperature.reason or None,
        }


def design_thresholds(design: DesignModel, coherence: CoherenceResult) -> tuple[Threshold, ...]:
    """Thresholds of 99.9 and 99.99 % around a design, in the physical and its published model.

    What stays fixed is that of ``StressedQubit.of_design``; where ``coherence`` has no channels
    (a normal metal, a runaway) the limits of the physical model are upper bounds.
    """
    chip = coherence.chip_temperature_K
    loss = effective_loss(design)
    models: tuple[Model, ...] = (
        StressedQubit.of_design(design, coherence),
        design.published.variant,
    )
    nowhere = Limit(None, "the chip has no temperature")
    return tuple(
        Threshold(
            fidelity,
            model_name(model),
            nowhere if chip is None else loss_limit(model, fidelity, chip),
            temperature_limit(model, fidelity, loss),
        )
        for model in models
        for fidelity in CONTOURS
    )
