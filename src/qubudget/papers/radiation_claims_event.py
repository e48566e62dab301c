"""The second paper's claims on the cascade, the sources, and what they do to a qubit."""

from __future__ import annotations

import math

from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE, PLANCK
from qubudget.impact import published
from qubudget.impact.energy.cascade import CascadeResult, pair_breaking_fraction, plateau
from qubudget.impact.source.muons import muon_rate, muon_spectrum
from qubudget.materials.substrates import environment, substrate
from qubudget.materials.superconductors import superconductor
from qubudget.papers.claims import Claim
from qubudget.papers.radiation_inputs import (
    CHIP_AREA,
    CHIP_LENGTH,
    CHIP_THICKNESS,
    CHIP_VOLUME,
    ENERGY,
    FILM,
    FREQUENCY,
    GAP,
    judged,
    unjudged,
)


def cascade_claims(sample: CascadeResult) -> tuple[Claim, ...]:
    """Fig. 4; ``sample`` is a Monte-Carlo at high energy."""
    exact = plateau()
    shown = (
        f"Monte-Carlo {sample.fraction:.4f} +- {sample.standard_error:.4f}, integral equations "
        f"{exact:.4f}"
    )
    return (
        judged(
            "cascade.plateau", "the average quasiparticle fraction at high energy is 0.57", 0.57,
            exact, "1", f"{shown} from the integrands of Eqs. 4 and 8",
            "the average quasiparticle fraction is 0.57", digits=2,
        ),
        judged(
            "cascade.phonon_energy", "57 % of the phonon energy breaks Cooper pairs", 57.0,
            100 * exact, "%", shown, "57% of the phonon energy then breaks Cooper pairs", digits=2,
        ),
        judged(
            "cascade.initial_energy", "57 % of the initial energy stays in quasiparticles", 57.0,
            100 * 0.9 * exact, "%", f"0.9 of the energy in phonons (its bound) x {exact:.3f}; its "
            "own 0.57 gives 51 %", "About 57% of the initial energy remains", digits=2,
        ),
        judged(
            "cascade.one_pair", "2 quasiparticles for 2 Delta < E < 4 Delta", 2.0,
            3.0 * float(pair_breaking_fraction(3.0)), "1",
            "neither daughter reaches 3 Delta, where a phonon could break a pair",
            "and 2 for 2Δ < Ep < 4Δ", digits=1,
        ),
        unjudged(
            "cascade.phonons", "more than 90 % of the energy goes into phonons", 90.0, "%",
            "quoted; a pair costs 3.81 eV and stores silicon's 1.17 eV (31 %) until it recombines",
            "greater than 90% of the radiation energy",
        ),
        unjudged(
            "cascade.pairs", "electron-hole pairs keep less than 10 %", 10.0, "%",
            "quoted; needs a recombination rate that the paper does not give",
            "less than 10% of the radiation energy",
        ),
    )  # fmt: skip


def source_claims() -> tuple[Claim, ...]:
    """Energies and rates of deposits in the paper's chip."""
    silicon, env = substrate("Si"), environment()
    muons = muon_spectrum(
        CHIP_LENGTH, CHIP_LENGTH, CHIP_THICKNESS, silicon, env, env.muon_intensity
    )
    mean = muons.power / muons.total / ELEMENTARY_CHARGE
    flux = float(muon_rate(CHIP_LENGTH, CHIP_LENGTH, CHIP_THICKNESS, env.muon_intensity))
    gammas = env.gamma_rate * silicon.density * CHIP_VOLUME
    per_minute = 60 * (flux + gammas)
    reason = (
        f"cos^2 muons in 10 x 10 x 0.4 mm^3 of Si: {1e-3 * mean:.0f} keV (Landau, delta rays "
        "escape), 242 keV if none escaped"
    )
    return (
        judged(
            "source.muon_mean", "muons deposit 460 keV on average", 460.0, 1e-3 * mean, "keV",
            reason, "on average 460 keV", digits=2,
        ),
        judged(
            "source.typical", "0.2 MeV is typical of muons and gamma rays", 0.2, 1e-6 * mean, "MeV",
            f"input: {reason}; it contradicts the paper's own 0.46 and 0.1 MeV",
            "An initial radiation energy is assumed to be 0.2 MeV", digits=1, inputs=True,
        ),
        unjudged(
            "source.gamma_mean", "gamma rays deposit 0.1 MeV on average", 0.1, "MeV",
            "hangs on the lowest energy counted; above 40 keV NIST's 4.9 keV/s / 0.023 /s is "
            "213 keV, muons included", "0.46 and 0.1 MeV",
        ),
        unjudged(
            "source.gamma_radius", "a gamma ray's energy fills a radius of 50-100 um", 100.0, "um",
            "no transport is given", "spherical volume of radius 50–100 μm",
        ),
        unjudged(
            "source.muon_range", "muon deposits range to 2.5 MeV", 2.5, "MeV",
            "read off another paper's figure", "range to about 2.5 and 1 MeV",
        ),
        Claim(
            "source.rate", "events occur more than once per minute", 1.0, per_minute, "1/min",
            "follows-with-inputs" if per_minute > 1 else "does-not-follow",
            f"inputs: {60 * flux:.2f} muons (70 /(m^2 s sr)) and {60 * gammas:.1f} gammas above "
            "40 keV (NIST) a minute", "more than once per minute",
        ),
    )  # fmt: skip


