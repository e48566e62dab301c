"""Work for the tests of the dashboard's jobs: cheap, slow, failing and deadly."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Toy:
    """What to do, and the keys of the two parts that come of it."""

    order: str
    keys: Mapping[str, str]


def toy(order: str, first: str = "", second: str = "") -> Toy:
    """Work with keys of its own unless they are given."""
    return Toy(order, {"first": first or f"{order}-1", "second": second or f"{order}-2"})


def compute(
    work: Toy, known: Mapping[str, Any], say: Callable[[str], None]
) -> Iterator[tuple[str, Any]]:
    """Answers say who computed them and what was known before."""
    if "first" not in known:
        say("first")
        yield "first", {"order": work.order, "pid": os.getpid()}
    say("second")
    if work.order == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif work.order == "raise":
        raise ZeroDivisionError("a toy broke")
    elif work.order == "steps":
        while True:
            say("again")
            time.sleep(0.01)
    elif work.order == "stuck":
        time.sleep(1000)
    elif work.order == "threads":
        yield "second", {name: os.environ.get(name) for name in ("OMP_NUM_THREADS",)}
        return
    yield "second", {"order": work.order, "pid": os.getpid(), "known": sorted(known)}
