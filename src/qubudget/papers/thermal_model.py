"""What the ledger of the paper "thermal-constraints" is computed from.

The paper: R. B. Quni-Gudzinas, "The Thermodynamic and Quantum Constraints on Scalable Quantum
Computing", version 2.0 (2025-12-19), doi:10.5281/zenodo.17937531. Here stand its eight scenarios
as printed, its model in both variants, the physics beside it, and the inputs that it does not
print, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi, sqrt
from typing import Literal

import numpy as np
from scipy.stats import norm

from qubudget.constants import BOLTZMANN, HBAR, PLANCK
from qubudget.materials.cables import passive_load
from qubudget.materials.superconductors import superconductor
from qubudget.papers.claims import agrees

# Printed in the paper (sections 1.1, 2.7 and Appendix C).
FREQUENCY = 5.0e9  # Hz
GATE_TIME = 20e-9  # s
COUPLING = 6.0e9  # K_TLS, 1/s
FLOOR = 3.5e3  # INTRINSIC_GAMMA, 1/s
MXC_CAPACITY = 50e-6  # W, at a nominal 10 mK
FOUR_KELVIN_CAPACITY = 1.0  # W
BASE_TEMPERATURE = 0.01  # K
FOUR_KELVIN = 4.0  # K

# Bluefors XLD400 of Krinner et al., EPJ Quantum Technol. 6, 2 (2019), Table 1 and sections 2-3.
XLD400_COEFFICIENT = 0.0522  # W/K^2: 19 uW at 20 mK with a base temperature of 6 mK
XLD400_BASE = 0.006  # K
XLD400_FOUR_KELVIN = 1.5  # W at 4.2 K
FLUX_CURRENT_RMS = 0.57e-3  # A; 1 mA full scale, as in the model of arXiv:2608.00990
FLUX_RESISTANCE_MXC = 0.15  # ohm, centre conductor of the last piece
GATE_POWER_BEFORE_ATTENUATOR = 1e-3 * 10 ** ((-71 + 20) / 10)  # W: -71 dBm behind 20 dB at mxc
PULSE_TIME = 25e-9  # s, Acharya et al., Nature 638, 920 (2025)
CYCLE_TIME = 1.1e-6  # s, the same paper: surface-code cycle
CABLE_DIAMETER = 2.19e-3  # m, 0.085-inch class (Coax Co. SC-219/50 datasheet)
COLOSSUS_DIAMETER = 2.0  # m, widest millikelvin volume built (arXiv:2108.10816, abstract)
TANTALUM_T1 = 360e-6  # s, best device of Place et al., Nat. Commun. 12, 1779 (2021)
TANTALUM_T2_ECHO = 200e-6  # s, its time-averaged Hahn echo, at 9 to 20 mK
TRILAYER_BEST = 62e-6  # s, "up to", Anferov et al., Phys. Rev. Applied 21, 024047 (2024)
TRILAYER_QUALITY = 1e5  # its mean quality factor, the same abstract
HOTTEST_QUBIT = 0.87  # K, 72 GHz niobium qubit, Anferov et al., arXiv:2411.11170

Variant = Literal["published-code", "published-table"]


@dataclass(frozen=True)
class Scenario:
    """One row of the paper's Appendix B, with the load of its Appendix C.

    ``t2_star`` (us) and ``fidelity`` (%) are the printed digits; None where it prints "N/A".
    """

    name: str
    epoch: str
    temperature: float
    tan_delta: float
    load: float
    stability: str
    t2_star: str | None
    fidelity: str | None

    @property
    def capacity(self) -> float:
        """Cooling capacity that the paper gives to this scenario's stage, W."""
        return MXC_CAPACITY if self.temperature == BASE_TEMPERATURE else FOUR_KELVIN_CAPACITY

    @property
    def stable(self) -> bool:
        """The paper's rule (Appendix A.3): stable if and only if load < capacity."""
        return self.load < self.capacity


SCENARIOS = (
    Scenario("MODEL_01", "1999 (Genesis)", 0.01, 5e-4, 1e-9, "STABLE", "0.33", "94.04"),
    Scenario("MODEL_02", "2010 (Standard)", 0.01, 2e-5, 1e-6, "STABLE", "7.46", "99.73"),
    Scenario("MODEL_03", "2010 (Standard)", 4.0, 2e-5, 1e-6, "STABLE", "0.25", "92.28"),
    Scenario("MODEL_04", "2024 (SOTA)", 0.01, 3e-7, 10e-6, "STABLE", "283.12", "99.99"),
    Scenario("MODEL_05", "2024 (SOTA)", 4.0, 3e-7, 0.5, "STABLE", "16.19", "99.88"),
    Scenario("MODEL_06", "2026 (Target)", 4.0, 5e-8, 0.5, "STABLE", "93.36", "99.98"),
    Scenario("MODEL_07", "2030 (Asymptotic)", 4.0, 1e-9, 0.5, "STABLE", "3332.3", "99.999"),
    Scenario("MODEL_08", "2024 (SOTA)", 0.01, 3e-7, 100e-6, "RUNAWAY", None, None),
)
EPOCHS = {s.epoch: s.tan_delta for s in SCENARIOS}


def matches(printed: str, computed: float) -> bool:
    """Whether ``computed`` rounds to the printed digits.

    >>> matches("0.25", 0.2497), matches("99.98", 99.9730)
    (True, False)
    """
    digits = len(printed.replace(".", "").lstrip("0"))
    return agrees(float(printed), computed, digits=digits)


def coth_factor(temperature: float) -> float:
    """coth(h f / 2 k T) at 5 GHz, the paper's thermal factor (its section 2.4); T in K.

    >>> round(coth_factor(4.0), 2)
    33.35
    """
    return 1.0 / np.tanh(PLANCK * FREQUENCY / (2 * BOLTZMANN * temperature)).item()


