"""The second paper's Discussion, computed: what an event does to devices that it only asks about.

The paper prints no number that could be judged here, so every row stands as "not-computable" for
want of a printed one; its computed value, and the answer where the number gives one, are the point.
"""

from __future__ import annotations

from qubudget.impact.charge.device_rows import detector_rows, parity_rows, semiconductor_rows
from qubudget.impact.charge.devices import DeviceRow, Event
from qubudget.impact.charge.electrostatics import Island
from qubudget.impact.charge.jumps import Impacts
from qubudget.impact.charge.qubit_size import size_answer, size_rows
from qubudget.impact.charge.result import charge_jumps
from qubudget.impact.source.site import Target, radiation, spectra
from qubudget.impact.source.spectrum import merge
from qubudget.materials.substrates import environment, substrate
from qubudget.papers.claims import Row, Table

ISLAND = Island(70e-6, 20.5e-6)
"""A charge-sensitive transmon's (C. D. Wilen et al., Nature 594, 369 (2021), from memory)."""
RADII = (10e-6, 30e-6, 100e-6, 300e-6, 1e-3)
"""Of qubits, m; the largest but one is a common transmon's."""
EVENTS = 100


def discussion_table(seed: int = 1) -> Table:
    """Energy, charge and quasiparticles per device in the paper's own event of 0.2 MeV.

    ``seed`` : of the charge's Monte Carlo.
    """
    event = Event()
    env = environment()
    side = event.area**0.5
    falling = radiation(
        env, muon_intensity=env.muon_intensity, gamma_rate=env.gamma_rate,
        hadron_rate=env.hadron_rate,
    )  # fmt: skip
    chip = Target(side, side, event.thickness, substrate(event.material))
    found = spectra(chip, falling, env)
    points = merge(found["gamma"], found["hadron"])
    impacts = (
        Impacts(found["muon"].energy, found["muon"].rate, tracks=True),
        Impacts(points.energy, points.rate, tracks=False),
    )
    jumps = charge_jumps(
        impacts, chip.sides, ISLAND, (), grounded_back=False, events=EVENTS, seed=seed
    )
    rates = tuple(
        charge_jumps(impacts, chip.sides, Island(radius), (), events=EVENTS, seed=seed).rate
        for radius in RADII[:-1]
    )
    sizes = size_rows(event, RADII, (*rates, None))
    rows: tuple[DeviceRow, ...] = (
        *semiconductor_rows(event, jumps.sensing_area),
        *detector_rows(event),
        *parity_rows(event),
        *size_answer(event, sizes),
    )
    return Table(
        "Discussion, other devices",
        (
            *(_row(row) for row in rows),
            *(
                Row(
                    f"qubit of {1e6 * radius:g} um: charge jumps", None, rate, "1/s",
                    "not-computable", "jumps beyond 0.1 e of an island of this radius; not printed",
                )
                for radius, rate in zip(RADII, rates, strict=False)
            ),
        ),
    )  # fmt: skip


def _row(row: DeviceRow) -> Row:
    answer = "" if row.verdict == "computed" else f"; the answer is {row.verdict}"
    reason = f"the paper: {row.statement}. Here: {row.basis}{answer}"
    return Row(f"{row.device}: {row.quantity}", None, row.value, row.unit, "not-computable", reason)
