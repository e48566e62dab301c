"""How many times less an impact does to a design with a counter-measure than to the design itself.

J. M. Martinis, npj Quantum Information 7, 90 (2021), asks for a factor of 100 in each of the
quasiparticles' density, time and length: a million. Here the density is the worst qubit's excess
1/T1, the time is how long any qubit is hit, the length is the number of qubits hit. That number is
an area, so for a length it would be its root: the comparison favours the claim.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qubudget.study.mitigation.struck import Struck

Array = NDArray[np.float64]
Interval = tuple[float | None, float | None, float | None]
"""Value, low and high of 95 %; None: not known, or without bound."""
Verdict = Literal["follows", "does-not-follow", "undecided"]

UNKNOWN: Interval = (None, None, None)
EACH = 100.0
"""What the paper asks of density, time and length each (its introduction)."""
MILLION = EACH**3
RESAMPLES = 400
_FEWEST = 3.0  # events in none of n: up to 3/n of all, at 95 %


@dataclass(frozen=True)
class ImpactFactors:
    """What a counter-measure divides; a value of 2 is half of what the design as given has.

    Intervals come from resampled impacts, all that one place of the lattice answers at once and the
    same places for both designs: so they cover the packets behind each answer and the coarseness
    of the lattice as well as the draw, but not the spread of materials.

    Attributes
    ----------
    before, after : the design and the one with the counter-measure.
    paired : whether both meet the same impacts.
    rate : impacts by radiation on a chip (computed, not sampled). hitting : those that hit a qubit.
    footprint, dip, duration : see `Struck`, means over all impacts. product : of these three.
    reason : why nothing, or not all, is known.
    """

    before: Struck
    after: Struck
    paired: bool
    rate: Interval = UNKNOWN
    hitting: Interval = UNKNOWN
    footprint: Interval = UNKNOWN
    dip: Interval = UNKNOWN
    duration: Interval = UNKNOWN
    product: Interval = UNKNOWN
    reason: str | None = None

    @property
    def verdict(self) -> Verdict:
        """Whether the paper's million follows."""
        _, low, high = self.product
        if low is not None and low >= MILLION:
            return "follows"
        return "does-not-follow" if high is not None and high < MILLION else "undecided"

    @property
    def explanation(self) -> str:
        """The verdict in numbers."""
        if self.product == UNKNOWN:
            return self.reason or "nothing to compare"
        named = (("qubits hit", self.footprint), ("T1 dip", self.dip), ("duration", self.duration))
        parts = ", ".join(f"{name} / {_words(factor)}" for name, factor in named)
        text = f"{parts}, where the paper asks 100 each; together {_words(self.product)} of 1e6"
        left = self.after.efficiency / self.before.efficiency
        if self.after.participation < self.before.participation:
            expected = self.after.participation / self.before.participation
            text += (
                f"; a deposit at the centre breaks {left:.0%} of the pairs that it did, where the "
                f"paper's rule ts/(ts + 1.65 tn) gives {expected:.1%}"
            )
            if left > 2 * expected:
                text += ": phonons meet the film on the front as often as the metal on the back"
        return text

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names; None for what is not known."""
        return {
            "events": len(self.after.dip),
            "same_impacts": self.paired,
            "hit": "excess 1/T1 above the quiet 1/T1 of the design as given",
            "before": self.before.means(),
            "after": self.after.means(),
            "rate": ends(self.rate),
            "hitting_rate": ends(self.hitting),
            "footprint": ends(self.footprint),
            "t1_dip": ends(self.dip),
            "duration": ends(self.duration),
            "product": ends(self.product),
            "claimed": {"each": EACH, "product": MILLION, "verdict": self.verdict},
            "explanation": self.explanation,
            "reason": self.reason,
        }


def ends(found: Interval) -> dict[str, float | None]:
    """An interval with its names."""
    return dict(zip(("value", "low", "high"), found, strict=True))


def _words(factor: Interval) -> str:
    value, low, _ = factor
    if value is not None:
        return f"{value:.3g}"
    return "not known" if low is None else f"more than {low:.3g}"


def impact_factors(before: Struck, after: Struck, seed: int) -> ImpactFactors:
    """Compare two designs.

    Parameters
    ----------
    before : the design as given. after : with a counter-measure, made like the first.
    seed : of the resampling.

    Where no impact hits anything any more there is no factor but a lower bound: up to 3/n of the
    impacts may still do it, each as much as the worst of the design as given.
    """
    paired = np.array_equal(before.impacts, after.impacts)
    if before.rate == 0 or after.rate == 0:
        whose = "the design as given" if before.rate == 0 else "the chip with the counter-measure"
        rate = UNKNOWN if after.rate == 0 else (0.0, 0.0, 0.0)
        return ImpactFactors(before, after, paired, rate, reason=f"no radiation falls on {whose}")
    first, second = _table(before), _table(after)
    rng = np.random.default_rng(seed)
    places = int(max(before.place.max(), after.place.max())) + 1
    often = rng.multinomial(places, np.full(places, 1 / places), RESAMPLES).astype(np.float64)
    drawn = _over(
        _resampled(first, before.place, often).T, _resampled(second, after.place, often).T
    )
    value = _over(first.mean(axis=1), second.mean(axis=1))
    # Not interpolated: some resampled factors may be infinite.
    low = np.percentile(drawn, 2.5, axis=0, method="lower")
    high = np.percentile(drawn, 97.5, axis=0, method="higher")
    bound = first.mean(axis=1) / (_FEWEST / second.shape[1] * np.maximum(first.max(axis=1), 1e-300))
    low = np.where(np.isfinite(value), low, np.minimum(low, bound))
    rate_factor = before.rate / after.rate
    hitting, footprint, dip, duration = (
        _interval(*each, known=mean > 0)
        for *each, mean in zip(value, low, high, first.mean(axis=1), strict=True)
    )
    product, three = UNKNOWN, (footprint, dip, duration)
    if UNKNOWN not in three:
        together = drawn[:, 1:].prod(axis=1)
        lowest = float(np.percentile(together, 2.5, method="lower"))
        highest = float(np.percentile(together, 97.5, method="higher"))
        if not np.isfinite(value[1:]).all():
            lowest = min(lowest, float(low[1:].prod()))
        product = _interval(float(value[1:].prod()), lowest, highest, known=True)
    return ImpactFactors(
        before,
        after,
        paired,
        rate=(rate_factor, rate_factor, rate_factor),
        hitting=hitting,
        footprint=footprint,
        dip=dip,
        duration=duration,
        product=product,
        reason=_why(UNKNOWN in three, after),
    )


def _why(unknown: bool, after: Struck) -> str | None:
    if unknown:
        return "no impact hits a qubit of the design as given"
    if not after.hit.any():
        return f"none of {len(after.hit)} impacts hits a qubit any more: lower bounds"
    return None


def _table(of: Struck) -> Array:
    return np.array([of.rate * of.hit, of.footprint, of.dip, of.duration])


def _resampled(values: Array, place: NDArray[np.intp], often: Array) -> Array:
    """Means of ``values`` (k, n) with all impacts at a place taken so often (m, places): (k, m)."""
    count = np.bincount(place, minlength=often.shape[1])
    sums = np.array([np.bincount(place, row, often.shape[1]) for row in values])
    taken = np.einsum("mp,p->m", often, count)  # no BLAS: its sums depend on threads
    return np.asarray(np.einsum("mp,kp->km", often, sums) / np.maximum(taken, 1))


def _over(first: Array, second: Array) -> Array:
    """first / second; infinite where only the second is zero, 1 where both are."""
    found = np.where(first > 0, np.inf, 1.0)
    return np.divide(first, second, out=found, where=second > 0)


def _interval(value: float, low: float, high: float, *, known: bool) -> Interval:
    if not known:
        return UNKNOWN
    value, low, high = (float(each) for each in (value, low, high))
    return (
        value if np.isfinite(value) else None,
        low if np.isfinite(low) else None,
        high if np.isfinite(high) else None,
    )
