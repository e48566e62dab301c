"""Logical error per cycle in quiet times, from simulated small distances to the design's own.

Where the hardware is so good that errors are too rare to count, all error probabilities are
multiplied by one amplification s and the result is scaled back, eps_d(1) = eps_d(s) s^(-(d+1)/2):
the leading order, (d+1)/2 faults per logical error. From Stim's uniform model at p = 0.001 and
0.003 (logical errors per round 2.439e-4, 2.783e-5, 2.71e-6 against 2.076e-3, 7.09e-4, 2.254e-4 at
d = 3, 5, 7) this returns Lambda within 9 % of the true one, too low; the interval is widened by
10 % of Lambda for it. Amplified noise stays below 0.4 of the threshold.

Where effort allows, one distance is computed directly, with the noise as it is, by splitting
(:mod:`.rare`), and the result says whether that lies within the band of the fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, log, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qubudget.qec.circuits import Checks, memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.decoders import MATCHING, PLUGINS
from qubudget.qec.decoders import decoder as decoder_of
from qubudget.qec.layout import Basis, Family, build
from qubudget.qec.rare import estimate
from qubudget.qec.sampling import Counts, count_errors, per_round, stream
from qubudget.qec.scaling import Z95, Fit, Point, envelope, extrapolate

Effort = Literal["quick", "standard", "full"]
AMPLIFICATION_SPREAD = 0.10
"""Relative uncertainty of Lambda from scaling amplified noise back (module docstring)."""
WORTHWHILE = 1.3
"""Amplification below which the noise is simulated as it is."""
ENOUGH = 20
"""Errors below which a distance takes no part in a fit."""
DIRECT = 100
"""Errors from which a simulated distance stands for itself."""
BEYOND = 6
"""By how much the fit's band goes beyond the design's distance."""
PLAIN = MATCHING["plain"]
PLUGIN_COST = 20
"""By how much fewer shots a plug-in decodes, which takes some hundred times as long for each."""
PILOT_SHOTS = 20_000
REFERENCE_D3 = 244.0
"""eps = 244 p^2 at d = 3 in Stim's uniform model (2.439e-4 at p = 0.001); turns a pilot's error
into an equivalent p, which only steers the effort."""


@dataclass(frozen=True)
class Plan:
    """Distances, shots per distance and basis, errors to stop at, equivalent p to amplify to, and
    the largest distance that is computed directly."""

    distances: tuple[int, ...]
    shots: int
    max_errors: int
    target: float
    direct: int | None = None


PLANS: Mapping[Effort, Plan] = {
    "quick": Plan((3, 5, 7), 40_000, 4_000, 0.003),
    "standard": Plan((3, 5, 7, 9), 600_000, 8_000, 0.002, 5),
    "full": Plan((3, 5, 7, 9, 11), 2_000_000, 20_000, 0.0015, 7),
}


@dataclass(frozen=True)
class QuietNoise:
    """Noise in quiet times: gates, 1/T1 and 1/Tphi (1/s), and the schedule.

    ``spread`` : relative deviation of 1/T1 from qubit to qubit, log-normal with the mean rate
    ``relaxation``; one device is drawn by the ``seed``.
    """

    gates: GateNoise
    relaxation: float
    dephasing: float
    schedule: Schedule
    spread: float = 0.0
    seed: int = 0

    def on(self, qubits: int, amplification: float = 1.0) -> RoundNoise:
        """Noise of a patch, all of its rates and probabilities times ``amplification``."""
        return RoundNoise(
            self.gates.scaled(amplification),
            Decoherence(
                amplification * self.relaxation * self._device(qubits),
                np.full(qubits, amplification * self.dephasing),
                np.zeros(qubits),
            ),
        )

    def decoherence(self, qubits: int) -> Decoherence:
        """Rates of a patch."""
        found = self.on(qubits).decoherence
        assert found is not None
        return found

    def _device(self, qubits: int) -> NDArray[np.float64]:
        """Factors of mean 1 on the rates of so many qubits."""
        if self.spread == 0:
            return np.ones(qubits)
        variance = log(1 + self.spread**2)
        draws = np.random.default_rng(stream(self.seed, "device")).standard_normal(qubits)
        return np.asarray(np.exp(sqrt(variance) * draws - variance / 2))

    def largest(self) -> float:
        """Largest error probability of any single operation."""
        gates = self.gates
        waiting = self.schedule.cycle_time * (self.relaxation + self.dephasing)
        return max(gates.one_qubit, gates.two_qubit, gates.measure, gates.reset, waiting)


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


def background(
    family: Family,
    distance: int,
    noise: QuietNoise,
    effort: Effort,
    seed: int,
    measured_suppression: float | None = None,
    decoder: str = PLAIN,
) -> Background:
    """Simulate the plan's distances and extrapolate to ``distance``.

    ``measured_suppression``, a measured Lambda, replaces the model's in the extrapolation;
    ``decoder`` by its name in :mod:`.decoders`.
    """
    plan = PLANS[effort]
    if noise.largest() == 0:
        return Background(0.0, 0.0, 0.0, None, None, None, None, (), False, "no noise at all")
    amplification, equivalent, pilot = _amplification(family, noise, plan, seed)
    if pilot.errors < ENOUGH:
        # Even amplified noise makes no errors: some kind of error is absent altogether.
        high = float(per_round(pilot.interval()[1], 9))
        note = "no logical errors seen even with amplified noise; the bound is that of d = 3"
        return Background(0.0, 0.0, high, None, None, None, None, (), True, note)
    if pilot.interval()[1] >= 0.5:
        # Nothing left to see after the pilot's nine rounds: one round bounds the loss best.
        lost = tuple(
            _simulate(family, 3, basis, 1, noise, 1.0, plan, seed, decoder)
            for basis in build(family, 3).bases
        )
        return _unresolved(lost)
    length = 3 if equivalent < 0.007 else 1
    runs = tuple(
        _simulate(family, d, basis, length * d, noise, amplification, plan, seed, decoder)
        for d in plan.distances
        for basis in build(family, 3).bases
    )
    points = [p for p in (_point(runs, d, amplification) for d in plan.distances) if p]
    found = _conclude(distance, runs, points, amplification, measured_suppression)
    if found.fit is None or amplification == 1 or plan.direct is None or decoder != PLAIN:
        return found
    direct = _direct(family, min(plan.direct, distance), noise, found.fit, seed)
    where = "lies within" if direct.within else "lies outside"
    note = f"{found.note}; d = {direct.distance}, computed directly, {where} the fit's band"
    return replace(found, direct=direct, note=note)


@lru_cache(maxsize=64)
def _amplification(
    family: Family, noise: QuietNoise, plan: Plan, seed: int
) -> tuple[float, float, Counts]:
    """(amplification, equivalent p of the noise as it is, the pilot's counts)."""
    factor = 1.0
    layout = build(family, 3)
    while True:
        circuit = memory_circuit(
            layout, "Z", [(9, noise.on(layout.qubits, factor))], noise.schedule
        )
        counts = count_errors(circuit, PILOT_SHOTS, stream(seed, "pilot", family, factor))
        if counts.errors >= ENOUGH or 4 * factor * noise.largest() > 0.2:
            break
        factor *= 4
    equivalent = sqrt(float(per_round(max(counts.rate, 1e-9), 9)) / REFERENCE_D3) / factor
    # A repetition code takes twice the surface code's noise before its distances lie as close.
    target = plan.target * (2 if family == "repetition" else 1)
    amplification = target / equivalent
    return amplification if amplification > WORTHWHILE else 1.0, equivalent, counts


@lru_cache(maxsize=256)  # searches over the distance ask for the same runs again
def _simulate(
    family: Family,
    distance: int,
    basis: Basis,
    rounds: int,
    noise: QuietNoise,
    amplification: float,
    plan: Plan,
    seed: int,
    decoder: str,
) -> Simulated:
    layout = build(family, distance)
    quiet = noise.on(layout.qubits, amplification)
    # Only the checks of both bases together show what X and Z errors have in common.
    checks: Checks = "own" if decoder == PLAIN else "all"
    circuit = memory_circuit(layout, basis, [(rounds, quiet)], noise.schedule, checks=checks)
    sequence = stream(seed, "background", family, distance, basis)
    shots = plan.shots // PLUGIN_COST if decoder in PLUGINS else plan.shots
    judge = decoder_of(circuit, decoder)
    counts = count_errors(circuit, shots, sequence, max_errors=plan.max_errors, matching=judge)
    return Simulated(distance, basis, rounds, amplification, counts)


def _point(runs: tuple[Simulated, ...], distance: int, amplification: float) -> Point | None:
    """Mean of the bases at one distance, scaled back; None where it is not resolved."""
    here = [run for run in runs if run.distance == distance]
    if any(run.counts.errors < ENOUGH or run.error()[2] >= 0.5 for run in here):
        return None
    values = [run.error() for run in here]
    mean = sum(value for value, _, _ in values) / len(values)
    deviation = sqrt(sum(((high - low) / (2 * Z95)) ** 2 for _, low, high in values)) / len(values)
    back = amplification ** (-(distance + 1) / 2)
    return Point(distance, mean * back, deviation / mean)


def _conclude(
    distance: int,
    runs: tuple[Simulated, ...],
    points: list[Point],
    amplification: float,
    measured: float | None,
) -> Background:
    if len(points) < 2:
        return _few(runs, amplification) if _alive(runs) else _unresolved(runs)
    fit = envelope(points, distance)
    notes = []
    if amplification > 1:
        fit = _widened(fit, distance)
        notes.append(
            f"errors too rare to count: simulated with all noise times {amplification:.3g} and "
            "scaled back"
        )
    own = [run for run in runs if run.distance == distance]
    extrapolated = not (
        own and amplification == 1 and all(run.counts.errors >= DIRECT for run in own)
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


def _band(points: list[Point], largest: int, amplification: float) -> Band:
    distances = tuple(range(3, largest + 1, 2))
    fits = [envelope(points, d) for d in distances]
    if amplification > 1:
        fits = [_widened(fit, d) for fit, d in zip(fits, distances, strict=True)]
    # A cycle cannot do worse than forget the logical state.
    error, low, high = (
        tuple(min(getattr(fit, name), 0.5) for fit in fits) for name in ("error", "low", "high")
    )
    return Band(distances, error, low, high)


@lru_cache(maxsize=64)
def _direct(family: Family, distance: int, noise: QuietNoise, band: Band, seed: int) -> Direct:
    layout = build(family, distance)
    quiet, rounds = noise.on(layout.qubits), 3 * distance
    found = []
    for basis in layout.bases:
        circuit = memory_circuit(layout, basis, [(rounds, quiet)], noise.schedule)
        sequence = stream(seed, "direct", family, distance, basis)
        found.append(estimate(circuit, rounds, sequence).per_round)
    # The ends' mean is wider than the interval of the mean.
    error, low, high = (sum(values) / len(found) for values in zip(*found, strict=True))
    i = band.distances.index(distance)
    return Direct(distance, error, low, high, low <= band.high[i] and band.low[i] <= high)


def _widened(fit: Fit, distance: int) -> Fit:
    """The fit with the uncertainty of amplification in its intervals."""
    centre = sum(fit.distances) / len(fit.distances)
    factor = 1 + AMPLIFICATION_SPREAD
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


def _few(runs: tuple[Simulated, ...], amplification: float) -> Background:
    """Too few errors to fit: the bound is that of the smallest distance."""
    here = [run.error() for run in runs if run.distance == runs[0].distance]
    scale = amplification ** (-(runs[0].distance + 1) / 2)
    value, high = (scale * max(row[i] for row in here) for i in (0, 2))
    note = f"too few errors to fit: d = {runs[0].distance} stands for all, a bound below threshold"
    return Background(value, 0.0, high, None, None, None, None, runs, True, note)


def _unresolved(runs: tuple[Simulated, ...]) -> Background:
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
