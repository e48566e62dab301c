"""One TR-BDF2 step of quasiparticles and their phonons on a film's cells.

A trapezium to gamma = 2 - sqrt(2) of the step, then the second backward difference to its end
(R. E. Bank et al., IEEE Trans. CAD 4, 436 (1985)): second order, L-stable, and both stages solve
x - a f(x) = right with the same a. The embedded error estimate (M. E. Hosea and L. F. Shampine,
Appl. Numer. Math. 20, 21 (1996)) is filtered by the implicit matrix, so that stiff traps do not
dictate the step.

Whatever the linear solver leaves, x >= 0 and each stage's balance holds for every island. The
error of an island's total adds up from step to step, while those within it decay: its estimate is
put right by a factor. There the source counts with what it brings by its integral, so that a
film without losses holds what it was given to rounding.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from qubudget.impact.kinetics.multigrid import Hierarchy, outflow, prepare, solve, v_cycle

Array = NDArray[np.float64]

GAMMA = 2 - sqrt(2)
STAGE = GAMMA / 2  # a over the step, of both stages
_KEEP = 1 / (GAMMA * (2 - GAMMA))
_ERROR = (-3 * GAMMA**2 + 4 * GAMMA - 2) / (6 * (2 - GAMMA))
_SOLVED = 0.05  # share of the tolerated error that the linear solver may leave
_MOST_CYCLES = 200
_TINY = 1e-300


class Rates(NamedTuple):
    """Of the film's cells.

    Attributes
    ----------
    weight : exp(-Delta/kT) relative to the lowest gap; x = weight y, and y diffuses.
    s : trapping, 1/s.
    r : recombination, 1/s.
    breaking : 1/tau_pb, and leaving : 1/tau_pb + 1/tau_esc, 1/s; 0 without live phonons.
    """

    weight: Array
    s: Array
    r: float
    breaking: float
    leaving: float


class Supply(NamedTuple):
    """What the source does in one step: its rates (1/s) at begin, middle, end; what it brings."""

    begin: Array
    middle: Array
    end: Array
    brought: Array


class State(NamedTuple):
    """x, p, and their slopes (the source's part left out), per cell."""

    x: Array
    p: Array
    slope: Array
    slope_p: Array


@njit(cache=True, error_model="numpy")
def slopes(h: Hierarchy, rates: Rates, slowing: float, state: State) -> None:
    """Fill in the slopes of ``state`` from its x and p."""
    outflow(h, state.x / rates.weight, state.slope)
    for i in range(len(state.x)):
        x, p = state.x[i], state.p[i]
        pairs = rates.r * x * x
        loss = slowing * state.slope[i] + rates.s[i] * x + pairs
        state.slope[i] = 2 * rates.breaking * p - loss
        state.slope_p[i] = (pairs / 2 if rates.breaking > 0 else 0.0) - rates.leaving * p


@njit(cache=True, error_model="numpy")
def scale_of(x: Array, floor: float) -> float:
    """Mean of x, or ``floor``: what errors are compared with besides the cell's own x."""
    return max(float(x.mean()), floor, _TINY)


@njit(cache=True, error_model="numpy")
def _stage(
    h: Hierarchy,
    rates: Rates,
    a: float,
    slowing: float,
    right: Array,
    right_p: Array,
    tolerance: float,
    bounds: tuple[float, float, float],
    y: Array,
    work: Array,
    x: Array,
    p: Array,
    last: bool,
) -> tuple[int, float]:
    """x, p of x - a f(x, p) = right and p - a f_p(x, p) = right_p, from the guess y.

    The guess sets the scale of errors, within ``bounds``: a cell's x and the mean may not exceed
    the first two; the mean is not less than the third.
    Phonons are local and so are eliminated: they change r and add to the right-hand side.
    Returns V-cycles used and how far x undershot zero, relative to what is tolerated.
    """
    n = len(x)
    kept = 1 + a * rates.leaving
    gained = 2 * a * rates.breaking / kept
    quadratic = a * rates.r * (1 - gained / 2)
    full, linear, allowed = work[0, :n], work[1, :n], work[2, :n]
    for i in range(n):
        allowed[i] = min(abs(rates.weight[i] * y[i]), bounds[0])
    mean = min(scale_of(allowed, bounds[2]), max(bounds[1], bounds[2], _TINY))
    for i in range(n):
        allowed[i] = _SOLVED * tolerance * (allowed[i] + mean)
        full[i] = right[i] + gained * right_p[i]
        linear[i] = a * rates.s[i]
    cycles = solve(
        h, rates.weight, linear, quadratic, a * slowing, full, allowed, y, _MOST_CYCLES, work[3:]
    )
    undershoot = 0.0
    needed = np.zeros(h.islands)
    first, second = np.zeros(h.islands), np.zeros(h.islands)
    for i in range(n):
        x[i] = rates.weight[i] * y[i]
        k = h.island[i]
        if last:
            undershoot = max(undershoot, -_SOLVED * x[i] / allowed[i])
            x[i] = max(x[i], 0.0)
            needed[k] += full[i]
            first[k] += (1 + linear[i]) * x[i]
            second[k] += quadratic * x[i] * x[i]
        else:
            needed[k] += full[i] - (1 + linear[i] + quadratic * x[i]) * x[i]
            first[k] += (1 + linear[i] + 2 * quadratic * max(x[i], 0.0)) * rates.weight[i]
    for k in range(h.islands):
        if last:  # a factor, so that x stays positive: second f^2 + first f = needed
            root = first[k] + np.sqrt(first[k] ** 2 + 4 * second[k] * max(needed[k], 0.0))
            needed[k] = 2 * max(needed[k], 0.0) / root if root > 0 else 0.0
        else:  # a shift in the shape that does not diffuse
            needed[k] /= first[k]
    for i in range(n):
        k = h.island[i]
        x[i] = x[i] * needed[k] if last else x[i] + rates.weight[i] * needed[k]
        made = a * rates.r * x[i] * x[i] / 2 if rates.breaking > 0 else 0.0
        p[i] = (right_p[i] + made) / kept
    return cycles, undershoot


@njit(cache=True, error_model="numpy")
def _estimate(
    h: Hierarchy,
    rates: Rates,
    a: float,
    slowing: float,
    x: Array,
    p: Array,
    error: Array,
    error_p: Array,
    work: Array,
) -> Array:
    """Filter the errors of x and p in place; the share of its total to put right per island.

    Less is put right where the total is lost within a step, by 1/(1 + a times its rate of loss).
    With this second filter the corrected step is still L-stable (of a total with loss z per step
    it leaves at most 1 for every z < 0, and nothing at -infinity); with one it would leave 1.61.
    """
    n = len(x)
    kept = 1 + a * rates.leaving
    gained = 2 * a * rates.breaking / kept
    quadratic = a * rates.r * (1 - gained / 2)
    base, inverse, right, z = work[0], work[1], work[2], work[3]
    for i in range(n):
        base[i] = rates.weight[i] * (1 + a * rates.s[i] + 2 * quadratic * x[i])
        right[i] = error[i] + gained * error_p[i]
    prepare(h, base, a * slowing, inverse)
    missing, weight, total = np.zeros(h.islands), np.zeros(h.islands), np.zeros(h.islands)
    for i in range(n):
        missing[h.island[i]] += right[i]
    v_cycle(h, a * slowing, inverse, right, z)
    for i in range(n):
        missing[h.island[i]] -= base[i] * z[i]
        weight[h.island[i]] += base[i]
    share, lost = np.zeros(h.islands), np.zeros(h.islands)
    for i in range(n):
        k = h.island[i]
        error[i] = rates.weight[i] * (z[i] + missing[k] / weight[k])
        if rates.breaking > 0:
            error_p[i] = (error_p[i] + a * rates.r * x[i] * error[i]) / kept
        share[k] += error[i] + 2 * error_p[i]
        total[k] += x[i] + 2 * p[i]
        pairs = 2 * (rates.leaving - rates.breaking) * p[i]
        if rates.breaking == 0:
            pairs = rates.r * x[i] * x[i]
        lost[k] += a * (rates.s[i] * x[i] + 2 * pairs)
    for k in range(h.islands):
        share[k] = share[k] / (total[k] + lost[k]) if total[k] > 0 else 0.0
    return share


@njit(cache=True, error_model="numpy")
def advance(
    h: Hierarchy,
    rates: Rates,
    old: State,
    new: State,
    step: float,
    slowing: tuple[float, float],
    supply: Supply,
    tolerance: float,
    floor: float,
    work: Array,
) -> tuple[float, int]:
    """One step from ``old`` to ``new``.

    Parameters
    ----------
    slowing : factors of the diffusivity at the end of the first stage and of the second.
    supply : the source, middle meaning the end of the first stage.
    tolerance : largest error relative to a cell's x plus the mean x, or plus ``floor``.
    work : scratch, at least 11 rows as long as all levels.

    Returns
    -------
    The estimated error over the tolerated one (infinite where the solver gave up), and V-cycles.
    """
    n = len(old.x)
    a = STAGE * step
    right, right_p = np.empty(n), np.empty(n)
    y, x_half, p_half = np.empty(n), np.empty(n), np.empty(n)
    held = old.x + supply.brought + 2 * old.p
    bounds = held.max(), held.mean(), floor
    for i in range(n):
        right[i] = old.x[i] + a * (old.slope[i] + supply.begin[i] + supply.middle[i])
        right_p[i] = old.p[i] + a * old.slope_p[i]
        y[i] = (right[i] + a * old.slope[i]) / rates.weight[i]
    cycles, undershoot = _stage(
        h, rates, a, slowing[0], right, right_p, tolerance, bounds, y, work, x_half, p_half, False
    )
    if cycles > _MOST_CYCLES:
        return np.inf, cycles
    error, error_p = np.empty(n), np.empty(n)
    for i in range(n):
        slope, slope_p = (x_half[i] - right[i]) / a, (p_half[i] - right_p[i]) / a
        error[i] = old.slope[i] / GAMMA - slope / (GAMMA * (1 - GAMMA))
        error_p[i] = old.slope_p[i] / GAMMA - slope_p / (GAMMA * (1 - GAMMA))
        rise = old.slope[i] + supply.begin[i]
        bent = (x_half[i] - old.x[i] - 2 * a * rise) / GAMMA**2
        y[i] = (old.x[i] + step * rise + bent) / rates.weight[i]
        right[i] = _KEEP * x_half[i] + (1 - _KEEP) * old.x[i] + a * supply.end[i]
        right_p[i] = _KEEP * p_half[i] + (1 - _KEEP) * old.p[i]
    more, undershoot = _stage(
        h, rates, a, slowing[1], right, right_p, tolerance, bounds, y, work, new.x, new.p, True
    )
    cycles += more
    if more > _MOST_CYCLES:
        return np.inf, cycles
    for i in range(n):
        new.slope[i] = (new.x[i] - right[i]) / a
        new.slope_p[i] = (new.p[i] - right_p[i]) / a
        error[i] = _ERROR * step * (error[i] + new.slope[i] / (1 - GAMMA))
        counted = _KEEP * (supply.begin[i] + supply.middle[i]) + supply.end[i]
        error[i] += supply.brought[i] - a * counted
        error_p[i] = _ERROR * step * (error_p[i] + new.slope_p[i] / (1 - GAMMA))
    share = _estimate(h, rates, a, slowing[1], new.x, new.p, error, error_p, work)
    mean = scale_of(new.x, floor)
    worst = undershoot
    for i in range(n):
        size = abs(error[i]) + 2 * abs(error_p[i])
        worst = max(worst, size / (tolerance * (new.x[i] + mean)))
    if worst <= 1:
        for i in range(n):
            factor = 1 + min(max(share[h.island[i]], -1.0), 1.0)
            new.x[i] *= factor
            new.p[i] *= factor
            new.slope[i] *= factor
            new.slope_p[i] *= factor
    return worst, cycles + 1
