"""What the design file says of the qubit, its gates and its read-out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from qubudget.design.fields import (
    Duration,
    Factor,
    Fraction,
    Frequency,
    FrequencySpan,
    Material,
    Name,
    Number,
    Rate,
    Ratio,
    Section,
    Temperature,
    TemperatureDifference,
    Text,
)


class Qubit(Section):
    """A transmon and the baths around it."""

    stage: Name = Field(description="stage that the qubit chip sits on")
    excess_temperature: TemperatureDifference = Field(
        description="how much warmer the chip is than its stage"
    )
    frequency: Frequency = Field(description="transition frequency 0-1")
    anharmonicity: FrequencySpan = Field(description="magnitude of f12 - f01")
    film: Material = Field(description="superconductor of the wiring")
    junction: Material = Field(description="superconductor of the junction's electrodes")
    bath: Literal["tls", "oscillator", "published"] = Field(
        description="what the lossy dielectric does when warm: two-level systems that saturate "
        "thermally, an oscillator bath with constant loss, or the first paper's rule"
    )
    saturation: Number = Field(description="drive photons over the critical photon number, n/n_c")
    saturation_exponent: Number = Field(
        description="beta of the power saturation of two-level systems"
    )
    residual_quasiparticles: Fraction = Field(
        description="non-equilibrium quasiparticles x = n/(2 N0 Delta) in quiet times"
    )
    quasiparticle_temperature: Temperature = Field(
        description="effective temperature of non-equilibrium quasiparticles"
    )
    gap_difference: FrequencySpan = Field(
        description="difference of the gaps across the junction, as a frequency; 0: equal gaps"
    )
    flux_noise: Number = Field(description="amplitude at 1 Hz, in flux quanta per root hertz")
    flux_sensitivity: FrequencySpan = Field(description="|df/dPhi|, in hertz per flux quantum")
    charge_noise: Number = Field(
        description="amplitude at 1 Hz, in electrons (2e units of n_g: half)"
    )
    charge_dispersion: FrequencySpan = Field(description="peak-to-peak f01 over the gate charge")
    critical_current_noise: Number = Field(description="relative amplitude at 1 Hz, dI_c/I_c")
    drive_coupling: Rate = Field(description="decay rate into the cold drive line")


class Dielectric(Section):
    """One lossy place: share of the electric energy, loss tangent, spread."""

    name: Name
    participation: Fraction = Field(description="share of the electric field energy")
    tan_delta: Fraction = Field(description="loss tangent at zero temperature and low power")
    spread: Factor = Field(description="95 % factor up or down of participation x loss tangent")
    source: Text = ""


class Gates(Section):
    """Durations, and the errors that control leaves even without decoherence."""

    one_qubit_time: Duration
    two_qubit_time: Duration
    readout_time: Duration
    reset_time: Duration
    one_qubit_floor: Fraction = Field(
        description="average one-qubit gate error without decoherence"
    )
    two_qubit_floor: Fraction = Field(
        description="average two-qubit gate error without decoherence"
    )
    readout_floor: Fraction = Field(
        description="assignment error beside noise and decay (state preparation, cross-talk)"
    )
    reset_floor: Fraction = Field(description="probability to stay excited after reset")
    leakage_floor: Fraction = Field(description="leakage per two-qubit gate without heating")


class Readout(Section):
    """Dispersive read-out: resonator and amplifier chain."""

    frequency: Frequency = Field(description="resonator frequency")
    linewidth: Frequency = Field(description="kappa / 2 pi")
    shift: FrequencySpan = Field(description="chi / 2 pi, half the qubit's shift per photon")
    photons: Number = Field(description="mean photons in the resonator during read-out")
    loss: Ratio = Field(description="loss between resonator and first amplifier")
    first_noise: TemperatureDifference = Field(
        description="noise temperature of the first amplifier"
    )
    first_gain: Ratio = Field(description="gain of the first amplifier")
    second_noise: TemperatureDifference = Field(
        description="noise temperature of the second amplifier"
    )
    purcell_suppression: Factor = Field(
        description="reduction of Purcell decay by a filter; 1: none"
    )
    input_coupling: Fraction = Field(
        description="share of kappa through the port that faces the read-in line"
    )


class Published(Section):
    """The first paper's own model, kept by name beside the physical one."""

    variant: Literal["published-code", "published-table"]
    include_relaxation: bool = Field(description="add Appendix A's 1/(2 T1), absent from its code")
