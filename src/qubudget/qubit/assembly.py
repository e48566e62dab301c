"""Coherence of a design's qubit at given stage temperatures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from qubudget.design.code import Measured
from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor
from qubudget.qubit import back_metal_channel
from qubudget.qubit.budget import Channel, totals
from qubudget.qubit.channels import (
    QUASIPARTICLES,
    Occupations,
    dephasing_channels,
    occupations,
    quasiparticle_channels,
    quasiparticle_response,
    radiative_channels,
    unprotected_response,
)
from qubudget.qubit.dielectric import RELAXATIONAL_ABOVE
from qubudget.qubit.fluctuators import EXTRAPOLATED_ABOVE
from qubudget.qubit.gate_errors import Decay, GateErrors, gate_errors
from qubudget.qubit.gates import coherence_time
from qubudget.qubit.levels import cold_rates, level_rates, transitions
from qubudget.qubit.noise_path import ROOM, ROOM_TEMPERATURE, Rises, joint_rise
from qubudget.qubit.published import VARIANTS, Variant, published_fidelity, published_t2_star
from qubudget.qubit.result import CoherenceResult, Interval, LineNoise, PublishedCoherence
from qubudget.qubit.spread import Population, population
from qubudget.qubit.thermal import reduced_energy

_NONE: Interval = (None, None)


class _Surroundings(NamedTuple):
    """What the qubit sits in: temperatures of its stage, its chip and its radiation, photons."""

    stage: float
    chip: float
    radiation: float
    photons: Occupations


def _time(rate: float) -> float | None:
    return 1.0 / rate if rate > 0 else None


def _normal_parts(design: DesignModel, chip: float) -> str | None:
    """Why there is no T1: the parts that are normal at the chip's temperature; None if none."""
    parts = {"film": design.qubit.film, "junction": design.qubit.junction}
    normal = [
        f"the {part} ({name}, Tc {superconductor(name).critical_temperature:g} K)"
        for part, name in parts.items()
        if chip >= superconductor(name).critical_temperature
    ]
    if not normal:
        return None
    verb = "is" if len(normal) == 1 else "are"
    return f"no T1: {' and '.join(normal)} {verb} normal at the chip's {chip:g} K"


def _published(
    design: DesignModel, chip: float | None, t1: float | None
) -> dict[Variant, PublishedCoherence]:
    """The first paper's model at the chip's temperature; nothing without one."""
    relaxation = design.published.include_relaxation
    if chip is None or (relaxation and t1 is None):
        return {variant: PublishedCoherence(None, None) for variant in VARIANTS}
    loss = sum(entry.participation * entry.tan_delta for entry in design.dielectrics)
    result = {}
    for variant in VARIANTS:
        rate_free = variant == "published-table" and loss == 0 and not relaxation
        if rate_free:  # its floor vanishes with the loss
            result[variant] = PublishedCoherence(None, 1.0)
            continue
        t2 = published_t2_star(loss, chip, variant, t1=t1 if relaxation else None)
        result[variant] = PublishedCoherence(float(t2), float(published_fidelity(t2)))
    return result


def _noise(design: DesignModel, photons: Occupations, notes: list[str]) -> tuple[LineNoise, ...]:
    """Drive photons at the qubit's frequency, read-in and resonator ones at the resonator's.

    ``photons`` : at the frequencies of the qubit and, last, of the resonator.
    """
    at = {"drive": (0, design.qubit.frequency), "read-in": (-1, design.readout.frequency)}
    entries = []
    for (kind, name), occupation in photons.lines.items():
        index, frequency = at[kind]
        entries.append(LineNoise(name, kind, frequency, float(occupation[index])))
        if name is None:
            stage = design.qubit.stage
            notes.append(f"no {kind} line: its photons are those of equilibrium at {stage}")
    resonator = float(photons.resonator[-1])
    return (*entries, LineNoise(None, "resonator", design.readout.frequency, resonator))


