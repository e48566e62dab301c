"""One user's requests, done one at a time in their order, beside the server's loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from bokeh.document import Document, without_document_lock
from panel.io import unlocked

Show = Callable[[], None]
Request = Callable[[], Show]
"""Done in a thread; what it returns is then called with the document's lock held."""
MOST_WAITING = 20
"""More requests of one user are dropped: nobody clicks that far ahead."""
_LOG = logging.getLogger(__name__)


@dataclass
class Moves:
    """New values by key; ``count`` is the number of the newest message that brought them."""

    values: dict[str, Any]
    count: int


class Inbox:
    """Requests of one page; ``take`` takes the moves.

    Moves that wait are joined, the newest value of each key only, so that quick moves never
    queue up; and a request sees all that was moved before it. Without a document, in tests,
    everything is done at once.
    """

    def __init__(self, take: Callable[[Moves], Show]) -> None:
        self.document: Document | None = None
        self._take = take
        self._waiting: deque[Request | Moves] = deque()
        self._busy = self._closed = False
        self._lock = Lock()

    def put(self, request: Request | Moves) -> None:
        """Let a request be done after those that wait already."""
        with self._lock:
            if self._closed:
                return
            last = self._waiting[-1] if self._waiting else None
            if isinstance(request, Moves) and isinstance(last, Moves):
                last.values.update(request.values)
                last.count = request.count
            elif len(self._waiting) < MOST_WAITING:
                self._waiting.append(request)
            if self._busy:
                return
            self._busy = True
        if self.document is None:
            while (waiting := self._next()) is not None:
                self._do(waiting)()
        else:
            self.document.add_next_tick_callback(_unlocked(self._drain))

    def later(self, action: Show) -> None:
        """Do something with the document's lock held, from any thread; nothing once closed."""
        if not self._closed and self.document is not None:
            self.document.add_next_tick_callback(partial(_at_once, action))

    def close(self) -> None:
        """Forget what waits, and do nothing any more."""
        with self._lock:
            self._closed = True
            self._waiting.clear()

    async def _drain(self) -> None:
        while (waiting := self._next()) is not None:
            show = await asyncio.to_thread(self._do, waiting)
            try:
                self.later(show)
            except Exception:  # the next request must be done all the same
                _LOG.exception("a request was not shown")

    def _next(self) -> Request | Moves | None:
        with self._lock:
            self._busy = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def _do(self, request: Request | Moves) -> Show:
        try:
            return self._take(request) if isinstance(request, Moves) else request()
        except Exception:  # a fault of ours must not leave the user without the next answer
            _LOG.exception("a request failed")
            return lambda: None


def _unlocked(action: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run an action while other messages of the same user are taken."""
    return without_document_lock(action)  # type: ignore[arg-type]


def _at_once(action: Show) -> None:
    """Do something, and send all that it changes to the browser as one message."""
    with unlocked():
        action()
