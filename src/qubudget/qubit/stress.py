"""The first paper's stress sweep, temperature against loss tangent, in both models.

The published model has an answer everywhere. The physical one joins dielectric loss in a named
bath, thermal quasiparticles of the junction, thermal photons of the stage, and channels that stay
as they are; it ends where the film or the junction turns normal. Above 1 K the relaxational loss
of two-level systems, which is not in the ``tls`` bath, comes on top: there the fidelity is an
upper bound.

The relaxation rate is tan_delta d(T) + r(T), so all that is costly depends on temperature alone
and is computed once per distinct temperature.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.design.schema import DesignModel
from qubudget.qubit.budget import totals
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.gap import gap_at
from qubudget.qubit.gates import coherence_factor, coherence_time, one_qubit_decoherence_error
from qubudget.qubit.published import (
    COUPLING,
    GATE_TIME,
    Variant,
    published_coth,
    published_floor,
)
from qubudget.qubit.quasiparticles import (
    equilibrium_suppression,
    quasiparticle_rates,
    thermal_fraction,
)
from qubudget.qubit.ranges import at_least
from qubudget.qubit.result import CoherenceResult
from qubudget.qubit.stressed import Floats, StressedQubit, effective_loss

TEMPERATURES = (1e-3, 300.0)
"""Ends of the paper's sweep, K (its section 3.1)."""
LOSS_TANGENTS = (1e-10, 1e-3)
"""Seven orders of magnitude of the loss tangent."""
CONTOURS = (0.999, 0.9999)
"""Fidelities at which the models are compared: the paper's threshold (section 2.7) and 99.99 %."""
_BLOCK = 4096  # temperatures per block of the gap-difference integral, which holds 48 nodes of each


@dataclass(frozen=True)
class PhysicalStress:
    """Arrays of one shape: T1 and T2 (s), fidelity of a one-qubit gate, where it is normal.

    NaN where ``normal``: no superconductor, no T1. Infinite times where nothing decays.
    """

    t1: Floats
    t2: Floats
    fidelity: Floats
    normal: NDArray[np.bool_]


@dataclass(frozen=True)
class ThermalTerms:
    """What depends on temperature: arrays of its shape, rates in 1/s.

    per_loss : relaxation per unit of loss tangent. quasiparticles : 0 where ``normal``.
    radiative, shot_noise : relaxation and dephasing by the photons that follow the temperature.
    """

    per_loss: Floats
    quasiparticles: Floats
    radiative: Floats
    shot_noise: Floats
    normal: NDArray[np.bool_]


def thermal_terms(qubit: StressedQubit, temperature: ArrayLike) -> ThermalTerms:
    """The terms that depend on ``temperature`` (K, > 0), once per distinct value."""
    t = at_least("temperature", temperature, above=True)
    distinct, places = np.unique(t, return_inverse=True)
    down, up = dielectric_rates(
        qubit.bath,
        1.0,
        qubit.frequency,
        distinct,
        saturation=qubit.saturation,
        exponent=qubit.exponent,
    )
    quasiparticles, normal = _quasiparticles(qubit, distinct)
    radiative = shot_noise = np.zeros_like(distinct)
    if qubit.photons is not None:
        radiative, shot_noise = qubit.photons.rates(qubit.frequency, distinct)
    places = places.reshape(t.shape)
    return ThermalTerms(
        (down + up)[places],
        quasiparticles[places],
        radiative[places],
        shot_noise[places],
        normal[places],
    )


