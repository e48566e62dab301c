"""Progress: nothing where nobody watches, lines with times where asked, a bar on a terminal."""

import io
import sys

import pytest

from qubudget.progress import tell
from qubudget.report.progress import Bar, Chain, Lines, Steps, progress, time_left


class Ticks:
    """A clock that somebody else moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Counted(Steps):
    """Keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, float | None]] = []
        self.share: float | None = None

    def at(self, done: float, total: float) -> None:
        self.share = done / total

    def __call__(self, step: str) -> None:
        self.heard.append((step, self.share))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_nothing_is_written_into_a_pipe_or_when_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress(quiet=False) as step:
        step("thermal")
    assert capsys.readouterr() == ("", "")
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with progress(quiet=True, verbose=True) as step:
        tell(step, "thermal", 0, 4)
    assert screen.getvalue() == ""


def test_verbose_writes_lines_with_times_on_standard_error_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress(quiet=False, verbose=True) as step:
        step("thermal")
        tell(step, "points", 1, 4)
    out, err = capsys.readouterr()
    assert out == ""
    words = [line.split("  ")[-1] for line in err.splitlines()]
    assert words[0] == "cryostat and qubit"
    assert words[1].startswith("cryostat and qubit: took ")
    assert words[2] == "points (25% done)"
    assert words[-1] == "end"


def test_lines_tell_when_a_step_began_and_how_long_it_took() -> None:
    clock, out = Ticks(), io.StringIO()
    lines = Lines(out, clock)
    lines("first")
    clock.now = 2.5
    lines("second")
    clock.now = 3.0
    lines.end()
    assert [line.strip() for line in out.getvalue().splitlines()] == [
        "0.00 s  first", "2.50 s  first: took 2.50 s", "2.50 s  second",
        "3.00 s  second: took 0.50 s", "3.00 s  end",
    ]  # fmt: skip


def failing() -> None:
    with progress(False, verbose=True) as step:
        step("dividing")
        raise ZeroDivisionError


def test_lines_are_written_when_the_work_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        failing()
    assert "dividing: took" in capsys.readouterr().err


def test_a_bar_shows_step_and_share_and_leaves_nothing_behind() -> None:
    screen = Terminal()
    bar = Bar(screen)
    tell(bar, "[red]12 of 40[/red]", 12, 40)
    bar._bar.refresh()
    bar("unknown length")
    bar._bar.refresh()
    bar.end()
    assert "[red]12 of 40[/red]" in screen.getvalue()
    assert "unknown length" in screen.getvalue()


@pytest.mark.parametrize(
    ("elapsed", "at", "share", "words"),
    [
        (10.0, 10.0, 0.25, "about 30 s left"),
        (25.0, 10.0, 0.25, "about 15 s left"),  # the last news is 15 s old
        (50.0, 10.0, 0.25, ""),  # slower than it was: nothing rather than a wrong number
        (600.0, 600.0, 0.5, "about 10:00 left"),
        (1e4, 1e4, 0.5, "about 2:46:40 left"),
    ],
)
def test_time_left_goes_by_the_pace_so_far(
    elapsed: float, at: float, share: float, words: str
) -> None:
    assert time_left(elapsed, at, share) == words


def test_a_chain_counts_its_wings_by_their_share_of_the_time() -> None:
    heard = Counted()
    chain = Chain(heard, runs=2)
    for _ in range(2):
        for step in ("thermal", "impact", "qec", "verdict"):
            chain(step)
    shares = [share or 0.0 for _, share in heard.heard]
    assert shares[0] == 0
    assert shares[4] == pytest.approx(0.5)
    assert shares == sorted(shares)
    assert shares[-1] < 1
    chain("something else")
    assert heard.heard[-1][0] == "something else"


def test_listeners_of_words_alone_still_work() -> None:
    heard: list[str] = []
    tell(heard.append, "a point", 1, 2)
    assert heard == ["a point"]
