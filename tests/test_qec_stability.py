"""Stability experiments: geometry, distance in time, exact failure of read-out errors alone."""

from math import comb

import numpy as np
import pytest
import stim

from qubudget.errors import OutOfRangeError
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import Decoherence, GateNoise, RoundNoise, Schedule
from qubudget.qec.layout import build, rotated_closed
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.sampling import Counts
from qubudget.qec.stability import Stability, stability, stability_circuit

UNIFORM = RoundNoise(GateNoise.uniform(0.004))
SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)


def test_the_patch_of_gidneys_first_figure():
    """Gidney, Quantum 6, 786 (2022), Fig. 1: 4 x 4 data qubits, twelve X checks, and so five Z."""
    layout = rotated_closed(4, "X")
    kinds = [check.basis for check in layout.checks]
    assert (len(layout.data), kinds.count("X"), kinds.count("Z")) == (16, 12, 5)
    assert layout.bases == ()


@pytest.mark.parametrize("basis", ["X", "Z"])
@pytest.mark.parametrize("side", [2, 4, 6])
def test_nothing_is_encoded_and_checks_commute(side, basis):
    """side^2 + 1 checks with one relation leave 2^0; every data qubit is in two of ``basis``."""
    layout = rotated_closed(side, basis)
    rows = {
        kind: np.array(
            [[q in c.data for q in layout.data] for c in layout.checks if c.basis == kind], int
        )
        for kind in "XZ"
    }
    assert not (rows["X"] @ rows["Z"].T % 2).any()
    assert (rows[basis].sum(axis=0) == 2).all()
    text = [
        stim.PauliString("".join(kind if on else "_" for on in row))
        for kind, table in rows.items()
        for row in table
    ]
    # Stim accepts so many stabilisers as a full description of a pure state.
    tableau = stim.Tableau.from_stabilizers(
        text, allow_redundant=True, allow_underconstrained=False
    )
    assert len(tableau) == side**2
    gaps = np.linalg.norm(layout.coordinates[:, None] - layout.coordinates, axis=-1)
    assert gaps[~np.eye(layout.qubits, dtype=bool)].min() == pytest.approx(1)


@pytest.mark.parametrize("gate_set", ["cx", "cz"])
@pytest.mark.parametrize(("side", "basis"), [(4, "X"), (4, "Z"), (6, "X")])
def test_the_rounds_are_the_distance(side, basis, gate_set):
    layout = rotated_closed(side, basis)
    for rounds in (2, 3, 5):
        circuit = stability_circuit(layout, basis, [(rounds, UNIFORM)], gate_set=gate_set)
        assert len(circuit.shortest_graphlike_error()) == rounds
        own = sum(check.basis == basis for check in layout.checks)
        assert circuit.num_detectors == own * (rounds - 1)


@pytest.mark.parametrize("gate_set", ["cx", "cz"])
@pytest.mark.parametrize("basis", ["X", "Z"])
def test_without_noise_the_product_is_known_and_no_single_check_is(basis, gate_set):
    layout = rotated_closed(4, basis)
    circuit = stability_circuit(layout, basis, [(4, RoundNoise())], gate_set=gate_set)
    circuit.detector_error_model(allow_gauge_detectors=False)
    events, flips = circuit.compile_detector_sampler(seed=1).sample(64, separate_observables=True)
    assert not events.any()
    assert not flips.any()
    outcomes = circuit.compile_sampler(seed=2).sample(200)[:, : len(layout.checks)]
    own = outcomes[:, [c.basis == basis for c in layout.checks]]
    assert not (own.sum(axis=1) % 2).any()
    assert np.all(np.abs(own.mean(axis=0) - 0.5) < 0.2)


def test_read_out_errors_alone_fail_as_majority_votes_do():
    """Each check votes over n = 3 rounds on its own; the product fails if an odd number err.

    f = 3 p^2 (1 - p) + p^3 and P = (1 - (1 - 2 f)^12)/2 for twelve checks; four sigma, false alarm
    6e-5 each.
    """
    p, shots = 0.05, 20_000
    noise = RoundNoise(GateNoise(measure=p))
    found = stability(4, "X", lambda _: noise, (3, 5), shots, 7)
    for n, counts in zip(found.rounds, found.counts, strict=True):
        f = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n // 2 + 1, n + 1))
        expected = (1 - (1 - 2 * f) ** 12) / 2
        sigma = np.sqrt(expected * (1 - expected) / shots)
        assert abs(counts.rate - expected) < 4 * sigma


