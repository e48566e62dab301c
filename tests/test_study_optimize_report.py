"""Tables and figures of an optimisation, from documents written by hand."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from qubudget.report.canvas import svg
from qubudget.report.optimize_tables import optimize_tables, print_optimize
from qubudget.report.pareto_figure import draw_pareto
from qubudget.report.waterfall_figure import draw_waterfall


def change(value: float, cost: float) -> dict[str, Any]:
    return {"key": "stages.4k.rated_power", "from": 1.5, "to": value, "unit": "W", "cost": cost}


def check(value: float, passed: bool) -> dict[str, Any]:
    return {
        "name": "heat.4k", "value": value, "limit": 2.0, "unit": "W", "bound": "upper",
        "margin": 1 - value / 2, "passed": passed, "reason": None,
    }  # fmt: skip


def answer(cost: float, watts: float) -> dict[str, Any]:
    return {
        "changes": [change(3.0, cost)], "set": {}, "cost": cost, "passed": True,
        "objectives": {"cost": cost, "wall_power": watts}, "checks": [check(1.8, True)],
    }  # fmt: skip


def document(**over: Any) -> dict[str, Any]:
    return {
        "name": "x", "feasible": True, "reason": None, "front": True,
        "minimize": [
            {"name": "cost", "direction": "minimize", "unit": "1"},
            {"name": "wall_power", "direction": "minimize", "unit": "W"},
        ],
        "answers": [answer(1.0, 2e4), answer(2.0, 1e4)],
        "today": {"changes": [], "objectives": {"cost": 0.0, "wall_power": 1.5e4}, "passed": False},
        "waterfall": [
            {**change(3.0, 1.0), "before": 0.7, "after": 0.2, "mended": ["heat.4k"]},
            {**change(4.0, 0.5), "before": 0.2, "after": 0.0, "mended": []},
        ],
        "reaches": [],
        "search": {"points": 120, "corners": "all", "exhaustive": False},
        "notes": ["counts stay"],
        "provenance": {"version": "0", "seed": 1, "effort": "quick"},
    } | over  # fmt: skip


def failed() -> dict[str, Any]:
    reach = {**check(3.0, False), "changes": [change(3.0, 1.0)], "points": 7}
    return document(answers=[], waterfall=[], reaches=[reach], reason="none meets heat.4k")


def printed(data: dict[str, Any]) -> str:
    console = Console(width=160, record=True, file=None, quiet=False)
    with console.capture() as caught:
        print_optimize(data, console)
    return caught.get()


def test_the_terminal_shows_sets_steps_and_margins() -> None:
    text = printed(document())
    for words in ("Pareto front", "1.5 W -> 3 W", "20 kW", "heat.4k", "120 points", "counts stay"):
        assert words in text


def test_the_terminal_says_what_forbids() -> None:
    text = printed(failed())
    for words in ("no passing design: none meets heat.4k", "NEVER", "3 W", "≤ 2 W"):
        assert words in text


def test_one_table_where_nothing_passes() -> None:
    assert len(optimize_tables(failed())) == 1
    assert len(optimize_tables(document())) == 3


def test_the_front_is_drawn_with_every_answer_and_today() -> None:
    passing = {**document()["today"], "passed": True}
    ax = draw_pareto(document(today=passing))
    lines = {line.get_gid(): line for line in ax.get_lines() if line.get_gid()}
    assert list(lines["front"].get_xdata()) == [1.0, 2.0]
    assert list(lines["front"].get_ydata()) == [2e4, 1e4]
    assert list(lines["today"].get_ydata()) == [1.5e4]
    assert ax.get_ylabel() == "wall_power (W)"
    assert "today" not in {line.get_gid() for line in draw_pareto(document()).get_lines()}


def test_the_waterfall_falls_from_today_to_zero() -> None:
    ax = draw_waterfall(document())
    bars = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches]
    assert bars[0] == pytest.approx((0.0, 0.7))
    assert sorted(bars[1]) == pytest.approx([0.2, 0.7])
    assert sorted(bars[2]) == pytest.approx([0.0, 0.2])


@pytest.mark.parametrize("draw", [draw_pareto, draw_waterfall])
def test_figures_say_why_they_are_empty(draw: Any) -> None:
    assert "none meets heat.4k" in {t.get_text() for t in draw(failed()).texts}
    assert svg(draw, document()) == svg(draw, document())
