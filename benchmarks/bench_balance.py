"""Speed of the vectorised balance against a loop of ``scipy.optimize.root``.

    python benchmarks/bench_balance.py [--designs 100000] [--loop 300] [--runs 5]

One family of five-stage fridges near Krinner's XLD400, its coefficients and loads drawn
independently, so scaled that 20 % of the designs are in runaway. Three ways to the same
temperatures, in interleaved runs of one process: the compiled family, the general solver with
NumPy functions, and for some of the designs one ``scipy.optimize.root`` each with a NumPy
residual (in the logarithm of the temperatures, in units of the rated power, from the rated
temperatures: the form in which it converges best). What is compared are medians of time per
design; every design of the loop must agree to 1e-8, and about runaway.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import root

from qubudget.cryostat.cooling import linear_coefficient, quadratic_coefficient
from qubudget.cryostat.family import Family, balance_family
from qubudget.cryostat.solver import Cooling, Loading, SolvedStages, solve_stages

Floats = NDArray[np.float64]
ROOM = 300.0
# Krinner et al., EPJ Quantum Technol. 6:2 (2019), Table 1: the XLD400, warm to cold. The
# cooling of the mixing chamber is quadratic from 6 mK, that of the others linear.
BASE = np.array([35, 2.85, 0.882, 0.082, 0.006])
RATED = np.array([45, 4.2, 1.2, 0.14, 0.020])
POWER = np.array([30, 1.5, 0.040, 200e-6, 19e-6])
EXPONENT = np.array([1, 1, 1, 1, 2])


def designs(count: int, runaway: float = 0.2, seed: int = 1) -> Family:
    """Fridges with loads and coolings within a factor of two, the given share in runaway."""
    rng = np.random.default_rng(seed)
    shape = (len(BASE), count)
    cooling = np.append(
        linear_coefficient(BASE[:4], RATED[:4], POWER[:4]),
        quadratic_coefficient(BASE[4], RATED[4], POWER[4]),
    )
    active = 0.4 * POWER[:, None] * rng.uniform(0.5, 2, shape)
    # One stage of the chosen designs gets more than it takes at the temperature above it.
    stage = rng.integers(0, len(BASE), count)
    chosen = rng.permutation(count) < round(runaway * count)
    above = np.append(ROOM, RATED[:-1])
    most = cooling * (above**EXPONENT - BASE**EXPONENT)
    active[stage[chosen], np.flatnonzero(chosen)] = 4 * most[stage[chosen]]
    return Family(
        base=BASE[:, None],
        coefficient=cooling[:, None] * rng.uniform(0.7, 1.4, shape),
        exponent=EXPONENT[:, None],
        active=active,
        passive=0.2 * POWER[:, None] * rng.uniform(0.5, 2, shape),
        reference_hot=np.append(ROOM, BASE[:-1])[:, None],
        reference_cold=BASE[:, None],
        conduction=np.array([1.6, 2.2, 2.0, 2.0, 2.0])[:, None],
    )


def general(family: Family, count: int) -> SolvedStages:
    """The same designs by the solver for any cooling and load."""

    def cooling(i: int) -> Cooling:
        rate, low, n = family.coefficient[i], family.base[i], family.exponent[i]
        return lambda t: rate * (t**n - low**n)

    def loading(i: int) -> Loading:
        p = family.conduction[i]
        span = family.reference_hot[i] ** p - family.reference_cold[i] ** p
        conducted, active = family.passive[i] / span, family.active[i]
        return lambda hot, t: active + conducted * (hot**p - t**p)

    stages = range(len(BASE))
    return solve_stages(
        BASE, ROOM, [cooling(i) for i in stages], [loading(i) for i in stages], shape=(count,)
    )


def loop(family: Family, count: int) -> Floats:
    """Temperatures of the first designs by ``scipy.optimize.root``; NaN if any is in runaway."""
    base, n, p = family.base[:, 0], family.exponent[:, 0], family.conduction[:, 0]
    span = (family.reference_hot**family.conduction - family.reference_cold**family.conduction)[
        :, 0
    ]
    cold, start = base**n, np.log(RATED)
    found = np.full((len(BASE), count), np.nan)
    for design in range(count):
        rate, active = family.coefficient[:, design], family.active[:, design]
        conducted = family.passive[:, design] / span

        def residual(
            log_temperature: Floats,
            rate: Floats = rate,
            active: Floats = active,
            conducted: Floats = conducted,
        ) -> Floats:
            temperature = np.exp(log_temperature)
            hot = np.concatenate(([ROOM], temperature[:-1]))
            load = active + conducted * (hot**p - temperature**p)
            return (rate * (temperature**n - cold) - load) / POWER

        with np.errstate(over="ignore", invalid="ignore"):
            solution = root(residual, start, tol=1e-12)
        temperature = np.exp(solution.x)
        # A root with a stage warmer than the one above is no balance; and root reports success
        # of some designs in runaway whose residual is far from 0.
        small = np.max(np.abs(solution.fun)) < 1e-9
        if solution.success and small and np.all(np.diff(temperature, prepend=ROOM) < 0):
            found[:, design] = temperature
    return found


def disagreement(first: Floats, second: Floats) -> float:
    """Largest relative difference of two answers; infinite if they differ about a runaway.

    Without a root, the loop says nothing of the stages above the one in runaway either, so
    that temperatures are compared in designs where all stages balance.
    """
    stable = ~np.isnan(first).any(axis=0)
    if np.any(stable == np.isnan(second).any(axis=0)):
        return float("inf")
    return float(np.max(np.abs(first / second - 1)[:, stable]))


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--designs", type=int, default=100_000)
    parser.add_argument("--loop", type=int, default=300, help="designs of the loop")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    family, few = designs(options.designs), options.loop
    compiled, numpy = balance_family(family), general(family, options.designs)
    looped = loop(family, few)
    times: dict[str, list[float]] = {"compiled family": [], "general solver": [], "root loop": []}
    for _ in range(options.runs):
        times["compiled family"].append(_seconds(lambda: balance_family(family)) / options.designs)
        times["general solver"].append(
            _seconds(lambda: general(family, options.designs)) / options.designs
        )
        times["root loop"].append(_seconds(lambda: loop(family, few)) / few)
    share = np.mean(compiled.runaway.any(axis=0))
    print(f"{options.designs} designs, {share:.1%} in runaway; {few} by the loop")
    print(f"{'':18}{'us per design':>14}{'faster':>10}{'largest difference':>20}")
    reference = median(times["root loop"])
    answers = {
        "compiled family": disagreement(compiled.temperature[:, :few], looped),
        "general solver": disagreement(numpy.temperature[:, :few], looped),
        "root loop": 0.0,
    }
    for name, runs in times.items():
        each = median(runs)
        print(f"{name:18}{1e6 * each:14.3f}{reference / each:10.0f}{answers[name]:20.1e}")


if __name__ == "__main__":
    main()
