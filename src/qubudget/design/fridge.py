"""What the design file says of the refrigerator: stages, lines, electronics, loads."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from qubudget.design.fields import (
    Count,
    Current,
    Duration,
    Energy,
    Material,
    Name,
    Number,
    Positive,
    Power,
    Ratio,
    Resistance,
    Section,
    Temperature,
    Text,
)


class Machine(Section):
    """How many qubits there are, and how the machine grows."""

    qubits: Positive = Field(description="physical qubits in one fridge")
    group_size: Positive = Field(
        description="qubits in one group; lines and electronics come in whole groups"
    )
    qubits_per_chip: Positive = Field(description="physical qubits on one chip")
    total_qubits: Positive = Field(
        description="physical qubits of the whole machine, over as many fridges as it takes"
    )


class Cryostat(Section):
    """What belongs to the refrigerator as a whole."""

    response: Literal["none", "uts"] = Field(
        description="measured coupled response; 'none': each stage has its own cooling"
    )
    wall_power: Literal["carnot", "small-system"] = Field(
        description="watts at the wall per watt at a stage: ideal, or 3.2e5 (1 - T/300)/T^2"
    )


class Stage(Section):
    """One temperature stage, listed warm to cold."""

    name: Name
    cooling: Literal["fixed", "linear", "quadratic", "response"] = Field(
        description="fixed: held at its rated temperature; linear: P ~ T - T_base; "
        "quadratic: P ~ T^2 - T_base^2; response: by the cryostat's measured response"
    )
    rated_temperature: Temperature = Field(
        description="temperature of the datasheet's cooling power"
    )
    rated_power: Power = Field(description="cooling power at the rated temperature")
    base_temperature: Temperature | None = Field(
        None, description="temperature without load (linear and quadratic cooling)"
    )
    max_temperature: Temperature = Field(description="warmest temperature that this design accepts")
    source: Text = ""


class Line(Section):
    """One kind of line from a warm stage to a cold one."""

    name: Name
    kind: Literal["drive", "flux", "coupler", "read-in", "read-out", "pump", "dc"]
    per_group: Count = Field(description="lines per group of qubits")
    count: Count | None = Field(
        None, description="lines in the machine as built, where that is not per_group x groups"
    )
    starts_at: Name = Field("300k", description="where the line begins: '300k' or a stage")
    ends_at: Name = Field(description="coldest stage that the line reaches")
    cable: Material | dict[Name, Material] = Field(
        description="catalogue name, for the whole line or by the stage where a piece ends"
    )
    load: dict[Name, Power] = Field(
        default_factory=dict,
        description="measured heat per line at a stage; wins over the catalogue",
    )
    attenuation: dict[Name, Ratio] = Field(
        default_factory=dict, description="attenuator at a stage"
    )
    cable_loss: dict[Name, Ratio] = Field(
        default_factory=dict, description="loss of the piece of cable that ends at a stage"
    )
    power_at_chip: Power | None = Field(
        None, description="signal power that arrives at the chip, while on"
    )
    bias_current: Current | None = Field(None, description="static current at the chip, rms")
    pulse_current: Current | None = Field(
        None, description="current of a two-qubit pulse at the chip, rms"
    )
    resistance: dict[Name, Resistance] = Field(
        default_factory=dict, description="series resistance of the current's path at a stage"
    )
    attenuator_heat: Literal["absorbed", "incident"] = Field(
        "absorbed",
        description="the power lost in an attenuator, or (published models) all that enters it",
    )
    termination: Name | None = Field(
        None, description="stage that takes the heat of the last attenuator (directional coupler)"
    )
    source_temperature: Temperature | None = Field(
        None, description="noise temperature at the line's start; none: the temperature there"
    )
    source: Text = ""


class Electronics(Section):
    """Electronics that dissipate at a stage, so many per group."""

    name: Name
    kind: Literal["controller", "amplifier", "decoder", "link", "other"]
    stage: Name
    per_group: Count
    count: Count | None = Field(
        None, description="pieces in the machine as built, where that is not per_group x groups"
    )
    power: Power = Field(description="power of one piece, always on")
    scope: Text = Field("", description="what this power includes")
    source: Text = ""


class Load(Section):
    """A load that does not depend on the number of qubits."""

    name: Name
    stage: Name
    power: Power
    source: Text = ""


class Workload(Section):
    """What the machine does: one error-correction cycle, and the heat of correcting."""

    cycle_time: Duration = Field(description="duration of one cycle")
    one_qubit_gates: Number = Field(description="one-qubit gates per group and cycle")
    two_qubit_gates: Number = Field(description="two-qubit gates per group and cycle")
    readouts: Number = Field(description="qubits read out per group and cycle")
    correction_stage: Name = Field(description="stage that takes the heat of decoding")
    correction_energy: Energy = Field(
        description="energy per detected error event, dissipated at the correction stage"
    )
