"""Design files: presets, show, validate, schema, init."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from qubudget.commands.common import (
    DesignArgument,
    JsonOption,
    SetOption,
    app,
    open_design,
    print_json,
    show_result,
)
from qubudget.commands.completing import complete_design, complete_preset
from qubudget.errors import DesignError


@app.command()
def presets(as_json: JsonOption = False) -> None:
    """The designs that ship with qubudget."""
    import tomllib

    from qubudget.design import preset_names, preset_text

    rows = [
        {"name": name, "title": tomllib.loads(preset_text(name)).get("title", "")}
        for name in preset_names()
    ]
    from qubudget.report.design_tables import print_presets

    show_result(rows, as_json, print_presets)


@app.command()
def show(
    design: DesignArgument,
    changed: Annotated[
        bool, typer.Option("--changed", help="only what the file itself or --set states")
    ] = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
) -> None:
    """Every value of a design, and where it came from.

    Into a pipe: key, value, value in SI and origin, with tabs between them.
    """
    opened = open_design(design, changes)
    from qubudget.report.design_tables import print_values

    own = ("set", Path(design).name, f"preset {design}")
    values = [vars(value) for value in opened.effective() if not changed or value.origin in own]
    show_result(values, as_json, print_values)


@app.command()
def validate(design: DesignArgument, changes: SetOption = None) -> None:
    """Check a design file, all its problems at once."""
    opened = open_design(design, changes)
    typer.echo(f"{opened.name}: valid")


@app.command()
def schema() -> None:
    """The JSON schema of a design file."""
    from qubudget.design.schema import DesignModel

    document = DesignModel.model_json_schema()
    document["properties"] |= {
        "base": {"type": "string", "description": "a preset that this file is laid on"},
        "remove": {
            "type": "array",
            "items": {"type": "string"},
            "description": "keys of the base to leave out",
        },
    }
    print_json(document)


@app.command()
def init(
    preset: Annotated[
        str, typer.Argument(help="the preset to start from", autocompletion=complete_preset)
    ] = "willow-like",
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")] = Path(
        "design.toml"
    ),
) -> None:
    """Write a design file of your own, laid on a preset."""
    from qubudget.design import load
    from qubudget.errors import Problem

    base = load(preset)
    if output.exists():
        words = f"{output} exists already; -o names another file"
        problem = Problem("--output", str(output), "a file that does not exist", words=words)
        raise DesignError("init", [problem])
    text = (
        f"# Every key that is not set here comes from the preset {base.name!r};\n"
        f"# 'qubudget show {output}' lists all of them, 'qubudget schema' what they mean.\n"
        f'base = "{base.name}"\nname = "my-{base.name}"\n\n'
        f"[targets]\nlogical_errors_per_day = {base.targets.logical_errors_per_day:g}\n"
    )
    output.write_text(text, "utf-8")
    typer.echo(f"written: {output}")


@app.command()
def films(
    layout: Annotated[Path, typer.Argument(help="a GDS file")],
    layer: Annotated[
        list[str],
        typer.Option("--layer", help="LAYER/DATATYPE=NAME:FACE:METAL:THICKNESS; may be repeated"),
    ],
    design: Annotated[
        str,
        typer.Option(help="the design whose chip it is", autocompletion=complete_design),
    ],
    cell: Annotated[str | None, typer.Option(help="the cell to be read; the top one")] = None,
) -> None:
    """Films of a GDS file, as lines of a design file."""
    chip = open_design(design, None).chip
    from qubudget.study.gds_films import films_text

    typer.echo(films_text(layout, chip.length, chip.width, layer, cell), nl=False)
