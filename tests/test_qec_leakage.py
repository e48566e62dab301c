"""Leakage: flags, populations, what leaked qubits do to checks, and logical errors.

Statistical tests have fixed seeds; 4 sigma is a false alarm of 6e-5 per number.
"""

import numpy as np
import pytest
import stim

from qubudget.design import load
from qubudget.errors import OutOfRangeError
from qubudget.qec import assembly, quiet
from qubudget.qec.background import QuietNoise, background
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise, Schedule
from qubudget.qec.decoders import matcher
from qubudget.qec.layout import build
from qubudget.qec.leakage import Leakage, balance, return_probability
from qubudget.qec.leaky_sampler import LeakySampler
from qubudget.qec.sampling import (
    Counts,
    batch_size,
    failures,
    per_round,
    sample,
    stim_seed,
    stream,
)

SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
CLEAN = RoundNoise()


def noise(factor=1.0, leakage=None):
    return QuietNoise(
        GateNoise(1e-3, 4e-3, 8e-3, 2e-3).scaled(factor),
        factor / 60e-6,
        factor / 150e-6,
        SCHEDULE,
        leakage=leakage,
    )


def events(found, circuit):
    """Detection events as booleans (shots, detectors)."""
    bits = np.unpackbits(found.events, axis=1, bitorder="little")
    return bits[:, : circuit.num_detectors].astype(bool)


def sampler(distance, rounds, leakage, returning, basis="Z", gates="cz", family="surface"):
    layout = build(family, distance)
    circuit = memory_circuit(layout, basis, [(rounds, CLEAN)], gate_set=gates, checks="all")
    return layout, circuit, LeakySampler(circuit, layout, leakage, returning)


# --- rates ---------------------------------------------------------------------------------


def test_the_pair_s_leakage_is_shared_alike():
    """Both stay with (1 - l)^2 = 1 - L; half each to first order."""
    for rate in (0.0, 1e-9, 2e-4, 0.3, 1.0):
        one = Leakage(rate, "stays").per_qubit
        assert (1 - one) ** 2 == pytest.approx(1 - rate, abs=1e-15)
    assert Leakage(2e-4, "stays").per_qubit == pytest.approx(1e-4, rel=1e-3)


def test_the_second_level_lives_half_as_long_as_the_first():
    """Charge matrix elements of a transmon of E_J/E_C = 60, in the basis of Cooper pairs (Koch et
    al. 2007): |<1|n|2>|^2 / |<0|n|1>|^2 is 2 within 10 % (anharmonicity lowers it)."""
    pairs = np.arange(-20, 21)
    hop = np.eye(41, k=1) + np.eye(41, k=-1)
    states = np.linalg.eigh(4 * np.diag(pairs**2.0) - 30 * hop)[1]
    charge = states.T @ np.diag(pairs.astype(float)) @ states
    ratio = (charge[1, 2] / charge[0, 1]) ** 2
    assert 1.8 < ratio < 2
    rates = [-np.log1p(-float(return_probability(1 / 70e-6, t))) / t for t in (1e-6, 50e-6)]
    assert np.array(rates) * 70e-6 == pytest.approx(ratio, rel=0.1)


def test_balance_is_the_fixed_point_of_a_cycle():
    for i, r in ((1e-3, 0.1), (0.2, 0.5), (1e-9, 1e-6), (0.3, 1.0), (0.0, 0.4), (0.5, 0.0)):
        p = float(balance(i, r))
        assert (p + (1 - p) * i) * (1 - r) == pytest.approx(p, abs=1e-15)
    assert float(balance(0.0, 0.0)) == 0.0


def test_rates_that_are_no_probabilities_are_refused():
    for rate in (-1e-9, 1.001, float("nan")):
        with pytest.raises(OutOfRangeError, match="leakage"):
            Leakage(rate, "stays")


# --- populations ---------------------------------------------------------------------------


