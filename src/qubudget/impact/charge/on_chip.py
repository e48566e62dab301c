"""Charge jumps of a design's own qubits."""

from __future__ import annotations

from collections.abc import Mapping

from qubudget.design.schema import DesignModel
from qubudget.impact.charge.electrostatics import Island
from qubudget.impact.charge.jumps import Impacts
from qubudget.impact.charge.result import ChargeJumps, charge_jumps
from qubudget.impact.chip.event import Effort
from qubudget.impact.falling import Deposited
from qubudget.impact.source.spectrum import merge

EVENTS: Mapping[Effort, int] = {"quick": 60, "standard": 400, "full": 1600}
NEIGHBOURS = (1, 2, 3, 4)
"""Distances of neighbours, in pitches."""


def charge_on(design: DesignModel, deposited: Deposited, effort: Effort, seed: int) -> ChargeJumps:
    """Jumps of the offset charge of a qubit with an island, and of its neighbours.

    Parameters
    ----------
    design : reads chip, qubit.island_radius (not None) and qubit.island_gap.
    deposited : what radiation leaves in the chip.
    effort, seed : events per kind of deposit, and which.

    Raises
    ------
    OutOfRangeError: a substrate without sourced electrons and holes.
    """
    chip, qubit = design.chip, design.qubit
    assert qubit.island_radius is not None
    points = merge(deposited.gammas, deposited.hadrons)
    kinds = [
        Impacts(spectrum.energy, spectrum.rate, tracks=tracks)
        for spectrum, tracks in ((deposited.muons, True), (points, False))
        if spectrum.total > 0
    ]
    return charge_jumps(
        kinds,
        (chip.length, chip.width, chip.thickness),
        Island(qubit.island_radius, qubit.island_gap),
        [n * chip.pitch for n in NEIGHBOURS],
        material=chip.substrate,
        grounded_back=chip.back_metal_thickness > 0,
        events=EVENTS[effort],
        seed=seed,
    )
