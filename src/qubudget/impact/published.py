"""The second paper's own rules for one event: five stages, and the numbers it printed for them.

J. M. Martinis, npj Quantum Information 7, 90 (2021), Table 4, Table 5, Eqs. 3, 15, 16, 17. These
rules hold the constants that the exact models correct (a plateau of 0.57, a participation
constant of 1.65, n_cp = 2.8e6 / um^3 with 1/Q = 1.2 n/n_cp); they stand beside ours, never in
their place. SI units, energies in J.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.films import PUBLISHED_KAPPA
from qubudget.impact.energy.heat import phonon_escape_rate

EFFICIENCY = 0.57
"""Printed share of the phonon energy that ends as quasiparticles (Fig. 4)."""
COOPER_PAIR_DENSITY = 2.8e24
"""Printed n_cp of aluminium, 1/m^3 (below Eq. 2); by Eq. 1 it should be 2 N0 Delta, 6.3e24."""
DAMPING = 1.2
"""Printed constant of 1/Q = 1.2 n/n_cp (Eq. 3)."""
HOT_SPOT_AREA = 10e-6
"""Printed area of the freeze-out stage, m^2."""
SHEAR_VELOCITY = 5840.0
"""Transverse velocity along [100] of Si, m/s, with which Eq. 17 gives the printed 4 ms; with the
9.6 km/s that the paper states it gives 2.5 ms."""
DECAY_TIME = 400e-9 / 43.6
"""Prefactor of Eq. 16 as printed, s."""


@dataclass(frozen=True)
class PublishedStage:
    """One stage: its name, when it ends (s), its extent (m), the qubits' T1 in it (s or None)."""

    name: str
    time: float
    length: float
    t1: float | None

    def to_dict(self) -> dict[str, object]:
        """The contract's keys of ``impact.stages``."""
        return {
            "name": self.name,
            "time_s": self.time,
            "length_m": self.length,
            "t1_s": self.t1,
        }


_CHIP = 10e-3
PRINTED_PRESENT = (
    PublishedStage("fireball", 10e-9, 1e-3, None),
    PublishedStage("freeze-out", 300e-9, 3e-3, 160e-9),
    PublishedStage("diffusion", 100e-6, 6e-3, 0.6e-6),
    PublishedStage("recombination", 1e-3, _CHIP, 1.6e-6),
    PublishedStage("escape", 4e-3, _CHIP, None),
)
"""What the text prints for the present design (1 cm^2 chip, 0.1 um Al, 0.2 MeV, 5 GHz)."""
PRINTED_IMPROVED = (
    PublishedStage("fireball", 10e-9, 1e-3, None),
    PublishedStage("freeze-out", 300e-9, 3e-3, 16e-6),
    PublishedStage("diffusion", 1.7e-6, 3e-3, 16e-6),
    PublishedStage("recombination", 1e-3, _CHIP, None),
    PublishedStage("escape", 4e-3, _CHIP, None),
)
"""What it prints for the improved one (thick copper and 0.5 K traps); the 16 us of the
diffusion stage is a lower bound."""


def pair_fraction(
    energy: float, gap: float, film_thickness: float, area: float, efficiency: float = EFFICIENCY
) -> float:
    """n_qp/n_cp of an event spread over a film (Table 4).

    Parameters
    ----------
    energy, gap : J. film_thickness : m. area : m^2.
    efficiency : share of ``energy`` that ends as quasiparticle rest energy.
    """
    if min(energy, gap, film_thickness, area) <= 0:
        raise OutOfRangeError("energy, gap, film_thickness and area must be > 0")
    return efficiency * energy / gap / (film_thickness * area) / COOPER_PAIR_DENSITY


def relaxation_time(fraction: float, frequency: float) -> float:
    """T1 = Q/(2 pi f) with 1/Q = 1.2 n/n_cp (Eq. 3), s; ``frequency`` in Hz."""
    if fraction <= 0 or frequency <= 0:
        raise OutOfRangeError("fraction and frequency must be > 0")
    return 1 / (DAMPING * fraction * 2 * math.pi * frequency)