@pytest.mark.parametrize("removal", ["stays", "reset-ancilla", "reset-all"])
def test_population_stays_in_balance_with_injection_and_removal(removal):
    """Per qubit and round against the balance of n gates a cycle; 17 qubits, 4 sigma.

    n from the drawing of the code: data qubits touch 2 checks at corners, 3 along the edges and
    4 in the middle, ancillas 2 or 4 data qubits.
    """
    rounds, shots, rate, r = 12, 20_000, 0.02, 0.08
    layout, _, leaky = sampler(3, rounds, Leakage(rate, removal), r)
    found = leaky.sample(shots, 5).leaked
    assert found.shape == (rounds, 17)
    data = [2, 3, 2, 3, 4, 3, 2, 3, 2]
    ancillas = [sum(q is not None for q in check.data) for check in layout.checks]
    assert sorted(ancillas) == [2, 2, 2, 2, 4, 4, 4, 4]
    unleaked = (1 - rate) ** (np.array(data + ancillas) / 2)  # (1 - l)^n
    removed = np.full(17, r)
    if removal != "stays":
        removed[9:] = 1.0
    if removal == "reset-all":
        removed[:] = 1.0
    # The cycle's end p, before removal: 1 - p = (1 - p (1 - removed)) (1 - l)^n.
    expected = (1 - unleaked) / (1 - unleaked * (1 - removed))
    # Rounds of one shot are alike where flags live long: sigma of a single round for each.
    sigma = np.sqrt(expected * (1 - expected) / shots)
    assert np.all(np.abs(found - expected) < 4.5 * sigma)  # 204 numbers: 1.4e-3 in all
    assert np.all(np.abs(found[[0, -1]] - expected) < 4 * sigma)


def test_leaked_population_of_data_qubits_falls_tenfold_by_their_reset():
    """Miao et al., Nat. Phys. 19, 1780 (2023), abstract: a ten-fold lower steady leakage of the
    data qubits by resetting them, and below 1e-3 on average over the device.

    T1 = 20 us and 0.92 us a cycle (the same generation of devices: Google, Nature 614, 676 (2023))
    give T1/(2 t) = 11 by relaxation alone; within 30 %. The average stays below 1e-3 up to a
    leakage of 6e-4 per gate, four gates a cycle on most qubits.
    """
    returning = return_probability(1 / 20e-6, 0.92e-6)
    shares = {}
    for removal in ("reset-ancilla", "reset-all"):
        layout, _, leaky = sampler(3, 8, Leakage(5e-4, removal), returning)
        shares[removal] = leaky.sample(100_000, 3).leaked.mean(axis=0)
    data = list(layout.data)
    ratio = shares["reset-ancilla"][data].mean() / shares["reset-all"][data].mean()
    assert ratio == pytest.approx(10, rel=0.3)
    assert shares["reset-all"].mean() < 1e-3


def test_without_injection_nothing_is_leaked_and_every_bit_is_the_same():
    layout, quiet = build("surface", 3), noise(1.0)
    circuit = memory_circuit(layout, "X", [(5, quiet.on(17))], SCHEDULE)
    leaky = LeakySampler(circuit, layout, Leakage(0.0, "stays"), 0.02)
    found = leaky.sample(5_000, 11)
    known, flips = sample(circuit, 5_000, 11)
    assert not found.leaked.any()
    assert np.array_equal(found.events, known)
    assert np.array_equal(found.flips, flips)


# --- what a leaked qubit does ----------------------------------------------------------------


