"""The second paper's claims on rates, the cascade, sources, and what they do to a qubit."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from qubudget.constants import BOLTZMANN, ELEMENTARY_CHARGE, PLANCK
from qubudget.impact import heat, kaplan, published
from qubudget.impact.cascade import CascadeResult, pair_breaking_fraction, plateau
from qubudget.impact.source import muon_rate, muon_spectrum
from qubudget.materials.normal_metals import normal_metal
from qubudget.materials.substrates import environment, substrate
from qubudget.materials.superconductors import superconductor
from qubudget.papers.claims import Claim
from qubudget.papers.radiation_inputs import (
    CHIP_AREA,
    CHIP_LENGTH,
    CHIP_THICKNESS,
    CHIP_VOLUME,
    ELECTRON_DIFFUSION,
    ENERGY,
    FILM,
    FREQUENCY,
    GAP,
    GAP_KELVIN,
    GAP_RATIO,
    KELVIN_PER_HERTZ,
    TAU0,
    TAU0_PHONON,
    judged,
    unjudged,
)


def rate_claims() -> tuple[Claim, ...]:
    """Table 1, Figs. 2 and 3, Eqs. 4-13."""
    grid = np.linspace(2.0, 10.0, 401)
    tail = np.asarray((grid + 2.3) ** -0.8)
    exact = np.pi * kaplan.pair_breaking_rate(grid) - grid
    best = float(exact @ tail / (tail @ tail))
    worst = float(np.max(np.abs(kaplan.pair_breaking_rate_fit(grid) * np.pi / (exact + grid) - 1)))
    slow = kaplan.scattering_rate_fit([1.3, 5.0]) / kaplan.scattering_rate([1.3, 5.0])
    linear = float(np.pi * kaplan.pair_breaking_rate(2.5) / 2.5)
    one_kelvin = TAU0 / float(kaplan.scattering_rate(1 + 1 / GAP_KELVIN, GAP_RATIO))
    cube = (one_kelvin / 100e-6) ** (1 / 3)
    aluminium = superconductor("Al")
    share = float(kaplan.phonon_share(3.0))
    copper = normal_metal("Cu")
    electron_power = math.log2(
        float(
            heat.electron_rate(copper.electron_phonon, copper.gamma, 4.0)
            / heat.electron_rate(copper.electron_phonon, copper.gamma, 2.0)
        )
    )
    lifetime = 18e-3

    def late(excess: float) -> float:
        rate = float(kaplan.scattering_rate(1 + excess / GAP_KELVIN, GAP_RATIO)) / TAU0
        return math.log(rate * lifetime)

    left = 1e3 * float(brentq(late, 1e-3, 1.0))
    return (
        judged(
            "rates.bcs_ratio", "Delta = 1.76 kTc", 1.76, math.pi / math.exp(np.euler_gamma), "1",
            "pi/exp(gamma) = 1.764", "Δ = 1.76 kTc", digits=3,
        ),
        judged(
            "rates.scattering_fit", "Eq. 5: Gamma_s = 1.8 (e - Delta)^3/(tau0 Delta^3)",
            1.8, GAP_RATIO**3 / 3, "1",
            "high-energy limit (Delta/kTc)^3/3 = 1.76^3/3 = 1.82; the fit itself is "
            f"{100 * (1 - slow[0]):.0f}-{100 * (1 - slow[1]):.0f} % low at 1.3-5 Delta",
            r"\frac{1.8}{{\tau }_{0}", digits=2,
        ),
        judged(
            "rates.recombination", "Eq. 7: 22/tau0 n/n_cp near the gap", 22.0,
            float(kaplan.recombination_rate(1.0, GAP_RATIO)), "1", "4 x 1.76^3 = 21.8",
            r"\frac{22}{{\tau }_{0}}", digits=2,
        ),
        judged(
            "rates.pair_breaking_limit", "Eq. 8 approaches 1/tau0ph at 2 Delta", 1.0,
            float(kaplan.pair_breaking_rate(2.0)), "1/tau0ph",
            "exact: the integral is pi at 2 Delta", r"approaches \(1/{\tau }_{0}", rel=1e-9,
        ),
        judged(
            "rates.pair_breaking_fit", "Eq. 9: E + 3.8 Delta/(E/Delta + 2.3)^0.8", 3.8, best, "1",
            f"least squares at 2-10 Delta gives {best:.2f}; the printed fit is within "
            f"{100 * worst:.1f} % of Eq. 8", r"\frac{3.8\ {{\Delta }}}", rel=0.05,
        ),
        judged(
            "rates.pair_breaking_linear", "Eq. 10: 1.4 E", 1.4, linear, "1",
            "pi Gamma_p tau0ph/E = 1.57, 1.42, 1.32, 1.21, 1.05 at 2, 2.5, 3, 4, 10 Delta: input, "
            "an energy near 2.5 Delta", r"\ 1.4\ {E}_{{\rm{p}}}", digits=2, inputs=True,
        ),
        judged(
            "rates.tau0_phonon", "Kaplan gives tau0ph = 0.24 ns for aluminium", 0.24,
            1e9 * (aluminium.tau0_phonon or 0.0), "ns",
            "input: Kaplan's Table I, 0.242 ns, as quoted by G4CMP", "=0.24", digits=2, inputs=True,
        ),
        judged(
            "rates.one_kelvin", "a quasiparticle 1 K above the gap decays in 1.7 us", 1.7,
            1e6 * one_kelvin, "us",
            f"exact Eq. 4 at {1 + 1 / GAP_KELVIN:.3f} Delta with 440 ns, within 5 %; the fit Eq. 5 gives "
            f"{1e6 * TAU0 * GAP_KELVIN**3 / 1.8:.1f} us",
            "Table 1 gives a decay time of 1.7 μs", rel=0.05,
        ),
        judged(
            "rates.quarter_kelvin", "after 100 us the energy is 0.25 K above the gap", 0.25, cube,
            "K", f"({1e6 * one_kelvin:.2f} us/100 us)^(1/3) x 1 K = {cube:.2f} K by the cubic law",
            "the quasiparticle energy is ~0.25 K above", rel=0.1,
        ),
        judged(
            "rates.near_gap", "quasiparticles radiate until within 50-100 mK of the gap", 100.0,
            left, "mK", f"input: 18 ms to radiate in; Eq. 4 then stops {left:.0f} mK above the gap "
            "(100 mK at 4 ms)", "until they are within typically 50–100 mK", rel=0.5, inputs=True,
        ),
        judged(
            "rates.phonon_share", "the phonon takes 3/4 of the excess on average", 0.75, share, "1",
            f"3/4 needs a gap of zero; Eq. 4 gives {share:.2f} at 3 Delta, "
            f"{float(kaplan.phonon_share(10.0)):.2f} at 10 Delta",
            "(3/4)(Eq − Δ)", rel=0.1, inputs=True,
        ),
        judged(
            "rates.electron_power", "Eq. 13: electron cooling goes as T^3", 3.0, electron_power,
            "1", "Sigma T^5/(gamma T^2/2)", r"{T}_{{\rm{e}}}^{3}\ .", digits=2,
        ),
        unjudged(
            "rates.sigma", "electron-phonon constants are about 2 nW/(um^3 K^5)", 2.0,
            "nW/(um^3 K^5)", "a measured constant", "2 nW μm−3 K−5",
        ),
    )  # fmt: skip


def length_claims() -> tuple[Claim, ...]:
    """Table 3 and the phonons' way through film and chip."""
    aluminium, silicon = superconductor("Al"), substrate("Si")
    slow, fast = aluminium.sound_transverse or 0.0, aluminium.sound_longitudinal or 0.0
    middle = normal_metal("Al").sound_mean
    hot = 20 / GAP_KELVIN
    time = TAU0_PHONON / float(kaplan.pair_breaking_rate(hot))
    electron = TAU0 / float(kaplan.electron_scattering_rate(hot, GAP_RATIO))
    spread = math.sqrt(ELECTRON_DIFFUSION * electron)
    cone = (fast / silicon.sound_longitudinal) ** 2
    stop = (1 / (silicon.anharmonic_decay * 10e-6)) ** 0.2
    debye = silicon.debye_frequency * KELVIN_PER_HERTZ
    return (
        judged(
            "lengths.hot_phonon", "a 20 K phonon's interaction length in aluminium is 0.32 um",
            0.32, 1e6 * time * middle, "um",
            f"Eq. 8: {1e9 * time:.3f} ns at {hot:.1f} Delta; input: sound in Al, Debye mean "
            f"{1e-3 * middle:.1f} um/ns (transverse {1e6 * time * slow:.2f}, longitudinal "
            f"{1e6 * time * fast:.2f} um)", "the interaction length (0.32 μm)", rel=0.25,
            inputs=True,
        ),
        judged(
            "lengths.cold_phonon", "2 Delta phonons have a 3.2 um interaction length in aluminium",
            3.2, 1e6 * TAU0_PHONON * middle, "um",
            f"Eq. 8: 0.24 ns x {1e-3 * slow:.1f}-{1e-3 * fast:.1f} um/ns = "
            f"{1e6 * TAU0_PHONON * slow:.1f}-{1e6 * TAU0_PHONON * fast:.1f} um; ten times the 20 K "
            "length is Eq. 12 at 2 K, half of 2 Delta", "3.2 μm interaction length", digits=2,
        ),
        judged(
            "lengths.shortest", "in aluminium the scattering length goes down to 0.1 um", 0.1,
            1e6 * middle * TAU0_PHONON / float(kaplan.pair_breaking_rate(50 / GAP_KELVIN)), "um",
            "Eq. 8 for a 50 K phonon; input: Debye mean sound; at 2 Delta, still pair-breaking, it "
            "is 0.8 um, not 0.3", "the scattering length of 0.1–0.3 μm", digits=1, inputs=True,
        ),
        judged(
            "lengths.two_gaps", "2 Delta is 4 K", 4.0, 2 * GAP_KELVIN, "K", "360 ueV/k",
            "2Δ = 4 K", digits=1,
        ),
        judged(
            "lengths.electron", "electrons diffuse about 10 um", 10.0, 1e6 * spread, "um",
            f"input: a 20 K electron's {1e9 * electron:.2f} ns (Eq. 4, no gap) at the 1,600 cm^2/s "
            "of Eq. 15", "the electron diffusion distance is small ~10 μm", rel=0.5, inputs=True,
        ),
        judged(
            "lengths.transmission", "phonons leave aluminium for silicon about 50 % of the time",
            0.5, cone, "1", "input: longitudinal critical cone (6.42/9.0)^2 = 0.51; transverse "
            f"{((slow / silicon.sound_transverse) ** 2):.2f}", "about 50% of the time", digits=1,
            inputs=True,
        ),
        judged(
            "lengths.velocity", "phonons move through silicon at 9.6 um/ns", 9.6,
            1e-3 * silicon.sound_longitudinal, "um/ns",
            "longitudinal 9.0, at most 9.35 along [111]; transverse 5.4-5.84. No sound in silicon "
            "is that fast", "a velocity of 9.6 μm/ns", digits=2,
        ),
        judged(
            "lengths.terahertz", "50 K is 1 THz", 50.0, 1e12 * KELVIN_PER_HERTZ, "K",
            "h x 1 THz/k = 48.0 K", "about 50 K (1 THz)", digits=1,
        ),
        judged(
            "lengths.down_conversion", "phonons down-convert by themselves to 1 THz", 1.0,
            1e-12 * stop, "THz", "input: 10 us in the chip, 7.41e-56 nu^5 s^4 = 1/(10 us); 1.7 THz "
            "at 1 us, 3 THz in one ballistic crossing",
            "this process stops at an energy about 50 K", rel=0.1, inputs=True,
        ),
        judged(
            "lengths.debye", "silicon's Debye energy is 450 K", 450.0, debye, "K",
            "h x 15 THz/k", "the Debye energy 450 K", digits=2,
        ),
    )  # fmt: skip


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
