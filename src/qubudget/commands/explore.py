"""Many designs: sweep, merge, optimize, uncertainty, scale."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qubudget.commands.common import (
    DesignArgument,
    Effort,
    EffortOption,
    JsonOption,
    QuietOption,
    SeedOption,
    SetOption,
    VerboseOption,
    app,
    open_design,
    show_result,
)
from qubudget.commands.completing import complete_setting

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

FIGURES = ("svg", "png", "pdf")

ResultsOption = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="folder for the result as JSON, figures as SVG and PNG"),
]


def write_results(
    command: str, document: Any, figures: Mapping[str, Callable[..., Axes]], folder: Path | None
) -> list[Path]:
    """``<command>.json`` and the figures of it in a folder; nothing without one.

    Raises
    ------
    DesignError: the folder cannot be made or written.
    """
    from qubudget.errors import DesignError, Problem
    from qubudget.report.figure_files import write_figures
    from qubudget.whole import write_whole

    if folder is None:
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=2, allow_nan=False) + "\n"
        written = write_whole(folder / f"{command}.json", text)
        return [written, *write_figures(figures, document, folder)]
    except OSError as error:
        allowed = "a folder that can be written"
        raise DesignError(str(folder), [Problem("--output", str(error), allowed)]) from error


class Wing(StrEnum):
    """The wings in the order of the chain."""

    thermal = "thermal"
    coherence = "coherence"
    impact = "impact"
    qec = "qec"
    verdict = "verdict"


def write_map(found: xarray.Dataset, file: Path) -> list[Path]:
    """The map of a sweep over two axes, in the format that the file's ending names.

    Raises
    ------
    DesignError: the file cannot be written.
    """
    from qubudget.errors import DesignError, Problem
    from qubudget.report.figure_files import write_figures
    from qubudget.report.heatmap_figure import draw_heatmap

    drawn: Any = draw_heatmap  # of a dataset, which has what a result's dictionary has not
    points: Any = found
    try:
        formats = [file.suffix.removeprefix(".")]
        return write_figures({file.stem: drawn}, points, file.parent, formats)
    except OSError as error:
        allowed = "a file that can be written"
        raise DesignError(str(file), [Problem("--figure", str(error), allowed)]) from error


@app.command()
def sweep(
    design: DesignArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="the Zarr store to write")],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help="KEY=START..STOP:N[:log] or KEY=A,B,C; may be repeated",
            autocompletion=complete_setting,
        ),
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
        bool | None,
        typer.Option(
            "--arrays/--no-arrays",
            help="cryostat and coherence as arrays, or whole reports point by point; arrays by "
            "default where no later wing is asked for",
        ),
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(help="a map of what passes and what forbids: FILE.svg, .png or .pdf"),
    ] = None,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Compute a design at many points of its keys.

    The result is a labelled Zarr store.
    """
    opened = open_design(design, changes)
    from qubudget.errors import DesignError, Problem
    from qubudget.report.progress import progress
    from qubudget.report.sweep_tables import print_sweep, sweep_document
    from qubudget.study.sweeping.sweep import sweep as compute

    kind = figure.suffix.removeprefix(".") if figure else "svg"
    if kind not in FIGURES:
        allowed = "a file that ends with " + ", ".join(f".{name}" for name in FIGURES)
        raise DesignError(design, [Problem("--figure", str(figure), allowed)])
    with progress(quiet, verbose) as step:
        found = compute(
            opened, vary or [], sample=sample, effort=effort.value, seed=seed,
            wings=tuple(Wing)[: tuple(Wing).index(wing) + 1], output=output, workers=workers,
            scheduler=scheduler, resume=resume, progress=step, arrays=arrays,
        )  # fmt: skip
    written = [output, *write_map(found, figure)] if figure else [output]
    show_result(sweep_document(found, output), as_json, print_sweep, *written)


