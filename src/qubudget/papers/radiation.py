"""The paper "radiation-impacts", recomputed: its five tables, four figures and its claims.

J. M. Martinis, npj Quantum Information 7, 90 (2021). The entries of its tables and the points
of its figures are lost from the text: ``printed`` is then None, save where the text repeats a
number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact import published
from qubudget.impact.energy import balance, films, heat, kaplan
from qubudget.impact.energy.cascade import cascade, pair_breaking_fraction
from qubudget.materials.normal_metals import normal_metal
from qubudget.papers import radiation_claims, radiation_claims_design, radiation_claims_event
from qubudget.papers.claims import Reproduction, Row, Table, Verdict, agrees
from qubudget.papers.radiation_discussion import discussion_table
from qubudget.papers.radiation_inputs import (
    BOND_DIAMETER,
    BOND_LENGTH,
    BONDS,
    CHIP_AREA,
    CHIP_LENGTH,
    CHIP_THICKNESS,
    ELECTRON_DIFFUSION,
    ENERGY,
    FILM,
    FREQUENCY,
    GAP,
    GAP_KELVIN,
    GAP_RATIO,
    PAPER,
    PHONON_VELOCITY,
    TAU0,
    TAU0_PHONON,
    THICK_METAL,
)

_LOST = "the printed entry is lost"


def reproduce(seed: int = 1) -> Reproduction:
    """Every table, figure and claim of the paper, recomputed and judged; its Discussion computed.

    ``seed`` names the Monte-Carlo streams of Figs. 4 and 6 and of the plateau (20,000 cascades of
    1,000 Delta: its standard error is below 0.0005).
    """
    sample = cascade(1000.0, 20_000, seed)
    return Reproduction(
        paper=PAPER,
        tables=(
            scattering_table(),
            heat_table(),
            length_table(),
            decay_table(),
            stage_table(),
            discussion_table(seed),
        ),
        claims=(
            *radiation_claims.rate_claims(),
            *radiation_claims.length_claims(),
            *radiation_claims_event.cascade_claims(sample),
            *radiation_claims_event.source_claims(),
            *radiation_claims_event.qubit_claims(),
            *radiation_claims_design.stage_claims(),
            *radiation_claims_design.improved_claims(),
        ),
        figures=figures(seed),
    )


def _row(
    name: str,
    printed: float | None,
    computed: float | None,
    unit: str,
    reason: str,
    *,
    digits: int = 2,
    rel: float | None = None,
    inputs: bool = False,
) -> Row:
    """A row judged by its numbers; an entry that is lost cannot be judged.

    ``inputs`` as in `radiation_inputs.judged`.
    """
    if printed is None:
        return Row(name, None, computed, unit, "not-computable", f"{reason}; {_LOST}")
    if computed is None:
        return Row(name, printed, None, unit, "not-computable", reason)
    close = agrees(printed, computed, digits=None if rel else digits, rel=rel)
    good: Verdict = "follows-with-inputs" if inputs else "follows"
    return Row(name, printed, computed, unit, good if close else "does-not-follow", reason)


def scattering_table() -> Table:
    """Table 1: scattering times by Kaplan's integrals and by the measured power (Eqs. 11-13)."""
    rows: list[Row] = []
    for kelvin, printed in ((0.25, None), (1.0, 1.7), (2.0, None)):
        time = TAU0 / float(kaplan.scattering_rate(1 + kelvin / GAP_KELVIN, GAP_RATIO))
        reason = f"Eq. 4, {kelvin} K above the gap"
        rows.append(
            _row(f"q_to_qp.kaplan_{kelvin:g}K", printed, 1e6 * time, "us", reason, rel=0.05)
        )
    factor = float(kaplan.recombination_rate(1.0, GAP_RATIO))
    rows.append(_row("qq_to_p.kaplan_factor", 22.0, factor, "n/n_cp/tau0", "Eq. 7: 4 x 1.76^3"))
    for kelvin in (2 * GAP_KELVIN, 20.0):
        rate = float(kaplan.pair_breaking_rate(kelvin / GAP_KELVIN))
        printed_time = TAU0_PHONON * 1e9 if kelvin < 5 else None
        name = "2gap" if kelvin < 5 else "20K"
        time = 1e9 * TAU0_PHONON / rate
        rows.append(_row(f"p_to_qq.kaplan_{name}", printed_time, time, "ns", "Eq. 8"))
    for kelvin in (1.0, 20.0):
        e = kelvin / GAP_KELVIN
        electron = 1e9 * TAU0 / float(kaplan.electron_scattering_rate(e, GAP_RATIO))
        phonon = 1e9 * TAU0_PHONON / float(kaplan.normal_phonon_rate(e))
        rows += [
            _row(f"e_to_ep.kaplan_{kelvin:g}K", None, electron, "ns", "Eq. 4, no gap"),
            _row(f"p_to_ee.kaplan_{kelvin:g}K", None, phonon, "ns", "Eq. 8, no gap"),
        ]
        for symbol in ("Al", "Cu"):
            metal = normal_metal(symbol)
            fast = 1e9 / float(
                heat.phonon_rate(
                    metal.electron_phonon, metal.atom_density, metal.debye_temperature, kelvin
                )
            )
            slow = 1e9 / float(heat.electron_rate(metal.electron_phonon, metal.gamma, kelvin))
            rows += [
                _row(f"p_to_ee.power_{symbol}_{kelvin:g}K", None, fast, "ns", "Eq. 12"),
                _row(f"e_to_ep.power_{symbol}_{kelvin:g}K", None, slow, "ns", "Eq. 13"),
            ]
    return Table("Table 1 Scattering processes", tuple(rows))


