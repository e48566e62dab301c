"""Impacts on the chips of two machines, counted as their experiments counted them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from qubudget.design import Design, load
from qubudget.errors import OutOfRangeError
from qubudget.impact.many import Impacts, impacts, relaxation_per_x
from qubudget.impact.response import recovery_time, value_at
from qubudget.impact.statistics import SHIFTED, Statistics, statistics
from qubudget.pipeline import Chain, relaxing_of
from qubudget.qubit.result import CoherenceResult
from qubudget.study.machines.rows import MachineRow, measurements

Array = NDArray[np.float64]
Events = NDArray[np.intp]

IDLE = 1e-6
"""Time for which McEwen's qubits were left excited, s."""
ARRIVED = 0.9
"""Share of its most errors from which the farther half of the chip counts as reached."""
RESAMPLES = 200
_CHUNK = 128

WILLOW_FITTED = (
    "nothing to the bursts: recombination and shift per quasiparticle are Kurilovich's, the trap "
    "rate McEwen's, the radiation NIST's; films and crystal are catalogue values"
)
SYCAMORE_FITTED = "recombination and trapping, to McEwen's exponential recovery"


def sycamore_impacts(chain: Chain) -> Iterator[MachineRow]:
    """Errors of ``sycamore-like`` after an impact, as in McEwen et al. 2022."""
    design = load("sycamore-like")
    drawn = _drawn(chain, design)
    _, coherence, _ = chain.cold(design)
    near, far = _errors(drawn, _per_x(design, coherence, drawn))
    times = drawn.answers.times
    for key, at, reason in (
        ("sycamore.t1_10us", 1e-5, "phonons of a chip that lets none out reach all of it at once"),
        ("sycamore.t1_1ms", 1e-3, "one film over the whole front; ours has no etched gaps"),
    ):

        def excess(events: Events, at: float = at) -> float:
            found = value_at(times, (near + far)[:, events].mean(axis=1) / 2, at)
            assert found is not None
            return float(-IDLE / np.log1p(-found))

        yield _row("sycamore-like", key, excess, near.shape[1], SYCAMORE_FITTED, reason)

    def spread(events: Events) -> float:
        mean = far[:, events].mean(axis=1)
        first = int(np.argmax(mean >= ARRIVED * mean.max()))
        if first == 0:
            return float(times[0])
        share = (ARRIVED * mean.max() - mean[first - 1]) / (mean[first] - mean[first - 1])
        return float(times[first - 1] * (times[first] / times[first - 1]) ** share)

    yield _row(
        "sycamore-like", "sycamore.spread", spread, near.shape[1], SYCAMORE_FITTED,
        "until the farther half of the qubits has 90 % of the most errors that it comes to; the "
        "experiment's own criterion is not known to us",
    )  # fmt: skip

    def recovery(events: Events) -> float:
        found = recovery_time(times, (near + far)[:, events].mean(axis=1))
        assert found is not None
        return found

    yield _row(
        "sycamore-like", "sycamore.recovery", recovery, near.shape[1], SYCAMORE_FITTED,
        "fitted to it",
    )  # fmt: skip


def willow_impacts(chain: Chain) -> Iterator[MachineRow]:
    """Bursts of ``willow-like`` as Google 2024 and Kurilovich et al. 2025 counted them."""
    design = load("willow-like")
    drawn = _drawn(chain, design)
    _, coherence, _ = chain.cold(design)
    assert coherence.t1_s is not None
    per_x = design.chip.frequency_shift * design.qubit.frequency

    def of(some: Impacts) -> Statistics:
        assert coherence.t1_s is not None
        return statistics(
            some.answers, some.energy, some.x, some.y,
            quiet_relaxation=1 / coherence.t1_s,
            relaxation_per_x=_per_x(design, coherence, drawn),
            shift_per_x=per_x,
            seed=chain.seed,
        )  # fmt: skip

    every, seen = of(drawn), of(drawn.largest(measurements()["willow.bursts"].value))
    warm = (
        "quasiparticles more than 0.13 gaps above the gap pass the junction: 22 % after 10 us and "
        "4 % after 100 us at Kaplan's rate; cooled ones relax a hundredth as fast"
    )
    for key, found, reason in (
        ("willow.footprint", every.footprint, "T1 below half its quiet value, all deposits"),
        ("willow.duration", every.duration, warm),
        ("willow.t1_duration", every.duration, warm),
        ("willow.shifted", seen.shifted, "the largest deposits, as many a second as were seen"),
        ("willow.peak_shift", seen.peak_shift, "the same; the cell of the hit, not an electrode"),
    ):
        interval = (found.percentiles[1], found.median_low, found.median_high)
        yield _made("willow-like", key, interval, WILLOW_FITTED, reason)

    counts, largest = _shifts(drawn, per_x)

    shifted = int((counts > len(drawn.answers.x) / 2).sum())
    ends = binomtest(shifted, len(counts)).proportion_ci()
    low, high = drawn.rate * float(ends.low), drawn.rate * float(ends.high)
    yield _made(
        "willow-like", "willow.half_array", (drawn.rate * shifted / len(counts), low, high),
        WILLOW_FITTED, "only deposits of some MeV do it",
    )  # fmt: skip

    def halving(events: Events) -> float:
        return _halved(drawn.answers.times, largest[events].mean(axis=0))

    yield _row(
        "willow-like", "willow.shift_recovery", halving, len(counts), WILLOW_FITTED,
        "at the hit itself, where quasiparticles diffuse away and recombine first",
    )  # fmt: skip


