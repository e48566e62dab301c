"""Layouts and circuits: geometry, distance, determinism, and the time that every qubit waits."""

from collections import defaultdict

import numpy as np
import pytest
import stim
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.floors import Floors
from qubudget.qec.layout import build, physical_qubits
from qubudget.qec.noise_history import NoiseHistory

PATCHES = [(family, d) for family in ("surface", "repetition") for d in (3, 5, 7)]
UNIFORM = RoundNoise(GateNoise.uniform(0.003))


@pytest.mark.parametrize(("family", "distance"), PATCHES)
def test_neighbours_are_one_pitch_apart_and_no_site_is_used_twice(family, distance):
    layout = build(family, distance)
    assert layout.qubits == physical_qubits(family, distance)
    gaps = np.linalg.norm(layout.coordinates[:, None] - layout.coordinates, axis=-1)
    assert gaps[~np.eye(layout.qubits, dtype=bool)].min() == pytest.approx(1)
    for check in layout.checks:
        partners = [q for q in check.data if q is not None]
        assert gaps[check.ancilla, partners] == pytest.approx(np.ones(len(partners)))
    middle = (layout.coordinates.max(axis=0) + layout.coordinates.min(axis=0)) / 2
    assert middle == pytest.approx(np.zeros(2), abs=1e-12)


def test_qubits_of_the_distance_27_patch():
    """Google 2024 (arXiv:2408.13687): 1e-6 takes d = 27, 1,457 qubits."""
    assert build("surface", 27).qubits == 1457


@pytest.mark.parametrize("distance", [4, 1, 2])
def test_even_or_tiny_distances_are_refused(distance):
    with pytest.raises(OutOfRangeError, match="odd"):
        build("surface", distance)
    with pytest.raises(OutOfRangeError, match="odd"):
        physical_qubits("repetition", distance)


@pytest.mark.parametrize("gate_set", ["cx", "cz"])
@pytest.mark.parametrize(("family", "distance"), PATCHES)
def test_shortest_undetected_error_is_the_distance(family, distance, gate_set):
    layout = build(family, distance)
    for basis in layout.bases:
        circuit = memory_circuit(layout, basis, [(distance, UNIFORM)], gate_set=gate_set)
        assert len(circuit.shortest_graphlike_error()) == distance


@pytest.mark.parametrize("gate_set", ["cx", "cz"])
@pytest.mark.parametrize("family", ["surface", "repetition"])
def test_without_noise_every_detector_is_deterministic_and_silent(family, gate_set):
    layout = build(family, 5)
    for basis in layout.bases:
        circuit = memory_circuit(layout, basis, [(6, RoundNoise())], gate_set=gate_set)
        # A random detector or observable makes Stim's reference check raise.
        circuit.detector_error_model(allow_gauge_detectors=False)
        events, flips = circuit.compile_detector_sampler(seed=1).sample(
            64, separate_observables=True
        )
        assert not events.any()
        assert not flips.any()


@pytest.mark.parametrize("gate_set", ["cx", "cz"])
@pytest.mark.parametrize("basis", ["X", "Z"])
def test_the_checks_of_both_bases_keep_distance_and_silence(basis, gate_set):
    layout, rounds = build("surface", 3), 4
    noisy = memory_circuit(layout, basis, [(rounds, UNIFORM)], gate_set=gate_set, checks="all")
    assert len(noisy.shortest_graphlike_error(ignore_ungraphlike_errors=True)) == 3
    # The other basis starts at random, so it has no detectors in the first and last comparison.
    assert noisy.num_detectors == 4 * (rounds + 1) + 4 * (rounds - 1)
    silent = memory_circuit(
        layout, basis, [(rounds, RoundNoise())], gate_set=gate_set, checks="all"
    )
    silent.detector_error_model(allow_gauge_detectors=False)
    assert not silent.compile_detector_sampler(seed=1).sample(64).any()


def test_with_the_checks_of_both_bases_it_is_stims_own_circuit():
    """All merged errors with probability, number of detectors, and flip of the observable."""
    p, d, rounds = 0.004, 3, 4
    theirs = stim.Circuit.generated(
        "surface_code:rotated_memory_z",
        distance=d,
        rounds=rounds,
        after_clifford_depolarization=p,
        before_round_data_depolarization=p,
        before_measure_flip_probability=p,
        after_reset_flip_probability=p,
    )
    noise = [(rounds, RoundNoise(GateNoise.uniform(p)))]
    ours = memory_circuit(build("surface", d), "Z", noise, gate_set="cx", checks="all")
    every = set(range(theirs.num_detectors))
    assert ours.num_detectors == theirs.num_detectors
    assert _spectrum(theirs, every) == _spectrum(ours, every)


