"""Deposits as energies with their rates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Spectrum:
    """Deposits as point masses, in no particular order.

    Attributes
    ----------
    energy : shape (n,), J.
    rate : shape (n,), 1/s, of each energy.
    """

    energy: Array
    rate: Array

    @property
    def total(self) -> float:
        """Rate of all deposits, 1/s."""
        return float(self.rate.sum())

    @property
    def power(self) -> float:
        """Mean deposited power, W."""
        return float(np.sum(self.rate * self.energy))  # BLAS sums in an order of its threads

    def above(self, threshold: float) -> Spectrum:
        """The deposits of more than ``threshold`` (J)."""
        kept = self.energy > threshold
        return Spectrum(self.energy[kept], self.rate[kept])

    def scaled(self, factor: float) -> Spectrum:
        """The same deposits, ``factor`` times as often."""
        return Spectrum(self.energy, self.rate * factor)


def merge(*spectra: Spectrum) -> Spectrum:
    """All deposits of several spectra."""
    return Spectrum(
        np.concatenate([s.energy for s in spectra]), np.concatenate([s.rate for s in spectra])
    )
