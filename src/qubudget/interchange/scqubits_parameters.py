"""Parameters of scqubits from a design's qubit, and a design's qubit from scqubits.

Conventions and the factors between the two are in ``docs/scqubits-conventions.md``. Energies are
over h and in GHz, which is scqubits' unit unless it was told otherwise.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from qubudget.constants import BOLTZMANN, PLANCK
from qubudget.errors import DesignError, OutOfRangeError, Problem
from qubudget.interchange.files import refused
from qubudget.transmon import josephson_at_flux, transmon_energies, transmon_levels

if TYPE_CHECKING:
    from qubudget.pipeline import Report

GIGA = 1e9
UNITS = {"GHz": 1e9, "MHz": 1e6, "kHz": 1e3, "Hz": 1.0}
Kind = Literal["Transmon", "TunableTransmon"]
NEEDED: Mapping[str, tuple[str, ...]] = {
    "Transmon": ("EJ", "EC"),
    "TunableTransmon": ("EJmax", "EC", "d", "flux"),
}
SMALLEST_LOOP = 1e-6
"""E_J at the bias over its largest, below which no loop makes the stated frequency."""


@dataclass(frozen=True)
class ScqubitsQubit:
    """``getattr(scqubits, kind)(**arguments)`` is the design's qubit, in GHz.

    ``noise`` holds by name the arguments of its methods: temperature (K) and quality factor of
    ``t1_capacitive``, amplitudes of the 1/f channels in scqubits' conventions.
    """

    kind: Kind
    arguments: dict[str, float | int]
    noise: dict[str, dict[str, float]]

    def to_dict(self) -> dict[str, Any]:
        """Plain values; energies in GHz."""
        return asdict(self) | {"energy_unit": "GHz"}


def to_scqubits(report: Report) -> ScqubitsQubit:
    """The qubit of a report for scqubits: a Transmon where it has a single junction.

    report : with the wing coherence. The circuit has the design's f01 and anharmonicity at n_g = 0
    and at the flux bias. The quality factor is that which gives the rate of all dielectrics at
    f01 and the chip's temperature; where they saturate thermally it holds there only.

    Raises
    ------
    DesignError: a report without coherence, a flux bias that leaves no Josephson energy.
    OutOfRangeError: no transmon has the design's frequencies.
    """
    design, coherence = report.design, report.coherence
    if coherence is None or coherence.chip_temperature_K is None:
        given = "no coherence" if coherence is None else coherence.reason or "no temperature"
        raise refused(design.name, "report", given, "a report with a chip's temperature")
    qubit, chip = design.qubit, coherence.chip_temperature_K
    josephson, charging = transmon_energies(qubit.frequency, qubit.anharmonicity)
    # Five levels at least to 1e-9 of E_C in scqubits' basis of -ncut to ncut Cooper pairs.
    common: dict[str, float | int] = {
        "EC": charging / GIGA,
        "ng": 0.0,
        "ncut": max(30, math.ceil(13 + 14 * (josephson / charging / 32) ** 0.25)),
    }
    noise = {
        "tphi_1_over_f_cc": {"A_noise": qubit.critical_current_noise * josephson / GIGA},
        "tphi_1_over_f_ng": {"A_noise": qubit.charge_noise / 2},
    }
    dielectric = sum(c.rate_per_s for c in coherence.channels if c.name.startswith("dielectric."))
    if dielectric > 0:
        thermal = PLANCK * qubit.frequency / (2 * BOLTZMANN * chip)
        quality = 2 * math.pi * qubit.frequency / (math.tanh(thermal) * dielectric)
        noise["t1_capacitive"] = {"T": chip, "Q_cap": quality}
    if qubit.junction_asymmetry == 1:
        return ScqubitsQubit("Transmon", {"EJ": josephson / GIGA, **common}, noise)
    share = float(josephson_at_flux(1.0, qubit.flux_bias, qubit.junction_asymmetry))
    if share < SMALLEST_LOOP:
        raise refused(
            design.name, "qubit.flux_bias", f"{qubit.flux_bias:g}",
            "a bias that leaves the loop some Josephson energy",
        )  # fmt: skip
    noise["tphi_1_over_f_flux"] = {"A_noise": qubit.flux_noise}
    loop = {
        "EJmax": josephson / share / GIGA,
        "d": qubit.junction_asymmetry,
        "flux": qubit.flux_bias,
    }
    return ScqubitsQubit("TunableTransmon", {**loop, **common}, noise)


def from_scqubits(source: object) -> dict[str, Any]:
    """A design's changes from a scqubits qubit, for ``Design.replace``.

    source : a ``scqubits.Transmon`` or ``TunableTransmon``, in the unit that scqubits has; or a
    mapping of their arguments, in GHz. Frequencies are those at n_g = 0, the design's convention.

    Raises
    ------
    DesignError: another qubit, a missing or impossible argument, a circuit that is no transmon.

    >>> from_scqubits({"EJ": 15.0, "EC": 0.3})["qubit.anharmonicity"]
    '344... Hz'
    """
    kind, found, unit = _arguments(source)
    problems = [
        Problem(name, repr(found.get(name)), "a finite number")
        for name in NEEDED[kind]
        if isinstance(found.get(name), bool)
        or not isinstance(found.get(name), int | float)
        or not math.isfinite(found[name])
    ]
    if problems:
        raise DesignError("scqubits", problems)
    flux, asymmetry = (found["flux"], abs(found["d"])) if "EJmax" in found else (0.0, 1.0)
    largest = found["EJmax"] if "EJmax" in found else found["EJ"]
    try:
        josephson = float(josephson_at_flux(largest * unit, flux, asymmetry))
        levels = transmon_levels(josephson, found["EC"] * unit, count=3)
    except OutOfRangeError as error:
        raise refused("scqubits", kind, _shown(found, kind), f"a transmon ({error})") from error
    first, second = (float(levels[k + 1] - levels[k]) for k in range(2))
    if not 0 < first - second < first:
        allowed = "a transmon, whose anharmonicity f01 - f12 lies between 0 and f01"
        raise refused("scqubits", kind, _shown(found, kind), allowed)
    return {
        "qubit.frequency": f"{first!r} Hz",
        "qubit.anharmonicity": f"{first - second!r} Hz",
        "qubit.flux_bias": float(flux),
        "qubit.junction_asymmetry": float(asymmetry),
    }


def _arguments(source: object) -> tuple[str, dict[str, Any], float]:
    """Kind, arguments, and the unit of energy in Hz."""
    if isinstance(source, Mapping):
        kind = "TunableTransmon" if "EJmax" in source else "Transmon"
        return kind, dict(source), GIGA
    kind = type(source).__name__
    if kind not in NEEDED:
        raise refused("scqubits", "qubit", kind, "a mapping, or one of " + ", ".join(NEEDED))
    module = sys.modules.get("scqubits")
    unit = "GHz" if module is None else module.get_units()
    if unit not in UNITS:
        raise refused("scqubits", "units", repr(unit), "one of " + ", ".join(UNITS))
    return kind, {name: getattr(source, name, None) for name in NEEDED[kind]}, UNITS[unit]


def _shown(found: Mapping[str, Any], kind: str) -> str:
    return ", ".join(f"{name} = {found[name]:g}" for name in NEEDED[kind])
