"""The command line: a thin face over :mod:`qubudget.commands`."""

from __future__ import annotations

import os
import sys

from qubudget.commands import (
    chain,
    dashboard,
    explaining,
    explore,
    files,
    interchange,
    papers,
    studies,
)
from qubudget.commands.common import app
from qubudget.errors import DesignError, OutOfRangeError, QubudgetError

__all__ = [
    "app",
    "chain",
    "dashboard",
    "explaining",
    "explore",
    "files",
    "interchange",
    "main",
    "papers",
    "studies",
]


def main() -> None:
    """Entry point: bad input ends with status 2, a failed computation with 1, no traceback."""
    # Worker processes would else import modules from the folder that somebody stands in.
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        app()
    except (DesignError, OutOfRangeError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    except QubudgetError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


if __name__ == "__main__":
    main()
