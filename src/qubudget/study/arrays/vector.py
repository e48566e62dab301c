"""A million designs at once: what the chain computes, as arrays instead of a loop.

Numbers of a design become arrays along the points and pass through the wings' own functions,
which broadcast; catalogues, conduction and spectra are computed once. Points that differ in a
choice, or in a number that enters by a way of its own (a length of cable, the chip's size), are
grouped by its values. A point that some function refuses is found by halving and computed, or
refused, by the ordinary chain. Answers are those of ``evaluate`` to 1e-9.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from qubudget.constants import ELEMENTARY_CHARGE
from qubudget.design import Design
from qubudget.design.checking import check
from qubudget.design.paths import find_place, leaves, nearest, set_value
from qubudget.design.schema import DesignModel
from qubudget.errors import DesignError, OutOfRangeError, Problem, QubudgetError
from qubudget.impact.falling import deposits
from qubudget.pipeline import MAX_PASSES, RESIDUAL, Chain
from qubudget.study.arrays import coherence as vector_coherence
from qubudget.study.arrays import rates as vector_rates
from qubudget.study.arrays import thermal as vector_thermal
from qubudget.study.arrays.inputs import Floats, Mask, Points, refusals
from qubudget.study.arrays.inputs import supported as supported
from qubudget.study.arrays.judged import judged, of_one
from qubudget.study.arrays.memory import Memory
from qubudget.study.arrays.table import COLUMNS, Columns, Table, flat, value_of
from qubudget.verdict import cold_constraints

CHUNK = 1 << 15
"""Points computed together: some arrays of them fit into a processor's cache."""


def vectorised(design: Design, values: Mapping[str, ArrayLike], *, chunk: int = CHUNK) -> Columns:
    """What the chain computes of many designs, without Monte Carlo.

    Parameters
    ----------
    design : what all points share. values : by key, SI values (a power ratio for decibels) or
    choices, all of one length. chunk : points computed together; no answer depends on it.

    Returns
    -------
    Columns by the names of ``Report.to_dict``, with dots; members of lists by their name.
    NaN where the report has none. "error" says why a point has no values at all.

    Raises
    ------
    OutOfRangeError: no points, or columns of different lengths.
    DesignError: a key that no design has.

    >>> from qubudget.design import load
    >>> found = vectorised(load("krinner-xld400"), {"stages.mxc.rated_power": [19e-6, 38e-6]})
    >>> [round(1e3 * t, 2) for t in found["thermal.stages.mxc.temperature_K"].tolist()]
    [11.62, 9.25]
    """
    columns = {key: np.atleast_1d(np.asarray(value)) for key, value in values.items()}
    lengths = {column.shape for column in columns.values()}
    if len(lengths) != 1 or len(next(iter(lengths))) != 1 or next(iter(lengths)) == (0,):
        raise OutOfRangeError(f"points: one value of every key for each, given {lengths}")
    size = next(iter(lengths))[0]
    _known(design, columns)
    table = Table(size)
    arrays = {k: c.astype(np.float64) for k, c in columns.items() if supported(k, design)}
    others = {k: c for k, c in columns.items() if k not in arrays}
    for chosen, changes in _groups(arrays, others, size):
        varied = {key: arrays[key][chosen] for key in arrays if key not in changes}
        try:
            base = _changed(design, changes) if changes else design
        except QubudgetError as error:
            table.refuse(chosen, str(error))
            continue
        for start in range(0, chosen.size, chunk):
            part = slice(start, start + chunk)
            here = {key: value[part] for key, value in varied.items()}
            _compute(table, base, chosen[part], here)
    return table.columns()


def _known(design: Design, keys: Iterable[str]) -> None:
    """Refuse keys that the design cannot have."""
    problems = []
    for key in keys:
        missing = set_value(design.toml_table(), key, 0)
        if missing is None and find_place(DesignModel, key.split(".")) is None:
            missing = key.rpartition(".")[2]
        if missing is not None:
            names = {part for path, _ in leaves(design.model_dump()) for part in path.split(".")}
            problems.append(Problem(key, "", "a key of the design", nearest(missing, names)))
    if problems:
        raise DesignError(design.name, problems)


def _groups(
    arrays: Mapping[str, Floats], others: Mapping[str, NDArray[Any]], size: int
) -> Iterator[tuple[NDArray[np.intp], dict[str, Any]]]:
    """Points that share what is no array, and that.

    A place without an attenuator (0 dB) is another line than one with: a choice.
    """
    bare = {
        key: column == 1.0
        for key, column in arrays.items()
        if ".attenuation." in key and np.any(column == 1.0)
    }
    labels = {**others, **bare}
    if not labels:
        yield np.arange(size), {}
        return
    codes = np.zeros(size, dtype=np.int64)
    for column in labels.values():
        _, code = np.unique(column, return_inverse=True)
        _, codes = np.unique(codes * (int(code.max()) + 1) + code, return_inverse=True)
    order = np.argsort(codes, kind="stable")
    for chosen in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        shared = {key: column[chosen[:1]].tolist()[0] for key, column in others.items()}
        yield chosen, shared | {key: 1.0 for key, column in bare.items() if column[chosen[0]]}


