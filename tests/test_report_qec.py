"""Figures and tables of error correction: numbers land where they belong, gaps say why."""

from __future__ import annotations

import copy
import io
import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from rich.console import Console

from qubudget.report.burst_figure import draw_courses
from qubudget.report.canvas import svg
from qubudget.report.chip_figure import MOST_QUBITS, draw_chip
from qubudget.report.failure_figure import MOST_CAUSES, draw_budget, shown_causes
from qubudget.report.logical_figure import draw_logical_error
from qubudget.report.qec_tables import qec_tables
from qubudget.report.survival_figure import curves, draw_survival
from qubudget.report.table import Table
from qubudget.report.terminal import print_wing

SAMPLE = Path(__file__).parent / "report_samples" / "healthy.json"
DRAWERS: list[Callable[..., Axes]] = [
    draw_logical_error,
    draw_survival,
    draw_chip,
    draw_courses,
    draw_budget,
]
HOSTILE = r"$\frac{a$ <b>"


def sample() -> dict[str, Any]:
    """The sample with every section that the figures read; numbers made by simple laws."""
    data: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))
    part = data["qec"]
    part["family"] = "surface"
    distances = [3, 5, 7, 9, 11, 13]
    error = [1e-3 * 4.0 ** ((3 - d) / 2) for d in distances]
    part["background"]["fit"] = {
        "distances": distances,
        "error": error,
        "low": [e / 2 for e in error],
        "high": [e * 2 for e in error],
    }
    times = [0.0, *(10.0**k for k in range(-3, 3))]
    part["survival"] = {
        "time_s": times,
        "quiet": [math.exp(-t / 50) for t in times],
        "with_bursts": [math.exp(-t / 5) for t in times],
        "low": [math.exp(-t / 4) for t in times],
        "high": [math.exp(-t / 6) for t in times],
    }
    x, y = [-3e-3, -1e-3, 1e-3, 3e-3], [-1e-3, 0.0, 1e-3]
    part["placement"] = {
        "chip": {"length_m": 8e-3, "width_m": 3e-3},
        "patches": [
            {
                "name": "patch 1",
                "qubits": [
                    {"x_m": -2e-3, "y_m": -1e-3, "role": "data"},
                    {"x_m": -1e-3, "y_m": 5e-4, "role": "ancilla"},
                ],
                "outline": [[-2e-3, -1e-3], [-1e-3, -1e-3], [-1e-3, 5e-4], [-2e-3, 5e-4]],
            },
            {"name": "patch 2", "qubits": [], "outline": [[1e-3, 0.0], [2e-3, 0.0], [1e-3, 1e-3]]},
        ],
        "burst": {
            "name": "0.5 MeV, centre",
            "x_m": x,
            "y_m": y,
            "t1_s": [[1e-6 * 4**i for _ in y] for i in range(len(x))],
            "time_s": 1e-6,
        },
    }
    part["burst"]["courses"] = [
        {
            "class": name,
            "decoder": decoder,
            "time_s": [1e-6, 1e-4, 1e-2],
            "error_per_cycle": [scale * level for level in (0.4, 0.1, 1e-4)],
            "low": [scale * level for level in (0.3, 0.05, 0.0)],
            "high": [scale * level for level in (0.5, 0.2, 2e-4)],
        }
        for name in ("0.1 MeV, centre", "0.5 MeV, centre")
        for decoder, scale in (("unaware", 1.0), ("aware", 0.5), ("erasure", 0.1))
    ]
    part["budget"] = [
        {"cause": "0.1 MeV, centre", "per_day": 250.0, "low": 200.0, "high": 300.0},
        {"cause": "background", "per_day": 750.0, "low": 700.0, "high": 800.0},
        {"cause": "0.5 MeV, centre", "per_day": 0.0, "low": 0.0, "high": 5.0},
        {"cause": "unknown", "per_day": None, "low": None, "high": None, "reason": "not run"},
    ]
    part["latency"] = {
        "utilisation": 0.63,
        "keeps_up": True,
        "power_W": None,
        "bursts": [{"name": "0.1 MeV, centre", "peak_backlog_cycles": 1200.0,
                    "longest_wait_s": 2e-3, "cleared_s": None, "reason": "never caught up"}],
        "reason": {"power_W": "no power stated"},
    }  # fmt: skip
    part["mitigation"] = {"strategy": "pause", "dead_time_share": 0.0031, "low": 1.0}
    part["correlated"] = {
        "patches_per_chip": 2, "patches": 6, "chips": 3, "correlation_factor": 40.0,
        "patch_failures_per_day": {"value": 90.0, "low": 80.0, "high": 100.0},
        "failing_bursts_per_day": {"value": 60.0, "low": 50.0, "high": 70.0},
        "correlated_bursts_per_day": {"value": 30.0, "low": 25.0, "high": 35.0},
    }  # fmt: skip
    return data


