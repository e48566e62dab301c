"""What makes the documentation: no other host is asked, modules and claims have their pages."""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qubudget.papers import reproduce

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def making() -> Iterator[Any]:
    """The package beside the pages, by the name of a module in it."""
    sys.path.insert(0, str(ROOT / "docs"))

    def get(name: str) -> ModuleType:
        return importlib.import_module(f"making.{name}")

    yield get
    sys.path.remove(str(ROOT / "docs"))


# --- other hosts ------------------------------------------------------------------------------

LOADS = [
    '<script src="https://code.jquery.com/jquery-3.7.0.js"></script>',
    '<link href="//cdn.datatables.net/1.13.6/css/dataTables.min.css" rel="stylesheet" />',
    '<LINK REL="preload" HREF="HTTP://fonts.example/a.woff2">',
    '<img src="http://example.org/a.png">',
    '<img srcset="a.png 1x, https://example.org/b.png 2x">',
    '<iframe src="https://example.org"></iframe>',
    "<style>@import 'https://example.org/a.css';</style>",
    '<p style="background: url(https://example.org/a.png)">',
    "<svg><use href='https://example.org/a.svg#b'/></svg>",
]
ASKS_NOBODY = [
    '<a href="https://example.org">read</a>',
    '<link rel="canonical" href="https://example.org/page.html">',
    '<script src="_static/a.js?v=//1"></script>',
    '<img src="data:image/png;base64,//8=">',
    "<pre>@import 'https://example.org/a.css'</pre>",
    '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
]


@pytest.mark.parametrize("text", LOADS)
def test_what_a_page_loads_from_another_host_is_found(
    making: Any, text: str, tmp_path: Path
) -> None:
    page = tmp_path / "deep" / "page.html"
    page.parent.mkdir()
    page.write_text(f"<html><body>{text}</body></html>")
    found = list(making("offline").references(tmp_path))
    assert [path for path, _ in found] == [page]


@pytest.mark.parametrize("text", ASKS_NOBODY)
def test_links_and_local_files_ask_no_other_host(making: Any, text: str, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(f"<html><body>{text}</body></html>")
    assert list(making("offline").references(tmp_path)) == []


def test_style_sheets_are_read(making: Any, tmp_path: Path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text('@import "basic.css"; a { background: url("../b.png"); }')
    assert making("offline").outside(sheet) == []
    sheet.write_text("@font-face { src: url(https://fonts.example/a.woff2); }")
    assert making("offline").outside(sheet) == ["https://fonts.example/a.woff2"]


def test_the_build_checks_its_pages() -> None:
    """Sphinx is not here: that its settings take the check and leave out the gallery's timings."""
    text = (ROOT / "docs/conf.py").read_text()
    assert "offline.setup(app)" in text
    assert '"write_computation_times": False' in text


# --- modules ----------------------------------------------------------------------------------


def pages_of(making: Any) -> set[str]:
    return {name for names in making("api").modules().values() for name in names}


def test_modules_that_pages_name_have_a_page(making: Any) -> None:
    """A dotted name is a module with a page, something in one, or a package with pages below."""
    pages = pages_of(making)
    paths = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs/howto").glob("*.md")]
    named = set()
    for path in [*paths, *(ROOT / "docs/gallery").glob("*.py")]:
        named |= set(re.findall(r"\bqubudget(?:\.[a-z_]\w*)+", path.read_text()))
    assert len(named) > 15
    places = {".".join(page.split(".")[:k]) for page in pages for k in range(1, 8)}
    missing = [
        name
        for name in sorted(named)
        if name not in places and name.rpartition(".")[0] not in pages
    ]
    assert missing == []


def test_what_a_report_holds_has_a_page(making: Any) -> None:
    """``report.details.intervals``: the module of every type that a report's fields have."""
    tree = ast.parse((ROOT / "src/qubudget/pipeline.py").read_text())
    homes = {
        alias.asname or alias.name: node.module or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    (report,) = (n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Report")
    kinds = [n.annotation for n in report.body if isinstance(n, ast.AnnAssign)]
    names = {n.id for kind in kinds for n in ast.walk(kind) if isinstance(n, ast.Name)}
    found = {homes[name] for name in names if homes.get(name, "").startswith("qubudget.")}
    found = {"qubudget.design.design" if name == "qubudget.design" else name for name in found}
    pages = pages_of(making)
    assert "qubudget.details" in found
    assert found <= pages


def test_pages_of_modules_are_written_and_old_ones_go(making: Any, tmp_path: Path) -> None:
    (tmp_path / "gone.rst").write_text("old")
    making("api").make(tmp_path)
    assert not (tmp_path / "gone.rst").exists()
    assert ".. automodule:: qubudget.details" in (tmp_path / "qubudget.details.rst").read_text()
    assert "[`details`](qubudget.details.rst)" in (tmp_path / "index.md").read_text()


def test_what_a_docstring_defines_stands_line_by_line(making: Any) -> None:
    convert = making("docstrings").converted
    parameters = ["Parameters", "----------", "length : m, of a", "piece.", "hot, cold : K."]
    assert convert(parameters)[2:] == ["| length : m, of a piece.", "| hot, cold : K.", ""]
    deeper = ["rate : 1/s,", "    each.", "time : s."]
    assert convert(deeper) == ["| rate : 1/s, each.", "| time : s.", ""]
    assert convert(["One alone is ``place``d."])[0] == "One alone is ``place``\\ d."
    assert convert(["Plain text: it", "goes on."]) == ["Plain text: it", "goes on.", ""]


# --- claims -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return reproduce("thermal-constraints").to_dict()


def test_every_claim_stands_with_its_verdict_second(making: Any, document: dict[str, Any]) -> None:
    pages = making("pages")
    lines = list(pages.ledger(document))
    rows = [line for line in lines if line.startswith("| ") and "| verdict |" not in line]
    entries = [*document["claims"], *(row for table in document["tables"] for row in table["rows"])]
    assert len(rows) == len(entries)
    for line, entry in zip(rows, entries, strict=True):
        about, verdict, _, _ = re.split(r"(?<!\\) \| ", line.removeprefix("| ").removesuffix(" |"))
        assert verdict == pages.WORDS[entry["verdict"]]
        reason = entry.get("reason")
        assert about.endswith(f'<span class="why">{pages.cell(reason)}</span>') or not reason


def test_numbers_of_a_ledger_can_be_read(making: Any) -> None:
    pages = making("pages")
    rows = [
        {"name": "a", "verdict": "follows", "printed": 20000.0, "computed": [12.0, 120.0],
         "unit": "%", "reason": None},
        {"name": "b", "verdict": "follows", "printed": None, "computed": 9.57e-18, "unit": "1"},
        {"name": "c", "verdict": "follows", "printed": "STABLE", "computed": 4e8, "unit": "W"},
    ]  # fmt: skip
    assert list(pages._judged("row", rows))[5:-1] == [
        "| a | follows | 20,000 % | 12 to 120 % |",
        "| b | follows | – | 9.57e-18 |",
        "| c | follows | STABLE W | 4e+08 W |",
    ]
