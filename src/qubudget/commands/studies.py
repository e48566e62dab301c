"""Many computations of one design."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
from qubudget.commands.completing import complete_design
from qubudget.errors import DesignError


@app.command()
def mitigate(
    design: DesignArgument,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Counter-measures against bursts, one at a time.

    Beside each, what others published on it.
    """
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.study.mitigation.mitigate import mitigate as compare_measures

    with progress(quiet, verbose) as step:
        table = compare_measures(opened, effort=effort.value, seed=seed, progress=step)
    from qubudget.report.study_tables import print_mitigation

    show_result(table.to_dict(), as_json, print_mitigation)


@app.command()
def requirement(
    design: DesignArgument,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """What distance and which bursts the targets ask for."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.study.requirement.requirement import requirement as ask

    with progress(quiet, verbose) as step:
        found = ask(opened, effort=effort.value, seed=seed, progress=step)
    from qubudget.report.study_tables import print_requirement

    show_result(found.to_dict(), as_json, print_requirement)


@app.command()
def calibrate(
    data: Annotated[str, typer.Argument(help="a CSV file or a shipped data set's name")],
    model: Annotated[str, typer.Option(help="physical, published-code or published-table")],
    fit: Annotated[str, typer.Option(help="KEY,KEY: the parameters to fit")],
    design: Annotated[
        str | None,
        typer.Option(
            help="the design whose keys are fitted (physical model)",
            autocompletion=complete_design,
        ),
    ] = None,
    errors_unknown: Annotated[
        bool, typer.Option("--errors-unknown", help="the data state no errors: weigh all alike")
    ] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    changes: SetOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Fit parameters to measured T1 and T2.

    The result says how well the data determine each of them.
    """
    from qubudget.errors import Problem

    if changes and design is None:
        raise DesignError("calibrate", [Problem("--set", changes[0], "only with --design")])
    opened = open_design(design, changes) if design is not None else None
    from qubudget.report.progress import progress
    from qubudget.study.calibration.calibrate import calibrate as fit_to

    keys = [key.strip() for key in fit.split(",")]
    with progress(quiet, verbose) as step:
        step("fitting")
        result = fit_to(data, model=model, fit=keys, design=opened, errors_unknown=errors_unknown)
    document = result.to_dict()
    written: list[Path] = []
    if output is not None:
        from qubudget.report.calibration import write_calibration
        from qubudget.study.calibration.design import calibrated_designs

        designs: dict[str, str] = {}
        if opened is not None:
            designs, notes = calibrated_designs(result, opened)
            document["notices"] += notes
        written = write_calibration(document, designs, output)
    from qubudget.report.calibration import print_calibration

    show_result(document, as_json, print_calibration, *written)
