"""Rare failures by splitting: against sums over all fault sets, binomial tails and brute force."""

from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from math import log

import numpy as np
import pytest
import stim
from scipy.stats import binom, chisquare
from scipy.stats import t as student

from qubudget.errors import ConvergenceError, OutOfRangeError
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.decoders import matcher
from qubudget.qec.faults import Faults
from qubudget.qec.layout import build
from qubudget.qec.rare import ISLANDS, Splitting, estimate
from qubudget.qec.sampling import count_errors, failures, stream


def uniform(distance, rounds, p, family="surface"):
    noise = RoundNoise(GateNoise.uniform(p))
    return memory_circuit(build(family, distance), "Z", [(rounds, noise)], gate_set="cx")


def deviation(found):
    """Standard deviation of ln value, from the interval: Student's, 15 degrees of freedom."""
    return log(found.high / found.low) / 2 / student.ppf(0.975, ISLANDS - 1)


def assert_agrees(found, expected, relative=0.0):
    """Five sigma: false alarm 1.6e-4 with 15 degrees of freedom."""
    assert abs(log(found.value / expected)) < 5 * np.hypot(deviation(found), relative)


def all_sets(faults):
    """Every set of faults: events, flips, weight, and the product of its odds."""
    count = len(faults.odds)
    chosen = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    events = np.zeros((2**count, faults.events.shape[1]), np.uint8)
    flips = np.zeros(2**count, np.uint8)
    for fault in range(count):
        events[chosen[:, fault] == 1] ^= faults.events[fault]
        flips[chosen[:, fault] == 1] ^= faults.flips[fault]
    return events, flips, chosen.sum(axis=1), np.prod(faults.odds**chosen, axis=1)


def uneven_repetition(scale):
    """Repetition code, d = 3, two rounds, every qubit with its own rates: 13 faults."""
    schedule = Schedule(0.0, 0.0, 0.4e-6, 0.0, 0.6e-6, 2)
    rates = Decoherence(scale * np.array([1, 3, 2, 1, 5.0]), np.zeros(5), np.zeros(5))
    noise = RoundNoise(GateNoise(measure=scale * 1e-6), rates)
    return memory_circuit(build("repetition", 3), "Z", [(2, noise)], schedule, "cx")