@pytest.mark.parametrize("gates", ["cz", "cx"])
@pytest.mark.parametrize("basis", ["Z", "X"])
def test_checks_beside_a_leaked_data_qubit_fire_half_of_the_time(gates, basis):
    """By hand: a leaked data qubit makes the outcome of each of its checks a coin toss of its own
    every round, so their comparisons fire with 1/2 and all others never (Varbanov et al. 2020).

    The middle data qubit of d = 3 is put outside for good. 4 sigma on 20,000 shots.
    """
    shots, rounds = 20_000, 4
    layout, circuit, leaky = sampler(3, rounds, Leakage(0.0, "stays"), 0.0, basis, gates)
    leaky.steady = np.eye(17)[4]
    found = leaky.sample(shots, 2)
    assert np.all(found.leaked == np.eye(17)[4])
    fired = events(found, circuit).mean(axis=0)
    beside = np.array([4 in check.data for check in layout.checks])
    own = np.array([check.basis == basis for check in layout.checks])
    assert beside.sum() == 4
    # First comparisons: own basis only; then all; the final one of the own basis again.
    expected = np.concatenate([beside[own], np.tile(beside, rounds - 1), beside[own]]) / 2
    assert np.all(np.abs(fired - expected) <= 4 * 0.5 / np.sqrt(shots) * (expected > 0))


def test_coin_tosses_of_different_checks_and_rounds_are_independent():
    """Outcomes of two checks beside it, and of one in rounds that are not next to each other."""
    shots = 20_000
    layout, circuit, leaky = sampler(3, 6, Leakage(0.0, "stays"), 0.0)
    leaky.steady = np.eye(17)[4]
    fired = events(leaky.sample(shots, 3), circuit)
    beside = [i for i, check in enumerate(layout.checks) if 4 in check.data]
    later = 4 + 8 * np.arange(5)[:, None] + np.array(beside)
    columns = fired[:, later.ravel()].astype(float)
    together = np.corrcoef(columns.T).reshape(5, 4, 5, 4)
    for m in range(5):
        for n in range(5):
            here = together[m, :, n]
            # Neighbouring comparisons of one check share an outcome: c1 + c2, c2 + c3 are
            # independent all the same, since each coin is fair.
            away = here[~np.eye(4, dtype=bool)] if m == n else here.ravel()
            assert np.abs(away).max() < 4.5 / np.sqrt(shots)  # 380 numbers: 2.6e-3 in all


def test_a_leaked_ancilla_reads_at_random_and_flips_its_data_half_of_the_time():
    """A bulk Z ancilla outside for good: its own comparisons fire half of the time. Each of its
    data qubits gets Z with 1/2 a round, so each X check beside fires with 1/2 (an odd number of
    two fair flips), and no further Z check does."""
    shots, rounds = 20_000, 4
    layout, circuit, leaky = sampler(3, rounds, Leakage(0.0, "stays"), 0.0)
    number = next(i for i, c in enumerate(layout.checks) if c.basis == "Z" and None not in c.data)
    leaked = layout.checks[number]
    leaky.steady = np.eye(17)[leaked.ancilla]
    fired = events(leaky.sample(shots, 4), circuit).mean(axis=0)
    touched = np.array(
        [
            i == number or (c.basis == "X" and bool(set(c.data) & set(leaked.data)))
            for i, c in enumerate(layout.checks)
        ]
    )
    own = np.array([check.basis == "Z" for check in layout.checks])
    expected = np.concatenate([touched[own], np.tile(touched, rounds - 1), touched[own]]) / 2
    assert np.all(np.abs(fired - expected) <= 4 * 0.5 / np.sqrt(shots) * (expected > 0))


def test_a_leaked_ancilla_that_is_reset_leaves_only_what_it_did():
    """Repetition code: what a Z ancilla does to its data is Z, which nobody sees. Leaked at the
    begin and reset after the first round, it turns one outcome: two comparisons fire, together."""
    _, circuit, leaky = sampler(3, 4, Leakage(0.0, "reset-ancilla"), 0.0, family="repetition")
    leaky.steady = np.eye(5)[1]
    fired = events(leaky.sample(20_000, 6), circuit).reshape(-1, 5, 2)
    assert not fired[:, :, 1].any()
    assert not fired[:, 2:, 0].any()
    assert np.array_equal(fired[:, 0, 0], fired[:, 1, 0])
    assert fired[:, 0, 0].mean() == pytest.approx(0.5, abs=4 * 0.5 / np.sqrt(20_000))


