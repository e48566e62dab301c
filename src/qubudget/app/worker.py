"""The worker's side of a job: a process that computes what it is sent, one job at a time.

Nothing heavy is imported here: the threads of numerical libraries are set before they load.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)
"""Each worker computes on one core; several workers share a machine."""
POLITE = 10
"""Added to a worker's nice value: what the server answers at once comes first."""

Say = Callable[[str], None]
Evaluator = Callable[[Any, dict[str, Any], Say], Iterator[tuple[str, Any]]]
"""Of a job's work, the parts already known and a way to say what it is doing: (part, answer)."""


class StopWork(Exception):
    """The server no longer wants the answer."""


def serve_jobs(connection: Connection, evaluator: str) -> None:
    """Compute jobs from ``connection`` until it closes, with the function "module:name".

    Messages received are (work, known), or None: stop the present job. Messages sent are
    ("ready",), ("say", text), ("part", name, answer), and one of ("done",), ("stopped",),
    ("failed", text) at the end of a job.
    """
    os.environ.update(dict.fromkeys(THREADS, "1"))
    if hasattr(os, "nice"):
        os.nice(POLITE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's, which then closes
    module, _, name = evaluator.partition(":")
    compute: Evaluator = getattr(import_module(module), name)
    try:
        connection.send(("ready",))
        while True:
            message = connection.recv()
            if message is not None:
                connection.send(_answer(connection, compute, *message))
    except (EOFError, OSError):
        return  # the server has gone


def _answer(
    connection: Connection, compute: Evaluator, work: Any, known: dict[str, Any]
) -> tuple[str, ...]:
    """Compute one job, send its parts, and give the message that ends it."""
    from qubudget.errors import QubudgetError

    def say(text: str) -> None:
        if connection.poll():
            connection.recv()
            raise StopWork
        if text:
            connection.send(("say", text))

    try:
        for name, answer in compute(work, known, say):
            connection.send(("part", name, answer))
            say("")
    except StopWork:
        return ("stopped",)
    except QubudgetError as error:
        return ("failed", str(error))
    except (EOFError, OSError):
        raise
    except Exception as error:  # whatever it is, it ends this job and not the server
        return ("failed", f"internal error: {type(error).__name__}: {error}")
    return ("done",)
