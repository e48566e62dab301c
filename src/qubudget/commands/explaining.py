"""What a key, a constraint or a word is."""

from __future__ import annotations

from typing import Annotated

import typer

from qubudget.commands.common import (
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
from qubudget.commands.completing import complete_design, complete_name
from qubudget.errors import DesignError


@app.command()
def explain(
    key: Annotated[
        str | None,
        typer.Argument(
            help="a key of the design or of a report, a constraint's name, or a word; "
            "without it, a list of them",
            autocompletion=complete_name,
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(
            help="the design in which it is looked at; without, a preset that has the key",
            autocompletion=complete_design,
        ),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="the whole chain too: impacts, logical errors")
    ] = False,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """What a name means, its unit, and what it moves.

    A key of the design or of a report: where it comes from, which constraints it moves.
    Without --whole only what needs no sampling is computed: cryostat, qubit, event rates.
    Without KEY: the words, constraints, sections and parts there are.
    """
    from qubudget.errors import Problem

    if changes and design is None:
        raise DesignError("explain", [Problem("--set", changes[0], "only with --design")])
    if key is None:
        from qubudget.report.explain_tables import print_explanation
        from qubudget.study.explain.listing import listing

        show_result(listing(), as_json, print_explanation)
        return
    opened = open_design(design, changes) if design is not None else None
    from qubudget.report.explain_tables import print_explanation
    from qubudget.report.progress import progress
    from qubudget.study.explain.explain import explain as look_up

    with progress(quiet, verbose) as step:
        found = look_up(
            key, opened, whole=whole, effort=effort.value, seed=seed, progress=step
        )  # fmt: skip
    show_result(found, as_json, print_explanation)
