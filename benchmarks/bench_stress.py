"""How much faster the array sweep is than a loop, in both models; all in one run.

    python benchmarks/bench_stress.py [--side 1000] [--loop 1000] [--repeats 5]

Both models over side x side points of the first paper's stress sweep, against a loop of our own
scalar functions and, for the published model, of the paper's own functions (its Appendix C,
transcribed). Medians per point; only the ratios travel from one machine to another.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from statistics import median

import numpy as np

from qubudget.materials.superconductors import superconductor
from qubudget.qubit.dielectric import dielectric_rates
from qubudget.qubit.gap import gap_at
from qubudget.qubit.gates import coherence_factor, coherence_time, one_qubit_decoherence_error
from qubudget.qubit.published import FREQUENCY, GATE_TIME, published_fidelity, published_t2_star
from qubudget.qubit.quasiparticles import quasiparticle_rates, thermal_fraction
from qubudget.qubit.stress import LOSS_TANGENTS, TEMPERATURES, physical_stress, published_stress
from qubudget.qubit.stressed import StressedQubit

Points = list[tuple[float, float]]


@dataclass
class System:
    temp: float


@dataclass
class Material:
    tan_delta: float


def paper_coherence(system: System, material: Material) -> float:
    """``calculate_coherence`` of the paper's Appendix C, with its constants."""
    x = (1.0545718e-34 * (2 * np.pi * 5.0e9)) / (2 * 1.380649e-23 * system.temp)
    thermal_factor = 1.0 if x > 20 else 1.0 / np.tanh(x)
    gamma_tls = 6.0e9 * material.tan_delta * thermal_factor
    return float(1.0 / (3.5e3 + gamma_tls))


def paper_loop(points: Points) -> None:
    for temperature, loss in points:
        np.exp(-20e-9 / paper_coherence(System(temperature), Material(loss)))


def published_loop(points: Points) -> None:
    for temperature, loss in points:
        published_fidelity(published_t2_star(loss, temperature))


def physical_loop(points: Points) -> None:
    metal = superconductor("Nb")
    for temperature, loss in points:
        gap = gap_at(metal.gap, metal.critical_temperature, temperature)
        if not gap > 0:
            continue
        x = thermal_fraction(temperature, gap)
        rate = sum(dielectric_rates("tls", loss, FREQUENCY, temperature))
        rate += sum(quasiparticle_rates(x, FREQUENCY, temperature, gap))
        coherence_time(rate)
        left = coherence_factor(GATE_TIME, rate)
        one_qubit_decoherence_error(np.exp(-GATE_TIME * rate), left)


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Median time of ``work``, s, after one call that is not counted."""
    work()
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=1000, help="points along each axis")
    parser.add_argument("--loop", type=int, default=1000, help="points of the loops")
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args()
    t = np.geomspace(*TEMPERATURES, given.side)[:, None]
    loss = np.geomspace(*LOSS_TANGENTS, given.side)
    side = max(round(given.loop**0.5), 2)
    ends = np.geomspace(*TEMPERATURES, side).tolist(), np.geomspace(*LOSS_TANGENTS, side).tolist()
    points: Points = list(product(*ends))
    qubit = StressedQubit.of_metal("Nb")
    arrays = {
        "physical": seconds(lambda: physical_stress(qubit, t, loss), given.repeats),
        "published": seconds(lambda: published_stress(t, loss), given.repeats),
    }
    loops = (
        ("physical", "loop of our scalar functions", physical_loop),
        ("published", "loop of our scalar functions", published_loop),
        ("published", "loop of the paper's functions", paper_loop),
    )
    for model, taken in arrays.items():
        print(f"{model:10s} {t.size * loss.size:,} points in {taken:.3f} s")
    for model, words, loop in loops:
        each = seconds(lambda loop=loop: loop(points), given.repeats) / len(points)
        ratio = each / (arrays[model] / (t.size * loss.size))
        print(f"{model:10s} {words}: {1e6 * each:8.2f} us a point, {ratio:8.0f} times slower")


if __name__ == "__main__":
    main()
