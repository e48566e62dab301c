"""Templates of decoder graphs, edge by edge against Stim's detector error model and PyMatching."""

import numpy as np
import pymatching
import pytest
import stim
from hypothesis import given, settings
from hypothesis import strategies as st

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, Schedule
from qubudget.qec.floors import Floors
from qubudget.qec.layout import build
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.template import Template

GATES = GateNoise(one_qubit=2e-4, two_qubit=3e-3, measure=6e-3, reset=1e-3)
CODES = [("surface", "X"), ("surface", "Z"), ("repetition", "Z")]


def schedule(layout):
    return Schedule(25e-9, 42e-9, 600e-9, 160e-9, 97e-9, layout.layers)


def edges(matching):
    """Observables and weight of every pair of detectors; -1 is the boundary."""
    return {
        tuple(sorted((a, -1 if b is None else b))): (frozenset(data["fault_ids"]), data["weight"])
        for a, b, data in matching.edges()
    }


def from_stim(circuit):
    return pymatching.Matching.from_detector_error_model(
        circuit.detector_error_model(approximate_disjoint_errors=True)
    )


def random_history(rng, layout, rounds, floors, largest_detuning):
    shape = (layout.qubits, rounds)
    t1 = 10 ** rng.uniform(-6, -3.7, shape)
    return NoiseHistory.typed(
        t1,
        rng.uniform(0.05, 2, shape) * t1,
        rng.uniform(-1, 1, shape) * largest_detuning,
        qubits=layout.qubits,
        rounds=rounds,
        floors=floors,
    )


@given(
    seed=st.integers(0, 2**32 - 1),
    rounds=st.integers(1, 6),
    detuning=st.sampled_from([0.0, 3e6]),
    gate_set=st.sampled_from(["cz", "cx"]),
)
@settings(max_examples=6, deadline=None)
@pytest.mark.parametrize("distance", [3, 5, 7])
@pytest.mark.parametrize(("family", "basis"), CODES)
def test_edges_and_weights_are_those_of_the_detector_error_model(
    family, basis, distance, seed, rounds, detuning, gate_set
):
    """3 MHz over 218 ns turns by more than a quarter, so that some weights are negative."""
    rng = np.random.default_rng(seed)
    layout = build(family, distance)
    floors = Floors.of(layout.qubits, GATES, measure=rng.uniform(0, 0.05, layout.qubits))
    template = Template.build(layout, basis, rounds, schedule(layout), floors, gate_set)
    for _ in range(2):
        history = random_history(rng, layout, rounds, floors, detuning)
        circuit = memory_circuit(layout, basis, history, schedule(layout), gate_set)
        ours, theirs = edges(template.matching(history)), edges(from_stim(circuit))
        assert ours.keys() == theirs.keys()
        for ends, (observables, weight) in theirs.items():
            assert ours[ends][0] == observables
            assert ours[ends][1] == pytest.approx(weight, abs=1e-7)


def test_read_outs_that_err_more_often_than_not():
    """Also where the floors alone make 1 - 2 p zero or negative."""
    rng = np.random.default_rng(9)
    layout, rounds = build("repetition", 5), 3
    measure = np.full(layout.qubits, 0.01)
    measure[[1, 3]] = 0.7, 0.5
    floors = Floors.of(layout.qubits, GATES, measure=measure)
    history = random_history(rng, layout, rounds, floors, 2e6)
    template = Template.build(layout, "Z", rounds, schedule(layout), floors)
    ours = edges(template.matching(history))
    theirs = edges(from_stim(memory_circuit(layout, "Z", history, schedule(layout))))
    assert ours.keys() == theirs.keys()
    for ends, (_, weight) in theirs.items():
        assert ours[ends][1] == pytest.approx(weight, abs=1e-7)
    # Check 0 is qubit 1, check 1 is qubit 3; there are four checks a round.
    assert ours[0, 4][1] < -0.1
    assert ours[1, 5][1] == pytest.approx(0, abs=1e-9)


def faults(model):
    """Probability of every set of symptoms, as decomposed into edges."""
    found = {}
    for error in model.flattened():
        if error.type == "error":
            parts = frozenset(frozenset(map(str, part)) for part in error.target_groups())
            p, before = error.args_copy()[0], found.get(parts, 0.0)
            found[parts] = p + before - 2 * p * before
    return found


