"""The chain and its wings: run, thermal, coherence, impact, qec; compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from qubudget.commands.common import (
    DesignArgument,
    Effort,
    EffortOption,
    JsonOption,
    OutputOption,
    QuietOption,
    SeedOption,
    SetOption,
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
    title: str,
) -> None:
    opened = open_design(design, changes)
    from qubudget.pipeline import evaluate
    from qubudget.report.progress import progress

    with progress(quiet) as step:
        report = evaluate(opened, effort=effort.value, seed=seed, wings=wings, progress=step)
    document = report.to_dict()
    written: list[Path] = []
    if output is not None:
        from qubudget.report.folder import write_folder

        written = write_folder(report, document, output)
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
    ) -> None:
        _evaluated(design, wings, output, as_json, changes, effort, seed, quiet, name)

    app.command(name, help=text)(command)


CHAIN = ("thermal", "coherence", "impact", "qec", "verdict")
for _count, _name, _text in (
    (5, "run", "The whole chain: cryostat, qubit, impact, error correction, verdict."),
    (1, "thermal", "The cryostat alone: loads, temperatures, margins, qubits it can hold."),
    (2, "coherence", "The qubit at the solved temperatures: T1, T2, channels, gate errors."),
    (3, "impact", "Radiation: event rates, T1 over the chip and in time after an event."),
    (4, "qec", "Error correction: logical errors per cycle and day, bursts included."),
):
    _add_wing_command(_name, CHAIN[:_count], _text)


@app.command()
def compare(
    first: DesignArgument,
    second: DesignArgument,
    as_json: JsonOption = False,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """What differs between two designs: inputs, results with ratios, verdicts."""
    designs = [open_design(first, None), open_design(second, None)]
    from qubudget.pipeline import evaluate
    from qubudget.report.comparison import compare as compare_reports
    from qubudget.report.progress import progress

    with progress(quiet) as step:
        reports = [evaluate(d, effort=effort.value, seed=seed, progress=step) for d in designs]
    document = compare_reports(*reports)
    from qubudget.report.terminal import print_comparison

    show_result(document, as_json, print_comparison)