def _drawn(chain: Chain, design: Design) -> Impacts:
    found = impacts(design, chain.effort, chain.seed)
    assert found is not None
    return found


def _per_x(design: Design, coherence: CoherenceResult, drawn: Impacts) -> Array:
    """1/T1 per x at the library's times, 1/s."""
    assert coherence.relaxation_per_x is not None
    assert coherence.unprotected_per_x is not None
    return relaxation_per_x(design, relaxing_of(coherence), drawn.answers.times)


def _errors(drawn: Impacts, relaxation_per_x: Array) -> tuple[Array, Array]:
    """Share of the nearer and of the farther half of the qubits in error, (nt, events)."""
    times, n = drawn.answers.times, len(drawn.energy)
    near, far = np.zeros((2, len(times), n))
    half = len(drawn.answers.x) // 2
    for start in range(0, n, _CHUNK):
        part = slice(start, start + _CHUNK)
        found = drawn.answers.response(drawn.energy[part], drawn.x[part], drawn.y[part])
        error = -np.expm1(-relaxation_per_x[:, None] * found * IDLE)
        distance = np.hypot(
            drawn.answers.x - drawn.x[part, None], drawn.answers.y - drawn.y[part, None]
        )
        order = np.argsort(distance, axis=1, kind="stable")[:, None, :]
        ordered = np.take_along_axis(error, order, axis=2)
        near[:, part] = ordered[..., :half].mean(axis=2).T
        far[:, part] = ordered[..., half:].mean(axis=2).T
    return near, far


def _shifts(drawn: Impacts, shift_per_x: float) -> tuple[NDArray[np.intp], Array]:
    """Most qubits shifted at once (events,), and the largest shift over time, (events, nt), Hz."""
    n, nt = len(drawn.energy), len(drawn.answers.times)
    counts, largest = np.zeros(n, dtype=np.intp), np.zeros((n, nt))
    for start in range(0, n, _CHUNK):
        part = slice(start, start + _CHUNK)
        found = drawn.answers.response(drawn.energy[part], drawn.x[part], drawn.y[part])
        shift = shift_per_x * found
        counts[part] = (shift > SHIFTED).sum(axis=2).max(axis=1)
        largest[part] = shift.max(axis=2)
    return counts, largest


def _halved(times: Array, values: Array) -> float:
    """Time at which values (nt,) have fallen to half of their peak, exponential between times."""
    peak = int(np.argmax(values))
    below = np.flatnonzero(values[peak:] <= values[peak] / 2)
    if not below.size:
        raise OutOfRangeError(f"the shift does not halve within {times[-1]:g} s")
    after = peak + int(below[0])
    high, low = values[after - 1], values[after]
    share = np.log(2 * high / values[peak]) / np.log(high / low) if low > 0 else 1.0
    return float(times[after - 1] + share * (times[after] - times[after - 1]))


def _row(
    machine: str,
    key: str,
    of_events: Callable[[Events], float],
    events: int,
    fitted: str,
    reason: str,
) -> MachineRow:
    """A row whose interval comes from resampled events."""
    rng = np.random.default_rng(1)
    drawn = [of_events(rng.integers(0, events, events, dtype=np.intp)) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5]).tolist()
    return _made(
        machine, key, (of_events(np.arange(events, dtype=np.intp)), low, high), fitted, reason
    )


def _made(
    machine: str, key: str, interval: tuple[float, float, float], fitted: str, reason: str
) -> MachineRow:
    measured = measurements()[key]
    return MachineRow(machine, measured.quantity, *interval, measured, fitted, reason)
