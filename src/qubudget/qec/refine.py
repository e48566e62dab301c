"""Where the next shots of a burst's windows go, and when there are enough.

Shots go to the window that, for its cost, takes most off the variance of the failure of any basis,
until the interval is narrow enough. On the way, ceilings (:mod:`.ceiling`) are drawn for windows
that show next to no failures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from qubudget.qec.background import QuietNoise, background
from qubudget.qec.ceiling import between, ceiling
from qubudget.qec.course import DRAWS, Composed, either, interval
from qubudget.qec.cycle import Decoherence
from qubudget.qec.layout import Family
from qubudget.qec.sampling import stream
from qubudget.qec.scaling import Z95
from qubudget.qec.sight import Sight
from qubudget.qec.window import Window, Workshop, steady

Array = NDArray[np.float64]
ENOUGH = 30
"""Failures by the excess that all windows together must have shown before they can suffice."""
FEW = 10
"""Failures by the excess from which a window needs no ceiling, and may be one."""
LARGEST = 0.2
"""Excess failure of a window up to which it may be a ceiling: beyond, it begins to saturate."""
MARGIN = 1.2
"""Factor on ceilings (see :mod:`.ceiling` for what was found)."""
STEP = 1.5
"""Factor from one amplification of a burst to the next."""
MOST_STEPS = 16
NEGLIGIBLE = 1e-6
"""High end below which nothing more is asked of a burst."""


def refine(
    found: Sequence[Composed], sight: Sight, budget: float, rng: np.random.Generator
) -> None:
    """More shots of the windows of all bases, up to a budget of detection events."""
    spent = sum(part.spent for part in found)
    still = [_quiet_hazard(part, sight, rng) if bounded(sight) else np.zeros(0) for part in found]
    while spent < budget:
        for part, quiet in zip(found, still, strict=True):
            part.ceilings = ceilings(part, sight, quiet, rng)
        if _settled(found, sight.plan.relative_width, rng):
            return
        owner, target = _most_wanted(found)
        affordable = (budget - spent) * target.shots / max(target.events, 1.0)
        shots = int(min(target.shots, affordable))
        if shots < 1:
            return
        cost = target.run(shots)
        spent, owner.spent = spent + cost, owner.spent + cost


def bounded(sight: Sight) -> bool:
    """Whether ceilings hold for the decoder: not for one that is told of erasures."""
    return sight.knowledge != "erasure"


def failure(found: Sequence[Composed], rng: np.random.Generator, **given: bool) -> Array:
    """Posterior of the failure of at least one basis, (2, DRAWS)."""
    total = np.zeros((2, DRAWS))
    for part in found:
        total = either(total, part.draws(rng, **given))
    return total


def _settled(found: Sequence[Composed], width: float, rng: np.random.Generator) -> bool:
    # A long burst looks fatal, and certain to be so, by the priors of its windows alone.
    if 0 < sum(window.worse for part in found for window in part.windows) < ENOUGH:
        return False
    low, high = interval(failure(found, rng, counts_only=True))
    return high - low < width * (low + high) / 2 or high < NEGLIGIBLE


def _most_wanted(found: Sequence[Composed]) -> tuple[Composed, Window]:
    """The window whose next shots take most of the failure's variance off for their cost."""
    ends = [float(part.course()[-1]) for part in found]
    best, chosen = -1.0, (found[0], found[0].windows[0])
    for number, part in enumerate(found):
        # How much of the exponent is left in the failure of any basis.
        left = 1 - 2 * ends[number]
        for other, end in enumerate(ends):
            left *= 1.0 if other == number else 1 - end
        gain, window = part.most_wanted()
        gain *= max(left, 1e-3) ** 2
        if gain > best:
            best, chosen = gain, (part, window)
    return chosen


def ceilings(
    part: Composed, sight: Sight, still: Array, rng: np.random.Generator
) -> dict[int, Array]:
    """Draws of the largest excess hazard of every steady window with next to no failures.

    From the windows of worse cells that show some, and from the amplified burst; ``still`` are
    draws of the hazard in quiet times.
    """
    if not bounded(sight):
        return {}
    strong = list(part.amplified)
    weak = []
    for i, (stretch, window) in enumerate(zip(part.stretches, part.windows, strict=False)):
        if not stretch.steady:
            continue
        if window.worse < FEW:
            weak.append(i)
        elif window.excess() <= LARGEST:
            strong.append((part.cells[stretch.places[0]].excess, window))
    if not weak or not strong:
        return {}
    rates = sight.site.quiet(part.patch.layout)
    lasting = [(more, _hazard(window, rng)) for more, window in strong]
    found: dict[int, Array] = {}
    for i in weak:
        excess = part.cells[part.stretches[i].places[0]].excess
        for more, hazard in lasting:
            theta = between(rates, excess, more, sight.site.noise.schedule)
            if theta <= 1:
                limit = MARGIN * ceiling(still, hazard, theta)
                found[i] = np.minimum(found.get(i, np.inf), limit)
    return found


def amplify(
    part: Composed, sight: Sight, workshop: Workshop, task: tuple[object, ...], budget: float
) -> None:
    """See the burst amplified so far that failures can be counted, where no cell shows enough."""
    places = [stretch.places[0] for stretch in part.stretches if stretch.steady]
    seen = [w for s, w in zip(part.stretches, part.windows, strict=True) if s.steady]
    if not bounded(sight) or not places or any(w.worse >= FEW for w in seen):
        return
    worst = [part.cells[place].excess for place in places]
    relaxation, dephasing, turn = (
        np.max([np.abs(getattr(e, name)) for e in worst], axis=0)
        for name in ("relaxation", "dephasing", "detuning")
    )
    basis, d = part.basis, part.patch.layout.distance
    for number in range(1, MOST_STEPS + 1):
        factor = STEP**number
        # Phase flips grow as the square of the detuning.
        more = Decoherence(factor * relaxation, factor * dephasing, factor**0.5 * turn)
        sequence = stream(sight.seed, "amplified", *task, basis, d, number)
        window = workshop.window(d, basis, steady(d, more, inside=True), sequence)
        part.spent += window.run(4 * sight.plan.shots)
        if window.worse >= FEW:
            if window.excess() <= LARGEST:
                part.amplified.append((more, window))
            return
        if part.spent > budget / 2:
            return


def _hazard(window: Window, rng: np.random.Generator) -> Array:
    """Draws of the excess hazard per cycle, high ends."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log1p(-2 * window.excess_draws(rng, DRAWS)[1]) / window.rounds)


def _quiet_hazard(part: Composed, sight: Sight, rng: np.random.Generator) -> Array:
    """Draws of the hazard per cycle of the stand-in in quiet times, at most, of one basis."""
    site, bases = sight.site, len(part.patch.layout.bases)
    value, low, high = _quiet_error(site.family, part.patch.layout.distance, site.noise, sight.seed)
    if 0 < low <= value <= high:
        error = np.exp(rng.normal(log(value), log(high / low) / (2 * Z95), DRAWS))
    else:
        error = np.full(DRAWS, high)
    # The mean of the bases is known, and neither errs more than all of them together.
    return np.asarray(-np.log1p(-2 * np.minimum(bases * error, 0.4999)))


@lru_cache(maxsize=64)  # asked for again by every class of bursts
def _quiet_error(
    family: Family, distance: int, noise: QuietNoise, seed: int
) -> tuple[float, float, float]:
    found = background(family, distance, noise, "quick", seed)
    return found.error, found.low, found.high
