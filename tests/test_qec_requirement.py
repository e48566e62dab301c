"""Edges found by search and in closed form: typed-in bursts, distances, rates, algorithms."""

import math
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.constants import DAY
from qubudget.errors import OutOfRangeError
from qubudget.qec.background import QuietNoise
from qubudget.qec.bursts import BurstStudy
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.history import at_qubits
from qubudget.qec.layout import build
from qubudget.qec.lifetime import failures_per_day
from qubudget.qec.requirement import (
    Burst,
    algorithm_success,
    allowed_per_day,
    disc_burst,
    largest_rate,
    requirement,
    success_from_per_day,
)
from qubudget.qec.scaling import Point, extrapolate
from qubudget.qec.standin import Site

CYCLE = 1.1e-6
HELD = Burst(distance=11, t1_dip=1e-6, recovery=10e-3, radius=3e-3, rate=0.1)


def model(*, distance, t1_dip, recovery, radius, rate):
    """Smooth errors a day with known edges: quiet 100/2^(d/2), bursts 1e6 r^2 tau rate/(T1 2^d)."""
    quiet = 100 * 2 ** (-distance / 2)
    hits = 1e6 * radius**2 * recovery * rate / (t1_dip * 2.0**distance)
    value = quiet + hits
    return value, 0.5 * value, 2 * value


def hits_of(**changed):
    at = {**HELD.__dict__, **changed}
    return 1e6 * at["radius"] ** 2 * at["recovery"] * at["rate"] / (at["t1_dip"] * 2**11.0)


QUIET = 100 * 2**-5.5
TARGET = QUIET + 1.0


# --- smallest distance -------------------------------------------------------------------------


def willow(*, distance, **_):
    """Google 2024 (arXiv:2408.13687): 0.143(3) % per cycle at d = 7, Lambda = 2.14."""
    errors = extrapolate(Point(7, 1.43e-3, 0.02), 2.14, distance)
    return tuple(float(failures_per_day(e, CYCLE)) for e in errors)


@pytest.mark.parametrize(("per_cycle", "distance"), [(1e-6, 27), (CYCLE / DAY, 57)])
def test_distances_of_the_published_lambda(per_cycle, distance):
    """By arithmetic 1e-6 takes d = 27; one error a day, 7.85e10 cycles, takes d = 57."""
    target = float(failures_per_day(per_cycle, CYCLE))
    found = requirement(willow, "distance", HELD, target, 101, 3)
    assert found.value == distance
    assert found.passing == distance
    assert found.failing == distance - 2
    assert found.reason is None
    assert found.errors == willow(distance=distance)
    steps = log(1.43e-3 / per_cycle) / log(2.14)
    assert distance == 7 + 2 * math.ceil(steps)


def test_distance_at_the_ends_of_the_search():
    early = requirement(willow, "distance", HELD, 1e12, 101, 3)
    assert early.value == 3
    assert early.failing is None
    assert "already" in early.reason
    never = requirement(willow, "distance", HELD, 1e-30, 101, 3)
    assert never.value is None
    assert never.passing is None
    assert never.failing == 101
    assert "fails even at 101" in never.reason


# --- bursts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "easy", "hard", "power"),
    [
        ("t1_dip", 1e-1, 1e-9, -1),
        ("recovery", 1e-9, 1e3, 1),
        ("radius", 1e-7, 1.0, 2),
    ],
)
def test_edges_of_a_smooth_model(quantity, easy, hard, power):
    """One error a day by bursts beside the quiet ones: variable x with x^power ~ errors."""
    start = getattr(HELD, quantity)
    exact = start * (1 / hits_of()) ** (1 / power)
    found = requirement(model, quantity, HELD, TARGET, easy, hard, tolerance=0.01)
    assert found.value == pytest.approx(exact, rel=0.012)
    inner, outer = sorted([found.passing, found.failing])
    assert inner * (1 - 1e-9) <= exact <= outer * (1 + 1e-9)
    assert log(outer / inner) <= 0.011
    assert found.errors[0] <= TARGET
    assert quantity not in found.held
    assert found.held["distance"] == 11
    assert found.reason is None
    assert found.tries < 20
    assert found.to_dict()["unit"] == found.unit