def test_checks_are_those_of_stims_own_generator():
    """Same errors with the same probabilities as Stim's circuit, seen by the memory's own checks.

    Stim's graph of a Z memory falls apart into the two kinds of checks; ours keeps one of them.
    """
    p, d, rounds = 0.004, 5, 4
    theirs = stim.Circuit.generated(
        "surface_code:rotated_memory_z",
        distance=d,
        rounds=rounds,
        after_clifford_depolarization=p,
        before_round_data_depolarization=p,
        before_measure_flip_probability=p,
        after_reset_flip_probability=p,
    )
    ours = memory_circuit(
        build("surface", d), "Z", [(rounds, RoundNoise(GateNoise.uniform(p)))], gate_set="cx"
    )
    # In the first round Stim's detectors are the Z checks alone, so their places tell the kind.
    places = {tuple(c[:2]) for c in theirs.get_detector_coordinates().values() if c[2] == 0}
    kept = {i for i, c in theirs.get_detector_coordinates().items() if tuple(c[:2]) in places}
    assert len(kept) == ours.num_detectors
    assert _spectrum(theirs, kept) == _spectrum(ours, set(range(ours.num_detectors)))


def _spectrum(circuit, kept):
    """Sorted (probability, detectors, flips the observable) of all merged visible errors."""
    merged: dict = defaultdict(float)
    for error in circuit.detector_error_model().flattened():
        if error.type != "error":
            continue
        targets = error.targets_copy()
        seen = frozenset(t.val for t in targets if t.is_relative_detector_id() and t.val in kept)
        logical = any(t.is_logical_observable_id() for t in targets)
        if seen or logical:
            p = error.args_copy()[0]
            merged[seen, logical] = merged[seen, logical] * (1 - 2 * p) + p
    return sorted((round(p, 12), len(seen), logical) for (seen, logical), p in merged.items())


@given(
    one=st.floats(0, 60e-9),
    two=st.floats(0, 90e-9),
    readout=st.floats(0, 900e-9),
    reset=st.floats(0, 300e-9),
    idle=st.floats(0, 500e-9),
)
@settings(max_examples=15, deadline=None)
@pytest.mark.parametrize("family", ["surface", "repetition"])
@pytest.mark.parametrize("gate_set", ["cx", "cz"])
def test_every_qubit_decoheres_for_one_cycle_per_round(
    family, gate_set, one, two, readout, reset, idle
):
    """Exponents of all channels on a qubit in one round add up to cycle time over T1 and Tphi."""
    layout = build(family, 3)
    schedule = Schedule(one, two, readout, reset, idle, layout.layers)
    rng = np.random.default_rng(5)
    rates = Decoherence(
        rng.uniform(1e4, 1e5, layout.qubits),
        rng.uniform(1e3, 1e5, layout.qubits),
        np.zeros(layout.qubits),
    )
    rounds = 3
    segments = [(1, RoundNoise(decoherence=rates)), (rounds - 1, RoundNoise(decoherence=rates))]
    circuit = memory_circuit(layout, "Z", segments, schedule, gate_set).flattened()
    decay, phase = np.zeros(layout.qubits), np.zeros(layout.qubits)
    for step in circuit:
        if step.name != "PAULI_CHANNEL_1":
            continue
        p_x, p_y, p_z = step.gate_args_copy()
        for target in step.targets_copy():
            decay[target.value] -= np.log1p(-2 * (p_x + p_y))
            phase[target.value] -= (
                np.log1p(-2 * (p_y + p_z)) + np.log1p(-2 * (p_x + p_z)) - np.log1p(-2 * (p_x + p_y))
            ) / 2
    total = rounds * schedule.cycle_time
    np.testing.assert_allclose(decay, total * rates.relaxation, rtol=1e-7, atol=1e-15)
    np.testing.assert_allclose(phase, total * rates.dephasing, rtol=1e-6, atol=1e-14)


def test_a_cycle_shorter_than_its_gates_is_refused():
    with pytest.raises(OutOfRangeError, match="longer than the cycle"):
        Schedule.of_cycle(1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=0.7e-6, reset=0.2e-6)


def test_detuning_flips_each_qubit_once_per_round():
    layout = build("surface", 3)
    detuning = np.zeros(layout.qubits)
    detuning[4] = 2e6
    schedule = Schedule(25e-9, 42e-9, 600e-9, 160e-9, 0.1e-6, 4)
    rates = Decoherence(np.zeros(layout.qubits), np.zeros(layout.qubits), detuning)
    circuit = memory_circuit(
        layout, "X", [(5, RoundNoise(decoherence=rates))], schedule
    ).flattened()
    noisy = [step for step in circuit if step.name == "PAULI_CHANNEL_1"]
    assert len(noisy) == 5
    # 2 x 25 ns + 4 x 42 ns without an echo
    for step in noisy:
        assert step.gate_args_copy() == pytest.approx([0, 0, np.sin(np.pi * 2e6 * 218e-9) ** 2])
        assert [t.value for t in step.targets_copy()] == [4]


