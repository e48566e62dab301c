"""Values of design keys at many points, laid over one design as arrays."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from annotated_types import Ge, Le
from numpy.typing import NDArray

from qubudget.design.checking import CODE_LAYERS
from qubudget.design.fields import Quantity
from qubudget.design.schema import DesignModel

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

_ARRAYS = re.compile(
    "|".join(
        (
            r"machine\.(qubits|total_qubits)",
            r"stages\.[^.]+\.(rated_power|base_temperature|max_temperature|shield_area|emissivity)",
            r"lines\.[^.]+\.(per_group|count|power_at_chip|bias_current|pulse_current)",
            r"lines\.[^.]+\.(source_temperature|(load|attenuation|cable_loss|resistance)\.[^.]+)",
            r"electronics\.[^.]+\.(per_group|count|power|capacitance|voltage|clock)",
            r"loads\.[^.]+\.power",
            r"workload\.(cycle_time|one_qubit_gates|two_qubit_gates|readouts|correction_energy)",
            r"qubit\.(excess_temperature|frequency|anharmonicity|saturation|saturation_exponent)",
            r"qubit\.(residual_quasiparticles|quasiparticle_temperature|gap_difference)",
            r"qubit\.(flux_noise|flux_sensitivity|charge_noise|charge_dispersion)",
            r"qubit\.(critical_current_noise|flux_bias|junction_asymmetry|tls_noise)",
            r"qubit\.(radiation_attenuation|electrode_volume|drive_coupling)",
            r"dielectrics\.[^.]+\.(participation|tan_delta)",
            r"gates\.(one_qubit|two_qubit|readout|reset)_time",
            r"gates\.(one_qubit|two_qubit|readout|leakage|reset)_floor",
            r"readout\.(frequency|linewidth|shift|photons|loss|first_noise|first_gain)",
            r"readout\.(second_noise|purcell_suppression|input_coupling)",
            r"chip\.(trapping|recombination|burst_temperature)",
            r"radiation\.(muon_intensity|muon_reduction|gamma_rate|gamma_reduction|hadron_rate)",
            r"radiation\.(altitude|overburden|phonon_burst_rate)",
            r"measured\.(t1|t2|one_qubit_error|two_qubit_error|readout_error|burst_rate)",
            r"measured\.(temperature|load)\.[^.]+",
        )
    )
)
"""Keys whose values a point-by-point loop and arrays treat alike."""


def supported(key: str, design: DesignModel | None = None) -> bool:
    """Whether values of a key are computed as an array.

    Points of any other key are grouped by its value. What a photonic line carries, and the
    transitions of a qubit over metal or stated by its energies, are grouped too: that depends on
    the design.

    >>> supported("qubit.frequency"), supported("qubit.film")
    (True, False)
    """
    if _ARRAYS.fullmatch(key) is None:
        return False
    if design is None:
        return True
    section, name, *_ = key.split(".")
    if section == "lines":
        photonic = [line.name for line in design.lines if line.kind == "photonic"]
        return name not in photonic or key.endswith((".per_group", ".count"))
    stated_so = design.qubit.josephson_energy is None and design.chip.back_metal_thickness == 0
    return stated_so or key not in ("qubit.frequency", "qubit.anharmonicity")


@dataclass(frozen=True, eq=False)
class Points:
    """Points of a design space.

    Attributes
    ----------
    base : what all points share. values : SI values by key, each of shape (size,).
    """

    base: DesignModel
    values: Mapping[str, Floats]
    size: int

    @cached_property
    def design(self) -> DesignModel:
        """The design with arrays for numbers. Nothing is checked; see ``refusals``."""
        return laid(self.base, self.values)

    @cached_property
    def first(self) -> DesignModel:
        """The design of the first point."""
        return laid(self.base, {key: value[0].item() for key, value in self.values.items()})

    def take(self, chosen: Mask | slice) -> Points:
        """Some of the points."""
        values = {key: value[chosen] for key, value in self.values.items()}
        if isinstance(chosen, slice):
            return Points(self.base, values, len(range(*chosen.indices(self.size))))
        return Points(self.base, values, int(chosen.sum()))


def laid(design: DesignModel, values: Mapping[str, Any]) -> DesignModel:
    """A copy with values put in place as they are, unchecked."""
    for key, value in values.items():
        design = _with(design, key.split("."), value)
    return design


def _with(node: Any, path: list[str], value: Any) -> Any:
    head, *rest = path
    if isinstance(node, dict):
        return {**node, head: value}
    if isinstance(node, tuple):
        return tuple(_with(m, rest, value) if m.name == head else m for m in node)
    inner = _with(getattr(node, head), rest, value) if rest else value
    return node.model_copy(update={head: inner})


def allowed_range(design: DesignModel, key: str) -> tuple[Quantity, bool]:
    """Bounds of a key by the schema, and whether it counts."""
    node: Any = design
    found: Any = None
    for part in key.split("."):
        if isinstance(node, tuple):
            node = next(member for member in node if member.name == part)
        elif not isinstance(node, dict):
            field = type(node).model_fields[part]
            found = (field.annotation, *field.metadata)
            node = getattr(node, part)
    items = list(_flat(found))
    for item in items:
        if isinstance(item, Quantity):
            return item, False
    bounds: dict[str, Any] = {"low": 0, "high": np.inf}
    for item in items:
        if isinstance(item, Ge):
            bounds["low"] = item.ge
        elif isinstance(item, Le):
            bounds["high"] = item.le
    return Quantity("1", float(bounds["low"]), float(bounds["high"])), True


def _flat(annotation: Any) -> Iterator[Any]:
    """Everything that stands in an annotation."""
    if isinstance(annotation, tuple):
        for item in annotation:
            yield from _flat(item)
        return
    yield annotation
    yield from _flat(tuple(getattr(annotation, "metadata", ())))
    yield from _flat(typing.get_args(annotation))


def refusals(points: Points) -> Iterator[tuple[Mask, str]]:
    """Points that no design file could state, with the reason: ranges, then consistency."""
    for key, value in points.values.items():
        quantity, whole = allowed_range(points.base, key)
        inside = (value >= quantity.low) & (value <= quantity.high)
        if quantity.above:
            inside &= value > quantity.low
        if whole:
            inside &= value == np.floor(value)
        kind = "whole numbers " * whole
        yield ~inside, f"{key}: allowed: {kind}{quantity.allowed()}"
    for bad, reason in _inconsistent(points.design):
        yield np.broadcast_to(bad, points.size), reason


def _inconsistent(design: DesignModel) -> Iterator[tuple[Mask, str]]:
    """The rules of ``design.checking`` that numbers alone can break."""
    for stage in design.stages:
        yield (
            np.asarray(np.less_equal(stage.rated_power, 0)),
            f"stages.{stage.name}.rated_power: above 0 W for a margin",
        )
        if stage.base_temperature is not None:
            yield (
                np.greater_equal(stage.base_temperature, stage.rated_temperature),
                f"stages.{stage.name}.base_temperature: allowed: below the rated temperature",
            )
    machine, work, gates = design.machine, design.workload, design.gates
    yield (
        np.less(machine.total_qubits, machine.qubits),
        "machine.total_qubits: allowed: at least machine.qubits",
    )
    shares = sum(np.asarray(part.participation) for part in design.dielectrics)
    yield np.greater(shares, 1 + 1e-9), "dielectrics: participations add up to more than 1"
    one, two = CODE_LAYERS[design.code.family]
    needed = one * gates.one_qubit_time + two * gates.two_qubit_time
    needed = needed + gates.readout_time + gates.reset_time
    yield (
        np.greater(needed, work.cycle_time * (1 + 1e-9)),
        "workload.cycle_time: shorter than the operations of one cycle",
    )
    for name in ("one_qubit_time", "two_qubit_time"):
        short = np.less(getattr(gates, name), 2 * gates.rise)
        yield short, f"gates.{name}: allowed: at least twice gates.rise"
    t1, t2 = design.measured.t1, design.measured.t2
    if t1 is not None and t2 is not None:
        yield np.greater(t2, 2 * np.asarray(t1)), "measured.t2: allowed: at most twice measured.t1"
    known = design.measured.temperature
    ordered = [known[stage.name] for stage in design.stages if stage.name in known]
    for warm, cold in pairwise(ordered):
        yield np.greater_equal(cold, warm), "measured.temperature: a stage warmer than the next"
    qubit, readout = design.qubit, design.readout
    yield (
        np.greater_equal(qubit.anharmonicity, qubit.frequency),
        "a transmon's anharmonicity must be below its frequency",
    )
    with np.errstate(all="ignore"):
        detuning = np.subtract(qubit.frequency, readout.frequency)
        squared = np.abs(readout.shift * detuning * (detuning - qubit.anharmonicity))
        near = squared / qubit.anharmonicity > 0.1 * detuning**2
    yield (
        np.asarray(near | (detuning == 0)),
        "qubit and resonator are too close for the dispersive approximation",
    )
    yield np.less_equal(qubit.anharmonicity, 0), "qubit.anharmonicity: above 0 Hz for a transmon"
