"""A design's response to radiation: rates, one reference event in full, bursts for the code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.impact.bursts import Effort, burst_of, impact_classes
from qubudget.impact.cascade import plateau
from qubudget.impact.event import TIMES, Chip, chip_of
from qubudget.impact.heat import phonon_escape_rate
from qubudget.impact.published import EFFICIENCY, participation
from qubudget.impact.published import stages as published_stages
from qubudget.impact.response import (
    affected_radius,
    at_sites,
    freeze_out_time,
    qubit_sites,
    recovery_time,
    value_at,
)
from qubudget.impact.result import Burst, ImpactResult, Rates, Stage
from qubudget.impact.source import (
    Spectrum,
    gamma_spectrum,
    hadron_spectrum,
    merge,
    muon_spectrum,
)
from qubudget.materials.substrates import environment, substrate
from qubudget.materials.superconductors import superconductor

Array = NDArray[np.float64]
_CELLS = {"quick": 32, "standard": 48, "full": 64}


def respond(
    design: DesignModel,
    *,
    quiet_relaxation: float | None,
    relaxation_per_x: float,
    effort: Effort = "quick",
    seed: int = 0,
) -> ImpactResult:
    """What radiation does to the design's chip.

    Parameters
    ----------
    design : reads chip, radiation, machine.qubits_per_chip, qubit (film, frequency), measured.
    quiet_relaxation : 1/T1 of the qubit in quiet times, 1/s; None where it has no T1.
    relaxation_per_x : 1/T1 per quasiparticle x = n/(2 N0 Delta), 1/s; a gap difference across
        the junction is already in it.
    effort : cells, energies and places.
    seed : not used: everything here is quadrature, so any seed gives the same bytes.

    Raises
    ------
    OutOfRangeError: an unknown material, traps that cannot trap, an impact beside the chip.
    ConvergenceError: the kinetics does not settle.
    """
    reasons: list[str] = []
    spectrum, rates = deposits(design)
    chip = chip_of(design)
    radiation, measured = design.radiation, design.measured
    place = (radiation.event_x, radiation.event_y)
    grid, x_qp = chip.event(radiation.event_energy, *place, _CELLS[effort])

    relaxation = radius = recovery = None
    t1_lowest: Array | None = None
    if quiet_relaxation is None:
        reasons.append("the qubit has no T1, so none after an impact either")
    else:
        excess = relaxation_per_x * x_qp
        sites = qubit_sites(
            chip.length, chip.width, design.chip.pitch, design.machine.qubits_per_chip
        )
        if len(sites[0]) < design.machine.qubits_per_chip:
            reasons.append(
                f"only {len(sites[0])} of {design.machine.qubits_per_chip} qubits fit on the chip "
                "at this pitch; means are over those"
            )
        at_qubits = at_sites(excess, grid, *sites)
        relaxation = quiet_relaxation + at_qubits
        t1_lowest = 1 / (quiet_relaxation + excess.max(axis=(1, 2)))
        radius = affected_radius(excess, quiet_relaxation, grid)
        recovery = recovery_time(TIMES, at_qubits.mean(axis=1))
        if not at_qubits.any():
            reasons.append("the reference event leaves no excess relaxation to recover from")
        elif recovery is None:
            reasons.append(f"the excess relaxation does not fall to 1/e within {TIMES[-1]:g} s")

    if _escape_time(design) is None:
        reasons.append("the escape of phonons needs bonds that are at least five diameters long")
    stretch = 1.0
    if measured.recovery_time is not None and recovery is not None:
        stretch = measured.recovery_time / recovery
    bursts: tuple[Burst, ...] = ()
    if quiet_relaxation is not None:
        classes = impact_classes(design, spectrum, rates, effort)
        bursts = tuple(
            burst_of(chip, design, entry, quiet_relaxation, relaxation_per_x, effort, stretch)
            for entry in classes
        )
    return ImpactResult(
        rates=rates,
        mean_deposit=spectrum.power / spectrum.total if spectrum.total > 0 else None,
        pair_breaking_efficiency=chip.efficiency,
        cascade_plateau=plateau(),
        energy=radiation.event_energy,
        x=place[0],
        y=place[1],
        times=TIMES,
        grid=grid,
        x_qp=x_qp,
        quiet_relaxation=quiet_relaxation,
        relaxation_per_x=relaxation_per_x,
        qubit_relaxation=relaxation,
        recovery_time=recovery if measured.recovery_time is None else measured.recovery_time,
        modelled_recovery_time=recovery,
        affected_radius=radius,
        stages=_stages(design, chip, x_qp, t1_lowest),
        published=_published(design),
        bursts=bursts,
        reason="; ".join(reasons),
    )


def deposits(design: DesignModel) -> tuple[Spectrum, Rates]:
    """Radiation above the threshold, and the rates per chip."""
    chip, radiation, env = design.chip, design.radiation, environment()
    material = substrate(chip.substrate)
    mass = chip.length * chip.width * chip.thickness * material.density
    intensity = radiation.muon_intensity / radiation.muon_reduction
    size = (chip.length, chip.width, chip.thickness)
    muons = muon_spectrum(*size, material, env, intensity).above(env.threshold)
    gammas = gamma_spectrum(radiation.gamma_rate / radiation.gamma_reduction * mass, env)
    hadrons = hadron_spectrum(radiation.hadron_rate * mass, env)
    rates = Rates(
        total=0.0,
        muon=muons.total,
        gamma=gammas.total,
        hadron=hadrons.total,
        phonon_burst=radiation.phonon_burst_rate,
    )
    measured = design.measured.burst_rate
    total = rates.modelled if measured is None else measured
    return merge(muons, gammas, hadrons), replace(rates, total=total)


def _stages(
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
        ("escape", _escape_time(design), whole),
    )

    def t1_at(time: float | None) -> float | None:
        return None if t1_lowest is None else value_at(TIMES, t1_lowest, time)

    return tuple(
        Stage(name, time, length, None if name == "fireball" else t1_at(time))
        for name, time, length in times
    )


def _escape_time(design: DesignModel) -> float | None:
    """Time for phonons to leave through the bonds, s; None where the bonds' law does not hold."""
    size, material = design.chip, substrate(design.chip.substrate)
    if size.bond_count == 0 or size.bond_length < 5 * size.bond_diameter:
        return None
    bonds = (size.bond_count, size.bond_diameter, size.bond_length)
    volume = size.length * size.width * size.thickness
    return 1 / float(phonon_escape_rate(*bonds, volume, material.sound_mean, kinetic=True))


def _published(design: DesignModel) -> dict[str, Any]:
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
