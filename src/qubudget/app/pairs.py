"""Figures of two designs side by side, or one below the other where the place is narrow."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import panel
from bokeh.models import Column
from bokeh.models.widgets import Div
from bokeh.plotting import figure

from qubudget.app.cards import greyed_wings
from qubudget.app.session import Session
from qubudget.app.views.coherence import CoherenceView
from qubudget.app.views.fitting import beside
from qubudget.app.views.heat import HeatView
from qubudget.app.views.logical import LogicalView
from qubudget.app.views.margins import MarginsView
from qubudget.report.reading import Data

Paired = TypeVar("Paired", bound="Shared")


class Shared(Protocol):
    """A view that can have the same axes as another of its kind."""

    model: Column
    headline: Div
    figures: tuple[figure, ...]

    def update(self, document: Data, stale: bool = False) -> None: ...

    def set_theme(self, dark: bool) -> None: ...

    def share(self: Paired, other: Paired) -> None: ...


KINDS: tuple[tuple[str, str, Any], ...] = (
    ("Margins", "verdict", MarginsView),
    ("Heat", "thermal", HeatView),
    ("Coherence", "coherence", CoherenceView),
    ("Logical error", "qec", LogicalView),
)
NARROWEST = 400
"""Pixels of a figure beside another; where there are fewer, it stands below that one."""


class Pairs:
    """Two figures each, A at the left, B at the right, over the same axes.

    They are made when first looked at.
    """

    def __init__(self) -> None:
        self.layout = panel.Column(sizing_mode="stretch_width")
        self._dark = self._dressed = False
        self._views: list[tuple[str, Shared, Shared]] = []

    def update(self, first: Session, second: Session) -> None:
        """Show both results."""
        if not self._views:
            self._make()
        self._dress()
        # The browser gets each range once, not first its own and then the shared one.
        with panel.io.hold():
            for wing, a, b in self._views:
                a.update(first.document, wing in greyed_wings(first))
                b.update(second.document, wing in greyed_wings(second))
                if a.headline.visible and b.headline.visible:
                    a.share(b)

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
        for _, first, second in self._views:
            for one, other in zip(first.figures, second.figures, strict=True):
                beside(one, other)
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


def _side_by_side(first: Shared, second: Shared) -> panel.FlexBox:
    """Both figures; the second below the first where there is no room beside it."""
    place = {"flex": f"1 1 {NARROWEST}px", "min-width": f"min({NARROWEST}px, 100%)"}
    boxes = [panel.Column(view.model, styles=place) for view in (first, second)]
    return panel.FlexBox(  # type: ignore[no-untyped-call]
        *boxes, sizing_mode="stretch_width"
    )
