"""The figure of both models, the thresholds' table and the shares."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.contour import QuadContourSet
from matplotlib.figure import Figure
from rich.console import Console

from qubudget.report.canvas import svg
from qubudget.report.html import render_html
from qubudget.report.numbers import engineering
from qubudget.report.stress_figure import draw_stress
from qubudget.report.table import Table
from qubudget.report.tables import coherence_tables
from qubudget.report.terminal import print_wing

SAMPLES = Path(__file__).parent / "report_samples"
REASON = "no temperature reaches it"


def sample() -> dict[str, Any]:
    """A healthy report with a sweep whose contours are known: error = T, published = loss/1e-4."""
    data: dict[str, Any] = json.loads((SAMPLES / "healthy.json").read_text("utf-8"))
    t, loss = np.geomspace(1e-3, 300.0, 40), np.geomspace(1e-10, 1e-3, 30)
    physical = [[float(min(0.01 * x, 0.5)) if x < 1.2 else None for _ in loss] for x in t]
    published = [[float(min(y / 1e-4, 1.0)) for y in loss] for _ in t]
    data["coherence"]["stress"] = {
        "temperature_K": t.tolist(),
        "tan_delta": loss.tolist(),
        "physical": {"bath": "tls", "error": physical},
        "published": {"variant": "published-code", "error": published},
        "normal_above_K": 1.2,
        "normal_metal": "Al",
        "fidelities": [0.999, 0.9999],
        "gate_time_s": 25e-9,
        "others": True,
        "design": {"temperature_K": 0.02, "tan_delta": 3e-7},
    }
    data["coherence"]["thresholds"] = [
        {"fidelity": 0.999, "model": "physical", "tan_delta_max": 2.9e-6,
         "tan_delta_max_reason": None, "temperature_max_K": 0.096,
         "temperature_max_K_reason": None},
        {"fidelity": 0.9999, "model": "published-code", "tan_delta_max": 2.5e-7,
         "tan_delta_max_reason": None, "temperature_max_K": None,
         "temperature_max_K_reason": REASON},
    ]  # fmt: skip
    return data


def axes() -> Axes:
    return Figure().add_subplot()


def legend(ax: Axes) -> str:
    found = ax.get_legend()
    assert found is not None
    return " | ".join(text.get_text() for text in found.get_texts())


def lines(ax: Axes) -> list[QuadContourSet]:
    return [c for c in ax.collections if isinstance(c, QuadContourSet) and not c.filled]


def table(data: dict[str, Any], title: str) -> Table | None:
    return next((t for t in coherence_tables(data) if t.title == title), None)


def test_figure_uses_the_given_axes_and_leaves_the_data_alone() -> None:
    data = sample()
    before = copy.deepcopy(data)
    ax = axes()
    assert draw_stress(data, ax) is ax
    assert data == before
    assert "(K)" in ax.get_xlabel()
    assert "loss tangent" in ax.get_ylabel()
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert ax.get_xlim() == pytest.approx((1e-3, 300.0))
    assert ax.get_ylim() == pytest.approx((1e-10, 1e-3))
    assert any(f"{data['name']} · qubudget" in text.get_text() for text in ax.texts)


def test_contours_lie_where_the_errors_say() -> None:
    ax = draw_stress(sample(), axes())
    places = [c.get_paths()[0].vertices for c in lines(ax)]
    # error = T/100 crosses 1e-3 at 0.1 K and 1e-4 at 10 mK; loss/1e-4 at 1e-7 and 1e-8. Lines are
    # straight between points that are a factor 1.7 apart: 6 %.
    for vertices, expected in zip(places[:2], (0.1, 0.01), strict=True):
        assert vertices[:, 0] == pytest.approx(expected, rel=0.06)
    for vertices, expected in zip(places[2:], (1e-7, 1e-8), strict=True):
        assert vertices[:, 1] == pytest.approx(expected, rel=0.06)
    words = {text.get_text() for text in ax.texts}
    assert {"99.9 %", "99.99 %"} <= words  # never rounded to 100 %


def test_figure_says_what_it_shows() -> None:
    ax = draw_stress(sample(), axes())
    words = legend(ax)
    for part in ("physical, tls bath", "published (published-code)", "they part at 99.9 %",
                 "Al normal above 1.2 K", "this design"):  # fmt: skip
        assert part in words
    star = next(line for line in ax.lines if line.get_label() == "this design")
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (0.02, 3e-7)


def test_a_model_that_never_reaches_it_says_so() -> None:
    data = sample()
    errors = data["coherence"]["stress"]["physical"]["error"]
    data["coherence"]["stress"]["physical"]["error"] = [
        [None if e is None else 0.4 for e in row] for row in errors
    ]
    data["coherence"]["stress"]["design"]["temperature_K"] = None
    ax = draw_stress(data, axes())
    assert "below 99.9 % everywhere" in legend(ax)
    assert "this design" not in legend(ax)
    assert len(lines(ax)) == 2


def test_a_normal_metal_at_every_temperature_is_drawn_too() -> None:
    data = sample()
    stress = data["coherence"]["stress"]
    stress["physical"]["error"] = [[None] * 30 for _ in range(40)]
    assert len(lines(draw_stress(data, axes()))) == 2


@pytest.mark.parametrize("data", [{}, {"coherence": {"reason": "a runaway"}}])
def test_figure_of_nothing_says_that_there_is_nothing(data: dict[str, Any]) -> None:
    ax = draw_stress(data, axes())
    words = " | ".join(text.get_text() for text in ax.texts)
    assert "no sweep" in words or "a runaway" in words
    assert not lines(ax)


def test_svg_is_the_same_every_time() -> None:
    assert svg(draw_stress, sample()) == svg(draw_stress, sample())


def test_page_has_the_map_only_where_there_is_one() -> None:
    data = sample()
    page = render_html(data)
    assert 'id="stress"' in page
    assert "Where each model reaches a fidelity" in page
    del data["coherence"]["stress"], data["coherence"]["thresholds"]
    page = render_html(data)
    assert 'id="stress"' not in page
    assert "Where each model reaches" not in page


def test_thresholds_table() -> None:
    found = table(sample(), "Where each model reaches a fidelity")
    assert found is not None
    assert found.rows == (
        ("physical", "99.9 %", "2.9×10⁻⁶", "96 mK"),
        ("published-code", "99.99 %", "2.5×10⁻⁷", "–"),
    )
    assert f"published-code, 99.99 %, temperature: {REASON}." in found.note


def test_shares_are_given_or_made_from_the_rates() -> None:
    data = sample()
    channels = data["coherence"]["channels"]
    found = table(data, "Decoherence channels")
    assert found is not None
    shown = {row[0]: row[3] for row in found.rows}
    relaxation = sum(c["rate_per_s"] for c in channels if c["kind"] == "relaxation")
    first = channels[0]["rate_per_s"] / relaxation
    assert float(shown[channels[0]["name"]].removesuffix(" %")) == pytest.approx(
        100 * first, rel=5e-3
    )
    channels[0]["share"], channels[1]["share"], channels[2]["share"] = 0.125, None, 1e-9
    again = table(data, "Decoherence channels")
    assert again is not None
    shown = {row[0]: row[3] for row in again.rows}
    assert [shown[c["name"]] for c in channels[:3]] == ["12.5 %", "–", "< 0.1 %"]


@pytest.mark.parametrize("with_keys", [True, False])
def test_terminal_shows_both_models_in_eighty_columns(with_keys: bool) -> None:
    data = sample()
    if not with_keys:
        del data["coherence"]["stress"], data["coherence"]["thresholds"]
    out = io.StringIO()
    print_wing(data, "coherence", Console(file=out, width=80))
    text = out.getvalue()
    assert ("Where each model reaches a fidelity" in text) == with_keys
    assert "published" in text
    assert "share" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_one_qubit_error_stands_once_beside_the_published_one() -> None:
    data = sample()
    data["coherence"]["gate"] |= {"one_qubit_error": 4.1e-4, "one_qubit_error_modelled": 2.7e-4}
    times, gates = table(data, "Coherence"), table(data, "Gates and read-out")
    assert times is not None
    assert gates is not None
    assert not any("fidelity" in row[0] or "error" in row[0] for row in times.rows)
    found = {row[0]: row for row in gates.rows}
    assert found["one qubit error"] == ("one qubit error", "4.1×10⁻⁴", "2.7×10⁻⁴", "measured")
    published = 1 - data["coherence"]["published"]["fidelity"]
    assert found["published one qubit error"][1] == engineering(published)


def test_a_published_t2_that_no_qubit_can_have_says_so() -> None:
    data = sample()
    t1 = data["coherence"]["t1_s"]
    for t2, remark in ((2.01 * t1, "violates T2 ≤ 2 T1"), (1.99 * t1, "")):
        data["coherence"]["published"]["t2_star_s"] = t2
        found = table(data, "Coherence")
        assert found is not None
        row = next(row for row in found.rows if row[0] == "published T2*")
        assert ("".join(row[4:])) == remark


def test_channels_that_never_act_are_said_to_be_negligible() -> None:
    data = sample()
    data["coherence"]["channels"][0]["rate_per_s"] = 6.98e-70
    found = table(data, "Decoherence channels")
    assert found is not None
    [row] = [row for row in found.rows if row[2] == "negligible"]
    assert row[4] == "never"
    assert "beyond the age of the universe" in found.note
