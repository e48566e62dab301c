"""The Tab key: designs, keys and names; and what it costs the help page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qubudget.commands.completing import complete_design


def completed(words: str, folder: Path) -> list[str]:
    """What a shell is offered behind these words, as Typer's own protocol gives it."""
    environment = os.environ | {
        "_QUBUDGET_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": f"qubudget {words}",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from qubudget.cli import app; app(prog_name='qubudget')"],
        capture_output=True, text=True, env=environment, cwd=folder, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.stdout.replace('"', " ").replace("'", " ").split()


def test_designs_are_presets_and_toml_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.toml").write_text("", "utf-8")
    (tmp_path / "notes.txt").write_text("", "utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "deep.toml").write_text("", "utf-8")
    (tmp_path / ".hidden.toml").write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert complete_design("kri") == ["krinner-xld400"]
    assert complete_design("m")[-2:] == ["mine.toml", "more/"]
    assert complete_design("more/") == ["more/deep.toml"]
    assert complete_design("no/such/folder/") == []
    assert "notes.txt" not in complete_design("")
    assert ".hidden.toml" not in complete_design("")


def test_a_shell_is_offered_designs_and_the_keys_of_the_design(tmp_path: Path) -> None:
    design = 'base = "krinner-xld400"\n[[loads]]\nname = "sensor"\nstage = "4k"\npower = "1 mW"\n'
    (tmp_path / "mine.toml").write_text(design, "utf-8")
    assert "willow-like" in completed("run wil", tmp_path)
    assert "mine.toml" in completed("run mi", tmp_path)
    assert "loads.sensor.power=" in completed("run mine.toml --set loads.", tmp_path)
    assert "qubit.frequency" in completed("explain qubit.fr", tmp_path)
    assert "coherence.t1_s" in completed("explain coherence.t1", tmp_path)


def test_a_design_that_cannot_be_read_offers_the_reference_keys(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("not toml [", "utf-8")
    assert "qubit.frequency=" in completed("run broken.toml --set qubit.fr", tmp_path)


def test_help_tells_of_completion_and_costs_a_quarter_of_a_second_at_most() -> None:
    seconds = []
    for _ in range(5):
        begun = os.times()
        done = subprocess.run(
            [sys.executable, "-m", "qubudget.cli", "--help"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        ended = os.times()
        spent = ended.children_user - begun.children_user
        seconds.append(spent + ended.children_system - begun.children_system)
    words = " ".join(done.stdout.split())
    assert "--install-completion" in words
    assert "The Tab key completes designs and keys" in words
    # Time of the processor, the best of five: others may use the machine. About 0.11 s.
    assert min(seconds) < 0.25
