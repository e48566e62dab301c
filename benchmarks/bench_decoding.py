"""Sampling and decoding in quiet times against bare Stim and PyMatching, on the same circuit.

    python benchmarks/bench_decoding.py [--distance 11] [--p 0.001] [--repeats 15]

Both take batches of the same size in one thread, turn about; the ratio is the median of the
batches' ratios. Bare means: one compiled sampler, one matching, bit-packed events into
``decode_batch``, predictions compared. Ours is ``run_batch`` of :mod:`qubudget.qec.tasks`, whose
seed is new with every batch. Preparing the circuit and the matching is in neither. The costs of
correlated matching, and of other installed decoders, stand beside it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import pymatching

from qubudget.qec.circuits import memory_circuit
from qubudget.qec.cycle import GateNoise, RoundNoise
from qubudget.qec.decoders import installed
from qubudget.qec.layout import build
from qubudget.qec.sampling import batch_size
from qubudget.qec.tasks import Task, run_batch


def seconds(work: Callable[[], object]) -> float:
    """Time of ``work``, s."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--distance", type=int, default=11)
    parser.add_argument("--p", type=float, default=0.001)
    parser.add_argument("--repeats", type=int, default=15)
    given = parser.parse_args()
    layout, d = build("surface", given.distance), given.distance
    noise = [(3 * d, RoundNoise(GateNoise.uniform(given.p)))]
    circuit = memory_circuit(layout, "Z", noise)
    shots = batch_size(circuit)
    sampler = circuit.compile_detector_sampler(seed=1)
    matching = pymatching.Matching.from_detector_error_model(circuit.detector_error_model())

    def bare() -> int:
        events, flips = sampler.sample(shots, separate_observables=True, bit_packed=True)
        guess = matching.decode_batch(events, bit_packed_shots=True, bit_packed_predictions=True)
        return int((guess != flips).any(axis=1).sum())

    task = Task.of(circuit)
    bare(), run_batch(task, shots, 0)
    pairs = [
        (seconds(bare), seconds(lambda seed=seed: run_batch(task, shots, seed)))
        for seed in range(1, given.repeats + 1)
    ]
    print(f"d = {d}, {3 * d} rounds, p = {given.p:g}, batches of {shots} shots")
    print(f"  bare Stim and PyMatching {median(b for b, _ in pairs) / shots * 1e6:10.1f} us a shot")
    print(f"  run_batch                {median(o for _, o in pairs) / shots * 1e6:10.1f} us a shot")
    print(f"  speed against bare       {median(b / o for b, o in pairs):10.3f}")

    whole = memory_circuit(layout, "Z", noise, checks="all")
    few = 256
    print("with the checks of both bases")
    for name in installed():
        other = Task.of(whole, decoder=name)
        run_batch(other, 1, 0)
        taken = median(seconds(lambda task=other: run_batch(task, few, 1)) for _ in range(3))
        print(f"  {name:24s} {taken / few * 1e6:10.1f} us a shot")


if __name__ == "__main__":
    main()