@pytest.mark.parametrize("gate_set", ["cz", "cx"])
@pytest.mark.parametrize(("basis", "detuning"), [("X", 0.0), ("Z", 0.0), ("Z", 3e6)])
def test_with_the_checks_of_both_bases_faults_are_those_of_stim(basis, detuning, gate_set):
    """Errors of up to four detectors, decomposed as Stim does; at d = 5 the graph has 502 edges."""
    rng = np.random.default_rng(21)
    layout, rounds = build("surface", 5), 5
    floors = Floors.of(layout.qubits, GATES, measure=rng.uniform(0, 0.05, layout.qubits))
    history = random_history(rng, layout, rounds, floors, detuning)
    given = schedule(layout), floors, gate_set, "all"
    template = Template.build(layout, basis, rounds, *given)
    circuit = memory_circuit(layout, basis, history, schedule(layout), gate_set, "all")
    model = circuit.detector_error_model(approximate_disjoint_errors=True, decompose_errors=True)
    ours, theirs = faults(template.model(history)), faults(model)
    assert ours.keys() == theirs.keys()
    for parts, p in theirs.items():
        assert ours[parts] == pytest.approx(p, rel=1e-7)
    assert template.model(history).num_detectors == model.num_detectors
    graph = edges(template.matching(history))
    assert len(graph) == 502
    expected = edges(pymatching.Matching.from_detector_error_model(model))
    assert graph.keys() == expected.keys()
    for ends, (observables, weight) in expected.items():
        assert graph[ends] == (observables, pytest.approx(weight, abs=1e-7))


def test_correlated_matching_of_a_template_decides_like_that_of_the_circuit():
    rng = np.random.default_rng(22)
    layout, rounds = build("surface", 5), 5
    floors = Floors.of(layout.qubits, GATES)
    history = random_history(rng, layout, rounds, floors, 0.0)
    template = Template.build(layout, "Z", rounds, schedule(layout), floors, checks="all")
    circuit = memory_circuit(layout, "Z", history, schedule(layout), checks="all")
    model = circuit.detector_error_model(approximate_disjoint_errors=True, decompose_errors=True)
    events = circuit.compile_detector_sampler(seed=6).sample(400)
    plain = template.matching(history).decode_batch(events)
    ours, theirs = (
        pymatching.Matching.from_detector_error_model(m, enable_correlations=True).decode_batch(
            events, enable_correlations=True
        )
        for m in (template.model(history), model)
    )
    np.testing.assert_array_equal(ours, theirs)
    assert np.any(ours != plain)


def test_same_shots_are_decoded_alike():
    rng = np.random.default_rng(8)
    layout, rounds = build("surface", 5), 5
    floors = Floors.of(layout.qubits, GATES)
    history = random_history(rng, layout, rounds, floors, 1e6)
    template = Template.build(layout, "X", rounds, schedule(layout), floors)
    circuit = memory_circuit(layout, "X", history, schedule(layout))
    events = circuit.compile_detector_sampler(seed=4).sample(400)
    ours, theirs = template.matching(history), from_stim(circuit)
    assert ours.num_detectors == theirs.num_detectors == circuit.num_detectors
    np.testing.assert_array_equal(ours.decode_batch(events), theirs.decode_batch(events))


@pytest.mark.parametrize(("family", "basis"), CODES)
def test_every_moment_of_a_data_qubit_flips_one_edge(family, basis):
    """Half the twirled decay is X and half Y. In a Z memory both flip the same single edge, in an
    X memory only Y does; dephasing never in a Z memory, always in an X memory."""
    layout, rounds = build(family, 5), 4
    cycle = schedule(layout).cycle_time
    template = Template.build(layout, basis, rounds, schedule(layout))
    times = np.asarray(template.edges.decay.sum(axis=0)).reshape(2, layout.qubits, rounds)
    decay, phase = times[:, list(layout.data)]
    np.testing.assert_allclose(decay, cycle * (1 if basis == "Z" else 0.5), rtol=1e-12)
    np.testing.assert_allclose(phase, 0 if basis == "Z" else cycle, rtol=1e-12)


