"""The chain and its wings: run, thermal, coherence, impact, qec; compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qubudget.commands.common import (
    DesignArgument,
    Effort,
    EffortOption,
    JsonOption,
    OutputOption,
    QuietOption,
    SeedOption,
    SetOption,
    VerboseOption,
    app,
    open_design,
    show_result,
)

if TYPE_CHECKING:
    from rich.console import Console


def _evaluated(
    design: str,
    wings: tuple[str, ...],
    output: Path | None,
    as_json: bool,
    changes: list[str] | None,
    effort: Effort,
    seed: int,
    quiet: bool,
    verbose: bool,
    title: str,
    export: Path | None = None,
) -> None:
    opened = open_design(design, changes)
    from qubudget.pipeline import evaluate
    from qubudget.report.progress import Chain, progress

    with progress(quiet, verbose) as steps:
        report = evaluate(
            opened, effort=effort.value, seed=seed, wings=wings, progress=Chain(steps, wings[-1])
        )
    document = report.to_dict()
    written: list[Path] = []
    if output is not None:
        from qubudget.report.folder import write_folder

        written = write_folder(report, document, output)
    if export is not None:
        from qubudget.interchange.stim_files import export_qec

        written += export_qec(report, export)
    from qubudget.report.terminal import print_report, print_wing

    def draw(report: Any, console: Console) -> None:
        if title == "run":
            print_report(report, console)
        else:
            print_wing(report, title, console)

    show_result(document, as_json, draw, *written)


def _add_wing_command(name: str, wings: tuple[str, ...], text: str) -> None:
    def command(
        design: DesignArgument,
        output: OutputOption = None,
        as_json: JsonOption = False,
        changes: SetOption = None,
        effort: EffortOption = Effort.quick,
        seed: SeedOption = 1,
        quiet: QuietOption = False,
        verbose: VerboseOption = False,
    ) -> None:
        _evaluated(design, wings, output, as_json, changes, effort, seed, quiet, verbose, name)

    app.command(name, help=text)(command)


CHAIN = ("thermal", "coherence", "impact", "qec", "verdict")
for _count, _name, _text in (
    (5, "run", "The whole chain: will this machine work?\n\n"
     "Cryostat, qubit, impact, error correction, and a verdict on them."),
    (1, "thermal", "The cryostat: loads, temperatures, room for qubits."),
    (2, "coherence", "The qubit: T1, T2, channels, gate errors.\n\n"
     "At the temperatures at which the cryostat settles."),
    (3, "impact", "Radiation: event rates, T1 after an event.\n\n"
     "T1 over the chip and in time, for the design's reference event."),
):  # fmt: skip
    _add_wing_command(_name, CHAIN[:_count], _text)


@app.command()
def qec(
    design: DesignArgument,
    output: OutputOption = None,
    export: Annotated[
        Path | None,
        typer.Option(help="folder for Stim circuits, detector error models, sinter's counts"),
    ] = None,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Logical errors per cycle and day, bursts included."""
    _evaluated(
        design, CHAIN[:4], output, as_json, changes, effort, seed, quiet, verbose, "qec", export
    )


@app.command()
def compare(
    first: DesignArgument,
    second: DesignArgument,
    everything: Annotated[
        bool, typer.Option("--all", help="every number that differs, not the largest changes")
    ] = False,
    as_json: JsonOption = False,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """What differs between two designs.

    Inputs, results with their ratios, verdicts.
    """
    designs = [open_design(first, None), open_design(second, None)]
    from qubudget.pipeline import evaluate
    from qubudget.report.comparison import compare as compare_reports
    from qubudget.report.progress import Chain, progress

    with progress(quiet, verbose) as steps:
        say = Chain(steps, runs=2)
        reports = [evaluate(d, effort=effort.value, seed=seed, progress=say) for d in designs]
    document = compare_reports(*reports)
    from qubudget.report.comparison_tables import print_comparison

    def draw(document: Any, console: Console) -> None:
        print_comparison(document, console, everything=everything)

    show_result(document, as_json, draw)
