"""Stability experiments: whether the product of many checks comes out right.

The dual of a memory experiment (Gidney, Quantum 6, 786 (2022)): where a memory keeps an observable
through time, lattice surgery moves one through space, and its outcome is a product of checks. A
patch with boundaries of one basis all around holds no logical qubit; the product of its checks of
that basis is +1 by construction. A shot fails if the decoder gets the product wrong. As measured
there, data start and end in the other basis, so that every check of the tested basis is random in
the first round and compared from round to round only; the product is that of the last round.

An undetected failure has to run from the first round to the last, for instance one ancilla read
wrongly in each. So the rounds, not the side of the patch, are the distance in code, and below the
threshold the failure per shot falls exponentially with them; a larger patch has more places for
such a chain to run and fails more often.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import stim

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import GateSet, Segment, detectors, experiment, runs_of
from qubudget.qec.cycle import RoundNoise, Schedule
from qubudget.qec.layout import Basis, Layout, rotated_closed
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.sampling import Counts, count_errors, stream
from qubudget.qec.scaling import Fit, Point, log_linear


def stability_circuit(
    layout: Layout,
    basis: Basis,
    noise: Sequence[Segment] | NoiseHistory,
    schedule: Schedule | None = None,
    gate_set: GateSet = "cz",
) -> stim.Circuit:
    """A stability experiment of the checks of ``basis``; arguments as of ``memory_circuit``.

    Parameters
    ----------
    layout : of :func:`qubudget.qec.layout.rotated_closed` for the same ``basis``.

    Returns
    -------
    circuit with a detector per check of ``basis`` and pair of neighbouring rounds, and the product
    of these checks in the last round as logical observable 0.

    Raises
    ------
    OutOfRangeError: checks of ``basis`` whose product is not the identity; a history of another
        number of qubits.
    """
    own = [i for i, check in enumerate(layout.checks) if check.basis == basis]
    met: set[int] = set()
    for i in own:
        met ^= {q for q in layout.checks[i].data if q is not None}
    if met:
        raise OutOfRangeError(
            f"the product of this patch's {basis} checks is not the identity: no stability "
            "experiment"
        )
    records = " ".join(f"rec[{i - len(layout.checks) - len(layout.data)}]" for i in own)
    return experiment(
        layout,
        "Z" if basis == "X" else "X",
        runs_of(layout, noise, schedule),
        schedule,
        gate_set,
        first=(),
        further=detectors(layout, {basis}),
        last=[f"OBSERVABLE_INCLUDE(0) {records}"],
    )


@dataclass(frozen=True)
class Stability:
    """Failures of stability experiments of one patch over different numbers of rounds."""

    side: int
    basis: Basis
    rounds: tuple[int, ...]
    counts: tuple[Counts, ...]

    def decline(self) -> Fit | None:
        """Fit of failure per shot, A Lambda_t^(-(n+1)/2), over the numbers of rounds n.

        Lambda_t is what two more rounds gain, as Lambda is what two more of distance do in a
        memory. None where fewer than two points have both failures and successes.
        """
        points = [
            Point(n, c.rate, (1 / c.errors - 1 / c.shots) ** 0.5)
            for n, c in zip(self.rounds, self.counts, strict=True)
            if 0 < c.errors < c.shots
        ]
        return log_linear(points, self.rounds[-1]) if len(points) > 1 else None

    def to_dict(self) -> dict[str, Any]:
        """Plain values; None for what has no meaning."""
        fit = self.decline()
        return {
            "side": self.side,
            "basis": self.basis,
            "points": [
                {
                    "rounds": n,
                    "shots": c.shots,
                    "errors": c.errors,
                    "failure_probability": c.rate,
                    "low": c.interval()[0],
                    "high": c.interval()[1],
                }
                for n, c in zip(self.rounds, self.counts, strict=True)
            ],
            "lambda_t": fit and fit.suppression,
            "lambda_t_low": fit and fit.suppression_low,
            "lambda_t_high": fit and fit.suppression_high,
        }


def stability(
    side: int,
    basis: Basis,
    noise: Callable[[int], RoundNoise],
    rounds: Sequence[int],
    shots: int,
    seed: int,
    *,
    schedule: Schedule | None = None,
    gate_set: GateSet = "cz",
    max_errors: int | None = None,
) -> Stability:
    """Stability experiments of one patch in steady noise, decoded by minimum-weight matching.

    Parameters
    ----------
    side : of the patch, in data qubits; even. basis : of the checks whose product is tested.
    noise : of every round, given the number of qubits.
    rounds : of each experiment. shots : of each, or fewer once ``max_errors`` are reached.

    Raises
    ------
    OutOfRangeError: an odd side; fewer than two rounds, which compare nothing.
    """
    if min(rounds, default=0) < 2:
        raise OutOfRangeError("a stability experiment compares rounds: at least 2 are needed")
    layout = rotated_closed(side, basis)
    steady = noise(layout.qubits)
    counts = [
        count_errors(
            stability_circuit(layout, basis, [(n, steady)], schedule, gate_set),
            shots,
            stream(seed, "stability", side, basis, n),
            max_errors=max_errors,
        )
        for n in rounds
    ]
    return Stability(side, basis, tuple(rounds), tuple(counts))
