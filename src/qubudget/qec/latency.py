"""Whether the decoder keeps up: its time per round against the cycle, backlog, and its power.

A round of syndromes arrives every cycle and is decoded in the order of arrival by one decoder per
patch. A round's decoding time is taken as proportional to its detection events, t = t0 e/e0, with
t0 and e0 of quiet times: sparse blossom's time is near linear in the number of events (Higgott and
Gidney, arXiv:2303.15933: "a million errors per core second"). A burst has more events, so rounds
queue up. The wait W of a newly arrived round obeys

    dW/dt = t/t_cycle - 1  (not below W = 0),

rounds behind are at most max(W)/t_cycle. Where t0/t_cycle, the utilisation, is 1 or more already in
quiet times, the backlog grows without end, and each gate that waits for the decoder waits longer by
that factor than the one before: exponential slowdown (Terhal, Rev. Mod. Phys. 87, 307 (2015)).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import RoundNoise
from qubudget.qec.history import BurstHistory
from qubudget.qec.layout import Layout, build
from qubudget.qec.sampling import sample, stim_seed, stream
from qubudget.qec.standin import Site

Array = NDArray[np.float64]
ROUNDS = 16
"""Rounds of the experiment that counts detection events."""


def utilisation(decoding_time: ArrayLike, cycle_time: ArrayLike) -> Array:
    """Share of the time that the decoder works: decoding time per round (s) over cycle time (s)."""
    return np.asarray(np.asarray(decoding_time, float) / np.asarray(cycle_time, float))


def decoder_power(events: ArrayLike, cycle_time: ArrayLike, energy: ArrayLike) -> Array:
    """Heat of decoding, W: events per round x energy per event (J) / cycle time (s).

    >>> float(decoder_power(10, 1e-6, 1e-10))
    0.001
    """
    rate = np.asarray(events, float) / np.asarray(cycle_time, float)
    return np.asarray(rate * np.asarray(energy, float))


@dataclass(frozen=True, eq=False)
class Backlog:
    """What a burst leaves the decoder to catch up with.

    ``times`` (s, knots from the burst's beginning on) and ``wait`` (s, of a round that arrives
    then, linear between the knots); ``peak`` rounds behind at most; ``cleared`` when the last
    delayed round has been decoded, s from the beginning. The last two are None, and ``reason``
    says why, where the decoder does not keep up in quiet times.
    """

    cycle_time: float
    times: Array
    wait: Array
    peak: float | None
    cleared: float | None
    reason: str | None = None

    @property
    def longest_wait(self) -> float | None:
        """Longest wait of a round, s."""
        return None if self.peak is None else self.peak * self.cycle_time

    def decoded(self, time: ArrayLike) -> Array:
        """Rounds that are decoded by a time (s) after the beginning."""
        end = np.asarray(time, float)
        # Rounds without events are finished at once, with the last one before them: the curve
        # jumps there.
        finished = np.maximum.accumulate(self.times + self.wait)
        arrived = np.interp(end, finished, self.times)
        late = finished[-1]
        return np.asarray(
            np.where(end > late, self.times[-1] + end - late, arrived) / self.cycle_time
        )

    def behind(self, time: ArrayLike) -> Array:
        """Rounds that have arrived but are not decoded by a time (s); only where it is cleared."""
        return np.asarray(time, float) / self.cycle_time - self.decoded(time)


def backlog(
    edges: ArrayLike, event_ratio: ArrayLike, decoding_time: float, cycle_time: float
) -> Backlog:
    """The queue of a decoder through a burst.

    Parameters
    ----------
    edges : of the burst's cells, ascending, s, shape (n + 1,). event_ratio : detection events per
        round in each cell over those of quiet times, shape (n,).
    decoding_time : of one round in quiet times, s. cycle_time : s.

    Exact for steady cells. A burst with k times the events for a time D, at utilisation u with
    k u > 1, leaves D (k u - 1)/t_cycle rounds, worked off by D (1 + (k u - 1)/(1 - u)):

    >>> found = backlog([0, 1e-3], [4.0], 0.5e-6, 1e-6)
    >>> round(found.peak), round(found.cleared, 9)
    (1000, 0.003)

    Raises
    ------
    OutOfRangeError: edges that do not ascend, negative events, or shapes that do not fit.
    """
    bounds, ratio = np.asarray(edges, float), np.asarray(event_ratio, float)
    if bounds.shape != (len(ratio) + 1,) or not np.all(np.diff(bounds) > 0):
        raise OutOfRangeError("a burst's cells need one edge more than events, ascending")
    if not np.all(np.isfinite(ratio)) or np.any(ratio < 0):
        raise OutOfRangeError("detection events must be finite and not negative")
    quiet = float(utilisation(decoding_time, cycle_time))
    bounds = bounds - bounds[0]
    times, wait = [0.0], [0.0]
    for end, busy in zip(bounds[1:].tolist(), (quiet * ratio).tolist(), strict=True):
        left = wait[-1] + (busy - 1) * (end - times[-1])
        if left < 0 < wait[-1]:
            times.append(times[-1] + wait[-1] / (1 - busy))
            wait.append(0.0)
        times.append(end)
        wait.append(max(left, 0.0))
    if quiet >= 1:
        return Backlog(cycle_time, np.array(times), np.array(wait), None, None, _growing(quiet))
    if wait[-1] > 0:
        times.append(times[-1] + wait[-1] / (1 - quiet))
        wait.append(0.0)
    peak = max(wait)
    delayed = np.flatnonzero(np.array(wait) > 0)
    cleared = times[delayed[-1] + 1] if delayed.size else 0.0
    return Backlog(cycle_time, np.array(times), np.array(wait), peak / cycle_time, cleared)


def _growing(busy: float) -> str:
    return (
        f"decoding a quiet round takes {busy:.3g} cycles: the backlog grows without end and gates "
        "that wait for the decoder slow down exponentially"
    )


@dataclass(frozen=True, eq=False)
class EventLoad:
    """Detection events per round of one patch through a class of bursts: ``edges`` (n + 1,) of the
    cells from the burst's beginning, s; ``events`` (n,); ``rate`` per second and patch. No cells
    where no qubit is hit."""

    name: str
    rate: float
    edges: Array
    events: Array


def quiet_events(site: Site, shots: int = 256, seed: int = 0) -> float:
    """Detection events per round of one patch in quiet times, all checks together."""
    layout = build(site.family, site.distance)
    noise = site.noise.on(layout.qubits)
    return _events(site, layout, noise, shots, stream(seed, "quiet events"))


def event_load(
    site: Site, burst: BurstHistory, cells: int = 8, shots: int = 64, seed: int = 0
) -> EventLoad:
    """Detection events per round of one patch in at most ``cells`` steady cells of a burst."""
    layout = build(site.family, site.distance)
    whole = site.place(layout)
    decay = site.decay(burst, layout, whole, cells)
    ordered = sorted(decay.cells, key=lambda cell: cell.time)
    still = site.noise.on(layout.qubits)
    events = [
        _events(
            site,
            layout,
            still.with_excess(cell.excess),
            shots,
            stream(seed, "events", burst.name, i),
        )
        for i, cell in enumerate(ordered)
    ]
    lengths = [cell.cycles * site.noise.schedule.cycle_time for cell in ordered]
    edges = np.concatenate([[0.0], np.cumsum(lengths)])
    return EventLoad(burst.name, burst.rate * whole.chips, edges, np.array(events))


def _events(
    site: Site, layout: Layout, noise: RoundNoise, shots: int, sequence: np.random.SeedSequence
) -> float:
    # The first and the last layer of checks see about half the events of the others, and there is
    # one layer more than rounds.
    total = 0
    for number, basis in enumerate(layout.bases):
        circuit = memory_circuit(layout, basis, [(ROUNDS, noise)], site.noise.schedule)
        total += int(np.bitwise_count(sample(circuit, shots, stim_seed(sequence, number))[0]).sum())
    return total / (shots * ROUNDS)


@dataclass(frozen=True, eq=False)
class LatencyBudget:
    """The decoder of one patch against its clock.

    ``utilisation`` in quiet times and ``mean_utilisation`` with all bursts; events per round in
    quiet times; powers of one patch, W, in quiet times and at the worst of the bursts; the backlog
    of every class of bursts that hits the patch. None, with a ``reason``, where no decoding time is
    stated.
    """

    decoding_time: float | None
    cycle_time: float
    utilisation: float | None
    mean_utilisation: float | None
    events: float
    power: float
    peak_power: float
    bursts: tuple[tuple[str, Backlog], ...]
    reason: str | None

    @property
    def keeps_up(self) -> bool | None:
        """Whether the decoder keeps up in the long run; None where that is not known."""
        return None if self.mean_utilisation is None else self.mean_utilisation < 1

    def to_dict(self) -> dict[str, Any]:
        """Plain values with units in their names."""
        return {
            "decoding_time_s": self.decoding_time,
            "cycle_time_s": self.cycle_time,
            "utilisation": self.utilisation,
            "mean_utilisation": self.mean_utilisation,
            "keeps_up": self.keeps_up,
            "events_per_cycle": self.events,
            "power_W": self.power,
            "peak_power_W": self.peak_power,
            "bursts": [
                {
                    "name": name,
                    "peak_backlog_cycles": found.peak,
                    "longest_wait_s": found.longest_wait,
                    "cleared_s": found.cleared,
                    "reason": found.reason,
                }
                for name, found in self.bursts
            ],
            "reason": self.reason,
        }


def latency_budget(
    decoding_time: float | None,
    cycle_time: float,
    energy: float,
    quiet: float,
    loads: Sequence[EventLoad] = (),
) -> LatencyBudget:
    """Utilisation, backlog of every class of bursts, and power.

    Parameters
    ----------
    decoding_time : of one quiet round of one patch, s; None: not judged. cycle_time : s.
    energy : per detection event, J. quiet : detection events per quiet round, above 0, see
        :func:`quiet_events`. loads : see :func:`event_load`.

    Raises
    ------
    OutOfRangeError: no events in quiet times by which to measure those of a burst.
    """
    if quiet <= 0:
        raise OutOfRangeError("no detection events in quiet times, by which to measure a burst's")
    hit = [load for load in loads if len(load.events)]
    most = max([quiet, *(float(load.events.max()) for load in hit)])
    power, peak_power = decoder_power([quiet, most], cycle_time, energy).tolist()
    if decoding_time is None:
        return LatencyBudget(
            None, cycle_time, None, None, quiet, power, peak_power, (),
            "no decoding time is stated",
        )  # fmt: skip
    found = tuple(
        (load.name, backlog(load.edges, load.events / quiet, decoding_time, cycle_time))
        for load in hit
    )
    busy = float(utilisation(decoding_time, cycle_time))
    more = sum(
        load.rate * float(np.dot(load.events / quiet - 1, np.diff(load.edges))) for load in hit
    )
    mean = busy * (1 + more)
    reason = None
    if busy >= 1:
        reason = _growing(busy)
    elif mean >= 1:
        reason = (
            f"keeps up in quiet times, but with bursts the decoder needs {mean:.3g} of the time: "
            "the backlog grows from burst to burst"
        )
    return LatencyBudget(
        decoding_time, cycle_time, busy, mean, quiet, power, peak_power, found, reason
    )
