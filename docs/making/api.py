"""One page of the reference for every module of the package, and one that lists them."""

import ast
from pathlib import Path

import qubudget

ROOT = Path(qubudget.__file__).parent
ROOMS = (
    ("design", "The design file"),
    ("cryostat", "Cryostat: watts and kelvin"),
    ("qubit", "Qubit: seconds"),
    ("impact", "Impact: radiation to T1"),
    ("qec", "Error correction"),
    ("materials", "Materials"),
    ("study", "Studies"),
    ("papers", "The two papers"),
    ("report", "Reports and figures"),
    ("interchange", "Interchange"),
)
FACE = (
    "qubudget.design.design",
    "qubudget.pipeline",
    "qubudget.details",
    "qubudget.feedback",
    "qubudget.verdict",
    "qubudget.findings",
    "qubudget.errors",
    "qubudget.transmon",
)
LEFT_OUT = ("qubudget.design.fields",)
"""Types of the design file's values; the page of its keys says what they are."""


def modules() -> dict[str, list[str]]:
    """Modules that have a page, by the title of their part of the list."""
    parts = {"Face": list(FACE)}
    for room, title in ROOMS:
        names = [n for n in _modules(ROOT / room) if n not in FACE + LEFT_OUT and _has_public(n)]
        if names:
            parts[title] = names
    return parts


def make(folder: Path) -> None:
    """Write the pages; a page whose text has not changed keeps its time."""
    folder.mkdir(exist_ok=True)
    wanted: dict[str, str] = {}
    index = ["# Python", "", "Arguments and returns are in SI units unless a docstring says so."]
    for title, names in modules().items():
        index += ["", f"## {title}", "", *_links(names, wanted)]
    wanted["index.md"] = "\n".join(index) + "\n"
    for old in folder.iterdir():
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def _links(names: list[str], wanted: dict[str, str]) -> list[str]:
    lines = ["```{toctree}", ":maxdepth: 1", ":hidden:", ""]
    lines += names
    lines += ["```", "", "| module | |", "|---|---|"]
    for name in names:
        short = name.removeprefix("qubudget.")
        wanted[f"{name}.rst"] = f"{short}\n{'=' * len(short)}\n\n.. automodule:: {name}\n"
        lines.append(f"| [`{short}`]({name}.rst) | {_first_line(name)} |")
    return lines


def _modules(folder: Path) -> list[str]:
    names = []
    for path in sorted(folder.rglob("*.py")):
        place = path.parent if path.name == "__init__.py" else path.with_suffix("")
        names.append(".".join(place.relative_to(ROOT.parent).parts))
    return names


def _source(name: str) -> Path:
    path = ROOT.parent.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _has_public(name: str) -> bool:
    tree = ast.parse(_source(name).read_text())
    kinds = (ast.FunctionDef, ast.ClassDef)
    return any(isinstance(n, kinds) and not n.name.startswith("_") for n in tree.body)


def _first_line(name: str) -> str:
    text = ast.get_docstring(ast.parse(_source(name).read_text())) or ""
    return text.partition("\n")[0].replace("|", "\\|")
