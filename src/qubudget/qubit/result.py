"""The result of the qubit wing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qubudget.qubit.budget import Channel, shares
from qubudget.qubit.gate_errors import GateErrors
from qubudget.qubit.published import Variant
from qubudget.qubit.spread import Population
from qubudget.qubit.thermal import effective_temperature

Interval = tuple[float | None, float | None]
"""Low and high end of a 95 % interval; None where there is none."""


@dataclass(frozen=True)
class PublishedCoherence:
    """The first paper's T2* and fidelity, of one variant."""

    t2_star_s: float | None
    fidelity: float | None


@dataclass(frozen=True)
class LineNoise:
    """Thermal photons at the chip's end of a line; ``line`` is None where the design has none."""

    line: str | None
    kind: str
    frequency_Hz: float
    photons: float

    @property
    def effective_temperature_K(self) -> float:
        """Temperature of a black body with as many photons at this frequency."""
        return float(effective_temperature(self.frequency_Hz, self.photons))

    def to_dict(self) -> dict[str, Any]:
        """The contract's entry of ``noise``."""
        return {**asdict(self), "effective_temperature_K": self.effective_temperature_K}


@dataclass(frozen=True)
class CoherenceResult:
    """What limits the qubit, and how long it lives.

    ``t1_s`` and ``t2_s`` are the measured values where the design states them, ``*_modelled_s``
    what the channels give. The intervals (95 %) cover the spread of the dielectrics' losses and
    of the junction's critical temperature, and belong to the modelled values: they are None for
    a measured one. None anywhere stands beside ``reason`` or a note. ``relaxation_per_x`` is
    the relaxation rate (1/s, down and up) per unit of quasiparticle fraction during a burst, and
    ``excess_up_share`` the share of it that excites. ``unprotected_per_x`` is the same for those
    whose energy lies by ``protection`` (J) or more above the gap, which a gap difference does not
    stop. ``spread`` is by how much qubits and moments differ.
    """

    t1_s: float | None
    t2_s: float | None
    t1_interval_s: Interval
    t2_interval_s: Interval
    t1_modelled_s: float | None
    t2_modelled_s: float | None
    t1_modelled_interval_s: Interval
    t2_modelled_interval_s: Interval
    tphi_s: float | None
    tphi_modelled_s: float | None
    thermal_population: float | None
    stage_temperature_K: float | None
    chip_temperature_K: float | None
    channels: tuple[Channel, ...]
    gate: GateErrors
    spread: Population
    published: Mapping[Variant, PublishedCoherence]
    published_variant: Variant
    noise: tuple[LineNoise, ...]
    relaxation_per_x: float | None
    unprotected_per_x: float | None
    protection: float
    excess_up_share: float | None
    reason: str | None
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The contract's ``coherence`` document."""
        chosen = self.published[self.published_variant]
        return {
            "t1_s": self.t1_s,
            "t2_s": self.t2_s,
            "t1_low_s": self.t1_interval_s[0],
            "t1_high_s": self.t1_interval_s[1],
            "t2_low_s": self.t2_interval_s[0],
            "t2_high_s": self.t2_interval_s[1],
            "t1_modelled_s": self.t1_modelled_s,
            "t2_modelled_s": self.t2_modelled_s,
            "t1_modelled_low_s": self.t1_modelled_interval_s[0],
            "t1_modelled_high_s": self.t1_modelled_interval_s[1],
            "t2_modelled_low_s": self.t2_modelled_interval_s[0],
            "t2_modelled_high_s": self.t2_modelled_interval_s[1],
            "tphi_s": self.tphi_s,
            "tphi_modelled_s": self.tphi_modelled_s,
            "thermal_population": self.thermal_population,
            "chip_temperature_K": self.chip_temperature_K,
            "channels": [
                channel.to_dict() | {"share": share}
                for channel, share in zip(self.channels, shares(self.channels), strict=True)
            ],
            "gate": asdict(self.gate),
            "spread": self.spread.to_dict(),
            "published": asdict(chosen)
            | {
                "variant": self.published_variant,
                "variants": {name: asdict(value) for name, value in self.published.items()},
            },
            "noise": [entry.to_dict() for entry in self.noise],
            "relaxation_per_x_per_s": self.relaxation_per_x,
            "unprotected_per_x_per_s": self.unprotected_per_x,
            "excess_up_share": self.excess_up_share,
            "reason": self.reason,
            "notes": list(self.notes),
        }
