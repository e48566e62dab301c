"""How much faster a template gives a new history's decoder graph, in one run.

    python benchmarks/bench_reweight.py [--distance 21] [--rounds 21] [--repeats 7]

A template's ``matching`` is set against a fresh circuit, its detector error model and PyMatching's
graph of it: once with noise that differs in every round, once with noise that is the same in all
rounds, which circuit and model fold into REPEAT blocks. The same for correlated matching, which
needs the checks of both bases and a detector error model. Runs are interleaved and every one has a
history of its own; medians are compared. The making of the templates stands beside.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import pymatching

from qubudget.qec.circuits import Checks, memory_circuit
from qubudget.qec.cycle import GateNoise, Schedule
from qubudget.qec.floors import Floors
from qubudget.qec.layout import build
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.template import Template

GATES = GateNoise(one_qubit=1e-4, two_qubit=3e-3, measure=5e-3, reset=1e-3)
Edges = dict[tuple[int, int], tuple[frozenset[int], float]]


def timed(work: Callable[[], pymatching.Matching]) -> tuple[float, pymatching.Matching]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def edges(matching: pymatching.Matching) -> Edges:
    """Observables and weight of every pair of detectors; -1 is the boundary."""
    return {
        tuple(sorted((a, -1 if b is None else b))): (frozenset(data["fault_ids"]), data["weight"])
        for a, b, data in matching.edges()
    }


def largest_difference(first: Edges, second: Edges) -> float:
    """Of the weights; the edges and their observables must be the same."""
    assert first.keys() == second.keys()
    assert all(first[ends][0] == second[ends][0] for ends in first)
    return max(abs(first[ends][1] - second[ends][1]) for ends in first)


def measure(distance: int, rounds: int, repeats: int) -> None:
    layout = build("surface", distance)
    schedule = Schedule(25e-9, 42e-9, 600e-9, 160e-9, 97e-9, layout.layers)
    floors = Floors.of(layout.qubits, GATES)
    rng = np.random.default_rng(1)

    def history(different: int) -> NoiseHistory:
        t1 = 10 ** rng.uniform(-5, -4, (layout.qubits, different))
        t2 = rng.uniform(0.3, 2.0, t1.shape) * t1
        return NoiseHistory.typed(t1, t2, qubits=layout.qubits, rounds=rounds, floors=floors)

    def fresh(given: NoiseHistory, checks: Checks) -> pymatching.Matching:
        correlated = checks == "all"
        circuit = memory_circuit(layout, "Z", given, schedule, checks=checks)
        model = circuit.detector_error_model(
            approximate_disjoint_errors=True, decompose_errors=correlated
        )
        return pymatching.Matching.from_detector_error_model(model, enable_correlations=correlated)

    def correlated(template: Template, given: NoiseHistory) -> pymatching.Matching:
        return pymatching.Matching.from_detector_error_model(
            template.model(given), enable_correlations=True
        )

    start = time.perf_counter()
    plain = Template.build(layout, "Z", rounds, schedule, floors)
    middle = time.perf_counter()
    whole = Template.build(layout, "Z", rounds, schedule, floors, checks="all")
    making, making_whole = middle - start, time.perf_counter() - middle

    taken: dict[str, list[float]] = {}
    largest, compared = 0.0, 0
    for _ in range(repeats):
        varied, steady = history(rounds), history(1)
        runs = {
            "own": lambda h=varied: plain.matching(h),
            "fresh": lambda h=varied: fresh(h, "own"),
            "own, steady": lambda h=steady: plain.matching(h),
            "folded": lambda h=steady: fresh(h, "own"),
            "own, correlated": lambda h=varied: correlated(whole, h),
            "fresh, correlated": lambda h=varied: fresh(h, "all"),
        }
        found = {}
        for name, work in runs.items():
            spent, matching = timed(work)
            taken.setdefault(name, []).append(spent)
            found[name] = edges(matching)
        names = list(runs)
        for ours, theirs in zip(names[::2], names[1::2], strict=True):
            largest = max(largest, largest_difference(found[ours], found[theirs]))
            compared += len(found[ours])

    ms = {name: 1e3 * median(times) for name, times in taken.items()}
    print(f"d = {distance}, {rounds} rounds, {len(plain.ends)} edges; ms")
    for what, ours, theirs in (
        ("rounds that differ", "own", "fresh"),
        ("equal rounds, REPEAT", "own, steady", "folded"),
        ("correlated matching", "own, correlated", "fresh, correlated"),
    ):
        ratio = ms[theirs] / ms[ours]
        print(f"  {what:21s} template {ms[ours]:7.1f}  fresh {ms[theirs]:7.1f}  {ratio:6.1f} times")
    print(
        f"  making a template: {making:.1f} s, with the checks of both bases {making_whole:.1f} s"
    )
    print(f"  largest difference of weights: {largest:.1e} over {compared} edges")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--distance", type=int, default=21)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--repeats", type=int, default=7)
    given = parser.parse_args()
    measure(given.distance, given.rounds, given.repeats)


if __name__ == "__main__":
    main()