def test_equal_rounds_share_a_repeat_block():
    text = str(memory_circuit(build("surface", 3), "Z", [(1000, UNIFORM)]))
    assert "REPEAT 999" in text
    assert text.count("CZ") < 20


def exponents(circuit, qubits):
    """Exponents t/T1 and t/Tphi that the channels of a circuit put on each qubit, by rounds.

    Of a twirled channel, 1 - 2 (p_x + p_y) = exp(-t/T1) and 1 - 2 (p_y + p_z) is
    exp(-t/2T1 - t/Tphi).
    """
    decay, phase = [np.zeros(qubits)], [np.zeros(qubits)]
    for step in circuit.flattened():
        if step.name == "TICK":
            decay.append(np.zeros(qubits))
            phase.append(np.zeros(qubits))
        elif step.name == "PAULI_CHANNEL_1":
            p_x, p_y, p_z = step.gate_args_copy()
            for target in step.targets_copy():
                lost = -np.log1p(-2 * (p_x + p_y))
                decay[-1][target.value] += lost
                phase[-1][target.value] += -np.log1p(-2 * (p_y + p_z)) - lost / 2
    return np.array(decay).T, np.array(phase).T


@given(
    one=st.floats(0, 60e-9),
    two=st.floats(0, 90e-9),
    readout=st.floats(0, 900e-9),
    idle=st.floats(0, 500e-9),
    seed=st.integers(0, 1000),
)
@settings(max_examples=8, deadline=None)
@pytest.mark.parametrize("family", ["surface", "repetition"])
@pytest.mark.parametrize("gate_set", ["cx", "cz"])
def test_every_second_of_every_qubit_and_round_is_counted(
    family, gate_set, one, two, readout, idle, seed
):
    layout, rounds = build(family, 3), 4
    schedule = Schedule(one, two, readout, 160e-9, idle, layout.layers)
    rng = np.random.default_rng(seed)
    t1 = 10 ** rng.uniform(-6, -4, (layout.qubits, rounds))
    t2 = rng.uniform(0.1, 1.9, t1.shape) * t1
    history = NoiseHistory.typed(t1, t2, qubits=layout.qubits, rounds=rounds)
    circuit = memory_circuit(layout, "Z", history, schedule, gate_set)
    decay, phase = exponents(circuit, layout.qubits)
    # What follows the last round is nothing but the measurement of the data.
    np.testing.assert_array_equal(decay[:, rounds:], 0)
    np.testing.assert_allclose(decay[:, :rounds] * t1, schedule.cycle_time, rtol=1e-7)
    tphi = 1 / (1 / t2 - 0.5 / t1)
    np.testing.assert_allclose(phase[:, :rounds] * tphi, schedule.cycle_time, rtol=1e-5)


def test_a_steady_history_is_the_circuit_of_one_segment():
    layout = build("surface", 5)
    schedule = Schedule(25e-9, 42e-9, 600e-9, 160e-9, 97e-9, layout.layers)
    gates = GateNoise(1e-4, 3e-3, 5e-3, 1e-3, 2e-3)
    rng = np.random.default_rng(2)
    rates = Decoherence(*(rng.uniform(1e3, 1e5, layout.qubits) for _ in range(3)))
    history = NoiseHistory.steady(rates, 1000, Floors.of(layout.qubits, gates))
    circuit = memory_circuit(layout, "X", history, schedule)
    assert "REPEAT 999" in str(circuit)
    assert circuit == memory_circuit(layout, "X", [(1000, RoundNoise(gates, rates))], schedule)


def test_floors_of_single_qubits_reach_their_operations():
    """A pair takes the mean of its two qubits."""
    layout = build("repetition", 3)
    measure = np.array([0.01, 0.02, 0.03, 0.04, 0.05])
    two_qubit = np.array([0.0, 0.002, 0.004, 0.006, 0.008])
    floors = Floors.of(5, measure=measure, two_qubit=two_qubit)
    history = NoiseHistory.typed(np.inf, np.inf, qubits=5, rounds=1, floors=floors)
    noisy = [step for step in memory_circuit(layout, "Z", history) if step.gate_args_copy()]
    found = {
        (step.name, tuple(t.value for t in group)): step.gate_args_copy()[0]
        for step in noisy
        if step.name not in ("QUBIT_COORDS", "OBSERVABLE_INCLUDE")
        for group in step.target_groups()
    }
    flips = {("X_ERROR", (q,)): p for q, p in enumerate(measure)}
    pairs = {
        ("DEPOLARIZE2", pair): pytest.approx(np.mean(two_qubit[list(pair)]))
        for pair in ((1, 0), (3, 2), (1, 2), (3, 4))
    }
    assert found == flips | pairs


def test_a_history_of_another_patch_is_refused():
    history = NoiseHistory.typed(1e-4, 1e-4, qubits=9, rounds=2)
    with pytest.raises(OutOfRangeError, match="history has 9 qubits, the patch 17"):
        memory_circuit(build("surface", 3), "Z", history)
