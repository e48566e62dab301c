"""What takes quasiparticles out of a design's film, and phonons out of its chip."""

from __future__ import annotations

import numpy as np

from qubudget.design.chip import Chip
from qubudget.design.schema import DesignModel
from qubudget.impact.kinetics.gap_profile import vortex_density, vortex_trapping
from qubudget.impact.kinetics.trap_array import Layout
from qubudget.impact.kinetics.traps import Trap, trapping_rate
from qubudget.impact.phonons.contacts import Contact, bumps, joint, leak_share, wire_bonds
from qubudget.impact.response import trap_rate
from qubudget.materials.superconductors import superconductor


def trapping(design: DesignModel) -> float:
    """s of dx/dt = -s x, 1/s: what the design states, vortices, and its traps.

    Raises
    ------
    OutOfRangeError: traps that cannot trap, or a film whose times or vortices have no source.
    """
    chip = design.chip
    found = chip.trapping + _traps(design)
    if chip.residual_field > 0:
        rate, _ = vortex_trapping(design.qubit.film, vortex_density(chip.residual_field))
        found += float(rate)
    return found


def _traps(design: DesignModel) -> float:
    """Rate of the low-gap traps, 1/s; their density of states is taken to be the film's."""
    chip, film = design.chip, superconductor(design.qubit.film)
    if chip.trap_temperature == 0 or chip.trap_fraction == 0:
        return 0.0
    if chip.trap_thickness == 0 and chip.trap_barrier == 0 and chip.trap_spacing == 0:
        return trap_rate(film, chip.trap_temperature, chip.trap_fraction)
    in_plane = chip.trap_thickness == 0
    trap = Trap(
        chip.trap_temperature,
        chip.film_thickness if in_plane else chip.trap_thickness,
        film.density_of_states,
        chip.trap_barrier,
    )
    below = 0.0 if in_plane else chip.film_thickness
    if chip.trap_spacing == 0:
        return chip.trap_fraction * trapping_rate(film, trap, chip.burst_temperature, below)
    radius = chip.trap_spacing * float(np.sqrt(chip.trap_fraction / np.pi))
    return trapping_rate(
        film, trap, chip.burst_temperature, below,
        layout=Layout("disc", radius, chip.trap_spacing), diffusivity=chip.diffusivity,
    )  # fmt: skip


def front_leak(chip: Chip) -> float:
    """Share of the phonons that reach the front which leave through bonds and bumps."""
    contacts: list[Contact] = []
    if chip.bond_count > 0 and chip.bond_length >= 5 * chip.bond_diameter:
        contacts.append(wire_bonds(chip.bond_count, chip.bond_diameter, chip.bond_length))
    if chip.bump_count > 0 and chip.bump_diameter > 0:
        contacts.append(bumps(chip.bump_count, chip.bump_diameter))
    return leak_share(contacts, chip.length * chip.width)[1]


def back_leak(chip: Chip) -> float:
    """Share of the phonons that reach the back which leave into the mount."""
    return leak_share([joint(chip.mount_area, chip.mount)], chip.length * chip.width)[1]
