"""What the chain says of many machines drawn over a design's uncertain inputs, as arrays.

Spreads of keys pass through the array version of the chain. Spreads of what no key states (the
junction's critical temperature, loss in the metal on the back) change the relaxation rate that it
finds; the chain runs once more with the T1 that comes out, so gates and the heat of correction
follow. A measured T1 stands, whatever its materials would make it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qubudget.cryostat.passive import ROOM
from qubudget.cryostat.wall import ROOM_TEMPERATURE
from qubudget.design import Design
from qubudget.errors import OutOfRangeError
from qubudget.materials.superconductors import superconductor
from qubudget.qubit import back_metal_channel
from qubudget.qubit.channels import QUASIPARTICLES, design_quasiparticle_rates
from qubudget.study.arrays.inputs import laid
from qubudget.study.arrays.vector import vectorised
from qubudget.study.spreads.inputs import Inputs
from qubudget.study.sweeping.blocks import ERROR

Floats = NDArray[np.float64]
Columns = dict[str, NDArray[Any]]
MARGIN = "thermal.worst_margin"
_UNVARIED = "machine.total_qubits"
"""A key that every design has, for the points of a design without uncertain keys."""


@dataclass(frozen=True)
class Output:
    """A headline number.

    Attributes
    ----------
    key : by the report's name. title, unit : for people.
    worse : which way is worse: where a machine drawn has no value at all, it counts as that.
    log : whether it spans decades, so that its logarithm is what varies.
    """

    key: str
    title: str
    unit: str
    worse: Literal["high", "low"] = "high"
    log: bool = True


def headlines(design: Design) -> tuple[Output, ...]:
    """The headline numbers of a design, in the order of the chain; no Monte Carlo."""
    return (
        *(
            Output(f"thermal.stages.{s.name}.temperature_K", f"temperature of {s.name}", "K")
            for s in design.stages
        ),
        Output(MARGIN, "worst thermal margin", "1", "low", log=False),
        Output("coherence.t1_s", "T1", "s", "low"),
        Output("coherence.t2_s", "T2", "s", "low"),
        Output("coherence.gate.one_qubit_error", "one-qubit gate error", "1"),
        Output("coherence.gate.two_qubit_error", "two-qubit gate error", "1"),
        Output("coherence.gate.readout_error", "read-out error", "1"),
        Output("impact.rate_per_s.total", "bursts on a chip", "1/s"),
    )


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Columns over the machines drawn, and why some could not be computed (empty: they were)."""

    columns: Columns
    errors: NDArray[Any]

    def __getitem__(self, key: str) -> Floats:
        """A column, NaN where a machine has no such value."""
        column = self.columns.get(key)
        if column is None:
            return np.full(len(self.errors), np.nan)
        return np.asarray(column, dtype=np.float64)

    @property
    def computed(self) -> NDArray[np.bool_]:
        """Machines inside the range of every model."""
        return np.asarray(self.errors == "", dtype=np.bool_)


def outcomes(inputs: Inputs, shares: Floats) -> Outcomes:
    """The chain at shares of all inputs, shape (points, inputs), each above 0 and below 1.

    Raises
    ------
    OutOfRangeError: shares of another shape, or no point that any model can compute.
    """
    if shares.ndim != 2 or shares.shape[1] != len(inputs.uncertain):
        raise OutOfRangeError(
            f"shares: {len(inputs.uncertain)} for each point, given {shares.shape}"
        )
    design, values = inputs.design, inputs.values(shares)
    if not values:
        values[_UNVARIED] = np.full(len(shares), float(design.machine.total_qubits))
    columns = vectorised(design, values)
    if any(one.parameter for one in inputs.uncertain) and design.measured.t1 is None:
        columns = _with_materials(inputs, shares, values, columns)
    margins = [columns[f"thermal.stages.{stage.name}.margin"] for stage in design.stages]
    columns[MARGIN] = np.min(np.stack(margins), axis=0)
    found = Outcomes(columns, np.asarray(columns[ERROR], dtype=object))
    if not found.computed.any():
        raise OutOfRangeError(f"no machine drawn can be computed: {found.errors[0]}")
    return found


def _with_materials(
    inputs: Inputs, shares: Floats, values: dict[str, Floats], columns: Columns
) -> Columns:
    """The columns with the T1 that material parameters make; none where a junction is normal."""
    modelled = columns.get("coherence.t1_modelled_s")
    if modelled is None:  # nothing has a balance
        return columns
    had = np.isfinite(modelled.astype(np.float64))
    t1 = np.full(len(shares), np.nan)
    t1[had] = _varied_t1(inputs, shares[had], {k: v[had] for k, v in values.items()},
                         {k: v[had] for k, v in columns.items()})  # fmt: skip
    has = np.isfinite(t1)
    found = {key: column.copy() for key, column in columns.items()}
    if has.any():
        again = {key: value[has] for key, value in values.items()} | {"measured.t1": t1[has]}
        for key, column in vectorised(inputs.design, again).items():
            found.setdefault(key, np.full(len(shares), np.nan, dtype=column.dtype))[has] = column
    for key in found:
        if key.startswith(("coherence.t1", "coherence.t2", "coherence.gate.")):
            found[key][had & ~has] = np.nan
    return found


def _varied_t1(
    inputs: Inputs, shares: Floats, values: dict[str, Floats], columns: Columns
) -> Floats:
    """T1, s, with factors on critical temperature and back-metal loss; NaN in a normal junction."""
    design = laid(inputs.design, values)
    scale = inputs.factor("critical temperature", shares)
    chip = columns["coherence.chip_temperature_K"].astype(np.float64)
    superconducts = chip < scale * superconductor(design.qubit.junction).critical_temperature
    seen = design.qubit.radiation_stage
    around = (
        np.full(len(chip), ROOM_TEMPERATURE)
        if seen == ROOM
        else columns[f"thermal.stages.{seen}.temperature_K"].astype(np.float64)
    )
    # Points with a normal junction are computed at the best value, and then left out.
    rates = design_quasiparticle_rates(
        design,
        chip,
        around,
        np.where(superconducts, scale, 1.0),  # type: ignore[arg-type]
    )
    total = 1 / columns["coherence.t1_modelled_s"].astype(np.float64)
    for name in QUASIPARTICLES:
        down, up = rates[name]
        total = total + down + up - columns[f"coherence.channels.{name}.rate_per_s"]
    back = columns.get(f"coherence.channels.{back_metal_channel.NAME}.rate_per_s")
    if back is not None:
        total = total + back * (inputs.factor("back-metal loss", shares) - 1)
    return np.where(superconducts & (total > 0), 1 / total, np.nan)
