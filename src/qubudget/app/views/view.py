"""What every view has in common: its model, its update in place, its note, its theme."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from bokeh.layouts import column
from bokeh.models import Column, Model
from bokeh.models.ui import UIElement
from bokeh.models.widgets import Div
from bokeh.plotting import figure

from qubudget.app.views.fitting import fit
from qubudget.app.views.look import DARK, HEADLINE, LIGHT, dress, greyed, headline, note
from qubudget.report.reading import Data

PENDING = "not computed yet"
_STEP = PENDING + " (step {} of 4, see the progress at the top)"
LATER = {"impact": _STEP.format("2"), "qec": _STEP.format("3")}
"""What is said in place of a slow wing's figure."""


class View(ABC):
    """Figures of one part of a result, made once and updated in place.

    Attributes
    ----------
    title : what the view is called, for headings and ``aria-label``.
    wing : the part of the result that it shows; when that is stale, so is the view.
    model : what goes on the page; the same object for the view's whole life.
    headline : the result in a few words, above the figures.
    figures : those within the model.
    """

    title: ClassVar[str]
    wing: ClassVar[str]

    model: Column
    figures: tuple[figure, ...]

    def __init__(self, dark: bool = False) -> None:
        self._inked: list[tuple[Model, tuple[str, ...]]] = []
        self._stale = False
        self._note = Div(sizing_mode="stretch_width", visible=False)
        self.headline = headline()
        self.figures = self._draw()
        self._body = self._content()
        self.model = column(
            self._note, self.headline, *self._body, sizing_mode="stretch_width",
            name=type(self).__name__,
        )  # fmt: skip
        for plot in self.figures:
            fit(plot)
        self.set_theme(dark)

    def update(self, document: Data, stale: bool = False) -> None:
        """Show a result; where it has nothing for this view, say why.

        Parameters
        ----------
        document : as of `qubudget.pipeline.Report.to_dict`; any section may be absent.
        stale : the section is of an older design: greyed, with the words "older design".
        """
        self._stale = stale
        why = self._fill(document)
        for part in self._body:
            part.update(visible=not why, styles=greyed(stale))
        self.headline.update(visible=not why, styles=self._words | greyed(stale))
        self._note.text = note(self.title, why, stale)
        self._note.visible = bool(why or stale)

    def set_theme(self, dark: bool) -> None:
        """Colours of text, axes and edges for a dark or a light ground."""
        theme = DARK if dark else LIGHT
        for plot in self.figures:
            dress(plot, theme)
        for model, names in self._inked:
            model.update(**dict.fromkeys(names, theme.ink))
        self._note.styles = {"color": theme.ink}
        self._words: Any = {**HEADLINE, "color": theme.ink}
        self.headline.styles = self._words | greyed(self._stale)

    def _say(self, text: str) -> None:
        """Set what stands above the figures; what comes after "; " goes to a second line."""
        self.headline.text = text.replace("; ", "\n", 1).replace(" %", "\u00a0%")

    @staticmethod
    @abstractmethod
    def words(document: Data) -> str:
        """The view in a sentence or two, for those who see no figure."""

    @abstractmethod
    def _draw(self) -> tuple[figure, ...]:
        """The figures, without data."""

    @abstractmethod
    def _fill(self, document: Data) -> str:
        """Put the document's values into the sources; returns why there are none, else ""."""

    def _content(self) -> tuple[UIElement, ...]:
        """What stands below the note."""
        return self.figures

    def _ink(self, model: Any, *names: str) -> Any:
        """Let these colours of the model follow the theme; returns the model."""
        self._inked.append((model, names))
        return model