def axes() -> Axes:
    return Figure().add_subplot()


def words(ax: Axes) -> str:
    return " | ".join(text.get_text() for text in ax.texts)


def legend(ax: Axes) -> set[str]:
    found = ax.get_legend()
    assert found is not None
    return {text.get_text() for text in found.get_texts()}


def line(ax: Axes, label: str) -> Line2D:
    return next(one for one in ax.lines if one.get_label() == label)


def bands(ax: Axes) -> list[PolyCollection]:
    return [
        c for c in ax.collections if isinstance(c, PolyCollection) and len(c.get_paths()[0]) > 4
    ]


def table(data: dict[str, Any], title: str) -> Table | None:
    return next((found for found in qec_tables(data) if found.title == title), None)


@pytest.mark.parametrize("draw", DRAWERS)
def test_figures_use_the_given_axes_and_say_what_they_show(draw: Callable[..., Axes]) -> None:
    ax, data = axes(), sample()
    before = copy.deepcopy(data)
    assert draw(data, ax) is ax
    assert data == before
    assert ax.get_xlabel()
    assert ax.get_ylabel()
    assert ax.get_title(loc="left") or ax.get_title()
    assert f"{data['name']} · qubudget 0.1.0" in words(ax)
    assert draw(data).figure is not ax.figure


@pytest.mark.parametrize("draw", DRAWERS)
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"qec": None},
        {"qec": dict.fromkeys(("background", "survival", "placement", "burst", "budget"))},
        {"qec": {"survival": {"time_s": []}, "burst": {"courses": []}, "budget": [],
                 "placement": {"chip": {}, "patches": [], "burst": {}}}},
    ],
)  # fmt: skip
def test_without_data_a_figure_says_so(draw: Callable[..., Axes], data: dict[str, Any]) -> None:
    ax = draw(data, axes())
    assert "no " in words(ax)
    assert not ax.lines
    assert not ax.patches
    assert not ax.collections


@pytest.mark.parametrize("draw", DRAWERS)
def test_the_reason_of_the_section_is_given(draw: Callable[..., Axes]) -> None:
    text = words(draw({"qec": {"reason": "no T1: $nothing$ to correct"}}, axes()))
    assert r"no T1: \$nothing\$ to correct" in text


@pytest.mark.parametrize("draw", DRAWERS)
def test_images_are_the_same_every_time_and_undated(draw: Callable[..., Axes]) -> None:
    image = svg(draw, sample())
    assert image == svg(draw, sample())
    assert "<dc:date>" not in image
    assert "<image" not in image  # the page loads no data, not even its own


@pytest.mark.parametrize("draw", DRAWERS)
def test_names_are_no_formulas(draw: Callable[..., Axes]) -> None:
    data = sample()
    part = data["qec"]
    data["name"] = HOSTILE
    for cause in part["budget"]:
        cause["cause"] = HOSTILE
    for patch in part["placement"]["patches"]:
        patch["name"] = HOSTILE
    part["placement"]["burst"]["name"] = HOSTILE
    for course in part["burst"]["courses"]:
        course["class"], course["decoder"] = HOSTILE, HOSTILE
    assert "<b>" not in svg(draw, data)


