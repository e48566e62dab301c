"""Quasiparticle kinetics of one event on 200 x 200 cells from 10 ns to 100 ms, on one core.

    python benchmarks/bench_kinetics.py [--cells 200] [--tolerance 0.002] [--repeats 3]

Each film is run at the given tolerance and at a fortieth of it; the second is what errors are
counted against. Printed: CPU and wall time after compilation (median), time steps, V-cycles, and
the largest errors over all output times, relative to the film's mean x at that time or 1e-6 of
its largest: of the mean itself, and of the cells on average. 57 output times, eight per decade,
at each of which a step ends.
"""

from __future__ import annotations

import argparse
import os
import time
from statistics import median

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np  # noqa: E402  (after the number of threads is set)

from qubudget.impact.kinetics.diffusion import Evolution, evolve  # noqa: E402
from qubudget.impact.kinetics.patterned import Arrival, Film, LivePhonons  # noqa: E402
from qubudget.impact.kinetics.uniform import Grid, gaussian_spot  # noqa: E402

TIMES = np.geomspace(1e-8, 1e-1, 57)


def films(n: int) -> dict[str, Film]:
    """Films to try: D of measured films, of aluminium's path, and traps of every kind."""
    rng = np.random.default_rng(1)
    sparse = np.where(rng.random((n, n)) < 0.01, 1e9, 40.0)
    lattice = np.zeros((n, n))
    lattice[:: n // 10, :: n // 10] = 1e6
    lattice[:, :3] = 1e8
    rough = 10 ** rng.uniform(1, 9, (n, n))
    pads = 1 + np.arange(n)[:, None] // (n // 20) * 20 + np.arange(n)[None] // (n // 20)
    pads[:, :: n // 20] = 0
    wells = np.zeros((n, n))
    wells[n // 2 : n // 2 + n // 5, n // 4 : n // 2] = -3.0
    r, bare = 1.14e7, 4.96e7
    live = LivePhonons(2.4e-10, 8e-10)
    return {
        "no traps, D = 20 cm^2/s": Film(2e-3, r, 40.0),
        "no traps, D = 150 cm^2/s": Film(1.5e-2, r, 40.0),
        "no traps, live phonons": Film(2e-3, bare, 40.0, measured=False, phonons=live),
        "400 islands": Film(2e-3, r, 40.0, islands=pads),
        "1 % of the cells trap at 1e9/s": Film(2e-3, r, sparse),
        "lattice of traps and an edge": Film(1.5e-2, r, lattice),
        "traps from 10/s to 1e9/s": Film(2e-3, r, rough),
        "traps and a gap profile": Film(2e-3, r, sparse, gap=wells),
    }


def run(film: Film, n: int, tolerance: float) -> tuple[Evolution, float, float]:
    """Evolution of one event, with its CPU and wall time, s."""
    grid = Grid(10e-3, 10e-3, n, n)
    covered = np.ones((n, n)) if film.islands is None else film.islands != 0
    start = gaussian_spot(grid, 1e-3, -2e-3, 5e-4) * n * n * 2e-5 * covered
    source = Arrival(2e-5 * covered, 5e-4)
    before, began = time.process_time(), time.perf_counter()
    found = evolve(start, TIMES, grid, film, source, tolerance)
    return found, time.process_time() - before, time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--tolerance", type=float, default=2e-3)
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args()
    n = given.cells
    chosen = films(n)
    run(next(iter(chosen.values())), n, 0.05)
    print(f"{'film':32} {'CPU s':>6} {'wall s':>6} steps cycles {'mean':>8} {'cells':>8}")
    for name, film in chosen.items():
        runs = [run(film, n, given.tolerance) for _ in range(given.repeats)]
        found = runs[0][0]
        exact = run(film, n, given.tolerance / 40)[0]
        scale = np.maximum(exact.mean, 1e-6 * exact.mean.max())
        covered = n * n if film.islands is None else np.count_nonzero(film.islands)
        cells = np.abs(found.field - exact.field).sum(axis=(1, 2)) / covered
        print(
            f"{name:32} {median(r[1] for r in runs):6.2f} {median(r[2] for r in runs):6.2f} "
            f"{found.steps:5d} {found.cycles:6d} "
            f"{np.max(np.abs(found.mean - exact.mean) / scale):8.2%} {np.max(cells / scale):8.2%}"
        )


if __name__ == "__main__":
    main()
