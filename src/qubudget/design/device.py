"""What the design file says of the qubit, its gates and its read-out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qubudget.design.fields import (
    Duration,
    Factor,
    Fraction,
    Frequency,
    FrequencySpan,
    Length,
    Material,
    Name,
    Number,
    Rate,
    Ratio,
    Section,
    Temperature,
    TemperatureDifference,
    Text,
    Thickness,
    Volume,
)


class Qubit(Section):
    """A transmon and the baths around it."""

    stage: Name = Field(description="stage that the qubit chip sits on")
    excess_temperature: TemperatureDifference = Field(
        description="how much warmer the chip is than its stage, beside what its joint makes it"
    )
    joint: Name | None = Field(None, description="joint through which the chip is cooled")
    josephson_energy: Frequency | None = Field(
        None, description="E_J/h, with E_C/h in place of frequency and anharmonicity"
    )
    charging_energy: Frequency | None = Field(None, description="E_C/h, with E_J/h")
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
    flux_sensitivity: FrequencySpan | None = Field(
        None, description="|df/dPhi|, in hertz per flux quantum; none: from the circuit"
    )
    charge_noise: Number = Field(
        description="amplitude at 1 Hz, in electrons (2e units of n_g: half)"
    )
    charge_dispersion: FrequencySpan | None = Field(
        None, description="peak-to-peak f01 over the gate charge; none: from the circuit"
    )
    critical_current_noise: Number = Field(description="relative amplitude at 1 Hz, dI_c/I_c")
    flux_bias: Number = Field(description="static flux through the loop, in flux quanta")
    junction_asymmetry: Fraction = Field(
        description="(E_J1 - E_J2)/(E_J1 + E_J2) of the two junctions; 1: a single junction"
    )
    tls_noise: FrequencySpan = Field(
        description="amplitude at 1 Hz of the frequency's 1/f noise from two-level fluctuators, "
        "at 20 mK"
    )
    time_spread: Fraction = Field(description="relative standard deviation of 1/T1 in time")
    device_spread: Fraction = Field(description="relative standard deviation of 1/T1 over qubits")
    radiation_stage: Name = Field(description="warmest stage that the chip's lines and shields see")
    radiation_attenuation: Ratio = Field(
        description="filters and shields between that stage and the junction, above 2 Delta/h"
    )
    island_radius: Length | None = Field(
        None,
        description="of a charge-sensitive qubit's island, as a disc; none: charge does not matter",
    )
    island_gap: Thickness = Field(0.0, description="from that island to the ground around it")
    electrode_volume: Volume = Field(
        description="superconductor in which the junction's quasiparticles spread"
    )
    drive_coupling: Rate = Field(description="decay rate into the cold drive line")


class Dielectric(Section):
    """One lossy place: share of the electric energy, loss tangent, spread."""

    name: Name
    participation: Fraction = Field(description="share of the electric field energy")
    material: Material | None = Field(
        None, description="a measured place in the catalogue: gives what is left out below"
    )
    tan_delta: Fraction = Field(description="loss tangent at zero temperature and low power")
    spread: Factor = Field(description="95 % factor up or down of participation x loss tangent")
    source: Text = ""


class Gates(Section):
    """Durations, and the errors that control leaves even without decoherence."""

    one_qubit_time: Duration = Field(description="duration of a one-qubit gate")
    two_qubit_time: Duration = Field(description="duration of a two-qubit gate")
    readout_time: Duration = Field(description="duration of a read-out")
    reset_time: Duration = Field(description="duration of a reset")
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
    model: Literal["closed-form", "lindblad"] = Field(
        description="decoherence of a gate: closed form of two levels, or the master equation"
    )
    levels: Annotated[int, Field(ge=3, le=6)] = Field(
        description="transmon levels in the master equation"
    )
    rise: Duration = Field(description="rise of a pulse; the rest of the gate is flat")
    drag: Number = Field(description="weight of the DRAG quadrature; 1: first order")
    coupling: FrequencySpan = Field(description="g/2 pi of the two transmons in a CZ")
    unechoed_time: Duration | None = Field(
        None,
        description="of a cycle's gates, in which a qubit's detuning in a burst acts without an "
        "echo; none: from the first gate to the last",
    )


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

    variant: Literal["published-code", "published-table"] = Field(
        description="the first paper's printed code, or what its printed table implies"
    )
    include_relaxation: bool = Field(description="add Appendix A's 1/(2 T1), absent from its code")
