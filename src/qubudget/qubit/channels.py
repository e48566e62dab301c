"""The decoherence channels of a design at given temperatures.

``..._rates`` broadcast: temperatures, photons and the numbers of the design may be arrays.
``..._channels`` are the same of one design.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import PLANCK
from qubudget.design.schema import DesignModel
from qubudget.materials.superconductors import superconductor
from qubudget.qubit import back_metal_channel
from qubudget.qubit.budget import Channel
from qubudget.qubit.circuit import charge_dispersion, flux_sensitivity
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.fluctuators import fluctuator_amplitude
from qubudget.qubit.gap import gap_at
from qubudget.qubit.low_frequency import (
    RAMSEY_LOG_FACTOR,
    charge_sensitivity,
    critical_current_sensitivity,
    one_over_f_dephasing,
)
from qubudget.qubit.noise_path import line_path
from qubudget.qubit.pair_breaking import (
    excess_fraction,
    generation_rate,
    pair_breaking_photons,
)
from qubudget.qubit.photons import shot_noise_dephasing
from qubudget.qubit.purcell import purcell_rate
from qubudget.qubit.quasiparticles import (
    equilibrium_suppression,
    gap_suppression,
    quasiparticle_rates,
    thermal_fraction,
)
from qubudget.qubit.thermal import bose_occupation

Floats: TypeAlias = NDArray[np.float64]
Rates: TypeAlias = dict[str, tuple[Floats, Floats]]
"""Rates down and up, 1/s, by the name of the channel."""

QUASIPARTICLES = ("thermal-quasiparticles", "residual-quasiparticles", "pair-breaking-photons")
"""Channels that depend on the junction's critical temperature."""
SHOT_NOISE = "photon-shot-noise"


@dataclass(frozen=True)
class Occupations:
    """Photons at the chip at some frequencies; arrays along the frequencies.

    Attributes
    ----------
    lines : by kind ("drive", "read-in") and name of the line; the name is None, and the photons
        those of equilibrium at the qubit's stage, where the design has no line of that kind.
    drive : of the noisiest drive line.
    resonator : of the read-out resonator's ports, weighted by their share of kappa.
    """

    lines: Mapping[tuple[str, str | None], NDArray[np.float64]]
    drive: NDArray[np.float64]
    resonator: NDArray[np.float64]


def _relaxations(rates: Rates) -> tuple[Channel, ...]:
    return tuple(
        Channel(name, "relaxation", float(down + up), float(down), float(up))
        for name, (down, up) in rates.items()
    )


def occupations(
    design: DesignModel,
    temperatures: Mapping[str, float],
    frequencies: ArrayLike,
    rises: Mapping[str, float | None] | None = None,
) -> Occupations:
    """Photons that reach the qubit's drive port and its resonator at ``frequencies`` (Hz).

    temperatures : of the stages, K, by name. rises : over them of the design's joints, K.
    The read-in line faces its share of kappa; the other ports, behind the isolators of the
    read-out side, are in equilibrium with the qubit's stage.
    """
    stage = bose_occupation(frequencies, temperatures[design.qubit.stage])
    lines: dict[tuple[str, str | None], NDArray[np.float64]] = {}
    noisiest = {}
    for kind in ("drive", "read-in"):
        found: dict[tuple[str, str | None], NDArray[np.float64]] = {
            (kind, line.name): line_path(design, line, temperatures, rises).photons(frequencies)
            for line in design.lines
            if line.kind == kind
        }
        found = found or {(kind, None): stage}
        noisiest[kind] = reduce(np.maximum, found.values())
        lines |= found
    share = design.readout.input_coupling
    return Occupations(lines, noisiest["drive"], share * noisiest["read-in"] + (1 - share) * stage)


def radiative_channels(
    design: DesignModel,
    chip: float,
    frequency: float,
    drive_photons: float,
    resonator_photons: float,
) -> tuple[Channel, ...]:
    """Relaxation as ``radiative_rates``."""
    return _relaxations(radiative_rates(design, chip, frequency, drive_photons, resonator_photons))


