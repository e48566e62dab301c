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

from qubudget.design.schema import DesignModel
from qubudget.impact.chip.event import TIMES, Chip, Effort, chip_of
from qubudget.impact.energy.films import PUBLISHED_KAPPA
from qubudget.impact.falling import deposits, falling_on, target_of
from qubudget.impact.kinetics.cooling import Relaxing
from qubudget.impact.library import build
from qubudget.impact.many import PLANS, Impacts
from qubudget.impact.response import qubit_sites
from qubudget.impact.source.events import generate
from qubudget.materials.substrates import environment
from qubudget.materials.superconductors import superconductor
from qubudget.qubit.result import CoherenceResult

Array = NDArray[np.float64]
Interval = tuple[float | None, float | None, float | None]
"""Value, low and high of 95 %; None: not known, or without bound."""
Verdict = Literal["follows", "does-not-follow", "undecided"]

UNKNOWN: Interval = (None, None, None)
EACH = 100.0
"""What the paper asks of density, time and length each (its introduction)."""
MILLION = EACH**3
RESAMPLES = 400
_LATTICE = {"quick": 6, "standard": 10, "full": 16}
"""Places of impacts along a side: even, since a quadrant of an even lattice has no axes in it."""
_SPAN = (9e-7, 1.0)  # s: a cycle averages what is faster; nothing in print lasts longer
_CHUNK = 256
_FEWEST = 3.0  # events in none of n: up to 3/n of all, at 95 %


@dataclass(frozen=True)
class Struck:
    """What drawn impacts do to a design's qubits.

    Attributes
    ----------
    rate : of impacts by radiation on a chip, deposits above 40 keV, 1/s.
    quiet : 1/T1 in quiet times, 1/s. cell : side of the kinetics' cells, m.
    efficiency : quasiparticles' rest energy over the deposited energy at the chip's centre.
    participation : Martinis' ts/(ts + 1.65 tn) of film and back metal.
    impacts : energy (J), x and y (m) of every impact, shape (3, n).
    place : of the lattice, mirror images being one, that answers each of them, shape (n,).
    hit : impacts that hit any qubit: 1 or 0, shape (n,). footprint : qubits hit at the worst time.
    dip : largest excess 1/T1 of any qubit, 1/s. duration : until no qubit is hit any more, s.
    """

    rate: float
    quiet: float
    cell: float
    efficiency: float
    participation: float
    impacts: Array
    place: NDArray[np.intp]
    hit: Array
    footprint: Array
    dip: Array
    duration: Array

    def means(self) -> dict[str, float | None]:
        """Plain values with units in their names; None without impacts."""
        some = len(self.dip) > 0
        named = {
            "footprint_qubits": self.footprint, "excess_relaxation_per_s": self.dip,
            "duration_s": self.duration,
        }  # fmt: skip
        return {
            "rate_per_s": self.rate,
            "hitting_rate_per_s": self.rate * float(self.hit.mean()) if some else 0.0,
            **{name: float(each.mean()) if some else None for name, each in named.items()},
            "quiet_t1_s": 1 / self.quiet,
            "pair_breaking_efficiency": self.efficiency,
        }


def struck(
    design: DesignModel,
    coherence: CoherenceResult,
    effort: Effort,
    seed: int,
    *,
    like: Struck | None = None,
) -> Struck | None:
    """What impacts do to a design; None where its qubits have no T1.

    Parameters
    ----------
    coherence : of the design. effort, seed : how finely, and which impacts are drawn; the same
        seed draws the same ones for all designs with the same chip size and radiation.
    like : of the design that this one is compared with. It gives the threshold, its quiet 1/T1
        (or a worse quiet T1 would count as a gain), and the size of cells, which a peak depends
        on. A qubit is hit while its excess 1/T1 is above the threshold.
    """
    t1, per_x, hot = coherence.t1_s, coherence.relaxation_per_x, coherence.unprotected_per_x
    if t1 is None or per_x is None or hot is None:
        return None
    size, plan = design.chip, PLANS[effort]
    longer = max(size.length, size.width)
    cell = longer / plan.cells if like is None else like.cell
    chip = chip_of(design, plan.packets, seed)
    drawn = _drawn(design, chip, max(2, round(longer / cell)), effort, seed)
    found, where, place = np.empty((4, 0)), np.empty((3, 0)), np.empty(0, dtype=np.intp)
    if drawn is not None:
        film = superconductor(design.qubit.film) if size.cooling == "kaplan" else None
        relaxing = Relaxing(per_x, hot, coherence.protection).at(drawn.library.times, film)
        found = _per_event(drawn, relaxing, 1 / t1 if like is None else like.quiet)
        where = np.array([drawn.energy, drawn.x, drawn.y])
        place = _places(drawn)
    metal = PUBLISHED_KAPPA * size.back_metal_thickness
    return Struck(
        0.0 if drawn is None else drawn.rate,
        1 / t1,
        cell,
        chip.efficiency,
        size.film_thickness / (size.film_thickness + metal),
        where,
        place,
        *found,
    )