def test_one_noisy_ancilla_by_hand():
    """Only one ancilla of a repetition code decoheres: its outcomes flip, nothing else.

    Between the Hadamards (the first one's duration and two gates) Y and Z flip the outcome, from
    the second to the middle of the read-out X and Y; the reset wipes out the rest.
    """
    layout, times = build("repetition", 3), Schedule(30e-9, 50e-9, 500e-9, 100e-9, 70e-9, 2)
    qubits, t1, tphi = layout.qubits, 20e-6, 30e-6
    rates = Decoherence(np.zeros(qubits), np.zeros(qubits), np.zeros(qubits))
    rates.relaxation[1], rates.dephasing[1] = 1 / t1, 1 / tphi
    history = NoiseHistory.steady(rates, 3)
    template = Template.build(layout, "Z", 3, times)
    found = edges(template.matching(history))
    within, after = 30e-9 + 2 * 50e-9, 30e-9 + 250e-9
    exponent = within * (0.5 / t1 + 1 / tphi) + after / t1
    p = (1 - np.exp(-exponent)) / 2
    # Check 0 in rounds 0, 1 and 2: detectors 0, 2, 4 and 6, of which the last is from the data.
    assert set(found) == {(0, 2), (2, 4), (4, 6)}
    for observables, weight in found.values():
        assert not observables
        assert weight == pytest.approx(np.log((1 - p) / p), rel=1e-12)


def test_a_detuning_beyond_a_quarter_turn_gives_a_negative_weight():
    """sin^2(0.4 pi) = 0.905: flipped more often than not; 1.1 turns equal 0.1 turns."""
    layout, times = build("repetition", 3), Schedule(25e-9, 75e-9, 0.0, 0.0, 0.0, 2)
    template = Template.build(layout, "Z", 2, times)

    def weights(turn):
        detuning = np.zeros((layout.qubits, 2))
        detuning[1, 0] = turn / times.unechoed
        return edges(
            template.matching(
                NoiseHistory.typed(np.inf, np.inf, detuning, qubits=layout.qubits, rounds=2)
            )
        )

    p = np.sin(0.4 * np.pi) ** 2
    assert weights(0.4) == {(0, 2): (frozenset(), pytest.approx(np.log((1 - p) / p)))}
    assert weights(0.4)[0, 2][1] < -2
    assert weights(1.1)[0, 2][1] == pytest.approx(weights(0.1)[0, 2][1])
    assert weights(0.25)[0, 2][1] == pytest.approx(0, abs=1e-12)
    with pytest.raises(OutOfRangeError, match="certainty"):
        weights(0.5)


def test_nothing_that_flips_leaves_no_edge():
    layout = build("surface", 3)
    template = Template.build(layout, "Z", 3, schedule(layout))
    silent = NoiseHistory.typed(np.inf, np.inf, qubits=layout.qubits, rounds=3)
    assert np.all(np.isinf(template.weights(silent)))
    assert template.matching(silent).num_edges == 0
    assert template.matching(silent).num_detectors == 16


@given(factor=st.floats(1.01, 50))
@settings(max_examples=10, deadline=None)
def test_faster_decay_never_raises_a_weight(factor):
    layout = build("surface", 3)
    template = Template.build(layout, "Z", 3, schedule(layout), Floors.of(layout.qubits, GATES))
    slow, fast = (
        template.weights(
            NoiseHistory.typed(t, t, qubits=layout.qubits, rounds=3, floors=template.floors)
        )
        for t in (100e-6, 100e-6 / factor)
    )
    assert np.all(fast <= slow)
    assert np.any(fast < slow)


def test_a_history_of_another_shape_or_device_is_refused():
    layout = build("surface", 3)
    template = Template.build(layout, "Z", 3, schedule(layout), Floors.of(layout.qubits, GATES))
    for qubits, rounds, floors, message in (
        (layout.qubits, 4, template.floors, "4 rounds"),
        (7, 3, Floors.of(7, GATES), "7 qubits"),
        (layout.qubits, 3, None, "floors"),
    ):
        history = NoiseHistory.typed(1e-4, 1e-4, qubits=qubits, rounds=rounds, floors=floors)
        with pytest.raises(OutOfRangeError, match=message):
            template.weights(history)


def test_stim_keeps_the_tags_that_templates_rest_on():
    """X and Y of one tag merge to 1 + 2 parts, Z stays apart, other tags stay apart."""
    model = stim.Circuit(
        "PAULI_CHANNEL_1[3](1e-6, 2e-6, 4e-6) 0\nPAULI_CHANNEL_1[4](1e-6, 2e-6, 4e-6) 0\n"
        "M 0\nDETECTOR rec[-1]"
    ).detector_error_model(approximate_disjoint_errors=True)
    found = [(error.tag, round(error.args_copy()[0] / 1e-6)) for error in model]
    assert sorted(found) == [("3", 3), ("4", 3)]
