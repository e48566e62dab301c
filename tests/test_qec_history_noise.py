"""Noise histories: what may be typed in, what a device's spread and a burst make of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.cycle import Decoherence, GateNoise
from qubudget.qec.floors import Floors
from qubudget.qec.history import BurstHistory
from qubudget.qec.layout import build
from qubudget.qec.noise import pauli_twirl
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.placement import Chip, Placement, place

CYCLE = 1.1e-6


def steady(qubits, rounds, **given):
    return NoiseHistory.typed(68e-6, 89e-6, qubits=qubits, rounds=rounds, **given)


def test_times_become_rates_in_every_shape():
    """1/Tphi = 1/T2 - 1/(2 T1), Krantz et al., Appl. Phys. Rev. 6, 021318 (2019), Eq. 42."""
    per_qubit = np.array([[50e-6], [100e-6]])
    per_round = np.array([[40e-6, 30e-6, 20e-6]])
    history = NoiseHistory.typed(per_qubit, per_round, 1e5, qubits=2, rounds=3)
    np.testing.assert_allclose(history.relaxation, [[2e4] * 3, [1e4] * 3])
    expected = 1 / per_round - 0.5 / per_qubit
    np.testing.assert_allclose(history.dephasing, expected)
    assert np.all(history.detuning == 1e5)
    assert (history.qubits, history.rounds) == (2, 3)


def test_a_function_of_time_is_taken_at_the_middle_of_each_round():
    seen = []

    def t1(times):
        seen.append(times)
        return 1e-4 * np.exp(-times / 1e-5)[None]

    history = NoiseHistory.typed(t1, 1e-5, qubits=4, rounds=3, cycle_time=CYCLE)
    np.testing.assert_allclose(seen[0], [0.55e-6, 1.65e-6, 2.75e-6])
    np.testing.assert_allclose(history.relaxation[2], 1e4 * np.exp(seen[0] / 1e-5))
    with pytest.raises(OutOfRangeError, match=r"T1 .* cycle time"):
        NoiseHistory.typed(t1, 1e-5, qubits=4, rounds=3)


@pytest.mark.parametrize("shape", [(3,), (3, 2), (2, 3, 1), (1, 2)])
def test_wrong_shapes_are_refused_by_name(shape):
    """Also (3,): one axis does not say whether it counts qubits or rounds."""
    for position, name in enumerate(("T1", "T2", "detuning")):
        values = [1e-4, 1e-4, 0.0]
        values[position] = np.full(shape, 1e-4)
        with pytest.raises(OutOfRangeError, match=f"{name}: given shape"):
            NoiseHistory.typed(*values, qubits=2, rounds=3)


def test_times_that_no_qubit_has_are_refused():
    for t1, t2, message in (
        (1e-5, 2.1e-5, "2 T1"),
        (0.0, 1e-5, "positive"),
        (1e-5, -1, "positive"),
    ):
        with pytest.raises(OutOfRangeError, match=message):
            NoiseHistory.typed(t1, t2, qubits=2, rounds=3)
    with pytest.raises(OutOfRangeError, match="positive"):
        NoiseHistory.typed(np.nan, 1e-5, qubits=2, rounds=3)
    for name in ("relaxation", "dephasing", "detuning"):
        arrays = {n: np.zeros((2, 3)) for n in ("relaxation", "dephasing", "detuning")}
        for value in (-1.0, np.inf, np.nan):
            if (name, value) == ("detuning", -1.0):
                continue
            arrays[name][1, 2] = value
            with pytest.raises(OutOfRangeError, match=f"{name}: .* qubit 1, round 2"):
                NoiseHistory(**arrays, floors=Floors.of(2))
    with pytest.raises(OutOfRangeError, match="dephasing: given shape"):
        NoiseHistory(np.zeros((2, 3)), np.zeros((2, 4)), np.zeros((2, 3)), Floors.of(2))
    with pytest.raises(OutOfRangeError, match="needs"):
        NoiseHistory(np.zeros((2, 0)), np.zeros((2, 0)), np.zeros((2, 0)), Floors.of(2))
    with pytest.raises(OutOfRangeError, match="floors: given for 3"):
        NoiseHistory(np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 1)), Floors.of(3))


def test_floors_outside_their_range_are_refused():
    for name, value in (
        ("measure", 1.01),
        ("one_qubit", 0.76),
        ("two_qubit", 0.94),
        ("reset", -0.1),
    ):
        with pytest.raises(OutOfRangeError, match=name):
            Floors.of(3, **{name: value})
    with pytest.raises(OutOfRangeError, match="measure"):
        Floors.of(3, measure=np.array([0.1, np.nan, 0.1]))
    with pytest.raises(OutOfRangeError, match="given shape"):
        Floors.of(3, measure=np.zeros(4))
    with pytest.raises(TypeError, match="leakage"):
        Floors.of(3, leakage=0.1)
    own = Floors.of(3, GateNoise(two_qubit=0.01), measure=[0.1, 0.2, 0.3])
    assert own.two_qubit.tolist() == [0.01] * 3
    assert own.measure.tolist() == [0.1, 0.2, 0.3]
    assert own.same_as(Floors.of(3, two_qubit=0.01, measure=own.measure))
    assert not own.same_as(Floors.of(3))


@given(t1=st.floats(1e-6, 1e-3), ratio=st.floats(0.01, 2.0))
@settings(max_examples=20, deadline=None)
def test_a_typed_channel_gives_back_its_times(t1, ratio):
    """Ghosh, Fowler, Geller, PRA 86, 062318 (2012), Eq. 10 f., inverted."""
    t2 = ratio * t1
    p_x = (1 - np.exp(-CYCLE / t1)) / 4
    p_z = (1 - np.exp(-CYCLE / t2)) / 2 - p_x
    if p_x + p_z > 0.49:
        return
    history = NoiseHistory.of_channels(p_x, p_x, p_z, CYCLE, qubits=2, rounds=2)
    np.testing.assert_allclose(1 / history.relaxation, t1, rtol=1e-9)
    np.testing.assert_allclose(history.dephasing + 0.5 / t1, 1 / t2, rtol=1e-8)
    found = pauli_twirl(CYCLE, 1 / history.relaxation, 1 / (history.dephasing + 0.5 / t1))
    np.testing.assert_allclose(found[2], p_z, rtol=1e-6)


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        ((-0.01, -0.01, 0.1), "p_x outside"),
        ((0.1, 0.1, 1.1), "p_z outside"),
        ((0.4, 0.4, 0.4), "sum outside"),
        ((0.01, 0.02, 0.1), "p_x = p_y"),
        ((0.25, 0.25, 0.2), "that often"),
        ((0.0, 0.0, 0.5), "that often"),
        ((0.1, 0.1, 0.0), "2 T1"),
    ],
)
def test_channels_that_no_decoherence_gives_are_refused(channel, message):
    with pytest.raises(OutOfRangeError, match=message):
        NoiseHistory.of_channels(*channel, CYCLE, qubits=2, rounds=2)


def test_equal_rounds_form_segments():
    t1 = np.array([[5, 5, 4, 4, 4, 5]]) * 1e-5
    history = NoiseHistory.typed(t1, 5e-5, qubits=3, rounds=6)
    assert [length for length, _ in history.segments()] == [2, 3, 1]
    assert history.segments()[1][1].relaxation.tolist() == pytest.approx([2.5e4] * 3)
    assert len(steady(3, 100).segments()) == 1


def quiet(qubits, rounds, **changed):
    given = {"device_spread": 0.3, "time_spread": 0.2, "switching_rate": 1e-3, "seed": 5} | changed
    return NoiseHistory.quiet(qubits, rounds, 1e4, 3e3, CYCLE, **given)


def test_spread_over_qubits_is_log_normal_with_the_given_deviation():
    """Mean and relative deviation of 20,000 qubits within 5 standard errors; ln is normal, its
    skewness within 5 sqrt(6/n): false alarm 2e-6."""
    n = 20_000
    rates = quiet(n, 1, time_spread=0.0).relaxation[:, 0] / 1e4
    assert rates.mean() == pytest.approx(1, abs=5 * 0.3 / np.sqrt(n))
    # The fourth moment of a log-normal of v = 0.3 makes the error of its deviation 1.4 v/sqrt(2n).
    assert rates.std() == pytest.approx(0.3, abs=5 * 1.4 * 0.3 / np.sqrt(2 * n))
    logs = np.log(rates)
    skewness = np.mean(((logs - logs.mean()) / logs.std()) ** 3)
    assert abs(skewness) < 5 * np.sqrt(6 / n)


def test_drift_is_a_random_telegraph():
    """Values 1 +- v only; correlation exp(-2 gamma tau) (Machlup, J. Appl. Phys. 25, 341 (1954)).

    40,000 independent qubits, 5 standard errors: false alarm 6e-7 each.
    """
    n, rate = 40_000, 0.05 / CYCLE
    rates = quiet(n, 11, device_spread=0.0, switching_rate=rate).relaxation / 1e4
    np.testing.assert_allclose(np.abs(rates - 1), 0.2)
    state = (rates - 1) / 0.2
    assert np.abs(state.mean(axis=0)).max() < 5 / np.sqrt(n)
    for lag in (1, 4, 10):
        found = np.mean(state[:, 0] * state[:, lag])
        assert found == pytest.approx(np.exp(-2 * 0.05 * lag), abs=5 / np.sqrt(n))


def test_sub_millihertz_switching_stands_still_during_an_experiment():
    """Burnett et al., npj Quantum Inf. 5, 54 (2019): below 1 mHz; a cycle takes 1.1 us."""
    assert len(quiet(50, 1000).segments()) == 1


def test_seeds_and_lengths():
    fast = {"switching_rate": 1e5}
    short, long = quiet(30, 5, **fast), quiet(30, 9, **fast)
    np.testing.assert_array_equal(short.relaxation, long.relaxation[:, :5])
    assert not np.array_equal(quiet(30, 5, seed=6, **fast).relaxation, short.relaxation)
    for changed in ({"time_spread": 1.01}, {"device_spread": -0.1}, {"switching_rate": -1.0}):
        with pytest.raises(OutOfRangeError):
            quiet(3, 3, **changed)


def burst(relaxation, detuning=0.0):
    """Fields linear in place and time on a 10 mm chip."""
    x = np.linspace(-4.5e-3, 4.5e-3, 10)
    times = np.array([0.0, 2e-6, 7e-6, 30e-6])
    grid = np.meshgrid(times, x, x, indexing="ij")
    fields = [
        np.broadcast_to(f(*grid) if callable(f) else f, grid[0].shape)
        for f in (relaxation, detuning)
    ]
    return BurstHistory("test", 1.0, 1e-13, x, x, times, *(np.array(f) for f in fields))


def test_a_burst_adds_what_it_is_at_each_qubit_and_round():
    """Linear interpolation is exact for linear fields."""
    layout = build("surface", 3)
    placement = place(layout, Chip(10e-3, 10e-3, 1e-3))

    def field(t, x, y):
        return 5e5 + 2e7 * x - 1e7 * y - 1e9 * t

    still = NoiseHistory.steady(Decoherence.equal(layout.qubits, 1e4, 2e3), 20)
    history = still.with_burst(
        burst(field, lambda t, x, y: -field(t, x, y)), placement, CYCLE, -3 * CYCLE
    )
    times = (np.arange(20) - 2.5) * CYCLE
    x, y = placement.positions.T[:, :, None]
    expected = np.where(times > 0, field(times, x, y), 0.0)
    np.testing.assert_allclose(history.relaxation - 1e4, expected, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(history.detuning, -expected, rtol=1e-9)
    np.testing.assert_allclose(history.dephasing, 2e3)
    assert history.segments()[0][0] == 3


def test_a_burst_that_is_nothing_or_off_the_chip_adds_exactly_nothing():
    layout = build("repetition", 5)
    before = quiet(layout.qubits, 6)
    for field, centre in ((0.0, (0.0, 0.0)), (1e6, (30e-3, 0.0))):
        placement = Placement(layout, Chip(10e-3, 10e-3, 1e-3), centre)
        after = before.with_burst(burst(field, field), placement, CYCLE)
        np.testing.assert_array_equal(after.relaxation, before.relaxation)
        np.testing.assert_array_equal(after.detuning, before.detuning)
        assert after.floors is before.floors


def test_bursts_that_do_not_fit_are_refused():
    layout = build("repetition", 5)
    placement = place(layout, Chip(10e-3, 10e-3, 1e-3))
    with pytest.raises(OutOfRangeError, match="known up to 3e-05 s"):
        quiet(layout.qubits, 40).with_burst(burst(1e5), placement, CYCLE)
    with pytest.raises(OutOfRangeError, match="placement has 9 qubits, the history 4"):
        quiet(4, 4).with_burst(burst(1e5), placement, CYCLE)
    with pytest.raises(OutOfRangeError, match="cycle_time"):
        quiet(layout.qubits, 4).with_burst(burst(1e5), placement, 0.0)
