"""Tables on a terminal break between words, between parts of keys, and nowhere else."""

import io

import pytest
from rich.console import Console

from qubudget.report.design_tables import print_presets, print_values
from qubudget.report.key_text import breaks, column_widths
from qubudget.report.table import Column, Table, text_column
from qubudget.report.terminal import print_table

WIDE = Table(
    "Wide",
    (text_column("result"), Column("krinner-xld400"), text_column("said")),
    (
        ("coherence.channels.dielectric.metal-substrate.rate_per_s", "8140 /s", "some more words"),
        ("qec.logical_errors_per_day", "0.01 to 94.2 %", "logical_errors_per_day"),
    ),
)


def printed(width: int, terminal: bool = False) -> tuple[io.StringIO, Console]:
    out = io.StringIO()
    return out, Console(file=out, width=width, force_terminal=terminal, color_system=None)


@pytest.mark.parametrize("width", [60, 70, 80, 120])
def test_no_word_and_no_number_is_broken(width: int) -> None:
    out, console = printed(width)
    print_table(WIDE, console)
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    words = {word for line in lines for word in line.split()}
    assert {"8140", "krinner-xld400", "94.2", "words"} <= words
    rows = [line for line in lines[3:] if line and not line.startswith(" ")]
    keys = [row[0] for row in WIDE.rows]
    assert "".join(row.split()[0] for row in rows) == "".join(keys)
    assert all(row.split()[0][-1] in "._s" or row.split()[0].endswith("day") for row in rows)


def test_a_key_breaks_behind_dots_and_underscores() -> None:
    assert breaks("thermal.stages.mxc.temperature_K", 20) == [19]
    assert breaks("thermal.stages", 80) == []
    assert breaks("unbreakable-name", 4) is None


def test_a_table_that_fits_is_left_alone_and_one_that_cannot_is_too() -> None:
    assert column_widths(WIDE, (0, 1, 2), 200) == [None, None, None]
    assert column_widths(WIDE, (0, 1, 2), 20) == [None, None, None]
    widths = column_widths(WIDE, (0, 1, 2), 70)
    assert sum(width or 0 for width in widths) <= 70 - 6


VALUES = [
    {"key": "name", "text": "x", "value": "x", "unit": None, "origin": "set"},
    {"key": "stages.mxc.rated_power", "text": "19 uW", "value": 1.9e-5, "unit": "W",
     "origin": "preset krinner-xld400"},
]  # fmt: skip


def test_values_are_whole_keys_in_a_pipe_and_sections_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    out, console = printed(80)
    print_values(VALUES, console)
    row = out.getvalue().splitlines()[1]
    assert row.split() == [
        "stages.mxc.rated_power", "19", "uW", "1.9e-05", "W", "preset", "krinner-xld400",
    ]  # fmt: skip
    out, console = printed(80, terminal=True)
    print_values(VALUES, console)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    assert lines[1] == "stages.mxc"
    assert lines[2].startswith("  rated_power")


def test_a_long_title_goes_on_below_itself() -> None:
    out, console = printed(40, terminal=True)
    print_presets([{"name": "one", "title": "a title that is longer than the line"}], console)
    lines = out.getvalue().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("     ")
