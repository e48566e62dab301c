"""What the design file says of error correction, of the goals, and of measurements."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qubudget.design.fields import (
    Count,
    Duration,
    Factor,
    Fraction,
    Latency,
    Name,
    Number,
    Position,
    Power,
    Rate,
    Section,
    Temperature,
    Text,
)


class Code(Section):
    """The error-correcting code and its decoder."""

    family: Literal["surface", "repetition"] = Field(description="kind of code")
    distance: Annotated[int, Field(ge=3, le=101)] = Field(description="code distance, odd")
    decoder: Literal["unaware", "aware", "erasure"] = Field(
        description="unaware: weights of quiet times; aware: of the true noise of every round; "
        "erasure: told which qubits are hit and when, not how hard"
    )
    matching: Literal["plain", "correlated"] = Field(
        "plain", description="whether matching uses the correlation of X and Z errors"
    )
    plugin: Name | None = Field(
        None, description="installed decoder in place of minimum-weight matching"
    )
    leakage: Literal["ignored", "stays", "reset-ancilla", "reset-all"] = Field(
        "ignored",
        description="whether leakage is simulated in quiet times, and what is brought back from "
        "outside the computational states after each cycle",
    )
    offset_x: Position = Field(0.0, description="of the patches' middle from the chip's centre")
    offset_y: Position = Field(0.0, description="of the patches' middle from the chip's centre")
    orientation: Literal["sides", "grid"] = Field(
        "sides",
        description="what is parallel to the chip's edges: the patch's sides (the grid of qubits "
        "then stands at 45 degrees), or the grid of qubits",
    )
    patches_per_chip: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="logical patches side by side on one chip"
    )
    decoding_time: Duration | None = Field(
        None, description="of one round of one patch in quiet times; none: latency is not judged"
    )


class Mitigation(Section):
    """What the machine does about a burst once it is detected."""

    strategy: Literal["none", "pause", "move", "outer"] = Field(
        "none",
        description="pause: what ran during the burst is discarded and repeated; move: the patch "
        "goes on elsewhere; outer: an outer code over chips takes the hit chip as erased",
    )
    detection_time: Latency = Field(
        0.0, description="from the impact until the machine knows of it"
    )
    detection_efficiency: Fraction = Field(1.0, description="share of bursts that are detected")
    move_time: Latency = Field(
        0.0, description="from detection until the patch is safe elsewhere (move)"
    )
    outer_chips: Annotated[int, Field(ge=1, le=10_000)] = Field(
        1, description="chips over which one logical qubit is spread (outer)"
    )
    outer_losses: Annotated[int, Field(ge=0, le=10_000)] = Field(
        0, description="lost chips that the outer code corrects at once (outer)"
    )


class Targets(Section):
    """What the design must reach to be called feasible."""

    one_qubit_fidelity: Fraction = Field(description="least average fidelity of a gate")
    two_qubit_fidelity: Fraction = Field(description="least average fidelity of a gate")
    logical_errors_per_day: Number = Field(description="of one logical qubit")
    algorithm_qubits: Count | None = Field(None, description="logical qubits of an algorithm")
    algorithm_cycles: Number | None = Field(
        None, description="error-correction cycles that the algorithm runs"
    )
    algorithm_success: Fraction | None = Field(
        None, description="least probability that no logical error spoils the algorithm"
    )


class Measured(Section):
    """What somebody measured on this machine; each value wins over the computed one."""

    temperature: dict[Name, Temperature] = Field(
        default_factory=dict, description="stage temperatures"
    )
    load: dict[Name, Power] = Field(default_factory=dict, description="heat load of a stage")
    t1: Duration | None = Field(None, description="relaxation time")
    t2: Duration | None = Field(None, description="coherence time, echo")
    one_qubit_error: Fraction | None = Field(None, description="average gate error")
    two_qubit_error: Fraction | None = Field(None, description="average gate error")
    readout_error: Fraction | None = Field(None, description="assignment error")
    burst_rate: Rate | None = Field(None, description="bursts per second and chip")
    recovery_time: Duration | None = Field(None, description="from the peak to 1/e of excess 1/T1")
    suppression: Factor | None = Field(None, description="Lambda, error ratio of d to d + 2")
    source: Text = ""