def radiative_rates(
    design: DesignModel,
    chip: ArrayLike,
    frequency: ArrayLike,
    drive_photons: ArrayLike,
    resonator_photons: ArrayLike,
) -> Rates:
    """Relaxation into dielectrics, metal on the back, drive line and resonator, at a transition.

    chip : temperature, K. frequency : Hz, at which the baths are seen: f01, or f12 for heating
    out of the first excited state. drive_photons, resonator_photons : occupations there.
    """
    qubit, readout = design.qubit, design.readout
    rates: Rates = {}
    for entry in design.dielectrics:
        rates[f"dielectric.{entry.name}"] = dielectric_rates(
            qubit.bath,
            entry.participation * entry.tan_delta,
            frequency,
            chip,
            saturation=qubit.saturation,
            exponent=qubit.saturation_exponent,
        )
    if design.chip.back_metal_thickness > 0:
        back = back_metal_channel.back_metal_rates(design, chip, float(np.asarray(frequency)))
        rates[back_metal_channel.NAME] = back
    drive, here = qubit.drive_coupling, np.asarray(drive_photons, dtype=np.float64)
    rates["drive-line"] = drive * (1 + here), drive * here
    purcell = purcell_rate(
        qubit.frequency,
        readout.frequency,
        qubit.anharmonicity,
        readout.shift,
        readout.linewidth,
        readout.purcell_suppression,
    )
    resonator = np.asarray(resonator_photons, dtype=np.float64)
    rates["purcell"] = purcell * (1 + resonator), purcell * resonator
    return rates


def quasiparticle_response(
    design: DesignModel, chip: ArrayLike, temperature: ArrayLike, tc_scale: float = 1.0
) -> tuple[Floats, Floats]:
    """Rates down and up, 1/s per unit x, of quasiparticles on the junction's low-gap side.

    chip : temperature of the film, K, below the junction's critical temperature. temperature :
    effective temperature of the quasiparticles, K. tc_scale : factor on the critical
    temperature of the catalogue.
    """
    qubit, metal = design.qubit, superconductor(design.qubit.junction)
    gap = gap_at(metal.gap * tc_scale, metal.critical_temperature * tc_scale, chip)
    down, up = quasiparticle_rates(1.0, qubit.frequency, temperature, gap)
    if np.any(np.greater(qubit.gap_difference, 0)):  # the factors are exactly 1 where it is 0
        junction = (qubit.frequency, temperature, gap, qubit.gap_difference)
        down = down * gap_suppression("down", *junction)
        up = up * gap_suppression("up", *junction)
    return down, up


def unprotected_response(design: DesignModel, chip: ArrayLike) -> tuple[Floats, Floats]:
    """What quasiparticles with enough energy do at a gap-engineered junction.

    chip : temperature of the film, K. Returns the rate down and up, 1/s per unit x, of
    quasiparticles that a gap difference does not stop, and the energy (J) above the gap from
    which it does not: gap difference less hf, or 0 where the qubit's quantum suffices.
    """
    qubit, metal = design.qubit, superconductor(design.qubit.junction)
    gap = gap_at(metal.gap, metal.critical_temperature, chip)
    down, up = quasiparticle_rates(1.0, qubit.frequency, design.chip.burst_temperature, gap)
    protection = PLANCK * np.subtract(qubit.gap_difference, qubit.frequency)
    return down + up, np.maximum(0.0, protection)


def pair_breaking_fraction(
    design: DesignModel, gap: ArrayLike, radiation: ArrayLike, background: ArrayLike
) -> Floats:
    """x that photons from a body at ``radiation`` (K) add to ``background`` in the electrodes.

    gap : of the junction's low-gap side, J. Photons need 2 Delta of that side, although in a
    gap-engineered junction some need more: an upper bound there.
    """
    qubit, chip = design.qubit, design.chip
    photons = pair_breaking_photons(radiation, gap, qubit.radiation_attenuation)
    density = superconductor(qubit.junction).density_of_states
    generation = generation_rate(photons, gap, density, qubit.electrode_volume)
    return excess_fraction(generation, chip.trapping, chip.recombination, background)


def quasiparticle_channels(
    design: DesignModel, chip: float, radiation: float, tc_scale: float = 1.0
) -> tuple[Channel, ...]:
    """Relaxation as ``design_quasiparticle_rates``."""
    return _relaxations(design_quasiparticle_rates(design, chip, radiation, tc_scale))


def design_quasiparticle_rates(
    design: DesignModel, chip: ArrayLike, radiation: ArrayLike, tc_scale: float = 1.0
) -> Rates:
    """Relaxation by thermal quasiparticles, the measured residue, and pair-breaking photons.

    chip : temperature, K, below Tc. radiation : temperature of what the chip's lines and shields
    see, K. The photons' quasiparticles come on top of the other two, and recombine with them.
    """
    return irradiated_rates(design, junction_at(design, chip, tc_scale), radiation)


