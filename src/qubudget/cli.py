"""The command line: a thin face. Nothing heavy is imported until a command needs it."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qubudget.errors import ConvergenceError, DesignError, OutOfRangeError

if TYPE_CHECKING:
    from qubudget.design import Design

app = typer.Typer(
    name="qubudget",
    help="Will this superconducting quantum computer work, and if not, what has to change?",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class Effort(StrEnum):
    """How much sampling: seconds, about a minute, or until intervals are under 10 %."""

    quick = "quick"
    standard = "standard"
    full = "full"


class Paper(StrEnum):
    """The two papers that qubudget recomputes."""

    thermal = "thermal-constraints"
    radiation = "radiation-impacts"


DesignArgument = Annotated[str, typer.Argument(help="a TOML file or a preset's name")]
OutputOption = Annotated[
    Path | None, typer.Option("-o", "--output", help="folder for report.json, report.html, arrays")
]
JsonOption = Annotated[bool, typer.Option("--json", help="one JSON document on standard output")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="KEY=VALUE, as in the file; may be repeated")
]
EffortOption = Annotated[Effort, typer.Option(help="amount of sampling")]
SeedOption = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="seed of all sampling")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="no progress on standard error")]


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
    if as_json:
        print_json(document)
        return
    from rich.console import Console

    from qubudget.report.terminal import print_report, print_wing

    console = Console()
    if title == "run":
        print_report(document, console)
    else:
        print_wing(document, title, console)
    for path in written:
        typer.echo(f"written: {path}")


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
def reproduce(
    paper: Annotated[Paper | None, typer.Argument(help="one paper; both without it")] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    seed: SeedOption = 1,
) -> None:
    """Recompute every table, figure and claim of the two papers, and judge each."""
    from qubudget.papers import reproduce as recompute

    documents = [
        recompute(name.value, seed=seed).to_dict() for name in ([paper] if paper else list(Paper))
    ]
    if output is not None:
        output.mkdir(parents=True, exist_ok=True)
        for document in documents:
            path = output / f"{document['paper']}.json"
            path.write_text(json.dumps(document, indent=2, allow_nan=False) + "\n", "utf-8")
    if as_json:
        print_json(documents[0] if paper else documents)
        return
    from rich.console import Console

    from qubudget.report.terminal import print_reproduction

    for document in documents:
        print_reproduction(document, Console())


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
    if as_json:
        print_json(document)
        return
    from rich.console import Console

    from qubudget.report.terminal import print_comparison

    print_comparison(document, Console())


@app.command()
def presets(as_json: JsonOption = False) -> None:
    """The designs that ship with qubudget."""
    import tomllib

    from qubudget.design import preset_names, preset_text

    rows = [
        {"name": name, "title": tomllib.loads(preset_text(name)).get("title", "")}
        for name in preset_names()
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(f"{row['name']:<26}{row['title']}")


@app.command()
def show(design: DesignArgument, as_json: JsonOption = False, changes: SetOption = None) -> None:
    """Every effective value of a design, and where it came from."""
    values = list(open_design(design, changes).effective())
    if as_json:
        print_json([vars(value) for value in values])
        return
    width = max(len(value.key) for value in values)
    for value in values:
        si = "" if value.unit in (None, "1") else _si(value.value, value.unit)
        typer.echo(f"{value.key:<{width}}  {value.text:<22}{si:<24}{value.origin}")


def _si(value: Any, unit: str) -> str:
    if not isinstance(value, int | float):
        return ""
    return f"{value:.6g} x" if unit == "dB" else f"{value:.6g} {unit}"


@app.command()
def validate(design: DesignArgument, changes: SetOption = None) -> None:
    """Check a design file; all its problems are reported at once."""
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
    preset: Annotated[str, typer.Argument(help="the preset to start from")] = "willow-like",
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")] = Path(
        "design.toml"
    ),
) -> None:
    """Write a design file of your own, laid on a preset, to change at will."""
    from qubudget.design import load
    from qubudget.errors import Problem

    base = load(preset)
    if output.exists():
        raise DesignError(
            str(output), [Problem("--output", str(output), "a file that does not exist")]
        )
    text = (
        f"# Every key that is not set here comes from the preset {base.name!r};\n"
        f"# 'qubudget show {output}' lists all of them, 'qubudget schema' what they mean.\n"
        f'base = "{base.name}"\nname = "my-{base.name}"\n\n'
        f"[targets]\nlogical_errors_per_day = {base.targets.logical_errors_per_day:g}\n"
    )
    output.write_text(text, "utf-8")
    typer.echo(f"written: {output}")


@app.command()
def mitigate(
    design: DesignArgument,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """Counter-measures against bursts, one at a time, beside what others published on them."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.study.mitigate import mitigate as compare_measures

    with progress(quiet) as step:
        table = compare_measures(opened, effort=effort.value, seed=seed, progress=step)
    if as_json:
        print_json(table.to_dict())
        return
    from rich.console import Console

    from qubudget.report.study_tables import print_mitigation

    print_mitigation(table.to_dict(), Console())


@app.command()
def requirement(
    design: DesignArgument,
    as_json: JsonOption = False,
    changes: SetOption = None,
    effort: EffortOption = Effort.quick,
    seed: SeedOption = 1,
    quiet: QuietOption = False,
) -> None:
    """What code distance and what bursts the design's targets of logical errors ask for."""
    opened = open_design(design, changes)
    from qubudget.report.progress import progress
    from qubudget.study.requirement import requirement as ask

    with progress(quiet) as step:
        found = ask(opened, effort=effort.value, seed=seed, progress=step)
    if as_json:
        print_json(found.to_dict())
        return
    from rich.console import Console

    from qubudget.report.study_tables import print_requirement

    print_requirement(found.to_dict(), Console())


@app.command()
def calibrate(
    data: Annotated[str, typer.Argument(help="a CSV file or a shipped data set's name")],
    model: Annotated[str, typer.Option(help="physical, published-code or published-table")],
    fit: Annotated[str, typer.Option(help="KEY,KEY: the parameters to fit")],
    design: Annotated[
        str | None, typer.Option(help="the design whose keys are fitted (physical model)")
    ] = None,
    errors_unknown: Annotated[
        bool, typer.Option("--errors-unknown", help="the data state no errors: weigh all alike")
    ] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    changes: SetOption = None,
) -> None:
    """Fit parameters to measured T1 and T2, and say how well the data determine them."""
    from qubudget.errors import Problem

    if changes and design is None:
        raise DesignError("calibrate", [Problem("--set", changes[0], "only with --design")])
    opened = open_design(design, changes) if design is not None else None
    from qubudget.study.calibrate import calibrate as fit_to

    keys = [key.strip() for key in fit.split(",")]
    result = fit_to(data, model=model, fit=keys, design=opened, errors_unknown=errors_unknown)
    document = result.to_dict()
    written: list[Path] = []
    if output is not None:
        from qubudget.report.calibration import write_calibration
        from qubudget.study.calibrated_design import calibrated_designs

        designs: dict[str, str] = {}
        if opened is not None:
            designs, notes = calibrated_designs(result, opened)
            document["notices"] += notes
        written = write_calibration(document, designs, output)
    if as_json:
        print_json(document)
        return
    from rich.console import Console

    from qubudget.report.calibration import print_calibration

    print_calibration(document, Console())
    for path in written:
        typer.echo(f"written: {path}")


def main() -> None:
    """Entry point: bad input ends with status 2, a failed computation with 1, no traceback."""
    try:
        app()
    except (DesignError, OutOfRangeError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    except ConvergenceError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
