"""The logical error per cycle through one burst, as decoders of different knowledge see it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qubudget.qec.course import DRAWS, Course, composed
from qubudget.qec.decoders import Knowledge
from qubudget.qec.history import BurstHistory
from qubudget.qec.sampling import stream
from qubudget.qec.sight import Sight
from qubudget.qec.window import Workshop, compare, steady

Array = NDArray[np.float64]
LOST = 0.47
"""Excess failure of a window alone from which too little is left to be seen from inside."""
SHARE = 0.6
"""Detection events of the three decoders' course, relative to those of all bursts."""
MOST_SHOTS = 200_000
"""Shots of a window at most."""
KNOWLEDGE: tuple[Knowledge, ...] = ("unaware", "aware", "erasure")


def courses(
    sight: Sight,
    workshop: Workshop,
    burst: BurstHistory,
    quiet: tuple[float, float, float],
    *,
    inside: bool,
) -> list[Course]:
    """Logical error per cycle through a burst, of an unaware, an aware and an erasure decoder on
    the same samples.

    Parameters
    ----------
    quiet : (value, low, high) of the logical error per cycle in quiet times, mean of the bases.
    inside : see steady cells from inside, where that leaves something to be seen.

    Every cell is taken as if it lasted. An empty list where nothing is hit.
    """
    whole = sight.site.place(sight.layout)
    history = sight.decay(burst, whole)
    if not history.cells:
        return []
    shops = {k: workshop.knowing(k) for k in KNOWLEDGE}
    patch = sight.patch(burst, whole, history, sight.wanted(whole, history))
    view = sight.view(patch, patch.layout.bases[0])
    d, bases = patch.layout.distance, patch.layout.bases
    first, most = sight.plan.shots, SHARE * sight.plan.events / len(view.cells) / len(bases)
    rng = np.random.default_rng(stream(sight.seed, "course", burst.name))
    total = {k: np.zeros((3, len(view.cells), DRAWS)) for k in KNOWLEDGE}
    for place, cell in enumerate(view.cells):
        factor, factors = sight.factor(patch, patch.history.cells.index(cell))
        for basis in bases:
            sequence = stream(sight.seed, "course", burst.name, basis, d, place)
            for within in (False, True) if inside else (False,):
                parts = steady(d, cell.excess, inside=within)
                seen = {k: shop.window(d, basis, parts, sequence) for k, shop in shops.items()}
                compare(seen, first)
                if any(w.excess() >= LOST for w in seen.values()):
                    break
            spent = sum(w.events for w in seen.values())
            affordable = int(min(first * most / spent, MOST_SHOTS)) - first
            compare(seen, max(affordable, 0))
            for knowledge, window in seen.items():
                ends = window.excess_draws(rng, DRAWS)
                rows = np.stack([np.full(DRAWS, float(window.excess())), *ends])
                with np.errstate(divide="ignore"):
                    hazard = -np.log1p(-2 * rows) / window.rounds
                hazard = hazard * np.stack([np.full(DRAWS, factor), factors, factors])
                total[knowledge][:, place] += composed(hazard) / len(bases)
    times = np.array([cell.time for cell in view.cells])
    return [
        _with_quiet(burst.name, knowledge, times, rows, quiet) for knowledge, rows in total.items()
    ]


def _with_quiet(
    name: str, decoder: str, times: Array, rows: Array, quiet: tuple[float, float, float]
) -> Course:
    """The course of excess errors (value, low and high rows; cells; draws), with quiet errors."""
    ends = (rows[0, :, 0], np.quantile(rows[1], 0.025, axis=1), np.quantile(rows[2], 0.975, axis=1))
    value, low, high = (
        excess + error - 2 * excess * error for excess, error in zip(ends, quiet, strict=True)
    )
    return Course(name, decoder, times, value, np.minimum(low, value), np.maximum(high, value))