def test_units_and_scales() -> None:
    data = sample()
    survival, courses, budget, chip, errors = (
        draw(data, axes())
        for draw in (draw_survival, draw_courses, draw_budget, draw_chip, draw_logical_error)
    )
    assert (survival.get_xlabel(), survival.get_xscale()) == ("time (s)", "log")
    assert survival.get_yscale() == "linear"
    assert courses.get_xscale() == courses.get_yscale() == "log"
    assert "(s)" in courses.get_xlabel()
    assert budget.get_xscale() == errors.get_yscale() == "log"
    assert "(1/day)" in budget.get_xlabel()
    assert "(mm)" in chip.get_xlabel()
    assert chip.get_aspect() == 1.0


def test_fit_is_solid_where_simulated_and_dashed_and_hatched_beyond() -> None:
    data = sample()
    ax = draw_logical_error(data, axes())
    fit = data["qec"]["background"]["fit"]
    inside, beyond = line(ax, "fit, Λ = 4"), line(ax, "beyond what was simulated")
    assert (inside.get_linestyle(), beyond.get_linestyle()) == ("-", "--")
    # Simulated were d = 3, 5, 7; the two stretches meet at 7.
    shown = np.asarray(inside.get_ydata(), float)
    assert shown[:3] == pytest.approx(fit["error"][:3])
    assert np.isnan(shown[3:]).all()
    shown = np.asarray(beyond.get_ydata(), float)
    assert np.isnan(shown[:2]).all()
    assert shown[2:] == pytest.approx(fit["error"][2:])
    plain_band, hatched = bands(ax)
    assert (plain_band.get_hatch() or "", hatched.get_hatch()) == ("", "//")
    corners = np.asarray(hatched.get_paths()[0].vertices)
    assert (corners[:, 0].min(), corners[:, 0].max()) == (7, 13)
    assert corners[:, 1].min() == pytest.approx(fit["low"][-1])
    assert corners[:, 1].max() == pytest.approx(fit["high"][2])
    assert ax.get_ylim()[0] < fit["low"][-1]


def test_target_counts_both_bases_of_the_surface_code() -> None:
    """One failure per day, both bases together: 1.1e-6/86400/2 = 6.37e-12 in each per cycle."""
    data = sample()
    assert "target 6.37×10⁻¹²" in legend(draw_logical_error(data, axes()))
    data["qec"]["family"] = "repetition"
    assert "target 1.27×10⁻¹¹" in legend(draw_logical_error(data, axes()))


def test_a_measured_lambda_is_drawn_beside_the_fit() -> None:
    data = sample()
    assert "Λ = 4" not in legend(draw_logical_error(data, axes()))
    data["qec"]["background"]["lambda"] = 2.0
    ax = draw_logical_error(data, axes())
    # From d = 3 to the design's 11, four steps of two: a factor 16.
    assert list(line(ax, "Λ = 2").get_ydata()) == pytest.approx([16 * 1.4e-5, 1.4e-5])


@pytest.mark.parametrize("key", ["error", "low"])
def test_a_fit_with_gaps_draws_what_is_known(key: str) -> None:
    data = sample()
    data["qec"]["background"]["fit"][key] = [None, 0.0, "x", None, None, None]
    ax = draw_logical_error(data, axes())
    assert bool(bands(ax)) is False
    assert ("fit, Λ = 4" in legend(ax)) == (key == "low")


