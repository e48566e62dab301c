"""Compute every point of a grid or a sample of designs; nothing that is finished gets lost."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, get_args

import xarray

from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.pipeline import WINGS, Effort
from qubudget.progress import tell
from qubudget.study.arrays.evaluator import LEFT_OUT, ArrayEvaluator
from qubudget.study.arrays.evaluator import WINGS as ARRAYS
from qubudget.study.sweeping import engine
from qubudget.study.sweeping.axes import parse_axes
from qubudget.study.sweeping.blocks import ERROR, Block, joined
from qubudget.study.sweeping.evaluator import Evaluator, ReportEvaluator
from qubudget.study.sweeping.manifest import manifest_of
from qubudget.study.sweeping.points import Indices, Points, Space
from qubudget.study.sweeping.store import Store, prepared

_ADDRESS = re.compile(r"^(tcp|tls|ws|wss|ucx)://[^\s/]+:[0-9]{1,5}$")


def sweep(
    design: Design,
    axes: Sequence[str] | Space,
    *,
    sample: str | None = None,
    effort: Effort = "quick",
    seed: int = 1,
    wings: Sequence[str] = WINGS,
    output: str | Path | None = None,
    workers: int = 0,
    scheduler: str | None = None,
    resume: bool = False,
    progress: Callable[[str], None] | None = None,
    arrays: bool | None = None,
    evaluator: Evaluator | None = None,
) -> xarray.Dataset:
    """The scalars of the report at every point, as a labelled dataset.

    Parameters
    ----------
    axes, sample : what `qubudget.study.sweeping.axes.parse_axes` reads, or the points themselves.
    effort, seed, wings : as `qubudget.evaluate`; every point gets the same seed, so that it
        equals ``qubudget run`` of its design, and differences between points are of the design.
    output : the Zarr store to write; without it nothing outlives the call.
    workers : local processes; 0 computes in this one.
    scheduler : address of a running Dask scheduler, in place of local processes.
    resume : go on with an ``output`` that was begun; finished points are not computed again.
    progress : called with what is finished, in words.
    arrays : whether cryostat and coherence are computed as arrays of points, a thousand and more
        times faster than the chain point by point, with the same numbers to 1e-9, but without
        what the attribute ``left_out`` names. By default where no later wing is asked for; True
        leaves later wings out, False computes whole reports.
    evaluator : what computes points, in place of either.

    Returns a dataset over the axes (or ``point`` of a sample): numbers with ``units`` (null is
    NaN, truths are 1 and 0), texts (null is empty), ``error`` (empty where the point has a
    result) and ``key``; version, design, effort, seed and wings as attributes. It does not
    depend on the engine, the number of workers, or interruptions.

    Raises
    ------
    DesignError: bad axes or arguments; an output that belongs to something else.
    StoreError: the disk is full; EngineError: no answer from the scheduler, workers lost.
        Finished points are on the disk in both cases.
    """
    ordered = _checked(design, effort, seed, wings, workers, scheduler, resume, output)
    space = axes if isinstance(axes, Space) else parse_axes(design, axes, sample=sample, seed=seed)
    if evaluator is None and (arrays or (arrays is None and ordered[-1] in ARRAYS)):
        ordered = ordered[: len(ARRAYS)]
        evaluator = ArrayEvaluator(ordered)
    chosen = evaluator or ReportEvaluator(effort, seed, ordered)
    manifest = manifest_of(design, space, effort, seed, ordered, chosen.name)
    if isinstance(chosen, ArrayEvaluator):
        manifest["left_out"] = LEFT_OUT
    with ExitStack() as stack:
        if output is None:
            path = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "sweep.zarr"
        else:
            path = Path(output)
        store = prepared(path, manifest, space, resume=resume)
        with store.writing():
            _run(store, design, chosen, workers, scheduler, progress or (lambda step: None))
            return store.publish()


def _run(
    store: Store,
    design: Design,
    evaluator: Evaluator,
    workers: int,
    scheduler: str | None,
    say: Callable[[str], None],
) -> None:
    space = store.space
    missing = store.missing()
    done, failed = space.size - len(missing), 0
    tell(say, f"{done} of {space.size} points", done, space.size)
    if len(missing) == 0:
        return

    def points(indices: Indices) -> Points:
        return Points(design, indices, space.part(indices))

    runs = engine.runs_of(missing, evaluator.block)
    for blocks in _groups(evaluator, runs, points, workers, scheduler):
        # Tens of thousands of points are a file of their own: joining them would only copy.
        for block in blocks if evaluator.block > 1 else [joined(blocks)]:
            store.add(block)
            done += len(block)
            failed += int((block.texts[ERROR] != "").sum())
        words = f"{done} of {space.size} points" + (f", {failed} failed" if failed else "")
        tell(say, words, done, space.size)


def _groups(
    evaluator: Evaluator,
    runs: Sequence[Indices],
    points: engine.MakePoints,
    workers: int,
    scheduler: str | None,
) -> Iterator[list[Block]]:
    if scheduler is not None:
        with engine.running_cluster(scheduler) as client:
            yield from engine.on_workers(client, evaluator, runs, points)
    elif workers > 0:
        with engine.local_workers(min(workers, len(runs))) as client:
            yield from engine.on_workers(client, evaluator, runs, points)
    else:
        yield from engine.in_this_process(evaluator, runs, points)


def _checked(
    design: Design,
    effort: str,
    seed: int,
    wings: Sequence[str],
    workers: int,
    scheduler: str | None,
    resume: bool,
    output: Any,
) -> tuple[str, ...]:
    """All wings up to the last one asked for; DesignError with every bad argument."""
    problems = []
    if effort not in get_args(Effort):
        problems.append(Problem("effort", repr(effort), "one of " + ", ".join(get_args(Effort))))
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**32:
        problems.append(Problem("seed", repr(seed), "a whole number from 0 to 4294967295"))
    known = [wing for wing in wings if wing in WINGS]
    if not wings or len(known) < len(wings):
        problems.append(Problem("wings", repr(tuple(wings)), "some of " + ", ".join(WINGS)))
    if isinstance(workers, bool) or not isinstance(workers, int) or not 0 <= workers <= 4096:
        problems.append(Problem("--workers", repr(workers), "a whole number from 0 to 4096"))
    elif workers and scheduler is not None:
        problems.append(Problem("--workers", str(workers), "not together with --scheduler"))
    if scheduler is not None and not _ADDRESS.match(scheduler):
        problems.append(Problem("--scheduler", repr(scheduler), "an address: tcp://HOST:PORT"))
    if resume and output is None:
        problems.append(Problem("--resume", "no output", "together with --output"))
    if problems:
        raise DesignError(design.name, problems)
    return WINGS[: max(WINGS.index(wing) for wing in known) + 1]
