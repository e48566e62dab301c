"""The dashboard: serve."""

from __future__ import annotations

from typing import Annotated

import typer

from qubudget.commands.common import Effort, EffortOption, SetOption, app, open_design
from qubudget.commands.completing import complete_design


@app.command()
def serve(
    design: Annotated[
        str, typer.Argument(help="a TOML file or a preset's name", autocompletion=complete_design)
    ] = "willow-like",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free")] = 5006,
    address: Annotated[
        str, typer.Option(help="where to listen; others than 127.0.0.1 can be reached from outside")
    ] = "127.0.0.1",
    show: Annotated[bool, typer.Option(help="open a browser")] = True,
    effort: EffortOption = Effort.quick,
    changes: SetOption = None,
) -> None:
    """A dashboard in the browser.

    Move a value, and see what it does to the machine.
    """
    opened = open_design(design, changes)
    from qubudget.app.server import serve as serve_page

    serve_page(opened, address, port, show, effort.value)
