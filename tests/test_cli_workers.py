"""Worker processes of a command take no Python file from the folder that somebody stands in."""

import os
import subprocess
import sys
from pathlib import Path

# What a command does before it computes, and a worker as its wings start them.
DRIVER = """
import multiprocessing
import sys

from qubudget import cli

if __name__ == "__main__":
    sys.argv = ["qubudget", "--version"]
    if SAFE:
        try:
            cli.main()
        except SystemExit:
            pass
    worker = multiprocessing.get_context("spawn").Process(target=print)
    worker.start()
    worker.join()
"""


def run(tmp_path: Path, safe: bool) -> bool:
    """Whether a file of the present folder, named as a module that pickling looks for, was run."""
    received = tmp_path / f"received-{safe}"
    received.mkdir()
    (received / "org.py").write_text("open('ran', 'w').close()\n")
    driver = tmp_path / "driver.py"
    driver.write_text(DRIVER.replace("SAFE", str(safe)))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONSAFEPATH"}
    command = [sys.executable, str(driver)]
    subprocess.run(command, cwd=received, env=environment, check=True, timeout=120)
    return (received / "ran").exists()


def test_workers_run_nothing_of_the_present_folder(tmp_path: Path) -> None:
    assert run(tmp_path, safe=False), "nothing to guard against: this test proves nothing"
    assert not run(tmp_path, safe=True)
