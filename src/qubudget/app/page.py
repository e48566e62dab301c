"""One user's page: the design at the left, the chain at the right, and what passes between."""

from __future__ import annotations

from threading import Lock
from typing import Any

import panel
from bokeh.document import Document
from bokeh.io import curdoc

from qubudget import __version__
from qubudget.app.beside import Beside
from qubudget.app.cards import CARDS, greyed_wings, headline_state
from qubudget.app.controls import Control, controls
from qubudget.app.files import FIGURES, TABLES, safe_name
from qubudget.app.hearing import Hearing
from qubudget.app.inbox import Inbox
from qubudget.app.jobs import Jobs
from qubudget.app.session import Session
from qubudget.app.views.chip import ChipView
from qubudget.app.widgets import DesignForm, Headline, Toolbar, changed_rows, face, row, steady
from qubudget.design import Design, preset_names
from qubudget.design.reading import MAX_BYTES
from qubudget.pipeline import Effort


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

    Messages of the browser come to `hear`, one at a time. What the session finds, from any
    thread, is drawn by the document's own next tick.
    """

    def __init__(self, design: Design, jobs: Jobs, effort: Effort = "quick") -> None:
        self.jobs = jobs
        self.opened = design
        self.document: Document | None = None
        self.controls: tuple[Control, ...] = controls(design)
        self.refused: dict[str, dict[str, str]] = {}
        self.filed: dict[str, str] = {}
        self._shown: dict[str, Any] = {}
        self._stale: frozenset[str] = frozenset()
        self._film: Any = None
        self._design = self._opened = design
        self._drawing = self._closed = self._dark = self.taking = False
        self._lock = Lock()
        hearing = Hearing(self)
        self.hear = hearing.hear
        self.inbox = Inbox(hearing.take)
        presets = list(preset_names())
        self.toolbar = Toolbar(
            self.hear, presets=presets, most_bytes=MAX_BYTES, effort=effort,
            figures=list(FIGURES.items()), tables=list(TABLES.items()),
        )  # fmt: skip
        self.form = DesignForm(self.hear, rows=[row(control) for control in self.controls])
        self.beside = Beside(self.hear, presets, self._changed)
        self.views = {card.name: card.view() for card in CARDS}
        self._later_views = {
            card.name: panel.Column(sizing_mode="stretch_width") for card in CARDS if card.later
        }
        self.session: Session
        self.effort: Effort
        self.begin(design, effort)
        self.headline = Headline(self.hear, state=headline_state(self.session))
        self.draw()

    def begin(self, design: Design, effort: Effort) -> None:
        """A session in place of the present one, if there is any."""
        before = getattr(self, "session", None)
        self.session, self.effort = Session(design, self.jobs, effort), effort
        self.session.on_change(self._changed)
        if before is not None:
            before.close()
        self._drop_if_closed()

    def refuse(self, key: str, problems: dict[str, str]) -> None:
        """Keep what is wrong with a value that was entered; none once it is taken, or taken back.

        It stays as long as the value stays in its field, whatever else is moved.
        """
        others = {moved: found for moved, found in self.refused.items() if moved != key}
        self.refused = others | ({key: problems} if problems else {})

    def compare_with(self, design: Design) -> None:
        """Show a design beside the present one."""
        self.beside.begin(design, self.jobs, self.effort)
        self._drop_if_closed()

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
        page.add_panel("compare", self.beside.tables)
        page.add_panel("pairs", self.beside.pairs.layout)
        for card in CARDS:
            view = self.views[card.name].model
            page.add_panel(card.name, self._later_views.get(card.name, view))
        return page

    def attach(self, document: Document) -> None:
        """Draw in this document from now on, first what came meanwhile; close with it."""
        self.document = self.inbox.document = document
        self.draw()
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
        self.inbox.close()
        self._drop_if_closed()

    def _drop_if_closed(self) -> None:
        """A request may still be under way when the page closes, and make a session after that."""
        if self._closed:
            self.session.close()
            self.beside.end()

    def set_theme(self, dark: bool) -> None:
        """Figures for a dark or a light ground."""
        if dark == self._dark:
            return
        self._dark = dark
        for view in self.views.values():
            view.set_theme(dark)
        self.beside.pairs.set_theme(dark)
        self.beside.draw(self.session)

    # Drawing

    def _changed(self) -> None:
        """A session has something new (any thread): draw once, soon."""
        with self._lock:
            if self._drawing or self.taking or self.document is None:
                return  # it is drawn anyway
            self._drawing = True
        self.inbox.later(self.draw)

    def draw(self) -> None:
        """Bring the page up to date with the session; only what changed is sent."""
        self._drawing = False
        session = self.session
        document, stale = session.document, greyed_wings(session)
        self._draw_form(session.design)
        for card in CARDS:
            was, now = self._shown, document
            same = all(was.get(part) is now.get(part) for part in card.reads)
            is_stale = card.wing in stale
            if not self._shown or not same or is_stale != (card.wing in self._stale):
                view = self.views[card.name]
                if isinstance(view, ChipView) and (film := session.dataset()) is not self._film:
                    view.load(film)
                    self._film = film
                view.update(document, is_stale)
        self._shown, self._stale = document, stale
        state = headline_state(session)
        if state != self.headline.state:
            self.headline.state = state
        self.beside.draw(session)

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
        problems = {key: text for found in self.refused.values() for key, text in found.items()}
        if self.form.problems != problems:
            self.form.problems = problems
        if self.form.filed != self.filed:
            self.form.filed = self.filed
        if not self.filed and self.form.refusal.endswith("unchanged."):
            self.form.refusal = ""
        self.toolbar.param.update(
            name_=design.name, title_=design.title, effort=self.effort,
            file_name=safe_name(design.name, ".toml"),
        )  # fmt: skip
