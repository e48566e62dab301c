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
from scipy.optimize import brentq, minimize_scalar

from qubudget.cryostat.checks import above, at_least
from qubudget.errors import OutOfRangeError

Floats: TypeAlias = NDArray[np.float64]
Curve: TypeAlias = Callable[[Floats], ArrayLike]
Phase: TypeAlias = Literal["bounded", "bistable", "unbounded"]
Limit: TypeAlias = Literal["feedback", "range", "base"]

_EQUAL = 1e-9  # relative difference that rounding may make


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
    limited_by: Limit


def phase_boundary(stage: CorrectedStage) -> Boundary:
    """The largest R(T) between low and high, refined beyond the scan.

    Raises
    ------
    OutOfRangeError: a negative error rate.
    """
    grid = stage.grid
    qubits, temperature = _largest(stage.capacity, grid)
    limited: dict[float, Limit] = {grid[0]: "base", grid[-1]: "range"}
    return Boundary(qubits, temperature, limited.get(temperature, "feedback"))


def critical_energy(stage: CorrectedStage, qubits: float) -> float:
    """Largest energy of one correction at which so many qubits have a balance, J.

    A balance at T takes E = (Q - P - N a)/(N r p) at most; this is its largest value. Infinite
    where nothing is ever corrected, below 0 where the load without correction is too much.

    Parameters
    ----------
    stage : all but the energy. qubits : N, above 0.
    """
    count = float(above(0, "qubits", qubits))

    def bearable(temperature: ArrayLike) -> Floats:
        t = _array(temperature)
        spare = np.asarray(stage.cooling(t)) - stage.fixed - count * stage.per_qubit
        events = count * stage.cycle_rate * at_least(0, "error rate", stage.error_rate(t))
        spare, events = np.broadcast_arrays(spare, events)
        empty = np.where(spare >= 0, np.inf, -np.inf)
        return np.asarray(np.divide(spare, events, out=np.array(empty), where=events > 0))

    return _largest(bearable, stage.grid)[0]


def _largest(curve: Callable[[ArrayLike], Floats], grid: Floats) -> tuple[float, float]:
    """Largest value of a curve and its place, refined between the neighbours of the scan's."""
    values = curve(grid)
    peak = int(np.argmax(values))
    if peak in (0, len(grid) - 1) or not math.isfinite(values[peak]):
        return float(values[peak]), float(grid[peak])
    found = minimize_scalar(
        lambda log_t: -float(curve(math.exp(log_t))),
        bounds=(math.log(grid[peak - 1]), math.log(grid[peak + 1])),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return max(-float(found.fun), float(values[peak])), math.exp(found.x)


@dataclass(frozen=True)
class FixedPoint:
    """A temperature at which heating equals cooling.

    Attributes
    ----------
    temperature : K. stable : a small excursion dies: below it heating wins, above it cooling.
    """

    temperature: float
    stable: bool


def fixed_points(stage: CorrectedStage, qubits: float) -> tuple[FixedPoint, ...]:
    """All balances of a machine between low and high, cold to warm.

    Two balances closer together than one step of the scan can be missed, always both.

    Parameters
    ----------
    qubits : N.
    """
    count = float(at_least(0, "qubits", qubits))

    def net(temperature: float) -> float:
        return float(np.asarray(stage.cooling(_array(temperature)))) - float(
            stage.heating(temperature, count)
        )

    grid = stage.grid
    values = np.broadcast_to(np.asarray(stage.cooling(grid)), grid.shape)
    # A point that sits exactly on a balance belongs to the side above it.
    cools = values - stage.heating(grid, count) >= 0
    found = []
    for index in np.flatnonzero(cools[1:] != cools[:-1]).tolist():
        root = float(brentq(net, grid[index], grid[index + 1], xtol=1e-15, rtol=1e-14))
        found.append(FixedPoint(root, stable=bool(cools[index + 1])))
    return tuple(found)


def bistable_qubits(stage: CorrectedStage) -> tuple[float, float] | None:
    """Least and most qubits for which the start decides; None where it never does.

    It does for N where R(T1) >= N > R(T2) at T1 < T2: what is colder than T1 stays so, what is
    warmer than T2 warms on.
    """
    values = stage.capacity(stage.grid)
    colder = np.maximum.accumulate(values)
    margin = _EQUAL * np.where(np.isfinite(colder), np.abs(colder), 0.0)
    falls = (colder > 0) & (values < colder - margin)
    if not falls.any():
        return None
    return max(0.0, float(values[falls].min())), float(colder[falls].max())


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
    bistable_from : qubits from which on the start decides, shape (m,); the boundary's where it
        never does.
    """

    qubits: Floats
    energy: Floats
    label: NDArray[np.str_]
    boundary: Floats
    bistable_from: Floats

    def to_dict(self) -> dict[str, Any]:
        """Plain values, units in the names."""
        return {
            "qubits": self.qubits.tolist(),
            "energy_J": self.energy.tolist(),
            "phase": self.label.tolist(),
            "boundary_qubits": [n if math.isfinite(n) else None for n in self.boundary.tolist()],
            "bistable_from_qubits": [
                n if math.isfinite(n) else None for n in self.bistable_from.tolist()
            ],
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
    stages = [replace(stage, energy=value) for value in each.tolist()]
    most = [phase_boundary(one).qubits for one in stages]
    ranges = [bistable_qubits(one) for one in stages]
    return PhaseDiagram(
        qubits=count,
        energy=each,
        label=np.stack([phases(one, count) for one in stages], axis=-1),
        boundary=np.array(most),
        bistable_from=np.array([r[0] if r else n for r, n in zip(ranges, most, strict=True)]),
    )
