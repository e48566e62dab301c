"""The first paper's model of coherence, kept exactly as it is and by name.

``1/T2* = G + K tan_delta coth(hbar omega / 2kT)`` and ``F = exp(-t_gate / T2*)``.

Two variants: ``published-code`` is the paper's listed code (Appendix C: K = 6e9 /s and a
constant floor G = 3.5e3 /s). ``published-table`` is *inferred*: its printed table (Appendix B)
is not what that code computes, and a floor that follows the material,
``G = 100 /s sqrt(tan_delta / 1e-9)``, reproduces all seven printed rows. The paper's text
describes the constant floor only.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qubit.ranges import at_least

Variant = Literal["published-code", "published-table"]
VARIANTS: tuple[Variant, ...] = ("published-code", "published-table")

HBAR_PAPER = 1.0545718e-34
"""Reduced Planck constant of the paper's code, J s (the exact one is 2e-9 away)."""
BOLTZMANN_PAPER = 1.380649e-23
"""Boltzmann constant of the paper's code, J/K."""
COUPLING = 6.0e9
"""K_TLS of the paper's code, 1/s."""
CONSTANT_FLOOR = 3.5e3
"""INTRINSIC_GAMMA of the paper's code, 1/s."""
MATERIAL_FLOOR = 100.0
"""Inferred floor of the paper's table at tan_delta = 1e-9, 1/s."""
FREQUENCY = 5.0e9
"""Qubit frequency of the paper's code, Hz."""
GATE_TIME = 20e-9
"""Gate time of the paper's code, s."""


def published_coth(temperature: ArrayLike, frequency: ArrayLike = FREQUENCY) -> NDArray[np.float64]:
    """The paper's thermal factor coth(hbar omega / 2kT), with its constants.

    temperature : K, > 0. frequency : Hz.

    >>> round(float(published_coth(4.0)), 2)  # its text says 16
    33.35
    """
    t = at_least("temperature", temperature, above=True)
    omega = 2 * np.pi * at_least("frequency", frequency, above=True)
    return 1.0 / np.tanh(HBAR_PAPER * omega / (2 * BOLTZMANN_PAPER * t))


def published_floor(tan_delta: ArrayLike, variant: Variant) -> NDArray[np.float64]:
    """Temperature-independent rate G of a variant, 1/s."""
    loss = at_least("tan_delta", tan_delta)
    if variant == "published-code":
        return np.full_like(loss, CONSTANT_FLOOR)
    if variant == "published-table":
        return MATERIAL_FLOOR * np.sqrt(loss / 1e-9)
    raise OutOfRangeError(f"no published variant {variant!r}; known: {', '.join(VARIANTS)}")


def published_t2_star(
    tan_delta: ArrayLike,
    temperature: ArrayLike,
    variant: Variant = "published-code",
    *,
    frequency: ArrayLike = FREQUENCY,
    t1: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """T2* of the first paper, s.

    tan_delta : effective loss tangent. temperature : K, > 0. t1 : s; where given, adds
    Appendix A's 1/(2 T1), which the paper's code does not have.

    Model 05 of the paper (tan_delta 3e-7 at 4 K), by its code and as its table prints it:

    >>> round(float(published_t2_star(3e-7, 4.0)) * 1e6, 3)
    15.741
    >>> round(float(published_t2_star(3e-7, 4.0, "published-table")) * 1e6, 2)
    16.19
    """
    rate = published_floor(tan_delta, variant) + COUPLING * np.asarray(
        tan_delta, dtype=np.float64
    ) * published_coth(temperature, frequency)
    if t1 is not None:
        rate = rate + 0.5 / at_least("t1", t1, above=True)
    return 1.0 / rate


def published_fidelity(t2_star: ArrayLike, gate_time: ArrayLike = GATE_TIME) -> NDArray[np.float64]:
    """The first paper's gate fidelity exp(-t_gate / T2*).

    >>> round(100 * float(published_fidelity(published_t2_star(5e-4, 0.01))), 4)
    94.1699
    """
    t2 = at_least("t2_star", t2_star, above=True)
    return np.exp(-at_least("gate_time", gate_time) / t2)
