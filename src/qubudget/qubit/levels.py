"""Rates between the neighbouring levels of a design's transmon."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.qubit.budget import Channel
from qubudget.qubit.channels import Occupations, radiative_channels
from qubudget.qubit.circuit import ladder

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LevelRates:
    """Rates down[k] of k+1 -> k and up[k] of k -> k+1, 1/s; arrays along the transitions."""

    down: Floats
    up: Floats

    def scaled_to(self, relaxation: float) -> LevelRates:
        """All rates in proportion, so that those of 0-1 add to ``relaxation`` (1/s).

        A measured T1 so keeps the ratios of the model.
        """
        factor = relaxation / (self.down[0] + self.up[0])
        return LevelRates(self.down * factor, self.up * factor)


def transitions(design: DesignModel) -> tuple[Floats, Floats]:
    """Frequencies f(k, k+1), Hz, and squared matrix elements relative to that of 0-1.

    Of the closed form's three levels those of a weakly anharmonic oscillator, k + 1; of the
    master equation's levels those of the circuit.
    """
    qubit, gates = design.qubit, design.gates
    if gates.model == "closed-form":
        pair = np.array([qubit.frequency, qubit.frequency - qubit.anharmonicity])
        return pair, np.array([1.0, 2.0])
    frequencies, elements = ladder(qubit.frequency, qubit.anharmonicity, gates.levels)
    return frequencies, elements**2


def cold_rates(design: DesignModel, relaxation: float) -> LevelRates:
    """Decay at ``relaxation`` (1/s) of 0-1 and nothing upwards."""
    _, strengths = transitions(design)
    return LevelRates(relaxation * strengths, np.zeros_like(strengths))


def level_rates(
    design: DesignModel, chip: float, photons: Occupations, quasiparticles: Sequence[Channel]
) -> LevelRates:
    """Rates of every transition, each with its baths at its own frequency.

    chip : temperature, K. photons : at the frequencies of ``transitions``, first. quasiparticles
    : channels of 0-1; those of higher transitions differ by the matrix element only.
    """
    frequencies, strengths = transitions(design)
    down, up = np.zeros_like(strengths), np.zeros_like(strengths)
    for k, frequency in enumerate(frequencies.tolist()):
        drive, resonator = float(photons.drive[k]), float(photons.resonator[k])
        channels = (
            *radiative_channels(design, chip, frequency, drive, resonator),
            *quasiparticles,
        )
        down[k] = sum(c.down_per_s or 0.0 for c in channels)
        up[k] = sum(c.up_per_s or 0.0 for c in channels)
    return LevelRates(down * strengths, up * strengths)
