"""Coherence of a design's qubit at given stage temperatures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from qubudget.design.schema import DesignModel
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.channels import (
    Channel,
    Surroundings,
    dephasing_channels,
    lines_of,
    photons_of_line,
    quasiparticle_channels,
    quasiparticle_response,
    radiative_channels,
    resonator_photons,
)
from qubudget.qubit.dielectric import RELAXATIONAL_ABOVE
from qubudget.qubit.gate_errors import GateErrors, gate_errors
from qubudget.qubit.gates import coherence_time
from qubudget.qubit.published import VARIANTS, Variant, published_fidelity, published_t2_star
from qubudget.qubit.result import CoherenceResult, Interval, LineNoise, PublishedCoherence
from qubudget.qubit.thermal import bose_occupation, reduced_energy

_NONE: Interval = (None, None)


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


def _noise(design: DesignModel, surroundings: Surroundings) -> tuple[list[LineNoise], list[str]]:
    """Photons at the chip's end of the drive and read-in lines, and in the resonator."""
    entries, notes = [], []
    for kind, frequency in (
        ("drive", design.qubit.frequency),
        ("read-in", design.readout.frequency),
    ):
        lines = lines_of(design, kind)
        for line in lines:
            photons = photons_of_line(design, line, surroundings, frequency)
            entries.append(LineNoise(line.name, kind, frequency, photons))
        if not lines:
            stage = design.qubit.stage
            photons = float(bose_occupation(frequency, surroundings.stages[stage]))
            entries.append(LineNoise(None, kind, frequency, photons))
            notes.append(f"no {kind} line: its photons are those of equilibrium at {stage}")
    frequency = design.readout.frequency
    photons = resonator_photons(design, surroundings, frequency)
    entries.append(LineNoise(None, "resonator", frequency, photons))
    return entries, notes


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


def _rates(channels: Sequence[Channel]) -> tuple[float, float, float]:
    """Total relaxation, exponential dephasing, and Gaussian dephasing (root of squares), 1/s."""
    relaxation = sum(c.rate_per_s for c in channels if c.kind == "relaxation")
    exponential = sum(c.rate_per_s for c in channels if c.decay == "exponential")
    gaussian = math.hypot(*(c.rate_per_s for c in channels if c.decay == "gaussian"))
    return relaxation, exponential, gaussian


def _intervals(
    design: DesignModel, chip: float, channels: Sequence[Channel], notes: list[str]
) -> tuple[Interval, Interval]:
    """95 % intervals of the modelled T1 and T2."""
    relaxation, exponential, gaussian = _rates(channels)
    spread = {f"dielectric.{entry.name}": entry.spread for entry in design.dielectrics}
    totals = [
        relaxation + channel.rate_per_s * (factor - 1)
        for channel in channels
        if channel.name in spread
        for factor in (spread[channel.name], 1 / spread[channel.name])
    ]
    metal = superconductor(design.qubit.junction)
    own = sum(c.rate_per_s for c in channels if c.name.endswith("quasiparticles"))
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
        varied = sum(c.rate_per_s for c in quasiparticle_channels(design, chip, scale))
        totals.append(relaxation - own + varied)

    def times(rate: float) -> tuple[float, float]:
        return 1 / rate, float(coherence_time(rate, exponential, gaussian))

    t1, t2 = _spread(times(relaxation), [times(total) for total in totals])
    if open_below:
        return (None, t1[1]), (None, t2[1])
    return t1, t2


def coherence(
    design: DesignModel, temperatures: Mapping[str, float | None], *, stable: bool = True
) -> CoherenceResult:
    """Channels, T1, T2, gate errors and the published model of ``design``.

    Parameters
    ----------
    design : the design.
    temperatures : of its stages, K, by name; None where a stage has no stable temperature.
    stable : False after a thermal runaway: nothing then has a value.

    T2 is the 1/e time of exp(-t (1/(2 T1) + G_exp) - (G_gauss t)^2), so T2 <= 2 T1.

    Raises
    ------
    OutOfRangeError: a channel is asked outside its range (no dispersive limit, gap difference
        equal to the qubit's energy), an unknown superconductor, a stage without an entry, or a
        measured T2 above twice T1.
    """
    missing = [s.name for s in design.stages if s.name not in temperatures]
    if missing:
        raise OutOfRangeError(f"no temperature for stage {', '.join(missing)}")
    known = {name: value for name, value in temperatures.items() if value is not None}
    lost = [stage.name for stage in design.stages if stage.name not in known]
    if not stable or lost:
        where = f" ({', '.join(lost)} without a stable temperature)" if lost else ""
        return _nothing(design, None, f"thermal runaway{where}: no temperature to compute at")

    surroundings = Surroundings(known[design.qubit.stage] + design.qubit.excess_temperature, known)
    reason = _normal_parts(design, surroundings.chip)
    if reason is not None:
        return _nothing(design, surroundings, reason)
    return _coherent(design, surroundings)


