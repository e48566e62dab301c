"""The figures of the two papers: printed numbers as marks, computed ones as lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from qubudget.papers import reproduce
from qubudget.report.paper_figures import paper_figures
from qubudget.report.style import DOUBLE_COLUMN, SINGLE_COLUMN, figure_style

THERMAL, RADIATION = "thermal-constraints", "radiation-impacts"
NAMES = [
    (paper, name) for paper in (THERMAL, RADIATION) for name in paper_figures({"paper": paper})
]
PLAIN = {"claim", "scenario of Appendix B"}


@cache
def found(paper: str) -> dict[str, Any]:
    return reproduce(paper).to_dict()


def drawn(paper: str, name: str) -> Axes:
    ax = Figure(figsize=(7.2, 3.9), layout="constrained").add_subplot()
    draw: Callable[[Mapping[str, Any], Axes | None], Axes] = paper_figures(found(paper))[name]
    assert draw(found(paper), ax) is ax
    return ax


def diamonds(ax: Axes) -> list[tuple[float, float]]:
    """What is printed: open diamonds."""
    lines = [line for line in ax.lines if line.get_marker() == "D"]
    return [(float(x), float(y)) for line in lines for x, y in line.get_xydata()]


def line(ax: Axes, start: str) -> Line2D:
    return next(one for one in ax.lines if str(one.get_label()).startswith(start))


@pytest.mark.parametrize("width", [DOUBLE_COLUMN, SINGLE_COLUMN])
@pytest.mark.parametrize(("paper", "name"), NAMES)
def test_figures_have_units_and_a_source_and_keep_within_their_page(
    paper: str, name: str, width: float
) -> None:
    with figure_style(width):
        ax = paper_figures(found(paper))[name](found(paper), None)
        figure: Any = ax.figure
        figure.draw_without_rendering()
        box = figure.get_tightbbox()
    size = figure.get_size_inches()
    assert min(box.x0, box.y0, size[0] - box.x1, size[1] - box.y1) > -0.02
    (source,) = [text.get_text() for text in ax.texts if text.get_gid() == "source"]
    assert re.search(r"Martinis|Quni-Gudzinas", source)
    assert source.endswith("qubudget 0.1.0")
    for axes in (ax, *ax.child_axes):
        for label in (axes.get_xlabel(), axes.get_ylabel()):
            assert not label or label in PLAIN or re.search(r"\([^)]+\)$", label), label


@pytest.mark.parametrize(("paper", "name"), NAMES)
def test_every_figure_draws_into_the_given_axes_and_changes_no_data(paper: str, name: str) -> None:
    before = repr(found(paper))
    ax = drawn(paper, name)
    assert ax.get_title(loc="left") or ax.get_title()
    assert repr(found(paper)) == before


@pytest.mark.parametrize(
    ("paper", "name"),
    [pair for pair in NAMES if pair[1] not in ("figure-7", "cooling-power")],  # own data
)
def test_an_empty_document_says_so(paper: str, name: str) -> None:
    ax = paper_figures({"paper": paper})[name]({"paper": paper}, Figure().add_subplot())
    assert any("computed" in text.get_text() for text in ax.texts)


def test_appendix_b_s_coherence_times_are_the_diamonds() -> None:
    """As printed in Appendix B of the paper, us at K."""
    ax = drawn(THERMAL, "t2-star")
    printed = {(0.01, 0.33), (0.01, 7.46), (4.0, 0.25), (0.01, 283.12), (4.0, 16.19),
               (4.0, 93.36), (4.0, 3332.3)}  # fmt: skip
    assert set(diamonds(ax)) == printed
    # The printed code's own line at 10 mK: 1/(3500 + 6e9 x 2e-5) s = 8.097 us.
    y = np.asarray(line(ax, "2010").get_ydata(), dtype=float)
    assert y[0] == pytest.approx(8.097, rel=1e-3)


def test_gate_errors_are_what_the_printed_fidelities_lack() -> None:
    marks = diamonds(drawn(THERMAL, "gate-error"))
    assert sorted(round(y, 6) for _, y in marks) == [0.001, 0.01, 0.02, 0.12, 0.27, 5.96, 7.72]


def test_every_coherence_time_printed_at_4_k_is_above_what_niobium_allows() -> None:
    ax = drawn(THERMAL, "niobium")
    x, most = (np.asarray(v, dtype=float) for v in line(ax, "2 T1").get_data())
    for kelvin, microseconds in diamonds(ax):
        assert kelvin == 4.0
        assert microseconds > 100 * np.interp(kelvin, x, most)


def test_the_measured_cooling_power_is_on_the_line_and_the_printed_one_is_not() -> None:
    """Krinner 2019, Table 1: 19 uW at 20 mK; the paper prints 50 uW at 10 mK."""
    ax = drawn(THERMAL, "cooling-power")
    x, y = (np.asarray(v, dtype=float) for v in line(ax, "computed").get_data())
    at = np.exp(np.interp(np.log([0.01, 0.02]), np.log(x), np.log(y)))
    assert at[1] == pytest.approx(19e-6, rel=0.01)
    assert diamonds(ax) == [(0.01, 50e-6)]
    assert at[0] < 5e-6


def test_loads_and_capacities_are_the_printed_ones_and_one_runs_away() -> None:
    """Appendix C: loads; Appendix A: 50 uW at 10 mK and 1 W at 4 K."""
    ax = drawn(THERMAL, "heat-and-capacity")
    bars = [patch for patch in ax.patches if patch.get_height() > 0]  # type: ignore[attr-defined]
    assert [bar.get_height() for bar in bars] == [1e-9, 1e-6, 1e-6, 1e-5, 0.5, 0.5, 0.5, 1e-4]  # type: ignore[attr-defined]
    assert [bool(bar.get_hatch()) for bar in bars] == [False] * 7 + [True]


def test_fig_2_has_the_time_that_the_text_prints_close_to_the_line() -> None:
    """1.7 us at 1 K above the gap, of 440 ns: a rate of 0.26/tau0."""
    ax = drawn(RADIATION, "figure-2")
    ((energy, rate),) = diamonds(ax)
    x, y = (np.asarray(v, dtype=float) for v in line(ax, "quasiparticles").get_data())
    assert rate == pytest.approx(0.2588, rel=1e-3)
    assert np.exp(np.interp(energy, x[1:], np.log(y[1:]))) == pytest.approx(rate, rel=0.1)


def test_fig_4_breaks_one_pair_between_two_and_four_gaps() -> None:
    ax = drawn(RADIATION, "figure-4")
    x, y = (np.asarray(v, dtype=float) for v in line(ax, "printed: one pair").get_data())
    exact = line(ax, "exact")
    at = np.interp(x[:-1], *(np.asarray(v, dtype=float) for v in exact.get_data()))
    assert y[[0, -1]].tolist() == [1.0, 0.5]
    assert at == pytest.approx(y[:-1], rel=0.02)
    assert set(np.asarray(line(ax, "printed: 0.57").get_ydata())) == {0.57}


def test_fig_6_has_the_paper_s_abscissa() -> None:
    """Participation 1/(1 + 1.65 r): 1 without metal, 0.01 at 60 thicknesses."""
    x = np.asarray(line(drawn(RADIATION, "figure-6"), "computed, by thickness").get_xdata())
    assert (x.max(), x.min()) == pytest.approx((1.0, 0.01))


def test_table_5_s_stages_stand_at_their_printed_times() -> None:
    times, reach = drawn(RADIATION, "table-5").child_axes
    at = {float(x) for one in times.lines if one.get_marker() == "o" for x in one.get_xdata()}
    assert at == {3e-7, 1e-4, 1e-3}
    assert {round(float(y), 4) for one in reach.lines for y in one.get_ydata()} >= {0.001, 0.01}


@pytest.mark.parametrize("paper", [THERMAL, RADIATION])
def test_every_claim_with_two_numbers_has_a_row(paper: str) -> None:
    ax = drawn(paper, "claims")
    names = [label.get_text() for label in ax.get_yticklabels()]
    numbers = [
        claim["id"]
        for claim in found(paper)["claims"]
        if all(isinstance(claim[key], float) and claim[key] for key in ("printed", "computed"))
    ]
    assert names == numbers
    assert len(names) > 50


def test_a_document_of_no_paper_is_refused() -> None:
    with pytest.raises(KeyError, match="nothing"):
        paper_figures({"paper": "nothing"})
