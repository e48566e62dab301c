"""How far uncertain inputs move the logical errors, from few simulations.

A simulation of error correction takes seconds, so only inputs count that move what it reads (T1,
T2, gate errors, burst rate) by 1 % or more between the ends of their 95 %. They are varied along
Morris' paths, one at a time, all runs with the same seed so that most of the counting noise is
common. Through ln(errors per day) of these runs goes a quadratic in each input's normal deviate,
without products, and the machines that the cheap wings drew are put into it. Two more deviates are
drawn for each: one as wide as what the fit leaves over, and one for the counting and extrapolation
of the simulation itself (log-normal, each side as wide as its own 95 % interval, from one run at
the asked effort). The ends of the interval are quantiles of that mixture. The bursts' shape is that
of the best values; their rate follows the inputs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from qubudget.impact.result import ImpactResult
from qubudget.pipeline import Chain
from qubudget.progress import tell
from qubudget.qec import assembly as qec
from qubudget.qec.result import Interval
from qubudget.study.spreads.inputs import Inputs
from qubudget.study.spreads.outcomes import Outcomes, outcomes
from qubudget.study.spreads.sensitivity import MorrisEffect, morris_effects, morris_shares

Floats = NDArray[np.float64]
NAME = "qec.logical_errors_per_day"
READ = {
    "t1": "coherence.t1_s",
    "t2": "coherence.t2_s",
    "one_qubit_error": "coherence.gate.one_qubit_error",
    "two_qubit_error": "coherence.gate.two_qubit_error",
    "readout_error": "coherence.gate.readout_error",
    "leakage": "coherence.gate.leakage",
}
"""What the simulation reads of a machine, by the name of its argument."""
RATE = "impact.rate_per_s.total"
MOVES = 0.01
"""Relative change of anything read from which an input counts."""

_NORMAL_95 = float(ndtri(0.975))
_QUANTILES = (0.025, 0.975)


@dataclass(frozen=True)
class LogicalSpread:
    """Logical errors per day of one logical qubit.

    Attributes
    ----------
    best : at the best values of all inputs. interval : 95 %, of inputs and counting together; an
        end is None where machines drawn have no balance. inputs_alone : without counting.
        counting_alone : without inputs.
    residual : standard deviation of what the fit leaves over, of the logarithm.
    effects : by Morris, of ln(errors), largest first. runs : simulations.
    reason : why something is missing.
    """

    best: float | None
    interval: tuple[float | None, float | None]
    inputs_alone: tuple[float | None, float | None]
    counting_alone: tuple[float | None, float | None]
    residual: float | None
    effects: tuple[MorrisEffect, ...]
    runs: int
    reason: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "name": NAME,
            "title": "logical errors per day",
            "unit": "1/day",
            "best": self.best,
            "low": self.interval[0],
            "high": self.interval[1],
            "inputs_alone": {"low": self.inputs_alone[0], "high": self.inputs_alone[1]},
            "counting_alone": {"low": self.counting_alone[0], "high": self.counting_alone[1]},
            "fit_residual_of_logarithm": self.residual,
            "effects": [effect.to_dict() for effect in self.effects],
            "runs": self.runs,
            "reason": self.reason,
        }


def logical_spread(
    inputs: Inputs,
    chain: Chain,
    shares: Floats,
    drawn: Outcomes,
    *,
    trajectories: int,
    say: Callable[[str], None],
) -> LogicalSpread:
    """Spread of the logical errors over machines already drawn.

    Parameters
    ----------
    shares, drawn : of these machines, see `outcomes`. trajectories : Morris paths, from 2; each
        takes one simulation more than there are inputs that count.
    """
    say("impact")
    _, coherence, _ = chain.cold(inputs.design)
    impact = chain.impact(inputs.design, coherence)
    say("logical errors at the best values")
    middle = np.full((1, shares.shape[1]), 0.5)
    best = _run(inputs, chain, impact, outcomes(inputs, middle), 0, sketch=False)
    if not best[0]:
        reason = "no logical errors at the best values" if best[0] == 0 else "no coherence"
        ends = best[1:]
        return LogicalSpread(best[0], ends, (None, None), ends, None, (), 1, reason)
    counting = best[1], best[2]
    active = active_inputs(inputs)
    names = [inputs.uncertain[column].name for column in active]
    effects: tuple[MorrisEffect, ...] = ()
    fit, runs = _Fit(np.zeros(0), np.zeros(0), 0.0), 1
    if active:
        few = morris_shares(names, trajectories=trajectories, seed=chain.seed)
        points = np.full((len(few) + 1, shares.shape[1]), 0.5)
        points[1:, active] = few
        machines = outcomes(inputs, points)
        values = []
        for index in range(len(points)):
            tell(say, f"logical errors, {index + 1} of {len(points)}", index, len(points))
            values.append(_run(inputs, chain, impact, machines, index, sketch=True)[0] or 0.0)
        runs += len(values)
        if lost := values.count(0.0):
            reason = f"{lost} of {len(values)} runs have no logical errors to compare"
            nothing = None, None
            return LogicalSpread(best[0], nothing, nothing, counting, None, (), runs, reason)
        logs = np.log(np.array(values))
        effects = morris_effects(NAME, names, few, logs[1:], seed=chain.seed)
        fit = _Fit.of(ndtri(points[:, active]), logs)
    # What is outside a model's range is left out; what has no T1 in range has errors without end.
    moved = fit(ndtri(shares[drawn.computed][:, active]))
    gone = ~np.isfinite(drawn[READ["t1"]][drawn.computed])
    return _mixed(best, moved, gone, fit.residual, effects, runs, chain.seed)


def active_inputs(inputs: Inputs) -> list[int]:
    """Columns of inputs that move anything read by `MOVES` or more between the ends of 95 %."""
    count = len(inputs.uncertain)
    if not count:
        return []
    points = np.full((2 * count, count), 0.5)
    points[range(count), range(count)] = _QUANTILES[0]
    points[range(count, 2 * count), range(count)] = _QUANTILES[1]
    found = outcomes(inputs, points)
    changed = np.zeros(count)
    for key in (*READ.values(), RATE):
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.abs(np.log(found[key][count:] / found[key][:count]))
        # An end without a value (a normal junction, a runaway) moves it beyond everything.
        one = np.isnan(found[key][count:]) != np.isnan(found[key][:count])
        changed = np.maximum(changed, np.where(one, np.inf, np.nan_to_num(change)))
    return np.flatnonzero(changed >= MOVES).tolist()


def _run(
    inputs: Inputs, chain: Chain, impact: ImpactResult, machines: Outcomes, index: int, *,
    sketch: bool,
) -> Interval:  # fmt: skip
    """Errors per day of one machine drawn: value, low, high."""
    read = {name: _known(machines[key][index]) for name, key in READ.items()}
    rate = machines[RATE][index] / impact.rates.total if impact.rates.total > 0 else 1.0
    bursts = tuple(replace(burst, rate=burst.rate * float(rate)) for burst in impact.bursts)
    return qec.errors(
        inputs.design, t1=read["t1"], t2=read["t2"], one_qubit_error=read["one_qubit_error"],
        two_qubit_error=read["two_qubit_error"], readout_error=read["readout_error"],
        leakage=read["leakage"], bursts=bursts, effort=chain.effort, sketch=sketch,
        seed=chain.seed,
    ).per_day()  # fmt: skip


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


@dataclass(frozen=True, eq=False)
class _Fit:
    """Change of ln(errors) from the best values, by normal deviates of shape (points, inputs)."""

    slopes: Floats
    bends: Floats
    residual: float

    @classmethod
    def of(cls, deviates: Floats, logs: Floats) -> _Fit:
        """Least squares; the first point is the best values."""
        terms = np.hstack([np.ones((len(logs), 1)), deviates, deviates**2])
        solved, _, rank, _ = np.linalg.lstsq(terms, logs, rcond=None)
        found = np.asarray(solved, dtype=np.float64)
        left = logs - terms @ found
        spare = max(len(logs) - int(rank), 1)
        count = deviates.shape[1]
        residual = math.sqrt(float(left @ left) / spare)
        return cls(found[1 : count + 1], found[count + 1 :], residual)

    def __call__(self, deviates: Floats) -> Floats:
        return np.asarray(deviates @ self.slopes + deviates**2 @ self.bends)


def _mixed(
    best: Interval, moved: Floats, lost: NDArray[np.bool_], residual: float,
    effects: tuple[MorrisEffect, ...], runs: int, seed: int,
) -> LogicalSpread:  # fmt: skip
    """Inputs, what the fit leaves over, and counting in one distribution."""
    value, low, high = best
    assert value is not None
    assert low is not None
    assert high is not None
    generator = np.random.default_rng([seed, 1])
    over, counted = generator.standard_normal((2, len(moved)))
    scattered = np.where(lost, np.inf, math.log(value) + moved + residual * over)
    # A lower end of 0 says that nothing bounds the errors from below.
    down = math.log(value / low) / _NORMAL_95 if low > 0 else math.inf
    up = math.log(high / value) / _NORMAL_95
    with np.errstate(invalid="ignore"):
        noise = np.where(counted < 0, down * counted, up * counted)
        together = np.where(lost, np.inf, scattered + noise)
    return LogicalSpread(
        value, _ends(together), _ends(scattered), (low, high), residual, effects, runs
    )


def _ends(logs: Floats) -> tuple[float | None, float | None]:
    low, high = np.quantile(logs, _QUANTILES, method="inverted_cdf").tolist()
    return math.exp(low) if low < math.inf else None, math.exp(high) if high < math.inf else None