def reference(circuit, layout, leakage, returning, shots, seed):
    """Detection events and flips by Stim's frame simulator, gate by gate: another way to the same
    distribution, with dense draws."""
    rng = np.random.default_rng(seed)
    frames = stim.FlipSimulator(batch_size=shots, num_qubits=layout.qubits, seed=seed)
    leaky = LeakySampler(circuit, layout, leakage, returning)  # for its start only
    flags = rng.random((layout.qubits, shots)) < leaky.steady[:, None]
    ancillas = [check.ancilla for check in layout.checks]

    def toss(pauli, mask):
        frames.broadcast_pauli_errors(pauli=pauli, mask=mask & (rng.random(mask.shape) < 0.5))

    for instruction in circuit.flattened():  # with noise between the layers of gates
        targets = [t.value for t in instruction.targets_copy() if t.is_qubit_target]
        if instruction.name in ("M", "MX"):
            toss("X", flags)
            toss("Z", flags)
        frames.do(instruction)
        if instruction.name in ("CX", "CZ"):
            for side, pauli in ((0, "Z"), (1, "X" if instruction.name == "CX" else "Z")):
                hit = np.zeros_like(flags)
                hit[targets[side::2]] = flags[targets[1 - side :: 2]]
                toss(pauli, hit)
            fresh = rng.random((len(targets), shots)) < 1 - np.sqrt(1 - leakage.rate)
            flags[targets] |= fresh
        if instruction.name == "TICK":
            back = flags & (rng.random(flags.shape) < returning)
            if leakage.removal != "stays":
                flags[ancillas] = back[ancillas] = False
            if leakage.removal == "reset-all":
                back = flags.copy()
            toss("X", back)
            toss("Z", back)
            flags &= ~back
    return frames.get_detector_flips().T, frames.get_observable_flips()[0]


@pytest.mark.parametrize("gates", ["cz", "cx"])
@pytest.mark.parametrize("removal", ["stays", "reset-ancilla", "reset-all"])
def test_detectors_agree_with_a_frame_simulator(removal, gates):
    """Means of all detectors and of the observable, and the mean number of events squared, which
    sees correlations: 4.5 sigma (each 7e-6, some 150 numbers)."""
    shots, leakage = 30_000, Leakage(0.01, removal)
    layout = build("surface", 3)
    circuit = memory_circuit(layout, "X", [(5, noise().on(17))], SCHEDULE, gates, "all")
    found = LeakySampler(circuit, layout, leakage, 0.05).sample(shots, 8)
    mine = events(found, circuit)
    theirs, flips = reference(circuit, layout, leakage, 0.05, shots, 9)
    for a, b in (
        (mine, theirs),
        (found.flips[:, None], flips[:, None]),
        (mine.sum(axis=1, keepdims=True) ** 2.0, theirs.sum(axis=1, keepdims=True) ** 2.0),
    ):
        sigma = np.sqrt((a.var(axis=0) + b.var(axis=0)) / shots)
        assert np.all(np.abs(a.mean(axis=0) - b.mean(axis=0)) < 4.5 * sigma)


# --- logical errors --------------------------------------------------------------------------


def failing(distance, leakage, factor=0.5, shots=16_384, seed=1):
    quiet, layout = noise(factor, leakage), build("surface", distance)
    circuit = memory_circuit(layout, "Z", [(3 * distance, quiet.on(layout.qubits))], SCHEDULE)
    return quiet.leaky(circuit, layout).count_errors(shots, stream(seed, "leak", distance))


