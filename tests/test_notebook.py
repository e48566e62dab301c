"""Figures and pages of a report and a design in a notebook."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import qubudget as qb
from qubudget.report.notebook import design_html, report_html
from qubudget.report.plots import FIGURES, Plots
from qubudget.report.style import DOUBLE_COLUMN, SINGLE_COLUMN, STYLE, figure_style

mpl.use("Agg")

NASTY = '<script>alert("1")</script>$x$ & "quoted"'


@pytest.fixture(scope="module")
def report(preset_report: Callable[[str], qb.Report]) -> qb.Report:
    return preset_report("krinner-xld400")


def test_a_report_prints_as_the_command_does_and_shows_itself_in_a_line(report: qb.Report) -> None:
    assert repr(report) == "<Report of krinner-xld400: quick, seed 1>"
    printed = str(report)
    assert printed.startswith("krinner-xld400: Not feasible")
    assert "logical_errors_per_day" in printed
    assert max(map(len, printed.splitlines())) <= 100


def test_arrays_say_of_what_design_they_are(report: qb.Report) -> None:
    attributes = report.arrays()["impact"].attrs
    assert attributes["design_sha256"] == report.design.sha256()
    assert (attributes["design"], attributes["seed"]) == ("krinner-xld400", 1)


@pytest.fixture(scope="module")
def plots(report: qb.Report) -> Plots:
    return Plots(report)


@pytest.fixture(scope="module")
def runaway(preset_report: Callable[[str], qb.Report]) -> Plots:
    """Of the first paper's eighth scenario, 100 uW where 50 uW can be cooled."""
    return Plots(preset_report("entropy-trap"))


COUNTS = {
    "constraint", "channel", "cause", "stage, warm to cold", "qubits in the fridge",
    "code distance d", "qubits hit at once",
}  # fmt: skip
"""Labels of axes that stand for names or counts, and have no unit."""


def fits(ax: Axes) -> None:
    """Labels with units, a source line, and nothing beyond the figure's edge (1/50 inch)."""
    figure: Any = ax.figure
    sources = [text for text in ax.texts if text.get_gid() == "source"]
    assert [text.get_text().split(" · ")[1] for text in sources] == ["qubudget 0.1.0"]
    for axes in (ax, *ax.child_axes):
        ticks = len(axes.get_xticks()), len(axes.get_yticks())
        for label, count in zip((axes.get_xlabel(), axes.get_ylabel()), ticks, strict=True):
            if label and count:
                assert label in COUNTS or re.search(r"\([^)]+\)", label), label
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    edges = box.x0, box.y0, width - box.x1, height - box.y1
    assert min(edges) > -0.02, edges


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    from matplotlib import pyplot

    pyplot.close("all")


