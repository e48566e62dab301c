"""The figures of a report as methods: ``report.plot.heat()``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qubudget.report import figures, impact_pictures
from qubudget.report.burst_figure import draw_courses
from qubudget.report.canvas import Draw, new_figures
from qubudget.report.caustic_figure import draw_caustic
from qubudget.report.charge_figure import draw_charge_jumps
from qubudget.report.chip_figure import draw_chip
from qubudget.report.failure_figure import draw_budget
from qubudget.report.film_figure import draw_film
from qubudget.report.footprint_figure import draw_footprints, draw_pairs
from qubudget.report.growth_figure import draw_growth
from qubudget.report.landing_figure import draw_landing
from qubudget.report.logical_figure import draw_logical_error
from qubudget.report.noise_figure import draw_noise
from qubudget.report.phase_figure import draw_phase
from qubudget.report.reading import Data
from qubudget.report.spectrum_figure import draw_spectrum
from qubudget.report.stages_figure import draw_stages
from qubudget.report.stress_figure import draw_stress
from qubudget.report.style import figure_style
from qubudget.report.survival_figure import draw_survival
from qubudget.report.trade_figure import draw_trades

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from qubudget.pipeline import Report


@dataclass(frozen=True)
class _Figure:
    """How a figure is drawn, where its data stand in the report's JSON, what makes them if not."""

    draw: Draw
    place: tuple[str, ...]
    make: Callable[[Report], Any] | None = None


def _shown() -> Figure:
    from matplotlib import pyplot

    return pyplot.figure(facecolor="white")


def _growth(report: Report) -> Any:
    return report.growth()


def _stress(report: Report) -> Any:
    return report.stress()


FIGURES: Mapping[str, _Figure] = {
    "margins": _Figure(figures.draw_margins, ("verdict", "constraints")),
    "heat": _Figure(figures.draw_heat, ("thermal", "loads")),
    "growth": _Figure(draw_growth, ("thermal", "growth"), _growth),
    "phases": _Figure(draw_phase, ("thermal", "runaway", "map")),
    "trades": _Figure(draw_trades, ("thermal", "trades")),
    "noise": _Figure(draw_noise, ("line_noise", "lines")),
    "coherence": _Figure(figures.draw_coherence, ("coherence", "channels")),
    "stress": _Figure(draw_stress, ("coherence", "stress"), _stress),
    "timeline": _Figure(draw_stages, ("impact", "timeline")),
    "landing": _Figure(draw_landing, ("impact", "landing"), impact_pictures.landing),
    "film": _Figure(draw_film, ("impact", "film"), impact_pictures.film),
    "spectrum": _Figure(draw_spectrum, ("impact", "spectrum"), impact_pictures.spectrum),
    "footprints": _Figure(draw_footprints, ("impact", "statistics")),
    "pairs": _Figure(draw_pairs, ("impact", "statistics", "pairs")),
    "charge": _Figure(draw_charge_jumps, ("impact", "charge")),
    "caustic": _Figure(draw_caustic, ("impact", "caustic"), impact_pictures.caustic),
    "logical": _Figure(draw_logical_error, ("qec", "background")),
    "causes": _Figure(draw_budget, ("qec", "budget")),
    "survival": _Figure(draw_survival, ("qec", "survival")),
    "courses": _Figure(draw_courses, ("qec", "burst", "courses")),
    "chip": _Figure(draw_chip, ("qec", "placement")),
}


