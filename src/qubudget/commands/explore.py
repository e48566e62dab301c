"""Many designs: sweep, optimize."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from qubudget.commands.common import (
    DesignArgument,
    Effort,
    EffortOption,
    JsonOption,
    QuietOption,
    SeedOption,
    SetOption,
    app,
    open_design,
    show_result,
)


class Wing(StrEnum):
    """The wings in the order of the chain."""

    thermal = "thermal"
    coherence = "coherence"
    impact = "impact"
    qec = "qec"
    verdict = "verdict"


@app.command()
def sweep(
    design: DesignArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="the Zarr store to write")],
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", help="KEY=START..STOP:N[:log] or KEY=A,B,C; may be repeated"),
    ] = None,
    sample: Annotated[
        str | None, typer.Option(help="lhs:N draws a Latin hypercube of N points")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="local processes; 0: this one")] = 0,
    scheduler: Annotated[
        str | None, typer.Option(help="address of a running Dask scheduler, tcp://HOST:PORT")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on with an output begun")] = False,
    wing: Annotated[Wing, typer.Option(help="the last wing that is computed")] = Wing.verdict,
    arrays: Annotated[
        bool,
        typer.Option("--arrays", help="cryostat, coherence and event rates only, as arrays"),
    ] = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """Compute a design at many points of its keys, into a labelled Zarr store."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.report.sweep_tables import print_sweep, sweep_document
    from qubudget.study.sweeping.sweep import sweep as compute

    evaluator = None
    if arrays:
        from qubudget.study.arrays.evaluator import ArrayEvaluator

        evaluator = ArrayEvaluator()
    with progress(quiet) as step:
        found = compute(
            opened, vary or [], sample=sample, effort=effort.value, seed=seed,
            wings=tuple(Wing)[: tuple(Wing).index(wing) + 1], output=output, workers=workers,
            scheduler=scheduler, resume=resume, progress=step, evaluator=evaluator,
        )  # fmt: skip
    show_result(sweep_document(found, output), as_json, print_sweep, output)


@app.command()
def optimize(
    design: DesignArgument,
    change: Annotated[
        list[str],
        typer.Option("--change", help="KEY=LOW..HIGH[:COST] or KEY=A,B,C; may be repeated"),
    ],
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="verdict.feasible, or a number of the report and a limit"),
    ] = None,
    minimize: Annotated[
        list[str] | None,
        typer.Option("--minimize", help="cost, wall_power, qubits_per_fridge or a number"),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="points of the search; by the effort without")
    ] = None,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """The cheapest changes with which a design passes, or what forbids it."""
    opened = open_design(design, changes)
    from qubudget.report.optimize_tables import print_optimize
    from qubudget.report.progress import progress
    from qubudget.study.optimization.optimize import optimize as search

    with progress(quiet) as step:
        found = search(
            opened, change, require or ("verdict.feasible",), minimize or ("cost",),
            effort=effort.value, seed=seed, trials=trials, progress=step,
        )  # fmt: skip
    show_result(found.to_dict(), as_json, print_optimize)


@app.command()
def uncertainty(
    design: DesignArgument,
    spread: Annotated[
        list[str] | None,
        typer.Option("--spread", help="KEY=FACTOR, KEY=normal:SHARE or KEY=uniform:SHARE"),
    ] = None,
    samples: Annotated[int, typer.Option(min=8, help="machines drawn, a power of two")] = 1024,
    trajectories: Annotated[int, typer.Option(min=2, help="Morris paths")] = 4,
    logical: Annotated[
        bool, typer.Option("--logical/--no-logical", help="whether logical errors are simulated")
    ] = True,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """Intervals of the headline numbers, and which input to measure next."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.report.spread_tables import print_uncertainty
    from qubudget.study.spreads.inputs import parse_spreads
    from qubudget.study.spreads.uncertainty import uncertainty as spread_through

    with progress(quiet) as step:
        found = spread_through(
            opened, spreads=parse_spreads(spread or []), samples=samples,
            trajectories=trajectories, logical=logical, effort=effort.value, seed=seed,
            progress=step,
        )  # fmt: skip
    show_result(found.to_dict(), as_json, print_uncertainty)


@app.command()
def scale(
    design: DesignArgument,
    sizes: Annotated[str, typer.Option(help="1e2..1e8:19 or 100,1e6: physical qubits")] = (
        "1e2..1e8:7"
    ),
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """Fridges, chips, lines, watts and logical errors of modular machines of any size."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.report.spread_tables import print_scale
    from qubudget.study.sizes.scale import parse_sizes
    from qubudget.study.sizes.scale import scale as compose

    with progress(quiet) as step:
        found = compose(opened, parse_sizes(sizes), effort=effort.value, seed=seed, progress=step)
    show_result(found.to_dict(), as_json, print_scale)
