"""What the design file says of the chip and of the radiation around it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from qubudget.design.fields import (
    Altitude,
    Area,
    Count,
    Diffusivity,
    Duration,
    Energy,
    Factor,
    Fraction,
    Intensity,
    Latency,
    Length,
    MagneticField,
    MassPerArea,
    Mostly,
    Number,
    Position,
    Rate,
    RatePerMass,
    ResistanceArea,
    Section,
    Temperature,
    TemperatureDifference,
    Thickness,
)


class Chip(Section):
    """Substrate, films, and where phonons and quasiparticles can go."""

    substrate: Literal["Si", "Al2O3"] = Field(description="material of the substrate")
    length: Length = Field(description="along x")
    width: Length = Field(description="along y")
    thickness: Length = Field(description="of the substrate")
    pitch: Length = Field(description="distance of neighbouring qubits on the square grid")
    film_thickness: Length = Field(description="of the superconducting film")
    back_metal_thickness: Thickness = Field(description="normal metal on the back; 0: none")
    back_metal_absorption: Mostly = Field(
        description="share of pair-breaking phonons re-absorbed in the normal metal itself"
    )
    back_metal: Literal["Cu", "Au", "Ag"] = Field("Cu", description="which normal metal that is")
    back_island_size: Thickness = Field(
        0.0, description="side of the square islands into which the back metal is cut; 0: one film"
    )
    back_island_gap: Thickness = Field(0.0, description="between neighbouring islands")
    back_interlayer: Literal["none", "Ti"] = Field(
        "none", description="thin layer between chip and back metal, which phonons cross (traced)"
    )
    bond_count: Count = Field(description="wire bonds that carry phonons to the mount")
    bond_diameter: Length = Field(description="of one wire bond")
    bond_length: Length = Field(description="of one wire bond")
    bump_count: Count = Field(0, description="indium bumps to a carrier that keeps what it gets")
    bump_diameter: Thickness = Field(0.0, description="of each")
    mount_area: Area = Field(
        0.0, description="of the back, held by the mount, which takes phonons (traced)"
    )
    mount: Literal["grease", "teflon", "metal-clamp"] = Field(
        "grease", description="what is between the back and its mount"
    )
    transport: Literal["hot-spot", "traced"] = Field(
        "hot-spot",
        description="how phonons carry a deposit to the film. hot-spot: by hot_spot_radius, "
        "spread_time and spread_fraction; traced: packets through the crystal, wall by wall",
    )
    hot_spot_radius: Length = Field(
        description="radius over which an event's first quasiparticles freeze out (hot-spot)"
    )
    spread_time: Duration = Field(
        description="time for phonons to carry the hot spot's energy over the chip (hot-spot)"
    )
    spread_fraction: Fraction = Field(
        description="share of the energy that ends up spread over the whole chip (hot-spot)"
    )
    electrodes: Literal["grounded", "floating"] = Field(
        "grounded",
        description="whether a qubit's electrode exchanges quasiparticles with the film around it, "
        "as a grounded one does, or is an island (traced)",
    )
    diffusivity: Diffusivity = Field(description="of quasiparticles in the film")
    diffusion: Literal["constant", "slowing"] = Field(
        "constant",
        description="slowing: diffusivity is the normal metal's, and quasiparticles slow down as "
        "they cool (traced)",
    )
    cooling: Literal["at-once", "kaplan"] = Field(
        "at-once",
        description="of a burst's quasiparticles to burst_temperature; kaplan: at Kaplan's rate, "
        "and those above the gap difference of a junction pass it meanwhile",
    )
    recombination: Rate = Field(
        description="r of dx/dt = -r x^2, phonon trapping included unless phonon_escape says more"
    )
    phonon_escape: Latency = Field(
        0.0,
        description="time in which pair-breaking phonons leave the film; recombination is then the "
        "bare one. 0: it is a measured one, which contains them (traced)",
    )
    trapping: Rate = Field(description="s of dx/dt = -s x")
    residual_field: MagneticField = Field(
        0.0, description="in which the chip cools down; its vortices trap quasiparticles"
    )
    trap_temperature: TemperatureDifference = Field(
        description="critical temperature of the low-gap traps; 0: no traps"
    )
    trap_fraction: Fraction = Field(description="share of the film's area that traps take")
    trap_thickness: Thickness = Field(
        0.0, description="of traps on the film; 0: they are islands in its plane"
    )
    trap_barrier: ResistanceArea = Field(
        0.0,
        description="normal resistance times area between traps and the film below; 0: metallic",
    )
    trap_spacing: Thickness = Field(
        0.0, description="of discs on a square grid, which quasiparticles must reach; 0: very fine"
    )
    frequency_shift: Number = Field(description="a of df/f = -a x during a burst")
    burst_temperature: Temperature = Field(
        description="effective temperature of quasiparticles during a burst"
    )


class Radiation(Section):
    """Sources of deposits, shielding, and the event that the report shows."""

    muon_intensity: Intensity = Field(description="vertical muon intensity per steradian")
    muon_reduction: Factor = Field(description="reduction by overburden; 1: at the surface")
    gamma_rate: RatePerMass = Field(
        description="gamma deposits above 40 keV per mass of a 25 mm^2 x 0.5 mm silicon chip, "
        "unshielded"
    )
    gamma_reduction: Factor = Field(description="reduction by lead and clean material")
    hadron_rate: RatePerMass = Field(
        description="nucleon deposits above 40 keV per mass of such a chip, at sea level in the "
        "open"
    )
    lead_thickness: Thickness = Field(
        0.0, description="around the chip; without build-up, on top of gamma_reduction"
    )
    altitude: Altitude = Field(0.0, description="of the laboratory: more muons and nucleons")
    overburden: MassPerArea = Field(
        0.0, description="mass above the chip per area, against muons and nucleons"
    )
    orientation: Literal["flat", "upright"] = Field("flat", description="of the chip")
    phonon_burst_rate: Rate = Field(description="phonon-only bursts per chip (not radiation)")
    event_energy: Energy = Field(description="energy of the reference event")
    event_x: Position = Field(description="place of the reference event from the chip's centre")
    event_y: Position = Field(
        description="place of the reference event across the chip, from its centre"
    )
