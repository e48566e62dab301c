"""How large a hazard can be that is too small to be counted.

The probability of a logical failure is a sum, over the sets of faults that defeat the decoder, of
products of their probabilities. A sum of products with positive coefficients has a logarithm that
is convex along any straight line in the logarithms of the probabilities. So between quiet times
and a burst that is so strong that its failures can be counted, every weaker burst lies below the
chord,

    h(weak) <= h(quiet)^(1 - theta) h(strong)^theta,

if no qubit's error probability exceeds p(quiet)^(1 - theta) p(strong)^theta. The excess of the weak
burst is at most that less h(quiet), and vanishes with the burst.

What is taken for granted: one decoder, noise so far below saturation that faults which cancel one
another may be left out, and the hazard in quiet times as the background's fit has it. A decoder
that knows the rates changes with them, so that for it the chord is no theorem. Counted were discs
of five and nine qubits of T1 = 300 to 1 us at d = 3 and 5, with noise of 0.2 to 1 times today's:
below strong bursts of an excess failure of up to 0.2 a window, hazards were 0.2 to 0.96 of the
ceiling for an unaware decoder and 0.2 to 1.2 of it for an aware one (above 1 only within a factor 6
of the strong burst's rate), which a margin of 1.2 covers (:data:`.refine.MARGIN`). A decoder that
is told of erasures changes at once when a qubit is hit, and gets no ceiling.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.qec.cycle import Decoherence, Schedule
from qubudget.qec.noise import combine, detuning_flip, independent_flips

Array = NDArray[np.float64]


def ceiling(quiet: ArrayLike, strong: ArrayLike, theta: ArrayLike) -> Array:
    """Largest excess hazard of a weak burst.

    Parameters
    ----------
    quiet : hazard in quiet times. strong : excess hazard of the strong burst; both per cycle.
    theta : where the weak burst lies between them, from 0 to 1. All broadcast.

    Uniform noise at twice and at ten times the quiet strength, where p^3 is exact:

    >>> theta = np.log(2) / np.log(10)
    >>> round(float(ceiling(1e-9, 1e-6 - 1e-9, theta)) / 1e-9, 6)
    7.0
    """
    still, more = np.asarray(quiet, float), np.asarray(strong, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        less = still * np.expm1(np.asarray(theta, float) * np.log1p(more / still))
    return np.asarray(np.where(still > 0, less, more))


def between(
    quiet: Decoherence, weak: Decoherence, strong: Decoherence, schedule: Schedule
) -> float:
    """The smallest theta for which no qubit's errors of the weak burst exceed the chord.

    ``weak`` and ``strong`` are excess rates on top of the quiet ones; all three shape (qubits,).
    0 where the weak burst does nothing; above 1 where somewhere it exceeds the strong one.
    """
    low, middle, high = (
        np.stack(_errors(quiet.plus(more) if more else quiet, schedule))
        for more in (None, weak, strong)
    )
    hit = middle > low
    with np.errstate(divide="ignore", invalid="ignore"):
        theta = np.log(middle / low) / np.log(high / low)
    # Without any quiet error only the order of the two bursts tells something.
    theta = np.where(low > 0, theta, np.where(middle <= high, 1.0, np.inf))
    return float(np.where(hit, np.where(high > low, theta, np.inf), 0.0).max(initial=0.0))


def _errors(rates: Decoherence, schedule: Schedule) -> tuple[Array, Array]:
    """Flips and phase flips per cycle of every qubit; beyond half a turn a phase is lost."""
    flip, _, phase = independent_flips(schedule.cycle_time, rates.relaxation, rates.dephasing)
    turn = np.minimum(np.abs(rates.detuning), 0.5 / schedule.unechoed)
    return flip, combine(phase, detuning_flip(turn, schedule.unechoed))