def test_a_coarse_search_takes_few_simulations():
    found = requirement(model, "recovery", HELD, TARGET, 1e-4, 10.0)
    assert found.tries <= 10


def test_ends_of_what_was_tried():
    whole = requirement(model, "radius", HELD, 1e9, 1e-4, 1e-2)
    assert whole.value == 1e-2
    assert whole.failing is None
    assert "end of what was tried" in whole.reason
    assert whole.tries == 1
    none = requirement(model, "radius", HELD, QUIET / 2, 1e-4, 1e-2)
    assert none.value is None
    assert none.failing == pytest.approx(1e-4)
    assert "fails even at 0.0001 m" in none.reason


def test_largest_rate_is_exact():
    """Linear in the rate: (target - quiet)/(errors per burst); the ends of the errors, half and
    twice, turn into (2 target - quiet)/slope and (target/2 - quiet)/slope by hand."""
    slope = hits_of() / HELD.rate
    found = largest_rate(model, HELD, TARGET)
    assert found.value == pytest.approx(1 / slope)
    assert found.tries == 2
    assert model(**{**HELD.__dict__, "rate": found.value})[0] == pytest.approx(TARGET)
    assert found.failing == pytest.approx((2 * TARGET - QUIET) / slope)
    assert found.passing == max((TARGET / 2 - QUIET) / slope, 0)
    assert found.errors == pytest.approx((TARGET, TARGET / 2, 2 * TARGET))
    other = largest_rate(model, Burst(11, 1e-6, 10e-3, 3e-3, 7.0), TARGET)
    assert other.value == pytest.approx(found.value)


def test_rates_without_an_edge():
    assert "without bursts" in largest_rate(model, HELD, QUIET / 2).reason
    assert "at any rate" in largest_rate(willow, HELD, 1e12).reason
    with pytest.raises(OutOfRangeError):
        largest_rate(model, Burst(11, 1e-6, 1e-2, 1e-3, 0.0), 1.0)


@settings(max_examples=15, deadline=None)
@given(target=st.floats(QUIET * 1.01, 1e4))
def test_a_looser_target_never_asks_for_more(target):
    for quantity, easy, hard, sign in (
        ("t1_dip", 1.0, 1e-12, -1), ("recovery", 1e-9, 1e6, 1), ("radius", 1e-9, 1e3, 1),
    ):  # fmt: skip
        strict = requirement(model, quantity, HELD, target, easy, hard)
        loose = requirement(model, quantity, HELD, 2 * target, easy, hard)
        assert sign * log(loose.value / strict.value) >= -1e-9
    strict = requirement(model, "distance", HELD, target, 101, 3)
    assert requirement(model, "distance", HELD, 2 * target, 101, 3).value <= strict.value


# --- typed-in bursts -----------------------------------------------------------------------------