def test_survival_curves_and_band() -> None:
    data = sample()
    ax = draw_survival(data, axes())
    shown = data["qec"]["survival"]
    for label, key in (("with bursts", "with_bursts"), ("quiet, without bursts", "quiet")):
        curve = line(ax, label)
        assert list(curve.get_xdata()) == shown["time_s"][1:]  # no zero on a logarithm
        assert list(curve.get_ydata()) == pytest.approx(shown[key][1:])
    (band,) = bands(ax)
    corners = np.asarray(band.get_paths()[0].vertices)
    for low, high, time in zip(shown["low"], shown["high"], shown["time_s"], strict=True):
        if time > 0:
            assert {low, high} <= set(corners[corners[:, 0] == time, 1])
    assert line(ax, "1/e").get_ydata()[0] == pytest.approx(0.36788, rel=1e-4)
    lifetime = next(one for one in ax.lines if "mean time" in str(one.get_label()))
    assert lifetime.get_xdata()[0] == data["qec"]["mean_time_to_failure_s"]
    strokes = {line(ax, label).get_linestyle() for label in ("with bursts", "1/e")}
    assert len(strokes) == 2


def test_survival_without_bursts_is_quiet_alone() -> None:
    data = sample()
    data["qec"]["survival"] |= {"with_bursts": None, "low": None, "high": None}
    data["qec"]["mean_time_to_failure_s"] = None
    ax = draw_survival(data, axes())
    assert legend(ax) == {"quiet, without bursts", "1/e"}
    assert not bands(ax)


def test_chip_puts_patches_and_qubits_in_millimetres() -> None:
    ax = draw_chip(sample(), axes())
    chip = next(p for p in ax.patches if isinstance(p, Rectangle))
    assert (chip.get_x(), chip.get_y()) == pytest.approx((-4.0, -1.5))
    assert (chip.get_width(), chip.get_height()) == pytest.approx((8.0, 3.0))
    data, ancilla = line(ax, "data qubits"), line(ax, "ancilla qubits")
    assert (data.get_xdata()[0], data.get_ydata()[0]) == pytest.approx((-2.0, -1.0))
    assert (ancilla.get_xdata()[0], ancilla.get_ydata()[0]) == pytest.approx((-1.0, 0.5))
    assert data.get_marker() != ancilla.get_marker()
    outlines = [p.get_xy() for p in ax.patches if isinstance(p, Polygon)]
    assert any(outline[:3] == pytest.approx(np.array([[1, 0], [2, 0], [1, 1]]))
               for outline in outlines)  # fmt: skip
    assert {"patch 1", "patch 2"} <= set(words(ax).split(" | "))
    assert ax.get_title().endswith("0.5 MeV, centre") or ax.get_title(loc="left")


def test_chip_map_runs_along_x_and_reaches_the_chip_s_ends() -> None:
    """T1 grows fourfold per cell along x and not along y: so do the bands of colour."""
    ax = draw_chip(sample(), axes())
    (drawn,) = [c for c in ax.collections if isinstance(c, QuadContourSet)]
    assert drawn.levels[0] <= 1e-6
    assert drawn.levels[-1] >= 64e-6
    corners = np.concatenate([np.asarray(path.vertices) for path in drawn.get_paths()])
    corners = corners[np.isfinite(corners).all(axis=1)]
    assert (corners[:, 0].min(), corners[:, 0].max()) == pytest.approx((-4.0, 4.0))
    assert (corners[:, 1].min(), corners[:, 1].max()) == pytest.approx((-1.5, 1.5))
    # 4 us is the value of the second cell, x = -1 mm: between 2 and 5 us the band holds it.
    band = np.asarray(drawn.get_paths()[list(drawn.levels).index(2e-6)].vertices)
    assert band[:, 0].min() < -1.0 < band[:, 0].max()
    assert set(np.unique(np.abs(band[:, 1]))) <= {0.0, 1.0, 1.5}
    (bar,) = ax.child_axes
    assert "T1 (µs), 1 µs after the impact" in bar.get_ylabel()


@pytest.mark.parametrize(
    "t1",
    [None, [], [[1e-6, None]], [[None] * 3] * 4, [[0.0] * 3] * 4, [[1e-6] * 4] * 3, "map"],
)
def test_without_a_map_the_patches_remain(t1: Any) -> None:
    data = sample()
    data["qec"]["placement"]["burst"]["t1_s"] = t1
    ax = draw_chip(data, axes())
    assert not ax.child_axes
    assert "data qubits" in legend(ax)


