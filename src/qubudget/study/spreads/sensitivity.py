"""Which uncertain input moves which result: Sobol indices and Morris effects.

Sobol indices are shares of a result's variance: *first*, of one input alone; *total*, with all its
interactions, so the variance that is left if everything else were known (A. Saltelli et al.,
Comput. Phys. Commun. 181, 259 (2010); their sampling and estimators are SALib's). The input of the
largest total index is the one to measure next. Morris effects ask for far fewer runs: the mean
magnitude of the change over steps of one input at a time (M. D. Morris, Technometrics 33, 161
(1991); F. Campolongo et al., Environ. Model. Softw. 22, 1509 (2007)).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from SALib.analyze import morris as morris_analysis  # type: ignore[import-untyped]
from SALib.analyze import sobol as sobol_analysis
from SALib.sample import morris as morris_sample  # type: ignore[import-untyped]
from SALib.sample import sobol as sobol_sample

from qubudget.errors import OutOfRangeError

Floats = NDArray[np.float64]
Model = Callable[[Floats], Mapping[str, Floats]]
"""Results at shares of every input, shape (points, inputs), each result of shape (points,)."""

LEVELS = 4
"""Values that Morris tries of each input, evenly over its shares."""
OUTERMOST = 0.025
"""Share of the lowest of them; the highest is as far from 1. So a step is 2/3 of 95 %."""
_RESAMPLES = 200


@dataclass(frozen=True)
class SobolIndex:
    """Shares of a result's variance, with half-widths of their 95 % intervals (bootstrap)."""

    output: str
    input: str
    first: float
    first_error: float
    total: float
    total_error: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "output": self.output, "input": self.input,
            "first": self.first, "first_error_95": self.first_error,
            "total": self.total, "total_error_95": self.total_error,
        }  # fmt: skip


@dataclass(frozen=True)
class MorrisEffect:
    """Change of a result over the whole range of an input: mean magnitude ``mu_star`` with the
    half-width of its 95 % interval, and ``sigma``, by how much it depends on where one stands."""

    output: str
    input: str
    mu_star: float
    mu_star_error: float
    sigma: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values, in units of the output (of its logarithm where that was analysed)."""
        return {
            "output": self.output, "input": self.input, "mu_star": self.mu_star,
            "mu_star_error_95": self.mu_star_error, "sigma": self.sigma,
        }  # fmt: skip


@dataclass(frozen=True)
class Sobol:
    """Indices of every output that varies; ``skipped`` says why the others have none."""

    indices: tuple[SobolIndex, ...]
    skipped: Mapping[str, str]
    points: int

    def of(self, output: str) -> tuple[SobolIndex, ...]:
        """Indices of one output, largest total first."""
        own = [index for index in self.indices if index.output == output]
        return tuple(sorted(own, key=lambda index: -index.total))

    def measure_next(self) -> dict[str, str]:
        """For every output the input whose knowledge would narrow it most."""
        outputs = dict.fromkeys(index.output for index in self.indices)
        return {output: self.of(output)[0].input for output in outputs}

    def to_dict(self) -> dict[str, Any]:
        """Plain values, largest total first within each output."""
        outputs = dict.fromkeys(index.output for index in self.indices)
        return {
            "points": self.points,
            "indices": [index.to_dict() for output in outputs for index in self.of(output)],
            "measure_next": self.measure_next(),
            "skipped": dict(self.skipped),
        }


def sobol_indices(model: Model, inputs: Sequence[str], *, samples: int, seed: int) -> Sobol:
    """First and total Sobol indices of every result of a model.

    Parameters
    ----------
    model : called once, with samples x (inputs + 2) points of a scrambled Sobol sequence.
    inputs : their names. samples : a power of two. seed : of the sequence and of the bootstrap.

    A result that is constant, or infinite or missing at some point, has no indices.

    Raises
    ------
    OutOfRangeError: no inputs, or samples that are no power of two from 2.
    """
    if not inputs:
        raise OutOfRangeError("sensitivity: no input has a spread")
    if samples < 2 or samples & (samples - 1):
        raise OutOfRangeError(f"samples: a power of two from 2, given {samples}")
    problem = _problem(inputs, 0.0)
    # SALib asks for pairs; of one input alone there are none.
    shares = sobol_sample.sample(problem, samples, calc_second_order=False, seed=seed)
    found = model(_open(np.asarray(shares, dtype=np.float64)))
    indices: list[SobolIndex] = []
    skipped = {}
    for output, values in found.items():
        reason = _why_none(values)
        if reason is not None:
            skipped[output] = reason
            continue
        # Indices do not change with the offset and scale; rounding does.
        scaled = (values - values.mean()) / values.std()
        result = sobol_analysis.analyze(
            problem, scaled, calc_second_order=False, num_resamples=_RESAMPLES, seed=seed
        )
        columns = (result[key].tolist() for key in ("S1", "S1_conf", "ST", "ST_conf"))
        indices += [
            SobolIndex(output, name, *row) for name, *row in zip(inputs, *columns, strict=True)
        ]
    return Sobol(tuple(indices), skipped, len(shares))


def morris_shares(inputs: Sequence[str], *, trajectories: int, seed: int) -> Floats:
    """Points of random one-at-a-time paths, shape (trajectories x (inputs + 1), inputs)."""
    if not inputs or trajectories < 2:
        raise OutOfRangeError("Morris effects need an input and two paths at least")
    problem = _problem(inputs, OUTERMOST)
    shares = morris_sample.sample(problem, trajectories, num_levels=LEVELS, seed=seed)
    return np.asarray(shares, dtype=np.float64)


def morris_effects(
    output: str, inputs: Sequence[str], shares: Floats, values: Floats, *, seed: int
) -> tuple[MorrisEffect, ...]:
    """Effects on one result, largest first; ``values`` at points of :func:`morris_shares`.

    Raises
    ------
    OutOfRangeError: a value that is missing or infinite.
    """
    if not np.all(np.isfinite(values)):
        raise OutOfRangeError(f"{output}: no value at some of the points")
    result = morris_analysis.analyze(
        _problem(inputs, OUTERMOST), shares, values, num_levels=LEVELS,
        num_resamples=_RESAMPLES, seed=seed,
    )  # fmt: skip
    columns = (np.asarray(result[key]).tolist() for key in ("mu_star", "mu_star_conf", "sigma"))
    effects = [MorrisEffect(output, n, *row) for n, *row in zip(inputs, *columns, strict=True)]
    return tuple(sorted(effects, key=lambda effect: -effect.mu_star))


def _problem(inputs: Sequence[str], edge: float) -> dict[str, Any]:
    return {
        "num_vars": len(inputs), "names": list(inputs), "bounds": [[edge, 1 - edge]] * len(inputs)
    }  # fmt: skip


def _open(shares: Floats) -> Floats:
    """Away from 0 and 1 by half a step of the sequence, where distributions end at infinity."""
    least = 2.0**-33
    return np.clip(shares, least, 1 - least)


def _why_none(values: Floats) -> str | None:
    if not np.all(np.isfinite(values)):
        lost = int(np.sum(~np.isfinite(values)))
        return f"no value for {lost} of {len(values)} machines drawn"
    if math.isclose(values.min(), values.max(), rel_tol=1e-12, abs_tol=1e-300):
        return "no input moves it"
    return None
