"""Bursts: exact zero without a hit, saturation, composition against whole circuits, geometry."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.background import QuietNoise
from qubudget.qec.bursts import BurstStudy, Suppression
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.decoders import matcher
from qubudget.qec.history import BurstHistory, decay
from qubudget.qec.layout import build
from qubudget.qec.placement import Chip, place
from qubudget.qec.sampling import count_errors, over_rounds, stream
from qubudget.qec.standin import Site, StandIn, stand_in
from qubudget.qec.window import Window

SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
NOISE = QuietNoise(GateNoise(5e-4, 1.5e-3, 4e-3, 1e-3), 1 / 100e-6, 1 / 400e-6, SCHEDULE)
NOISY = QuietNoise(GateNoise(3e-3, 1e-2, 2e-2, 1e-2), 1 / 40e-6, 1 / 60e-6, SCHEDULE)
GAIN = Suppression(3.8, 3.5, 4.1)
AXIS = np.linspace(-0.03, 0.03, 121)


def history(
    radius=1.5e-3, relaxation=1e6, detuning=0.0, last=2e-3, centre=(0.0, 0.0), name="hit", time=5e-4
):
    """Excess within a radius, decaying exponentially in ``time``."""
    times = np.concatenate([[0.0], np.geomspace(1e-6, last, 30)])
    inside = np.hypot(AXIS[:, None] - centre[0], AXIS - centre[1]) <= radius
    shape = np.exp(-times / time)[:, None, None] * inside
    return BurstHistory(name, 0.1, 3e-14, AXIS, AXIS, times, relaxation * shape, detuning * shape)


def run(burst, distance=5, noise=NOISE, decoder="unaware", seed=1, chip=(0.05, 0.05), **more):
    site = Site(more.pop("family", "surface"), distance, 1e-3, *chip, noise)
    gain = more.pop("suppression", GAIN)
    return BurstStudy(site, decoder, gain, "quick", seed).run([burst], more.pop("scale", 1.0))[0]


@pytest.mark.parametrize("decoder", ["unaware", "aware", "erasure"])
@pytest.mark.parametrize(
    "burst",
    [
        history(relaxation=0.0),
        history(centre=(0.02, 0.02)),
        history(centre=(0.02, 0.02), relaxation=0.0, detuning=3e6),
    ],
)
def test_a_burst_that_hits_no_qubit_adds_exactly_nothing(burst, decoder):
    """Whatever the background: subtracting a sampled one would leave several per cent."""
    found = run(burst, noise=NOISY, decoder=decoder)
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)
    assert found.qubits_hit == 0
    assert found.simulated_distance is None


def test_windows_without_excess_events_count_nothing():
    """The paired difference itself is zero, also beside a background of many failures."""
    layout = build("surface", 3)
    quiet = memory_circuit(layout, "Z", [(9, NOISY.on(layout.qubits))], SCHEDULE)
    silent = memory_circuit(layout, "Z", [(9, RoundNoise())], SCHEDULE)
    matching = matcher(quiet)
    window = Window(quiet, silent, matching, matching, stream(1), 3)
    window.run(2000)
    assert window.quiet_failures > 100
    assert (window.worse, window.better) == (0, 0)
    assert window.excess() == 0


def test_a_burst_everywhere_saturates_at_three_quarters():
    """1/2 in each basis, and 1 - (1/2)^2 in either."""
    found = run(history(radius=0.02, relaxation=1e7, last=5e-3, time=5e-3))
    assert found.value == pytest.approx(0.75, abs=2e-3)
    assert found.high == pytest.approx(0.75, abs=1e-6)
    assert run(
        history(radius=0.02, relaxation=1e7, last=5e-3, time=5e-3), family="repetition"
    ).value == pytest.approx(0.5, abs=2e-3)


def test_pairing_is_exact():
    """Events of quiet noise xor events of excess noise are events of both together.

    Failure of the paired window against a circuit with the added rates, decoded with the same
    weights: four sigma, false alarm 6e-5.
    """
    layout = build("surface", 3)
    quiet = NOISE.on(layout.qubits)
    none = np.zeros(layout.qubits)
    struck = Decoherence(np.where(np.arange(layout.qubits) < 5, 2e5, 0.0), none, none + 2e5)
    empty = RoundNoise()
    plain = memory_circuit(layout, "Z", [(9, quiet)], SCHEDULE)
    added = memory_circuit(
        layout, "Z", [(3, empty), (3, RoundNoise(decoherence=struck)), (3, empty)], SCHEDULE
    )
    both = memory_circuit(
        layout, "Z", [(3, quiet), (3, quiet.with_excess(struck)), (3, quiet)], SCHEDULE
    )
    matching = matcher(plain)
    window = Window(plain, added, matching, matching, stream(5, "pair"), 3)
    window.run(20_000)
    paired = window.quiet_failures + window.worse - window.better
    direct = count_errors(both, 20_000, stream(6, "direct"), matching=matching).errors
    assert direct > 200
    assert abs(paired - direct) < 4 * np.sqrt(paired + direct)


def test_composition_against_one_long_circuit():
    """A decay of some 90 cycles at d = 3: windows against the whole history in one circuit.

    5 % and four sigma are allowed, false alarm below 1e-4. (benchmarks/check_windows.py does the
    same for 400 cycles at d = 5 and 7, three decoders, each known to 1 %.)
    """
    burst = history(radius=0.02, relaxation=4e4, last=1e-4, time=4e-5)
    weights = NOISE.on(17)
    found = run(burst, distance=3, noise=NOISE, suppression=None)
    cycle, layout = SCHEDULE.cycle_time, build("surface", 3)
    segments = []
    for k in range(int(burst.times[-1] / cycle)):
        rate = np.full(17, 4e4 * np.exp(-(k + 0.5) * cycle / 4e-5))
        segments.append((1, weights.with_excess(Decoherence(rate, rate * 0, rate * 0))))
    survive, variance = 1.0, 0.0
    for basis in ("X", "Z"):
        quiet = memory_circuit(layout, basis, [(len(segments), weights)], SCHEDULE)
        matching = matcher(quiet)
        whole = memory_circuit(layout, basis, segments, SCHEDULE)
        shots = 20_000
        struck = count_errors(whole, shots, stream(8, basis), matching=matching).rate
        still = count_errors(quiet, shots, stream(9, basis), matching=matching).rate
        survive *= 1 - 0.5 * (1 - (1 - 2 * struck) / (1 - 2 * still))
        variance += 2 * 0.25 / shots
    exact = 1 - survive
    assert 0.1 < exact < 0.7
    sigma = np.hypot(np.sqrt(variance), (found.high - found.low) / 3.92)
    assert abs(found.value - exact) < 0.05 * exact + 4 * sigma


def test_more_qubits_hit_and_longer_bursts_are_worse():
    """Monotone far beyond the statistical scatter (each pair differs by more than five sigma)."""
    small = run(history(radius=0.8e-3, last=1e-4, time=3e-5), seed=3)
    large = run(history(radius=2.2e-3, last=1e-4, time=3e-5), seed=3)
    longer = run(history(radius=0.8e-3, last=3e-3, time=1e-3), seed=3)
    assert small.high < large.low
    assert small.high < longer.low


def test_a_decoder_that_knows_the_burst_fails_less():
    """d = 7, T1 = 1 us on nine qubits for 27 cycles: intervals of 95 % each must not overlap."""
    burst = history(radius=1.5e-3, relaxation=1e6, last=3e-5, time=1e-3)
    unaware, aware = (run(burst, 7, decoder=d, seed=4) for d in ("unaware", "aware"))
    assert aware.high < unaware.low


def test_correlated_matching_sees_a_burst_through_all_checks():
    """d = 5, T1 = 1 us on nine qubits for 18 cycles, aware: not more failures than with plain
    matching beyond what the two intervals (95 %) allow."""
    burst = history(radius=1.2e-3, relaxation=1e6, last=2e-5, time=1e-3)
    site = Site("surface", 5, 1e-3, 0.05, 0.05, NOISE)
    plain, correlated = (
        BurstStudy(site, "aware", GAIN, "quick", 3, matching).run([burst], 1.0)[0]
        for matching in ("plain", "correlated")
    )
    assert correlated.value > 0
    assert correlated.low < plain.high


def test_detuning_alone_is_enough_to_fail():
    """3 MHz for about 1 ms on a gap-engineered chip, no T1 loss at all."""
    found = run(history(radius=4e-3, relaxation=0.0, detuning=3e6, time=1e-3), distance=5)
    assert found.low > 0.7


def test_a_stand_in_agrees_with_the_whole_patch():
    """d = 11 simulated whole and from d = 9 around the hit: intervals overlap (99 %)."""
    burst = history(radius=1.5e-3, relaxation=3e5, last=2e-3, time=5e-4)
    small, whole = run(burst, 11, seed=2), run(burst, 11, seed=2, suppression=None)
    assert (small.simulated_distance, whole.simulated_distance) == (9, 11)
    assert small.low < whole.high
    assert whole.low < small.high


@pytest.mark.parametrize("centre", [(0.0, 0.0), (4.2e-3, -3.1e-3), (-9e-3, 9e-3)])
def test_a_stand_in_sits_on_sites_of_the_whole_patch_and_sees_the_hit(centre):
    burst = history(radius=1.2e-3, centre=centre)
    site = Site("surface", 15, 1e-3, 0.05, 0.05, NOISE)
    layout = build("surface", 15)
    whole = site.place(layout)
    seen = site.decay(burst, layout, whole, 4)
    small = stand_in(site, burst, whole, seen, 7, 4)
    assert small.history.hit == pytest.approx(seen.hit, abs=2)
    assert seen.hit >= 4
    rates = [set(np.round(h.cells[0].excess.relaxation, 3)) for h in (seen, small.history)]
    assert rates[1] <= rates[0]
    assert np.all(small.reduction > 0.9)


def test_a_mild_burst_over_the_whole_chip():
    """T1 from 100 to 67 us everywhere for 5 ms, d = 9: the d = 7 stand-in with a lower Lambda does
    not promise less failures than the whole patch shows (intervals of 95 % each, one-sided)."""
    burst = history(radius=0.05, relaxation=5e3, last=5e-3, time=1.0)
    small, whole = run(burst, 9, seed=2), run(burst, 9, seed=2, suppression=None)
    assert (small.simulated_distance, whole.simulated_distance) == (7, 9)
    assert small.qubits_hit == 0
    assert small.high > whole.low
    assert 0 < small.value < 0.6


def test_same_seed_same_result():
    first, again, other = (run(history(), 5, seed=seed) for seed in (1, 1, 2))
    assert (first.value, first.low, first.shots) == (again.value, again.low, again.shots)
    assert first.draws.tolist() == again.draws.tolist() != other.draws.tolist()


def test_rate_counts_the_chips_that_a_patch_spans():
    """The sites of a d = 5 patch span 10 x 1 mm / sqrt(2) = 7.07 mm, 3 x 3 chips of 5 mm."""
    burst = history(relaxation=0.0)
    assert run(burst, chip=(8e-3, 8e-3)).rate == pytest.approx(0.1)
    assert run(burst, chip=(5e-3, 5e-3), scale=2.0).rate == pytest.approx(0.1 * 9 * 2)
    assert run(burst, chip=(5e-3, 8e-3)).rate == pytest.approx(0.1 * 3)


def test_qubits_beyond_the_chip_are_not_hit():
    """The d = 13 patch is a grid of 2 d^2 - 1 sites one per pitch^2; a 5 mm chip holds some 25."""
    layout = build("surface", 13)
    burst = history(radius=0.05)
    site = Site("surface", 13, 1e-3, 5e-3, 5e-3, NOISE)
    found = site.decay(burst, layout, site.place(layout), 6)
    assert found.hit == pytest.approx(25, abs=4)
    assert found.cells[0].excess.relaxation[np.abs(layout.coordinates).max(axis=1) > 2.6].max() == 0


@given(tau=st.floats(2e-5, 2e-3), peak=st.floats(3e4, 1e7), count=st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_cells_tile_the_burst_worst_first(tau, peak, count):
    """An exponential decay lasts until its excess is 1 % of the quiet error, or to its end."""
    layout = build("surface", 3)
    spot = place(layout, Chip(0.05, 0.05, 1e-3))
    burst = history(radius=0.02, relaxation=peak, last=5e-3, time=tau)
    quiet = Decoherence.equal(17, 1e4, 5e3)
    found = decay(burst, spot, quiet, 1.1e-6, 0.2e-6, count)
    assert len(found.cells) == count
    rates = [cell.excess.relaxation.max() for cell in found.cells]
    assert rates == sorted(rates, reverse=True)
    end = min(tau * np.log(peak / (0.01 * 1.5e4)), 5e-3)
    assert sum(c.cycles for c in found.cells) * 1.1e-6 == pytest.approx(end, rel=0.25)
    assert found.hit == 17


def test_a_long_burst_is_followed_for_25000_cycles():
    layout = build("surface", 3)
    burst = history(radius=0.02, last=0.5, time=1.0)
    quiet = Decoherence.equal(17, 1e4, 5e3)
    found = decay(burst, place(layout, Chip(0.05, 0.05, 1e-3)), quiet, 1e-6, 0.2e-6, 6)
    assert sum(cell.cycles for cell in found.cells) == pytest.approx(25_000)
    assert found.truncated


def test_excess_is_interpolated_at_the_qubits():
    """A field linear in x and y is returned exactly; the outer half cells take the outer values,
    and beyond them there is none."""
    layout = build("surface", 3)
    axis, times = np.array([-1e-3, 0.0, 1e-3]), np.array([0.0, 1e-3])
    plane = 1e6 + 2e8 * axis[:, None] + 1e8 * axis
    burst = BurstHistory(
        "plane", 1.0, 0.0, axis, axis, times, np.stack([plane, plane]), np.zeros((2, 3, 3))
    )
    found = decay(
        burst, place(layout, Chip(0.05, 0.05, 1e-3)), Decoherence.equal(17, 1e4, 0.0), 1e-6, 1e-7, 1
    )
    x, y = layout.coordinates.T * 1e-3
    inside = (np.abs(x) <= 1.5e-3) & (np.abs(y) <= 1.5e-3)
    x, y = np.clip(x, -1e-3, 1e-3), np.clip(y, -1e-3, 1e-3)
    expected = np.where(inside, 1e6 + 2e8 * x + 1e8 * y, 0.0)
    np.testing.assert_allclose(found.cells[0].excess.relaxation, expected, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize(
    "change",
    [
        {"x": AXIS[::-1]},
        {"times": np.zeros(31)},
        {"rate": -1.0},
        {"detuning": np.zeros((2, 2, 2))},
        {"excess_relaxation": np.full((31, 121, 121), np.nan)},
        {"excess_relaxation": np.full((31, 121, 121), -1.0)},
    ],
)
def test_a_history_that_makes_no_sense_is_refused(change):
    good = history()
    with pytest.raises(OutOfRangeError, match="hit"):
        BurstHistory(**{**good.__dict__, **change})


def test_small_failures_of_many_windows_compose():
    """25,000 cycles of 1e-5 each: (1 - exp(-0.5))/2."""
    assert over_rounds(1e-5, 25_000) == pytest.approx((1 - np.exp(-0.5)) / 2, rel=1e-4)


def test_only_the_distance_that_the_excess_reaches_has_a_lower_lambda():
    """Lambda 4, halved over the excess: of d = 7 in d = 15, four steps of two."""
    layout, nothing = build("surface", 7), SimpleNamespace(cells=())
    reach = np.array([3.0, 7.0, 9.0, 15.0, 40.0])
    small = StandIn(layout, nothing, np.full(5, 0.5), reach)
    found = [float(small.hazard(4.0, 15, i)) for i in range(5)]
    assert found == pytest.approx([4**-4, 4**-4, 4**-3 / 2, 2**-4, 2**-4])
    assert float(StandIn(layout, nothing, np.zeros(1), np.array([40.0])).hazard(4.0, 15, 0)) == 1


def test_a_worse_burst_on_one_chip_of_a_large_patch_fails_no_less():
    """A disc of 6.8 mm on a chip of 12 mm under d = 31, T1 from 100 us down to 30 and to 20 us:
    seen on patches of d = 7 and of the footprint. Three times for the sampling of both."""
    values = []
    for excess in (2.3e4, 4e4):
        burst = history(radius=6.8e-3, relaxation=excess, last=1e-2, time=5e-3)
        values.append(run(burst, 31, seed=4, chip=(12e-3, 12e-3)))
    assert values[0].value < 3 * max(values[1].value, values[1].high)
