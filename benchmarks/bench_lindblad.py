"""How much faster the batched superoperators are than QuTiP, per design, in one run.

    python benchmarks/bench_lindblad.py [--designs 1000] [--levels 3 4]

A design is one set of rates under a calibrated DRAG pulse of 25 ns. QuTiP solves it twice: as
``mesolve`` of one initial state, the least that a user would run, and as the superoperator, which
is what the batch returns. Both take the pulse as compiled splines, the fastest that QuTiP has for
sampled pulses, and a relative tolerance of 1e-8. Calibration and the integrals over the pulse are
not in the batch's time per design; the integrals stand beside it.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from statistics import median

import numpy as np
import qutip

from qubudget.qubit.lindblad import Hamiltonian, reference_superoperator, transmon_jumps
from qubudget.qubit.pulse import calibrated_pulse, duffing
from qubudget.qubit.superoperator import Process

ANHARMONICITY = 2 * math.pi * 300e6


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Median time of ``work``, s."""
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


def qutip_problem(
    hamiltonian: Hamiltonian, jumps: np.ndarray, rates: np.ndarray
) -> tuple[qutip.QobjEvo, list[qutip.Qobj], float]:
    """H with coefficients sampled on a fine grid (compiled cubic splines), collapses, ns."""
    end = hamiltonian.breaks[-1]
    grid = np.linspace(0.0, end, 2001)
    terms = [
        [qutip.Qobj(matrix * 1e-9), qutip.coefficient(c(grid), tlist=grid * 1e9)]
        for matrix, c in hamiltonian.terms
    ]
    evolution = qutip.QobjEvo([qutip.Qobj(hamiltonian.static * 1e-9), *terms])
    collapses = [
        qutip.Qobj(jump * math.sqrt(rate * 1e-9)) for jump, rate in zip(jumps, rates, strict=True)
    ]
    return evolution, collapses, end * 1e9


def measure(levels: int, designs: int) -> None:
    energies, elements = duffing(ANHARMONICITY, levels)
    pulse = calibrated_pulse(25e-9, 5e-9, 1.0, energies, elements)
    hamiltonian, jumps = pulse.hamiltonian(), transmon_jumps(levels)
    rng = np.random.default_rng(1)
    step = np.arange(1, levels)
    t1 = 10 ** rng.uniform(-5, -3.5, designs)
    down = step / t1[:, None]
    rates = np.concatenate([down, 0.05 * down, 0.5 / t1[:, None]], axis=1)

    process = Process(hamiltonian, jumps)
    prepare = seconds(lambda: Process(hamiltonian, jumps).superoperators(rates), 3)
    found = process.superoperators(rates)
    batch = seconds(lambda: process.superoperators(rates), 9) / designs

    evolution, collapses, end = qutip_problem(hamiltonian, jumps, rates[0])
    options = {"rtol": 1e-8, "atol": 1e-10, "nsteps": 1_000_000, "progress_bar": ""}
    state = qutip.fock_dm(levels, 0)
    one = seconds(lambda: qutip.mesolve(evolution, state, [0, end], collapses, options=options), 9)
    whole = seconds(lambda: qutip.propagator(evolution, end, collapses, options=options), 9)
    reference = reference_superoperator(hamiltonian, jumps, rates[0])
    difference = float(np.max(np.abs(found[0] - reference)))

    print(f"{levels} levels, {designs} designs")
    print(f"  batch                    {batch * 1e6:10.1f} us per design")
    print(f"  with its preparation     {prepare / designs * 1e6:10.1f} us per design")
    print(f"  qutip.mesolve, one state {one * 1e6:10.1f} us: {one / batch:.0f} times")
    print(f"  qutip.propagator         {whole * 1e6:10.1f} us: {whole / batch:.0f} times")
    print(f"  largest difference from QuTiP at 1e-11: {difference:.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--designs", type=int, default=1000)
    parser.add_argument("--levels", type=int, nargs="+", default=[3, 4])
    given = parser.parse_args()
    for levels in given.levels:
        measure(levels, given.designs)


if __name__ == "__main__":
    main()