def heat_table() -> Table:
    """Table 2: energies from heat capacities, and the power of Eq. 11, at 1 K."""
    rows: list[Row] = []
    for symbol in ("Al", "Cu"):
        metal = normal_metal(symbol)
        electrons = float(heat.electron_energy(metal.gamma, 1.0))
        phonons = float(heat.phonon_energy(metal.atom_density, metal.debye_temperature, 1.0))
        capacity = float(heat.electron_heat_capacity(metal.gamma, 1.0))
        lattice = 4 * phonons
        power = float(heat.electron_phonon_power(metal.electron_phonon, 1e-18, 1.0, 0.0))
        rows += [
            _row(f"{symbol}.electron_heat_capacity", None, capacity, "J/(m^3 K)", "gamma T at 1 K"),
            _row(f"{symbol}.electron_energy", None, electrons, "J/m^3", "gamma T^2/2 at 1 K"),
            _row(f"{symbol}.phonon_heat_capacity", None, lattice, "J/(m^3 K)", "Debye at 1 K"),
            _row(f"{symbol}.phonon_energy", None, phonons, "J/m^3", "C T/4 at 1 K"),
            _row(f"{symbol}.power", None, 1e9 * power, "nW/um^3", "Eq. 11 at 1 K, its Sigma"),
        ]
    return Table("Table 2 Energy parameters from heat capacities", tuple(rows))


def length_table() -> Table:
    """Table 3: phonon lengths v/Gamma_p and electron diffusion lengths, in Al and Cu films."""
    rows: list[Row] = []
    middle = normal_metal("Al").sound_mean
    for name, kelvin, printed in (("20K", 20.0, 0.32), ("2gap", 2 * GAP_KELVIN, 3.2)):
        time = TAU0_PHONON / float(kaplan.pair_breaking_rate(kelvin / GAP_KELVIN))
        reason = f"Eq. 8; Debye mean sound {middle:.0f} m/s (not printed)"
        rows.append(
            _row(
                f"Al.phonon_{name}",
                printed,
                1e6 * time * middle,
                "um",
                reason,
                rel=0.25,
                inputs=True,
            )
        )
    copper = normal_metal("Cu")
    for kelvin in (4.0, 20.0):
        rate = heat.phonon_rate(
            copper.electron_phonon, copper.atom_density, copper.debye_temperature, kelvin
        )
        length = 1e6 * copper.sound_mean / float(rate)
        rows.append(_row(f"Cu.phonon_{kelvin:g}K", None, length, "um", "Eq. 12; Debye mean sound"))
    for kelvin, said in ((20.0, 10.0), (4.0, None)):
        time = TAU0 / float(kaplan.electron_scattering_rate(kelvin / GAP_KELVIN, GAP_RATIO))
        length = 1e6 * float(np.sqrt(ELECTRON_DIFFUSION * time))
        reason = "sqrt(D tau) with the D of Eq. 15"
        rows.append(
            _row(f"Al.electron_{kelvin:g}K", said, length, "um", reason, rel=0.5, inputs=True)
        )
    return Table("Table 3 Scattering lengths", tuple(rows))


def decay_table() -> Table:
    """Table 4: from 0.2 MeV to T1, over 1 cm^2 and over 10 mm^2."""
    number = published.EFFICIENCY * ENERGY / GAP
    rows = [
        _row("energy", 0.2, 1e-6 * ENERGY / ELEMENTARY_CHARGE, "MeV", "an input", digits=1),
        _row("quasiparticles", None, number, "1", "0.57 x 0.2 MeV/180 ueV"),
    ]
    for name, area, t1 in (("1cm2", CHIP_AREA, 1.6e-6), ("10mm2", published.HOT_SPOT_AREA, 160e-9)):
        density = 1e-18 * number / (area * FILM)
        fraction = published.pair_fraction(ENERGY, GAP, FILM, area)
        quality = 1 / (published.DAMPING * fraction)
        computed = published.relaxation_time(fraction, FREQUENCY)
        rows += [
            _row(f"{name}.density", None, density, "1/um^3", "number/(area x 0.1 um)"),
            _row(f"{name}.fraction", None, fraction, "n/n_cp", "n_cp = 2.8e6 /um^3"),
            _row(f"{name}.quality", None, quality, "1", "1/(1.2 n/n_cp)"),
            _row(f"{name}.t1", 1e6 * t1, 1e6 * computed, "us", "Q/(2 pi 5 GHz)"),
        ]
    return Table("Table 4 Quasiparticle down-conversion and qubit decay", tuple(rows))