def test_logical_errors_rise_with_leakage_and_fall_with_removal():
    """Steps far beyond 4 sigma, on common quiet noise."""
    for removal in ("stays", "reset-ancilla", "reset-all"):
        rates = [failing(3, Leakage(x, removal)).rate for x in (1e-6, 1e-3, 3e-3)]
        steps = np.diff(rates)
        assert np.all(steps > 4 * np.sqrt(np.array(rates[1:]) / 16_384))
    kept, ancilla, none = (
        failing(5, Leakage(5e-4, removal)).rate
        for removal in ("stays", "reset-ancilla", "reset-all")
    )
    assert kept > ancilla + 4 * np.sqrt(kept / 16_384)
    assert ancilla > none + 4 * np.sqrt(ancilla / 16_384)


def test_one_leak_is_enough_at_distance_three_and_not_at_five():
    """Leakage alone, everything else perfect: errors go with its first power at d = 3, since a
    leaked ancilla can flip two data qubits of a logical operator, and with the second at d = 5
    (compare Brown, Cross and Brown, arXiv:2003.05843). Without noise the decoder's weights are
    those of a uniform p = 1e-3. Slopes within 4 sigma of counting, and 0.15 for higher orders.
    """
    quiet = RoundNoise(GateNoise.uniform(1e-3))
    for distance, power in ((3, 1), (5, 2)):
        layout = build("surface", distance)
        believed = memory_circuit(layout, "X", [(distance, quiet)])
        perfect = memory_circuit(layout, "X", [(distance, CLEAN)])
        counts = []
        for rate in (1e-3, 2e-3):
            leaky = LeakySampler(perfect, layout, Leakage(rate, "reset-ancilla"), 0.2)
            counts.append(leaky.count_errors(200_000, stream(3, rate), matching=matcher(believed)))
        slope = np.log2(counts[1].rate / counts[0].rate)
        sigma = np.sqrt(1 / counts[0].errors + 1 / counts[1].errors) / np.log(2)
        assert abs(slope - power) < 4 * sigma + 0.15, (distance, slope, counts)


def test_counts_are_the_sum_of_batches_in_whatever_order():
    """Each batch has its own seed, so any workers may share them."""
    quiet, layout = noise(0.5, Leakage(1e-3, "reset-ancilla")), build("surface", 3)
    circuit = memory_circuit(layout, "Z", [(9, quiet.on(17))], SCHEDULE)
    sequence, size = stream(1, "batches"), batch_size(circuit)
    leaky, judge, total = quiet.leaky(circuit, layout), matcher(circuit), Counts()
    for batch in (2, 0, 1):
        found = leaky.sample(size, stim_seed(sequence, batch))
        total += Counts(size, int(failures(judge, found.events, found.flips).sum()))
    assert total == quiet.leaky(circuit, layout).count_errors(3 * size, sequence)
    early = leaky.count_errors(3 * size, sequence, max_errors=1)
    assert early.shots == size


# --- the quiet background --------------------------------------------------------------------


def test_no_leakage_in_the_background_is_the_same_in_every_bit():
    plain = background("repetition", 9, noise(0.7), "quick", 1)
    zero = background("repetition", 9, noise(0.7, Leakage(0.0, "stays")), "quick", 1)
    assert plain == zero


def test_background_with_leakage_is_worse_and_says_so():
    plain = background("surface", 5, noise(0.7), "quick", 1)
    found = background("surface", 5, noise(0.7, Leakage(5e-4, "reset-all")), "quick", 1)
    assert plain.high < found.low
    assert found.suppression < plain.suppression
    assert "leakage 0.0005 per two-qubit gate, reset-all" in found.note


def counted(quiet, shots, smallest):
    """Logical error per cycle of d = 5, counted with the noise as it is, and its deviation."""
    layout, rates, errors = build("surface", 5), [], 0
    for basis in ("X", "Z"):
        circuit = memory_circuit(layout, basis, [(15, quiet.on(layout.qubits))], SCHEDULE)
        counts = quiet.leaky(circuit, layout).count_errors(shots, stream(7, basis))
        rates.append(float(per_round(counts.rate, 15)))
        errors += counts.errors
    assert errors > smallest
    return np.mean(rates), np.mean(rates) / np.sqrt(errors)


