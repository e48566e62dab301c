"""Figures: they use the given axes, label them with units, and draw the data's numbers."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from qubudget.report import figures, style
from qubudget.report.canvas import svg

SAMPLES = Path(__file__).parent / "report_samples"
DRAWERS = [
    figures.draw_heat,
    figures.draw_coherence,
    figures.draw_timeline,
    figures.draw_logical_error,
    figures.draw_margins,
]


def sample(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))
    return data


def axes() -> Axes:
    return Figure().add_subplot()


def bars(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if isinstance(patch, Rectangle)]


def words(ax: Axes) -> str:
    return " | ".join(text.get_text() for text in ax.texts)


@pytest.mark.parametrize("draw", DRAWERS)
@pytest.mark.parametrize("name", ["healthy", "runaway"])
def test_figures_return_the_given_axes_with_labels_and_a_source(draw: Any, name: str) -> None:
    ax, data = axes(), sample(name)
    before = copy.deepcopy(data)
    assert draw(data, ax) is ax
    assert data == before
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title(loc="left") or ax.get_title()
    assert f"{data['name']} · qubudget 0.1.0" in words(ax)


@pytest.mark.parametrize("draw", DRAWERS)
def test_figures_of_nothing_say_that_there_is_nothing(draw: Any) -> None:
    ax = draw({}, axes())
    assert not ax.patches
    assert "no " in words(ax)


def test_units_stand_on_the_axes() -> None:
    data = sample("healthy")
    assert figures.draw_heat(data).get_xlabel() == "heat over rated cooling power (%)"
    assert figures.draw_coherence(data).get_xlabel() == "rate (1/s)"
    timeline = figures.draw_timeline(data)
    assert "(s)" in timeline.get_xlabel()
    assert "(s)" in timeline.get_ylabel()


def test_heat_bars_stack_up_to_each_stage_s_load() -> None:
    data = sample("healthy")
    ax = figures.draw_heat(data, axes())
    ends: dict[int, float] = {}
    for bar in bars(ax):
        place = round(bar.get_y() + bar.get_height() / 2)
        ends[place] = max(ends.get(place, 0.0), bar.get_x() + bar.get_width())
    stages = data["thermal"]["stages"]
    shares = [100 * stage["load_W"] / stage["capacity_W"] for stage in stages]
    assert [ends[i] for i in range(5)] == pytest.approx(shares, rel=1e-9)
    assert ax.get_xscale() == "linear"
    assert list(ax.lines[0].get_xdata()) == [100.0, 100.0]
    assert "9.3 µW of 19 µW" in words(ax)


def test_a_stage_over_capacity_is_marked_in_words() -> None:
    assert "146 % ✗" in words(figures.draw_heat(sample("runaway"), axes()))
    assert "✗" not in words(figures.draw_heat(sample("healthy"), axes()))


def test_coherence_bars_are_the_rates_and_kinds_differ_without_colour() -> None:
    data = sample("healthy")
    ax = figures.draw_coherence(data, axes())
    expected = {c["name"]: c for c in data["coherence"]["channels"] if c["rate_per_s"] > 0}
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert set(names) == set(expected)
    for bar in (bar for bar in bars(ax) if bar.get_x() == 0):  # bands begin elsewhere
        channel = expected[names[round(bar.get_y() + bar.get_height() / 2)]]
        assert bar.get_width() == channel["rate_per_s"]
        assert (bar.get_hatch() == "//") == (channel["kind"] == "dephasing")


def test_measured_times_stand_beside_those_that_the_bars_make_up() -> None:
    data = sample("healthy")
    ax = figures.draw_coherence(data, axes())
    lines = {str(line.get_label()): line.get_xdata()[0] for line in ax.lines}
    assert lines["1/T1, measured: T1 = 75 µs"] == pytest.approx(1 / 75e-6)
    assert lines["1/T1, model: T1 = 82 µs"] == pytest.approx(1 / 82e-6)
    assert not any("1/T2, measured" in label for label in lines)  # 61 us, as modelled


def test_timeline_holds_t1_and_quasiparticles() -> None:
    data = sample("healthy")
    ax = figures.draw_timeline(data, axes())
    points = [p for p in data["impact"]["timeline"] if p["time_s"] > 0]
    lines = {line.get_label(): line for line in ax.lines}
    assert list(lines["T1, worst qubit"].get_ydata()) == [p["t1_min_s"] for p in points]
    assert list(lines["T1, mean of the qubits"].get_xdata()) == [p["time_s"] for p in points]
    right = next(other for other in ax.figure.axes if other is not ax)
    most = next(line for line in right.lines if line.get_label() == "x, worst place of the film")
    assert list(most.get_ydata()) == [p["x_qp_max"] for p in points]
    assert ax.get_xscale() == ax.get_yscale() == right.get_yscale() == "log"


def test_timeline_without_t1_still_shows_quasiparticles() -> None:
    data = sample("healthy")
    for point in data["impact"]["timeline"]:
        point["t1_mean_s"] = point["t1_min_s"] = None
    ax = figures.draw_timeline(data, axes())
    assert "T1, mean of the qubits" not in {line.get_label() for line in ax.lines}
    right = next(other for other in ax.figure.axes if other is not ax)
    assert len(right.lines) == 2


def test_logical_error_shows_simulations_design_scaling_and_target() -> None:
    data = sample("healthy")
    ax = figures.draw_logical_error(data, axes())
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    # One error per day in cycles of 1.1 us is 1.1e-6 / 86400 = 1.27e-11 per cycle.
    assert "target 1.27×10⁻¹¹" in labels
    assert {"simulated, X", "simulated, Z", "this design, d = 11", "Λ = 4"} <= set(labels)
    line = next(line for line in ax.lines if line.get_label() == "Λ = 4")
    # Lambda = 4: four steps of two from d = 3 to d = 11 are a factor 256.
    assert list(line.get_ydata()) == pytest.approx([256 * 1.4e-5, 1.4e-5])


def test_amplified_simulations_say_so() -> None:
    data = sample("healthy")
    for run in data["qec"]["background"]["simulated"]:
        run["amplification"] = 3.0
    legend = figures.draw_logical_error(data, axes()).get_legend()
    assert "simulated, X, noise × 3" in {text.get_text() for text in legend.get_texts()}


def test_margins_are_readable_without_colour() -> None:
    data = sample("healthy")
    ax = figures.draw_margins(data, axes())
    constraints = {c["name"]: c for c in data["verdict"]["constraints"]}
    names = [label.get_text() for label in ax.get_yticklabels()]
    drawn = {names[round(b.get_y() + b.get_height() / 2)]: b for b in bars(ax)}
    assert set(drawn) == set(constraints)
    for name, bar in drawn.items():
        assert bar.get_width() == pytest.approx(constraints[name]["margin"])
        assert bar.get_hatch() == ("" if constraints[name]["passed"] else "//")
    colours = {to_hex(bar.get_facecolor()).upper() for bar in drawn.values()}
    assert colours == {style.GREEN, style.VERMILLION}
    assert words(ax).count("✓") == 3
    assert words(ax).count("✗") == 2


def test_a_constraint_without_value_is_named_in_the_margins() -> None:
    assert "✗ no value" in words(figures.draw_margins(sample("runaway"), axes()))


@pytest.mark.parametrize("draw", DRAWERS)
def test_svg_is_the_same_every_time_and_undated(draw: Any) -> None:
    image = svg(draw, sample("healthy"))
    assert image == svg(draw, sample("healthy"))
    assert "<dc:date>" not in image
    assert "Matplotlib v" not in image


def test_importing_figures_imports_no_matplotlib() -> None:
    code = "import sys, qubudget.report.figures; assert 'matplotlib' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_names_are_drawn_as_they_stand() -> None:
    data = sample("healthy")
    data["verdict"]["constraints"][0]["name"] = r"$\alpha$"
    ax = figures.draw_margins(data, axes())
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert r"\$\alpha\$" in labels  # matplotlib's way to write the dollar sign itself


def test_figures_leave_pyplot_alone() -> None:
    code = (
        "import sys, json; from qubudget.report.figures import draw_margins;"
        "draw_margins({}); assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