def stage_table() -> Table:
    """Table 5: the stages of both designs, as the text prints them and by the paper's rules."""
    rows: list[Row] = []
    for design, metal, traps, printed in (
        ("present", 0.0, False, published.PRINTED_PRESENT),
        ("improved", THICK_METAL, True, published.PRINTED_IMPROVED),
    ):
        computed = published.stages(
            energy=ENERGY,
            gap=GAP,
            film_thickness=FILM,
            metal_thickness=metal,
            chip_length=CHIP_LENGTH,
            chip_width=CHIP_LENGTH,
            chip_thickness=CHIP_THICKNESS,
            frequency=FREQUENCY,
            bond_count=BONDS,
            bond_diameter=BOND_DIAMETER,
            bond_length=BOND_LENGTH,
            traps=traps,
        )
        for said, ours in zip(printed, computed, strict=True):
            name = f"{design}.{said.name}"
            time, time_reason = _stage_time(said)
            length, length_reason = _stage_length(said)
            rows += [
                _row(f"{name}.time", said.time, time, "s", time_reason, digits=1),
                _row(f"{name}.length", said.length, length, "m", length_reason, digits=1),
            ]
            if said.t1 is not None:
                rows.append(_row(f"{name}.t1", said.t1, ours.t1, "s", "Table 4's arithmetic"))
    return Table("Table 5 Summary of heating event", tuple(rows))


def _stage_time(said: published.PublishedStage) -> tuple[float | None, str]:
    if said.name == "escape":
        stated = radiation_claims_design.escape_time(PHONON_VELOCITY)
        return stated, "Eq. 17 at the stated 9.6 km/s; 4.0 ms at 5.84 km/s"
    if said.name == "diffusion" and said.time < 10e-6:
        one_kelvin = TAU0 / float(kaplan.scattering_rate(1 + 1 / GAP_KELVIN, GAP_RATIO))
        return one_kelvin, "Eq. 4 in aluminium, 1 K above the gap"
    return None, "stated, no arithmetic"


def _stage_length(said: published.PublishedStage) -> tuple[float | None, str]:
    if said.name in ("fireball", "freeze-out"):
        return PHONON_VELOCITY * said.time, "9.6 um/ns x the stage's time"
    if said.name == "diffusion" and said.time < 10e-6:
        return None, "stated, no arithmetic"
    if said.name == "diffusion":
        hot = float(np.sqrt(published.HOT_SPOT_AREA / np.pi))
        reach = float(np.sqrt(ELECTRON_DIFFUSION * said.time))
        return hot + reach, "radius of 10 mm^2 and D_q at the stage's time"
    return CHIP_LENGTH, "the chip's length"


def figures(seed: int) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Data of Figs. 2, 3, 4 and 6: exact curves, the paper's fits, Monte-Carlo points."""
    two, three = np.linspace(1.0, 6.0, 51), np.linspace(0.0, 10.0, 51)
    above = np.maximum(three, 2.0)
    four = np.array([1.0, 1.9, *np.arange(2.0, 10.0, 0.5), *np.arange(10.0, 32.0, 2.0)])
    points = [cascade(float(e), 4000, seed) for e in four]
    ratios = np.array([0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 60.0])
    grid = balance.energies(10.0)

    def sampled(ratio: float) -> float:
        pair = (films.Film(1.0, gapped=True), films.Film(ratio, gapped=False))
        share = films.absorption_shares(pair, grid, "thickness")[0]
        result = cascade(10.0, 10000, seed, superconductor_share=share, share_step=balance.STEP)
        return result.mean_quasiparticles

    bare = sampled(0.0)
    return {
        "figure_2": {
            "energy_gap": two.tolist(),
            "quasiparticle_rate_tau0": kaplan.scattering_rate(two, GAP_RATIO).tolist(),
            "fit_rate_tau0": kaplan.scattering_rate_fit(two).tolist(),
            "normal_rate_tau0": kaplan.electron_scattering_rate(two, GAP_RATIO).tolist(),
        },
        "figure_3": {
            "energy_gap": three.tolist(),
            "phonon_rate_tau0ph": kaplan.pair_breaking_rate(three).tolist(),
            "fit_rate_tau0ph": np.where(
                three < 2, 0.0, kaplan.pair_breaking_rate_fit(above)
            ).tolist(),
            "normal_rate_tau0ph": kaplan.normal_phonon_rate(three).tolist(),
        },
        "figure_4": {
            "energy_gap": four.tolist(),
            "fraction": pair_breaking_fraction(four).tolist(),
            "monte_carlo_fraction": [p.fraction for p in points],
            "monte_carlo_error": [p.standard_error for p in points],
        },
        "figure_6": {
            "metal_ratio": ratios.tolist(),
            "participation_published": [published.participation(1.0, r) for r in ratios],
            "share_by_thickness": [
                films.superconductor_share(1.0, r, rule="thickness") for r in ratios
            ],
            "share_by_rate": [films.superconductor_share(1.0, r) for r in ratios],
            "share_by_thickness_absorbed_80": [
                films.superconductor_share(1.0, r, 0.8, rule="thickness") for r in ratios
            ],
            "monte_carlo_by_thickness": [sampled(r) / bare for r in ratios],
        },
    }
