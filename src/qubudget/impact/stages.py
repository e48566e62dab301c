"""The second paper's view of an event: five stages of this design, and its own rules."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.impact.chip.event import TIMES, Chip
from qubudget.impact.energy.heat import phonon_escape_rate
from qubudget.impact.published import EFFICIENCY, participation
from qubudget.impact.published import stages as published_stages
from qubudget.impact.response import freeze_out_time, value_at
from qubudget.impact.result import Stage
from qubudget.materials.substrates import substrate
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]


def five_stages(
    design: DesignModel, chip: Chip, x_qp: Array, t1_lowest: Array | None
) -> tuple[Stage, ...]:
    """The five stages of the second paper, with times and lengths of this design.

    Fireball: the first phonons cross the wafer. Freeze-out: they break pairs in the film.
    Diffusion: the hot spot's area doubles, a^2/4D. Recombination: 1/(r x) at the largest mean x.
    Escape: phonons leave through the bonds (that paper's Eq. 17). The T1 is the chip's lowest
    at that time.
    """
    material, film = substrate(design.chip.substrate), superconductor(design.qubit.film)
    size, radius = design.chip, chip.hot_spot_radius
    whole = float(np.sqrt(chip.length * chip.width))
    crossing = size.thickness / material.sound_longitudinal
    freezing = freeze_out_time(
        size.thickness,
        material.sound_mean,
        material.film_transmission,
        size.film_thickness,
        film,
    )
    spreading = radius**2 / (4 * size.diffusivity) if size.diffusivity > 0 else None
    pairing = float(x_qp.mean(axis=(1, 2)).max()) * size.recombination
    times: tuple[tuple[str, float | None, float], ...] = (
        ("fireball", crossing, size.thickness),
        ("freeze-out", freezing, radius),
        ("diffusion", spreading, radius * float(np.sqrt(2))),
        ("recombination", 1 / pairing if pairing > 0 else None, whole),
        ("escape", escape_time(design), whole),
    )

    def t1_at(time: float | None) -> float | None:
        return None if t1_lowest is None else value_at(TIMES, t1_lowest, time)

    return tuple(
        Stage(name, time, length, None if name == "fireball" else t1_at(time))
        for name, time, length in times
    )


def escape_time(design: DesignModel) -> float | None:
    """Time for phonons to leave through the bonds, s; None where the bonds' law does not hold."""
    size, material = design.chip, substrate(design.chip.substrate)
    if size.bond_count == 0 or size.bond_length < 5 * size.bond_diameter:
        return None
    bonds = (size.bond_count, size.bond_diameter, size.bond_length)
    volume = size.length * size.width * size.thickness
    return 1 / float(phonon_escape_rate(*bonds, volume, material.sound_mean, kinetic=True))


def published_rules(design: DesignModel) -> dict[str, Any]:
    """The second paper's own rules for the reference event of this design."""
    chip = design.chip
    rules: dict[str, Any] = {
        "pair_breaking_efficiency": EFFICIENCY,
        "participation": participation(chip.film_thickness, chip.back_metal_thickness),
    }
    try:
        found = published_stages(
            energy=design.radiation.event_energy,
            gap=superconductor(design.qubit.film).gap,
            film_thickness=chip.film_thickness,
            metal_thickness=chip.back_metal_thickness,
            chip_length=chip.length,
            chip_width=chip.width,
            chip_thickness=chip.thickness,
            frequency=design.qubit.frequency,
            bond_count=chip.bond_count,
            bond_diameter=chip.bond_diameter,
            bond_length=chip.bond_length,
            traps=chip.trap_temperature > 0 and chip.trap_fraction > 0,
        )
    except OutOfRangeError as error:
        return {**rules, "stages": [], "reason": str(error)}
    return {**rules, "stages": [stage.to_dict() for stage in found], "reason": None}
