"""Pages of the reference that come from the package: both ledgers, keys of the file, commands."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

WORDS = {
    "follows": "follows",
    "follows-with-inputs": "follows with inputs",
    "does-not-follow": "does not follow",
    "unit-error": "unit error",
    "not-computable": "not computable",
}


def make(folder: Path) -> None:
    """Write every page into ``folder``."""
    from qubudget.papers import PAPERS, reproduce

    for paper in PAPERS:
        _write(folder / f"ledger-{paper}.md", ledger(reproduce(paper).to_dict()))
    _write(folder / "keys.md", keys())
    _write(folder / "report.md", report())
    _write(folder / "constraints.md", constraints())
    _write(folder / "words.md", words())
    _write(folder / "commands.md", commands())


def _write(path: Path, lines: Iterable[str]) -> None:
    text = "\n".join(lines) + "\n"
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def cell(value: Any) -> str:
    """A value as a cell of a Markdown table; marks of Markdown mean nothing in it."""
    if value is None:
        return ""
    text = f"{value:.4g}" if isinstance(value, float) else str(value)
    for mark in "\\|*_`<>[]$#~":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", " ")


def row(*values: Any) -> str:
    """One row of a Markdown table."""
    return "| " + " | ".join(cell(value) for value in values) + " |"


def ledger(document: dict[str, Any]) -> Iterator[str]:
    """Every claim and table of a paper: verdict, printed, computed, and the reason below."""
    yield "---"
    yield "html_theme.sidebar_secondary.remove: true"
    yield "---"
    yield ""
    yield f"# Ledger: {document['paper']}"
    yield ""
    yield "Made by `qubudget reproduce` when these pages were built."
    yield ""
    counts = dict.fromkeys(WORDS, 0)
    for claim in document["claims"]:
        counts[claim["verdict"]] += 1
    yield ", ".join(f"{WORDS[verdict]}: {n}" for verdict, n in counts.items()) + "."
    yield ""
    yield "## Claims"
    yield ""
    claims = document["claims"]
    yield from _judged("claim", (c | {"name": f"{c['id']}: {c['statement']}"} for c in claims))
    for table in document["tables"]:
        yield ""
        yield f"## {cell(table['name'])}"
        yield ""
        yield from _judged("row", table["rows"])


def _judged(what: str, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """A table of judged rows; the reason stands below what it is about."""
    yield "```{table}"
    yield ":class: ledger"
    yield ""
    yield f"| {what} | verdict | printed | computed |"
    yield "|---|---|---|---|"
    for entry in rows:
        about = cell(entry["name"])
        if entry.get("reason"):
            about += f'<br><span class="why">{cell(entry["reason"])}</span>'
        printed, computed = (_measured(entry[k], entry["unit"]) for k in ("printed", "computed"))
        yield f"| {about} | {cell(WORDS[entry['verdict']])} | {printed} | {computed} |"
    yield "```"


def _measured(value: Any, unit: str) -> str:
    """A value with its unit as a cell; a dash where there is none."""
    if value is None:
        return "–"
    shown = " to ".join(map(_number, value)) if isinstance(value, list | tuple) else _number(value)
    return f"{shown} {cell('' if unit == '1' else unit)}".rstrip()


def _number(value: Any) -> str:
    """Four digits; thousands with commas instead of powers of ten."""
    if isinstance(value, float) and 1e4 <= abs(value) < 1e7:
        return f"{float(f'{value:.4g}'):,.0f}"
    return cell(value)


def keys() -> Iterator[str]:
    """Every key of the design file with unit, bounds and description."""
    from qubudget.design.schema import DesignModel

    schema = DesignModel.model_json_schema()
    yield "# Keys of a design file"
    yield ""
    yield "Members of lists (`stages`, `lines`, ...) are addressed by their `name`:"
    yield "`lines.drive.attenuation.mxc`. `qubudget explain KEY` says more on each."
    seen: set[str] = set()
    for name, field in _fields(schema, schema):
        target = _reference(field)
        if target is None:
            continue
        yield ""
        yield f"## {name}"
        yield ""
        yield from _table(schema, schema["$defs"][target], "", seen | {target})


def _fields(schema: dict[str, Any], node: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from node.get("properties", {}).items()


def _reference(field: dict[str, Any]) -> str | None:
    """The section that a field holds, directly, optionally, or as a list of them."""
    for place in (field, field.get("items", {}), *field.get("anyOf", []), *field.get("allOf", [])):
        if "$ref" in place:
            return str(place["$ref"]).rsplit("/", 1)[-1]
        if "$ref" in place.get("items", {}):
            return str(place["items"]["$ref"]).rsplit("/", 1)[-1]
    return None


def _table(
    schema: dict[str, Any], node: dict[str, Any], prefix: str, seen: set[str]
) -> Iterator[str]:
    if not prefix:
        yield "| key | unit | allowed | default | what |"
        yield "|---|---|---|---|---|"
    for name, field in _fields(schema, node):
        target = _reference(field)
        inner = schema["$defs"].get(target, {}) if target else {}
        if inner.get("properties") and target not in seen:
            yield row(f"{prefix}{name}", "", "a table", "", field.get("description"))
            yield from _table(schema, inner, f"{prefix}{name}.", seen | {str(target)})
            continue
        unit, allowed = _said(field), _allowed(field, inner)
        yield row(f"{prefix}{name}", unit, allowed, _default(field), field.get("description"))


def _options(field: dict[str, Any]) -> list[dict[str, Any]]:
    return [field, *field.get("anyOf", [])]


def _said(field: dict[str, Any]) -> str:
    units = [str(option["unit"]) for option in _options(field) if "unit" in option]
    return "" if not units or units[0] == "1" else units[0]


def _allowed(field: dict[str, Any], inner: dict[str, Any]) -> str:
    for option in [*_options(field), inner]:
        if "allowed" in option:
            return str(option["allowed"])
        if "enum" in option:
            return ", ".join(str(choice) for choice in option["enum"])
        if "const" in option:
            return str(option["const"])
        if "minimum" in option and "maximum" in option:
            return f"{option['minimum']} to {option['maximum']}"
    kinds = [
        str(option["type"]) for option in _options(field) if option.get("type", "null") != "null"
    ]
    return kinds[0] if kinds else ""


def _default(field: dict[str, Any]) -> Any:
    value = field.get("default")
    return value if isinstance(value, str | int | float) else None


def report() -> Iterator[str]:
    """Every key of a report, by the module that computes it."""
    from qubudget.study.explain.catalogue import entries

    yield "# Keys of a report"
    yield ""
    yield "What `qubudget run DESIGN --json` and `report.to_dict()` hold. A star stands for the"
    yield "name of a member: a stage, a line, a channel."
    wing = None
    for entry in entries():
        if entry.module != wing:
            wing = entry.module
            yield from ("", f"## {wing}", "")
            yield from ([cell(entry.source), ""] if entry.source else [])
            yield "| key | unit | what | how |"
            yield "|---|---|---|---|"
        yield row(entry.pattern, "" if entry.unit == "1" else entry.unit, entry.what, entry.how)


def constraints() -> Iterator[str]:
    """Every constraint of the verdict."""
    from qubudget.study.explain.catalogue import rules

    yield "# Constraints"
    yield ""
    yield "| constraint | what | value | limit |"
    yield "|---|---|---|---|"
    for rule in rules():
        yield row(rule.pattern, rule.what, rule.value, rule.limit_key or rule.limit)


def words() -> Iterator[str]:
    """The glossary."""
    from qubudget.study.explain.catalogue import terms

    yield "# Words"
    yield ""
    yield "| word | unit | what | where |"
    yield "|---|---|---|---|"
    for term in sorted(terms(), key=lambda term: term.name.casefold()):
        name = ", ".join((term.name, *term.also))
        yield row(name, term.unit, term.what, ", ".join(term.see))


def commands() -> Iterator[str]:
    """Help of every command as the terminal shows it."""
    import os

    os.environ.setdefault("COLUMNS", "88")
    import typer.main
    from typer.testing import CliRunner

    from qubudget.cli import app

    runner = CliRunner()
    yield "# Command line"
    for name in ["", *typer.main.get_command(app).commands]:  # type: ignore[attr-defined]
        found = runner.invoke(app, [*name.split(), "--help"], prog_name="qubudget")
        yield ""
        yield f"## qubudget {name}".rstrip()
        yield ""
        yield "```text"
        yield found.output.strip()
        yield "```"
