"""Where along one variable a yes-or-no question changes its answer."""

from __future__ import annotations

import math
from collections.abc import Callable

TOLERANCE = 1e-4
"""Relative width at which a bisection stops."""


def edge(
    passes: Callable[[float], bool], failing: float, passing: float, tolerance: float = TOLERANCE
) -> float | None:
    """The value nearest to ``failing`` that still passes, by bisection in the logarithm.

    Parameters
    ----------
    passes : the question, monotone between the ends; both ends are positive.
    failing, passing : an end that is known to fail, and the farthest value to try.

    Returns the last value that passed, within ``tolerance`` relative of the edge; None where
    ``passing`` itself does not pass.

    >>> round(edge(lambda x: x * x <= 2, 10.0, 0.1), 3)
    1.414
    """
    if not passes(passing):
        return None
    low, high = math.log(passing), math.log(failing)
    while abs(high - low) > tolerance:
        middle = (low + high) / 2
        if passes(math.exp(middle)):
            low = middle
        else:
            high = middle
    return math.exp(low)


def smallest(passes: Callable[[int], bool], low: int, high: int, step: int = 1) -> int | None:
    """The smallest of low, low + step, ... up to ``high`` that passes, for a monotone question.

    Steps double until one passes, so that a large ``high`` costs nothing where a small value
    will do; None where nothing up to ``high`` passes.

    >>> smallest(lambda n: n * n >= 200, 3, 61, 2)
    15
    """
    count = (high - low) // step
    failed, reach = -1, 0
    while not passes(low + step * reach):
        if reach == count:
            return None
        failed, reach = reach, min(count, 2 * reach + 1)
    while reach - failed > 1:
        middle = (reach + failed) // 2
        if passes(low + step * middle):
            reach = middle
        else:
            failed = middle
    return low + step * reach
