"""Ceilings of hazards too small to count: the chord, where a burst lies on it, and coverage."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.qec import bursts, refine
from qubudget.qec.background import QuietNoise
from qubudget.qec.bursts import BurstStudy
from qubudget.qec.ceiling import between, ceiling
from qubudget.qec.cycle import Decoherence, GateNoise, Schedule
from qubudget.qec.history import BurstHistory
from qubudget.qec.layout import build
from qubudget.qec.sampling import stream
from qubudget.qec.standin import Site
from qubudget.qec.window import Workshop, steady

SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
QUIET = Decoherence(np.full(4, 1e4), np.full(4, 2.5e3), np.zeros(4))


def quiet_noise(scale):
    gates = GateNoise(3e-4 * scale, 1e-3 * scale, 3e-3 * scale, 1e-3 * scale)
    return QuietNoise(gates, scale / 100e-6, scale / 400e-6, SCHEDULE)


def excess(relaxation=0.0, detuning=0.0, hit=2):
    first = np.arange(4) < hit
    return Decoherence(relaxation * first, np.zeros(4), detuning * first)


@settings(max_examples=25, deadline=None)
@given(
    faults=st.lists(st.floats(1, 5), min_size=1, max_size=4),
    theta=st.floats(0, 1),
    strong=st.floats(1.5, 100),
)
def test_the_chord_lies_above_every_sum_of_powers(faults, theta, strong):
    """h = sum of c p^m with c > 0 at p = 1, strong^theta and strong; equal for a single power."""

    def hazard(p):
        return sum((i + 1) * 1e-9 * p**m for i, m in enumerate(faults))

    weak = hazard(strong**theta) - hazard(1.0)
    most = float(ceiling(hazard(1.0), hazard(strong) - hazard(1.0), theta))
    assert most >= weak * (1 - 1e-9) - 1e-20
    if len(faults) == 1:
        assert most == pytest.approx(weak, rel=1e-6, abs=1e-20)


def test_ends_of_the_chord():
    assert ceiling(1e-9, 1e-5, 0.0) == 0.0
    assert ceiling(1e-9, 1e-5, 1.0) == pytest.approx(1e-5)
    assert ceiling(0.0, 1e-5, 0.5) == 1e-5  # nothing is known of quiet times but their order
    assert np.all(np.diff(ceiling(np.geomspace(1e-12, 1e-3, 30), 1e-5, 0.4)) > 0)


def test_where_a_burst_lies_between():
    """By the worst qubit and kind of error; p of a flip per cycle is (1 - exp(-t/2 T1))/2."""
    weak, strong = excess(3e4), excess(1e6)
    p = [-np.expm1(-0.5 * 1.1e-6 * r) for r in (1e4, 4e4, 1.01e6)]
    expected = np.log(p[1] / p[0]) / np.log(p[2] / p[0])
    # Flips grow by the smaller ratio, but the combined phase stays as it is: flips alone decide.
    assert between(QUIET, weak, strong, SCHEDULE) == pytest.approx(expected)
    assert between(QUIET, excess(0.0), strong, SCHEDULE) == 0.0
    assert between(QUIET, strong, strong, SCHEDULE) == pytest.approx(1.0)
    assert between(QUIET, strong, weak, SCHEDULE) > 1
    assert between(QUIET, excess(1e4, hit=3), strong, SCHEDULE) == np.inf
    assert between(QUIET, excess(detuning=1e4), strong, SCHEDULE) == np.inf
    assert 0 < between(QUIET, excess(detuning=1e4), excess(1e6, 1e6), SCHEDULE) < 1
    nothing = Decoherence(*(np.zeros(4) for _ in range(3)))
    assert between(nothing, weak, strong, SCHEDULE) == 1.0


@pytest.mark.parametrize(("knowledge", "strong"), [("unaware", 6e-6), ("aware", 4e-6)])
def test_counted_hazards_lie_below_the_ceiling(knowledge, strong):
    """d = 3, noise a fifth of today's, five qubits of T1 = 100 and 25 us below one of some us.

    All are counted directly, quiet times too; above by less than four sigma, false alarm 6e-5 a
    case.
    """
    shop, layout = Workshop("surface", quiet_noise(0.2), knowledge), build("surface", 3)
    middle = layout.coordinates - layout.coordinates.mean(axis=0)
    hit = np.isin(np.arange(17), np.argsort(np.hypot(*middle.T), kind="stable")[:5])
    none = np.zeros(17)
    rates = quiet_noise(0.2).decoherence(17)
    bursts = {t1: Decoherence(hit / t1, none, none) for t1 in (100e-6, 25e-6, strong)}
    hazard, spread = {}, {}
    for t1, burst in bursts.items():
        window = shop.window(3, "Z", steady(3, burst, inside=True), stream(7, t1, knowledge))
        window.run(40_000)
        assert window.worse > 20
        hazard[t1] = -np.log1p(-2 * float(window.excess())) / window.rounds
        spread[t1] = np.sqrt(window.worse + window.better) / (window.worse - window.better)
    calm = shop.window(3, "Z", steady(3, bursts[25e-6], inside=False), stream(8))
    calm.run(100_000)
    # Windows of 14 rounds between perfect ends: 13 to 14 of them count.
    still = -np.log1p(-2 * calm.quiet_failures / calm.shots) / 14
    for t1 in (100e-6, 25e-6):
        theta = between(rates, bursts[t1], bursts[strong], SCHEDULE)
        most = float(ceiling(still, hazard[strong], theta))
        assert hazard[t1] < most * (1 + 4 * np.hypot(spread[t1], spread[strong]))


def disc(relaxation):
    """Nine qubits for 20 ms, decaying in 5 ms."""
    axis = np.linspace(-0.03, 0.03, 121)
    times = np.concatenate([[0.0], np.geomspace(1e-6, 2e-2, 30)])
    inside = np.hypot(axis[:, None], axis) <= 1.5e-3
    rate = relaxation * np.exp(-times / 5e-3)[:, None, None] * inside
    return BurstHistory("weak", 0.1, 3e-14, axis, axis, times, rate, np.zeros_like(rate))


def weak_burst(monkeypatch, knowledge, seed, events):
    plan = replace(bursts.PLANS["standard"], events=events, relative_width=0.05)
    monkeypatch.setattr(bursts, "PLANS", {"standard": plan})
    site = Site("surface", 3, 1e-3, 0.05, 0.05, quiet_noise(0.05))
    return BurstStudy(site, knowledge, None, "standard", seed).run([disc(600.0)], 1.0)[0]


@pytest.mark.parametrize(
    ("knowledge", "truth"),
    # 3.2e7 and 2.4e7 shots of the same study: 0.0317 (0.0288 to 0.0366), 0.0294 (0.0253 to 0.0348)
    [("unaware", 0.0317), ("aware", 0.0294)],
)
def test_a_burst_that_shows_no_failures_is_bounded(monkeypatch, knowledge, truth):
    """18,000 cycles at d = 3: the interval holds the truth with every seed of three, and its end is
    far below that of the counts alone."""
    found = [weak_burst(monkeypatch, knowledge, seed, 4e4) for seed in range(3)]
    assert all(each.low <= truth <= each.high for each in found)
    assert any(each.value == 0 for each in found)
    assert max(each.high for each in found if each.value == 0) < 0.3
    monkeypatch.setattr(refine, "ceilings", lambda *given: {})
    assert weak_burst(monkeypatch, knowledge, 0, 4e4).high > 0.45


def test_a_decoder_told_of_erasures_gets_no_ceiling(monkeypatch):
    """It changes at once when a qubit is hit, however weakly."""
    asked = []
    monkeypatch.setattr(refine, "_quiet_hazard", lambda *given: asked.append(given))
    weak_burst(monkeypatch, "erasure", 0, 2e4)
    assert not asked
