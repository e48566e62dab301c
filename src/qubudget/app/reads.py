"""Which parts of a design each wing reads, and fingerprints of what a wing's answer depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from qubudget.design import Design

_ERRORS = ("one_qubit_error", "two_qubit_error", "readout_error")


def _of(section: str, *fields: str) -> tuple[str, ...]:
    return tuple(f"{section}.{field}" for field in fields)


READS: Mapping[str, tuple[str, ...]] = {
    "thermal": (
        "cryostat", "stages", "lines", "cables", "electronics", "loads", "joints", "workload",
        *_of("machine", "qubits", "group_size", "total_qubits"),
        *_of("gates", "one_qubit_time", "two_qubit_time", "readout_time"),
        *_of("measured", "temperature", "load"),
    ),
    "coherence": (
        "stages", "lines", "electronics", "joints", "qubit", "dielectrics", "readout", "published",
        *_of(
            "gates", "one_qubit_time", "two_qubit_time", "readout_time", "one_qubit_floor",
            "two_qubit_floor", "readout_floor", "leakage_floor", "model", "levels", "rise", "drag",
            "coupling",
        ),
        *_of(
            "chip", "substrate", "thickness", "back_metal", "back_metal_thickness",
            "back_island_size", "back_island_gap", "burst_temperature", "electrodes",
            "recombination", "trapping",
        ),
        *_of("measured", "t1", "t2", *_ERRORS),
    ),
    "impact": (
        "chip", "films", "radiation", "machine.qubits_per_chip",
        *_of("qubit", "film", "frequency", "island_radius", "island_gap"),
        *_of("measured", "burst_rate", "recovery_time"),
    ),
    "qec": (
        "code", "mitigation", "gates", "qubit.device_spread",
        *_of("machine", "qubits_per_chip", "total_qubits"),
        *_of("chip", "length", "width", "pitch"),
        *_of("workload", "cycle_time", "correction_energy"),
        *_of("measured", "suppression", *_ERRORS),
    ),
    "verdict": ("targets", "code", "gates", "workload.cycle_time"),
}  # fmt: skip
"""Sections, or single fields of a section, that a wing reads of the design itself. What it takes
from the wings before it comes on top: the cryostat the heat of correcting, which follows from the
errors; the qubit the stages' temperatures; radiation the quiet T1; error correction all errors
and the bursts; the verdict everything."""
WINGS = tuple(READS)
RATES = (
    *_of("chip", "length", "width", "thickness", "substrate"),
    "radiation",
    "measured.burst_rate",
)
"""What the rates of radiation depend on."""
COLD = tuple(dict.fromkeys([*READS["thermal"], *READS["coherence"]]))
"""What the cryostat and the qubit depend on; each moves the other."""


def read_by(wing: str, key: str) -> bool:
    """Whether a wing itself reads the value at a dotted key of a design."""
    return _among(READS[wing], key)


@lru_cache(maxsize=4096)
def first_wing(key: str) -> str:
    """The first wing along the chain that reads the value at a dotted key."""
    return next((wing for wing in WINGS if read_by(wing, key)), WINGS[-1])


def _among(places: tuple[str, ...], key: str) -> bool:
    return any(key == place or key.startswith(f"{place}.") for place in places)


def values(design: Design) -> dict[str, Any]:
    """A design's values as plain JSON, from which `fingerprint` picks."""
    return design.model_dump(mode="json")


def fingerprint(held: Mapping[str, Any], places: tuple[str, ...], *upstream: object) -> str:
    """Hash of the values at ``places`` and of the ``repr`` of what comes from upstream.

    Parameters
    ----------
    held : from `values`. places : sections, or fields of sections as "section.field".
    """
    picked = {}
    for place in sorted(places):
        section, _, field = place.partition(".")
        picked[place] = held[section][field] if field else held[section]
    text = json.dumps([picked, [repr(item) for item in upstream]], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
