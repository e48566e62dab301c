"""From memory experiments at small distances to the design's own distance.

Where errors are too rare to count, experiments run with all error probabilities multiplied by one
amplification s, and the result is scaled back, eps_d(1) = eps_d(s) s^(-k).

- Without leakage k = (d+1)/2, the leading order: as many faults per logical error. From Stim's
  uniform model at p = 0.001 and 0.003 (logical errors per round 2.439e-4, 2.783e-5, 2.71e-6 against
  2.076e-3, 7.09e-4, 2.254e-4 at d = 3, 5, 7) this returns Lambda within 9 % of the true one, too
  low; the interval is widened by 10 % of Lambda for it.
- With leakage that lasts for a cycle at most, fewer faults suffice, down to some (d+1)/4
  (:mod:`.leakage`). There k is measured at each distance, between s and 1.5 s, and the interval is
  widened by 25 % of Lambda: at d = 5, 3 to 20 times amplified, it held what was counted directly in
  all of six cases, its middle 0.85 to 1.6 times that.
- Leakage that lasts longer has no leading order that simulations could reach: one leaked qubit
  that tosses its checks' coins for many cycles can fail any distance, ever more rarely. Scaled back
  with measured k from 8 times the noise, it came out four times too low. It is not amplified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp, log, sqrt
from typing import Any

from qubudget.qec.layout import Basis
from qubudget.qec.sampling import Counts, per_round
from qubudget.qec.scaling import Z95, Fit, Point, envelope, extrapolate

AMPLIFICATION_SPREAD = 0.10
"""Relative uncertainty of Lambda from scaling amplified noise back (module docstring)."""
LEAKY_SPREAD = 0.25
"""The same where leakage takes part."""
ENOUGH = 20
"""Errors below which a distance takes no part in a fit."""
DIRECT = 100
"""Errors from which a simulated distance stands for itself."""
BEYOND = 6
"""By how much the fit's band goes beyond the design's distance."""


@dataclass(frozen=True)
class Simulated:
    """One memory experiment as run, at its amplification."""

    distance: int
    basis: Basis
    rounds: int
    amplification: float
    counts: Counts

    def error(self) -> tuple[float, float, float]:
        """Logical error per cycle, (value, low, high), of the noise as run."""
        low, high = self.counts.interval()
        value, low, high = per_round([self.counts.rate, low, high], self.rounds).tolist()
        return value, low, high


@dataclass(frozen=True)
class Band:
    """The fit over ``distances``, with the envelope of all its windows."""

    distances: tuple[int, ...]
    error: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def to_dict(self) -> dict[str, list[float]]:
        """Plain lists; errors per cycle."""
        return {
            "distances": list(self.distances),
            "error": list(self.error),
            "low": list(self.low),
            "high": list(self.high),
        }


@dataclass(frozen=True)
class Direct:
    """Logical error per cycle at one distance with the noise as it is, mean of the bases, and
    whether its interval meets the band of the fit."""

    distance: int
    error: float
    low: float
    high: float
    within: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values; errors per cycle."""
        return {
            "distance": self.distance,
            "error": self.error,
            "low": self.low,
            "high": self.high,
            "within_fit": self.within,
        }


@dataclass(frozen=True)
class Background:
    """Logical error per cycle at the design's distance, mean of the protected bases.

    ``suppression`` is Lambda; ``None`` where no fit was possible. ``fit`` is the model's, from
    d = 3 to 6 beyond the design's distance; ``direct`` checks it where errors were too rare to
    count and the effort allows.
    """

    error: float
    low: float
    high: float
    suppression: float | None
    suppression_low: float | None
    suppression_high: float | None
    suppression_model: float | None
    simulated: tuple[Simulated, ...]
    extrapolated: bool
    note: str
    fit: Band | None = None
    direct: Direct | None = None


@dataclass(frozen=True)
class Amplification:
    """Factors on the noise: ``factor``, and with leakage a second, ``stronger``, to measure by."""

    factor: float = 1.0
    stronger: float | None = None

    @property
    def all(self) -> tuple[float, ...]:
        """Every factor to simulate at."""
        return (self.factor,) if self.stronger is None else (self.factor, self.stronger)

    @property
    def spread(self) -> float:
        """Relative uncertainty of Lambda from scaling back."""
        if self.factor == 1:
            return 0.0
        return AMPLIFICATION_SPREAD if self.stronger is None else LEAKY_SPREAD


def points_of(
    runs: Sequence[Simulated], distances: Sequence[int], amplification: Amplification
) -> list[Point]:
    """Mean of the bases at every distance that is resolved, scaled back (module docstring)."""
    points = []
    for distance in distances:
        found = [_mean(runs, distance, factor) for factor in amplification.all]
        near, far = found[0], found[-1]
        if near is None or far is None:
            continue
        if amplification.stronger is None:
            back = amplification.factor ** (-(distance + 1) / 2)
            points.append(Point(distance, near.error * back, near.log_deviation))
            continue
        # ln eps(1) by the straight line through both in ln s.
        share = log(amplification.factor) / log(amplification.stronger / amplification.factor)
        error = near.error * (near.error / far.error) ** share
        deviation = sqrt(((1 + share) * near.log_deviation) ** 2 + (share * far.log_deviation) ** 2)
        points.append(Point(distance, error, deviation))
    return points