@dataclass(frozen=True, repr=False)
class Plots:
    """The figures of one report. Each method draws into ``ax`` (or a new figure) and returns it.

    A new figure is one of pyplot's, so that a notebook shows it and ``plt.show()`` works in a
    script; it stands on white. Where the report has no such values, the axes say why.
    """

    report: Report

    def __repr__(self) -> str:
        return f"figures of {self.report.design.name}: {', '.join(self.names())}"

    def names(self) -> tuple[str, ...]:
        """The figures for which this report has values."""
        return tuple(name for name, figure in FIGURES.items() if self._has(figure))

    def data(self, name: str) -> Data:
        """The dictionary that a figure is drawn from: the report's JSON and what it lacks.

        Raises
        ------
        KeyError: a name that is not in ``FIGURES``.
        """
        figure = FIGURES[name]
        if figure.make is None or self._document.get(figure.place[0]) is None:
            return self._document
        if name not in self._made:
            self._made[name] = figure.make(self.report)
        wing, key = figure.place
        return {**self._document, wing: {**self._document[wing], key: self._made[name]}}

    def write(
        self,
        folder: str | os.PathLike[str],
        formats: Sequence[str] = ("svg", "png"),
        width: float | None = None,
    ) -> list[Path]:
        """Write every figure of `names` as files: see `figure_files.write_figures`."""
        from qubudget.report.figure_files import write_figures

        draws: dict[str, Draw] = {name: partial(self._from, name) for name in self.names()}
        return write_figures(draws, {}, folder, formats, width)

    def margins(self, ax: Axes | None = None) -> Axes:
        """Margin of every constraint."""
        return self._draw("margins", ax)

    def heat(self, ax: Axes | None = None) -> Axes:
        """Heat of every stage against its rated capacity, W."""
        return self._draw("heat", ax)

    def growth(self, ax: Axes | None = None) -> Axes:
        """Stage temperatures over what the design accepts, against the number of qubits."""
        return self._draw("growth", ax)

    def phases(self, ax: Axes | None = None) -> Axes:
        """Where the heat of error correction stays bounded: qubits and J per correction."""
        return self._draw("phases", ax)

    def trades(self, ax: Axes | None = None) -> Axes:
        """Loss (dB) against heat (W) of every cable for one piece of a line."""
        return self._draw("trades", ax)

    def noise(self, ax: Axes | None = None) -> Axes:
        """Thermal photons along every line, from room temperature to the chip."""
        return self._draw("noise", ax)

    def coherence(self, ax: Axes | None = None) -> Axes:
        """Rate of every decoherence channel, 1/s."""
        return self._draw("coherence", ax)

    def stress(self, ax: Axes | None = None) -> Axes:
        """Gate fidelity of both models over temperature (K) and loss tangent."""
        return self._draw("stress", ax)

    def timeline(self, ax: Axes | None = None) -> Axes:
        """T1 (s) and quasiparticles after the reference impact, with its stages."""
        return self._draw("timeline", ax)

    def landing(self, ax: Axes | None = None) -> Axes:
        """Where the energy of the reference impact lands on the chip."""
        return self._draw("landing", ax)

    def film(self, ax: Axes | None = None) -> Axes:
        """T1 over the chip at times after the reference impact."""
        return self._draw("film", ax)

    def spectrum(self, ax: Axes | None = None) -> Axes:
        """Deposits of natural radiation in the chip: 1/s per keV."""
        return self._draw("spectrum", ax)

    def footprints(self, ax: Axes | None = None) -> Axes:
        """How many qubits impacts hit, and for how long."""
        return self._draw("footprints", ax)

    def pairs(self, ax: Axes | None = None) -> Axes:
        """Share of hits on one qubit that hit another one too, against distance (mm)."""
        return self._draw("pairs", ax)

    def charge(self, ax: Axes | None = None) -> Axes:
        """Correlated charge jumps against distance (mm)."""
        return self._draw("charge", ax)

    def caustic(self, ax: Axes | None = None) -> Axes:
        """How the crystal focuses phonons; where the design traces them."""
        return self._draw("caustic", ax)

    def logical(self, ax: Axes | None = None) -> Axes:
        """Logical error per cycle against code distance, in quiet times."""
        return self._draw("logical", ax)

    def causes(self, ax: Axes | None = None) -> Axes:
        """Logical failures per day by cause."""
        return self._draw("causes", ax)

    def survival(self, ax: Axes | None = None) -> Axes:
        """Probability that a logical qubit still lives, against time (s)."""
        return self._draw("survival", ax)

    def courses(self, ax: Axes | None = None) -> Axes:
        """Logical error per cycle through a burst, for every decoder."""
        return self._draw("courses", ax)

    def chip(self, ax: Axes | None = None) -> Axes:
        """Patches on the chip and T1 at the worst of a burst."""
        return self._draw("chip", ax)

    def _draw(self, name: str, ax: Axes | None) -> Axes:
        with figure_style(), new_figures(_shown):
            return self._from(name, {}, ax)

    def _from(self, name: str, data: Data, ax: Axes | None) -> Axes:
        return FIGURES[name].draw(self.data(name), ax)

    def _has(self, figure: _Figure) -> bool:
        here: Any = self._document
        if figure.make is not None:
            if figure.draw is draw_caustic and self.report.design.chip.transport != "traced":
                return False
            return here.get(figure.place[0]) is not None
        for key in figure.place:
            here = here.get(key) if isinstance(here, Mapping) else None
        return bool(here)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return self.report.to_dict()

    @cached_property
    def _made(self) -> dict[str, Any]:
        return {}