@pytest.mark.parametrize("value", [5e-5, 5.0])
def test_a_map_of_one_value_is_one_colour(value: float) -> None:
    data = sample()
    data["qec"]["placement"]["burst"]["t1_s"] = [[value] * 3 for _ in range(4)]
    ax = draw_chip(data, axes())
    (drawn,) = [c for c in ax.collections if isinstance(c, QuadContourSet)]
    assert drawn.levels[0] <= value <= drawn.levels[-1]


def test_a_crowded_chip_keeps_outlines_alone() -> None:
    data = sample()
    place = {"x_m": 0.0, "y_m": 0.0, "role": "data"}
    data["qec"]["placement"]["patches"][0]["qubits"] = [place] * (MOST_QUBITS + 1)
    data["qec"]["placement"]["patches"][1]["outline"] = [[0.0, None], None, [1.0, 1.0]]
    assert legend(draw_chip(data, axes())) == {"chip", "patches"}


def test_courses_show_the_class_that_costs_most() -> None:
    """0.02/s at 0.38 make more failures than 0.0101/s at 0.53."""
    data = sample()
    ax = draw_courses(data, axes())
    assert "0.1 MeV, centre" in (ax.get_title() + ax.get_title(loc="left"))
    data["qec"]["burst"]["classes"][0]["rate_per_s"] = None
    ax = draw_courses(data, axes())
    assert "0.5 MeV, centre" in (ax.get_title() + ax.get_title(loc="left"))


def test_courses_of_three_decoders_differ_without_colour() -> None:
    ax = draw_courses(sample(), axes())
    drawn = [line(ax, f"{name} decoder") for name in ("unaware", "aware", "erasure")]
    for curve, scale in zip(drawn, (1.0, 0.5, 0.1), strict=True):
        assert list(curve.get_xdata()) == [1e-6, 1e-4, 1e-2]
        assert list(curve.get_ydata()) == pytest.approx([0.4 * scale, 0.1 * scale, 1e-4 * scale])
    assert len({curve.get_linestyle() for curve in drawn}) == 3
    assert len({curve.get_marker() for curve in drawn}) == 3
    assert len(bands(ax)) == 3
    quiet = line(ax, "quiet, 1.4×10⁻⁵")
    assert quiet.get_ydata()[0] == 1.4e-5
    low, high = ax.get_ylim()
    assert (low < 1e-5, high) == (True, 1.0)


def test_a_course_without_some_values_has_gaps() -> None:
    data = sample()
    course = data["qec"]["burst"]["courses"][0]
    course["error_per_cycle"] = [None, 0.1, 0.0]
    course["low"] = course["high"] = None
    data["qec"]["burst"]["courses"][1]["error_per_cycle"] = [0.0, 0.0, 0.0]
    ax = draw_courses(data, axes())
    shown = np.asarray(line(ax, "unaware decoder").get_ydata(), float)
    assert np.isnan(shown).tolist() == [True, False, True]
    assert "aware decoder" not in legend(ax)


def test_budget_bars_whiskers_and_shares() -> None:
    ax = draw_budget(sample(), axes())
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["background", "0.1 MeV, centre", "0.5 MeV, centre", "unknown"]
    drawn = {names[round(b.get_y() + b.get_height() / 2)]: b
             for b in ax.patches if isinstance(b, Rectangle)}  # fmt: skip
    widths = [drawn[name].get_width() for name in names]
    assert widths == [750.0, 250.0, 0.0, 0.0]
    assert drawn["background"].get_hatch() != drawn["0.1 MeV, centre"].get_hatch()
    whiskers = [list(one.get_xdata()) for one in ax.lines if one.get_gid() == "interval"]
    assert whiskers == [[700.0, 800.0], [200.0, 300.0], [ax.get_xlim()[0], 5.0]]
    found = words(ax).split(" | ")
    assert {"750 (75 %)", "250 (25 %)", "0, below 5", "–"} <= set(found)
    assert line(ax, "target, 1").get_xdata()[0] == 1.0
    assert line(ax, "together, 1.1×10⁶").get_xdata()[0] == 1.1e6


