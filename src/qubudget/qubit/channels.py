"""The decoherence channels of a design at given temperatures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from qubudget.design.fridge import Line
from qubudget.design.schema import DesignModel
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.gap import gap_at
from qubudget.qubit.line_noise import Piece, line_photons
from qubudget.qubit.low_frequency import (
    RAMSEY_LOG_FACTOR,
    charge_sensitivity,
    critical_current_sensitivity,
    one_over_f_dephasing,
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

ROOM = "300k"
ROOM_TEMPERATURE = 300.0


@dataclass(frozen=True)
class Channel:
    """One cause of decoherence.

    Attributes
    ----------
    name : ``thermal-quasiparticles``, ``dielectric.<entry>``, ...
    kind : relaxation or dephasing.
    rate_per_s : sum of down and up of a relaxation channel; 1/Tphi of a dephasing one.
    down_per_s, up_per_s : of a relaxation channel.
    decay : of a dephasing channel: exponential exp(-G t) or gaussian exp(-(G t)^2).
    """

    name: str
    kind: Literal["relaxation", "dephasing"]
    rate_per_s: float
    down_per_s: float | None = None
    up_per_s: float | None = None
    decay: Literal["exponential", "gaussian"] | None = None

    def to_dict(self) -> dict[str, Any]:
        """The channel in the contract's keys, without those that have no meaning for it."""
        values: dict[str, Any] = {
            "name": self.name,
            "kind": self.kind,
            "rate_per_s": self.rate_per_s,
        }
        if self.kind == "relaxation":
            return values | {"down_per_s": self.down_per_s, "up_per_s": self.up_per_s}
        return values | {"decay": self.decay}


@dataclass(frozen=True)
class Surroundings:
    """Temperatures (K) that a qubit sees: its chip's and those of the stages."""

    chip: float
    stages: Mapping[str, float]


def _relaxation(name: str, down: Any, up: Any) -> Channel:
    return Channel(name, "relaxation", float(down + up), float(down), float(up))


def lines_of(design: DesignModel, kind: str) -> tuple[Line, ...]:
    """The design's lines of one kind."""
    return tuple(line for line in design.lines if line.kind == kind)


def photons_of_line(
    design: DesignModel, line: Line, surroundings: Surroundings, frequency: float
) -> float:
    """Photons that ``line`` brings to the qubit's stage at ``frequency`` (Hz).

    The line passes the stages between its start and its end, or the qubit's stage if that is
    warmer than its end; the source is at ``source_temperature`` or at the start's temperature.
    """
    names = [stage.name for stage in design.stages]
    first = -1 if line.starts_at == ROOM else names.index(line.starts_at)
    last = min(names.index(line.ends_at), names.index(design.qubit.stage))
    warm = ROOM_TEMPERATURE if first < 0 else surroundings.stages[names[first]]
    source = warm if line.source_temperature is None else line.source_temperature
    pieces = []
    if first >= 0:
        pieces.append(Piece(warm, warm, 1.0, line.attenuation.get(names[first], 1.0)))
    for name in names[first + 1 : last + 1]:
        cold = surroundings.stages[name]
        loss = line.cable_loss.get(name, 1.0)
        pieces.append(Piece(warm, cold, loss, line.attenuation.get(name, 1.0)))
        warm = cold
    return line_photons(frequency, source, pieces)


def port_photons(
    design: DesignModel, kind: str, surroundings: Surroundings, frequency: float
) -> float:
    """Photons at ``frequency`` (Hz) behind the noisiest line of a kind.

    A design without such a line has the equilibrium number of the qubit's stage.
    """
    lines = lines_of(design, kind)
    if not lines:
        return float(bose_occupation(frequency, surroundings.stages[design.qubit.stage]))
    return max(photons_of_line(design, line, surroundings, frequency) for line in lines)


def resonator_photons(design: DesignModel, surroundings: Surroundings, frequency: float) -> float:
    """Occupation of the read-out resonator's ports at ``frequency`` (Hz), weighted by kappa.

    The port of the read-in line brings that line's photons; the other ports, behind the
    isolators of the read-out side, are in equilibrium with the qubit's stage.
    """
    share = design.readout.input_coupling
    stage = float(bose_occupation(frequency, surroundings.stages[design.qubit.stage]))
    return share * port_photons(design, "read-in", surroundings, frequency) + (1 - share) * stage


