"""The qubit at many points: channels, T1, T2, and errors of gates in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qubudget.design.schema import DesignModel
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.channels import (
    SHOT_NOISE,
    Rates,
    dephasing_rates,
    irradiated_rates,
    junction_at,
    radiative_rates,
)
from qubudget.qubit.gates import coherence_time
from qubudget.qubit.noise_path import ROOM, ROOM_TEMPERATURE
from qubudget.study.arrays.circuit import sensitivities
from qubudget.study.arrays.gates import (
    Decay,
    Table,
    gate_table,
    published_table,
    stated_or,
    summed,
)
from qubudget.study.arrays.inputs import Floats, Mask, Points
from qubudget.study.arrays.memory import Memory
from qubudget.study.arrays.noise import occupations
from qubudget.study.arrays.thermal import Balances

_NAN = np.full(1, np.nan)


@dataclass(frozen=True)
class Qubits:
    """What the qubit wing says of all points.

    Attributes
    ----------
    table : by the report's names, each of shape (1,) or (size,); NaN where there is nothing.
    refused : points whose measured T2 no qubit can have.
    """

    table: Table
    refused: Mask

    def corrections(self, design: DesignModel) -> Floats:
        """Heat of correcting, W, as ``pipeline.correction_power``."""
        work, gate = design.workload, "coherence.gate."
        events = (
            work.one_qubit_gates * self.table[gate + "one_qubit_error"]
            + work.two_qubit_gates * self.table[gate + "two_qubit_error"]
            + work.readouts * self.table[gate + "readout_error"]
        )
        per_group = np.where(np.isnan(events), 0.5 * work.readouts, events)
        groups = np.ceil(np.divide(design.machine.qubits, design.machine.group_size))
        return np.atleast_1d(work.correction_energy * groups * per_group / work.cycle_time)


def cohere(found: Balances, memory: Memory | None = None) -> Qubits:
    """Coherence at solved temperatures; nothing where a stage runs away.

    memory : of the pass before.

    Raises
    ------
    OutOfRangeError: as the qubit wing, of any one point.
    """
    points, stable, known = found.points, found.stable, memory or Memory()
    if not stable.any():
        return Qubits(_without(points.base, None, _NAN, _NAN), np.zeros(1, bool))
    kept = known.recall(
        "stable", points.design, (stable,), lambda: points if stable.all() else points.take(stable)
    )
    warm = {name: _some(value, stable) for name, value in found.temperature.items()}
    rises = {name: _some(value, stable) for name, value in found.rises.items()}
    design = kept.design
    qubit = design.qubit
    rise = np.zeros(1) if qubit.joint is None else rises[qubit.joint]
    chip = warm[qubit.stage] + rise + qubit.excess_temperature
    coldest = min(superconductor(n).critical_temperature for n in (qubit.film, qubit.junction))
    normal = np.broadcast_to(chip >= coldest, kept.size)
    if not normal.any():
        table, refused = _coherent(kept, warm, rises, chip, known)
    else:
        parts = [_part(kept, warm, rises, chip, normal, True, known)]
        if not normal.all():
            parts.append(_part(kept, warm, rises, chip, ~normal, False, known))
        table = _scattered(kept.size, [(mask, part) for mask, part, _ in parts])
        refused = np.zeros(kept.size, bool)
        for mask, _, bad in parts:
            refused[mask] = bad
    if stable.all():
        return Qubits(table, refused)
    everywhere = np.zeros(points.size, bool)
    everywhere[stable] = refused
    return Qubits(_scattered(points.size, [(stable, table)]), everywhere)


def _some(value: Floats, mask: Mask) -> Floats:
    return value if value.size == 1 or mask.all() else value[mask]


def _part(
    points: Points,
    warm: Table,
    rises: Table,
    chip: Floats,
    mask: Mask,
    normal: bool,
    memory: Memory,
) -> tuple[Mask, Table, Mask]:
    kept = points.take(mask)
    here = {name: _some(value, mask) for name, value in warm.items()}
    over = {name: _some(value, mask) for name, value in rises.items()}
    if normal:
        found = _without(kept.design, here[kept.base.qubit.stage], _some(chip, mask), _NAN)
        return mask, found, np.zeros(1, bool)
    return mask, *_coherent(kept, here, over, _some(chip, mask), memory)


def _scattered(size: int, parts: list[tuple[Mask, Table]]) -> Table:
    table: Table = {}
    for mask, part in parts:
        for name, value in part.items():
            table.setdefault(name, np.full(size, np.nan))[mask] = value
    return table


def _without(design: DesignModel, stage: Floats | None, chip: Floats, nothing: Floats) -> Table:
    """Of a qubit without a modelled T1; measured values stand where ``stage`` (K) is known."""
    measured = design.measured
    stated = stage is not None
    t1 = stated_or(measured.t1 if stated else None, nothing)
    t2 = stated_or(measured.t2 if stated else None, nothing)
    table = {"coherence.t1_s": t1, "coherence.t2_s": t2, "coherence.tphi_s": nothing}
    if stage is not None and measured.t1 is not None and measured.t2 is not None:
        decay = Decay(1 / t1, np.maximum(0.0, 1 / t2 - 1 / t1 / 2), np.zeros(1))
        table["coherence.tphi_s"] = _time(decay.dephasing)
        table |= gate_table(design, stage, decay, np.zeros(1))
    elif stated:
        for name in ("one_qubit_error", "two_qubit_error", "readout_error"):
            table[f"coherence.gate.{name}"] = stated_or(getattr(measured, name), nothing)
    else:
        for name in ("one_qubit_error", "two_qubit_error", "readout_error"):
            table[f"coherence.gate.{name}"] = nothing
    table["coherence.chip_temperature_K"] = chip
    if stated:
        table |= published_table(design, chip, t1)
    return table


def _coherent(
    points: Points,
    warm: Mapping[str, Floats],
    rises: Mapping[str, Floats],
    chip: Floats,
    memory: Memory,
) -> tuple[Table, Mask]:
    design = points.design
    qubit, measured = design.qubit, design.measured
    seen, stage = qubit.radiation_stage, warm[qubit.stage]
    radiation = np.full(1, ROOM_TEMPERATURE) if seen == ROOM else warm[seen]
    second = np.subtract(qubit.frequency, qubit.anharmonicity)
    frequencies = np.stack(
        np.broadcast_arrays(
            *(np.atleast_1d(f) for f in (qubit.frequency, second, design.readout.frequency))
        )
    )
    drive, resonator = occupations(design, warm, frequencies, rises, memory)
    junction = memory.recall("junction", design, (chip,), lambda: junction_at(design, chip))
    broken = irradiated_rates(design, junction, radiation)
    rates = radiative_rates(design, chip, qubit.frequency, drive[0], resonator[0]) | broken
    circuit = memory.recall("circuit", design, (), lambda: sensitivities(points))
    shot, noises = dephasing_rates(design, chip, resonator[-1], *circuit)
    table = _channels(rates, shot, noises)

    down, up = (summed(rate[i] for rate in rates.values()) for i in (0, 1))
    relaxation = down + up
    gaussian = np.sqrt(summed(rate**2 for rate in noises.values()))
    modelled_t1 = _time(relaxation)
    t1 = stated_or(measured.t1, modelled_t1)
    total = np.where(np.isnan(t1), 0.0, 1 / t1)
    decay = Decay(total, shot, gaussian)
    refused = np.zeros(1, bool)
    modelled_tphi = _finite(coherence_time(0.0, shot, gaussian))
    tphi = modelled_tphi
    if measured.t2 is None:
        t2 = _finite(coherence_time(total, shot, gaussian))
    else:
        t2 = np.atleast_1d(np.asarray(measured.t2, dtype=np.float64))
        refused = 1 / t2 < total / 2 * (1 - 1e-12)
        decay = Decay(total, np.maximum(0.0, 1 / t2 - total / 2), np.zeros(1))
        tphi = _time(decay.dephasing)
    with np.errstate(invalid="ignore"):
        hotter = radiative_rates(design, chip, second, drive[1], resonator[1]) | broken
        heating = 2.0 * summed(rate[1] for rate in hotter.values())
        heating = np.where(relaxation > 0, heating * (total / relaxation), 0.0)
        population = np.where(relaxation > 0, up / relaxation, np.nan)
    table |= {
        "coherence.t1_s": t1,
        "coherence.t2_s": t2,
        "coherence.t1_modelled_s": modelled_t1,
        "coherence.t2_modelled_s": _finite(coherence_time(relaxation, shot, gaussian)),
        "coherence.tphi_s": tphi,
        "coherence.tphi_modelled_s": modelled_tphi,
        "coherence.thermal_population": population,
        "coherence.chip_temperature_K": chip,
        **gate_table(design, stage, decay, heating),
        **published_table(design, chip, t1),
    }
    return table, refused


def _channels(rates: Rates, shot: Floats, noises: Mapping[str, Floats]) -> Table:
    table: Table = {}
    for name, (down, up) in rates.items():
        key = f"coherence.channels.{name}"
        table |= {
            f"{key}.rate_per_s": down + up,
            f"{key}.down_per_s": down,
            f"{key}.up_per_s": up,
        }
    for name, rate in {SHOT_NOISE: shot, **noises}.items():
        table[f"coherence.channels.{name}.rate_per_s"] = rate
    return table


def _time(rate: Floats) -> Floats:
    with np.errstate(divide="ignore"):
        return _finite(1.0 / rate)


def _finite(value: Floats) -> Floats:
    return np.where(np.isfinite(value), value, np.nan)
