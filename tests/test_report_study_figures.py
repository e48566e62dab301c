"""Figures of studies: what is drawn, where, and what is said where there is nothing."""

import io

import matplotlib as mpl
import numpy as np
import pytest
import xarray
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from rich.console import Console

from qubudget.report.heatmap_figure import draw_heatmap
from qubudget.report.scale_figure import draw_scale
from qubudget.report.spread_tables import (
    print_scale,
    print_uncertainty,
    scale_tables,
    uncertainty_tables,
)
from qubudget.report.style import FAINT, GREEN
from qubudget.report.tornado_figure import draw_tornado

mpl.use("Agg")

INDICES = [
    {"output": "coherence.t1_s", "input": name, "first": first, "first_error_95": 0.02,
     "total": total, "total_error_95": 0.05}
    for name, first, total in (("loss of a", 0.2, 0.3), ("loss of b_$x", 0.6, 0.7), ("c", 0, 0))
]  # fmt: skip
STUDY = {
    "name": "made up",
    "outputs": [
        {"name": "coherence.t1_s", "title": "T1", "unit": "s", "best": 5e-5, "low": 4e-5,
         "high": 6e-5},
        {"name": "impact.rate_per_s.total", "title": "bursts", "unit": "1/s", "best": 0.1,
         "low": 0.1, "high": 0.1},
    ],
    "sensitivity": {
        "indices": INDICES, "skipped": {"impact.rate_per_s.total": "no input moves it"},
    },
    "logical": {
        "title": "logical errors per day", "unit": "1/day", "best": 10.0, "low": 2.0, "high": 50.0,
        "effects": [
            {"input": "loss of a", "mu_star": np.log(2), "mu_star_error_95": 0.1, "sigma": 0.0},
            {"input": "heat", "mu_star": np.log(5), "mu_star_error_95": 0.2, "sigma": 0.1},
        ],
    },
}  # fmt: skip


def drawn(ax):
    ax.figure.canvas.draw()
    return ax


