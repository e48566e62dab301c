"""To and from other programs: export, adopt."""

from __future__ import annotations

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
    print_json,
    show_result,
)

if TYPE_CHECKING:
    from rich.console import Console

FEW = 8
"""Files of one format that are listed one by one."""


@app.command()
def export(
    design: DesignArgument,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="the folder to write; without, NAME-export"),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="stim, scqubits, touchstone, loads, gds; may be repeated"),
    ] = None,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Write files for Stim, scqubits, Touchstone, CSV, GDS."""
    opened = open_design(design, changes)
    from qubudget.interchange.everything import export as write
    from qubudget.interchange.everything import require_formats, wings_for
    from qubudget.pipeline import evaluate
    from qubudget.report.progress import Chain, progress

    wanted = require_formats(only or ())
    wings = wings_for(wanted)
    with progress(quiet, verbose) as steps:
        report = evaluate(
            opened, effort=effort.value, seed=seed, wings=wings, progress=Chain(steps, wings[-1])
        )
    found = write(report, output or Path(f"{opened.name}-export"), wanted)
    document = {"design": opened.name, "exports": [each.to_dict() for each in found]}

    def draw(shown: Any, console: Console) -> None:
        for each in shown["exports"]:
            if each["reason"] is not None:
                typer.echo(f"not written: {each['format']} ({each['reason']})")
            elif len(each["files"]) > FEW:
                folder = Path(each["files"][0]).parent
                typer.echo(f"written: {folder} ({len(each['files'])} files)")
            else:
                typer.echo("\n".join(f"written: {name}" for name in each["files"]))

    show_result(document, as_json, draw)


@app.command()
def adopt(
    file: Annotated[Path, typer.Argument(help="a .s2p, a .csv of loads, a .json for scqubits")],
    design: Annotated[str, typer.Option(help="the design that takes the values")],
    key: Annotated[
        str | None,
        typer.Option(help="what a .s2p measures, such as lines.drive.cable_loss.mxc"),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Another program's file, as lines of a design file."""
    opened = open_design(design, None)
    from qubudget.interchange.adoption import changes_from, toml_of

    found = changes_from(file, opened, key)
    if as_json:
        print_json(found)
    else:
        typer.echo(toml_of(found))