@app.command()
def merge(
    first: Annotated[Path, typer.Argument(help="the output of a sweep")],
    second: Annotated[Path, typer.Argument(help="that of another with the same design and keys")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the Zarr store to write")],
    as_json: JsonOption = False,
) -> None:
    """Unite two sweeps that differ in their points alone."""
    from qubudget.report.sweep_tables import print_sweep, sweep_document
    from qubudget.study.sweeping.merging import merge as unite

    found = unite(first, second, output)
    show_result(sweep_document(found, output), as_json, print_sweep, output)


@app.command()
def optimize(
    design: DesignArgument,
    change: Annotated[
        list[str],
        typer.Option(
            "--change",
            help="KEY=LOW..HIGH[:COST] or KEY=A,B,C; may be repeated",
            autocompletion=complete_setting,
        ),
    ],
    require: Annotated[
        list[str] | None,
        typer.Option("--require", help="verdict.feasible, or a number of the report and a limit"),
    ] = None,
    minimize: Annotated[
        list[str] | None,
        typer.Option("--minimize", help="cost, wall_power, qubits_per_fridge or a number"),
    ] = None,
    qubits: Annotated[
        int | None,
        typer.Option(min=1, help="qubits in the fridge; lines and electronics grow with them"),
    ] = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="points of the search; by the effort without")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, help="local processes; 0: this one")] = 0,
    output: ResultsOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="go on with a folder begun")] = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """The cheapest changes with which a design passes.

    Where none do, what forbids it.
    """
    opened = open_design(design, changes)
    from qubudget.report.optimize_tables import print_optimize
    from qubudget.report.pareto_figure import draw_pareto
    from qubudget.report.progress import progress
    from qubudget.report.waterfall_figure import draw_waterfall
    from qubudget.study.optimization.optimize import grown
    from qubudget.study.optimization.optimize import optimize as search

    with progress(quiet, verbose) as step:
        document = search(
            opened if qubits is None else grown(opened, qubits),
            change, require or ("verdict.feasible",), minimize or ("cost",),
            effort=effort.value, seed=seed, trials=trials, progress=step,
            workers=workers, output=output, resume=resume,
        ).to_dict()  # fmt: skip
    figures = {"pareto": draw_pareto, "waterfall": draw_waterfall}
    written = write_results("optimize", document, figures, output)
    show_result(document, as_json, print_optimize, *written)


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
    output: ResultsOption = None,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Intervals of results, and what to measure next."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.report.spread_tables import print_uncertainty
    from qubudget.report.tornado_figure import LOGICAL, draw_tornado
    from qubudget.study.spreads.inputs import parse_spreads
    from qubudget.study.spreads.uncertainty import uncertainty as spread_through

    with progress(quiet, verbose) as step:
        document = spread_through(
            opened, spreads=parse_spreads(spread or []), samples=samples,
            trajectories=trajectories, logical=logical, effort=effort.value, seed=seed,
            progress=step,
        ).to_dict()  # fmt: skip
    known = {row["output"] for row in document["sensitivity"]["indices"]} | {LOGICAL}
    figures = {f"tornado-{name}": partial(draw_tornado, output=name) for name in sorted(known)}
    written = write_results("uncertainty", document, figures, output)
    show_result(document, as_json, print_uncertainty, *written)


@app.command()
def scale(
    design: DesignArgument,
    sizes: Annotated[str, typer.Option(help="1e2..1e8:19 or 100,1e6: physical qubits")] = (
        "1e2..1e8:7"
    ),
    chip: Annotated[
        list[str] | None,
        typer.Option(help="a design whose chip takes the place of this one's; repeat to compare"),
    ] = None,
    output: ResultsOption = None,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Modular machines of any size.

    Their fridges, chips, lines, watts and logical errors.
    """
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.report.scale_figure import draw_scale
    from qubudget.report.spread_tables import print_scale
    from qubudget.study.sizes.chips import with_chip
    from qubudget.study.sizes.result import figure_data
    from qubudget.study.sizes.scale import parse_sizes
    from qubudget.study.sizes.scale import scale as compose

    machines = [with_chip(opened, open_design(name, None)) for name in chip or ()] or [opened]
    with progress(quiet, verbose) as step:
        found = [
            compose(machine, parse_sizes(sizes), effort=effort.value, seed=seed, progress=step)
            for machine in machines
        ]
    document = found[0].to_dict() if len(found) == 1 else figure_data(found)
    written = write_results("scale", document, {"scale": draw_scale}, output)
    show_result(document, as_json, print_scale, *written)
