"""The design: every section of the file in one frozen model."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from qubudget.design.chip import Chip, Radiation
from qubudget.design.code import Code, Measured, Mitigation, Targets
from qubudget.design.device import Dielectric, Gates, Published, Qubit, Readout
from qubudget.design.fields import Name, Section, Text
from qubudget.design.film import DrawnFilm
from qubudget.design.fridge import (
    Cable,
    Cryostat,
    Electronics,
    Joint,
    Line,
    Load,
    Machine,
    Stage,
    Workload,
)


class DesignModel(Section):
    """Everything that a person writes about one machine. SI units throughout."""

    name: Name
    title: Text = ""
    sources: Annotated[tuple[Text, ...], Field(strict=False)] = ()
    machine: Machine
    cryostat: Cryostat
    stages: Annotated[tuple[Stage, ...], Field(min_length=1, max_length=12, strict=False)]
    lines: Annotated[tuple[Line, ...], Field(max_length=50, strict=False)] = ()
    cables: Annotated[tuple[Cable, ...], Field(max_length=50, strict=False)] = ()
    electronics: Annotated[tuple[Electronics, ...], Field(max_length=50, strict=False)] = ()
    loads: Annotated[tuple[Load, ...], Field(max_length=50, strict=False)] = ()
    joints: Annotated[tuple[Joint, ...], Field(max_length=50, strict=False)] = ()
    workload: Workload
    qubit: Qubit
    dielectrics: Annotated[tuple[Dielectric, ...], Field(min_length=1, max_length=20, strict=False)]
    gates: Gates
    readout: Readout
    published: Published
    chip: Chip
    films: Annotated[tuple[DrawnFilm, ...], Field(max_length=100, strict=False)] = ()
    radiation: Radiation
    code: Code
    mitigation: Mitigation = Field(default_factory=Mitigation)
    targets: Targets
    measured: Measured = Field(default_factory=Measured)

    def stage(self, name: str) -> Stage:
        """The stage of this name; KeyError where there is none."""
        return {stage.name: stage for stage in self.stages}[name]
