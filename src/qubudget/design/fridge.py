"""What the design file says of the refrigerator: stages, lines, electronics, loads."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qubudget.design.fields import (
    Area,
    Capacitance,
    Count,
    Current,
    Duration,
    Energy,
    Factor,
    Fraction,
    FrequencySpan,
    Length,
    Material,
    MolarFlow,
    Name,
    Number,
    Positive,
    Power,
    Ratio,
    Resistance,
    Responsivity,
    Room,
    Section,
    Temperature,
    Text,
    Voltage,
)


class CurvePoint(Section):
    """One point of a cooling curve."""

    temperature: Temperature = Field(description="of the stage")
    power: Power = Field(description="cooling power there")


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
    loads: Literal["fixed", "solved"] = Field(
        description="cable loads as stated, or scaled by conduction to the solved temperatures"
    )
    samples: Annotated[int, Field(ge=0, le=100_000)] = Field(
        description="designs drawn for the intervals of temperatures and limits; 0: none"
    )
    wall_power: Literal["carnot", "small-system"] = Field(
        description="watts at the wall per watt at a stage: ideal, or 3.2e5 (1 - T/300)/T^2"
    )


class Stage(Section):
    """One temperature stage, listed warm to cold."""

    name: Name
    cooling: Literal["fixed", "linear", "quadratic", "table", "enthalpy", "response"] = Field(
        description="fixed: held at its rated temperature; linear: P ~ T - T_base; "
        "quadratic: P ~ T^2 - T_base^2; table: through the points of curve; enthalpy: "
        "n3 (95 T^2 - 11 T_ex^2); response: by the cryostat's measured response"
    )
    rated_temperature: Temperature = Field(
        description="temperature of the datasheet's cooling power"
    )
    rated_power: Power = Field(description="cooling power at the rated temperature")
    base_temperature: Temperature | None = Field(
        None, description="temperature without load (linear and quadratic cooling)"
    )
    max_temperature: Temperature = Field(description="warmest temperature that this design accepts")
    curve: Annotated[tuple[CurvePoint, ...], Field(max_length=100, strict=False)] = Field(
        (), description="cooling power against temperature, cold to warm (table cooling)"
    )
    circulation: MolarFlow | None = Field(None, description="n3 of one unit (enthalpy cooling)")
    exchange_temperature: Temperature | None = Field(
        None, description="of the mixture that leaves the last exchanger (enthalpy cooling)"
    )
    units: Positive = Field(1, description="equal coolers that serve this stage together")
    spread: Factor = Field(1.0, description="95 % factor up or down of the cooling power")
    length: Length | None = Field(None, description="cable from the stage above to this one")
    shield_area: Area = Field(0.0, description="area that the stage above radiates upon")
    emissivity: Fraction = Field(0.0, description="effective emissivity between the two")
    line_area: Area | None = Field(None, description="free cross-section for lines through it")
    feedthroughs: Count | None = Field(None, description="ports for lines through its flange")
    volume: Room | None = Field(None, description="free volume for electronics at it")
    source: Text = ""


class Cable(Section):
    """A coaxial cable by geometry and materials; its heat is then computed by conduction."""

    name: Material
    inner: Material = Field(description="material of the inner conductor")
    dielectric: Material = Field(description="material between the conductors")
    outer: Material = Field(description="material of the outer conductor")
    inner_diameter: Length = Field(description="of the inner conductor")
    dielectric_diameter: Length = Field(description="of the dielectric")
    outer_diameter: Length = Field(description="of the outer conductor")
    inner_anchored: bool = Field(description="whether the inner conductor is anchored at stages")
    dielectric_anchored: bool = Field(description="whether the dielectric is")
    spread: Factor = Field(description="95 % factor up or down of the computed heat")
    source: Text = ""


class Line(Section):
    """One kind of line from a warm stage to a cold one."""

    name: Name
    kind: Literal["drive", "flux", "coupler", "read-in", "read-out", "pump", "dc", "photonic"] = (
        Field(description="what the line is for")
    )
    per_group: Count = Field(description="lines per group of qubits")
    count: Count | None = Field(
        None, description="lines in the machine as built, where that is not per_group x groups"
    )
    starts_at: Name = Field("300k", description="where the line begins: '300k' or a stage")
    ends_at: Name = Field(description="coldest stage that the line reaches")
    cable: Material | dict[Name, Material] = Field(
        description="catalogue name, for the whole line or by the stage where a piece ends"
    )
    heat: Literal["measured", "modelled"] = Field(
        "measured",
        description="passive heat: measured where the catalogue has it, or always by conduction",
    )
    spread: Factor = Field(
        1.0, description="95 % factor of the line itself, beside that of its cable"
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
    photodiode_impedance: Resistance | None = Field(
        None, description="load of the photodiode at the line's end (photonic line)"
    )
    responsivity: Responsivity | None = Field(
        None, description="photocurrent per optical power (photonic line)"
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
    kind: Literal["controller", "amplifier", "circulator", "decoder", "sfq", "link", "other"] = (
        Field(description="what it is")
    )
    stage: Name = Field(description="stage that takes its heat")
    per_group: Count = Field(description="pieces per group of qubits")
    count: Count | None = Field(
        None, description="pieces in the machine as built, where that is not per_group x groups"
    )
    power: Power | None = Field(None, description="power of one piece, always on")
    capacitance: Capacitance | None = Field(
        None, description="switched per clock, activity included: C of C V^2 f, in place of power"
    )
    voltage: Voltage | None = Field(None, description="supply voltage: V of C V^2 f")
    clock: FrequencySpan | None = Field(None, description="clock: f of C V^2 f")
    footprint: Room = Field(0.0, description="volume of one piece at its stage")
    spread: Factor = Field(1.0, description="95 % factor up or down of the power of one piece")
    scope: Text = Field("", description="what this power includes")
    source: Text = ""


class Load(Section):
    """A load that does not depend on the number of qubits."""

    name: Name
    stage: Name = Field(description="stage that takes it")
    power: Power = Field(description="heat, always on")
    source: Text = ""


class Joint(Section):
    """What joins a part to its stage: heat through it warms the part above the stage."""

    name: Name
    stage: Name = Field(description="stage that the part is fixed to")
    interface: Material = Field(description="kind of joint, by its name in the catalogue")
    area: Area = Field(description="of the joint")
    line: Name | None = Field(
        None, description="line whose clamp this is: all heat that one of them brings to the stage"
    )
    power: Power | None = Field(None, description="heat through the joint, where it is no clamp")
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
