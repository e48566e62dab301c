"""What the ledger of the paper "thermal-constraints" is computed from.

The paper: R. B. Quni-Gudzinas, "The Thermodynamic and Quantum Constraints on Scalable Quantum
Computing", version 2.0 (2025-12-19), doi:10.5281/zenodo.17937531. Here stand its eight scenarios
as printed, its model in both variants, the physics beside it, and the inputs that it does not
print, each with its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from qubudget.constants import BOLTZMANN, HBAR
from qubudget.cryostat.cooling import quadratic_coefficient, quadratic_cooling
from qubudget.errors import OutOfRangeError
from qubudget.materials.cables import passive_load
from qubudget.materials.superconductors import superconductor
from qubudget.papers.claims import Verdict, agrees
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.gap import gap_at
from qubudget.qubit.published import (
    FREQUENCY,
    GATE_TIME,
    Variant,
    published_fidelity,
    published_t2_star,
)
from qubudget.qubit.quasiparticles import quasiparticle_rates, thermal_fraction
from qubudget.qubit.shots import benchmarking_shots as benchmarking_shots
from qubudget.qubit.shots import samples_to_distinguish as samples_to_distinguish

# Printed in the paper (section 1.1, Appendix A).
MXC_CAPACITY = 50e-6  # W, at a nominal 10 mK
FOUR_KELVIN_CAPACITY = 1.0  # W
BASE_TEMPERATURE = 0.01  # K
FOUR_KELVIN = 4.0  # K

# Bluefors XLD400 of Krinner et al., EPJ Quantum Technol. 6, 2 (2019), read in the public model
# code of arXiv:2608.00990.
XLD400_BASE = 0.006  # K
XLD400_COEFFICIENT = float(quadratic_coefficient(XLD400_BASE, 0.020, 19e-6))  # W/K^2
XLD400_FOUR_KELVIN = 1.5  # W at 4.2 K
FLUX_CURRENT_RMS = 0.57e-3  # A; 1 mA full scale, as in the model of arXiv:2608.00990
FLUX_RESISTANCE_MXC = 0.15  # ohm, centre conductor of the last piece
GATE_POWER_BEFORE_ATTENUATOR = 1e-3 * 10 ** ((-71 + 20) / 10)  # W: -71 dBm behind 20 dB at mxc
PULSE_TIME = 25e-9  # s, Acharya et al., Nature 638, 920 (2025)
CYCLE_TIME = 1.1e-6  # s, the same paper: surface-code cycle
CABLE_DIAMETER = 2.19e-3  # m, 0.085-inch class (Coax Co. SC-219/50 datasheet)
COLOSSUS_DIAMETER = 2.0  # m, widest millikelvin platform described (arXiv:2108.10816, abstract)
TANTALUM_T1 = 360e-6  # s, best device of Place et al., Nat. Commun. 12, 1779 (2021)
TANTALUM_T2_ECHO = 200e-6  # s, its time-averaged Hahn echo, at 9 to 20 mK
TRILAYER_BEST = 62e-6  # s, "up to", Anferov et al., Phys. Rev. Applied 21, 024047 (2024)
TRILAYER_QUALITY = 1e5  # its mean quality factor, the same abstract
HOTTEST_QUBIT = 0.87  # K, 72 GHz niobium qubit, Anferov et al., arXiv:2411.11170


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
EPOCHS = {scenario.epoch: scenario.tan_delta for scenario in SCENARIOS}


def matches(printed: str, computed: float) -> bool:
    """Whether ``computed`` rounds to the printed digits.

    >>> matches("0.25", 0.2497), matches("99.98", 99.9730)
    (True, False)
    """
    digits = len(printed.replace(".", "").lstrip("0"))
    return agrees(float(printed), computed, digits=digits)


def t2_star(tan_delta: float, temperature: float, variant: Variant = "published-code") -> float:
    """T2* of the paper's model, s; temperature in K."""
    return float(published_t2_star(tan_delta, temperature, variant))


def fidelity(tan_delta: float, temperature: float, variant: Variant = "published-code") -> float:
    """F = exp(-t_gate/T2*) of the paper's model with its 20 ns gate; temperature in K."""
    return float(published_fidelity(published_t2_star(tan_delta, temperature, variant)))


def dielectric_t1(tan_delta: float, temperature: float) -> float:
    """T1 of a 5 GHz qubit from an unsaturated two-level bath alone, s; temperature in K.

    ``tan_delta`` is the effective (participation-weighted) loss, as the paper calls it.
    """
    return float(1.0 / sum(dielectric_rates("tls", tan_delta, FREQUENCY, temperature)))


def niobium_t1(temperature: float, *, gap_closes: bool = False) -> float:
    """T1 of a 5 GHz niobium qubit from thermal quasiparticles alone, s; temperature in K.

    With the gap at zero temperature, 1.764 k Tc and Tc = 9.2 K, or with Delta(T) if
    ``gap_closes``. Infinite where the quasiparticles are frozen out.

    Raises
    ------
    OutOfRangeError: at or above Tc, where there is no superconductor and no T1.

    >>> round(niobium_t1(4.0) * 1e9, 3)
    0.399
    """
    niobium = superconductor("Nb")
    if temperature >= niobium.critical_temperature:
        raise OutOfRangeError(f"niobium is normal at {temperature:g} K: no T1")
    gap = niobium.gap
    if gap_closes:
        gap = float(gap_at(gap, niobium.critical_temperature, temperature))
    fraction = thermal_fraction(temperature, gap)
    rate = float(sum(quasiparticle_rates(fraction, FREQUENCY, temperature, gap)))
    return 1.0 / rate if rate > 0 else inf


def physical_t1(tan_delta: float, temperature: float) -> float:
    """T1 of a 5 GHz niobium qubit from dielectric loss and thermal quasiparticles, s."""
    return 1.0 / (1 / dielectric_t1(tan_delta, temperature) + 1 / niobium_t1(temperature))


def two_level_idle_fidelity(t1: float, t2: float, time: float = GATE_TIME) -> float:
    """Average fidelity of idling: 1/2 + exp(-t/T1)/6 + exp(-t/T2)/3 (two levels, any bath)."""
    return float(0.5 + np.exp(-time / t1) / 6 + np.exp(-time / t2) / 3)


def xld400_cooling_power(temperature: float) -> float:
    """Mixing-chamber cooling power of Krinner's XLD400, W; temperature in K.

    >>> round(xld400_cooling_power(0.020) * 1e6, 1)  # Krinner et al. 2019, Table 1
    19.0
    """
    return float(quadratic_cooling(temperature, XLD400_COEFFICIENT, XLD400_BASE))


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


def bath_correlation_time(temperature: float) -> float:
    """hbar / k T, s: the correlation time of a broadband thermal bath; T in K."""
    return HBAR / (BOLTZMANN * temperature)


def verdict_if(condition: bool, verdict: Verdict) -> Verdict:
    """``verdict`` where a comparison bears the claim out, else "does-not-follow"."""
    return verdict if condition else "does-not-follow"