def qubit_claims() -> tuple[Claim, ...]:
    """Eq. 3 and Table 4."""
    wide = published.pair_fraction(ENERGY, GAP, FILM, CHIP_AREA)
    dense = published.pair_fraction(ENERGY, GAP, FILM, published.HOT_SPOT_AREA)
    t1, hot = (published.relaxation_time(x, FREQUENCY) for x in (wide, dense))
    ratio = GAP / (PLANCK * FREQUENCY)
    damping = math.sqrt(2 * ratio) / math.pi
    pairs = 2 * superconductor("Al").density_of_states * GAP
    x = wide * published.COOPER_PAIR_DENSITY / pairs
    consistent = 1 / (damping * x * 2 * math.pi * FREQUENCY)
    return (
        judged(
            "qubit.pair_density", "n_cp = 2.8e6 /um^3 for aluminium", 2.8, 1e-24 * pairs,
            "1e6/um^3", "Eq. 1 makes n_cp = 2 N0 Delta = 2 x 1.72e10 x 180e-6 /um^3",
            "ncp = 2.8 · 106/μm3", digits=2,
        ),
        judged(
            "qubit.damping", "1/Q = 1.2 n/n_cp, computed for 5 GHz", 1.2, damping, "1",
            f"sqrt(2 Delta/(h f))/pi = sqrt(2 x {ratio:.1f})/3.14 at 180 ueV; 1.2 belongs to 6 GHz",
            "the numerical factor 1.2 is computed for 5 GHz", digits=2,
        ),
        judged(
            "qubit.t1_chip", "T1 = 1.6 us when 0.2 MeV spreads over 1 cm^2", 1.6, 1e6 * t1, "us",
            f"0.57 x 0.2 MeV/180 ueV/(1 cm^2 x 0.1 um)/2.8e6 = {wide:.3g}; 1/(1.2 x 2 pi 5 GHz x "
            f"that) = {1e6 * t1:.2f} us; {1e6 * consistent:.1f} us with n_cp = 2 N0 Delta and "
            f"{damping:.2f}", "The computed T1 = 1.6 μs from Eq. (3)", digits=2,
        ),
        judged(
            "qubit.t1_hot_spot", "160 ns for 10 mm^2", 160.0, 1e9 * hot, "ns",
            "a tenth of the above", "the decay time is severe, 160 ns", digits=2,
        ),
        judged(
            "qubit.t1_range", "T1 falls to 0.16-1.6 us: a tenfold range", 10.0, t1 / hot, "1",
            "1 cm^2/10 mm^2", "in the range 0.16–1.6 μs", digits=2,
        ),
        judged(
            "qubit.resistances", "traps have 1e4 times less resistance than the junction", 1e4,
            100 / 10e-3, "1", "100 Ohm/10 mOhm", "103−104 times less than the junction", rel=0.1,
        ),
        judged(
            "qubit.million_fold", "density, time and length cut by 100 each: a million-fold", 1e6,
            100.0**3, "1", "100^3", "an overall million-fold improvement", digits=1,
        ),
        unjudged(
            "qubit.thermal_population", "two-level states make 0.1-1 % excited population", 1.0,
            "%", f"observed; {PLANCK * FREQUENCY / BOLTZMANN / math.log(99) * 1e3:.0f} mK at 5 GHz",
            "0.1–1% thermal population",
        ),
        unjudged(
            "qubit.surface_code", "a logical state takes about 1000 physical qubits", 1000.0, "1",
            "quoted", "about 1000 physical qubits",
        ),
        unjudged(
            "qubit.logical_error", "the logical error can be below 0.1 part per billion", 0.1,
            "1e-9", "quoted; needs a threshold that the paper does not give",
            "less than 0.1 part per billion",
        ),
    )  # fmt: skip
