"""The constraints that need no simulation, at many points: the verdict without logical errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qubudget.design.checking import cycle_operations
from qubudget.design.schema import DesignModel
from qubudget.materials.superconductors import superconductor
from qubudget.study.arrays.inputs import Floats, Mask
from qubudget.verdict import Constraint, Verdict

FEASIBLE, BINDING = "cold.feasible", "cold.binding_constraint"
"""Columns: whether all constraints of cryostat, qubit and cycle hold (1, else 0), and the binding
one of them. Logical errors are not among them, so ``verdict.feasible`` is another thing."""


def judged(design: DesignModel, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Both columns, by the rules of ``qubudget.verdict``.

    design : with arrays for the numbers that vary. columns : of the cryostat and the qubit, each
    of shape (1,) or (size,).
    """
    names, passed, margins = [], [], []
    for name, value, limit, strict in _constraints(design, columns):
        names.append(name)
        with np.errstate(invalid="ignore", divide="ignore"):
            passed.append(value < limit if strict else value <= limit)
            margins.append(np.where(np.isnan(value), np.inf, (limit - value) / limit))
    holds: Mask = np.stack(np.broadcast_arrays(*passed))
    least = np.argmin(np.stack(np.broadcast_arrays(*margins)), axis=0)
    every = holds.all(axis=0)
    binding = np.where(every, least, np.argmin(holds, axis=0))
    return {FEASIBLE: every.astype(np.float64), BINDING: np.array(names)[binding]}


def _constraints(
    design: DesignModel, columns: Mapping[str, NDArray[Any]]
) -> Iterator[tuple[str, Floats, Floats, bool]]:
    """Name, value, limit, and whether the limit itself fails; a missing value is NaN."""
    for stage in design.stages:
        key = f"thermal.stages.{stage.name}"
        yield f"heat.{stage.name}", columns[f"{key}.load_W"], columns[f"{key}.capacity_W"], True
        limit = columns[f"{key}.max_temperature_K"]
        yield f"temperature.{stage.name}", columns[f"{key}.temperature_K"], limit, False
    chip = columns["coherence.chip_temperature_K"]
    for part in ("film", "junction"):
        material = superconductor(getattr(design.qubit, part))
        yield f"superconducting.{part}", chip, np.array([material.critical_temperature]), True
    for name in ("one_qubit", "two_qubit"):
        most = round(1 - getattr(design.targets, f"{name}_fidelity"), 15)
        error = columns[f"coherence.gate.{name}_error"]
        yield f"{name}_error", error, np.array([most]), False
    needed = np.atleast_1d(np.asarray(cycle_operations(design), dtype=np.float64))
    cycle = np.atleast_1d(np.asarray(design.workload.cycle_time, dtype=np.float64))
    yield "cycle_time", needed, cycle, False


def of_one(constraints: tuple[Constraint, ...]) -> dict[str, Any]:
    """The same of one point, from its constraints."""
    verdict = Verdict(constraints, ())
    return {"feasible": verdict.feasible, "binding_constraint": verdict.binding.name}
