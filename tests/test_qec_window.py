"""Windows, their decoders on common samples, and the course that is composed of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec import window as module
from qubudget.qec.background import QuietNoise, background
from qubudget.qec.bursts import BurstStudy
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.course import composed, edges, either, exponents, stretches, whole_rounds
from qubudget.qec.cycle import Decoherence, GateNoise, Schedule
from qubudget.qec.decoders import MATCHING, installed, matcher
from qubudget.qec.history import BurstHistory, Cell
from qubudget.qec.layout import build
from qubudget.qec.sampling import count_errors, stream
from qubudget.qec.standin import Site
from qubudget.qec.window import Workshop, alone, compare, steady

SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
NOISE = QuietNoise(GateNoise(5e-4, 1.5e-3, 4e-3, 1e-3), 1 / 100e-6, 1 / 400e-6, SCHEDULE)
GOOD = QuietNoise(GateNoise(1e-4, 3e-4, 1e-3, 3e-4), 1 / 300e-6, 1 / 1200e-6, SCHEDULE)
KNOWLEDGE = ("unaware", "aware", "erasure")


def disc(distance, radius, relaxation):
    """Extra relaxation within a radius (neighbour distances) of the patch's middle."""
    hit = np.hypot(*build("surface", distance).coordinates.T) <= radius + 1e-9
    none = np.zeros(len(hit))
    return Decoherence(np.where(hit, relaxation, 0.0), none, none)


def shops(matching="plain", plugin=None):
    first = Workshop("surface", NOISE, "unaware", matching, plugin)
    return {k: first.knowing(k) for k in KNOWLEDGE}


def seen(parts, shots, distance=5, name="w", **more):
    """Windows of all three decoders on the same samples, and their discordant pairs."""
    windows = {k: s.window(distance, "Z", parts, stream(1, name)) for k, s in shops(**more).items()}
    return windows, compare(windows, shots)


@pytest.mark.parametrize("inside", [False, True])
def test_decoders_compared_take_the_same_samples_as_each_by_itself(inside):
    parts = steady(5, disc(5, 1.2, 6e5), inside=inside)
    windows, pairs = seen(parts, 700)
    for knowledge, shop in shops().items():
        single = shop.window(5, "Z", parts, stream(1, "w"))
        single.run(700)
        together = windows[knowledge]
        assert (single.worse, single.better, single.quiet_failures) == (
            together.worse,
            together.better,
            together.quiet_failures,
        )
    if not inside:
        # Of quiet times all know the same, and the difference of failures is that of discordants.
        assert len({w.quiet_failures for w in windows.values()}) == 1
    for (one, other), (left, right) in pairs.items():
        fails = [w.quiet_failures + w.worse - w.better for w in (windows[one], windows[other])]
        assert fails[0] - fails[1] == left - right


@pytest.mark.parametrize(("distance", "radius"), [(5, 0.0), (5, 1.2), (7, 1.6)])
def test_aware_is_never_worse_than_unaware(distance, radius):
    """Paired on common samples; four sigma and one shot of the discordant ones, one-sided: false
    alarm below 4e-5."""
    _, pairs = seen(steady(distance, disc(distance, radius, 1e6), inside=False), 1500, distance)
    unaware_only, aware_only = pairs["unaware", "aware"]
    assert aware_only - unaware_only <= 4 * np.sqrt(aware_only + unaware_only) + 1


@pytest.mark.parametrize("name", sorted(set(installed())))
def test_no_excess_is_exactly_nothing_for_every_decoder(name):
    plugin = None if name in MATCHING.values() else name
    matching = "correlated" if name == MATCHING["correlated"] else "plain"
    parts = steady(3, disc(3, -1.0, 0.0), inside=True)
    windows, _ = seen(parts, 60 if plugin else 1500, 3, matching=matching, plugin=plugin)
    for window in windows.values():
        assert (window.worse, window.better) == (0, 0)
        assert window.excess() == 0


def test_correlated_matching_fails_less():
    """The notes: 1658 to 878 of 12,000 unaware, 485 to 231 aware at d = 9. Here d = 5; more than
    four sigma apart is too much to ask of 3000 shots, so: not worse by four (false alarm 4e-5)."""
    parts = steady(5, disc(5, 1.2, 4e5), inside=False)
    plain, correlated = (
        {k: w.worse - w.better for k, w in seen(parts, 3000, matching=m)[0].items()}
        for m in ("plain", "correlated")
    )
    for knowledge, count in plain.items():
        assert correlated[knowledge] - count < 4 * np.sqrt(count + correlated[knowledge] + 1)