SCHEDULE = Schedule.of_cycle(
    CYCLE, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
SITE = Site(
    "surface", 5, 1e-3, 12e-3, 12e-3,
    QuietNoise(GateNoise.uniform(1e-3), 1 / 70e-6, 1 / 200e-6, SCHEDULE),
)  # fmt: skip


def disc(**changed):
    given_ = {
        "t1_dip": 1e-6, "radius": 2.2e-3, "recovery": 1e-3, "rate": 0.1, "quiet_t1": 70e-6,
        "length": 12e-3, "width": 12e-3, "step": 0.125e-3,
    }  # fmt: skip
    return disc_burst(**{**given_, **changed})


def test_disc_burst_at_the_qubits():
    layout = build("surface", 5)
    placement = SITE.place(layout)
    burst = disc()
    found = at_qubits(burst, burst.excess_relaxation, placement)
    distance = np.hypot(*placement.positions.T)
    rim = np.abs(distance - 2.2e-3) < 0.125e-3
    excess = 1 / 1e-6 - 1 / 70e-6
    expected = excess * (distance < 2.2e-3) * np.exp(-burst.times / 1e-3)[:, None]
    assert found[:, ~rim] == pytest.approx(expected[:, ~rim])
    # T1 at the impact is the dip, quiet rate included.
    assert 1 / (found[0].max() + 1 / 70e-6) == pytest.approx(1e-6)
    # It ends at a thousandth of the quiet rate; between its times it is exponential to 0.5 %.
    assert found[-1].max() == pytest.approx(1e-3 / 70e-6, rel=1e-9)
    middle = (burst.times[:-1] + burst.times[1:]) / 2
    mean = (found[:-1].max(axis=1) + found[1:].max(axis=1)) / 2
    assert mean == pytest.approx(excess * np.exp(-middle / 1e-3), rel=0.0051)


def test_disc_burst_covers_its_area():
    burst = disc(radius=4e-3)
    cell = (burst.x[1] - burst.x[0]) * (burst.y[1] - burst.y[0])
    assert (burst.excess_relaxation[0] > 0).sum() * cell == pytest.approx(
        math.pi * 4e-3**2, rel=0.01
    )
    off = disc(radius=1e-3, centre=(4e-3, -3e-3)).excess_relaxation[0]
    weights = off / off.sum()
    assert (weights.sum(axis=1) @ burst.x) == pytest.approx(4e-3, abs=1e-5)
    assert (weights.sum(axis=0) @ burst.y) == pytest.approx(-3e-3, abs=1e-5)


@pytest.mark.parametrize(
    "bad", [{"t1_dip": 0.0}, {"t1_dip": 80e-6}, {"radius": -1.0}, {"recovery": math.inf}]
)
def test_bursts_that_cannot_be_are_refused(bad):
    with pytest.raises(OutOfRangeError):
        disc(**bad)


def test_a_typed_in_burst_runs_through_the_study():
    """A deep dip over the whole d = 5 patch is fatal (3/4 for two bases); off the patch it adds
    exactly nothing."""
    study = BurstStudy(SITE, "unaware", None, "quick", 1)
    fatal, missed = study.run(
        [disc(radius=8e-3, recovery=5e-3), disc(radius=1e-3, centre=(5.2e-3, 5.2e-3))], 1.0
    )
    assert fatal.value == pytest.approx(0.75, abs=0.01)
    assert missed.value == 0
    assert missed.high == 0


# --- algorithms ----------------------------------------------------------------------------------


def test_success_of_an_algorithm():
    """n N eps = 100 x 1e9 x 1e-12 = 0.1, and 100 patches hit 0.01 times a second with P = 0.5 for
    1,000 s."""
    assert float(algorithm_success(100, 1e9, 1e-12)) == pytest.approx(exp(-0.1))
    both = algorithm_success(100, 1e9, 1e-12, 1e-6, [0.0, 1e-6], [0.0, 0.5])
    assert both == pytest.approx([exp(-0.1), exp(-0.1 - 100 * 1000 * 1e-6 * 0.5)])
    assert float(algorithm_success(0, 1e9, 1e-3)) == 1


def test_allowed_errors_are_the_inverse():
    allowed = allowed_per_day(2000, 1e10, 1e-6, 0.9)
    assert float(success_from_per_day(2000, 1e10, 1e-6, allowed)) == pytest.approx(0.9)
    # One logical qubit for one day at one error a day: 1/e.
    assert allowed_per_day(1, DAY / 1e-6, 1e-6, exp(-1)) == pytest.approx(1.0)


@settings(max_examples=20, deadline=None)
@given(qubits=st.integers(1, 10_000), cycles=st.floats(1, 1e12), success=st.floats(0.01, 0.99))
def test_larger_algorithms_allow_fewer_errors(qubits, cycles, success):
    allowed = allowed_per_day(qubits, cycles, 1e-6, success)
    assert allowed_per_day(2 * qubits, cycles, 1e-6, success) == pytest.approx(allowed / 2)
    assert allowed_per_day(qubits, 2 * cycles, 1e-6, success) < allowed
    assert allowed_per_day(qubits, cycles, 1e-6, (1 + success) / 2) < allowed


@pytest.mark.parametrize(
    "bad", [(1, 1e9, 1e-6, 0.0), (1, 1e9, 1e-6, 1.0), (0, 1e9, 1e-6, 0.5), (1, 0, 1e-6, 0.5)]
)
def test_algorithms_that_cannot_be_are_refused(bad):
    with pytest.raises(OutOfRangeError):
        allowed_per_day(*bad)
