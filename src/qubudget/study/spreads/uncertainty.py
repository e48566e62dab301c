"""Intervals of every headline number over all spreads of a design, and what to measure next.

The cheap wings (cryostat, coherence, rates) compute many machines, drawn from a scrambled Sobol
sequence over all uncertain inputs; the ends of an interval are quantiles, each one of the values.
Error correction is simulated for few of them, see `logical_spread`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from qubudget import __version__
from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.pipeline import Chain, Effort
from qubudget.study.spreads.inputs import Inputs, Uncertain, uncertain_inputs
from qubudget.study.spreads.logical import LogicalSpread, logical_spread
from qubudget.study.spreads.outcomes import Outcomes, Output, headlines, outcomes
from qubudget.study.spreads.sensitivity import Sobol, sobol_indices

Floats = NDArray[np.float64]

_QUANTILES = (0.025, 0.975)
EXACT = (
    "no spread is known of radiation, measured values, gate floors and times: exact unless given"
)
MOST_LOST = 0.05
"""Share of machines without a value above which a result has no sensitivity indices."""


@dataclass(frozen=True)
class Spread:
    """One headline number.

    Attributes
    ----------
    best : at the best values of all inputs. low, high : 95 % interval; None where that end of it
        has no value (a runaway, a normal junction), or where there is none at all.
    lost : share of the machines drawn that have no value.
    """

    output: Output
    best: float | None
    low: float | None
    high: float | None
    lost: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, in SI ``unit``."""
        return {
            "name": self.output.key,
            "title": self.output.title,
            "unit": self.output.unit,
            "best": self.best,
            "low": self.low,
            "high": self.high,
            "without_value": self.lost,
        }


@dataclass(frozen=True)
class Uncertainty:
    """What ``qubudget uncertainty`` returns.

    Attributes
    ----------
    inputs : what was varied. spreads : of the cheap wings' headline numbers.
    sensitivity : Sobol indices of their logarithms (of margins themselves); None without inputs.
    logical : logical errors per day; None where they were not asked for.
    samples : machines drawn. notes : what to know of them.
    """

    inputs: Inputs
    spreads: tuple[Spread, ...]
    sensitivity: Sobol | None
    logical: LogicalSpread | None
    samples: int
    effort: Effort
    seed: int
    seconds: float
    notes: tuple[str, ...]

    def spread(self, key: str) -> Spread:
        """Of one headline number; KeyError where there is none."""
        return {spread.output.key: spread for spread in self.spreads}[key]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        design = self.inputs.design
        return {
            "name": design.name,
            "title": design.title,
            "inputs": [one.to_dict() for one in self.inputs.uncertain],
            "left_out": list(self.inputs.left_out),
            "outputs": [spread.to_dict() for spread in self.spreads],
            "sensitivity": None if self.sensitivity is None else self.sensitivity.to_dict(),
            "logical": None if self.logical is None else self.logical.to_dict(),
            "samples": self.samples,
            "notes": list(self.notes),
            "provenance": {
                "version": __version__,
                "design_sha256": design.sha256(),
                "seed": self.seed,
                "effort": self.effort,
                "seconds": self.seconds,
            },
        }


