"""Decoder against clock: closed forms, conservation, a queue stepped round by round, events."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.background import QuietNoise
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.latency import (
    EventLoad,
    backlog,
    decoder_power,
    event_load,
    latency_budget,
    quiet_events,
    utilisation,
)
from qubudget.qec.requirement import disc_burst
from qubudget.qec.standin import Site

CYCLE = 1e-6


def queue(edges, ratio, decoding_time, cycle_time):
    """Waits by Lindley's recursion, round by round, past the burst until nothing waits."""
    waits, wait, number = [], 0.0, 0
    while (start := number * cycle_time) < edges[-1] or wait > 0:
        waits.append(wait)
        cell = np.searchsorted(edges, start, side="right") - 1
        work = decoding_time * (ratio[cell] if cell < len(ratio) else 1.0)
        wait = max(wait + work - cycle_time, 0.0)
        number += 1
    return np.array(waits)


def test_rectangular_burst():
    """k times the events for D at utilisation u: D (k u - 1)/t_cycle rounds wait at the end, and
    the decoder gains 1 - u s each second after it."""
    u, k, duration = 0.6, 5.0, 2e-3
    found = backlog([0.0, duration], [k], u * CYCLE, CYCLE)
    assert found.peak == pytest.approx(duration * (k * u - 1) / CYCLE)
    assert found.longest_wait == pytest.approx(duration * (k * u - 1))
    assert found.cleared == pytest.approx(duration * (1 + (k * u - 1) / (1 - u)))
    assert found.reason is None


def test_a_fast_enough_decoder_has_no_backlog():
    found = backlog([0.0, 1e-3, 2e-3], [9.0, 3.0], 0.1 * CYCLE, CYCLE)
    assert found.peak == 0
    assert found.cleared == 0
    assert found.behind(np.linspace(0, 3e-3, 7)) == pytest.approx(0, abs=1e-9)


def test_a_decoder_too_slow_in_quiet_times_has_no_backlog_that_ends():
    """Terhal, Rev. Mod. Phys. 87, 307 (2015)."""
    for slow in (1.0, 1.7):
        found = backlog([0.0, 1e-3], [4.0], slow * CYCLE, CYCLE)
        assert found.peak is None
        assert found.cleared is None
        assert found.longest_wait is None
        assert "exponential" in found.reason


def test_backlog_that_drains_within_the_burst():
    """Triangle up to t = 1 ms (slope 1), down with slope 1/2 until 3 ms, then nothing."""
    found = backlog([0.0, 1e-3, 4e-3], [4.0, 1.0], 0.5 * CYCLE, CYCLE)
    assert found.peak == pytest.approx(1000)
    assert found.cleared == pytest.approx(3e-3)
    assert np.interp([2e-3, 3.5e-3], found.times, found.wait) == pytest.approx([5e-4, 0.0])


@settings(max_examples=25, deadline=None)
@given(
    ratio=st.lists(st.floats(0.0, 12.0), min_size=1, max_size=5),
    busy=st.floats(0.05, 0.8),
    lengths=st.lists(st.floats(1e-4, 6e-4), min_size=5, max_size=5),
)
def test_against_a_queue_stepped_round_by_round(ratio, busy, lengths):
    """The fluid queue is within two rounds' work of the one in steps, at every round and edge."""
    edges = np.concatenate([[0.0], np.cumsum(lengths[: len(ratio)])])
    found = backlog(edges, ratio, busy * CYCLE, CYCLE)
    waits = queue(edges, ratio, busy * CYCLE, CYCLE)
    slack = 2 * CYCLE * max(1.0, busy * max(ratio)) * (len(ratio) + 1)
    smooth = np.interp(np.arange(len(waits)) * CYCLE, found.times, found.wait)
    assert np.max(np.abs(waits - smooth)) < slack
    assert abs(found.longest_wait - waits.max()) < slack


@settings(max_examples=25, deadline=None)
@given(
    ratio=st.lists(st.floats(0.0, 12.0), min_size=1, max_size=5),
    busy=st.floats(0.05, 0.9),
)
def test_rounds_and_work_are_conserved(ratio, busy):
    edges = np.linspace(0, 1e-3, len(ratio) + 1)
    found = backlog(edges, ratio, busy * CYCLE, CYCLE)
    end = max(found.cleared, 1e-3)
    time = np.linspace(0, end, 301)
    # Rounds in = rounds out + backlog; none is decoded before it comes, none twice.
    assert found.decoded(time) + found.behind(time) == pytest.approx(time / CYCLE)
    assert np.all(found.behind(time) >= -1e-6)
    assert np.all(np.diff(found.decoded(time)) >= -1e-6)
    assert found.decoded(end) == pytest.approx(end / CYCLE)
    assert found.behind(time).max() <= found.peak + 1e-6
    # Just before the round that waits longest is decoded, all that came meanwhile are behind.
    worst = found.times[np.argmax(found.wait)]
    just_before = worst + found.longest_wait - 1e-9
    assert found.behind(just_before) == pytest.approx(found.peak, abs=2e-3)


