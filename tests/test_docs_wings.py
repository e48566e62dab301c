"""The four wing pages have one frame, and what their tables of validation name exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WINGS = ("cryostat", "qubit", "impact", "errors")
FRAME = (
    "What it computes",
    "Equations",
    "Sources and where it holds",
    "Validation",
    "What it leaves out",
)
EQUATIONS = 8
ROWS = 10


def parts(wing: str) -> dict[str, str]:
    """The text below every heading of the second order."""
    text = (ROOT / "docs" / f"{wing}.md").read_text()
    found = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def table(text: str, heading: str) -> list[list[str]]:
    """Rows of the table whose head begins with ``heading``."""
    below = text[text.index(f"| {heading} |") :].splitlines()[2:]
    rows = []
    for line in below:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


@pytest.fixture(scope="module")
def tests() -> Counter[str]:
    """How often each name of a test is defined."""
    texts = [path.read_text() for path in (ROOT / "tests").glob("test_*.py")]
    return Counter(name for text in texts for name in re.findall(r"^def (test_\w+)", text, re.M))


@pytest.mark.parametrize("wing", WINGS)
def test_wing_pages_have_one_frame(wing: str) -> None:
    assert tuple(parts(wing)) == FRAME


@pytest.mark.parametrize("wing", WINGS)
def test_wing_pages_have_their_equations(wing: str) -> None:
    text = parts(wing)["Equations"]
    assert text.count("$$") >= 2 * EQUATIONS
    assert text.count("$$") % 2 == 0
    assert "&" not in text  # alignment, which the renderer does not know


@pytest.mark.parametrize("wing", WINGS)
def test_every_model_has_its_source_and_range(wing: str) -> None:
    rows = table(parts(wing)["Sources and where it holds"], "model")
    assert len(rows) >= ROWS
    for row in rows:
        assert len(row) == 3
        assert all(row), row
    dated = [row for row in rows if re.search(r"\b(19|20)\d\d\b|arXiv:\d{4}\.", row[1])]
    assert len(dated) >= len(rows) // 2


@pytest.mark.parametrize("wing", WINGS)
def test_every_test_that_a_wing_page_names_exists_once(wing: str, tests: Counter[str]) -> None:
    rows = table(parts(wing)["Validation"], "what")
    assert len(rows) >= ROWS
    for row in rows:
        assert len(row) == 4
        assert all(row), row
    named = [name for row in rows for name in re.findall(r"`(test_\w+)`", row[-1])]
    assert len(named) >= ROWS
    page = re.findall(r"`(test_\w+)`", (ROOT / "docs" / f"{wing}.md").read_text())
    assert {name: tests[name] for name in page} == dict.fromkeys(page, 1)


@pytest.mark.parametrize("wing", WINGS)
def test_scripts_that_a_wing_page_names_exist(wing: str) -> None:
    text = (ROOT / "docs" / f"{wing}.md").read_text()
    for path in re.findall(r"`(benchmarks/\w+\.py)", text):
        assert (ROOT / path).is_file(), path
    for path in re.findall(r"`((?:impact|qec|qubit|cryostat)/[\w/]+(?:\.py)?)`", text):
        assert (ROOT / "src/qubudget" / path).exists(), path


def test_every_benchmark_is_on_its_page() -> None:
    text = (ROOT / "docs/benchmarks.md").read_text()
    scripts = sorted(path.name for path in (ROOT / "benchmarks").glob("bench_*.py"))
    assert len(scripts) >= 11
    assert [name for name in scripts if f"`{name}`" not in text] == []
