"""Commands and lines of Python in README, tutorial and how-to pages do what the pages say.

A page is a list of fenced blocks, run in an empty folder:

- ``sh``: every command has to end with status 0, or with what ``sh status=2`` says;
- ``text`` right after it: what the commands print, where ``...`` stands for anything;
- ``python``: run in one namespace for the page;
- ``toml`` whose first line is ``# NAME.toml``: written to that file.

Other languages are not run. Neither is a block below ``<!-- not run: WHY -->``.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_FENCE = re.compile(
    r"(?:<!-- not run: (?P<why>[^\n]+?) -->\n+)?"
    r"^```(?P<language>\w+)(?P<options>[^\n`]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LANGUAGES = ("sh", "text", "python", "toml")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, options behind it, text, line, and why it is not run."""

    language: str
    options: str
    text: str
    line: int
    why: str | None


def blocks(page: str) -> list[Block]:
    """Every fenced block of a page in order."""
    return [
        Block(
            found["language"],
            found["options"].strip(),
            found["text"],
            page.count("\n", 0, found.start("language")) + 1,
            found["why"],
        )
        for found in _FENCE.finditer(page)
    ]


def run_page(path: Path, folder: Path) -> int:
    """Run a page's blocks in ``folder``; the number that ran. AssertionError names the line."""
    count, printed = 0, ""
    names: dict[str, Any] = {"__name__": "page"}
    for block in blocks(path.read_text()):
        if block.why is not None or block.language not in LANGUAGES:
            printed = ""
            continue
        place = f"{path.name}, line {block.line}"
        if block.language == "sh":
            printed = _commands(block, folder, place)
        elif block.language == "text" and printed:
            _compare(block.text, printed, place)
            printed = ""
        elif block.language == "python":
            _python(block, names, folder, place)
        elif block.language == "toml":
            _write(block, folder)
        count += block.language != "text"
    return count


def _commands(block: Block, folder: Path, place: str) -> str:
    status = int(block.options.removeprefix("status=") or 0)
    home = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "88",
        "NO_COLOR": "1",
    }
    printed = ""
    for line in re.sub(r"\\\n\s*", "", block.text).splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        done = subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300
        )
        printed += done.stdout + done.stderr
        assert done.returncode == status, f"{place}: {line}: {done.returncode}\n{done.stderr}"
    return printed


def _compare(wanted: str, printed: str, place: str) -> None:
    checker = doctest.OutputChecker()
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    same = checker.check_output(wanted, printed, options)
    assert same, f"{place}: the page says\n{wanted}\nbut this was printed\n{printed}"


def _python(block: Block, names: dict[str, Any], folder: Path, place: str) -> None:
    before = Path.cwd()
    os.chdir(folder)
    try:
        if ">>>" in block.text:
            examples = doctest.DocTestParser().get_doctest(block.text, names, place, place, 0)
            runner = doctest.DocTestRunner(
                optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False
            )
            report: list[str] = []
            runner.run(examples, out=report.append, clear_globs=False)
            names.update(examples.globs)
            assert not runner.failures, f"{place}\n{''.join(report)}"
        else:
            exec(compile(block.text, place, "exec"), names)
    finally:
        os.chdir(before)


def _write(block: Block, folder: Path) -> None:
    name = block.text.partition("\n")[0].removeprefix("#").strip()
    if re.fullmatch(r"[a-z0-9_-]+\.toml", name):
        (folder / name).write_text(block.text)


ROOT = Path(__file__).parent.parent
PAGES = ("README.md", "docs/tutorial.md", "docs/interchange.md", *(
    str(path.relative_to(ROOT))
    for path in sorted((ROOT / "docs/howto").glob("*.md"))
    if path.name != "index.md"
))  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_the_page_works_line_by_line(page: str, tmp_path: Path) -> None:
    path = ROOT / page
    assert run_page(path, tmp_path) > 0


def test_a_page_that_is_wrong_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\nqubudget presets\n```\n```text\n...krinner-xld4000...\n```\n")
    with pytest.raises(AssertionError, match=r"page.md, line 4"):
        run_page(page, tmp_path)
    page.write_text("```sh\nqubudget show no-such-design\n```\n")
    with pytest.raises(AssertionError, match="no-such-design"):
        run_page(page, tmp_path)
    page.write_text("```python\n>>> 1 + 1\n3\n```\n")
    with pytest.raises(AssertionError, match="Expected"):
        run_page(page, tmp_path)