def _quasiparticles(qubit: StressedQubit, temperature: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Rate of thermal quasiparticles (1/s, 0 where normal), and where it is normal."""
    metal = qubit.junction
    gap = gap_at(metal.gap, metal.critical_temperature, temperature)
    # The gap's spline ends a rounding error below Tc, where it is zero.
    superconducting = (gap > 0) & (temperature < qubit.film.critical_temperature)
    cold, gap = temperature[superconducting], gap[superconducting]
    down, up = quasiparticle_rates(thermal_fraction(cold, gap), qubit.frequency, cold, gap)
    rate = down + up
    if qubit.gap_difference > 0:
        for start in range(0, cold.size, _BLOCK):
            block = slice(start, start + _BLOCK)
            rate[block] *= equilibrium_suppression(
                qubit.frequency, cold[block], gap[block], qubit.gap_difference
            )
    whole = np.zeros_like(temperature)
    whole[superconducting] = rate
    return whole, ~superconducting


def physical_stress(
    qubit: StressedQubit, temperature: ArrayLike, tan_delta: ArrayLike
) -> PhysicalStress:
    """T1, T2 and decoherence-limited fidelity of the physical model.

    1/T1 is the sum of dielectric loss, thermal quasiparticles, photons and the other channels;
    T2 is that of ``coherence_time``, 1 - F that of ``one_qubit_decoherence_error`` (two levels,
    any population).

    temperature : of the chip, K, > 0. tan_delta : participation-weighted, >= 0. They broadcast.
    The quasiparticle rate is the low-energy form, for kT well below the gap: within a few
    percent of Tc it is an order of magnitude.

    Raises
    ------
    OutOfRangeError: an argument out of range, or a gap difference equal to the qubit's energy.

    Niobium at 4 K and 5 GHz, whatever the dielectric (0.399 ns with the gap of zero temperature):

    >>> stress = physical_stress(StressedQubit.of_metal("Nb"), 4.0, [1e-9, 1e-5])
    >>> [round(1e9 * t1, 3) for t1 in stress.t1.tolist()]
    [0.364, 0.364]
    """
    loss = at_least("tan_delta", tan_delta)
    terms = thermal_terms(qubit, temperature)
    constant, exponential, gaussian = totals(qubit.others)
    rate = np.asarray(loss * terms.per_loss + (terms.quasiparticles + terms.radiative + constant))
    dephasing = terms.shot_noise + exponential
    normal = np.broadcast_to(terms.normal, rate.shape)
    t1 = np.divide(1.0, rate, out=np.full_like(rate, np.inf), where=rate > 0)
    t2 = coherence_time(rate, dephasing, gaussian)
    left = coherence_factor(qubit.gate_time, rate, dephasing, gaussian)
    error = one_qubit_decoherence_error(np.exp(-qubit.gate_time * rate), left)
    return PhysicalStress(
        np.where(normal, np.nan, t1),
        np.where(normal, np.nan, t2),
        np.where(normal, np.nan, 1.0 - error),
        normal,
    )


def published_stress(
    temperature: ArrayLike, tan_delta: ArrayLike, variant: Variant = "published-code"
) -> tuple[Floats, Floats]:
    """T2* (s) and fidelity of the first paper's model, with its frequency and gate time.

    Arguments as in ``physical_stress``. Infinite T2* where nothing decays.

    >>> t2, fidelity = published_stress(4.0, 3e-7)
    >>> round(1e6 * float(t2), 3), round(100 * float(fidelity), 4)
    (15.741, 99.873)
    """
    loss = at_least("tan_delta", tan_delta)
    rate = np.asarray(
        published_floor(loss, variant) + COUPLING * loss * published_coth(temperature)
    )
    t2 = np.divide(1.0, rate, out=np.full_like(rate, np.inf), where=rate > 0)
    return t2, np.exp(-GATE_TIME * rate)


def _rounded(values: Floats) -> list[list[float | None]]:
    """Four digits for a figure; None for NaN."""
    return [[None if math.isnan(v) else float(f"{v:.3e}") for v in row] for row in values.tolist()]


def stress_map(
    design: DesignModel, coherence: CoherenceResult, *, temperatures: int = 60, losses: int = 50
) -> dict[str, Any]:
    """The sweep around a design on a coarse grid, for the figure: the document ``stress``.

    coherence : of the design, for what stays fixed (see ``StressedQubit.of_design``); ``others``
    is false where it has no channels, and the physical errors are then lower bounds.
    temperatures, losses : points of the grid. Errors are 1 - F of decoherence
    alone; rows by temperature.
    """
    qubit = StressedQubit.of_design(design, coherence)
    t = np.geomspace(*TEMPERATURES, temperatures)
    loss = np.geomspace(*LOSS_TANGENTS, losses)
    variant = design.published.variant
    physical = physical_stress(qubit, t[:, None], loss)
    _, published = published_stress(t[:, None], loss, variant)
    edge = qubit.first_normal
    return {
        "temperature_K": [float(f"{v:.6g}") for v in t],
        "tan_delta": [float(f"{v:.6g}") for v in loss],
        "physical": {"bath": qubit.bath, "error": _rounded(1.0 - physical.fidelity)},
        "published": {"variant": variant, "error": _rounded(1.0 - published)},
        "normal_above_K": edge.critical_temperature,
        "normal_metal": edge.name,
        "fidelities": list(CONTOURS),
        "gate_time_s": qubit.gate_time,
        "others": bool(coherence.channels),
        "design": {
            "temperature_K": coherence.chip_temperature_K,
            "tan_delta": effective_loss(design),
        },
    }
