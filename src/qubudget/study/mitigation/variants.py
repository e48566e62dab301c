"""Chips with one counter-measure more: what J. M. Martinis, npj Quantum Inf. 7, 90 (2021) asks
for, alone and together, and what others have built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from qubudget.design.schema import DesignModel
from qubudget.qec.variants import Claim, Variant, claims

IMPROVED = "the paper's improved design"
_THICKNESSES = ((1e-6, "1 um"), (6e-6, "6 um"))  # the second is the paper's
_ISLANDS = {"chip.back_island_size": "1 mm", "chip.back_island_gap": "10 um"}
_ISLANDS_NOTE = "islands of 1 mm, 10 um apart: the paper gives no size"
_TRAPS = {"chip.trap_temperature": "0.5 K", "chip.trap_fraction": 0.3}
_TRAPS_NOTE = "Tc = 0.5 K is the paper's, 30 % of the film its 'significant volume fraction'"
_SPACING = "100 um"  # the paper's largest distance to a trap
_BARRIER, _BARRIER_NOTE = 1e-10, "100 ohm um^2, as of a tunnel junction's oxide: assumed"
_BUMPS, _BUMP_DIAMETER = 10, "30 um"
_FIELD = "10 uT"
_MODULES = 4  # two by two


def chip_variants(design: DesignModel) -> Iterator[Variant]:
    """Every counter-measure of the chip that the design does not have, and all of the paper's.

    Bonds, bumps, mount and electrodes matter only where phonons are traced.
    """
    traced = design.chip.transport == "traced"
    parts = [*_back_metal(design), *_traps(design), *_vortices(design)]
    if traced:
        parts += [*_contacts(design), *_electrodes(design)]
    parts += _modules(design)
    for part in parts:
        yield replace(part, quick=False, hidden_by=_hidden(design, part))
    together = _improved(design)
    if together is not None:
        yield replace(together, hidden_by=_hidden(design, together))


def _back_metal(design: DesignModel) -> Iterator[Variant]:
    chip = design.chip
    for thickness, text in _THICKNESSES:
        found: tuple[Claim, ...] = claims("back-metal")
        if thickness == _THICKNESSES[-1][0]:
            found = claims("thick-back-metal") + found
        changes: dict[str, Any] = {"chip.back_metal_thickness": text}
        thicker = thickness > chip.back_metal_thickness * (1 + 1e-9)
        if thicker:
            bare = changes | {"chip.back_island_size": "0 m", "chip.back_island_gap": "0 m"}
            yield Variant(f"{text} of {chip.back_metal} on the back", bare, "one film", found)
        if thicker or (chip.back_island_size == 0 and chip.back_metal_thickness > 0):
            thick = changes if thicker else {}
            name = f"{text} of {chip.back_metal} in islands" if thicker else "back metal in islands"
            yield Variant(name, thick | _ISLANDS, _ISLANDS_NOTE, found)
            if not thicker:
                return


def _traps(design: DesignModel) -> Iterator[Variant]:
    if design.chip.trap_fraction > 0:
        return
    found = claims("traps")
    fine = "finely spread islands in the film's plane"
    yield Variant("traps on 10 %", _TRAPS | {"chip.trap_fraction": 0.1}, fine, found)
    yield Variant("traps on 30 %", dict(_TRAPS), f"{_TRAPS_NOTE}; {fine}", found)
    apart = _TRAPS | {"chip.trap_spacing": _SPACING}
    yield Variant(f"traps on 30 %, {_SPACING} apart", apart, "quasiparticles reach them", found)
    thick = 2 * design.chip.film_thickness
    behind = apart | {
        "chip.trap_thickness": f"{thick!r} m", "chip.trap_barrier": f"{_BARRIER!r} ohm m^2",
    }  # fmt: skip
    yield Variant("the same behind a barrier", behind, _BARRIER_NOTE, found)


def _vortices(design: DesignModel) -> Iterator[Variant]:
    if design.chip.residual_field == 0:
        note = f"cooled in {_FIELD}; what vortices themselves cost in T1 is not counted"
        changes = {"chip.residual_field": _FIELD}
        yield Variant("vortices", changes, note, claims("vortices"))


def _contacts(design: DesignModel) -> Iterator[Variant]:
    chip = design.chip
    direct = "acts on the first phonons; those of later recombination are not traced"
    if (bonds := _row_of_bonds(design)) > chip.bond_count:
        note = f"a full row around the chip, two diameters apart; {direct}"
        yield Variant(f"{bonds} bonds", {"chip.bond_count": bonds}, note, claims("bonds"))
    if chip.bump_count == 0:
        bumps = _BUMPS * design.machine.qubits_per_chip
        changes = {"chip.bump_count": bumps, "chip.bump_diameter": _BUMP_DIAMETER}
        note = f"{_BUMPS} of {_BUMP_DIAMETER} per qubit, assumed; {direct}"
        yield Variant(f"{bumps} bumps", changes, note, claims("bonds"))
    area = chip.length * chip.width
    if chip.mount_area < area / 2:
        changes = {"chip.mount_area": f"{area!r} m^2", "chip.mount": "grease"}
        yield Variant("glued to its mount", changes, f"all of its back; {direct}", claims("mount"))


def _row_of_bonds(design: DesignModel) -> int:
    chip = design.chip
    return int(2 * (chip.length + chip.width) / (2 * chip.bond_diameter))


def _electrodes(design: DesignModel) -> Iterator[Variant]:
    other = "grounded" if design.chip.electrodes == "floating" else "floating"
    note = {
        "grounded": "quasiparticles diffuse away into the film around",
        "floating": "quasiparticles of the film around stay out, those of the electrode stay in",
    }[other]
    changes = {"chip.electrodes": other}
    yield Variant(f"{other} electrodes", changes, note, claims("electrodes"))


def _modules(design: DesignModel) -> Iterator[Variant]:
    """Quarters of the chip, with a quarter of all that it carries."""
    chip, each = design.chip, design.machine.qubits_per_chip // _MODULES
    side = int(np.sqrt(_MODULES))
    if each < 2 or min(chip.length, chip.width) < 2 * side * chip.pitch:
        return
    changes = {
        "machine.qubits_per_chip": each,
        "chip.length": f"{chip.length / side!r} m",
        "chip.width": f"{chip.width / side!r} m",
        "chip.bond_count": chip.bond_count // _MODULES,
        "chip.bump_count": chip.bump_count // _MODULES,
        "chip.mount_area": f"{chip.mount_area / _MODULES!r} m^2",
        "radiation.event_x": "0 m",
        "radiation.event_y": "0 m",
    }
    note = f"rates are of one chip; all {_MODULES} together meet as many impacts as before"
    yield Variant(f"{_MODULES} chips of {each} qubits", changes, note, claims("modules"))


def _improved(design: DesignModel) -> Variant | None:
    chip = design.chip
    changes: dict[str, Any] = {}
    metal = chip.back_metal_thickness < _THICKNESSES[-1][0] * (1 - 1e-9)
    if metal:
        changes["chip.back_metal_thickness"] = _THICKNESSES[-1][1]
    if metal or (chip.back_metal_thickness > 0 and chip.back_island_size == 0):
        changes |= _ISLANDS
    if chip.trap_fraction == 0:
        changes |= _TRAPS
    if chip.transport == "traced" and (bonds := _row_of_bonds(design)) > chip.bond_count:
        changes["chip.bond_count"] = bonds
    if len(changes) < 2:
        return None
    note = f"back metal in islands, traps and bonds; {_ISLANDS_NOTE}; {_TRAPS_NOTE}"
    return Variant(IMPROVED, changes, note, claims("improved"))


def _hidden(design: DesignModel, part: Variant) -> tuple[str, ...]:
    metal = any(key.startswith("chip.back_") for key in part.changes)
    return ("measured.t1",) if metal and design.measured.t1 is not None else ()
