"""The schedule of one cycle, and how long a detuning acts in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.qec.assembly import errors
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.history import cycle_error

TIMES: dict[str, Any] = {
    "one_qubit": 25e-9, "two_qubit": 42e-9, "readout": 600e-9, "reset": 160e-9,
}  # fmt: skip
GATES = 2 * 25e-9 + 4 * 42e-9


def test_a_cycle_is_filled_with_waiting() -> None:
    found = Schedule.of_cycle(1.1e-6, 4, **TIMES)
    assert found.gates == pytest.approx(GATES)
    assert found.idle == pytest.approx(1.1e-6 - GATES - 760e-9)
    assert found.cycle_time == pytest.approx(1.1e-6)
    exact = Schedule.of_cycle(GATES + 760e-9, 4, **TIMES)
    assert exact.idle == pytest.approx(0, abs=1e-18)
    with pytest.raises(OutOfRangeError, match="longer than the cycle"):
        Schedule.of_cycle(0.97e-6, 4, **TIMES)


def test_detuning_acts_during_all_gates_unless_stated() -> None:
    assert Schedule.of_cycle(1.1e-6, 4, **TIMES).unechoed == pytest.approx(GATES)
    stated = Schedule.of_cycle(1.1e-6, 4, **TIMES, free=53e-9)
    assert stated.unechoed == 53e-9
    # It changes nothing else.
    plain = Schedule.of_cycle(1.1e-6, 4, **TIMES)
    assert (stated.gates, stated.idle, stated.cycle_time) == (
        plain.gates, plain.idle, plain.cycle_time,
    )  # fmt: skip


@pytest.mark.parametrize("free", [0.0, -1e-9, 1.01 * GATES, 1.0, float("nan")])
def test_no_free_time_beyond_the_gates(free: float) -> None:
    with pytest.raises(OutOfRangeError, match="without an echo"):
        Schedule.of_cycle(1.1e-6, 4, **TIMES, free=free)


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-9, 1e-7), st.floats(1e-9, 1e-7), st.integers(1, 8))
def test_all_of_the_gates_may_be_free(one: float, two: float, layers: int) -> None:
    # However the sum is rounded.
    times = {"one_qubit": one, "two_qubit": two, "readout": 1e-7, "reset": 0.0}
    for total in (2 * one + layers * two, layers * two + one + one, sum([two] * layers, 2 * one)):
        found = Schedule.of_cycle(1e-5, layers, **times, free=total)
        assert found.unechoed == pytest.approx(found.gates)


def test_errors_follow_the_free_time() -> None:
    # A detuning f turns a qubit by 2 pi f t: an error with sin^2(pi f t), whatever the cycle.
    none, detuning = np.zeros((1, 1)), np.full((1, 1), 2e6)
    found = [
        float(np.ravel(cycle_error(none, detuning, 1.1e-6, free))[0]) for free in (53e-9, GATES)
    ]
    expected = [np.sin(np.pi * 2e6 * free) ** 2 for free in (53e-9, GATES)]
    assert found[1] / found[0] == pytest.approx(expected[1] / expected[0], rel=0.35)
    assert found[0] == pytest.approx(expected[0], rel=0.35)


def test_a_design_with_more_free_time_than_gates_has_no_answer_but_a_reason() -> None:
    design = load("willow-like").replace({"gates.unechoed_time": "1 us"})
    table = errors(
        design, t1=68e-6, t2=89e-6, one_qubit_error=4e-4, two_qubit_error=2e-3,
        readout_error=8e-3, leakage=0.0, bursts=(), effort="quick", seed=1,
    ).to_dict()  # fmt: skip
    assert "without an echo" in table["reason"]
    assert table["logical_errors_per_day"] is None
    assert table["background"]["logical_error_per_cycle"] is None


def test_noise_adds() -> None:
    one = Decoherence.equal(3, 2.0, 5.0)
    both = one.plus(Decoherence(np.ones(3), np.zeros(3), np.full(3, 7.0)))
    assert both.relaxation.tolist() == [3.0] * 3
    assert both.dephasing.tolist() == [5.0] * 3
    assert both.detuning.tolist() == [7.0] * 3
    assert not one.is_zero()
    assert Decoherence.equal(3, 0.0, 0.0).is_zero()
    gates = GateNoise.uniform(0.01).scaled(2)
    assert gates == GateNoise(0.02, 0.02, 0.02, 0.02, 0.02)
    more = RoundNoise(gates).with_excess(one)
    assert more.gates == gates
    assert more.decoherence is one
    assert more.with_excess(one).decoherence is not None
    assert more.with_excess(one).decoherence.relaxation.tolist() == [4.0] * 3  # type: ignore[union-attr]
