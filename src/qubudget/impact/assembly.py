"""A design's response to radiation: rates, one reference event in full, bursts for the code."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qubudget.design.schema import DesignModel
from qubudget.impact.bursts import burst_of, impact_classes
from qubudget.impact.charge.on_chip import charge_on
from qubudget.impact.charge.result import ChargeJumps
from qubudget.impact.chip.event import PACKETS, TIMES, Effort, chip_of
from qubudget.impact.energy.cascade import plateau
from qubudget.impact.falling import deposits
from qubudget.impact.kinetics.cooling import Relaxing
from qubudget.impact.many import many_impacts, relaxation_per_x
from qubudget.impact.response import affected_radius, at_sites, qubit_sites, recovery_time
from qubudget.impact.result import Burst, ImpactResult
from qubudget.impact.stages import escape_time, five_stages, published_rules
from qubudget.impact.statistics import Statistics

Array = NDArray[np.float64]
_CELLS = {"quick": 32, "standard": 48, "full": 64}


def respond(
    design: DesignModel,
    *,
    quiet_relaxation: float | None,
    relaxing: Relaxing,
    effort: Effort = "quick",
    seed: int = 0,
) -> ImpactResult:
    """What radiation does to the design's chip.

    Parameters
    ----------
    design : reads chip, radiation, machine.qubits_per_chip, qubit (film, frequency), measured.
    quiet_relaxation : 1/T1 of the qubit in quiet times, 1/s; None where it has no T1.
    relaxing : 1/T1 per quasiparticle x = n/(2 N0 Delta), of hot and of cooled ones.
    effort : cells, energies, places, and packets where phonons are traced.
    seed : of the packets, where phonons are traced, and of the impacts of the statistics.

    Raises
    ------
    OutOfRangeError: an unknown material, traps that cannot trap, an impact beside the chip.
    ConvergenceError: the kinetics does not settle.
    """
    reasons: list[str] = []
    deposited = deposits(design)
    spectrum, rates = deposited.all, deposited.rates
    chip = chip_of(design, PACKETS[effort], seed)
    radiation, measured = design.radiation, design.measured
    place = (radiation.event_x, radiation.event_y)
    per_x = relaxation_per_x(design, relaxing, TIMES)
    grid, x_qp = chip.event(radiation.event_energy, *place, _CELLS[effort], TIMES)

    relaxation = radius = recovery = None
    t1_lowest: Array | None = None
    if quiet_relaxation is None:
        reasons.append("the qubit has no T1, so none after an impact either")
    else:
        excess = per_x[:, None, None] * x_qp
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

    if escape_time(design) is None:
        reasons.append("the escape of phonons needs bonds that are at least five diameters long")
    stretch = 1.0
    if measured.recovery_time is not None and recovery is not None:
        stretch = measured.recovery_time / recovery
    bursts: tuple[Burst, ...] = ()
    many: Statistics | None = None
    if quiet_relaxation is not None:
        many = many_impacts(design, quiet_relaxation, relaxing, effort, seed)
        classes = impact_classes(design, spectrum, rates, effort)
        bursts = tuple(
            burst_of(chip, design, entry, quiet_relaxation, per_x, effort, stretch)
            for entry in classes
        )
    jumps: ChargeJumps | None = None
    if design.qubit.island_radius is not None and spectrum.total > 0:
        jumps = charge_on(design, deposited, effort, seed)
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
        relaxation_per_x=per_x,
        qubit_relaxation=relaxation,
        recovery_time=recovery if measured.recovery_time is None else measured.recovery_time,
        modelled_recovery_time=recovery,
        affected_radius=radius,
        stages=five_stages(design, chip, x_qp, t1_lowest),
        published=published_rules(design),
        bursts=bursts,
        statistics=many,
        charge=jumps,
        reason="; ".join(reasons),
    )