def _changed(design: Design, values: Mapping[str, Any]) -> Design:
    """The design of one point; whole numbers as such."""
    return design.with_si(
        {k: int(v) if isinstance(v, float) and v.is_integer() else v for k, v in values.items()}
    )


def _compute(
    table: Table, base: Design, chosen: NDArray[np.intp], values: dict[str, Floats]
) -> None:
    """Points of one base: those that no file could state are refused, the rest computed."""
    points = Points(base, values, chosen.size)
    good = np.ones(chosen.size, bool)
    for bad, reason in refusals(points):
        new = bad & good
        if new.any():
            table.refuse(chosen[new], reason)
            good &= ~bad
    if good.any():
        kept = points if good.all() else points.take(good)
        _halved(table, base, chosen[good], kept)


def _halved(table: Table, base: Design, chosen: NDArray[np.intp], points: Points) -> None:
    """All points at once, or by halves where some function refuses one of them."""
    problems = check(points.first)
    if problems:  # ranges and orders are looked at before: what is left is wrong with all of them
        table.refuse(chosen, str(DesignError(base.name, problems)))
        return
    try:
        parts = list(_cold(points))
        rates = vector_rates.report(points)
    except QubudgetError:
        if points.size == 1:
            _one(table, base, chosen, points)
            return
        middle = points.size // 2
        for half in (slice(0, middle), slice(middle, points.size)):
            _halved(table, base, chosen[half], points.take(half))
        return
    for here, part, refused in parts:
        kept = here[~refused]
        table.fill(chosen[kept], {k: _rows(v, ~refused) for k, v in part.items()})
        table.fill(chosen[kept], {k: v if v.size == 1 else v[kept] for k, v in rates.items()})
        for place in here[refused].tolist():
            _one(table, base, chosen[[place]], points.take(slice(place, place + 1)))


def _rows(value: NDArray[Any], mask: Mask) -> NDArray[Any]:
    return value if value.size == 1 or mask.all() else value[mask]


def _cold(
    points: Points,
) -> Iterator[tuple[NDArray[np.intp], dict[str, NDArray[Any]], Mask]]:
    """As ``Chain.cold``: positions of points, their columns, and which the chain must judge.

    Raises
    ------
    DesignError, OutOfRangeError, ConvergenceError: as the wings, of any one point; no fixed
        point is found.
    """
    if points.base.gates.model != "closed-form":
        raise OutOfRangeError("a master equation is no array")
    memory = Memory()
    index = np.arange(points.size)
    power: Floats = np.zeros(1)
    done = np.zeros(points.size, dtype=bool)
    for passes in range(1, MAX_PASSES + 1):
        found = vector_thermal.solve(points, power, memory)
        qubits = vector_coherence.cohere(found, memory)
        following = qubits.corrections(points.design)
        with np.errstate(invalid="ignore", divide="ignore"):
            change = np.abs(following - power) / following
        settled = ~(following > 0) | (change <= RESIDUAL) | ~found.stable | qubits.refused
        new = settled & ~done
        if new.any():
            feedback = {
                "feedback.correction_power_W": power,
                "feedback.passes": np.full(1, float(passes)),
            }
            cold = {**vector_thermal.report(found), **qubits.table}
            part = {**cold, **judged(points.design, cold), **feedback}
            refused = np.broadcast_to(qubits.refused, points.size)[new]
            yield index[new], {k: _rows(v, new) for k, v in part.items()}, refused
        done = done | new
        if done.all():
            return
        power = np.where(done, power, following)
        if 2 * done.sum() > points.size:  # else what the last pass left is of more use
            index, points, power, done = index[~done], points.take(~done), power[~done], done[~done]
    raise OutOfRangeError(f"no fixed point in {MAX_PASSES} passes")


def _one(table: Table, base: Design, chosen: NDArray[np.intp], points: Points) -> None:
    """One point by the ordinary chain."""
    try:
        design = _changed(base, {key: value[0].item() for key, value in points.values.items()})
        thermal, coherence, feedback = Chain("quick", 1).cold(design)
        deposited = deposits(design)
    except QubudgetError as error:
        table.refuse(chosen, str(error))
        return
    rates, falling = deposited.rates, deposited.all
    mean = falling.power / falling.total / ELEMENTARY_CHARGE if falling.total > 0 else None
    document = {
        "thermal": thermal.to_dict(),
        "coherence": coherence.to_dict(),
        "feedback": feedback.to_dict(),
        "cold": of_one(cold_constraints(design, thermal, coherence)),
        "impact": {
            "rate_per_s": {
                name: getattr(rates, name)
                for name in ("total", "muon", "gamma", "hadron", "phonon_burst")
            },
            "modelled": {"rate_per_s": rates.modelled},
            "mean_deposit_eV": mean,
        },
    }
    found = {name: value for name, value in flat(document) if COLUMNS.fullmatch(name)}
    table.fill(chosen, {k: value_of(k, v) for k, v in found.items()})
