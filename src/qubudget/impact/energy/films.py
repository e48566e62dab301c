"""Films that compete for phonons: the superconductor's share and what self-absorption does.

Pair-breaking phonons pass through the films of a chip until one of them absorbs them. The
normal metal turns its share into heat, except for phonons above 2 Delta that its hot electrons
radiate again; part of those never leave it (self-absorption). Energies are in gaps of the
superconductor, thicknesses in m.

Martinis (npj Quantum Inf. 7, 90 (2021), Fig. 6) fits the number of quasiparticles by
ts/(ts + kappa tn) with kappa = 1.65. Without self-absorption the cascade gives 0.65 (share by
thickness, his rule) or 0.52 (share by rate); 1.65 needs about 80 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy import balance
from qubudget.impact.energy.kaplan import normal_phonon_rate, pair_breaking_rate

Array = NDArray[np.float64]
Rule = Literal["rate", "thickness"]
"""How phonons are shared: by Kaplan's absorption rates times thickness, or thickness alone."""

PUBLISHED_KAPPA = 1.65
"""Constant of the participation formula printed with Martinis 2021, Fig. 6."""
_PUBLISHED_ENERGY = 10.0


@dataclass(frozen=True)
class Film:
    """One film in reach of the phonons.

    Attributes
    ----------
    thickness : m, >= 0.
    gapped : True for the qubits' superconductor, False for a normal metal (or a superconductor
        of far smaller gap, in which phonons of 2 Delta see an almost normal metal).
    self_absorption : probability that a phonon >= 2 Delta radiated in this film is absorbed in
        it again before it meets another film, in [0, 1).
    coupling : electron-phonon absorption rate relative to the superconductor's own normal state.
    """

    thickness: float
    gapped: bool
    self_absorption: float = 0.0
    coupling: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite(self.thickness) and self.thickness >= 0 and self.coupling > 0):
            raise OutOfRangeError("a film needs a finite thickness >= 0 and a coupling > 0")
        if not 0 <= self.self_absorption < 1:
            raise OutOfRangeError("self_absorption must lie in [0, 1)")


def absorption_shares(films: Sequence[Film], energy: ArrayLike, rule: Rule = "rate") -> Array:
    """Probability that each film is the one to absorb a phonon.

    Parameters
    ----------
    films : at least one of non-zero thickness.
    energy : phonon energies, gaps, shape (n,); those below 2 get the shares at 2.
    rule : see `Rule`.

    Returns
    -------
    Shares, shape (films, n); each column sums to one.
    """
    e = np.maximum(np.asarray(energy, dtype=np.float64), 2.0)
    weight = np.array([f.thickness * f.coupling * np.ones_like(e) for f in films])
    if rule == "rate":
        weight *= [pair_breaking_rate(e) if f.gapped else normal_phonon_rate(e) for f in films]
    total = weight.sum(axis=0)
    if np.any(total <= 0):
        raise OutOfRangeError("at least one film must have a thickness")
    return np.asarray(weight / total)


@lru_cache(maxsize=256)
def _number(films: tuple[Film, ...], energy: float, rule: Rule) -> float:
    grid = balance.energies(energy)
    number = balance.mean_quasiparticles(
        absorption_shares(films, grid, rule),
        tuple(f.gapped for f in films),
        tuple(f.self_absorption for f in films),
    )
    return float(np.interp(energy, grid, number))


def mean_quasiparticles(films: Sequence[Film], energy: float, rule: Rule = "rate") -> float:
    """Mean number of quasiparticles in the gapped films from one phonon of ``energy`` (gaps).

    ``energy`` lies in [2, 60]; raises `OutOfRangeError` outside (use the plateau above).
    """
    if not 2.0 <= energy <= 60.0:
        raise OutOfRangeError("the films' cascade is solved for phonons of 2 to 60 gaps")
    return _number(tuple(films), float(energy), rule)


