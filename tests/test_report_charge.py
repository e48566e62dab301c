"""The figure of charge jumps."""

from __future__ import annotations

from qubudget.report.charge_figure import draw_charge_jumps

DATA = {
    "impact": {
        "charge": {
            "jump_rate_0_1e_per_s": 2e-3,
            "distance_m": [0.34e-3, 3.2e-3],
            "correlated_fraction": [0.6, 0.0],
            "measured": [
                {"distance_m": None, "measured": 1.35e-3, "measured_is_upper_bound": False},
                {"distance_m": 0.34e-3, "measured": 0.54, "measured_is_upper_bound": False},
                {"distance_m": 3.2e-3, "measured": 0.06, "measured_is_upper_bound": True},
            ],
        }
    }
}


def test_computed_and_measured_shares_stand_side_by_side() -> None:
    axes = draw_charge_jumps(DATA)
    assert "7.2 per hour" in axes.get_title(loc="left") + axes.get_title()
    computed, near, bound = axes.lines[:3]
    assert list(computed.get_ydata()) == [0.6, 0.0]
    assert list(near.get_xdata()) == [0.34]
    assert bound.get_marker() == "v"
    assert axes.get_xscale() == "log"


def test_without_jumps_the_figure_says_so() -> None:
    axes = draw_charge_jumps({"impact": {"charge": None}})
    assert "no charge jumps" in " ".join(text.get_text() for text in axes.texts)