class Balance(HTMLParser):
    """Opens and closes every element, and collects what is shown and what would be loaded."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"{tag} has the handler {name}"
            if name in ("src", "href") and value and not value.startswith(("#", "data:")):
                self.loaded.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Balance:
    page = Balance()
    page.feed(html)
    page.close()
    assert not page.open
    assert not page.loaded
    assert "script" not in re.findall(r"<(\w+)", html)
    assert "@import" not in html
    assert "url(http" not in html
    return page


@pytest.mark.parametrize("name", list(FIGURES))
def test_every_figure_is_a_method_that_draws_into_the_given_axes(plots: Plots, name: str) -> None:
    ax = Figure(figsize=(7.2, 3.9), layout="constrained").add_subplot()
    assert getattr(plots, name)(ax) is ax
    assert getattr(plots, name)(ax=ax) is ax
    assert ax.get_title(loc="left") or ax.get_title()


def test_every_method_is_a_figure() -> None:
    public = {name for name in dir(Plots) if not name.startswith("_")}
    assert public - {"report", "names", "data", "write"} == set(FIGURES)


@pytest.mark.parametrize("width", [DOUBLE_COLUMN, SINGLE_COLUMN])
@pytest.mark.parametrize("name", list(FIGURES))
def test_figures_of_a_real_report_have_units_and_a_source_and_keep_within_their_page(
    plots: Plots, name: str, width: float
) -> None:
    with figure_style(width):
        ax = FIGURES[name].draw(plots.data(name), None)
        fits(ax)


@pytest.mark.parametrize("name", ["margins", "heat", "growth", "trades", "timeline", "logical"])
def test_figures_of_a_machine_without_balance_keep_within_their_page(
    runaway: Plots, name: str
) -> None:
    with figure_style(DOUBLE_COLUMN):
        fits(FIGURES[name].draw(runaway.data(name), None))


def test_without_axes_pyplot_has_the_figure_on_white_and_the_style_is_put_back(
    plots: Plots,
) -> None:
    from matplotlib import pyplot

    before = dict(mpl.rcParams)
    ax = plots.heat()
    assert isinstance(ax, Axes)
    assert ax.figure is pyplot.gcf()
    assert ax.figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    assert tuple(ax.figure.get_size_inches()) == STYLE["figure.figsize"]
    assert dict(mpl.rcParams) == before


def test_names_are_those_with_values(plots: Plots) -> None:
    names = plots.names()
    assert {"heat", "margins", "coherence", "timeline", "logical", "growth", "stress"} <= set(names)
    # Its chip states no charge-sensitive device, so there are no charge jumps.
    assert "charge" not in names
    assert repr(plots).startswith("figures of krinner-xld400: margins, heat")
    for name in names:
        ax: Any = FIGURES[name].draw(plots.data(name), Figure().add_subplot())
        drawn = [*ax.lines, *ax.patches, *ax.collections, *ax.images, *ax.child_axes]
        assert drawn, f"{name} drew nothing"


def test_a_report_of_the_cryostat_alone_has_no_figures_of_errors() -> None:
    cold = Plots(qb.evaluate(qb.load("krinner-xld400"), wings=("thermal",)))
    assert {"heat", "growth", "trades"} <= set(cold.names())
    assert not {"margins", "coherence", "stress", "film", "logical", "chip"} & set(cold.names())
    words = [text.get_text() for text in cold.logical(Figure().add_subplot()).texts]
    assert any("no logical error rate" in text for text in words)
    page = read(report_html(cold.report))
    assert "No verdict." in page.words


def test_what_the_json_lacks_is_computed_once(
    plots: Plots, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = plots.data("growth")["thermal"]["growth"]
    monkeypatch.setattr(qb.Report, "growth", lambda self: pytest.fail("computed again"))
    assert plots.data("growth")["thermal"]["growth"] is first
    assert plots.data("growth")["thermal"]["stages"] == plots.data("heat")["thermal"]["stages"]


def test_write_puts_every_figure_into_the_folder(
    plots: Plots, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Plots, "names", lambda self: ("heat", "growth"))
    written = plots.write(tmp_path, ("svg",))
    assert [path.name for path in written] == ["heat.svg", "growth.svg"]
    for path in written:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_the_report_s_page_holds_verdict_numbers_constraints_and_two_figures(
    report: qb.Report,
) -> None:
    html = report_html(report)
    page = read(html)
    said = " ".join(page.words)
    assert "krinner-xld400" in page.words
    assert "Not feasible: 1 of 17 constraints fails." in page.words
    for constraint in report.to_dict()["verdict"]["constraints"]:
        assert constraint["name"] in page.words
    assert {"T1", "69 µs", "Logical errors per day"} <= set(page.words)
    assert html.count("<svg") == 2
    assert "seed 1" in said
    assert html == report_html(report)


def test_identifiers_of_two_reports_do_not_meet() -> None:
    pages = [
        report_html(qb.evaluate(qb.load(name), wings=("thermal",)))
        for name in ("krinner-xld400", "willow-like")
    ]
    ids = [set(re.findall(r'\bid="([^"]+)"', page)) for page in pages]
    assert all(ids)
    assert not ids[0] & ids[1]


def test_every_value_of_a_design_stands_in_its_page_with_unit_and_origin() -> None:
    design = qb.load("krinner-xld400").replace({"qubit.frequency": "5.1 GHz"})
    html = design_html(design)
    page = read(html)
    headings = {word for word in page.words if re.fullmatch(r"\w+ \(\d+\)", word)}
    assert html.count("<details>") == len(headings)
    known = [v for v in design.effective() if v.value not in (None, [], {}, "")]
    for value in known:
        if "." in value.key:
            assert value.key.partition(".")[2] in page.words
    row = html[html.index('<th scope="row">frequency</th>') :].partition("</tr>")[0]
    assert "<td>5.1 GHz</td><td>set</td>" in row
    # A default in SI units is written with its unit.
    assert any(v.origin == "default" and v.unit == "s" for v in known)


def test_names_from_files_are_text() -> None:
    design = qb.load("krinner-xld400").replace({"title": NASTY, "sources": [NASTY]})
    for html in (design_html(design), report_html(qb.evaluate(design, wings=("thermal",)))):
        assert NASTY in read(html).words


def test_importing_qubudget_loads_no_matplotlib() -> None:
    code = (
        "import sys, qubudget, qubudget.report.plots, qubudget.report.notebook,"
        " qubudget.report.paper_figures;"
        "qubudget.load('krinner-xld400');"
        "heavy = {'matplotlib', 'panel', 'qutip', 'bokeh'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
