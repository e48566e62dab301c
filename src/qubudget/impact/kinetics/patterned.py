"""Films as kinetics sees them: what moves, removes and brings quasiparticles, cell by cell.

x = n/(2 N0 Delta). Fields have the shape (nx, ny) of a `qubudget.impact.kinetics.uniform.Grid`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.impact.energy.heat import gap_slowing
from qubudget.impact.energy.kaplan import phonon_share, scattering_rate

Array = NDArray[np.float64]
Index = NDArray[np.intp]

_HIGHEST = 50.0  # gap profile over kT: exp(-50) is lost beside 1


@dataclass(frozen=True)
class LivePhonons:
    """Pair-breaking phonons that stay in the film for a while.

    Attributes
    ----------
    pair_breaking_time : tau_pb, s (0.24 ns in aluminium at 2 Delta, Kaplan Eq. 8).
    escape_time : tau_esc into the substrate, s.
    """

    pair_breaking_time: float
    escape_time: float

    def __post_init__(self) -> None:
        if not (self.pair_breaking_time > 0 and self.escape_time > 0):
            raise OutOfRangeError("phonons need positive pair-breaking and escape times")

    @property
    def trapping_factor(self) -> float:
        """1 + tau_esc/tau_pb: what the bare recombination is divided by, once phonons follow."""
        return 1 + self.escape_time / self.pair_breaking_time


@dataclass(frozen=True)
class Slowing:
    """Diffusivity over its normal-state value while quasiparticles cool.

    Attributes
    ----------
    times : rising from 0, s. factors : at these times; linear between, the last one after.
    """

    times: Array
    factors: Array

    def at(self, time: float) -> float:
        return float(np.interp(time, self.times, self.factors))


def relaxation(start: float, rest: float, tau0: float, points: int = 400) -> Slowing:
    """Slowing of quasiparticles that cool from ``start`` to ``rest`` (energies in gaps).

    One mean energy for all, counted from the impact: dE/dt = -(E - 1) share(E) Gamma_s(E)
    (Kaplan's emission rate and the mean share of the excess that a phonon takes), then
    D = D_N sqrt(1 - (Delta/E)^2), impurities keeping the path. What phonons bring later counts
    as old as the impact.

    Parameters
    ----------
    start : above ``rest``; 3 where the cascade stops breaking pairs.
    rest : above 1; 1 + kT/(2 Delta) is the mean at an effective temperature T far below Delta/k.
    tau0 : Kaplan's electron-phonon time, s.

    >>> slowing = relaxation(3.0, 1.05, 440e-9)
    >>> round(slowing.at(0.0), 3), round(slowing.at(1.0), 3)
    (0.943, 0.305)
    """
    if not (1 < rest < start and tau0 > 0):
        raise OutOfRangeError("relaxation needs 1 < rest < start (gaps) and tau0 > 0")
    excess = np.geomspace(start - 1, rest - 1, points)
    rate = phonon_share(1 + excess) * scattering_rate(1 + excess) / tau0  # of ln(excess)
    steps = -np.diff(np.log(excess)) * (1 / rate[1:] + 1 / rate[:-1]) / 2
    return Slowing(np.concatenate(([0.0], np.cumsum(steps))), gap_slowing(1 + excess))


@dataclass(frozen=True)
class Film:
    """What moves and removes quasiparticles; fields have the grid's shape (nx, ny).

    Attributes
    ----------
    diffusivity : D, m^2/s, number or field; the normal state's where ``slowing`` is given.
    recombination : r, 1/s.
    trapping : s, 1/s, number or field (traps, vortices).
    measured : r comes from a measured decay and so contains phonon trapping. A bare one (Kaplan,
        1/(20.2 ns) in aluminium) is False.
    phonons : live phonons; need a bare r.
    gap : Delta/kT, field, at the effective temperature of the quasiparticles; they drift to where
        it is low. Only its differences matter.
    islands : integers, field; neighbours exchange flux where these agree. 0: no film.
    slowing : factor of the diffusivity over time.
    """

    diffusivity: ArrayLike
    recombination: float
    trapping: ArrayLike = 0.0
    measured: bool = True
    phonons: LivePhonons | None = None
    gap: Array | None = None
    islands: NDArray[np.int64] | None = None
    slowing: Slowing | None = None

    def __post_init__(self) -> None:
        for name in ("diffusivity", "recombination", "trapping"):
            values = np.asarray(getattr(self, name), dtype=np.float64)
            if not np.all(np.isfinite(values)) or np.any(values < 0):
                raise OutOfRangeError(f"{name} must be finite and >= 0")
        if self.measured and self.phonons is not None:
            raise OutOfRangeError(
                "a measured recombination already contains phonon trapping: "
                "live phonons need the bare one (measured=False)"
            )
        if self.gap is not None and not np.ptp(self.gap) <= _HIGHEST:
            raise OutOfRangeError(
                f"a gap profile of more than {_HIGHEST:g} kT: describe its low side as traps"
            )


@dataclass(frozen=True)
class Arrival:
    """x that phonons bring, fading: g = amount exp(-t/time)/time.

    Attributes
    ----------
    amount : brought in the end, field or number. time : s.
    """

    amount: ArrayLike
    time: float

    def __post_init__(self) -> None:
        if not 0 < self.time < np.inf:
            raise OutOfRangeError("phonons arrive within a time > 0")

    @property
    def breaks(self) -> Array:
        """Times at which the rate jumps, s."""
        return np.empty(0)

    def delivered(self, time: float) -> Array:
        """x brought until ``time``."""
        return np.asarray(np.asarray(self.amount) * -np.expm1(-time / self.time))

    def rate(self, time: float, within: float) -> Array:
        """1/s at ``time``; ``within`` is a time of the same step, where the rate might jump."""
        return np.asarray(np.asarray(self.amount) * (np.exp(-time / self.time) / self.time))

    def at(self, cells: tuple[Index, Index], shape: tuple[int, int]) -> Arrival:
        """The same for some of the grid's cells, in a row."""
        return Arrival(np.broadcast_to(self.amount, shape)[cells], self.time)


@dataclass(frozen=True)
class Deposits:
    """x brought at a constant rate within each time bin, as phonon transport records it.

    Attributes
    ----------
    edges : of the bins, rising, >= 0, shape (n + 1,), s.
    amounts : x brought in each bin, shape (n, nx, ny).
    """

    edges: Array
    amounts: Array

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.amounts) + 1 or np.any(np.diff(self.edges) <= 0):
            raise OutOfRangeError("deposits need n + 1 rising edges around n bins")

    @property
    def breaks(self) -> Array:
        """Times at which the rate jumps, s."""
        return self.edges

    def delivered(self, time: float) -> Array:
        """x brought until ``time``."""
        share = np.clip((time - self.edges[:-1]) / np.diff(self.edges), 0.0, 1.0)
        # Not BLAS, whose sums depend on its threads.
        return np.asarray(np.einsum("i,i...->...", share, self.amounts))

    def rate(self, time: float, within: float) -> Array:
        """1/s in the bin of ``within``, which lies in the same bin as ``time``."""
        index = int(np.searchsorted(self.edges, within)) - 1
        if not 0 <= index < len(self.amounts):
            return np.zeros(self.amounts.shape[1:])
        return np.asarray(self.amounts[index] / (self.edges[index + 1] - self.edges[index]))

    def at(self, cells: tuple[Index, Index], shape: tuple[int, int]) -> Deposits:
        """The same for some of the grid's cells, in a row."""
        return Deposits(self.edges, self.amounts[:, *cells])