def test_more_events_never_shorten_the_backlog():
    peaks = [backlog([0, 1e-3], [k], 0.4e-6, CYCLE) for k in (1, 2, 3, 5, 9)]
    for value in ("peak", "cleared"):
        assert np.all(np.diff([getattr(p, value) for p in peaks]) >= 0)


def test_utilisation_and_power():
    assert utilisation([0.5e-6, 2e-6], CYCLE).tolist() == [0.5, 2.0]
    # A million errors per core second (arXiv:2303.15933) at 10 W: 10 uJ each.
    assert decoder_power(1.0, 1e-6, 1e-5) == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("edges", "ratio"), [([0, 1], [1, 2]), ([0, 0], [1]), ([0, 1], [-1]), ([0, 1], [np.nan])]
)
def test_bad_cells_are_refused(edges, ratio):
    with pytest.raises(OutOfRangeError):
        backlog(edges, ratio, 1e-7, CYCLE)


def test_budget():
    load = EventLoad("gamma", 0.1, np.array([0.0, 1e-3]), np.array([8.0]))
    empty = EventLoad("far", 9.0, np.array([0.0]), np.array([]))
    found = latency_budget(0.5e-6, CYCLE, 1e-10, 2.0, [load, empty])
    assert found.utilisation == 0.5
    # 0.1 bursts a second bring three rounds' work more per round for 1 ms each.
    assert found.mean_utilisation == pytest.approx(0.5 * (1 + 0.1 * 3 * 1e-3))
    assert found.keeps_up
    assert found.reason is None
    assert found.power == pytest.approx(2 * 1e-10 / CYCLE)
    assert found.peak_power == pytest.approx(4 * found.power)
    (row,) = found.to_dict()["bursts"]
    assert row["peak_backlog_cycles"] == pytest.approx(1000)
    assert row["cleared_s"] == pytest.approx(3e-3)
    slow = latency_budget(1.2e-6, CYCLE, 1e-10, 2.0, [load])
    assert not slow.keeps_up
    assert "exponential" in slow.reason
    assert slow.to_dict()["bursts"][0]["peak_backlog_cycles"] is None
    often = EventLoad("gamma", 400.0, load.edges, load.events)
    swamped = latency_budget(0.5e-6, CYCLE, 1e-10, 2.0, [often])
    assert swamped.utilisation == 0.5
    assert swamped.mean_utilisation == pytest.approx(1.1)
    assert not swamped.keeps_up
    assert "burst to burst" in swamped.reason
    untold = latency_budget(None, CYCLE, 1e-10, 2.0, [load])
    assert untold.keeps_up is None
    assert untold.reason == "no decoding time is stated"
    assert untold.power == found.power
    with pytest.raises(OutOfRangeError):
        latency_budget(0.5e-6, CYCLE, 1e-10, 0.0, [load])


def site(distance=5, gates=1e-3):
    schedule = Schedule.of_cycle(
        CYCLE, 4, one_qubit=25e-9, two_qubit=40e-9, readout=500e-9, reset=160e-9
    )
    noise = QuietNoise(GateNoise(measure=gates), 0.0, 0.0, schedule)
    return Site("surface", distance, 1e-3, 20e-3, 20e-3, noise)


def test_events_of_read_out_errors():
    """A wrong read-out is seen by two comparisons: 2 m (1 - m) events per check and round of the
    d^2 - 1 checks, less one of 16 rounds' pairs at most for the data read-out. 512 shots, 5 sigma
    of a Poisson count: false alarm 6e-7."""
    m, shots = 2e-2, 512
    found = quiet_events(site(5, m), shots, seed=3)
    expected = 24 * 2 * m * (1 - m)
    sigma = np.sqrt(2 * expected / (16 * shots))
    assert expected * (1 - 1 / 16) - 5 * sigma < found < expected * (1 + 2 / 16) + 5 * sigma


def test_events_of_a_burst():
    still = site(5, 1e-3)
    burst = disc_burst(1e-6, 3e-3, 1e-3, 0.1, quiet_t1=1.0, length=20e-3, width=20e-3, step=0.25e-3)
    load = event_load(still, burst, cells=4, shots=64, seed=1)
    assert load.events.shape == (4,)
    assert np.all(np.diff(load.edges) > 0)
    assert np.all(np.diff(load.events) < 0)  # it decays
    assert load.events[0] > 20 * quiet_events(still, seed=1)
    # Half of all detectors at most, but for the noise of 64 shots.
    assert load.events[0] < 24 * 0.5 * 1.1 * 17 / 16
    again = event_load(still, burst, cells=4, shots=64, seed=1)
    assert again.events.tolist() == load.events.tolist()


def test_a_burst_that_hits_nothing_has_no_events():
    burst = disc_burst(
        1e-6, 1e-3, 1e-3, 0.1,
        quiet_t1=1.0, length=20e-3, width=20e-3, step=0.25e-3, centre=(9e-3, 9e-3),
    )  # fmt: skip
    load = event_load(site(5), burst)
    assert load.events.size == 0
    assert latency_budget(0.5e-6, CYCLE, 0.0, 1.0, [load]).bursts == ()