def _nothing(
    design: DesignModel, surroundings: Surroundings | None, reason: str
) -> CoherenceResult:
    """The result of a qubit without a modelled T1; measured values stand unless it ran away."""
    measured = design.measured if surroundings is not None else type(design.measured)()
    noise, notes = _noise(design, surroundings) if surroundings is not None else ([], [])
    chip = surroundings.chip if surroundings is not None else None
    t1, t2 = measured.t1, measured.t2
    if surroundings is not None and t1 is not None and t2 is not None:
        _check_pair(t1, t2)
        gate = gate_errors(design, surroundings.chip, t1=t1, t2=t2, heating=0.0)
        tphi = _time(1 / t2 - 0.5 / t1)
    else:
        gate = GateErrors.measured_only(measured)
        tphi = None
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
        chip_temperature_K=chip,
        channels=(),
        gate=gate,
        published=_published(design, chip, t1),
        published_variant=design.published.variant,
        noise=tuple(noise),
        relaxation_per_x=None,
        excess_up_share=None,
        reason=reason,
        notes=tuple(notes),
    )


def _check_pair(t1: float, t2: float) -> None:
    if t2 > 2 * t1 * (1 + 1e-12):
        raise OutOfRangeError(
            f"measured.t2 ({t2:g} s) is above twice T1 ({t1:g} s), which no qubit can have; "
            "state measured.t1 too if the model's T1 is too short"
        )


def _coherent(design: DesignModel, surroundings: Surroundings) -> CoherenceResult:
    qubit, measured, chip = design.qubit, design.measured, surroundings.chip
    noise, notes = _noise(design, surroundings)
    radiative = radiative_channels(design, surroundings, qubit.frequency)
    channels = (
        *radiative,
        *quasiparticle_channels(design, chip),
        *dephasing_channels(design, surroundings),
    )
    if qubit.bath == "tls" and chip > RELAXATIONAL_ABOVE:
        notes.append("relaxational loss of two-level systems, not in the model, adds above 1 K")
    if reduced_energy(qubit.frequency, chip) < 1:
        notes.append("kT > hf: populations are those of two levels, a transmon has more")

    relaxation, exponential, gaussian = _rates(channels)
    modelled_t1 = _time(relaxation)
    modelled_t2 = _time(1 / float(coherence_time(relaxation, exponential, gaussian)))
    t1_interval, t2_interval = (
        _intervals(design, chip, channels, notes) if relaxation > 0 else (_NONE, _NONE)
    )
    t1 = measured.t1 if measured.t1 is not None else modelled_t1
    total = 1 / t1 if t1 is not None else 0.0
    t2 = measured.t2
    if t2 is None:
        t2 = _time(1 / float(coherence_time(total, exponential, gaussian)))
    elif t1 is not None:
        _check_pair(t1, t2)
    ups = sum(c.up_per_s or 0.0 for c in channels)
    modelled_tphi = _time(1 / float(coherence_time(0.0, exponential, gaussian)))
    tphi = modelled_tphi if measured.t2 is None else _time(1 / measured.t2 - total / 2)
    per_x = quasiparticle_response(design, chip, design.chip.burst_temperature)
    heating = 2 * (
        sum(
            c.up_per_s or 0.0
            for c in radiative_channels(design, surroundings, qubit.frequency - qubit.anharmonicity)
        )
        + sum(c.up_per_s or 0.0 for c in channels if c.name.endswith("quasiparticles"))
    )
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
        chip_temperature_K=chip,
        channels=channels,
        gate=gate_errors(
            design,
            chip,
            t1=t1,
            t2=measured.t2,
            heating=heating,
            dephasing=exponential,
            gaussian_dephasing=gaussian,
        ),
        published=_published(design, chip, t1),
        published_variant=design.published.variant,
        noise=tuple(noise),
        relaxation_per_x=sum(per_x),
        excess_up_share=per_x[1] / sum(per_x),
        reason=None if modelled_t1 is not None else "no relaxation channel: T1 has no end",
        notes=tuple(notes),
    )
