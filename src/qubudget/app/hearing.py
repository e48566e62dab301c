"""What the browser may ask of a page, and what is done then."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from qubudget.app.files import design_text, export, open_text, safe_name
from qubudget.app.inbox import Moves, Show
from qubudget.app.widgets import KEPT, Message, filed_words, problem_words, problems_by_key
from qubudget.design import Design, load, preset_names
from qubudget.errors import DesignError, QubudgetError
from qubudget.pipeline import Effort

if TYPE_CHECKING:
    from qubudget.app.page import Page

EFFORTS: dict[str, Effort] = {"quick": "quick", "standard": "standard", "full": "full"}
MOST_VALUES = 50
"""Values that one message may change; the form sends one, or a few that were moved quickly."""
_LOG = logging.getLogger(__name__)


class Hearing:
    """Messages of one page's browser.

    What computes goes to the page's inbox; what only stops, resumes or paints is done at once.
    """

    def __init__(self, page: Page) -> None:
        self._page = page

    def hear(self, message: Message) -> None:
        """Do what the browser asks; anything that it should not ask is ignored."""
        page, put = self._page, self._page.inbox.put
        match message:
            case {"type": "change", "values": list(values)} if len(values) <= MOST_VALUES:
                self._move(values, message.get("count"))
            case {"type": "forget", "key": str(key)}:
                put(partial(self._forget, key))
            case {"type": "reset"}:
                put(lambda: self._reopen(page.opened))
            case {"type": "preset", "name": str(name)} if name in preset_names():
                put(lambda: self._reopen(load(name)))
            case {"type": "open", "text": str(text)}:
                put(partial(self._open, text, str(message.get("name"))))
            case {"type": "effort", "value": str(value)} if value in EFFORTS:
                put(partial(self._sample, EFFORTS[value]))
            case {"type": "text"}:
                put(partial(self._text, message.get("whole") is True))
            case {"type": "export", "what": str(what), "kind": str(kind)}:
                put(partial(self._export, what, kind))
            case {"type": "compare"}:
                put(partial(self._compare, message.get("on") is True))
            case {"type": "with", "name": str(name)} if name in ("", KEPT, *preset_names()):
                put(partial(self._beside, name))
            case {"type": "keep"}:
                put(self._keep)
            case {"type": "cancel"}:
                page.session.cancel()
            case {"type": "resume"}:
                page.session.resume()
            case {"type": "theme"}:
                page.set_theme(message.get("dark") is True)

    # Values

    def _move(self, values: list[Any], count: Any) -> None:
        known = {control.key for control in self._page.controls}
        moved: dict[str, Any] = {}
        for pair in values:
            match pair:
                case [str(key), value] if key in known:
                    moved[key] = value
        self._page.inbox.put(Moves(moved, count if isinstance(count, int) else 0))

    def take(self, moves: Moves) -> Show:
        """Take moved values; then draw, and let the form send the next."""
        page = self._page
        page.taking = True
        for key, value in moves.values.items():
            try:
                self._take(key, value)
            except Exception:  # a fault of ours must not leave the form without an answer
                _LOG.exception("a change of %s failed", key)
                page.refuse(key, {key: "not taken: the program failed, see the server's log"})

        def done() -> None:
            page.taking = False
            page.draw()
            page.form.send({"type": "done", "count": moves.count})

        return done

    def _take(self, key: str, value: Any) -> None:
        """Set one value, or keep why it was refused."""
        page = self._page
        control = next((c for c in page.controls if c.key == key), None)
        if control is None:
            return
        try:
            page.session.change(key, control.written(value))
        except QubudgetError as error:
            page.refuse(key, problems_by_key(error, key, control.allowed))
        except (TypeError, ValueError, OverflowError):
            page.refuse(key, {key: f"not taken: allowed is {control.allowed}"})
        else:
            page.refuse(key, {})
            page.filed = {}

    def _forget(self, key: str) -> Show:
        """A value that was refused is taken back; the design never had it."""
        self._page.refuse(key, {})
        return self._page.draw

    # Designs

    def _open(self, text: str, name: str) -> Show:
        page = self._page
        try:
            design = open_text(text, name or "pasted text")
        except DesignError as error:
            return partial(self._refuse, error, safe_name(name) if name else "The pasted text")
        shown = self._reopen(design)

        def opened() -> None:
            shown()
            page.toolbar.send({"type": "opened"})

        return opened

    def _refuse(self, error: DesignError, what: str) -> None:
        """Say every problem in the dialog, and beside the fields that there are."""
        page, count = self._page, len(error.problems)
        filed: dict[str, str] = {}
        for problem in error.problems:
            before = filed.get(problem.key)
            filed[problem.key] = f"{before}; " * bool(before) + filed_words(problem)
        page.filed = filed
        refusal = (
            f"{what} was not opened: {count} problem{'s' if count != 1 else ''}. "
            "The design shown is unchanged."
        )
        page.toolbar.param.update(
            refusal=refusal,
            refused=[{"key": p.key, "text": problem_words(p)} for p in error.problems],
        )
        page.toolbar.send({"type": "refused"})
        page.form.param.update(filed=filed, refusal=refusal)

    def _reopen(self, design: Design) -> Show:
        page, refusal = self._page, ""
        page.opened, page.refused, page.filed = design, {}, {}
        try:
            page.session.open(design)
        except QubudgetError as error:
            refusal = f"{design.name} was not opened: {error}"
        if page.beside.second is not None and page.beside.other == "":
            page.compare_with(design)

        def shown() -> None:
            page.form.refusal = refusal
            page.draw()

        return shown

    def _sample(self, effort: Effort) -> Show:
        """Sample more or less: a new session of the same design, also beside it."""
        page, second = self._page, self._page.beside.second
        if effort != page.effort:
            page.begin(page.session.design, effort)
            if second is not None:
                page.compare_with(second.design)
        return page.draw

    # Comparing

    def _compare(self, on: bool) -> Show:
        page = self._page
        if on and page.beside.second is None:
            self._begin_beside()
        elif not on:
            page.beside.end()
        return page.draw

    def _beside(self, name: str) -> Show:
        """Let B be a preset, the design that was kept, or the one that was opened."""
        self._page.beside.other = name
        self._begin_beside()
        return self._page.draw

    def _keep(self) -> Show:
        page = self._page
        page.beside.kept, page.beside.other = page.session.design, KEPT
        self._begin_beside()
        return page.draw

    def _begin_beside(self) -> None:
        page, name, kept = self._page, self._page.beside.other, self._page.beside.kept
        if name == KEPT and kept is not None:
            page.compare_with(kept)
        else:
            page.compare_with(load(name) if name in preset_names() else page.opened)

    # Files

    def _text(self, whole: bool) -> Show:
        page = self._page
        text = design_text(page.session.design, whole)
        return lambda: page.toolbar.send({"type": "text", "text": text, "whole": whole})

    def _export(self, what: str, kind: str) -> Show:
        page = self._page
        session = page.session
        dataset = None if "impact" in session.stale else session.dataset()
        file = _file(session.finished(), dataset, what, kind)
        return lambda: page.toolbar.send(file)


def _file(document: Mapping[str, Any], dataset: Any, what: str, kind: str) -> Message:
    try:
        return {"type": "file", **export(document, dataset, what, kind)}
    except QubudgetError:
        text = "There is nothing to export yet: it is not computed for the present design."
        return {"type": "sorry", "text": text}
