"""What the design file says of the chip and of the radiation around it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from qubudget.design.fields import (
    Count,
    Diffusivity,
    Duration,
    Energy,
    Factor,
    Fraction,
    Intensity,
    Length,
    Mostly,
    Number,
    Position,
    Rate,
    RatePerMass,
    Section,
    Temperature,
    TemperatureDifference,
    Thickness,
)


class Chip(Section):
    """Substrate, films, and where phonons and quasiparticles can go."""

    substrate: Literal["Si", "Al2O3"]
    length: Length = Field(description="along x")
    width: Length = Field(description="along y")
    thickness: Length = Field(description="of the substrate")
    pitch: Length = Field(description="distance of neighbouring qubits on the square grid")
    film_thickness: Length = Field(description="of the superconducting film")
    back_metal_thickness: Thickness = Field(description="normal metal on the back; 0: none")
    back_metal_absorption: Mostly = Field(
        description="share of pair-breaking phonons re-absorbed in the normal metal itself"
    )
    bond_count: Count = Field(description="wire bonds that carry phonons to the mount")
    bond_diameter: Length
    bond_length: Length
    hot_spot_radius: Length = Field(
        description="radius over which an event's first quasiparticles freeze out"
    )
    spread_time: Duration = Field(
        description="time for phonons to carry the hot spot's energy over the chip"
    )
    spread_fraction: Fraction = Field(
        description="share of the energy that ends up spread over the whole chip"
    )
    diffusivity: Diffusivity = Field(description="of quasiparticles in the film")
    recombination: Rate = Field(description="r of dx/dt = -r x^2, phonon trapping included")
    trapping: Rate = Field(description="s of dx/dt = -s x")
    trap_temperature: TemperatureDifference = Field(
        description="critical temperature of the low-gap traps; 0: no traps"
    )
    trap_fraction: Fraction = Field(description="share of the film's volume that traps take")
    frequency_shift: Number = Field(description="a of df/f = -a x during a burst")
    burst_temperature: Temperature = Field(
        description="effective temperature of quasiparticles during a burst"
    )


class Radiation(Section):
    """Sources of deposits, shielding, and the event that the report shows."""

    muon_intensity: Intensity = Field(description="vertical muon intensity per steradian")
    muon_reduction: Factor = Field(description="reduction by overburden; 1: at the surface")
    gamma_rate: RatePerMass = Field(description="gamma deposits above 40 keV per mass, unshielded")
    gamma_reduction: Factor = Field(description="reduction by lead and clean material")
    hadron_rate: RatePerMass = Field(description="nucleon deposits above 40 keV per mass")
    phonon_burst_rate: Rate = Field(description="phonon-only bursts per chip (not radiation)")
    event_energy: Energy = Field(description="energy of the reference event")
    event_x: Position = Field(description="place of the reference event from the chip's centre")
    event_y: Position
