"""Electron-hole pairs of a deposit, and where its energy goes.

A deposit E makes E/w pairs with Fano's spread. Hot carriers cool to the band edges by phonons;
most pairs then recombine at once and give their gap to phonons too; a share flies apart and is
trapped for long. SI units.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.materials.carriers import Carriers
from qubudget.materials.substrates import Substrate

Array = NDArray[np.float64]


def pair_count(energy: ArrayLike, material: Substrate) -> tuple[Array, Array]:
    """Electron-hole pairs of a deposit: mean E/w and standard deviation sqrt(F E/w).

    Parameters
    ----------
    energy : deposit, J. material : its pair energy w and Fano factor F.

    Raises
    ------
    OutOfRangeError: negative energy, or a substrate without a sourced pair energy.

    >>> from qubudget.materials.substrates import substrate
    >>> mean, spread = pair_count(1.602176634e-14, substrate("Si"))  # 100 keV
    >>> round(float(mean)), round(float(spread))
    (26247, 63)
    """
    deposit = np.asarray(energy, dtype=np.float64)
    if not np.all(np.isfinite(deposit)) or np.any(deposit < 0):
        raise OutOfRangeError("a deposit is finite and >= 0")
    if material.pair_energy is None or material.pair_fano is None:
        raise OutOfRangeError(f"no sourced pair energy and Fano factor for {material.name}")
    mean = deposit / material.pair_energy
    return mean, np.sqrt(material.pair_fano * mean)


@dataclass(frozen=True)
class EnergyShares:
    """Where a deposit's energy goes; the three add up to one.

    Attributes
    ----------
    prompt_phonons : 1 - Eg/w, from the cooling of hot carriers.
    recombination_phonons : the gap of pairs that recombine at once.
    lasting_pairs : the gap of pairs that separate and are trapped.
    """

    prompt_phonons: float
    recombination_phonons: float
    lasting_pairs: float


def energy_shares(material: Substrate, charges: Carriers, separated: float) -> EnergyShares:
    """Shares of phonons and pairs; ``separated`` is the share of pairs that fly apart.

    >>> from qubudget.materials.carriers import carriers
    >>> from qubudget.materials.substrates import substrate
    >>> shares = energy_shares(substrate("Si"), carriers("Si"), 0.2)
    >>> round(shares.prompt_phonons, 3), round(shares.lasting_pairs, 3)
    (0.693, 0.061)
    """
    if not 0 <= separated <= 1:
        raise OutOfRangeError("the separated share of pairs is between 0 and 1")
    if material.pair_energy is None:
        raise OutOfRangeError(f"no sourced pair energy for {material.name}")
    gap = charges.band_gap / material.pair_energy
    return EnergyShares(1 - gap, gap * (1 - separated), gap * separated)


def separated_share(material: Substrate, charges: Carriers) -> float:
    """Share of pairs that separate if lasting pairs hold all that phonons do not, <= 1.

    (1 - phonon_share) w/Eg. The catalogue's phonon share is a lower bound, so this is an upper
    one: the charge it gives is too large by at most its own square root.

    >>> from qubudget.materials.carriers import carriers
    >>> from qubudget.materials.substrates import substrate
    >>> round(separated_share(substrate("Si"), carriers("Si")), 2)
    0.33
    """
    if material.pair_energy is None:
        raise OutOfRangeError(f"no sourced pair energy for {material.name}")
    return min(1.0, (1 - material.phonon_share) * material.pair_energy / charges.band_gap)
