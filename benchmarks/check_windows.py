"""Windows composed against a whole burst in one circuit: under 5 % apart, each known to 1 %.

    python benchmarks/check_windows.py [--distances 5 7] [--cycles 400] [--cells 8] [--seed 1]

A disc of qubits whose T1 drops and recovers exponentially, by e^5 over the burst, decoded unaware
of it, aware of it, and as erasures. The whole: one circuit with the noise of every cycle between d
quiet ones, its failure and that of the same circuit in quiet times, P = (1 - L)/2 with
L = (1 - 2 P_burst)/(1 - 2 P_quiet) in each basis and 1 - (1 - P_X)(1 - P_Z) of both. Its decoder's
knowledge goes cycle by cycle, but erasures are told to both cell by cell. The windows: what
``BurstStudy`` finds. "+-" are standard deviations. Fails where the two differ by 5 % or more, or
are not known to 1 %.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from math import hypot, sqrt

import numpy as np

from qubudget.qec import bursts
from qubudget.qec.background import QuietNoise
from qubudget.qec.circuits import memory_circuit
from qubudget.qec.course import edges
from qubudget.qec.cycle import Decoherence, GateNoise, Schedule
from qubudget.qec.decoders import Knowledge, believed, matcher
from qubudget.qec.floors import Floors
from qubudget.qec.history import BurstHistory
from qubudget.qec.layout import build
from qubudget.qec.noise_history import NoiseHistory
from qubudget.qec.sampling import count_errors, stream
from qubudget.qec.scaling import Z95
from qubudget.qec.standin import Site

SCHEDULE = Schedule.of_cycle(
    1.1e-6, 4, one_qubit=25e-9, two_qubit=42e-9, readout=600e-9, reset=160e-9
)
NOISE = QuietNoise(GateNoise(3e-4, 1e-3, 3e-3, 1e-3), 1 / 100e-6, 1 / 400e-6, SCHEDULE)
ALLOWED, KNOWN = 0.05, 0.01
CASES: dict[tuple[int, Knowledge], tuple[float, float]] = {
    # (distance, knowledge): radius of the disc (mm) and T1 at its worst (us), for a P of 0.3 to 0.7
    (5, "unaware"): (1.1, 3.0),
    (5, "aware"): (1.1, 1.5),
    (5, "erasure"): (1.1, 2.0),
    (7, "unaware"): (1.6, 3.5),
    (7, "aware"): (1.6, 1.7),
    (7, "erasure"): (1.6, 2.0),
}


def disc(radius: float, t1: float, cycles: int) -> BurstHistory:
    """The burst; nothing is left after its last cycle."""
    axis = np.linspace(-0.01, 0.01, 201)
    last = cycles * SCHEDULE.cycle_time
    times = np.append(np.linspace(0.0, last, 401), [last + 1e-12, 2 * last])
    inside = np.hypot(axis[:, None], axis) <= radius * 1e-3
    fall = np.where(times <= last, np.exp(-5 * times / last), 0.0)
    rate = fall[:, None, None] * inside / (t1 * 1e-6)
    return BurstHistory("disc", 1.0, 0.0, axis, axis, times, rate, np.zeros_like(rate))


def whole(
    distance: int, knowledge: Knowledge, burst: BurstHistory, given: argparse.Namespace
) -> tuple[float, float]:
    """Failure of at least one basis in one circuit, and its standard deviation."""
    layout, cycle = build("surface", distance), SCHEDULE.cycle_time
    site = Site("surface", distance, 1e-3, 0.02, 0.02, NOISE)
    rounds, floors = given.cycles + 2 * distance, Floors.of(layout.qubits, NOISE.gates)
    calm = NoiseHistory.steady(site.quiet(layout), rounds, floors)
    struck = calm.with_burst(burst, site.place(layout), cycle, -distance * cycle)
    more = Decoherence(
        struck.relaxation - calm.relaxation, 0 * calm.relaxation, 0 * calm.relaxation
    )
    rates = Decoherence(calm.relaxation, calm.dephasing, calm.detuning)
    told = believed(knowledge, more, SCHEDULE)
    if knowledge == "erasure":
        told = Decoherence(*(np.zeros_like(calm.relaxation) for _ in range(3)))
        cells = site.decay(burst, layout, site.place(layout), given.cells).cells
        cells = sorted(cells, key=lambda cell: cell.time)
        steps = np.round(edges(cells, cycle) / cycle).astype(int) + distance
        for cell, first, last in zip(cells, steps[:-1], steps[1:], strict=True):
            erased = believed(knowledge, cell.excess, SCHEDULE)
            told.relaxation[:, first:last] = erased.relaxation[:, None]
            told.dephasing[:, first:last] = erased.dephasing[:, None]
    seen = rates.plus(told)
    model = NoiseHistory(seen.relaxation, seen.dephasing, seen.detuning, floors)
    kept, variance = 1.0, 0.0
    for basis in layout.bases:
        true, quiet, belief = (
            memory_circuit(layout, basis, h, SCHEDULE) for h in (struck, calm, model)
        )
        decodes = matcher(belief)
        p = count_errors(
            true, given.shots, stream(given.seed, "whole", basis), matching=decodes
        ).rate
        q = count_errors(quiet, given.shots, stream(given.seed, "calm", basis)).rate
        left = (1 - 2 * p) / (1 - 2 * q)
        spread = (p * (1 - p) + left**2 * q * (1 - q)) / given.shots / (1 - 2 * q) ** 2
        fails = (1 - left) / 2
        variance = variance * (1 - fails) ** 2 + kept**2 * spread
        kept *= 1 - fails
    return 1 - kept, sqrt(variance)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--distances", type=int, nargs="+", default=[5, 7])
    parser.add_argument("--cycles", type=int, default=400)
    parser.add_argument("--cells", type=int, default=8)
    parser.add_argument("--shots", type=int, default=80_000)
    parser.add_argument("--knowledge", nargs="+", default=["unaware", "aware", "erasure"])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    plan = replace(bursts.PLANS["full"], cells=given.cells, relative_width=0.037)
    bursts.PLANS = {**bursts.PLANS, "full": plan}
    good = True
    for (distance, knowledge), (radius, t1) in CASES.items():
        if distance not in given.distances or knowledge not in given.knowledge:
            continue
        start = time.perf_counter()
        burst = disc(radius, t1, given.cycles)
        exact, spread = whole(distance, knowledge, burst, given)
        middle = time.perf_counter()
        site = Site("surface", distance, 1e-3, 0.02, 0.02, NOISE)
        study = bursts.BurstStudy(site, knowledge, None, "full", given.seed)
        found = study.run([burst], 1.0)[0]
        width = (found.high - found.low) / (2 * Z95)
        apart, known = found.value / exact - 1, max(spread / exact, width / found.value)
        good &= abs(apart) < ALLOWED and known < KNOWN
        print(
            f"d = {distance}, {knowledge:8s}: whole {exact:.4f} +- {spread:.4f} "
            f"({middle - start:.0f} s), windows {found.value:.4f} +- {width:.4f} "
            f"({found.shots} shots, {time.perf_counter() - middle:.0f} s): {100 * apart:+.1f} % "
            f"+- {100 * hypot(spread / exact, width / found.value):.1f}",
            flush=True,
        )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
