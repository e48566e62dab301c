"""One user's page: the design at the left, the chain at the right, and what passes between."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import partial
from threading import Lock
from typing import Any

import panel
from bokeh.document import Document, without_document_lock
from bokeh.io import curdoc
from panel.io import unlocked

from qubudget import __version__
from qubudget.app import compare
from qubudget.app.cards import CARDS, headline_state, old_wings
from qubudget.app.controls import Control, controls
from qubudget.app.files import FIGURES, TABLES, design_text, export, open_text, safe_name
from qubudget.app.jobs import Jobs
from qubudget.app.pairs import Pairs
from qubudget.app.session import Session
from qubudget.app.views.chip import ChipView
from qubudget.app.widgets import (
    CompareTables,
    DesignForm,
    Headline,
    Message,
    Toolbar,
    changed_rows,
    face,
    problem_words,
    problems_by_key,
    row,
    steady,
)
from qubudget.design import Design, load, preset_names
from qubudget.design.reading import MAX_BYTES
from qubudget.errors import DesignError, QubudgetError
from qubudget.pipeline import Effort

EFFORTS: dict[str, Effort] = {"quick": "quick", "standard": "standard", "full": "full"}
_LOG = logging.getLogger(__name__)
MOST_VALUES = 50
"""Values that one message may change; the form sends one, or a few that were moved quickly."""


def _unlocked(action: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Run an action while other messages of the same user are taken."""
    return without_document_lock(action)  # type: ignore[arg-type]


def _at_once(action: Callable[[], None]) -> None:
    """Do something, and send all that it changes to the browser as one message."""
    with unlocked():
        action()


class Frame(panel.Template):
    """The page's HTML; its figures are taken into the document all at once.

    Panel adds root by root, and Bokeh walks through all models after each of them.
    """

    def _init_doc(self, doc: Document | None = None, *args: Any, **options: Any) -> Document:
        with (doc or curdoc()).models.freeze():
            made: Document = super()._init_doc(doc, *args, **options)
        return made