def _mean(runs: Sequence[Simulated], distance: int, amplification: float) -> Point | None:
    """Mean of the bases at one distance and amplification; None where it is not resolved."""
    here = [r for r in runs if (r.distance, r.amplification) == (distance, amplification)]
    if any(run.counts.errors < ENOUGH or run.error()[2] >= 0.5 for run in here):
        return None
    values = [run.error() for run in here]
    mean = sum(value for value, _, _ in values) / len(values)
    deviation = sqrt(sum(((high - low) / (2 * Z95)) ** 2 for _, low, high in values)) / len(values)
    return Point(distance, mean, deviation / mean)


def conclude(
    distance: int,
    runs: tuple[Simulated, ...],
    points: list[Point],
    amplification: Amplification,
    measured: float | None,
) -> Background:
    """The result at ``distance`` from all runs and the points that they give.

    ``measured``, a measured Lambda, replaces the model's in the extrapolation.
    """
    if len(points) < 2:
        return _few(runs, amplification) if _alive(runs) else unresolved(runs)
    fit = envelope(points, distance)
    notes = []
    if amplification.factor > 1:
        fit = _widened(fit, distance, amplification)
        notes.append(
            "errors too rare to count: simulated with all noise times "
            f"{amplification.factor:.3g} and scaled back"
        )
    if amplification.stronger is not None:
        notes.append(f"by the exponents measured up to {amplification.stronger:.3g} times")
    own = [run for run in runs if run.distance == distance]
    extrapolated = not (
        own and amplification.factor == 1 and all(run.counts.errors >= DIRECT for run in own)
    )
    value, low, high = fit.error, fit.low, fit.high
    shown = (fit.suppression, fit.suppression_low, fit.suppression_high)
    if measured is not None:
        shown = (measured, measured, measured)
    if not extrapolated:
        point = next(p for p in points if p.distance == distance)
        value, low, high = extrapolate(point, 1.0, distance)
    elif measured is not None:
        value, low, high = extrapolate(points[-1], measured, distance)
        notes.append(f"extrapolated from d = {points[-1].distance} with the measured Lambda")
    else:
        notes.append("fitted on d = " + ", ".join(map(str, fit.distances)))
    if shown[0] <= 1:
        notes.append("above threshold: a larger distance makes it worse")
    if high > 0.5:
        # A cycle cannot do worse than forget the logical state.
        notes.append("bounded by 1/2 per cycle")
        value, low, high = (min(v, 0.5) for v in (value, low, high))
    return Background(
        value,
        low,
        high,
        *shown,
        fit.suppression,
        runs,
        extrapolated,
        "; ".join(notes),
        _band(points, distance + BEYOND, amplification),
    )


def _band(points: list[Point], largest: int, amplification: Amplification) -> Band:
    distances = tuple(range(3, largest + 1, 2))
    fits = [envelope(points, d) for d in distances]
    if amplification.factor > 1:
        fits = [_widened(fit, d, amplification) for fit, d in zip(fits, distances, strict=True)]
    # A cycle cannot do worse than forget the logical state.
    error, low, high = (
        tuple(min(getattr(fit, name), 0.5) for fit in fits) for name in ("error", "low", "high")
    )
    return Band(distances, error, low, high)


def _widened(fit: Fit, distance: int, amplification: Amplification) -> Fit:
    """The fit with the uncertainty of amplification in its intervals."""
    centre = sum(fit.distances) / len(fit.distances)
    factor = 1 + amplification.spread
    error = exp(log(factor) * max(1.0, abs(distance - centre) / 2))
    return replace(
        fit,
        suppression_low=fit.suppression_low / factor,
        suppression_high=fit.suppression_high * factor,
        low=fit.low / error,
        high=fit.high * error,
    )


def _alive(runs: tuple[Simulated, ...]) -> bool:
    """Whether every experiment left something of the memory."""
    return all(run.counts.interval()[1] < 0.5 for run in runs)


def _few(runs: tuple[Simulated, ...], amplification: Amplification) -> Background:
    """Too few errors to fit: the bound is that of the smallest distance."""
    smallest = (runs[0].distance, amplification.factor)
    here = [run.error() for run in runs if (run.distance, run.amplification) == smallest]
    # At d = 3 one leaked ancilla is enough.
    faults = 2 if amplification.stronger is None else 1
    scale = amplification.factor**-faults
    value, high = (scale * max(row[i] for row in here) for i in (0, 2))
    note = f"too few errors to fit: d = {runs[0].distance} stands for all, a bound below threshold"
    return Background(value, 0.0, high, None, None, None, None, runs, True, note)


def unresolved(runs: tuple[Simulated, ...]) -> Background:
    """Noise so strong that the memory is gone within the shortest experiments."""
    return Background(
        0.5,
        min(run.error()[1] for run in runs),
        0.5,
        None,
        None,
        None,
        None,
        runs,
        True,
        "the noise destroys the logical state within a few cycles at every simulated distance",
    )
