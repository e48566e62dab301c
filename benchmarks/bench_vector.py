"""Speed of a million designs as arrays against the chain in a loop.

    python benchmarks/bench_vector.py [--designs 1000000] [--loop 200] [--runs 3] [PRESET ...]

Seven numbers of a preset vary at random: qubits, cooling power, an amplifier's power, the last
attenuator, frequency, loss tangent, shielding. Three ways through cryostat, closed-form coherence
and rates of radiation: all designs as arrays (one thread), a sample of them by ``evaluate``
(effort quick, wings up to coherence) and the rates of ``impact.falling``, and the first paper's
model in plain Python, which knows no cryostat, no T1 and no radiation: of a loss tangent, a
temperature, a load and a capacity it gives a status, T2* and a fidelity (doi:10.5281/
zenodo.17937531, Appendices A and C). What is compared are medians of time per design. Every
design of the sample must agree to 1e-9 in temperatures, T1, T2, errors and rates.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable
from statistics import median

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from numpy.typing import NDArray  # noqa: E402

from qubudget import evaluate  # noqa: E402
from qubudget.design import Design, load  # noqa: E402
from qubudget.impact.falling import deposits  # noqa: E402
from qubudget.qubit.published import (  # noqa: E402
    BOLTZMANN_PAPER,
    CONSTANT_FLOOR,
    COUPLING,
    FREQUENCY,
    GATE_TIME,
    HBAR_PAPER,
)
from qubudget.study.arrays.table import Columns, flat  # noqa: E402
from qubudget.study.arrays.vector import vectorised  # noqa: E402

Values = dict[str, NDArray[np.float64]]
COMPARED = (
    *(f"coherence.{name}" for name in ("t1_s", "t2_s", "thermal_population")),
    *(f"coherence.gate.{name}_error" for name in ("one_qubit", "two_qubit", "readout")),
    "thermal.max_qubits.total",
)
RATES = ("total", "muon", "gamma", "hadron")


def designs(design: Design, count: int, seed: int = 1) -> Values:
    """Points around a preset."""
    rng = np.random.default_rng(seed)
    loss = design.dielectrics[0]
    values: Values = {
        "machine.qubits": rng.integers(1, 2 * design.machine.qubits, count).astype(np.float64),
        "machine.total_qubits": np.full(count, 2.0 * design.machine.qubits),
        "qubit.frequency": design.qubit.frequency * rng.uniform(0.95, 1.05, count),
        f"dielectrics.{loss.name}.tan_delta": loss.tan_delta * rng.uniform(0.3, 3, count),
        "radiation.gamma_reduction": rng.uniform(1, 50, count),
    }
    for stage in design.stages:
        if stage.name == "mxc":
            values["stages.mxc.rated_power"] = stage.rated_power * rng.uniform(0.5, 4, count)
    for part in design.electronics[:1]:
        key = f"electronics.{part.name}.power"
        values[key] = (part.power or 0.0) * rng.uniform(0.3, 3, count)
    if any(line.name == "drive" for line in design.lines):
        values["lines.drive.attenuation.mxc"] = 10 ** rng.uniform(1, 3, count)
    return values


def looped(design: Design, values: Values, count: int) -> list[dict[str, object]]:
    """The chain for the first designs, one by one."""
    found = []
    for index in range(count):
        point = {key: column[index].item() for key, column in values.items()}
        whole = {k: int(v) if v.is_integer() else v for k, v in point.items()}
        changed = design.with_si(whole)
        document = dict(flat(evaluate(changed, effort="quick", wings=("coherence",)).to_dict()))
        rates = deposits(changed).rates
        document |= {f"impact.rate_per_s.{name}": getattr(rates, name) for name in RATES}
        found.append(document)
    return found


def script(
    loss: list[float], temperature: list[float], load_: list[float], capacity: list[float]
) -> list[tuple[str, float, float]]:
    """The first paper's model, point by point: status, T2* (s) and fidelity."""
    found = []
    angular = 2 * math.pi * FREQUENCY
    for tan_delta, at, watts, most in zip(loss, temperature, load_, capacity, strict=True):
        if watts >= most:
            found.append(("RUNAWAY", 0.0, 0.0))
            continue
        factor = 1 / math.tanh(HBAR_PAPER * angular / (2 * BOLTZMANN_PAPER * at))
        t2_star = 1 / (CONSTANT_FLOOR + COUPLING * tan_delta * factor)
        found.append(("STABLE", t2_star, math.exp(-GATE_TIME / t2_star)))
    return found


def disagreement(arrays: Columns, documents: list[dict[str, object]]) -> float:
    """Largest relative difference; infinite where one has a value and the other none."""
    names = [
        *COMPARED,
        *(name for name in arrays if name.endswith((".temperature_K", ".load_W", ".margin"))),
        *(f"impact.rate_per_s.{name}" for name in RATES),
    ]
    worst = 0.0
    for index, document in enumerate(documents):
        for name in names:
            value, expected = float(arrays[name][index]), document.get(name)
            if expected is None or math.isnan(value):
                worst = worst if expected is None and math.isnan(value) else math.inf
            elif value != expected:
                worst = max(worst, abs(value / float(expected) - 1))  # type: ignore[arg-type]
    return worst


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(preset: str, count: int, few: int, runs: int) -> None:
    """Print medians of one preset."""
    design = load(preset)
    values = designs(design, count)
    sample = {key: column[:few] for key, column in values.items()}
    arrays = vectorised(design, sample)  # start-up: catalogues, compiled code
    stage = design.qubit.stage
    inputs = [
        next(column for key, column in values.items() if key.endswith("tan_delta")).tolist(),
        np.full(count, design.stage(stage).rated_temperature).tolist(),
        np.zeros(count).tolist(),
        np.ones(count).tolist(),
    ]
    times: dict[str, list[float]] = {"arrays": [], "first paper's model": []}
    for _ in range(runs):
        times["arrays"].append(_seconds(lambda: vectorised(design, values)))
        times["first paper's model"].append(_seconds(lambda: script(*inputs)))
    start = time.perf_counter()
    documents = looped(design, values, few)
    each = (time.perf_counter() - start) / few
    per = {name: median(each_run) / count for name, each_run in times.items()}
    print(f"{preset}: {count} designs, {few} by the loop")
    print(f"  arrays              {median(times['arrays']):10.2f} s", end="")
    print(f"{1e6 * per['arrays']:12.2f} us per design")
    print(f"  evaluate in a loop  {'':12}{1e6 * each:12.0f} us per design", end="")
    print(f", arrays are {each / per['arrays']:.0f} times faster")
    paper = per["first paper's model"]
    print(f"  first paper's model {'':12}{1e6 * paper:12.2f} us per design", end="")
    print(f", arrays take {per['arrays'] / paper:.1f} times as long")
    print(f"  largest difference  {disagreement(arrays, documents):.1e}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("presets", nargs="*", default=["krinner-xld400", "willow-like"])
    parser.add_argument("--designs", type=int, default=1_000_000)
    parser.add_argument("--loop", type=int, default=200, help="designs of the loop")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    for preset in options.presets:
        compare(preset, options.designs, options.loop, options.runs)


if __name__ == "__main__":
    main()
