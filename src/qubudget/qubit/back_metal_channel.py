"""Relaxation of a design's qubit into the normal metal on the back of its chip."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.constants import epsilon_0

from qubudget import transmon
from qubudget.constants import ELEMENTARY_CHARGE, PLANCK
from qubudget.design.schema import DesignModel
from qubudget.materials.electrical import conductor, permittivity
from qubudget.qubit.back_metal import Back, Pads, back_loss
from qubudget.qubit.budget import Channel
from qubudget.qubit.skin_effect import surface_impedance
from qubudget.qubit.thermal import coth_factor, split_rate

NAME: Final = "back-metal"

PAD_SHARE: Final = 0.2
"""A pad's capacitance to the back over the transmon's, on 0.4 mm of silicon.

J. M. Martinis, npj Quantum Information 7, 90 (2021), at Fig. 7: "about 20 %", pads of "about
0.1 mm^2". A design gives no pads, so theirs have the area that makes this share of the capacitance
of its own charging energy (0.075 mm^2 at 200 MHz); on another substrate they keep it.
"""
_SHARE_THICKNESS: Final = 0.4e-3  # m, the paper's chip
_SEPARATION: Final = 5.0
# Centres of the pads over the radius of a disc of their area: inferred, from the paper's 0.3 nH of
# line between them, (mu0 d/pi)(ln(s/b) + 1/4).

SPREAD: Final = 6.0
"""95 % factor up or down of the loss, by judgement.

Deviations of the logarithm in quadrature: 4 if the 20 % are of two pads in series, 2 of their
area, 2.7 of their distance with a continuous film, 2 of the metal's purity with islands. It covers
two floating pads. A single pad against ground loses 2 to 4 times as much to islands, and 80 times
as much to a continuous film.
"""


def design_pads(design: DesignModel) -> Pads:
    """Pads of the design's qubit, two or one against ground; their area: see ``PAD_SHARE``."""
    floating = design.chip.electrodes == "floating"
    return _pads(design.qubit.frequency, design.qubit.anharmonicity, floating)


@lru_cache(maxsize=1024)
def _pads(frequency: float, anharmonicity: float, floating: bool) -> Pads:
    _, charging = transmon.transmon_energies(frequency, anharmonicity)
    capacitance = ELEMENTARY_CHARGE**2 / (2 * PLANCK * charging)
    per_area = epsilon_0 * permittivity("Si") / _SHARE_THICKNESS
    area = PAD_SHARE * capacitance / per_area
    separation = _SEPARATION * math.sqrt(area / math.pi)
    return Pads(capacitance, area, separation, "differential" if floating else "single-ended")


def design_back(design: DesignModel, frequency: float) -> Back:
    """The back of the design's chip, its metal at residual resistivity, at ``frequency`` (Hz)."""
    chip, metal = design.chip, conductor(design.chip.back_metal)
    thickness = chip.back_metal_thickness
    return Back(
        surface_impedance(metal.residual_resistivity, metal.path_product, thickness, frequency),
        chip.thickness,
        permittivity(chip.substrate),
        chip.back_island_size,
        chip.back_island_gap,
        thickness,
    )


def back_metal_channel(design: DesignModel, chip: float, frequency: float) -> Channel | None:
    """Relaxation as ``back_metal_rates``; None for a bare back."""
    if design.chip.back_metal_thickness == 0:
        return None
    down, up = back_metal_rates(design, chip, frequency)
    return Channel(NAME, "relaxation", float(down + up), float(down), float(up))


def back_metal_rates(
    design: DesignModel, chip: ArrayLike, frequency: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates down and up, 1/s, at a transition of ``frequency`` (Hz), of metal on the back.

    chip : temperature, K, of the metal too, any shape. Metal and line are a linear bath: the
    rates add to (omega/Q) coth(hf/2kT).

    Raises
    ------
    OutOfRangeError: islands without a gap or a gap without islands, islands above a quarter
        wavelength, a substrate too thick for the frequency (see ``back_metal``).
    """
    loss = back_loss(design_back(design, frequency), design_pads(design), frequency)
    total = 2 * math.pi * frequency * loss * coth_factor(frequency, chip)
    return split_rate(total, frequency, chip)
