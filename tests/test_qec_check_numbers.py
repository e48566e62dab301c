"""The wing's check numbers, from this project's circuits under uniform noise.

Table: Stim's own ``surface_code:rotated_memory_z`` with all four noise arguments p, 3 d rounds,
PyMatching; logical error per round with its standard deviation.
"""

from math import log

import numpy as np
import pytest
import stim
from scipy.stats import t as student

from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise
from qubudget.qec.layout import build
from qubudget.qec.rare import ISLANDS, estimate
from qubudget.qec.sampling import Counts, count_errors, per_round, stream
from qubudget.qec.scaling import Point, envelope, log_linear

TABLE = {
    (0.001, 3): (2.439e-4, 1.9e-6),
    (0.001, 5): (2.783e-5, 3.7e-7),
    (0.001, 7): (2.71e-6, 8e-8),
    (0.003, 3): (2.076e-3, 8e-6),
    (0.003, 5): (7.09e-4, 5e-6),
    (0.003, 7): (2.254e-4, 2.2e-6),
    (0.005, 3): (5.43e-3, 9e-5),
    (0.005, 5): (3.02e-3, 5e-5),
    (0.005, 7): (1.60e-3, 3e-5),
}
SHOTS = {
    (0.001, 3): 500_000,
    (0.001, 5): 1_000_000,
    (0.003, 3): 200_000,
    (0.003, 5): 200_000,
    (0.003, 7): 150_000,
    (0.005, 3): 100_000,
    (0.005, 5): 50_000,
    (0.005, 7): 40_000,
}


def uniform(p, distance, rounds):
    noise = RoundNoise(GateNoise.uniform(p))
    return memory_circuit(build("surface", distance), "Z", [(rounds, noise)], gate_set="cx")


@pytest.mark.parametrize(("p", "distance"), SHOTS)
def test_table_by_counting(p, distance):
    """Four sigma of both numbers together: false alarm 6e-5 an entry, 5e-4 in all."""
    expected, deviation = TABLE[p, distance]
    rounds = 3 * distance
    sequence = stream(17, "table", p, distance)
    counts = count_errors(uniform(p, distance, rounds), SHOTS[p, distance], sequence)
    value = float(per_round(counts.rate, rounds))
    assert abs(value - expected) < 4 * np.hypot(value / np.sqrt(counts.errors), deviation)
    assert counts.errors > 300


def test_rarest_entry_of_the_table_by_splitting():
    """57 failures in a million shots: too few to count here. Five sigma: false alarm 1.6e-4."""
    expected, deviation = TABLE[0.001, 7]
    found = estimate(uniform(0.001, 7, 21), 21, stream(17, "rare"), members=1536)
    value, low, high = found.per_round
    spread = log(high / low) / 2 / student.ppf(0.975, ISLANDS - 1)
    assert spread < 0.25
    assert abs(log(value / expected)) < 5 * np.hypot(spread, deviation / expected)


@pytest.mark.parametrize("gate_set", ["cx", "cz"])
@pytest.mark.parametrize(
    ("family", "basis"), [("surface", "Z"), ("surface", "X"), ("repetition", "Z")]
)
def test_logical_operator_between_rounds_flips_the_observable_alone(family, basis, gate_set):
    """The conjugate logical operator: no detector fires; one check's operator flips nothing."""
    layout = build(family, 5)
    if family == "surface":
        chain = layout.logical["X" if basis == "Z" else "Z"]
        stabiliser = next(c for c in layout.checks if c.basis != basis)
    else:
        chain, stabiliser = layout.data, None
    pauli = "X" if basis == "Z" else "Z"
    circuit = memory_circuit(layout, basis, [(6, RoundNoise())], gate_set=gate_set)
    assert _effect(circuit, pauli, chain) == (0, 1)
    assert _effect(circuit, pauli, chain[:1])[0] > 0
    if stabiliser is not None:
        around = [q for q in stabiliser.data if q is not None]
        assert _effect(circuit, pauli, around) == (0, 0)


def _effect(circuit, pauli, qubits):
    """(detectors fired, flip of the observable) of a Pauli after the third round."""
    ticks, disturbed = 0, stim.Circuit()
    for step in circuit.flattened():
        disturbed.append(step)
        ticks += step.name == "TICK"
        if step.name == "TICK" and ticks == 3:
            disturbed.append(pauli + "_ERROR", qubits, 1.0)
    events, flips = disturbed.compile_detector_sampler(seed=1).sample(8, separate_observables=True)
    assert (events == events[0]).all()
    assert (flips == flips[0]).all()
    return int(events[0].sum()), int(flips[0, 0])


# p = 0.002, 3 d rounds, counted once from this project's circuits: 15 million shots.
COUNTED = {
    3: Counts(2_000_000, 17_154),
    5: Counts(4_000_000, 12_633),
    7: Counts(4_000_000, 3_635),
    9: Counts(5_000_000, 1_131),
}


def _points():
    points = []
    for distance, counts in COUNTED.items():
        value = float(per_round(counts.rate, 3 * distance))
        points.append(Point(distance, value, counts.errors**-0.5))
    return points


def test_fits_over_distance_are_biased_and_the_envelope_says_so():
    """Windows 3, 5, 7 and 5, 7, 9 predict 4.5e-11 and 2.2e-11 at d = 25 and exclude each other."""
    points = _points()
    small, large = log_linear(points[:3], 25), log_linear(points[1:], 25)
    assert small.low < 4.5e-11 < small.high
    assert large.low < 2.2e-11 < large.high
    assert large.high < small.low
    whole = envelope(points, 25)
    assert whole.error == large.error
    assert (whole.distances, whole.simulated) == ((5, 7, 9), (3, 5, 7, 9))
    everything = log_linear(points, 25)
    assert whole.low < large.low
    assert whole.high == everything.high > large.high
