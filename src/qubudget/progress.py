"""How long work says where it is: a step in words, and how much is done where that is known."""

from __future__ import annotations

from collections.abc import Callable


def tell(progress: Callable[[str], None], step: str, done: float, total: float) -> None:
    """Say a step and that ``done`` of ``total`` is finished.

    A listener that can count has a method ``at(done, total)``; one that cannot hears the words
    alone, so any function of a text will do.

    >>> tell(print, "12 of 40 points", 12, 40)
    12 of 40 points
    """
    count = getattr(progress, "at", None)
    if count is not None:
        count(done, total)
    progress(step)
