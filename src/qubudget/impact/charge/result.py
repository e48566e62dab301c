"""Charge jumps of a device on a chip, and the model beside Wilen's measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qubudget.impact.charge.electrostatics import GROUNDED_BACK, Island, bare_back
from qubudget.impact.charge.jumps import (
    Impacts,
    Slab,
    correlated_fraction,
    jump_rate,
    sample_offsets,
)
from qubudget.impact.charge.pairs import EnergyShares, energy_shares, separated_share
from qubudget.materials.carriers import carriers
from qubudget.materials.substrates import substrate

THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
"""Charge jumps that count, e; after a jump the offset lies within half an electron."""
JUMP = 0.1
"""The threshold of Wilen's jumps, e, which correlations use."""
AGREEMENT = 3.0
"""A model number within this factor of the measured one is reported as such."""


@dataclass(frozen=True)
class ChargeJumps:
    """How often a device's offset charge jumps, and how often neighbours jump with it.

    Attributes
    ----------
    shares : of the deposited energy. separated : share of pairs that fly apart.
    thresholds : e. rates : of jumps beyond them, 1/s, of one device.
    sensing_area : rate of jumps beyond 0.1 e over the areal rate of impacts, m^2.
    distances : of neighbours, m. fractions : share of jumps in which they join, both beyond 0.1 e.
    """

    shares: EnergyShares
    separated: float
    thresholds: tuple[float, ...]
    rates: tuple[float, ...]
    sensing_area: float
    distances: tuple[float, ...]
    fractions: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Rate of jumps beyond 0.1 e, 1/s."""
        return self.rates[self.thresholds.index(JUMP)]

    def to_dict(self) -> dict[str, object]:
        """The contract's keys of ``impact.charge``."""
        return {
            "prompt_phonon_share": self.shares.prompt_phonons,
            "recombination_phonon_share": self.shares.recombination_phonons,
            "lasting_pair_share": self.shares.lasting_pairs,
            "separated_share": self.separated,
            "threshold_e": list(self.thresholds),
            "jump_rate_per_s": list(self.rates),
            "jump_rate_0_1e_per_s": self.rate,
            "sensing_area_m2": self.sensing_area,
            "distance_m": list(self.distances),
            "correlated_fraction": list(self.fractions),
        }


def charge_jumps(
    impacts: Sequence[Impacts],
    size: tuple[float, float, float],
    island: Island,
    distances: Sequence[float],
    *,
    material: str = "Si",
    grounded_back: bool = False,
    events: int = 400,
    seed: int = 2021,
) -> ChargeJumps:
    """Charge jumps of one kind of device on a chip.

    Parameters
    ----------
    impacts : deposits of the chip by kind. size : length, width, thickness of the chip, m.
    island : the device. distances : of neighbours, m. material : of the chip.
    grounded_back : metal on the back face; bare, bordering on vacuum, otherwise.
    events, seed : as `sample_offsets`.

    Raises
    ------
    OutOfRangeError: a substrate without sourced electrons and holes.
    """
    crystal, charges = substrate(material), carriers(material)
    separated = separated_share(crystal, charges)
    shares = energy_shares(crystal, charges, separated)
    assert crystal.pair_energy is not None  # the line above has refused a crystal without
    length, width, thickness = size
    back = GROUNDED_BACK if grounded_back else bare_back(charges.permittivity)
    slab = Slab(thickness, back, charges.trapping_length, separated, crystal.pair_energy)
    area = length * width
    offsets = sample_offsets(impacts, area, island, slab, distances, events=events, seed=seed)
    rates = tuple(float(rate) for rate in jump_rate(offsets, THRESHOLDS))
    areal = sum(one.total for one in impacts) / area
    return ChargeJumps(
        shares=shares,
        separated=separated,
        thresholds=THRESHOLDS,
        rates=rates,
        sensing_area=rates[THRESHOLDS.index(JUMP)] / areal,
        distances=tuple(float(d) for d in distances),
        fractions=tuple(float(f) for f in correlated_fraction(offsets, JUMP)),
    )


WILEN_CHIP = (6.25e-3, 6.25e-3, 0.375e-3)
WILEN_ISLAND = Island(70e-6, 20.5e-6)
WILEN_RATE = 1.35e-3
WILEN_DISTANCES = (0.34e-3, 0.64e-3, 3.2e-3)
WILEN_FRACTIONS = (0.54, 0.46, 0.06)
"""C. D. Wilen et al., Nature 594, 369 (2021): four transmons on silicon, jumps beyond 0.1 e.
Chip, island (70 um in a hole of 90.5 um), rate and fractions are from memory (the paper's full
text could not be read); its abstract has the correlation length of more than 600 um. The last
fraction is an upper bound."""


@dataclass(frozen=True)
class Beside:
    """A computed number beside the measured one.

    Attributes
    ----------
    quantity, unit : what it is. distance : between the devices, m; None for a rate.
    model : with a bare back. model_grounded : with a grounded back.
    measured : in the same unit. bound : whether ``measured`` is an upper bound.
    verdict : "within a factor 3", "below the bound" or "failed".
    """

    quantity: str
    unit: str
    distance: float | None
    model: float
    model_grounded: float
    measured: float
    bound: bool
    verdict: str

    def to_dict(self) -> dict[str, object]:
        """Plain types."""
        return {
            "quantity": self.quantity,
            "unit": self.unit,
            "distance_m": self.distance,
            "model": self.model,
            "model_grounded_back": self.model_grounded,
            "measured": self.measured,
            "measured_is_upper_bound": self.bound,
            "verdict": self.verdict,
        }


def _beside(
    quantity: str,
    unit: str,
    distance: float | None,
    model: float,
    grounded: float,
    measured: float,
    bound: bool = False,
) -> Beside:
    good = model <= measured if bound else 1 / AGREEMENT <= model / measured <= AGREEMENT
    verdict = ("below the bound" if bound else "within a factor 3") if good else "failed"
    return Beside(quantity, unit, distance, model, grounded, measured, bound, verdict)


def compare_wilen(
    impacts: Sequence[Impacts], events: int = 400, seed: int = 2021
) -> tuple[Beside, ...]:
    """The model beside Wilen's charge jumps. Nothing is fitted here.

    ``impacts`` : natural radiation in `WILEN_CHIP`, unshielded. What else goes in: the chip and
    the island, the trapping length of 300 um (which Wilen chose to match these very jumps, so
    that it is no prediction), the separated share from the energy balance (an upper bound). The
    back face is not known: both limits are given, and the verdict is that of the bare one.
    """
    bare, grounded = (
        charge_jumps(
            impacts,
            WILEN_CHIP,
            WILEN_ISLAND,
            WILEN_DISTANCES,
            grounded_back=back,
            events=events,
            seed=seed,
        )
        for back in (False, True)
    )
    rows = [_beside("rate of charge jumps", "1/s", None, bare.rate, grounded.rate, WILEN_RATE)]
    for index, distance in enumerate(WILEN_DISTANCES):
        rows.append(
            _beside(
                f"correlated fraction at {distance * 1e3:g} mm",
                "1",
                distance,
                bare.fractions[index],
                grounded.fractions[index],
                WILEN_FRACTIONS[index],
                bound=index == len(WILEN_DISTANCES) - 1,
            )
        )
    return tuple(rows)