@pytest.mark.parametrize("distance", [5, 9])
def test_majority_vote_down_to_1e_minus_10(distance):
    """Data flips only, one round: P is a binomial tail, here 1e-10 per shot."""
    flip = {5: 2.15e-4, 9: 3.8e-3}[distance]
    noise = RoundNoise(GateNoise(data=1.5 * flip))
    circuit = memory_circuit(build("repetition", distance), "Z", [(1, noise)])
    exact = binom.sf(distance // 2, distance, flip)
    assert 9e-11 < exact < 1.2e-10
    found = estimate(circuit, 1, stream(1, "vote", distance), members=4096)
    assert found.method == "splitting"
    assert found.low < found.value < found.high
    assert found.per_round[0] == pytest.approx(found.value)
    assert_agrees(found, exact, relative=0.005)


@pytest.mark.parametrize("scale", [1e2, 1e3, 1e4])
def test_sum_over_all_fault_sets(scale):
    circuit = uneven_repetition(scale)
    faults = Faults.of(circuit.detector_error_model(approximate_disjoint_errors=True))
    events, flips, _, odds = all_sets(faults)
    exact = odds[failures(matcher(circuit), events, flips)].sum() / np.prod(1 + faults.odds)
    found = estimate(circuit, 2, stream(2, "all", scale), members=4096)
    assert_agrees(found, exact, relative=0.005)


def test_moves_keep_the_distribution_of_failing_sets():
    """From one and the same failing set, the moves reach the exact distribution over all of them.

    Chi-square test of 4,000 sets; false alarm 1e-4.
    """
    circuit = uneven_repetition(3e4)
    faults = Faults.of(circuit.detector_error_model(approximate_disjoint_errors=True))
    events, flips, _, odds = all_sets(faults)
    fails = failures(matcher(circuit), events, flips)
    strength = 2.0
    work = Splitting(faults, matcher(circuit), np.random.default_rng(3))
    members = work.draw(strength, 20_000)
    count = 4000
    members = members.take(np.zeros(count, np.intp))
    for _ in range(300):
        work.move(members, strength)
    names = np.where(members.held >= 0, 1 << np.maximum(members.held, 0), 0).sum(axis=1)
    np.testing.assert_array_equal(members.events, events[names])
    np.testing.assert_array_equal(members.flips, flips[names])
    np.testing.assert_array_equal(members.weight, (members.held >= 0).sum(axis=1))
    assert fails[names].all()
    weight = np.array([int(n).bit_count() for n in range(len(odds))])
    share = np.where(fails, odds * strength**weight, 0.0)
    expected = count * share / share.sum()
    common = expected > 5
    seen = np.bincount(names, minlength=len(odds))
    observed = np.append(seen[common], seen[~common].sum())
    assert chisquare(observed, np.append(expected[common], expected[~common].sum())).pvalue > 1e-4


@pytest.mark.parametrize(
    ("family", "distance", "rounds", "p", "shots"),
    [
        ("surface", 3, 3, 1e-3, 2_000_000),
        ("surface", 5, 5, 1e-3, 4_000_000),
        ("surface", 5, 5, 2e-3, 1_000_000),
        ("repetition", 5, 15, 3e-3, 1_000_000),
    ],
)
def test_brute_force_where_failures_can_be_counted(family, distance, rounds, p, shots):
    """P from 1e-3 to 1e-5; the counts' own error beside the islands'."""
    circuit = uniform(distance, rounds, p, family)
    counts = count_errors(circuit, shots, stream(4, "brute", family, distance, p))
    assert counts.errors > 25
    found = estimate(circuit, rounds, stream(5, "split", family, distance, p), members=2048)
    assert_agrees(found, counts.rate, relative=counts.errors**-0.5)


def test_a_decoder_with_other_weights():
    """Weights of noise without measurement errors make a worse decoder; both ways agree on it."""
    circuit = uniform(3, 6, 1.5e-3)
    gates = GateNoise(two_qubit=1e-3, measure=1e-9, reset=1e-9, data=1e-3)
    other = matcher(
        memory_circuit(build("surface", 3), "Z", [(6, RoundNoise(gates))], gate_set="cx")
    )
    counts = count_errors(circuit, 1_000_000, stream(6), matching=other)
    found = estimate(circuit, 6, stream(7), matching=other, members=2048)
    assert_agrees(found, counts.rate, relative=counts.errors**-0.5)
    own = count_errors(circuit, 1_000_000, stream(6)).errors
    assert counts.errors - own > 4 * (counts.errors + own) ** 0.5


def test_minimum_weight_limit():
    """As p goes to 0, P/p^2 at d = 3 tends to the sum over all failing pairs of faults."""
    p = 1e-6
    circuit = uniform(3, 3, p)
    faults = Faults.of(circuit.detector_error_model())
    matching = matcher(circuit)
    assert not failures(matching, faults.events, faults.flips).any()
    one, other = np.array(list(combinations(range(len(faults.odds)), 2))).T
    fails = failures(
        matching, faults.events[one] ^ faults.events[other], faults.flips[one] ^ faults.flips[other]
    )
    pairs = float((faults.odds[one] * faults.odds[other])[fails].sum())
    found = estimate(circuit, 3, stream(8), members=4096)
    assert found.value < 1e-9
    assert_agrees(found, pairs, relative=0.005)


def test_the_interval_covers():
    """40 runs of small populations: 95 % nominal, fewer than 32 covering has probability 2e-4."""
    noise = RoundNoise(GateNoise(data=1.5e-3))
    circuit = memory_circuit(build("repetition", 5), "Z", [(1, noise)])
    exact = binom.sf(2, 5, 1e-3)
    runs = [estimate(circuit, 1, stream(9, i), members=512) for i in range(40)]
    assert sum(run.low < exact < run.high for run in runs) >= 32
    values = np.array([run.value for run in runs])
    assert values.mean() == pytest.approx(exact, abs=4 * values.std(ddof=1) / 40**0.5)


def test_frequent_failures_are_counted():
    circuit = uniform(3, 9, 0.01)
    found = estimate(circuit, 9, stream(10), members=2048)
    assert found.method == "counting"
    counts = count_errors(circuit, 20_000, stream(11))
    spread = np.hypot(counts.errors**-0.5, (found.high - found.low) / 3.92 / found.value)
    assert abs(found.value / counts.rate - 1) < 4 * spread


def test_no_noise_and_no_flip_of_the_observable_are_exactly_zero():
    for circuit in (
        uniform(3, 3, 0.0),
        stim.Circuit("X_ERROR(0.1) 1\nM 0 1\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-2]"),
    ):
        found = estimate(circuit, 3, stream(1))
        assert (found.value, found.low, found.high, found.shots) == (0.0, 0.0, 0.0, 0)
        assert found.per_round == (0.0, 0.0, 0.0)
        assert found.method == "exact"
    other = matcher(uniform(3, 3, 1e-3))
    assert estimate(uniform(3, 3, 0.0), 3, stream(1), matching=other).high == 0.0


def test_faults_that_are_always_corrected_or_certain_are_refused():
    text = "X_ERROR({}) 0\nM 0\nDETECTOR rec[-1]\nOBSERVABLE_INCLUDE(0) rec[-1]"
    with pytest.raises(ConvergenceError, match="no failures"):
        estimate(stim.Circuit(text.format(0.1)), 1, stream(1))
    with pytest.raises(OutOfRangeError, match="probability 1"):
        estimate(stim.Circuit(text.format(1)), 1, stream(1))
    with pytest.raises(OutOfRangeError, match="members"):
        estimate(uniform(3, 3, 1e-3), 3, stream(1), members=ISLANDS)


def test_same_stream_same_estimate_whatever_runs_beside_it():
    circuit = uniform(3, 3, 3e-4)

    def run(seed):
        return estimate(circuit, 3, stream(seed, "again"), members=256)

    alone = run(1)
    with ThreadPoolExecutor(2) as pool:
        beside = list(pool.map(run, [2, 1, 1]))
    assert beside[1] == beside[2] == alone
    assert beside[0].value != alone.value