def test_templates_decode_like_fresh_decoders(monkeypatch):
    """Weights agree to 1e-8, so only ties may be broken otherwise: under 0.5 % of shots."""
    parts = steady(5, disc(5, 1.2, 3e5), inside=True)
    windows = {}
    for name, worth in (("template", 0), ("fresh", 1000)):
        monkeypatch.setattr(module, "WORTHWHILE", worth)
        shop = Workshop("surface", NOISE, "aware")
        windows[name] = shop.window(5, "X", parts, stream(2, "t"))
        assert bool(shop._templates) == (name == "template")
    (left, right) = compare(windows, 2000)["template", "fresh"]
    assert left + right <= 10
    assert windows["template"].worse > 20


@pytest.mark.parametrize("knowledge", ["unaware", "aware"])
def test_a_window_from_inside_shows_the_hazard_of_a_long_burst(knowledge):
    """d = 5, T1 = 1 us on nine qubits: against the difference of circuits with 30 and 15 rounds of
    burst, in which ends cancel. 4 % (what 3 d/2 rounds forget) and four sigma, false alarm 6e-5;
    a window alone would miss 0.1 (unaware: 0.05) to 0.3 of it."""
    excess, layout, shots = disc(5, 1.2, 3e5), build("surface", 5), 12_000
    still = NOISE.on(layout.qubits)
    window = Workshop("surface", NOISE, knowledge).window(
        5, "Z", steady(5, excess, inside=True), stream(3, "in")
    )
    window.run(shots)
    found = -np.log1p(-2 * window.excess()) / window.rounds
    logs, variance = [], 0.0
    for rounds in (15, 30):
        parts = [(5, still), (rounds, still.with_excess(excess)), (5, still)]
        struck = memory_circuit(layout, "Z", parts, SCHEDULE)
        quiet = memory_circuit(layout, "Z", [(rounds + 10, still)], SCHEDULE)
        decoder = matcher(struck if knowledge == "aware" else quiet)
        rates = [
            count_errors(c, shots, stream(4, i, rounds), matching=m).rate
            for i, (c, m) in enumerate(((struck, decoder), (quiet, matcher(quiet))))
        ]
        kept = [1 - 2 * rate for rate in rates]
        logs.append(np.log(kept[1] / kept[0]))
        variance += sum(4 * r * (1 - r) / shots / k**2 for r, k in zip(rates, kept, strict=True))
    exact, spread = (logs[1] - logs[0]) / 15, np.sqrt(variance) / 15
    lows, highs = window.excess_draws(np.random.default_rng(1), 2000)
    own = np.std(-np.log1p(-2 * highs)) / window.rounds
    assert lows.mean() == pytest.approx(float(window.excess()), rel=0.2)
    assert abs(found - exact) < 0.04 * exact + 4 * np.hypot(spread, own)


def test_short_stretches_are_simulated_as_they_are():
    excess = disc(3, 1.0, 1e6)
    parts = alone(3, [(2, excess), (4, excess)])
    assert [p.rounds for p in parts] == [3, 2, 4, 3]
    window = Workshop("surface", NOISE, "aware").window(3, "Z", parts, stream(5))
    assert window.rounds == 6


def test_a_decoder_that_is_not_installed_is_refused_early():
    site = Site("surface", 3, 1e-3, 0.05, 0.05, NOISE)
    with pytest.raises(OutOfRangeError, match="oracle"):
        BurstStudy(site, "aware", None, "quick", 1, "plain", "oracle")


# The course of a burst


def cells(lengths, cycle=1e-6):
    ends = np.cumsum(lengths) * cycle
    none = Decoherence.equal(17, 0.0, 0.0)
    return [Cell(t - n * cycle / 2, n, none) for t, n in zip(ends, lengths, strict=True)]


