"""A dashboard in a process of its own, for tests: started on a free port, always stopped."""

import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

CODE = "from qubudget import cli; from qubudget.commands import dashboard; cli.main()"


@contextmanager
def dashboard(
    *arguments: str, seconds: float = 60
) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The server's address, once it listens, and its process."""
    command = [sys.executable, "-c", CODE, "serve", *arguments, "--port", "0", "--no-show"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        end = time.monotonic() + seconds
        line = ""
        while not line and process.poll() is None and time.monotonic() < end:
            if select.select([process.stdout], [], [], 0.5)[0]:
                line = process.stdout.readline()
        found = re.search(r"http://\S+/", line)
        if found is None:
            process.kill()
            raise AssertionError(f"no dashboard within {seconds} s: {process.communicate()}")
        yield found[0], process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
