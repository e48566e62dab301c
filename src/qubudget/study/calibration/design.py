"""The design with fitted values, as TOML, so that ``run`` carries the fit to the verdict."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from qubudget.design import Design, load
from qubudget.design.paths import Raw, leaves, member_named, remove_value, set_value
from qubudget.design.reading import preset_names
from qubudget.errors import OutOfRangeError
from qubudget.pipeline import Chain
from qubudget.study.calibration.result import CalibrationResult, FittedParameter
from qubudget.study.calibration.toml_text import to_toml

STEP = 1e-4
"""Step of central differences in a parameter's logarithm."""
LOSS_KEYS = ("participation", "tan_delta")
"""Fields of a dielectric whose product its ``spread`` belongs to."""
MODELLED = ("measured.t1", "measured.t2")
"""Measured values that would otherwise stand in front of the calibrated model."""
LOPSIDED = 1.2
"""Ratio of the factors down and up above which an interval is called lopsided."""


def calibrated_designs(
    result: CalibrationResult, design: Design
) -> tuple[dict[str, str], tuple[str, ...]]:
    """The calibrated designs as TOML by file name, and notes on what they carry.

    ``calibrated.toml`` holds the best values; a fitted dielectric gets the 95 % factor of its
    loss as ``spread``, which ``run`` carries into T1's interval. ``pessimistic.toml`` and
    ``optimistic.toml`` hold the parameters at the 95 % ends of the qubit's idle error
    (see `ends`), with all correlations, so that ``run`` gives the verdict at either end; they
    are left out where the data give no intervals.

    A preset is named as ``base`` and only what differs is written; any other design is written
    whole. The design's measured T1 and T2 are left out: the calibrated model is to stand in
    their place.
    """
    notes = []
    spreads = {}
    for parameter in result.parameters:
        place, _, field = parameter.key.rpartition(".")
        if not place.startswith("dielectrics.") or field not in LOSS_KEYS:
            notes.append(
                f"{parameter.key}: no spread in the schema; its uncertainty stands in "
                "pessimistic.toml and optimistic.toml alone"
            )
        elif parameter.factor is None:
            notes.append(f"{place}.spread is the design's own: {parameter.reason}")
        else:
            spreads[f"{place}.spread"] = parameter.factor
            notes += _lopsided(parameter)
    dropped = [key for key in MODELLED if key in dict(leaves(design.toml_table()))]
    if dropped:
        notes.append(
            f"{' and '.join(dropped)} left out, so that the calibrated model goes on to the "
            "verdict; other measured values still win over computed ones"
        )
    best = {p.key: p.best for p in result.parameters}
    texts = {"calibrated.toml": _written(result, design, "calibrated", best, spreads, dropped)}
    for name, values in ends(result, design).items():
        used = dict.fromkeys(spreads, 1.0)
        texts[f"{name}.toml"] = _written(result, design, name, values, used, dropped)
    return texts, tuple(notes)


def ends(result: CalibrationResult, design: Design) -> dict[str, dict[str, float]]:
    """Parameter values at the 95 % ends of the idle error, "pessimistic" and "optimistic".

    The error of a short idle time goes as s = 1/(2 T1) + 1/T2. Of all places that the data
    allow, those at which ln s deviates most lie along C g, with C the covariance of the
    parameters' logarithms and g the gradient of ln s (the delta method); one parameter alone
    goes to the ends of its own interval. Empty without intervals.
    """
    logs = np.log([p.best for p in result.parameters])
    keys = [p.key for p in result.parameters]
    gradient = np.empty_like(logs)
    for index in range(len(logs)):
        step = np.zeros_like(logs)
        step[index] = STEP
        up, down = (_log_idle_error(design, keys, logs + sign * step) for sign in (1, -1))
        gradient[index] = (up - down) / (2 * STEP)
    low, high = result.parameters[0].interval
    if len(keys) == 1 and low is not None and high is not None:
        worse, better = (high, low) if gradient[0] > 0 else (low, high)
        return {"pessimistic": {keys[0]: worse}, "optimistic": {keys[0]: better}}
    deviations = [p.log_deviation for p in result.parameters]
    known = np.array([d for d in deviations if d is not None])
    if len(known) < len(keys):
        return {}
    covariance = np.array(result.correlations) * np.outer(known, known)
    quantile = stats.t.ppf(0.975, result.dof) if result.chi2 is None else stats.norm.ppf(0.975)
    slope = covariance @ gradient
    reach = math.sqrt(float(gradient @ slope))
    if reach == 0.0:
        return {}
    shift = quantile * slope / reach
    return {
        name: dict(zip(keys, np.exp(logs + sign * shift).tolist(), strict=True))
        for name, sign in (("pessimistic", 1), ("optimistic", -1))
    }


def _log_idle_error(design: Design, keys: list[str], logs: NDArray[np.float64]) -> float:
    values = dict(zip(keys, np.exp(logs).tolist(), strict=True))
    _, found, _ = Chain("quick", 1).cold(design.with_si(values))
    if found.t1_modelled_s is None or found.t2_modelled_s is None:
        raise OutOfRangeError(found.reason or "the design has no T1 at its own temperature")
    return math.log(0.5 / found.t1_modelled_s + 1 / found.t2_modelled_s)


def _written(
    result: CalibrationResult,
    design: Design,
    name: str,
    values: dict[str, float],
    spreads: dict[str, float],
    dropped: list[str],
) -> str:
    table = design.toml_table()
    after = design.with_si(values).toml_table()
    changed = {path: value for path, value in leaves(after) if path in values}
    for key, factor in spreads.items():
        changed[key] = factor
        changed[f"{key.rpartition('.')[0]}.source"] = (
            f"fitted to {result.data} (sha256 {result.data_sha256[:12]}) by qubudget calibrate"
        )
    changed["name"] = f"{design.name[:47]}-{name}"
    changed["title"] = f"{design.name}, {name}, from {result.data}"[:200]
    if _is_preset(design, table):
        written: Raw = {"base": design.name}
        for path, value in changed.items():
            _lay(written, table, path.split("."), value)
        if dropped:
            written["remove"] = dropped
    else:
        written = table
        for path, value in changed.items():
            set_value(written, path, value)
        for key in dropped:
            remove_value(written, key)
    return to_toml(written)


def _lopsided(parameter: FittedParameter) -> list[str]:
    low, high = parameter.interval
    if low is None or high is None:
        return []
    down, up = parameter.best / low, high / parameter.best
    if max(down, up) < LOPSIDED * min(down, up):
        return []
    return [
        f"{parameter.key}: the interval is lopsided (down by {down:.3g}, up by {up:.3g}); a spread "
        "is one factor, so the larger one is written and the other end is too far out"
    ]


def _is_preset(design: Design, table: Raw) -> bool:
    """Whether the design is a preset as it ships, without changes."""
    if design.name not in preset_names():
        return False
    return load(design.name).toml_table() == table


def _lay(written: Raw, below: Raw, path: list[str], value: Any) -> None:
    """Set a path in a file that is laid on ``below``: members of lists keep their names."""
    here: Any = written
    base: Any = below
    for part in path[:-1]:
        if isinstance(here, list):
            member = member_named(here, part)
            if member is None:
                member = {"name": part}
                here.append(member)
            here, base = member, member_named(base, part) if isinstance(base, list) else None
            continue
        base = base.get(part) if isinstance(base, dict) else None
        here = here.setdefault(part, [] if isinstance(base, list) else {})
    here[path[-1]] = value
