"""What the impact wing returns: rates, one reference event in full, bursts for the code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact.charge.result import ChargeJumps
from qubudget.impact.kinetics.uniform import Grid
from qubudget.impact.statistics import Statistics

Array = NDArray[np.float64]

TIMELINE_END = 0.1
"""Last time that the JSON timeline shows, s."""


@dataclass(frozen=True)
class Burst:
    """A class of impacts: how often, and what it does to the chip over time.

    Attributes
    ----------
    name : energy and place.
    rate : 1/s per chip.
    energy : deposited, J.
    x, y : cell centres from the chip's centre, shapes (nx,), (ny,), m.
    times : after the impact, shape (nt,), s.
    excess_relaxation : additional 1/T1, shape (nt, nx, ny), 1/s.
    detuning : shift of the qubits' frequency, shape (nt, nx, ny), Hz.
    """

    name: str
    rate: float
    energy: float
    x: Array
    y: Array
    times: Array
    excess_relaxation: Array
    detuning: Array


@dataclass(frozen=True)
class Stage:
    """One stage of an event: when (s), how far (m), and the lowest T1 (s) on the chip then."""

    name: str
    time: float | None
    length: float
    t1: float | None


@dataclass(frozen=True)
class Rates:
    """Rates of bursts per chip, deposits above 40 keV, 1/s; ``modelled`` is their sum."""

    total: float
    muon: float
    gamma: float
    hadron: float
    phonon_burst: float

    @property
    def modelled(self) -> float:
        """What the model says of the total, beside a measured one."""
        return self.muon + self.gamma + self.hadron + self.phonon_burst

    def of_total(self, measured: float | None) -> Rates:
        """With the total that was measured, or the model's."""
        return replace(self, total=self.modelled if measured is None else measured)


@dataclass(frozen=True)
class ImpactResult:
    """What radiation does to a chip.

    Attributes
    ----------
    rates : of bursts per chip.
    mean_deposit : of radiation above 40 keV, J; None without radiation.
    pair_breaking_efficiency : rest energy of quasiparticles over deposited energy, this chip.
    cascade_plateau : the same for a thick film alone.
    energy, x, y : the reference event, J and m from the chip's centre.
    times, grid : of the reference event.
    x_qp : its quasiparticles n/(2 N0 Delta), shape (nt, nx, ny).
    quiet_relaxation : 1/T1 in quiet times, 1/s; None where there is no T1.
    relaxation_per_x : 1/T1 per x at ``times``, shape (nt,), 1/s.
    qubit_relaxation : 1/T1 of every qubit, shape (nt, qubits), 1/s; None without T1.
    recovery_time, modelled_recovery_time : peak to 1/e of the excess 1/T1, s.
    affected_radius : where T1 falls below half of its quiet value, m.
    stages : the event's five stages.
    published : the second paper's own rules.
    bursts : classes of impacts for the error-correcting code; empty without T1.
    statistics : over many impacts by radiation; None without T1 or radiation.
    charge : jumps of the offset charge; None where the qubits are not charge-sensitive.
    reason : why some value is None, and other remarks; empty when there are none.
    """

    rates: Rates
    mean_deposit: float | None
    pair_breaking_efficiency: float
    cascade_plateau: float
    energy: float
    x: float
    y: float
    times: Array
    grid: Grid
    x_qp: Array
    quiet_relaxation: float | None
    relaxation_per_x: Array
    qubit_relaxation: Array | None
    recovery_time: float | None
    modelled_recovery_time: float | None
    affected_radius: float | None
    stages: tuple[Stage, ...]
    published: dict[str, Any]
    bursts: tuple[Burst, ...]
    statistics: Statistics | None
    charge: ChargeJumps | None
    reason: str

    @property
    def t1_min(self) -> float | None:
        """Shortest T1 over qubits and time, s."""
        return None if self.qubit_relaxation is None else 1 / float(self.qubit_relaxation.max())

    def arrays(self) -> xr.Dataset:
        """The reference event: x_qp and, where there is one, T1 over time, x, y (SI units)."""
        axes = ("time", "x", "y")
        share = {"units": "1", "long_name": "quasiparticles n / (2 N0 Delta)"}
        data = {"x_qp": (axes, self.x_qp, share)}
        if self.quiet_relaxation is not None:
            t1 = 1 / (self.quiet_relaxation + self.relaxation_per_x[:, None, None] * self.x_qp)
            data["t1"] = (axes, t1, {"units": "s", "long_name": "energy relaxation time"})
        return xr.Dataset(
            data,
            coords={
                "time": ("time", self.times, {"units": "s", "long_name": "time after the impact"}),
                "x": ("x", self.grid.x, {"units": "m", "long_name": "from the chip's centre"}),
                "y": ("y", self.grid.y, {"units": "m", "long_name": "from the chip's centre"}),
            },
        )

    def timeline(self) -> list[dict[str, float | None]]:
        """Rows of the JSON timeline."""
        rows: list[dict[str, float | None]] = []
        for index in np.flatnonzero(self.times <= TIMELINE_END * (1 + 1e-9)):
            rates = None if self.qubit_relaxation is None else self.qubit_relaxation[index]
            rows.append(
                {
                    "time_s": float(self.times[index]),
                    "t1_mean_s": None if rates is None else 1 / float(rates.mean()),
                    "t1_min_s": None if rates is None else 1 / float(rates.max()),
                    "x_qp_mean": float(self.x_qp[index].mean()),
                    "x_qp_max": float(self.x_qp[index].max()),
                }
            )
        return rows

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON keys."""
        mean = self.mean_deposit
        return {
            "rate_per_s": {
                "total": self.rates.total,
                "muon": self.rates.muon,
                "gamma": self.rates.gamma,
                "hadron": self.rates.hadron,
                "phonon_burst": self.rates.phonon_burst,
            },
            "mean_deposit_eV": None if mean is None else mean / ELEMENTARY_CHARGE,
            "pair_breaking_efficiency": self.pair_breaking_efficiency,
            "cascade_plateau": self.cascade_plateau,
            "t1_min_s": self.t1_min,
            "recovery_time_s": self.recovery_time,
            "affected_radius_m": self.affected_radius,
            "reference_event": {
                "energy_eV": self.energy / ELEMENTARY_CHARGE,
                "x_m": self.x,
                "y_m": self.y,
            },
            "modelled": {
                "rate_per_s": self.rates.modelled,
                "recovery_time_s": self.modelled_recovery_time,
            },
            "published": self.published,
            "stages": [
                {"name": s.name, "time_s": s.time, "length_m": s.length, "t1_s": s.t1}
                for s in self.stages
            ],
            "timeline": self.timeline(),
            "charge": None if self.charge is None else self.charge.to_dict(),
            "statistics": None if self.statistics is None else self.statistics.to_dict(),
            "reason": self.reason or None,
        }
