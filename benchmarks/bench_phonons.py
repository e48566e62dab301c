"""Phonon transport against the plainest isotropic kernel, and the precision of one event.

    python benchmarks/bench_phonons.py [--primaries 10000] [--runs 5]

1. Steps per second, one thread, medians of interleaved runs: ``plain_phonon_kernel`` (two
   speeds, no focusing, no film model) against the package's kernel with focusing, films and
   their cascade, phonons of the same energy in silicon; with 2 % of the front in explicit
   aluminium pads, and with the whole front covered.
2. The same kernel on two threads against one (counts only on a machine with two idle cores).
3. One event of 100 keV at the centre of a 10 x 10 x 0.4 mm chip with these pads: time to 1 %
   standard error of the total absorbed energy, and to 5 % in every one of the 20 x 20 front
   cells that together hold 90 % of it (errors from independent batches).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import numba
import numpy as np
from numpy.typing import NDArray
from plain_phonon_kernel import PLANCK_EV, run

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.impact.phonons.film import PhononFilm
from qubudget.impact.phonons.result import PhononResult
from qubudget.impact.phonons.source import point_source
from qubudget.impact.phonons.transport import Block, transport
from qubudget.materials.crystals import crystal

SILICON = crystal("Si")
ALUMINIUM = PhononFilm(100e-9, 3260.0, 242e-12, 173.715e-6 * ELEMENTARY_CHARGE, slope=0.29)
PLAIN = (10e-3, 1, 8e-3, 0.4e-3, 180e-6, 0.05)  # energy in eV, seed, sides, gap, absorption
START = 10e-3 / PLANCK_EV  # Hz, the plain kernel's phonons
EVENT = 4e12  # Hz


def padded(pixels: int = 500, pitch: int = 35, side: int = 5) -> Block:
    """10 x 10 x 0.4 mm with 196 pads of 100 um in a square array: 1.96 % of the front."""
    front = np.zeros((pixels, pixels), np.uint8)
    for i in range(10, pixels - side, pitch):
        for j in range(10, pixels - side, pitch):
            front[i : i + side, j : j + side] = 1
    return Block(10e-3, 10e-3, 0.4e-3, (ALUMINIUM,), front=front)


def covered() -> Block:
    return Block(8e-3, 8e-3, 0.4e-3, (ALUMINIUM,), front=np.ones((1, 1), np.uint8))


def follow(block: Block, count: int, frequency: float = START, seed: int = 1) -> PhononResult:
    energy = 100e3 * ELEMENTARY_CHARGE
    source = point_source([0, 0, block.thickness / 2], energy, frequency, count)
    return transport(SILICON, block, source, seed=seed)


def plain_rate(count: int) -> float:
    start = time.perf_counter()
    steps, _ = run(count, *PLAIN)
    return float(steps.sum() / (time.perf_counter() - start))


def rate(block: Block, count: int) -> float:
    start = time.perf_counter()
    steps = follow(block, count).steps
    return steps / (time.perf_counter() - start)


def cell_errors(block: Block, count: int, batches: int) -> tuple[float, NDArray[np.float64]]:
    """Seconds, and relative errors of the front cells that hold 90 % of the deposit."""
    start = time.perf_counter()
    maps = np.array(
        [follow(block, count, EVENT, seed).deposit[1, :, :, 0] for seed in range(batches)]
    ).reshape(batches, -1)
    seconds = time.perf_counter() - start
    mean = maps.mean(axis=0)
    order = np.argsort(mean)[::-1]
    used = order[: 1 + int(np.searchsorted(np.cumsum(mean[order]), 0.9 * mean.sum()))]
    return seconds, maps[:, used].std(axis=0, ddof=1) / np.sqrt(batches) / mean[used]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--primaries", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    pads, whole, n = padded(), covered(), options.primaries
    kernels: dict[str, Callable[[], float]] = {
        "plain kernel": lambda: plain_rate(n),
        "2 % pads": lambda: rate(pads, n // 2),
        "whole front": lambda: rate(whole, 2 * n),
    }
    numba.set_num_threads(1)
    run(10, *PLAIN)
    follow(pads, 10)
    rates: dict[str, list[float]] = {name: [] for name in kernels}
    for _ in range(options.runs):
        for name, call in kernels.items():
            rates[name].append(call())
    reference = median(rates["plain kernel"])
    for name, found in rates.items():
        print(f"{name:14}{median(found):12.3g} steps/s{median(found) / reference:8.2f}")

    if numba.config.NUMBA_NUM_THREADS >= 2:
        speeds: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(options.runs):
            for number, found in speeds.items():
                numba.set_num_threads(number)
                found.append(rate(pads, n))
        numba.set_num_threads(1)
        print(f"two threads    {median(speeds[2]) / median(speeds[1]):.2f} times one")

    follow(pads, 10, EVENT)
    start = time.perf_counter()
    result = follow(pads, 300, EVENT)
    seconds = time.perf_counter() - start
    error = result.deposited_error / result.deposited
    print(f"100 keV event  {result.deposited_share:.4f} absorbed, {error:.2%} in {seconds:.2f} s")
    seconds, errors = cell_errors(pads, 700, 40)
    print(
        f"front cells    {errors.size} hold 90 %: median error {np.median(errors):.2%}, "
        f"95th percentile {np.quantile(errors, 0.95):.2%}, worst {errors.max():.2%} "
        f"in {seconds:.1f} s"
    )


if __name__ == "__main__":
    main()