@given(lengths=st.lists(st.floats(0.1, 60), min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_stretches_tile_a_burst(lengths):
    row = cells(lengths)
    found = stretches(row, 5)
    assert [p for places in found for p in places] == list(range(len(row)))
    for places in found:
        if len(places) > 1:
            assert all(lengths[p] < 10 for p in places)
            assert sum(lengths[p] for p in places) <= 30 + 1e-9
    assert abs(sum(whole_rounds(row)) - sum(lengths)) <= 1
    assert edges(row, 1e-6) == pytest.approx(np.append(0, np.cumsum(lengths)) * 1e-6, abs=1e-12)


@given(fall=st.floats(0.1, 6), count=st.integers(2, 12))
@settings(max_examples=30, deadline=None)
def test_an_exponential_hazard_is_integrated_exactly(fall, count):
    """Integral of exp(-fall x) over x in 0 to 1, in cells of equal length."""
    middles = (np.arange(count) + 0.5) / count
    half = np.full(count, 0.5 / count)
    parts = exponents(list(np.exp(-fall * middles)), half, half)
    assert float(sum(parts)) == pytest.approx(-np.expm1(-fall) / fall, rel=1e-9)


def test_hazards_without_counts_and_beyond_bounds():
    half = np.ones(3)
    assert [float(p) for p in exponents([0.0, 0.0, 0.0], half, half)] == [0.0, 0.0, 0.0]
    assert float(exponents([1.0, 0.0, None], half, half)[0]) == 2.0
    assert np.isinf(float(sum(exponents([np.inf, 0.1, 0.1], half, half))))
    assert float(composed(np.inf)) == 0.5
    jump = exponents([4.0, 1.0, 1.0], half, half, jumps={1})
    assert [float(p) for p in jump] == [8.0, 2.0, 2.0]


def burst(radius=1.5e-3, relaxation=5e5, last=1e-4, tau=4e-5):
    axis = np.linspace(-0.01, 0.01, 81)
    times = np.concatenate([[0.0], np.geomspace(1e-6, last, 30)])
    inside = np.hypot(axis[:, None], axis) <= radius
    rate = np.exp(-times / tau)[:, None, None] * inside * relaxation
    return BurstHistory("hit", 0.1, 3e-14, axis, axis, times, rate, np.zeros_like(rate))


def test_courses_of_three_decoders():
    """T1 = 2 us on nine qubits of d = 5: the aware decoder fails less while it lasts; when all is
    over, all three are back at about the quiet error."""
    site = Site("surface", 5, 1e-3, 0.05, 0.05, NOISE)
    study = BurstStudy(site, "unaware", None, "quick", 1)
    quiet = (1e-5, 8e-6, 1.2e-5)
    found = {c.decoder: c for c in study.courses(burst(last=3e-4, tau=3e-5), quiet)}
    assert list(found) == list(KNOWLEDGE)
    for course in found.values():
        assert np.all(np.diff(course.times) > 0)
        assert np.all((course.low <= course.error) & (course.error <= course.high))
        assert np.all(course.error >= quiet[0] * 0.999)
        assert np.all(course.error <= 0.5)
        assert course.low[-1] < 1e-3 < course.low[0]
    assert found["aware"].error[0] <= found["unaware"].high[0]
    plain = found["aware"].to_dict()
    assert plain.keys() == {"class", "decoder", "time_s", "error_per_cycle", "low", "high"}
    assert study.courses(burst(relaxation=0.0), quiet) == []


def test_the_course_of_failure_ends_at_the_value():
    site = Site("surface", 5, 1e-3, 0.05, 0.05, NOISE)
    found = BurstStudy(site, "aware", None, "quick", 1).run([burst()], 1.0)[0]
    assert found.failure[0] == 0
    assert np.all(np.diff(found.failure) >= 0)
    assert found.failure[-1] == found.value
    assert found.times[0] == 0
    assert found.times[-1] == pytest.approx(found.cycles * SCHEDULE.cycle_time)
    assert float(either(0.5, 0.5)) == 0.75


# Quiet times


def test_the_band_of_the_fit_covers_what_was_simulated():
    """d = 5 and 7 within 95 % ends widened by what a log-linear fit may miss: factor 1.3."""
    found = background("surface", 11, NOISE, "quick", 1)
    assert found.fit.distances == tuple(range(3, 18, 2))
    i = found.fit.distances.index(11)
    assert (found.fit.error[i], found.fit.low[i]) == (found.error, found.low)
    for distance in (5, 7):
        errors = [run.error()[0] for run in found.simulated if run.distance == distance]
        i = found.fit.distances.index(distance)
        mean = np.mean(errors)
        assert found.fit.low[i] / 1.3 < mean < found.fit.high[i] * 1.3
    assert found.direct is None


def test_amplified_noise_scaled_back_meets_a_direct_estimate():
    """Good gates at d = 5: errors of 1e-5 per cycle, by splitting of the noise as it is."""
    from qubudget.qec.background import _direct

    found = background("surface", 7, GOOD, "quick", 1)
    assert "too rare to count" in found.note
    direct = _direct("surface", 5, GOOD, found.fit, 1)
    assert direct.low < direct.error < direct.high < 3 * direct.low
    assert direct.within
