"""Runaway of a stage that takes the heat of error correction.

    C(T) dT/dt = P + N (a + r E p(T)) - Q(T)

P: load that does not grow with the qubits, W. N: qubits. a: load of one qubit that does not
depend on errors, W. r: correction cycles per second. E: energy of one correction, J, and p(T):
corrections per qubit and cycle at the temperature T, from whatever qubit model. Q: cooling, W.

Where the right-hand side is zero, N = R(T) = (Q(T) - P) / (a + r E p(T)). So one curve, the
number of qubits that a temperature carries, holds all fixed points of all machines: stable
where R rises with T (one more qubit, a little warmer), unstable where it falls; its largest
value is the phase boundary, and each pair of a maximum and a minimum is a hysteresis loop. This is
the generic model of the feedback; Bilokur et al. (arXiv:2411.12805) pose the question, their
equations are not used.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar

from qubudget.cryostat.checks import at_least
from qubudget.errors import OutOfRangeError

Floats: TypeAlias = NDArray[np.float64]
Curve: TypeAlias = Callable[[Floats], ArrayLike]
Phase: TypeAlias = Literal["bounded", "bistable", "unbounded"]


@dataclass(frozen=True)
class CorrectedStage:
    """A stage whose load grows with the errors of the qubits that it cools.

    Attributes
    ----------
    cooling : Q(T), W, and error_rate : p(T), of arrays of temperatures between low and high.
    low, high : K. Colder is not modelled: where cooling is the stronger at ``low`` already,
        the stage stays there. Hotter counts as unbounded; the temperature at which p reaches
        the code's threshold is a sensible ``high``.
    fixed : P, W. per_qubit : a, W. cycle_rate : r, 1/s. energy : E, J.
    samples : points of the logarithmic scan in temperature; wiggles of R(T) between two of
        them are missed.
    """

    cooling: Curve
    error_rate: Curve
    low: float
    high: float
    fixed: float
    per_qubit: float
    cycle_rate: float
    energy: float
    samples: int = 2000

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high < math.inf or self.samples < 3:
            raise OutOfRangeError(f"a range above 0 K, given {self.low} to {self.high} K")
        for name in ("fixed", "per_qubit", "cycle_rate", "energy"):
            at_least(0, name, getattr(self, name))

    @property
    def grid(self) -> Floats:
        """Temperatures of the scan, K."""
        grid = np.geomspace(self.low, self.high, self.samples)
        grid[0], grid[-1] = self.low, self.high
        return grid

    def heating(self, temperature: ArrayLike, qubits: ArrayLike) -> Floats:
        """P + N (a + r E p(T)), W; temperature, K, and qubits broadcast."""
        return np.asarray(self.fixed + _array(qubits) * self._each(temperature))

    def capacity(self, temperature: ArrayLike) -> Floats:
        """R(T), the qubits whose heat balances the cooling at a temperature, K; infinite where
        a qubit brings no heat."""
        spare = np.asarray(self.cooling(_array(temperature)), dtype=np.float64) - self.fixed
        each = self._each(temperature)
        spare, each = np.broadcast_arrays(spare, each)
        empty = np.where(spare >= 0, np.inf, -np.inf)
        return np.asarray(np.divide(spare, each, out=np.array(empty), where=each > 0))

    def _each(self, temperature: ArrayLike) -> Floats:
        errors = at_least(0, "error rate", self.error_rate(_array(temperature)))
        return np.asarray(self.per_qubit + self.cycle_rate * self.energy * errors)


def _array(value: ArrayLike) -> Floats:
    return np.asarray(value, dtype=np.float64)


@dataclass(frozen=True)
class Boundary:
    """Largest machine that a corrected stage carries.

    Attributes
    ----------
    qubits : largest R(T); infinite where a qubit brings no heat. temperature : where, K.
    limited_by : "feedback" where R falls again above that temperature (the errors win over the
        cooling), "range" where it still rises at the hot end, "base" where it is largest at the
        cold end (constant cooling).
    """

    qubits: float
    temperature: float
    limited_by: Literal["feedback", "range", "base"]


def phase_boundary(stage: CorrectedStage) -> Boundary:
    """The largest R(T) between low and high, refined beyond the scan.

    Raises
    ------
    OutOfRangeError: a negative error rate.
    """
    grid = stage.grid
    values = stage.capacity(grid)
    peak = int(np.argmax(values))
    if peak == 0:
        return Boundary(float(values[0]), stage.low, "base")
    if peak == len(grid) - 1:
        return Boundary(float(values[-1]), stage.high, "range")
    found = minimize_scalar(
        lambda log_t: -float(stage.capacity(math.exp(log_t))),
        bounds=(math.log(grid[peak - 1]), math.log(grid[peak + 1])),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return Boundary(max(-float(found.fun), float(values[peak])), math.exp(found.x), "feedback")


def phases(stage: CorrectedStage, qubits: ArrayLike) -> NDArray[np.str_]:
    """Phase of machines of so many qubits each.

    "bounded": one stable balance, reached from any start between low and high. "unbounded": none;
    every start ends above ``high``. "bistable": the start decides, between two stable balances or
    between one and a runaway.

    Parameters
    ----------
    qubits : N, any shape.
    """
    count = at_least(0, "qubits", qubits)
    cools = stage.capacity(stage.grid) >= count[..., np.newaxis]
    # Heat flows up from below a stable balance: each change from heating to cooling is one,
    # and so is the cold end if the stage cools there.
    stable = cools[..., 0] + np.sum(cools[..., 1:] & ~cools[..., :-1], axis=-1)
    ends = stable + ~cools[..., -1]
    return np.where(stable == 0, "unbounded", np.where(ends > 1, "bistable", "bounded"))


@dataclass(frozen=True)
class PhaseDiagram:
    """Phases over qubits and energy per correction.

    Attributes
    ----------
    qubits : shape (n,). energy : J, shape (m,). label : Phase, shape (n, m).
    boundary : most qubits that are not unbounded, for each energy, shape (m,).
    """

    qubits: Floats
    energy: Floats
    label: NDArray[np.str_]
    boundary: Floats

    def to_dict(self) -> dict[str, Any]:
        """Plain values, units in the names."""
        return {
            "qubits": self.qubits.tolist(),
            "energy_J": self.energy.tolist(),
            "phase": self.label.tolist(),
            "boundary_qubits": [n if math.isfinite(n) else None for n in self.boundary.tolist()],
        }


def phase_diagram(stage: CorrectedStage, qubits: ArrayLike, energy: ArrayLike) -> PhaseDiagram:
    """Phases of machines of so many qubits with so much energy per correction.

    Parameters
    ----------
    stage : all but the energy. qubits : shape (n,). energy : J, shape (m,).
    """
    count, each = (
        np.atleast_1d(at_least(0, "qubits", qubits)),
        np.atleast_1d(at_least(0, "energy (J)", energy)),
    )
    stages = [_with_energy(stage, value) for value in each.tolist()]
    return PhaseDiagram(
        qubits=count,
        energy=each,
        label=np.stack([phases(one, count) for one in stages], axis=-1),
        boundary=np.array([phase_boundary(one).qubits for one in stages]),
    )


def _with_energy(stage: CorrectedStage, energy: float) -> CorrectedStage:
    return replace(stage, energy=energy)


@dataclass(frozen=True)
class Hysteresis:
    """Temperature of a machine that grows slowly, and shrinks again.

    Attributes
    ----------
    qubits : rising. growing, shrinking : temperature, K, on the way up from the coldest state
        and on the way down from the hottest; NaN above the stage's range.
    """

    qubits: Floats
    growing: Floats
    shrinking: Floats

    @property
    def differs(self) -> NDArray[np.bool_]:
        """Where the two ways do not meet."""
        both = np.isnan(self.growing) & np.isnan(self.shrinking)
        return ~both & ~np.isclose(self.growing, self.shrinking, rtol=1e-6, atol=0)


def hysteresis(stage: CorrectedStage, qubits: ArrayLike) -> Hysteresis:
    """The stable states that a machine passes through as its qubits change slowly.

    Parameters
    ----------
    qubits : N, rising, shape (n,).

    Raises
    ------
    OutOfRangeError: qubits that do not rise.
    """
    count = np.atleast_1d(at_least(0, "qubits", qubits))
    if np.any(np.diff(count) <= 0):
        raise OutOfRangeError("qubits must rise")
    grid, values = stage.grid, stage.capacity(stage.grid)
    growing = _followed(grid, values, count, 0)
    shrinking = _followed(grid, values, count[::-1], len(grid))[::-1]
    return Hysteresis(count, growing, shrinking)


def _followed(grid: Floats, values: Floats, count: Floats, start: int) -> Floats:
    """Temperatures along a list of machines, each starting where the one before ended.

    A place is the index of the first grid point above the state; len(grid): above the range.
    """
    place, found = start, np.empty(len(count))
    for index, number in enumerate(count.tolist()):
        cools = values >= number
        while place < len(grid) and not cools[place]:
            place += 1
        while place > 0 and cools[place - 1]:
            place -= 1
        if place == len(grid):
            found[index] = np.nan
        elif place == 0:
            found[index] = grid[0]
        else:  # linear in ln T between the two points that enclose the balance
            low, high = values[place - 1], values[place]
            share = (number - low) / (high - low) if np.isfinite(high - low) else 1.0
            found[index] = grid[place - 1] * (grid[place] / grid[place - 1]) ** share
    return found
