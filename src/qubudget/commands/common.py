"""What commands share: the application, options, opening a design, printing a result."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from qubudget.commands.completing import complete_design, complete_setting
from qubudget.errors import DesignError

if TYPE_CHECKING:
    from rich.console import Console

    from qubudget.design import Design


class PlainGroup(TyperGroup):
    """Commands whose refusals are in plain words, without those of the validator."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            said = error.message.removeprefix("Value error, ")
            error.message = said.replace("Input should be", "it should be")
            raise


app = typer.Typer(
    name="qubudget",
    cls=PlainGroup,
    help="Will this superconducting quantum computer work, and if not, what has to change?",
    epilog="The Tab key completes designs and keys after 'qubudget --install-completion'. "
    "'qubudget explain NAME' says what any key, constraint or word means.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Effort(StrEnum):
    """How much sampling: seconds, about a minute, or until intervals are under 10 %."""

    quick = "quick"
    standard = "standard"
    full = "full"


DesignArgument = Annotated[
    str,
    typer.Argument(help="a TOML file or a preset's name", autocompletion=complete_design),
]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", help="folder for report.json, report.html, arrays")
]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", help="KEY=VALUE, as in the file; may be repeated", autocompletion=complete_setting
    ),
]
EffortOption = Annotated[Effort, typer.Option(help="amount of sampling")]
SeedOption = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="seed of all sampling")]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="no progress on standard error, whatever else")
]
VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help="every step with its time on standard error")
]


def read_value(text: str) -> Any:
    """The value of ``--set KEY=VALUE`` as TOML would read it; else the bare text."""
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def open_design(name: str, changes: list[str] | None) -> Design:
    """Load a design and apply ``--set`` options."""
    from qubudget.design import load
    from qubudget.errors import Problem

    design = load(name)
    pairs = [change.partition("=") for change in changes or []]
    wrong = [Problem("--set", key, "KEY=VALUE") for key, equals, _ in pairs if not equals]
    if wrong:
        raise DesignError(name, wrong)
    return design.replace({k: read_value(v) for k, _, v in pairs}) if pairs else design


def print_json(document: Any) -> None:
    """One JSON document on standard output; no NaN or infinity can be in it."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")


def show_result(
    document: Any, as_json: bool, draw: Callable[[Any, Console], None], *written: Path
) -> None:
    """A result as JSON, or as ``draw`` puts it on the terminal with the files written."""
    if as_json:
        print_json(document)
        return
    from rich.console import Console

    draw(document, Console())
    for path in written:
        typer.echo(f"written: {path}")