def test_failure_falls_with_the_rounds_and_not_with_the_side():
    """At 0.4 %, half the threshold: each two rounds gain a factor, a larger patch none.

    The three points lie on one exponential within their errors: the two steps' factors agree within
    a factor of two, four sigma (false alarm 6e-5). Lambda_t is above 2.5.
    """
    runs = {side: stability(side, "X", lambda _: UNIFORM, (3, 5, 7), 60_000, 3) for side in (4, 6)}
    for run in runs.values():
        rates = [counts.rate for counts in run.counts]
        assert rates[0] > 2.5 * rates[1] > 2.5**2 * rates[2] > 0
        fit = run.decline()
        assert fit.suppression_low > 2.5
        assert 0.5 < rates[0] * rates[2] / rates[1] ** 2 < 2
    for small, large in zip(runs[4].counts, runs[6].counts, strict=True):
        assert large.rate > small.rate


def test_far_above_the_threshold_more_rounds_do_not_help():
    """At 5 % the product is all but unknown, however many rounds."""
    noise = RoundNoise(GateNoise.uniform(0.05))
    found = stability(4, "X", lambda _: noise, (3, 7), 4000, 1)
    for counts in found.counts:
        assert abs(counts.rate - 0.5) < 0.15


def test_decoherence_and_histories_go_through_the_same_writer():
    """A steady history and segments make the same circuit; longer coherence, fewer failures."""
    layout = rotated_closed(4, "X")
    rates = Decoherence.equal(layout.qubits, 1e4, 5e3)
    steady = NoiseHistory.steady(rates, 3)
    segments = [(3, RoundNoise(decoherence=rates))]
    assert stability_circuit(layout, "X", steady, SCHEDULE) == stability_circuit(
        layout, "X", segments, SCHEDULE
    )
    good, bad = (
        stability(
            4,
            "X",
            lambda q, r=rate: RoundNoise(decoherence=Decoherence.equal(q, r, r)),
            (3,),
            4000,
            1,
            schedule=SCHEDULE,
        ).counts[0]
        for rate in (2e4, 6e4)
    )
    assert good.errors < bad.errors


def test_results_are_plain_and_say_nothing_where_nothing_failed():
    found = Stability(4, "X", (3, 5), (Counts(1000, 40), Counts(1000, 10)))
    # A factor 4 for two rounds.
    assert found.to_dict()["lambda_t"] == pytest.approx(4.0)
    assert found.to_dict()["points"][0]["failure_probability"] == 0.04
    none = Stability(4, "X", (3, 5), (Counts(1000, 40), Counts(1000, 0)))
    assert none.to_dict()["lambda_t"] is None


def test_same_seed_same_counts():
    first, again = (stability(4, "Z", lambda _: UNIFORM, (3,), 2000, 5) for _ in range(2))
    assert first == again


def test_what_is_no_stability_experiment_is_refused():
    for side in (3, 0, -2):
        with pytest.raises(OutOfRangeError, match="even side"):
            rotated_closed(side, "X")
    with pytest.raises(OutOfRangeError, match="not the identity"):
        stability_circuit(rotated_closed(4, "X"), "Z", [(3, UNIFORM)])
    with pytest.raises(OutOfRangeError, match="not the identity"):
        stability_circuit(build("surface", 5), "X", [(3, UNIFORM)])
    with pytest.raises(OutOfRangeError, match="at least 2"):
        stability(4, "X", lambda _: UNIFORM, (1, 3), 10, 1)
    with pytest.raises(OutOfRangeError, match="has 4 qubits, the patch 33"):
        stability_circuit(
            rotated_closed(4, "X"), "X", NoiseHistory.steady(Decoherence.equal(4, 0, 0), 2)
        )
    with pytest.raises(KeyError):
        memory_circuit(rotated_closed(4, "X"), "X", [(3, UNIFORM)])