def _spread(
    best: tuple[float, float], varied: Sequence[tuple[float, float]]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """95 % intervals of T1 and T2 from one-at-a-time changes of independent inputs.

    Deviations of the logarithm add in quadrature, those up and those down each by themselves.
    """
    intervals = []
    for index in (0, 1):
        logs = [math.log(pair[index] / best[index]) for pair in varied]
        down = math.sqrt(sum(min(value, 0.0) ** 2 for value in logs))
        up = math.sqrt(sum(max(value, 0.0) ** 2 for value in logs))
        intervals.append((best[index] * math.exp(-down), best[index] * math.exp(up)))
    return intervals[0], intervals[1]


def _intervals(
    design: DesignModel,
    chip: float,
    radiation: float,
    channels: Sequence[Channel],
    notes: list[str],
) -> tuple[Interval, Interval]:
    """95 % intervals of the modelled T1 and T2."""
    relaxation, exponential, gaussian = totals(channels)
    spread = {f"dielectric.{entry.name}": entry.spread for entry in design.dielectrics}
    spread[back_metal_channel.NAME] = back_metal_channel.SPREAD
    changed = [  # one input at a time at either end of its interval
        relaxation + channel.rate_per_s * (factor - 1)
        for channel in channels
        if channel.name in spread
        for factor in (spread[channel.name], 1 / spread[channel.name])
    ]
    metal = superconductor(design.qubit.junction)
    others = sum(
        c.rate_per_s for c in channels if c.kind == "relaxation" and c.name not in QUASIPARTICLES
    )
    open_below = False
    for sign in (-1, 1):
        scale = 1 + sign * metal.critical_temperature_spread
        if chip >= scale * metal.critical_temperature:
            open_below = True
            notes.append(
                "no lower ends of T1 and T2: the junction is normal at the low end of its "
                "critical temperature's spread"
            )
            continue
        varied = sum(c.rate_per_s for c in quasiparticle_channels(design, chip, radiation, scale))
        changed.append(others + varied)

    def times(rate: float) -> tuple[float, float]:
        return 1 / rate, float(coherence_time(rate, exponential, gaussian))

    t1, t2 = _spread(times(relaxation), [times(total) for total in changed if total > 0])
    if open_below:
        return (None, t1[1]), (None, t2[1])
    return t1, t2


def coherence(
    design: DesignModel,
    temperatures: Mapping[str, float | None],
    *,
    stable: bool = True,
    rises: Rises | None = None,
) -> CoherenceResult:
    """Channels, T1, T2, gate errors and the published model of ``design``.

    Parameters
    ----------
    design : the design.
    temperatures : of its stages, K, by name; None where a stage has no stable temperature.
    stable : False after a thermal runaway: nothing then has a value.
    rises : over its stage of what each joint of the design fixes, K, by the joint's name; needed
        of the qubit's joint and of the clamps of drive and read-in lines.

    T2 is the 1/e time of exp(-t (1/(2 T1) + G_exp) - (G_gauss t)^2), so T2 <= 2 T1.

    Raises
    ------
    OutOfRangeError: a channel is asked outside its range (no dispersive limit, gap difference
        equal to the qubit's energy), an unknown superconductor, a stage without an entry, a
        joint without a rise, or a measured T2 above twice T1.
    """
    missing = [s.name for s in design.stages if s.name not in temperatures]
    if missing:
        raise OutOfRangeError(f"no temperature for stage {', '.join(missing)}")
    known = {name: value for name, value in temperatures.items() if value is not None}
    lost = [stage.name for stage in design.stages if stage.name not in known]
    if not stable or lost:
        where = f" ({', '.join(lost)} without a stable temperature)" if lost else ""
        return _nothing(design, None, f"thermal runaway{where}: no temperature to compute at")

    qubit = design.qubit
    if qubit.anharmonicity >= qubit.frequency:
        raise OutOfRangeError("a transmon's anharmonicity must be below its frequency")
    seen = qubit.radiation_stage
    if seen != ROOM and seen not in known:
        raise OutOfRangeError(f"qubit.radiation_stage {seen!r} is no stage of the design")
    rise = 0.0 if qubit.joint is None else joint_rise(qubit.joint, rises)
    frequencies = np.append(transitions(design)[0], design.readout.frequency)
    around = _Surroundings(
        known[qubit.stage],
        known[qubit.stage] + rise + qubit.excess_temperature,
        ROOM_TEMPERATURE if seen == ROOM else known[seen],
        occupations(design, known, frequencies, rises),
    )
    reason = _normal_parts(design, around.chip)
    return _coherent(design, around) if reason is None else _nothing(design, around, reason)


def _nothing(design: DesignModel, around: _Surroundings | None, reason: str) -> CoherenceResult:
    """The result of a qubit without a modelled T1; measured values stand unless it ran away."""
    measured = design.measured if around is not None else Measured()
    chip = None if around is None else around.chip
    notes: list[str] = []
    t1, t2 = measured.t1, measured.t2
    gate, tphi, spread = GateErrors.measured_only(measured), None, Population()
    if around is not None and t1 is not None and t2 is not None:
        decay = Decay.of_times(t1, t2)
        levels = cold_rates(design, decay.relaxation)
        gate = gate_errors(design, around.stage, decay, levels)
        tphi, spread = _time(decay.dephasing), population(design, decay, levels)
    return CoherenceResult(
        t1_s=t1,
        t2_s=t2,
        t1_interval_s=_NONE,
        t2_interval_s=_NONE,
        t1_modelled_s=None,
        t2_modelled_s=None,
        t1_modelled_interval_s=_NONE,
        t2_modelled_interval_s=_NONE,
        tphi_s=tphi,
        tphi_modelled_s=None,
        thermal_population=None,
        stage_temperature_K=None if around is None else around.stage,
        chip_temperature_K=chip,
        channels=(),
        gate=gate,
        spread=spread,
        published=_published(design, chip, t1),
        published_variant=design.published.variant,
        noise=() if around is None else _noise(design, around.photons, notes),
        relaxation_per_x=None,
        unprotected_per_x=None,
        protection=0.0,
        excess_up_share=None,
        reason=reason,
        notes=tuple(notes),
    )


def _coherent(design: DesignModel, around: _Surroundings) -> CoherenceResult:
    qubit, measured = design.qubit, design.measured
    stage, chip, radiation, photons = around
    notes: list[str] = []
    noise = _noise(design, photons, notes)
    drive, resonator = photons.drive.tolist(), photons.resonator.tolist()
    quasiparticles = quasiparticle_channels(design, chip, radiation)
    channels = (
        *radiative_channels(design, chip, qubit.frequency, drive[0], resonator[0]),
        *quasiparticles,
        *dephasing_channels(design, chip, resonator[-1]),
    )
    if qubit.bath == "tls" and chip > RELAXATIONAL_ABOVE:
        notes.append("relaxational loss of two-level systems, not in the model, adds above 1 K")
    if qubit.tls_noise > 0 and chip > EXTRAPOLATED_ABOVE:
        notes.append("noise of two-level fluctuators is extrapolated above 1 K")
    if reduced_energy(qubit.frequency, chip) < 1:
        notes.append("kT > hf: populations are those of two levels, a transmon has more")

    relaxation, exponential, gaussian = totals(channels)
    modelled_t1 = _time(relaxation)
    modelled_t2 = _time(1 / float(coherence_time(relaxation, exponential, gaussian)))
    t1_interval, t2_interval = (
        _intervals(design, chip, radiation, channels, notes) if relaxation > 0 else (_NONE, _NONE)
    )
    t1 = measured.t1 if measured.t1 is not None else modelled_t1
    total = 1 / t1 if t1 is not None else 0.0
    decay = Decay(total, exponential, gaussian)
    if measured.t2 is not None:
        decay = Decay.of_times(t1, measured.t2)
    t2 = measured.t2
    if t2 is None:
        t2 = _time(1 / float(coherence_time(total, exponential, gaussian)))
    ups = sum(c.up_per_s or 0.0 for c in channels)
    modelled_tphi = _time(1 / float(coherence_time(0.0, exponential, gaussian)))
    tphi = modelled_tphi if measured.t2 is None else _time(decay.dephasing)
    per_x = quasiparticle_response(design, chip, design.chip.burst_temperature)
    unprotected, protection = unprotected_response(design, chip)
    levels = cold_rates(design, total)
    if relaxation > 0:
        levels = level_rates(design, chip, photons, quasiparticles).scaled_to(total)
    return CoherenceResult(
        t1_s=t1,
        t2_s=t2,
        t1_interval_s=t1_interval if measured.t1 is None else _NONE,
        t2_interval_s=t2_interval if measured.t1 is None and measured.t2 is None else _NONE,
        t1_modelled_s=modelled_t1,
        t2_modelled_s=modelled_t2,
        t1_modelled_interval_s=t1_interval,
        t2_modelled_interval_s=t2_interval,
        tphi_s=tphi,
        tphi_modelled_s=modelled_tphi,
        thermal_population=ups / relaxation if relaxation > 0 else None,
        stage_temperature_K=stage,
        chip_temperature_K=chip,
        channels=channels,
        gate=gate_errors(design, stage, decay, levels),
        spread=population(design, decay, levels),
        published=_published(design, chip, t1),
        published_variant=design.published.variant,
        noise=noise,
        relaxation_per_x=float(sum(per_x)),
        unprotected_per_x=float(unprotected),
        protection=float(protection),
        excess_up_share=float(per_x[1] / sum(per_x)),
        reason=None if modelled_t1 is not None else "no relaxation channel: T1 has no end",
        notes=tuple(notes),
    )