def test_a_small_share_is_not_rounded_to_nothing() -> None:
    data = sample()
    data["qec"]["budget"][0] |= {"per_day": 1e-3, "low": 1e-4, "high": 1e-2}
    assert "0.001 (< 0.1 %)" in words(draw_budget(data, axes()))


def test_causes_beyond_the_largest_are_summed_up() -> None:
    data = sample()
    data["qec"]["budget"] = [
        {"cause": f"class {i}", "per_day": float(i), "low": None, "high": 2.0 * i}
        for i in range(1, 31)
    ]
    shown = shown_causes(data)
    assert len(shown) == MOST_CAUSES
    rest = 30 - (MOST_CAUSES - 1)
    assert shown[-1]["cause"] == f"{rest} others"
    assert sum(cause["per_day"] for cause in shown) == 30 * 31 / 2
    assert shown[-1]["high"] == rest * (rest + 1)


def test_a_budget_of_zeros_says_so() -> None:
    data = sample()
    data["qec"]["budget"] = [{"cause": "background", "per_day": 0.0, "low": 0.0, "high": 0.0}]
    assert "no failures from any cause" in words(draw_budget(data, axes()))


def test_lists_of_another_length_are_missing() -> None:
    found = curves({"a": [1, 2.5, None], "b": [1.0], "c": [True, "x", math.inf]}, "a", "b", "c")
    assert found.shape == (3, 3)
    assert found[0, :2].tolist() == [1.0, 2.5]
    assert np.isnan(found[1:]).all()
    assert np.isnan(found[0, 2])


def test_tables_of_causes_decoder_and_patches() -> None:
    data = sample()
    causes = table(data, "What causes failures")
    assert causes is not None
    assert causes.rows[1] == ("background", "750 /day", "700 to 800", "75 %")
    assert causes.rows[3] == ("unknown", "–", "–", "–")
    assert "unknown: not run." in causes.note
    clock = table(data, "Decoder against the clock")
    assert clock is not None
    assert ("utilisation", "0.63") in clock.rows
    assert ("keeps up", "yes") in clock.rows
    assert "power: no power stated." in clock.note
    behind = table(data, "Decoder in bursts")
    assert behind is not None
    assert behind.rows == (("0.1 MeV, centre", "1200", "2 ms", "–"),)
    assert "never caught up" in behind.note
    mitigation = table(data, "Mitigation of bursts")
    assert mitigation is not None
    assert ("dead time, share", "0.31 %") in mitigation.rows
    together = table(data, "Patches of one chip that fail together")
    assert together is not None
    assert together.rows[2][1:] == ("30 /day", "25 to 35")


def test_tables_need_none_of_the_further_sections() -> None:
    data: dict[str, Any] = json.loads(SAMPLE.read_text("utf-8"))
    assert [found.title for found in qec_tables(data)] == [
        "One logical qubit", "Whole machine", "Classes of bursts", "Quiet times as simulated",
    ]  # fmt: skip
    assert qec_tables({}) == []
    keys = ("latency", "mitigation", "correlated", "budget", "machine", "burst", "background")
    assert [found.title for found in qec_tables({"qec": {"distance": 3, **dict.fromkeys(keys)}})
            ] == ["One logical qubit"]  # fmt: skip


def test_terminal_fits_eighty_columns() -> None:
    out = io.StringIO()
    print_wing(sample(), "qec", Console(file=out, width=80))
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "What causes failures" in text
    assert "None" not in text


def test_importing_the_figures_imports_no_matplotlib() -> None:
    names = ("logical", "survival", "chip", "burst", "failure")
    modules = ", ".join(f"qubudget.report.{name}_figure" for name in names)
    code = f"import sys, {modules}; assert not {{'matplotlib', 'numpy'}} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
