"""Who takes the looks that a search asks for: this process or local ones, each look once.

The search decides what is looked at, in an order that does not depend on who looks. Workers take
looks ahead of it: those that it will ask for anyway, and a few that it may ask for. What they see
waits for its turn, so the answer is the same for any number of them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from qubudget.design import Design
from qubudget.study.optimization import journal
from qubudget.study.optimization.looks import Evaluator, Look
from qubudget.study.sweeping import engine

Asked = tuple[Design, int]
"""A design and the number of the look."""


class Looker:
    """An evaluator whose looks are remembered on disk and taken side by side.

    ``slots`` is how many looks go side by side.
    """

    def __init__(
        self,
        evaluator: Evaluator,
        kept: journal.Journal | None = None,
        client: Any = None,
        slots: int = 1,
    ) -> None:
        self._evaluator, self._kept, self._client = evaluator, kept, client
        self.slots = slots
        self._ready: dict[str, Look] = {}

    @property
    def looks(self) -> int:
        """As many as the evaluator has."""
        return self._evaluator.looks

    def name(self, look: int) -> str:
        """As the evaluator's."""
        return self._evaluator.name(look)

    def __call__(self, design: Design, look: int) -> Look:
        """The look of this number."""
        if self._kept is None and not self._ready:
            return self._evaluator(design, look)
        key = self._key(design, look)
        found = self._known(key)
        if found is None:
            found = self._evaluator(design, look)
            self._keep(key, found)
        self._ready.pop(key, None)
        return found

    def ahead(self, asked: Sequence[Asked]) -> list[Look]:
        """All these looks, taken side by side; each waits until it is asked for by a call.

        Raises
        ------
        EngineError: a look took several workers down.
        """
        keys = [self._key(design, look) for design, look in asked]
        fresh = {
            key: one
            for key, one in zip(keys, asked, strict=True)
            if key not in self._ready and (self._kept is None or key not in self._kept)
        }
        if fresh:
            self._take(fresh)
        found = [self._known(key) for key in keys]
        return [look for look in found if look is not None]

    def _take(self, fresh: dict[str, Asked]) -> None:
        looks = list(fresh.values())
        cheap = all(look == 0 for _, look in looks)
        size = math.ceil(len(looks) / self.slots) if cheap else 1
        for keys, found in _on_workers(self._client, self._evaluator, fresh, size):
            for key, look in zip(keys, found, strict=True):
                self._keep(key, look)
                self._ready[key] = look

    def _key(self, design: Design, look: int) -> str:
        content = json.dumps([design.sha256(), self.name(look)])
        return hashlib.sha256(content.encode()).hexdigest()

    def _known(self, key: str) -> Look | None:
        if key in self._ready:
            return self._ready[key]
        return None if self._kept is None else self._kept.get(key)

    def _keep(self, key: str, look: Look) -> None:
        if self._kept is not None:
            self._kept.add(key, look)


@contextmanager
def looker(
    evaluator: Evaluator, kept: journal.Journal | None = None, workers: int = 0
) -> Iterator[Looker]:
    """A looker with so many local processes; 0: this process alone, and so does 1."""
    with ExitStack() as stack:
        client = None
        if workers > 1:
            client = stack.enter_context(engine.local_workers(workers))
        yield Looker(evaluator, kept, client, max(workers, 1))


def _on_workers(
    client: Any, evaluator: Evaluator, asked: dict[str, Asked], size: int
) -> Iterator[tuple[list[str], list[Look]]]:
    """Looks in batches, as workers finish them; Dask gives those of a lost worker to another."""
    as_completed: Any = import_module("distributed").as_completed
    keys = list(asked)
    parts = [keys[start : start + size] for start in range(0, len(keys), size)]
    running = {
        client.submit(_looks, evaluator, [asked[key] for key in part], pure=False): part
        for part in parts
    }
    for future in as_completed(list(running)):
        error = future.exception()
        if error is None:
            yield running[future], future.result()
        elif type(error).__name__ == "KilledWorker":
            lost = "a look took several workers down (out of memory?); what is finished stays"
            raise engine.EngineError(lost) from error
        else:
            raise error


def _looks(evaluator: Evaluator, asked: Sequence[Asked]) -> list[Look]:
    """What a worker does, on one thread."""
    import numba

    numba.set_num_threads(1)
    return [evaluator(design, look) for design, look in asked]