def test_tornado_has_the_largest_on_top():
    ax = drawn(draw_tornado(STUDY))
    assert [label.get_text() for label in ax.get_yticklabels()] == [r"loss of b_\$x", "loss of a"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == pytest.approx([0.7, 0.6, 0.3, 0.2])
    assert "40 µs to 60 µs" in ax.get_title()


def test_tornado_of_logical_errors_is_of_factors():
    ax = drawn(draw_tornado(STUDY, output="qec.logical_errors_per_day"))
    assert [label.get_text() for label in ax.get_yticklabels()] == ["heat", "loss of a"]
    assert [bar.get_x() + bar.get_width() for bar in ax.patches] == pytest.approx([5.0, 2.0])
    assert ax.get_xscale() == "log"
    assert {text.get_text() for text in ax.texts} >= {"×5", "×2"}


def test_tornado_says_why_there_is_none():
    ax = drawn(draw_tornado(STUDY, output="impact.rate_per_s.total"))
    assert "no input moves it" in {text.get_text() for text in ax.texts}
    assert drawn(draw_tornado({}, output="nothing")).patches[:] == []


def machine(size, value, burst=None):
    def ends(v):
        return {"value": v, "low": v and v / 2, "high": v and 2 * v}

    return {
        "physical_qubits": size, "logical_errors_per_day": ends(value),
        "burst_errors_per_day": ends(burst), "reason": None if value else "too small",
    }  # fmt: skip


def test_scale_draws_totals_and_bursts():
    one = {"name": "a", "machines": [machine(100, None), machine(1e3, 5.0, 0.1),
                                     machine(1e6, 5e3, 1e2)]}  # fmt: skip
    two = {"name": "b", "machines": [machine(1e3, 1.0), machine(1e6, 1e3)]}
    ax = drawn(draw_scale({"name": "a, b", "designs": [one, two]}))
    lines = {line.get_label(): line for line in ax.lines}
    assert lines["a\nall errors"].get_xydata().tolist() == [[1e3, 5.0], [1e6, 5e3]]
    assert lines["a\nby bursts alone"].get_ydata().tolist() == [0.1, 1e2]
    assert "b\nby bursts alone" not in lines
    assert len(ax.collections) == 3
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert ax.get_xlim() == (100, 1e6)


def test_scale_of_machines_too_small_says_so():
    ax = drawn(draw_scale({"name": "a", "machines": [machine(100, None)]}))
    assert "too small" in {text.get_text() for text in ax.texts}


def swept(feasible, binding, x=(1.0, 10.0, 100.0), y=("tls", "oscillator")):
    return xarray.Dataset(
        {
            "verdict.feasible": (("qubit.bath", "machine.qubits"), feasible),
            "verdict.binding_constraint": (("qubit.bath", "machine.qubits"), binding),
        },
        {"qubit.bath": np.array(y, object),
         "machine.qubits": ("machine.qubits", np.array(x), {"units": "1"})},
        {"design": "made-up", "qubudget": "0.1.0", "effort": "quick", "seed": 3},
    )  # fmt: skip


def colour_at(ax, x, y):
    """Colour of the picture at a place in the data."""
    figure = ax.figure
    figure.set_facecolor("white")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = np.asarray(canvas.buffer_rgba())
    column, row = ax.transData.transform((x, y)).astype(int)
    return image[image.shape[0] - 1 - row, column, :3] / 255


def over_white(colour):
    return 0.75 * np.array(to_rgba(colour)[:3]) + 0.25


def test_heatmap_colours_what_it_says():
    data = swept(
        np.array([[1.0, 1.0, 0.0], [1.0, np.nan, 0.0]]),
        np.array([["heat.4k", "heat.4k", "temperature.mxc"], ["heat.4k", "", "one_qubit_error"]],
                 object),
    )  # fmt: skip
    ax = draw_heatmap(data)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels[0] == "passes"
    assert labels[-1] == "no result"
    assert set(labels[1:-1]) == {"temperature of mxc", "one qubit error"}
    assert ax.get_xscale() == "log"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["tls", "oscillator"]
    assert colour_at(ax, 1.0, 0.0) == pytest.approx(over_white(GREEN), abs=0.02)
    assert colour_at(ax, 10.0, 1.0) == pytest.approx(over_white(FAINT), abs=0.02)
    assert ax.get_ylabel() == "qubit.bath"


def test_heatmap_sorts_its_axes():
    data = swept(
        np.array([[True, False], [True, False]]),
        np.array([["a", "b"], ["a", "b"]], object),
        x=(5.0, 2.0),
    )
    ax = draw_heatmap(data)
    assert colour_at(ax, 5.0, 0.0) == pytest.approx(over_white(GREEN), abs=0.02)
    assert colour_at(ax, 2.0, 0.0) != pytest.approx(over_white(GREEN), abs=0.02)


def test_heatmap_of_something_else_says_so():
    flat = xarray.Dataset({"verdict.feasible": ("a", [1.0])}, {"a": [1.0]})
    ax = drawn(draw_heatmap(flat))
    assert any("two axes" in text.get_text() for text in ax.texts)


def test_tables_say_what_the_documents_hold():
    study = {**STUDY, "inputs": [{"name": "loss of a", "distribution": "log-normal", "keys": ["k"],
                                  "width_95": 2.0, "source": "s"}], "notes": ["said"]}  # fmt: skip
    study["sensitivity"] = {**STUDY["sensitivity"], "measure_next": {"coherence.t1_s": "b"}}
    outputs, inputs = uncertainty_tables(study)
    assert outputs.rows[0][:4] == ("T1", "50 µs", "40 µs to 60 µs", "b")
    assert outputs.rows[-1][3] == "loss of a"
    assert "Said." in outputs.note
    assert inputs.rows[0][1] == "×/÷ 2"
    (sizes,) = scale_tables({"machines": [machine(100, None), machine(1e6, 5e3, 1e2)]})
    assert sizes.rows[1][5] == "5000"
    assert "Too small." in sizes.note
    console = Console(width=200, file=io.StringIO())
    print_uncertainty(study, console)
    print_scale({"name": "x", "machines": [machine(1e6, 5e3)]}, console)
    assert "measure next" in console.file.getvalue()


def test_figures_take_axes_of_others():
    from matplotlib.figure import Figure

    for draw, data in (
        (draw_tornado, STUDY),
        (draw_scale, {"name": "a", "machines": [machine(1e3, 1.0), machine(1e4, 9.0)]}),
        (draw_heatmap, swept(np.ones((2, 3)), np.full((2, 3), "a", object))),
    ):
        ax = Figure().add_subplot()
        assert draw(data, ax) is ax