def _drawn(
    design: DesignModel, chip: Chip, cells: int, effort: Effort, seed: int
) -> Impacts | None:
    """As `qubudget.impact.many.impacts`, with given cells and a lattice that meets qubits at
    various distances; None without radiation."""
    plan, rate = PLANS[effort], deposits(design).all.total
    if rate == 0:
        return None
    events = generate(target_of(design), falling_on(design), environment(), plan.events, seed)
    energy, middle = events.energy, (events.start + events.end) / 2
    times = TIMES[:: 2 if effort == "quick" else 1]
    library = build(
        chip,
        qubit_sites(chip.length, chip.width, design.chip.pitch, design.machine.qubits_per_chip),
        np.geomspace(energy.min(), energy.max(), plan.energies),
        times[(times > _SPAN[0]) & (times < _SPAN[1])],
        _LATTICE[effort],
        cells,
    )
    return Impacts(library, energy, middle[:, 0], middle[:, 1], rate)


def _places(drawn: Impacts) -> NDArray[np.intp]:
    """Number of the lattice's place in one quadrant, (n,)."""
    library = drawn.library
    half = library.lattice // 2
    sides = ((drawn.x, library.length), (drawn.y, library.width))
    i, j = (
        np.minimum((np.abs(at) / (side / 2) * half).astype(np.intp), half - 1) for at, side in sides
    )
    return np.asarray(i * half + j)


def _per_event(drawn: Impacts, relaxation_per_x: Array, threshold: float) -> Array:
    """hit, footprint, dip and duration of every impact, shape (4, n)."""
    found = np.zeros((4, len(drawn.energy)))
    for start in range(0, len(drawn.energy), _CHUNK):
        part = slice(start, start + _CHUNK)
        x_qp = drawn.library.response(drawn.energy[part], drawn.x[part], drawn.y[part])
        excess = relaxation_per_x[:, None] * x_qp
        worst = excess.max(axis=2)
        found[1, part] = (excess > threshold).sum(axis=2).max(axis=1)
        found[2, part] = worst.max(axis=1)
        found[3, part] = last_above(drawn.library.times, worst, threshold)
    found[0] = found[1] > 0
    return found


def last_above(times: Array, values: Array, threshold: float) -> Array:
    """When each row of ``values`` (n, nt) falls below a threshold for good; 0 if never above.

    Power laws between the times (s, rising); a row that ends above it gets the last time.

    >>> last_above(np.array([1.0, 10.0, 100.0]), np.array([[8.0, 4.0, 1.0]]), 2.0).round(2)
    array([31.62])
    """
    above = values > threshold
    last = values.shape[1] - 1 - np.argmax(above[:, ::-1], axis=1)
    after = np.minimum(last + 1, values.shape[1] - 1)
    rows = np.arange(len(values))
    tiny = np.finfo(np.float64).tiny
    fallen = np.log(np.maximum(values[rows, last], tiny) / threshold)
    whole = np.log(np.maximum(values[rows, last], tiny) / np.maximum(values[rows, after], tiny))
    share = np.divide(fallen, whole, out=np.zeros(len(values)), where=whole > 0)
    found = times[last] * (times[after] / times[last]) ** np.clip(share, 0, 1)
    return np.asarray(np.where(above.any(axis=1), found, 0.0))


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
    hitting, *three = (
        _interval(*each, known=mean > 0)
        for *each, mean in zip(value, low, high, first.mean(axis=1), strict=True)
    )
    product = UNKNOWN
    if all(factor != UNKNOWN for factor in three):
        together = drawn[:, 1:].prod(axis=1)
        lowest = float(np.percentile(together, 2.5, method="lower"))
        highest = float(np.percentile(together, 97.5, method="higher"))
        if not np.isfinite(value[1:]).all():
            lowest = min(lowest, float(low[1:].prod()))
        product = _interval(float(value[1:].prod()), lowest, highest, known=True)
    return ImpactFactors(
        before, after, paired, (rate_factor, rate_factor, rate_factor), hitting, *three, product,
        reason=_why(three, before, after),
    )  # fmt: skip


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


def _why(three: list[Interval], before: Struck, after: Struck) -> str | None:
    if UNKNOWN in three:
        return "no impact hits a qubit of the design as given"
    if not after.hit.any():
        return f"none of {len(after.hit)} impacts hits a qubit any more: lower bounds"
    return None