def radiative_channels(
    design: DesignModel, surroundings: Surroundings, frequency: float
) -> tuple[Channel, ...]:
    """Relaxation into dielectrics, the drive line and the resonator, at a transition frequency.

    ``frequency`` (Hz) is that at which the baths are seen: f01, or f12 for heating out of the
    first excited state.
    """
    qubit, readout = design.qubit, design.readout
    channels = []
    for entry in design.dielectrics:
        down, up = dielectric_rates(
            qubit.bath,
            entry.participation * entry.tan_delta,
            frequency,
            surroundings.chip,
            saturation=qubit.saturation,
            exponent=qubit.saturation_exponent,
        )
        channels.append(_relaxation(f"dielectric.{entry.name}", down, up))
    drive = port_photons(design, "drive", surroundings, frequency)
    channels.append(
        _relaxation("drive-line", qubit.drive_coupling * (1 + drive), qubit.drive_coupling * drive)
    )
    purcell = purcell_rate(
        qubit.frequency,
        readout.frequency,
        qubit.anharmonicity,
        readout.shift,
        readout.linewidth,
        readout.purcell_suppression,
    )
    photons = resonator_photons(design, surroundings, frequency)
    channels.append(_relaxation("purcell", purcell * (1 + photons), purcell * photons))
    return tuple(channels)


def quasiparticle_response(
    design: DesignModel, chip: float, temperature: float, tc_scale: float = 1.0
) -> tuple[float, float]:
    """Rates down and up, 1/s per unit x, of quasiparticles on the junction's low-gap side.

    chip : temperature of the film, K, below the junction's critical temperature. temperature :
    effective temperature of the quasiparticles, K. tc_scale : factor on the critical
    temperature of the catalogue.
    """
    qubit, metal = design.qubit, superconductor(design.qubit.junction)
    gap = gap_at(metal.gap * tc_scale, metal.critical_temperature * tc_scale, chip)
    down, up = quasiparticle_rates(1.0, qubit.frequency, temperature, gap)
    if qubit.gap_difference > 0:
        junction = (qubit.frequency, temperature, gap, qubit.gap_difference)
        down = down * gap_suppression("down", *junction)
        up = up * gap_suppression("up", *junction)
    return float(down), float(up)


def quasiparticle_channels(
    design: DesignModel, chip: float, tc_scale: float = 1.0
) -> tuple[Channel, ...]:
    """Relaxation by thermal and by residual quasiparticles; chip (K) below Tc."""
    qubit, metal = design.qubit, superconductor(design.qubit.junction)
    gap = gap_at(metal.gap * tc_scale, metal.critical_temperature * tc_scale, chip)
    down, up = quasiparticle_rates(thermal_fraction(chip, gap), qubit.frequency, chip, gap)
    if qubit.gap_difference > 0:
        factor = equilibrium_suppression(qubit.frequency, chip, gap, qubit.gap_difference)
        down, up = down * factor, up * factor
    response = quasiparticle_response(design, chip, qubit.quasiparticle_temperature, tc_scale)
    x = qubit.residual_quasiparticles
    return (
        _relaxation("thermal-quasiparticles", down, up),
        _relaxation("residual-quasiparticles", x * response[0], x * response[1]),
    )


def dephasing_channels(design: DesignModel, surroundings: Surroundings) -> tuple[Channel, ...]:
    """Dephasing by photons in the resonator and by 1/f noise of flux, charge and current."""
    qubit, readout = design.qubit, design.readout
    shot = shot_noise_dephasing(
        resonator_photons(design, surroundings, readout.frequency),
        2 * math.pi * readout.linewidth,
        2 * math.pi * readout.shift,
    )
    noises: dict[str, tuple[float, Any]] = {
        "flux-noise": (qubit.flux_noise, qubit.flux_sensitivity),
        "charge-noise": (qubit.charge_noise, charge_sensitivity(qubit.charge_dispersion)),
        "critical-current-noise": (
            qubit.critical_current_noise,
            critical_current_sensitivity(qubit.frequency, qubit.anharmonicity),
        ),
    }
    return (
        Channel("photon-shot-noise", "dephasing", float(shot), decay="exponential"),
        *(
            Channel(
                name,
                "dephasing",
                float(one_over_f_dephasing(amplitude, sensitivity, RAMSEY_LOG_FACTOR)),
                decay="gaussian",
            )
            for name, (amplitude, sensitivity) in noises.items()
        ),
    )