class Page:
    """What one user sees, and the session behind it.

    Messages of the browser come to `hear`, one at a time. Changes of values are gathered and
    taken by a thread, the newest of each key only, so that quick moves never queue up. What the
    session finds, from any thread, is drawn by the document's own next tick.
    """

    def __init__(self, design: Design, jobs: Jobs, effort: Effort = "quick") -> None:
        self.jobs = jobs
        self.effort: Effort = effort
        self.session = Session(design, jobs, self.effort)
        self.opened = design
        self.document: Document | None = None
        self.controls: tuple[Control, ...] = controls(design)
        self._shown: dict[str, Any] = {}
        self._stale: frozenset[str] = frozenset()
        self._design = self._opened = design
        self._pending: dict[str, Any] = {}
        self._count = 0
        self._draining = self._drawing = self._closed = False
        self._lock = Lock()
        self._dark = False
        self.problems: dict[str, str] = {}
        self.views = {card.name: card.view() for card in CARDS}
        self._later_views = {
            card.name: panel.Column(sizing_mode="stretch_width") for card in CARDS if card.later
        }
        presets = list(preset_names())
        self.toolbar = Toolbar(
            self.hear, presets=presets, most_bytes=MAX_BYTES, effort=effort,
            figures=list(FIGURES.items()), tables=list(TABLES.items()),
        )  # fmt: skip
        self.form = DesignForm(self.hear, rows=[row(control) for control in self.controls])
        self.headline = Headline(self.hear, state=headline_state(self.session))
        self.tables = CompareTables(self.hear, presets=presets)
        self.pairs = Pairs()
        self.second: Session | None = None
        self._unsubscribe = self.session.on_change(self._changed)
        self._draw()

    # What goes on the page

    def template(self) -> panel.Template:
        """The page, to be served in the document that is being made."""
        page = Frame(face("page.html"))
        page.add_variable("page_css", face("page.css"))
        page.add_variable("theme_js", face("theme.js"))
        page.add_variable("cards", CARDS)
        page.add_variable("version", __version__)
        page.add_panel("toolbar", self.toolbar)
        page.add_panel("form", self.form)
        page.add_panel("headline", self.headline)
        page.add_panel("compare", self.tables)
        page.add_panel("pairs", self.pairs.layout)
        for card in CARDS:
            view = self.views[card.name].model
            page.add_panel(card.name, self._later_views.get(card.name, view))
        return page

    def attach(self, document: Document) -> None:
        """Draw in this document from now on; close with it."""
        self.document = document
        document.on_session_destroyed(lambda context: self.close())
        panel.state.onload(self._add_later_views)

    def _add_later_views(self) -> None:
        """Figures of the slow wings, once those of the quick ones are shown."""
        document = self.document
        assert document is not None
        with document.models.freeze():
            for name, place in self._later_views.items():
                place.objects = [self.views[name].model]

    def close(self) -> None:
        """End the session, and that of the comparison."""
        self._closed = True
        self._unsubscribe()
        self.session.close()
        self._drop_second()

    # Messages of the browser

    def hear(self, message: Message) -> None:
        """Do what the browser asks; anything that it should not ask is ignored."""
        does: dict[str, Callable[[Message], None]] = {
            "change": self._change,
            "reset": lambda m: self._reopen(self.opened),
            "cancel": lambda m: self.session.cancel(),
            "resume": lambda m: self.session.resume(),
            "preset": lambda m: self._preset(str(m.get("name"))),
            "open": lambda m: self._open(m.get("text"), m.get("name")),
            "effort": lambda m: self._effort(str(m.get("value"))),
            "text": lambda m: self._text(m.get("whole") is True),
            "export": self._export,
            "compare": lambda m: self._compare(m.get("on") is True),
            "with": lambda m: self._with(str(m.get("name"))),
            "keep": lambda m: self._compare_with(self.session.design),
            "theme": lambda m: self.set_theme(m.get("dark") is True),
        }
        action = does.get(str(message.get("type")))
        if action is not None:
            action(message)

    def _change(self, message: Message) -> None:
        values = message.get("values")
        if not isinstance(values, list) or len(values) > MOST_VALUES:
            return
        known = {control.key for control in self.controls}
        with self._lock:
            for pair in values:
                match pair:
                    case [str(key), value] if key in known:
                        self._pending[key] = value
            count = message.get("count")
            self._count = count if isinstance(count, int) else 0
            if self._draining:
                return
            self._draining = True
        if self.document is None:
            self._take_all()
            self._drawn()
        else:
            self.document.add_next_tick_callback(_unlocked(self._drain))

    async def _drain(self) -> None:
        await asyncio.to_thread(self._take_all)
        self._later(self._drawn)

    def _take_all(self) -> None:
        while True:
            with self._lock:
                taken, self._pending = self._pending, {}
                if not taken:
                    self._draining = False
                    return
            for key, value in taken.items():
                try:
                    self._take(key, value)
                except Exception:  # a fault of ours must not leave the form without an answer
                    _LOG.exception("a change of %s failed", key)
                    self.problems = {key: "not taken: the program failed, see the server's log"}

    def _take(self, key: str, value: Any) -> None:
        """Set one value, or keep why it was refused."""
        control = next((c for c in self.controls if c.key == key), None)
        if control is None:
            return
        try:
            self.session.change(key, control.written(value))
        except QubudgetError as error:
            self.problems = {**self.problems, **problems_by_key(error, key)}
        except (TypeError, ValueError, OverflowError):
            self.problems = {**self.problems, key: f"not taken: allowed is {control.allowed}"}
        else:
            self.problems = {}

    def _drawn(self) -> None:
        """After changes were taken: draw, and let the form send the next."""
        self._draw()
        self.form.send({"type": "done", "count": self._count})

    def _preset(self, name: str) -> None:
        if name in preset_names():
            self._reopen(load(name))

    def _open(self, text: Any, name: Any) -> None:
        if not isinstance(text, str):
            return
        try:
            design = open_text(text, str(name))
        except DesignError as error:
            self._refuse(error)
        else:
            self._reopen(design)
            self.toolbar.send({"type": "opened"})

    def _refuse(self, error: DesignError) -> None:
        """Say every problem: in the dialog, beside the fields that there are, and above them."""
        self.toolbar.refused = []
        self.toolbar.refused = [{"key": p.key, "text": problem_words(p)} for p in error.problems]
        known = {control.key for control in self.controls}
        self.problems = problems_by_key(error)
        count = len(error.problems)
        self.form.problems = dict(self.problems)
        self.form.refusal = (
            f"{error.origin} was not opened: {count} problem{'s' if count != 1 else ''}. "
            "The design shown is unchanged."
        )
        if known & set(self.problems):
            self.toolbar.send({"type": "opened"})

    def _reopen(self, design: Design) -> None:
        self.opened = design
        self.problems = {}
        self.form.refusal = ""
        try:
            self.session.open(design)
        except QubudgetError as error:
            self.form.refusal = f"{design.name} was not opened: {error}"
        self._draw()

    def _effort(self, effort: str) -> None:
        """Sample more or less: a new session of the same design."""
        if effort not in EFFORTS or effort == self.effort:
            return
        self.effort = EFFORTS[effort]
        design = self.session.design
        self._unsubscribe()
        self.session.close()
        self.session = Session(design, self.jobs, self.effort)
        self._unsubscribe = self.session.on_change(self._changed)
        if self.second is not None:
            self._compare_with(self.second.design)
        self._draw()

    def set_theme(self, dark: bool) -> None:
        """Figures for a dark or a light ground."""
        if dark == self._dark:
            return
        self._dark = dark
        for view in self.views.values():
            view.set_theme(dark)
        self.pairs.set_theme(dark)

    # Files

    def _text(self, whole: bool) -> None:
        text = design_text(self.session.design, whole)
        self.toolbar.send({"type": "text", "text": text, "whole": whole})

    def _export(self, message: Message) -> None:
        what, kind = str(message.get("what")), str(message.get("kind"))
        document, dataset = self.session.document, self.session.dataset()
        make = partial(self._file, document, dataset, what, kind)
        if self.document is None:
            self.toolbar.send(make())
        else:
            self.document.add_next_tick_callback(_unlocked(partial(self._send, make)))

    async def _send(self, make: Callable[[], Message]) -> None:
        message = await asyncio.to_thread(make)
        self._later(partial(self.toolbar.send, message))

    @staticmethod
    def _file(document: Any, dataset: Any, what: str, kind: str) -> Message:
        try:
            return {"type": "file", **export(document, dataset, what, kind)}
        except QubudgetError:
            return {"type": "sorry", "text": "There is nothing to export yet: it is not computed."}

    # Comparing

    def _compare(self, on: bool) -> None:
        if on and self.second is None:
            self._compare_with(self.opened)
        elif not on:
            self._drop_second()

    def _with(self, name: str) -> None:
        if not name:
            self._compare_with(self.opened)
        elif name in preset_names():
            self._compare_with(load(name))

    def _compare_with(self, design: Design) -> None:
        """Let B be this design; its session shares the jobs' answers."""
        self._drop_second()
        self.second = Session(design, self.jobs, self.effort)
        self._unsubscribe_second = self.second.on_change(self._changed)
        self._draw()

    def _drop_second(self) -> None:
        if self.second is not None:
            self._unsubscribe_second()
            self.second.close()
            self.second = None

    # Drawing

    def _later(self, action: Callable[[], None]) -> None:
        """Do something with the document's lock held; nothing once the page is closed."""
        if not self._closed and self.document is not None:
            self.document.add_next_tick_callback(partial(_at_once, action))

    def _changed(self) -> None:
        """The session has something new (any thread): draw once, soon."""
        with self._lock:
            if self._drawing or self._draining or self.document is None:
                return  # it is drawn anyway
            self._drawing = True
        self._later(self._draw)

    def _draw(self) -> None:
        """Bring the page up to date with the session; only what changed is sent."""
        self._drawing = False
        session = self.session
        document, stale = session.document, old_wings(session)
        self._draw_form(session.design)
        for card in CARDS:
            was, now = self._shown, document
            same = all(was.get(part) is now.get(part) for part in card.reads)
            is_stale = card.wing in stale
            if not self._shown or not same or is_stale != (card.wing in self._stale):
                view = self.views[card.name]
                if isinstance(view, ChipView):
                    view.load(session.dataset())
                view.update(document, is_stale)
        self._shown, self._stale = document, stale
        state = headline_state(session)
        if state != self.headline.state:
            self.headline.state = state
        if self.second is not None:
            self.tables.state = compare.state(session, self.second)
            self.pairs.update(session, self.second)

    def _draw_form(self, design: Design) -> None:
        if design is not self._design:
            old, new = self.controls, controls(design)
            self._design = design
            self.controls = steady(old, new) if self._opened is self.opened else new
            self._opened = self.opened
            rows = changed_rows(old, self.controls)
            if rows is None:
                self.form.rows = [row(control) for control in self.controls]
            elif rows:
                self.form.send({"type": "rows", "rows": rows})
        if self.form.problems != self.problems:
            self.form.problems = dict(self.problems)
        if not self.problems and self.form.refusal.endswith("unchanged."):
            self.form.refusal = ""
        self.toolbar.param.update(
            name_=design.name, title_=design.title, effort=self.effort,
            file_name=safe_name(design.name, ".toml"),
        )  # fmt: skip