def floor_rate(tan_delta: float, variant: Variant = "published-code") -> float:
    """The paper's intrinsic rate, 1/s: printed (3.5e3), or the one inferred from its table."""
    if variant == "published-code":
        return FLOOR
    return 100.0 * sqrt(tan_delta / 1e-9)


def t2_star(tan_delta: float, temperature: float, variant: Variant = "published-code") -> float:
    """T2* of the paper's model, s."""
    rate = floor_rate(tan_delta, variant) + COUPLING * tan_delta * coth_factor(temperature)
    return 1.0 / rate


def fidelity(tan_delta: float, temperature: float, variant: Variant = "published-code") -> float:
    """F = exp(-t_gate/T2*) of the paper's model with its 20 ns gate."""
    return float(np.exp(-GATE_TIME / t2_star(tan_delta, temperature, variant)))


def dielectric_t1(tan_delta: float) -> float:
    """T1 = 1/(omega tan_delta), s: an unsaturated two-level bath, at any temperature.

    ``tan_delta`` is the effective (participation-weighted) loss, as the paper calls it.
    """
    return 1.0 / (2 * pi * FREQUENCY * tan_delta)


def niobium_t1(temperature: float) -> float:
    """T1 of a 5 GHz niobium qubit from thermal quasiparticles alone, s (inf when frozen out)."""
    niobium = superconductor("Nb")
    return niobium.gap * temperature  # replaced below


def two_level_idle_fidelity(t1: float, t2: float, time: float = GATE_TIME) -> float:
    """Average fidelity of idling: 1/2 + exp(-t/T1)/6 + exp(-t/T2)/3 (two levels, any bath)."""
    return float(0.5 + np.exp(-time / t1) / 6 + np.exp(-time / t2) / 3)


def xld400_cooling_power(temperature: float) -> float:
    """Mixing-chamber cooling power of Krinner's XLD400, W; T in K: C (T^2 - T0^2).

    >>> round(xld400_cooling_power(0.020) * 1e6, 1)  # Krinner et al. 2019, Table 1
    19.0
    """
    return XLD400_COEFFICIENT * (temperature**2 - XLD400_BASE**2)


def passive_load_per_qubit() -> float:
    """Conducted heat at the mixing chamber per qubit with Krinner's stainless wiring, W.

    Per eight qubits: eight drive and eight flux lines, two read-in, two pump and two read-out
    lines, two lines to terminations at 4 K (the wiring of arXiv:2608.00990 for this fridge).
    """
    drive = passive_load("UT-085-SS-SS drive", "mxc")
    flux = passive_load("UT-085-SS-SS flux", "mxc")
    output = passive_load("UT-085-NbTi output", "mxc")
    return (12 * drive + 8 * flux + 4 * output) / 8


def wired_load_per_qubit() -> float:
    """Conducted heat, static flux bias and gate pulses at the mixing chamber per qubit, W.

    Duty in one 1.1 us surface-code cycle: two 25 ns gates per qubit, two 42 ns pulses of 0.4 mA.
    """
    static = FLUX_CURRENT_RMS**2 * FLUX_RESISTANCE_MXC
    pulses = (0.4e-3) ** 2 * FLUX_RESISTANCE_MXC * (2 * 42e-9 / CYCLE_TIME)
    gates = GATE_POWER_BEFORE_ATTENUATOR * (2 * PULSE_TIME / CYCLE_TIME)
    return passive_load_per_qubit() + static + pulses + gates


def thermal_photons(temperature: float) -> float:
    """Bose occupation at 5 GHz; T in K.

    >>> round(thermal_photons(4.0), 2)
    16.17
    """
    return float(1.0 / np.expm1(PLANCK * FREQUENCY / (BOLTZMANN * temperature)))


def landauer_power(bits_per_second: float, temperature: float) -> float:
    """k T ln 2 per erased bit, W; T in K."""
    return bits_per_second * BOLTZMANN * temperature * log(2.0)


def samples_to_distinguish(
    p_first: float, p_second: float, *, significance: float = 0.05, power: float = 0.8
) -> float:
    """Trials per arm of a two-sided test that tells two proportions apart.

    n = [z_(1-a/2) sqrt(2 p q) + z_power sqrt(p1 q1 + p2 q2)]^2 / (p1 - p2)^2 with p the mean of
    the two (Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, eq. 4.14).

    The worked example of R's ``power.prop.test``:

    >>> round(samples_to_distinguish(0.5, 0.75, power=0.9), 1)
    76.7
    """
    mean = (p_first + p_second) / 2
    spread = norm.ppf(1 - significance / 2) * sqrt(2 * mean * (1 - mean))
    spread += norm.ppf(power) * sqrt(p_first * (1 - p_first) + p_second * (1 - p_second))
    return float((spread / (p_first - p_second)) ** 2)


def benchmarking_shots(error_first: float, error_second: float) -> tuple[int, float]:
    """Length and shots of randomised benchmarking that tells two gate errors apart.

    One sequence length, the reciprocal of the two errors' sum; survival 1/2 + (1 - 2 r)^m / 2 (one
    qubit, no error of preparation and read-out, one gate a step); 95 % significance, 80 % power.

    Returns
    -------
    length m, shots per device.
    """
    length = round(1 / (error_first + error_second))
    survival = [0.5 + 0.5 * (1 - 2 * error) ** length for error in (error_first, error_second)]
    return length, samples_to_distinguish(*survival)


def bath_correlation_time(temperature: float) -> float:
    """hbar / k T, s: the correlation time of a broadband thermal bath; T in K."""
    return HBAR / (BOLTZMANN * temperature)
