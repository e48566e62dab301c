"""Threshold of the surface code under uniform circuit noise: 0.0077 +- 0.0002.

    python benchmarks/check_threshold.py [--shots 200000] [--basis Z]

Memories of d rounds at d = 7, 9, 11 and 13 and six noise strengths from 0.0065 to 0.009, in this
project's circuits, decoded by minimum-weight matching, and the finite-size fit of
``qubudget.qec.threshold``. Prints the counts, the fit, and fails outside the stated interval.
"""

from __future__ import annotations

import argparse
import sys
import time

from qubudget.qec.threshold import fit_threshold, observe

DISTANCES = (7, 9, 11, 13)
STRENGTHS = (0.0065, 0.0070, 0.0075, 0.0080, 0.0085, 0.0090)
EXPECTED, TOLERANCE = 0.0077, 0.0002


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=200_000, help="per distance and strength")
    parser.add_argument("--basis", choices=["X", "Z"], default="Z")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    start = time.perf_counter()
    points = observe(DISTANCES, STRENGTHS, options.shots, options.seed, options.basis)
    print(f"{'d':>3} {'p':>7} {'shots':>9} {'failures':>9} {'rate':>8}")
    for point in points:
        counts = point.counts
        print(
            f"{point.distance:>3} {point.p:>7.4f} {counts.shots:>9} {counts.errors:>9} "
            f"{counts.rate:>8.5f}"
        )
    fit = fit_threshold(points)
    print(
        f"p_th = {fit.p:.6f} +- {fit.deviation:.6f}, nu = {fit.nu:.3f}, "
        f"chi2 = {fit.chi_squared:.1f} of {fit.freedom} (probability {fit.fits:.2g}), "
        f"{time.perf_counter() - start:.0f} s"
    )
    return 0 if abs(fit.p - EXPECTED) < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
