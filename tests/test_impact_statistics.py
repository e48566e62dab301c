"""Statistics over impacts: cases by hand, and intervals that hold what they should."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from qubudget.impact.answers import Library
from qubudget.impact.statistics import SHIFTED, Statistics, statistics

Array = NDArray[np.float64]

TIMES = np.array([1e-6, 1e-5, 1e-4])
LINE = (np.array([0.0, 1e-3, 2e-3]), np.zeros(3))


def library(x: Array, sites: tuple[Array, Array] = LINE) -> Library:
    """Four quarters of a chip of 4 x 4 mm; ``x`` of shape (2, 2, nt, nq) at 1 J, ~ energy."""
    per_energy = np.repeat(x[:, :, None], 2, axis=2)
    times = TIMES[: x.shape[2]]
    return Library(4e-3, 4e-3, 2, np.array([1.0, 100.0]), times, *sites, per_energy)


def of(lib: Library, energy: Any, x: Any, y: Any, **more: Any) -> Statistics:
    given = {"quiet_relaxation": 1.0, "shift_per_x": 1.0, "seed": 1} | more
    given.setdefault("relaxation_per_x", np.ones(len(lib.times)))
    return statistics(lib, *(np.asarray(v, dtype=float) for v in (energy, x, y)), **given)


QUARTERS = ([1.0] * 4, [-1e-3, -1e-3, 1e-3, 1e-3], [-1e-3, 1e-3, -1e-3, 1e-3])


@pytest.fixture(scope="module")
def by_hand() -> Statistics:
    """One impact in each quarter, T1 quiet 1 s, so hit where x > 1."""
    x = np.full((2, 2, 3, 3), 1e-3)
    x[0, 0, 0] = [4.0, 2.0, 0.5]  # qubits 0 and 1 at once,
    x[0, 0, 1] = [0.25, 0.1, 0.1]  # both free by 10 us
    x[0, 1, 0] = [0.5, 3.0, 0.5]  # qubit 1,
    x[0, 1, 1] = [0.1, 3.0, 0.1]
    x[0, 1, 2] = [0.1, 3.0, 0.1]  # still hit at the end
    x[1, 0, 0] = [2.0, 0.1, 0.1]  # qubit 0 first, qubit 2 later: never two at once
    x[1, 0, 1] = [0.5, 0.1, 8.0]
    x[1, 0, 2] = [0.1, 0.1, 0.5]
    return of(library(x), *QUARTERS)  # the last quarter: nothing


def test_footprints_count_qubits_at_the_worst_time(by_hand: Statistics) -> None:
    assert by_hand.footprints.tolist() == [2, 1, 1, 0]
    assert by_hand.footprint.mean == 1
    assert by_hand.footprint.percentiles[1] == 1
    assert by_hand.events == 4


def test_lowest_t1(by_hand: Statistics) -> None:
    # 1/(1 + x): 1/5, 1/4, 1/9 and 1/1.001.
    assert by_hand.t1_min.mean == pytest.approx((1 / 5 + 1 / 4 + 1 / 9 + 1 / 1.001) / 4)
    assert by_hand.peak_shift.mean == pytest.approx((4 + 3 + 8 + 1e-3) / 4)


def test_durations_end_between_times(by_hand: Statistics) -> None:
    # 4 falls to 0.25 within 9 us, exponentially: it passes 1 half-way. 8 to 0.5 within 90 us:
    # 3/4 of the way. One never ends: the last time. One never begins.
    expected = [1e-6 + 4.5e-6, 1e-4, 1e-5 + 67.5e-6, 0.0]
    assert by_hand.durations == pytest.approx(expected)


def test_pairs(by_hand: Statistics) -> None:
    # Ever hit: {0, 1}, {1}, {0, 2}, {}. Neighbours, in ordered pairs: 01 and 10 once each, of hits
    # 2 (0), 2 + 2 (1, to either side) and 1 (2). Two apart: 02 and 20 once each, of 2 and 1.
    assert by_hand.distances == pytest.approx([1e-3, 2e-3])
    assert by_hand.together == pytest.approx([2 / 7, 2 / 3])


def test_shifts_do_not_depend_on_their_sign() -> None:
    x = np.zeros((2, 2, 3, 3))
    x[0, 0, 1] = [1.1 * SHIFTED, 0.9 * SHIFTED, 2 * SHIFTED]
    lib = library(x)
    for sign in (1.0, -1.0):
        found = of(lib, [1.0], [-1e-3], [-1e-3], shift_per_x=sign, quiet_relaxation=1e30)
        assert found.shifted.mean == 2
        assert found.peak_shift.mean == pytest.approx(2 * SHIFTED)
        assert found.footprint.mean == 0


def test_relaxation_per_quasiparticle_may_change_with_time() -> None:
    # Hot quasiparticles count more: x is 2 throughout, but only the first time hits.
    lib = library(np.full((2, 2, 3, 3), 2.0))
    found = of(lib, *QUARTERS, relaxation_per_x=np.array([1.0, 0.25, 0.25]))
    assert found.footprints.tolist() == [3] * 4
    assert found.durations == pytest.approx(5.5e-6)  # 2 to 0.5: half-way


def test_energy_scales_the_response() -> None:
    x = np.full((2, 2, 3, 3), 0.4)
    assert of(library(x), [1.0], [0.0], [0.0]).footprint.mean == 0
    assert of(library(x), [3.0], [0.0], [0.0]).footprint.mean == 3


def test_chunks_do_not_show() -> None:
    # 1,000 events in chunks, each alone.
    rng = np.random.default_rng(2)
    lib = library(rng.lognormal(0, 2, (2, 2, 3, 3)))
    events = rng.uniform(1, 50, 1000), *rng.uniform(-2e-3, 2e-3, (2, 1000))
    found = of(lib, *events)
    for k in (0, 255, 256, 511, 999):
        alone = of(lib, *(v[k : k + 1] for v in events))
        assert alone.footprints[0] == found.footprints[k]
        assert alone.durations[0] == found.durations[k]


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    # 150 experiments of 60 impacts, energies uniform in 1 to 99: mean and median of the largest
    # shift are 50. A 95 % interval holds it in 142 of them, and in fewer than 127 or in all 150
    # with a chance of less than 1e-3 (resampling 60 gives 94 % rather than 95).
    lib = library(np.ones((2, 2, 1, 1)), (np.zeros(1), np.zeros(1)))
    held = np.zeros(2)
    for trial in range(150):
        energy = np.random.default_rng(1000 + trial).uniform(1, 99, 60)
        found = of(lib, energy, np.zeros(60), np.zeros(60), seed=trial).peak_shift
        held += found.low <= 50 <= found.high, found.median_low <= 50 <= found.median_high
        assert found.low < found.mean < found.high
        assert found.median_low <= found.percentiles[1] <= found.median_high
        assert found.percentiles[0] < found.percentiles[1] < found.percentiles[2]
    assert np.all((held >= 127) & (held < 150))


def test_seeds_move_only_intervals() -> None:
    lib = library(np.ones((2, 2, 1, 1)), (np.zeros(1), np.zeros(1)))
    energy = np.random.default_rng(3).uniform(1, 99, 50)
    one, again, other = (of(lib, energy, 0 * energy, 0 * energy, seed=s) for s in (1, 1, 2))
    assert one.to_dict() == again.to_dict()
    assert one.peak_shift.mean == other.peak_shift.mean
    assert one.peak_shift.percentiles == other.peak_shift.percentiles
    assert one.peak_shift.low != other.peak_shift.low


def test_one_qubit_has_no_pairs() -> None:
    lib = library(np.ones((2, 2, 1, 1)), (np.zeros(1), np.zeros(1)))
    found = of(lib, [2.0], [0.0], [0.0])
    assert found.distances.size == found.together.size == 0
    assert found.to_dict()["pairs"] == []


def test_the_reports_keys(by_hand: Statistics) -> None:
    table = by_hand.to_dict()
    assert json.loads(json.dumps(table, allow_nan=False)) == table
    assert {key for key in table if isinstance(table[key], dict)} == {
        "footprint_qubits", "shifted_qubits", "t1_min", "duration", "peak_shift",
    }  # fmt: skip
    assert table["duration"]["median_s"] == pytest.approx(np.median(by_hand.durations))
    assert table["percentiles"][0] == 0
    assert table["footprint_at_percentiles"][0] == 0
    assert table["footprint_at_percentiles"][-1] == 2
    assert table["duration_at_percentiles_s"][-1] == pytest.approx(1e-4)
    # Where no qubit of a pair was ever hit there is no share.
    quiet = of(library(np.zeros((2, 2, 3, 3))), *QUARTERS).to_dict()
    assert [pair["together"] for pair in quiet["pairs"]] == [None, None]
    assert quiet["duration"]["median_s"] == 0


@settings(max_examples=25, deadline=None)
@given(arrays(np.float64, (2, 2, 3, 3), elements=st.floats(0, 10)), st.floats(1.0, 10.0))
def test_more_quasiparticles_are_never_better(x: Array, factor: float) -> None:
    less, more = (of(library(x), [e] * 4, *QUARTERS[1:]) for e in (1.0, factor))
    assert np.all(more.footprints >= less.footprints)
    assert np.all(more.durations >= less.durations * (1 - 1e-9))
    assert more.t1_min.mean <= less.t1_min.mean * (1 + 1e-9)
    assert np.all((less.durations > 0) == (less.footprints > 0))
    seen = less.together[~np.isnan(less.together)]
    assert np.all((seen >= 0) & (seen <= 1))