def participation(film_thickness: float, metal_thickness: float) -> float:
    """ts/(ts + 1.65 tn) (Fig. 6): quasiparticles with a normal metal over those without."""
    if film_thickness <= 0 or metal_thickness < 0:
        raise OutOfRangeError("film_thickness > 0 and metal_thickness >= 0 are needed")
    return film_thickness / (film_thickness + PUBLISHED_KAPPA * metal_thickness)


def decay_fraction(time: float, prefactor: float = DECAY_TIME) -> float:
    """n_qp/n_cp at t + t0 = ``time`` (s) by recombination (Eq. 16).

    ``prefactor`` in s: as printed 400 ns/43.6 = 9.2 ns, which counts each recombination twice
    and takes 400 ns for the 440 ns of Eq. 4; `consistent_decay_time` gives 20.2 ns.
    """
    if time <= 0 or prefactor <= 0:
        raise OutOfRangeError("time and prefactor must be > 0")
    return prefactor / time


def consistent_decay_time(tau0: float, gap_ratio: float) -> float:
    """Prefactor of Eq. 16 that follows from Eq. 7, tau0/(4 (Delta/kTc)^3), s.

    Eq. 7 is the rate per quasiparticle, so dn/dt = -Gamma n loses each one once.

    >>> round(consistent_decay_time(440e-9, 1.76) * 1e9, 1)
    20.2
    """
    return tau0 / (4 * gap_ratio**3)


def stages(
    *,
    energy: float,
    gap: float,
    film_thickness: float,
    metal_thickness: float,
    chip_length: float,
    chip_width: float,
    chip_thickness: float,
    frequency: float,
    bond_count: float,
    bond_diameter: float,
    bond_length: float,
    traps: bool,
) -> tuple[PublishedStage, ...]:
    """The five stages of an event by the paper's rules, for any chip.

    Times and lengths of the first stages are the paper's. T1 follows its Table 4 (which gives
    1.17 us where it prints 1.6 us; its 10 mm^2 or the whole chip, if smaller), the participation
    formula where there is a normal metal, and the area ratio (6 mm/3 mm)^2 for diffusion. Traps
    end the diffusion stage at 1.7 us (its T1 is then a lower bound) and keep quasiparticles off
    the qubits from there on. Escape is Eq. 17 with the transverse velocity.

    Parameters
    ----------
    energy, gap : J. Thicknesses, lengths and ``bond_diameter`` : m. frequency : Hz.
    bond_count : wire bonds. traps : whether the qubit layer has low-gap traps.
    """
    spread = participation(film_thickness, metal_thickness)

    def t1(area: float) -> float:
        fraction = pair_fraction(energy, gap, film_thickness, area) * spread
        return relaxation_time(fraction, frequency)

    printed = PRINTED_IMPROVED if traps else PRINTED_PRESENT
    fireball, freeze, diffusion, recombination, escape = printed
    chip_area = chip_length * chip_width
    hot = t1(min(HOT_SPOT_AREA, chip_area))
    growth = (diffusion.length / freeze.length) ** 2  # 1 with traps: same 3 mm
    chip = max(chip_length, chip_width)
    volume = chip_area * chip_thickness
    rate = phonon_escape_rate(bond_count, bond_diameter, bond_length, volume, SHEAR_VELOCITY)
    return (
        fireball,
        PublishedStage(freeze.name, freeze.time, freeze.length, hot),
        PublishedStage(diffusion.name, diffusion.time, diffusion.length, hot * growth),
        PublishedStage(
            recombination.name,
            recombination.time,
            chip,
            None if traps else t1(chip_area),
        ),
        PublishedStage(escape.name, 1 / float(rate), chip, None),
    )