def test_amplified_leakage_of_one_cycle_scales_back_to_what_can_be_counted():
    """d = 5, amplified 3 times, by measured exponents: directly counted errors lie within the
    band; the exponent (d+1)/2 of independent faults gives too few by more than 4 sigma."""
    quiet = noise(0.1, Leakage(3e-4, "reset-all"))
    found = background("surface", 5, quiet, "quick", 1)
    assert "exponents measured" in found.note
    direct, deviation = counted(quiet, 300_000, 150)
    assert found.low < direct < found.high
    first = found.simulated[0].amplification
    assert {run.amplification for run in found.simulated} == {first, 1.5 * first}
    naive = [
        run.error()[0] * run.amplification**-3
        for run in found.simulated
        if (run.distance, run.amplification) == (5, first)
    ]
    assert np.mean(naive) < direct - 4 * deviation


def test_leakage_that_lasts_is_not_amplified():
    quiet = noise(0.05, Leakage(3e-6, "reset-ancilla"))
    found = background("surface", 5, quiet, "quick", 1)
    assert {run.amplification for run in found.simulated} == {1.0}
    assert "not amplified" in found.note
    direct, deviation = counted(quiet, 100_000, 200)
    own = (found.high - found.low) / 3.92
    assert abs(found.error - direct) < 4 * np.hypot(deviation, own)


def test_lasting_leakage_too_rare_to_count_leaves_a_bound():
    quiet = noise(0.01, Leakage(1e-9, "stays"))
    found = background("repetition", 9, quiet, "quick", 1)
    assert found.suppression is None
    assert found.low == 0.0
    assert found.error <= found.high < 1e-3
    assert "not amplified" in found.note


# --- from a design -----------------------------------------------------------------------------

GOOD = {
    "t1": 68e-6,
    "t2": 89e-6,
    "one_qubit_error": 4.1e-4,
    "two_qubit_error": 2.24e-3,
    "readout_error": 8e-3,
}


def with_code(design, **changes):
    return design.model_copy(update={"code": design.code.model_copy(update=changes)})


@pytest.fixture(scope="module")
def willow():
    return load("willow-like")


def test_ignored_leakage_changes_nothing(willow):
    plain = assembly.errors(willow, **GOOD, seed=1).to_dict()
    assert assembly.errors(willow, **GOOD, leakage=0.01, seed=1).to_dict() == plain


def test_simulated_leakage_is_taken_out_of_the_gate_s_error(willow):
    """A measured total of the gate holds its leakage, an average error L of leakage L."""
    given = {"t1": 68e-6, "t2": 89e-6, "one_qubit_error": None, "readout_error": 8e-3}
    before = quiet.gate_noise(willow, **given, two_qubit_error=0.01)
    after = quiet.gate_noise(willow, **given, two_qubit_error=0.01, leakage=1e-3)
    assert before.two_qubit - after.two_qubit == pytest.approx(1.25 * 1e-3)
    assert (after.one_qubit, after.measure) == (before.one_qubit, before.measure)
    none = quiet.gate_noise(willow, **given, two_qubit_error=1e-3, leakage=1e-3)
    assert none.two_qubit == 0.0
    floor, lost = willow.gates.two_qubit_floor, willow.gates.leakage_floor
    unmeasured = quiet.gate_noise(willow, **given, two_qubit_error=None, leakage=1e-3)
    assert unmeasured.two_qubit == pytest.approx(1.25 * max(0.0, floor - lost))


def test_a_design_s_leakage_reaches_its_errors(willow):
    plain = assembly.errors(willow, **GOOD, seed=1)
    leaky = with_code(willow, leakage="reset-ancilla")
    found = assembly.errors(leaky, **GOOD, leakage=1e-3, seed=1)
    assert found.background.error > 1.2 * plain.background.error
    assert "reset-ancilla" in found.to_dict()["background"]["note"]
    missing = assembly.errors(leaky, **GOOD, seed=1)
    assert missing.background is None
    assert "leakage" in missing.reason
