"""What is left of the bursts once the machine reacts to them.

A burst's excess failure F(t) grows from its impact on. What each strategy leaves of it:

- ``pause``: whatever ran during a detected burst is discarded and repeated from a checkpoint before
  the impact, so only undetected bursts fail; what is lost is time. Assumed: checkpoints so close
  that the repeated work is about as long as the burst, and states that can be prepared again.
- ``move``: from t = detection + move on the patch is elsewhere, on a spare that the burst does not
  reach; F(t) remains, and undetected bursts in full.
- ``outer``: one logical qubit is spread over chips that are hit independently; a detected burst
  erases its chip until it has recovered, however little it harmed; an undetected one that defeats
  the inner code is an error at an unknown place, which costs twice as much of the outer code's
  distance as an erasure. The outer code's own operations are taken as perfect.

Every burst is detected with the same probability, and quiet failures are left as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, xlogy

from qubudget.constants import DAY
from qubudget.design.code import Mitigation
from qubudget.errors import OutOfRangeError

Array = NDArray[np.float64]
ROUNDING = 1e-12


def failure_until(times: ArrayLike, failure: ArrayLike, time: ArrayLike) -> Array:
    """F at one or many times after the impact, linear between ``times``.

    Parameters
    ----------
    times : ascending, s, shape (n,); from the impact on, where nothing has failed yet.
    failure : cumulative, shape (..., n). time : s, of any shape.

    Raises
    ------
    OutOfRangeError: times that do not ascend or begin before the impact, or a failure that falls.
    """
    t, f = np.asarray(times, float), np.asarray(failure, float)
    if t.ndim != 1 or f.shape[-1:] != t.shape or t[0] < 0 or not np.all(np.diff(t) > 0):
        raise OutOfRangeError("a burst's times must ascend from the impact, one for every failure")
    if np.any(f < 0) or np.any(f > 1) or np.any(np.diff(f, axis=-1) < -ROUNDING):
        raise OutOfRangeError("a cumulative failure must grow, from 0 to 1")
    if t[0] > 0:
        t = np.append(0.0, t)
        f = np.concatenate([np.zeros((*f.shape[:-1], 1)), f], axis=-1)
    moments = np.asarray(time, float)
    rows = [np.interp(moments, t, row) for row in f.reshape(-1, len(t))]
    return np.asarray(rows).reshape(f.shape[:-1] + moments.shape)


def paused_share(rate: ArrayLike, duration: ArrayLike, efficiency: ArrayLike = 1.0) -> Array:
    """Share of the time that is lost, 1 - exp(-eta lambda tau): at least one detected burst within
    the last tau (Poisson; eta lambda tau where that is small).

    rate : bursts per second, lambda. duration : s, from impact until the machine runs again, tau.
    efficiency : share that is detected, eta.

    One burst per 10 s and 25 ms each (McEwen et al., Nat. Phys. 18, 107 (2022)) cost:

    >>> round(float(paused_share(0.1, 25e-3)), 5)
    0.0025
    """
    lost = np.asarray(rate, float) * np.asarray(duration, float) * np.asarray(efficiency, float)
    return np.asarray(-np.expm1(-lost))


def outer_failure_rate(
    chips: int,
    losses: int,
    rate: ArrayLike,
    down_time: ArrayLike,
    undetected_rate: ArrayLike = 0.0,
) -> Array:
    """Failures per second of an outer code over ``chips`` that corrects ``losses`` erased ones.

    Parameters
    ----------
    rate : detected bursts per second and chip. down_time : s, mean time until a hit chip is whole
        again. undetected_rate : undetected bursts that defeat a chip's inner code, per second and
        chip. All three broadcast.

    Notes
    -----
    A chip is down while any burst is in progress on it (M/G/infinity): q = 1 - exp(-rate
    down_time) whatever the distribution of the down time. The chips are independent, and the code
    fails where one more falls while ``losses`` are down: rate (n - k) C(n, k) q^k (1 - q)^(n - k),
    exact in the steady state. An undetected error lasts as long, and e erasures beside w errors
    are corrected if e + 2 w <= losses; exact to first order in w.

    [[7, 1, 3]], hit once in 10 s each, lasts a month if hit chips are replaced within 1.9 ms:

    >>> month = 1 / float(outer_failure_rate(7, 2, 0.1, 1.9e-3)) / 86400
    >>> round(month, 1)
    30.6

    Raises
    ------
    OutOfRangeError: losses that no code corrects: by the quantum Singleton bound, as a copy of the
        state would else be left behind, 2 losses < chips.
    """
    if losses < 0 or 2 * losses >= chips:
        raise OutOfRangeError(
            f"no quantum code over {chips} chips corrects {losses} lost ones: at most "
            f"{(chips - 1) // 2}"
        )
    erased, wrong, time = (
        np.asarray(value, float)[..., None] for value in (rate, undetected_rate, down_time)
    )
    total = np.zeros(np.broadcast(erased, wrong, time).shape[:-1])
    for cost in (losses, losses - 1):
        w = np.arange(cost // 2 + 1) if cost >= 0 else np.arange(0)
        e = cost - 2 * w
        up = chips - e - w
        ways = gammaln(chips + 1) - gammaln(e + 1) - gammaln(w + 1) - gammaln(up + 1)
        share = (
            xlogy(e, -np.expm1(-erased * time))
            + xlogy(w, -np.expm1(-wrong * time))
            - (w + up) * erased * time
            - up * wrong * time
        )
        falling = erased + wrong if cost == losses else wrong
        total = total + (np.exp(ways + share) * up * falling).sum(axis=-1)
    return np.asarray(total)


@dataclass(frozen=True, eq=False)
class BurstCourse:
    """A class of bursts on one patch: ``rate`` per second and chip, ``times`` (s, from the impact,
    the last one when the patch has recovered), and F at them, shape (..., n)."""

    name: str
    rate: float
    times: Array
    failure: Array


@dataclass(frozen=True, eq=False)
class Mitigated:
    """Bursts after mitigation.

    Attributes
    ----------
    per_day : logical failures by bursts, of one logical qubit, shape (...). unmitigated : without.
    shares_left : of every class's failures, of the first row; None for ``outer``, where classes act
        together, and where nothing failed. dead_time : share of the time that is lost.
    spares : spare patches in use on average, per logical qubit. chips : per logical qubit.
    assumption : what the number takes for granted.
    """

    strategy: str
    per_day: Array
    unmitigated: Array
    shares_left: tuple[float | None, ...] | None
    dead_time: float
    spares: float
    chips: int
    assumption: str


ASSUMPTIONS = {
    "none": "",
    "pause": "runs are repeated from a checkpoint before the impact",
    "move": "a free patch that the burst does not reach is always at hand",
    "outer": "chips are hit independently; detection erases the chip until it has recovered; the "
    "outer code's own operations are perfect",
}


def mitigate(settings: Mitigation, courses: Sequence[BurstCourse]) -> Mitigated:
    """Failures by bursts that a design's strategy leaves.

    Raises
    ------
    OutOfRangeError: as :func:`failure_until` and :func:`outer_failure_rate`.
    """
    eta, known = settings.detection_efficiency, settings.detection_time
    strategy = settings.strategy
    total = [failure_until(c.times, c.failure, c.times[-1]) for c in courses]
    duration = [max(float(c.times[-1]), known) for c in courses]
    rates = [c.rate for c in courses]
    before = DAY * sum((r * f for r, f in zip(rates, total, strict=True)), np.zeros(()))
    busy = eta * float(np.dot(rates, duration))
    if strategy == "outer":
        hit = sum(rates)
        mean = float(np.dot(rates, duration)) / hit if hit else 0.0
        after = DAY * outer_failure_rate(
            settings.outer_chips,
            settings.outer_losses,
            eta * hit,
            mean,
            (1 - eta) * np.asarray(before) / DAY,
        )
        return Mitigated(
            strategy, after, before, None, 0.0, 0.0, settings.outer_chips, ASSUMPTIONS[strategy]
        )
    if strategy == "move":
        gone = known + settings.move_time
        detected = [failure_until(c.times, c.failure, gone) for c in courses]
    else:
        detected = [np.zeros_like(f) if strategy == "pause" else f for f in total]
    left = [eta * few + (1 - eta) * f for few, f in zip(detected, total, strict=True)]
    shares = tuple(
        float(f.flat[0] / g.flat[0]) if g.flat[0] else None
        for f, g in zip(left, total, strict=True)
    )
    return Mitigated(
        strategy,
        DAY * sum((r * f for r, f in zip(rates, left, strict=True)), np.zeros(())),
        before,
        shares,
        float(paused_share(1.0, busy)) if strategy == "pause" else 0.0,
        busy if strategy == "move" else 0.0,
        1,
        ASSUMPTIONS[strategy],
    )
