"""What each line is on for, and for what share of the time in one error-correction cycle.

Duty cycles are means over the lines of a group (arXiv:2608.00990's accounting).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.cryostat.checks import above, at_least
from qubudget.errors import OutOfRangeError

IDLE, ONE_QUBIT, TWO_QUBIT, READOUT = "idle", "one-qubit gates", "two-qubit gates", "read-out"
"""What a machine may do all the time; a cycle of its workload does each for a share of it."""


def operation_of(line_kind: str) -> str:
    """The operation that lines of a kind are on for.

    >>> operation_of("photonic"), operation_of("coupler"), operation_of("pump")
    ('one-qubit gates', 'two-qubit gates', 'read-out')
    """
    if line_kind in ("drive", "photonic"):
        return ONE_QUBIT
    return TWO_QUBIT if line_kind in ("flux", "coupler") else READOUT


def gate_duty(
    gates: ArrayLike, gate_time: ArrayLike, lines: ArrayLike, cycle_time: ArrayLike
) -> NDArray[np.float64]:
    """Mean share of a cycle in which a drive or flux line carries gates, gates t / (lines T).

    Parameters
    ----------
    gates : gates per group and cycle. gate_time : t, s. lines : lines per group.
    cycle_time : T, s. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative or missing quantity, or a share above 1.

    16 one-qubit gates of 25 ns on 8 lines in 1100 ns, and 16 two-qubit gates of 42 ns:

    >>> round(float(gate_duty(16, 25e-9, 8, 1100e-9)), 4)
    0.0455
    >>> round(float(gate_duty(16, 42e-9, 8, 1100e-9)), 4)
    0.0764
    """
    busy = at_least(0, "gates", gates) * at_least(0, "gate time (s)", gate_time)
    return _share(busy / above(0, "lines", lines) / above(0, "cycle time (s)", cycle_time))


def readout_duty(
    readouts: ArrayLike, group_size: ArrayLike, readout_time: ArrayLike, cycle_time: ArrayLike
) -> NDArray[np.float64]:
    """Mean share of a cycle in which a read-out or pump line is on, (n/N) t / T.

    The qubits of one line are read together; lines of qubits that are not read stay off.

    Parameters
    ----------
    readouts : n, qubits read per group and cycle. group_size : N. readout_time : t, s.
    cycle_time : T, s. All broadcast.

    Raises
    ------
    OutOfRangeError: a negative or missing quantity, or a share above 1.

    4 of 8 qubits read for 375 ns in 1100 ns:

    >>> round(float(readout_duty(4, 8, 375e-9, 1100e-9)), 4)
    0.1705
    """
    read = at_least(0, "readouts", readouts) / above(0, "group size", group_size)
    time = at_least(0, "read-out time (s)", readout_time) / above(0, "cycle time (s)", cycle_time)
    return _share(read * time)


def _share(duty: NDArray[np.float64]) -> NDArray[np.float64]:
    # Rounding may bring a line that is always busy to a hair above 1.
    if np.any(duty > 1 + 1e-9):
        raise OutOfRangeError(f"a line cannot be on for {np.max(duty):.4g} of the time")
    return duty
