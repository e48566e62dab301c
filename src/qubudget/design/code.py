"""What the design file says of error correction, of the goals, and of measurements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qubudget.design.fields import (
    Duration,
    Factor,
    Fraction,
    Name,
    Number,
    Power,
    Rate,
    Section,
    Temperature,
    Text,
)


class Code(Section):
    """The error-correcting code and its decoder."""

    family: Literal["surface", "repetition"]
    distance: Annotated[int, Field(ge=3, le=101)]
    decoder: Literal["unaware", "aware"] = Field(
        description="unaware: weights of quiet times; aware: of the true noise of every round"
    )


class Targets(Section):
    """What the design must reach to be called feasible."""

    one_qubit_fidelity: Fraction
    two_qubit_fidelity: Fraction
    logical_errors_per_day: Number = Field(description="of one logical qubit")


class Measured(Section):
    """What somebody measured on this machine; each value wins over the computed one."""

    temperature: dict[Name, Temperature] = Field(
        default_factory=dict, description="stage temperatures"
    )
    load: dict[Name, Power] = Field(default_factory=dict, description="heat load of a stage")
    t1: Duration | None = None
    t2: Duration | None = None
    one_qubit_error: Fraction | None = None
    two_qubit_error: Fraction | None = None
    readout_error: Fraction | None = None
    burst_rate: Rate | None = Field(None, description="bursts per second and chip")
    recovery_time: Duration | None = Field(None, description="from the peak to 1/e of excess 1/T1")
    suppression: Factor | None = Field(None, description="Lambda, error ratio of d to d + 2")
    source: Text = ""
