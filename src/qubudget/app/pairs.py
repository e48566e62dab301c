"""Figures of two designs side by side."""

from __future__ import annotations

import panel
from bokeh.models.widgets import Div

from qubudget.app.cards import greyed_wings
from qubudget.app.session import Session
from qubudget.app.views.coherence import CoherenceView
from qubudget.app.views.heat import HeatView
from qubudget.app.views.logical import LogicalView
from qubudget.app.views.margins import MarginsView
from qubudget.app.views.view import View

KINDS = (
    ("Margins", "verdict", MarginsView),
    ("Heat", "thermal", HeatView),
    ("Coherence", "coherence", CoherenceView),
    ("Logical error", "qec", LogicalView),
)


class Pairs:
    """Rows of two figures, A at the left, B at the right; made when first looked at."""

    def __init__(self) -> None:
        self.layout = panel.Column(sizing_mode="stretch_width")
        self._dark = self._dressed = False
        self._views: list[tuple[str, View, View]] = []

    def update(self, first: Session, second: Session) -> None:
        """Show both results."""
        if not self._views:
            self._make()
        self._dress()
        for wing, a, b in self._views:
            a.update(first.document, wing in greyed_wings(first))
            b.update(second.document, wing in greyed_wings(second))

    def set_theme(self, dark: bool) -> None:
        """Colours for a dark or a light ground, from the next `update` on."""
        self._dark = dark

    def _dress(self) -> None:
        if self._dressed != self._dark:
            self._dressed = self._dark
            for _, a, b in self._views:
                a.set_theme(self._dark)
                b.set_theme(self._dark)

    def _make(self) -> None:
        self._dressed = self._dark
        self._views = [(wing, view(self._dark), view(self._dark)) for _, wing, view in KINDS]
        self.layout.objects = [
            part
            for (title, _, _), (_, a, b) in zip(KINDS, self._views, strict=True)
            for part in (_heading(f"{title}: A, then B"), _side_by_side(a, b))
        ]


def _heading(text: str) -> Div:
    return Div(
        text=f'<h3 style="font:inherit;margin:8px 0 0">{text}</h3>',
        styles={"color": "var(--ink)", "font": "650 15px var(--face)"},
    )


def _side_by_side(first: View, second: View) -> panel.Row:
    return panel.Row(first.model, second.model, sizing_mode="stretch_width")