class JunctionAt(NamedTuple):
    """The junction at a temperature of the chip.

    Attributes
    ----------
    gap : of the low-gap side, J. thermal : fraction x in equilibrium. thermalised : rates down
    and up by these, 1/s. response : rates down and up per unit x of excess quasiparticles, 1/s.
    """

    gap: Floats
    thermal: Floats
    thermalised: tuple[Floats, Floats]
    response: tuple[Floats, Floats]


def junction_at(design: DesignModel, chip: ArrayLike, tc_scale: float = 1.0) -> JunctionAt:
    """What quasiparticles do without radiation; arguments as of ``design_quasiparticle_rates``."""
    qubit, metal = design.qubit, superconductor(design.qubit.junction)
    gap = gap_at(metal.gap * tc_scale, metal.critical_temperature * tc_scale, chip)
    thermal = thermal_fraction(chip, gap)
    down, up = quasiparticle_rates(thermal, qubit.frequency, chip, gap)
    if np.any(np.greater(qubit.gap_difference, 0)):
        factor = equilibrium_suppression(qubit.frequency, chip, gap, qubit.gap_difference)
        down, up = down * factor, up * factor
    response = quasiparticle_response(design, chip, qubit.quasiparticle_temperature, tc_scale)
    return JunctionAt(gap, thermal, (down, up), response)


def irradiated_rates(design: DesignModel, junction: JunctionAt, radiation: ArrayLike) -> Rates:
    """As ``design_quasiparticle_rates``, of a junction whose temperature is known."""
    residual = design.qubit.residual_quasiparticles
    background = junction.thermal + residual
    broken = pair_breaking_fraction(design, junction.gap, radiation, background)
    down, up = junction.response
    thermalised, residue, photons = QUASIPARTICLES
    return {
        thermalised: junction.thermalised,
        residue: (residual * down, residual * up),
        photons: (broken * down, broken * up),
    }


def dephasing_channels(
    design: DesignModel, chip: float, resonator_photons: float
) -> tuple[Channel, ...]:
    """Dephasing as ``dephasing_rates``; ``chip`` in K.

    Sensitivities that the design leaves out are those of its circuit; to first order a flux bias
    of 0 has none.
    """
    qubit = design.qubit
    pair = (qubit.frequency, qubit.anharmonicity)
    dispersion, slope = qubit.charge_dispersion, qubit.flux_sensitivity
    if dispersion is None:
        dispersion = charge_dispersion(*pair)
    if slope is None:
        slope = flux_sensitivity(*pair, qubit.flux_bias, qubit.junction_asymmetry)
    shot, noises = dephasing_rates(design, chip, resonator_photons, dispersion, slope)
    return (
        Channel(SHOT_NOISE, "dephasing", float(shot), decay="exponential"),
        *(
            Channel(name, "dephasing", float(rate), decay="gaussian")
            for name, rate in noises.items()
        ),
    )


def dephasing_rates(
    design: DesignModel,
    chip: ArrayLike,
    resonator_photons: ArrayLike,
    dispersion: ArrayLike,
    slope: ArrayLike,
) -> tuple[Floats, dict[str, Floats]]:
    """Dephasing by photons in the resonator (exponential), and by 1/f noise (Gaussian), 1/s.

    chip : temperature, K. resonator_photons : at the resonator's frequency. dispersion :
    peak-to-peak change of f01 over the offset charge, Hz. slope : |df01/dflux|, Hz.
    """
    qubit, readout = design.qubit, design.readout
    shot = shot_noise_dephasing(
        resonator_photons,
        2 * math.pi * readout.linewidth,
        2 * math.pi * readout.shift,
    )
    noises: dict[str, tuple[ArrayLike, ArrayLike]] = {
        "flux-noise": (qubit.flux_noise, slope),
        "charge-noise": (qubit.charge_noise, charge_sensitivity(dispersion)),
        "critical-current-noise": (
            qubit.critical_current_noise,
            critical_current_sensitivity(qubit.frequency, qubit.anharmonicity),
        ),
        "tls-noise": (fluctuator_amplitude(qubit.tls_noise, chip), 1.0),
    }
    return shot, {
        name: one_over_f_dephasing(amplitude, sensitivity, RAMSEY_LOG_FACTOR)
        for name, (amplitude, sensitivity) in noises.items()
    }
