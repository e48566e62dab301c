"""Logical error per cycle in quiet times, from simulated small distances to the design's own.

Where the hardware is so good that errors are too rare to count, the noise is amplified and the
result scaled back (:mod:`.extrapolation`). Amplified noise stays below 0.4 of the threshold.
Leakage that lasts longer than a cycle is never amplified: more shots are taken instead, and where
fewer than two distances give errors the result is a bound.

Where effort allows, one distance is computed directly, with the noise as it is, by splitting
(:mod:`.rare`), and the result says whether that lies within the band of the fit. Splitting takes
independent faults, so there is no such check where leakage is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log, sqrt
from typing import Literal

import numpy as np
import stim
from numpy.typing import NDArray

from qubudget.qec.circuits import Checks, memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.decoders import MATCHING, PLUGINS, Decoder
from qubudget.qec.decoders import decoder as decoder_of
from qubudget.qec.extrapolation import (
    ENOUGH,
    Amplification,
    Background,
    Band,
    Direct,
    Simulated,
    conclude,
    points_of,
    unresolved,
)
from qubudget.qec.layout import Basis, Family, Layout, build
from qubudget.qec.leakage import Leakage, return_probability
from qubudget.qec.leaky_sampler import LeakySampler
from qubudget.qec.rare import estimate
from qubudget.qec.sampling import Counts, count_errors, per_round, stream

Effort = Literal["quick", "standard", "full"]
WORTHWHILE = 1.3
"""Amplification below which the noise is simulated as it is."""
STRONGER = 1.5
"""Second amplification over the first, where exponents have to be measured."""
UNAMPLIFIED_SHOTS = 300_000
"""Least shots per distance and basis where leakage forbids to amplify."""
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
    ``relaxation``; one device is drawn by the ``seed``. ``leakage`` : where it is simulated, which
    is in quiet times only.
    """

    gates: GateNoise
    relaxation: float
    dephasing: float
    schedule: Schedule
    spread: float = 0.0
    seed: int = 0
    leakage: Leakage | None = None

    def on(self, qubits: int, amplification: float = 1.0) -> RoundNoise:
        """Noise of a patch but leakage, rates and probabilities times ``amplification``."""
        return RoundNoise(
            self.gates.scaled(amplification),
            Decoherence(
                amplification * self.relaxation * self._device(qubits),
                np.full(qubits, amplification * self.dephasing),
                np.zeros(qubits),
            ),
        )

    def leaky(
        self, circuit: stim.Circuit, layout: Layout, amplification: float = 1.0
    ) -> LeakySampler | None:
        """What samples a patch's circuit with leakage; None where there is none.

        The rate of leakage is amplified, the relaxation that ends it is not.
        """
        if self.leakage is None or not self.leaks:
            return None
        relaxation = self.decoherence(layout.qubits).relaxation
        returning = return_probability(relaxation, self.schedule.cycle_time)
        return LeakySampler(circuit, layout, self.leakage.scaled(amplification), returning)

    @property
    def leaks(self) -> bool:
        """Whether leakage is simulated."""
        return self.leakage is not None and self.leakage.rate > 0

    @property
    def lasting(self) -> bool:
        """Whether leakage outlasts a cycle, so that no leading order is known to scale by."""
        return self.leakage is not None and self.leaks and self.leakage.removal != "reset-all"

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
        leaking = 0.0 if self.leakage is None else self.leakage.rate
        return max(gates.one_qubit, gates.two_qubit, gates.measure, gates.reset, waiting, leaking)


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
        return unresolved(lost)
    length = 3 if equivalent < 0.007 else 1
    runs = tuple(
        _simulate(family, d, basis, length * d, noise, factor, plan, seed, decoder)
        for factor in amplification.all
        for d in plan.distances
        for basis in build(family, 3).bases
    )
    points = points_of(runs, plan.distances, amplification)
    found = conclude(distance, runs, points, amplification, measured_suppression)
    if noise.leakage is not None and noise.leaks:
        told = f"leakage {noise.leakage.rate:.2g} per two-qubit gate, {noise.leakage.removal}"
        told += ", not amplified" if noise.lasting else ""
        found = replace(found, note="; ".join(filter(None, (found.note, told))))
    independent = decoder == PLAIN and not noise.leaks
    if found.fit is None or amplification.factor == 1 or plan.direct is None or not independent:
        return found
    direct = _direct(family, min(plan.direct, distance), noise, found.fit, seed)
    where = "lies within" if direct.within else "lies outside"
    note = f"{found.note}; d = {direct.distance}, computed directly, {where} the fit's band"
    return replace(found, direct=direct, note=note)


@lru_cache(maxsize=64)
def _amplification(
    family: Family, noise: QuietNoise, plan: Plan, seed: int
) -> tuple[Amplification, float, Counts]:
    """(amplification, equivalent p of the noise as it is, the pilot's counts)."""
    factor = 1.0
    layout = build(family, 3)
    while True:
        circuit = memory_circuit(
            layout, "Z", [(9, noise.on(layout.qubits, factor))], noise.schedule
        )
        sequence = stream(seed, "pilot", family, factor)
        counts = _count(layout, circuit, noise, factor, PILOT_SHOTS, sequence)
        if counts.errors >= ENOUGH or 4 * factor * noise.largest() > 0.2:
            break
        factor *= 4
    equivalent = sqrt(float(per_round(max(counts.rate, 1e-9), 9)) / REFERENCE_D3) / factor
    # A repetition code takes twice the surface code's noise before its distances lie as close.
    target = plan.target * (2 if family == "repetition" else 1)
    factor = target / equivalent
    if factor <= WORTHWHILE or noise.lasting:
        return Amplification(), equivalent, counts
    stronger = STRONGER * factor if noise.leaks else None
    return Amplification(factor, stronger), equivalent, counts


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
    shots = max(plan.shots, UNAMPLIFIED_SHOTS) if noise.lasting else plan.shots
    shots = shots // PLUGIN_COST if decoder in PLUGINS else shots
    judge = decoder_of(circuit, decoder)
    counts = _count(layout, circuit, noise, amplification, shots, sequence, plan.max_errors, judge)
    return Simulated(distance, basis, rounds, amplification, counts)


def _count(
    layout: Layout,
    circuit: stim.Circuit,
    noise: QuietNoise,
    amplification: float,
    shots: int,
    sequence: np.random.SeedSequence,
    max_errors: int | None = None,
    matching: Decoder | None = None,
) -> Counts:
    """Logical errors of a circuit, with leakage where the noise has it."""
    sampler = noise.leaky(circuit, layout, amplification)
    if sampler is None:
        return count_errors(circuit, shots, sequence, max_errors=max_errors, matching=matching)
    return sampler.count_errors(shots, sequence, max_errors=max_errors, matching=matching)


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