def uncertainty(
    design: Design,
    *,
    spreads: Mapping[str, Uncertain | float] | None = None,
    samples: int = 1024,
    trajectories: int = 4,
    logical: bool = True,
    effort: Effort = "quick",
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Uncertainty:
    """Every spread of a design through the whole chain.

    Parameters
    ----------
    spreads : more uncertain inputs, see `uncertain_inputs`.
    samples : machines drawn for the intervals, and again for each input's indices; a power of two.
    trajectories : Morris paths of the logical errors, see `logical_spread`.
    logical : whether to simulate error correction. effort, seed : as `qubudget.evaluate`.
    progress : called with every step.

    Raises
    ------
    DesignError: a spread of a key that is no number, bad arguments. OutOfRangeError,
    ConvergenceError: no machine drawn can be computed, or the best values cannot.
    """
    _check(design, samples, trajectories, effort, seed)
    say = progress or (lambda step: None)
    started = time.perf_counter()
    inputs = uncertain_inputs(design, spreads)
    return of_inputs(
        inputs, samples=samples, trajectories=trajectories, logical=logical, effort=effort,
        seed=seed, say=say, started=started,
    )  # fmt: skip


def of_inputs(
    inputs: Inputs, *, samples: int, trajectories: int = 4, logical: bool = False,
    effort: Effort = "quick", seed: int = 1, say: Callable[[str], None] = lambda step: None,
    started: float | None = None,
) -> Uncertainty:  # fmt: skip
    """As :func:`uncertainty`, of chosen inputs."""
    begun = time.perf_counter() if started is None else started
    count = len(inputs.uncertain)
    say("machines drawn")
    shares = draw(count, samples, seed)
    drawn = outcomes(inputs, shares)
    best = outcomes(inputs, np.full((1, count), 0.5))
    shown = headlines(inputs.design)
    found = tuple(spread_of(output, best, drawn) for output in shown)
    sensitivity = None
    if count:
        say("sensitivity")
        names = [one.name for one in inputs.uncertain]
        sensitivity = sobol_indices(
            lambda points: _analysed(inputs, shown, points), names, samples=samples, seed=seed
        )
    errors = None
    if logical:
        errors = logical_spread(
            inputs, Chain(effort, seed), shares, drawn, trajectories=trajectories, say=say
        )
    notes = _notes(drawn)
    seconds = time.perf_counter() - begun
    return Uncertainty(
        inputs, found, sensitivity, errors, len(shares), effort, seed, seconds, notes
    )


def draw(inputs: int, samples: int, seed: int) -> Floats:
    """Shares of every input, shape (samples, inputs), from a scrambled Sobol sequence.

    Without inputs there is one machine.
    """
    if inputs == 0:
        return np.empty((1, 0))
    engine = qmc.Sobol(inputs, scramble=True, rng=np.random.default_rng(seed))
    shares = engine.random(samples)
    # A share of exactly 0 would be the infinite end of a distribution.
    return np.maximum(shares, 2.0**-33)


def spread_of(output: Output, best: Outcomes, drawn: Outcomes) -> Spread:
    """The interval of one output over the machines that could be computed."""
    middle = float(best[output.key][0])
    values = drawn[output.key][drawn.computed]
    lost = np.isnan(values)
    if lost.all():
        return Spread(output, None, None, None, 1.0)
    worst = math.inf if output.worse == "high" else -math.inf
    ends = np.quantile(np.where(lost, worst, values), _QUANTILES, method="inverted_cdf").tolist()
    low, high = (end if math.isfinite(end) else None for end in ends)
    return Spread(output, _finite(middle), low, high, float(lost.mean()))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _analysed(inputs: Inputs, shown: tuple[Output, ...], shares: Floats) -> dict[str, Floats]:
    """What indices are of: logarithms; a machine without a value counts as the worst that has one.

    That is fair only where few have none: elsewhere (or outside a model's range) it stays missing.
    """
    found = outcomes(inputs, shares)
    table = {}
    for output in shown:
        values = found[output.key]
        lost = np.isnan(values)
        if lost.any() and found.computed.all() and lost.mean() <= MOST_LOST:
            worst = np.nanmax(values) if output.worse == "high" else np.nanmin(values)
            values = np.where(lost, worst, values)
        with np.errstate(divide="ignore", invalid="ignore"):
            table[output.key] = np.log(values) if output.log else values
    return table


def _notes(drawn: Outcomes) -> tuple[str, ...]:
    out = ~drawn.computed
    if not out.any():
        return (EXACT,)
    first = next(error for error in drawn.errors if error)
    return f"{int(out.sum())} of {len(out)} machines drawn left out, the first: {first}", EXACT


def _check(design: Design, samples: int, trajectories: int, effort: str, seed: int) -> None:
    problems = []
    if isinstance(samples, bool) or not 2 <= samples <= 2**20 or samples & (samples - 1):
        problems.append(Problem("--samples", repr(samples), "a power of two from 2 to 1048576"))
    if isinstance(trajectories, bool) or not 2 <= trajectories <= 1000:
        problems.append(Problem("--trajectories", repr(trajectories), "from 2 to 1000"))
    if effort not in ("quick", "standard", "full"):
        problems.append(Problem("effort", repr(effort), "one of quick, standard, full"))
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        problems.append(Problem("seed", repr(seed), "a whole number from 0 to 4294967295"))
    if problems:
        raise DesignError(design.name, problems)
