"""The second paper's claims on scattering rates and on the lengths that follow from them."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq

from qubudget.impact.energy import heat, kaplan
from qubudget.materials.normal_metals import normal_metal
from qubudget.materials.substrates import substrate
from qubudget.materials.superconductors import superconductor
from qubudget.papers.claims import Claim
from qubudget.papers.radiation_inputs import (
    ELECTRON_DIFFUSION,
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
    low = np.linspace(1.3, 5.0, 75)
    slow = kaplan.scattering_rate_fit(low) / kaplan.scattering_rate(low, GAP_RATIO)
    linear = float((exact + grid) @ grid / (grid @ grid))
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
    lifetime = 4e-3

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
            "input, energies far above the gap: the limit is 1.76^3/3 = 1.82; at 1.3-5 Delta it is "
            f"up to {100 * (1 - slow.min()):.0f} % low",
            r"\frac{1.8}{{\tau }_{0}", digits=2, inputs=True,
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
            f"least squares at 2-10 Delta gives {linear:.2f}; pi Gamma_p tau0ph/E = 1.57, 1.42, "
            "1.32, 1.21, 1.05 at 2, 2.5, 3, 4, 10 Delta, so 1.4 holds near 2.5 only",
            r"\ 1.4\ {E}_{{\rm{p}}}", digits=2,
        ),
        judged(
            "rates.tau0_phonon", "Kaplan gives tau0ph = 0.24 ns for aluminium", 0.24,
            1e9 * (aluminium.tau0_phonon or 0.0), "ns",
            "input: Kaplan's Table I, 0.242 ns, as quoted by G4CMP", "=0.24", digits=2, inputs=True,
        ),
        judged(
            "rates.one_kelvin", "a quasiparticle 1 K above the gap decays in 1.7 us", 1.7,
            1e6 * one_kelvin, "us",
            f"exact Eq. 4 at {1 + 1 / GAP_KELVIN:.3f} Delta with 440 ns, within 5 %; the fit Eq. 5 "
            f"gives {1e6 * TAU0 * GAP_KELVIN**3 / 1.8:.1f} us",
            "Table 1 gives a decay time of 1.7 μs", rel=0.05,
        ),
        judged(
            "rates.quarter_kelvin", "after 100 us the energy is 0.25 K above the gap", 0.25, cube,
            "K", f"({1e6 * one_kelvin:.2f} us/100 us)^(1/3) x 1 K = {cube:.2f} K by the cubic law",
            "the quasiparticle energy is ~0.25 K above", rel=0.1,
        ),
        judged(
            "rates.near_gap", "quasiparticles radiate until within 50-100 mK of the gap", 100.0,
            left, "mK", f"input: the 4 ms of stage 5 to radiate in; Eq. 4 then stops {left:.0f} mK "
            "above the gap (65 mK after 18 ms)", "until they are within typically 50–100 mK",
            rel=0.1, inputs=True,
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
        unjudged(
            "lengths.transmission", "phonons leave aluminium for silicon about 50 % of the time",
            0.5, "1", f"quoted acoustic mismatch; critical cones alone let {cone:.2f} of "
            f"longitudinal, {(slow / silicon.sound_transverse) ** 2:.2f} of transverse phonons out",
            "about 50% of the time",
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