def superconductor_share(
    superconductor_thickness: float,
    metal_thickness: float,
    self_absorption: float = 0.0,
    *,
    energy: float = _PUBLISHED_ENERGY,
    rule: Rule = "rate",
) -> float:
    """Number of quasiparticles with the normal metal over the number without it.

    Parameters
    ----------
    superconductor_thickness, metal_thickness : m; the first > 0, the second >= 0.
    self_absorption : of the normal metal, in [0, 1).
    energy : of the first phonons, gaps, in [2, 60]; the paper's Fig. 6 uses 10.
    rule : how phonons are shared.

    Returns
    -------
    In (0, 1]; exactly 1 without metal.

    >>> round(superconductor_share(1e-7, 1e-7, rule="thickness"), 2)
    0.61
    """
    if not superconductor_thickness > 0:
        raise OutOfRangeError("the superconductor must have a thickness > 0")
    films = (
        Film(superconductor_thickness, gapped=True),
        Film(metal_thickness, gapped=False, self_absorption=self_absorption),
    )
    if metal_thickness == 0:
        return 1.0
    with_metal = mean_quasiparticles(films, energy, rule)
    return with_metal / mean_quasiparticles(films[:1], energy, rule)


def quasiparticle_share(
    film_thickness: float, metal_thickness: float, self_absorption: float
) -> float:
    """`superconductor_share` by rates at 10 Delta: what the chip's assembly multiplies by.

    Thicknesses in m, ``self_absorption`` in [0, 1).

    >>> quasiparticle_share(1e-7, 0.0, 0.0)
    1.0
    """
    return superconductor_share(film_thickness, metal_thickness, self_absorption)


def participation_constant(
    metal_ratio: float,
    self_absorption: float = 0.0,
    *,
    energy: float = _PUBLISHED_ENERGY,
    rule: Rule = "rate",
) -> float:
    """kappa for which ts/(ts + kappa tn) equals `superconductor_share` at tn/ts = ``metal_ratio``.

    ``metal_ratio`` > 0. Other arguments as in `superconductor_share`.
    """
    if not metal_ratio > 0:
        raise OutOfRangeError("metal_ratio = tn/ts must be > 0")
    share = superconductor_share(1.0, metal_ratio, self_absorption, energy=energy, rule=rule)
    return (1 / share - 1) / metal_ratio


def needed_self_absorption(kappa: float, metal_ratio: float, *, rule: Rule = "thickness") -> float:
    """Self-absorption of the normal metal at which the participation constant is ``kappa``.

    ``kappa`` dimensionless, ``metal_ratio`` = tn/ts > 0, phonons of 10 Delta. Raises
    `OutOfRangeError` where no value in [0, 0.99] gives it.
    """
    low, high = 0.0, 0.99

    def miss(absorption: float) -> float:
        return participation_constant(metal_ratio, absorption, rule=rule) - kappa

    if miss(low) > 0 or miss(high) < 0:
        raise OutOfRangeError(f"no self-absorption in [{low}, {high}] gives kappa = {kappa}")
    return float(brentq(miss, low, high, xtol=1e-6))


def absorption_per_pass(
    thickness: ArrayLike, velocity: ArrayLike, energy: ArrayLike, phonon_time: ArrayLike
) -> Array:
    """Probability that a phonon crossing a superconducting film at normal incidence is absorbed.

    1 - exp(-t Gamma_p / v), the pair-breaking length being v/Gamma_p (Eq. 8).

    Parameters
    ----------
    thickness : film thickness t, m. velocity : of sound in the film, m/s. energy : phonon
    energy, gaps. phonon_time : Kaplan's tau0ph, s. All broadcast.

    Returns
    -------
    Probability, 0 below 2 gaps.
    """
    t, v, tau = (np.asarray(a, dtype=np.float64) for a in (thickness, velocity, phonon_time))
    if np.any(t < 0) or np.any(v <= 0) or np.any(tau <= 0):
        raise OutOfRangeError("thickness >= 0, velocity > 0 and phonon_time > 0 are needed")
    return np.asarray(-np.expm1(-t * pair_breaking_rate(energy) / (v * tau)))
