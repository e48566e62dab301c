"""The two papers, recomputed."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from qubudget.commands.common import (
    JsonOption,
    OutputOption,
    QuietOption,
    SeedOption,
    VerboseOption,
    app,
    print_json,
)


class Paper(StrEnum):
    """The two papers that qubudget recomputes."""

    thermal = "thermal-constraints"
    radiation = "radiation-impacts"


@app.command()
def reproduce(
    paper: Annotated[Paper | None, typer.Argument(help="one paper; both without it")] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Recompute the two papers' tables and claims.

    Every number is judged, figures are drawn with -o.
    """
    from qubudget.papers import reproduce as recompute
    from qubudget.progress import tell
    from qubudget.report.progress import progress

    wanted, documents = [paper] if paper else list(Paper), []
    with progress(quiet, verbose) as step:
        for index, name in enumerate(wanted):
            tell(step, name.value, index, len(wanted))
            documents.append(recompute(name.value, seed=seed).to_dict())
    if output is not None:
        from qubudget.report.figure_files import write_figures
        from qubudget.report.paper_figures import paper_figures
        from qubudget.whole import write_whole

        output.mkdir(parents=True, exist_ok=True)
        for document in documents:
            stem = str(document["paper"])
            write_whole(output / f"{stem}.json", json.dumps(document, indent=2, allow_nan=False))
            write_figures(paper_figures(document), document, output / stem)
    if as_json:
        print_json(documents[0] if paper else documents)
        return
    from rich.console import Console

    from qubudget.report.terminal import print_reproduction

    for document in documents:
        print_reproduction(document, Console())
